//! `entente log end`: the last record of our own log, signed by an officer.

use clap::Args;

use crate::{
    cli::{
        Exit,
        client::Client,
        failure::{Complaint, Failure},
        officer::Place,
        output::Output,
    },
    daemon::scribe::Submitted,
    names::RecordId,
    record::{LogEnd, LogEndReason, Record},
};

/// Which log ends, and why.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Why: year-end, key-change, agreement-ended, tail-lost or fork.
    #[arg(long, value_name = "CODE")]
    reason: LogEndReason,
    /// The version of the agreement that names the successor, if there is one.
    #[arg(long, value_name = "RECORD")]
    successor: Option<RecordId>,
    /// Print the answer as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let config = arguments.place.config()?;
    arguments.place.askable()?;
    let officer = arguments.place.officer(&config)?;
    let party = config.party;
    let what =
        format!("this ends the log of {party} for ever, for the reason {}", arguments.reason);
    let advice = "know that afterwards nothing is taken into it but entanglements: no submission, \
                  no close of a week, no approval; it cannot be taken back";
    out.warning(&Complaint::new(what, advice));
    let question = format!("The log of {party} will end, by the key {}.", officer.kid());
    arguments.place.confirm(out, &question)?;
    let re = arguments.successor.into_iter().collect();
    let record = Record { re, ..Record::bare(LogEnd { reason: arguments.reason }) };
    let submitted = officer.hand_in(&Client::new(&config.api.socket), &record)?;
    if arguments.json {
        out.json(&submitted);
    } else {
        match submitted {
            Submitted::Logged { record, logged } => {
                out.line(format!("{record} logged at {logged}: the log of {party} ends"));
            }
            Submitted::Queued { submission } => out.line(format!("{submission} queued")),
        }
    }
    Ok(Exit::Good)
}
