//! What either side writes about the exchange itself: entanglements, closes, objections.

use super::{agreement::Terms, succession::Succession};
use crate::names::{Hash, Position, Size, Week};

codes! {
    /// The rule of form or evidence that a counterpart's entry breaks.
    pub enum ObjectionReason: "objection reason" {
        /// Not a COSE_Sign1 envelope of the strict form.
        Encoding = 1 => "encoding",
        /// The signature does not verify, or the header is not that of its key.
        Signature = 2 => "signature",
        /// The payload is not a record of the schema.
        Schema = 3 => "schema",
        /// This party or this role may not sign this kind, or nothing in this log.
        Signer = 4 => "signer",
        /// A French record holds a commitment (Art. 16(1)).
        Commitment = 5 => "commitment",
        /// The first entry is not the agreement, or the agreement stands elsewhere.
        Founding = 6 => "founding",
        /// A week is closed out of turn or before its end.
        WeekClose = 7 => "week-close",
        /// An entanglement whose root is false.
        EntanglementRoot = 8 => "entanglement-root",
        /// An entanglement whose size or time falls.
        EntanglementFalls = 9 => "entanglement-falls",
        /// A log is named that is not the one of the agreement: no text of another sort may stand
        /// where an origin stands.
        Origin = 10 => "origin",
        /// A week is stated that its author has not closed.
        Statement = 11 => "statement",
        /// Something other than an entanglement follows the log's end.
        LogEnded = 12 => "log-ended",
        /// The key was never enrolled.
        UnknownKey = 13 => "unknown-key",
        /// The key is retired, or not enrolled yet, at this position.
        RetiredKey = 14 => "retired-key",
        /// Signed outside the validity of the key's certificate.
        ExpiredKey = 15 => "expired-key",
        /// Made for another agreement.
        Audience = 16 => "audience",
        /// A key-event that the keys at its position do not allow.
        KeyEvent = 17 => "key-event",
    }
}

int_map! {
    /// Entry 0 of a log: the terms under which it is kept.
    pub struct Agreement {
        /// The founding terms, whole, so that the log explains itself.
        0 => terms: Terms,
    } optional {
        /// How this log succeeded another; absent from the first.
        1 => succession: Succession,
    }
}

int_map! {
    /// What the mirror cosigned: the counterpart's log as it durably held it. Its time is the
    /// record's `at`, and the time of receipt of every entry that it is the first to cover.
    pub struct Entanglement {
        /// The counterpart's log.
        0 => origin: String,
        /// How many of its entries are held.
        1 => size: Size,
        /// Their root.
        2 => root: Hash,
    }
}

int_map! {
    /// A side's mark that it has written all that belongs to a week.
    pub struct WeekClose {
        /// The week.
        0 => week: Week,
    }
}

int_map! {
    /// A counterpart's entry breaks a rule. It has no effect on any count.
    pub struct Objection {
        /// The counterpart's log.
        0 => origin: String,
        /// Where the entry stands in it.
        1 => position: Position,
        /// Its leaf hash.
        2 => leaf: Hash,
        /// The rule.
        3 => reason: ObjectionReason,
    }
}
