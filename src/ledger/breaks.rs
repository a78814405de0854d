//! Breaks: named discrepancies with an identity that is the same from run to run and side to side.

use std::collections::BTreeMap;

use crate::{
    cbor,
    names::{Hash, Party, RecordId, Timestamp, sha256},
    record::{AgeBucket, BreakClass, BreakCount},
};

/// Who has to act on a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// One party, whose record is missing or wrong.
    Party(Party),
    /// Both, together.
    Both,
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Party(party) => party.fmt(f),
            Self::Both => f.pad("both"),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Owner {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        if text == "both" {
            return Ok(Self::Both);
        }
        text.parse().map(Self::Party).map_err(serde::de::Error::custom)
    }
}

impl serde::Serialize for Owner {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// A named discrepancy.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Break {
    /// SHA-256 of class and evidence.
    pub id: Hash,
    /// What kind of discrepancy.
    pub class: BreakClass,
    /// Who has to act.
    pub owner: Owner,
    /// When it began.
    pub began: Timestamp,
    /// The records that show it, ascending; of a contested entry, its leaf hash.
    pub evidence: Vec<RecordId>,
}

/// Open breaks, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Breaks(BTreeMap<Hash, Break>);

impl Breaks {
    /// Notes a break; one that is noted already keeps its beginning.
    pub fn note(
        &mut self,
        class: BreakClass,
        owner: Owner,
        began: Timestamp,
        mut evidence: Vec<RecordId>,
    ) {
        evidence.sort_unstable();
        evidence.dedup();
        let id = Break::id_of(class, &evidence);
        self.0.entry(id).or_insert(Break { id, class, owner, began, evidence });
    }

    /// Closes a break, and says whether it was open.
    pub(super) fn close(&mut self, id: Hash) -> bool {
        self.0.remove(&id).is_some()
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Break> {
        self.0.values()
    }

    /// How many are open.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many by class and age at `as_of`, ascending.
    #[must_use]
    pub fn counts(&self, as_of: Timestamp) -> Vec<BreakCount> {
        let mut counts: BTreeMap<(BreakClass, AgeBucket), u64> = BTreeMap::new();
        for one in self.iter() {
            let count = counts.entry((one.class, one.age(as_of))).or_default();
            *count = count.saturating_add(1);
        }
        counts.into_iter().map(|((class, age), count)| BreakCount { class, age, count }).collect()
    }
}

impl Break {
    /// The id of a break: SHA-256 of its class and its evidence, which ascends.
    #[must_use]
    pub fn id_of(class: BreakClass, evidence: &[RecordId]) -> Hash {
        Hash::new(sha256(&cbor::encode(&("entente break v1", class, evidence))))
    }

    /// Its age at `as_of`; what began later has age 0.
    #[must_use]
    pub fn age(&self, as_of: Timestamp) -> AgeBucket {
        AgeBucket::of(self.began, as_of)
    }
}

impl BreakClass {
    /// What an operator is to do about it, in one sentence.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::DepartedNotArrived => "France records the arrival, or that nobody arrived.",
            Self::ArrivedNotDeparted => "Both sides look for the departure, and decide the break.",
            Self::HeadcountMismatch => "Both sides compare their lists for this transport.",
            Self::DateMismatch => "Both sides compare the day of this transport.",
            Self::PlaceMismatch => "Both sides compare the place of arrival.",
            Self::Duplicate => "The author finds out which of the two records is meant.",
            Self::UnknownReference => "The author finds out which record was meant.",
            Self::IllegalTransition => "The author finds out why the record is out of order.",
            Self::TransferWithoutAcceptance => "Both sides look for the acceptance of these cases.",
            Self::AttestationMissing => "The United Kingdom attests what is missing (Art. 4(1)).",
            Self::AdmissionMismatch => "Both sides compare departure-count and admission.",
            Self::ContestedEntry => "The author's operators look at the entry that is objected to.",
            Self::TotalMatchRecordsDiffer => "Both sides compare the records of this week.",
            Self::StatementMismatch => "Both sides compare software and rules versions.",
            Self::LateRequest => {
                "The United Kingdom explains the delay; France may refuse the request."
            }
            Self::LateAnswer => "France explains the delay.",
            Self::NoReply => "France answers.",
            Self::LateExtension => "France answers; the extension has no effect.",
            Self::LateTransfer => "Both sides settle whether the readmission stands.",
            Self::ReceiptWithheld => "Both sides agree that the outage explains the delay.",
            Self::ShortNotice => "The United Kingdom explains the short notice.",
            Self::AttestationStale => "The United Kingdom shows that what was attested still held.",
            Self::TransferAfterRefusal => "Both sides look for the acceptance of these cases.",
            Self::ScopeNotInForce => {
                "The United Kingdom corrects the scope code or withdraws the request."
            }
            Self::OutsideAgreementWindow => {
                "The United Kingdom withdraws it, or both sides agree on an extension."
            }
            Self::PlaceUnknown => {
                "The author corrects the place, or both sides list it in a new version."
            }
            Self::FamilySplit => "The author finds out who stayed behind, and records it.",
            Self::TravelledInPart => {
                "The United Kingdom records which cases were put off or taken back."
            }
            Self::VisaTooLong => "The United Kingdom corrects the visa's last day.",
            Self::VisaLapsedButAdmitted => {
                "The United Kingdom corrects the day, or explains the entry."
            }
            Self::AllocationExceeded => "The United Kingdom corrects the allocation or the visas.",
            Self::WindowPaused => "The United Kingdom opens the window, or withdraws the visa.",
            Self::HeadStartExceeded => {
                "Both sides bring returns and admissions back towards balance (Art. 1(3))."
            }
            Self::ReversalOneSided => {
                "The other side reverses it as well, or both settle that it stands."
            }
            Self::CorrectionOneSided => {
                "The other side consents to the correction, or corrects its own record."
            }
            Self::ApprovalAwaited => {
                "An officer of the author approves or rejects it: `entente approve`."
            }
            Self::ErasedOneSideOnly => "The other side erases them as well.",
            Self::WrongDataNotCorrected => {
                "The United Kingdom corrects the request, or erases the case."
            }
        }
    }
}
