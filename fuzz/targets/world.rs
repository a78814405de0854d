//! What the targets look at: an agreement with published keys, and two small logs under it.

use std::sync::{Arc, LazyLock};

use entente::{
    ledger::Agreement,
    names::{Hash, Party, Size, Timestamp},
    tlog::{Checkpoint, CosignedCheckpoint, Frontier, SignedCheckpoint, leaf_hash},
};

#[path = "../../src/ledger/fixture.rs"]
#[allow(dead_code, unused_imports, reason = "the targets need a part of it")]
mod fixture;

use fixture::{TwoSides, UnsafeKey};

/// Both sides after a short season.
pub struct World {
    pub(crate) sides: TwoSides,
    pub(crate) agreement: Arc<Agreement>,
}

/// The world of every target; it never changes.
pub(crate) fn world() -> &'static World {
    static WORLD: LazyLock<World> = LazyLock::new(|| {
        let mut sides = TwoSides::founded();
        sides.returned(1, "2025-08-07", 2);
        sides.exchange();
        sides.admitted(2, "2025-08-08", 1);
        sides.exchange();
        World { agreement: Arc::new(sides.agreement.clone()), sides }
    });
    &WORLD
}

impl World {
    /// The leaf hashes of a log.
    pub(crate) fn leaves(&self, log: Party) -> impl Iterator<Item = Hash> {
        self.sides.bytes(log).iter().map(|bytes| leaf_hash(bytes))
    }

    /// The edge of a log at a size, or at its end.
    pub(crate) fn frontier(&self, log: Party, size: usize) -> Frontier {
        self.leaves(log).take(size).collect()
    }

    /// The log's checkpoint at a size, at least 1; with another root if it is to be false.
    pub(crate) fn checkpoint(&self, log: Party, size: usize, is_false: bool) -> SignedCheckpoint {
        let frontier = self.frontier(log, size.max(1));
        let root = if is_false { Hash::new([9; 32]) } else { frontier.root() };
        self.signed(log, frontier.size(), root)
    }

    /// Any checkpoint, under the log's key.
    pub(crate) fn signed(&self, log: Party, size: Size, root: Hash) -> SignedCheckpoint {
        let key = &self.agreement.identity(log).log;
        let checkpoint = Checkpoint::new(key.origin().clone(), size, root).expect("a size");
        let signature = UnsafeKey::log(log).sign(&checkpoint.to_sign());
        SignedCheckpoint::seal(checkpoint, key, &signature).expect("a good key")
    }

    /// A checkpoint with the other party's cosignature.
    pub(crate) fn cosigned(&self, signed: SignedCheckpoint, log: Party) -> CosignedCheckpoint {
        let mirror = &self.agreement.identity(log.other()).mirror;
        let time = Timestamp::new(1_754_500_000);
        let signature = UnsafeKey::mirror(log.other()).sign(&signed.checkpoint().to_cosign(time));
        CosignedCheckpoint::seal(signed, mirror, time, &signature).expect("a good key")
    }
}
