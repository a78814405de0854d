//! The admission leg: visas, journeys.

use super::{
    pace::{FIRST_FAMILY, TravelDay, groups},
    times::{MONDAY, Turn},
};
use crate::{
    names::{Party, Persons, Place},
    record::{Admission, DepartureCount, TravelNotice, VisaIssued},
    season::{Act, Calendar, Dice, Label, Numbers, SeasonFault},
};

/// Persons on one journey.
const GROUP_MAX: u16 = 16;
/// Weeks between a visa and its use, at most.
const LEAD_WEEKS_MAX: u32 = 6;
/// Days of a visa's validity: three months are never fewer (Art. 12(4)).
const VALID_DAYS: u32 = 88;
/// So many visas have not been used when the season ends.
const OUTSTANDING: usize = 8;

/// One person or family.
#[derive(Debug, Clone, Copy)]
struct Family {
    /// The week in which the visas are issued.
    issued: u32,
    adults: u16,
    minors: u16,
    /// The journey, if one comes before the season ends.
    journey: Option<usize>,
}

/// Plans the whole admission leg.
pub(super) fn plan(
    calendar: &mut Calendar,
    days: &[TravelDay],
    dice: &mut Dice,
    numbers: &mut Numbers,
) -> Result<(), SeasonFault> {
    let mut journeys: Vec<(Turn, u16)> = Vec::new();
    for day in days {
        let groups = groups(day.admitted, GROUP_MAX, dice);
        journeys.extend(groups.into_iter().map(|persons| (day.turn, persons)));
    }
    let mut families = Vec::new();
    for (number, (turn, persons)) in journeys.iter().enumerate() {
        let mut left = *persons;
        while left > 0 {
            let family = Family { journey: Some(number), ..family(left, turn.week, dice) };
            left = left.saturating_sub(family.adults.saturating_add(family.minors));
            families.push(family);
        }
    }
    let end = calendar.weeks().saturating_add(3);
    families.extend((0..OUTSTANDING).map(|_| family(4, end, dice)));
    families.sort_by_key(|family| family.issued);

    let mut visas: Vec<Vec<Label>> = vec![Vec::new(); journeys.len()];
    for family in &families {
        let visa = issue(calendar, family, numbers)?;
        if let Some(visas) = family.journey.and_then(|journey| visas.get_mut(journey)) {
            visas.push(visa);
        }
    }
    for ((turn, persons), visas) in journeys.iter().zip(&visas) {
        travel(calendar, *turn, Persons(*persons), visas, dice, numbers)?;
    }
    Ok(())
}

/// A family of at most so many, who travel in this week.
fn family(most: u16, week: u32, dice: &mut Dice) -> Family {
    // The first to come are two parents and their child.
    let (adults, minors) = if most == FIRST_FAMILY {
        (2, 1)
    } else {
        dice.pick((1, 0), &[(1, 0), (1, 0), (2, 0), (1, 1), (2, 1), (2, 2), (2, 3)])
    };
    let adults = most.min(adults);
    let minors = most.saturating_sub(adults).min(minors);
    let lead = dice.below_u32(LEAD_WEEKS_MAX).saturating_add(1);
    Family { issued: week.saturating_sub(lead), adults, minors, journey: None }
}

fn issue(
    calendar: &mut Calendar,
    family: &Family,
    numbers: &mut Numbers,
) -> Result<Label, SeasonFault> {
    let day = calendar.day(family.issued, MONDAY);
    let content = VisaIssued {
        adults: Persons(family.adults),
        minors: Persons(family.minors),
        expires: day.plus(VALID_DAYS),
    };
    let visa = Act::new(numbers, Party::Gbr, content)
        .of(numbers.reference("GB14", family.minors > 0)?)
        .on(day);
    let label = visa.label;
    calendar.add(family.issued, MONDAY, visa);
    Ok(label)
}

fn travel(
    calendar: &mut Calendar,
    turn: Turn,
    persons: Persons,
    visas: &[Label],
    dice: &mut Dice,
    numbers: &mut Numbers,
) -> Result<(), SeasonFault> {
    let place: Place = "FRCDG".parse()?;
    let to: Place = dice.pick("GBLHR", &["GBLHR", "GBLHR", "GBLGW"]).parse()?;
    let day = calendar.day(turn.week, turn.out());
    let notice = Act::new(numbers, Party::Gbr, TravelNotice { to: to.clone(), persons })
        .of(numbers.reference("GB15", false)?)
        .after(visas)
        .on(day);
    let announced = [notice.label];
    calendar.add(turn.week, MONDAY, notice);
    let count = Act::new(numbers, Party::Fra, DepartureCount { place, persons })
        .of(numbers.reference("FR16", false)?)
        .after(&announced)
        .on(day);
    calendar.add(turn.week, turn.out(), count);
    let admission = Act::new(numbers, Party::Gbr, Admission { place: to, persons })
        .of(numbers.reference("GB17", false)?)
        .after(&announced)
        .on(day);
    calendar.add(turn.week, turn.home(), admission);
    Ok(())
}
