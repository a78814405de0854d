//! `entente keys mirror-pq`: the mirror's post-quantum key, and its half for the other side.

use std::path::PathBuf;

use clap::Args;

use crate::cli::{
    Exit,
    failure::{Complaint, Failure},
    output::Output,
};
use crate::tlog::Origin;

/// Which key is wanted.
#[derive(Debug, Args)]
pub(in crate::cli) struct Wanted {
    /// The file for the key, which is not there yet: what keys.mirror_pq then names.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The name of this side's mirror, as the agreement has it.
    #[arg(long, value_name = "NAME")]
    mirror: Origin,
}

#[cfg(feature = "pq")]
pub(super) fn run(wanted: &Wanted, out: &mut Output) -> Result<Exit, Failure> {
    let made = crate::daemon::keys::create_quantum(&wanted.out, wanted.mirror.clone());
    let public = made.map_err(|refused| {
        let advice = "name a file that is not there yet, in a folder that this user may write to";
        Failure::of(Exit::Usage, Complaint::new(refused.to_string(), advice))
    })?;
    // Alone on its line, so that it goes into the counterpart's file as it is.
    out.line(public);
    Ok(Exit::Good)
}

#[cfg(not(feature = "pq"))]
pub(super) fn run(wanted: &Wanted, _out: &mut Output) -> Result<Exit, Failure> {
    let what = format!("{} is not made for {}", wanted.out.display(), wanted.mirror);
    let advice = "install a build with the feature pq: this one has no post-quantum signatures";
    Err(Failure::of(Exit::Usage, Complaint::new(what, advice)))
}
