//! `entente statement show`: the figures of one week and who signed them, or an interim view.

use clap::Args;

use super::{Place, Which, balance, national, signed, word};
use crate::{
    cli::{
        Exit,
        failure::{Complaint, Failure, config},
        output::Output,
        place::Open,
        reconcile::{figures, interim_figures},
    },
    daemon::{
        clock::{Clock, ClockRefused},
        scribe::{State, StoreRoots},
    },
    names::{BodyDigest, Party, PerParty, Position, RecordId, Timestamp},
    reconcile::{Interim, InterimRefused, Verdict, statement_of, verdict},
    record::{Body, LogCut, NationalTotals, Software},
};

/// Which week, or what time.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The week, as in 2025-W45, or the number [default: the newest with a body].
    which: Option<Which>,
    /// Instead of a week: what both sides knew at this time, as in 2026-03-31T18:00:00Z.
    #[arg(long, value_name = "TIME", conflicts_with = "which")]
    as_at: Option<Timestamp>,
    /// Instead of a week: what both sides know by now.
    #[arg(long, conflicts_with_all = ["which", "as_at"])]
    interim: bool,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

/// One week, for programs.
#[derive(serde::Serialize)]
struct Shown<'a> {
    rehearsal: bool,
    verdict: Verdict,
    digest: BodyDigest,
    balance: i128,
    body: &'a Body,
    stated: PerParty<Option<Stated<'a>>>,
}

/// What one side stated.
#[derive(serde::Serialize)]
struct Stated<'a> {
    record: Option<RecordId>,
    position: Position,
    signed_at: Option<Timestamp>,
    received_at: Option<Timestamp>,
    digest: BodyDigest,
    software: &'a Software,
    national: Option<&'a NationalTotals>,
}

/// An interim view, for programs.
#[derive(serde::Serialize)]
struct ShownInterim<'a> {
    rehearsal: bool,
    balance: i128,
    interim: &'a Interim,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let open = arguments.place.open()?;
    let state = open.state()?;
    let rehearsal = open.seat.agreement.terms().rehearsal;
    if arguments.interim || arguments.as_at.is_some() {
        let view = interim(arguments, &open, &state)?;
        if arguments.json {
            let balance = balance(&view.closing);
            out.json(&ShownInterim { rehearsal, balance, interim: &view });
        } else {
            tell_interim(out, rehearsal, &view);
        }
        return Ok(Exit::Good);
    }
    let body = Which::body(arguments.which, &open.seat.agreement, &state)?;
    let shown = Shown {
        rehearsal,
        verdict: verdict(&state.books, body),
        digest: body.digest(),
        balance: balance(&body.closing),
        body,
        stated: PerParty::from_fn(|party| Stated::of(&state, party, body)),
    };
    if arguments.json {
        out.json(&shown);
    } else {
        tell(out, &shown);
    }
    Ok(Exit::Good)
}

impl<'a> Stated<'a> {
    fn of(state: &'a State, party: Party, body: &Body) -> Option<Self> {
        let (position, one) = statement_of(&state.books, party, body.week)?;
        let record = state.books.entry(party, position).and_then(|entry| entry.record());
        Some(Self {
            record: record.map(|record| record.id()),
            position: state.books.place(party, position).at,
            signed_at: record.map(|record| record.signed_at()),
            received_at: state.books.receipt(party, position).map(|(_, time)| time),
            digest: one.body.digest(),
            software: &one.software,
            national: one.national.as_ref(),
        })
    }
}

fn tell(out: &mut Output, shown: &Shown<'_>) {
    if shown.rehearsal {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
    }
    let body = shown.body;
    let (monday, sunday) = (body.week.monday(), body.week.monday().plus(6));
    out.line(format!(
        "Statement {} of week {} ({monday} to {sunday}, UTC): {}",
        body.number,
        body.week,
        word(shown.verdict)
    ));
    out.field("digest", shown.digest);
    match body.previous {
        Some(previous) => out.field("previous", previous),
        None => out.field("previous", "none: this is the first"),
    }
    cuts(out, &body.gbr, &body.fra);
    out.line("");
    out.line(figures(body));
    out.line(format!("balance: {}, returned less admitted", signed(shown.balance)));
    for party in Party::BOTH {
        out.line("");
        let Some(one) = shown.stated.of(party) else {
            out.field(party.code(), "has not stated the week");
            continue;
        };
        out.field(party.code(), format!("states {}", one.digest));
        if let (Some(record), Some(signed)) = (one.record, one.signed_at) {
            out.field("  record", format!("{record}, {party}:{}, signed {signed}", one.position));
        }
        match one.received_at {
            Some(time) => out.field("  received", time),
            None => out.field("  received", "not yet: in transit"),
        }
        out.field("  software", one.software);
        out.field("  national", national(one.national));
    }
}

fn cuts(out: &mut Output, gbr: &LogCut, fra: &LogCut) {
    for (party, cut) in [(Party::Gbr, gbr), (Party::Fra, fra)] {
        out.field(party.code(), format!("{} entries of {}", cut.size, cut.origin));
        out.field("", format!("root {}", cut.root));
    }
}

fn tell_interim(out: &mut Output, rehearsal: bool, view: &Interim) {
    if rehearsal {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
    }
    out.line(format!(
        "Interim view as at {}: what both sides knew; nobody's statement",
        view.as_of
    ));
    match view.since {
        Some(number) => out.field("opening", format!("the closing of statement {number}")),
        None => out.field("opening", "nothing: no week was closed"),
    }
    cuts(out, &view.gbr, &view.fra);
    out.line("");
    out.line(interim_figures(view));
    out.line(format!("balance: {}, returned less admitted", signed(balance(&view.closing))));
}

fn interim(arguments: &Arguments, open: &Open, state: &State) -> Result<Interim, Failure> {
    let config = config(&arguments.place.config)?;
    let agreement = &open.seat.agreement;
    let clock = Clock::choose(agreement.terms().rehearsal, config.rehearsal.as_ref());
    let refused = |refused: ClockRefused| {
        Failure::of(Exit::Usage, Complaint::new(&refused, refused.advice()))
    };
    let now = clock.map_err(refused)?.read().wall;
    let as_of = arguments.as_at.unwrap_or(now);
    let (books, roots) = (&state.books, StoreRoots(&open.store));
    let view = Interim::at(agreement, books, &roots, &state.chain, (as_of, now));
    view.map_err(|refused| {
        let (exit, advice) = match refused {
            InterimRefused::Future { .. } => {
                (Exit::Usage, "name a time that has passed, or none and --interim for now")
            }
            InterimRefused::BeforeFounding { .. } => (Exit::Usage, "name a later time"),
            InterimRefused::NotHeld { .. } => {
                (Exit::NotYet, "wait until the daemon has healed its copies; see `entente status`")
            }
        };
        Failure::of(exit, Complaint::new(refused, advice))
    })
}
