//! Keys for tests, from seeds that everybody can read, and the public vectors.

use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::Deserialize;

use crate::envelope::Ed25519Key;
use crate::names::{Hash, Timestamp};

use super::{
    Checkpoint, CosignedCheckpoint, LogKey, MirrorKey, SignedCheckpoint, TreeHead, leaf_hash,
};

/// A note of the C2SP specification, and its key.
pub(super) const SPECIFIED_NOTE: &str = include_str!("../../tests/vectors/tlog/c2sp-note.txt");
pub(super) const SPECIFIED_KEY: &str =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

/// A checkpoint of a public log with the cosignatures of four witnesses, and keys to two of them.
pub(super) const PUBLIC_NOTE: &str =
    include_str!("../../tests/vectors/tlog/public-log-checkpoint.txt");
pub(super) const PUBLIC_LOG: &str =
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f";
pub(super) const PUBLIC_MIRROR: &str =
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";

/// The tree that Certificate Transparency logs are commonly checked by.
#[derive(Deserialize)]
pub(super) struct EightLeaves {
    entries: Vec<String>,
    pub(super) roots: Vec<Hash>,
    pub(super) inclusion: Vec<InclusionVector>,
    pub(super) consistency: Vec<ConsistencyVector>,
}

#[derive(Deserialize)]
pub(super) struct InclusionVector {
    pub(super) position: u64,
    pub(super) size: u64,
    pub(super) proof: Vec<Hash>,
}

#[derive(Deserialize)]
pub(super) struct ConsistencyVector {
    pub(super) old: u64,
    pub(super) new: u64,
    pub(super) proof: Vec<Hash>,
}

impl EightLeaves {
    pub(super) fn read() -> Self {
        let text = include_str!("../../tests/vectors/tlog/rfc6962-eight-leaves.json");
        serde_json::from_str(text).unwrap()
    }

    pub(super) fn leaves(&self) -> Vec<Hash> {
        let decode = |entry: &String| data_encoding::HEXLOWER.decode(entry.as_bytes()).unwrap();
        self.entries.iter().map(|entry| leaf_hash(&decode(entry))).collect()
    }
}

/// Leaf hashes that differ from one another.
pub(super) fn leaves(count: u32) -> impl Iterator<Item = Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes()))
}

/// Signs; the seed is one byte repeated.
pub(super) struct UnsafeSigner(Ed25519KeyPair);

impl UnsafeSigner {
    pub(super) fn new(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    pub(super) fn public_key(&self) -> Ed25519Key {
        Ed25519Key::from_bytes(self.0.public_key().as_ref()).unwrap()
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).as_ref().try_into().unwrap()
    }
}

/// A log and its mirror, with the keys to sign for both.
pub(super) struct UnsafePair {
    pub(super) author: UnsafeSigner,
    pub(super) mirror: UnsafeSigner,
    pub(super) log_key: LogKey,
    pub(super) mirror_key: MirrorKey,
}

impl UnsafePair {
    pub(super) fn new() -> Self {
        Self::of("log.example/gbr")
    }

    /// The same keys for the log of this origin.
    pub(super) fn of(origin: &str) -> Self {
        let (author, mirror) = (UnsafeSigner::new(1), UnsafeSigner::new(2));
        let log_key = LogKey::new(origin.parse().unwrap(), author.public_key());
        let mirror_key = MirrorKey::new("mirror.example/fra".parse().unwrap(), mirror.public_key());
        Self { author, mirror, log_key, mirror_key }
    }

    pub(super) fn checkpoint(&self, head: TreeHead) -> Checkpoint {
        Checkpoint::new(self.log_key.origin().clone(), head.size, head.root).unwrap()
    }

    pub(super) fn signed(&self, head: TreeHead) -> SignedCheckpoint {
        let checkpoint = self.checkpoint(head);
        let signature = self.author.sign(&checkpoint.to_sign());
        SignedCheckpoint::seal(checkpoint, &self.log_key, &signature).unwrap()
    }

    pub(super) fn cosigned(&self, head: TreeHead, time: Timestamp) -> CosignedCheckpoint {
        let signed = self.signed(head);
        let signature = self.mirror.sign(&signed.checkpoint().to_cosign(time));
        CosignedCheckpoint::seal(signed, &self.mirror_key, time, &signature).unwrap()
    }
}
