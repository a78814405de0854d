//! `entente certs dev`: throw-away authorities, keys and certificates for tests and rehearsals.

use std::path::PathBuf;

use clap::{Args, Subcommand, value_parser};

use super::{
    Exit,
    failure::{Complaint, Failure},
    output::Output,
};
use crate::{
    daemon::{
        clock::Clock,
        keys::{CA_CERTIFICATE, KeysNotMade, NewKeys, claim},
    },
    envelope::Algorithm,
    names::{Date, Party, Timestamp},
};

/// The verbs about certificates as a whole.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Make throw-away ones, marked as unsafe and soon ended, for tests and rehearsals.
    Dev(Dev),
}

/// What is to be made.
#[derive(Debug, Args)]
pub(super) struct Dev {
    /// The folder: empty, or not there yet.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// For whom: GBR, FRA or both.
    #[arg(long, default_value = "both")]
    party: Parties,
    /// The first day of every certificate [default: today, in UTC].
    #[arg(long, value_name = "DATE")]
    valid_from: Option<Date>,
    /// How many days they are valid.
    #[arg(long, value_name = "N", default_value_t = 30)]
    #[arg(value_parser = value_parser!(u32).range(1..=90))]
    days: u32,
    /// Print what was made as JSON.
    #[arg(long)]
    json: bool,
}

/// One party, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Parties(Option<Party>);

impl std::str::FromStr for Parties {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "both" {
            return Ok(Self(None));
        }
        text.parse().map(|party| Self(Some(party))).map_err(|refused| format!("{refused}, or both"))
    }
}

/// What was made, for programs.
#[derive(serde::Serialize)]
struct Made {
    party: Party,
    directory: PathBuf,
    dns_name: String,
    agreement_part: PathBuf,
    ca_certificate: PathBuf,
    not_before: Timestamp,
    not_after: Timestamp,
}

pub(super) fn run(verb: &Verb, out: &mut Output) -> Result<Exit, Failure> {
    let Verb::Dev(wanted) = verb;
    let first = wanted.valid_from.unwrap_or_else(|| Clock::system().read().wall.date());
    claim(&wanted.out)?;
    let mut all = Vec::new();
    for party in Party::BOTH {
        if wanted.party.0.is_none_or(|only| only == party) {
            all.push(make(wanted, party, first)?);
        }
    }
    if wanted.json {
        out.json(&all);
        return Ok(Exit::Good);
    }
    for made in &all {
        out.field("party", made.party);
        out.field("keys", made.directory.display());
        out.field("host name", &made.dns_name);
        out.field("valid", format!("{} to {}", made.not_before, made.not_after));
        out.field("agreement", made.agreement_part.display());
        out.field("peer_ca", format!("{}, for the other side", made.ca_certificate.display()));
        out.line("");
    }
    out.warning(&Complaint::new(
        "every key here is UNSAFE: whoever made it may have kept it, and no authority vouches",
        "use them in tests and rehearsals alone, and delete the folder afterwards",
    ));
    Ok(Exit::Good)
}

fn make(wanted: &Dev, party: Party, first: Date) -> Result<Made, KeysNotMade> {
    let letters = party.code().to_ascii_lowercase();
    let directory = wanted.out.join(&letters);
    let dns_name = format!("exchange.{letters}.example");
    let not_before = first.start();
    let end = first.plus(wanted.days).start();
    let not_after = Timestamp::new(end.seconds().saturating_sub(1));
    let origin = format!("dev-unsafe.example/{letters}/log");
    let keys = NewKeys {
        party,
        directory: &directory,
        not_before,
        not_after,
        dns_name: &dns_name,
        origin: &origin,
        algorithm: Algorithm::Ed25519,
    };
    let part = keys.create_throw_away()?;
    let ca_certificate = directory.join(CA_CERTIFICATE);
    let agreement_part = part.path;
    Ok(Made { party, directory, dns_name, agreement_part, ca_certificate, not_before, not_after })
}
