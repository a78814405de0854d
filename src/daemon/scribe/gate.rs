//! Whether this side may sign: closed at every start, until something shows that nothing newer of
//! its own exists.
//!
//! A store that was restored from an old copy looks whole. If it signed on, it would give a second
//! history to positions that the counterpart has cosigned. So nothing gets a position, a checkpoint
//! or a cosignature until either the high-water mark, which no backup takes in, or the hello of a
//! counterpart that has itself passed shows that what the store holds is the newest there is.
//! Proof of something newer is our own signature on it, never a bare size.

use super::{
    state::{Seat, State, stored_root},
    thread::Scribe,
};
use crate::{
    daemon::mark::Mark,
    names::{Hash, Party, Size},
    session::{Claims, ProblemCode, Weighed},
    store::Store,
};

/// Whether this side may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    /// Nothing is signed; submissions are durable and answered "queued".
    Closed {
        /// What has to be held before it opens.
        newest: Newest,
    },
    /// This side has passed.
    Open,
    /// Our own signature stands under another history: an operator has to act, and nothing is
    /// signed.
    Fork,
}

/// The newest of our own that something has shown to exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Newest {
    /// Size of our own log, and its root, by our own log key.
    pub own: Option<(Size, Hash)>,
    /// Size of the counterpart's log that we have cosigned, by our own mirror key.
    pub cosigned: Option<Size>,
    /// Whether a witness that counts has spoken: the mark, or a hello of a side that has passed.
    pub witnessed: bool,
}

impl Newest {
    /// What the mark shows.
    pub(super) fn by_mark(mark: &Mark) -> Self {
        Self {
            own: Some((mark.own.checkpoint().size(), mark.own.checkpoint().root())),
            cosigned: mark.cosigned.as_ref().map(|one| one.checkpoint().size()),
            witnessed: true,
        }
    }

    /// What a hello shows.
    fn by_claims(claims: &Claims) -> Self {
        let ours = claims.ours.as_ref().map(|one| one.checkpoint());
        Self {
            own: ours.map(|one| (one.size(), one.root())),
            cosigned: claims.theirs_cosigned.as_ref().map(|one| one.checkpoint().size()),
            witnessed: claims.passed,
        }
    }

    /// Both together.
    fn and(self, other: Self) -> Self {
        Self {
            own: self.own.max(other.own),
            cosigned: self.cosigned.max(other.cosigned),
            witnessed: self.witnessed || other.witnessed,
        }
    }
}

/// How our state stands to the newest of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// All of it is held, and a witness that counts has spoken.
    Whole,
    /// All of it is held, and nobody who counts has spoken.
    Unwitnessed,
    /// A tail is missing.
    Behind,
    /// What is held at that size is another history.
    Another,
}

pub(super) fn held<S: Store>(seat: &Seat, state: &State, store: &S, newest: Newest) -> Held {
    if let Some((size, root)) = newest.own {
        if size > state.size(seat.party) {
            return Held::Behind;
        }
        if root_of(seat.party, state, store, size) != Some(root) {
            return Held::Another;
        }
    }
    let entangled = state.reader(seat.party).entangled().map(|(size, _)| size);
    if newest.cosigned > entangled {
        return Held::Behind;
    }
    if newest.witnessed { Held::Whole } else { Held::Unwitnessed }
}

/// The root of a log at a size that is held, whether committed or about to be.
pub(super) fn root_of<S: Store>(log: Party, state: &State, store: &S, size: Size) -> Option<Hash> {
    let frontier = state.frontier(log);
    if size == frontier.size() { Some(frontier.root()) } else { stored_root(store, log, size) }
}

impl<S: Store, K: super::Signatures> Scribe<S, K> {
    /// Looks at the gate again, and opens it if what must be held is held.
    pub(super) fn reconsider(&mut self) {
        let Gate::Closed { newest } = self.gate else { return };
        match held(&self.seat, &self.state, &self.store, newest) {
            Held::Whole => {
                self.gate = Gate::Open;
                tracing::info!("passed: nothing newer of our own exists; signing");
                self.drain_queue();
            }
            Held::Another => {
                self.gate = Gate::Fork;
                tracing::error!("fork: our own signature stands under another history");
            }
            Held::Behind | Held::Unwitnessed => {}
        }
    }

    /// Weighs a counterpart's claims against what we hold and have signed.
    pub(super) fn weigh(&mut self, claims: &Claims) -> Weighed {
        let (party, other) = (self.seat.party, self.seat.party.other());
        let theirs = claims.theirs.checkpoint();
        let mirror = self.state.size(other);
        // What the counterpart shows of its own log may not contradict what we hold of it.
        if theirs.size() <= mirror
            && root_of(other, &self.state, &self.store, theirs.size()) != Some(theirs.root())
        {
            tracing::error!(size = %theirs.size(), "the counterpart contradicts what it signed");
            return Weighed::Refused(ProblemCode::Contradiction);
        }
        if let Some(ours) = &claims.ours_cosigned
            && ours.checkpoint().size() <= self.state.size(party)
            && root_of(party, &self.state, &self.store, ours.checkpoint().size())
                != Some(ours.checkpoint().root())
        {
            self.gate = Gate::Fork;
        }
        let shown = Newest::by_claims(claims);
        match held(&self.seat, &self.state, &self.store, shown) {
            Held::Another => self.gate = Gate::Fork,
            // A hello that shows something newer of ours closes the gate, whatever opened it.
            Held::Behind if self.gate == Gate::Open => {
                tracing::error!("the counterpart holds something newer that we have signed");
                self.gate = Gate::Closed { newest: shown };
            }
            Held::Behind | Held::Whole | Held::Unwitnessed => {}
        }
        if let Gate::Closed { newest } = &mut self.gate {
            *newest = newest.and(shown);
        }
        self.reconsider();
        if self.gate == Gate::Fork {
            return Weighed::Refused(ProblemCode::Fork);
        }
        self.note_term(claims.term);
        let lost = shown.own.map(|(size, _)| size).filter(|size| *size > self.state.size(party));
        Weighed::Agreed { want: lost, counterpart_behind: theirs.size() < mirror }
    }
}
