//! Which connection stays when there are several.
//!
//! A newer session from the same dialler replaces the older; if both sides dialled at once, the one
//! that France dialled stays. Both sides apply the same rule, so they keep the same connection.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::{oneshot, watch};

use super::gauge::SessionView;
use crate::names::Party;

/// The one session that is up.
#[derive(Debug, Clone)]
pub struct Switchboard {
    seated: Arc<Mutex<Option<Seated>>>,
    occupied: watch::Sender<bool>,
    /// Serials handed out. None comes twice: an older session may go long after it was unseated.
    serials: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Seated {
    dialler: Party,
    serial: u64,
    shown: Option<SessionView>,
    unseat: Option<oneshot::Sender<()>>,
}

/// A session's place; given up when dropped.
#[derive(Debug)]
pub struct Place {
    board: Switchboard,
    serial: u64,
    /// Fires when a newer session takes the place.
    pub unseated: oneshot::Receiver<()>,
}

impl Default for Switchboard {
    fn default() -> Self {
        Self::new()
    }
}

impl Switchboard {
    /// Nobody is seated.
    #[must_use]
    pub fn new() -> Self {
        let (occupied, _) = watch::channel(false);
        Self { seated: Arc::default(), occupied, serials: Arc::default() }
    }

    /// Whether a session is up, now and from now on.
    #[must_use]
    pub fn occupied(&self) -> watch::Receiver<bool> {
        self.occupied.subscribe()
    }

    /// What is known of the session that is up.
    #[must_use]
    pub fn shown(&self) -> Option<SessionView> {
        let seated = self.seated.lock().unwrap_or_else(PoisonError::into_inner);
        seated.as_ref().and_then(|one| one.shown.clone())
    }

    /// Seats a session that `dialler` dialled, if the rule lets it; the older one is unseated.
    #[must_use]
    pub fn seat(&self, dialler: Party) -> Option<Place> {
        let mut seated = self.seated.lock().unwrap_or_else(PoisonError::into_inner);
        let serial = self.serials.fetch_add(1, Ordering::Relaxed);
        if let Some(older) = seated.as_mut() {
            if older.dialler != dialler && dialler != Party::Fra {
                return None;
            }
            if let Some(unseat) = older.unseat.take() {
                // The older session may have ended by itself in this moment.
                let _ended = unseat.send(());
            }
        }
        let (unseat, unseated) = oneshot::channel();
        *seated = Some(Seated { dialler, serial, shown: None, unseat: Some(unseat) });
        self.occupied.send_replace(true);
        Some(Place { board: self.clone(), serial, unseated })
    }
}

impl Place {
    /// Has this session shown to operators, for as long as it has its place.
    pub fn show(&self, view: SessionView) {
        let mut seated = self.board.seated.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = seated.as_mut().filter(|one| one.serial == self.serial) {
            one.shown = Some(view);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut seated = self.board.seated.lock().unwrap_or_else(PoisonError::into_inner);
        if seated.as_ref().is_some_and(|one| one.serial == self.serial) {
            *seated = None;
            self.board.occupied.send_replace(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_session_of_the_same_dialler_replaces_the_older() {
        for dialler in Party::BOTH {
            let board = Switchboard::new();
            let mut older = board.seat(dialler).unwrap();
            let newer = board.seat(dialler).unwrap();
            assert_eq!(older.unseated.try_recv(), Ok(()));
            drop(older);
            assert!(*board.occupied().borrow(), "the newer one keeps its place");
            drop(newer);
            assert!(!*board.occupied().borrow());
        }
    }

    #[test]
    fn an_older_session_that_goes_late_takes_no_place_with_it() {
        let board = Switchboard::new();
        let oldest = board.seat(Party::Fra).unwrap();
        drop(board.seat(Party::Fra).unwrap());
        let mut newest = board.seat(Party::Fra).unwrap();
        drop(oldest);
        assert!(*board.occupied().borrow(), "the newest one keeps its place");
        assert_eq!(newest.unseated.try_recv(), Err(oneshot::error::TryRecvError::Empty));
    }

    #[test]
    fn if_both_dialled_the_one_that_france_dialled_stays() {
        let board = Switchboard::new();
        let mut british = board.seat(Party::Gbr).unwrap();
        let mut french = board.seat(Party::Fra).unwrap();
        assert_eq!(british.unseated.try_recv(), Ok(()));
        assert!(board.seat(Party::Gbr).is_none());
        assert!(french.unseated.try_recv().is_err(), "it was not disturbed");
        drop(french);
        assert!(board.seat(Party::Gbr).is_some());
    }
}
