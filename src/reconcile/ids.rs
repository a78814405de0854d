//! All ids that count for a side at a week's cut-off, as lines of text that it can hand to the
//! other side. A body has only the roots over them; they are no secret to whoever holds both logs.

use std::{fmt, str::FromStr};

use super::sets::CountedSet;
use crate::{
    ledger::{Direction, Ledger},
    limits::COUNTED_IDS_MAX,
    names::{Hash, Party, PerParty, RecordId, Week},
    record::Body,
};

/// The words of a head line, in which the values stand between.
const HEAD: [&str; 6] =
    ["entente-counted-ids-1", "party", "week", "number", "arrivals", "admissions"];

/// What the head line of a list says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdsHead {
    /// For whom these ids count.
    pub party: Party,
    /// At the cut-off of which week.
    pub week: Week,
    /// The number of its body.
    pub number: u64,
    /// The root over the arrivals.
    pub arrivals: Hash,
    /// The root over the admissions.
    pub admissions: Hash,
}

/// The ids themselves, in both directions.
#[derive(Debug, Clone, Default)]
pub struct CountedIds {
    /// Arrivals.
    pub returned: CountedSet,
    /// Admissions.
    pub admitted: CountedSet,
}

/// Why a list of ids is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdsRefused {
    /// The first line is no head.
    #[error("not the head of a list of ids that count")]
    Head,
    /// A line is no direction with an id.
    #[error("not `returned` or `admitted` and an id of 64 hexadecimal digits in lower case")]
    Line,
    /// An id comes twice, or after a later one.
    #[error("out of order: arrivals come first, and the ids of each direction ascend")]
    Order,
    /// There are too many.
    #[error("more than {COUNTED_IDS_MAX} ids")]
    TooMany,
    /// The ids do not give the roots in the head.
    #[error("the ids before the end do not give the roots in the head: the list is not whole")]
    Roots,
}

impl IdsHead {
    /// The head for what a side's body of a week counts.
    #[must_use]
    pub const fn of(party: Party, body: &Body) -> Self {
        let Body { number, week, arrivals, admissions, .. } = body;
        Self { party, week: *week, number: *number, arrivals: *arrivals, admissions: *admissions }
    }
}

impl fmt::Display for IdsHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [title, party, week, number, arrivals, admissions] = HEAD;
        write!(f, "{title} {party} {} {week} {} {number} {} ", self.party, self.week, self.number)?;
        write!(f, "{arrivals} {} {admissions} {}", self.arrivals, self.admissions)
    }
}

impl FromStr for IdsHead {
    type Err = IdsRefused;

    fn from_str(text: &str) -> Result<Self, IdsRefused> {
        let words: Vec<&str> = text.split(' ').collect();
        let [title, w1, party, w2, week, w3, number, w4, arrivals, w5, admissions] = words[..]
        else {
            return Err(IdsRefused::Head);
        };
        fn value<T: FromStr>(text: &str) -> Result<T, IdsRefused> {
            text.parse().map_err(|_| IdsRefused::Head)
        }
        let head = Self {
            party: value(party)?,
            week: value(week)?,
            number: value(number)?,
            arrivals: value(arrivals)?,
            admissions: value(admissions)?,
        };
        // One way to write it: what is read is what would be written.
        let same = [title, w1, w2, w3, w4, w5] == HEAD && head.to_string() == text;
        if same { Ok(head) } else { Err(IdsRefused::Head) }
    }
}

impl CountedIds {
    /// What counts by a ledger.
    #[must_use]
    pub fn of(ledger: &Ledger) -> Self {
        let [returned, admitted] = [Direction::Returned, Direction::Admitted]
            .map(|direction| CountedSet::of(ledger, direction));
        Self { returned, admitted }
    }

    /// The lines after the head, in their order.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let [returned, admitted] = [("returned", &self.returned), ("admitted", &self.admitted)]
            .map(|(word, set)| set.ids().iter().map(move |id| format!("{word} {id}")));
        returned.chain(admitted)
    }

    /// The roots over them: of the arrivals, and of the admissions.
    #[must_use]
    pub fn roots(&self) -> [Hash; 2] {
        [self.returned.root(), self.admitted.root()]
    }

    /// What counts by one list alone, for each of the two.
    #[must_use]
    pub fn only_at(&self, other: &Self) -> [Only; 2] {
        let [one_returned, other_returned] = self.returned.difference(&other.returned).only_in;
        let [one_admitted, other_admitted] = self.admitted.difference(&other.admitted).only_in;
        [
            Only { returned: one_returned, admitted: one_admitted },
            Only { returned: other_returned, admitted: other_admitted },
        ]
    }
}

/// Records that count on one side only.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Only {
    /// Arrivals.
    pub returned: Vec<RecordId>,
    /// Admissions.
    pub admitted: Vec<RecordId>,
}

impl Only {
    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.returned.is_empty() && self.admitted.is_empty()
    }
}

/// Takes in a list line by line.
#[derive(Debug)]
pub struct IdsReader {
    head: IdsHead,
    ids: [Vec<RecordId>; 2],
}

impl IdsReader {
    /// Begins with the head line.
    ///
    /// # Errors
    /// If it is none.
    pub fn begin(head: &str) -> Result<Self, IdsRefused> {
        Ok(Self { head: head.parse()?, ids: [Vec::new(), Vec::new()] })
    }

    /// Takes in one more line.
    ///
    /// # Errors
    /// If it is not the one that may come next.
    pub fn take(&mut self, line: &str) -> Result<(), IdsRefused> {
        let (word, text) = line.split_once(' ').ok_or(IdsRefused::Line)?;
        let id: RecordId = text.parse().map_err(|_| IdsRefused::Line)?;
        if id.to_string() != text {
            return Err(IdsRefused::Line);
        }
        let [returned, admitted] = &mut self.ids;
        if returned.len().saturating_add(admitted.len()) >= COUNTED_IDS_MAX {
            return Err(IdsRefused::TooMany);
        }
        let into = match word {
            "returned" if admitted.is_empty() => returned,
            "returned" => return Err(IdsRefused::Order),
            "admitted" => admitted,
            _ => return Err(IdsRefused::Line),
        };
        if into.last().is_some_and(|last| *last >= id) {
            return Err(IdsRefused::Order);
        }
        into.push(id);
        Ok(())
    }

    /// Ends the list.
    ///
    /// # Errors
    /// If its ids do not give the roots in its head.
    pub fn end(self) -> Result<(IdsHead, CountedIds), IdsRefused> {
        let [returned, admitted] = self.ids.map(|ids| ids.into_iter().collect());
        let (head, ids) = (self.head, CountedIds { returned, admitted });
        let same = ids.roots() == [head.arrivals, head.admissions];
        if same { Ok((head, ids)) } else { Err(IdsRefused::Roots) }
    }
}

/// The roots of the arrivals and admissions that a side has signed for a week.
#[must_use]
pub fn signed_roots(books: &crate::ledger::Books, week: Week) -> PerParty<Option<[Hash; 2]>> {
    let of = |body: &Body| [body.arrivals, body.admissions];
    let [gbr, fra] = super::statements(books, week).map(|one| one.map(|one| of(&one.body)));
    PerParty { gbr, fra }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::fixture::{TwoSides, week};

    fn list() -> (IdsHead, CountedIds) {
        let mut sides = TwoSides::founded();
        sides.returned(1, "2025-08-07", 3);
        sides.returned(2, "2025-08-08", 1);
        sides.admitted(3, "2025-08-08", 1);
        let ids = CountedIds::of(&sides.ledger(sides.now));
        let [arrivals, admissions] = ids.roots();
        let (party, week) = (Party::Fra, week("2025-W32"));
        (IdsHead { party, week, number: 1, arrivals, admissions }, ids)
    }

    fn read(head: &str, lines: &[String]) -> Result<(IdsHead, CountedIds), IdsRefused> {
        let mut reader = IdsReader::begin(head)?;
        lines.iter().try_for_each(|line| reader.take(line))?;
        reader.end()
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let (head, ids) = list();
        let (text, lines): (String, Vec<String>) = (head.to_string(), ids.lines().collect());
        assert_eq!(lines.len(), 3);
        let (read_head, read_ids) = read(&text, &lines).unwrap();
        assert_eq!((read_head, read_ids.roots()), (head, ids.roots()));
        assert!(ids.only_at(&read_ids).iter().all(Only::is_empty));

        for bad in ["", "party", &text[1..], &format!("{text} "), &text.replace("FRA", "fra")] {
            assert_eq!(read(bad, &lines).err(), Some(IdsRefused::Head), "{bad:?}");
        }
        assert_eq!(
            read(&text.replace("number 1", "number 01"), &lines).err(),
            Some(IdsRefused::Head)
        );
        let with = |at: usize, line: String| {
            let mut lines = lines.clone();
            lines[at] = line;
            lines
        };
        for bad in ["", "returned", "returned  ab", &lines[0].to_uppercase(), "removed 07"] {
            let bad = with(0, bad.to_owned());
            assert_eq!(read(&text, &bad).err(), Some(IdsRefused::Line), "{bad:?}");
        }
        let shouted = lines[0].replace(|c: char| c.is_ascii_lowercase(), "A");
        assert_eq!(read(&text, &with(0, shouted)).err(), Some(IdsRefused::Line));
        for order in [[0, 0, 2], [1, 0, 2], [0, 2, 1]] {
            let other = order.map(|at| lines[at].clone());
            assert_eq!(read(&text, &other).err(), Some(IdsRefused::Order), "{order:?}");
        }
        for short in [&lines[..2], &lines[1..], &[]] {
            assert_eq!(read(&text, short).err(), Some(IdsRefused::Roots));
        }
    }

    #[test]
    fn what_counts_by_one_list_alone_is_named_by_direction() {
        let (_, ids) = list();
        let [none, all] = CountedIds::default().only_at(&ids);
        assert!(none.is_empty());
        assert_eq!((all.returned.len(), all.admitted.len()), (2, 1));
        assert_eq!(all.returned, ids.returned.ids());
    }
}
