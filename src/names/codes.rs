//! Closed code lists: one line a code, from which number, name and both written forms follow.

/// A number or a name that is not in its code list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value} is not {a}; known are: {known}", a = with_article(.list))]
pub struct UnknownCode {
    /// What the list is called.
    pub list: &'static str,
    /// The value that was given.
    pub value: String,
    /// All names of the list, separated by commas.
    pub known: String,
}

/// A noun with its article, for sentences.
pub(crate) fn with_article(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// Letters of a refused value that are said again: enough to know it by.
const VALUE_LETTERS_MAX: usize = 40;

/// A value as it was given, in quotes, and cut if it is long.
pub(crate) fn quoted(value: &str) -> String {
    let mut letters = value.chars();
    let first: String = letters.by_ref().take(VALUE_LETTERS_MAX).collect();
    let rest = if letters.next().is_some() { "…" } else { "" };
    format!("{first:?}{rest}")
}

/// Defines a closed code list as an enum.
///
/// In CBOR a code is its unsigned integer, in JSON and TOML its kebab-case name. An integer or a
/// name outside the list is refused by the decoder.
macro_rules! codes {
    (
        $(#[$meta:meta])*
        pub enum $name:ident: $list:literal {
            $( $(#[$vmeta:meta])* $variant:ident = $code:literal => $text:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$vmeta])* $variant, )+
        }

        impl $name {
            /// Every code of the list, in the order of their numbers.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            /// The number that stands in CBOR.
            #[must_use]
            pub const fn code(self) -> u8 {
                match self { $( Self::$variant => $code, )+ }
            }

            /// The name that stands in JSON, in reports and in the manual.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $text, )+ }
            }

            /// The code with this number, if there is one.
            #[must_use]
            pub const fn from_code(code: u64) -> Option<Self> {
                match code { $( $code => Some(Self::$variant), )+ _ => None }
            }

            fn unknown(value: String) -> $crate::names::UnknownCode {
                let known: Vec<&str> = Self::ALL.iter().map(|one| one.name()).collect();
                $crate::names::UnknownCode { list: $list, value, known: known.join(", ") }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::names::UnknownCode;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|one| one.name() == text)
                    .ok_or_else(|| Self::unknown($crate::names::quoted(text)))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                if to.is_human_readable() {
                    to.serialize_str(self.name())
                } else {
                    to.serialize_u8(self.code())
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                use serde::de::Error;
                if from.is_human_readable() {
                    let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                    text.parse().map_err(D::Error::custom)
                } else {
                    let code = u64::deserialize(from)?;
                    Self::from_code(code)
                        .ok_or_else(|| D::Error::custom(Self::unknown(code.to_string())))
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_not_said_again_whole() {
        assert_eq!(quoted("by \"air\""), r#""by \"air\"""#);
        assert_eq!(quoted(&"é".repeat(40)), format!("\"{}\"", "é".repeat(40)));
        assert_eq!(quoted(&"é".repeat(41)), format!("\"{}\"…", "é".repeat(40)));
    }

    #[test]
    fn an_unknown_code_is_named_with_the_article_of_its_list() {
        for (list, wanted) in [
            ("arrival outcome", "9 is not an arrival outcome; known are: one, two"),
            ("effect of silence", "9 is not an effect of silence; known are: one, two"),
            ("objection reason", "9 is not an objection reason; known are: one, two"),
            ("kind", "9 is not a kind; known are: one, two"),
            ("reason of a log's end", "9 is not a reason of a log's end; known are: one, two"),
        ] {
            let known = "one, two".to_owned();
            let unknown = UnknownCode { list, value: "9".to_owned(), known };
            assert_eq!(unknown.to_string(), wanted);
        }
    }
}
