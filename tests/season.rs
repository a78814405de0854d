//! Generated seasons in two real logs: every record is signed, of form and in its place.
#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]

#[path = "season/books.rs"]
mod books;
#[expect(dead_code, unused_imports, reason = "this test needs a part of it")]
#[path = "../src/ledger/fixture.rs"]
mod fixture;

use entente::names::{Party, Position};
use entente::season::{Ending, Season, Size};

use books::Played;

#[test]
fn every_record_of_a_season_is_admitted_by_the_rules_of_form() {
    let size = Size { cases: 300, weeks: 40, ending: Ending::Terminated };
    let season = Season::generate(size, 1, 100).unwrap();
    let mut weeks = 0;
    let played = Played::of(&season, |_, _| weeks += 1);
    assert_eq!(weeks, 40);
    let mut signed = 0;
    for party in Party::BOTH {
        for (position, entry) in played.sides.books.entries(party, Position(0)) {
            assert!(entry.sound().is_some(), "{party} {position}: {:?}", entry.standing);
            signed += 1;
        }
    }
    assert!(signed > season.acts().count());
    for act in season.acts() {
        let id = played.ids.of(act.label).unwrap();
        let (author, _) = played.sides.books.find(id).unwrap();
        assert_eq!(author, act.party, "{}", act.label);
    }
}
