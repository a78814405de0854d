//! `entente status`: how this side stands, in some calm lines.

mod edge;
mod endings;
mod enrolments;
mod trust;

use std::path::PathBuf;

use clap::Args;

use super::{
    CONFIG, Exit,
    client::Client,
    failure::{Complaint, Failure, config},
    link,
    output::{Output, count},
};
use crate::{
    daemon::scribe::{LogView, StatusView, VersionView},
    ledger::Phase,
    names::Size,
    record::Three,
};

/// Which daemon.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The configuration of the daemon; names its socket.
    #[arg(long, default_value = CONFIG, conflicts_with = "socket")]
    config: PathBuf,
    /// The daemon's socket itself.
    #[arg(long)]
    socket: Option<PathBuf>,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let client = match &arguments.socket {
        Some(socket) => Client::new(socket),
        None => Client::new(&config(&arguments.config)?.api.socket),
    };
    let status = wait_for(client.status())??;
    if arguments.json {
        out.json(&status);
    } else {
        tell(out, &status);
    }
    Ok(exit(&status))
}

/// Runs what talks to the daemon, on this thread.
pub(super) fn wait_for<T>(asked: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        let what = format!("no event loop: {error}");
        Failure::of(Exit::OwnFault, Complaint::new(what, "look at the limits of this user"))
    })?;
    Ok(runtime.block_on(asked))
}

pub(super) fn exit(status: &StatusView) -> Exit {
    if status.is_forked() {
        Exit::Fork
    } else if status.breaks.iter().any(|one| one.class.guide().is_finding()) {
        Exit::Findings
    } else if status.is_fork_unproven() {
        Exit::NotYet
    } else {
        Exit::Good
    }
}

fn tell(out: &mut Output, status: &StatusView) {
    let (party, other) = (status.party, status.party.other());
    let rehearsal = if status.rehearsal { "REHEARSAL, " } else { "" };
    out.field("side", format!("{party}, {rehearsal}agreement {}", status.agreement));
    let fault = status.clock_fault.as_deref();
    let fault = fault.map(|fault| format!("; cosigning pauses: {fault}")).unwrap_or_default();
    out.field("clock", format!("{}{fault}", status.clock));
    out.field("version", version(&status.version));
    let reason = status.gate_reason.as_deref().unwrap_or("this side may sign");
    out.field("gate", format!("{}: {reason}", status.gate));
    if let Some(why) = &status.keys_away {
        out.field("keys", format!("away, so that signing stalls: {why}"));
    }
    out.field("session", session(status));
    edge::tell(out, &status.edge);
    let own = status.logs.of(party);
    out.field("own log", format!("{}, {}", log(own), receipts(own, "without receipt")));
    let mirror = status.logs.of(other);
    let contested = match mirror.contested {
        0 => String::new(),
        count => format!(", {count} contested"),
    };
    out.field("mirror", format!("{}, {}{contested}", log(mirror), receipts(mirror, "to cosign")));
    let queued = u64::try_from(status.queued).unwrap_or(u64::MAX);
    let queued = count(queued, "submission waits", "submissions wait");
    out.field("queue", format!("{queued} to be signed"));
    let due = (status.week_due.of(party), status.week_due.of(other));
    let due = if own.ended && mirror.ended {
        "both logs have ended".to_owned()
    } else {
        format!("next to close: {} by {party}, {} by {other}", due.0, due.1)
    };
    out.field("weeks", format!("{} cut off; {due}", status.weeks));
    endings::tell(out, &status.certificates);
    enrolments::tell(out, party, &status.enrolments);
    trust::of_record_keys(out, status);
    let tally = &status.tally;
    let (returned, admitted) = (three(&tally.returned), three(&tally.admitted));
    out.field("persons", format!("returned {returned}; admitted {admitted}"));
    out.field(
        "breaks",
        if status.breaks.is_empty() {
            "none open".to_owned()
        } else {
            format!("{} open", status.breaks.len())
        },
    );
    for one in &status.breaks {
        let (class, owner, began) = (one.class, one.owner, one.began);
        let age = one.age(status.clock);
        out.line(format!("  {class}, {age} days, since {began}, to act: {owner}; {}", one.id));
        out.line(format!("    {}", class.guide().advice));
    }
}

fn session(status: &StatusView) -> String {
    match &status.refusal {
        _ if status.connected => edge::up(&status.edge),
        Some(refusal) => {
            format!("down: {}; submissions are taken in", link::words(status, refusal))
        }
        None => "down; submissions are taken in".to_owned(),
    }
}

fn version(version: &VersionView) -> String {
    let number = match version.number {
        0 => "founding version".to_owned(),
        number => format!("version {number}"),
    };
    let last = version.last_day;
    match version.phase {
        Phase::Before => format!("{number}, not in force yet"),
        Phase::InForce => format!("{number}, in force to {last}"),
        Phase::RunOff => format!(
            "{number}, ended on {last}: no new requests; arrivals, corrections and settlement go on"
        ),
    }
}

fn log(log: &LogView) -> String {
    let ended = if log.ended { ", ended" } else { "" };
    format!("{}: {} entries{ended}", log.origin, log.size)
}

fn receipts(log: &LogView, without: &str) -> String {
    let cosigned = match (log.cosigned, log.cosigned_at) {
        (Size(0), _) | (_, None) => "none cosigned".to_owned(),
        (size, Some(time)) => format!("{size} cosigned ({time})"),
    };
    format!("{cosigned}, {} {without}", log.unreceipted)
}

fn three(three: &Three) -> String {
    format!("{} (GBR {}, FRA {})", three.agreed, three.gbr, three.fra)
}
