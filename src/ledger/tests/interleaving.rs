//! Both sides fold the same ledger, in whatever order the entries of the two logs reach them.

use proptest::prelude::*;

use super::super::fixture::{TwoSides, at, season, whole_season};
use super::LATER;
use crate::ledger::{Books, Folder, Ledger, LogReader, View, examine, fold};
use crate::names::{Party, Size};
use crate::tlog::{MemoryNodes, leaf_hash, root_at};

/// Admits both logs entry by entry as a daemon would that holds nothing yet. `turns` says whose
/// entry arrives next; one that entangles what is not held yet has to wait.
fn arrived(sides: &TwoSides, turns: &[bool]) -> Books {
    arriving(sides, turns, |_| ())
}

/// The same, looking at the books after each entry.
fn arriving(sides: &TwoSides, turns: &[bool], mut look: impl FnMut(&Books)) -> Books {
    let mut books = Books::default();
    let mut readers = Party::BOTH.map(|party| LogReader::new(&sides.agreement, party));
    let mut trees = Party::BOTH.map(|_| MemoryNodes::new());
    for turn in turns.iter().cycle() {
        let first = usize::from(*turn);
        let next = [first, 1 - first].into_iter().find_map(|place| {
            let party = Party::BOTH[place];
            let position = books.size(party).next();
            let entry = sides.books.entry(party, position)?;
            let shows = entry.entanglement().map_or(Size(0), |(one, _)| one.size);
            (shows <= trees[1 - place].size()).then_some((place, party, position))
        });
        let Some((place, party, position)) = next else { break };
        let bytes = &sides.bytes(party)[usize::try_from(position.0).unwrap()];
        let examined = examine(readers[place].keys(), position, bytes.clone());
        let other = trees[1 - place].clone();
        let root = |size| root_at(&other, size).ok();
        books.push(party, readers[place].admit(&sides.agreement, examined, root).unwrap());
        trees[place].append(leaf_hash(bytes));
        look(&books);
    }
    assert_eq!(books.all(), sides.books.all(), "everything arrives in the end");
    books
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn any_two_orders_of_arrival_give_the_same_ledger(
        lots in prop::collection::vec(any::<(u8, u8)>(), 0..50),
        turns in prop::collection::vec(any::<bool>(), 1..20),
    ) {
        let sides = whole_season(&lots);
        let books = arrived(&sides, &turns);
        let ledger = fold(&sides.agreement, &books, books.all(), at(LATER));
        prop_assert_eq!(ledger, sides.ledger(at(LATER)));
    }

    #[test]
    fn what_is_agreed_is_never_more_than_france_says_arrived(
        lots in prop::collection::vec(any::<(u8, u8)>(), 0..80),
    ) {
        let ledger = season(&lots).ledger(at(LATER));
        for one in ledger.contributions.values() {
            match one.direction {
                crate::ledger::Direction::Returned => {
                    prop_assert!(one.agreed <= one.gbr.unwrap_or(0).min(one.fra.unwrap_or(0)));
                }
                crate::ledger::Direction::Admitted => {
                    prop_assert_eq!(one.agreed, one.gbr.unwrap_or(0));
                }
            }
        }
    }

    #[test]
    fn a_fold_that_goes_on_gives_what_a_fold_from_the_beginning_gives(
        lots in prop::collection::vec(any::<(u8, u8)>(), 0..70),
        views in prop::collection::vec(any::<(u8, u8)>(), 1..12),
    ) {
        let sides = whole_season(&lots);
        let all = sides.books.all();
        let mut folder = Folder::new(&sides.agreement);
        let mut shown: Vec<_> = views.iter().map(|(gbr, fra)| View {
            gbr: Size(u64::from(*gbr) % (all.gbr.0 + 1)),
            fra: Size(u64::from(*fra) % (all.fra.0 + 1)),
        }).collect();
        // Some shrink, and the last ones grow.
        let half = shown.len() / 2;
        shown[half..].sort_by_key(|view| (view.gbr, view.fra));
        shown.push(all);
        for view in shown {
            let on = folder.ledger(&sides.books, view, at(LATER));
            let anew = fold(&sides.agreement, &sides.books, view, at(LATER));
            prop_assert_eq!(on.bytes(), anew.bytes(), "{:?}", view);
        }
    }

    #[test]
    fn a_fold_goes_on_while_entries_arrive(
        lots in prop::collection::vec(any::<(u8, u8)>(), 0..50),
        turns in prop::collection::vec(any::<bool>(), 1..20),
    ) {
        let sides = whole_season(&lots);
        let mut folder = Folder::new(&sides.agreement);
        let mut differs = Vec::new();
        let books = arriving(&sides, &turns, |books| {
            let on = folder.ledger(books, books.all(), at(LATER));
            if on != fold(&sides.agreement, books, books.all(), at(LATER)) {
                differs.push(books.all());
            }
        });
        prop_assert_eq!(differs, vec![]);
        prop_assert_eq!(books.all(), sides.books.all());
    }

    #[test]
    fn a_ledger_is_read_back_from_its_bytes(
        lots in prop::collection::vec(any::<(u8, u8)>(), 0..70),
    ) {
        let sides = whole_season(&lots);
        let ledger = sides.ledger(sides.now);
        let bytes = ledger.bytes();
        let back: Ledger = serde_cbor::from_slice(&bytes).unwrap();
        prop_assert_eq!(back.bytes(), bytes);
        prop_assert_eq!(back, ledger);
    }
}
