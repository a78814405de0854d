//! The steps from one version of the agreement to the next.

use std::fs;

use super::daemons::{Daemons, Said};
use crate::{cli::Exit, envelope::Role, names::Party};

impl Daemons {
    /// Writes the provisions of the agreement, with one text in them replaced; gives the path.
    fn provisions(&self, from: &str, to: &str) -> String {
        #[derive(serde::Serialize)]
        struct File<'a> {
            provisions: &'a crate::record::Provisions,
        }
        let provisions = &self.agreement.terms().provisions;
        let text = toml::to_string(&File { provisions }).unwrap();
        assert!(text.contains(from), "{text}");
        let path = self.folder.path().join("provisions.toml");
        fs::write(&path, text.replace(from, to)).unwrap();
        path.display().to_string()
    }

    /// Approves what was submitted, and sees before what it is about.
    async fn approve(&self, party: Party, said: &Said, wanted: &str) -> String {
        let id = logged(said);
        let advised = format!("  entente approve --config {}", self.folder.path().display());
        assert!(said.out.contains(&advised), "{said:?}");
        let key = self.key(party, Role::Officer);
        let approved = self.call(party, &format!("approve {id} --yes --key {key}")).await;
        assert_eq!(approved.exit, Exit::Good, "{approved:?}");
        assert!(approved.out.contains(wanted), "{wanted}: {approved:?}");
        id
    }
}

/// The record that was logged.
fn logged(said: &Said) -> String {
    assert_eq!(said.exit, Exit::Good, "{said:?}");
    let line = said.out.lines().find(|line| line.contains(" logged at position "));
    line.unwrap().split(' ').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_proposed_approved_accepted_and_ended() {
    let it = Daemons::founded().await;
    it.exchange().await;
    let changed = "  answer_days: 14 days -> 21 days\n";
    let period = "The period of notice is 2 months.";
    let founding = &it.agreement.terms().provisions;
    assert_eq!(founding.termination_months, 1);
    let file = it.provisions("answer_days = 14", "answer_days = 21");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("termination_months = 1", "termination_months = 2")).unwrap();
    let said = it.call(Party::Gbr, &format!("agreement propose {file}")).await;
    for wanted in ["answer_days           from  14 days", "to    21 days", "2 terms differ"] {
        assert!(said.out.contains(wanted), "{wanted}: {said:?}");
    }
    let proposed = it.approve(Party::Gbr, &said, changed).await;
    it.exchange().await;
    let said = it.call(Party::Fra, &format!("agreement accept {proposed}")).await;
    assert!(said.out.contains("to    21 days"), "{said:?}");
    it.approve(Party::Fra, &said, changed).await;
    it.exchange().await;
    // The next proposal is held against the one that is in force.
    let file = it.provisions("answer_days = 14", "answer_days = 28");
    let said = it.call(Party::Gbr, &format!("agreement diff {file}")).await;
    assert_eq!(said.exit, Exit::Findings, "{said:?}");
    let held = format!("Compared with version 1, which {proposed} proposed.\n");
    for wanted in [held.as_str(), "from  21 days", "to    28 days", "2 terms differ"] {
        assert!(said.out.contains(wanted), "{wanted}: {said:?}");
    }
    let said = it.call(Party::Gbr, &format!("agreement propose {file}")).await;
    assert!(said.out.contains("from  21 days"), "{said:?}");
    let call = format!("agreement propose {file} --json");
    let said = it.call(Party::Gbr, &call).await;
    let wanted = format!(r#"{{"step":"proposed","re":"{proposed}","state":"logged","record":""#);
    assert!(said.out.starts_with(&wanted), "{said:?}");
    let said = it.call(Party::Fra, "agreement terminate").await;
    assert!(said.out.contains("will end 2 months after"), "{said:?}");
    it.approve(Party::Fra, &said, period).await;
    let said = it.call(Party::Gbr, &format!("agreement terminate --after {proposed}")).await;
    it.approve(Party::Gbr, &said, period).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_later_version_a_file_is_held_against_the_founding_one() {
    let it = Daemons::founded().await;
    let file = it.provisions("answer_days = 14", "answer_days = 21");
    let said = it.call(Party::Gbr, &format!("agreement diff {file}")).await;
    assert!(said.out.starts_with("Compared with the founding version"), "{said:?}");
    assert!(said.out.contains("from  14 days"), "{said:?}");
    // Where no daemon listens, the agreement of the configuration is all there is.
    fs::remove_file(it.folder.path().join("GBR.sock")).unwrap();
    let said = it.call(Party::Gbr, &format!("agreement diff {file}")).await;
    assert_eq!(said.exit, Exit::Findings, "{said:?}");
    assert!(said.out.contains("since no daemon answers."), "{said:?}");
    let said = it.call(Party::Gbr, &format!("agreement propose {file}")).await;
    assert_eq!(said.exit, Exit::NotYet, "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_step_is_refused_and_nothing_is_logged() {
    let it = Daemons::founded().await;
    it.exchange().await;
    let sizes = it.sizes().await;
    let founding = it.sides.gbr.client.status().await.unwrap();
    assert_eq!(founding.logs.gbr.contested, 0);
    let entry = crate::daemon::scribe::RecordKey::At(Party::Gbr, crate::names::Position(0));
    let entry = it.sides.gbr.client.record(entry).await.unwrap().id.unwrap();
    let unknown = "ab".repeat(32);
    let same = it.provisions("answer_days = 14", "answer_days = 14");
    for (party, call, wanted) in [
        (Party::Gbr, format!("propose {same}"), "proposes what"),
        (Party::Fra, format!("propose {same}"), "GBR alone writes this step"),
        (Party::Gbr, format!("propose {same} --after {unknown}"), "no record of that id"),
        (Party::Gbr, format!("propose {same}.none"), "cannot be read"),
        (Party::Gbr, format!("accept {entry}"), "FRA alone writes this step"),
        (Party::Fra, format!("accept {entry}"), "is no proposal of a version"),
        (Party::Fra, format!("accept {unknown}"), "no record of that id"),
        (Party::Fra, "accept 17".to_owned(), "hexadecimal"),
        (Party::Gbr, format!("terminate --after {unknown}"), "no record of that id"),
    ] {
        let said = it.call(party, &format!("agreement {call}")).await;
        assert_eq!(said.exit, Exit::Usage, "{call}: {said:?}");
        assert!(said.err.contains(wanted), "{call}: {said:?}");
    }
    assert_eq!(it.sizes().await, sizes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_was_rejected_or_came_to_nothing_can_be_tried_again() {
    let it = Daemons::founded().await;
    it.exchange().await;
    let file = it.provisions("answer_days = 14", "answer_days = 21");
    let propose = format!("agreement propose {file}");
    let first = logged(&it.call(Party::Gbr, &propose).await);
    let key = it.key(Party::Gbr, Role::Officer);
    let reject = format!("approve {first} --reject --yes --key {key}");
    assert_eq!(it.call(Party::Gbr, &reject).await.exit, Exit::Good);
    let said = it.call(Party::Gbr, &propose).await;
    let proposed = logged(&said);
    assert_ne!(proposed, first);
    it.exchange().await;
    // France accepts before the proposal is approved, which has no effect.
    let accept = format!("agreement accept {proposed}");
    let early = it.call(Party::Fra, &accept).await;
    it.approve(Party::Fra, &early, "answer_days").await;
    it.approve(Party::Gbr, &said, "answer_days").await;
    it.exchange().await;
    let again = it.call(Party::Fra, &accept).await;
    assert_ne!(logged(&again), logged(&early));
    it.approve(Party::Fra, &again, "answer_days").await;
    let done = it.call(Party::Fra, &accept).await;
    assert!(done.out.contains(", and approved: nothing is to do"), "{done:?}");
    assert_eq!(it.sides.fra.client.status().await.unwrap().version.number, 1);
}
