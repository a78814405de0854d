//! What must hold in every body, whatever the two logs say: number, week and sums.

use super::BodyFault;
use crate::{
    names::Week,
    record::{Body, Movement, Tally},
};

/// Refuses a body that no two logs can give, under an agreement whose first week is `first`.
pub(super) fn check(body: &Body, first: Week) -> Result<(), BodyFault> {
    let (number, week) = (body.number, body.week);
    match (number, body.previous) {
        (0, _) => return Err(BodyFault::NumberZero),
        (1, Some(_)) => return Err(BodyFault::FirstWithPrevious),
        (1, None) | (_, Some(_)) => {}
        (_, None) => return Err(BodyFault::LaterWithoutPrevious { number }),
    }
    let days = week.monday().days().checked_sub(first.monday().days());
    let due = days.ok_or(BodyFault::BeforeForce { week, first })?;
    let due = u64::from(due / 7).saturating_add(1);
    if number != due {
        return Err(BodyFault::OtherNumber { number, week, due });
    }
    let (as_of, end) = (body.as_of, week.end());
    if as_of != end {
        return Err(BodyFault::OtherEnd { as_of, week, end });
    }
    sums(body)
}

/// One figure of the six.
type Figure = fn(&Tally) -> u64;
/// Movements of the oldest weeks may be joined into one: the sums are the same.
fn sums(body: &Body) -> Result<(), BodyFault> {
    let figures: [(&str, &str, Figure); 6] = [
        ("returned", "agreed", |one| one.returned.agreed),
        ("returned", "by GBR", |one| one.returned.gbr),
        ("returned", "by FRA", |one| one.returned.fra),
        ("admitted", "agreed", |one| one.admitted.agreed),
        ("admitted", "by GBR", |one| one.admitted.gbr),
        ("admitted", "by FRA", |one| one.admitted.fra),
    ];
    for (direction, figure, of) in figures {
        let sum = |part: fn(&Movement) -> &Tally| -> u128 {
            let parts = body.movements.iter().map(|one| u128::from(of(part(one))));
            parts.fold(0, u128::saturating_add)
        };
        let (counted, uncounted) = (sum(|one| &one.counted), sum(|one| &one.uncounted));
        let (opening, closing) = (of(&body.opening), of(&body.closing));
        let (came, went) =
            (u128::from(opening).checked_add(counted), u128::from(closing).checked_add(uncounted));
        if came != went {
            return Err(BodyFault::Sum { direction, figure, opening, counted, uncounted, closing });
        }
    }
    Ok(())
}
