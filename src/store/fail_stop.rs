//! A store that does not go on after a failure.
//!
//! A question that fails has no answer, and nothing may be concluded from that: a root that cannot
//! be read is not a root that is false. Whoever decides by answers therefore asks through this, and
//! finds out before anything is written: after the first failure nothing more is committed.
//!
//! What was found damaged stays damaged, whoever asked for it: it may be one old row that no start
//! reads. Nothing is signed upon a store of which a part is known to be lost, so one question of an
//! operator is enough to stop. The failure says which it was, as a disk that failed may be tried
//! again, and a store that is damaged has to be restored first.

use std::cell::OnceCell;

use super::{Store, StoreError, Through, Write};

/// A store that remembers its first failure, and commits nothing after it.
#[derive(Debug)]
pub struct FailStop<S> {
    store: S,
    /// The first failure. Written by whichever question meets it.
    failure: OnceCell<StoreError>,
}

impl<S> FailStop<S> {
    /// A store of which nothing has failed yet.
    pub const fn new(store: S) -> Self {
        Self { store, failure: OnceCell::new() }
    }

    /// The store itself.
    pub const fn inner(&self) -> &S {
        &self.store
    }

    /// The store itself, for a test to change behind its back.
    #[cfg(test)]
    pub(crate) const fn inner_mut(&mut self) -> &mut S {
        &mut self.store
    }

    /// Whether everything that was asked so far was answered, and every commit was done or found no
    /// room.
    ///
    /// # Errors
    /// The first failure, if anything was not.
    pub fn check(&self) -> Result<(), StoreError> {
        self.failure.get().map_or(Ok(()), |failure| Err(failure.clone()))
    }

    fn note<T>(&self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(failure) = &answer {
            self.failure.get_or_init(|| failure.clone());
        }
        answer
    }
}

impl<S: Store> Through for FailStop<S> {
    type Inner = S;

    fn ask<T>(&self, question: impl FnOnce(&S) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.note(question(&self.store))
    }

    fn hand_on(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        self.check()?;
        match self.store.commit(writes) {
            // Nothing was written, and nothing has failed.
            Err(StoreError::Full) => Err(StoreError::Full),
            done => self.note(done),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{Party, Size};
    use crate::store::{MemoryStore, contract::identity};

    fn store() -> FailStop<MemoryStore> {
        FailStop::new(MemoryStore::create(&identity()).unwrap())
    }

    #[test]
    fn nothing_is_committed_after_a_question_that_failed() {
        let mut store = store();
        assert_eq!(store.size(Party::Gbr).unwrap(), Size(0));
        store.commit(&[Write::TermSeen(1)]).unwrap();
        assert!(store.check().is_ok());

        let failure = store.node(Party::Gbr, 0, 7).unwrap_err();
        assert!(matches!(failure, StoreError::Damaged(_)), "{failure}");
        for refused in [store.check(), store.commit(&[Write::TermSeen(2)])] {
            assert_eq!(refused, Err(failure.clone()), "what was damaged is called so");
        }
        assert_eq!(store.inner().term_seen().unwrap(), 1);
        assert!(store.size(Party::Gbr).is_ok(), "a question is answered again");
        assert!(store.check().is_err(), "and nothing is forgotten");
    }

    #[test]
    fn a_commit_that_fails_is_a_failure_and_one_without_room_is_none() {
        let mut store = store();
        let bytes = store.inner().bytes();
        store.inner_mut().set_bytes_max(Some(bytes));
        let queue = crate::store::contract::queued(1, b"x");
        assert_eq!(store.commit(std::slice::from_ref(&queue)), Err(StoreError::Full));
        assert_eq!(store.check(), Ok(()));
        store.inner_mut().set_bytes_max(None);
        store.commit(&[queue]).unwrap();

        let another = crate::store::contract::queued(1, b"y");
        let failure = store.commit(&[another]).unwrap_err();
        assert!(matches!(failure, StoreError::Damaged(_)), "{failure}");
        for refused in [store.check(), store.commit(&[Write::TermSeen(2)])] {
            assert_eq!(refused, Err(failure.clone()));
        }
        assert_eq!(store.inner().term_seen().unwrap(), 0);
    }
}
