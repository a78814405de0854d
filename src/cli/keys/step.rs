//! `entente keys enrol`, `retire` and `compromised`: what becomes of a record key. Each is
//! submitted as a key-event, and takes effect once an officer has approved it.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::{
    cli::{
        CONFIG, Exit,
        attempt::{self, Attempt},
        client::Client,
        failure::{Complaint, Failure, config},
        output::Output,
        words::says,
    },
    envelope::Role,
    names::{KeyId, Party, Timestamp},
    net::tls::certificates,
    record::{Certificate, Content, KeyEvent, KeyStep, Record},
    trust::SignerCertificate,
};

/// Which daemon.
#[derive(Debug, Args)]
struct Daemon {
    /// The configuration of the daemon; names its socket.
    #[arg(long, default_value = CONFIG)]
    config: PathBuf,
    /// Print the answer as JSON.
    #[arg(long)]
    json: bool,
}

/// What is enrolled.
#[derive(Debug, Args)]
pub(in crate::cli) struct Enrol {
    /// The certificate of the new key, in PEM. It names party and role.
    #[arg(long, value_name = "FILE")]
    certificate: PathBuf,
    /// The role that the certificate has to name: caseworker, ledger or officer.
    #[arg(long)]
    role: Option<Role>,
    #[command(flatten)]
    daemon: Daemon,
}

/// What is retired.
#[derive(Debug, Args)]
pub(in crate::cli) struct Retire {
    /// The id of the key, as `entente keys list` shows it.
    key: KeyId,
    #[command(flatten)]
    daemon: Daemon,
}

/// What is compromised.
#[derive(Debug, Args)]
pub(in crate::cli) struct Compromised {
    /// The id of the key, as `entente keys list` shows it.
    key: KeyId,
    /// Since when others may have used it.
    #[arg(long, value_name = "TIME")]
    since: Timestamp,
    #[command(flatten)]
    daemon: Daemon,
}

/// What was submitted, for programs.
#[derive(serde::Serialize)]
struct Stepped {
    step: KeyStep,
    key: KeyId,
    #[serde(flatten)]
    attempt: Attempt,
}

const NOTHING: KeyEvent =
    KeyEvent { step: KeyStep::Retired, role: None, certificate: None, key: None, since: None };

pub(super) fn enrol(arguments: &Enrol, out: &mut Output) -> Result<Exit, Failure> {
    let party = config(&arguments.daemon.config)?.party;
    let path = &arguments.certificate;
    let refused = |reason: String| {
        let what = format!("{}: {reason}", path.display());
        let advice = "name the certificate that was issued for the new record key of this side";
        Failure::of(Exit::Usage, Complaint::new(what, advice))
    };
    let all = certificates(path).map_err(|fault| refused(fault.to_string()))?;
    let [der] = all.as_slice() else {
        return Err(refused(format!("{} certificates; one is enrolled at a time", all.len())));
    };
    let read = SignerCertificate::parse(der).map_err(|cause| refused(cause.to_string()))?;
    let role = role(&read, party, arguments.role).map_err(refused)?;
    let certificate = Certificate(crate::cbor::Bytes(der.to_vec()));
    let event = KeyEvent {
        step: KeyStep::Enrolled,
        role: Some(role),
        certificate: Some(certificate),
        ..NOTHING
    };
    submit(&arguments.daemon, read.public_key().id(), event, out)
}

/// The role that a certificate names, if that is one of this side and the one that is meant.
fn role(read: &SignerCertificate, party: Party, meant: Option<Role>) -> Result<Role, String> {
    let named = Role::ALL.iter().copied().find(|role| role.name() == read.role());
    let fits = read.party() == party && meant.is_none_or(|meant| named == Some(meant));
    named.filter(|_| fits).ok_or_else(|| {
        let meant = meant.map_or("a record signer".to_owned(), |role| role.to_string());
        format!("it is for {} of {}, and not for {meant} of {party}", read.role(), read.party())
    })
}

pub(super) fn retire(arguments: &Retire, out: &mut Output) -> Result<Exit, Failure> {
    let key = arguments.key;
    submit(&arguments.daemon, key, KeyEvent { key: Some(key), ..NOTHING }, out)
}

pub(super) fn compromised(arguments: &Compromised, out: &mut Output) -> Result<Exit, Failure> {
    let (step, key) = (KeyStep::CompromisedSince, arguments.key);
    let since = Some(arguments.since);
    submit(&arguments.daemon, key, KeyEvent { step, key: Some(key), since, ..NOTHING }, out)
}

fn submit(daemon: &Daemon, key: KeyId, event: KeyEvent, out: &mut Output) -> Result<Exit, Failure> {
    let configured = config(&daemon.config)?;
    let client = Client::new(&configured.api.socket);
    let step = event.step;
    let record = Record::bare(event);
    if !daemon.json {
        for line in says(&record) {
            out.line(line);
        }
    }
    let party = configured.party;
    let attempt = attempt::hand_in(&client, party, &body(&record))?;
    if daemon.json {
        out.json(&Stepped { step, key, attempt });
    } else {
        let officer = format!("An officer of {party}, with another key,");
        attempt.tell(out, &officer, &daemon.config);
    }
    Ok(Exit::Good)
}

/// The submission of a key-event.
fn body(record: &Record) -> Value {
    let Content::KeyEvent(event) = &record.content else { return Value::Null };
    json!({ "kind": record.kind().name(), "content": event })
}
