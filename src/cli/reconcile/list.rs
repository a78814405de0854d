//! A national list as a file: CSV with a head, or one JSON object a line. It is read line by line,
//! and may be of any length.

use std::io::{self, BufRead, BufReader, Read};

use crate::{
    names::{CaseRef, Date, Persons},
    reconcile::{Listed, PersonMark},
    record::Kind,
};

/// Bytes that one line may have, with its end: a line of four fields has no more than a few dozen.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// Columns that a list may have.
const FIELDS_MAX: usize = 256;

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

/// Where the four and the person stand in a line of CSV.
type Places = ([usize; 4], Option<usize>);

/// What is wrong with a line, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub(super) struct BadLine {
    /// The line; the first has number 1.
    pub(super) line: u64,
    /// What is wrong, with the field.
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
        let lines = Lines { input: BufReader::new(input), line: 0, text: Vec::new() };
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

    /// The fields of a line of CSV. A line is one record: none goes on in the next.
    fn of_csv(
        &mut self,
        line: u64,
        text: &str,
        (places, person): Places,
    ) -> Result<Fields, BadLine> {
        let fields = self.splitter.split(line, text)?;
        let person = person.and_then(|place| mark(fields.get(place)?));
        let mut found = places.into_iter().map(|place| fields.get(place).cloned());
        let all = [found.next(), found.next(), found.next(), found.next()].map(Option::flatten);
        let [Some(reference), Some(event), Some(date), Some(persons)] = all else {
            let what = format!("has {} fields, fewer than the head", fields.len());
            return Err(bad(line, what, "give every line as many fields as the head"));
        };
        Ok(([reference, event, date, persons], person))
    }

    fn of_json(&self, line: u64, text: &str) -> Result<Fields, BadLine> {
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text)
            .map_err(|refused| {
                let what = format!("column {}: is no JSON object", refused.column());
                bad(line, what, "give one JSON object a line")
            })?;
        let field = |name: &str| match object.get(name) {
            Some(serde_json::Value::String(text)) => Ok(text.clone()),
            Some(serde_json::Value::Number(number)) => Ok(number.to_string()),
            Some(_) => Err(bad(line, format!("{name}: is no text or number"), "correct the line")),
            None => Err(bad(line, format!("{name}: is missing"), MAPPING)),
        };
        let columns = &self.columns;
        let person = columns.person.as_deref().filter(|name| object.contains_key(*name));
        let person = person.map(field).transpose()?;
        let four = [
            field(&columns.reference)?,
            field(&columns.event)?,
            field(&columns.date)?,
            field(&columns.persons)?,
        ];
        Ok((four, person.and_then(|person| mark(&person))))
    }

    fn listed(&self, line: u64, fields: &[String; 4]) -> Result<Listed, BadLine> {
        let [reference, event, date, persons] = fields.each_ref().map(|field| field.trim());
        let columns = &self.columns;
        let field = |name: &str, what: &dyn std::fmt::Display, advice: &str| {
            bad(line, format!("{name}: {what}"), advice)
        };
        let named = |(_, name): &&(Kind, String)| name == event;
        let Some((event, _)) = columns.events.iter().find(named) else {
            let known: Vec<&str> = columns.events.iter().map(|(_, name)| name.as_str()).collect();
            let what = format!("{event:?} is none of {}", known.join(", "));
            return Err(field(
                &columns.event,
                &what,
                "name the event in [national], or leave it out",
            ));
        };
        let reference: CaseRef = reference
            .parse()
            .map_err(|refused| field(&columns.reference, &refused, "correct the reference"))?;
        let date: Date = date
            .parse()
            .map_err(|refused| field(&columns.date, &refused, "write the day as 2025-11-05"))?;
        let persons: u16 = persons.parse().ok().filter(|count| *count > 0).ok_or_else(|| {
            let what = format!("{persons:?} is no number of persons from 1 to 65535");
            field(&columns.persons, &what, "write it in digits, and leave out a line of nobody")
        })?;
        Ok(Listed { line, reference, event: *event, date, persons: Persons(persons) })
    }
}

const MAPPING: &str = "name the columns of the list in the table [national] of the configuration";

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
    Ok((four, columns.person.as_deref().map(place).transpose()?))
}

/// Takes lines of CSV apart. Its automaton is made once: that takes longer than a line does.
struct Splitter {
    core: csv_core::Reader,
    output: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    fn new(delimiter: u8) -> Self {
        let core = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Self { core, output: Vec::new(), ends: vec![0; FIELDS_MAX] }
    }

    fn split(&mut self, line: u64, text: &str) -> Result<Vec<String>, BadLine> {
        self.core.reset();
        // No field is longer than what it was read from.
        self.output.resize(text.len(), 0);
        let (mut input, mut written, mut ended) = (text.as_bytes(), 0_usize, 0_usize);
        loop {
            let output = self.output.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(ended..).unwrap_or_default();
            let (result, read, wrote, found) = self.core.read_record(input, output, ends);
            written = written.saturating_add(wrote);
            ended = ended.saturating_add(found);
            input = input.get(read..).unwrap_or_default();
            match result {
                csv_core::ReadRecordResult::Record | csv_core::ReadRecordResult::End => break,
                // With nothing left, the next call ends the record.
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::OutputFull
                | csv_core::ReadRecordResult::OutputEndsFull => {
                    let what = format!("has more than {FIELDS_MAX} fields");
                    return Err(bad(line, what, "leave out the columns that nobody needs"));
                }
            }
        }
        let mut start = 0;
        let fields = self.ends.iter().take(ended).map(|end| {
            let field = self.output.get(start..*end).unwrap_or_default();
            start = *end;
            String::from_utf8_lossy(field).into_owned()
        });
        Ok(fields.collect())
    }
}

fn bad(line: u64, what: impl ToString, advice: impl ToString) -> BadLine {
    BadLine { line, what: what.to_string(), advice: advice.to_string() }
}

/// Lines of bounded length, in UTF-8.
struct Lines<R> {
    input: BufReader<R>,
    line: u64,
    text: Vec<u8>,
}

impl<R: Read> Lines<R> {
    /// The next line without its end; `None` at the end of the file. One that is too long is read
    /// over, and refused.
    fn next(&mut self) -> io::Result<Option<Result<String, BadLine>>> {
        self.text.clear();
        let most = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX);
        let read = self.input.by_ref().take(most).read_until(b'\n', &mut self.text)?;
        if read == 0 {
            return Ok(None);
        }
        self.line = self.line.saturating_add(1);
        if !self.text.ends_with(b"\n") && read == LINE_BYTES_MAX {
            self.skip()?;
            let what = format!("is longer than {LINE_BYTES_MAX} bytes");
            return Ok(Some(Err(bad(self.line, what, "correct the line ends of the list"))));
        }
        let text = self.text.strip_suffix(b"\n").unwrap_or(&self.text);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        // Some programs begin a text in UTF-8 with the mark of byte order.
        let text =
            if self.line == 1 { text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text) } else { text };
        let text = std::str::from_utf8(text).map(str::to_owned).map_err(|refused| {
            let what = format!("byte {}: is no UTF-8", refused.valid_up_to());
            bad(self.line, what, "save the list as UTF-8")
        });
        Ok(Some(text))
    }

    /// Reads over the rest of a line, a buffer at a time.
    fn skip(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let count = end.map_or(buffer.len(), |end| end.saturating_add(1));
            self.input.consume(count);
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests;
