//! What a connection needs of the daemon behind it.

use std::{future::Future, pin::Pin};

use tokio::sync::watch;

use crate::session::{Action, Event, Progress, Refusal, Standing};

/// An answer that will come, as an event for the session that asked.
pub type Answer = Pin<Box<dyn Future<Output = Event> + Send>>;

/// The desk at which a session has its actions carried out: the scribe's side of the wall.
pub trait Desk: Clone + Send + Sync + 'static {
    /// What this side holds as a session begins; `None` if the daemon stops.
    fn standing(&self) -> impl Future<Output = Option<Standing>> + Send;

    /// Carries out an action that is not for the network, in the order in which it is called.
    /// Gives the answer to wait for, if there is one; `Err` if the daemon stops.
    fn carry_out(
        &self,
        action: Action,
    ) -> impl Future<Output = Result<Option<Answer>, Stopped>> + Send;

    /// What changes on our side.
    fn progress(&self) -> watch::Receiver<Progress>;

    /// One side has refused the other.
    fn refused(&self, refusal: Refusal) -> impl Future<Output = ()> + Send;

    /// A session with the counterpart came up or ended.
    fn link(&self, connected: bool) -> impl Future<Output = ()> + Send;
}

/// The daemon behind the desk stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;
