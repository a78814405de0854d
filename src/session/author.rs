//! The author half: what is to be sent, and how far that has come.

use super::{Action, Loaded};
use crate::{
    danger::{Bug, planted},
    names::{Party, Position, Size},
};

/// What is to be sent, in this order: what the counterpart wants back of its own log, the
/// cosignatures that it does not show, and our own entries from where its mirror ends.
#[derive(Debug)]
pub(super) struct Author {
    party: Party,
    /// How much of our own log there is.
    own: Size,
    /// How much of it the counterpart has, or will have by what is on its way.
    sent: Size,
    /// How much of it the counterpart held as it said hello.
    shown: Size,
    /// Above which size our cosignatures are to be sent again.
    again: Option<Size>,
    /// What the counterpart wants back of its own log: where, and up to which size.
    wanted: Option<(Position, Size)>,
    /// Our own entries and cosignatures wait until the counterpart has its own log whole again:
    /// only then can it judge what they say of it.
    held_back: bool,
    /// A read is under way.
    loading: bool,
}

impl Author {
    pub(super) const fn new(party: Party, own: Size) -> Self {
        Self {
            party,
            own,
            sent: own,
            shown: own,
            again: None,
            wanted: None,
            held_back: true,
            loading: false,
        }
    }

    /// Notes how much of our log the counterpart holds, and the size of its own that it holds our
    /// newest cosignature of. If it holds more of our log than we do, nothing of it is to be sent.
    pub(super) fn greeted(&mut self, held: Size, cosigned: Size) {
        self.sent = if planted(Bug::SendFromTheBeginning) { Size(0) } else { held };
        self.shown = held;
        self.again = (!planted(Bug::NeverSendCosignaturesAgain)).then_some(cosigned);
    }

    /// How much of our own log the counterpart held as it said hello.
    pub(super) const fn shown(&self) -> Size {
        self.shown
    }

    pub(super) const fn hold_back(&mut self, counterpart_behind: bool) {
        self.held_back = counterpart_behind;
    }

    pub(super) fn grown(&mut self, size: Size) {
        self.own = self.own.max(size);
    }

    /// Whether there is something to read and to send.
    pub(super) fn has_more(&self) -> bool {
        let ours = self.again.is_some() || self.sent < self.own;
        let held_back = self.held_back && !planted(Bug::JudgeBeforeHealed);
        !self.loading && (self.wanted.is_some() || (!held_back && ours))
    }

    /// Notes what the counterpart wants back; `false` if it has nothing to want.
    pub(super) fn want(&mut self, from: Size, to: Size, mirror: Size) -> bool {
        let wants = self.held_back && self.wanted.is_none() && from < to && to <= mirror;
        if wants {
            self.wanted = Some((from.next(), to));
        }
        wants
    }

    /// What to read next.
    pub(super) fn next(&mut self) -> Option<Action> {
        if !self.has_more() {
            return None;
        }
        self.loading = true;
        Some(if let Some((start, _)) = self.wanted {
            Action::Load { log: self.party.other(), start }
        } else if let Some(above) = self.again {
            // What the counterpart does not hold yet brings its cosignatures along.
            Action::LoadCosignatures { above, within: self.shown }
        } else {
            Action::Load { log: self.party, start: self.sent.next() }
        })
    }

    /// Notes how far what was read reaches; `false` if the counterpart's lost tail cannot be read.
    pub(super) fn loaded(&mut self, loaded: Option<&Loaded>) -> bool {
        self.loading = false;
        let Some(loaded) = loaded else {
            // Nothing more of our own can be sent until it grows.
            self.own = self.own.min(self.sent);
            return self.wanted.is_none();
        };
        let count = u64::try_from(loaded.entries.len()).unwrap_or(u64::MAX);
        let end = Size(loaded.start.0).plus(count);
        if loaded.log == self.party {
            self.sent = end;
        } else {
            self.wanted = self.wanted.filter(|(_, to)| end < *to).map(|(_, to)| (end.next(), to));
            // Once all of it is on its way, our own entries may follow.
            self.held_back = self.wanted.is_some();
        }
        true
    }

    /// Notes the newest cosignature that was read, if there was one.
    pub(super) const fn loaded_cosignatures(&mut self, newest: Option<Size>) {
        self.loading = false;
        self.again = newest;
    }
}
