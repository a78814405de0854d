//! The verb itself: its arguments, and what it says.

use std::path::PathBuf;

use clap::Args;

use super::{Demo, DemoError, DemoReport, PlayError, StageError, Survival, render};
use crate::cli::{
    Exit,
    failure::{Complaint, Failure},
    output::Output,
};

/// Where, and for whom.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The folder to use: empty, or a former demo's, which is replaced. By default a fresh one in
    /// the system's temporary directory.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Print the report as JSON, in one line, the last.
    #[arg(long)]
    json: bool,
}

pub(in crate::cli) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let demo = Demo::prepare(arguments.dir.as_deref())?;
    out.line(format!("The demo is in {}", demo.folder().display()));
    out.line("");
    out.flush();
    let (report, survival) = demo.run()?;
    if arguments.json {
        out.json(&report);
    } else {
        out.line(told(&survival));
        out.line("");
        // The folder is the first thing that is said, and the last.
        out.line(render(&report).trim_end());
    }
    Ok(if is_good(&report) { Exit::Good } else { Exit::Findings })
}

/// The kill in numbers.
fn told(survival: &Survival) -> String {
    format!(
        "The kill fell amid {} submissions to {}: {} were answered and {} had no receipt yet. All \
         were sent again: {} lost, {} doubled.",
        survival.submitted,
        survival.killed,
        survival.acknowledged,
        survival.unreceipted,
        survival.lost,
        survival.doubled
    )
}

/// Whether the demo showed what it is to show.
fn is_good(report: &DemoReport) -> bool {
    report.joint_statements == report.weeks
        && report.breaks == 0
        && report.published.iter().all(|figure| figure.agrees)
        && report.kill_survived
        && report.verified
}

impl From<DemoError> for Failure {
    fn from(error: DemoError) -> Self {
        let (exit, advice) = match &error {
            DemoError::Stage(StageError::Occupied(_)) => {
                (Exit::Usage, "choose an empty folder, or one that is not there yet")
            }
            DemoError::Stage(StageError::PathTooLong { .. }) => {
                (Exit::Usage, "choose a folder with a shorter path")
            }
            DemoError::Stage(StageError::File { .. }) => {
                (Exit::Usage, "choose a folder that this user may write to")
            }
            DemoError::Play(PlayError::NotJoint { .. } | PlayError::NoReceipts(_)) => {
                (Exit::NotYet, "look at both journal.log files in the demo's folder")
            }
            DemoError::Stage(_)
            | DemoError::Play(_)
            | DemoError::Season(_)
            | DemoError::System(_) => {
                (Exit::OwnFault, "look at both journal.log files in the demo's folder")
            }
        };
        Self::of(exit, Complaint::new(&error, advice))
    }
}
