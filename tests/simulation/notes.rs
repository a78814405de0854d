//! Signed notes, as they stand in messages.

use entente::{
    ledger::Agreement,
    names::{Hash, Party, Size, Timestamp},
    session::Message,
};

use crate::keys::agreement;

/// A note that opened under the keys of a log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opened {
    pub(crate) log: Party,
    pub(crate) size: Size,
    pub(crate) root: Hash,
    /// When it was cosigned, if it was.
    pub(crate) cosigned: Option<Timestamp>,
}

/// Opens a note under the keys of the log that it is of.
pub(crate) fn open(text: &str) -> Option<Opened> {
    let agreement = agreement();
    Party::BOTH.into_iter().find_map(|log| {
        let (author, mirror) = keys(&agreement, log);
        if let Ok(cosigned) = mirror.open(author, text) {
            let (size, root) = (cosigned.checkpoint().size(), cosigned.checkpoint().root());
            return Some(Opened { log, size, root, cosigned: Some(cosigned.time()) });
        }
        let signed = author.open(text).ok()?;
        let (size, root) = (signed.checkpoint().size(), signed.checkpoint().root());
        Some(Opened { log, size, root, cosigned: None })
    })
}

/// Every note that a message carries but a fork claim's: that is the receiver's own word, as its
/// mirror holds it, and was looked at when it was committed.
pub(crate) fn notes(message: &Message) -> Vec<&str> {
    match message {
        Message::Hello(one) => {
            let others = [&one.own_cosigned, &one.mirror, &one.mirror_cosigned];
            let others = others.into_iter().flatten();
            std::iter::once(&one.own).chain(others).map(String::as_str).collect()
        }
        Message::Checkpoint(one) => vec![&one.note],
        Message::Cosignature(one) => vec![&one.note],
        _ => Vec::new(),
    }
}

/// The keys under which a log's notes open: its author's, and its mirror's.
pub(crate) fn keys(
    agreement: &Agreement,
    log: Party,
) -> (&entente::tlog::LogKey, &entente::tlog::MirrorKey) {
    (&agreement.identity(log).log, &agreement.identity(log.other()).mirror)
}
