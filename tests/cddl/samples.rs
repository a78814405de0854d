//! Good bytes of every kind of record, of every message and of a certificate, and what our decoders
//! say of any bytes.

use entente::{
    cbor::Bytes,
    envelope::{Envelope, Role},
    ledger::{Books, Entry},
    names::{AgreementDigest, Party, PerParty, Position, RecordId, Size, Timestamp},
    reconcile::{Chain, JointCertificate, KeyEntry, SideEvidence},
    record::{
        ArrivalOutcome, Content, Datum, Decision, DisclosureOutcome, Kind, LapseReason,
        NationalTotals, Objection, ObjectionReason, PauseReason, PostponementReason, Record, Terms,
    },
    session::{
        Bye, ByeReason, Checkpoint, Cosignature, Entries, ForkClaim, Hello, Message, Ping, Problem,
        ProblemCode, Want, decode_frame, encode_frame,
    },
    tlog::{ConsistencyProof, InclusionProof, LogKey, MirrorKey, Note},
};

use crate::fixture::{
    TwoSides, UnsafeKey, accepted_version, allocation, approval, arrival, certificate, confirmed,
    consent, correction, counter_proposed, departure, digest, disclosure_status, erasure,
    extension, key_compromised, key_enrolled, key_retired, lapse, log_end, not_arrived, outage,
    postponed, proposed, provisions, refuse, rejection, request, resolution, reversal, statement,
    terminated, visa_from, window, withdrawn, wrong_data,
};

/// Bytes, and what they are.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Two sides whose logs hold every kind of record.
pub(crate) fn sides() -> TwoSides {
    let mut sides = TwoSides::founded();
    sides.returned(1, "2025-08-07", 3);
    sides.admitted(2, "2025-08-07", 3);
    let asked = sides.append(Party::Gbr, request("GB01P-3", 2));
    sides.append(Party::Fra, refuse(asked));
    let announced = sides.announced(4, "2025-08-08", 1);
    sides.append(Party::Fra, not_arrived(announced, "2025-08-08"));
    let departed = sides.announced(5, "2025-08-08", 2);
    let mut partly = arrival(departed, "2025-08-08", 1);
    if let Content::Arrival(one) = &mut partly.content {
        one.outcome = ArrivalOutcome::Partly;
    }
    partly.case = Some("FR09-17".parse().unwrap());
    sides.append(Party::Fra, partly);
    let objection = Objection {
        origin: sides.agreement.origin(Party::Gbr).to_string(),
        position: Position(1),
        leaf: digest("an entry"),
        reason: ObjectionReason::Schema,
    };
    sides.append(Party::Fra, Record::bare(objection));
    return_leg(&mut sides, asked, announced);
    admission_leg(&mut sides);
    redress(&mut sides, asked, departed);
    lifecycle(&mut sides);
    for _ in 0..2 {
        sides.exchange();
        let closes = Party::BOTH.map(|party| {
            let week = sides.close(party);
            (party, week, sides.newest(party).id().unwrap())
        });
        sides.exchange();
        let mut chain = Chain::new(&sides.agreement);
        chain.extend(&sides.agreement, &sides.books, &sides);
        for (party, week, close) in closes {
            let body = chain.body(week).unwrap().clone();
            let mut stated = statement(close, body);
            if let (Content::WeeklyStatement(one), Party::Fra) = (&mut stated.content, party) {
                one.national = Some(NationalTotals { returned: 3, admitted: 4 });
            }
            sides.append(party, stated);
        }
    }
    sides.append(Party::Fra, log_end());
    sides
}

/// What the United Kingdom and France write on the return leg beside the usual.
fn return_leg(sides: &mut TwoSides, asked: RecordId, announced: RecordId) {
    sides.append(Party::Fra, extension(asked));
    sides.append(Party::Fra, confirmed(announced));
    sides.append(Party::Fra, counter_proposed(announced, Some("2025-08-09"), None));
    sides.append(Party::Fra, counter_proposed(announced, Some("2025-08-09"), Some("FRORY")));
    sides.append(Party::Gbr, postponed(&[announced], PostponementReason::Carrier));
    sides.append(Party::Gbr, withdrawn(asked));
    sides.append(Party::Fra, disclosure_status(asked, DisclosureOutcome::Held, &[]));
    let data = [Datum::DateOfBirth, Datum::Nationality];
    sides.append(Party::Fra, disclosure_status(asked, DisclosureOutcome::Missing, &data));
}

/// The same of the admission leg.
fn admission_leg(sides: &mut TwoSides) {
    let places = sides.append(Party::Gbr, allocation("GB11-1", 50));
    sides.append(Party::Gbr, window(places, Some(PauseReason::Parity)));
    sides.append(Party::Gbr, window(places, None));
    let issued = sides.append(Party::Gbr, visa_from(places, "GB13-11", 1, 1, "2025-12-31"));
    sides.append(Party::Gbr, lapse(issued, LapseReason::GivenUp));
}

/// What puts a record right, and the second pair of eyes.
fn redress(sides: &mut TwoSides, asked: RecordId, departed: RecordId) {
    let left = sides.append(Party::Gbr, departure(departed, "2025-08-08", 2));
    let better = departure(departed, "2025-08-08", 1);
    let corrected = sides.append(Party::Gbr, correction(left, better));
    sides.append(Party::Gbr, approval(corrected));
    sides.append(Party::Fra, consent(corrected));
    sides.append(Party::Gbr, correction(asked, request("GB01P-3", 1)));
    let reversed = sides.append(Party::Fra, reversal(left));
    sides.append(Party::Fra, rejection(reversed));
    sides.append(Party::Fra, wrong_data(asked));
    sides.append(Party::Gbr, erasure(asked));
    sides.append(Party::Gbr, resolution(digest("a break"), Decision::Explained));
}

/// What changes the agreement and its keys, and what stood still.
fn lifecycle(sides: &mut TwoSides) {
    let founding = sides.books.entry(Party::Gbr, Position(0)).and_then(Entry::id).unwrap();
    let proposal = sides.append(Party::Gbr, proposed(founding, provisions()));
    sides.append(Party::Fra, accepted_version(proposal));
    sides.append(Party::Fra, terminated(proposal));
    let der = certificate(Party::Fra, Role::Caseworker.name(), 0x71, 2027);
    // The last key of a role cannot go: another is there first.
    sides.approved(Party::Fra, key_enrolled(Role::Caseworker, &der));
    let key = UnsafeKey::of(Party::Fra, Role::Caseworker).public_key().id();
    sides.append(Party::Fra, key_retired(key));
    sides.append(Party::Fra, key_compromised(key, "2025-08-06T00:00:00Z"));
    sides.append(Party::Gbr, outage("2025-08-06T10:00:00Z", None));
    sides.append(Party::Gbr, outage("2025-08-06T10:00:00Z", Some("2025-08-06T11:00:00Z")));
}

/// One of each message.
pub(crate) fn messages(sides: &TwoSides) -> Vec<Message> {
    let (clock, agreement) = (Timestamp::new(1_762_353_000), sides.agreement.digest());
    let [gbr, fra] = Party::BOTH.map(|party| sides.cosigned(party));
    let note = gbr.note();
    let hello = Hello {
        protocol: 1,
        agreement: AgreementDigest::new(*agreement.as_bytes()),
        party: Party::Gbr,
        clock,
        term: 0,
        passed: true,
        own: gbr.signed().note(),
        own_cosigned: Some(gbr.note()),
        mirror: Some(fra.signed().note()),
        mirror_cosigned: Some(fra.note()),
    };
    let entries = sides.bytes(Party::Gbr).iter().take(2).cloned().map(Bytes).collect();
    let code = ProblemCode::Gap;
    let checkpoint = gbr.signed().note();
    let beginning = gbr.checkpoint().root();
    let proof = ConsistencyProof::new(vec![beginning, beginning]);
    let fork = ForkClaim { checkpoint, beginning, proof };
    let all: Vec<Message> = vec![
        hello.into(),
        Entries { log: Party::Gbr, start: Position(0), entries }.into(),
        Checkpoint { note: note.clone() }.into(),
        Cosignature { note }.into(),
        Want { from: Size(3), to: Size(5) }.into(),
        Problem { code, fork: None }.into(),
        Problem { code: ProblemCode::Contradiction, fork: Some(fork) }.into(),
        Ping { clock }.into(),
        Bye { reason: ByeReason::Renew }.into(),
    ];
    // A new message does not compile before it has a sample.
    for one in &all {
        match one {
            Message::Hello(_)
            | Message::Entries(_)
            | Message::Checkpoint(_)
            | Message::Cosignature(_)
            | Message::Want(_)
            | Message::Problem(_)
            | Message::Ping(_)
            | Message::Bye(_) => {}
        }
    }
    all
}

/// Every record of both logs whose form differs from those before it, and every message.
pub(crate) fn accepted() -> Vec<Sample> {
    let sides = sides();
    let mut samples = Vec::new();
    let mut kinds = Vec::<(Kind, usize)>::new();
    for party in Party::BOTH {
        for (position, bytes) in (0..).map(Position).zip(sides.bytes(party)) {
            let kind = sound(&sides.books, party, position).get().kind();
            // Two of a kind show its choices; nine of a kind show nothing more.
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, 3)) => continue,
                Some((_, count)) => *count += 1,
                None => kinds.push((kind, 1)),
            }
            let name = format!("{party} {position}: {kind}");
            samples.push(Sample { name, bytes: bytes.clone() });
        }
    }
    assert_eq!(kinds.len(), Kind::ALL.len(), "a kind has no sample: {kinds:?}");
    for message in messages(&sides) {
        let frame = encode_frame(&message);
        samples.push(Sample { name: message.kind().to_string(), bytes: frame[4..].to_vec() });
    }
    samples
        .push(Sample { name: "certificate".to_owned(), bytes: joint_certificate(&sides).encode() });
    samples
}

/// A certificate by its form.
fn joint_certificate(sides: &TwoSides) -> JointCertificate {
    let side = |party| {
        let cosigned = sides.cosigned(party);
        let root = cosigned.checkpoint().root();
        SideEvidence {
            statement: Bytes(sides.bytes(party).last().unwrap().clone()),
            position: Position(7),
            inclusion: InclusionProof::new(vec![root]),
            checkpoint: cosigned.note(),
            consistency: ConsistencyProof::new(vec![root, root]),
            keys: (party == Party::Fra).then(|| vec![key_entry(sides, root)]),
        }
    };
    let sides_of = PerParty { gbr: side(Party::Gbr), fra: side(Party::Fra) };
    JointCertificate::new(sides.agreement.terms().clone(), None, sides_of)
}

/// An entry about a key, by its form.
fn key_entry(sides: &TwoSides, root: entente::names::Hash) -> KeyEntry {
    let entry = Bytes(sides.bytes(Party::Gbr).last().unwrap().clone());
    KeyEntry { entry, position: Position(5), inclusion: InclusionProof::new(vec![root]) }
}

fn sound(books: &Books, party: Party, position: Position) -> &entente::envelope::Verified<Record> {
    let entry = books.entry(party, position).unwrap();
    entry.sound().unwrap_or_else(|| panic!("{party} {position}: {:?}", entry.standing))
}

/// What our decoders say of an envelope or a message: of its form alone, not of who signed it.
pub(crate) fn verdict(bytes: &[u8]) -> &'static str {
    let good = if bytes.first() == Some(&0xd2) { good_envelope(bytes) } else { good_other(bytes) };
    if good { "accepted" } else { "refused" }
}

fn good_envelope(bytes: &[u8]) -> bool {
    let Ok(envelope) = Envelope::parse(bytes) else { return false };
    let Ok(record) = Record::decode(envelope.payload()) else { return false };
    if let Content::Agreement(one) = record.content { good_terms(&one.terms) } else { true }
}

fn good_terms(terms: &Terms) -> bool {
    let keys = |party| {
        let terms = terms.party(party);
        terms.log.parse::<LogKey>().is_ok() && terms.mirror.parse::<MirrorKey>().is_ok()
    };
    terms.faults().is_empty() && Party::BOTH.into_iter().all(keys)
}

fn good_other(bytes: &[u8]) -> bool {
    let certificate = JointCertificate::decode(bytes);
    certificate.map_or_else(|_| good_message(bytes), |one| good_terms(&one.terms))
}

fn good_message(bytes: &[u8]) -> bool {
    let Ok(message) = decode_frame(bytes) else { return false };
    let notes = match &message {
        Message::Hello(one) => [&one.own_cosigned, &one.mirror, &one.mirror_cosigned]
            .into_iter()
            .flatten()
            .chain([&one.own])
            .collect(),
        Message::Checkpoint(one) => vec![&one.note],
        Message::Cosignature(one) => vec![&one.note],
        Message::Entries(_)
        | Message::Want(_)
        | Message::Problem(_)
        | Message::Ping(_)
        | Message::Bye(_) => Vec::new(),
    };
    notes.iter().all(|note| Note::parse(note.as_bytes()).is_ok())
}
