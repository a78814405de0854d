//! Faulty submissions, and everything that is said about each.

use super::*;

/// What is found, as `line:column field`.
fn found(text: &str, party: Option<Party>) -> Vec<String> {
    let all = check(text.as_bytes(), party);
    all.iter().map(|one| format!("{}:{} {}", one.line, one.column, one.field)).collect()
}

/// The reasons, joined.
fn reasons(text: &str) -> String {
    let all: Vec<_> = check(text.as_bytes(), None).into_iter().map(|one| one.reason).collect();
    all.join("; ")
}

/// An example in which every text was replaced, each of which stands in it.
fn spoilt(kind: Kind, changes: &[(&str, &str)]) -> String {
    let mut text = examples::of(kind).unwrap().to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from} is not in {text}");
        text = text.replacen(from, to, 1);
    }
    text
}

#[test]
fn with_every_example_nothing_is_wrong() {
    for kind in Kind::ALL.iter().filter(|kind| kind.is_submitted()) {
        let text = examples::of(*kind).unwrap();
        assert_eq!(check(text.as_bytes(), None), [], "{kind}");
    }
}

#[test]
fn every_frame_is_good_for_whoever_may_write_the_kind() {
    for kind in Kind::ALL.iter().filter(|kind| kind.is_submitted()) {
        for party in Party::BOTH {
            let good = parse(&Frame::of(*kind).text(), party);
            let may = kind.shape().author.allows(party);
            assert_eq!(good.is_ok(), may, "{kind} of {party}: {good:?}");
        }
    }
}

#[test]
fn each_fault_of_a_field_is_told_at_its_place() {
    use Kind::{Answer, Arrival, Departure, ReadmissionRequest, TransferNotice, VisaIssued};
    for (kind, from, to, wanted) in [
        (Departure, "\"persons\": 4", "\"persons\": \"4\"", "7:5 content.persons"),
        (Departure, "\"persons\": 4", "\"persons\": -4", "7:5 content.persons"),
        (Departure, "\"persons\": 4", "\"persons\": 4.0", "7:5 content.persons"),
        (Departure, "\"persons\": 4", "\"persons\": null", "7:5 content.persons"),
        (Departure, "\"persons\": 4", "\"persons\": 65536", "7:5 content.persons"),
        (Departure, "GBLHR", "Heathrow", "6:5 content.place"),
        (Departure, "2025-09-18", "2025-09-31", "4:3 at"),
        (Departure, "2025-09-18", "2025-09-18T10:00:00Z", "4:3 at"),
        (Departure, "\"2b3c", "\"2B3C", "3:3 re"),
        (Departure, "\"re\": [", "\"re\": [1, ", "3:3 re"),
        (Departure, "\"re\": [\"", "\"re\": [], \"x\": [\"", "3:3 re"),
        (Departure, "\"at\"", "\"At\"", "4:3 At"),
        (Departure, "\"place\"", "\"places\"", "6:5 content.places"),
        (Departure, "\"departure\"", "\"departures\"", "2:3 kind"),
        (Departure, "\"departure\"", "7", "2:3 kind"),
        (Departure, "\"kind\"", "\"kinds\"", "1:1 kind"),
        (Departure, "\"re\"", "\"case\": \"FR01-1\", \"re\"", "3:3 case"),
        (Departure, "\"re\"", "\"case\": \"\", \"re\"", "3:3 case"),
        (Departure, "transport-42/departure", "clé", "9:3 key"),
        (Departure, "transport-42/departure", "", "9:3 key"),
        (Answer, "\"refused\"", "\"perhaps\"", "5:5 content.outcome"),
        (Answer, "\"content\"", "\"at\": \"2025-09-18\", \"content\"", "4:3 at"),
        (
            Arrival,
            "\"persons\": 3",
            "\"commitments\": [], \"persons\": 3",
            "9:5 content.commitments",
        ),
        (ReadmissionRequest, "\"case\"", "\"re\": [\"00\"], \"case\"", "3:3 re"),
        (
            ReadmissionRequest,
            "[\"officer-report\", ",
            "[\"biometric-match\", ",
            "7:5 content.evidence",
        ),
        (ReadmissionRequest, "protection-claim", "asylum", "5:5 content.scope"),
        (TransferNotice, "\"air\"", "\"balloon\"", "10:5 content.transport"),
        (VisaIssued, "\"case\": \"GB13-000009\",", "", "1:1 case"),
    ] {
        let text = spoilt(kind, &[(from, to)]);
        let all = found(&text, None);
        assert!(all.contains(&wanted.to_owned()), "{kind}: {from} -> {to}: {wanted}: {all:?}");
    }
}

#[test]
fn what_is_missing_is_told_with_the_name_of_each() {
    let text = r#"{"kind": "departure", "content": {}}"#;
    let wanted = ["1:1 re", "1:1 at", "1:34 content.place", "1:34 content.persons"];
    assert_eq!(found(text, None), wanted);
    assert_eq!(reasons(text), "missing; missing; missing; missing");
    let text = r#"{"kind": "answer", "re": ["#.to_owned() + &format!("\"{}\"]}}", "0".repeat(64));
    assert_eq!(found(&text, None), ["1:1 content"]);
    // Optional fields are not missed.
    let text = spoilt(Kind::Departure, &[(",\n  \"key\": \"transport-42/departure\"", "")]);
    assert_eq!(found(&text, None), Vec::<String>::new());
}

#[test]
fn several_faults_are_all_told_in_the_order_of_the_text() {
    let text = r#"{
  "kind": "transfer-notice",
  "case": "FR04-1",
  "re": ["x"],
  "at": "tomorrow",
  "content": {
    "transport": "balloon",
    "from": "x",
    "to": "FRCDG",
    "to": "FRORY",
    "persons": "many",
    "colour": "red"
  },
  "note": 1
}"#;
    let wanted = [
        "3:3 case",
        "4:3 re",
        "5:3 at",
        "6:14 content.attestations",
        "7:5 content.transport",
        "8:5 content.from",
        "10:5 content.to",
        "11:5 content.persons",
        "12:5 content.colour",
        "14:3 note",
    ];
    assert_eq!(found(text, None), wanted);
    let said = reasons(text);
    for wanted in
        ["letters of FRA", "is not a UN/LOCODE", "missing", "stands there twice", "`note`"]
    {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
}

#[test]
fn what_only_the_whole_can_break_is_told_once_each_field_is_good() {
    for (kind, changes, wanted) in [
        (Kind::Answer, [("\"refused\"", "\"accepted\"")], "names its ground"),
        (Kind::Arrival, [("\"persons\": 3", "\"persons\": 0")], "an arrival has persons"),
        (Kind::VisaIssued, [("\"adults\": 2", "\"adults\": 65535")], "more persons than"),
        (Kind::Allocation, [("\"opens\": \"2", "\"opens\": \"9")], "closes on the day"),
    ] {
        let text = spoilt(kind, &changes);
        let all = check(text.as_bytes(), None);
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!(all[0].field, "content");
        assert!(all[0].reason.contains(wanted), "{all:?}");
    }
}

#[test]
fn a_replacement_is_looked_into() {
    let text = spoilt(
        Kind::Correction,
        &[
            ("\"arrived\"", "\"landed\""),
            ("\"persons\": 4", "\"persons\": \"4\""),
            ("FR09", "GB09"),
        ],
    );
    let all = found(&text, None);
    let wanted = [
        "content.replacement.case",
        "content.replacement.content.outcome",
        "content.replacement.content.persons",
    ];
    assert_eq!(all.len(), wanted.len(), "{all:?}");
    for (one, wanted) in all.iter().zip(wanted) {
        assert!(one.ends_with(wanted), "{wanted}: {all:?}");
    }
    for (from, to, wanted) in [
        ("\"kind\": \"arrival\"", "\"kind\": \"withdrawal\"", "content.replacement.kind"),
        ("\"kind\": \"arrival\"", "\"kind\": \"week-close\"", "content.replacement.kind"),
        ("\"kind\": \"arrival\",", "", "content.replacement.kind"),
        (
            "\"kind\": \"arrival\"",
            "\"key\": \"x\", \"kind\": \"arrival\"",
            "content.replacement.key",
        ),
        ("\"at\": \"2025-09-18\",", "", "content.replacement.at"),
    ] {
        let all = found(&spoilt(Kind::Correction, &[(from, to)]), None);
        assert!(all.iter().any(|one| one.ends_with(wanted)), "{wanted}: {all:?}");
    }
    // A correction without one is a consent.
    let id = "0".repeat(64);
    let consent = format!("{{\"kind\":\"correction\",\"re\":[\"{id}\"],\"content\":{{}}}}");
    assert_eq!(found(&consent, None), Vec::<String>::new());
    let null = consent.replace("{}", "{\"replacement\":null}");
    assert_eq!(found(&null, None), Vec::<String>::new());
}

#[test]
fn provisions_tell_each_of_their_faults() {
    let text = spoilt(
        Kind::AgreementVersion,
        &[("\"rules\": 1", "\"rules\": 9"), ("\"visa_months\": 3", "\"visa_months\": 99")],
    );
    let said = reasons(&text);
    assert!(said.contains("rules = 9") && said.contains("visa_months: at most"), "{said}");
    let text = spoilt(Kind::AgreementVersion, &[("\"silence\": \"nothing\",", "")]);
    assert!(reasons(&text).contains("missing field `silence`"), "{}", reasons(&text));
}

#[test]
fn the_other_sides_kind_is_told_and_its_fields_are_looked_at_too() {
    let text = spoilt(Kind::Departure, &[("GBLHR", "Heathrow")]);
    assert_eq!(found(&text, Some(Party::Gbr)), ["6:5 content.place"]);
    assert_eq!(found(&text, Some(Party::Fra)), ["2:3 kind", "6:5 content.place"]);
    let text = examples::of(Kind::AgreementVersion).unwrap();
    assert_eq!(found(text, Some(Party::Fra)).len(), 1);
    let arrival = examples::of(Kind::Correction).unwrap();
    assert_eq!(found(arrival, Some(Party::Fra)), Vec::<String>::new());
    let all = found(arrival, Some(Party::Gbr));
    assert!(all[0].ends_with("content.replacement.kind"), "{all:?}");
}

#[test]
fn what_nobody_submits_is_told_at_the_kind() {
    for kind in Kind::ALL.iter().filter(|kind| !kind.is_submitted()) {
        let text = format!("{{\"content\": {{}},\n\"kind\": \"{kind}\", \"case\": 7}}");
        assert_eq!(found(&text, None), ["2:1 kind"], "{kind}");
    }
}

#[test]
fn what_is_no_json_is_told_once_with_its_place() {
    for (text, wanted) in [
        ("", "1:0 "),
        ("{", "1:1 "),
        ("{\n\"kind\": departure}", "2:9 "),
        ("{\"kind\": \"departure\",}", "1:22 "),
        ("{} {}", "1:4 "),
        ("[]", "1:1 "),
        ("null", "1:1 "),
        ("\"departure\"", "1:1 "),
    ] {
        assert_eq!(found(text, None), [wanted], "{text}");
    }
    let bytes = check(b"{\n\"kind\": \"\xff\"}", None);
    assert_eq!(
        (bytes[0].line, bytes[0].column, bytes[0].reason.as_str()),
        (2, 10, "not UTF-8 text")
    );
    let long = format!("{{\"kind\": \"{}\"}}", "x".repeat(SUBMISSION_BYTES_MAX));
    assert!(reasons(&long).contains("a submission has at most"));
}

#[test]
fn a_check_finds_something_exactly_if_the_daemon_refuses() {
    // Every example with every one of its lines taken out, or its values changed.
    for kind in Kind::ALL.iter().filter(|kind| kind.is_submitted()) {
        let text = examples::of(*kind).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for skipped in 0..lines.len() {
            let kept = lines.iter().enumerate().filter(|(at, _)| *at != skipped);
            let kept: Vec<&str> = kept.map(|(_, line)| *line).collect();
            agrees(&kept.join("\n"));
        }
        for (from, to) in [(": \"", ": \"x"), (": [", ": [7, "), ("20", "2"), ("{", "{\"x\": 1,")] {
            for at in text.match_indices(from).map(|(at, _)| at) {
                agrees(&format!("{}{to}{}", &text[..at], &text[at + from.len()..]));
            }
        }
    }
}

fn agrees(text: &str) {
    for party in Party::BOTH {
        let (refused, said) = (parse(text, party), check(text.as_bytes(), Some(party)));
        assert_eq!(refused.is_err(), !said.is_empty(), "{party}: {text}\n{refused:?}\n{said:?}");
    }
}

#[test]
fn fields_that_contradict_one_another_are_told_beside_bad_ones() {
    use Kind::{Answer, Arrival, Departure, WindowStatus};
    let persons = ("\"persons\": 4", "\"persons\": 0");
    let text = spoilt(Departure, &[persons, ("GBLHR", "Heathrow"), ("2025-09-18", "x")]);
    assert_eq!(found(&text, None), ["4:3 at", "5:3 content", "6:5 content.place"]);
    assert!(reasons(&text).contains("a departure concerns at least one person"), "{text}");
    let text = spoilt(Arrival, &[("\"persons\": 3", "\"persons\": 0"), ("FRCDG", "Paris")]);
    assert!(reasons(&text).contains("a non-arrival has none"), "{}", reasons(&text));
    // Nobody knows what a bad outcome would say to the number, and nothing is said twice.
    let text = spoilt(Arrival, &[("\"persons\": 3", "\"persons\": 0"), ("\"partly\"", "\"x\"")]);
    assert_eq!(check(text.as_bytes(), None).len(), 1, "{}", reasons(&text));
    let text = spoilt(Answer, &[("\"refused\"", "\"accepted\"")]);
    assert_eq!(check(text.as_bytes(), None).len(), 1, "{}", reasons(&text));
    let text = examples::of(WindowStatus).unwrap();
    assert_eq!(check(text.as_bytes(), None), []);
}

#[test]
fn content_that_is_a_list_is_no_content() {
    for kind in [Kind::Departure, Kind::ReadmissionRequest, Kind::Correction, Kind::Erasure] {
        let heads = Frame::of(kind);
        for list in ["[]", "[1]", "[1, 2]", "[[], {}]", "7", "\"x\""] {
            let text = heads.with("content", list);
            let said = reasons(&text);
            assert!(said.contains("expected an object"), "{kind} {list}: {said}");
            assert!(!said.contains("commitment"), "{kind} {list}: {said}");
        }
    }
}

#[test]
fn what_is_wrong_is_said_in_words_of_the_trade() {
    let long = "x".repeat(9000);
    let cut = format!("\"{}\"… is not", "x".repeat(40));
    for (kind, from, to, wanted) in [
        (Kind::Answer, "\"refused\"", format!("\"{long}\""), cut.as_str()),
        (Kind::Answer, "\"answer\"", format!("\"{long}\""), cut.as_str()),
        (
            Kind::ReadmissionRequest,
            "\"scope\"",
            "\"scopes\"".to_owned(),
            "unknown field `scopes` in a readmission-request; known are",
        ),
        (
            Kind::Answer,
            "\"re\": [",
            "\"re\": [], \"x\": [".to_owned(),
            "an answer refers to exactly one record, not to 0",
        ),
    ] {
        let said = reasons(&spoilt(kind, &[(from, &to)]));
        assert!(said.contains(wanted), "{kind}: {wanted}: {said}");
    }
}
