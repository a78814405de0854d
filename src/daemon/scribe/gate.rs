//! Whether this side may sign: closed at every start, until something shows that nothing newer of
//! its own exists.
//!
//! A store that was restored from an old copy looks whole. If it signed on, it would give a second
//! history to positions that the counterpart has cosigned. So nothing gets a position, a checkpoint
//! or a cosignature until either the high-water mark, which no backup takes in, or the hello of a
//! counterpart that has itself passed shows that what the store holds is the newest there is.
//! Proof of something newer is our own signature on it, never a bare size. Proof that we have
//! signed two histories, by whoever shows it, ends all signing.

use std::collections::BTreeMap;

use super::{Signatures, group::Scribe};
use crate::{
    daemon::mark::Mark,
    danger::{Bug, planted},
    names::{Hash, Size},
    session::{Claims, ForkClaim, ProblemCode, Weighed},
    store::{LogNodes, Store},
    tlog::{Checkpoint, Fork, SignedCheckpoint, consistency_proof},
};

/// Whether this side may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Nothing is signed; submissions are durable and answered "queued".
    Closed,
    /// This side has passed.
    Open,
    /// Our own signature stands under another history: an operator has to act, and nothing is
    /// signed.
    Fork,
}

/// The newest of our own that something has shown to exist: what has to be held before the gate
/// opens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Newest {
    /// Sizes of our own log, with their roots, by our own log key. Of those that hellos show, only
    /// the ones beyond what was held then.
    own: BTreeMap<Size, Hash>,
    /// Size of the counterpart's log that we have cosigned, by our own mirror key.
    cosigned: Option<Size>,
    /// Whether a witness that counts has spoken: the mark, or a hello of a side that has passed.
    witnessed: bool,
}

impl Newest {
    /// What the operator shows who founds a log: it is new, so there is nothing newer.
    pub(super) fn by_founding() -> Self {
        Self { witnessed: true, ..Self::default() }
    }

    /// What the mark shows.
    pub(super) fn by_mark(mark: &Mark) -> Self {
        let own = mark.own.checkpoint();
        Self {
            own: BTreeMap::from([(own.size(), own.root())]),
            cosigned: mark.cosigned.as_ref().map(|one| one.checkpoint().size()),
            witnessed: true,
        }
    }

    /// The largest size of our own log that was shown.
    pub(super) fn own(&self) -> Option<Size> {
        self.own.last_key_value().map(|(size, _)| *size)
    }
}

/// How our state stands to the newest of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    /// All of it is held, and a witness that counts has spoken.
    Whole,
    /// All of it is held, and nobody who counts has spoken.
    Unwitnessed,
    /// A tail is missing.
    Behind,
    /// What is held at that size is another history.
    Another,
}

impl<S: Store, K: Signatures> Scribe<S, K> {
    /// Whether a tail of our own log may be lost: nobody who counts has said that there is none, or
    /// somebody has shown one that is not held. The mirror's tail is another matter.
    pub(super) fn may_have_lost_tail(&self) -> bool {
        match self.gate {
            Gate::Open => false,
            Gate::Fork => true,
            Gate::Closed => !self.newest.witnessed || self.has_lost_tail(),
        }
    }

    /// Whether something of our own was shown that is not held. Under a cosignature of ours stands
    /// that we hold what it covers, and an entanglement of it.
    fn has_lost_tail(&self) -> bool {
        let party = self.seat.party;
        let entangled = self.state.reader(party).entangled().map(|(size, _)| size);
        self.newest.own() > Some(self.state.size(party)) || self.newest.cosigned > entangled
    }

    fn held(&self) -> Held {
        let (party, newest) = (self.seat.party, &self.newest);
        let size = self.state.size(party);
        let another = |(shown, root): (&Size, &Hash)| self.root_of(party, *shown) != Some(*root);
        if newest.own.range(..=size).any(another) {
            return Held::Another;
        }
        if self.has_lost_tail() || !self.state.awaited().is_empty() {
            return Held::Behind;
        }
        let witnessed = newest.witnessed || planted(Bug::SignBeforeHello);
        if witnessed { Held::Whole } else { Held::Unwitnessed }
    }

    /// Looks at the gate again, and opens it if what must be held is held.
    pub(super) fn reconsider(&mut self) {
        if self.gate != Gate::Closed {
            return;
        }
        match self.held() {
            Held::Whole => {
                self.gate = Gate::Open;
                self.queue_is_due = true;
                tracing::info!("passed: nothing newer of our own exists; signing");
            }
            Held::Another => self.fork(),
            Held::Behind | Held::Unwitnessed => {}
        }
    }

    /// Closes the gate again if what opened it was not committed after all.
    pub(super) fn close_unless_whole(&mut self) {
        if self.gate == Gate::Open && self.held() != Held::Whole {
            self.gate = Gate::Closed;
        }
    }

    fn fork(&mut self) {
        tracing::error!("fork: our own signature stands under another history");
        self.gate = Gate::Fork;
        self.newest.witnessed = false;
        if planted(Bug::KeepMarkAfterFork) {
            return;
        }
        // A mark that vouches for this store would open the gate again at the next start. One that
        // itself shows the other history is evidence, and stays. Of one that cannot be read now,
        // nobody knows what it says at the next start.
        let vouches = |mark: &Mark| {
            let own = mark.own.checkpoint();
            self.root_of(self.seat.party, own.size()) == Some(own.root())
        };
        self.mark_is_stale = match self.mark.read(&self.seat.agreement, self.seat.party) {
            Ok(mark) => mark.as_ref().is_some_and(vouches),
            Err(error) => {
                tracing::error!(%error, "the high-water mark cannot be read, and is removed");
                true
            }
        };
    }

    /// Weighs a counterpart's claims against what we hold and have signed.
    pub(super) fn weigh(&mut self, claims: &Claims) -> Weighed {
        let (party, other) = (self.seat.party, self.seat.party.other());
        let theirs = claims.theirs.checkpoint();
        let mirror = self.state.size(other);
        // What the counterpart shows of its own log may not contradict what we hold of it, nor what
        // we have cosigned.
        let cosigned = claims.theirs_cosigned.as_ref().map(|one| one.checkpoint());
        let contradicts = |one: &Checkpoint| {
            one.size() <= mirror && self.root_of(other, one.size()) != Some(one.root())
        };
        let contradiction = contradicts(theirs) || cosigned.is_some_and(contradicts);
        if contradiction && !planted(Bug::OverlookContradiction) {
            tracing::error!(size = %theirs.size(), "the counterpart contradicts what it signed");
            return Weighed::Contradicted(self.fork_claim(theirs).map(Box::new));
        }
        self.learn(claims);
        self.reconsider();
        if self.gate == Gate::Fork {
            return Weighed::Refused(ProblemCode::Fork);
        }
        self.note_term(claims.term);
        let ours = claims.ours.as_ref().map(|one| one.checkpoint().size());
        let lost = ours.filter(|size| *size > self.state.size(party));
        Weighed::Agreed { want: lost, counterpart_behind: theirs.size() < mirror }
    }

    /// What shows the counterpart that our mirror, under its own signature, begins otherwise than
    /// its hello says. Without it a counterpart that was put back would take itself for one that
    /// has lost a tail, and wait for it for ever.
    fn fork_claim(&self, theirs: &Checkpoint) -> Option<ForkClaim> {
        let other = self.seat.party.other();
        let newest = self.state.checkpoints.of(other).as_ref()?;
        let beginning = self.root_of(other, theirs.size())?;
        let nodes = LogNodes::new(&self.store, other);
        let proof = consistency_proof(&nodes, theirs.size(), newest.checkpoint().size()).ok()?;
        let another = beginning != theirs.root() && !planted(Bug::HideForkClaim);
        another.then(|| ForkClaim { checkpoint: newest.note(), beginning, proof })
    }

    /// Takes in that we have signed two histories.
    pub(super) fn forked(&mut self, fork: &Fork) {
        let (earlier, later) = (fork.earlier().checkpoint(), fork.later().checkpoint());
        tracing::error!(
            earlier = %earlier.size(), later = %later.size(),
            "what we have signed later does not begin with what we have signed before",
        );
        self.fork();
    }

    /// Takes in what a hello shows of our own. It closes the gate, whatever opened it, if it shows
    /// something newer than was known: then the mark was itself put back, and is no witness.
    fn learn(&mut self, claims: &Claims) {
        let party = self.seat.party;
        let held = self.state.size(party);
        let ours = claims.ours.iter().chain(claims.ours_cosigned.iter().map(|one| one.signed()));
        let mut known = self.newest.own().max(Some(held));
        let mut outdone = false;
        for one in ours.map(SignedCheckpoint::checkpoint) {
            let (size, root) = (one.size(), one.root());
            let before = if size > held {
                self.newest.own.insert(size, root)
            } else {
                self.root_of(party, size)
            };
            if before.is_some_and(|before| before != root) {
                return self.fork();
            }
            outdone |= Some(size) > known;
            known = known.max(Some(size));
        }
        let cosigned = claims.theirs_cosigned.as_ref().map(|one| one.checkpoint().size());
        let entangled = self.state.reader(party).entangled().map(|(size, _)| size);
        outdone |= cosigned > self.newest.cosigned.max(entangled);
        self.newest.cosigned = self.newest.cosigned.max(cosigned);
        if outdone && self.newest.witnessed {
            tracing::error!("the counterpart holds something newer that we have signed");
            self.newest.witnessed = false;
            self.mark_is_stale = true;
        }
        if outdone && self.gate == Gate::Open {
            self.gate = Gate::Closed;
        }
        self.newest.witnessed |= claims.passed || planted(Bug::BelieveUnpassed);
    }
}
