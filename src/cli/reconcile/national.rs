//! `entente reconcile --national FILE`: a side's own list held against both logs.

use std::{fs::File, io, path::Path};

use super::list::{BadLine, Columns, Form, List};
use crate::{
    cli::{
        Exit,
        failure::{Complaint, Failure, config},
        output::{Output, count},
        place::Place,
    },
    daemon::config::National,
    names::{Date, Party},
    reconcile::{LISTED, ListDifference, Logged, Match, Scope},
    record::Kind,
};

/// Bad lines that are told; the rest is counted.
const BAD_LINES_TOLD_MAX: u64 = 20;
/// Differences that a person is told; a program gets all of them.
const DIFFERENCES_TOLD_MAX: u64 = 50;

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
}

pub(super) fn run(file: &Path, list: &Path, json: bool, out: &mut Output) -> Result<Exit, Failure> {
    let national = config(file)?.national;
    let open = Place { config: file.to_owned() }.open()?;
    let (party, terms) = (open.seat.party, open.seat.agreement.terms());
    let columns = columns(&national, party)?;
    // A list in which one line is wrong says nothing: it is put right first.
    read(list, &columns, |_| {})?;

    let mut state = open.state()?;
    let ledger = state.ledger(crate::names::Timestamp::new(u64::MAX));
    let events = columns.events.iter().map(|(event, _)| *event).collect();
    let scope = Scope { events, from: terms.provisions.in_force, to: Date::new(u32::MAX) };
    let mut one = Match::new(&ledger, &state.books, scope);
    let mut telling = Telling { json, differences: 0 };
    if terms.rehearsal && !json {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
    }
    read(list, &columns, |listed| {
        one.hold(listed).iter().for_each(|difference| telling.tell(out, difference));
    })?;
    let end = one.finish();
    end.differences.iter().for_each(|difference| telling.tell(out, difference));
    let differences = telling.differences;
    let (outcome, exit) =
        if differences == 0 { ("same", Exit::Good) } else { ("differing", Exit::Findings) };
    let (rehearsal, lines, events) = (terms.rehearsal, end.lines, end.events);
    if json {
        let agreeing = end.agreeing;
        out.json(&Shown { outcome, rehearsal, party, lines, events, agreeing, differences });
    } else {
        telling.end(out);
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
fn read(
    path: &Path,
    columns: &Columns,
    mut each: impl FnMut(crate::reconcile::Listed),
) -> Result<(), Failure> {
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
        delimiter,
        events,
    })
}

/// Says differences as they are found.
struct Telling {
    json: bool,
    differences: u64,
}

impl Telling {
    fn tell(&mut self, out: &mut Output, one: &ListDifference) {
        self.differences = self.differences.saturating_add(1);
        if self.json {
            out.json(one);
        } else if self.differences <= DIFFERENCES_TOLD_MAX {
            out.line(words(one));
        }
    }

    fn end(&self, out: &mut Output) {
        let more = self.differences.saturating_sub(DIFFERENCES_TOLD_MAX);
        if more > 0 {
            let more = count(more, "more difference", "more differences");
            out.line(format!("{more}: all of them with --json"));
        }
    }
}

fn words(one: &ListDifference) -> String {
    match one {
        ListDifference::MissingInLog { listed } => format!(
            "missing-in-log: line {}: {} {} on {}, {}",
            listed.line,
            listed.event,
            listed.reference,
            listed.date,
            count(listed.persons.into(), "person", "persons"),
        ),
        ListDifference::MissingInList { logged } => format!("missing-in-list: {}", said(logged)),
        ListDifference::Differing { logged, date, persons, lines } => {
            let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            format!(
                "differing: {}; by the list on {date}, {} (line {})",
                said(logged),
                count(*persons, "person", "persons"),
                lines.join(", "),
            )
        }
    }
}

fn said(logged: &Logged) -> String {
    let reference = logged.reference.as_ref().map_or("-", |one| one.as_str());
    let persons = count(logged.persons.into(), "person", "persons");
    let id: String = logged.record.to_string().chars().take(12).collect();
    format!("{} {reference} on {}, {persons} (record {id})", logged.event, logged.date)
}
