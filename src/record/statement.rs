//! The weekly statement and its body: plain values here; `reconcile` computes them.

use super::Software;
use crate::names::{BodyDigest, Hash, Persons, RecordId, Size, Timestamp, Week};

int_map! {
    /// One figure three ways. Sums are persons.
    pub struct Three {
        /// What both logs bear out.
        0 => agreed: u64,
        /// What the United Kingdom's own unreversed records claim.
        1 => gbr: u64,
        /// What France's own unreversed records claim.
        2 => fra: u64,
    }
}

int_map! {
    /// Persons returned and persons admitted.
    pub struct Tally {
        /// Effectively readmitted (chapter II).
        0 => returned: Three,
        /// Effectively admitted (chapter III).
        1 => admitted: Three,
    }
}

int_map! {
    /// Persons who count at this cut-off and did not at the previous, or the reverse, by the week
    /// in which they travelled.
    pub struct Movement {
        /// The week of the journey.
        0 => week: Week,
        /// What came to count.
        1 => counted: Tally,
        /// What ceased to count.
        2 => uncounted: Tally,
    }
}

int_map! {
    /// Where a log was cut off.
    pub struct LogCut {
        /// The log.
        0 => origin: String,
        /// How many of its entries are taken in.
        1 => size: Size,
        /// Their root.
        2 => root: Hash,
    }
}

int_map! {
    /// Persons under way; beside the balance, never in it.
    pub struct Pipeline {
        /// Asked for, not answered.
        0 => requested: u64,
        /// Accepted, no transport announced.
        1 => accepted: u64,
        /// Transport announced, not departed.
        2 => notified: u64,
        /// Departed, no word of arrival.
        3 => in_transit: u64,
        /// Hold a visa that has not been used and has not expired.
        4 => visas_outstanding: u64,
        /// Of these, hold one that expires within 14 days.
        5 => lapsing_soon: u64,
        /// In movements over which the two sides differ.
        6 => disputed: u64,
    }
}

int_map! {
    /// How many breaks of one class are of one age.
    pub struct BreakCount {
        /// The class's number.
        0 => class: BreakClass,
        /// The age at the week's end.
        1 => age: AgeBucket,
        /// How many.
        2 => count: u64,
    }
}

int_map! {
    /// The body of a week: a pure function of the rules, this cut-off and the previous one.
    pub struct Body {
        /// Gapless, from 1.
        0 => number: u64,
        /// The week.
        1 => week: Week,
        /// The cut-off of the British log.
        2 => gbr: LogCut,
        /// The cut-off of the French log.
        3 => fra: LogCut,
        /// The week's end, at which ages are taken.
        4 => as_of: Timestamp,
        /// The previous closing.
        5 => opening: Tally,
        /// What came to count and what ceased to, by week of journey, ascending.
        6 => movements: Vec<Movement>,
        /// All that counts since entry into force.
        7 => closing: Tally,
        /// Persons under way.
        8 => pipeline: Pipeline,
        /// Open breaks that the two logs alone decide, by class and age, ascending.
        9 => breaks: Vec<BreakCount>,
        /// Sorted-leaf root of the ids of all arrivals that count.
        10 => arrivals: Hash,
        /// Sorted-leaf root of the ids of all admissions that count.
        11 => admissions: Hash,
    } optional {
        /// SHA-256 of the previous body; absent from the first.
        12 => previous: BodyDigest,
        /// Ids that came to count since the previous body, ascending; absent if there are more
        /// than a body names.
        13 => counted: Vec<RecordId>,
        /// Ids that ceased to count since the previous body, ascending; absent likewise.
        14 => uncounted: Vec<RecordId>,
    }
}

int_map! {
    /// Persons since entry into force by a side's own national system, which the logs know nothing
    /// of.
    pub struct NationalTotals {
        /// Effectively readmitted.
        0 => returned: u64,
        /// Effectively admitted.
        1 => admitted: u64,
    }
}

int_map! {
    /// A party's signed body for a week. Two with identical bodies are a joint statement: what
    /// stands beside the body is its author's own word, and no two sides need to agree on it.
    pub struct WeeklyStatement {
        /// The body.
        0 => body: Body,
        /// The release that computed it.
        1 => software: Software,
    } optional {
        /// What the author's national system says, if it was asked.
        2 => national: NationalTotals,
    }
}

codes! {
    /// How old a break is, in days since it began.
    pub enum AgeBucket: "age" {
        /// Up to two days: watched.
        Days0To2 = 1 => "0-2",
        /// Three to five: has an owner.
        Days3To5 = 2 => "3-5",
        /// Six to thirty: escalated.
        Days6To30 = 3 => "6-30",
        /// Up to sixty: reported to management.
        Days31To60 = 4 => "31-60",
        /// Longer: to the joint committee.
        Over60 = 5 => "over-60",
    }
}

codes! {
    /// Classes of breaks that the two logs alone decide.
    pub enum BreakClass: "break class" {
        /// A departure has no arrival.
        DepartedNotArrived = 1 => "departed-not-arrived",
        /// An arrival names no departure.
        ArrivedNotDeparted = 2 => "arrived-not-departed",
        /// The numbers of persons differ.
        HeadcountMismatch = 3 => "headcount-mismatch",
        /// The days differ by more than the tolerance.
        DateMismatch = 4 => "date-mismatch",
        /// The places differ.
        PlaceMismatch = 5 => "place-mismatch",
        /// A movement is recorded a second time.
        Duplicate = 6 => "duplicate",
        /// A record refers to one that neither log holds.
        UnknownReference = 7 => "unknown-reference",
        /// A record is out of the order that the agreement gives.
        IllegalTransition = 8 => "illegal-transition",
        /// A transport without acceptance.
        TransferWithoutAcceptance = 9 => "transfer-without-acceptance",
        /// Not everything was attested at the time of transfer.
        AttestationMissing = 10 => "attestation-missing",
        /// The French departure-count and the British admission differ.
        AdmissionMismatch = 11 => "admission-mismatch",
        /// An entry breaks a rule of form that has no class of its own.
        ContestedEntry = 12 => "contested-entry",
        /// Totals are equal, records differ.
        TotalMatchRecordsDiffer = 13 => "total-match-records-differ",
        /// Two statements for one week differ.
        StatementMismatch = 14 => "statement-mismatch",
        /// France was asked after the limit that the provisions set from the arrival.
        LateRequest = 15 => "late-request",
        /// France answered after its limit.
        LateAnswer = 16 => "late-answer",
        /// France has not answered within its limit.
        NoReply = 17 => "no-reply",
        /// An extension came after the limit that it was to extend.
        LateExtension = 18 => "late-extension",
        /// Persons left after the limit of the whole procedure (Art. 1(1)).
        LateTransfer = 19 => "late-transfer",
        /// A limit was missed by receipt and met by signature, during a logged outage.
        ReceiptWithheld = 20 => "receipt-withheld",
        /// A transport was announced later than the provisions ask.
        ShortNotice = 21 => "short-notice",
        /// Persons left longer after the attestations than these hold (Art. 4(1)).
        AttestationStale = 22 => "attestation-stale",
        /// A transport names a case that France has refused.
        TransferAfterRefusal = 23 => "transfer-after-refusal",
        /// A request names a scope code that is not in force (Art. 3).
        ScopeNotInForce = 24 => "scope-not-in-force",
        /// A request or an allocation outside the time for which the agreement is in force.
        OutsideAgreementWindow = 25 => "outside-agreement-window",
        /// A record names a place that the provisions do not list.
        PlaceUnknown = 26 => "place-unknown",
        /// So many persons travelled that a family must have been separated.
        FamilySplit = 27 => "family-split",
        /// Some of the cases or families that were announced stayed behind without a record.
        TravelledInPart = 28 => "travelled-in-part",
        /// A visa is valid for longer than the provisions allow (Art. 12(4)).
        VisaTooLong = 29 => "visa-too-long",
        /// Persons entered after the last day of their visa.
        VisaLapsedButAdmitted = 30 => "visa-lapsed-but-admitted",
        /// More visas were issued from a window than it has places.
        AllocationExceeded = 31 => "allocation-exceeded",
        /// A visa was issued from a window that is paused.
        WindowPaused = 32 => "window-paused",
        /// Visas take admissions further ahead of returns than the provisions allow.
        HeadStartExceeded = 33 => "head-start-exceeded",
        /// One side alone has reversed a movement.
        ReversalOneSided = 34 => "reversal-one-sided",
        /// One side alone has corrected a movement that counts.
        CorrectionOneSided = 35 => "correction-one-sided",
        /// A record waits for its second signer.
        ApprovalAwaited = 36 => "approval-awaited",
        /// One side alone has destroyed the personal data of a case.
        ErasedOneSideOnly = 37 => "erased-one-side-only",
        /// Data are known to be wrong and have neither been corrected nor erased.
        WrongDataNotCorrected = 38 => "wrong-data-not-corrected",
        /// An admission for which France has counted nobody.
        AdmittedNotDeparted = 39 => "admitted-not-departed",
        /// France has counted persons of whom no admission tells.
        DepartedNotAdmitted = 40 => "departed-not-admitted",
        /// Two sides tell of one journey in different weeks, within the tolerance.
        WeekBoundary = 41 => "week-boundary",
        /// Returns and admissions differ by more than the provisions' tolerance (Art. 1(3)).
        Imbalance = 42 => "imbalance",
        /// The agreement has ended, and as many have not gone each way (Art. 1(3), 22(2)).
        UnsettledAtTerm = 43 => "unsettled-at-term",
        /// A record is signed later than it was received.
        ClockSkew = 44 => "clock-skew",
        /// The signature in an entry does not verify, or its header is not that of its key.
        BadSignature = 45 => "bad-signature",
        /// An entry is signed with a key that was never enrolled.
        UnknownKey = 46 => "unknown-key",
        /// An entry is signed with a key that is retired, or not enrolled yet, at its position.
        RetiredKey = 47 => "retired-key",
        /// An entry is signed outside the validity of its key's certificate, or received after it.
        ExpiredKey = 48 => "expired-key",
        /// An entry is signed by a party or in a role that does not sign this kind.
        WrongSigner = 49 => "wrong-signer",
        /// A signed record stands in a log a second time, or was made for another agreement.
        Replay = 50 => "replay",
        /// The payload of an entry is no record of the rules version.
        SchemaVersion = 51 => "schema-version",
        /// A French record holds a commitment to personal data (Art. 16(1)).
        PersonDataInFrenchRecord = 52 => "person-data-in-french-record",
        /// Somebody else may have signed records, with a key that is compromised.
        Suspect = 53 => "suspect",
    }
}

impl Three {
    /// The same number of persons, three ways.
    #[must_use]
    pub const fn new(agreed: u64, gbr: u64, fra: u64) -> Self {
        Self { agreed, gbr, fra }
    }

    /// Nothing.
    pub const ZERO: Self = Self::new(0, 0, 0);

    /// The sum; saturates, which no honest season comes near.
    #[must_use]
    pub const fn plus(&self, other: &Self) -> Self {
        Self::new(
            self.agreed.saturating_add(other.agreed),
            self.gbr.saturating_add(other.gbr),
            self.fra.saturating_add(other.fra),
        )
    }
}

impl AgeBucket {
    /// The age at `as_of` of what began then; what began later has age 0.
    #[must_use]
    pub const fn of(began: Timestamp, as_of: Timestamp) -> Self {
        match as_of.seconds().saturating_sub(began.seconds()) / 86_400 {
            0..=2 => Self::Days0To2,
            3..=5 => Self::Days3To5,
            6..=30 => Self::Days6To30,
            31..=60 => Self::Days31To60,
            _ => Self::Over60,
        }
    }
}

impl Tally {
    /// Nothing.
    pub const ZERO: Self = Self { returned: Three::ZERO, admitted: Three::ZERO };

    /// The sum of both directions.
    #[must_use]
    pub const fn plus(&self, other: &Self) -> Self {
        Self {
            returned: self.returned.plus(&other.returned),
            admitted: self.admitted.plus(&other.admitted),
        }
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<Persons> for u64 {
    fn from(persons: Persons) -> Self {
        Self::from(persons.0)
    }
}
