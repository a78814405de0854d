//! What a case-working system hands in: a record as JSON, and the key under which it is known again.

use serde::Deserialize;
use serde_json::Value;

use super::{
    Author, COMMITMENTS, Content, FormFault, Kind, Record,
    payload::{At, AtOf},
};
use crate::{
    cbor,
    limits::SUBMISSION_BYTES_MAX,
    names::{CaseRef, Commitment, Party, RecordId, SubmissionId, sha256},
};

/// A record to be signed, and the id under which a repetition is known again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// What is to be signed.
    pub record: Record,
    /// Becomes the record's `cti`.
    pub id: SubmissionId,
    /// What was asked for, without the decoys: a repetition with another content is refused.
    pub digest: [u8; 32],
}

/// Why a submission was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubmissionRefused {
    /// Longer than the local API takes.
    #[error("{len} bytes; a submission has at most {}", SUBMISSION_BYTES_MAX)]
    TooLong {
        /// Length in bytes.
        len: usize,
    },
    /// Not the JSON of a submission.
    #[error("line {line}, column {column}: {reason}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A field of the kind's content is wrong.
    #[error("`content` of a {kind}: {reason}")]
    Content {
        /// The kind.
        kind: Kind,
        /// What is wrong.
        reason: String,
    },
    /// `at` is wrong.
    #[error("`at` of a {kind}: {reason}")]
    At {
        /// The kind.
        kind: Kind,
        /// What is wrong.
        reason: String,
    },
    /// The other side writes this kind.
    #[error("a {kind} is written by {author}, and this is the daemon of {party}")]
    WrongSide {
        /// The kind.
        kind: Kind,
        /// Who writes it.
        author: Party,
        /// Whose daemon was asked.
        party: Party,
    },
    /// The daemon writes this kind by itself.
    #[error("a {0} is not submitted: the daemon writes it by itself")]
    DaemonsOwn(Kind),
    /// Not of form.
    #[error(transparent)]
    Form(#[from] FormFault),
    /// An unusable idempotency key.
    #[error("an idempotency key has 1 to 128 printable ASCII characters")]
    Key,
}

/// The JSON form, before the kind is known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    kind: Kind,
    #[serde(default)]
    case: Option<CaseRef>,
    #[serde(default)]
    re: Vec<RecordId>,
    #[serde(default)]
    at: Option<Value>,
    content: Value,
    #[serde(default)]
    key: Option<String>,
}

impl Submission {
    /// Reads a submission to the daemon of `party`. `decoy` gives the commitments of data that the
    /// submitter does not commit to; `header_key` is an idempotency key given beside the body.
    ///
    /// # Errors
    /// The first reason found, with line and column where the JSON itself is at fault.
    pub fn parse(
        json: &[u8],
        party: Party,
        header_key: Option<&str>,
        decoy: &mut dyn FnMut() -> Commitment,
    ) -> Result<Self, SubmissionRefused> {
        if json.len() > SUBMISSION_BYTES_MAX {
            return Err(SubmissionRefused::TooLong { len: json.len() });
        }
        let raw: Raw = serde_json::from_slice(json).map_err(|error| SubmissionRefused::Json {
            line: error.line(),
            column: error.column(),
            reason: error.to_string(),
        })?;
        let kind = raw.kind;
        check_author(kind, party)?;
        let key = header_key.or(raw.key.as_deref());
        let (content, given) = content_of(kind, raw.content, decoy)?;
        let at = raw.at.map(|at| at_of(kind, at)).transpose()?;
        let mut re = raw.re;
        re.sort_unstable();
        let record = Record { case: raw.case, re, at, content };
        record.check_form()?;
        let digest = digest(&record, &given);
        let id = match key {
            Some(key) => keyed_id(party, key)?,
            None => submission_id(party, "digest", &digest),
        };
        let too_long = FormFault::TooLong { len: record.encode().len() };
        // The envelope's own heads stay below a tenth of what a record may have.
        if record.encode().len() > crate::limits::RECORD_BYTES_MAX / 10 * 9 {
            return Err(too_long.into());
        }
        Ok(Self { record, id, digest })
    }
}

/// A record that the daemon of `party` makes by itself, known again by `name`.
#[must_use]
pub fn daemon_submission(party: Party, record: Record, name: &str) -> Submission {
    let digest = sha256(&record.encode());
    Submission { record, id: submission_id(party, "daemon", name.as_bytes()), digest }
}

fn check_author(kind: Kind, party: Party) -> Result<(), SubmissionRefused> {
    let shape = kind.shape().ok_or(FormFault::NoSuchKind(kind))?;
    if let Author::Only(author) = shape.author
        && author != party
    {
        return Err(SubmissionRefused::WrongSide { kind, author, party });
    }
    if kind.is_submitted() { Ok(()) } else { Err(SubmissionRefused::DaemonsOwn(kind)) }
}

/// Reads the content, and gives it back as asked for, before decoys were added.
fn content_of(
    kind: Kind,
    mut content: Value,
    decoy: &mut dyn FnMut() -> Commitment,
) -> Result<(Content, Value), SubmissionRefused> {
    if content.get("commitments").is_some() && kind != Kind::ReadmissionRequest {
        return Err(FormFault::Commitment { kind }.into());
    }
    let given = content.clone();
    if kind == Kind::ReadmissionRequest
        && let Value::Object(fields) = &mut content
        && !fields.contains_key("commitments")
    {
        let decoys = (0..COMMITMENTS).map(|_| Value::from(decoy().to_string())).collect();
        fields.insert("commitments".to_owned(), Value::Array(decoys));
    }
    let content = Content::deserialize_as(kind, content)
        .map_err(|error| SubmissionRefused::Content { kind, reason: error.to_string() })?;
    Ok((content, given))
}

fn at_of(kind: Kind, at: Value) -> Result<At, SubmissionRefused> {
    use serde::de::DeserializeSeed;
    AtOf(kind)
        .deserialize(at)
        .map_err(|error| SubmissionRefused::At { kind, reason: error.to_string() })
}

/// What was asked for: heads and content without decoys, so that repeating a submission without a
/// key asks for the same.
fn digest(record: &Record, given: &Value) -> [u8; 32] {
    // serde_json writes the keys of an object in ascending order.
    let heads = (record.kind(), &record.case, &record.re, record.at);
    sha256(&cbor::encode(&(heads, given.to_string())))
}

fn keyed_id(party: Party, key: &str) -> Result<SubmissionId, SubmissionRefused> {
    let printable = key.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if !(1..=128).contains(&key.len()) || !printable {
        return Err(SubmissionRefused::Key);
    }
    Ok(submission_id(party, "key", key.as_bytes()))
}

/// The `cti` of a record: equal for equal submissions to one party, and for no others.
fn submission_id(party: Party, sort: &str, name: &[u8]) -> SubmissionId {
    let text = cbor::encode(&("entente submission v1", party, sort, cbor::Bytes(name.to_vec())));
    let mut id = [0; SubmissionId::LEN];
    for (byte, hashed) in id.iter_mut().zip(sha256(&text)) {
        *byte = hashed;
    }
    SubmissionId::new(id)
}
