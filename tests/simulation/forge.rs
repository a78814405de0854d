//! What a liar signs with its real keys: checkpoints and cosignatures of whatever it likes.

use entente::{
    limits::NOTE_BYTES_MAX,
    names::{Hash, Party, Size, Timestamp, sha256},
    tlog::{Checkpoint, CosignedCheckpoint, Frontier, SignedCheckpoint, leaf_hash},
};

use crate::keys::{Keys, Use, agreement};

/// A root that no entries give.
pub(crate) fn false_root(salt: u64) -> Hash {
    Hash::new(sha256(&salt.to_be_bytes()))
}

/// The root of entries.
pub(crate) fn root_of(entries: &[Vec<u8>]) -> Hash {
    let frontier: Frontier = entries.iter().map(|bytes| leaf_hash(bytes)).collect();
    frontier.root()
}

/// A checkpoint of a side's own log, truly signed, whatever it says.
pub(crate) fn checkpoint(keys: Keys, size: Size, root: Hash) -> String {
    let agreement = agreement();
    let key = &agreement.identity(keys.party).log;
    let checkpoint = Checkpoint::new(key.origin().clone(), size, root).unwrap();
    let signature = keys.sign(Use::Log, &checkpoint.to_sign());
    SignedCheckpoint::seal(checkpoint, key, &signature).unwrap().note()
}

/// A cosignature of the counterpart's checkpoint, truly signed, at any time.
pub(crate) fn cosignature(keys: Keys, note: &str, time: Timestamp) -> Option<String> {
    let agreement = agreement();
    let signed = agreement.identity(keys.party.other()).log.open(note).ok()?;
    let signature = keys.sign(Use::Mirror, &signed.checkpoint().to_cosign(time));
    let mirror = &agreement.identity(keys.party).mirror;
    CosignedCheckpoint::seal(signed, mirror, time, &signature).ok().map(|one| one.note())
}

/// A note with signatures by strangers, of which it may have that many, but not that many bytes:
/// all else about it is as it should be.
pub(crate) fn padded(note: &str) -> String {
    let line = format!("\u{2014} log.example/stranger {}\n", "A".repeat(240));
    [note, &line.repeat(NOTE_BYTES_MAX / line.len() + 1)].concat()
}

/// The size and the time in a cosigned note of a side's log.
pub(crate) fn opened(log: Party, note: &str) -> Option<(Size, Timestamp, String)> {
    let agreement = agreement();
    let (author, mirror) = (&agreement.identity(log).log, &agreement.identity(log.other()).mirror);
    let cosigned = mirror.open(author, note).ok()?;
    Some((cosigned.checkpoint().size(), cosigned.time(), cosigned.signed().note()))
}

/// The size in a note that a side's log key has signed.
pub(crate) fn size_in(log: Party, note: &str) -> Option<Size> {
    let signed = agreement().identity(log).log.open(note).ok()?;
    Some(signed.checkpoint().size())
}
