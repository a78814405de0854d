//! `entente keys csr`: ask an authority for a certificate.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::{
    cli::{
        Exit,
        failure::{Complaint, Failure},
        output::Output,
    },
    daemon::keys::{KeyFrom, MadeRequest, NewKey, NewRequest, RequestNotMade},
    names::{KeyId, Party},
    trust::inspect::Purpose,
};

/// What is to be asked for.
#[derive(Debug, Args)]
pub(in crate::cli) struct Csr {
    /// What the certificate is for: tls, caseworker, ledger or officer.
    #[arg(long)]
    role: Purpose,
    /// Whose certificate: GBR or FRA.
    #[arg(long)]
    party: Party,
    /// A key that is there, in a file that its owner alone can read.
    #[arg(long, value_name = "FILE", conflicts_with = "new", required_unless_present = "new")]
    key: Option<PathBuf>,
    /// Make a key, in a file that is not there yet.
    #[arg(long, value_name = "FILE")]
    new: Option<PathBuf>,
    /// The algorithm of a new key [default: p256 for tls, otherwise ed25519].
    #[arg(long, requires = "new")]
    algorithm: Option<Named>,
    /// The DNS name under which the counterpart dials this end; may be given again.
    #[arg(long = "dns", value_name = "NAME")]
    dns: Vec<String>,
    /// Where the request goes; not there yet.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Print what was made as JSON.
    #[arg(long)]
    json: bool,
}

/// An algorithm by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Named {
    /// Ed25519: record keys.
    Ed25519,
    /// P-256: TLS ends.
    #[value(name = "p256")]
    P256,
    /// P-384: TLS ends.
    #[value(name = "p384")]
    P384,
    /// P-256 for records that are signed with ESP256.
    Esp256,
}

/// What was made, for programs.
#[derive(serde::Serialize)]
struct Made<'a> {
    party: Party,
    role: &'static str,
    request: &'a PathBuf,
    key_file: PathBuf,
    key: &'a str,
    key_id: Option<KeyId>,
}

pub(in crate::cli) fn run(wanted: &Csr, out: &mut Output) -> Result<Exit, Failure> {
    let key = match (&wanted.key, &wanted.new) {
        (Some(path), _) => KeyFrom::File(path.clone()),
        (None, Some(path)) => KeyFrom::New(path.clone(), algorithm(wanted)),
        (None, None) => {
            let complaint = Complaint::new("no key is named", "give --key FILE or --new FILE");
            return Err(Failure::of(Exit::Usage, complaint));
        }
    };
    let request = NewRequest {
        party: wanted.party,
        purpose: wanted.role,
        dns_names: &wanted.dns,
        key: &key,
        out: &wanted.out,
    };
    let made = request.create()?;
    if wanted.json {
        out.json(&Made {
            party: wanted.party,
            role: wanted.role.name(),
            request: &wanted.out,
            key_file: key.path().to_owned(),
            key: &made.key,
            key_id: made.key_id,
        });
    } else {
        tell(out, wanted, &key, &made);
    }
    Ok(Exit::Good)
}

const fn algorithm(wanted: &Csr) -> NewKey {
    match (wanted.algorithm, wanted.role) {
        (Some(Named::Ed25519), _) | (None, Purpose::Record(_) | Purpose::Authority) => {
            NewKey::Ed25519
        }
        (Some(Named::P384), _) => NewKey::P384,
        (Some(Named::P256 | Named::Esp256), _) | (None, Purpose::Tls) => NewKey::P256,
    }
}

fn tell(out: &mut Output, wanted: &Csr, key: &KeyFrom, made: &MadeRequest) {
    out.field("request", format!("{} of {}", wanted.role, wanted.party));
    let id = made.key_id.map(|id| format!(", key id {id}")).unwrap_or_default();
    out.field("key", format!("{}{id}", made.key));
    let new = if matches!(key, KeyFrom::New(..)) { "new, for its owner alone" } else { "as it is" };
    out.field("key file", format!("{}, {new}", key.path().display()));
    out.line("");
    out.line(format!(
        "Send {} to the authority; `entente keys inspect` says what it asks for.\n\
         The key file stays where it is.",
        wanted.out.display(),
    ));
}

impl From<RequestNotMade> for Failure {
    fn from(refused: RequestNotMade) -> Self {
        let advice = match refused {
            RequestNotMade::NotMade(refused) => return refused.into(),
            RequestNotMade::NoHostName => "give --dns exchange.gbr.example",
            RequestNotMade::HostName => "leave --dns out",
            RequestNotMade::Authority => "use the section of certs/openssl.cnf for an authority",
            RequestNotMade::Key(_) => {
                "name a file that holds one key in PKCS#8, with mode 0600, or make one with --new"
            }
            RequestNotMade::OtherKey(_) => {
                "use a key in PKCS#8: Ed25519 for records, P-256, P-384 or RSA for TLS"
            }
            RequestNotMade::Profile(_) => {
                "use Ed25519 for records, and P-256, P-384 or RSA of 3072 bits for TLS"
            }
            RequestNotMade::Exists(_) => {
                "choose another name, or give the key that is there with --key"
            }
            RequestNotMade::Unwritable { .. } => {
                "create the folder, or run this as a user who may write there"
            }
        };
        Self::of(Exit::Usage, Complaint::new(&refused, advice))
    }
}
