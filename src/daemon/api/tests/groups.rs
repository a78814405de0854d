//! What the API relies on when many ask at once: the scribe answers each of a group for itself.

use tokio::sync::oneshot;

use super::side::{START, TestScribe, founded, reading, request, restarted};
use crate::{
    daemon::scribe::{Command, Gate, Refused, Reply, StatusView, Submitted},
    ledger::fixture::at,
    names::{Commitment, Party, Position},
    record::Submission,
};

type Answer<T> = oneshot::Receiver<Result<T, Refused>>;

fn ask<T>(make: impl FnOnce(Reply<T>) -> Command) -> (Command, Answer<T>) {
    let (reply, answer) = oneshot::channel();
    (make(reply), answer)
}

fn submit(case: &str, key: Option<&str>) -> (Command, Answer<Submitted>) {
    let json = request(case).to_string();
    let mut decoy = || Commitment::new([1; 32]);
    let submission = Submission::parse(json.as_bytes(), Party::Gbr, key, &mut decoy).unwrap();
    ask(|reply| Command::Submit { submission: Box::new(submission), reply })
}

fn status() -> (Command, Answer<StatusView>) {
    ask(|reply| Command::Status { reply })
}

fn run(scribe: &mut TestScribe, commands: impl IntoIterator<Item = Command>) {
    scribe.group(reading(at(START)), commands).unwrap();
}

#[test]
fn a_key_that_was_used_in_the_same_group_is_refused_for_another_submission() {
    let folder = tempfile::tempdir().unwrap();
    let mut open = founded(Party::Gbr, &folder.path().join("mark"));
    let mut closed = restarted(&open, &folder.path().join("no-mark"));
    for scribe in [&mut open, &mut closed] {
        let (one, mut first) = submit("GB01-000001", Some("k1"));
        let (same, mut again) = submit("GB01-000001", Some("k1"));
        let (other, mut second) = submit("GB01-000002", Some("k1"));
        run(scribe, [one, same, other]);
        assert_eq!(first.try_recv().unwrap().unwrap(), again.try_recv().unwrap().unwrap());
        assert_eq!(second.try_recv().unwrap(), Err(Refused::KeyReused));
    }
}

#[test]
fn a_full_store_still_says_how_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let mut scribe = founded(Party::Gbr, &folder.path().join("mark"));
    scribe.store().room.set(Some(0));
    let (question, mut stands) = status();
    let (one, mut refused) = submit("GB01-000001", None);
    run(&mut scribe, [question, one]);
    assert_eq!(refused.try_recv().unwrap(), Err(Refused::Full));
    let view = stands.try_recv().unwrap().unwrap();
    assert_eq!((view.logs.gbr.size.0, view.queued), (1, 0));
}

#[test]
fn a_question_sees_what_its_group_has_committed() {
    let folder = tempfile::tempdir().unwrap();
    let mut scribe = founded(Party::Gbr, &folder.path().join("mark"));
    let (question, mut stands) = status();
    let (one, _logged) = submit("GB01-000001", None);
    run(&mut scribe, [question, one]);
    assert_eq!(stands.try_recv().unwrap().unwrap().logs.gbr.size.0, 2);
}

#[test]
fn what_waited_is_signed_once_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let first = founded(Party::Gbr, &mark);
    let mut closed = restarted(&first, &folder.path().join("no-mark"));
    let (one, mut queued) = submit("GB01-000001", None);
    run(&mut closed, [one]);
    assert!(matches!(queued.try_recv().unwrap(), Ok(Submitted::Queued { .. })));

    // The mark opens the gate while the store is full.
    let mut scribe = restarted(&closed, &mark);
    scribe.store().room.set(Some(0));
    run(&mut scribe, []);
    assert_eq!(*scribe.gate(), Gate::Open);
    scribe.store().room.set(None);
    // What the daemon does by itself waits for a tick while the store was full.
    run(&mut scribe, [Command::Tick]);
    let (again, mut logged) = submit("GB01-000001", None);
    run(&mut scribe, [again]);
    let answer = logged.try_recv().unwrap().unwrap();
    assert!(
        matches!(answer, Submitted::Logged { ref logged, .. } if logged.position == Position(1)),
        "{answer:?}"
    );
    let (question, mut stands) = status();
    run(&mut scribe, [question]);
    assert_eq!(stands.try_recv().unwrap().unwrap().queued, 0);
}
