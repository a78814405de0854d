//! The second pair of eyes: an officer's key, the daemon's list, and what is refused.

use std::{fs, os::unix::fs::PermissionsExt};

use data_encoding::BASE64;

use super::daemons::Daemons;
use crate::{
    cli::Exit,
    envelope::Role,
    ledger::fixture::{UnsafeKey, seed},
    names::Party,
};

const REQUEST: &str = r#"{"kind":"readmission-request","case":"GB01-000001","content":
{"scope":"protection-claim","arrived":"2025-08-06","evidence":["biometric-match"],"minors":0}}"#;

impl Daemons {
    /// Writes the key file of a role, as `entente keys new` does; gives its path.
    pub(super) fn key(&self, party: Party, role: Role) -> String {
        // PKCS #8 around an Ed25519 seed (RFC 8410 section 7).
        let mut der = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20".to_vec();
        der.extend([seed(party, role); 32]);
        let pem = BASE64.encode(&der);
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{pem}\n-----END PRIVATE KEY-----\n");
        let folder = self.folder.path().join("officer");
        fs::create_dir_all(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        let path = folder.join(format!("{party}-{role}.pem"));
        fs::write(&path, pem).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path.display().to_string()
    }

    /// Submits a record, and gives its id.
    pub(super) async fn logged(&self, party: Party, json: &str) -> String {
        let file = self.file(json);
        let said = self.call(party, &format!("submit {file}")).await;
        assert_eq!(said.exit, Exit::Good, "{said:?}");
        said.out.split(' ').next().unwrap().to_owned()
    }

    /// A request of GBR and the erasure of its data, which waits; both ids.
    async fn erased(&self) -> (String, String) {
        let asked = self.logged(Party::Gbr, REQUEST).await;
        let json =
            format!(r#"{{"kind":"erasure","re":["{asked}"],"content":{{"basis":"withdrawn"}}}}"#);
        let erased = self.logged(Party::Gbr, &json).await;
        (asked, erased)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_told_in_words_and_approved_by_its_first_digits() {
    let it = Daemons::founded().await;
    let none = it.call(Party::Gbr, "approve").await;
    assert_eq!((none.exit, none.out.contains("Nothing waits")), (Exit::Good, true), "{none:?}");
    let (asked, erased) = it.erased().await;
    let list = it.call(Party::Gbr, "approve").await;
    assert_eq!(list.exit, Exit::Good, "{list:?}");
    for wanted in [
        erased.as_str(),
        "erasure",
        " erasure, since 2025-08-06T12:00:00Z, by caseworker ",
        "2025-08-06T12:00:00Z",
        &format!("The personal data of the request {asked} are to be destroyed: withdrawn."),
        "1 record waits for approval",
    ] {
        assert!(list.out.contains(wanted), "{wanted}: {list:?}");
    }
    let key = it.key(Party::Gbr, Role::Officer);
    let said = it.call(Party::Gbr, &format!("approve {} --yes --key {key}", &erased[..8])).await;
    assert_eq!(said.exit, Exit::Good, "{said:?}");
    let request = format!(
        "  {}: readmission-request, GBR:1, signed 2025-08-06T12:00:00Z: asks to readmit",
        &asked[..8]
    );
    for wanted in
        ["signed by    caseworker, key ", "be undone", &request, " logged at position 3\n"]
    {
        assert!(said.out.contains(wanted), "{wanted}: {said:?}");
    }
    let none = it.call(Party::Gbr, "approve --json").await;
    assert_eq!(none.out, "{\"rehearsal\":true,\"awaiting\":[],\"more\":0}\n");
    let again = it.call(Party::Gbr, &format!("approve {erased} --yes --key {key}")).await;
    assert_eq!(again.exit, Exit::Usage, "{again:?}");
    assert!(again.err.contains("approved or rejected already"), "{again:?}");
    assert_eq!(it.sizes().await, [4, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_approves_sees_what_changes_and_what_it_is_about() {
    let it = Daemons::founded().await;
    let asked = it.logged(Party::Gbr, REQUEST).await;
    let key = it.key(Party::Gbr, Role::Officer);
    let left = format!(
        r#"{{"kind":"departure","re":["{asked}"],"at":"2025-08-06",
        "content":{{"place":"GBLHR","persons":3}}}}"#
    );
    let named = it.logged(Party::Gbr, &left).await;
    let replacement = left.replace("\"persons\":3", "\"persons\":2");
    let correct = format!(
        r#"{{"kind":"correction","re":["{named}"],"content":{{"replacement":{replacement}}}}}"#
    );
    let unknown = "ab".repeat(32);
    let decide = format!(
        r#"{{"kind":"break-resolution",
        "content":{{"break_id":"{unknown}","decision":"explained"}}}}"#
    );
    for (json, wanted) in [
        (correct, ["departure, GBR:2, signed ", "  persons: 3 -> 2\n"]),
        (decide, ["is decided: explained", "knows no open break of this id"]),
    ] {
        let id = it.logged(Party::Gbr, &json).await;
        let said = it.call(Party::Gbr, &format!("approve {id} --yes --key {key}")).await;
        assert_eq!(said.exit, Exit::Good, "{said:?}");
        for wanted in wanted {
            assert!(said.out.contains(wanted), "{wanted}: {said:?}");
        }
        assert!(!said.out.contains("  place: "), "what stays is not told: {said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_is_logged_as_one() {
    let it = Daemons::founded().await;
    let (_, erased) = it.erased().await;
    let key = it.key(Party::Gbr, Role::Officer);
    let call = format!("approve {erased} --reject --yes --json --key {key}");
    let said = it.call(Party::Gbr, &call).await;
    assert_eq!(said.exit, Exit::Good, "{said:?}");
    let wanted = format!(r#"{{"of":"{erased}","outcome":"rejected","state":"logged","record":""#);
    assert!(said.out.starts_with(&wanted), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_approve_is_refused_before_anything_is_sent() {
    let it = Daemons::founded().await;
    let (asked, erased) = it.erased().await;
    let [own, caseworker, french] = [
        it.key(Party::Gbr, Role::Officer),
        it.key(Party::Gbr, Role::Caseworker),
        it.key(Party::Fra, Role::Officer),
    ];
    let open = format!("{own}.open");
    fs::copy(&own, &open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o640)).unwrap();
    let garbage = format!("{own}.garbage");
    fs::copy(&own, &garbage).unwrap();
    fs::write(&garbage, "garbage").unwrap();
    let stranger = format!("{own}.stranger");
    fs::copy(&own, &stranger).unwrap();
    let text = fs::read_to_string(&own).unwrap();
    fs::write(&stranger, text.replace("ExMT", "FxMT")).unwrap();
    for (arguments, wanted) in [
        (format!("{erased} --yes --key {caseworker}"), "holds the key of caseworker of GBR"),
        (format!("{erased} --yes --key {french}"), "holds the key of officer of FRA"),
        (format!("{erased} --yes --key {open}"), "open to others"),
        (format!("{erased} --yes --key {garbage}"), "garbage"),
        (format!("{erased} --yes --key {stranger}"), "which the agreement does not name"),
        (format!("{erased} --yes --key {own}.none"), "cannot be read"),
        (format!("{erased} --yes"), "cannot be read"),
        (format!("{asked} --yes --key {own}"), "no record that begins with"),
        (format!("{} --yes --key {own}", "ab".repeat(32)), "no record that begins with"),
        (format!("{} --yes --key {own}", &erased[..7]), "hexadecimal digits"),
        ("--reject --yes".to_owned(), "required"),
    ] {
        let said = it.call(Party::Gbr, &format!("approve {arguments}")).await;
        assert_eq!(said.exit, Exit::Usage, "{arguments}: {said:?}");
        assert!(said.err.contains(wanted), "{arguments}: {said:?}");
    }
    assert_eq!(it.sizes().await, [3, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_that_of_the_very_key() {
    let it = Daemons::founded().await;
    let (_, erased) = it.erased().await;
    let key = it.key(Party::Gbr, Role::Officer);
    let write = |party, role| {
        let der = UnsafeKey::of(party, role).certificate().to_vec();
        let pem = BASE64.encode(&der);
        let path = it.folder.path().join(format!("{party}-{role}-cert.pem"));
        let pem = format!("-----BEGIN CERTIFICATE-----\n{pem}\n-----END CERTIFICATE-----\n");
        fs::write(&path, pem).unwrap();
        path.display().to_string()
    };
    let other = write(Party::Gbr, Role::Caseworker);
    let call = format!("approve {erased} --yes --key {key} --certificate {other}");
    let said = it.call(Party::Gbr, &call).await;
    assert_eq!(said.exit, Exit::Usage, "{said:?}");
    assert!(said.err.contains("is not the certificate of this key"), "{said:?}");
    let own = write(Party::Gbr, Role::Officer);
    let call = format!("approve {erased} --yes --key {key} --certificate {own}");
    assert_eq!(it.call(Party::Gbr, &call).await.exit, Exit::Good);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_sides_record_waits_for_its_own_officers() {
    let it = Daemons::founded().await;
    let (_, erased) = it.erased().await;
    it.exchange().await;
    let key = it.key(Party::Fra, Role::Officer);
    let list = it.call(Party::Fra, "approve").await;
    assert!(list.out.contains("Nothing waits"), "{list:?}");
    let said = it.call(Party::Fra, &format!("approve {erased} --yes --key {key}")).await;
    assert_eq!(said.exit, Exit::Usage, "{said:?}");
    assert!(said.err.contains("other side's log"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_whose_certificate_is_over_signs_nothing() {
    let it = Daemons::founded().await;
    let (_, erased) = it.erased().await;
    let key = it.key(Party::Gbr, Role::Officer);
    it.go_to("2028-01-01T00:00:00Z");
    let said = it.call(Party::Gbr, &format!("approve {erased} --yes --key {key}")).await;
    assert_eq!(said.exit, Exit::Usage, "{said:?}");
    assert!(said.err.contains("has expired at 2027-12-31T00:00:00Z"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_ends_the_log_once() {
    let it = Daemons::founded().await;
    let key = it.key(Party::Gbr, Role::Officer);
    let call = format!("log end --reason year-end --yes --key {key}");
    let said = it.call(Party::Gbr, &call).await;
    assert_eq!(said.exit, Exit::Good, "{said:?}");
    assert!(said.err.starts_with("warning: this ends the log of GBR for ever"), "{said:?}");
    assert!(said.out.contains("logged at position 1: the log of GBR ends"), "{said:?}");
    let again = it.call(Party::Gbr, &call).await;
    assert_eq!(again.exit, Exit::Usage, "{again:?}");
    assert!(again.err.contains("our own log has ended"), "{again:?}");
    let said = it.call(Party::Gbr, &call.replace("year-end", "boredom")).await;
    assert_eq!(said.exit, Exit::Usage, "{said:?}");
}
