//! Entry by entry: what is a record of form at its place, and what is contested or has no effect.

use super::super::fixture::{
    TwoSides, accept, arrival, at, departure, digest, officer, request, statement, terms, week,
};
use super::{Fra, Gbr};
use crate::ledger::{LogReader, OutOfPlace, Standing, examine};
use crate::names::{Party, Position, RecordId, Size, Timestamp};
use crate::record::{
    Agreement, At, Body, Content, Entanglement, LogCut, Objection, ObjectionReason, Record, Tally,
    Terms, WeekClose, subject,
};

/// The standing of the newest entry of the British log, in one word.
fn newest(sides: &TwoSides) -> (&'static str, Option<ObjectionReason>) {
    standing_of(sides, Gbr)
}

/// The same of either log.
fn standing_of(sides: &TwoSides, log: Party) -> (&'static str, Option<ObjectionReason>) {
    let entry = sides.newest(log);
    let word = match entry.standing {
        Standing::Sound(_) => "sound",
        Standing::Ineffective(..) => "ineffective",
        Standing::Contested(_) => "contested",
    };
    (word, entry.objection())
}

const SOUND: (&str, Option<ObjectionReason>) = ("sound", None);

const fn contested(reason: ObjectionReason) -> (&'static str, Option<ObjectionReason>) {
    ("contested", Some(reason))
}

const fn ineffective(reason: ObjectionReason) -> (&'static str, Option<ObjectionReason>) {
    ("ineffective", Some(reason))
}

fn founding(terms: Terms) -> Record {
    Record::bare(Agreement { terms, succession: None })
}

#[test]
fn entry_0_is_the_founding_agreement_and_stands_nowhere_else() {
    let refused = contested(ObjectionReason::Founding);
    let first = |record: Record| {
        let mut sides = TwoSides::empty(terms());
        sides.append(Gbr, record);
        newest(&sides)
    };
    assert_eq!(first(founding(terms())), SOUND);
    assert_eq!(first(request("GB01-1", 0)), refused, "another kind");
    let longer = Terms { title: "Another agreement".to_owned(), ..terms() };
    assert_eq!(first(founding(longer)), refused, "other terms");

    let mut sides = TwoSides::founded();
    sides.append(Gbr, founding(terms()));
    assert_eq!(newest(&sides), refused, "a second time");
}

#[test]
fn an_entry_that_is_no_record_of_form_is_contested_by_its_rule() {
    let good = |sides: &mut TwoSides| sides.seal(Gbr, &request("GB01-1", 0)).1;
    let sub = subject(request("GB01-1", 0).kind(), request("GB01-1", 0).case.as_ref());
    let payload = request("GB01-1", 0).encode();
    let cases: Vec<(&str, Vec<u8>, ObjectionReason)> = {
        let mut it = TwoSides::founded();
        let mut damaged = good(&mut it);
        *damaged.last_mut().unwrap() ^= 1;
        let mut longer = good(&mut it);
        longer.push(0);
        let french = it.seal(Fra, &accept(RecordId::new([7; 32]))).1;
        let by_officer = it.seal_as(&officer(Gbr), Gbr, sub.clone(), payload.clone()).1;
        let key = super::super::fixture::UnsafeKey::of(Gbr, crate::envelope::Role::Caseworker);
        let other_subject = it.seal_as(&key, Gbr, "departure".to_owned(), payload.clone()).1;
        let other_payload = it.seal_as(&key, Gbr, sub, b"\xa0".to_vec()).1;
        let answer = accept(RecordId::new([7; 32]));
        let british_answer = it.seal_as(&key, Gbr, subject(answer.kind(), None), answer.encode()).1;
        vec![
            ("nothing", Vec::new(), ObjectionReason::Encoding),
            ("no envelope", b"\xa0".to_vec(), ObjectionReason::Encoding),
            ("a byte too many", longer, ObjectionReason::Encoding),
            ("a false signature", damaged, ObjectionReason::Signature),
            ("a French record in the British log", french, ObjectionReason::Signer),
            ("in the role of an officer", by_officer, ObjectionReason::Signer),
            ("an answer that is British", british_answer, ObjectionReason::Signer),
            ("another subject", other_subject, ObjectionReason::Schema),
            ("another payload", other_payload, ObjectionReason::Schema),
        ]
    };
    for (name, bytes, reason) in cases {
        let mut sides = TwoSides::founded();
        let size = sides.books.size(Gbr);
        sides.append_bytes(Gbr, bytes);
        assert_eq!(newest(&sides), contested(reason), "{name}");
        assert_eq!(sides.newest(Gbr).id(), None, "{name}: nothing can refer to it");
        assert_eq!(sides.books.size(Gbr), size.plus(1), "{name}: it has its place");
    }
}

#[test]
fn a_week_is_closed_once_in_order_and_not_before_its_end() {
    let refused = contested(ObjectionReason::WeekClose);
    let close = |sides: &mut TwoSides, name: &str, now: &str| {
        sides.go_to(at(now)).append(Gbr, Record::bare(WeekClose { week: week(name) }));
        newest(sides)
    };
    let mut sides = TwoSides::founded();
    assert_eq!(close(&mut sides, "2025-W32", "2025-08-10T23:59:59Z"), refused, "a second early");
    assert_eq!(close(&mut sides, "2025-W33", "2025-08-18T00:00:00Z"), refused, "one left out");
    assert_eq!(close(&mut sides, "2025-W31", "2025-08-18T00:00:00Z"), refused, "not in force yet");
    assert_eq!(close(&mut sides, "2025-W32", "2025-08-11T00:00:00Z"), SOUND, "at its end");
    assert_eq!(close(&mut sides, "2025-W32", "2025-08-11T00:01:00Z"), refused, "a second time");
    assert_eq!(close(&mut sides, "2025-W33", "2025-08-17T23:59:59Z"), refused, "the next, early");
    assert_eq!(close(&mut sides, "2025-W33", "2025-09-17T00:00:00Z"), SOUND, "a month late");
    let copy = sides.bytes(Gbr).last().unwrap().clone();
    sides.append_bytes(Gbr, copy);
    assert_eq!(newest(&sides), refused, "the same bytes again");
    assert_eq!(close(&mut sides, "2025-W34", "2025-09-17T00:00:00Z"), SOUND, "and so on");
}

/// Logs a British entanglement that is not as it should be.
fn entangle(sides: &mut TwoSides, change: impl FnOnce(&mut Entanglement, &mut Timestamp)) {
    let (mut one, mut time) = (sides.entanglement(Gbr), sides.now);
    change(&mut one, &mut time);
    sides.append(Gbr, Record { at: Some(At::Second(time)), ..Record::bare(one) });
}

#[test]
fn an_entanglement_that_is_false_or_falls_has_no_effect() {
    let mut sides = TwoSides::founded();
    let asked = sides.append(Gbr, request("GB01-1", 0));
    sides.append(Fra, accept(asked));
    let (held, before) = (sides.books.size(Fra), sides.books.receipt(Fra, Position(2)));
    let root = ineffective(ObjectionReason::EntanglementRoot);
    let falls = ineffective(ObjectionReason::EntanglementFalls);
    let origin = contested(ObjectionReason::Origin);

    entangle(&mut sides, |one, _| one.root = digest("another root"));
    assert_eq!(newest(&sides), root, "a false root");
    entangle(&mut sides, |one, _| one.size = held.plus(1));
    assert_eq!(newest(&sides), root, "more than there is");
    entangle(&mut sides, |one, _| one.size = Size(held.0 - 1));
    assert_eq!(newest(&sides), root, "the root of another size");
    entangle(&mut sides, |one, _| one.size = Size(1));
    assert_eq!(newest(&sides), falls, "the size does not grow");
    entangle(&mut sides, |one, _| one.origin = "log.uk.example/2025".to_owned());
    assert_eq!(newest(&sides), origin, "its own log");
    entangle(&mut sides, |_, time| *time = at("2025-08-06T07:59:59Z"));
    assert_eq!(newest(&sides), falls, "the time falls");
    assert_eq!(sides.books.receipt(Fra, Position(2)), before, "none of them receipts anything");

    let time = sides.now;
    sides.entangle(Gbr);
    assert_eq!(newest(&sides), SOUND);
    assert_eq!(sides.books.receipt(Fra, Position(2)), Some((held, time)));
    sides.entangle(Gbr);
    assert_eq!(newest(&sides), falls, "nothing new is covered");
    sides.append(Fra, arrival(asked, "2025-08-12", 1));
    entangle(&mut sides, |_, later| *later = time);
    assert_eq!(newest(&sides), SOUND, "two in one second");
}

#[test]
fn an_entry_is_admitted_only_where_it_was_examined_for() {
    let sides = TwoSides::founded();
    let mut reader = LogReader::new(&sides.agreement, Gbr);
    let bytes = &sides.bytes(Gbr)[0];
    for wrong in [1, 2, u64::MAX] {
        let examined = examine(reader.keys(), Position(wrong), bytes.clone());
        let refused = reader.admit(&sides.agreement, examined, |_| None).unwrap_err();
        let expected = OutOfPlace { next: Position(0), examined_for: Position(wrong) };
        assert_eq!(refused, expected);
        assert_eq!(reader.size(), Size(0), "nothing has moved");
    }
    let examined = examine(reader.keys(), Position(0), bytes.clone());
    assert!(examined.record().is_ok());
    let entry = reader.admit(&sides.agreement, examined, |_| None).unwrap();
    assert_eq!((entry.objection(), reader.size()), (None, Size(1)));
}

#[test]
fn a_reader_says_what_is_due_next() {
    let mut sides = TwoSides::founded();
    let notice = sides.announced(1, "2025-08-12", 1);
    sides.append(Gbr, departure(notice, "2025-08-12", 1));
    sides.close_week();
    let mut reader = LogReader::new(&sides.agreement, Gbr);
    assert_eq!((reader.next_close(), reader.entangled()), (week("2025-W32"), None));
    for (bytes, position) in sides.bytes(Gbr).iter().zip(0..) {
        let examined = examine(reader.keys(), Position(position), bytes.clone());
        let root = |size| crate::tlog::root_at(sides.nodes(Fra), size).ok();
        reader.admit(&sides.agreement, examined, root).unwrap();
    }
    assert_eq!(reader.next_close(), week("2025-W33"));
    let (size, time) = reader.entangled().unwrap();
    assert_eq!(size, Size(sides.books.size(Fra).0 - 1), "all but the answer to it");
    assert_eq!(sides.books.receipt(Fra, Position(size.0 - 1)), Some((size, time)));
}

/// A body of the first week whose figures do not matter here.
fn stated(sides: &TwoSides) -> Body {
    let cut = |party| {
        let origin = sides.agreement.origin(party).to_string();
        LogCut { origin, size: sides.books.size(party), root: digest("a root") }
    };
    let pipeline = sides.ledger(sides.now).pipeline(sides.now);
    Body {
        number: 1,
        week: sides.agreement.terms().provisions.in_force.week(),
        gbr: cut(Gbr),
        fra: cut(Fra),
        as_of: sides.now,
        opening: Tally::ZERO,
        movements: Vec::new(),
        closing: Tally::ZERO,
        pipeline,
        breaks: Vec::new(),
        arrivals: digest("none"),
        admissions: digest("none"),
        previous: None,
        counted: None,
        uncounted: None,
    }
}

#[test]
fn a_week_is_stated_only_after_it_is_closed_and_names_the_logs_of_the_agreement() {
    let mut sides = TwoSides::founded();
    sides.close_week();
    let body = stated(&sides);
    let close = sides.books.entries(Gbr, Position(0)).find_map(|(_, entry)| {
        let record = entry.sound()?;
        matches!(record.get().content, Content::WeekClose(_)).then(|| record.id())
    });
    let state = |sides: &mut TwoSides, body: Body| {
        sides.append(Gbr, statement(close.unwrap(), body));
        newest(sides)
    };
    let early = Body { week: body.week.next(), ..body.clone() };
    assert_eq!(state(&mut sides, early), contested(ObjectionReason::Statement));
    let mut elsewhere = body.clone();
    elsewhere.fra.origin = "any text that somebody likes".to_owned();
    assert_eq!(state(&mut sides, elsewhere), contested(ObjectionReason::Origin));
    let turned = Body { gbr: body.fra.clone(), fra: body.gbr.clone(), ..body.clone() };
    assert_eq!(state(&mut sides, turned), contested(ObjectionReason::Origin));
    assert_eq!(state(&mut sides, body), SOUND);
}

#[test]
fn an_objection_names_the_counterparts_log_and_holds_no_other_text() {
    let mut sides = TwoSides::founded();
    let object = |sides: &mut TwoSides, origin: &str| {
        let (position, leaf) = (Position(0), digest("a leaf"));
        let reason = ObjectionReason::Schema;
        let origin = origin.to_owned();
        sides.append(Fra, Record::bare(Objection { origin, position, leaf, reason }));
        standing_of(sides, Fra)
    };
    let (gbr, fra) = {
        let agreement = &sides.agreement;
        (agreement.origin(Gbr).to_string(), agreement.origin(Fra).to_string())
    };
    for text in ["", "Jane Doe, born 1 May 1990", fra.as_str()] {
        assert_eq!(object(&mut sides, text), contested(ObjectionReason::Origin), "{text}");
    }
    assert_eq!(object(&mut sides, &gbr), SOUND);
}
