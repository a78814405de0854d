//! Logs that end and are succeeded: what was said goes on to hold, across the end.

use std::{fs, sync::Arc};

use super::{
    pair::{Closed, Pair},
    seasons::officers,
    side::{Side, empty_store, submission},
    weeks::{close, end, state},
};
use crate::{
    daemon::{
        lineage::{NoSuccession, Wanted, left_in, next},
        scribe::{Command, Refused, State, Submitted},
    },
    ledger::{
        Agreement, Place, SuccessionFault,
        fixture::{UnsafeKey, accept, arrival, departure, notice, request, visa, week},
    },
    names::{Party, PerParty, Position, Size, Week},
    reconcile::Verdict,
    record::{Body, Content, LogEnd, LogEndReason, Record, Succession},
    store::{Store as _, Write},
    tlog::{LogKey, MirrorKey},
};

use Party::{Fra, Gbr};

/// The files of both parties' new keys: the same keys under new names.
pub(super) fn keys(folder: &tempfile::TempDir, year: u32) -> PerParty<std::path::PathBuf> {
    PerParty::from_fn(|party| {
        let table = party.code().to_lowercase();
        let name = |what: &str| format!("{what}.{table}.example/{year}").parse().unwrap();
        let log = LogKey::new(name("log"), UnsafeKey::log(party).public_key());
        let mirror = MirrorKey::new(name("mirror"), UnsafeKey::mirror(party).public_key());
        let path = folder.path().join(format!("{table}-{year}.toml"));
        fs::write(&path, format!("[{table}]\nlog = \"{log}\"\nmirror = \"{mirror}\"\n")).unwrap();
        path
    })
}

pub(super) fn wanted(folder: &tempfile::TempDir, year: u32, reason: LogEndReason) -> Wanted {
    let keys = keys(folder, year);
    Wanted { reason, keys, ends: PerParty::default(), version: None, gives_up: false }
}

/// What a side makes of how both logs ended.
pub(super) fn made(
    pair: &Pair,
    party: Party,
    wanted: &Wanted,
) -> Result<Succession, Vec<NoSuccession>> {
    let side = pair.of(party);
    let state = State::load(side.scribe.store(), &side.seat).unwrap();
    next(side.scribe.store(), &side.seat, &state, wanted).map(|next| next.succession)
}

/// An officer ends a side's log.
pub(super) fn end_log(pair: &mut Pair, party: Party, reason: LogEndReason) {
    let name = format!("the end of log {}", pair.of(party).books().generation());
    let bytes = officers(pair, party, &name, &Record::bare(LogEnd { reason }));
    let now = pair.now;
    let ended = pair.side(party).ask(now, |reply| Command::Envelope { bytes, reply });
    assert!(matches!(ended, Ok(Submitted::Logged { .. })), "{ended:?}");
}

/// Both sides found the successors of their logs, each from its own store.
pub(super) fn succeed(
    pair: Pair,
    folder: &tempfile::TempDir,
    year: u32,
    reason: LogEndReason,
) -> Pair {
    let wanted = wanted(folder, year, reason);
    let [gbr, fra] = Party::BOTH.map(|party| made(&pair, party, &wanted).unwrap());
    assert_eq!(gbr.digest(), fra.digest(), "both sides make the same succession");
    found(pair, &gbr)
}

pub(super) fn found(pair: Pair, succession: &Succession) -> Pair {
    let now = pair.now;
    let agreements = PerParty::from_fn(|party| {
        let side = pair.of(party);
        let inherited = State::inherit(side.scribe.store(), &side.seat, succession).unwrap();
        Arc::new(side.seat.agreement.succeed(succession.clone(), inherited).unwrap())
    });
    let sides = PerParty::from_fn(|party| {
        let agreement: &Arc<Agreement> = agreements.of(party);
        let left = left_in(pair.of(party).scribe.store(), agreement).unwrap();
        let mut store = empty_store(agreement, party);
        store.commit(&left.carried).unwrap();
        Side::found_on(store, agreement, party, now)
    });
    let mut next = Pair::of_sides(Arc::clone(&agreements.gbr), sides, now);
    next.connect();
    assert_eq!(next.settle(), Closed::default());
    next
}

pub(super) fn log(
    pair: &mut Pair,
    party: Party,
    key: &str,
    record: Record,
) -> crate::names::RecordId {
    let id = pair.log(party, key, record);
    pair.now += 1;
    pair.settle();
    id
}

/// The next week is closed and stated by both, follows the one before, and is there after a start.
fn goes_on(pair: &mut Pair, second: Week, body: &Body) {
    end(pair, second);
    for party in Party::BOTH {
        close(pair, party, second).unwrap();
    }
    pair.settle();
    for party in Party::BOTH {
        let _verdict = state(pair, party, second);
        pair.settle();
    }
    let now = pair.now;
    for party in Party::BOTH {
        let view = pair.side(party).week(now, second);
        let next = view.body.unwrap();
        assert_eq!(view.verdict, Verdict::Joint);
        assert_eq!((next.number, next.previous), (2, Some(body.digest())));
        assert_eq!(next.closing.returned.agreed, 1);
        assert_eq!(next.gbr.origin, "log.gbr.example/2026");
        assert!(next.breaks.is_empty(), "{:?}", next.breaks);
        // Everything is there again after a start.
        let store = pair.of(party).scribe.store().clone();
        pair.side(party).restart_on(store, now);
        assert_eq!(pair.side(party).week(now, second).body, Some(next));
    }
}

#[test]
fn a_case_a_week_and_a_submission_go_on_across_the_end_of_a_year() {
    let folder = tempfile::tempdir().unwrap();
    let mut pair = Pair::talking();
    let asked_for = request("GB01-000001", 0);
    let asked = log(&mut pair, Gbr, "asked", asked_for.clone());
    let accepted = log(&mut pair, Fra, "accepted", accept(asked));
    let announced =
        log(&mut pair, Gbr, "announced", notice("GB04-000001", &[accepted], "2025-08-13", 1));
    let [first, second]: [Week; 2] = ["2025-W32", "2025-W33"].map(week);
    end(&mut pair, first);
    for party in Party::BOTH {
        close(&mut pair, party, first).unwrap();
    }
    pair.settle();
    // The United Kingdom has stated the week before its log ends, and France states it after.
    assert_eq!(state(&mut pair, Gbr, first), Verdict::Awaiting);
    pair.settle();
    let body = pair.side(Gbr).week(first.end().seconds(), first).body.unwrap();
    let wants = wanted(&folder, 2026, LogEndReason::YearEnd);
    for party in Party::BOTH {
        let refused = made(&pair, party, &wants).unwrap_err();
        assert!(matches!(refused[..], [NoSuccession::NotEnded(_)]), "{refused:?}");
    }
    end_log(&mut pair, Gbr, LogEndReason::YearEnd);
    end_log(&mut pair, Fra, LogEndReason::YearEnd);
    let refused = made(&pair, Gbr, &wants).unwrap_err();
    assert!(matches!(refused[..], [NoSuccession::NotCovered(Gbr)]), "{refused:?}");
    pair.settle();
    // Between the end and the successor a submission waits, and is carried over.
    let late = visa("GB13-000009", 1, 0, "2025-12-31");
    assert!(matches!(pair.submit(Gbr, "late", late.clone()), Submitted::Queued { .. }));
    assert!(matches!(pair.submit(Gbr, "late", late), Submitted::Queued { .. }));

    let mut pair = succeed(pair, &folder, 2026, LogEndReason::YearEnd);
    // The same submission again is the one that was logged before the end.
    let size = pair.of(Gbr).size(Gbr);
    match pair.submit(Gbr, "asked", asked_for) {
        Submitted::Logged { record, .. } => assert_eq!(record, asked),
        queued => panic!("{queued:?}"),
    }
    let other = visa("GB13-000002", 1, 0, "2025-12-31");
    assert_eq!(pair.try_submit(Gbr, "asked", other), Err(Refused::KeyReused));
    assert_eq!(pair.of(Gbr).size(Gbr), size);
    // A transport that was announced in the old logs departs and arrives in the new ones.
    let left = log(&mut pair, Gbr, "left", departure(announced, "2025-08-13", 1));
    log(&mut pair, Fra, "came", arrival(left, "2025-08-13", 1));
    let now = pair.now;
    assert_eq!(pair.side(Fra).week(now, first).body.as_ref(), Some(&body), "computed anew");
    assert_eq!(state(&mut pair, Fra, first), Verdict::Joint);
    pair.settle();
    assert_eq!(pair.side(Gbr).week(now, first).verdict, Verdict::Joint);

    goes_on(&mut pair, second, &body);
}

#[test]
fn a_week_that_only_one_side_closed_before_the_end_is_cut_off_in_both_generations() {
    let folder = tempfile::tempdir().unwrap();
    let mut pair = Pair::talking();
    let first = week("2025-W32");
    log(&mut pair, Gbr, "asked", request("GB01-000001", 0));
    end(&mut pair, first);
    close(&mut pair, Gbr, first).unwrap();
    pair.settle();
    for party in Party::BOTH {
        end_log(&mut pair, party, LogEndReason::YearEnd);
    }
    pair.settle();
    let ended = PerParty::from_fn(|party| pair.of(party).books().size(party));
    let mut pair = succeed(pair, &folder, 2026, LogEndReason::YearEnd);
    let size = pair.of(Gbr).size(Gbr);
    close(&mut pair, Gbr, first).unwrap();
    assert_eq!(pair.of(Gbr).size(Gbr), size, "it is closed already");
    close(&mut pair, Fra, first).unwrap();
    pair.settle();
    let now = pair.now;
    let bodies = PerParty::from_fn(|party| pair.side(party).week(now, first).body.unwrap());
    assert_eq!(bodies.gbr, bodies.fra);
    assert_eq!(bodies.gbr.fra.origin, "log.fra.example/2026");
    // A cut-off in a successor takes in the whole predecessor.
    let row = pair.of(Gbr).seat.agreement.row(pair.of(Gbr).books(), Gbr, &bodies.gbr.gbr);
    assert!(row >= Size(ended.gbr.0 - 1), "{row} of {ended:?}");
    for party in Party::BOTH {
        let _verdict = state(&mut pair, party, first);
        pair.settle();
    }
    assert_eq!(pair.side(Gbr).week(now, first).verdict, Verdict::Joint);
}

#[test]
fn after_a_lost_tail_both_end_where_both_still_hold_what_was_cosigned() {
    let folder = tempfile::tempdir().unwrap();
    let mut pair = Pair::talking();
    let asked = log(&mut pair, Gbr, "asked", request("GB01-000001", 0));
    let old = PerParty::from_fn(|party| pair.of(party).scribe.store().clone());
    let lost = request("GB01-000002", 0);
    log(&mut pair, Gbr, "lost", lost.clone());
    log(&mut pair, Fra, "accepted", accept(asked));
    pair.cut();
    let now = pair.now;
    let PerParty { gbr, fra } = old;
    pair.side(Gbr).restart_on(gbr, now);
    pair.side(Fra).restart_on(fra, now);

    let wants = wanted(&folder, 2026, LogEndReason::TailLost);
    let [gbr, fra] = Party::BOTH.map(|party| made(&pair, party, &wants).unwrap());
    // The stores are of one moment here; of two, the officers agree on the smaller sizes.
    assert_eq!(gbr, fra);
    let beyond = Wanted { ends: PerParty { gbr: Some(Size(99)), fra: None }, ..wants };
    let refused = made(&pair, Gbr, &beyond).unwrap_err();
    assert!(matches!(refused[..], [NoSuccession::NotCosigned { party: Gbr, .. }]), "{refused:?}");
    let mut pair = found(pair, &gbr);
    let again = log(&mut pair, Gbr, "lost", lost);
    log(&mut pair, Fra, "accepted again", accept(again));
    let now = pair.now;
    for party in Party::BOTH {
        let status = pair.side(party).status(now);
        assert!(status.breaks.is_empty(), "{:?}", status.breaks);
        assert_eq!(status.gate, "open");
    }
}

#[test]
fn what_waited_in_the_queue_is_logged_once_in_the_successor() {
    let folder = tempfile::tempdir().unwrap();
    let mut pair = Pair::talking();
    for party in Party::BOTH {
        end_log(&mut pair, party, LogEndReason::KeyChange);
    }
    pair.settle();
    // As it lies in a store whose gate was closed when the submission came.
    let one = submission("waits", request("GB01-000001", 0));
    let mut store = pair.of(Gbr).scribe.store().clone();
    store.commit(&[Write::Queue { id: one.id, payload: one.record.encode() }]).unwrap();
    let now = pair.now;
    pair.side(Gbr).restart_on(store, now);
    let mut pair = succeed(pair, &folder, 2026, LogEndReason::KeyChange);
    pair.pass(1);
    pair.settle();
    let requests = pair.of(Fra).books().entries(Gbr, Position(0)).filter(|(_, entry)| {
        entry.sound().is_some_and(|one| matches!(one.get().content, Content::ReadmissionRequest(_)))
    });
    let places: Vec<_> = requests.map(|(at, _)| pair.of(Fra).books().place(Gbr, at)).collect();
    assert_eq!(places.len(), 1, "{places:?}");
    assert_eq!(places[0].generation, 1);
}

#[test]
fn a_succession_that_does_not_fit_is_refused_with_its_reason() {
    use SuccessionFault as Fault;
    let folder = tempfile::tempdir().unwrap();
    let mut pair = Pair::talking();
    for party in Party::BOTH {
        end_log(&mut pair, party, LogEndReason::YearEnd);
    }
    pair.settle();
    let good = made(&pair, Gbr, &wanted(&folder, 2026, LogEndReason::YearEnd)).unwrap();
    type Change = (fn(&mut Succession), fn(&Fault) -> bool);
    let cases: [Change; 12] = [
        (|one| one.number = 2, |fault| matches!(fault, Fault::Number { number: 2, next: 1 })),
        (|one| one.number = 0, |fault| matches!(fault, Fault::Field(_))),
        (|one| one.previous = Some(one.digest()), |fault| matches!(fault, Fault::Previous)),
        (
            |one| one.agreement = crate::names::AgreementDigest::new([7; 32]),
            |fault| matches!(fault, Fault::OtherAgreement { .. }),
        ),
        (|one| one.reason = LogEndReason::AgreementEnded, |fault| matches!(fault, Fault::Field(_))),
        (
            |one| one.gbr.ended.origin.push('x'),
            |fault| matches!(fault, Fault::OtherLog { party: Gbr, .. }),
        ),
        (
            |one| one.fra.ended.size = Size(1),
            |fault| matches!(fault, Fault::OtherEnd { party: Fra, .. }),
        ),
        (
            |one| one.fra.ended.root = one.gbr.ended.root,
            |fault| matches!(fault, Fault::OtherEnd { party: Fra, .. }),
        ),
        (
            |one| one.gbr.log = "no key".to_owned(),
            |fault| matches!(fault, Fault::VerifierKey { party: Gbr, field: "log", .. }),
        ),
        (|one| one.fra.mirror = one.gbr.mirror.clone(), |fault| matches!(fault, Fault::Used(_))),
        (
            |one| {
                let name = "other.example/2026".parse().unwrap();
                one.gbr.log = LogKey::new(name, UnsafeKey::mirror(Gbr).public_key()).to_string();
            },
            |fault| matches!(fault, Fault::Used(_)),
        ),
        (
            |one| {
                let name = "log.uk.example/2025".parse().unwrap();
                one.gbr.log = LogKey::new(name, UnsafeKey::log(Gbr).public_key()).to_string();
            },
            |fault| matches!(fault, Fault::Used(_)),
        ),
    ];
    let side = pair.of(Gbr);
    let inherited = State::inherit(side.scribe.store(), &side.seat, &good).unwrap();
    assert!(side.seat.agreement.succeed(good.clone(), inherited.clone()).is_ok());
    for (number, (change, expected)) in cases.into_iter().enumerate() {
        let mut bad = good.clone();
        change(&mut bad);
        let faults = side.seat.agreement.succeed(bad, inherited.clone()).unwrap_err();
        assert!(faults.iter().any(expected), "case {number}: {faults:?}");
    }
}

#[test]
fn places_are_counted_by_their_own_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut pair = Pair::talking();
    for party in Party::BOTH {
        end_log(&mut pair, party, LogEndReason::YearEnd);
    }
    pair.settle();
    let ended = pair.of(Gbr).books().size(Gbr);
    let pair = succeed(pair, &folder, 2026, LogEndReason::YearEnd);
    let books = pair.of(Gbr).books();
    let final_size = books.begin(Gbr);
    assert!(final_size <= ended);
    fn at<T>(generation: usize, at: T) -> Place<T> {
        Place { generation, at }
    }
    let last = Position(final_size.0 - 1);
    assert_eq!(books.place(Gbr, last), at(0, last));
    assert_eq!(books.place(Gbr, final_size.next()), at(1, Position(0)));
    assert_eq!(books.end(Gbr, final_size), at(0, final_size));
    assert_eq!(books.end(Gbr, final_size.plus(1)), at(1, Size(1)));
    // What is named beyond the end is none of the successor's entries.
    assert_eq!(books.row(Gbr, at(0, final_size.plus(9))), final_size);
    assert_eq!(books.root(Gbr, at(0, final_size.plus(9))), None);
    for end in [at(0, Size(1)), at(0, final_size), at(1, Size(1)), at(1, Size(2))] {
        assert_eq!(books.end(Gbr, books.row(Gbr, end)), end);
    }
}
