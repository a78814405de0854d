//! How the cost of finding one wrong record grows with the logs. By itself a test that the right
//! record is found among ten thousand; `ENTENTE_GROWTH=1000000` goes up to a million in steps of
//! ten, and prints the table that stands in `docs/TESTING.md`. Nothing here fails for being slow:
//! what is bounded is work that does not depend on time.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it measures, prints what it measured, and stops at the first surprise"
)]

#[expect(dead_code, reason = "this test needs a part of it")]
#[path = "season/books.rs"]
mod books;
#[expect(dead_code, unused_imports, reason = "this test needs a part of it")]
#[path = "../src/ledger/fixture.rs"]
mod fixture;

use std::{
    cell::Cell,
    hint::black_box,
    time::{Duration, Instant},
};

use entente::{
    ledger::fold,
    names::{Hash, Party, PerParty, Position, RecordId, Size, sha256},
    reconcile::{Chain, Copies, CopyDifference, CountedSet, compare_copies},
    season::{Ending, Season, Size as SeasonSize},
    tlog::{MemoryNodes, MissingNode, Nodes as _, SignedCheckpoint, leaf_hash, root_at},
};

use books::Played;

/// What every day looks at, and the longest run.
const DAILY: u64 = 10_000;
const GROWTH_MAX: u64 = 1_000_000;
/// Records of a season for each of its cases, about.
const RECORDS_PER_CASE: u64 = 4;
const SEASON_WEEKS: u32 = 40;

/// One line of the table.
struct Line {
    what: &'static str,
    records: u64,
    took: Duration,
    /// What hashing as many leaves took, in the same run.
    bound: Duration,
}

/// The sizes that are asked for: powers of ten from ten thousand on.
fn sizes() -> Vec<u64> {
    let largest = match std::env::var("ENTENTE_GROWTH") {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("ENTENTE_GROWTH={text}: a number")),
        Err(_) => DAILY,
    };
    assert!((DAILY..=GROWTH_MAX).contains(&largest), "ENTENTE_GROWTH: {DAILY} to {GROWTH_MAX}");
    std::iter::successors(Some(DAILY), |size| Some(size * 10))
        .take_while(|one| *one <= largest)
        .collect()
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let done = black_box(work());
    (done, began.elapsed())
}

/// How long it takes to hash so many leaves of 32 bytes: whoever reads a log cannot do less.
fn bound(records: u64) -> Duration {
    let leaf = [7; 32];
    let hash = |_| leaf_hash(black_box(&leaf));
    timed(|| (0..records).map(hash).for_each(|one| _ = black_box(one))).1
}

fn show(lines: &[Line]) {
    println!(
        "| what | records | seconds | ns a record | to a tenth of it | to hashing the leaves |"
    );
    println!("|---|---|---|---|---|---|");
    for (index, line) in lines.iter().enumerate() {
        let seconds = line.took.as_secs_f64();
        let smaller = index.checked_sub(1).map(|one| &lines[one]);
        let smaller = smaller
            .filter(|one| one.what == line.what)
            .map_or("-".to_owned(), |one| format!("{:.1}", seconds / one.took.as_secs_f64()));
        println!(
            "| {} | {} | {seconds:.4} | {:.0} | {smaller} | {:.2} |",
            line.what,
            line.records,
            seconds * 1e9 / line.records as f64,
            seconds / line.bound.as_secs_f64(),
        );
    }
}

/// One copy of one log in memory, with its tree; it counts the roots that it is asked for.
struct Held {
    nodes: MemoryNodes,
    roots: Cell<u64>,
}

impl Copies for Held {
    type Error = MissingNode;

    fn size(&self, log: Party) -> Result<Size, MissingNode> {
        Ok(if log == Party::Gbr { self.nodes.size() } else { Size(0) })
    }

    fn root(&self, _: Party, size: Size) -> Result<Hash, MissingNode> {
        self.roots.set(self.roots.get() + 1);
        root_at(&self.nodes, size)
    }

    fn leaves(&self, _: Party, from: Position, count: u64) -> Result<Vec<Hash>, MissingNode> {
        (from.0..from.0 + count).map(|at| self.nodes.node(0, at)).collect()
    }

    fn newest(&self, _: Party) -> Result<Option<SignedCheckpoint>, MissingNode> {
        Ok(None)
    }
}

impl FromIterator<Hash> for Held {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Self {
        Self { nodes: leaves.into_iter().collect(), roots: Cell::new(0) }
    }
}

/// How often a number can be halved: the height of a tree, rounded up.
fn halvings(records: u64) -> u64 {
    records.next_power_of_two().trailing_zeros().into()
}

fn leaf(number: u64) -> Hash {
    leaf_hash(&number.to_be_bytes())
}

fn id(number: u64) -> RecordId {
    RecordId::new(sha256(&number.to_be_bytes()))
}

#[test]
fn one_record_that_is_missing_in_a_copy_is_located() {
    let mut lines = Vec::new();
    for records in sizes() {
        let lost = records / 3;
        let whole: Held = (0..records).map(leaf).collect();
        let lacks: Held = (0..records).filter(|one| *one != lost).map(leaf).collect();
        let copies = PerParty { gbr: whole, fra: lacks };
        let (found, took) = timed(|| compare_copies(&copies).unwrap());
        let [CopyDifference::Divergent { first, only_at, .. }] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(*first, Position(lost));
        assert_eq!((only_at.gbr.len(), only_at.gbr[0].leaf), (1, leaf(lost)));
        assert_eq!(only_at.fra, []);
        // Both are asked at each halving, and what was read follows from where the record stood.
        let asked = Party::BOTH.map(|party| copies.of(party).roots.get());
        println!("{records}: {asked:?} roots");
        for roots in asked {
            assert!(roots <= halvings(records) + 2, "{records}: {roots} roots");
        }
        let what = "one record missing in a copy";
        lines.push(Line { what, records, took, bound: bound(records) });
    }
    show(&lines);
}

#[test]
fn one_record_that_was_swapped_is_located_under_equal_totals() {
    let (mut trees, mut found_in) = (Vec::new(), Vec::new());
    for records in sizes() {
        let swapped = records / 3;
        let counts = |number: u64| if number == swapped { id(records) } else { id(number) };
        let one: CountedSet = (0..records).map(id).collect();
        let (other, built) = timed(|| (0..records).map(counts).collect::<CountedSet>());
        assert_ne!(one.root(), other.root());
        let (found, took) = timed(|| one.difference(&other));
        assert_eq!(found.only_in, [vec![id(swapped)], vec![id(records)]]);
        println!("{records}: {} pairs of hashes, {} ids", found.hashes, found.ids);
        assert!(found.hashes <= 4 * halvings(records) + 8, "{records}: {} pairs", found.hashes);
        let bound = bound(records);
        trees.push(Line { what: "the tree over the ids that count", records, took: built, bound });
        let what = "one record swapped for another";
        found_in.push(Line { what, records, took, bound });
    }
    trees.extend(found_in);
    show(&trees);
}

#[test]
fn one_id_that_is_missing_in_a_set_is_located() {
    let mut lines = Vec::new();
    for records in sizes() {
        let lost = id(records / 3);
        let whole: CountedSet = (0..records).map(id).collect();
        let lacks: CountedSet = (0..records).map(id).filter(|one| *one != lost).collect();
        let (found, took) = timed(|| whole.difference(&lacks));
        assert_eq!(found.only_in, [vec![lost], vec![]]);
        println!("{records}: {} pairs of hashes, {} ids", found.hashes, found.ids);
        // Down the trees once; behind the place, every id stands elsewhere and is looked at.
        assert!(found.hashes <= 2 * halvings(records) + 4, "{records}: {} pairs", found.hashes);
        assert!(found.ids <= 2 * records, "{records}: {} ids", found.ids);
        let what = "one id missing in a set";
        lines.push(Line { what, records, took, bound: bound(records) });
    }
    show(&lines);
}

#[test]
fn a_weeks_body_is_computed_from_a_long_log() {
    let (mut folds, mut chains, mut last) = (Vec::new(), Vec::new(), Vec::new());
    for records in sizes() {
        let cases = u32::try_from(records / RECORDS_PER_CASE).unwrap();
        let size = SeasonSize { cases, weeks: SEASON_WEEKS, ending: Ending::Open };
        let season = Season::generate(size, 1, 0).unwrap();
        let (played, signed) = timed(|| Played::of(&season, |_, _| {}));
        let sides = &played.sides;
        let records = sides.books.size(Party::Gbr).0 + sides.books.size(Party::Fra).0;
        println!("{records} records signed, read and checked in {:.1} s", signed.as_secs_f64());
        let bound = bound(records);
        let (agreement, books) = (&sides.agreement, &sides.books);
        let (ledger, took) = timed(|| fold(agreement, books, books.all(), sides.now));
        let agreed = (ledger.tally().returned.agreed, ledger.tally().admitted.agreed);
        assert_eq!(agreed, season.agreed());
        folds.push(Line { what: "both logs folded", records, took, bound });

        let mut chain = Chain::new(agreement);
        let ((), took) = timed(|| chain.extend(agreement, books, sides));
        let weeks = usize::try_from(SEASON_WEEKS).unwrap();
        assert_eq!(chain.bodies().len(), weeks);
        chains.push(Line { what: "all 40 bodies", records, took, bound });
        let body = &chain.bodies()[weeks - 1];
        let (at, took) =
            timed(|| fold(agreement, books, body.cut(agreement, books), body.week.end()));
        assert_eq!(at.tally(), body.closing);
        last.push(Line {
            what: "the last body's cut-off, from the beginning",
            records,
            took,
            bound,
        });
    }
    folds.extend(chains);
    folds.extend(last);
    show(&folds);
}
