//! Submissions as case-working systems write them, and how a repetition is known again.

use crate::envelope::Role;
use crate::names::Party::{self, Fra, Gbr};
use crate::names::{Commitment, RecordId, sha256};
use crate::record::{
    Author, COMMITMENTS, Content, FormFault, Kind, Record, Submission, SubmissionRefused,
    WeekClose, daemon_submission,
};

/// The worked example of a kind, from the documentation.
pub(super) fn example(kind: Kind) -> String {
    let path = format!("{}/docs/examples/{kind}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Who writes the example of a kind: of what either may write, France writes all but the proposal
/// of a version.
pub(super) fn author(kind: Kind) -> Party {
    match kind.shape().author {
        Author::Only(party) => party,
        Author::Either if kind == Kind::AgreementVersion => Gbr,
        Author::Either => Fra,
    }
}

pub(super) fn submitted() -> impl Iterator<Item = Kind> {
    Kind::ALL.iter().copied().filter(|kind| kind.is_submitted())
}

/// Decoys that never repeat, as the daemon's are.
fn decoys() -> impl FnMut() -> Commitment {
    let mut made = 0_u64;
    move || {
        made = made.wrapping_add(1);
        Commitment::new(sha256(&made.to_be_bytes()))
    }
}

pub(super) fn parse(json: &str, party: Party) -> Result<Submission, SubmissionRefused> {
    Submission::parse(json.as_bytes(), party, None, &mut decoys())
}

/// The example of a kind with one passage written otherwise.
pub(super) fn changed(kind: Kind, from: &str, to: &str) -> Result<Submission, SubmissionRefused> {
    let text = example(kind);
    let other = text.replacen(from, to, 1);
    assert_ne!(text, other, "{from} is in the example of {kind}");
    parse(&other, author(kind))
}

#[test]
fn every_worked_example_is_taken_in() {
    for kind in submitted() {
        let submission = parse(&example(kind), author(kind)).unwrap_or_else(|refused| {
            panic!("{kind}: {refused}");
        });
        let payload = submission.record.encode();
        assert_eq!(submission.record.kind(), kind);
        assert_eq!(Record::decode(&payload).as_ref(), Ok(&submission.record), "{kind}");
        let other = author(kind).other();
        let crossed = parse(&example(kind), other);
        // What either side may write of its own doings, the other may write too: as another record.
        if submission.record.foreign(other).is_none() {
            assert_ne!(crossed.unwrap().id, submission.id, "{kind}");
        } else {
            assert!(matches!(crossed, Err(SubmissionRefused::WrongSide { .. })), "{kind}");
        }
    }
    assert_eq!(submitted().count(), 25);
}

#[test]
fn a_fault_in_the_json_is_named_with_its_line_and_column() {
    let departure = Kind::Departure;
    for (from, to, line, words) in [
        ("\"persons\": 4", "\"persons\": 4,", 8, "trailing comma"),
        ("\"persons\": 4", "\"persons\": \"4\"", 7, "invalid type: string"),
        ("\"persons\": 4", "\"persons\": 4.0", 7, "invalid type: floating point"),
        ("\"persons\": 4", "\"persons\": -4", 7, "invalid value"),
        ("\"persons\": 4", "\"persons\": 65536", 7, "invalid value"),
        ("\"persons\": 4", "\"people\": 4", 7, "unknown field `people`"),
        ("\"persons\": 4", "\"persons\": 4, \"persons\": 5", 7, "duplicate field `persons`"),
        (",\n    \"persons\": 4", "", 7, "missing field `persons`"),
        ("GBLHR", "Heathrow", 6, "not a UN/LOCODE"),
        ("2025-09-18", "2025-09-31", 4, "not a day"),
        ("2025-09-18", "2025-09-18T10:00:00Z", 4, "not a day"),
        ("\"2025-09-18\"", "20349", 4, "invalid type: integer"),
        ("\"departure\"", "\"departed\"", 2, "is not a kind"),
        ("\"departure\"", "8", 2, "invalid type: integer"),
        ("2b3c", "2B3C", 3, "lower-case hexadecimal"),
        ("2b3c", "", 3, "lower-case hexadecimal"),
        ("\"key\"", "\"note\"", 9, "unknown field `note`"),
        ("\"key\"", "\"at\"", 9, "duplicate field `at`"),
        ("\"key\": \"transport-42/departure\"", "\"kind\": \"departure\"", 9, "duplicate field"),
        ("\"content\"", "\"contents\"", 5, "unknown field `contents`"),
    ] {
        let Err(SubmissionRefused::Json { line: at, column, reason }) =
            changed(departure, from, to)
        else {
            panic!("{to}: {:?}", changed(departure, from, to))
        };
        assert!(reason.contains(words), "{to}: {reason}");
        assert!(!reason.contains(" at line "), "{reason}: the place stands beside it");
        assert_eq!((at, column > 0), (line, true), "{to}: {reason}");
    }
    for text in ["", "[]", "{}", "null", "{\"kind\":", "{\"kind\":\"departure\"}", "\u{feff}{}"] {
        let refused = parse(text, Gbr);
        assert!(matches!(refused, Err(SubmissionRefused::Json { line: 1, .. })), "{text}");
    }
    let twice = format!("{}{}", example(departure), example(departure));
    assert!(matches!(parse(&twice, Gbr), Err(SubmissionRefused::Json { line: 11, .. })));
}

#[test]
fn a_submission_that_is_not_of_form_is_refused_by_its_rule() {
    use FormFault::{CaseOfOther, Commitment, Fields, Missing, References};
    let form = |kind, from: &str, to: &str| match changed(kind, from, to) {
        Err(SubmissionRefused::Form(fault)) => fault,
        other => panic!("{to}: {other:?}"),
    };
    let request = Kind::ReadmissionRequest;
    let missing = form(request, "\"case\": \"GB01-000123\",", "");
    assert_eq!(missing, Missing { kind: request, head: "case" });
    assert!(matches!(form(request, "GB01", "FR01"), CaseOfOther { letters: Fra, .. }));
    assert!(matches!(form(Kind::Arrival, "FR09", "GB09"), CaseOfOther { letters: Gbr, .. }));
    assert!(matches!(form(Kind::Arrival, "\"partly\"", "\"not-arrived\""), Fields(_)));
    assert!(matches!(form(Kind::Answer, "\"refused\"", "\"accepted\""), Fields(_)));
    assert!(matches!(form(Kind::Answer, "\"evidence-insufficient\"", "null"), Fields(_)));
    assert!(matches!(form(Kind::Departure, "\"persons\": 4", "\"persons\": 0"), Fields(_)));
    let one = "[\"2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a\"]";
    for (list, count) in
        [("[]", 0), ("null", 0), (&*format!("{one}, {one}").replace("], [", ","), 2)]
    {
        let fault = form(Kind::Departure, one, list);
        assert!(matches!(fault, References { given, .. } if given == count), "{fault}");
    }
    for kind in submitted().filter(|kind| *kind != request) {
        let fault = form(kind, "\"content\": {", "\"content\": { \"commitments\": [],");
        assert_eq!(fault, Commitment { kind });
    }
}

#[test]
fn what_the_daemon_writes_is_not_submitted() {
    for kind in Kind::ALL.iter().copied().filter(|kind| !kind.is_submitted()) {
        let json = format!("{{\"kind\": \"{kind}\", \"content\": {{}}}}");
        let wanted = match kind.shape().role {
            Role::Officer => SubmissionRefused::OfficersOwn(kind),
            Role::Ledger | Role::Caseworker => SubmissionRefused::DaemonsOwn(kind),
        };
        for party in Party::BOTH {
            assert_eq!(parse(&json, party), Err(wanted.clone()));
        }
    }
}

#[test]
fn a_submission_beyond_its_cap_is_not_read() {
    let mut json = example(Kind::Departure).into_bytes();
    json.resize(64 * 1024, b' ');
    assert!(Submission::parse(&json, Gbr, None, &mut decoys()).is_ok(), "at the cap");
    json.push(b' ');
    let refused = Submission::parse(&json, Gbr, None, &mut decoys());
    assert_eq!(refused, Err(SubmissionRefused::TooLong { len: 64 * 1024 + 1 }));
}

#[test]
fn absent_commitments_become_decoys_and_given_ones_are_kept() {
    let commitments = |submission: &Submission| {
        let Content::ReadmissionRequest(one) = &submission.record.content else {
            panic!("a request")
        };
        one.commitments.clone()
    };
    let kind = Kind::ReadmissionRequest;
    let made = parse(&example(kind), Gbr).unwrap();
    let mut source = decoys();
    let wanted: Vec<_> = (0..COMMITMENTS).map(|_| source()).collect();
    assert_eq!(commitments(&made), wanted);
    let list = |count: usize| {
        let all = vec![format!("\"{}\"", "5a".repeat(32)); count];
        format!("\"minors\": 2, \"commitments\": [{}]", all.join(","))
    };
    let given = changed(kind, "\"minors\": 2", &list(COMMITMENTS)).unwrap();
    assert_eq!(commitments(&given), [Commitment::new([0x5a; 32]); COMMITMENTS]);
    assert_ne!(given.digest, made.digest);
    for wrong in [1, COMMITMENTS - 1, COMMITMENTS + 1] {
        let refused = changed(kind, "\"minors\": 2", &list(wrong));
        assert!(matches!(refused, Err(SubmissionRefused::Form(FormFault::Fields(_)))), "{wrong}");
    }
    let empty = changed(kind, "\"minors\": 2", &list(0));
    assert!(matches!(empty, Err(SubmissionRefused::Json { .. })), "decoys are not asked for so");
}

#[test]
fn a_repetition_is_known_by_its_key_whatever_it_says() {
    let kind = Kind::ReadmissionRequest;
    let first = parse(&example(kind), Gbr).unwrap();
    let mut later = decoys();
    let _ = later();
    let again = Submission::parse(example(kind).as_bytes(), Gbr, None, &mut later).unwrap();
    assert_eq!((again.id, again.digest), (first.id, first.digest));
    assert_ne!(again.record, first.record, "the decoys are others");

    let other = changed(kind, "\"minors\": 2", "\"minors\": 3").unwrap();
    assert_eq!(other.id, first.id, "the same key");
    assert_ne!(other.digest, first.digest, "and another content, which the daemon refuses");
}

#[test]
fn without_a_key_the_same_facts_are_the_same_submission_however_they_are_written() {
    let kind = Kind::ReadmissionRequest;
    let without = |text: &str| {
        let text = text.replace(",\n  \"key\": \"case-000123/request\"", "");
        parse(&text, Gbr).unwrap()
    };
    let text = example(kind);
    let first = without(&text);
    let keyed = parse(&text, Gbr).unwrap();
    assert_eq!(keyed.digest, first.digest);
    assert_ne!(keyed.id, first.id, "a key makes another id than its absence");
    let last = "\"minors\": 2, \"commitments\": null },
        \"kind\": \"readmission-request\", \"re\": []";
    // The kind last, the evidence the other way round, what is absent written as null or empty.
    let rewritten = text
        .replace(
            "\"officer-report\", \"biometric-match\"",
            "\"biometric-match\",\"officer-report\"",
        )
        .replace("  \"kind\": \"readmission-request\",\n", "")
        .replace("\"minors\": 2\n  }", last);
    assert_ne!(rewritten, text);
    let again = without(&rewritten);
    assert_eq!((again.id, again.digest), (first.id, first.digest));
    let other = without(&text.replace("\"minors\": 2", "\"minors\": 1"));
    assert_ne!(other.id, first.id);
    assert_ne!(other.digest, first.digest);
}

#[test]
fn a_key_is_one_printable_text_from_one_place() {
    let text = example(Kind::Departure);
    let with = |text: &str, beside: Option<&str>| {
        Submission::parse(text.as_bytes(), Gbr, beside, &mut decoys())
    };
    let bare = text.replace(",\n  \"key\": \"transport-42/departure\"", "");
    let within = with(&text, None).unwrap();
    assert_eq!(with(&bare, Some("transport-42/departure")).unwrap().id, within.id);
    assert_eq!(with(&text, Some("transport-42/departure")).unwrap().id, within.id);
    assert_eq!(with(&text, Some("another")), Err(SubmissionRefused::TwoKeys));
    assert!(with(&bare, Some(&"x".repeat(128))).is_ok());
    for bad in ["", "é", "a\tb", "a\nb", "\u{7f}", &*"x".repeat(129)] {
        assert_eq!(with(&bare, Some(bad)), Err(SubmissionRefused::Key), "{bad:?}");
    }
}

#[test]
fn ids_of_two_parties_and_of_the_daemon_never_meet() {
    let arrival = example(Kind::Arrival).replace("vol-42/arrivee", "transport-42/departure");
    let french = parse(&arrival, Fra).unwrap();
    let british = parse(&example(Kind::Departure), Gbr).unwrap();
    assert_ne!(french.id, british.id, "one key, two parties");

    let close = || Record::bare(WeekClose { week: "2025-W38".parse().unwrap() });
    let own = daemon_submission(Gbr, close(), "transport-42/departure");
    assert_ne!(own.id, british.id);
    assert_eq!(own, daemon_submission(Gbr, close(), "transport-42/departure"));
    assert_ne!(own.id, daemon_submission(Fra, close(), "transport-42/departure").id);
    assert_ne!(own.id, daemon_submission(Gbr, close(), "week-close 2025-W38").id);
    assert_eq!(RecordId::LEN, 32);
}
