//! `entente break show`: one break in full. Both sides print the same of a break that the two logs
//! decide, once both hold the same entries.

use clap::Args;

use super::{
    Wanted,
    look::{Line, Look, Standing},
};
use crate::{
    cli::{
        Exit,
        case::{short, wrapped},
        failure::Failure,
        output::{Output, count},
        place::Place,
        words,
    },
    ledger::{self, Break, Entry, Glance, Guide, Suggestion, suggestions},
    names::{Party, Position, RecordId, Timestamp},
    reconcile::{Chapter, Decided, decisions},
    record::{Kind, Record},
};

/// Letters that stand beside a field's name, so that a line has 100 at most.
const FIELD_WIDTH: usize = 85;

/// Which break.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The id of a break, or its first 8 digits or more.
    #[arg(value_name = "BREAK")]
    wanted: Wanted,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

/// A break in full, for programs.
#[derive(serde::Serialize)]
struct Shown<'a> {
    rehearsal: bool,
    #[serde(flatten)]
    line: &'a Line,
    guide: Guide,
    records: Vec<Evidence>,
    chapter: Option<&'a Chapter>,
    decisions: Vec<Decided>,
    suggestions: Vec<Suggestion>,
}

/// A record that shows a break.
#[derive(serde::Serialize)]
struct Evidence {
    record: RecordId,
    /// Where it stands; absent if neither log holds it.
    place: Option<(Party, Position)>,
    kind: Option<Kind>,
    signed: Option<Timestamp>,
    received: Option<Timestamp>,
    says: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let look = Look::at(&arguments.place)?;
    let none = "see `entente break list --all`; one that neither stands nor stood in a statement \
                is not known";
    let lines = look.lines(true).into_iter();
    let line = arguments.wanted.of(lines, |line: &Line| line.id, none)?;
    let books = &look.state.books;
    let found = look.ledger.breaks.open(line.id);
    let offered = |found: &Break| suggestions(&look.ledger, books, found);
    let shown = Shown {
        rehearsal: look.rehearsal,
        guide: line.class.guide(),
        records: line.evidence.iter().map(|id| look.evidence(*id)).collect(),
        chapter: look.state.chain.chronicle().chapter(line.id),
        decisions: decisions(books, line.id),
        suggestions: found.map(offered).unwrap_or_default(),
        line: &line,
    };
    if arguments.json {
        out.json(&shown);
    } else {
        let glances = look.ledger.glances(books, &line.evidence);
        shown.tell(out, &glances);
    }
    Ok(Exit::Good)
}

impl Look {
    fn evidence(&self, id: RecordId) -> Evidence {
        let books = &self.state.books;
        let by_leaf = || {
            let all = Party::BOTH.into_iter().flat_map(|party| {
                books.entries(party, Position(0)).map(move |(at, entry)| ((party, at), entry))
            });
            let mut all = all.filter(|(_, entry)| entry.leaf.as_bytes() == id.as_bytes());
            all.next().map(|(place, _)| place)
        };
        let place = books.find(id).or_else(by_leaf);
        let entry = place.and_then(|(party, at)| books.entry(party, at));
        let record = entry.and_then(Entry::record);
        Evidence {
            record: id,
            place: place.map(|(party, at)| (party, books.place(party, at).at)),
            kind: record.map(|record| record.get().kind()),
            signed: record.map(|record| record.signed_at()),
            received: place.and_then(|(party, at)| Some(books.receipt(party, at)?.1)),
            says: record.map(|record| says(record.get())).unwrap_or_default(),
        }
    }
}

/// What a record says: facts in a line, and what has to be approved in sentences.
fn says(record: &Record) -> Vec<String> {
    if record.content.needs_approval() {
        return words::says(record);
    }
    vec![ledger::says(record)]
}

impl Shown<'_> {
    fn tell(&self, out: &mut Output, glances: &[Glance]) {
        if self.rehearsal {
            out.line("REHEARSAL: under these terms nothing is in earnest.");
            out.line("");
        }
        let line = self.line;
        out.field("break", line.id);
        out.field("class", format!("{}, {}", line.class, line.severity));
        field(out, "what", self.guide.found);
        out.field("source", self.guide.source);
        out.field("acts", format!("{} (by rule: {})", line.owner, self.guide.acts));
        field(out, "do", self.guide.advice);
        out.field("since", format!("{}, {} days ({})", line.began, line.days, line.age));
        out.field("state", line.standing.words());
        if let Some(waiting) = line.waiting {
            out.field("waiting", count(waiting, "entry waits", "entries wait"));
        }
        if line.own {
            out.field("seen by", "this side alone; no statement counts it");
        }
        let mut name = "concerns";
        for one in glances {
            let reference = one
                .reference
                .as_ref()
                .map_or_else(|| short(one.subject.record), ToString::to_string);
            let what = one.subject.what.name();
            out.field(name, format!("{reference}, {what} {}, {}", one.about, one.state.as_str()));
            name = "";
        }
        for party in Party::BOTH {
            self.tell_evidence(out, Some(party));
        }
        self.tell_evidence(out, None);
        self.tell_history(out);
        self.tell_matches(out);
        self.tell_decision(out);
    }

    /// The evidence of one side; with none, what neither log holds.
    fn tell_evidence(&self, out: &mut Output, party: Option<Party>) {
        let is = |one: &&Evidence| one.place.map(|(party, _)| party) == party;
        let mut records = self.records.iter().filter(is).peekable();
        match (party, records.peek().is_some()) {
            (None, false) => return,
            (None, true) => out.line("\nnamed, and in neither log"),
            (Some(party), true) => out.line(format!("\nevidence of {party}")),
            (Some(party), false) => out.line(format!("\nevidence of {party}: none")),
        }
        for one in records {
            one.tell(out);
        }
    }

    fn tell_history(&self, out: &mut Output) {
        if self.chapter.is_none() && self.decisions.is_empty() {
            return;
        }
        out.line("\nhistory");
        if let Some(chapter) = self.chapter {
            for (name, stood) in [("first", chapter.first), ("last", chapter.last)] {
                let (number, week, age) = (stood.number, stood.week, stood.age);
                out.line(format!("  {name} in statement {number}, {week}, {age} days old"));
            }
        }
        for one in &self.decisions {
            let (party, at) = (one.author, one.position);
            let received = received(one.received);
            out.line(format!(
                "  {}: decided by {party} in {party}:{at}, record {}, signed {}, {received}",
                one.decision,
                short(one.record),
                one.signed,
            ));
            for second in &one.approvals {
                let (outcome, key, at) = (second.outcome, second.key, second.position);
                out.line(format!("    {outcome} with the key {key} in {party}:{at}"));
            }
            if one.approvals.is_empty() {
                out.line(format!("    waits for an officer of {party}: entente approve"));
            }
        }
    }

    fn tell_matches(&self, out: &mut Output) {
        if self.suggestions.is_empty() {
            return;
        }
        out.line("\nmay belong together (offered; nothing is applied)");
        for one in &self.suggestions {
            let (rank, record, other) = (one.rank, short(one.record), short(one.other));
            out.line(format!("  {rank}. {record} and {other}: {}", one.why));
            for line in wrapped(&one.settle, FIELD_WIDTH) {
                out.line(format!("     {line}"));
            }
        }
    }

    fn tell_decision(&self, out: &mut Output) {
        if self.line.own || self.line.standing != Standing::Open {
            return;
        }
        out.line("\nIf no record settles it, both sides decide it alike:");
        out.line(format!(
            "  entente break resolve {} --decision explained|put-right|acknowledged",
            short(self.line.id)
        ));
        out.line("and an officer of each side approves the decision: entente approve");
    }
}

impl Evidence {
    fn tell(&self, out: &mut Output) {
        let id = short(self.record);
        let Some((party, at)) = self.place else {
            return out.line(format!("  {id}"));
        };
        let kind = self.kind.map_or("an entry without effect", Kind::name);
        let signed = self.signed.map(|time| format!(", signed {time}")).unwrap_or_default();
        let received = received(self.received);
        out.line(format!("  {kind} {id}, {party}:{at}{signed}, {received}"));
        for line in &self.says {
            out.line(format!("    {line}"));
        }
    }
}

fn received(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "in transit".to_owned(), |time| format!("received {time}"))
}

fn field(out: &mut Output, name: &str, text: &str) {
    let mut name = name;
    for line in wrapped(text, FIELD_WIDTH) {
        out.field(name, line);
        name = "";
    }
}
