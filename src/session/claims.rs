//! What a counterpart claims, after its notes were opened under the agreement's keys.

use super::{ForkClaim, Hello, PROTOCOL, ProblemCode};
use crate::{
    ledger::Agreement,
    names::{Party, Timestamp},
    tlog::{CheckpointRefused, CosignedCheckpoint, Fork, ForkRefused, LogKey, SignedCheckpoint},
};

/// A counterpart's hello whose every note carries the signatures that it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Whether the sender has passed: only then does this hello show anything to us.
    pub passed: bool,
    /// The sender's term.
    pub term: u64,
    /// The sender's clock.
    pub clock: Timestamp,
    /// The newest checkpoint that the sender has signed of its own log.
    pub theirs: SignedCheckpoint,
    /// The newest checkpoint of the sender's log with our cosignature.
    pub theirs_cosigned: Option<CosignedCheckpoint>,
    /// The newest checkpoint of our log that the sender holds: our own signature.
    pub ours: Option<SignedCheckpoint>,
    /// The newest checkpoint of our log that the sender has cosigned.
    pub ours_cosigned: Option<CosignedCheckpoint>,
}

/// Opens the notes of a hello, as `party`, who received it.
///
/// # Errors
/// The named problem to answer with.
pub fn claims(
    agreement: &Agreement,
    party: Party,
    hello: &Hello,
    term_seen: u64,
) -> Result<Claims, ProblemCode> {
    if hello.protocol != PROTOCOL {
        return Err(ProblemCode::ProtocolVersion);
    }
    if hello.agreement != agreement.digest() {
        return Err(ProblemCode::Agreement);
    }
    let sender = party.other();
    if hello.party != sender {
        return Err(ProblemCode::Party);
    }
    if hello.term < term_seen {
        return Err(ProblemCode::Term);
    }
    let (ours, theirs) = (agreement.identity(party), agreement.identity(sender));
    let note = |_| ProblemCode::Note;
    let cosigned = |note: &Option<String>, author, mirror: &crate::tlog::MirrorKey| {
        note.as_ref().map(|text| mirror.open(author, text)).transpose()
    };
    Ok(Claims {
        passed: hello.passed,
        term: hello.term,
        clock: hello.clock,
        theirs: theirs.log.open(&hello.own).map_err(note)?,
        theirs_cosigned: cosigned(&hello.own_cosigned, &theirs.log, &ours.mirror)
            .map_err(|_| ProblemCode::Note)?,
        ours: hello.mirror.as_ref().map(|text| ours.log.open(text)).transpose().map_err(note)?,
        ours_cosigned: cosigned(&hello.mirror_cosigned, &ours.log, &theirs.mirror)
            .map_err(|_| ProblemCode::Note)?,
    })
}

/// Why a fork claim shows nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForkClaimRefused {
    /// Its checkpoint is not by us.
    #[error("its checkpoint: {0}")]
    Checkpoint(#[from] CheckpointRefused),
    /// It is, and there is no second history in it.
    #[error(transparent)]
    Fork(#[from] ForkRefused),
}

impl ForkClaim {
    /// Checks it against the checkpoint that our hello showed. `key` is the key of our own log.
    ///
    /// # Errors
    /// If it shows nothing.
    pub fn check(&self, key: &LogKey, shown: &SignedCheckpoint) -> Result<Fork, ForkClaimRefused> {
        let later = key.open(&self.checkpoint)?;
        Ok(Fork::check(shown.clone(), later, self.beginning, &self.proof)?)
    }
}
