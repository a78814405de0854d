//! What the logs before the one that is read have come to: each log of a row is counted by itself.
//!
//! Nothing of them is forgotten for it. What a retired key has signed is judged by it for good, and
//! a copy of a key-event of an earlier log has no effect in a later one. So a row holds as much as
//! its logs may hold together, and there is one log more only where both sides pin its succession.

use super::{KeyEventFault, Keybook};
use crate::limits::{COMPROMISES_PER_LOG_MAX, KEY_EVENTS_PER_LOG_MAX, KEYS_PER_LOG_MAX};

/// How much there was before entry 0; of the first log nothing, so that the keys of the founding
/// agreement count in it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Before {
    keys: usize,
    events: usize,
    compromises: usize,
}

impl Before {
    /// What a book has come to by now.
    pub(super) fn of(book: &Keybook) -> Self {
        Self {
            keys: book.keyring.places().count(),
            events: book.events.len(),
            compromises: book.changes.iter().filter(|one| one.since.is_some()).count(),
        }
    }

    pub(super) fn room_for_key(self, book: &Keybook) -> Result<(), KeyEventFault> {
        let keys = Self::of(book).keys.saturating_sub(self.keys);
        if keys < KEYS_PER_LOG_MAX { Ok(()) } else { Err(KeyEventFault::TooMany) }
    }

    pub(super) fn room_for_event(self, book: &Keybook) -> Result<(), KeyEventFault> {
        let events = Self::of(book).events.saturating_sub(self.events);
        if events < KEY_EVENTS_PER_LOG_MAX { Ok(()) } else { Err(KeyEventFault::TooManyEvents) }
    }

    pub(super) fn room_for_compromise(self, book: &Keybook) -> Result<(), KeyEventFault> {
        let told = Self::of(book).compromises.saturating_sub(self.compromises);
        if told < COMPROMISES_PER_LOG_MAX { Ok(()) } else { Err(KeyEventFault::TooManyCompromises) }
    }
}
