//! `entente reconcile --national FILE`: a side's own list held against both logs.

mod telling;

use std::{fs::File, io, path::Path};

use super::list::{BadLine, Columns, Form, Line, List};
use crate::{
    cli::{
        Exit,
        failure::{Complaint, Failure, config},
        output::{Output, count},
        place::Place,
    },
    daemon::config::National,
    names::{Date, Party},
    reconcile::{Alike, LISTED, Match, Persons, Scope},
    record::Kind,
};
use telling::{Ends, Telling};

/// Bad lines that are told; the rest is counted.
const BAD_LINES_TOLD_MAX: u64 = 20;

/// The end of the answer for programs. Each difference stands in a line of its own before it.
#[derive(serde::Serialize)]
struct Shown {
    outcome: &'static str,
    rehearsal: bool,
    party: Party,
    lines: u64,
    events: u64,
    agreeing: u64,
    differences: u64,
    /// Persons whom the list has in two movements: information, and no difference.
    repeat_persons: u64,
    /// Lines whose persons were not looked at: there are too many of them to remember.
    persons_not_looked_at: u64,
}

/// The days that a list is about, as they were given.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Period {
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
}

impl Period {
    /// The days that are looked at: none before the agreement is in force.
    fn scope(self, in_force: Date, events: Vec<Kind>) -> Result<Scope, Failure> {
        let (from, to) = (self.from.unwrap_or(in_force), self.to.unwrap_or(Date::new(u32::MAX)));
        let refuse = |what: String, advice: &str| {
            Err(Failure::of(Exit::Usage, Complaint::new(what, advice)))
        };
        if from > to && self.from.is_some() {
            return refuse(
                format!("--from {from}: is after --to {to}"),
                "give the earlier day first",
            );
        }
        if to < in_force {
            let what = format!("--to {to}: the agreement is in force from {in_force} on");
            return refuse(what, "give a later day, or leave it out");
        }
        Ok(Scope { events, from: from.max(in_force), to })
    }

    /// Whether a list that ends where the period does may lack an event of this day for the sole
    /// reason that it dates it on the other side of that end.
    fn is_at_an_end(self, day: Date, tolerance_days: u32) -> bool {
        let near = |end: Date| end.days().abs_diff(day.days()) < tolerance_days;
        self.from.is_some_and(near) || self.to.is_some_and(near)
    }
}

/// What is held against the logs, and how the answer is given.
pub(super) struct Asked<'a> {
    pub(super) config: &'a Path,
    pub(super) list: &'a Path,
    pub(super) period: Period,
    pub(super) json: bool,
}

pub(super) fn run(asked: &Asked<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let Asked { list, period, json, .. } = *asked;
    let national = config(asked.config)?.national;
    let open = Place { config: asked.config.to_owned() }.open()?;
    let (party, terms) = (open.seat.party, open.seat.agreement.terms());
    let columns = columns(&national, party)?;
    let events = columns.events.iter().map(|(event, _)| *event).collect();
    let scope = period.scope(terms.provisions.in_force, events)?;
    // A list in which one line is wrong says nothing: it is put right first.
    read(list, &columns, |_| {})?;

    let mut state = open.state()?;
    let ledger = state.ledger(crate::names::Timestamp::new(u64::MAX));
    let tolerances = ledger.versions.all().map(|one| one.provisions.date_tolerance_days);
    let ends = Ends { period, tolerance_days: tolerances.max().unwrap_or(0) };
    let mut one = Match::new(&ledger, &state.books, scope);
    let mut telling = Telling::new(json, party, ends);
    let (mut persons, mut alike) = (Persons::default(), Alike::default());
    if terms.rehearsal && !json {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
    }
    read(list, &columns, |(listed, person)| {
        let again = person.and_then(|person| persons.look(&listed, person));
        let found = [again, one.hold(listed)].into_iter().flatten();
        let told = found.filter_map(|difference| alike.take(difference));
        told.for_each(|difference| telling.tell(out, &difference));
    })?;
    let end = one.finish();
    let told: Vec<_> = end.differences.iter().filter_map(|one| alike.take(one.clone())).collect();
    alike.finish().iter().chain(&told).for_each(|difference| telling.tell(out, difference));
    let differences = telling.differences;
    let (outcome, exit) =
        if differences == 0 { ("same", Exit::Good) } else { ("differing", Exit::Findings) };
    let (rehearsal, lines, events) = (terms.rehearsal, end.lines, end.events);
    if json {
        let (agreeing, repeat_persons) = (end.agreeing, telling.repeats);
        let persons_not_looked_at = persons.forgotten();
        out.json(&Shown {
            outcome,
            rehearsal,
            party,
            lines,
            events,
            agreeing,
            differences,
            repeat_persons,
            persons_not_looked_at,
        });
    } else {
        telling.end(out, persons.forgotten());
        let (lines, events) = (count(lines, "line", "lines"), count(events, "event", "events"));
        let differences = count(differences, "difference", "differences");
        out.line(format!(
            "{lines} against {events} of both logs: {} agree, {differences}",
            end.agreeing
        ));
    }
    Ok(exit)
}

/// Reads a list through, and gives each of its lines; all bad lines are refused together.
fn read(path: &Path, columns: &Columns, mut each: impl FnMut(Line)) -> Result<(), Failure> {
    let unreadable = |error: io::Error| {
        let advice = "correct the path, or let this user read the file";
        Failure::of(Exit::Usage, Complaint::new(error, advice).about(path.display()))
    };
    let form = form(path)?;
    let file = File::open(path).map_err(unreadable)?;
    let begun = List::begin(file, form, columns.clone()).map_err(unreadable)?;
    let mut list = begun.map_err(|bad| Failure::of(Exit::Usage, complaint(path, &bad)))?;
    let (mut complaints, mut more) = (Vec::new(), 0_u64);
    while let Some(read) = list.next().map_err(unreadable)? {
        match read {
            Ok(listed) => each(listed),
            Err(bad) if number(&complaints) < BAD_LINES_TOLD_MAX => {
                complaints.push(complaint(path, &bad));
            }
            Err(_) => more = more.saturating_add(1),
        }
    }
    if complaints.is_empty() {
        return Ok(());
    }
    if more > 0 {
        let what =
            format!("{}: {}", path.display(), count(more, "more bad line", "more bad lines"));
        complaints.push(Complaint::new(what, "correct those above first"));
    }
    Err(Failure { exit: Exit::Usage, complaints })
}

fn number<T>(all: &[T]) -> u64 {
    u64::try_from(all.len()).unwrap_or(u64::MAX)
}

fn complaint(path: &Path, bad: &BadLine) -> Complaint {
    Complaint::new(bad, &bad.advice).about(path.display())
}

fn form(path: &Path) -> Result<Form, Failure> {
    match path.extension().and_then(|end| end.to_str()) {
        Some("csv") => Ok(Form::Csv),
        Some("ndjson") => Ok(Form::Ndjson),
        Some(_) | None => {
            let what = format!("{}: is no list by its name", path.display());
            let advice = "give a file whose name ends in .csv or .ndjson";
            Err(Failure::of(Exit::Usage, Complaint::new(what, advice)))
        }
    }
}

fn columns(national: &National, party: Party) -> Result<Columns, Failure> {
    let Ok(delimiter) = u8::try_from(national.delimiter) else {
        let advice = "use a comma, a semicolon or a tab";
        let what = format!("national.delimiter: {:?} is no ASCII character", national.delimiter);
        return Err(Failure::of(Exit::Usage, Complaint::new(what, advice)));
    };
    let four = [&national.reference, &national.event, &national.date, &national.persons];
    if national.person.as_ref().is_some_and(|person| four.contains(&person)) {
        // What stands in the others may be shown.
        let what = "national.person: names a column that says something else as well";
        let advice = "name the column that says who it was, or leave it out";
        return Err(Failure::of(Exit::Usage, Complaint::new(what, advice)));
    }
    let named = [
        (Kind::VisaIssued, &national.visa_issued),
        (Kind::Departure, &national.departure),
        (Kind::Arrival, &national.arrival),
        (Kind::DepartureCount, &national.departure_count),
        (Kind::Admission, &national.admission),
    ];
    let named = named.into_iter().filter_map(|(event, name)| Some((event, name.clone()?)));
    let mut events: Vec<(Kind, String)> = named.collect();
    if events.is_empty() {
        let own = LISTED.iter().filter(|event| event.shape().author.allows(party));
        events = own.map(|event| (*event, event.name().to_owned())).collect();
    }
    Ok(Columns {
        reference: national.reference.clone(),
        event: national.event.clone(),
        date: national.date.clone(),
        persons: national.persons.clone(),
        person: national.person.clone(),
        delimiter,
        events,
    })
}

#[cfg(test)]
mod tests;
