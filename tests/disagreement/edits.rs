//! Edits of a log that no honest daemon makes, and what each must be found as. What is written down
//! follows from the edit; neither the ledger nor the reconciliation is asked.

use entente::cbor;
use entente::envelope::Role;
use entente::ledger::Owner;
use entente::names::{KeyId, Party, Position, RecordId, Size, Timestamp, Week, sha256};
use entente::reconcile::Roots as _;
use entente::record::{
    Body, BreakClass, Content, LogCut, Objection, ObjectionReason, Pipeline, Record, Tally, Three,
    subject,
};
use entente::tlog::{EMPTY_ROOT, leaf_hash};

use crate::expected::Expected;
use crate::fixture::{
    TwoSides, UnsafeKey, accept, approval, at, digest, key_compromised, key_enrolled, key_retired,
    outage, provisions, request, statement, withdrawn,
};

/// What is done to a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edit {
    /// Bytes that are no envelope.
    NoEnvelope,
    /// A byte of a signature is another.
    Signature,
    /// Signed with a key that nobody enrolled.
    Stranger,
    /// Signed with a key that was enrolled, and retired before.
    Retired,
    /// A key-event about a key that nobody has.
    NoSuchKey,
    /// A key signs, and is then said to be compromised since before.
    Compromised,
    /// Signed before the certificate is valid.
    TooEarly,
    /// Signed with a key of the other side.
    OtherSide,
    /// A record of this log a second time.
    Again,
    /// A record that was made for another agreement.
    OtherAgreement,
    /// A payload of no kind.
    NoKind,
    /// A commitment where none may be.
    Commitment,
    /// A reference to a record that nobody has.
    Stray,
    /// Signed later than it is received.
    Skewed,
    /// A French answer that an outage holds up for a week.
    Withheld,
    /// Both sides state a week: the same totals over other records.
    OtherRecords,
    /// Both sides state a week: other totals.
    OtherTotals,
}

impl Edit {
    pub(crate) const ALL: [Self; 17] = [
        Self::NoEnvelope,
        Self::Signature,
        Self::Stranger,
        Self::Retired,
        Self::NoSuchKey,
        Self::Compromised,
        Self::TooEarly,
        Self::OtherSide,
        Self::Again,
        Self::OtherAgreement,
        Self::NoKind,
        Self::Commitment,
        Self::Stray,
        Self::Skewed,
        Self::Withheld,
        Self::OtherRecords,
        Self::OtherTotals,
    ];

    /// What it must be found as, if it is one entry of its author that has no effect.
    const fn contested(self, author: Party) -> Option<BreakClass> {
        match (self, author) {
            (Self::NoEnvelope | Self::NoSuchKey, _) => Some(BreakClass::ContestedEntry),
            (Self::Signature, _) => Some(BreakClass::BadSignature),
            (Self::Stranger, _) => Some(BreakClass::UnknownKey),
            (Self::Retired, _) => Some(BreakClass::RetiredKey),
            (Self::TooEarly, _) => Some(BreakClass::ExpiredKey),
            (Self::OtherSide, _) => Some(BreakClass::WrongSigner),
            (Self::OtherAgreement, _) => Some(BreakClass::Replay),
            (Self::NoKind, _) | (Self::Commitment, Party::Gbr) => Some(BreakClass::SchemaVersion),
            (Self::Commitment, Party::Fra) => Some(BreakClass::PersonDataInFrenchRecord),
            (Self::Compromised, _)
            | (Self::Again, _)
            | (Self::Stray, _)
            | (Self::Skewed, _)
            | (Self::Withheld, _)
            | (Self::OtherRecords, _)
            | (Self::OtherTotals, _) => None,
        }
    }
}

/// Edits that were made, and what must be found of them.
#[derive(Debug, Default)]
pub(crate) struct Edited {
    pub(crate) expected: Vec<Expected>,
    /// Records that stand twice by now.
    again: Vec<RecordId>,
    /// Requests that wait for an answer that comes late, when they were received, and which break
    /// it is that nobody answers.
    withheld: Vec<(RecordId, Timestamp, usize)>,
    made: u32,
}

/// Days after which an answer is overdue that was asked for on a day.
const ANSWER_DAYS: u64 = 14;
const DAY: u64 = 86_400;

impl Edited {
    /// Makes an edit at a time of quiet, shortly after a week's end.
    pub(crate) fn make(
        &mut self,
        sides: &mut TwoSides,
        edit: Edit,
        author: Party,
        now: Timestamp,
        week: Week,
    ) {
        self.made += 1;
        sides.go_to(now);
        if let Some(class) = edit.contested(author) {
            let bytes = self.bytes(sides, edit, author);
            let leaf = leaf_hash(&bytes);
            sides.go_to(now).append_bytes(author, bytes);
            self.received(sides, now);
            let evidence = vec![RecordId::new(*leaf.as_bytes())];
            return self.expect(class, Owner::Party(author), evidence, now);
        }
        if edit == Edit::Again {
            self.again(sides, author, now);
        } else if edit == Edit::Compromised {
            self.compromised(sides, author, now);
        } else if edit == Edit::Stray {
            let unknown = RecordId::new(sha256(format!("nobody {}", self.made).as_bytes()));
            let record = match author {
                Party::Gbr => withdrawn(unknown),
                Party::Fra => accept(unknown),
            };
            let id = sides.append(author, record);
            self.received(sides, now);
            let class = BreakClass::UnknownReference;
            self.expect(class, Owner::Party(author), vec![id, unknown], now);
        } else if edit == Edit::Skewed {
            let record = self.harmless(sides, author);
            let id = sides.go_to(now.plus(300)).append(author, record);
            let cover = sides.go_to(now).entangle(author.other());
            if author == Party::Fra {
                // The next exchange begins with the United Kingdom, and covers something new.
                sides.go_to(now).entangle(author);
            }
            self.expect(BreakClass::ClockSkew, Owner::Both, vec![id, cover], now);
        } else if edit == Edit::Withheld {
            let reference = format!("GB01-{:06}", 900_000 + self.made);
            let mut asked = request(&reference, 0);
            if let Content::ReadmissionRequest(one) = &mut asked.content {
                one.arrived = now.date().minus(2);
            }
            let id = sides.append(Party::Gbr, asked);
            self.received(sides, now);
            // From the day after the limit on there is no reply.
            let from = now.plus(ANSWER_DAYS * DAY).date().plus(1).start();
            self.withheld.push((id, now, self.expected.len()));
            self.expect(BreakClass::NoReply, Owner::Party(Party::Fra), vec![id], from);
        } else {
            self.state(sides, edit == Edit::OtherRecords, author, now, week);
        }
    }

    /// Answers that were held up come in the week after their limit.
    pub(crate) fn week_ended(&mut self, sides: &mut TwoSides, now: Timestamp) {
        let waiting = std::mem::take(&mut self.withheld);
        for (id, asked, silence) in waiting {
            if now.seconds() < asked.plus((ANSWER_DAYS + 1) * DAY).seconds() {
                self.withheld.push((id, asked, silence));
                continue;
            }
            let limit = asked.plus(ANSWER_DAYS * DAY);
            let last = limit.date().start().plus(12 * 3600);
            let answer = sides.go_to(last).append(Party::Fra, accept(id));
            let until = now.plus(DAY).to_string();
            let notice = outage(&limit.date().start().to_string(), Some(&until));
            sides.go_to(now).append(Party::Fra, notice);
            self.received(sides, now);
            let (class, evidence) = (BreakClass::ReceiptWithheld, vec![answer, id]);
            self.expect(class, Owner::Both, evidence, now);
            self.expected[silence].until = Some(now);
        }
    }

    fn expect(
        &mut self,
        class: BreakClass,
        owner: Owner,
        mut evidence: Vec<RecordId>,
        from: Timestamp,
    ) {
        evidence.sort_unstable();
        self.expected.push(Expected { class, owner, evidence, from, until: None });
    }

    /// Both sides cover all at this time.
    fn received(&self, sides: &mut TwoSides, now: Timestamp) {
        for party in Party::BOTH {
            sides.go_to(now).entangle(party);
        }
    }

    /// A record that does nothing in the ledger, each time another.
    fn harmless(&self, sides: &TwoSides, author: Party) -> Record {
        let origin = sides.agreement.origin(author.other()).to_string();
        let leaf = digest(&format!("harmless {}", self.made));
        let reason = ObjectionReason::Origin;
        Record::bare(Objection { origin, position: Position(1), leaf, reason })
    }

    /// An entry that breaks a rule of form.
    fn bytes(&self, sides: &mut TwoSides, edit: Edit, author: Party) -> Vec<u8> {
        let record = self.harmless(sides, author);
        let sub = subject(record.kind(), None);
        let own = UnsafeKey::of(author, Role::Ledger);
        match edit {
            Edit::NoEnvelope => [b"\xa0".as_slice(), &self.made.to_be_bytes()].concat(),
            Edit::Signature => {
                let mut bytes = sides.seal(author, &record).1;
                *bytes.last_mut().unwrap() ^= 1;
                bytes
            }
            Edit::Stranger => {
                let key = UnsafeKey::log(author);
                sides.seal_as(&key, author, sub, record.encode()).1
            }
            Edit::Retired => {
                let now = sides.now;
                let key = self.enrolled(sides, author, now);
                approved(sides, author, key_retired(key.kid()), now);
                sides.seal_as(&key, author, sub, record.encode()).1
            }
            Edit::NoSuchKey => {
                let mut kid = [0x4e; 8];
                kid[..4].copy_from_slice(&self.made.to_be_bytes());
                sides.seal(author, &key_retired(KeyId::new(kid))).1
            }
            Edit::TooEarly => {
                sides.go_to(at("2025-07-31T12:00:00Z"));
                sides.seal(author, &record).1
            }
            Edit::OtherSide => sides.seal(author.other(), &record).1,
            Edit::OtherAgreement => {
                let request_days = 15 + self.made;
                let provisions = entente::record::Provisions { request_days, ..provisions() };
                let mut elsewhere = TwoSides::under(provisions);
                elsewhere.seal(author, &record).1
            }
            Edit::NoKind => sides.seal_as(&own, author, sub, b"\xa0".to_vec()).1,
            Edit::Commitment => {
                let mut payload = record.encode();
                let content = payload.len() - cbor::encode(&record.content).len();
                payload[content] += 1;
                payload.extend(b"\x0f\x81\x58\x20");
                payload.extend([0x5a; 32]);
                sides.seal_as(&own, author, sub, payload).1
            }
            other => panic!("{other:?} is no entry by itself"),
        }
    }

    /// A key that a side enrols now, each time another.
    fn enrolled(&self, sides: &mut TwoSides, author: Party, now: Timestamp) -> UnsafeKey {
        let seed = 0x80 + u8::try_from(self.made).unwrap();
        let key = UnsafeKey::from_seed(author, Role::Ledger, seed);
        let event = key_enrolled(Role::Ledger, key.certificate());
        approved(sides, author, event, now);
        key
    }

    /// One record that is suspect, whatever the author says of it.
    fn compromised(&mut self, sides: &mut TwoSides, author: Party, now: Timestamp) {
        let key = self.enrolled(sides, author, now);
        let record = self.harmless(sides, author);
        let signed = sides.go_to(now).append_as(&key, author, record);
        let since = now.to_string();
        let event = approved(sides, author, key_compromised(key.kid(), &since), now);
        self.received(sides, now);
        self.expect(BreakClass::Suspect, Owner::Both, vec![event, signed], now);
    }

    /// A record of the season stands a second time. Without one there is nothing to repeat.
    fn again(&mut self, sides: &mut TwoSides, author: Party, now: Timestamp) {
        let works = |content: &Content| {
            !matches!(
                content,
                Content::Agreement(_)
                    | Content::Entanglement(_)
                    | Content::WeekClose(_)
                    | Content::WeeklyStatement(_)
                    | Content::LogEnd(_)
            )
        };
        let found = sides.books.entries(author, Position(0)).find_map(|(at, entry)| {
            let record = entry.sound().filter(|one| works(&one.get().content))?;
            (!self.again.contains(&record.id())).then(|| (at, record.id()))
        });
        let Some((at, id)) = found else { panic!("every record of {author} stands twice") };
        let place = usize::try_from(at.0).unwrap();
        let bytes = sides.bytes(author)[place].clone();
        sides.append_bytes(author, bytes);
        self.received(sides, now);
        self.again.push(id);
        self.expect(BreakClass::Replay, Owner::Party(author), vec![id], now);
    }

    /// Both sides state the week that has just ended, `author` first, and not alike.
    fn state(
        &mut self,
        sides: &mut TwoSides,
        same_totals: bool,
        author: Party,
        now: Timestamp,
        week: Week,
    ) {
        let mut evidence = Vec::new();
        for party in [author, author.other()] {
            let body = made_up(sides, week, party == author, same_totals);
            let closed = sides.books.entries(party, Position(0)).find_map(|(_, entry)| {
                let record = entry.sound()?;
                let Content::WeekClose(one) = &record.get().content else { return None };
                (one.week == week).then(|| record.id())
            });
            evidence.push(sides.go_to(now).append(party, statement(closed.unwrap(), body)));
        }
        self.received(sides, now);
        let class = if same_totals {
            BreakClass::TotalMatchRecordsDiffer
        } else {
            BreakClass::StatementMismatch
        };
        self.expect(class, Owner::Both, evidence, now);
    }
}

/// Signs a record and its approval at this time.
fn approved(sides: &mut TwoSides, author: Party, record: Record, now: Timestamp) -> RecordId {
    let id = sides.go_to(now).append(author, record);
    sides.go_to(now).append(author, approval(id));
    sides.go_to(now);
    id
}

/// A body of a week that nobody computed.
fn made_up(sides: &TwoSides, week: Week, first: bool, same_totals: bool) -> Body {
    let cut = |party| LogCut {
        origin: sides.agreement.origin(party).to_string(),
        size: Size(1),
        root: sides.root(party, Size(1)).unwrap(),
    };
    let persons = if first || same_totals { 3 } else { 2 };
    let returned = Three::new(persons, persons, persons);
    Body {
        number: 1,
        week,
        gbr: cut(Party::Gbr),
        fra: cut(Party::Fra),
        as_of: week.end(),
        opening: Tally::ZERO,
        movements: Vec::new(),
        closing: Tally { returned, admitted: Three::ZERO },
        pipeline: Pipeline {
            requested: 0,
            accepted: 0,
            notified: 0,
            in_transit: 0,
            visas_outstanding: 0,
            lapsing_soon: 0,
            disputed: 0,
        },
        breaks: Vec::new(),
        arrivals: if first { EMPTY_ROOT } else { digest("other records") },
        admissions: EMPTY_ROOT,
        previous: None,
        counted: None,
        uncounted: None,
    }
}
