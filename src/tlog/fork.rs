//! Two histories under one key, and what shows them.

use super::{ConsistencyProof, ProofRefused, SignedCheckpoint, TreeHead};
use crate::{
    danger::{Bug, planted},
    names::Hash,
};

/// Why two checkpoints do not show a fork.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForkRefused {
    /// They are of two logs.
    #[error("the checkpoints are of two logs")]
    TwoLogs,
    /// The beginning of the later tree is the earlier one.
    #[error("the later tree begins with the earlier one")]
    OneHistory,
    /// It is not shown how the later tree begins.
    #[error(transparent)]
    Proof(#[from] ProofRefused),
}

/// Two checkpoints by one author that cannot both be true: the later tree does not begin with the
/// earlier one. It was checked: it exists in no other way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    earlier: SignedCheckpoint,
    later: SignedCheckpoint,
}

impl Fork {
    /// Checks that the tree of `later` begins with one of the size of `earlier` whose root is
    /// `beginning`, and that `earlier` says otherwise. The proof is as in RFC 9162 section 2.1.4.
    ///
    /// # Errors
    /// If the two are of different logs, `earlier` has that very root or is the larger one, or the
    /// proof does not hold.
    pub fn check(
        earlier: SignedCheckpoint,
        later: SignedCheckpoint,
        beginning: Hash,
        proof: &ConsistencyProof,
    ) -> Result<Self, ForkRefused> {
        let (first, second) = (earlier.checkpoint(), later.checkpoint());
        if first.origin() != second.origin() {
            return Err(ForkRefused::TwoLogs);
        }
        if first.root() == beginning {
            return Err(ForkRefused::OneHistory);
        }
        let begun = TreeHead { size: first.size(), root: beginning };
        let shown = proof.verify(&begun, &second.head());
        if !planted(Bug::BelieveForkClaim) {
            shown?;
        }
        Ok(Self { earlier, later })
    }

    /// The checkpoint of fewer entries, or of as many.
    #[must_use]
    pub const fn earlier(&self) -> &SignedCheckpoint {
        &self.earlier
    }

    /// The one whose tree begins otherwise.
    #[must_use]
    pub const fn later(&self) -> &SignedCheckpoint {
        &self.later
    }
}

#[cfg(test)]
mod tests;
