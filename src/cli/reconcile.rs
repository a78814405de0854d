//! `entente reconcile`: close a week and say whether both sides agree.

mod against;
mod copies;
mod dispute;
mod disputed;
mod figures;
mod list;
mod national;
mod ran;
mod schema;
mod stopped;
mod week;

use std::{path::PathBuf, time::Duration};

use clap::{Args, value_parser};

use super::{
    CONFIG, Exit,
    client::Client,
    failure::{Failure, config},
    output::Output,
    status::wait_for,
};
use crate::{
    daemon::api::Beside,
    names::{Date, Week},
    record::NationalTotals,
};
use national::{Asked, Period};
use ran::Ran;
use stopped::Stopped;

pub use figures::figures;
pub(super) use figures::interim_figures;
pub use schema::schema;
#[cfg(test)]
pub(super) use schema::tests as schema_tests;
pub use week::{Awaited, Outcome, RunRefused, last_ended, run_week, run_week_beside};
use week::{Unsettled, newest, unsettled};

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
    /// With --national: the first day that the list is about, if it does not go back to the entry
    /// into force, as an export of one month.
    #[arg(long, value_name = "DATE", requires = "national")]
    from: Option<Date>,
    /// With --national: the last day that the list is about. Events near either end may have
    /// another day there: export some days more on both sides.
    #[arg(long, value_name = "DATE", requires = "national")]
    to: Option<Date>,
    /// Instead of a week: hold the ids that count for the other side, as `entente statement ids`
    /// has written them there, against those that count here at the same cut-off.
    #[arg(long, value_name = "FILE", conflicts_with_all = NO_LIST)]
    against: Option<PathBuf>,
    /// Print the outcome as JSON.
    #[arg(long)]
    json: bool,
    /// Print one line for the journal, as key=value pairs.
    #[arg(long, conflicts_with_all = ["json", "ours", "national", "against"])]
    summary: bool,
}

/// What a list has no use for.
const NO_WEEK: [&str; 4] = ["ours", "week", "wait", "national_totals"];
/// What a list of ids has no use for.
const NO_LIST: [&str; 5] = ["ours", "national", "week", "wait", "national_totals"];
/// What two stores have no use for.
const WEEKLY: [&str; 4] = ["config", "week", "wait", "national_totals"];

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    if let (Some(ours), Some(theirs)) = (&arguments.ours, &arguments.theirs) {
        return copies::run(ours, theirs, arguments.json, out);
    }
    if let Some(list) = &arguments.national {
        let period = Period { from: arguments.from, to: arguments.to };
        let (config, json) = (&arguments.config, arguments.json);
        return national::run(&Asked { config, list, period, json }, out);
    }
    if let Some(list) = &arguments.against {
        return against::run(&arguments.config, list, arguments.json, out);
    }
    let ran = match weekly(arguments) {
        Ok(ran) => ran,
        Err(stopped) => {
            if arguments.summary {
                out.line(stopped.summary());
            }
            return Err(stopped.failure);
        }
    };
    if arguments.json {
        out.json(&ran.shown());
    } else if arguments.summary {
        out.line(ran.summary());
    } else {
        ran.tell(out);
    }
    ran.end(arguments.summary, out)
}

/// Runs the week, and looks at those before it.
fn weekly(arguments: &Arguments) -> Result<Ran, Stopped> {
    let mut about = arguments.week;
    let stopped = |reason, failure| Stopped { week: arguments.week, reason, failure };
    let config = config(&arguments.config).map_err(|failure| stopped("configuration", failure))?;
    let client = Client::new(&config.api.socket);
    let wait = Duration::from_secs(arguments.wait);
    let ran = wait_for(async {
        let status = client.status().await?;
        let week = arguments.week.unwrap_or_else(|| newest(&status));
        about = Some(week);
        let beside = Beside { national: arguments.national_totals.clone() };
        let outcome = match run_week_beside(&client, week, wait, &beside).await {
            // The status says why it may not sign, and the view what is missing meanwhile.
            Err(refused) if refused.may_not_sign() => Outcome::waiting(client.week(week, 0).await?),
            ran => ran?,
        };
        let unsettled = unsettled(&client, status.first_week, week).await?;
        // What keeps the two sides apart may have come to light meanwhile.
        Ok(Ran { status: client.status().await?, outcome, unsettled })
    });
    ran.map_err(|failure| stopped("no-event-loop", failure))?
        .map_err(|refused| Stopped::refused(about, refused))
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
