//! `entente reconcile --against FILE`: the ids that count for the other side, as it has listed them
//! itself, held against those that count here.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read as _},
    path::Path,
};

use crate::{
    cli::{
        Exit,
        failure::{Complaint, Failure},
        output::{Output, count},
        place::Place,
    },
    daemon::scribe::{Seat, State},
    ledger::{Books, fold},
    limits::COUNTED_IDS_LINE_BYTES_MAX,
    names::{Party, PerParty, RecordId, Week},
    reconcile::{CountedIds, IdsHead, IdsReader, Only, signed_roots},
    record::Body,
};

/// What a bad list needs.
const LIST_ADVICE: &str =
    "let the other side write it again with `entente statement ids`, and take the file as it is";

/// What was found, for programs.
#[derive(serde::Serialize)]
struct Shown<'a> {
    outcome: &'static str,
    rehearsal: bool,
    week: Week,
    number: u64,
    only_at: &'a PerParty<Only>,
}

pub(super) fn run(
    config: &Path,
    list: &Path,
    json: bool,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let (head, theirs) = read(list)?;
    let open = Place { config: config.to_owned() }.open()?;
    let state = open.state()?;
    let (body, only_at) = hold(&open.seat, &state, (&head, &theirs), list)?;
    let same = Party::BOTH.iter().all(|party| only_at.of(*party).is_empty());
    let (outcome, exit) = if same { ("same", Exit::Good) } else { ("differing", Exit::Findings) };
    let rehearsal = open.seat.agreement.terms().rehearsal;
    if json {
        let (week, number) = (body.week, body.number);
        out.json(&Shown { outcome, rehearsal, week, number, only_at: &only_at });
        return Ok(exit);
    }
    if rehearsal {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
    }
    let listed = theirs.lines().count();
    let ids = count(u64::try_from(listed).unwrap_or(u64::MAX), "id", "ids");
    out.line(format!(
        "Week {}: {ids} of {} give the roots that {} has signed",
        body.week, head.party, head.party
    ));
    for party in Party::BOTH {
        tell(out, &state.books, party, only_at.of(party));
    }
    if same {
        out.line("The same records count on both sides.");
    }
    Ok(exit)
}

/// Holds the list of the other side against what counts here at the cut-off of its week.
fn hold<'a>(
    seat: &Seat,
    state: &'a State,
    (head, theirs): (&IdsHead, &CountedIds),
    list: &Path,
) -> Result<(&'a Body, PerParty<Only>), Failure> {
    let party = seat.party;
    if head.party == party {
        let what = format!("the list is of {party}, and this is {party}");
        let advice = "give the list of the other side";
        let complaint = Complaint::new(what, advice).about(list.display());
        return Err(Failure::of(Exit::Usage, complaint));
    }
    as_signed(&state.books, head, list)?;
    let Some(body) = state.chain.body(head.week) else {
        let what = format!("week {} has no cut-off here yet", head.week);
        let advice = "close it with `entente reconcile`, and wait for the other side";
        return Err(Failure::of(Exit::NotYet, Complaint::new(what, advice)));
    };
    let ledger = fold(
        &seat.agreement,
        &state.books,
        body.cut(&seat.agreement, &state.books),
        body.week.end(),
    );
    let [at_ours, at_theirs] = CountedIds::of(&ledger).only_at(theirs);
    let only_at = match party {
        Party::Gbr => PerParty { gbr: at_ours, fra: at_theirs },
        Party::Fra => PerParty { gbr: at_theirs, fra: at_ours },
    };
    Ok((body, only_at))
}

fn tell(out: &mut Output, books: &Books, party: Party, only: &Only) {
    for (what, ids) in [("arrival", &only.returned), ("admission", &only.admitted)] {
        for id in ids {
            out.line(format!("  {what} {id} counts at {party} only: {}", place(books, *id)));
        }
    }
}

/// Where a record stands here.
fn place(books: &Books, id: RecordId) -> String {
    let found = books.find(id).and_then(|(log, position)| {
        let kind = books.entry(log, position)?.record()?.get().kind();
        let position = books.place(log, position).at;
        Some(format!("here {kind} of {log}, entry {position}"))
    });
    found.unwrap_or_else(|| "here in no log that is held".to_owned())
}

/// Holds a list against what the other side has signed: only then is it that side's own word.
fn as_signed(books: &Books, head: &IdsHead, list: &Path) -> Result<(), Failure> {
    let IdsHead { party, week, arrivals, admissions, .. } = head;
    let Some(signed) = *signed_roots(books, *week).of(*party) else {
        let what = format!("{party} has not stated week {week}, as far as is held here");
        let advice = "wait for its statement; without it nobody has signed these ids";
        return Err(Failure::of(Exit::NotYet, Complaint::new(what, advice)));
    };
    let listed = [*arrivals, *admissions];
    let mut complaints = Vec::new();
    for ((what, signed), listed) in ["arrivals", "admissions"].iter().zip(signed).zip(listed) {
        if signed != listed {
            let what = format!(
                "the {what} in the list have the root {listed}, and {party} has signed {signed} \
                 for week {week}"
            );
            complaints.push(Complaint::new(what, LIST_ADVICE).about(list.display()));
        }
    }
    if complaints.is_empty() { Ok(()) } else { Err(Failure { exit: Exit::Findings, complaints }) }
}

/// Reads a list, whatever its length; no line of it is longer than any that is written.
fn read(path: &Path) -> Result<(IdsHead, CountedIds), Failure> {
    let unread = |error: std::io::Error| {
        let advice = "correct the path, or let this user read the file";
        Failure::of(Exit::Usage, Complaint::new(error, advice).about(path.display()))
    };
    let bad = |line: u64, what: &dyn std::fmt::Display| {
        let complaint = Complaint::new(format!("line {line}: {what}"), LIST_ADVICE);
        Failure::of(Exit::Usage, complaint.about(path.display()))
    };
    let mut lines = Lines { input: BufReader::new(File::open(path).map_err(unread)?), line: 0 };
    let mut reader: Option<IdsReader> = None;
    while let Some(text) = lines.next().map_err(unread)? {
        let text = text.map_err(|what| bad(lines.line, &what))?;
        match &mut reader {
            None => reader = Some(IdsReader::begin(&text).map_err(|what| bad(1, &what))?),
            Some(reader) => reader.take(&text).map_err(|what| bad(lines.line, &what))?,
        }
    }
    let reader = reader.ok_or_else(|| bad(1, &"the file is empty"))?;
    reader.end().map_err(|what| bad(lines.line, &what))
}

/// A file line by line.
struct Lines {
    input: BufReader<File>,
    line: u64,
}

impl Lines {
    /// The next line without its end, or what is wrong with it.
    fn next(&mut self) -> std::io::Result<Option<Result<String, &'static str>>> {
        let most = u64::try_from(COUNTED_IDS_LINE_BYTES_MAX).unwrap_or(u64::MAX);
        let mut bytes = Vec::new();
        if self.input.by_ref().take(most).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        self.line = self.line.saturating_add(1);
        if bytes.pop() != Some(b'\n') {
            let cut = if bytes.len().saturating_add(1) < COUNTED_IDS_LINE_BYTES_MAX {
                "the last line has no end: the list was cut off"
            } else {
                "longer than any line of such a list"
            };
            return Ok(Some(Err(cut)));
        }
        Ok(Some(String::from_utf8(bytes).map_err(|_| "not text in UTF-8")))
    }
}

#[cfg(test)]
mod tests;
