//! `entente log show`: one entry, and what was checked about it.

use std::str::FromStr;

use clap::Args;

use crate::{
    cli::{
        Exit,
        failure::{Complaint, Failure},
        output::Output,
    },
    daemon::dossier::{Dossier, RecordPart},
    ledger::Place,
    names::{Party, Position, RecordId},
};

/// Which entry.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: super::Place,
    /// The id of a record, or a place as GBR:17 in the present log.
    entry: Which,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

/// How an entry is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Id(RecordId),
    At(Party, Position),
}

impl FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse =
            || "neither a record id of 64 hexadecimal digits nor a place as GBR:17".to_owned();
        match text.split_once(':') {
            None => text.parse().map(Self::Id).map_err(|_| refuse()),
            Some((log, position)) => {
                let plain = position.bytes().all(|byte| byte.is_ascii_digit());
                let position = position.parse().ok().filter(|_| plain).ok_or_else(refuse)?;
                Ok(Self::At(log.parse().map_err(|_| refuse())?, Position(position)))
            }
        }
    }
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let open = arguments.place.open()?;
    let state = open.state()?;
    let present = state.books.generation();
    let place = match arguments.entry {
        Which::Id(id) => state.books.find(id).map(|(log, row)| (log, state.books.place(log, row))),
        Which::At(log, at) => Some((log, Place { generation: present, at })),
    };
    let found = match place {
        // What stands in a log that was succeeded is checked against the store of that log.
        Some((log, Place { generation, at })) if generation != present => {
            let before = arguments.place.open_before(generation)?;
            Dossier::of(&before.store, &before.seat, &before.state()?, log, at)?
        }
        Some((log, Place { at, .. })) => Dossier::of(&open.store, &open.seat, &state, log, at)?,
        None => None,
    };
    let Some(dossier) = found else {
        let advice = "see `entente log list`; what the counterpart logged last may be on its way";
        let complaint = Complaint::new("no such entry is held in either log", advice);
        return Err(Failure::of(Exit::Usage, complaint));
    };
    if arguments.json {
        out.json(&dossier);
    } else {
        let inherited = place.is_some_and(|(_, place)| place.generation != present);
        tell(out, &dossier, inherited);
    }
    Ok(Exit::Good)
}

fn tell(out: &mut Output, dossier: &Dossier, inherited: bool) {
    if dossier.rehearsal {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
    }
    let of = if inherited { format!(" of {}", dossier.origin) } else { String::new() };
    out.field("place", format!("{}:{}{of}", dossier.log, dossier.position));
    if let Some(record) = &dossier.record {
        says(out, record);
    }
    out.line("");
    let (bytes, leaf) = (dossier.bytes, dossier.leaf);
    out.field("leaf hash", format!("passed: {leaf}, of {bytes} bytes"));
    match &dossier.record {
        Some(record) => {
            out.field("encoding", "passed: one COSE_Sign1 over deterministic CBOR");
            out.field("signature", format!("passed: {}, key {}", record.algorithm, record.key));
            out.field("signer", format!("passed: {} of {}", record.role, record.party));
        }
        None => out.field("contested", "only its place and its hash count"),
    }
    match &dossier.objection {
        Some(objection) => {
            out.field("no effect", format!("{}: {}", objection.reason, objection.detail));
        }
        None => out.field("position", "passed: in order with all that comes before it"),
    }
    let inclusion = &dossier.inclusion;
    let hashes = inclusion.proof.hashes().len();
    out.field(
        "inclusion",
        format!(
            "passed: {hashes} hashes to the root {} at size {}",
            inclusion.root, inclusion.size
        ),
    );
    match &dossier.receipt {
        Some(receipt) => {
            let (time, size, by) = (receipt.time, receipt.size, dossier.log.other());
            out.field("receipt", format!("passed: {by} cosigned {size} entries at {time}"));
            out.line("");
            out.line(receipt.proof.trim_end());
        }
        None => out.field("receipt", "none yet: in transit"),
    }
}

fn says(out: &mut Output, record: &RecordPart) {
    out.field("record", record.id);
    out.field("kind", record.kind);
    out.field("signed at", record.signed_at);
    // What a record says is shown as it is submitted.
    let says = serde_json::to_string_pretty(&record.says);
    out.line(says.unwrap_or_else(|error| error.to_string()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_named_by_its_id_or_by_its_place() {
        let id = "ab".repeat(32);
        assert_eq!(id.parse(), Ok(Which::Id(id.parse().unwrap())));
        assert_eq!("FRA:17".parse(), Ok(Which::At(Party::Fra, Position(17))));
        for bad in
            ["", "17", ":17", "FRA:", "FRA:-1", "FRA:+1", "fra:1", "FRA:1:2", "DEU:1", &id[1..]]
        {
            assert!(bad.parse::<Which>().is_err(), "{bad:?}");
        }
    }
}
