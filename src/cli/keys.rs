//! `entente keys`: make every key and certificate of one party, ask an authority for one, and say
//! what a file of them holds; list, enrol and retire record keys.

mod csr;
mod inspect;
mod list;
mod quantum;
mod step;
mod successor;

use std::path::PathBuf;

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser as _},
    value_parser,
};
use jiff::{Span, civil};

use super::{
    Exit,
    failure::{Complaint, Failure},
    output::Output,
};
use crate::{
    daemon::{
        clock::Clock,
        keys::{CA_CERTIFICATE, CA_KEY, NewKeys, OFFICER, key_file},
    },
    envelope::Algorithm,
    names::{Date, Party, Timestamp},
};

/// The verbs about keys.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Make every key and certificate of one party, in a new folder.
    New(New),
    /// Ask an authority for one certificate: a request for a key that is there, or a new one.
    Csr(csr::Csr),
    /// Say what a file holds: whose, what for, until when, and all that is right and wrong with it.
    /// Ends with 1 if something is wrong.
    Inspect(inspect::Inspect),
    /// List the record keys of both sides: who may sign where.
    List(list::Arguments),
    /// Enrol a record key of this side; it may sign once an officer has approved that.
    Enrol(step::Enrol),
    /// Retire a record key of this side, once an officer has approved that.
    Retire(step::Retire),
    /// Say since when others may have used a record key of this side; that retires it too.
    Compromised(step::Compromised),
    /// Make the mirror's post-quantum key, and print its public half: what the counterpart's
    /// keys.peer_mirror_pq then holds.
    MirrorPq(quantum::Wanted),
    /// Make the key folder of a log that succeeds another, where its keys lie in files.
    Successor(successor::Arguments),
}

/// What keys are wanted.
#[derive(Debug, Args)]
pub(super) struct New {
    /// Whose keys: GBR or FRA.
    #[arg(long)]
    party: Party,
    /// The folder: empty, or not there yet.
    #[arg(long)]
    dir: PathBuf,
    /// The DNS name under which the counterpart dials this side.
    #[arg(long, value_name = "DNS-NAME")]
    name: String,
    /// The origin of the log; unique per party, agreement and log [default: NAME/PARTY/log].
    #[arg(long)]
    origin: Option<String>,
    /// The first day of every certificate [default: today, in UTC].
    #[arg(long, value_name = "DATE")]
    valid_from: Option<Date>,
    /// How many years every certificate is valid.
    #[arg(long, value_name = "N", default_value_t = 2)]
    #[arg(value_parser = value_parser!(u8).range(1..=10))]
    years: u8,
    /// What the record keys sign with: Ed25519, or ECDSA over P-256 (esp256). Log and mirror keys
    /// are Ed25519 in any case.
    #[arg(long, default_value = "ed25519")]
    #[arg(value_parser = PossibleValuesParser::new(["ed25519", "esp256"])
        .map(|name| algorithm(&name)))]
    algorithm: Algorithm,
    /// Print what was made as JSON.
    #[arg(long)]
    json: bool,
}

/// What was made, for programs.
#[derive(serde::Serialize)]
struct Made<'a> {
    party: Party,
    directory: &'a PathBuf,
    origin: &'a str,
    not_before: Timestamp,
    not_after: Timestamp,
    agreement_part: &'a PathBuf,
    ca_certificate: PathBuf,
}

pub(super) fn run(verb: &Verb, out: &mut Output) -> Result<Exit, Failure> {
    match verb {
        Verb::New(wanted) => new(wanted, out),
        Verb::Csr(wanted) => csr::run(wanted, out),
        Verb::Inspect(wanted) => inspect::run(wanted, out),
        Verb::List(arguments) => list::run(arguments, out),
        Verb::Enrol(arguments) => step::enrol(arguments, out),
        Verb::Retire(arguments) => step::retire(arguments, out),
        Verb::Compromised(arguments) => step::compromised(arguments, out),
        Verb::MirrorPq(wanted) => quantum::run(wanted, out),
        Verb::Successor(wanted) => successor::run(wanted, out),
    }
}

fn new(wanted: &New, out: &mut Output) -> Result<Exit, Failure> {
    let first = wanted.valid_from.unwrap_or_else(|| Clock::system().read().wall.date());
    let not_before = first.start();
    let not_after = last_second(first, wanted.years).ok_or_else(|| {
        let what = format!("{first} and {} years lie beyond the calendar", wanted.years);
        Failure::of(Exit::Usage, Complaint::new(what, "choose an earlier day"))
    })?;
    let letters = wanted.party.code().to_ascii_lowercase();
    let origin = wanted.origin.clone().unwrap_or_else(|| format!("{}/{letters}/log", wanted.name));
    let keys = NewKeys {
        party: wanted.party,
        directory: &wanted.dir,
        not_before,
        not_after,
        dns_name: &wanted.name,
        origin: &origin,
        algorithm: wanted.algorithm,
    };
    let part = keys.create()?;
    let made = Made {
        party: wanted.party,
        directory: &wanted.dir,
        origin: &origin,
        not_before,
        not_after,
        agreement_part: &part.path,
        ca_certificate: wanted.dir.join(CA_CERTIFICATE),
    };
    if wanted.json {
        out.json(&made);
    } else {
        tell(out, &made);
    }
    Ok(Exit::Good)
}

fn tell(out: &mut Output, made: &Made<'_>) {
    let at = |file: &str| made.directory.join(file).display().to_string();
    out.field("party", made.party);
    out.field("keys", format!("{}, for its owner alone", made.directory.display()));
    out.field("origin", made.origin);
    out.field("valid", format!("{} to {}", made.not_before, made.not_after));
    out.line("");
    out.line("What to do next:");
    out.line(format!(
        "1. Put {} into the agreement file, beside the part of {}.\n   \
         `entente agreement show` then prints the digest that both sides pin.",
        made.agreement_part.display(),
        made.party.other(),
    ));
    out.line(format!(
        "2. Hand {} to {} over a way that you trust: it is their tls.peer_ca.",
        made.ca_certificate.display(),
        made.party.other(),
    ));
    out.line(format!(
        "3. Take {} and {} away from this machine: the daemon needs neither.",
        at(CA_KEY),
        at(&key_file(OFFICER)),
    ));
}

/// The algorithm of a name that the parser has let through.
fn algorithm(name: &str) -> Algorithm {
    if name == "esp256" { Algorithm::Esp256 } else { Algorithm::Ed25519 }
}

/// The last second of a term of whole years that begins with a day.
fn last_second(first: Date, years: u8) -> Option<Timestamp> {
    let day: civil::Date = first.to_string().parse().ok()?;
    let end = day.checked_add(Span::new().years(i16::from(years))).ok()?;
    let end: Date = end.to_string().parse().ok()?;
    Some(Timestamp::new(end.start().seconds().checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_ends_a_second_before_the_day_on_which_it_began() {
        for (first, years, last) in [
            ("2025-08-06", 2, Some("2027-08-05T23:59:59Z")),
            ("2024-02-29", 1, Some("2025-02-27T23:59:59Z")),
            ("2024-02-29", 4, Some("2028-02-28T23:59:59Z")),
            ("9998-01-01", 1, Some("9998-12-31T23:59:59Z")),
            ("9998-01-02", 2, None),
        ] {
            let found = last_second(first.parse().unwrap(), years);
            assert_eq!(found.map(|one| one.to_string()).as_deref(), last, "{first} + {years}");
        }
    }
}
