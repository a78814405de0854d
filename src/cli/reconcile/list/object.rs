//! One line of NDJSON: of its fields only those that the list is asked for are kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::de::{self, DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::{BadLine, Columns, MAPPING, bad};

/// The fields of one line that are asked for.
pub(super) struct Object {
    line: u64,
    fields: BTreeMap<String, Value>,
}

impl Object {
    /// Reads a line.
    ///
    /// # Errors
    /// If it is no object, or one of its names stands in it twice.
    pub(super) fn read(line: u64, text: &str, columns: &Columns) -> Result<Self, BadLine> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let read = Fields(columns).deserialize(&mut reader);
        let read = read.and_then(|fields| reader.end().map(|()| fields));
        // What serde_json says may quote what it read.
        let (fields, twice) = read.map_err(|refused| {
            let what = format!("is no JSON object (at byte {})", refused.column());
            bad(line, what, "give one JSON object a line")
        })?;
        match twice {
            None => Ok(Self { line, fields }),
            Some(Twice::Asked(name)) => {
                Err(bad(line, format!("{name}: stands in the line twice"), TWICE))
            }
            Some(Twice::Other) => {
                Err(bad(line, "a name that is no column stands in it twice", TWICE))
            }
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// The text or the number under a name.
    pub(super) fn field(&self, name: &str) -> Result<String, BadLine> {
        match self.fields.get(name) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
                Err(bad(self.line, format!("{name}: is no text or number"), "correct the line"))
            }
            None => Err(bad(self.line, format!("{name}: is missing"), MAPPING)),
        }
    }
}

const TWICE: &str = "give every name once: nobody can say which of the two is meant";

/// Which name stands in a line twice. Of one that nobody asked for the text is not told either.
enum Twice {
    Asked(String),
    Other,
}

struct Fields<'a>(&'a Columns);

impl Fields<'_> {
    fn asks_for(&self, name: &str) -> bool {
        let Columns { reference, event, date, persons, person, .. } = self.0;
        [reference, event, date, persons].into_iter().chain(person).any(|one| one == name)
    }
}

type Read = (BTreeMap<String, Value>, Option<Twice>);

impl<'de> DeserializeSeed<'de> for Fields<'_> {
    type Value = Read;

    fn deserialize<D: de::Deserializer<'de>>(self, reader: D) -> Result<Read, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = Read;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read, A::Error> {
        let (mut fields, mut names, mut twice) = (BTreeMap::new(), BTreeSet::new(), None);
        while let Some(name) = map.next_key::<String>()? {
            if self.asks_for(&name) {
                let value = map.next_value::<Value>()?;
                if fields.insert(name.clone(), value).is_some() {
                    twice.get_or_insert(Twice::Asked(name));
                }
            } else {
                map.next_value::<IgnoredAny>()?;
                if !names.insert(name) {
                    twice.get_or_insert(Twice::Other);
                }
            }
        }
        Ok((fields, twice))
    }
}
