//! What officers hand in: finished envelopes, taken in once and by every rule.

use serde_json::{Value, json};

use super::{
    super::ProblemType,
    side::{RawAnswer, START, Side},
};
use crate::{
    envelope::{Algorithm, Claims, Draft, Header, Role},
    ledger::{
        Agreement,
        fixture::{UnsafeKey, at, terms},
    },
    limits::RECORD_BYTES_MAX,
    names::{Hash, Party, RecordId, SubmissionId, sha256},
    record::{Approval, ApprovalOutcome, LogEnd, LogEndReason, Record, subject},
};

/// Whose signature, when, and under which `cti`.
#[derive(Clone, Copy)]
struct Signed {
    party: Party,
    role: Role,
    at: &'static str,
    cti: u8,
}

/// An officer of GBR, at the time of the tests.
const OFFICER: Signed = Signed { party: Party::Gbr, role: Role::Officer, at: START, cti: 1 };

impl Signed {
    fn seal(self, record: &Record) -> Vec<u8> {
        let agreement = Agreement::open(terms()).unwrap();
        let key = UnsafeKey::of(self.party, self.role);
        let claims = Claims {
            iss: agreement.terms().party(self.party).issuer.clone(),
            sub: subject(record.kind(), record.case.as_ref()),
            aud: agreement.audience(),
            iat: at(self.at),
            cti: SubmissionId::new([self.cti; 16]),
        };
        let thumbprint = Hash::new(sha256(key.certificate()));
        let kid = key.public_key().id();
        let header = Header::new(Algorithm::Ed25519, kid, claims, thumbprint).unwrap();
        let draft = Draft::new(&header, record.encode()).unwrap();
        let signature = key.sign(&draft.to_sign());
        draft.seal(signature)
    }
}

fn approval(of: RecordId) -> Record {
    let outcome = ApprovalOutcome::Approved;
    Record { re: vec![of], ..Record::bare(Approval { outcome }) }
}

fn end() -> Record {
    Record::bare(LogEnd { reason: LogEndReason::YearEnd })
}

async fn hand_in(side: &Side, envelope: &[u8]) -> RawAnswer {
    let head = format!(
        "POST /v1/envelopes HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
        envelope.len()
    );
    side.raw([head.as_bytes(), envelope].concat()).await
}

fn id(answer: &Value) -> RecordId {
    answer.as_str().unwrap().parse().unwrap()
}

async fn founding(side: &Side) -> RecordId {
    id(&side.get("/v1/entries/GBR/0").await.json()["id"])
}

/// Submits a record that needs approval, and gives its id.
async fn reversal(side: &Side) -> RecordId {
    let body = json!({
        "kind": "reversal",
        "re": [founding(side).await],
        "content": { "reason": "recorded-in-error" },
    });
    id(&side.post("/v1/records", &body.to_string()).await.json()["record"])
}

async fn waiting(side: &Side) -> Vec<RecordId> {
    let list = side.get("/v1/awaiting").await.json();
    list["awaiting"].as_array().unwrap().iter().map(|one| id(&one["id"])).collect()
}

#[tokio::test]
async fn an_approval_is_logged_once_and_ends_the_waiting() {
    let side = Side::of(Party::Gbr).await;
    let of = reversal(&side).await;
    assert_eq!(waiting(&side).await, [of]);
    let envelope = OFFICER.seal(&approval(of));
    let first = hand_in(&side, &envelope).await;
    assert_eq!(first.status(), 201, "{}", first.0);
    assert_eq!(first.json()["position"], 2);
    let place = format!("/v1/records/{}", id(&first.json()["record"]));
    assert_eq!(first.header("location"), Some(place.as_str()));
    assert_eq!(side.get("/v1/entries/GBR/2").await.json()["record"]["kind"], "approval");
    assert_eq!(waiting(&side).await, []);
    let again = hand_in(&side, &envelope).await;
    assert_eq!((again.status(), again.json()), (201, first.json()));
    assert_eq!(side.size().await, 3);
}

#[tokio::test]
async fn what_is_no_officers_envelope_of_this_side_is_refused() {
    use ProblemType::{
        BadEnvelope, NotAwaiting, NotOfficers, NotTimely, TooLong, UnknownReference,
    };
    let side = Side::of(Party::Gbr).await;
    let (of, founding) = (reversal(&side).await, founding(&side).await);
    let good = OFFICER.seal(&approval(of));
    let mut damaged = good.clone();
    *damaged.last_mut().unwrap() ^= 1;
    let as_role = |role| Signed { role, ..OFFICER }.seal(&approval(of));
    let when = |at| Signed { at, ..OFFICER }.seal(&approval(of));
    let french = Signed { party: Party::Fra, ..OFFICER };
    let reversing = side.get("/v1/entries/GBR/1").await.json()["record"].clone();
    let reversing: crate::record::Reversal =
        serde_json::from_value(reversing["content"].clone()).unwrap();
    let reversing = Record { re: vec![founding], ..Record::bare(reversing) };
    let caseworker = Signed { role: Role::Caseworker, ..OFFICER };
    let unknown = RecordId::new([7; 32]);
    for (what, envelope, want) in [
        ("nothing", Vec::new(), BadEnvelope),
        ("garbage", b"{\"kind\":\"approval\"}".to_vec(), BadEnvelope),
        ("half an envelope", good[..good.len() / 2].to_vec(), BadEnvelope),
        ("two envelopes", [good.clone(), good.clone()].concat(), BadEnvelope),
        ("too many bytes", vec![0xd2; RECORD_BYTES_MAX + 1], TooLong),
        ("a damaged signature", damaged, BadEnvelope),
        ("the key of who submits", as_role(Role::Caseworker), BadEnvelope),
        ("the key of the daemon", as_role(Role::Ledger), BadEnvelope),
        ("the other side's officer", french.seal(&approval(of)), BadEnvelope),
        ("a kind that is submitted", caseworker.seal(&reversing), NotOfficers),
        ("a kind that is not the officer's", OFFICER.seal(&reversing), BadEnvelope),
        ("a record that nobody holds", OFFICER.seal(&approval(unknown)), UnknownReference),
        ("a record that needs none", OFFICER.seal(&approval(founding)), NotAwaiting),
        ("a time to come", when("2025-08-06T12:00:31Z"), NotTimely),
        ("a time long ago", when("2025-08-05T11:59:59Z"), NotTimely),
        ("before the certificate", when("2025-07-31T12:00:00Z"), BadEnvelope),
        ("after the certificate", when("2028-01-01T12:00:00Z"), BadEnvelope),
    ] {
        let answer = hand_in(&side, &envelope).await;
        assert_eq!(answer.problem().problem, want, "{what}: {}", answer.0);
    }
    assert_eq!(side.size().await, 2);
    assert_eq!(waiting(&side).await, [of]);
    // The bounds themselves are good.
    let answer = hand_in(&side, &when("2025-08-06T12:00:30Z")).await;
    assert_eq!(answer.status(), 201, "{}", answer.0);
}

#[tokio::test]
async fn what_was_decided_is_not_decided_again() {
    let side = Side::of(Party::Gbr).await;
    let of = reversal(&side).await;
    let outcome = ApprovalOutcome::Rejected;
    let rejection = Record { re: vec![of], ..Record::bare(Approval { outcome }) };
    assert_eq!(hand_in(&side, &OFFICER.seal(&rejection)).await.status(), 201);
    assert_eq!(waiting(&side).await, []);
    for record in [approval(of), rejection] {
        let envelope = Signed { cti: 2, ..OFFICER }.seal(&record);
        let answer = hand_in(&side, &envelope).await;
        assert_eq!(answer.problem().problem, ProblemType::NotAwaiting, "{}", answer.0);
    }
    // An approval itself needs none.
    let approved = id(&side.get("/v1/entries/GBR/2").await.json()["id"]);
    let answer = hand_in(&side, &Signed { cti: 3, ..OFFICER }.seal(&approval(approved))).await;
    assert_eq!(answer.problem().problem, ProblemType::NotAwaiting, "{}", answer.0);
    assert_eq!(side.size().await, 3);
}

#[tokio::test]
async fn an_envelope_takes_no_other_records_cti() {
    let side = Side::of(Party::Gbr).await;
    let (one, envelope) = (reversal(&side).await, |of| OFFICER.seal(&approval(of)));
    assert_eq!(hand_in(&side, &envelope(one)).await.status(), 201);
    let body = json!({
        "kind": "erasure", "re": [founding(&side).await], "content": { "basis": "withdrawn" },
    });
    let other = side.post("/v1/records", &body.to_string()).await.json();
    let answer = hand_in(&side, &envelope(id(&other["record"]))).await;
    assert_eq!(answer.problem().problem, ProblemType::BadEnvelope, "{}", answer.0);
}

#[tokio::test]
async fn an_officers_certificate_that_is_over_by_now_approves_nothing() {
    let side = Side::of(Party::Gbr).await;
    let of = reversal(&side).await;
    side.go_to("2027-12-31T00:00:01Z");
    let envelope = Signed { at: "2027-12-30T23:00:00Z", ..OFFICER }.seal(&approval(of));
    let answer = hand_in(&side, &envelope).await;
    assert_eq!(answer.problem().problem, ProblemType::BadEnvelope, "{}", answer.0);
    assert!(answer.problem().detail.contains("expired"), "{}", answer.0);
    side.go_to("2027-12-31T00:00:00Z");
    assert_eq!(hand_in(&side, &envelope).await.status(), 201);
}

#[tokio::test]
async fn a_side_that_may_not_sign_takes_no_envelope_in() {
    let side = Side::closed().await;
    let answer = hand_in(&side, &OFFICER.seal(&end())).await;
    assert_eq!(answer.problem().problem, ProblemType::NotPassed, "{}", answer.0);
    assert_eq!(side.size().await, 1);
}

#[tokio::test]
async fn a_log_ends_once_and_logs_nothing_afterwards() {
    let side = Side::of(Party::Gbr).await;
    let of = reversal(&side).await;
    let first = hand_in(&side, &OFFICER.seal(&end())).await;
    assert_eq!((first.status(), &first.json()["position"]), (201, &json!(2)), "{}", first.0);
    for record in [end(), approval(of)] {
        let answer = hand_in(&side, &Signed { cti: 2, ..OFFICER }.seal(&record)).await;
        assert_eq!(answer.problem().problem, ProblemType::LogEnded, "{}", answer.0);
    }
    let late = side.post("/v1/records", &super::side::request("GB01-000001").to_string()).await;
    // It waits for the successor.
    assert_eq!(late.status(), 202, "{}", late.0);
    assert_eq!(side.size().await, 3);
}
