//! What a class of break is, for people: how it is found, how much hangs on it, who acts and how.

use crate::record::BreakClass;

codes! {
    /// How much hangs on a break.
    pub enum Severity: "severity" {
        /// Nothing is wrong: a state to know of.
        Information = 1 => "information",
        /// A rule of procedure was broken, and no figure depends on it.
        Minor = 2 => "minor",
        /// What counts is at stake, or what happens to people.
        Major = 3 => "major",
        /// The evidence itself is in doubt.
        Critical = 4 => "critical",
    }
}

/// What people need to know of a class of break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Guide {
    /// How much hangs on it.
    pub severity: Severity,
    /// Who has to act, in words; each break names its owner.
    pub acts: &'static str,
    /// How it is found, in one sentence.
    pub found: &'static str,
    /// What to do about it, in one sentence.
    pub advice: &'static str,
    /// What the rule comes from.
    pub source: &'static str,
}

impl Guide {
    /// Whether somebody has to do something: exit codes and alarms go by it.
    #[must_use]
    pub const fn is_finding(&self) -> bool {
        !matches!(self.severity, Severity::Information)
    }
}

/// One class a row, so that none is forgotten.
macro_rules! guides {
    ($(
        $class:ident: $severity:ident, $acts:literal, $found:literal, $advice:literal,
        $source:literal;
    )+) => {
        impl BreakClass {
            /// What people need to know of it.
            #[must_use]
            pub const fn guide(self) -> Guide {
                match self {
                    $(Self::$class => Guide {
                        severity: Severity::$severity,
                        acts: $acts,
                        found: $found,
                        advice: $advice,
                        source: $source,
                    },)+
                }
            }
        }
    };
}

guides! {
    DepartedNotArrived: Major, "FRA",
        "A departure has no arrival when its day and the tolerance are over.",
        "France records the arrival, or that nobody arrived.",
        "Art. 1(3)";
    ArrivedNotDeparted: Major, "the other side",
        "Persons arrived, and the arrival names no departure.",
        "Both sides look for the departure, and decide the break.",
        "Art. 1(3)";
    HeadcountMismatch: Major, "GBR before the arrival; both on arrival",
        "The numbers of persons differ between notice, departure and arrival.",
        "Both sides compare their lists for this transport.",
        "Art. 1(3)";
    DateMismatch: Major, "both",
        "Two sides tell of one journey on days further apart than the tolerance.",
        "Both sides compare the day of this journey.",
        "Art. 1(3)";
    PlaceMismatch: Major, "both",
        "The arrival names another place than the notice, and the two do not count as one.",
        "Both sides compare the place of arrival.",
        "Art. 1(3)";
    Duplicate: Minor, "the author",
        "A movement, a case or an answer is recorded a second time.",
        "The author finds out which of the two records is meant.",
        "PROTOCOL.md, 13";
    UnknownReference: Minor, "the author",
        "A record refers to one that neither log held before it.",
        "The author finds out which record was meant.",
        "PROTOCOL.md, 13";
    IllegalTransition: Minor, "the author",
        "A record is out of the order of the agreement.",
        "The author finds out why the record is out of order.",
        "PROTOCOL.md, 13";
    TransferWithoutAcceptance: Major, "GBR",
        "A transport is announced of a case that France has not accepted.",
        "The United Kingdom looks for the acceptance of these cases, or takes the notice back.",
        "Art. 4(1)";
    AttestationMissing: Minor, "GBR",
        "A transfer-notice does not attest all that has to be.",
        "The United Kingdom attests what is missing (Art. 4(1)).",
        "Art. 4(1)";
    AdmissionMismatch: Major, "both",
        "The French departure-count and the British admission of one journey differ in persons.",
        "Both sides compare departure-count and admission.",
        "Art. 1(3)";
    ContestedEntry: Critical, "the author",
        "An entry breaks a rule of form, or says what is false of the other log.",
        "The author's operators look at the entry that is objected to.",
        "PROTOCOL.md, 13";
    TotalMatchRecordsDiffer: Critical, "both",
        "Two statements of one week have the same totals over different records.",
        "Both sides compare the records of this week.",
        "PROTOCOL.md, 13";
    StatementMismatch: Critical, "both",
        "Two statements of one week differ.",
        "Both sides compare software and rules versions.",
        "PROTOCOL.md, 13";
    LateRequest: Minor, "GBR",
        "France was asked after the limit from the arrival.",
        "The United Kingdom explains the delay; France may refuse the request.",
        "provisions";
    LateAnswer: Minor, "FRA",
        "France answered after its limit.",
        "France explains the delay.",
        "provisions";
    NoReply: Minor, "FRA",
        "France has not answered within its limit.",
        "France answers.",
        "provisions";
    LateExtension: Minor, "FRA",
        "An extension came after the limit that it was to extend.",
        "France answers; the extension has no effect.",
        "provisions";
    LateTransfer: Major, "GBR",
        "Persons left after the limit of the whole procedure.",
        "The United Kingdom explains the delay; both sides settle whether it stands.",
        "Art. 1(1)";
    ReceiptWithheld: Minor, "both",
        "A limit was missed by receipt and met by signature, in a logged outage.",
        "Both sides agree that the outage explains the delay.",
        "PROTOCOL.md, 13";
    ShortNotice: Minor, "GBR",
        "A transport was announced later than the provisions ask.",
        "The United Kingdom explains the short notice.",
        "provisions";
    AttestationStale: Minor, "GBR",
        "Persons left longer after the attestations than these hold.",
        "The United Kingdom shows that what was attested still held.",
        "Art. 4(1)";
    TransferAfterRefusal: Major, "GBR",
        "A transport is announced of a case that France has refused.",
        "The United Kingdom takes the notice back, or shows what replaced the refusal.",
        "Art. 4(1)";
    ScopeNotInForce: Minor, "GBR",
        "A request names a scope code that is not in force.",
        "The United Kingdom corrects the scope code or withdraws the request.",
        "Art. 3";
    OutsideAgreementWindow: Major, "GBR",
        "A request or an allocation was received outside the time in force.",
        "The United Kingdom withdraws it, or both sides agree on an extension.",
        "Art. 22";
    PlaceUnknown: Minor, "the author",
        "A record names a place that the provisions do not list.",
        "The author corrects the place, or both sides list it in a new version.",
        "provisions";
    FamilySplit: Major, "GBR; both on arrival",
        "So many persons travelled that a family must have been separated.",
        "The author finds out who stayed behind, and records it.",
        "provisions";
    TravelledInPart: Minor, "GBR",
        "Whole families stayed behind without a record.",
        "The United Kingdom records which cases were put off or taken back.",
        "provisions";
    VisaTooLong: Minor, "GBR",
        "A visa is valid for longer than the provisions allow.",
        "The United Kingdom corrects the visa's last day.",
        "Art. 12(4)";
    VisaLapsedButAdmitted: Major, "GBR",
        "Persons entered after the last day of their visa.",
        "The United Kingdom corrects the day, or explains the entry.",
        "Art. 12(4)";
    AllocationExceeded: Minor, "GBR",
        "More visas were issued from a window than it has places.",
        "The United Kingdom corrects the allocation or the visas.",
        "Art. 12(1)";
    WindowPaused: Minor, "GBR",
        "A visa was issued from a window that is paused.",
        "The United Kingdom opens the window, or withdraws the visa.",
        "Art. 12(1)";
    HeadStartExceeded: Minor, "GBR",
        "Visas take admissions further ahead of returns than the provisions allow.",
        "The United Kingdom holds back visas until returns follow (Art. 1(3)).",
        "Art. 1(3)";
    ReversalOneSided: Major, "the other side",
        "One side alone has reversed a movement.",
        "The other side reverses it as well, or both settle that it stands.",
        "PROTOCOL.md, 13";
    CorrectionOneSided: Major, "the other side",
        "One side alone has corrected a movement that counts.",
        "The other side consents to the correction, or corrects its own record.",
        "PROTOCOL.md, 13";
    ApprovalAwaited: Minor, "the author",
        "A record waits for its second signer.",
        "An officer of the author approves or rejects it: `entente approve`.",
        "PROTOCOL.md, 13";
    ErasedOneSideOnly: Major, "the other side",
        "One side alone has destroyed the personal data of a case.",
        "The other side erases them as well.",
        "Art. 16";
    WrongDataNotCorrected: Major, "GBR",
        "Data are known to be wrong and have neither been corrected nor erased.",
        "The United Kingdom corrects the request, or erases the case.",
        "LED Art. 7(3)";
    AdmittedNotDeparted: Major, "FRA",
        "An admission has no departure-count when its day and the tolerance are over.",
        "France records how many persons left for it, or both sides decide the break.",
        "Art. 1(3)";
    DepartedNotAdmitted: Major, "both",
        "A departure-count has no admission when its day and the tolerance are over.",
        "The United Kingdom records the admission; if nobody entered, France corrects its count.",
        "Art. 1(3)";
    WeekBoundary: Information, "both",
        "The two sides tell of one journey in two weeks, within the tolerance.",
        "Nothing: it counts in the week of the arrival or admission.",
        "PROTOCOL.md, 13";
    Imbalance: Information, "both",
        "Persons returned and admitted, agreed, differ by more than the balance tolerance.",
        "The joint committee decides how to adjust (Art. 17(1)(d)).",
        "Art. 1(3), 17(1)";
    UnsettledAtTerm: Major, "both",
        "The agreement has ended, and as many have not gone each way.",
        "Both sides settle the rest, or agree that it stands.",
        "Art. 1(3), 22(2)";
    ClockSkew: Minor, "both",
        "A record is signed later than it was received, by more than the clock bound.",
        "Operators of both sides look at their clocks: `entente status`.",
        "PROTOCOL.md, 13";
    BadSignature: Critical, "the author",
        "A signature does not verify, or its header is not that of its key.",
        "The author's operators look at the entry; both keep its bytes.",
        "RFC 9052, 4.4";
    UnknownKey: Critical, "the author",
        "An entry is signed with a key that was never enrolled.",
        "The author finds out whose key it is, and enrols no key after the fact.",
        "PROTOCOL.md, 13";
    RetiredKey: Critical, "the author",
        "An entry is signed with a key that is not enrolled at its position.",
        "The author finds out who used the key, and signs the record anew.",
        "PROTOCOL.md, 13";
    ExpiredKey: Critical, "the author",
        "An entry was signed outside its certificate's validity, or received after it.",
        "The author renews the certificate, and signs the record anew.",
        "RFC 5280, 4.1.2.5";
    WrongSigner: Critical, "the author",
        "A party or role signed a kind of record that it does not sign.",
        "The author finds out which role was to sign, and signs the record anew.",
        "PROTOCOL.md, 13";
    Replay: Critical, "the author",
        "A signed record stands a second time, or was made for another agreement.",
        "The author finds out how it got there; it has no effect.",
        "RFC 8392, 3.1.3";
    SchemaVersion: Critical, "the author",
        "The payload of an entry is no record of the rules version.",
        "Both sides compare their software and rules versions.",
        "PROTOCOL.md, 13";
    PersonDataInFrenchRecord: Critical, "FRA",
        "A French record commits to personal data.",
        "France finds out what sent it; nothing of it is kept.",
        "Art. 16(1)";
    Suspect: Critical, "both",
        "Records were signed with a key since others may have used it; all of them count on.",
        "The author says which are its own; both correct or reverse the others, then decide.",
        "PROTOCOL.md, 13";
}
