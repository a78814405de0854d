//! `entente reconcile`: close a week and say whether both sides agree.

mod copies;
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
    daemon::{api::Beside, scribe::WeekView},
    names::{Party, Week},
    reconcile::Difference,
    record::NationalTotals,
};

pub use figures::figures;
pub use week::{Awaited, Outcome, RunRefused, last_ended, run_week, run_week_beside};

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
    /// Persons since entry into force by our own national system, as in 1042,997: they stand beside
    /// the body in our statement of this week, and no body depends on them.
    #[arg(long, value_name = "RETURNED,ADMITTED", value_parser = totals)]
    national_totals: Option<NationalTotals>,
    /// Instead of a week: hold the store of one side against that of the other, without a daemon;
    /// the database, or the state directory.
    #[arg(long, value_name = "STORE", requires = "theirs", conflicts_with_all = WEEKLY)]
    ours: Option<PathBuf>,
    /// The store of the other side.
    #[arg(long, value_name = "STORE", requires = "ours")]
    theirs: Option<PathBuf>,
    /// Instead of a week: hold a list of our own case-working system, .csv or .ndjson, against both
    /// logs in the store. The table [national] of the configuration says what its columns are.
    #[arg(long, value_name = "FILE", conflicts_with_all = NO_WEEK)]
    national: Option<PathBuf>,
    /// Print the outcome as JSON.
    #[arg(long)]
    json: bool,
}

/// What a list has no use for.
const NO_WEEK: [&str; 4] = ["ours", "week", "wait", "national_totals"];
/// What two stores have no use for.
const WEEKLY: [&str; 4] = ["config", "week", "wait", "national_totals"];

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
        let beside = Beside { national: arguments.national_totals.clone() };
        let outcome = run_week_beside(&client, week, wait, &beside).await?;
        Ok::<_, RunRefused>((status.rehearsal, outcome))
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
                disputed(out, &view);
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

/// Two plain numbers with a comma between them.
fn totals(text: &str) -> Result<NationalTotals, String> {
    let number = |text: &str| {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| plain)
    };
    let read = text.split_once(',').and_then(|(returned, admitted)| {
        Some(NationalTotals { returned: number(returned)?, admitted: number(admitted)? })
    });
    read.ok_or_else(|| {
        "not two numbers of persons, returned and admitted, as in 1042,997".to_owned()
    })
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

fn disputed(out: &mut Output, view: &WeekView) {
    out.line(format!("Disputed: week {}", view.week));
    for party in Party::BOTH {
        match view.stated.of(party) {
            Some(digest) => out.field(party.code(), format!("states {digest}")),
            None => out.field(party.code(), "states nothing yet"),
        }
    }
    if let Some(body) = &view.body {
        out.field("computed", format!("{} from both logs, here", body.digest()));
    }
    for one in &view.differences {
        match one {
            Difference::Field { field } => out.line(format!("  `{field}` differs")),
            Difference::Record { record, counts_for } => {
                out.line(format!("  record {record} counts for {counts_for} only"));
            }
        }
    }
}
