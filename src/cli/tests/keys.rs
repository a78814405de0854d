//! What becomes of record keys, step by step, as operators and officers do it.

use std::{collections::BTreeSet, fs};

use data_encoding::BASE64;

use super::daemons::{Daemons, Said};
use crate::{
    cli::Exit,
    envelope::Role,
    ledger::fixture::{UnsafeKey, seed},
    limits::STEP_TRIES_MAX,
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
        let id = record(said);
        let key = self.key(Party::Gbr, Role::Officer);
        let approved = self.call(Party::Gbr, &format!("approve {id} --yes --key {key}")).await;
        assert_eq!(approved.exit, Exit::Good, "{approved:?}");
    }
}

/// The record that was logged.
fn record(said: &Said) -> String {
    assert_eq!(said.exit, Exit::Good, "{said:?}");
    let line = said.out.lines().find(|line| line.contains(" logged at position "));
    line.unwrap().split(' ').next().unwrap().to_owned()
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
    let wanted = " logged before at position 1, and approved: nothing is to do\n";
    assert!(again.exit == Exit::Good && again.out.ends_with(wanted), "{again:?}");
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

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_was_rejected_can_be_tried_again_and_one_that_waits_is_not() {
    let it = Daemons::founded().await;
    let (new, officer) =
        (UnsafeKey::later(Party::Gbr, Role::Caseworker), it.key(Party::Gbr, Role::Officer));
    let enrol = format!("keys enrol --certificate {}", it.certificate("new.pem", &new));
    let mut records = BTreeSet::new();
    for position in [1, 3, 5] {
        let said = it.call(Party::Gbr, &enrol).await;
        assert!(said.out.contains(&format!(" logged at position {position}\n")), "{said:?}");
        let again = it.call(Party::Gbr, &enrol).await;
        let waits = format!(" logged before at position {position}; still awaits approval\n");
        assert!(again.exit == Exit::Good && again.out.contains(&waits), "{again:?}");
        assert!(again.out.contains("now has to approve it:\n  entente approve"), "{again:?}");
        let json = it.call(Party::Gbr, &format!("{enrol} --json")).await.out;
        assert!(json.ends_with(",\"before\":true,\"approval\":\"awaits-approval\"}\n"), "{json}");
        let id = record(&said);
        let call = format!("approve {id} --reject --yes --key {officer}");
        assert_eq!(it.call(Party::Gbr, &call).await.exit, Exit::Good);
        assert!(records.insert(id), "each attempt is a record of its own");
    }
    let said = it.call(Party::Gbr, &enrol).await;
    it.agree(&said).await;
    let again = it.call(Party::Gbr, &enrol).await;
    assert!(again.out.contains(" logged before at position 7, and approved: "), "{again:?}");
    assert_eq!(it.sizes().await, [9, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_came_to_nothing_too_often_is_refused() {
    let it = Daemons::founded().await;
    let officer = it.key(Party::Gbr, Role::Officer);
    let kid = UnsafeKey::brief().kid();
    let retire = format!("keys retire {kid}");
    for _ in 0..STEP_TRIES_MAX {
        let id = record(&it.call(Party::Gbr, &retire).await);
        let call = format!("approve {id} --reject --yes --key {officer}");
        assert_eq!(it.call(Party::Gbr, &call).await.exit, Exit::Good);
    }
    let said = it.call(Party::Gbr, &retire).await;
    assert_eq!(said.exit, Exit::Usage, "{said:?}");
    assert!(said.err.contains("came to nothing 16 times"), "{said:?}");
}
