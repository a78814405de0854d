//! Whatever happens in a season, its bodies roll forward, and no later entry changes one.

use proptest::prelude::*;

use super::chain;
use crate::ledger::fixture::{TwoSides, season};
use crate::ledger::{Books, Direction, fold};
use crate::names::{Party, Position, Size};
use crate::reconcile::Chain;
use crate::record::{Body, Tally};

/// The chain of a side that holds only so much of each log.
fn of_what_is_held(sides: &TwoSides, gbr: u64, fra: u64) -> Chain {
    let mut books = Books::default();
    for (party, held) in [(Party::Gbr, gbr), (Party::Fra, fra)] {
        for (position, entry) in sides.books.entries(party, Position(0)) {
            if position.0 < held {
                books.push(party, entry.clone());
            }
        }
    }
    let mut chain = Chain::new(&sides.agreement);
    chain.extend(&sides.agreement, &books, sides);
    chain
}

/// Opening, plus what came to count, less what ceased to, in one figure of a tally.
fn rolls(body: &Body, figure: fn(&Tally) -> u64) -> bool {
    let sum = |part: fn(&crate::record::Movement) -> &Tally| -> u64 {
        body.movements.iter().map(|one| figure(part(one))).sum()
    };
    let (counted, uncounted) = (sum(|one| &one.counted), sum(|one| &one.uncounted));
    figure(&body.opening) + counted == figure(&body.closing) + uncounted
}

const FIGURES: [fn(&Tally) -> u64; 6] = [
    |it| it.returned.agreed,
    |it| it.returned.gbr,
    |it| it.returned.fra,
    |it| it.admitted.agreed,
    |it| it.admitted.gbr,
    |it| it.admitted.fra,
];

fn lots(most: usize) -> impl Strategy<Value = Vec<(u8, u8)>> {
    prop::collection::vec(any::<(u8, u8)>(), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn no_body_depends_on_what_lies_beyond_its_cut_off(
        lots in lots(90),
        (gbr, fra) in (0_u64..=1000, 0_u64..=1000),
    ) {
        let sides = season(&lots);
        let all = sides.books.all();
        // Truncate both logs anywhere: what is computed then is the beginning of the whole chain.
        let part = |size: Size, of: u64| size.0 * of / 1000;
        let held = of_what_is_held(&sides, part(all.gbr, gbr), part(all.fra, fra));
        let whole = chain(&sides);
        let same = whole.bodies().get(..held.bodies().len());
        prop_assert_eq!(Some(held.bodies()), same);
    }

    #[test]
    fn every_figure_rolls_forward_from_week_to_week(lots in lots(90)) {
        let sides = season(&lots);
        let chain = chain(&sides);
        let mut opening = Tally::ZERO;
        for body in chain.bodies() {
            prop_assert_eq!(&body.opening, &opening);
            for (figure, which) in FIGURES.into_iter().zip(0..) {
                prop_assert!(rolls(body, figure), "figure {} of {:?}", which, body);
            }
            let view = crate::ledger::View { gbr: body.gbr.size, fra: body.fra.size };
            let ledger = fold(&sides.agreement, &sides.books, view, body.as_of);
            prop_assert_eq!(&body.closing, &ledger.tally());
            prop_assert_eq!(body.arrivals, ledger.root(Direction::Returned));
            prop_assert_eq!(body.admissions, ledger.root(Direction::Admitted));
            opening = body.closing.clone();
        }
    }

    #[test]
    fn everything_below_a_cut_off_is_received_and_cut_offs_never_fall(lots in lots(90)) {
        let sides = season(&lots);
        let mut last = (Size(0), Size(0));
        for body in chain(&sides).bodies() {
            prop_assert!(last.0 <= body.gbr.size && last.1 <= body.fra.size);
            last = (body.gbr.size, body.fra.size);
            for (party, size) in [(Party::Gbr, body.gbr.size), (Party::Fra, body.fra.size)] {
                for position in (0..size.0).map(Position) {
                    prop_assert!(sides.books.receipt(party, position).is_some());
                }
            }
        }
    }
}

#[test]
fn seasons_drawn_by_lot_are_worth_looking_at() {
    let mut state: u32 = 1;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let (mut bodies, mut movements, mut breaks) = (0, 0, 0);
    for _ in 0..20 {
        let lots: Vec<_> = (0..90).map(|_| (byte(), byte())).collect();
        let chain = chain(&season(&lots));
        bodies += chain.bodies().len();
        movements += chain.bodies().iter().map(|body| body.movements.len()).sum::<usize>();
        breaks += chain.bodies().iter().map(|body| body.breaks.len()).sum::<usize>();
    }
    assert!(bodies > 40 && movements > 100 && breaks > 100, "{bodies} {movements} {breaks}");
}
