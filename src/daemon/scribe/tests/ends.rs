//! Where logs end, and what is held against a succession: whichever side ends first, nothing that
//! was received becomes less so.

use super::{
    pair::{Closed, Pair},
    rotation::{approved, enrolment},
    succession::{end_log, found, log, made, succeed, wanted},
    weeks::{close, end, state},
};
use crate::{
    daemon::{
        lineage::{Next, NoSuccession, Wanted, left_in, next},
        scribe::{Command, State, Submitted},
    },
    envelope::Role,
    ledger::{
        Books, SuccessionFault,
        fixture::{UnsafeKey, accept, key_compromised, notice, request, week, withdrawn},
    },
    limits::COMPROMISES_PER_LOG_MAX,
    names::{Party, PerParty, Position, Size, Timestamp},
    reconcile::Verdict,
    record::{BreakClass, LogEnd, LogEndReason, Record},
};

use Party::{Fra, Gbr};

/// When each entry of a row was received, as far as the books go; entanglements apart, which need
/// not be.
fn receipts(books: &Books, party: Party) -> Vec<(Position, Option<Timestamp>)> {
    let entries = books.entries(party, Position(0));
    let entries = entries.filter(|(_, entry)| entry.entanglement().is_none());
    entries.map(|(at, _)| (at, books.receipt(party, at).map(|(_, time)| time))).collect()
}

#[test]
fn whichever_ends_first_every_record_keeps_its_receipt_and_a_week_between_is_joint() {
    for first in Party::BOTH {
        let folder = tempfile::tempdir().unwrap();
        let mut pair = Pair::talking();
        log(&mut pair, Gbr, "before", request("GB01-000001", 0));
        let one = week("2025-W32");
        end(&mut pair, one);
        for party in Party::BOTH {
            close(&mut pair, party, one).unwrap();
        }
        pair.settle();
        // The first has stated the week before its log ends, and the other after that.
        let _awaiting = state(&mut pair, first, one);
        pair.settle();
        end_log(&mut pair, first, LogEndReason::YearEnd);
        pair.settle();
        for number in 2..5 {
            pair.pass(1000);
            if first == Fra {
                log(
                    &mut pair,
                    Gbr,
                    &format!("{number}"),
                    request(&format!("GB01-00000{number}"), 0),
                );
            }
        }
        pair.pass(1000);
        assert_eq!(state(&mut pair, first.other(), one), Verdict::Joint);
        pair.settle();
        pair.pass(1000);
        end_log(&mut pair, first.other(), LogEndReason::YearEnd);
        pair.settle();
        let now = pair.now;
        let before = PerParty::from_fn(|party| receipts(pair.of(Gbr).books(), party));
        let body = pair.side(Gbr).week(now, one).body.unwrap();
        for party in Party::BOTH {
            let all = before.of(party);
            assert!(all.iter().all(|(_, received)| received.is_some()), "{party}: {all:?}");
        }

        let mut pair = succeed(pair, &folder, 2026, LogEndReason::YearEnd);
        for side in Party::BOTH {
            for party in Party::BOTH {
                let after = receipts(pair.of(side).books(), party);
                assert!(after.starts_with(before.of(party)), "{first} first: {after:?}");
            }
            let now = pair.now;
            let view = pair.side(side).week(now, one);
            assert_eq!((view.verdict, view.body), (Verdict::Joint, Some(body.clone())));
            assert!(pair.side(side).status(now).breaks.is_empty());
        }
    }
}

fn ended_for(reasons: PerParty<LogEndReason>) -> Pair {
    let mut pair = Pair::talking();
    for party in Party::BOTH {
        end_log(&mut pair, party, *reasons.of(party));
    }
    pair.settle();
    pair
}

#[test]
fn a_reason_that_is_not_that_of_the_logs_is_refused() {
    use LogEndReason::{AgreementEnded, Fork, KeyChange, TailLost, YearEnd};
    let folder = tempfile::tempdir().unwrap();
    for (gbr, fra, reason, fits) in [
        (YearEnd, YearEnd, YearEnd, true),
        (YearEnd, KeyChange, KeyChange, true),
        (YearEnd, YearEnd, KeyChange, false),
        (AgreementEnded, AgreementEnded, YearEnd, false),
        (YearEnd, AgreementEnded, YearEnd, false),
        (YearEnd, AgreementEnded, TailLost, false),
        (AgreementEnded, AgreementEnded, Fork, false),
    ] {
        let pair = ended_for(PerParty { gbr, fra });
        let wants = wanted(&folder, 2026, reason);
        let made = made(&pair, Gbr, &wants);
        let said = format!("{gbr}, {fra}, {reason}: {made:?}");
        let refused = |one: &NoSuccession| {
            matches!(
                one,
                NoSuccession::Fault(SuccessionFault::Reason { .. })
                    | NoSuccession::BeforeItsEnd { .. }
            )
        };
        assert_eq!(made.is_ok(), fits, "{said}");
        assert!(made.err().is_none_or(|all| all.iter().any(refused)), "{said}");
    }
}

#[test]
fn the_version_is_the_one_that_both_logs_name_as_they_end() {
    let folder = tempfile::tempdir().unwrap();
    for both in [true, false] {
        let mut pair = Pair::talking();
        // Any record will do for what is named.
        let named = log(&mut pair, Gbr, "named", request("GB01-000001", 0));
        for party in Party::BOTH {
            let re = if both || party == Gbr { vec![named] } else { Vec::new() };
            let bare = Record::bare(LogEnd { reason: LogEndReason::YearEnd });
            let bytes = super::seasons::officers(&pair, party, "end", &Record { re, ..bare });
            let now = pair.now;
            let ended = pair.side(party).ask(now, |reply| Command::Envelope { bytes, reply });
            assert!(matches!(ended, Ok(Submitted::Logged { .. })), "{ended:?}");
        }
        pair.settle();
        let found = made(&pair, Fra, &wanted(&folder, 2026, LogEndReason::YearEnd)).unwrap();
        assert_eq!(found.version, both.then_some(named));
        let side = pair.of(Fra);
        let inherited = State::inherit(side.scribe.store(), &side.seat, &found).unwrap();
        for version in [None, Some(named), Some(pair.agreement_record(Gbr))] {
            let wants = Wanted { version, ..wanted(&folder, 2026, LogEndReason::YearEnd) };
            let expected = version.is_none() || version == found.version;
            assert_eq!(made(&pair, Fra, &wants).is_ok(), expected, "{both}, {version:?}");
            let mut other = found.clone();
            other.version = version;
            let succeeds = side.seat.agreement.succeed(other, inherited.clone());
            assert_eq!(succeeds.is_ok(), version == found.version, "{both}, {version:?}");
        }
    }
}

#[test]
fn a_log_whose_end_was_received_ends_nowhere_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut pair = Pair::talking();
    let held = pair.of(Gbr).scribe.state.cosigned.gbr.as_ref().unwrap().checkpoint().size();
    for party in Party::BOTH {
        end_log(&mut pair, party, LogEndReason::YearEnd);
    }
    pair.settle();
    let ends = PerParty { gbr: Some(held), fra: None };
    let wants = wanted(&folder, 2026, LogEndReason::TailLost);
    let refused = made(&pair, Gbr, &Wanted { ends, gives_up: true, ..wants }).unwrap_err();
    assert!(matches!(refused[..], [NoSuccession::BeforeItsEnd { party: Gbr, .. }]), "{refused:?}");
}

#[test]
fn what_was_received_is_given_up_on_purpose_alone_and_its_entanglement_is_no_break() {
    let folder = tempfile::tempdir().unwrap();
    let mut pair = Pair::talking();
    let asked = log(&mut pair, Gbr, "asked", request("GB01-000001", 0));
    let held = pair.of(Gbr).scribe.state.cosigned.gbr.as_ref().unwrap().checkpoint().size();
    let lost = log(&mut pair, Gbr, "lost", request("GB01-000002", 0));
    log(&mut pair, Fra, "accepted", accept(asked));
    let ends = PerParty { gbr: Some(held), fra: None };
    let wants = Wanted { ends, ..wanted(&folder, 2026, LogEndReason::Fork) };
    let refused = made(&pair, Fra, &wants).unwrap_err();
    let [NoSuccession::GivesUp { party: Gbr, size, records, .. }] = &refused[..] else {
        panic!("{refused:?}");
    };
    assert_eq!((*size, &records[..]), (held, &[lost][..]));
    let wants = Wanted { gives_up: true, ..wants };
    let succession = made(&pair, Fra, &wants).unwrap();
    let mut pair = found(pair, &succession);
    let beyond = pair.of(Gbr).books().entries(Fra, Position(0));
    let beyond = beyond.filter(|(_, entry)| entry.objection().is_some()).count();
    assert_eq!(beyond, 1, "an entanglement shows what was given up");
    for party in Party::BOTH {
        let now = pair.now;
        let status = pair.side(party).status(now);
        assert!(status.breaks.is_empty(), "{:?}", status.breaks);
    }
    assert_eq!(pair.of(Gbr).books().begin(Gbr), Size(held.0));
}

/// What a side has logged beyond its end, with a key that is enrolled there.
#[test]
fn what_was_logged_beyond_an_end_is_logged_anew_under_its_new_names_or_handed_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut pair = Pair::talking();
    let asked = log(&mut pair, Gbr, "asked", request("GB01-000001", 0));
    let ends = PerParty::from_fn(|party| {
        let cosigned = pair.of(party).scribe.state.cosigned.of(party).clone();
        Some(cosigned.unwrap().checkpoint().size())
    });
    let accepted = log(&mut pair, Fra, "accepted", accept(asked));
    pair.cut();
    let officer = UnsafeKey::of(Gbr, Role::Officer);
    approved(&mut pair, Gbr, &officer, enrolment(Gbr, Role::Caseworker));
    pair.side(Gbr).exchange_key(Role::Caseworker).unwrap();
    let again = pair.log(Gbr, "again", request("GB01-000002", 0));
    pair.log(Gbr, "withdrawn", withdrawn(again));
    pair.log(Gbr, "announced", notice("GB04-000001", &[accepted], "2025-08-13", 1));

    let wants = wanted(&folder, 2026, LogEndReason::TailLost);
    let side = pair.of(Gbr);
    let state = State::load(side.scribe.store(), &side.seat).unwrap();
    let wants = Wanted { ends, gives_up: true, ..wants };
    let Next { succession, handed_back } =
        next(side.scribe.store(), &side.seat, &state, &wants).unwrap();
    let inherited = State::inherit(side.scribe.store(), &side.seat, &succession).unwrap();
    let agreement = side.seat.agreement.succeed(succession.clone(), inherited).unwrap();
    let left = left_in(side.scribe.store(), &agreement).unwrap();
    let mut back: Vec<_> = left.handed_back.iter().map(|one| one.kind.as_str()).collect();
    back.sort_unstable();
    assert_eq!(back, ["approval", "key-event", "transfer-notice"], "{left:?}");
    assert_eq!(handed_back, left.handed_back, "told before anything is founded");

    let mut pair = found(pair, &succession);
    pair.pass(1);
    pair.settle();
    let books = pair.of(Fra).books();
    let anew: Vec<_> = books
        .entries(Gbr, books.begin(Gbr).next())
        .filter_map(|(_, entry)| entry.sound())
        .filter(|record| record.signer().role == Role::Caseworker)
        .collect();
    let [requested, taken_back] = anew[..] else { panic!("{anew:?}") };
    assert_ne!(requested.id(), again, "another key has signed it");
    assert_eq!(taken_back.get().re, [requested.id()]);
    for party in Party::BOTH {
        let now = pair.now;
        let status = pair.side(party).status(now);
        assert!(status.breaks.is_empty(), "{:?}", status.breaks);
        assert_eq!(status.queued, 0);
    }
}

/// Record keys that a log has enrolled sign in its successors, through two successions.
#[test]
fn enrolled_keys_sign_on_in_the_second_generation_and_a_theft_reaches_back_across_ends() {
    let folder = tempfile::tempdir().unwrap();
    let mut pair = Pair::talking();
    let officer = UnsafeKey::of(Gbr, Role::Officer);
    let stolen = log(&mut pair, Gbr, "stolen", request("GB01-000001", 0));
    // Enrolled before the end, approved before the end; the old one is retired after it.
    approved(&mut pair, Gbr, &officer, enrolment(Gbr, Role::Caseworker));
    pair.settle();
    for year in [2026, 2027] {
        pair.pass(100);
        for party in Party::BOTH {
            end_log(&mut pair, party, LogEndReason::YearEnd);
        }
        pair.settle();
        pair = succeed(pair, &folder, year, LogEndReason::YearEnd);
        assert_eq!(pair.of(Gbr).scribe.state.reader(Gbr).keys().version(), 1);
        assert_eq!(pair.of(Fra).scribe.state.reader(Gbr).keys().version(), 1);
    }
    assert_eq!(pair.of(Gbr).books().generation(), 2);
    pair.side(Gbr).exchange_key(Role::Caseworker).unwrap();
    log(&mut pair, Gbr, "with the new one", request("GB01-000002", 0));
    let since = "2025-08-06T00:00:00Z";
    let old = UnsafeKey::of(Gbr, Role::Caseworker).kid();
    let event = approved(&mut pair, Gbr, &officer, key_compromised(old, since));
    pair.settle();
    let now = pair.now;
    let [gbr, fra] = Party::BOTH.map(|party| pair.side(party).status(now).breaks);
    assert_eq!(gbr, fra);
    let [one] = gbr.as_slice() else { panic!("{gbr:?}") };
    assert_eq!(one.class, BreakClass::Suspect);
    assert!(one.evidence.contains(&event) && one.evidence.contains(&stolen));
}

#[test]
fn a_successor_tells_of_as_many_compromises_as_the_log_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut pair = Pair::talking();
    let (officer, key) = (UnsafeKey::of(Gbr, Role::Officer), UnsafeKey::brief().kid());
    let since = |number: usize| {
        let second = 59 - number % 60;
        key_compromised(key, &format!("2025-08-05T{:02}:00:{second:02}Z", 9 - number / 60))
    };
    for number in 0..COMPROMISES_PER_LOG_MAX {
        approved(&mut pair, Gbr, &officer, since(number));
    }
    let one_more = since(COMPROMISES_PER_LOG_MAX);
    let refused = pair.try_submit(Gbr, "one more", one_more.clone()).unwrap_err();
    assert!(refused.to_string().contains("64 compromises"), "{refused}");
    pair.settle();
    for party in Party::BOTH {
        end_log(&mut pair, party, LogEndReason::YearEnd);
    }
    pair.settle();
    let mut pair = succeed(pair, &folder, 2026, LogEndReason::YearEnd);
    approved(&mut pair, Gbr, &officer, one_more);
    assert_eq!(pair.settle(), Closed::default());
    let now = pair.now;
    for party in Party::BOTH {
        // By the readers of both sides, and by the fold, which would break on it otherwise.
        let keys = pair.of(party).scribe.state.reader(Gbr).keys();
        assert_eq!(keys.version(), COMPROMISES_PER_LOG_MAX + 1, "{party}");
        assert_eq!(pair.side(party).status(now).breaks, [], "{party}");
    }
}
