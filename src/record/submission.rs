//! What a case-working system hands in: a record as JSON, and the key by which it is known again.

use serde::de::DeserializeSeed;

use super::{
    Author, FormFault, Kind, Record,
    request::{Asked, AskedFor, FirstLook, Unreadable, replaced},
};
use crate::{
    cbor,
    envelope::Role,
    limits::SUBMISSION_BYTES_MAX,
    names::{Commitment, Party, SubmissionId, sha256},
};

/// A record to be signed, and the id under which a repetition is known again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// What is to be signed.
    pub record: Record,
    /// Becomes the record's `cti`.
    pub id: SubmissionId,
    /// SHA-256 of what was asked for, without the decoys: the same facts have the same digest
    /// however their JSON is written, and a repetition with other facts is refused.
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
    /// Not the JSON of a submission of its kind.
    #[error("line {line}, column {column}: {reason}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// The other side writes this kind.
    #[error(
        "{a} is written by {author}, and this is the daemon of {party}",
        a = .kind.with_article()
    )]
    WrongSide {
        /// The kind.
        kind: Kind,
        /// Who writes it.
        author: Party,
        /// Whose daemon was asked.
        party: Party,
    },
    /// The daemon writes this kind by itself.
    #[error("{a} is not submitted: the daemon writes it by itself", a = .0.with_article())]
    DaemonsOwn(Kind),
    /// An officer signs this kind.
    #[error("{a} is not submitted: an officer signs it", a = .0.with_article())]
    OfficersOwn(Kind),
    /// Not of form.
    #[error(transparent)]
    Form(#[from] FormFault),
    /// An unusable idempotency key.
    #[error("an idempotency key has 1 to 128 printable ASCII characters")]
    Key,
    /// Two idempotency keys, and they differ.
    #[error("`key` is not the idempotency key that was given beside the body")]
    TwoKeys,
}

impl Submission {
    /// Reads a submission to the daemon of `party`. `decoy` gives the commitments of data that the
    /// submitter does not commit to; `header_key` is an idempotency key given beside the body.
    ///
    /// # Errors
    /// The first reason found, with line and column where the JSON is at fault.
    pub fn parse(
        json: &[u8],
        party: Party,
        header_key: Option<&str>,
        decoy: &mut dyn FnMut() -> Commitment,
    ) -> Result<Self, SubmissionRefused> {
        if json.len() > SUBMISSION_BYTES_MAX {
            return Err(SubmissionRefused::TooLong { len: json.len() });
        }
        let look: FirstLook<'_> = serde_json::from_slice(json)?;
        let kind = look.kind;
        check_author(kind, party)?;
        if look.commits_wrongly() {
            return Err(FormFault::Commitment { kind }.into());
        }
        if let Some(text) = look.replacement() {
            replaced(text).map_err(|refused| within(json, text, refused))?;
        }
        let mut from = serde_json::Deserializer::from_slice(json);
        let Asked { mut record, key } = AskedFor(kind).deserialize(&mut from)?;
        from.end()?;
        if let Some(kind) = record.foreign(party) {
            return Err(SubmissionRefused::WrongSide { kind, author: party.other(), party });
        }

        let digest = record.digest();
        let id = match one_key(header_key, key.as_deref())? {
            Some(key) => keyed_id(party, key)?,
            None => submission_id(party, "digest", &digest),
        };
        record.fill(decoy);
        record.check_form()?;
        record.check_case(party)?;
        Ok(Self { record, id, digest })
    }
}

/// A record that the daemon of `party` makes by itself, known again by `name`.
#[must_use]
pub fn daemon_submission(party: Party, record: Record, name: &str) -> Submission {
    let digest = record.digest();
    Submission { record, id: submission_id(party, "daemon", name.as_bytes()), digest }
}

impl Record {
    fn digest(&self) -> [u8; 32] {
        sha256(&self.encode())
    }
}

impl From<serde_json::Error> for SubmissionRefused {
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let said = error.to_string();
        // The codec says the place too, at the end.
        let place = format!(" at line {line} column {column}");
        let reason = said.strip_suffix(&place).unwrap_or(&said).to_owned();
        Self::Json { line, column, reason }
    }
}

/// The refusal of a passage of the submission, with its place in the whole.
fn within(json: &[u8], passage: &str, refused: Unreadable) -> SubmissionRefused {
    let fault = match refused {
        Unreadable::Form(fault) => return fault.into(),
        Unreadable::Json(fault) => SubmissionRefused::from(fault),
    };
    let SubmissionRefused::Json { line, column, reason } = fault else { return fault };
    let start = passage.as_ptr().addr().saturating_sub(json.as_ptr().addr());
    let before = json.get(..start).unwrap_or_default();
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let indent = before.iter().rev().take_while(|byte| **byte != b'\n').count();
    let column = if line == 1 { column.saturating_add(indent) } else { column };
    let reason = format!("in the replacement: {reason}");
    SubmissionRefused::Json { line: line.saturating_add(lines), column, reason }
}

fn check_author(kind: Kind, party: Party) -> Result<(), SubmissionRefused> {
    let shape = kind.shape();
    if let Author::Only(author) = shape.author
        && author != party
    {
        return Err(SubmissionRefused::WrongSide { kind, author, party });
    }
    match shape.role {
        Role::Caseworker => Ok(()),
        Role::Ledger => Err(SubmissionRefused::DaemonsOwn(kind)),
        Role::Officer => Err(SubmissionRefused::OfficersOwn(kind)),
    }
}

fn one_key<'k>(
    beside: Option<&'k str>,
    within: Option<&'k str>,
) -> Result<Option<&'k str>, SubmissionRefused> {
    match (beside, within) {
        (Some(beside), Some(within)) if beside != within => Err(SubmissionRefused::TwoKeys),
        (beside, within) => Ok(beside.or(within)),
    }
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
