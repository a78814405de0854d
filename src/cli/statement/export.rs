//! `entente statement export`: a joint statement as a certificate, and as a page to be printed.

use std::{fs, io, path::PathBuf};

use clap::Args;

use super::{
    Place, Which,
    durable::{self, Written},
};
use crate::{
    cli::{
        Exit,
        failure::{Complaint, Failure},
        output::Output,
    },
    daemon::certify::{NotCertified, certify},
    names::{BodyDigest, Party, Week},
    reconcile::{CertificateRefused, Verdict, statement_of, verdict},
    record::Body,
    report::page,
};

/// Which statement, and where to.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The week, as in 2025-W45, or the number.
    which: Which,
    /// The folder to write to.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Print what was written as JSON.
    #[arg(long)]
    json: bool,
}

/// What was written, for programs.
#[derive(serde::Serialize)]
struct Shown<'a> {
    number: u64,
    week: Week,
    digest: BodyDigest,
    rehearsal: bool,
    certificate: &'a str,
    page: &'a str,
    /// Whether both files were there already, with these very bytes.
    already: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let open = arguments.place.open()?;
    let state = open.state()?;
    let body = Which::body(Some(arguments.which), &open.seat.agreement, &state)?;
    match verdict(&state.books, body) {
        Verdict::Joint => {}
        Verdict::Disputed => return Err(disputed(body)),
        Verdict::Awaiting => {
            let unstated = |party: &Party| statement_of(&state.books, *party, body.week).is_none();
            let party = Party::BOTH.into_iter().find(unstated).unwrap_or(Party::Gbr);
            return Err(NotCertified::Unstated { party, week: body.week }.into());
        }
    }
    let (bytes, checked) = certify(&open.store, &open.seat, &state, body)?;
    let name = format!("ENTENTE-{}-{}", body.number, body.week);
    let (certificate, html) = (format!("{name}.cbor"), format!("{name}.html"));
    let page = page(&checked, &certificate);
    let files = [(&*certificate, &bytes[..]), (&*html, page.as_bytes())];
    let already = write(arguments, &files)?;
    let rehearsal = checked.terms().rehearsal;
    if arguments.json {
        out.json(&Shown {
            number: body.number,
            week: body.week,
            digest: body.digest(),
            rehearsal,
            certificate: &certificate,
            page: &html,
            already,
        });
        return Ok(Exit::Good);
    }
    if rehearsal {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
    }
    let said = if already { "was there already, the same" } else { "written" };
    out.line(format!("Joint statement {} of week {}: {said}", body.number, body.week));
    out.field("digest", body.digest());
    out.field("certificate", arguments.to.join(&certificate).display());
    out.field("page", arguments.to.join(&html).display());
    Ok(Exit::Good)
}

/// Writes both files, or neither if one is there with other bytes. Says whether both were there.
fn write(arguments: &Arguments, files: &[(&str, &[u8])]) -> Result<bool, Failure> {
    let folder = &arguments.to;
    let failed = |name: &str, error: io::Error| {
        let advice = "name a folder in one that is there and that this user may write to";
        let place = folder.join(name);
        Failure::of(Exit::Usage, Complaint::new(error, advice).about(place.display()))
    };
    let another = |name: &str| {
        let place = folder.join(name);
        let what = format!("{} is there, with other bytes or as no plain file", place.display());
        let advice = "nothing is written over: move that file away, or name another folder";
        Failure::of(Exit::Usage, Complaint::new(what, advice))
    };
    // The last part of the path is made; what should lie above it is there or mistyped.
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(failed("", error));
        }
        Ok(()) | Err(_) => {}
    }
    let mut fresh = Vec::new();
    for (name, bytes) in files {
        match durable::look(&folder.join(name), bytes).map_err(|error| failed(name, error))? {
            Written::TheSame => {}
            Written::New => fresh.push((*name, *bytes)),
            Written::Another => return Err(another(name)),
        }
        durable::sweep(folder, name).map_err(|error| failed(name, error))?;
    }
    for (name, bytes) in &fresh {
        let written = durable::write(folder, name, bytes).map_err(|error| failed(name, error))?;
        if written == Written::Another {
            return Err(another(name));
        }
    }
    Ok(fresh.is_empty())
}

fn disputed(body: &Body) -> Failure {
    let what = format!("week {} is disputed: there is no joint statement to export", body.week);
    let advice = format!("see in what they differ: `entente reconcile --week {}`", body.week);
    Failure::of(Exit::Findings, Complaint::new(what, advice))
}

impl From<NotCertified> for Failure {
    fn from(refused: NotCertified) -> Self {
        let (exit, advice) = match refused {
            NotCertified::Unstated { party, week } => (
                Exit::NotYet,
                format!("it is the turn of {party}: `entente reconcile --week {week}` there"),
            ),
            NotCertified::Unreceipted { party, .. } => (
                Exit::NotYet,
                format!(
                    "it is the turn of {}: its daemon covers the statement by itself as soon as a \
                     session is up",
                    party.other()
                ),
            ),
            NotCertified::EnrolledBefore { .. } => (
                Exit::Usage,
                "both logs and those before them show it: `entente log verify`; a key that is \
                 enrolled in the new log is shown by its certificates"
                    .to_owned(),
            ),
            NotCertified::Elsewhere { .. } => (
                Exit::Usage,
                "export it with the configuration of the logs in which it was stated; of a week \
                 that lies across the end of a log there is no certificate, and both logs show it: \
                 `entente log verify`"
                    .to_owned(),
            ),
            NotCertified::Load(fault) => return fault.into(),
            // What both signed, and when, stands in both logs for good.
            NotCertified::Refused(CertificateRefused::Side { party, ref fault })
                if fault.is_of_time() =>
            {
                let advice = format!(
                    "both logs keep the statement of {party} as it is, so that this week has no \
                     certificate: settle it with the other side; later weeks are exported all the \
                     same"
                );
                (Exit::Findings, advice)
            }
            NotCertified::Refused(_) => {
                (Exit::OwnFault, "hold the store against itself: `entente log verify`".to_owned())
            }
        };
        Self::of(exit, Complaint::new(refused, advice))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        names::{Position, Size, Timestamp},
        reconcile::{BodyFault, SideFault},
    };

    #[test]
    fn when_a_statement_was_signed_and_received_is_a_finding_and_no_fault_of_the_store() {
        let (early, late) = (Timestamp::new(1), Timestamp::new(2));
        let of_time = [
            SideFault::Expired { received: late, not_after: early },
            SideFault::SignedEarly { signed_at: early, as_of: late },
            SideFault::ReceivedEarly { received: early, as_of: late },
            SideFault::ReceivedBeforeSigned { received: early, signed_at: late, bound: 0 },
        ];
        let ours = [
            SideFault::NotCanonical,
            SideFault::BelowCutOff { position: Position(0), cut: Size(1) },
        ];
        let of_time = of_time.into_iter().map(|fault| (fault, Exit::Findings));
        for (fault, exit) in of_time.chain(ours.map(|fault| (fault, Exit::OwnFault))) {
            let words = fault.to_string();
            let refused = CertificateRefused::Side { party: Party::Fra, fault };
            let failure = Failure::from(NotCertified::Refused(refused));
            assert_eq!(failure.exit, exit, "{words}");
            assert!(failure.complaints[0].what.contains(&words), "{words}");
        }
        let body = NotCertified::Refused(CertificateRefused::Body(BodyFault::NumberZero));
        assert_eq!(Failure::from(body).exit, Exit::OwnFault);
    }
}
