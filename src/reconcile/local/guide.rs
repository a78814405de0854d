//! What a class of one side's own breaks is, for people; the same as for those of the logs.

use super::LocalClass;
use crate::ledger::{Guide, Severity};

/// Who acts on what only one side's list shows.
const LISTING: &str = "the side whose list it is";

impl LocalClass {
    /// What people need to know of it.
    #[must_use]
    pub const fn guide(self) -> Guide {
        let (severity, acts, found, advice, source) = match self {
            Self::MissingAtGbr | Self::MissingAtFra => (
                Severity::Minor,
                "both",
                "Offline: one side's copy of a log ends before the other's.",
                "Nothing is lost: the entries come with the next session; see that there is one.",
                "PROTOCOL.md, 10",
            ),
            Self::DivergentCopy => (
                Severity::Critical,
                "both",
                "Offline: two copies of a log differ within what both hold.",
                "One copy is damaged: `entente log verify` on both tells which.",
                "PROTOCOL.md, 9",
            ),
            Self::Fork => (
                Severity::Critical,
                "the log's author",
                "Offline: two copies of a log differ, and its author has signed both.",
                "Keep both stores: two signatures of the author contradict each other.",
                "PROTOCOL.md, 9",
            ),
            Self::NoReceipt => (
                Severity::Minor,
                "the counterpart",
                "This side's log: its first entry that the counterpart has not covered is older \
                 than a day.",
                "The counterpart's daemon covers it as soon as a session is up and its clock is \
                 right: `entente status` on both sides.",
                "PROTOCOL.md, 9",
            ),
            Self::MissingInLog => (
                Severity::Major,
                LISTING,
                "National list: it has an event that no log has.",
                "Hand in the record of the event, or correct the list.",
                "Art. 1(3)",
            ),
            Self::MissingInList => (
                Severity::Major,
                LISTING,
                "National list: it lacks an event that a log has.",
                "Find out why the case-working system does not know of it, or correct the record.",
                "Art. 1(3)",
            ),
            Self::DiffersFromList => (
                Severity::Major,
                LISTING,
                "National list: day or persons of an event are others than in the log.",
                "Find out which of the two is right, and correct the other.",
                "Art. 1(3)",
            ),
            Self::RepeatPerson => (
                Severity::Information,
                LISTING,
                "National list: one person was returned on two days.",
                "Nothing: look whether the person came back, or the list takes two for one.",
                "Art. 1(3)",
            ),
        };
        Guide { severity, acts, found, advice, source }
    }
}
