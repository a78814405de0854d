//! Corrections as case-working systems write them: a submission within a submission, whose faults
//! are found where they stand in the whole.

use super::submitting::{author, changed, example, parse, submitted};
use crate::names::Party::{Fra, Gbr};
use crate::record::{COMMITMENTS, Content, FormFault, Kind, Record, SubmissionRefused};

/// A correction of which the replacement is this text.
fn replacing(replacement: &str) -> String {
    let re = "5a".repeat(32);
    format!(
        "{{ \"kind\": \"correction\", \"re\": [\"{re}\"],\n  \"content\": \
         {{ \"replacement\": {replacement} }} }}"
    )
}

/// The example of a kind without its key, which no replacement has.
fn keyless(kind: Kind) -> String {
    let text = example(kind);
    let (text, _) = text.rsplit_once(",\n  \"key\"").unwrap();
    format!("{text}\n}}")
}

#[test]
fn every_kind_that_can_be_superseded_is_replaced_by_its_example() {
    let mut seen = 0;
    for kind in submitted().filter(|kind| kind.is_correctable()) {
        let corrected = parse(&replacing(&keyless(kind)), author(kind)).unwrap();
        let Content::Correction(one) = &corrected.record.content else { panic!("a correction") };
        let alone = parse(&keyless(kind), author(kind)).unwrap().record;
        assert_eq!(one.replacement.as_ref(), Some(&alone), "{kind}");
        let payload = corrected.record.encode();
        assert_eq!(Record::decode(&payload).as_ref(), Ok(&corrected.record), "{kind}");
        seen += 1;
    }
    assert_eq!(seen, 16);
    for none in ["null", " null "] {
        let consent = parse(&replacing(none), Gbr).unwrap();
        let Content::Correction(one) = &consent.record.content else { panic!("a correction") };
        assert_eq!(one.replacement, None, "without a replacement it is a consent");
    }
}

#[test]
fn a_replacement_that_is_none_is_refused_by_its_rule() {
    let form = |text: &str, party| match parse(&replacing(text), party) {
        Err(SubmissionRefused::Form(fault)) => fault,
        other => panic!("{text}: {other:?}"),
    };
    for kind in Kind::ALL.iter().copied().filter(|kind| !kind.is_correctable()) {
        let text = format!("{{ \"content\": {{}}, \"kind\": \"{kind}\" }}");
        assert_eq!(form(&text, Fra), FormFault::Uncorrectable { kind });
    }
    for kind in submitted().filter(|kind| kind.is_correctable()) {
        let party = author(kind);
        let keyed = example(kind);
        assert!(matches!(form(&keyed, party), FormFault::Fields(_)), "{kind}: a key of its own");
        if kind != Kind::OutageNotice {
            let refused = parse(&replacing(&keyless(kind)), party.other());
            assert!(
                matches!(refused, Err(SubmissionRefused::WrongSide { kind: of, .. }) if of == kind)
            );
        }
        if kind != Kind::ReadmissionRequest {
            let smuggled =
                keyless(kind).replacen("\"content\": {", "\"content\": { \"commitments\": [],", 1);
            assert_eq!(form(&smuggled, party), FormFault::Commitment { kind });
        }
    }
    let beside = replacing("null").replacen("null", "null, \"commitments\": null", 1);
    assert!(parse(&beside, Fra).is_err(), "nor does a correction itself speak of commitments");
}

#[test]
fn a_request_that_replaces_gets_decoys_like_any_other() {
    let text = replacing(&keyless(Kind::ReadmissionRequest));
    let made = parse(&text, Gbr).unwrap();
    let Content::Correction(one) = &made.record.content else { panic!("a correction") };
    let Content::ReadmissionRequest(asked) = &one.replacement.as_ref().unwrap().content else {
        panic!("a request")
    };
    assert_eq!(asked.commitments.len(), COMMITMENTS);
    assert_eq!(parse(&text, Gbr).unwrap().id, made.id, "and is known again without them");
    let other = parse(&text.replacen("\"minors\": 2", "\"minors\": 1", 1), Gbr).unwrap();
    assert_ne!(other.id, made.id);
}

#[test]
fn a_fault_in_a_replacement_is_named_with_its_place_in_the_whole() {
    let correction = Kind::Correction;
    for (from, to, line, words) in [
        ("\"persons\": 4", "\"persons\": 4,", 14, "key must be a string"),
        ("\"persons\": 4", "\"persons\": \"4\"", 13, "invalid type: string"),
        ("\"persons\": 4", "\"people\": 4", 13, "unknown field `people`"),
        ("\"arrived\"", "\"landed\"", 11, "is not an arrival outcome"),
        ("\"arrival\"", "\"arrived\"", 6, "is not a kind"),
        ("\"2025-09-18\"", "\"2025-09-31\"", 9, "not a day"),
        ("\"FR09-42\"", "\"FR9-42\"", 7, "is not a case reference"),
        ("FRCDG", "Roissy", 12, "not a UN/LOCODE"),
        ("      \"at\"", "      \"on\"", 9, "unknown field `on`"),
        ("\"case\": \"FR09-42\"", "\"kind\": \"arrival\"", 7, "duplicate field"),
        ("\"replacement\"", "\"replaced\"", 5, "unknown field `replaced`"),
        ("\"key\"", "\"note\"", 17, "unknown field `note`"),
    ] {
        let Err(SubmissionRefused::Json { line: at, column, reason }) =
            changed(correction, from, to)
        else {
            panic!("{to}: {:?}", changed(correction, from, to))
        };
        assert!(reason.contains(words), "{to}: {reason}");
        assert!(!reason.contains(" at line "), "{reason}: the place stands beside it");
        assert_eq!((at, column > 0), (line, true), "{to}: {reason}");
    }
    // On one line, the column is that of the whole.
    let place = |text: &str| match parse(text, Fra) {
        Err(SubmissionRefused::Json { line, column, .. }) => (line, column),
        other => panic!("{text}: {other:?}"),
    };
    let alone = "{ \"kind\": \"arrivals\" }";
    let whole = replacing(alone);
    let (_, last) = whole.rsplit_once('\n').unwrap();
    let (1, column) = place(alone) else { panic!("on the first line") };
    assert_eq!(place(&whole), (2, last.find(alone).unwrap() + column));
}

#[test]
fn corrections_within_corrections_are_refused_however_deep() {
    let mut text = "null".to_owned();
    for _ in 0..900 {
        text = format!("{{\"kind\":\"correction\",\"content\":{{\"replacement\":{text}}}}}");
    }
    let fault = FormFault::Uncorrectable { kind: Kind::Correction };
    assert_eq!(parse(&text, Fra), Err(SubmissionRefused::Form(fault)));
}
