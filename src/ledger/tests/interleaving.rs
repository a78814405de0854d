//! Both sides fold the same ledger, in whatever order the entries of the two logs reach them.

use proptest::prelude::*;

use super::super::fixture::{TwoSides, at, season};
use super::LATER;
use crate::ledger::{Books, LogReader, examine, fold};
use crate::names::{Party, Size};
use crate::tlog::{MemoryNodes, leaf_hash, root_at};

/// Admits both logs entry by entry as a daemon would that holds nothing yet. `turns` says whose
/// entry arrives next; one that entangles what is not held yet has to wait.
fn arrived(sides: &TwoSides, turns: &[bool]) -> Books {
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
        let examined = examine(&sides.agreement, party, position, bytes.clone());
        let other = trees[1 - place].clone();
        let root = |size| root_at(&other, size).ok();
        books.push(party, readers[place].admit(&sides.agreement, examined, root).unwrap());
        trees[place].append(leaf_hash(bytes));
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
        let sides = season(&lots);
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
}
