//! `entente log succession`: how both logs ended, and which succeed them, in one file that both
//! sides make for themselves and pin.

use std::{fs::OpenOptions, io::Write as _, path::PathBuf};

use clap::Args;

use crate::{
    cli::{
        Exit,
        failure::{Complaint, Failure},
        output::Output,
        place::Place,
    },
    daemon::lineage::{HandedBack, Next, NoSuccession, Wanted, next},
    names::{Hash, Party, PerParty, RecordId, Size},
    record::{LogEndReason, Succession},
};

/// How the logs ended, and the keys of the next ones.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Why they ended: year-end, key-change, tail-lost or fork.
    #[arg(long, value_name = "CODE")]
    reason: LogEndReason,
    /// The United Kingdom's new verifier keys, as its `entente keys successor` wrote them.
    #[arg(long, value_name = "FILE")]
    gbr: PathBuf,
    /// France's.
    #[arg(long, value_name = "FILE")]
    fra: PathBuf,
    /// For a lost or forked log: the cosigned size at which the British log ends [default: the
    /// newest that is held here].
    #[arg(long, value_name = "SIZE")]
    gbr_end: Option<u64>,
    /// The same of the French log.
    #[arg(long, value_name = "SIZE")]
    fra_end: Option<u64>,
    /// For a lost or forked log whose end is given: what the other side has received beyond it, and
    /// nobody holds any more, is given up.
    #[arg(long)]
    give_up_receipted: bool,
    /// The version of the agreement that both logs name in their ends [default: as they do].
    #[arg(long, value_name = "RECORD")]
    version: Option<RecordId>,
    /// The succession file; nothing is written over.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Print the succession as JSON.
    #[arg(long)]
    json: bool,
}

/// What was made, for programs.
#[derive(serde::Serialize)]
struct Made<'a> {
    file: &'a PathBuf,
    digest: Hash,
    succession: &'a Succession,
    handed_back: &'a [HandedBack],
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let open = arguments.place.open()?;
    let state = open.state()?;
    let wanted = Wanted {
        reason: arguments.reason,
        keys: PerParty { gbr: arguments.gbr.clone(), fra: arguments.fra.clone() },
        ends: PerParty { gbr: arguments.gbr_end.map(Size), fra: arguments.fra_end.map(Size) },
        version: arguments.version,
        gives_up: arguments.give_up_receipted,
    };
    let made = next(&open.store, &open.seat, &state, &wanted).map_err(|refused| {
        let waits = refused.iter().all(NoSuccession::is_of_time);
        Failure::all(if waits { Exit::NotYet } else { Exit::Usage }, refused)
    })?;
    let Next { succession, handed_back } = made;
    write(&arguments.out, &succession)?;
    let digest = succession.digest();
    if arguments.json {
        let (file, succession, handed_back) = (&arguments.out, &succession, &*handed_back);
        out.json(&Made { file, digest, succession, handed_back });
        return Ok(Exit::Good);
    }
    out.field("succession", format!("{} ({})", succession.number, succession.reason));
    out.field("digest", digest);
    for party in Party::BOTH {
        let ended = &succession.party(party).ended;
        out.field(party.code(), format!("{} ends at {}", ended.origin, ended.size));
        out.field("  root", ended.root);
    }
    out.field("file", arguments.out.display());
    handed_back.iter().for_each(|one| out.field("hand in anew", one));
    out.line("");
    out.line(
        "Both sides make this file for themselves: the digests must be the same. Then pin it \
         (agreement.succession, agreement.succession_digest), name the old state directory in \
         state.predecessors, give the new logs a state directory, a mark and a key folder of their \
         own, and found them with `entente init`.",
    );
    Ok(Exit::Good)
}

fn write(path: &PathBuf, succession: &Succession) -> Result<(), Failure> {
    let text = toml::to_string(succession).map_err(|error| {
        Failure::of(Exit::OwnFault, Complaint::new(error, "report this: it is a fault of ours"))
    })?;
    let written = OpenOptions::new().write(true).create_new(true).open(path);
    written
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .map_err(|error| {
            let advice = "name a file that is not there, in a folder that this user may write to";
            Failure::of(Exit::Usage, Complaint::new(error, advice).about(path.display()))
        })
}
