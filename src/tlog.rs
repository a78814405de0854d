//! The log: an append-only Merkle tree (RFC 6962), and the C2SP texts that are signed about it.
//!
//! Entries are opaque here: what lies in a log is no concern of the tree. Nothing in this folder
//! stores, signs or reads a clock; it computes, parses and verifies.
//!
//! * [`leaf_hash`], [`node_hash`], [`Frontier`]: the tree at its growing edge.
//! * [`Nodes`]: where stored hashes are read from; [`MemoryNodes`] holds them all.
//! * [`InclusionProof`], [`ConsistencyProof`]: made from [`Nodes`], verified against [`TreeHead`]s.
//! * [`Fork`]: two checkpoints of one log that cannot both be true, checked.
//! * [`Note`]: a signed text, parsed but believed by nobody yet; [`LogKey`] and [`MirrorKey`] open
//!   it.
//! * [`Checkpoint`] is a claim, [`SignedCheckpoint`] is its author's word, [`CosignedCheckpoint`]
//!   is also its mirror's word, and a [`Receipt`] proves that an entry lies below one.
//! * [`QuantumMirrorKey`]: the post-quantum cosignature that a mirror may add.
//! * [`Tile`]: how the public form of a log names its files.
//!
//! A tree without entries has no checkpoint and no proof: a log begins with its agreement record.

mod checkpoint;
mod cosignature;
mod fork;
mod nodes;
mod note;
mod origin;
mod proof;
mod quantum;
mod receipt;
mod text;
mod tiles;
mod tree;
#[cfg(test)]
mod unsafe_keys;
mod vkey;

pub use checkpoint::{Checkpoint, CheckpointRefused, SignedCheckpoint};
pub use cosignature::{CosignatureRefused, CosignedCheckpoint};
pub use fork::{Fork, ForkRefused};
pub use nodes::{MemoryNodes, MissingNode, Nodes, root_at};
pub use note::{Note, NoteRefused, NoteSignature};
pub use origin::{Origin, OriginRefused};
pub use proof::{
    ConsistencyProof, InclusionProof, ProofError, ProofRefused, consistency_proof, inclusion_proof,
};
#[cfg(feature = "pq")]
pub use quantum::QuantumSigner;
pub use quantum::{QUANTUM_KEY_BYTES, QUANTUM_SIGNATURE_BYTES, QuantumMirrorKey, QuantumRefused};
pub use receipt::{Receipt, ReceiptRefused};
pub use tiles::{Tile, TileKind, tiles};
pub use tree::{EMPTY_ROOT, Frontier, Node, TreeHead, leaf_hash, node_hash};
pub use vkey::{LogKey, MirrorKey, VkeyRefused};
