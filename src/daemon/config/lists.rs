//! Keys of the configuration about revocation lists.

use std::fmt;
use std::path::PathBuf;

use serde::de::{self, Deserializer, SeqAccess, Visitor};

use crate::limits::{REVOCATION_FILES_MAX, REVOCATION_GRACE_DAYS_MAX};

/// One path, several with commas between them (as a variable gives them), or a list.
pub(super) fn one_or_more<'de, D>(from: D) -> Result<Vec<PathBuf>, D::Error>
where
    D: Deserializer<'de>,
{
    let paths = from.deserialize_any(OneOrMore)?;
    if paths.len() > REVOCATION_FILES_MAX {
        return Err(de::Error::custom(format!("at most {REVOCATION_FILES_MAX} files are read")));
    }
    if paths.iter().any(|path| path.as_os_str().is_empty()) {
        return Err(de::Error::custom("a path is empty"));
    }
    Ok(paths)
}

/// A number of days within the bound.
pub(super) fn grace_days<'de, D>(from: D) -> Result<u16, D::Error>
where
    D: Deserializer<'de>,
{
    let days: u16 = serde::Deserialize::deserialize(from)?;
    if days > REVOCATION_GRACE_DAYS_MAX {
        let bound = format!("at most {REVOCATION_GRACE_DAYS_MAX} days; fetch a newer list");
        return Err(de::Error::custom(bound));
    }
    Ok(days)
}

struct OneOrMore;

impl<'de> Visitor<'de> for OneOrMore {
    type Value = Vec<PathBuf>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a path, or a list of paths")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(text.split(',').map(|one| PathBuf::from(one.trim())).collect())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut paths = Vec::new();
        while let Some(path) = list.next_element()? {
            paths.push(path);
        }
        Ok(paths)
    }
}
