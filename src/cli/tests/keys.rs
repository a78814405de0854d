//! What becomes of record keys, step by step, as operators and officers do it.

use std::fs;

use data_encoding::BASE64;

use super::daemons::{Daemons, Said};
use crate::{
    cli::Exit,
    envelope::Role,
    ledger::fixture::{UnsafeKey, seed},
    names::Party,
};

impl Daemons {
    /// Writes a certificate as a file; gives its path.
    fn certificate(&self, name: &str, key: &UnsafeKey) -> String {
        let pem = BASE64.encode(key.certificate());
        let pem = format!("-----BEGIN CERTIFICATE-----\n{pem}\n-----END CERTIFICATE-----\n");
        let path = self.folder.path().join(name);
        fs::write(&path, pem).unwrap();
        path.display().to_string()
    }

    /// Approves what was submitted.
    async fn agree(&self, said: &Said) {
        assert_eq!(said.exit, Exit::Good, "{said:?}");
        let id = said.out.lines().find(|line| line.contains(" logged at position "));
        let id = id.unwrap().split(' ').next().unwrap();
        let key = self.key(Party::Gbr, Role::Officer);
        let approved = self.call(Party::Gbr, &format!("approve {id} --yes --key {key}")).await;
        assert_eq!(approved.exit, Exit::Good, "{approved:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_enrolled_and_the_old_one_retired_each_with_an_approval() {
    let it = Daemons::founded().await;
    let [old, new] = [UnsafeKey::of, UnsafeKey::later].map(|key| key(Party::Gbr, Role::Caseworker));
    let file = it.certificate("new.pem", &new);
    let said = it.call(Party::Gbr, &format!("keys enrol --certificate {file}")).await;
    for wanted in [
        "A new key may sign as caseworker",
        &format!("key {}", new.kid()),
        "An officer of GBR, with another key, now has to approve it:",
        "  entente approve --config ",
    ] {
        assert!(said.out.contains(wanted), "{wanted}: {said:?}");
    }
    it.agree(&said).await;
    // The same once more is the same submission; with another certificate it is none of form.
    let again = it.call(Party::Gbr, &format!("keys enrol --certificate {file}")).await;
    assert!(again.out.contains(" logged at position 1\n"), "{again:?}");
    let other = UnsafeKey::from_seed(Party::Gbr, Role::Caseworker, seed(Party::Gbr, Role::Ledger));
    let other = it.certificate("other.pem", &other);
    let said = it.call(Party::Gbr, &format!("keys enrol --certificate {other}")).await;
    assert!(said.err.contains("is already enrolled"), "{said:?}");
    // The key that has to sign the event is the one in the folder; another one is left.
    let brief = UnsafeKey::brief().kid();
    let said = it.call(Party::Gbr, &format!("keys retire {brief} --json")).await;
    let wanted = format!(r#"{{"step":"retired","key":"{brief}","state":"logged","record":""#);
    assert!(said.out.starts_with(&wanted), "{said:?}");
    let since = "--since 2025-08-06T11:00:00Z";
    let said = it.call(Party::Gbr, &format!("keys compromised {} {since}", old.kid())).await;
    assert!(said.out.contains("since 2025-08-06T11:00:00Z"), "{said:?}");
    it.agree(&said).await;
    // Now the daemon's own key signs nothing any more.
    let said = it.call(Party::Gbr, &format!("keys compromised {brief} {since}")).await;
    assert!(said.err.contains("is not enrolled in this side"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_enrolled_or_retired_is_refused_by_name() {
    let it = Daemons::founded().await;
    let worker = it.certificate("worker", &UnsafeKey::later(Party::Gbr, Role::Caseworker));
    let french = it.certificate("french", &UnsafeKey::later(Party::Fra, Role::Caseworker));
    let nothing = it.certificate("nothing", &UnsafeKey::log(Party::Gbr));
    let [ledger, fra] =
        [Party::Gbr, Party::Fra].map(|party| UnsafeKey::of(party, Role::Ledger).kid());
    for (arguments, wanted) in [
        (format!("enrol --certificate {french}"), "it is for caseworker of FRA"),
        (format!("enrol --certificate {worker} --role officer"), "and not for officer of GBR"),
        (format!("enrol --certificate {nothing}"), "nothing: "),
        (format!("enrol --certificate {worker}.none"), ".none"),
        (format!("retire {ledger}"), "is the last valid key of this side in the role ledger"),
        (format!("retire {fra}"), "is not enrolled"),
        ("retire 0123".to_owned(), "0123"),
        (format!("compromised {ledger}"), "--since"),
        (format!("compromised {ledger} --since 2025-08-07T00:00:00Z"), "compromised since"),
    ] {
        let said = it.call(Party::Gbr, &format!("keys {arguments}")).await;
        assert_eq!(said.exit, Exit::Usage, "{arguments}: {said:?}");
        assert!(said.err.contains(wanted), "{arguments}: {said:?}");
    }
    assert_eq!(it.sizes().await, [1, 0], "nothing was logged");
}
