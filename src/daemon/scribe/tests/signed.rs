//! All that has left either side under a signature.

use std::collections::BTreeMap;

use crate::{
    ledger::Agreement,
    names::{Hash, Party, Size, Timestamp},
    session::Message,
    tlog::{Checkpoint, CosignedCheckpoint, SignedCheckpoint},
};

/// One root for each size of each log, and one time for each cosigned size.
#[derive(Debug, Clone, Default)]
pub(super) struct Signed {
    roots: BTreeMap<(Party, Size), Hash>,
    times: BTreeMap<(Party, Size), Timestamp>,
}

impl Signed {
    /// Notes what a message carries, and fails if it contradicts what left before.
    pub(super) fn note(&mut self, agreement: &Agreement, message: &Message) {
        for text in notes(message) {
            for author in Party::BOTH {
                let (log, mirror) =
                    (&agreement.identity(author).log, &agreement.identity(author.other()).mirror);
                if let Ok(cosigned) = mirror.open(log, text) {
                    self.cosigned(author, &cosigned);
                } else if let Ok(signed) = log.open(text) {
                    self.signed(author, &signed);
                }
            }
        }
    }

    fn signed(&mut self, author: Party, signed: &SignedCheckpoint) {
        self.root(author, signed.checkpoint());
    }

    fn cosigned(&mut self, author: Party, cosigned: &CosignedCheckpoint) {
        self.root(author, cosigned.checkpoint());
        let size = cosigned.checkpoint().size();
        let time = *self.times.entry((author, size)).or_insert(cosigned.time());
        assert_eq!(time, cosigned.time(), "two cosignatures of {author} at {size}");
    }

    fn root(&mut self, author: Party, checkpoint: &Checkpoint) {
        let (size, root) = (checkpoint.size(), checkpoint.root());
        let first = *self.roots.entry((author, size)).or_insert(root);
        assert_eq!(first, root, "two roots of {author} at {size}");
    }
}

fn notes(message: &Message) -> Vec<&str> {
    match message {
        Message::Hello(one) => {
            let others = [&one.own_cosigned, &one.mirror, &one.mirror_cosigned];
            let others = others.into_iter().flatten();
            std::iter::once(&one.own).chain(others).map(String::as_str).collect()
        }
        Message::Checkpoint(one) => vec![&one.note],
        Message::Cosignature(one) => vec![&one.note],
        Message::Entries(_)
        | Message::Want(_)
        | Message::Problem(_)
        | Message::Ping(_)
        | Message::Bye(_) => Vec::new(),
    }
}
