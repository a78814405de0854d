//! An independent count of what both logs say: no order, no states, no fold.
//!
//! It is right for the stories of these runs alone, whose journeys match in day and place.

use std::collections::{BTreeMap, BTreeSet};

use entente::{
    ledger::Books,
    names::{Party, Position, RecordId},
    record::{ApprovalOutcome, ArrivalOutcome, Content, Record},
};

/// Persons returned and admitted on whom both logs agree.
pub(crate) fn count(books: &Books) -> (u64, u64) {
    let mut seen = BTreeSet::new();
    let mut departed = BTreeMap::new();
    let mut arrived = BTreeMap::new();
    let mut admitted = BTreeMap::new();
    let mut reversed: BTreeMap<RecordId, BTreeSet<Party>> = BTreeMap::new();
    let approved: BTreeSet<RecordId> = records(books)
        .filter(|(_, _, record)| is_approval(record))
        .flat_map(|(_, _, record)| record.re.clone())
        .collect();
    for (party, id, record) in records(books) {
        if !seen.insert(id) {
            continue;
        }
        let Some(named) = record.re.first().copied() else { continue };
        match &record.content {
            Content::Departure(one) => _ = departed.insert(id, u64::from(one.persons.0)),
            Content::Arrival(one) if one.outcome == ArrivalOutcome::Arrived => {
                arrived.entry(named).or_insert((id, u64::from(one.persons.0)));
            }
            Content::Admission(one) => {
                admitted.entry(named).or_insert(u64::from(one.persons.0));
            }
            Content::Reversal(_) if approved.contains(&id) => {
                reversed.entry(named).or_default().insert(party);
            }
            _ => {}
        }
    }
    let returned = arrived.iter().filter_map(|(departure, (id, persons))| {
        let both = reversed.get(id).is_some_and(|parties| parties.len() == 2);
        let left = departed.get(departure)?;
        (!both).then_some(*left.min(persons))
    });
    (returned.sum(), admitted.values().sum())
}

fn records(books: &Books) -> impl Iterator<Item = (Party, RecordId, &Record)> {
    Party::BOTH.into_iter().flat_map(move |party| {
        let entries = books.entries(party, Position(0));
        entries.filter_map(move |(_, entry)| {
            let record = entry.sound()?;
            Some((party, record.id(), record.get()))
        })
    })
}

fn is_approval(record: &Record) -> bool {
    matches!(&record.content, Content::Approval(one) if one.outcome == ApprovalOutcome::Approved)
}
