//! `entente agreement diff`: what differs between two versions, term by term.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{
    step,
    terms::{Change, changes},
};
use crate::{
    cli::{
        Exit,
        client::Client,
        failure::{Complaint, Failure, config},
        output::{Output, count},
        status::wait_for,
    },
    daemon::agreement::{self, Version},
    names::Party,
    record::{PartyTerms, Provisions, Terms},
};

/// Which two.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Two files, each an agreement or its table [provisions]; with --config, the second alone.
    #[arg(required = true, num_args = 1..=2, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Compare with the version in force at this configuration's daemon; where none answers, with
    /// the founding agreement.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Print each change as a line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let read = |path: &Path| {
        agreement::read_either(path).map_err(|refused| Failure::all(Exit::Usage, refused))
    };
    let (before, after) = match (arguments.files.as_slice(), &arguments.config) {
        ([before, after], None) => (Before::of(read(before)?), read(after)?),
        ([after], Some(path)) => (Before::at(path)?, read(after)?),
        (_, _) => {
            let advice = "name two files, or one and --config";
            let what = "a difference is one of two versions";
            return Err(Failure::of(Exit::Usage, Complaint::new(what, advice)));
        }
    };
    let found = differences(&before, &after);
    if arguments.json {
        found.iter().for_each(|change| out.json(change));
    } else {
        if let Some(name) = &before.name {
            out.line(format!("Compared with {name}."));
        }
        tell(out, &found);
    }
    Ok(if found.is_empty() { Exit::Good } else { Exit::Findings })
}

/// The version that another one is held against.
struct Before {
    /// Which it is, unless a file names it.
    name: Option<String>,
    /// The founding agreement, whose other terms no version changes, or a version alone.
    version: Version,
    /// The provisions in force, if they are not those of `version`.
    in_force: Option<Provisions>,
}

impl Before {
    const fn of(version: Version) -> Self {
        Self { name: None, version, in_force: None }
    }

    /// The version in force at a daemon; where none answers, the founding one.
    fn at(path: &Path) -> Result<Self, Failure> {
        let config = config(path)?;
        let founding = agreement::load(&config.agreement.file, Some(config.agreement.digest))
            .map_err(|refused| Failure::all(Exit::Usage, refused))?;
        let version = Version::Agreement(Box::new(founding));
        let client = Client::new(&config.api.socket);
        let (name, in_force) = match wait_for(client.status())? {
            Err(error) if error.is_nobody_there() => {
                ("the founding agreement, since no daemon answers".to_owned(), None)
            }
            answered => {
                let shown = answered?.version;
                match shown.proposal {
                    None => ("the founding version, which is in force".to_owned(), None),
                    Some(id) => {
                        let name = format!("version {}, which {id} proposed", shown.number);
                        (name, Some(step::version(&client, Some(id))?.provisions))
                    }
                }
            }
        };
        Ok(Self { name: Some(name), version, in_force })
    }
}

/// The provisions that differ, and of two whole agreements what no version may change as well.
fn differences(before: &Before, after: &Version) -> Vec<Change> {
    let mut found = Vec::new();
    if let (Version::Agreement(before), Version::Agreement(after)) = (&before.version, after) {
        found.extend(founding(before.terms(), after.terms()));
    }
    let provisions = before.in_force.as_ref().unwrap_or_else(|| before.version.provisions());
    found.extend(changes(provisions, after.provisions()));
    found
}

/// What only another founding changes.
fn founding(before: &Terms, after: &Terms) -> Vec<Change> {
    let means = "another founding agreement: no version changes this";
    let mut found = Vec::new();
    let mut hold = |term, from: String, to: String| {
        if from != to {
            found.push(Change { term, from, to, means: means.to_owned() });
        }
    };
    let seconds = |terms: &Terms| format!("{} s", terms.clock_bound_seconds);
    hold("title", before.title.clone(), after.title.clone());
    hold("clock_bound_seconds", seconds(before), seconds(after));
    hold("rehearsal", before.rehearsal.to_string(), after.rehearsal.to_string());
    for party in Party::BOTH {
        let (from, to) = (before.party(party), after.party(party));
        let [issuer, log, mirror, signers] = match party {
            Party::Gbr => ["gbr.issuer", "gbr.log", "gbr.mirror", "gbr.signers"],
            Party::Fra => ["fra.issuer", "fra.log", "fra.mirror", "fra.signers"],
        };
        hold(issuer, from.issuer.clone(), to.issuer.clone());
        hold(log, from.log.clone(), to.log.clone());
        hold(mirror, from.mirror.clone(), to.mirror.clone());
        if from.signers != to.signers {
            hold(signers, keys(from, "before"), keys(to, "after"));
        }
    }
    found
}

fn keys(terms: &PartyTerms, when: &str) -> String {
    let number = u64::try_from(terms.signers.len()).unwrap_or(u64::MAX);
    format!("{} {when}", count(number, "certificate", "certificates"))
}

/// The changes as people read them.
pub(super) fn tell(out: &mut Output, changes: &[Change]) {
    if changes.is_empty() {
        out.line("Nothing differs.");
        return;
    }
    for change in changes {
        out.line(format!("{:<21} from  {}", change.term, change.from));
        out.line(format!("{:<21} to    {}", "", change.to));
        out.line(format!("{:<21}       {}", "", change.means));
    }
    let number = u64::try_from(changes.len()).unwrap_or(u64::MAX);
    out.line(format!("{}.", count(number, "term differs", "terms differ")));
}

/// The same for provisions alone.
pub(super) fn tell_provisions(out: &mut Output, before: &Provisions, after: &Provisions) {
    tell(out, &changes(before, after));
}
