//! How many people travel on which day, so that the sums pass through the published figures.

use super::{Figure, times::Turn};
use crate::{
    names::Date,
    season::{Calendar, Dice, SeasonFault},
};

/// A total that is reached by the end of a day.
#[derive(Debug, Clone, Copy)]
struct Mark {
    date: Date,
    total: u64,
}

/// How many travel on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TravelDay {
    /// The day.
    pub(super) turn: Turn,
    /// Persons returned.
    pub(super) returned: u16,
    /// Persons admitted.
    pub(super) admitted: u16,
}

/// The first return: one man, detained on 6 August.
const FIRST_RETURN: &str = "2025-09-19";
/// The first admission: a family of three.
const FIRST_ADMISSION: &str = "2025-09-24";
/// Persons of the first admission.
pub(super) const FIRST_FAMILY: u16 = 3;
/// Nobody travels over the holidays: from the first of these days to the second.
const HOLIDAYS: [&str; 2] = ["2025-12-22", "2026-01-04"];

/// All days of travel, in order; some carry nobody.
pub(super) fn travel_days(
    calendar: &Calendar,
    figures: &[Figure],
    dice: &mut Dice,
) -> Result<Vec<TravelDay>, SeasonFault> {
    let turns = (0..calendar.weeks())
        .flat_map(|week| [false, true].map(|friday| Turn { week, friday }))
        .map(|turn| (turn, calendar.day(turn.week, turn.out())));
    let [closed, open] = HOLIDAYS.map(str::parse::<Date>);
    let (closed, open) = (closed?, open?);
    let turns: Vec<_> = turns.filter(|(_, day)| *day < closed || *day > open).collect();

    let returned = figures.iter().map(|one| Mark { date: one.date, total: one.returned });
    let admitted =
        figures.iter().filter_map(|one| one.admitted.map(|total| Mark { date: one.date, total }));
    let returned = spread(&turns, FIRST_RETURN.parse()?, 1, returned, dice)?;
    let first = u64::from(FIRST_FAMILY);
    let admitted = spread(&turns, FIRST_ADMISSION.parse()?, first, admitted, dice)?;

    let both = turns.iter().zip(returned.into_iter().zip(admitted));
    Ok(both
        .map(|((turn, _), (returned, admitted))| TravelDay { turn: *turn, returned, admitted })
        .collect())
}

/// So many persons on the first day, and from there on from mark to mark.
fn spread(
    turns: &[(Turn, Date)],
    first: Date,
    persons: u64,
    marks: impl Iterator<Item = Mark>,
    dice: &mut Dice,
) -> Result<Vec<u16>, SeasonFault> {
    let mut days = vec![0_u16; turns.len()];
    let mut from = Mark { date: Date::new(first.days().saturating_sub(1)), total: 0 };
    for to in [Mark { date: first, total: persons }].into_iter().chain(marks) {
        let unreachable = || SeasonFault::Unreachable { date: to.date, persons: to.total };
        let more = to.total.checked_sub(from.total).ok_or_else(unreachable)?;
        // Not all days are alike: some stand in this lot twice or three times.
        let mut lot = Vec::new();
        for (index, (_, day)) in turns.iter().enumerate() {
            if from.date < *day && *day <= to.date {
                lot.extend((0..=dice.below(3)).map(|_| index));
            }
        }
        for _ in 0..more {
            let (first, others) = lot.split_first().ok_or_else(unreachable)?;
            let day = days.get_mut(dice.pick(*first, others)).ok_or_else(unreachable)?;
            *day = day.saturating_add(1);
        }
        from = to;
    }
    Ok(days)
}

/// Splits the persons of a day into groups that travel together, at least one in each.
pub(super) fn groups(persons: u16, most: u16, dice: &mut Dice) -> Vec<u16> {
    let mut groups = Vec::new();
    let mut left = persons;
    while left > 0 {
        let halved = left > 5 && dice.once_in(3);
        let group = if halved { left.div_ceil(2) } else { left }.min(most);
        groups.push(group);
        left = left.saturating_sub(group);
    }
    groups
}
