//! The kinds of records: who may write each, in which role, and which heads it carries.

use crate::{
    envelope::Role,
    limits::REFERENCES_MAX,
    names::{Party, with_article},
};

codes! {
    /// What a record states. The numbers stand in every record and are never used again.
    pub enum Kind: "kind" {
        /// The terms; entry 0 of every log.
        Agreement = 0 => "agreement",
        /// The United Kingdom asks France to readmit (Art. 3, 4 and 7).
        ReadmissionRequest = 1 => "readmission-request",
        /// France takes longer to answer, in an exceptional case.
        ReplyExtension = 2 => "reply-extension",
        /// France accepts or refuses.
        Answer = 3 => "answer",
        /// A transport is announced, with the attestations of Art. 4(1).
        TransferNotice = 4 => "transfer-notice",
        /// France confirms a transport or proposes another.
        TransferReply = 5 => "transfer-reply",
        /// A transport is put off.
        Postponement = 6 => "postponement",
        /// A case is taken back before departure.
        Withdrawal = 7 => "withdrawal",
        /// Persons left the United Kingdom.
        Departure = 8 => "departure",
        /// Persons arrived in France, or did not. A return counts by it (Art. 1(3)).
        Arrival = 9 => "arrival",
        /// France holds, misses or doubts disclosures.
        DisclosureStatus = 10 => "disclosure-status",
        /// Places in a window of applications (Art. 12(1)).
        Allocation = 11 => "allocation",
        /// The window is open or paused.
        WindowStatus = 12 => "window-status",
        /// A visa was issued (Art. 12(4)).
        VisaIssued = 13 => "visa-issued",
        /// Holders of visas travel.
        TravelNotice = 14 => "travel-notice",
        /// Persons left France: a number, and nothing else.
        DepartureCount = 15 => "departure-count",
        /// Persons entered the United Kingdom. An admission counts by it (Art. 1(3)).
        Admission = 16 => "admission",
        /// A visa was not used in time.
        Lapse = 17 => "lapse",
        /// One's own record is superseded, once.
        Correction = 18 => "correction",
        /// A movement is not to count after all; needs both sides.
        Reversal = 19 => "reversal",
        /// A counterpart's entry breaks a rule; names entry and rule.
        Objection = 20 => "objection",
        /// Data sent were wrong.
        WrongDataNotice = 21 => "wrong-data-notice",
        /// Personal data were destroyed.
        Erasure = 22 => "erasure",
        /// A side was or is out of service.
        OutageNotice = 23 => "outage-notice",
        /// The mirror's record of one cosignature.
        Entanglement = 24 => "entanglement",
        /// A side's week is complete.
        WeekClose = 25 => "week-close",
        /// A side's signed body for a week.
        WeeklyStatement = 26 => "weekly-statement",
        /// A break is decided.
        BreakResolution = 27 => "break-resolution",
        /// The second pair of eyes.
        Approval = 28 => "approval",
        /// New terms: proposed by the United Kingdom, accepted by France.
        AgreementVersion = 29 => "agreement-version",
        /// The last record of a log.
        LogEnd = 30 => "log-end",
        /// A record key is enrolled, retired or compromised.
        KeyEvent = 31 => "key-event",
    }
}

/// Who may sign a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// Only this party.
    Only(Party),
    /// Either party, about its own doings.
    Either,
}

impl Author {
    /// Whether `party` may sign.
    #[must_use]
    pub fn allows(self, party: Party) -> bool {
        match self {
            Self::Only(one) => one == party,
            Self::Either => true,
        }
    }
}

/// Whether a head field stands in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Never.
    Absent,
    /// If the author has one.
    Optional,
    /// Always.
    Required,
}

/// Whether and in which unit a record says when it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// It does not: the signing time says enough.
    Absent,
    /// The day of a movement of persons.
    Day,
    /// A second in UTC.
    Second,
}

/// The form of a kind: its author, role and head fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Which party signs.
    pub author: Author,
    /// In which role.
    pub role: Role,
    /// Whether a case or movement reference stands in it.
    pub case: Need,
    /// How many records it answers or continues: fewest and most.
    pub re: (usize, usize),
    /// Whether it says when it happened.
    pub at: When,
}

impl Kind {
    /// The form of this kind under rules version 1.
    #[must_use]
    pub const fn shape(self) -> Shape {
        use Need::{Absent, Optional, Required};
        let gbr = Author::Only(Party::Gbr);
        let fra = Author::Only(Party::Fra);
        match self {
            Self::ReadmissionRequest | Self::Allocation => {
                fact(gbr, Required, (0, 0), When::Absent)
            }
            Self::ReplyExtension | Self::Answer | Self::TransferReply | Self::DisclosureStatus => {
                fact(fra, Optional, (1, 1), When::Absent)
            }
            Self::TransferNotice | Self::TravelNotice => {
                fact(gbr, Required, (1, REFERENCES_MAX), When::Day)
            }
            Self::Postponement => fact(gbr, Optional, (1, REFERENCES_MAX), When::Absent),
            Self::Withdrawal | Self::WindowStatus | Self::Lapse => {
                fact(gbr, Optional, (1, 1), When::Absent)
            }
            Self::Departure | Self::Admission => fact(gbr, Optional, (1, 1), When::Day),
            Self::Arrival | Self::DepartureCount => fact(fra, Optional, (1, 1), When::Day),
            Self::VisaIssued => fact(gbr, Required, (0, 1), When::Day),
            Self::Correction | Self::Reversal | Self::WrongDataNotice | Self::Erasure => {
                fact(Author::Either, Optional, (1, 1), When::Absent)
            }
            Self::AgreementVersion => fact(Author::Either, Absent, (1, 1), When::Absent),
            Self::OutageNotice | Self::KeyEvent => {
                fact(Author::Either, Absent, (0, 0), When::Absent)
            }
            Self::BreakResolution => {
                fact(Author::Either, Absent, (0, REFERENCES_MAX), When::Absent)
            }
            Self::Agreement | Self::Objection | Self::WeekClose => {
                own(Role::Ledger, (0, 0), When::Absent)
            }
            Self::Entanglement => own(Role::Ledger, (0, 0), When::Second),
            Self::WeeklyStatement => own(Role::Ledger, (1, 1), When::Absent),
            Self::Approval => own(Role::Officer, (1, 1), When::Absent),
            Self::LogEnd => own(Role::Officer, (0, 1), When::Absent),
        }
    }

    /// The name with its article, for sentences.
    #[must_use]
    pub fn with_article(self) -> String {
        with_article(self.name())
    }

    /// Whether case-working systems submit this kind; officers sign, and the daemon itself makes,
    /// the others.
    #[must_use]
    pub fn is_submitted(self) -> bool {
        self.shape().role == Role::Caseworker
    }
}

const fn fact(author: Author, case: Need, re: (usize, usize), at: When) -> Shape {
    Shape { author, role: Role::Caseworker, case, re, at }
}

const fn own(role: Role, re: (usize, usize), at: When) -> Shape {
    Shape { author: Author::Either, role, case: Need::Absent, re, at }
}
