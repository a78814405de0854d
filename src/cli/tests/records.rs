//! Handing records in, and looking at how a side stands.

use super::daemons::Daemons;
use crate::{cli::Exit, names::Party};

const REQUEST: &str = r#"{"kind":"readmission-request","case":"GB01-00000@N","content":
{"scope":"protection-claim","arrived":"2025-08-06","evidence":["biometric-match"],"minors":0}}"#;

fn request(number: u8) -> String {
    REQUEST.replace("@N", &number.to_string()).replace('\n', "")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_record_is_logged_once_however_often_it_is_handed_in() {
    let it = Daemons::founded().await;
    let file = it.file(&REQUEST.replace("@N", "1"));
    let first = it.call(Party::Gbr, &format!("submit {file}")).await;
    assert_eq!(first.exit, Exit::Good, "{first:?}");
    assert!(first.out.ends_with(" logged at position 1\n"), "{first:?}");
    let again = it.call(Party::Gbr, &format!("submit {file}")).await;
    assert_eq!((again.exit, again.out), (Exit::Good, first.out));
    let json = it.call(Party::Gbr, &format!("submit {file} --json")).await;
    assert!(json.out.starts_with(r#"{"line":1,"state":"logged","record":""#), "{json:?}");
    assert_eq!(it.sizes().await, [2, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_lines_the_bad_ones_are_named_and_the_good_ones_logged() {
    let it = Daemons::founded().await;
    let wrong = r#"{"kind":"arrival","content":{}}"#;
    let file = it.file(&format!("{}\n\n{wrong}\n{{oops\n{}\n", request(1), request(2)));
    let said = it.call(Party::Gbr, &format!("submit {file}")).await;
    assert_eq!(said.exit, Exit::Usage, "{said:?}");
    assert_eq!(said.out.matches(" logged at position ").count(), 2, "{said:?}");
    for wanted in ["error: line 3: ", "error: line 4: ", "advice: "] {
        assert!(said.err.contains(wanted), "{wanted}: {said:?}");
    }
    assert_eq!(said.err.matches("error: ").count(), 2, "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stands_for_one_record() {
    let it = Daemons::founded().await;
    let file = it.file(&request(1));
    let first = it.call(Party::Gbr, &format!("submit {file} --key one")).await;
    assert_eq!(first.exit, Exit::Good, "{first:?}");
    let file = it.file(&request(2));
    let other = it.call(Party::Gbr, &format!("submit {file} --key one")).await;
    assert_eq!(other.exit, Exit::Usage, "{other:?}");
    assert!(other.err.contains("idempotency key"), "{other:?}");
    assert_eq!(it.sizes().await, [2, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_says_what_matters_in_thirteen_lines() {
    let it = Daemons::founded().await;
    it.call(Party::Gbr, &format!("submit {}", it.file(&request(1)))).await;
    it.exchange().await;
    let said = it.call(Party::Gbr, "status").await;
    assert_eq!(said.exit, Exit::Good, "{said:?}");
    let lines: Vec<_> = said.out.lines().collect();
    assert_eq!(lines.len(), 13, "{}", said.out);
    for (line, wanted) in lines.iter().zip([
        "side         GBR, REHEARSAL, agreement ",
        "clock        2025-08-06T12:00:00Z",
        "version      founding version, in force to 2026-06-11",
        "gate         open: this side may sign",
        "session      down",
        "own log      log.uk.example/2025: 3 entries, 2 cosigned (2025-08-06T12:00:00Z), 0 without",
        "mirror       log.fr.example/2025: 2 entries, ",
        "queue        0 submissions wait",
        "weeks        0 cut off; next to close: 2025-W32 by GBR, 2025-W32 by FRA",
        "certificates 7 are in use; the first ends on ",
        "record keys  7 unchecked; trust.authority is not set",
        "persons      returned 0 (GBR 0, FRA 0); admitted 0 (GBR 0, FRA 0)",
        "breaks       none open",
    ]) {
        assert!(line.starts_with(wanted), "{wanted:?} is not in {line:?}");
    }
    let json = it.call(Party::Gbr, "status --json").await;
    assert!(json.out.starts_with(r#"{"party":"GBR","rehearsal":true,"#), "{json:?}");
}
