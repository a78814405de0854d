//! Generated seasons in two real logs: every record is signed, of form and in its place.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

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

/// Plays a season, and gathers the surprises of every week's end.
fn surprises(season: &Season) -> Vec<String> {
    let mut all = Vec::new();
    let played = Played::of(season, |played, week| {
        // The close itself is what the week's end shows.
        let found = played.surprises(season, week.end().plus(600));
        all.extend(found.into_iter().map(|one| format!("{week} {one}")));
    });
    let tally = played.sides.ledger(played.sides.now).tally();
    let agreed = (tally.returned.agreed, tally.admitted.agreed);
    if agreed != season.agreed() {
        all.push(format!("agreed on {agreed:?} instead of {:?}", season.agreed()));
    }
    all
}

#[test]
fn without_faults_no_break_is_open_at_any_weeks_end() {
    let size = Size { cases: 300, weeks: 40, ending: Ending::Terminated };
    let found = surprises(&Season::generate(size, 2, 0).unwrap());
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_planted_fault_is_found_in_its_time_and_nothing_else() {
    for seed in 0..3 {
        let size = Size { cases: 300, weeks: 40, ending: Ending::YearEnd };
        let found = surprises(&Season::generate(size, seed, 200).unwrap());
        assert!(found.is_empty(), "{found:#?}");
    }
}
