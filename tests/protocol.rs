//! The tables of `docs/PROTOCOL.md` against the source: a number that drifts is found here.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests stop at the first surprise"
)]

#[expect(dead_code, reason = "this test needs a part of it")]
#[path = "season/books.rs"]
mod books;
#[path = "protocol/breaks.rs"]
mod breaks;
#[expect(dead_code, unused_imports, reason = "this test needs a part of it")]
#[path = "../src/ledger/fixture.rs"]
mod fixture;

use entente::envelope::Role;
use entente::limits;
use entente::record::{self, Author, BreakClass, Kind, Need, ObjectionReason, When};
use entente::session::{ByeReason, PROTOCOL, ProblemCode};

const PROTOCOL_MD: &str = include_str!("../docs/PROTOCOL.md");
const CDDL: &str = include_str!("../docs/entente.cddl");

/// The rows of the one table whose first line begins so.
fn rows(head: &str) -> Vec<Vec<&'static str>> {
    let tables: Vec<_> = PROTOCOL_MD.split(&format!("\n{head}")).skip(1).collect();
    let [table] = tables.as_slice() else { panic!("{} tables begin with {head}", tables.len()) };
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = |row: &'static str| row.trim_matches('|').split('|').map(str::trim).collect();
    rows.map(cells).collect()
}

/// Number and name of each row of a table that begins with these two.
fn numbered(head: &str) -> Vec<(u8, &'static str)> {
    let cells = |row: Vec<&'static str>| match row.as_slice() {
        &[number, name, ..] => (number.parse().unwrap(), name),
        short => panic!("{short:?} is no row of {head}"),
    };
    let mut all: Vec<_> = rows(head).into_iter().map(cells).collect();
    all.sort_unstable();
    all
}

macro_rules! codes {
    ($list:ty) => {
        <$list>::ALL.iter().map(|one| (one.code(), one.name())).collect::<Vec<_>>()
    };
}

macro_rules! limits {
    ($( $name:ident )+) => {
        [ $( (stringify!($name), u64::try_from(limits::$name).unwrap()), )+ ]
    };
}

#[test]
fn every_limit_of_the_protocol_has_the_number_of_the_source() {
    let ours = limits! {
        RECORD_BYTES_MAX HEADER_BYTES_MAX ISSUER_BYTES_MAX SUBJECT_BYTES_MAX AUDIENCE_BYTES_MAX
        ENTRY_BYTES_MAX CBOR_DEPTH_MAX REFERENCES_MAX TERMS_BYTES_MAX SIGNERS_PER_PARTY_MAX
        CERTIFICATE_BYTES_MAX ORIGIN_BYTES_MAX NOTE_BYTES_MAX NOTE_SIGNATURES_MAX PROOF_HASHES_MAX
        RECEIPT_BYTES_MAX FRAME_BYTES_MAX ENTRIES_PER_MESSAGE_MAX ENTRIES_BYTES_MAX NAME_BYTES_MAX
        DISCLOSURE_BYTES_MAX BODY_IDS_MAX BODY_WEEKS_MAX HANDSHAKE_SECONDS_MAX
        FRAME_SECONDS_MAX PING_SECONDS SILENCE_SECONDS_MAX
        REDIAL_MILLISECONDS_MIN REDIAL_MILLISECONDS_MAX
    };
    let written: Vec<_> = rows("| limit | value |")
        .into_iter()
        .map(|row| (row[0], row[1].parse::<u64>().unwrap()))
        .collect();
    assert_eq!(written, ours);
}

#[test]
fn every_kind_stands_in_one_table_with_its_form() {
    let built = rows("| kind | name | author |").into_iter().map(|row| row[..7].join(" | "));
    let built: Vec<_> = built.collect();
    let ours: Vec<_> = Kind::ALL.iter().map(|kind| form(*kind)).collect();
    assert_eq!(built, ours);
}

/// The row of a kind.
fn form(kind: Kind) -> String {
    let shape = kind.shape();
    let author = match shape.author {
        Author::Only(party) => party.code(),
        Author::Either => "either",
    };
    let case = match shape.case {
        Need::Absent => "absent",
        Need::Optional => "optional",
        Need::Required => "required",
    };
    let re = match shape.re {
        (fewest, most) if fewest == most => fewest.to_string(),
        (fewest, most) => format!("{fewest}..{most}"),
    };
    let at = match shape.at {
        When::Absent => "absent",
        When::Day => "day",
        When::Second => "second",
    };
    let (code, name, role) = (kind.code(), kind.name(), shape.role.name());
    format!("{code} | {name} | {author} | {role} | {case} | {re} | {at}")
}

#[test]
fn every_kind_that_is_built_has_its_content_described() {
    let described: Vec<_> = rows("| name | content |").into_iter().map(|row| row[0]).collect();
    let built = Kind::ALL.iter().map(|kind| kind.name());
    let built: Vec<_> = built.filter(|name| *name != "agreement").collect();
    assert_eq!(described, built);
}

/// What the kinds say of themselves beside their form: which can be superseded, and which wait for
/// a second signer.
#[test]
fn what_is_superseded_and_what_waits_for_approval_stands_in_lists() {
    let correctable = Kind::ALL.iter().filter(|kind| kind.is_correctable());
    let names: Vec<_> = correctable.map(|kind| kind.name()).collect();
    let (_, list) = PROTOCOL_MD.split_once("\n* **Superseded** by a correction are ").unwrap();
    let (list, _) = list.split_once('.').unwrap();
    let list = list.replace(" and ", ", ");
    let written: Vec<_> = list.split(',').map(str::trim).collect();
    assert_eq!(written, names);
}

/// Code lists that a record carries, each in the row of its name.
#[test]
fn every_code_list_of_the_records_stands_in_one_table() {
    macro_rules! lists {
        ($( $name:literal => $list:ty, )+) => {
            [ $( ($name, codes!($list)), )+ ]
        };
    }
    let ours = lists! {
        "scope" => record::Scope,
        "evidence" => record::Evidence,
        "extension reason" => record::ExtensionReason,
        "answer outcome" => record::AnswerOutcome,
        "refusal ground" => record::RefusalGround,
        "transport" => record::Transport,
        "attestation" => record::Attestation,
        "transfer-reply outcome" => record::ReplyOutcome,
        "postponement reason" => record::PostponementReason,
        "withdrawal reason" => record::WithdrawalReason,
        "arrival outcome" => record::ArrivalOutcome,
        "disclosure-status outcome" => record::DisclosureOutcome,
        "datum" => record::Datum,
        "window status" => record::WindowState,
        "pause reason" => record::PauseReason,
        "lapse reason" => record::LapseReason,
        "reversal reason" => record::ReversalReason,
        "wrong data" => record::WrongData,
        "erasure basis" => record::ErasureBasis,
        "decision" => record::Decision,
        "approval outcome" => record::ApprovalOutcome,
        "version step" => record::VersionStep,
        "log-end reason" => record::LogEndReason,
        "key step" => record::KeyStep,
        "silence" => record::Silence,
        "head start rule" => record::HeadStartRule,
        "day counting" => record::DayCounting,
    };
    let ours: Vec<_> = ours
        .into_iter()
        .map(|(name, codes)| {
            let codes: Vec<_> = codes.iter().map(|(code, name)| format!("{code} {name}")).collect();
            (name, codes.join(", "))
        })
        .collect();
    let written = rows("| list | codes |").into_iter().map(|row| (row[0], row[1].to_owned()));
    assert_eq!(written.collect::<Vec<_>>(), ours);
}

#[test]
fn every_break_class_stands_in_one_table() {
    assert_eq!(numbered("| class | break |"), codes!(BreakClass));
}

#[test]
fn problems_objections_and_roles_have_the_numbers_and_names_of_the_source() {
    assert_eq!(numbered("| problem | name |"), codes!(ProblemCode));
    assert_eq!(numbered("| reason | name |"), codes!(ObjectionReason));
    let roles: Vec<_> = rows("| role | number |")
        .into_iter()
        .map(|row| (row[1].parse::<u8>().unwrap(), row[0]))
        .collect();
    assert_eq!(roles, codes!(Role));
    for (code, name) in codes!(ByeReason) {
        assert!(PROTOCOL_MD.contains(&format!("{code} {name}")), "{code} {name}");
    }
}

/// `tests/cddl.rs` holds the list in the CDDL against the source.
#[test]
fn the_messages_have_the_numbers_and_names_of_the_cddl() {
    let (_, list) = CDDL.split_once("\nmessage-kind = &(").unwrap();
    let (list, _) = list.split_once(')').unwrap();
    let written: String = numbered("| number | message |")
        .into_iter()
        .map(|(number, name)| format!("\n  {name}: {number},"))
        .collect();
    assert_eq!(written.trim(), list.trim());
}

#[test]
fn the_versions_are_those_of_the_source() {
    let versions = format!("`rules version {}`, `protocol version {PROTOCOL}`", record::RULES);
    assert!(PROTOCOL_MD.contains(&versions), "{versions}");
}
