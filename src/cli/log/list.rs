//! `entente log list`: a line for each entry.

use clap::Args;

use super::Place;
use crate::{
    cli::{
        Exit,
        failure::Failure,
        output::{Output, count},
    },
    daemon::scribe::State,
    ledger::Entry,
    names::{CaseRef, Hash, KeyId, Party, Position, RecordId, Timestamp},
    record::{At, Kind, ObjectionReason},
};

/// Which entries.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Whose log: GBR or FRA [default: our own].
    #[arg(long)]
    log: Option<Party>,
    /// The first position.
    #[arg(long, value_name = "N", default_value_t = 0)]
    from: u64,
    /// How many entries at most.
    #[arg(long, value_name = "N", default_value_t = 100)]
    count: usize,
    /// Print each entry as a line of JSON.
    #[arg(long)]
    json: bool,
}

/// One entry, for programs.
#[derive(serde::Serialize)]
struct Line<'a> {
    log: Party,
    position: Position,
    leaf: Hash,
    id: Option<RecordId>,
    kind: Option<Kind>,
    case: Option<&'a CaseRef>,
    at: Option<At>,
    key: Option<KeyId>,
    signed_at: Option<Timestamp>,
    received_at: Option<Timestamp>,
    objection: Option<ObjectionReason>,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let open = arguments.place.open()?;
    let state = open.state()?;
    let log = arguments.log.unwrap_or(open.seat.party);
    let start = Position(arguments.from);
    for (position, entry) in state.books.newest().entries(log, start).take(arguments.count) {
        let line = Line::of(&state, log, position, entry);
        if arguments.json {
            out.json(&line);
        } else {
            out.line(line.text());
        }
    }
    if !arguments.json {
        let held = count(state.size(log).0, "entry", "entries");
        out.line(format!("{held} in the log of {log}"));
    }
    Ok(Exit::Good)
}

impl<'a> Line<'a> {
    fn of(state: &State, log: Party, position: Position, entry: &'a Entry) -> Self {
        let record = entry.record();
        Self {
            log,
            position,
            leaf: entry.leaf,
            id: entry.id(),
            kind: record.map(|record| record.get().kind()),
            case: record.and_then(|record| record.get().case.as_ref()),
            at: record.and_then(|record| record.get().at),
            key: record.map(|record| record.signer().kid),
            signed_at: record.map(crate::envelope::Verified::signed_at),
            received_at: state.books.newest().receipt(log, position).map(|(_, time)| time),
            objection: entry.objection(),
        }
    }

    fn text(&self) -> String {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let objection = self.objection.map(|reason| format!("  NO EFFECT: {reason}"));
        format!(
            "{:>6}  {:<20} {:<16} signed {:<20} received {:<20} {}{}",
            self.position,
            or_dash(self.kind.map(|kind| kind.to_string())),
            or_dash(self.case.map(|case| case.as_str().to_owned())),
            or_dash(self.signed_at.map(|time| time.to_string())),
            or_dash(self.received_at.map(|time| time.to_string())),
            or_dash(self.id.map(|id| id.to_string())),
            objection.unwrap_or_default(),
        )
    }
}
