//! `docs/entente.cddl` against the source: every code has its number and name there, and bytes that
//! we accept or refuse are written out for other people's validators (`tests/judges/cddl.py`).
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests stop at the first surprise"
)]

use std::collections::BTreeMap;

use entente::envelope::Role;
use entente::record::{
    AgeBucket, AnswerOutcome, ApprovalOutcome, ArrivalOutcome, Attestation, BreakClass, Datum,
    DayCounting, Decision, DisclosureOutcome, ErasureBasis, Evidence, ExtensionReason,
    HeadStartRule, KeyStep, Kind, LapseReason, LogEndReason, ObjectionReason, PauseReason,
    PostponementReason, RefusalGround, ReplyOutcome, ReversalReason, Scope, Silence, Transport,
    VersionStep, WindowState, WithdrawalReason, WrongData,
};
use entente::session::{ByeReason, ProblemCode};

#[path = "cddl/change.rs"]
mod change;
#[expect(dead_code, unused_imports, reason = "this test needs a part of it")]
#[path = "../src/ledger/fixture.rs"]
mod fixture;
#[path = "cddl/samples.rs"]
mod samples;

use samples::{Sample, accepted, verdict};

const CDDL: &str = include_str!("../docs/entente.cddl");

/// The CDDL without its comments.
fn rules() -> String {
    let outside = |line: &'static str| {
        let mut quoted = false;
        let end = line.find(|letter| {
            quoted ^= letter == '"';
            letter == ';' && !quoted
        });
        &line[..end.unwrap_or(line.len())]
    };
    CDDL.lines().map(outside).collect::<Vec<_>>().join("\n")
}

/// Names and numbers of the code list that stands under `rule`.
fn codes(rule: &str) -> BTreeMap<String, u64> {
    let rules = rules();
    let start = format!("\n{rule} = &(");
    let Some((_, list)) = rules.split_once(&start) else { panic!("no list {rule}") };
    let (list, _) = list.split_once(')').unwrap();
    let entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let mut codes = BTreeMap::new();
    for entry in entries {
        let (name, code) = entry.split_once(": ").unwrap();
        let before = codes.insert(name.trim_matches('"').to_owned(), code.parse().unwrap());
        assert_eq!(before, None, "{rule}: {name} stands there twice");
    }
    codes
}

macro_rules! lists {
    ($( $rule:literal => $list:ty, )+) => {
        [ $( (
            $rule,
            <$list>::ALL
                .iter()
                .map(|one| (one.name().to_owned(), u64::from(one.code())))
                .collect::<BTreeMap<_, _>>(),
        ), )+ ]
    };
}

#[test]
fn every_code_list_stands_in_the_cddl_with_exactly_its_numbers_and_names() {
    for (rule, ours) in lists! {
        "role" => Role,
        "kind" => Kind,
        "scope" => Scope,
        "evidence" => Evidence,
        "answer-outcome" => AnswerOutcome,
        "refusal-ground" => RefusalGround,
        "attestation" => Attestation,
        "transport" => Transport,
        "arrival-outcome" => ArrivalOutcome,
        "extension-reason" => ExtensionReason,
        "reply-outcome" => ReplyOutcome,
        "postponement-reason" => PostponementReason,
        "withdrawal-reason" => WithdrawalReason,
        "disclosure-outcome" => DisclosureOutcome,
        "datum" => Datum,
        "window-state" => WindowState,
        "pause-reason" => PauseReason,
        "lapse-reason" => LapseReason,
        "reversal-reason" => ReversalReason,
        "wrong-data" => WrongData,
        "erasure-basis" => ErasureBasis,
        "decision" => Decision,
        "approval-outcome" => ApprovalOutcome,
        "version-step" => VersionStep,
        "key-step" => KeyStep,
        "log-end-reason" => LogEndReason,
        "silence" => Silence,
        "head-start-rule" => HeadStartRule,
        "day-counting" => DayCounting,
        "objection-reason" => ObjectionReason,
        "break-class" => BreakClass,
        "age-bucket" => AgeBucket,
        "problem-code" => ProblemCode,
        "bye-reason" => ByeReason,
    } {
        assert_eq!(codes(rule), ours, "{rule}");
    }
}

#[test]
fn the_messages_stand_in_the_cddl_with_exactly_their_numbers_and_names() {
    let kinds = samples::messages(&samples::sides()).into_iter().map(|one| one.kind());
    let ours: BTreeMap<_, _> =
        kinds.map(|kind| (kind.name().to_owned(), u64::from(kind.code()))).collect();
    assert_eq!(codes("message-kind"), ours);
    for (name, code) in ours {
        let body = format!("{{ 0: {code}, 1: {name} }}");
        assert!(rules().contains(&body), "message has no {body}");
    }
}

#[test]
fn every_kind_has_a_record_in_the_cddl() {
    let rules = rules();
    for kind in Kind::ALL {
        let start = format!("\n{kind}-record = {{ 0: {},", kind.code());
        assert!(rules.contains(&start), "{start}");
    }
}

#[test]
fn no_integer_key_of_the_cddl_is_out_of_order_within_its_map() {
    for map in rules().split('{').map(|rest| rest.split('}').next().unwrap()) {
        let fields = map.split(['\n', ',']).map(|field| field.trim().trim_start_matches("? "));
        let keys = fields.filter_map(|field| field.split_once(": ")?.0.parse::<u64>().ok());
        let keys: Vec<_> = keys.collect();
        assert!(keys.is_sorted_by(|one, next| one < next), "{keys:?} in {map}");
    }
}

/// Every good sample, then each with one thing changed in it, and what our own decoders say.
///
/// The file is for `tests/judges/cddl.py`: a line is a verdict, a name and the bytes in
/// hexadecimal.
#[test]
fn samples_for_other_validators_are_what_our_decoders_say() {
    let good = accepted();
    let mut lines = Vec::new();
    let mut counts = BTreeMap::<&str, usize>::new();
    for Sample { name, bytes } in good {
        assert_eq!(verdict(&bytes), "accepted", "{name}");
        let changed = change::all(&bytes);
        for (what, bytes) in std::iter::once(("as it is".to_owned(), bytes)).chain(changed) {
            let verdict = verdict(&bytes);
            *counts.entry(verdict).or_default() += 1;
            let hex = data_encoding::HEXLOWER.encode(&bytes);
            lines.push(format!("{verdict}\t{name}, {what}\t{hex}\n"));
        }
    }
    assert!(counts["refused"] > counts["accepted"], "{counts:?}");
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/cddl-samples.tsv");
    std::fs::write(path, lines.concat()).unwrap();
}
