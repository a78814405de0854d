//! `entente agreement propose`, `accept` and `terminate`: the steps in the life of the agreement.
//! Each is submitted as a record, and takes effect once an officer has approved it.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::{diff::tell_provisions, terms::changes};
use crate::{
    cli::{
        CONFIG, Exit,
        attempt::{self, Attempt},
        client::{Client, ShownRecord},
        failure::{Complaint, Failure, config},
        output::{Output, count},
        status::wait_for,
    },
    daemon::{agreement::read_either, config::Config, scribe::RecordKey},
    names::{Party, Position, RecordId},
    record::{Kind, Provisions, VersionStep},
};

/// Which daemon.
#[derive(Debug, Args)]
struct Place {
    /// The configuration of the daemon; names its socket.
    #[arg(long, default_value = CONFIG)]
    config: PathBuf,
    /// Print the answer as JSON.
    #[arg(long)]
    json: bool,
}

/// What is proposed.
#[derive(Debug, Args)]
pub(in crate::cli) struct Propose {
    /// The provisions proposed: a table [provisions] in TOML, or a whole agreement file.
    file: PathBuf,
    /// The proposal that it follows [default: the version in force].
    #[arg(long, value_name = "RECORD")]
    after: Option<RecordId>,
    #[command(flatten)]
    place: Place,
}

/// What is accepted.
#[derive(Debug, Args)]
pub(in crate::cli) struct Accept {
    /// The id of the proposal.
    record: RecordId,
    #[command(flatten)]
    place: Place,
}

/// What is ended.
#[derive(Debug, Args)]
pub(in crate::cli) struct Terminate {
    /// The proposal behind the version that is ended [default: the version in force].
    #[arg(long, value_name = "RECORD")]
    after: Option<RecordId>,
    #[command(flatten)]
    place: Place,
}

/// What was submitted, for programs.
#[derive(serde::Serialize)]
struct Stepped {
    step: VersionStep,
    re: RecordId,
    #[serde(flatten)]
    attempt: Attempt,
}

/// A version that another step can follow.
pub(in crate::cli) struct Version {
    pub(in crate::cli) id: RecordId,
    pub(in crate::cli) provisions: Provisions,
}

/// The version that a record gives; without one the founding agreement, entry 0 of the log of GBR.
pub(in crate::cli) fn version(client: &Client, id: Option<RecordId>) -> Result<Version, Failure> {
    let founding = RecordKey::At(Party::Gbr, Position(0));
    let shown = wait_for(client.record(id.map_or(founding, RecordKey::Id)))??;
    let found = shown.id.zip(provisions(&shown.record));
    let Some((id, provisions)) = found else {
        let what = format!("a {} is no version of the agreement", kind(&shown.record));
        return Err(usage(what, "name the proposal that is in force, or leave --after out"));
    };
    Ok(Version { id, provisions })
}

pub(super) fn propose(arguments: &Propose, out: &mut Output) -> Result<Exit, Failure> {
    let side = Side::of(&arguments.place, Some(Party::Gbr), VersionStep::Proposed)?;
    let proposed = read_either(&arguments.file)
        .map_err(|refused| Failure::all(Exit::Usage, refused))?
        .provisions()
        .clone();
    let before = side.follows(arguments.after)?;
    if changes(&before.provisions, &proposed).is_empty() {
        let what = format!("{} proposes what {} has", arguments.file.display(), before.id);
        return Err(usage(what, "change a term first; `entente agreement diff` compares"));
    }
    if !arguments.place.json {
        tell_provisions(out, &before.provisions, &proposed);
    }
    side.submit(out, before.id, &json!({ "step": "proposed", "provisions": proposed }))
}

pub(super) fn accept(arguments: &Accept, out: &mut Output) -> Result<Exit, Failure> {
    let side = Side::of(&arguments.place, Some(Party::Fra), VersionStep::Accepted)?;
    let shown = side.shown(RecordKey::Id(arguments.record))?;
    let proposed = provisions(&shown.record);
    let Some(proposed) = proposed.filter(|_| kind(&shown.record) == Kind::AgreementVersion.name())
    else {
        let what = format!("{} is no proposal of a version", arguments.record);
        return Err(usage(what, "name the record by which GBR has proposed it"));
    };
    let follows = shown.record.pointer("/re/0").and_then(|re| re.as_str()?.parse().ok());
    let before = version(&side.client, follows)?;
    if !arguments.place.json {
        tell_provisions(out, &before.provisions, &proposed);
    }
    side.submit(out, arguments.record, &json!({ "step": "accepted" }))
}

pub(super) fn terminate(arguments: &Terminate, out: &mut Output) -> Result<Exit, Failure> {
    let side = Side::of(&arguments.place, None, VersionStep::Terminated)?;
    let before = side.follows(arguments.after)?;
    if !arguments.place.json {
        let months = count(before.provisions.termination_months.into(), "month", "months");
        out.line(format!(
            "The agreement will end {months} after the receipt of the approval (Art. 22(2))."
        ));
    }
    side.submit(out, before.id, &json!({ "step": "terminated" }))
}

/// One side's daemon, and the step that is taken there.
struct Side<'a> {
    config: Config,
    client: Client,
    place: &'a Place,
    step: VersionStep,
}

impl<'a> Side<'a> {
    fn of(place: &'a Place, author: Option<Party>, step: VersionStep) -> Result<Self, Failure> {
        let config = config(&place.config)?;
        if let Some(author) = author.filter(|author| *author != config.party) {
            let what = format!(
                "{author} alone writes this step ({step}), and this is the side of \
                                {}",
                config.party
            );
            return Err(usage(what, "name the configuration of that side's daemon"));
        }
        let client = Client::new(&config.api.socket);
        Ok(Self { config, client, place, step })
    }

    fn shown(&self, key: RecordKey) -> Result<ShownRecord, Failure> {
        Ok(wait_for(self.client.record(key))??)
    }

    /// The version that a step follows: the one that is named, or the one in force in this side's
    /// log.
    fn follows(&self, named: Option<RecordId>) -> Result<Version, Failure> {
        let id = match named {
            Some(id) => Some(id),
            None => wait_for(self.client.status())??.version.proposal,
        };
        version(&self.client, id)
    }

    fn submit(&self, out: &mut Output, re: RecordId, content: &Value) -> Result<Exit, Failure> {
        let body = json!({ "kind": "agreement-version", "re": [re], "content": content });
        let party = self.config.party;
        let attempt = attempt::hand_in(&self.client, party, &body)?;
        if self.place.json {
            out.json(&Stepped { step: self.step, re, attempt });
        } else {
            attempt.tell(out, &format!("An officer of {party}"), &self.place.config);
        }
        Ok(Exit::Good)
    }
}

/// The provisions in a founding agreement or in a proposal.
fn provisions(record: &Value) -> Option<Provisions> {
    let founding = kind(record) == Kind::Agreement.name();
    let place = if founding { "/content/terms/provisions" } else { "/content/provisions" };
    serde_json::from_value(record.pointer(place)?.clone()).ok()
}

fn kind(record: &Value) -> &str {
    record.get("kind").and_then(Value::as_str).unwrap_or_default()
}

fn usage(what: String, advice: &str) -> Failure {
    Failure::of(Exit::Usage, Complaint::new(what, advice))
}
