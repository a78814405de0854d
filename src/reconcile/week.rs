//! The week: who has closed it, where both logs are cut off, who has stated it.

use crate::{
    danger::{Bug, planted},
    ledger::{Books, View, points_to},
    names::{Party, Position, RecordId, Size, Week},
    record::{Body, Content, WeeklyStatement},
};

/// What is still missing before a week has a cut-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// The party has not closed the week.
    Close(Party),
    /// The counterpart has not covered the party's close, or what the cut-off takes in of its log
    /// beyond it, by an entanglement.
    Cover(Party),
    /// Entries of the party's log are not held here, and the counterpart's entanglements show that
    /// they exist.
    Entries(Party),
}

/// How far a week has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closing {
    /// Not enough evidence yet.
    Open(Vec<Missing>),
    /// Both closes are covered: the cut-off of both logs.
    Cut(View),
}

/// What both sides say about a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Both stated the same body: a joint statement.
    Joint,
    /// One or both have not stated it yet.
    Awaiting,
    /// The two statements differ.
    Disputed,
}

/// The closes of a week, and its cut-off once both are covered.
///
/// A log's cut-off is the size in the counterpart's first entanglement that covers its close, both
/// then raised as little as needed until nothing below one points beyond the other. All below it
/// must be covered too: only then has every entry its time of receipt, and only then do both sides
/// find the same pair, however much more either holds.
#[must_use]
pub fn closing(books: &Books, week: Week) -> Closing {
    closing_after(books, week, View::EMPTY)
}

/// The same, where the cut-off of an earlier week is known: nothing below it points beyond it, and
/// a later week's takes it in, so that only what follows has to be read.
#[must_use]
pub fn closing_after(books: &Books, week: Week, before: View) -> Closing {
    let mut missing = Vec::new();
    let mut view = View::EMPTY;
    for party in Party::BOTH {
        match close_of(books, party, week) {
            None => missing.push(Missing::Close(party)),
            Some((_, position)) => match books.receipt(party, position) {
                Some((mut size, _)) => {
                    if planted(Bug::CutAtNewest) {
                        let held = books.size(party.other());
                        size = books.entangled_within(party.other(), held).unwrap_or(size);
                    }
                    view = view.raised(party, size);
                }
                None => missing.push(Missing::Cover(party)),
            },
        }
    }
    if missing.is_empty() {
        view = raise(books, view, before);
        missing = not_evident(books, view);
    }
    if missing.is_empty() { Closing::Cut(view) } else { Closing::Open(missing) }
}

/// What a raised cut-off still lacks: entries that are not held, or covered by nobody yet.
fn not_evident(books: &Books, view: View) -> Vec<Missing> {
    let lacks = |party| {
        let size = view.size(party);
        let last = size.0.checked_sub(1).map(Position)?;
        if books.size(party) < size {
            return Some(Missing::Entries(party));
        }
        books.receipt(party, last).is_none().then_some(Missing::Cover(party))
    };
    Party::BOTH.into_iter().filter_map(lacks).collect()
}

/// The record with which `party` closed a week.
#[must_use]
pub fn close_of(books: &Books, party: Party, week: Week) -> Option<(RecordId, Position)> {
    let position = books.close(party, week)?;
    Some((books.entry(party, position)?.id()?, position))
}

fn raise(books: &Books, view: View, before: View) -> View {
    let mut looked = before;
    let mut view = view.raised(Party::Gbr, before.gbr).raised(Party::Fra, before.fra);
    while looked != view {
        for party in Party::BOTH {
            let end = view.size(party);
            let fresh = books
                .entries(party, looked.size(party).next())
                .take_while(|(position, _)| end.covers(*position));
            let other = party.other();
            let most =
                fresh.flat_map(|(position, entry)| points_to(books, party, position, entry)).max();
            looked = looked.raised(party, end);
            view = view.raised(other, most.unwrap_or(Size(0)));
        }
    }
    view
}

/// The statements of a week: of the United Kingdom, of France. A party's first one counts.
#[must_use]
pub fn statements(books: &Books, week: Week) -> [Option<&WeeklyStatement>; 2] {
    Party::BOTH.map(|party| statement_of(books, party, week).map(|(_, one)| one))
}

/// Where `party` stated a week, and what it stated. Its first statement counts.
#[must_use]
pub fn statement_of(
    books: &Books,
    party: Party,
    week: Week,
) -> Option<(Position, &WeeklyStatement)> {
    let position = books.statement(party, week)?;
    let record = books.entry(party, position)?.sound()?;
    let Content::WeeklyStatement(one) = &record.get().content else { return None };
    Some((position, &**one))
}

/// What both sides say about a week, held against the body that this side computes itself.
#[must_use]
pub fn verdict(books: &Books, body: &Body) -> Verdict {
    match statements(books, body.week) {
        [Some(gbr), Some(fra)] if gbr.body == *body && fra.body == *body => Verdict::Joint,
        [Some(_), Some(_)] => Verdict::Disputed,
        [Some(one), None] | [None, Some(one)] if one.body != *body => Verdict::Disputed,
        [Some(_), None] | [None, Some(_)] | [None, None] => Verdict::Awaiting,
    }
}
