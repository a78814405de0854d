//! Whether some whole families add up to the persons who travelled.

use crate::names::Persons;

/// More persons than any transport carries; beyond it nothing is added up.
const PERSONS_MAX: usize = 4096;

/// What the persons who travelled say of those who were to travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Travelled {
    /// All of them, and nobody else.
    Whole,
    /// More persons than were to travel.
    More,
    /// Fewer, and some whole families add up to them.
    InPart,
    /// Fewer, and whatever families stayed behind, one of them was separated.
    Split,
}

/// Holds `persons` against the families that were to travel. With more than `PERSONS_MAX` persons,
/// or as many families as sums would take long, a split cannot be told from a part.
pub(super) fn travelled(families: &[Persons], persons: Persons) -> Travelled {
    let wanted = usize::from(persons.0);
    let all: u64 = families.iter().map(|one| u64::from(*one)).fold(0, u64::saturating_add);
    match all.cmp(&u64::from(persons)) {
        std::cmp::Ordering::Equal => return Travelled::Whole,
        std::cmp::Ordering::Less => return Travelled::More,
        std::cmp::Ordering::Greater => {}
    }
    if wanted > PERSONS_MAX {
        return Travelled::InPart;
    }
    // Which sums up to the wanted one some families make.
    let mut sums = vec![false; wanted.saturating_add(1)];
    if let Some(none) = sums.first_mut() {
        *none = true;
    }
    for family in families {
        let size = usize::from(family.0);
        for sum in (size..=wanted).rev() {
            let made = sum.checked_sub(size).and_then(|rest| sums.get(rest)).copied();
            if let Some(slot) = sums.get_mut(sum) {
                *slot = *slot || made.unwrap_or(false);
            }
        }
    }
    if sums.last().copied().unwrap_or(false) { Travelled::InPart } else { Travelled::Split }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(families: &[u16], persons: u16, wanted: Travelled) {
        let families: Vec<_> = families.iter().copied().map(Persons).collect();
        assert_eq!(travelled(&families, Persons(persons)), wanted, "{persons} of {families:?}");
    }

    #[test]
    fn families_are_whole_in_part_or_split() {
        check(&[3], 3, Travelled::Whole);
        check(&[1, 2, 1], 4, Travelled::Whole);
        check(&[3], 4, Travelled::More);
        check(&[], 1, Travelled::More);
        check(&[3], 2, Travelled::Split);
        check(&[3, 3], 3, Travelled::InPart);
        check(&[3, 3], 4, Travelled::Split);
        check(&[1, 3, 5], 6, Travelled::InPart);
        check(&[2, 4, 6], 5, Travelled::Split);
        check(&[u16::MAX, 3], 2, Travelled::Split);
        check(&[u16::MAX, u16::MAX], u16::MAX, Travelled::InPart);
    }
}
