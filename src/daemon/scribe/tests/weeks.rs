//! Weeks: closed by both, computed by both, stated by both.

use super::{
    liar::Liar,
    pair::{Closed, Pair},
};
use crate::{
    daemon::scribe::Refused,
    ledger::fixture::{
        accept, admission, arrival, count, departure, notice, request, statement, travel, visa,
        week,
    },
    names::{Party, PerParty, RecordId, Week},
    reconcile::{Missing, Source, Verdict},
    record::NationalTotals,
};

use Party::{Fra, Gbr};

/// One person goes each way in a week; gives the arrival and the admission.
fn journeys(pair: &mut Pair, number: u32, day: &str) -> (RecordId, RecordId) {
    let mut log = |party, name: &str, record| {
        let id = pair.log(party, &format!("{name} {number}"), record);
        pair.now += 1;
        pair.settle();
        id
    };
    let asked = log(Gbr, "asked", request(&format!("GB01-{number:06}"), 0));
    let accepted = log(Fra, "accepted", accept(asked));
    let announced =
        log(Gbr, "announced", notice(&format!("GB04-{number:06}"), &[accepted], day, 1));
    let left = log(Gbr, "left", departure(announced, day, 1));
    let came = log(Fra, "came", arrival(left, day, 1));
    let issued = log(Gbr, "issued", visa(&format!("GB13-{number:06}"), 1, 0, "2025-12-31"));
    let travels = log(Gbr, "travels", travel(&format!("GB15-{number:06}"), &[issued], day, 1));
    log(Fra, "counted", count(travels, day, 1));
    let admitted = log(Gbr, "admitted", admission(travels, day, 1));
    (came, admitted)
}

/// Time goes on to the end of a week.
pub(super) fn end(pair: &mut Pair, of: Week) {
    pair.now = pair.now.max(of.end().seconds());
    pair.cut();
    pair.connect();
    assert_eq!(pair.settle(), Closed::default());
}

pub(super) fn close(pair: &mut Pair, party: Party, of: Week) -> Result<(), Refused> {
    let now = pair.now;
    pair.side(party).close_week(now, of).map(drop)
}

pub(super) fn state(pair: &mut Pair, party: Party, of: Week) -> Verdict {
    let now = pair.now;
    pair.side(party).state_week(now, of).unwrap().verdict
}

#[test]
fn national_totals_stand_in_the_statement_and_nowhere_later() {
    let mut pair = Pair::talking();
    let first = week("2025-W32");
    end(&mut pair, first);
    for party in Party::BOTH {
        close(&mut pair, party, first).unwrap();
    }
    pair.settle();
    let now = pair.now;
    let totals = |returned| Some(NationalTotals { returned, admitted: 7 });
    let beside = |pair: &mut Pair, party, totals| {
        let now = pair.now;
        pair.side(party).state_beside(now, first, totals).map(|view| view.stated)
    };
    let stated = beside(&mut pair, Gbr, totals(3)).unwrap();
    let size = pair.of(Gbr).size(Gbr);
    for again in [totals(3), None] {
        assert_eq!(beside(&mut pair, Gbr, again), Ok(stated));
    }
    for (party, other, said) in [
        (Gbr, totals(4), "with 3 returned and 7 admitted beside it"),
        (Fra, totals(3), "without national totals beside it"),
    ] {
        pair.side(party).state_week(now, first).unwrap();
        let refused = beside(&mut pair, party, other);
        let said = said.to_owned();
        assert_eq!(refused, Err(Refused::AlreadyStated { week: first, said }));
    }
    assert_eq!(pair.of(Gbr).size(Gbr), size, "nothing more was stated");
    pair.settle();
    // The body alone is compared: what stands beside it disputes nothing.
    assert_eq!(pair.side(Fra).week(now, first).verdict, Verdict::Joint);
    let [gbr, fra] = crate::reconcile::statements(pair.of(Fra).books(), first).map(Option::unwrap);
    assert_eq!((&gbr.national, &fra.national), (&totals(3), &None));
    assert_eq!(gbr.software.as_str(), concat!("entente-", env!("CARGO_PKG_VERSION")));
}

#[test]
fn both_close_both_compute_the_same_body_and_both_state_it() {
    let mut pair = Pair::talking();
    journeys(&mut pair, 1, "2025-08-07");
    let first = week("2025-W32");
    end(&mut pair, first);
    for party in Party::BOTH {
        close(&mut pair, party, first).unwrap();
        pair.settle();
    }
    let bodies = PerParty::from_fn(|party| {
        let now = pair.now;
        pair.side(party).week(now, first).body.expect("a cut-off")
    });
    assert_eq!(bodies.gbr, bodies.fra);
    assert_eq!(bodies.gbr.closing.returned.agreed, 1);
    assert_eq!(bodies.gbr.closing.admitted.agreed, 1);
    assert!(bodies.gbr.breaks.is_empty());
    assert_eq!(state(&mut pair, Gbr, first), Verdict::Awaiting);
    pair.settle();
    assert_eq!(state(&mut pair, Fra, first), Verdict::Joint);
    pair.settle();
    let now = pair.now;
    assert_eq!(pair.side(Gbr).week(now, first).verdict, Verdict::Joint);
    pair.assert_converged();
}

#[test]
fn a_status_counts_a_week_that_nobody_has_asked_for() {
    let mut pair = Pair::talking();
    let first = week("2025-W32");
    end(&mut pair, first);
    for party in Party::BOTH {
        let now = pair.now;
        assert_eq!(pair.side(party).status(now).weeks, 0);
        close(&mut pair, party, first).unwrap();
        pair.settle();
    }
    for party in Party::BOTH {
        let now = pair.now;
        assert_eq!(pair.side(party).status(now).weeks, 1, "{party}");
    }
}

#[test]
fn a_body_does_not_depend_on_when_it_is_computed() {
    let mut pair = Pair::talking();
    let first = week("2025-W32");
    journeys(&mut pair, 1, "2025-08-07");
    end(&mut pair, first);
    // Both close at once, and write on before either has heard of it.
    for party in Party::BOTH {
        close(&mut pair, party, first).unwrap();
    }
    pair.log(Gbr, "later", request("GB01-000777", 0));
    pair.settle();
    let early = PerParty::from_fn(|party| {
        let now = pair.now;
        pair.side(party).week(now, first).body.expect("a cut-off")
    });
    journeys(&mut pair, 2, "2025-08-08");
    for party in Party::BOTH {
        pair.restart(party);
        let now = pair.now;
        assert_eq!(pair.side(party).week(now, first).body.as_ref(), Some(early.of(party)));
    }
    assert_eq!(early.gbr, early.fra);
}

#[test]
fn a_week_is_closed_in_its_turn_and_not_before_its_end() {
    let mut pair = Pair::talking();
    let first = week("2025-W32");
    assert_eq!(close(&mut pair, Gbr, first), Err(Refused::WeekNotEnded { week: first }));
    pair.now = first.end().seconds() - 1;
    assert_eq!(close(&mut pair, Gbr, first), Err(Refused::WeekNotEnded { week: first }));
    pair.now += 1;
    let out_of_turn = Err(Refused::WeekOutOfTurn { week: first.next(), due: first });
    assert_eq!(close(&mut pair, Gbr, first.next()), out_of_turn);
    close(&mut pair, Gbr, first).unwrap();
    let size = pair.of(Gbr).size(Gbr);
    close(&mut pair, Gbr, first).unwrap();
    close(&mut pair, Gbr, week("2025-W31")).unwrap();
    assert_eq!(pair.of(Gbr).size(Gbr), size, "a repetition changes nothing");
    let early = Err(Refused::WeekNotEnded { week: first.next() });
    assert_eq!(close(&mut pair, Gbr, first.next()), early);
}

#[test]
fn a_week_without_its_evidence_is_not_stated() {
    let mut pair = Pair::talking();
    let first = week("2025-W32");
    end(&mut pair, first);
    pair.cut();
    let missing = |pair: &mut Pair| {
        let now = pair.now;
        pair.side(Gbr).week(now, first).missing
    };
    assert_eq!(missing(&mut pair), [Missing::Close(Gbr), Missing::Close(Fra)]);
    close(&mut pair, Gbr, first).unwrap();
    assert_eq!(missing(&mut pair), [Missing::Cover(Gbr), Missing::Close(Fra)]);
    close(&mut pair, Fra, first).unwrap();
    let size = pair.of(Gbr).size(Gbr);
    assert_eq!(state(&mut pair, Gbr, first), Verdict::Awaiting);
    assert_eq!(pair.of(Gbr).size(Gbr), size, "nothing was stated");
    pair.connect();
    pair.settle();
    assert_eq!(missing(&mut pair), []);
    state(&mut pair, Gbr, first);
    state(&mut pair, Gbr, first);
    pair.settle();
    let now = pair.now;
    let view = pair.side(Fra).week(now, first);
    assert!(view.stated.gbr.is_some() && view.stated.fra.is_none());
}

#[test]
fn a_doctored_statement_is_disputed_and_the_record_is_named() {
    for party in Party::BOTH {
        let (mut one, first, came) = disputed(party);
        let honest = party.other();
        let now = one.pair.now;
        let view = one.honest().week(now, first);
        let [found] = <[_; 1]>::try_from(view.differences).unwrap();
        let [named] = <[_; 1]>::try_from(found.records).unwrap();
        assert_eq!((named.record, named.counts_in), (came, Source::of(honest)));
        let here = named.here.unwrap();
        assert_eq!((here.author, here.counts.unwrap().agreed), (Fra, 1));
        assert!(one.objections().is_empty(), "a dispute is no matter of form");
    }
}

/// An honest pair after a first week in which one side said something else, and said no more.
/// The liar leaves the arrival out and keeps its total.
fn disputed(party: Party) -> (Liar, Week, RecordId) {
    let mut pair = Pair::talking();
    let (came, admitted) = journeys(&mut pair, 1, "2025-08-07");
    let first = week("2025-W32");
    end(&mut pair, first);
    for party in Party::BOTH {
        close(&mut pair, party, first).unwrap();
    }
    pair.settle();
    let now = pair.now;
    let mut body = pair.side(party).week(now, first).body.unwrap();
    body.counted.as_mut().unwrap().retain(|id| *id != came);
    assert_eq!(body.counted.as_ref().unwrap(), &[admitted]);
    let (close, _) = crate::reconcile::close_of(pair.of(party).books(), party, first).unwrap();
    let mut one = Liar::after(pair, party);
    one.says(&statement(close, body));
    assert_eq!(state(&mut one.pair, party.other(), first), Verdict::Disputed);
    (one, first, came)
}

#[test]
fn a_week_after_a_dispute_is_closed_and_joint_with_the_mismatch_in_its_body() {
    for party in Party::BOTH {
        let (mut one, first, _) = disputed(party);
        let (honest, second) = (party.other(), first.next());
        one.pair.now = second.end().seconds();
        let covers = one.entanglement();
        one.says(&covers);
        one.says(&crate::record::Record::bare(crate::record::WeekClose { week: second }));
        close(&mut one.pair, honest, second).unwrap();
        // Each covers the other's close.
        one.pair.now += 1;
        let covers = one.entanglement();
        one.says(&covers);
        let now = one.pair.now;
        one.honest().run(now, Vec::new());
        let body = one.honest().week(now, second).body.expect("a cut-off");
        assert_eq!((body.number, body.week), (2, second));
        let classes: Vec<_> = body.breaks.iter().map(|one| (one.class, one.count)).collect();
        assert_eq!(classes, [(crate::record::BreakClass::StatementMismatch, 1)], "{party}");
        // What the liar says of the second week is the truth again.
        let close = crate::reconcile::close_of(one.honest().books(), party, second).unwrap().0;
        one.says(&statement(close, body));
        assert_eq!(state(&mut one.pair, honest, second), Verdict::Joint, "{party}");
        assert_eq!(one.honest().week(now, first).verdict, Verdict::Disputed);
    }
}

#[test]
fn what_is_told_of_a_disputed_record_grows_with_what_is_held() {
    let (mut one, first, _) = disputed(Fra);
    let now = one.pair.now;
    let before = one.honest().week(now, first);
    assert_eq!(before.rules.unwrap().gbr.number, 0);
    let kept = |one: &mut Liar| {
        let all = one.honest().scribe.state.located.iter();
        all.map(super::super::week::LastLocated::shown).collect::<Vec<_>>()
    };
    assert_eq!(kept(&mut one).len(), 1);
    // Asked again, it is the same; with more entries, it is located anew, and kept once.
    one.honest().week(now, first);
    let was = kept(&mut one);
    let covers = one.entanglement();
    one.says(&covers);
    one.honest().week(now, first);
    let is = kept(&mut one);
    assert_eq!((was.len(), is.len()), (1, 1));
    assert_eq!((was[0].0, is[0].0), (first, first));
    assert_ne!(was[0].1, is[0].1, "it was located at what is held by now");
}

#[test]
fn weeks_go_on_after_an_outage() {
    let mut pair = Pair::talking();
    let mut due = week("2025-W32");
    journeys(&mut pair, 1, "2025-08-07");
    // A month without a counterpart: nothing can be covered, closes wait in their logs.
    pair.cut();
    for _ in 0..4 {
        pair.now = due.end().seconds();
        for party in Party::BOTH {
            close(&mut pair, party, due).unwrap();
        }
        due = due.next();
    }
    pair.connect();
    pair.settle();
    let mut of = week("2025-W32");
    let mut previous = None;
    while of < due {
        let bodies = PerParty::from_fn(|party| {
            let now = pair.now;
            pair.side(party).week(now, of).body.expect("a cut-off")
        });
        assert_eq!(bodies.gbr, bodies.fra);
        assert_eq!(bodies.gbr.previous, previous);
        previous = Some(bodies.gbr.digest());
        for party in Party::BOTH {
            state(&mut pair, party, of);
            pair.settle();
        }
        let now = pair.now;
        assert_eq!(pair.side(Gbr).week(now, of).verdict, Verdict::Joint, "{of}");
        of = of.next();
    }
    pair.assert_converged();
}
