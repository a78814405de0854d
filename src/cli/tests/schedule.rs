//! The weekly job as a timer runs it: at any time, any number of times, on both sides at once.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use super::daemons::{Daemons, Said};
use crate::{
    cli::Exit,
    daemon::scribe::Command,
    envelope::Envelope,
    names::{Party, Position},
};

const MONDAY: &str = "2025-08-11T06:00:00Z";
const KEYS: [&str; 14] = [
    "week",
    "outcome",
    "number",
    "digest",
    "returned",
    "admitted",
    "balance",
    "critical",
    "major",
    "minor",
    "information",
    "oldest",
    "awaited",
    "unsettled",
];

/// The values of the one line that was printed.
fn values(said: &Said) -> Vec<&str> {
    let [line] = said.out.lines().collect::<Vec<_>>()[..] else { panic!("{said:?}") };
    let pairs = line.split(' ').map(|pair| pair.split_once('=').unwrap());
    let (keys, values): (Vec<_>, Vec<_>) = pairs.unzip();
    assert_eq!(keys, KEYS);
    values
}

/// How many records of a kind stand in the log of a party.
async fn written(it: &Daemons, log: Party, kind: &str) -> usize {
    let (mut start, mut count) = (Position(0), 0);
    loop {
        let load = |reply| Command::Load { log, start, reply };
        let loaded = it.sides.of(log).handle.ask(load).await.unwrap().unwrap();
        let Some(loaded) = loaded else { return count };
        let envelopes = loaded.entries.iter().map(|entry| Envelope::parse(&entry.0).unwrap());
        count += envelopes.filter(|one| one.header().claims().sub == kind).count();
        start = Position(start.0 + u64::try_from(loaded.entries.len()).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_outcome_is_one_line_for_the_journal() {
    let it = Daemons::founded().await;
    it.go_to(MONDAY);
    let said = it.call(Party::Gbr, "reconcile --summary --wait 0").await;
    assert_eq!(said.exit, Exit::NotYet);
    let waits = ["-"; 10];
    let mut found = values(&said);
    assert_eq!(found.pop(), Some("-"), "no week before it");
    let mut awaited: Vec<&str> = found.pop().unwrap().split(',').collect();
    awaited.sort_unstable();
    assert_eq!(
        (&found[..2], awaited),
        (&["2025-W32", "waiting"][..], vec!["close:FRA", "cover:FRA"])
    );
    assert_eq!(found[2..], waits);
    assert!(said.err.contains("FRA has not closed the week"), "{said:?}");

    it.exchange().await;
    it.call(Party::Fra, "reconcile --summary --wait 0").await;
    it.exchange().await;
    let said = it.call(Party::Gbr, "reconcile --summary --wait 0").await;
    let found = values(&said);
    assert_eq!((found[1], found[2], found[4], found[12]), ("waiting", "1", "0", "statement:FRA"));
    let digest = found[3].to_owned();
    it.exchange().await;
    let said = it.call(Party::Fra, "reconcile --summary --wait 0").await;
    let none = ["0"; 7];
    let joint: Vec<&str> = ["2025-W32", "joint", "1", &digest]
        .into_iter()
        .chain(none)
        .chain(["-", "-", "-"])
        .collect();
    assert_eq!((values(&said), said.exit, said.err.as_str()), (joint, Exit::Good, ""));
    let both = it.call(Party::Fra, "reconcile --summary --json").await;
    assert_eq!(both.exit, Exit::Usage, "one form at a time: {both:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_at_the_same_time_close_once_state_once_and_say_the_same() {
    let it = Daemons::linked().await;
    it.go_to(MONDAY);
    let call = "reconcile --summary --wait 600";
    let (one, two, three, four) = tokio::join!(
        it.call(Party::Gbr, call),
        it.call(Party::Gbr, call),
        it.call(Party::Fra, call),
        it.call(Party::Fra, call),
    );
    assert_eq!(one.exit, Exit::Good, "{one:?}");
    for other in [&two, &three, &four] {
        assert_eq!((other.exit, &other.out), (one.exit, &one.out));
    }
    it.exchange().await;
    for party in Party::BOTH {
        assert_eq!(written(&it, party, "week-close").await, 1);
        assert_eq!(written(&it, party, "weekly-statement").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_run_left_undone_is_done_by_the_next_and_an_old_week_is_asked_for_in_vain() {
    let it = Daemons::founded().await;
    it.go_to(MONDAY);
    let week = "2025-W32".parse().unwrap();
    // The first run of each side came no further than its close; one more no further than its
    // statement.
    for party in Party::BOTH {
        it.sides.of(party).client.close_week(week).await.unwrap();
    }
    it.exchange().await;
    it.sides.gbr.client.state_week(week).await.unwrap();
    it.exchange().await;
    let fra = it.call(Party::Fra, "reconcile --summary --wait 0").await;
    it.exchange().await;
    let gbr = it.call(Party::Gbr, "reconcile --summary --wait 0").await;
    assert_eq!((gbr.exit, &gbr.out), (Exit::Good, &fra.out));
    assert_eq!(values(&gbr)[1], "joint");
    // Weeks later the answer is the same, and nothing is written for it.
    it.go_to("2025-09-10T12:00:00Z");
    let before = it.sizes().await;
    for party in Party::BOTH {
        let again = it.call(party, "reconcile --summary --week 2025-W32").await;
        assert_eq!((again.exit, &again.out), (Exit::Good, &gbr.out));
    }
    it.exchange().await;
    assert_eq!(it.sizes().await, before);
    for party in Party::BOTH {
        assert_eq!(written(&it, party, "week-close").await, 1);
        assert_eq!(written(&it, party, "weekly-statement").await, 1);
    }
}
