//! What the targets look at: an agreement with published keys, and two small logs under it.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

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
    /// Every note that a session is shown, by log, size and falsehood: to sign takes long.
    notes: BTreeMap<(Party, usize, bool), CosignedCheckpoint>,
}

/// The world of every target; it never changes.
pub(crate) fn world() -> &'static World {
    static WORLD: LazyLock<World> = LazyLock::new(|| {
        let mut sides = TwoSides::founded();
        sides.returned(1, "2025-08-07", 2);
        sides.exchange();
        sides.admitted(2, "2025-08-08", 1);
        sides.exchange();
        let agreement = Arc::new(sides.agreement.clone());
        World { sides, agreement, notes: BTreeMap::new() }.with_notes()
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

    fn with_notes(mut self) -> Self {
        for (log, size) in Party::BOTH.into_iter().flat_map(|log| (1..=16).map(move |n| (log, n))) {
            let head = self.frontier(log, size).head();
            for (root, is_false) in [(head.root, false), (Hash::new([9; 32]), true)] {
                let cosigned = self.cosign(self.sign(log, head.size, root), log);
                self.notes.insert((log, size, is_false), cosigned);
            }
        }
        self
    }

    /// The log's checkpoint at a size from 1 to 16, cosigned; with another root if it is false.
    pub(crate) fn cosigned(&self, log: Party, size: usize, is_false: bool) -> &CosignedCheckpoint {
        self.notes.get(&(log, size.clamp(1, 16), is_false)).expect("all sizes are there")
    }

    /// The same without its cosignature.
    pub(crate) fn checkpoint(&self, log: Party, size: usize, is_false: bool) -> &SignedCheckpoint {
        self.cosigned(log, size, is_false).signed()
    }

    fn sign(&self, log: Party, size: Size, root: Hash) -> SignedCheckpoint {
        let key = &self.agreement.identity(log).log;
        let checkpoint = Checkpoint::new(key.origin().clone(), size, root).expect("a size");
        let signature = UnsafeKey::log(log).sign(&checkpoint.to_sign());
        SignedCheckpoint::seal(checkpoint, key, &signature).expect("a good key")
    }

    fn cosign(&self, signed: SignedCheckpoint, log: Party) -> CosignedCheckpoint {
        let mirror = &self.agreement.identity(log.other()).mirror;
        let time = Timestamp::new(1_754_500_000);
        let signature = UnsafeKey::mirror(log.other()).sign(&signed.checkpoint().to_cosign(time));
        CosignedCheckpoint::seal(signed, mirror, time, &signature).expect("a good key")
    }
}
