//! `entente agreement show`: the terms in words, and the digest that both sides pin.

use std::path::PathBuf;

use clap::Args;

use super::terms::{self, Term};
use crate::{
    cli::{Exit, failure::Failure, output::Output},
    daemon::agreement,
    envelope::Role,
    ledger::Agreement,
    names::{AgreementDigest, KeyId, Party, PerParty, Position, Timestamp, Week},
    record::Provisions,
};

/// Which agreement.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The agreement file, in TOML.
    file: PathBuf,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

/// An agreement for programs.
#[derive(serde::Serialize)]
struct Shown<'a> {
    digest: AgreementDigest,
    title: &'a str,
    rehearsal: bool,
    clock_bound_seconds: u64,
    first_week: Week,
    provisions: &'a Provisions,
    terms: Vec<Term>,
    parties: PerParty<ShownParty<'a>>,
}

#[derive(serde::Serialize)]
struct ShownParty<'a> {
    issuer: &'a str,
    log: ShownKey,
    mirror: ShownKey,
    signers: Vec<ShownSigner>,
}

/// A log or mirror key by its name and its id in notes.
#[derive(serde::Serialize)]
struct ShownKey {
    name: String,
    key_id: String,
}

#[derive(serde::Serialize)]
struct ShownSigner {
    role: Role,
    key_id: KeyId,
    not_before: Timestamp,
    not_after: Timestamp,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let agreement =
        agreement::load(&arguments.file, None).map_err(|all| Failure::all(Exit::Usage, all))?;
    let shown = shown(&agreement);
    if arguments.json {
        out.json(&shown);
    } else {
        tell(out, &shown);
    }
    Ok(Exit::Good)
}

fn shown(agreement: &Agreement) -> Shown<'_> {
    let terms = agreement.terms();
    Shown {
        digest: agreement.digest(),
        title: &terms.title,
        rehearsal: terms.rehearsal,
        clock_bound_seconds: terms.clock_bound_seconds,
        first_week: terms.provisions.in_force.week(),
        provisions: &terms.provisions,
        terms: terms::all(&terms.provisions),
        parties: PerParty::from_fn(|party| shown_party(agreement, party)),
    }
}

fn shown_party(agreement: &Agreement, party: Party) -> ShownParty<'_> {
    let identity = agreement.identity(party);
    // A verifier key is name+id+base64, and neither name nor id has a plus sign in it.
    let shown_key = |vkey: String| {
        let mut parts = vkey.splitn(3, '+').map(str::to_owned);
        let (name, key_id) = (parts.next(), parts.next());
        ShownKey { name: name.unwrap_or_default(), key_id: key_id.unwrap_or_default() }
    };
    let mut signers: Vec<ShownSigner> = agreement
        .keyring()
        .at(party, Position(0))
        .map(|signer| ShownSigner {
            role: signer.role,
            key_id: signer.key.id(),
            not_before: signer.not_before,
            not_after: signer.not_after,
        })
        .collect();
    signers.sort_by_key(|signer| (signer.role, signer.key_id));
    ShownParty {
        issuer: &agreement.terms().party(party).issuer,
        log: shown_key(identity.log.to_string()),
        mirror: shown_key(identity.mirror.to_string()),
        signers,
    }
}

fn tell(out: &mut Output, shown: &Shown<'_>) {
    if shown.rehearsal {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
    }
    out.field("title", shown.title);
    out.field("first week", shown.first_week);
    out.field(
        "clocks",
        format!("more than {} s apart, nothing is cosigned or closed", shown.clock_bound_seconds),
    );
    out.line("");
    out.line("What a version of the agreement may change:");
    for term in &shown.terms {
        out.line(format!("  {:<21} {}", term.name, term.value));
        out.line(format!("  {:<21}   {} ({})", "", term.means, term.article));
    }
    for party in Party::BOTH {
        let terms = shown.parties.of(party);
        out.line("");
        out.field(party.code(), terms.issuer);
        out.field("  log", format!("{} (key {})", terms.log.name, terms.log.key_id));
        out.field("  mirror", format!("{} (key {})", terms.mirror.name, terms.mirror.key_id));
        for signer in &terms.signers {
            let (from, to) = (signer.not_before, signer.not_after);
            let role = format!("  {}", signer.role);
            out.field(&role, format!("key {}, valid {from} to {to}", signer.key_id));
        }
    }
    out.line("");
    out.field("digest", shown.digest);
    out.line("Both sides pin this digest: agreement.digest in their configurations.");
}
