//! Two daemons in session with records that flow, and what must hold once they have ended.

use std::collections::BTreeSet;

use crate::{
    site::{Daemon, Site},
    submitting::Submitting,
};

/// Starts both sides; once they are in session, records begin to flow.
pub(crate) fn flowing(site: &Site) -> (Daemon, Daemon, Submitting) {
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    gbr.until("the session", |status| status.connected && status.gate == "open");
    let records = Submitting::to(site.path("run/gbr.sock"));
    records.goes_on();
    (gbr, fra, records)
}

/// Both sides have every receipt, and find nothing broken.
pub(crate) fn nothing_is_open(gbr: &Daemon, fra: &Daemon) {
    for side in [gbr, fra, gbr] {
        assert_eq!(side.receipted().breaks, []);
    }
}

/// Lets the records and both sides end: nothing is lost, repeated or broken. Gives what their
/// journals said that nobody has read before.
pub(crate) fn settled(
    site: &Site,
    gbr: Daemon,
    fra: Daemon,
    records: Submitting,
) -> [Vec<String>; 2] {
    let handed_in = records.ended();
    nothing_is_open(&gbr, &fra);
    let journals = [gbr.heard(), fra.heard()];
    gbr.stop();
    fra.stop();
    hold_the_same(site, handed_in);
    journals
}

/// How often a journal says that a session has ended.
pub(crate) fn ended(journal: &[String]) -> usize {
    journal.iter().filter(|line| line.contains("session ended")).count()
}

/// The cases of the requests in the log of the United Kingdom that a configuration names.
pub(crate) fn cases(site: &Site, config: &str) -> Vec<String> {
    let listed = site.good(&format!("log list --config {config} --log GBR --count 100000"));
    let requests = listed.lines().filter(|line| line.contains("readmission-request"));
    let case = |line: &str| {
        line.split_whitespace().find(|word| word.starts_with("GB01-")).unwrap().to_owned()
    };
    requests.map(case).collect()
}

/// Every request in the log of the United Kingdom, as both sides hold it: each once.
pub(crate) fn hold_the_same(site: &Site, handed_in: usize) {
    site.both_hold_the_same();
    let cases = cases(site, "fra.toml");
    assert_eq!(cases.len(), handed_in);
    assert_eq!(BTreeSet::from_iter(&cases).len(), handed_in, "a case stands there twice");
}
