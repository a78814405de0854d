//! What an operator can do about a key that is refused.

use std::fmt;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::entries::{ENTRIES, Entry, Presence};

/// Names further apart than this have nothing to do with each other.
const DISTANCE_MAX: usize = 3;

/// What to do, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advice {
    /// A key that is very like one that there is.
    DidYouMean {
        /// What stands there.
        given: String,
        /// What there is.
        known: String,
    },
    /// A key that is like none.
    NoSuchKey {
        /// What stands there.
        given: String,
        /// What the table knows, or the tables that there are.
        known: String,
    },
    /// A value that does not fit its key.
    Value {
        /// Which key.
        key: &'static str,
        /// What it means.
        about: &'static str,
        /// A value that fits.
        example: &'static str,
    },
    /// Keys that the file must give and does not.
    Missing {
        /// Which ones, each with a value that fits.
        keys: Vec<(&'static str, &'static str)>,
    },
    /// A text that is no TOML at all.
    Syntax,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DidYouMean { given, known } => {
                write!(f, "there is no `{given}`; did you mean `{known}`?")
            }
            Self::NoSuchKey { given, known } => {
                write!(f, "there is no `{given}`; known there: {known}")
            }
            Self::Value { key, about, example } => {
                let about = about.replace('\n', " ");
                write!(f, "`{key}`: {about} For example: {example}")
            }
            Self::Missing { keys } => {
                let keys: Vec<_> =
                    keys.iter().map(|(key, example)| format!("{key} = {example}")).collect();
                write!(f, "add what is missing, for example: {}", keys.join("; "))
            }
            Self::Syntax => f.write_str(
                "text stands in double quotes, lists in square brackets, and every key only once",
            ),
        }
    }
}

impl Advice {
    /// What to do about a refusal of this text, at this place in it.
    pub(super) fn on(text: &str, place: Option<Range<usize>>) -> Self {
        let Ok(document) = DeTable::parse(text) else {
            return Self::Syntax;
        };
        let at = place.map_or(0, |place| place.start);
        let mut given = Vec::new();
        let fault = search(document.get_ref(), "", at, &mut given);
        fault.unwrap_or_else(|| {
            let absent = ENTRIES.iter().filter(|entry| entry.presence == Presence::Required);
            let absent = absent.filter(|entry| !given.iter().any(|path| path == entry.path));
            Self::Missing { keys: absent.map(|entry| (entry.path, entry.example)).collect() }
        })
    }

    /// On a key that there is not; `known` are the paths to choose from, as they would be written.
    pub(super) fn unknown(given: &str, known: &[String]) -> Self {
        let own_name = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
        let near = |path: &&String| {
            // The right name in the wrong table is as near as can be.
            if own_name(path) == own_name(given) { 0 } else { distance(path, given) }
        };
        let nearest = known.iter().min_by_key(near).filter(|path| near(path) <= DISTANCE_MAX);
        if let Some(nearest) = nearest {
            return Self::DidYouMean { given: given.to_owned(), known: nearest.clone() };
        }
        let table = given.rsplit_once('.').map_or("", |(table, _)| table);
        let beside = |path: &&String| path.rsplit_once('.').map_or("", |(table, _)| table) == table;
        let mut beside: Vec<_> = known.iter().filter(beside).cloned().collect();
        if beside.is_empty() {
            beside = known.to_vec();
        }
        Self::NoSuchKey { given: given.to_owned(), known: beside.join(", ") }
    }

    /// On a value that does not fit.
    pub(super) const fn value(entry: &'static Entry) -> Self {
        Self::Value { key: entry.path, about: entry.about, example: entry.example }
    }
}

/// Looks for the key or the value that a refusal is about, and notes every key on the way.
fn search(table: &DeTable<'_>, above: &str, at: usize, given: &mut Vec<String>) -> Option<Advice> {
    let mut found = None;
    for (key, value) in table {
        let path = format!("{above}{}", key.get_ref());
        let here = key.span().contains(&at) || value.span().contains(&at);
        let inner = format!("{path}.");
        let is_table = ENTRIES.iter().any(|entry| entry.path.starts_with(&inner));
        if let Some(entry) = Entry::at(&path) {
            if here {
                found = found.or_else(|| Some(Advice::value(entry)));
            }
        } else if let (true, DeValue::Table(table)) = (is_table, value.get_ref()) {
            let deeper = search(table, &inner, at, given);
            found = found.or(deeper);
        } else if here {
            found = found.or_else(|| Some(Advice::unknown(&path, &all_paths())));
        }
        given.push(path);
    }
    found
}

/// Every key, and every table for itself.
fn all_paths() -> Vec<String> {
    let mut paths: Vec<_> = ENTRIES.iter().map(|entry| entry.path.to_owned()).collect();
    for (table, _) in ENTRIES.iter().map(Entry::parts) {
        if !table.is_empty() && !paths.iter().any(|path| path == table) {
            paths.push(table.to_owned());
        }
    }
    paths
}

/// How many letters must be put in, taken out or changed to make one text the other (Levenshtein);
/// case does not count.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.to_lowercase().chars().enumerate() {
        let mut next = vec![line.saturating_add(1)];
        for ((sign, pair), left) in other.iter().zip(row.windows(2)).zip(0_usize..) {
            let [diagonal, above] = pair else { continue };
            let changed = diagonal.saturating_add(usize::from(*sign != letter));
            let put_in = next.get(left).copied().unwrap_or(usize::MAX).saturating_add(1);
            next.push(changed.min(put_in).min(above.saturating_add(1)));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_letters() {
        for (one, other, letters) in [
            ("", "", 0),
            ("link", "link", 0),
            ("LINK", "link", 0),
            ("lnk", "link", 1),
            ("linke", "link", 1),
            ("lisen", "listen", 1),
            ("kitten", "sitting", 3),
            ("", "abc", 3),
        ] {
            assert_eq!(distance(one, other), letters, "{one} {other}");
            assert_eq!(distance(other, one), letters, "{other} {one}");
        }
    }
}
