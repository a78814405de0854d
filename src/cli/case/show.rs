//! `entente case show`: the story of one case, on one screen.

use clap::Args;

use super::{Place, name, short, stands, story, table::wrapped};
use crate::{
    cli::{
        Exit,
        failure::Failure,
        output::{Output, count},
    },
    daemon::casebook::CaseView,
    ledger::{Counted, Event, Glance, Mark, Owner, Story, Wanted},
    names::{Party, Timestamp},
};

/// Letters that a line of what a record says may have, so that the whole line has 100.
const SAYS_WIDTH: usize = 48;

/// The same for what stands beside a field's name, with a margin.
const FIELD_WIDTH: usize = 81;

/// Lines for what a thing is connected with: the cases of a usual transport.
const RELATED_LINES_MAX: usize = 10;

/// Which case.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// A reference as GB01-000123, or the first 8 or more digits of the id of any of its records.
    #[arg(value_name = "REF")]
    wanted: Wanted,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let view = story(&arguments.place, &arguments.wanted)?;
    if arguments.json {
        out.json(&view);
        return Ok(Exit::Good);
    }
    if view.rehearsal {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
        out.line("");
    }
    match &view.story {
        Some(story) => tell(out, story),
        None => several(out, &arguments.wanted, &view),
    }
    Ok(Exit::Good)
}

/// All that a reference may mean, and how to ask for one of them.
fn several(out: &mut Output, wanted: &Wanted, view: &CaseView) {
    let number = u64::try_from(view.matches.len()).unwrap_or(u64::MAX);
    let things = count(number, "thing", "things");
    out.line(format!("{wanted} may mean {things}; ask for one by its record:"));
    out.line("");
    for one in &view.matches {
        out.line(format!("  {}  {}", short(one.subject.record), glance(one)));
    }
}

fn tell(out: &mut Output, story: &Story) {
    let one = &story.glance;
    let (what, number) = (one.subject.what.name().replace('-', " "), counted_things(one));
    out.line(format!("{}  {what}: {number}, {}", name(one), one.about));
    out.line("");
    let since = story.since.map(|since| format!(" since {}", since.day)).unwrap_or_default();
    out.field("state", format!("{}{since}", one.state));
    if let Some(counted) = &story.counted {
        fields(out, "counts", counts(counted));
    }
    fields(out, "to act", acts(story));
    related(out, story);
    if !story.deadlines.is_empty() {
        out.line("");
    }
    for (place, one) in story.deadlines.iter().enumerate() {
        let last = one.last.map_or_else(|| "-".to_owned(), |last| format!("by {last}"));
        let field = if place == 0 { "limits" } else { "" };
        out.field(field, format!("{:<8}  {}  {last:<13}  {}", one.limit, one.owner, stands(one)));
    }
    breaks(out, story);
    out.line("");
    timeline(out, story);
}

/// What it is connected with, as far as it fits the screen.
fn related(out: &mut Output, story: &Story) {
    for (place, related) in story.related.iter().take(RELATED_LINES_MAX).enumerate() {
        let field = if place == 0 { "together" } else { "" };
        out.field(field, glance(related));
    }
    let more = story.related.len().saturating_sub(RELATED_LINES_MAX);
    if more > 0 {
        out.field("", format!("and {more} more, which --json names"));
    }
}

/// Persons; of a window, places.
fn counted_things(glance: &Glance) -> String {
    let number = u64::from(glance.persons.0);
    match glance.subject.what {
        crate::ledger::What::Window => count(number, "place", "places"),
        crate::ledger::What::ReturnCase
        | crate::ledger::What::AdmissionCase
        | crate::ledger::What::Transport
        | crate::ledger::What::Journey
        | crate::ledger::What::Movement => count(number, "person", "persons"),
    }
}

fn glance(one: &Glance) -> String {
    let what = one.subject.what.name().replace('-', " ");
    format!("{what} {}: {}, {}: {}", name(one), counted_things(one), one.about, one.state)
}

/// What counts, what each side claims, and every reason.
fn counts(counted: &Counted) -> Vec<String> {
    let number = match counted.persons {
        0 => "nobody".to_owned(),
        number => count(number, "person", "persons"),
    };
    let week = counted.week.map(|week| format!(" in {week}")).unwrap_or_default();
    let by = counted.by.as_ref().map(|by| format!("by {by}: ")).unwrap_or_default();
    let claims: Vec<String> = Party::BOTH
        .into_iter()
        .filter_map(|party| counted.claimed.of(party).map(|claim| format!("{party} {claim}")))
        .collect();
    let claimed = if claims.is_empty() {
        String::new()
    } else {
        format!(" (claimed: {})", claims.join(", "))
    };
    let first = format!("{by}{number}{week}{claimed}");
    std::iter::once(first).chain(counted.why.iter().map(|why| format!("because {why}"))).collect()
}

/// Who has to act, and how.
fn acts(story: &Story) -> Vec<String> {
    if story.acts.is_none() {
        return vec!["nobody".to_owned()];
    }
    let steps = story.steps.iter().map(|step| format!("{} {}", step.party, step.deed.words()));
    let mut acts: Vec<String> = steps.collect();
    // Whoever owns a break and has no step to take is told of the break.
    let by_steps = |owner| match owner {
        Owner::Party(party) => story.steps.iter().any(|step| step.party == party),
        Owner::Both => false,
    };
    let mut owners: Vec<Owner> = story.breaks.iter().map(|one| one.found.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    for owner in owners.into_iter().filter(|owner| !by_steps(*owner)) {
        let breaks = story.breaks.iter().filter(|one| one.found.owner == owner).count();
        let below = if breaks == 1 { "the break below" } else { "the breaks below" };
        let who = match owner {
            Owner::Party(party) => party.to_string(),
            Owner::Both => "GBR and FRA".to_owned(),
        };
        acts.push(format!("{who}, on {below}"));
    }
    acts
}

fn breaks(out: &mut Output, story: &Story) {
    if !story.breaks.is_empty() {
        out.line("");
    }
    for (place, one) in story.breaks.iter().enumerate() {
        let field = if place == 0 { "breaks" } else { "" };
        let (class, owner, age) = (one.found.class, one.found.owner, one.age);
        let id = short(one.found.id);
        out.field(field, format!("{owner:<4}  {class:<27}  {age:>5} days  {id}"));
        for line in wrapped(&one.advice, FIELD_WIDTH) {
            out.field("", format!("      {line}"));
        }
    }
}

/// The records, both times, and what each says.
fn timeline(out: &mut Output, story: &Story) {
    out.line(row(["signed", "received", "entry", "what it says", "record"]));
    if story.earlier > 0 {
        let left_out = count(story.earlier, "earlier record is", "earlier records are");
        out.line(row(["...", "", "", &format!("{left_out} left out"), ""]));
    }
    for one in &story.timeline {
        let marks = one.marks.iter().filter(|mark| **mark != Mark::Approved);
        let marks: Vec<String> = marks.map(|mark| mark.name().replace('-', " ")).collect();
        let marks =
            if marks.is_empty() { String::new() } else { format!(" [{}]", marks.join(", ")) };
        let mut lines = wrapped(&one.says, SAYS_WIDTH);
        // Marks stand together, on a line of their own if need be.
        match lines.last_mut() {
            Some(last) if fits(last, &marks) => last.push_str(&marks),
            Some(_) | None => lines.push(marks.trim_start().to_owned()),
        }
        let mut lines = lines.iter();
        let first = lines.next().map(String::as_str).unwrap_or_default();
        let entry = format!("{}:{}", one.log, one.position);
        let (signed, received) = times(one);
        out.line(row([&signed, &received, &entry, first, &short(one.record)]));
        for rest in lines {
            out.line(row(["", "", "", &format!("  {rest}"), ""]));
        }
    }
}

fn fits(line: &str, marks: &str) -> bool {
    let letters = |text: &str| text.chars().count();
    letters(line).saturating_add(letters(marks)) <= SAYS_WIDTH
}

/// When a record was signed, and when it was received: on the same day, or on another.
fn times(event: &Event) -> (String, String) {
    let clock = |time: Timestamp| -> String { time.to_string().chars().skip(11).take(5).collect() };
    let (signed, day) = (event.signed, event.signed.date());
    let received = event.received.map_or_else(
        || "in transit".to_owned(),
        |time| {
            let month_and_day: String = time.date().to_string().chars().skip(5).collect();
            let on = if time.date() == day { "     ".to_owned() } else { month_and_day };
            format!("{on} {}", clock(time))
        },
    );
    (format!("{day} {}", clock(signed)), received)
}

fn row([signed, received, entry, says, record]: [&str; 5]) -> String {
    let row = format!("{signed:<16}  {received:<11}  {entry:<9}  {says:<48}  {record}");
    row.trim_end().to_owned()
}

/// A field with several values, a line each or more.
fn fields(out: &mut Output, name: &str, values: Vec<String>) {
    let mut name = name;
    for value in values {
        for (place, line) in wrapped(&value, FIELD_WIDTH).into_iter().enumerate() {
            let margin = if place > 0 { "  " } else { "" };
            out.field(name, format!("{margin}{line}"));
            name = "";
        }
    }
}

#[cfg(test)]
mod tests;
