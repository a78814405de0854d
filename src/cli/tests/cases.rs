//! Cases as both sides' operators see them.

use serde_json::{Value, json};

use super::daemons::{Daemons, Said};
use crate::{
    cli::Exit,
    daemon::scribe::Submitted,
    names::Party::{self, Fra, Gbr},
};

async fn log(it: &Daemons, party: Party, record: Value) -> String {
    let client = &it.sides.of(party).client;
    let submitted = client.submit(record.to_string().as_bytes(), None).await.unwrap();
    let Submitted::Logged { record, .. } = submitted else { panic!("{submitted:?}") };
    it.exchange().await;
    record.to_string()
}

fn request(reference: &str) -> Value {
    json!({"kind": "readmission-request", "case": reference, "content": {
        "scope": "protection-claim", "arrived": "2025-08-06", "minors": 1,
        "evidence": ["biometric-match"]}})
}

/// Two persons asked for, accepted, announced, gone, and come two days later.
async fn returned(it: &Daemons) -> String {
    let asked = log(it, Gbr, request("GB01-000001")).await;
    let accepted = json!({"kind": "answer", "re": [asked], "content": {"outcome": "accepted"}});
    let accepted = log(it, Fra, accepted).await;
    let notice = json!({"kind": "transfer-notice", "case": "GB04-000001", "re": [accepted],
        "at": "2025-08-12", "content": {"transport": "air", "from": "GBLHR", "to": "FRCDG",
        "persons": 2, "attestations": ["adult-or-accompanied", "no-pending-claim",
        "no-suspensive-remedy", "no-court-bar"]}});
    let notice = log(it, Gbr, notice).await;
    it.go_to("2025-08-12T18:00:00Z");
    let left = json!({"kind": "departure", "re": [notice], "at": "2025-08-12",
        "content": {"place": "GBLHR", "persons": 2}});
    let left = log(it, Gbr, left).await;
    it.go_to("2025-08-14T18:00:00Z");
    let came = json!({"kind": "arrival", "re": [left], "at": "2025-08-14",
        "content": {"outcome": "arrived", "place": "FRCDG", "persons": 2}});
    log(it, Fra, came).await;
    asked
}

fn has(said: &Said, wanted: &[&str]) {
    for text in wanted {
        assert!(said.out.contains(text), "{text}: {}{}", said.out, said.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_tell_the_same_story_on_one_screen() {
    let it = Daemons::founded().await;
    let asked = returned(&it).await;
    let gbr = it.call(Gbr, "case show GB01-000001").await;
    let fra = it.call(Fra, "case show GB01-000001").await;
    assert_eq!((gbr.exit, &gbr.out), (Exit::Good, &fra.out), "{gbr:?}");
    has(
        &gbr,
        &[
            "REHEARSAL: ",
            "GB01-000001  return case: 2 persons, protection-claim, arrived 2025-08-06",
            "state        returned since 2025-08-14",
            "counts       by GB04-000001: nobody in 2025-W33 (claimed: GBR 2, FRA 2)",
            "             because day differs by 2",
            "to act       GBR and FRA, on the break below",
            "transport GB04-000001: 2 persons, to FRCDG on 2025-08-12: arrived",
            "limits       request   GBR  by 2025-08-20  met on 2025-08-06",
            "breaks       both  date-mismatch                  0-2 days  ",
            "                   Both sides compare the day of this journey.",
            "2025-08-14 18:00        18:00  FRA:",
            &asked[..8],
        ],
    );
    let lines: Vec<&str> = gbr.out.lines().collect();
    assert!(lines.len() < 40, "{}", gbr.out);
    assert!(lines.iter().all(|line| line.chars().count() <= 100), "{}", gbr.out);
    for same in [asked.as_str(), &asked[..8]] {
        assert_eq!(it.call(Gbr, &format!("case show {same}")).await.out, gbr.out);
    }
    let transport = it.call(Gbr, "case show GB04-000001").await;
    has(&transport, &["GB04-000001  transport: 2 persons, to FRCDG", "return case GB01-000001: "]);
    let json = it.call(Fra, "case show GB01-000001 --json").await;
    let story: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(story["story"]["counted"]["why"], json!([{"reason": "day-differs", "days": 2}]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_other_side_has_not_received_is_in_transit() {
    let it = Daemons::founded().await;
    let client = &it.sides.gbr.client;
    client.submit(request("GB01-000001").to_string().as_bytes(), None).await.unwrap();
    let said = it.call(Gbr, "case show GB01-000001").await;
    has(&said, &["in transit", "begins with the receipt", "FRA answers the request"]);
    // France holds nothing of it.
    let said = it.call(Fra, "case show GB01-000001").await;
    assert_eq!(said.exit, Exit::Usage, "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_that_means_several_things_lists_them() {
    let it = Daemons::founded().await;
    let first = log(&it, Gbr, request("GB01-000001")).await;
    let mut second = request("GB01-000001");
    second["content"]["minors"] = json!(0);
    let second = log(&it, Gbr, second).await;
    let said = it.call(Gbr, "case show GB01-000001").await;
    assert_eq!(said.exit, Exit::Good, "{said:?}");
    has(&said, &["GB01-000001 may mean 2 things", &first[..8], &second[..8]]);
    let one = it.call(Gbr, &format!("case show {}", &second[..8])).await;
    has(&one, &["GB01-000001  return case: 1 person", "GBR   duplicate "]);
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_listed_by_what_fits_and_the_rest_is_left_out() {
    let it = Daemons::founded().await;
    returned(&it).await;
    log(&it, Gbr, request("GB01-000002")).await;
    let visas = json!({"kind": "visa-issued", "case": "GB13-000001", "at": "2025-08-14",
        "content": {"adults": 1, "minors": 0, "expires": "2025-12-31"}});
    log(&it, Gbr, visas).await;
    let (one, two, three) = ("GB01-000001", "GB01-000002", "GB13-000001");
    for (filter, wanted) in [
        ("", &[one, two, three][..]),
        (" --state returned", &[one]),
        (" --acts FRA", &[one, two]),
        (" --acts GBR", &[one, three]),
        (" --within 14", &[two]),
        (" --leg admission", &[three]),
        (" --leg return --state requested --acts FRA --within 14", &[two]),
        (" --state withdrawn", &[]),
    ] {
        let said = it.call(Fra, &format!("case list{filter}")).await;
        assert_eq!(said.exit, Exit::Good, "{said:?}");
        for case in [one, two, three] {
            assert_eq!(said.out.contains(case), wanted.contains(&case), "{filter}: {}", said.out);
        }
        assert!(said.out.lines().all(|line| line.chars().count() <= 100), "{}", said.out);
        let json = it.call(Fra, &format!("case list{filter} --json")).await;
        assert_eq!(json.out.lines().count(), wanted.len(), "{filter}: {}", json.out);
    }
    has(&it.call(Gbr, "case list").await, &["answer   2025-08-28  14 left  ", "3 cases"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_is_not_held_and_one_that_cannot_be_named_are_refused_with_advice() {
    let it = Daemons::founded().await;
    log(&it, Gbr, request("GB01-000001")).await;
    for (arguments, reason) in [
        ("show GB01-000002", "neither log holds a case of that reference or id"),
        ("show FR01-000001", "neither log holds a case of that reference or id"),
        ("show 00000000", "neither log holds a case of that reference or id"),
        ("show GB01", "is neither a reference"),
        ("show 0000000", "the first 8 or more digits"),
        ("show GBR:1", "is neither a reference"),
        ("list --state asked", "known are: requested, "),
        ("list --acts nobody", "known are: GBR, FRA"),
        ("list --leg both", "known are: return, admission"),
        ("list --within 4294967296", "--within"),
    ] {
        let said = it.call(Gbr, &format!("case {arguments}")).await;
        assert_eq!((said.exit, said.out.as_str()), (Exit::Usage, ""), "{arguments}: {said:?}");
        assert!(said.err.contains(reason), "{arguments}: {said:?}");
    }
    let said = it.call(Gbr, "case show GB01-000002").await;
    assert!(
        said.err.contains("advice: Check it, or list the cases; `entente log show` has"),
        "{said:?}"
    );
}
