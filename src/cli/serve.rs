//! `entente serve`: the daemon.

use std::path::PathBuf;

use clap::Args;

use super::{
    CONFIG, Exit,
    failure::{Complaint, Failure},
};
use crate::daemon::{
    assembly::AssemblyFault,
    serve::{Attendance, ServeError, run as serve},
};

/// Which side.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The configuration of this side's daemon.
    #[arg(long, default_value = CONFIG)]
    config: PathBuf,
    /// Stop as soon as standard input closes: for rehearsals that must leave nothing running.
    #[arg(long)]
    attended: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    journal();
    let attendance = if arguments.attended { Attendance::Attended } else { Attendance::Unattended };
    serve(&arguments.config, attendance).map_err(Failure::from)?;
    Ok(Exit::Good)
}

/// The journal is standard error, a line an event; the service manager adds the time.
fn journal() {
    let lines = tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false);
    // Only a second daemon in one process could have set another; there is none.
    let _set = lines.without_time().try_init();
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        let usage = |advice: &str| Self::of(Exit::Usage, Complaint::new(&error, advice));
        match error {
            ServeError::Config(refused) => Self::of(Exit::Usage, &refused),
            ServeError::Assembly(faults) => Self::all::<AssemblyFault>(Exit::Usage, faults),
            ServeError::Load(fault) => fault.into(),
            ServeError::Ends(_) => {
                usage("correct [tls]; `entente check-config` says what is wrong with each file")
            }
            ServeError::Trust(_) => {
                usage("correct [trust]; `entente check-config` says what is wrong with each file")
            }
            ServeError::Sandbox(_) => usage(
                "use a kernel with Landlock, or set sandbox.mode = \"best-effort\" and rely on the \
                 walls of the service manager",
            ),
            ServeError::Handed(_) => {
                usage("hand over one Unix socket for the API, one TCP socket for the link, or none")
            }
            ServeError::Link(_) => usage("choose an address of this machine that is free"),
            ServeError::Api(_) => usage("choose a path in a folder that this user may write to"),
            ServeError::System(_) | ServeError::ScribeGone => {
                let advice = "look at the journal; what was acknowledged is durable";
                Self::of(Exit::OwnFault, Complaint::new(&error, advice))
            }
        }
    }
}
