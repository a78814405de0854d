//! `entente reconcile --national FILE`: a side's own list held against both logs.

use std::{collections::BTreeSet, fs::File, io, path::Path};

use super::list::{BadLine, Columns, Form, Line, List};
use crate::{
    cli::{
        Exit,
        breaks::LocalView,
        failure::{Complaint, Failure, config},
        output::{Output, count},
        place::Place,
    },
    daemon::config::National,
    names::{Date, Party},
    reconcile::{LISTED, ListDifference, LocalBreak, LocalClass, Logged, Match, Persons, Scope},
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
    /// Persons whom the list has in two movements: information, and no difference.
    repeat_persons: u64,
}

/// One difference, and the break that it is.
#[derive(serde::Serialize)]
struct Difference<'a> {
    #[serde(flatten)]
    difference: &'a ListDifference,
    #[serde(rename = "break")]
    found: LocalView,
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
    let mut telling = Telling { json, party, differences: 0, repeats: 0, classes: BTreeSet::new() };
    let mut persons = Persons::default();
    if terms.rehearsal && !json {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
    }
    read(list, &columns, |(listed, person)| {
        let again = person.and_then(|person| persons.look(&listed, person));
        let found = one.hold(listed);
        again.iter().chain(&found).for_each(|difference| telling.tell(out, difference));
    })?;
    let end = one.finish();
    end.differences.iter().for_each(|difference| telling.tell(out, difference));
    let differences = telling.differences;
    let (outcome, exit) =
        if differences == 0 { ("same", Exit::Good) } else { ("differing", Exit::Findings) };
    let (rehearsal, lines, events) = (terms.rehearsal, end.lines, end.events);
    if json {
        let agreeing = end.agreeing;
        out.json(&Shown {
            outcome,
            rehearsal,
            party,
            lines,
            events,
            agreeing,
            differences,
            repeat_persons: telling.repeats,
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

/// Says differences as they are found.
struct Telling {
    json: bool,
    party: Party,
    differences: u64,
    repeats: u64,
    classes: BTreeSet<LocalClass>,
}

impl Telling {
    fn tell(&mut self, out: &mut Output, one: &ListDifference) {
        let found: LocalView = LocalBreak::of_list(one, self.party).into();
        if found.guide.is_finding() {
            self.differences = self.differences.saturating_add(1);
        } else {
            self.repeats = self.repeats.saturating_add(1);
        }
        if self.json {
            out.json(&Difference { difference: one, found });
        } else if self.told() <= DIFFERENCES_TOLD_MAX {
            out.line(words(one));
            found.tell(out);
            self.classes.insert(found.found.class);
        }
    }

    const fn told(&self) -> u64 {
        self.differences.saturating_add(self.repeats)
    }

    fn end(&self, out: &mut Output, forgotten: u64) {
        let more = self.told().saturating_sub(DIFFERENCES_TOLD_MAX);
        if more > 0 {
            let more = count(more, "more difference", "more differences");
            out.line(format!("{more}: all of them with --json"));
        }
        for class in &self.classes {
            out.line(format!("{class}: {}", class.guide().advice));
        }
        if forgotten > 0 {
            let lines = count(forgotten, "line", "lines");
            out.line(format!("{lines} were not looked at for persons who travel twice: too many"));
        }
        if self.repeats > 0 {
            let persons = count(self.repeats, "person", "persons");
            out.line(format!("{persons} more than once in the list: information"));
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
                "differs-from-list: {}; by the list on {date}, {} (line {})",
                said(logged),
                count(*persons, "person", "persons"),
                lines.join(", "),
            )
        }
        ListDifference::RepeatPerson { listed, first } => format!(
            "repeat-person: line {}: {} {} on {}, the same person as in line {first}",
            listed.line, listed.event, listed.reference, listed.date,
        ),
    }
}

fn said(logged: &Logged) -> String {
    let reference = logged.reference.as_ref().map_or("-", |one| one.as_str());
    let persons = count(logged.persons.into(), "person", "persons");
    let id: String = logged.record.to_string().chars().take(12).collect();
    format!("{} {reference} on {}, {persons} (record {id})", logged.event, logged.date)
}
