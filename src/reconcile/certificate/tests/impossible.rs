//! What both sides may sign, and no two honest ones can: times that do not follow each other, and
//! bodies that contradict themselves.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use super::*;
use crate::{
    limits::BODY_WEEKS_MAX,
    names::{BodyDigest, Date, Week},
    reconcile::BodyFault,
    record::{Movement, Tally, Three},
};

/// Two sides that have closed a week with something in it, its body, and their closes.
fn closed() -> (TwoSides, Body, PerParty<RecordId>) {
    let mut sides = TwoSides::empty(terms());
    for party in Party::BOTH {
        sides.append(party, Record::bare(record::Agreement { terms: terms(), succession: None }));
    }
    sides.exchange();
    sides.returned(1, "2025-08-07", 3);
    sides.close_week();
    let body = newest(&sides);
    let close = |party| crate::reconcile::close_of(&sides.books, party, body.week).unwrap().0;
    let closes = PerParty::from_fn(close);
    (sides, body, closes)
}

/// The certificate of a body that both sides state, after what is done to it.
fn stating(change: impl FnOnce(&mut Body)) -> JointCertificate {
    let (mut sides, mut body, closes) = closed();
    change(&mut body);
    // Its log contests a statement of another week than its close, and a certificate does not know.
    let positions = PerParty::from_fn(|party| {
        sides.append(party, statement(*closes.of(party), body.clone()));
        sides.books.size(party).0 - 1
    });
    sides.exchange();
    let part = |party| evidence(&sides, party, Position(*positions.of(party)), &body);
    JointCertificate::new(sides.agreement.terms().clone(), None, PerParty::from_fn(part))
}

/// The certificate of a week in which this side stated the body at one time, so many seconds after
/// the week's end, and the other had it at another.
fn at_times(party: Party, signed: i64, received: i64) -> JointCertificate {
    let (mut sides, body, closes) = closed();
    let end = body.as_of;
    let after = |seconds: i64| Timestamp::new(end.seconds().checked_add_signed(seconds).unwrap());
    let now = sides.now;
    sides.append(party.other(), statement(*closes.of(party.other()), body.clone()));
    sides.go_to(after(signed));
    sides.append(party, statement(*closes.of(party), body));
    sides.go_to(now.plus(3600)).exchange();
    let other = side(&sides, party.other());
    sides.go_to(after(received));
    let mut parts = PerParty { gbr: other.clone(), fra: other };
    *parts.of_mut(party) = side(&sides, party);
    JointCertificate::new(sides.agreement.terms().clone(), None, parts)
}

pub(super) fn sums_that_do_not_hold() -> JointCertificate {
    stating(|body| body.closing.returned.agreed += 1)
}

pub(super) fn another_number() -> JointCertificate {
    stating(|body| {
        body.number = 2;
        body.previous = Some(BodyDigest::new([7; 32]));
    })
}

pub(super) fn signed_early() -> JointCertificate {
    at_times(Gbr, -1, 7200)
}

fn check(one: JointCertificate) -> Result<CheckedCertificate, CertificateRefused> {
    let pinned = terms().digest();
    JointCertificate::decode(&one.encode()).unwrap().check(pinned)
}

fn fault(one: JointCertificate) -> BodyFault {
    match check(one) {
        Err(CertificateRefused::Body(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_week_is_signed_and_received_after_its_end() {
    let end = terms().provisions.in_force.week().end();
    let before = |seconds: u64| Timestamp::new(end.seconds() - seconds);
    for party in Party::BOTH {
        let side = |fault| Err(CertificateRefused::Side { party, fault });
        for signed in [1, 86_400] {
            let signed_at = before(signed);
            let early = SideFault::SignedEarly { signed_at, as_of: end };
            let signed = i64::try_from(signed).unwrap();
            assert_eq!(check(at_times(party, -signed, 7200)), side(early));
        }
        let received = before(1);
        let early = SideFault::ReceivedEarly { received, as_of: end };
        assert_eq!(check(at_times(party, 0, -1)), side(early));
        assert!(check(at_times(party, 0, 0)).is_ok());
    }
}

#[test]
fn nothing_is_received_before_it_is_signed_by_more_than_clocks_may_differ() {
    let bound = terms().clock_bound_seconds;
    let end = terms().provisions.in_force.week().end();
    for party in Party::BOTH {
        let seconds = i64::try_from(bound).unwrap();
        assert!(check(at_times(party, 7200, 7200 - seconds)).is_ok());
        let (received, signed_at) = (end.plus(7199 - bound), end.plus(7200));
        let fault = SideFault::ReceivedBeforeSigned { received, signed_at, bound };
        let refused = CertificateRefused::Side { party, fault };
        assert_eq!(check(at_times(party, 7200, 7199 - seconds)), Err(refused));
    }
}

#[test]
fn a_body_has_the_number_of_its_week_and_names_the_one_before() {
    let previous = Some(BodyDigest::new([7; 32]));
    let first = terms().provisions.in_force.week();
    let with = |number, previous, week: Week| {
        fault(stating(|body| {
            (body.number, body.previous, body.week) = (number, previous, week);
        }))
    };
    let week = |days: u32| Date::new(first.monday().days() + days).week();
    for before in [None, previous] {
        assert_eq!(with(0, before, first), BodyFault::NumberZero);
    }
    assert_eq!(with(1, previous, first), BodyFault::FirstWithPrevious);
    assert_eq!(with(2, None, week(7)), BodyFault::LaterWithoutPrevious { number: 2 });
    // Over the turn of the year too.
    for (number, days, due) in [(2, 0, 1), (3, 7, 2), (1, 7, 2), (30, 30 * 7, 31)] {
        let before = previous.filter(|_| number > 1);
        let other = BodyFault::OtherNumber { number, week: week(days), due };
        assert_eq!(with(number, before, week(days)), other);
    }
    let earlier = Date::new(first.monday().days() - 7).week();
    assert_eq!(with(1, None, earlier), BodyFault::BeforeForce { week: earlier, first });
    let words = CertificateRefused::Body(with(3, previous, week(7))).to_string();
    let wanted = "the body that both signed does not hold: \
                  it is number 3 of 2025-W33, whose number is 2";
    assert_eq!(words, wanted);
}

#[test]
fn a_body_is_as_of_the_end_of_its_week() {
    let end = terms().provisions.in_force.week().end();
    for as_of in [Timestamp::new(end.seconds() - 1), end.plus(1)] {
        let found = fault(stating(|body| body.as_of = as_of));
        let week = terms().provisions.in_force.week();
        assert_eq!(found, BodyFault::OtherEnd { as_of, week, end });
    }
}

#[test]
fn opening_and_movements_give_the_closing_in_each_of_the_six_figures() {
    type Of = fn(&mut Tally) -> &mut u64;
    let figures: [(&str, &str, Of); 6] = [
        ("returned", "agreed", |one| &mut one.returned.agreed),
        ("returned", "by GBR", |one| &mut one.returned.gbr),
        ("returned", "by FRA", |one| &mut one.returned.fra),
        ("admitted", "agreed", |one| &mut one.admitted.agreed),
        ("admitted", "by GBR", |one| &mut one.admitted.gbr),
        ("admitted", "by FRA", |one| &mut one.admitted.fra),
    ];
    type Part = fn(&mut Body) -> &mut Tally;
    let parts: [Part; 4] = [
        |body| &mut body.opening,
        |body| &mut body.closing,
        |body| &mut body.movements[0].counted,
        |body| &mut body.movements[0].uncounted,
    ];
    for (direction, figure, of) in figures {
        for part in parts {
            for by in [1, u64::MAX / 2] {
                let found = fault(stating(|body| *of(part(body)) += by));
                let words = found.to_string();
                let start = format!("persons {direction}, {figure}: opening ");
                assert!(words.starts_with(&start), "{words}");
            }
        }
    }
    let words = fault(sums_that_do_not_hold()).to_string();
    assert_eq!(words, "persons returned, agreed: opening 0 + 3 - 0 is not closing 4");
    // Nothing saturates into a sum that holds.
    let most = Tally { returned: Three::new(u64::MAX, 0, 0), admitted: Three::ZERO };
    let found = fault(stating(|body| {
        body.movements[0].counted = most.clone();
        body.opening = most.clone();
        body.closing = most.clone();
    }));
    assert!(matches!(found, BodyFault::Sum { .. }), "{found}");
}

/// As many weeks as a body lists: the oldest holds those before it, and the sums are the same.
#[test]
fn movements_of_joined_weeks_are_summed_like_any_other() {
    let one = Tally { returned: Three::new(1, 1, 1), admitted: Three::new(2, 2, 2) };
    let weeks = u32::try_from(BODY_WEEKS_MAX).unwrap();
    let sum = |body: &mut Body, closing: u32| {
        let monday = body.week.monday();
        body.movements = (0..weeks)
            .map(|at| Movement {
                week: monday.minus(7 * (weeks - at)).week(),
                counted: if at == 0 { one.plus(&one) } else { one.clone() },
                uncounted: if at == 0 { one.clone() } else { Tally::ZERO },
            })
            .collect();
        body.closing = (0..closing).fold(Tally::ZERO, |sum, _| sum.plus(&one));
    };
    let checked = check(stating(|body| sum(body, weeks))).unwrap();
    assert_eq!(checked.body().movements.len(), BODY_WEEKS_MAX);
    assert!(matches!(fault(stating(|body| sum(body, weeks - 1))), BodyFault::Sum { .. }));
}
