//! The whole season through the ledger: signed, logged, covered, closed and reconciled.

use super::*;
use crate::{
    cli::demo::{PublishedRow, agreed_at},
    ledger::{Ledger, fixture::TwoSides},
    names::Position,
    reconcile::Chain,
};

/// Both logs after the season, without the act of this reference.
fn played(season: &Season, without: Option<Label>) -> TwoSides {
    let mut sides = TwoSides::under(season::provisions().unwrap());
    let mut ids = Ids::founded(sides.books.entry(Party::Gbr, Position(0)).unwrap().id().unwrap());
    for step in season.steps() {
        sides.go_to(step.time());
        for act in step.acts().iter().filter(|act| Some(act.label) != without) {
            let record = if act.signer == Role::Officer {
                act.record(&ids).unwrap()
            } else {
                let json = act.submission(&ids).unwrap().to_string();
                let decoy = &mut || Commitment::new(sha256(json.as_bytes()));
                Submission::parse(json.as_bytes(), act.party, None, decoy).unwrap().record
            };
            ids.learn(act.label, sides.append(act.party, record));
        }
        match step {
            Step::Submit { .. } => drop(sides.exchange()),
            Step::WeekEnd { week, .. } => assert_eq!(sides.close_week(), *week),
        }
    }
    sides
}

fn ledger(sides: &TwoSides) -> Ledger {
    sides.ledger(sides.now)
}

/// Which of the published figures both logs bear out.
fn agreeing(sides: &TwoSides, season: &Season) -> Vec<bool> {
    let ledger = ledger(sides);
    let rows = season.figures().iter().map(|figure| {
        let agreed = agreed_at(&sides.books, &ledger, figure.date);
        PublishedRow::of(figure, &[agreed, agreed])
    });
    rows.map(|row| row.agrees).collect()
}

#[test]
fn the_two_logs_agree_every_week_on_the_planned_totals_and_no_break_is_ever_open() {
    let season = season();
    let sides = played(&season, None);
    for party in Party::BOTH {
        for (position, entry) in sides.books.entries(party, Position(0)) {
            assert!(entry.sound().is_some(), "{party} {position}: {:?}", entry.standing);
        }
    }
    let mut chain = Chain::new(&sides.agreement);
    chain.extend(&sides.agreement, &sides.books, &sides);
    let weeks: Vec<Week> = season.weeks().collect();
    assert_eq!(chain.bodies().iter().map(|body| body.week).collect::<Vec<_>>(), weeks);
    for body in chain.bodies() {
        assert!(body.breaks.is_empty(), "{}: {:?}", body.week, body.breaks);
        let (returned, admitted) = season.totals_at(body.week.monday().plus(6));
        for (three, planned) in
            [(&body.closing.returned, returned), (&body.closing.admitted, admitted)]
        {
            assert_eq!((three.agreed, three.gbr, three.fra), (planned, planned, planned));
        }
        assert_eq!((body.pipeline.in_transit, body.pipeline.disputed), (0, 0), "{}", body.week);
    }
    let end = &chain.bodies().last().unwrap().pipeline;
    assert!(end.requested > 0 && end.accepted > 0 && end.visas_outstanding > 0, "{end:?}");
    assert!(ledger(&sides).breaks.is_empty());
    assert_eq!(agreeing(&sides, &season), [true; 6]);
}

#[test]
fn without_one_arrival_the_figures_of_its_day_and_later_no_longer_agree() {
    let season = season();
    for (from, wanted) in [
        ("2025-09-19", [false; 6]),
        ("2025-11-05", [true, false, false, false, false, false]),
        ("2026-02-23", [true, true, true, true, true, false]),
    ] {
        let from: Date = from.parse().unwrap();
        let dropped = season
            .acts()
            .find(|act| {
                act.at >= Some(from) && of_kind!(act, Arrival).is_some_and(|one| one.persons.0 > 0)
            })
            .unwrap();
        let sides = played(&season, Some(dropped.label));
        assert_eq!(agreeing(&sides, &season), wanted, "{}", dropped.label);
        assert_eq!(ledger(&sides).breaks.len(), 1);
    }
}

#[test]
fn without_one_admission_the_figures_disagree_except_the_one_that_gives_no_number() {
    let season = season();
    let dropped = season.acts().find(|act| act.kind() == Kind::Admission).unwrap();
    let sides = played(&season, Some(dropped.label));
    assert_eq!(agreeing(&sides, &season), [true, false, false, false, false, false]);
}

#[test]
fn a_figure_agrees_only_if_every_store_gives_it() {
    let figure = &figures().unwrap()[1];
    for (stores, agrees) in [
        (&[(94, 57), (94, 57)][..], true),
        (&[(94, 57), (93, 57)], false),
        (&[(94, 56), (94, 57)], false),
        (&[], false),
    ] {
        assert_eq!(PublishedRow::of(figure, stores).agrees, agrees, "{stores:?}");
    }
}
