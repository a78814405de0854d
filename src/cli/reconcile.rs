//! `entente reconcile`: close a week and say whether both sides agree.

mod copies;
mod dispute;
mod figures;
mod list;
mod national;
mod week;

use std::{path::PathBuf, time::Duration};

use clap::{Args, value_parser};

use super::{
    CONFIG, Exit,
    client::Client,
    failure::{Complaint, Failure, config},
    output::Output,
    status::wait_for,
};
use crate::{
    daemon::scribe::WeekView,
    names::{Party, Week},
};

pub use figures::figures;
pub use week::{Awaited, Outcome, RunRefused, last_ended, run_week};

/// A day: whoever waits longer calls again.
const WAIT_SECONDS_MAX: u64 = 86_400;

/// Which week.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The configuration of the daemon; names its socket.
    #[arg(long, default_value = CONFIG)]
    config: PathBuf,
    /// The week, as in 2025-W45 [default: the last one that has ended by the daemon's clock].
    #[arg(long)]
    week: Option<Week>,
    /// How many seconds to wait for the other side.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    #[arg(value_parser = value_parser!(u64).range(..=WAIT_SECONDS_MAX))]
    wait: u64,
    /// Instead of a week: hold the store of one side against that of the other, without a daemon;
    /// the database, or the state directory.
    #[arg(long, value_name = "STORE", requires = "theirs", conflicts_with_all = WEEKLY)]
    ours: Option<PathBuf>,
    /// The store of the other side.
    #[arg(long, value_name = "STORE", requires = "ours")]
    theirs: Option<PathBuf>,
    /// Instead of a week: hold a list of our own case-working system, .csv or .ndjson, against both
    /// logs in the store. The table [national] of the configuration says what its columns are.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["ours", "week", "wait"])]
    national: Option<PathBuf>,
    /// Print the outcome as JSON.
    #[arg(long)]
    json: bool,
}

/// What two stores have no use for.
const WEEKLY: [&str; 3] = ["config", "week", "wait"];

/// The outcome for programs.
#[derive(serde::Serialize)]
struct Shown<'a> {
    outcome: &'static str,
    awaited: &'a [Awaited],
    rehearsal: bool,
    #[serde(flatten)]
    view: &'a WeekView,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    if let (Some(ours), Some(theirs)) = (&arguments.ours, &arguments.theirs) {
        return copies::run(ours, theirs, arguments.json, out);
    }
    if let Some(list) = &arguments.national {
        return national::run(&arguments.config, list, arguments.json, out);
    }
    let client = Client::new(&config(&arguments.config)?.api.socket);
    let wait = Duration::from_secs(arguments.wait);
    let (rehearsal, outcome) = wait_for(async {
        let status = client.status().await?;
        let week = arguments.week.unwrap_or_else(|| last_ended(status.clock));
        Ok::<_, RunRefused>((status.rehearsal, run_week(&client, week, wait).await?))
    })??;
    if arguments.json {
        let (name, view, awaited) = match &outcome {
            Outcome::Joint(view) => ("joint", view, &[][..]),
            Outcome::Disputed(view) => ("disputed", view, &[][..]),
            Outcome::Waiting(view, awaited) => ("waiting", view, &awaited[..]),
        };
        out.json(&Shown { outcome: name, awaited, rehearsal, view });
    } else if rehearsal {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
    }
    match outcome {
        Outcome::Joint(view) => {
            if !arguments.json {
                joint(out, &view);
            }
            // Both sides agree on the body, and so on the breaks in it: somebody has to act.
            let breaks = view.body.is_some_and(|body| !body.breaks.is_empty());
            Ok(if breaks { Exit::Findings } else { Exit::Good })
        }
        Outcome::Disputed(view) => {
            if !arguments.json {
                dispute::tell(out, &view);
            }
            let what = format!("{}: the two sides state different bodies", view.week);
            let advice = "compare the records named; what the two logs hold decides";
            Err(Failure::of(Exit::Findings, Complaint::new(what, advice)))
        }
        Outcome::Waiting(view, awaited) => {
            let complaint = |one: &Awaited| Complaint::new(one, one.advice()).about(view.week);
            Err(Failure::all(Exit::NotYet, awaited.iter().map(complaint)))
        }
    }
}

impl From<RunRefused> for Failure {
    fn from(refused: RunRefused) -> Self {
        match refused {
            RunRefused::Client(error) => error.into(),
            RunRefused::NotEnded { .. } | RunRefused::NotInForce { .. } => {
                Self::of(Exit::Usage, Complaint::new(&refused, refused.advice()))
            }
        }
    }
}

fn joint(out: &mut Output, view: &WeekView) {
    let Some(body) = &view.body else { return };
    let (monday, sunday) = (view.week.monday(), view.week.monday().plus(6));
    out.line(format!(
        "Joint statement {} of week {} ({monday} to {sunday}, UTC)",
        body.number, view.week
    ));
    out.field("digest", body.digest());
    for party in Party::BOTH {
        let cut = match party {
            Party::Gbr => &body.gbr,
            Party::Fra => &body.fra,
        };
        out.field(party.code(), format!("{} entries of {}", cut.size, cut.origin));
    }
    out.line("");
    out.line(figures(body));
}
