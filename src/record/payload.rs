//! A record's payload: heads that every kind shares, and the content of its kind.
//!
//! In CBOR: `{0: kind, ? 1: case, ? 2: [+ record id], ? 3: at, 4: content}`.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, Error, MapAccess},
    ser::SerializeMap,
};
use serde_cbor::Value;

use super::{
    Admission, Agreement, AgreementVersion, Allocation, Answer, Approval, Arrival, BreakResolution,
    COMMITMENTS, Correction, Departure, DepartureCount, DisclosureStatus, Entanglement, Erasure,
    KeyEvent, Kind, Lapse, LogEnd, Objection, OutageNotice, Postponement, ReadmissionRequest,
    ReplyExtension, Reversal, TransferNotice, TransferReply, TravelNotice, VisaIssued, WeekClose,
    WeeklyStatement, When, WindowStatus, Withdrawal, WrongDataNotice, form::FormFault,
};
use crate::{
    cbor::{self, CborError, Fields, next_key},
    limits::RECORD_BYTES_MAX,
    names::{CaseRef, Commitment, Date, Party, RecordId, Timestamp},
};

/// When something happened, in the unit of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// The day of a movement of persons.
    Day(Date),
    /// A second in UTC.
    Second(Timestamp),
}

/// One statement of fact or decision, of the form of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The author's case or movement reference.
    pub case: Option<CaseRef>,
    /// The records that it answers or continues, ascending.
    pub re: Vec<RecordId>,
    /// When it happened.
    pub at: Option<At>,
    /// What it says.
    pub content: Content,
}

macro_rules! contents {
    ($( $kind:ident, )+) => {
        /// What a record says: one variant a kind of rules version 1.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Content {
            $(
                #[doc = concat!("The content of kind `", stringify!($kind), "`.")]
                $kind(Box<$kind>),
            )+
        }

        impl Content {
            /// The kind.
            #[must_use]
            pub const fn kind(&self) -> Kind {
                match self { $( Self::$kind(_) => Kind::$kind, )+ }
            }

            pub(super) fn deserialize_as<'de, D: Deserializer<'de>>(
                kind: Kind,
                from: D,
            ) -> Result<Self, D::Error> {
                $(
                    if kind == Kind::$kind {
                        return <$kind>::deserialize(from).map(Box::new).map(Self::$kind);
                    }
                )+
                Err(D::Error::custom(format!("rules version 1 has no {kind}")))
            }
        }

        impl Serialize for Content {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                match self { $( Self::$kind(content) => content.serialize(to), )+ }
            }
        }

        $(
            impl From<$kind> for Content {
                fn from(content: $kind) -> Self {
                    Self::$kind(Box::new(content))
                }
            }
        )+
    };
}
contents! {
    Agreement, ReadmissionRequest, ReplyExtension, Answer, TransferNotice, TransferReply,
    Postponement, Withdrawal, Departure, Arrival, DisclosureStatus, Allocation, WindowStatus,
    VisaIssued, TravelNotice, DepartureCount, Admission, Lapse, Correction, Reversal, Objection,
    WrongDataNotice, Erasure, OutageNotice, Entanglement, WeekClose, WeeklyStatement,
    BreakResolution, Approval, AgreementVersion, LogEnd, KeyEvent,
}

impl Record {
    /// A record with no heads but its kind; the daemon's own records are mostly so.
    #[must_use]
    pub fn bare(content: impl Into<Content>) -> Self {
        Self { case: None, re: Vec::new(), at: None, content: content.into() }
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.content.kind()
    }

    /// The day of a movement, for kinds that have one.
    #[must_use]
    pub const fn day(&self) -> Option<Date> {
        match self.at {
            Some(At::Day(day)) => Some(day),
            Some(At::Second(_)) | None => None,
        }
    }

    /// The kind in this record that `party` never signs: its own, that of the record by which a
    /// correction replaces another, or a step of the agreement that the other side takes.
    #[must_use]
    pub fn foreign(&self, party: Party) -> Option<Kind> {
        let kind = self.kind();
        if !kind.shape().author.allows(party) {
            return Some(kind);
        }
        if let Content::Correction(one) = &self.content {
            return one.replacement.as_ref()?.foreign(party);
        }
        let Content::AgreementVersion(one) = &self.content else { return None };
        one.author().is_some_and(|author| author != party).then_some(kind)
    }

    /// Gives `commitment` to every datum of a request that commits to none, in a replacement too.
    pub(super) fn fill(&mut self, commitment: &mut dyn FnMut() -> Commitment) {
        if let Content::ReadmissionRequest(one) = &mut self.content
            && one.commitments.is_empty()
        {
            one.commitments = (0..COMMITMENTS).map(|_| commitment()).collect();
        }
        if let Content::Correction(one) = &mut self.content
            && let Some(record) = &mut one.replacement
        {
            record.fill(commitment);
        }
    }

    /// The record without its commitments, which may be decoys.
    fn bared(&self) -> Self {
        let mut record = self.clone();
        if let Content::ReadmissionRequest(one) = &mut record.content {
            one.commitments.clear();
        }
        if let Content::Correction(one) = &mut record.content {
            one.replacement = one.replacement.as_ref().map(Self::bared);
        }
        record
    }

    /// Whether two records state the same facts. Commitments may differ: they may be decoys.
    #[must_use]
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        self.bared() == other.bared()
    }

    /// Deterministic CBOR.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads a payload along the strict road and checks the form of its kind.
    ///
    /// # Errors
    /// The first reason found; a commitment in a kind that has none, and a kind that these rules do
    /// not have, are named as such whatever else is wrong.
    pub fn decode(payload: &[u8]) -> Result<Self, FormFault> {
        let record: Self = cbor::decode(payload, RECORD_BYTES_MAX)
            .map_err(|refusal| named_fault(payload, &refusal).unwrap_or(refusal.into()))?;
        record.check_form()?;
        Ok(record)
    }
}

/// What the codec can only call another structure, and what must have a name: a commitment where
/// none may be, and a kind of later rules. Bytes that the scan refused have no structure at all.
fn named_fault(payload: &[u8], refusal: &CborError) -> Option<FormFault> {
    let CborError::Structure { .. } = refusal else { return None };
    fault_in(&serde_cbor::from_slice(payload).ok()?)
}

/// The fault in a record, or in the record by which it replaces another.
fn fault_in(record: &Value) -> Option<FormFault> {
    let Value::Map(map) = record else { return None };
    let Value::Integer(code) = map.get(&Value::Integer(0))? else { return None };
    let code = u64::try_from(*code).ok()?;
    let Some(kind) = Kind::from_code(code) else { return Some(FormFault::NoSuchKind(code)) };
    let Value::Map(content) = map.get(&Value::Integer(4))? else { return None };
    if content.contains_key(&Value::Integer(COMMITMENTS_KEY.into()))
        && kind != Kind::ReadmissionRequest
    {
        return Some(FormFault::Commitment { kind });
    }
    // A correction holds no other map, and the scan has bounded the depth.
    let replacement = (kind == Kind::Correction).then(|| content.get(&Value::Integer(0)));
    fault_in(replacement??)
}

/// The key under which a kind that may hold commitments holds them; no kind uses it otherwise.
const COMMITMENTS_KEY: u8 = 15;

const HEADS: Fields = Fields {
    what: "Record",
    keys: &[(0, "kind"), (1, "case"), (2, "re"), (3, "at"), (4, "content")],
};

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let named = to.is_human_readable();
        let heads = [true, self.case.is_some(), !self.re.is_empty(), self.at.is_some(), true];
        let mut map = to.serialize_map(Some(heads.iter().filter(|here| **here).count()))?;
        let mut heads = HEADS.keys.iter().copied();
        let mut entry = |here: bool| {
            let (key, name) = heads.next().unwrap_or((0, ""));
            here.then_some(Key { named, key, name })
        };
        if let Some(key) = entry(true) {
            map.serialize_entry(&key, &self.kind())?;
        }
        if let Some(key) = entry(self.case.is_some()) {
            map.serialize_entry(&key, &self.case)?;
        }
        if let Some(key) = entry(!self.re.is_empty()) {
            map.serialize_entry(&key, &self.re)?;
        }
        if let Some(key) = entry(self.at.is_some()) {
            map.serialize_entry(&key, &self.at)?;
        }
        if let Some(key) = entry(true) {
            map.serialize_entry(&key, &self.content)?;
        }
        map.end()
    }
}

/// A head's key in either written form.
struct Key {
    named: bool,
    key: u64,
    name: &'static str,
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.named { to.serialize_str(self.name) } else { to.serialize_u64(self.key) }
    }
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Day(day) => day.serialize(to),
            Self::Second(second) => second.serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for Record {
    /// In CBOR the kind comes first and says how to read the rest; in JSON it may stand anywhere.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            return super::request::replacement(from);
        }
        from.deserialize_map(Visitor)
    }
}

struct Visitor;

impl<'de> serde::de::Visitor<'de> for Visitor {
    type Value = Record;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let Some(0) = map.next_key::<u64>()? else {
            return Err(A::Error::missing_field("kind"));
        };
        let kind: Kind = map.next_value()?;
        let (mut case, mut re, mut at, mut content) = (None, Vec::new(), None, None);
        while let Some(key) = next_key(&mut map, false, &HEADS)? {
            match key {
                1 => case = Some(map.next_value()?),
                2 => re = map.next_value()?,
                3 => at = Some(map.next_value_seed(AtOf(kind))?),
                4 => content = Some(map.next_value_seed(ContentOf(kind))?),
                _ => return Err(HEADS.unknown(&key.to_string())),
            }
        }
        let content = content.ok_or_else(|| A::Error::missing_field("content"))?;
        Ok(Record { case, re, at, content })
    }
}

/// Reads `at` in the unit of the kind.
pub(super) struct AtOf(pub(super) Kind);

impl<'de> DeserializeSeed<'de> for AtOf {
    type Value = At;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<At, D::Error> {
        match self.0.shape().at {
            When::Day => Date::deserialize(from).map(At::Day),
            When::Second => Timestamp::deserialize(from).map(At::Second),
            When::Absent => Err(D::Error::custom(format!("a {} has no `at`", self.0))),
        }
    }
}

struct ContentOf(Kind);

impl<'de> DeserializeSeed<'de> for ContentOf {
    type Value = Content;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Content, D::Error> {
        Content::deserialize_as(self.0, from)
    }
}

impl From<CborError> for FormFault {
    fn from(refusal: CborError) -> Self {
        Self::Cbor(refusal)
    }
}
