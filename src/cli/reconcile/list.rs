//! A national list as a file: CSV with a head, or one JSON object a line. It is read line by line,
//! and may be of any length.

mod lines;
mod object;
mod split;

use std::io::{self, Read};

use crate::{
    names::{CaseRef, Date, Persons},
    reconcile::{Listed, PersonMark},
    record::Kind,
};

use lines::Lines;
use object::Object;
use split::Splitter;

/// How a list says what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    /// The heads of its columns, or the names in its objects.
    pub(super) reference: String,
    pub(super) event: String,
    pub(super) date: String,
    pub(super) persons: String,
    /// Who it was, if the list is to be looked through for persons who travel twice.
    pub(super) person: Option<String>,
    /// What stands between two fields of CSV.
    pub(super) delimiter: u8,
    /// What it calls each event.
    pub(super) events: Vec<(Kind, String)>,
}

/// Which of the two forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Csv,
    Ndjson,
}

/// One line, and who it is about, if the list says so and is asked.
pub(super) type Line = (Listed, Option<PersonMark>);

/// The four fields of a line, and its person. Of the person nothing is ever said.
type Fields = ([String; 4], Option<PersonMark>);

/// Where the four and the person stand in a line of CSV, and how many fields a line has.
#[derive(Debug, Clone, Copy)]
struct Places {
    four: [usize; 4],
    person: Option<usize>,
    fields: usize,
}

/// What is wrong with a line, and what to do about it. It repeats nothing of the line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub(super) struct BadLine {
    /// The line; the first has number 1.
    pub(super) line: u64,
    /// What is wrong, with the column.
    pub(super) what: String,
    /// What to do, in one sentence.
    pub(super) advice: String,
}

/// A list that is being read.
pub(super) struct List<R> {
    lines: Lines<R>,
    columns: Columns,
    form: Form,
    splitter: Splitter,
    places: Option<Places>,
}

impl<R: Read> List<R> {
    /// Begins a list; the head of CSV is read.
    ///
    /// # Errors
    /// If the file cannot be read, or its head lacks a column.
    pub(super) fn begin(
        input: R,
        form: Form,
        columns: Columns,
    ) -> io::Result<Result<Self, BadLine>> {
        let lines = Lines::of(input);
        let splitter = Splitter::new(columns.delimiter);
        let mut list = Self { lines, columns, form, splitter, places: None };
        if form == Form::Csv {
            let head = match list.lines.next()? {
                Some(Ok(head)) => head,
                Some(Err(bad)) => return Ok(Err(bad)),
                None => return Ok(Err(bad(1, "the file is empty", "give a list with a head"))),
            };
            let heads = list.splitter.split(1, &head);
            match heads.and_then(|heads| places(&list.columns, &heads)) {
                Ok(places) => list.places = Some(places),
                Err(bad) => return Ok(Err(bad)),
            }
        }
        Ok(Ok(list))
    }

    /// The next line that is not empty; `None` at the end.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Option<Result<Line, BadLine>>> {
        loop {
            let text = match self.lines.next()? {
                None => return Ok(None),
                Some(Err(bad)) => return Ok(Some(Err(bad))),
                Some(Ok(text)) => text,
            };
            if text.trim().is_empty() {
                continue;
            }
            let line = self.lines.line;
            let fields = match (self.form, self.places) {
                (Form::Csv, Some(places)) => self.of_csv(line, &text, places),
                (Form::Csv, None) | (Form::Ndjson, _) => self.of_json(line, &text),
            };
            let read = fields.and_then(|(four, person)| Ok((self.listed(line, &four)?, person)));
            return Ok(Some(read));
        }
    }

    fn of_csv(&mut self, line: u64, text: &str, places: Places) -> Result<Fields, BadLine> {
        let fields = self.splitter.split(line, text)?;
        let (found, wanted) = (fields.len(), places.fields);
        let wrong = || {
            let found = if found == 1 { "1 field".to_owned() } else { format!("{found} fields") };
            bad(line, format!("has {found}, and the head has {wanted}"), SHIFTED)
        };
        if found != wanted {
            return Err(wrong());
        }
        let person = places.person.and_then(|place| mark(fields.get(place)?));
        let mut all = places.four.into_iter().map(|place| fields.get(place).cloned());
        let all = [all.next(), all.next(), all.next(), all.next()].map(Option::flatten);
        let [Some(reference), Some(event), Some(date), Some(persons)] = all else {
            return Err(wrong());
        };
        Ok(([reference, event, date, persons], person))
    }

    fn of_json(&self, line: u64, text: &str) -> Result<Fields, BadLine> {
        let columns = &self.columns;
        let object = Object::read(line, text, columns)?;
        let four = [
            object.field(&columns.reference)?,
            object.field(&columns.event)?,
            object.field(&columns.date)?,
            object.field(&columns.persons)?,
        ];
        let person = columns.person.as_deref().filter(|name| object.has(name));
        let person = person.map(|name| object.field(name)).transpose()?;
        Ok((four, person.and_then(|person| mark(&person))))
    }

    fn listed(&self, line: u64, fields: &[String; 4]) -> Result<Listed, BadLine> {
        let [reference, event, date, persons] = fields.each_ref().map(|field| field.trim());
        let columns = &self.columns;
        let field =
            |name: &str, what: &str, advice: &str| bad(line, format!("{name}: {what}"), advice);
        let named = |(_, name): &&(Kind, String)| name == event;
        let Some((event, _)) = columns.events.iter().find(named) else {
            let known: Vec<&str> = columns.events.iter().map(|(_, name)| name.as_str()).collect();
            let what = format!("is none of {}", known.join(", "));
            let advice = "name the event in [national], or leave the line out";
            return Err(field(&columns.event, &what, advice));
        };
        // The errors of these two quote what they refuse, and so they are not told.
        let reference: CaseRef = reference.parse().map_err(|_| {
            let what = "is no case reference, as in GB01-000123";
            field(&columns.reference, what, "correct the reference, or the mapping in [national]")
        })?;
        let date: Date = date.parse().map_err(|_| {
            let advice = "write the day in this form, or correct the mapping in [national]";
            field(&columns.date, "is no day, as in 2025-11-05", advice)
        })?;
        let persons: u16 = persons.parse().ok().filter(|count| *count > 0).ok_or_else(|| {
            let what = "is no number of persons from 1 to 65535";
            field(&columns.persons, what, "write it in digits, and leave out a line of nobody")
        })?;
        Ok(Listed { line, reference, event: *event, date, persons: Persons(persons) })
    }
}

const MAPPING: &str = "name the columns of the list in the table [national] of the configuration";
const SHIFTED: &str =
    "give every line as many fields as the head; quote one that holds a delimiter";

/// The mark of a person, unless the list says nothing of them.
fn mark(person: &str) -> Option<PersonMark> {
    let person = person.trim();
    (!person.is_empty()).then(|| PersonMark::of(person))
}

/// Where each of the columns stands.
fn places(columns: &Columns, heads: &[String]) -> Result<Places, BadLine> {
    let place = |name: &str| {
        let mut found = heads.iter().enumerate().filter(|(_, head)| head.trim() == name);
        match (found.next(), found.next()) {
            (Some((place, _)), None) => Ok(place),
            (Some(_), Some(_)) => Err(bad(1, format!("two columns are called {name:?}"), MAPPING)),
            (None, _) => Err(bad(1, format!("no column is called {name:?}"), MAPPING)),
        }
    };
    let four = [
        place(&columns.reference)?,
        place(&columns.event)?,
        place(&columns.date)?,
        place(&columns.persons)?,
    ];
    let person = columns.person.as_deref().map(place).transpose()?;
    Ok(Places { four, person, fields: heads.len() })
}

fn bad(line: u64, what: impl ToString, advice: impl ToString) -> BadLine {
    BadLine { line, what: what.to_string(), advice: advice.to_string() }
}

#[cfg(test)]
mod tests;
