//! The scribe's channel as the desk that sessions need.

use tokio::sync::{oneshot, watch};

use super::scribe::{Command, Handle, Refused};
use crate::{
    net::{Answer, Desk, Stopped},
    session::{Action, Event, ProblemCode, Progress, Refusal, Standing, Weighed},
};

impl Desk for Handle {
    async fn standing(&self) -> Option<Standing> {
        self.ask(|reply| Command::Standing { reply }).await.ok()?.ok()
    }

    async fn carry_out(&self, action: Action) -> Result<Option<Answer>, Stopped> {
        let Some((command, answer)) = command(action) else { return Ok(None) };
        self.send(command).await.map_err(|_| Stopped)?;
        Ok(answer)
    }

    fn progress(&self) -> watch::Receiver<Progress> {
        Self::progress(self)
    }

    async fn refused(&self, refusal: Refusal) {
        // If the scribe has stopped, so will the link.
        let _stopped = self.send(Command::Refusal { refusal }).await;
    }

    async fn link(&self, connected: bool) {
        // If the scribe has stopped, so will the link.
        let _stopped = self.send(Command::Link { connected }).await;
    }
}

/// The command that carries out an action, with its answer if one is to be waited for; `None` for
/// actions that are the network's own.
#[must_use]
pub fn command(action: Action) -> Option<(Command, Option<Answer>)> {
    let (command, answer) = match action {
        Action::Weigh(claims) => ask(
            |reply| Command::Weigh { claims, reply },
            Event::Weighed,
            |_| Event::Weighed(Weighed::Refused(ProblemCode::Internal)),
        ),
        Action::Load { log, start } => ask(
            |reply| Command::Load { log, start, reply },
            Event::Loaded,
            // While we may not sign there may be nothing to send.
            |refused| {
                let waits = matches!(refused, Refused::NotPassed | Refused::KeysAway);
                if waits { Event::Loaded(None) } else { Event::Rejected(ProblemCode::Internal) }
            },
        ),
        Action::LoadCosignatures { above, within } => ask(
            |reply| Command::LoadCosignatures { above, within, reply },
            Event::LoadedCosignatures,
            |_| Event::Rejected(ProblemCode::Internal),
        ),
        Action::Store(batch) => ask(
            |reply| Command::Store { batch, reply },
            stored,
            |_| Event::Rejected(ProblemCode::Internal),
        ),
        Action::Cosigned(cosigned) => ask(
            |reply| Command::Cosigned { cosigned, reply },
            stored,
            |_| Event::Rejected(ProblemCode::Internal),
        ),
        Action::Forked(fork) => return Some((Command::Forked { fork }, None)),
        Action::Clock(theirs) => return Some((Command::Clock { theirs }, None)),
        Action::Send(_) | Action::Ready | Action::Accused(_) | Action::Close(_) => return None,
    };
    Some((command, Some(answer)))
}

fn stored(stored: Result<(), ProblemCode>) -> Event {
    match stored {
        Ok(()) => Event::Stored,
        Err(code) => Event::Rejected(code),
    }
}

/// A question to the scribe, and its answer as an event.
fn ask<T: Send + 'static>(
    command: impl FnOnce(oneshot::Sender<Result<T, Refused>>) -> Command,
    answered: impl FnOnce(T) -> Event + Send + 'static,
    refused: impl FnOnce(Refused) -> Event + Send + 'static,
) -> (Command, Answer) {
    let (reply, answer) = oneshot::channel();
    let event = async move {
        match answer.await {
            Ok(Ok(value)) => answered(value),
            Ok(Err(why)) => refused(why),
            Err(_) => Event::Renew(crate::session::ByeReason::Stopping),
        }
    };
    (command(reply), Box::pin(event))
}
