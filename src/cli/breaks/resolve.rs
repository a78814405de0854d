//! `entente break resolve`: this side's decision of an open break. The daemon signs it as it signs
//! what case-working systems hand in; it has no effect before an officer approves it.

use std::path::PathBuf;

use clap::Args;

use super::Wanted;
use crate::{
    cli::{
        CONFIG, Exit,
        client::Client,
        concern::concern,
        failure::{Failure, config},
        officer::Consent,
        output::Output,
        status::wait_for,
    },
    daemon::scribe::Submitted,
    ledger::Break,
    names::Hash,
    record::{BreakResolution, Decision, Record},
};

/// Which break, and how it is decided.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The configuration of the daemon; names its socket.
    #[arg(long, default_value = CONFIG)]
    config: PathBuf,
    #[command(flatten)]
    consent: Consent,
    /// The id of an open break, or its first 8 digits or more.
    #[arg(value_name = "BREAK")]
    wanted: Wanted,
    /// explained: the records stand, and the difference is explained; put-right: other records have
    /// put it right; acknowledged: the fault is, and nothing more can be done about it.
    #[arg(long)]
    decision: Decision,
    /// Print what was logged as JSON.
    #[arg(long)]
    json: bool,
}

/// What was handed in, for programs.
#[derive(serde::Serialize)]
struct Handed {
    of: Hash,
    decision: Decision,
    #[serde(flatten)]
    submitted: Submitted,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let client = Client::new(&config(&arguments.config)?.api.socket);
    arguments.consent.askable()?;
    let status = wait_for(client.status())??;
    let none = "see `entente break list`: it may have cleared by itself, be resolved already, or \
                be this side's own, which no decision closes";
    let found = arguments.wanted.of(status.breaks.iter(), |one: &&Break| one.id, none)?;
    let (of, decision) = (found.id, arguments.decision);
    let record = Record::bare(BreakResolution { break_id: of, decision });
    if !arguments.json {
        if status.rehearsal {
            out.line("REHEARSAL: under these terms nothing is in earnest.");
        }
        out.field("break", of);
        for line in concern(&client, &record)? {
            out.line(line);
        }
        out.line(format!("Settled by a record: {}", found.class.guide().advice));
        out.line("");
    }
    let question = format!("It will be decided for {}: {decision}.", status.party);
    arguments.consent.confirm(out, &question)?;
    let json = serde_json::json!({
        "kind": "break-resolution",
        "content": { "break_id": of, "decision": decision },
    });
    let submitted = wait_for(client.submit(json.to_string().as_bytes(), None))??;
    if arguments.json {
        out.json(&Handed { of, decision, submitted });
        return Ok(Exit::Good);
    }
    match submitted {
        Submitted::Logged { record, logged } => {
            out.line(format!("{decision}: {record} logged at {logged}"));
            out.line(format!(
                "It takes effect once an officer of {} has approved it (entente approve {}), and \
                 the other side has decided the same.",
                status.party,
                super::super::case::short(record),
            ));
        }
        Submitted::Queued { submission } => out.line(format!("{decision}: {submission} queued")),
    }
    Ok(Exit::Good)
}
