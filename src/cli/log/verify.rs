//! `entente log verify`: the whole store, recomputed.

use clap::Args;

use super::Place;
use crate::{
    cli::{
        Exit,
        failure::Failure,
        output::{Output, count},
    },
    daemon::audit::{Audit, audit},
    names::{Party, Size},
    reconcile::Verdict,
};

/// Which store.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Print what was found as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let open = arguments.place.open()?;
    let audit = audit(&open.store, &open.seat)?;
    if arguments.json {
        out.json(&audit);
    } else {
        tell(out, &audit);
    }
    Ok(Exit::Good)
}

fn tell(out: &mut Output, audit: &Audit) {
    if audit.rehearsal {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
    }
    for log in Party::BOTH {
        let found = audit.logs.of(log);
        let whose = if log == audit.party { "our own log" } else { "the mirror" };
        out.field(log.code(), format!("{} ({whose})", found.origin));
        out.field("  size", format!("{}, {} contested", entries(found.size), found.contested));
        out.field("  root", found.root);
        out.field("  nodes", format!("{} recomputed", found.nodes));
        out.field(
            "  notes",
            format!("{} opened", count(found.checkpoints, "checkpoint", "checkpoints")),
        );
        let newest = found
            .cosigned_at
            .map(|time| format!(", the newest of {} at {time}", entries(found.cosigned)));
        let awaited = match found.awaited {
            0 => String::new(),
            count => format!(", {count} on their way"),
        };
        out.field(
            "  receipts",
            format!(
                "{} opened{}{awaited}",
                count(found.cosignatures, "cosignature", "cosignatures"),
                newest.unwrap_or_default()
            ),
        );
    }
    for week in &audit.weeks {
        let verdict = match week.verdict {
            Verdict::Joint => "joint statement",
            Verdict::Awaiting => "not stated by both",
            Verdict::Disputed => "DISPUTED",
        };
        out.field(&week.week.to_string(), format!("{}: {verdict} {}", week.number, week.digest));
    }
    out.line("");
    out.line("Verified: every entry, signature, tree node, checkpoint and cosignature holds.");
}

fn entries(size: Size) -> String {
    count(size.0, "entry", "entries")
}
