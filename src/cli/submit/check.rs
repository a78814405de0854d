//! Everything that is wrong with a submission, at once and by its place, without a daemon.
//!
//! The parser stops at the first fault. So each field is tried by itself: put into the worked
//! example of the kind, where all else is good; then those that are held against one another are
//! tried together. What else only several fields can break is looked at once each of them is good.

mod tangled;

use std::collections::BTreeSet;

use super::{
    examples,
    locate::{Field, fields, place},
};
use crate::{
    limits::SUBMISSION_BYTES_MAX,
    names::{Commitment, Party},
    record::{FormFault, Kind, Provisions, Submission, SubmissionRefused},
};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Finding {
    /// Line, from 1.
    pub(super) line: usize,
    /// Column, from 1.
    pub(super) column: usize,
    /// Which field, as `content.persons`; empty for the whole.
    pub(super) field: String,
    /// What is wrong there.
    pub(super) reason: String,
}

/// What is wrong with a submission to the daemon of a party, or of the side that may write it, in
/// the order of the text.
pub(super) fn check(bytes: &[u8], party: Option<Party>) -> Vec<Finding> {
    let text = match readable(bytes) {
        Ok(text) => text,
        Err(finding) => return vec![finding],
    };
    let mut sides: Vec<Checker<'_>> = match party {
        Some(party) => vec![Checker::over(text, party)],
        None => Party::BOTH.map(|party| Checker::over(text, party)).into(),
    };
    // Whoever may write it, and of two the one who finds less to object to.
    sides.sort_by_key(|side| (side.foreign, side.found.len()));
    let mut found = sides.into_iter().next().map(|side| side.found).unwrap_or_default();
    found.sort_by_key(|one| (one.line, one.column));
    found
}

/// The text, if it is one JSON value of no more bytes than a submission has.
fn readable(bytes: &[u8]) -> Result<&str, Finding> {
    let whole = |line, column, reason| Finding { line, column, field: String::new(), reason };
    if bytes.len() > SUBMISSION_BYTES_MAX {
        let refused = SubmissionRefused::TooLong { len: bytes.len() };
        return Err(whole(1, 1, refused.to_string()));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let (line, column) = place(&String::from_utf8_lossy(good), good.len());
        whole(line, column, "not UTF-8 text".to_owned())
    })?;
    match serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(SubmissionRefused::from) {
        Ok(_) => Ok(text),
        Err(SubmissionRefused::Json { line, column, reason }) => Err(whole(line, column, reason)),
        Err(other) => Err(whole(1, 1, other.to_string())),
    }
}

/// Reads a text as a submission would be read; what the decoys are, does not matter.
fn parse(text: &str, party: Party) -> Result<Submission, SubmissionRefused> {
    Submission::parse(text.as_bytes(), party, None, &mut || Commitment::new([0; 32]))
}

/// Whether a record stands for itself, or replaces another in a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Whole,
    Replacement,
}

impl Level {
    fn path(self, name: &str) -> String {
        match self {
            Self::Whole => name.to_owned(),
            Self::Replacement => format!("content.replacement.{name}"),
        }
    }
}

struct Checker<'t> {
    text: &'t str,
    party: Party,
    /// Whether the other side alone may write it.
    foreign: bool,
    found: Vec<Finding>,
}

impl<'t> Checker<'t> {
    /// Looks at a whole text.
    fn over(text: &'t str, party: Party) -> Self {
        let mut checker = Self { text, party, foreign: false, found: Vec::new() };
        checker.record(0, Level::Whole);
        if checker.found.is_empty()
            && let Err(refused) = parse(text, party)
        {
            checker.whole(&refused);
        }
        checker
    }
}

impl Checker<'_> {
    fn find(&mut self, at: usize, field: String, reason: impl ToString) {
        let (line, column) = place(self.text, at);
        self.found.push(Finding { line, column, field, reason: reason.to_string() });
    }

    fn value(&self, field: &Field) -> &str {
        self.text.get(field.value.clone()).unwrap_or_default()
    }

    /// A record, field by field.
    fn record(&mut self, start: usize, level: Level) {
        let Some(all) = fields(self.text, start) else {
            let name = level.path("").trim_end_matches('.').to_owned();
            return self.find(start, name, "not a JSON object");
        };
        let path = |name: &str| level.path(name);
        self.repeated(&all, path);
        let Some((kind, party)) = self.kind(&all, start, level) else { return };
        let frame = Frame::of(kind);
        for field in all.iter().filter(|field| field.name != "kind") {
            if field.name == "content" {
                self.content(field, &frame, party, level);
            } else if field.name == "key" && level == Level::Replacement {
                self.find(field.at, path("key"), "a replacement has no key of its own");
            } else {
                let tried = frame.with(&field.name, self.value(field));
                self.blame(field, path(&field.name), parse(&tried, party).err());
            }
        }
        for name in missing(&frame.heads, &all) {
            let refused = parse(&frame.without(&name), party).err();
            if refused.is_some_and(|refused| concerns(&refused, &name)) {
                self.find(start, path(&name), "missing");
            }
        }
    }

    /// The kind, and the side that may write it.
    fn kind(&mut self, all: &[Field], start: usize, level: Level) -> Option<(Kind, Party)> {
        let path = level.path("kind");
        let Some(field) = all.iter().find(|field| field.name == "kind") else {
            self.find(start, path, "missing");
            return None;
        };
        let kind = match serde_json::from_str::<Kind>(self.value(field)) {
            Ok(kind) => kind,
            Err(error) => {
                self.find(field.at, path, reason(&error.into()));
                return None;
            }
        };
        if level == Level::Replacement && !kind.is_correctable() {
            self.find(field.at, path, FormFault::Uncorrectable { kind });
            return None;
        }
        let refused = parse(&Frame::of(kind).text(), self.party).err();
        let Some(refused) = refused else { return Some((kind, self.party)) };
        self.blame(field, path, Some(refused));
        // The other side's fields can be looked at all the same.
        let other = self.party.other();
        parse(&Frame::of(kind).text(), other).is_ok().then_some((kind, other))
    }

    fn content(&mut self, content: &Field, frame: &Frame, party: Party, level: Level) {
        let path = |name: &str| level.path(&format!("content.{name}"));
        let Some(all) = fields(self.text, content.value.start) else {
            let tried = frame.with("content", self.value(content));
            return self.blame(content, level.path("content"), parse(&tried, party).err());
        };
        let found_before = self.found.len();
        self.repeated(&all, path);
        for field in &all {
            let value = self.value(field);
            if field.name == "replacement" && frame.kind == Kind::Correction && value != "null" {
                self.record(field.value.start, Level::Replacement);
                continue;
            }
            let tried = frame.with_content(&field.name, value);
            self.blame(field, path(&field.name), parse(&tried, party).err());
            if field.name == "provisions" {
                self.provisions(field, path("provisions"));
            }
        }
        for name in missing(&frame.content, &all) {
            let refused = parse(&frame.without_content(&name), party).err();
            if matches!(refused, Some(SubmissionRefused::Json { .. })) {
                self.find(content.value.start, path(&name), "missing");
            }
        }
        self.tangled(content, frame, party, level, found_before);
    }

    /// Provisions say themselves what is wrong with them, term by term.
    fn provisions(&mut self, field: &Field, path: String) {
        let read = serde_json::from_str::<Provisions>(self.value(field));
        for fault in read.iter().flat_map(Provisions::faults) {
            self.find(field.at, path.clone(), fault);
        }
    }

    fn repeated(&mut self, all: &[Field], path: impl Fn(&str) -> String) {
        let mut seen = BTreeSet::new();
        for field in all {
            if !seen.insert(&field.name) {
                self.find(field.at, path(&field.name), "stands there twice");
            }
        }
    }

    /// Blames a field that was tried by itself, if the refusal is about it. That it does not go
    /// with other fields of the example says nothing.
    fn blame(&mut self, field: &Field, path: String, refused: Option<SubmissionRefused>) {
        if let Some(refused) = refused.filter(|refused| concerns(refused, &field.name)) {
            self.foreign |= matches!(refused, SubmissionRefused::WrongSide { .. });
            self.find(field.at, path, reason(&refused));
        }
    }

    /// What is wrong with the whole, each field being good.
    fn whole(&mut self, refused: &SubmissionRefused) {
        if let SubmissionRefused::Json { line, column, reason } = refused {
            let (line, column, reason) = (*line, *column, reason.clone());
            return self.found.push(Finding { line, column, field: String::new(), reason });
        }
        let all = fields(self.text, 0).unwrap_or_default();
        let blamed = all.iter().find(|field| concerns(refused, &field.name));
        let content = || all.iter().find(|field| field.name == "content");
        let (at, name) = blamed
            .or_else(content)
            .map_or((0, String::new()), |field| (field.at, field.name.clone()));
        self.find(at, name, reason(refused));
    }
}

/// Fields of the example that the submission does not have.
fn missing(example: &[(String, String)], all: &[Field]) -> Vec<String> {
    let given: BTreeSet<&str> = all.iter().map(|field| field.name.as_str()).collect();
    let names = example.iter().map(|(name, _)| name.clone());
    names.filter(|name| !given.contains(name.as_str())).collect()
}

/// Whether a refusal of an example in which one field was changed is about this field alone.
fn concerns(refused: &SubmissionRefused, name: &str) -> bool {
    match refused {
        SubmissionRefused::Form(fault) => match fault {
            FormFault::Missing { head, .. } | FormFault::Unwanted { head, .. } => *head == name,
            FormFault::References { .. } | FormFault::ReferencesOrder => name == "re",
            FormFault::CaseOfOther { .. } => name == "case",
            FormFault::Unit { .. } => name == "at",
            FormFault::Commitment { .. } => name == "commitments",
            FormFault::Cbor(_)
            | FormFault::NoSuchKind(_)
            | FormFault::Uncorrectable { .. }
            | FormFault::Fields(_) => false,
        },
        SubmissionRefused::Key | SubmissionRefused::TwoKeys => name == "key",
        SubmissionRefused::Json { .. } | SubmissionRefused::WrongSide { .. } => true,
        SubmissionRefused::DaemonsOwn(_) | SubmissionRefused::OfficersOwn(_) => name == "kind",
        SubmissionRefused::TooLong { .. } => false,
    }
}

/// The reason without its place in a text that nobody has seen.
fn reason(refused: &SubmissionRefused) -> String {
    match refused {
        SubmissionRefused::Json { reason, .. } => reason.clone(),
        SubmissionRefused::TooLong { .. }
        | SubmissionRefused::WrongSide { .. }
        | SubmissionRefused::DaemonsOwn(_)
        | SubmissionRefused::OfficersOwn(_)
        | SubmissionRefused::Form(_)
        | SubmissionRefused::Key
        | SubmissionRefused::TwoKeys => refused.to_string(),
    }
}

/// A good submission of a kind, into which single fields are put.
struct Frame {
    kind: Kind,
    heads: Vec<(String, String)>,
    content: Vec<(String, String)>,
}

impl Frame {
    /// The worked example of a kind; of two kinds another one, which either side may write.
    fn of(kind: Kind) -> Self {
        let id = "0".repeat(64);
        let text = match (kind, examples::of(kind)) {
            (Kind::Correction, _) => {
                format!("{{\"kind\":\"{kind}\",\"re\":[\"{id}\"],\"content\":{{}}}}")
            }
            (Kind::AgreementVersion, _) => format!(
                "{{\"kind\":\"{kind}\",\"re\":[\"{id}\"],\"content\":{{\"step\":\"terminated\"}}}}"
            ),
            (_, Some(example)) => example.to_owned(),
            (_, None) => format!("{{\"kind\":\"{kind}\",\"content\":{{}}}}"),
        };
        let all = fields(&text, 0).unwrap_or_default();
        let content = all.iter().find(|field| field.name == "content");
        let inner = content.and_then(|field| fields(&text, field.value.start));
        let read = |fields: &[Field]| -> Vec<(String, String)> {
            let value =
                |field: &Field| text.get(field.value.clone()).unwrap_or_default().to_owned();
            fields.iter().map(|field| (field.name.clone(), value(field))).collect()
        };
        Self { kind, heads: read(&all), content: read(&inner.unwrap_or_default()) }
    }

    fn text(&self) -> String {
        object(&self.heads)
    }

    /// The example with another value of a head.
    fn with(&self, name: &str, value: &str) -> String {
        object(&replaced(&self.heads, name, value))
    }

    fn without(&self, name: &str) -> String {
        object(&removed(&self.heads, name))
    }

    /// The example with another value of a field of its content.
    fn with_content(&self, name: &str, value: &str) -> String {
        self.with("content", &object(&replaced(&self.content, name, value)))
    }

    fn without_content(&self, name: &str) -> String {
        self.with("content", &object(&removed(&self.content, name)))
    }
}

fn removed(from: &[(String, String)], name: &str) -> Vec<(String, String)> {
    from.iter().filter(|(known, _)| known != name).cloned().collect()
}

fn replaced(of: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    let mut all = removed(of, name);
    all.push((name.to_owned(), value.to_owned()));
    all
}

fn object(fields: &[(String, String)]) -> String {
    let quoted = |name: &str| serde_json::Value::from(name).to_string();
    let pairs: Vec<_> =
        fields.iter().map(|(name, value)| format!("{}:{value}", quoted(name))).collect();
    format!("{{{}}}", pairs.join(","))
}

#[cfg(test)]
mod tests;
