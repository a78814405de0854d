//! Where a week is cut off, and what is still missing before it can be.

use crate::ledger::fixture::{TwoSides, accept, arrival, departure, digest, notice, request, week};
use crate::ledger::{Books, View};
use crate::names::Party::{self, Fra, Gbr};
use crate::names::{Position, RecordId, Size, Week};
use crate::reconcile::{Closing, Missing, closing};
use crate::record::{At, Entanglement, Record, WeekClose};

fn first(sides: &TwoSides) -> Closing {
    closing(&sides.books, week("2025-W32"))
}

fn view(gbr: u64, fra: u64) -> View {
    View { gbr: Size(gbr), fra: Size(fra) }
}

#[test]
fn a_week_has_no_cut_off_until_both_closes_are_covered() {
    use Missing::{Close, Cover};
    let mut sides = TwoSides::founded();
    let missing = |sides: &TwoSides, expected: &[Missing]| {
        assert_eq!(first(sides), Closing::Open(expected.to_vec()));
    };
    missing(&sides, &[Close(Gbr), Close(Fra)]);
    sides.close(Gbr);
    missing(&sides, &[Cover(Gbr), Close(Fra)]);
    sides.entangle(Fra);
    missing(&sides, &[Close(Fra)]);
    sides.close(Fra);
    missing(&sides, &[Cover(Fra)]);
    let covered = sides.books.size(Fra);
    sides.entangle(Gbr);
    // The British log ends with its close, the French one with what the entanglement covered.
    assert_eq!(first(&sides), Closing::Cut(View { gbr: Size(3), fra: covered }));
    assert_eq!(
        closing(&sides.books, week("2025-W33")),
        Closing::Open(vec![Close(Gbr), Close(Fra)])
    );
}

#[test]
fn the_cut_off_is_what_the_first_cover_shows_however_much_follows() {
    let mut sides = TwoSides::founded();
    sides.close(Gbr);
    sides.append(Gbr, request("GB01-1", 0));
    sides.close(Fra);
    sides.entangle(Gbr);
    sides.append(Gbr, request("GB01-2", 0));
    sides.entangle(Fra);
    let cut = first(&sides);
    // The first French cover of the British close shows all of the British log so far.
    assert_eq!(cut, Closing::Cut(view(6, 3)));
    sides.append(Gbr, request("GB01-3", 0));
    sides.exchange();
    sides.close_week();
    assert_eq!(first(&sides), cut);
}

#[test]
fn a_cut_off_is_raised_until_nothing_below_points_beyond() {
    // The French log's cut-off holds an answer to a request that the United Kingdom logged after
    // its close, so the British cut-off takes the request in.
    let mut sides = TwoSides::founded();
    sides.close(Gbr);
    sides.entangle(Fra);
    let asked = sides.append(Gbr, request("GB01-1", 0));
    sides.append(Gbr, request("GB01-2", 0));
    sides.append(Fra, accept(asked));
    sides.close(Fra);
    sides.entangle(Gbr);
    assert_eq!(first(&sides), Closing::Open(vec![Missing::Cover(Gbr)]), "no receipt for it yet");
    sides.entangle(Fra);
    assert_eq!(first(&sides), Closing::Cut(view(4, 5)), "close at 2, request at 3");
}

#[test]
fn raising_goes_on_for_as_long_as_it_has_to() {
    // Each pointer leads beyond the other log's cut-off, to an entry that points further.
    let mut sides = TwoSides::founded();
    sides.close(Gbr);
    sides.entangle(Fra);
    let asked = sides.append(Gbr, request("GB01-1", 0));
    let accepted = sides.append(Fra, accept(asked));
    sides.close(Fra);
    sides.entangle(Gbr);
    let announced = sides.append(Gbr, notice("GB04-1", &[accepted], "2025-08-05", 1));
    let left = sides.append(Gbr, departure(announced, "2025-08-05", 1));
    let came = sides.append(Fra, arrival(left, "2025-08-05", 1));
    sides.exchange();
    let Closing::Cut(cut) = first(&sides) else { panic!("both are covered") };
    let below = |id: RecordId| {
        let (party, position) = sides.books.find(id).unwrap();
        cut.size(party).covers(position)
    };
    assert!(below(asked) && below(accepted), "what is pointed to is taken in");
    assert!(!below(announced) && !below(left) && !below(came), "and nothing else is");
}

#[test]
fn an_entanglement_below_one_cut_off_raises_the_other() {
    let mut sides = TwoSides::founded();
    sides.close(Fra);
    sides.entangle(Gbr);
    sides.append(Fra, accept(RecordId::new([1; 32])));
    sides.append(Fra, accept(RecordId::new([2; 32])));
    sides.entangle(Gbr);
    sides.close(Gbr);
    sides.entangle(Fra);
    assert_eq!(first(&sides), Closing::Cut(view(5, 5)), "the second cover shows five");
}

#[test]
fn a_close_or_a_cover_that_is_not_of_form_closes_nothing() {
    let mut sides = TwoSides::founded();
    sides.append(Gbr, Record::bare(WeekClose { week: week("2025-W32") }));
    sides.close(Fra);
    sides.exchange();
    assert_eq!(first(&sides), Closing::Open(vec![Missing::Close(Gbr)]), "closed before its end");
    sides.append(Gbr, Record::bare(WeekClose { week: week("2025-W33") }));
    let mut false_cover = |change: fn(&mut Entanglement)| {
        let mut one = sides.entanglement(Fra);
        change(&mut one);
        let time = Some(At::Second(sides.now));
        sides.append(Fra, Record { at: time, ..Record::bare(one) });
    };
    false_cover(|one| one.root = digest("false"));
    false_cover(|one| one.size = Size(999));
    false_cover(|one| one.origin = "log.other.example".to_owned());
    assert_eq!(first(&sides), Closing::Open(vec![Missing::Close(Gbr)]));
    let second = closing(&sides.books, week("2025-W33"));
    assert_eq!(second, Closing::Open(vec![Missing::Close(Gbr), Missing::Close(Fra)]));
    sides.close(Gbr);
    assert_eq!(first(&sides), Closing::Open(vec![Missing::Cover(Gbr)]), "all covers were false");
    sides.entangle(Fra);
    assert!(matches!(first(&sides), Closing::Cut(_)));
}

#[test]
fn a_record_that_is_logged_late_moves_no_cut_off() {
    // A departure refers to a French record that is signed but not logged. Once both sides have
    // covered the week, France logs it.
    let mut sides = TwoSides::founded();
    let (promised, bytes) = sides.seal(Fra, &accept(RecordId::new([1; 32])));
    sides.append(Gbr, departure(promised, "2025-08-07", 1));
    sides.close_week();
    let cut = first(&sides);
    assert!(matches!(cut, Closing::Cut(_)));
    sides.append_bytes(Fra, bytes);
    sides.exchange();
    assert_eq!(first(&sides), cut);
}

/// The books of a side that holds only so much of each log.
fn held(sides: &TwoSides, view: View) -> Books {
    let mut books = Books::default();
    for party in Party::BOTH {
        let below = |(position, _): &(Position, _)| view.size(party).covers(*position);
        let entries = sides.books.entries(party, Position(0)).take_while(below);
        entries.for_each(|(_, entry)| books.push(party, entry.clone()));
    }
    books
}

#[test]
fn entries_that_are_shown_to_exist_are_missing_until_they_are_held() {
    let mut sides = TwoSides::founded();
    sides.append(Fra, accept(RecordId::new([1; 32])));
    sides.close(Fra);
    sides.append(Fra, accept(RecordId::new([2; 32])));
    sides.exchange();
    sides.close(Gbr);
    sides.entangle(Fra);
    let all = sides.books.all();
    let Closing::Cut(cut) = first(&sides) else { panic!("both are covered") };
    assert_eq!(cut.fra, Size(5));
    let lost = |fra: u64| closing(&held(&sides, View { fra: Size(fra), ..all }), week("2025-W32"));
    assert_eq!(lost(all.fra.0), Closing::Cut(cut));
    assert_eq!(lost(6), Closing::Open(vec![Missing::Cover(Gbr)]), "without the French cover");
    assert_eq!(lost(3), Closing::Open(vec![Missing::Cover(Gbr), Missing::Close(Fra)]));

    // France has lost the end of its own log, and the British one shows that it was there.
    let mut sides = TwoSides::founded();
    sides.close(Gbr);
    sides.close(Fra);
    sides.entangle(Fra);
    sides.append(Fra, accept(RecordId::new([1; 32])));
    sides.entangle(Gbr);
    let all = sides.books.all();
    assert_eq!(first(&sides), Closing::Cut(view(3, 5)));
    let lost = held(&sides, View { fra: Size(4), ..all });
    assert_eq!(closing(&lost, week("2025-W32")), Closing::Open(vec![Missing::Entries(Fra)]));
}

#[test]
fn a_week_before_the_agreement_has_no_close() {
    let mut sides = TwoSides::founded();
    sides.close_week();
    let before: Week = week("2025-W31");
    let missing = vec![Missing::Close(Gbr), Missing::Close(Fra)];
    assert_eq!(closing(&sides.books, before), Closing::Open(missing));
}
