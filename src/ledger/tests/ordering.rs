//! The one order of two logs, drawn by hand: a letter an entry, in the order in which it is taken.

use super::super::fixture::{
    TwoSides, accept, arrival, at, departure, not_arrived, notice, request, terms,
};
use super::super::order::Cursor;
use super::{BreakClass, Fra, Gbr, LATER, classes};
use crate::ledger::{TransportState, View};
use crate::names::{Party, RecordId, Size};
use crate::record::{Agreement, Record};

/// Two logs with their agreement, neither of which has covered the other.
fn strangers() -> TwoSides {
    let mut sides = TwoSides::empty(terms());
    for party in Party::BOTH {
        sides.append(party, Record::bare(Agreement { terms: terms(), succession: None }));
    }
    sides
}

fn drawn(sides: &TwoSides, view: View) -> String {
    let letter = |party| if party == Gbr { "G" } else { "F" };
    let mut cursor = Cursor::new();
    let taken = std::iter::from_fn(|| cursor.step(&sides.books, view));
    let taken = taken.map(|step| format!("{}{}", letter(step.party), step.position));
    taken.collect::<Vec<_>>().join(" ")
}

struct Drawing {
    name: &'static str,
    tell: fn(&mut TwoSides),
    order: &'static str,
}

const DRAWINGS: &[Drawing] = &[
    Drawing {
        name: "neither has seen the other: the British log first",
        tell: |_| {},
        order: "G0 F0",
    },
    Drawing {
        name: "concurrent entries: still all of the British log first",
        tell: |it| {
            it.append(Fra, accept(RecordId::new([1; 32])));
            it.append(Gbr, request("GB01-1", 0));
            it.append(Fra, accept(RecordId::new([2; 32])));
            it.append(Gbr, request("GB01-2", 0));
        },
        order: "G0 G1 G2 F0 F1 F2",
    },
    Drawing {
        name: "an entanglement comes after all that it covers",
        tell: |it| {
            it.append(Fra, accept(RecordId::new([1; 32])));
            it.append(Gbr, request("GB01-1", 0));
            it.entangle(Gbr);
            it.append(Fra, accept(RecordId::new([2; 32])));
        },
        order: "G0 G1 F0 F1 G2 F2",
    },
    Drawing {
        name: "and so does all that follows it in its log",
        tell: |it| {
            it.entangle(Gbr);
            it.append(Fra, accept(RecordId::new([2; 32])));
            it.append(Gbr, request("GB01-1", 0));
        },
        order: "G0 F0 G1 G2 F1",
    },
    Drawing {
        name: "a false entanglement orders nothing",
        tell: |it| {
            let origin = "log.other.example".to_owned();
            let one = crate::record::Entanglement { origin, ..it.entanglement(Gbr) };
            let time = Some(crate::record::At::Second(it.now));
            it.append(Gbr, Record { at: time, ..Record::bare(one) });
        },
        order: "G0 G1 F0",
    },
    Drawing {
        name: "a reference does, without any entanglement",
        tell: |it| {
            let asked = it.append(Gbr, request("GB01-1", 0));
            it.append(Fra, accept(RecordId::new([1; 32])));
            let accepted = it.append(Fra, accept(asked));
            it.append(Fra, accept(RecordId::new([2; 32])));
            it.append(Gbr, notice("GB04-1", &[accepted], "2025-08-12", 1));
        },
        order: "G0 G1 F0 F1 F2 G2 F3",
    },
    Drawing {
        name: "and a chain of references through both logs",
        tell: |it| {
            let announced = it.announced(1, "2025-08-12", 1);
            let left = it.append(Gbr, departure(announced, "2025-08-12", 1));
            let came = it.append(Fra, arrival(left, "2025-08-12", 1));
            it.append(Gbr, departure(came, "2025-08-13", 1));
            it.append(Gbr, request("GB01-9", 0));
        },
        order: "G0 G1 F0 F1 G2 G3 F2 G4 G5",
    },
    Drawing {
        name: "a reference to what nobody wrote waits for nothing",
        tell: |it| {
            it.append(Gbr, departure(RecordId::new([1; 32]), "2025-08-12", 1));
        },
        order: "G0 G1 F0",
    },
    Drawing {
        name: "nor does one to what was written after its entry was covered",
        tell: |it| {
            let (later, bytes) = it.seal(Fra, &accept(RecordId::new([1; 32])));
            it.append(Gbr, notice("GB04-1", &[later], "2025-08-12", 1));
            it.entangle(Fra);
            it.append_bytes(Fra, bytes);
        },
        order: "G0 G1 F0 F1 F2",
    },
    Drawing {
        name: "but one to what was written before that does",
        tell: |it| {
            let (later, bytes) = it.seal(Fra, &accept(RecordId::new([1; 32])));
            it.append(Gbr, notice("GB04-1", &[later], "2025-08-12", 1));
            it.append_bytes(Fra, bytes);
            it.entangle(Fra);
        },
        order: "G0 F0 F1 G1 F2",
    },
    Drawing {
        name: "references that run in a circle: the British entry goes first",
        tell: |it| {
            let (asked, later) = it.seal(Gbr, &request("GB01-1", 0));
            let answered = it.append(Fra, accept(asked));
            it.append(Gbr, notice("GB04-1", &[answered], "2025-08-12", 1));
            it.append_bytes(Gbr, later);
        },
        order: "G0 F0 G1 G2 F1",
    },
];

#[test]
fn the_order_of_two_logs_is_as_it_is_drawn() {
    for drawing in DRAWINGS {
        let mut sides = strangers();
        (drawing.tell)(&mut sides);
        let all = sides.books.all();
        assert_eq!(drawn(&sides, all), drawing.order, "{}", drawing.name);
    }
}

#[test]
fn a_view_that_cuts_off_what_an_entry_points_to_still_shows_the_entry() {
    let mut sides = strangers();
    sides.append(Fra, accept(RecordId::new([1; 32])));
    sides.entangle(Gbr);
    sides.append(Gbr, request("GB01-1", 0));
    let cut = View { gbr: Size(3), fra: Size(1) };
    assert_eq!(drawn(&sides, cut), "G0 F0 G1 G2");
    assert_eq!(drawn(&sides, View { gbr: Size(1), fra: Size(0) }), "G0");
    assert_eq!(drawn(&sides, View::EMPTY), "");
}

#[test]
fn of_two_that_had_not_seen_each_other_the_british_record_holds() {
    // France says that nobody left while the United Kingdom says that they did.
    let mut sides = TwoSides::founded();
    let announced = sides.announced(1, "2025-08-12", 3);
    sides.exchange();
    let word = sides.append(Fra, not_arrived(announced, "2025-08-12"));
    let left = sides.append(Gbr, departure(announced, "2025-08-12", 3));
    let owner_of = |sides: &TwoSides| {
        let ledger = sides.ledger(at("2025-08-12T00:00:00Z"));
        assert_eq!(classes(&ledger), [BreakClass::IllegalTransition]);
        let transport = &ledger.transports[&announced];
        assert_eq!((transport.state, transport.movement), (TransportState::Departed, Some(left)));
        ledger.breaks.iter().map(|one| one.owner.to_string()).collect::<String>()
    };
    assert_eq!(owner_of(&sides), "FRA");

    // The same two records, but the United Kingdom had seen France's word.
    let mut sides = TwoSides::founded();
    let announced_again = sides.announced(1, "2025-08-12", 3);
    assert_eq!(announced_again, announced, "the same story");
    sides.exchange();
    let word_again = sides.append(Fra, not_arrived(announced, "2025-08-12"));
    let (left_again, bytes) = sides.seal(Gbr, &departure(announced, "2025-08-12", 3));
    assert_eq!((word_again, left_again), (word, left), "the same records");
    sides.entangle(Gbr);
    sides.append_bytes(Gbr, bytes);
    assert_eq!(owner_of(&sides), "GBR");
    assert_eq!(classes(&sides.ledger(at(LATER))).len(), 2, "and nobody arrived since");
}
