//! `entente statement check`: a certificate, held against nothing but the agreement.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use clap::Args;

use super::{balance, national, signed};
use crate::{
    cli::{
        CONFIG, Exit,
        failure::{Complaint, Failure, config},
        output::Output,
        reconcile::figures,
    },
    daemon::{agreement, lineage},
    ledger::Agreement,
    limits::JOINT_CERTIFICATE_BYTES_MAX,
    names::{AgreementDigest, BodyDigest, Hash, Party, PerParty},
    reconcile::{CertificateRefused, CheckedCertificate, CheckedSide, JointCertificate},
    record::Body,
};

/// Which certificate, and whose agreement.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The certificate: a file as ENTENTE-1-2025-W45.cbor.
    file: PathBuf,
    /// The agreement, in TOML [default: that of the configuration].
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    agreement: Option<PathBuf>,
    /// The digest that the agreement must have; alone, it is all that the certificate needs.
    #[arg(long, conflicts_with = "config")]
    digest: Option<AgreementDigest>,
    /// The digest of the succession, for a week of logs that succeeded others.
    #[arg(long)]
    succession: Option<Hash>,
    /// The configuration of the daemon; names its agreement.
    #[arg(long, default_value = CONFIG)]
    config: PathBuf,
    /// Print what was checked as JSON.
    #[arg(long)]
    json: bool,
}

/// What was checked, for programs.
#[derive(serde::Serialize)]
struct Shown<'a> {
    agreement: AgreementDigest,
    title: &'a str,
    rehearsal: bool,
    digest: BodyDigest,
    balance: i128,
    body: &'a Body,
    sides: &'a PerParty<CheckedSide>,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let pinned = Pinned::of(arguments)?;
    let bytes = read(&arguments.file)?;
    let checked = pinned.check(&bytes).map_err(|refused| {
        let advice = "rely on nothing in it; ask whoever gave it to export it again";
        let complaint = Complaint::new(refused, advice).about(arguments.file.display());
        Failure::of(Exit::Findings, complaint)
    })?;
    if arguments.json {
        let body = checked.body();
        out.json(&Shown {
            agreement: checked.agreement(),
            title: &checked.terms().title,
            rehearsal: checked.terms().rehearsal,
            digest: body.digest(),
            balance: balance(&body.closing),
            body,
            sides: checked.sides(),
        });
    } else {
        tell(out, &checked);
    }
    Ok(Exit::Good)
}

/// What is relied on.
struct Pinned {
    agreement: AgreementDigest,
    /// Digests of successions, any of which will do; `None` is the first pair of logs.
    successions: Vec<Option<Hash>>,
}

impl Pinned {
    fn of(arguments: &Arguments) -> Result<Self, Failure> {
        let successions = vec![arguments.succession];
        let (file, pinned) = match (&arguments.agreement, arguments.digest) {
            (None, Some(agreement)) => return Ok(Self { agreement, successions }),
            (Some(file), digest) => (file.clone(), digest),
            (None, None) => return Self::of_a_daemon(arguments),
        };
        let opened = opened(&file, pinned)?;
        Ok(Self { agreement: opened.digest(), successions })
    }

    /// What a daemon relies on: its own logs, and those that they have succeeded.
    fn of_a_daemon(arguments: &Arguments) -> Result<Self, Failure> {
        let config = config(&arguments.config)?;
        let opened = opened(&config.agreement.file, Some(config.agreement.digest))?;
        let agreement = opened.digest();
        if arguments.succession.is_some() || config.agreement.succession.is_none() {
            return Ok(Self { agreement, successions: vec![arguments.succession] });
        }
        let newest =
            lineage::open(&config, opened).map_err(|all| Failure::all(Exit::Usage, all))?;
        let later = newest.successions().iter().rev().map(|one| Some(one.digest()));
        Ok(Self { agreement, successions: later.chain([None]).collect() })
    }

    /// Checks a certificate against the logs that it is of, if they are relied on.
    fn check(&self, bytes: &[u8]) -> Result<CheckedCertificate, CertificateRefused> {
        let read = JointCertificate::decode(bytes)?;
        let wanted = self.wanted(read.succession());
        read.check_under(self.agreement, wanted)
    }

    /// That of a certificate if it is relied on, and else that of the newest logs.
    fn wanted(&self, found: Option<Hash>) -> Option<Hash> {
        let newest = self.successions.first().copied().flatten();
        if self.successions.contains(&found) { found } else { newest }
    }
}

fn opened(file: &Path, pinned: Option<AgreementDigest>) -> Result<Agreement, Failure> {
    agreement::load(file, pinned).map_err(|all| Failure::all(Exit::Usage, all))
}

/// The whole file, if it is not longer than any certificate; of a longer one, enough to refuse it.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let most = u64::try_from(JOINT_CERTIFICATE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error| {
        let advice = "correct the path, or let this user read the file";
        Failure::of(Exit::Usage, Complaint::new(error, advice).about(path.display()))
    })
}

fn tell(out: &mut Output, checked: &CheckedCertificate) {
    if checked.terms().rehearsal {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
    }
    let body = checked.body();
    let (monday, sunday) = (body.week.monday(), body.week.monday().plus(6));
    out.line(format!(
        "Joint statement {} of week {} ({monday} to {sunday}, UTC)",
        body.number, body.week
    ));
    out.field("agreement", format!("{}, {}", checked.agreement(), checked.terms().title));
    out.field("digest", body.digest());
    out.line("");
    out.line(figures(body));
    out.line(format!("balance: {}, returned less admitted", signed(balance(&body.closing))));
    for party in Party::BOTH {
        let (one, other) = (checked.sides().of(party), party.other());
        out.line("");
        out.field(party.code(), format!("passed: signed by key {} at {}", one.key, one.signed_at));
        out.field("  log", one.checkpoint.lines().next().unwrap_or_default());
        out.field("  statement", format!("passed: {} at {party}:{}", one.record, one.position));
        out.field(
            "  receipt",
            format!(
                "passed: received at the latest {}, when {other} cosigned {} entries",
                one.received, one.size
            ),
        );
        out.field("  cut-off", "passed: that log begins with what the body was computed from");
        out.field("  software", &one.software);
        out.field("  national", national(one.national.as_ref()));
    }
    out.line("");
    out.line("Checked: both sides signed this body under this agreement.");
    out.line(
        "Not shown by any certificate: that the figures follow from the records, that neither side \
         stated the week before in other words, and that no receipt came earlier. It takes both \
         logs: `entente log verify`, `entente reconcile`.",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_of_logs_before_these_is_checked_as_theirs() {
        let [first, second, other] = [1, 2, 3].map(|byte| Some(Hash::new([byte; 32])));
        let pinned = |successions: &[Option<Hash>]| Pinned {
            agreement: AgreementDigest::new([0; 32]),
            successions: successions.to_vec(),
        };
        let lineage = pinned(&[second, first, None]);
        for (found, wanted) in [(second, second), (first, first), (None, None), (other, second)] {
            assert_eq!(lineage.wanted(found), wanted);
        }
        // Who names one relies on no other.
        for found in [second, None, other] {
            assert_eq!(pinned(&[first]).wanted(found), first);
            assert_eq!(pinned(&[None]).wanted(found), None);
        }
    }
}
