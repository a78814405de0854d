//! The JSON of a submission, read as what its kind asks for.

use std::borrow::Cow;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess},
};
use serde_json::value::RawValue;

use super::{
    Content, Evidence, FormFault, Kind, ReadmissionRequest, Record, Scope, When,
    code_list::CodeList,
};
use crate::{
    cbor::{Fields, next_key},
    names::{Commitment, Date, Persons, RecordId},
    record::At,
};

/// What was asked for: a record, whose commitments may still be left to the daemon.
pub(super) struct Asked {
    /// The record; `re` ascends, however it was written.
    pub(super) record: Record,
    /// The idempotency key in the body.
    pub(super) key: Option<String>,
}

/// Reads a submission of this kind. No field is read twice, and none is skipped.
pub(super) struct AskedFor(pub(super) Kind);

const FIELDS: Fields = Fields {
    what: "a submission",
    keys: &[(0, "kind"), (1, "case"), (2, "re"), (3, "at"), (4, "content"), (5, "key")],
};

impl<'de> DeserializeSeed<'de> for AskedFor {
    type Value = Asked;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Asked, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> serde::de::Visitor<'de> for AskedFor {
    type Value = Asked;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a submission")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Asked, A::Error> {
        let (mut case, mut re, mut at, mut key) = (None, None, None, None);
        let mut content = None;
        let mut read = std::collections::BTreeSet::new();
        while let Some(field) = next_key(&mut map, true, &FIELDS)? {
            if !read.insert(field) {
                let name = FIELDS.keys.iter().find(|(key, _)| *key == field);
                return Err(A::Error::duplicate_field(name.map_or("", |(_, name)| name)));
            }
            match field {
                0 => drop(map.next_value::<Kind>()?),
                1 => case = map.next_value()?,
                2 => re = map.next_value::<Option<Vec<RecordId>>>()?,
                3 => {
                    let text = map.next_value::<Option<Cow<'_, str>>>()?;
                    at = text.map(|text| at_of(self.0, &text)).transpose()?;
                }
                4 => content = Some(map.next_value_seed(ContentOf(self.0))?),
                5 => key = map.next_value()?,
                _ => return Err(FIELDS.unknown(&field.to_string())),
            }
        }
        let content = content.ok_or_else(|| A::Error::missing_field("content"))?;
        let mut re = re.unwrap_or_default();
        re.sort_unstable();
        Ok(Asked { record: Record { case, re, at, content }, key })
    }
}

fn at_of<E: Error>(kind: Kind, text: &str) -> Result<At, E> {
    match kind.shape().at {
        When::Day => text.parse().map(At::Day).map_err(E::custom),
        When::Second => text.parse().map(At::Second).map_err(E::custom),
        When::Absent => Err(E::custom(format!("{} has no `at`", kind.with_article()))),
    }
}

/// The record by which a correction replaces another: in JSON a submission within a submission,
/// without a key of its own.
pub(super) fn replacement<'de, D: Deserializer<'de>>(from: D) -> Result<Record, D::Error> {
    let text = <Box<RawValue>>::deserialize(from)?;
    replaced(text.get()).map_err(|refused| match refused {
        Unreadable::Json(fault) => D::Error::custom(fault),
        Unreadable::Form(fault) => D::Error::custom(fault),
    })
}

/// Why the record by which a correction replaces another cannot be read.
pub(super) enum Unreadable {
    /// It is not the JSON of its kind; the place is counted from its own beginning.
    Json(serde_json::Error),
    /// It is not of form.
    Form(FormFault),
}

/// Reads the record by which a correction replaces another. What cannot be superseded is refused
/// before it is read, so that corrections within corrections cannot exhaust the stack.
pub(super) fn replaced(text: &str) -> Result<Record, Unreadable> {
    let look: FirstLook<'_> = serde_json::from_str(text).map_err(Unreadable::Json)?;
    let kind = look.kind;
    if !kind.is_correctable() {
        return Err(Unreadable::Form(FormFault::Uncorrectable { kind }));
    }
    if look.commits_wrongly() {
        return Err(Unreadable::Form(FormFault::Commitment { kind }));
    }
    let mut from = serde_json::Deserializer::from_str(text);
    let asked = AskedFor(kind).deserialize(&mut from).map_err(Unreadable::Json)?;
    if asked.key.is_some() {
        return Err(Unreadable::Form(FormFault::Fields("a replacement has no `key` of its own")));
    }
    Ok(asked.record)
}

/// The first look at a submission: its kind says how to read the rest, wherever it stands.
#[derive(serde::Deserialize)]
#[serde(expecting = "a submission")]
pub(super) struct FirstLook<'a> {
    /// What it is to be.
    pub(super) kind: Kind,
    #[serde(default, borrow)]
    content: Glance<'a>,
}

/// What the content speaks of, in any kind.
#[derive(Default)]
struct Glance<'a> {
    commitments: Option<IgnoredAny>,
    replacement: Option<&'a RawValue>,
}

/// Written by hand, because a derived one takes a list for an object without names.
impl<'de: 'a, 'a> Deserialize<'de> for Glance<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Glance<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object, since `content` is one")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Glance<'de>, A::Error> {
                let mut glance = Glance::default();
                // A name that stands there twice is refused by whoever reads the kind.
                while let Some(name) = map.next_key::<Cow<'_, str>>()? {
                    if name == "commitments" {
                        glance.commitments = map.next_value()?;
                    } else if name == "replacement" {
                        glance.replacement = map.next_value()?;
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(glance)
            }
        }
        from.deserialize_map(Visitor)
    }
}

impl<'a> FirstLook<'a> {
    /// Whether a kind that holds no personal data speaks of commitments.
    pub(super) fn commits_wrongly(&self) -> bool {
        self.content.commitments.is_some() && self.kind != Kind::ReadmissionRequest
    }

    /// The text of the record by which a correction replaces another.
    pub(super) fn replacement(&self) -> Option<&'a str> {
        let text = self.content.replacement.filter(|_| self.kind == Kind::Correction);
        text.map(RawValue::get)
    }
}

struct ContentOf(Kind);

impl<'de> DeserializeSeed<'de> for ContentOf {
    type Value = Content;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Content, D::Error> {
        if self.0 == Kind::ReadmissionRequest {
            let asked = AskedReadmission::deserialize(from)?;
            if asked.commitments.as_ref().is_some_and(Vec::is_empty) {
                return Err(D::Error::custom("an empty list of commitments; leave it out instead"));
            }
            return Ok(asked.request().into());
        }
        Content::deserialize_as(self.0, from)
    }
}

int_map! {
    /// A readmission request as it is submitted: without commitments if the submitter has none.
    #[expect(unreachable_pub, reason = "the macro makes public structs; this one stays here")]
    pub struct AskedReadmission as "a readmission-request" {
        /// As in the record.
        0 => scope: Scope,
        /// As in the record.
        1 => arrived: Date,
        /// As in the record.
        2 => evidence: CodeList<Evidence>,
        /// As in the record.
        3 => minors: Persons,
    } optional {
        /// As in the record.
        15 => commitments: Vec<Commitment>,
    }
}

impl AskedReadmission {
    fn request(self) -> ReadmissionRequest {
        ReadmissionRequest {
            scope: self.scope,
            arrived: self.arrived,
            evidence: self.evidence,
            minors: self.minors,
            commitments: self.commitments.unwrap_or_default(),
        }
    }
}
