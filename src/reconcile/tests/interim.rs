//! What both sides knew at a time, between the weeks.

use proptest::prelude::*;

use super::{chain, newest, tally};
use crate::ledger::fixture::{
    TwoSides, accept, arrival, at, departure, notice, request, season, whole_season,
};
use crate::ledger::{Books, View, points_to};
use crate::names::Party::{self, Fra, Gbr};
use crate::names::{Position, Size, Timestamp};
use crate::reconcile::{Interim, InterimRefused, known_at};
use crate::tlog::EMPTY_ROOT;

fn interim(sides: &TwoSides, as_of: Timestamp) -> Result<Interim, InterimRefused> {
    Interim::at(&sides.agreement, &sides.books, sides, &chain(sides), (as_of, sides.now))
}

/// Both logs as they stood before the first entanglement of each that is later than a time.
fn books_of(sides: &TwoSides, time: Timestamp) -> Books {
    let mut books = Books::default();
    for party in Party::BOTH {
        for (_, entry) in sides.books.entries(party, Position(0)) {
            if entry.entanglement().is_some_and(|(_, covered)| covered > time) {
                break;
            }
            books.push(party, entry.clone());
        }
    }
    books
}

#[test]
fn a_view_shows_what_came_since_the_last_body_and_what_both_knew_of_it() {
    let mut sides = TwoSides::founded();
    let before = sides.now;
    sides.returned(1, "2025-08-07", 3);
    let nobody = interim(&sides, sides.now).unwrap();
    assert_eq!((nobody.since, &nobody.closing), (None, &tally((0, 0, 0), (0, 0, 0))));
    sides.exchange();
    let known = interim(&sides, sides.now).unwrap();
    assert_eq!(known.closing, tally((3, 3, 3), (0, 0, 0)));
    assert_eq!(interim(&sides, before).unwrap().closing, nobody.closing);

    sides.close_week();
    let body = newest(&sides);
    sides.admitted(2, "2025-08-12", 2);
    // France has covered what the United Kingdom wrote, and not the other way round: what France
    // counted stays out, and with it the admission, which was counted alone.
    sides.entangle(Fra);
    let half = interim(&sides, sides.now).unwrap();
    let later = sides.now.plus(1);
    sides.go_to(later);
    assert_eq!((half.since, &half.opening), (Some(1), &body.closing));
    assert_eq!(half.fra.size, body.fra.size);
    assert_eq!(half.closing, tally((3, 3, 3), (2, 2, 0)));
    sides.exchange();
    let whole = interim(&sides, sides.now).unwrap();
    assert_eq!(whole.closing, tally((3, 3, 3), (2, 2, 2)));
    assert_eq!((whole.since, whole.movements.len()), (Some(1), 1));
    assert_eq!(whole.breaks, []);
    // The earlier view stays what it was.
    assert_eq!(interim(&sides, half.as_of).unwrap(), half);
}

#[test]
fn a_view_is_lowered_where_a_cut_off_would_be_raised() {
    let mut sides = TwoSides::founded();
    let asked = sides.append(Gbr, request("GB01-1", 0));
    let accepted = sides.append(Fra, accept(asked));
    sides.entangle(Gbr);
    let covered = sides.books.size(Fra);
    // Nobody in France has covered the request: the answer to it has to wait.
    let view = known_at(&sides.books, sides.now);
    assert!(view.fra < covered, "{view:?}");
    let (_, place) = sides.books.find(accepted).unwrap();
    assert!(!view.fra.covers(place));
    let announced = sides.append(Gbr, notice("GB04-1", &[accepted], "2025-08-07", 1));
    let left = sides.append(Gbr, departure(announced, "2025-08-07", 1));
    sides.append(Fra, arrival(left, "2025-08-07", 1));
    sides.entangle(Fra);
    // Now it need not, and the arrival does.
    assert_eq!(known_at(&sides.books, sides.now).fra, covered);
}

#[test]
fn the_future_and_what_lies_before_the_founding_are_refused_in_words() {
    let sides = TwoSides::founded();
    let future = interim(&sides, sides.now.plus(1)).unwrap_err();
    assert!(future.to_string().contains("lies in the future: it is 2025-08-06T"), "{future}");
    let founded = at("2025-08-06T08:00:00Z");
    let early = interim(&sides, Timestamp::new(founded.seconds() - 1)).unwrap_err();
    assert!(early.to_string().ends_with("the founding of the logs, at 2025-08-06T08:00:00Z"));
    let first = interim(&sides, founded).unwrap();
    assert_eq!((first.gbr.size, first.gbr.root), (Size(0), EMPTY_ROOT));
    let empty = Books::default();
    let chain = chain(&sides);
    let nothing = Interim::at(&sides.agreement, &empty, &sides, &chain, (founded, sides.now));
    assert_eq!(nothing.unwrap().fra.size, Size(0));
}

#[test]
fn what_is_not_held_again_yet_is_not_guessed() {
    let mut sides = TwoSides::founded();
    sides.returned(1, "2025-08-07", 3);
    sides.exchange();
    let mut books = Books::default();
    for party in Party::BOTH {
        for (_, entry) in sides.books.entries(party, Position(0)) {
            if party == Gbr || books.size(Fra) < Size(2) {
                books.push(party, entry.clone());
            }
        }
    }
    let times = (sides.now, sides.now);
    let refused = Interim::at(&sides.agreement, &books, &sides, &chain(&sides), times);
    assert_eq!(refused, Err(InterimRefused::NotHeld { as_of: sides.now, party: Fra }));
}

/// The greatest pair that holds together, found by trying all of them.
fn greatest(books: &Books, most: View) -> View {
    let reach = |party: Party| -> Vec<u64> {
        let sizes = books
            .entries(party, Position(0))
            .map(|(at, entry)| points_to(books, party, at, entry).max().unwrap_or_default().0);
        let running = sizes.scan(0, |most, size| {
            *most = size.max(*most);
            Some(*most)
        });
        std::iter::once(0).chain(running).collect()
    };
    let (gbr, fra) = (reach(Gbr), reach(Fra));
    let of = |reach: &[u64], size: u64| reach[usize::try_from(size).unwrap()];
    let mut view = View::EMPTY;
    for one in 0..=most.gbr.0 {
        for other in 0..=most.fra.0 {
            if of(&gbr, one) <= other && of(&fra, other) <= one {
                view = view.raised(Gbr, Size(one)).raised(Fra, Size(other));
            }
        }
    }
    view
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn a_view_is_the_greatest_that_holds_together_and_a_later_one_shows_no_less(
        lots in prop::collection::vec(any::<(u8, u8)>(), 0..90),
        whole in any::<bool>(),
    ) {
        let sides = if whole { whole_season(&lots) } else { season(&lots) };
        let mut last = View::EMPTY;
        let signed = |party| {
            sides.books.entries(party, Position(0)).filter_map(|(_, entry)| entry.entanglement())
        };
        let mut times: Vec<_> =
            Party::BOTH.into_iter().flat_map(|party| signed(party).map(|(_, time)| time)).collect();
        times.sort_unstable();
        for time in times {
            let view = known_at(&sides.books, time);
            prop_assert!(view.gbr >= last.gbr && view.fra >= last.fra);
            let most = View {
                gbr: sides.books.covered_by(Gbr, time),
                fra: sides.books.covered_by(Fra, time),
            };
            prop_assert_eq!(view, greatest(&sides.books, most));
            last = view;
        }
    }

    #[test]
    fn no_view_depends_on_what_came_later(
        lots in prop::collection::vec(any::<(u8, u8)>(), 0..90),
        lot in 0_u64..=1000,
    ) {
        let sides = whole_season(&lots);
        let begun = at("2025-08-06T08:00:00Z").seconds();
        let time = Timestamp::new(begun + (sides.now.seconds() - begun) * lot / 1000);
        let books = books_of(&sides, time);
        let mut then = crate::reconcile::Chain::new(&sides.agreement);
        then.extend(&sides.agreement, &books, &sides);
        let held = Interim::at(&sides.agreement, &books, &sides, &then, (time, time));
        prop_assert_eq!(held, interim(&sides, time));
    }
}
