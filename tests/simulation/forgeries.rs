//! Lies in a side's own log: entries that its honest daemon would never have written.

use entente::{
    envelope::Role,
    names::{Party, Position, RecordId, Size, Timestamp, sha256},
    record::{Agreement, At, Content, Entanglement, Objection, ObjectionReason, Record, WeekClose},
};
use serde_cbor::Value;

use crate::{
    deserts::Desert,
    fixture,
    forge::false_root,
    keys::{Keys, agreement, submission_id},
    lies::lies,
    truth::Truth,
};

lies! { ALL of Forgery:
    NoRecord => "log lie: bytes that are no record",
    TooLong => "log lie: more bytes than a record has",
    BrokenSignature => "log lie: a broken signature",
    TheirKey => "log lie: a key of the other side",
    NoPayload => "log lie: a payload of no kind",
    OtherSubject => "log lie: another subject",
    Commitment => "log lie: a French commitment",
    WrongSide => "log lie: a kind of the other side",
    WrongRole => "log lie: a wrong role",
    EarlyClose => "log lie: an early close",
    CloseOutOfTurn => "log lie: a close out of turn",
    SecondFounding => "log lie: a second agreement",
    FalseRoot => "log lie: an entanglement with a false root",
    MoreThanThereIs => "log lie: an entanglement of more than there is",
    SizeFalls => "log lie: an entanglement whose size falls",
    TimeFalls => "log lie: an entanglement whose time falls",
    OtherLog => "log lie: an entanglement of another log",
    FarTime => "log lie: an entanglement of a far time",
    CorrectsNothing => "log lie: a correction of nothing",
    ApprovesNothing => "log lie: an approval of nothing",
    RefersToNothing => "log lie: a record that refers to nothing",
    OwnAgain => "log lie: an entry of its own logged again",
    TheirsAsOwn => "log lie: an entry of the other logged as its own",
    Backdated => "log lie: a backdated record",
    Postdated => "log lie: a record from the future",
    ObjectsToSound => "log lie: an objection to a sound entry",
    ObjectsToNothing => "log lie: an objection to nothing",
    ManyAtOnce => "log lie: a hundred contested entries at once",
    Ended => "log lie: an end of the log, and more after it",
}

/// What a forger knows.
pub(crate) struct Forger<'a> {
    pub(crate) keys: Keys,
    pub(crate) truth: &'a Truth,
    /// The forger's own log, as it has just been shown.
    pub(crate) own: &'a [Vec<u8>],
    /// The other log, as far as the forger holds it.
    pub(crate) theirs: &'a [Vec<u8>],
    pub(crate) now: Timestamp,
    /// Makes each record another.
    pub(crate) salt: u64,
}

impl Forger<'_> {
    /// The entries of a lie; none if this party cannot tell it, or not now.
    pub(crate) fn entries(&self, lie: Forgery) -> Vec<Vec<u8>> {
        let now = self.now;
        let request = || match self.keys.party {
            Party::Gbr => fixture::request(&format!("GB01-9{:05}", self.salt % 100_000), 0),
            Party::Fra => fixture::accept(self.nobody()),
        };
        match lie {
            Forgery::NoRecord => vec![format!("not a record {}", self.salt).into_bytes()],
            Forgery::TooLong => vec![vec![7; 20_000]],
            Forgery::ManyAtOnce => {
                (0..100).map(|n| format!("{} {n}", self.salt).into_bytes()).collect()
            }
            Forgery::BrokenSignature => {
                let mut bytes = self.seal(&request(), now).remove(0);
                let place = bytes.len() - 40;
                bytes[place] ^= 1;
                vec![bytes]
            }
            Forgery::TheirKey => {
                let other = Keys { party: self.keys.party.other(), ..self.keys };
                vec![other.seal_record(&request(), self.id(), now).1]
            }
            Forgery::NoPayload => {
                vec![
                    self.keys.seal(Role::Caseworker, "answer".into(), vec![0xa0], self.id(), now).1,
                ]
            }
            Forgery::OtherSubject => {
                let subject = "readmission-request:GB01-000002".to_owned();
                let payload = request().encode();
                vec![self.keys.seal(Role::Caseworker, subject, payload, self.id(), now).1]
            }
            Forgery::Commitment => self.commitment(),
            Forgery::SecondFounding => {
                let terms = agreement().terms().clone();
                self.seal(&Record::bare(Agreement { terms, succession: None }), now)
            }
            Forgery::CorrectsNothing => {
                self.seal(&fixture::correction(self.nobody(), request()), now)
            }
            Forgery::ApprovesNothing => self.seal(&fixture::approval(self.nobody()), now),
            Forgery::RefersToNothing => match self.keys.party {
                Party::Gbr => self.seal(&fixture::departure(self.nobody(), "2025-08-07", 1), now),
                Party::Fra => self.seal(&fixture::arrival(self.nobody(), "2025-08-07", 1), now),
            },
            Forgery::OwnAgain => self.one_of(self.own),
            Forgery::TheirsAsOwn => self.one_of(self.theirs),
            Forgery::Backdated => self.seal(&request(), Timestamp::new(1_754_500_000)),
            Forgery::Postdated => self.seal(&request(), now.plus(40 * 86_400)),
            Forgery::ObjectsToSound => {
                self.objection(self.salt % (self.theirs.len() as u64).max(1))
            }
            Forgery::ObjectsToNothing => self.objection(1_000_000),
            Forgery::Ended => {
                let mut entries = self.seal(&fixture::log_end(), now);
                entries.extend(self.seal(&request(), now));
                entries
            }
            _ => self.out_of_place(lie),
        }
    }

    /// What the entries of a lie deserve, one by one.
    pub(crate) fn deserts(&self, lie: Forgery) -> Vec<Desert> {
        let one = match lie {
            Forgery::NoRecord | Forgery::TooLong => Desert::Always(ObjectionReason::Encoding),
            Forgery::ManyAtOnce => return vec![Desert::Always(ObjectionReason::Encoding); 100],
            Forgery::BrokenSignature => Desert::Always(ObjectionReason::Signature),
            Forgery::NoPayload | Forgery::OtherSubject => Desert::Always(ObjectionReason::Schema),
            Forgery::Commitment => Desert::Always(ObjectionReason::Commitment),
            Forgery::WrongSide | Forgery::WrongRole | Forgery::TheirKey | Forgery::TheirsAsOwn => {
                Desert::Always(ObjectionReason::Signer)
            }
            Forgery::EarlyClose | Forgery::CloseOutOfTurn => {
                Desert::Unended(Some(ObjectionReason::WeekClose))
            }
            Forgery::SecondFounding => Desert::Always(ObjectionReason::Founding),
            Forgery::OtherLog => Desert::Always(ObjectionReason::Origin),
            Forgery::FalseRoot
            | Forgery::MoreThanThereIs
            | Forgery::SizeFalls
            | Forgery::TimeFalls
            | Forgery::FarTime => {
                let Some((one, time)) = self.claim(lie) else { return Vec::new() };
                let is_true = !matches!(lie, Forgery::FalseRoot | Forgery::MoreThanThereIs);
                Desert::Entangles(one.size, time, is_true)
            }
            Forgery::Ended => return vec![Desert::Ends, Desert::Unended(None)],
            Forgery::CorrectsNothing
            | Forgery::ApprovesNothing
            | Forgery::RefersToNothing
            | Forgery::OwnAgain
            | Forgery::Backdated
            | Forgery::Postdated
            | Forgery::ObjectsToSound
            | Forgery::ObjectsToNothing => Desert::Unended(None),
        };
        vec![one]
    }

    /// Records of a kind, role or week that are not due.
    fn out_of_place(&self, lie: Forgery) -> Vec<Vec<u8>> {
        let now = self.now;
        match lie {
            Forgery::WrongSide => match self.keys.party {
                Party::Gbr => self.seal(&fixture::accept(self.nobody()), now),
                Party::Fra => self.seal(&fixture::request("GB01-000001", 0), now),
            },
            Forgery::WrongRole => {
                let week = agreement().terms().provisions.in_force.week();
                let payload = Record::bare(WeekClose { week }).encode();
                let subject = "week-close".to_owned();
                vec![self.keys.seal(Role::Caseworker, subject, payload, self.id(), now).1]
            }
            Forgery::EarlyClose | Forgery::CloseOutOfTurn => {
                let week = now.date().week();
                let week = if lie == Forgery::EarlyClose { week } else { week.next().next() };
                self.seal(&Record::bare(WeekClose { week }), now)
            }
            _ => self.entanglement(lie),
        }
    }

    fn id(&self) -> entente::names::SubmissionId {
        submission_id(&format!("forged {}", self.salt))
    }

    fn nobody(&self) -> RecordId {
        RecordId::new(sha256(&self.salt.to_le_bytes()))
    }

    fn seal(&self, record: &Record, at: Timestamp) -> Vec<Vec<u8>> {
        vec![self.keys.seal_record(record, self.id(), at).1]
    }

    fn one_of(&self, entries: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let place = self.salt.checked_rem(entries.len() as u64).unwrap_or(0);
        entries.get(usize::try_from(place).unwrap()).cloned().into_iter().collect()
    }

    fn objection(&self, position: u64) -> Vec<Vec<u8>> {
        let origin = agreement().origin(self.keys.party.other()).to_string();
        let (position, leaf) = (Position(position), false_root(self.salt));
        let reason = ObjectionReason::Signature;
        self.seal(&Record::bare(Objection { origin, position, leaf, reason }), self.now)
    }

    fn commitment(&self) -> Vec<Vec<u8>> {
        if self.keys.party == Party::Gbr {
            return Vec::new();
        }
        let payload = fixture::accept(self.nobody()).encode();
        let Value::Map(mut heads) = serde_cbor::from_slice(&payload).unwrap() else {
            return Vec::new();
        };
        let Some(Value::Map(content)) = heads.get_mut(&Value::Integer(4)) else {
            return Vec::new();
        };
        let commitment = Value::Array(vec![Value::Bytes(vec![7; 32])]);
        content.insert(Value::Integer(15), commitment);
        let payload = serde_cbor::to_vec(&Value::Map(heads)).unwrap();
        let subject = "answer".to_owned();
        vec![self.keys.seal(Role::Caseworker, subject, payload, self.id(), self.now).1]
    }

    fn entanglement(&self, lie: Forgery) -> Vec<Vec<u8>> {
        let Some((one, time)) = self.claim(lie) else { return Vec::new() };
        let content: Content = one.into();
        self.seal(&Record { at: Some(At::Second(time)), ..Record::bare(content) }, self.now)
    }

    /// What an entanglement says, and of which time.
    fn claim(&self, lie: Forgery) -> Option<(Entanglement, Timestamp)> {
        let other = self.keys.party.other();
        let size = Size(self.theirs.len() as u64);
        let root = self.truth.root(other, size)?;
        let origin = agreement().origin(other).to_string();
        let mut one = Entanglement { origin, size, root };
        let mut time = self.now;
        match lie {
            Forgery::FalseRoot => one.root = false_root(self.salt),
            Forgery::MoreThanThereIs => one.size = size.plus(50),
            Forgery::SizeFalls => {
                one.size = Size(1);
                one.root = self.truth.root(other, one.size)?;
            }
            Forgery::TimeFalls => time = Timestamp::new(1_754_467_201),
            Forgery::FarTime => time = self.now.plus(9 * 86_400),
            _ => one.origin = "log.example/other".to_owned(),
        }
        Some((one, time))
    }
}
