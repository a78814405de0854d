//! What a record says, in sentences for whoever has to answer for it.

use super::agreement::terms;
use crate::{
    names::Hash,
    record::{
        AgreementVersion, Certificate, Content, Correction, KeyEvent, KeyStep, Record, VersionStep,
    },
    trust::SignerCertificate,
};

/// So few digits name one id among thousands.
const DIGITS_MIN: usize = 8;

/// An id or its beginning, as somebody types it: `what` says whose.
pub(super) fn id_digits(what: &str, text: &str) -> Result<String, String> {
    let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let most = Hash::LEN.saturating_mul(2);
    if digits && (DIGITS_MIN..=most).contains(&text.len()) {
        return Ok(text.to_owned());
    }
    Err(format!("{what} is named by {DIGITS_MIN} to {most} lower-case hexadecimal digits"))
}

/// What a record says, line by line: in full for what a second signer is asked to approve.
pub(super) fn says(record: &Record) -> Vec<String> {
    let named: Vec<String> = record.re.iter().map(ToString::to_string).collect();
    let named = named.join(", ");
    // Only what needs approval is told in sentences; the rest shows itself as it is submitted.
    if let Content::Reversal(one) = &record.content {
        return vec![
            format!("The movement {named} is not to count after all: {}.", one.reason),
            "It takes effect once both sides have signed and approved one.".to_owned(),
        ];
    }
    if let Content::Erasure(one) = &record.content {
        return vec![
            format!("The personal data of the request {named} are to be destroyed: {}.", one.basis),
            "Then the commitments open nothing any more; that cannot be undone.".to_owned(),
        ];
    }
    if let Content::BreakResolution(one) = &record.content {
        return vec![
            format!("The break {} is decided: {}.", one.break_id, one.decision),
            "It takes effect once both sides have signed and approved the same decision."
                .to_owned(),
        ];
    }
    if let Content::Correction(one) = &record.content {
        return correction(one, &named);
    }
    if let Content::AgreementVersion(one) = &record.content {
        return version(one, &named);
    }
    if let Content::KeyEvent(one) = &record.content {
        return key_event(one);
    }
    let mut lines = vec![format!("{}.", capital(&record.kind().with_article()))];
    lines.extend(as_submitted(record));
    lines
}

fn correction(one: &Correction, named: &str) -> Vec<String> {
    let Some(replacement) = &one.replacement else {
        return vec![
            format!("This side consents to the other side's correction {named}."),
            "What counts by agreement changes with it.".to_owned(),
        ];
    };
    let kind = replacement.kind();
    let mut lines = vec![format!("The {kind} {named} is superseded, and should have said:")];
    lines.extend(as_submitted(replacement));
    lines
}

fn version(one: &AgreementVersion, named: &str) -> Vec<String> {
    match one.step {
        VersionStep::Proposed => {
            let mut lines = vec![format!("GBR proposes a version of the agreement after {named}:")];
            let told = one.provisions.iter().flat_map(terms::all);
            lines.extend(
                told.map(|term| format!("  {}: {} ({})", term.name, term.value, term.means)),
            );
            lines
        }
        VersionStep::Accepted => vec![
            format!("FRA accepts the version of the agreement that {named} proposes."),
            "From then on both sides are judged by it.".to_owned(),
        ],
        VersionStep::Terminated => vec![
            format!("This side ends the agreement, as the version {named} has it."),
            "It takes effect after the period of notice (Art. 22(2)).".to_owned(),
        ],
    }
}

fn key_event(one: &KeyEvent) -> Vec<String> {
    let role = one.role.map(|role| role.to_string()).unwrap_or_default();
    let key = one.key.map(|key| key.to_string()).unwrap_or_default();
    let since = one.since.map(|since| since.to_string()).unwrap_or_default();
    match one.step {
        KeyStep::Enrolled => {
            let mut lines = vec![format!("A new key may sign as {role} from here on.")];
            lines.extend(one.certificate.as_ref().map(certificate));
            lines
        }
        KeyStep::Retired => vec![format!("The key {key} may sign no more from here on.")],
        KeyStep::CompromisedSince => {
            vec![format!("Others may have used the key {key} since {since}.")]
        }
    }
}

/// Which key a certificate is about: what an officer compares before it may sign.
fn certificate(one: &Certificate) -> String {
    let read = match SignerCertificate::parse(one.der()) {
        Ok(read) => read,
        Err(refused) => return format!("Its certificate is none of a record key: {refused}."),
    };
    format!(
        "Its certificate names the {} of {}, key {}, valid {} to {}, SHA-256 {}.",
        read.role(),
        read.party(),
        read.public_key().id(),
        read.not_before(),
        read.not_after(),
        read.thumbprint(),
    )
}

/// The record as it is submitted, indented.
fn as_submitted(record: &Record) -> Vec<String> {
    let text = serde_json::to_string_pretty(record).unwrap_or_else(|error| error.to_string());
    text.lines().map(|line| format!("  {line}")).collect()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        names::{Commitment, Party},
        record::{Kind, Submission},
    };

    /// The example of a kind, in words.
    fn told(kind: Kind, party: Party) -> String {
        let path = format!("{}/docs/examples/{kind}.json", env!("CARGO_MANIFEST_DIR"));
        let json = std::fs::read(path).unwrap();
        let submission =
            Submission::parse(&json, party, None, &mut || Commitment::new([0; 32])).unwrap();
        says(&submission.record).join("\n")
    }

    #[test]
    fn whoever_approves_reads_what_it_is_about() {
        for (kind, party, wanted) in [
            (Kind::Reversal, Party::Fra, ["The movement ", " is not to count after all: "]),
            (Kind::Erasure, Party::Gbr, ["The personal data of the request ", "be undone"]),
            (Kind::BreakResolution, Party::Gbr, ["The break ", " is decided: explained."]),
            (Kind::Correction, Party::Fra, ["The arrival ", "\"persons\": 4"]),
            (Kind::AgreementVersion, Party::Gbr, ["GBR proposes", "  answer_days: 14 days"]),
            (Kind::KeyEvent, Party::Fra, ["may sign as caseworker", "the caseworker of FRA, key "]),
            (Kind::Departure, Party::Gbr, ["A departure.", "\"place\": \"GBLHR\""]),
        ] {
            let told = told(kind, party);
            for wanted in wanted {
                assert!(told.contains(wanted), "{kind}: {wanted}: {told}");
            }
        }
    }

    #[test]
    fn every_step_is_told_as_what_it_is() {
        let re = vec![crate::names::RecordId::new([7; 32])];
        let version = |step| AgreementVersion { step, provisions: None };
        let event = |step| KeyEvent {
            step,
            role: None,
            certificate: None,
            key: Some(crate::names::KeyId::new([9; 8])),
            since: Some(crate::names::Timestamp::new(0)),
        };
        for (record, wanted) in [
            (Record::bare(version(VersionStep::Accepted)), "FRA accepts the version"),
            (Record::bare(version(VersionStep::Terminated)), "ends the agreement"),
            (Record::bare(event(KeyStep::Retired)), "The key 0909090909090909 may sign no more"),
            (Record::bare(event(KeyStep::CompromisedSince)), "since 1970-01-01T00:00:00Z"),
            (Record::bare(Correction { replacement: None }), "consents to the other side's"),
        ] {
            let told = says(&Record { re: re.clone(), ..record }).join("\n");
            assert!(told.contains(wanted), "{wanted}: {told}");
        }
        let der = Certificate(crate::cbor::Bytes(vec![0x30]));
        assert!(certificate(&der).contains("none of a record key"));
    }
}
