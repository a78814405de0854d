//! Structs as CBOR maps with unsigned-integer keys, and as JSON or TOML tables with named keys.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess},
};

/// Defines a struct whose fields carry the integer keys that stand beside them.
///
/// In CBOR a field is written under its integer, in JSON and TOML under its name. Fields after
/// `optional` are `Option`s and are left out when absent. Unknown, repeated and missing fields are
/// refused, and so is a null that stands for an absent field, but in JSON, where clients often
/// write it. The keys ascend in the order in which they stand, those of the optional fields after
/// all others: that is the order in which they are written, and the compiler checks it. A refusal
/// names the struct, or what stands behind `as`.
macro_rules! int_map {
    (
        $(#[$meta:meta])*
        pub struct $name:ident $( as $what:literal )? {
            $( $(#[$fmeta:meta])* $key:literal => $field:ident: $ty:ty, )*
        }
        $( optional { $( $(#[$ometa:meta])* $okey:literal => $ofield:ident: $oty:ty, )+ } )?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $( $(#[$fmeta])* pub $field: $ty, )*
            $( $( $(#[$ometa])* pub $ofield: Option<$oty>, )+ )?
        }

        const _: () = assert!(
            $crate::cbor::ascending(&[$( $key, )* $( $( $okey, )+ )?]),
            concat!("the keys of ", stringify!($name), " do not ascend"),
        );

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let named = to.is_human_readable();
                let present = [
                    $( { let _ = $key; true }, )*
                    $( $( self.$ofield.is_some(), )+ )?
                ];
                let count = present.iter().filter(|here| **here).count();
                let mut map = to.serialize_map(Some(count))?;
                $(
                    if named {
                        map.serialize_entry(stringify!($field), &self.$field)?;
                    } else {
                        map.serialize_entry::<u64, _>(&$key, &self.$field)?;
                    }
                )*
                $( $(
                    if let Some(value) = &self.$ofield {
                        if named {
                            map.serialize_entry(stringify!($ofield), value)?;
                        } else {
                            map.serialize_entry::<u64, _>(&$okey, value)?;
                        }
                    }
                )+ )?
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                const FIELDS: $crate::cbor::Fields = $crate::cbor::Fields {
                    what: {
                        let [what, ..] = [$( $what, )? stringify!($name)];
                        what
                    },
                    keys: &[
                        $( ($key, stringify!($field)), )*
                        $( $( ($okey, stringify!($ofield)), )+ )?
                    ],
                };
                struct Visitor {
                    named: bool,
                }
                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("a map with the fields of ", stringify!($name)))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> Result<$name, A::Error> {
                        $( let mut $field: Option<$ty> = None; )*
                        $( $( let mut $ofield: Option<Option<$oty>> = None; )+ )?
                        while let Some(key) =
                            $crate::cbor::next_key(&mut map, self.named, &FIELDS)?
                        {
                            match key {
                                $( $key => {
                                    if $field.is_some() {
                                        return Err(serde::de::Error::duplicate_field(
                                            stringify!($field),
                                        ));
                                    }
                                    $field = Some(map.next_value()?);
                                } )*
                                $( $( $okey => {
                                    if $ofield.is_some() {
                                        return Err(serde::de::Error::duplicate_field(
                                            stringify!($ofield),
                                        ));
                                    }
                                    $ofield = Some(if self.named {
                                        map.next_value::<Option<$oty>>()?
                                    } else {
                                        Some(map.next_value::<$oty>()?)
                                    });
                                } )+ )?
                                _ => return Err(FIELDS.unknown(&key.to_string())),
                            }
                        }
                        Ok($name {
                            $( $field: $field.ok_or_else(|| {
                                serde::de::Error::missing_field(stringify!($field))
                            })?, )*
                            $( $( $ofield: $ofield.flatten(), )+ )?
                        })
                    }
                }
                let named = from.is_human_readable();
                from.deserialize_map(Visitor { named })
            }
        }
    };
}

/// The fields of one `int_map!` struct: key and name of each.
pub(crate) struct Fields {
    /// What the struct is called.
    pub(crate) what: &'static str,
    /// Integer key and name of each field.
    pub(crate) keys: &'static [(u64, &'static str)],
}

impl Fields {
    /// The refusal of a field that the struct does not have.
    pub(crate) fn unknown<E: Error>(&self, key: &str) -> E {
        let known: Vec<&str> = self.keys.iter().map(|(_, name)| *name).collect();
        let key: String = key.chars().take(40).collect();
        E::custom(format!(
            "unknown field `{key}` in {}; known are: {}",
            self.what,
            known.join(", ")
        ))
    }
}

/// Whether every key is greater than the one before.
pub(crate) const fn ascending(mut keys: &[u64]) -> bool {
    while let [first, rest @ ..] = keys {
        if let [second, ..] = rest
            && *first >= *second
        {
            return false;
        }
        keys = rest;
    }
    true
}

/// Reads the next key as its integer, whichever form the codec writes it in.
pub(crate) fn next_key<'de, A: MapAccess<'de>>(
    map: &mut A,
    named: bool,
    fields: &Fields,
) -> Result<Option<u64>, A::Error> {
    if !named {
        return map.next_key::<u64>();
    }
    map.next_key_seed(Name(fields))
}

/// Reads a name as the integer of its field. A name that is refused is refused here, where a codec
/// knows its place in the text.
struct Name<'a>(&'a Fields);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<u64, D::Error> {
        let name = String::deserialize(from)?;
        let found = self.0.keys.iter().find(|(_, known)| *known == name);
        found.map(|(key, _)| *key).ok_or_else(|| self.0.unknown(&name))
    }
}
