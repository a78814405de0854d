//! Versions of the agreement: which steps count, from where on each holds in which log, and how
//! the agreement ends.

use super::super::fixture::{
    TwoSides, accept, accepted_version, allocation, approval, arrival, at, day, departure, notice,
    proposed, provisions, rejection, request, terminated, visa,
};
use super::{BreakClass, Fra, Gbr, classes};
use crate::ledger::{Ledger, Phase};
use crate::names::{Party, Position, RecordId};
use crate::record::{CodeList, Content, Provisions, Record, Scope};

use BreakClass::{
    ApprovalAwaited, IllegalTransition, OutsideAgreementWindow, SchemaVersion, WrongSigner,
};

/// The founding agreement's record.
fn founding(sides: &TwoSides) -> RecordId {
    sides.books.entry(Gbr, Position(0)).unwrap().id().unwrap()
}

/// A version that a test can tell from others by its days for answering.
fn days(answer_days: u32) -> Provisions {
    Provisions { answer_days, ..provisions() }
}

/// Answering days in force in the British and the French log.
fn in_force(sides: &TwoSides) -> (u32, u32) {
    let versions = sides.ledger(sides.now).versions;
    let of = |party| versions.provisions(versions.number(party)).answer_days;
    (of(Gbr), of(Fra))
}

fn breaks(sides: &TwoSides) -> Vec<BreakClass> {
    classes(&sides.ledger(sides.now))
}

/// A version that is in force on both sides, by its proposal.
fn renewed(sides: &mut TwoSides, provisions: Provisions) -> RecordId {
    let before = founding(sides);
    let proposal = sides.approved(Gbr, proposed(before, provisions));
    sides.exchange();
    sides.approved(Fra, accepted_version(proposal));
    sides.exchange();
    proposal
}

#[test]
fn a_version_holds_in_each_log_from_its_own_place_on() {
    let mut sides = TwoSides::founded();
    let before = founding(&sides);
    let proposal = sides.append(Gbr, proposed(before, days(20)));
    assert_eq!((in_force(&sides), breaks(&sides)), ((14, 14), vec![ApprovalAwaited]));
    sides.append(Gbr, approval(proposal));
    sides.exchange();
    assert_eq!((in_force(&sides), breaks(&sides)), ((14, 14), vec![]));
    let acceptance = sides.append(Fra, accepted_version(proposal));
    assert_eq!((in_force(&sides), breaks(&sides)), ((14, 14), vec![ApprovalAwaited]));
    sides.entangle(Gbr);
    assert_eq!(in_force(&sides), (14, 14), "the acceptance alone covers nothing that holds");
    sides.append(Fra, approval(acceptance));
    assert_eq!(in_force(&sides), (14, 20), "in France's log from its approval on");
    sides.append(Gbr, request("GB01-1", 0));
    assert_eq!(in_force(&sides), (14, 20), "not yet in the British one");
    sides.entangle(Gbr);
    assert_eq!((in_force(&sides), breaks(&sides)), ((20, 20), vec![]));
    let versions = sides.ledger(sides.now).versions;
    assert_eq!(versions.proposal(Gbr), Some(proposal));
    assert_eq!(versions.all().map(|it| it.proposal).collect::<Vec<_>>(), [None, Some(proposal)]);
}

#[test]
fn a_case_keeps_the_provisions_under_which_it_began() {
    let mut sides = TwoSides::founded();
    let old = sides.append(Gbr, request("GB01-1", 0));
    renewed(&mut sides, days(20));
    let new = sides.append(Gbr, request("GB01-2", 0));
    sides.exchange();
    let limits = |sides: &TwoSides, id| {
        let ledger = sides.ledger(sides.now);
        ledger.deadlines(&ledger.cases[&id], sides.now)[1].last
    };
    assert_eq!(limits(&sides, old), Some(day("2025-08-20")));
    assert_eq!(limits(&sides, new), Some(day("2025-08-26")));
    let late = classes(&sides.ledger(at("2025-08-26T23:59:59Z")));
    assert_eq!(late, [BreakClass::NoReply], "of the old one alone");
}

/// A step that changes nothing, and the breaks that it leaves.
type Step = (&'static str, fn(&mut TwoSides), &'static [BreakClass]);

/// Steps that were not approved, or did not follow what they name.
const UNSEEN: [Step; 5] = [
    (
        "an acceptance before the approval of the proposal",
        |it| {
            let proposal = it.append(Gbr, proposed(founding(it), days(20)));
            it.approved(Fra, accepted_version(proposal));
            it.exchange();
            it.append(Gbr, approval(proposal));
        },
        &[IllegalTransition],
    ),
    (
        "an acceptance that has not seen the approval",
        |it| {
            let proposal = it.approved(Gbr, proposed(founding(it), days(20)));
            it.approved(Fra, accepted_version(proposal));
        },
        &[IllegalTransition],
    ),
    (
        "a proposal that was rejected",
        |it| {
            let proposal = it.append(Gbr, proposed(founding(it), days(20)));
            it.append(Gbr, rejection(proposal));
            it.exchange();
            it.approved(Fra, accepted_version(proposal));
        },
        &[IllegalTransition],
    ),
    (
        "an acceptance that was rejected",
        |it| {
            let proposal = it.approved(Gbr, proposed(founding(it), days(20)));
            it.exchange();
            let acceptance = it.append(Fra, accepted_version(proposal));
            it.append(Fra, rejection(acceptance));
        },
        &[],
    ),
    (
        "an acceptance of what is no proposal",
        |it| {
            let asked = it.append(Gbr, request("GB01-1", 0));
            it.approved(Fra, accepted_version(asked));
            it.approved(Fra, accepted_version(founding(it)));
        },
        &[IllegalTransition, IllegalTransition],
    ),
];

/// Steps by the wrong side, and provisions that no version may have.
const ILL_FORMED: [Step; 4] = [
    (
        "a proposal by France",
        |it| {
            it.append(Fra, proposed(founding(it), days(20)));
        },
        &[WrongSigner],
    ),
    (
        "an acceptance by the United Kingdom",
        |it| {
            let proposal = it.approved(Gbr, proposed(founding(it), days(20)));
            it.append(Gbr, accepted_version(proposal));
        },
        &[WrongSigner],
    ),
    (
        "provisions that contradict themselves",
        |it| {
            let faulty = Provisions { extended_answer_days: 1, ..days(20) };
            it.append(Gbr, proposed(founding(it), faulty));
        },
        &[SchemaVersion],
    ),
    (
        "rules that nobody knows",
        |it| {
            let unknown = Provisions { rules: 2, ..days(20) };
            it.append(Gbr, proposed(founding(it), unknown));
        },
        &[SchemaVersion],
    ),
];

#[test]
fn a_step_that_is_out_of_order_changes_nothing() {
    for (name, tell, found) in UNSEEN.into_iter().chain(ILL_FORMED) {
        let mut sides = TwoSides::founded();
        tell(&mut sides);
        sides.exchange();
        assert_eq!((in_force(&sides), breaks(&sides)), ((14, 14), found.to_vec()), "{name}");
    }
}

#[test]
fn the_first_acceptance_of_what_follows_the_version_in_force_counts() {
    let mut sides = TwoSides::founded();
    let before = founding(&sides);
    let one = sides.approved(Gbr, proposed(before, days(20)));
    let two = sides.approved(Gbr, proposed(before, days(21)));
    sides.exchange();
    sides.approved(Fra, accepted_version(two));
    sides.approved(Fra, accepted_version(one));
    sides.exchange();
    assert_eq!((in_force(&sides), breaks(&sides)), ((21, 21), vec![IllegalTransition]));
    sides.approved(Fra, accepted_version(two));
    assert_eq!(in_force(&sides), (21, 21), "a second acceptance of the same");
    assert_eq!(breaks(&sides), [IllegalTransition, IllegalTransition]);

    let next = sides.approved(Gbr, proposed(two, days(22)));
    sides.exchange();
    sides.approved(Fra, accepted_version(next));
    sides.exchange();
    assert_eq!(in_force(&sides), (22, 22));
}

#[test]
fn a_scope_is_in_force_from_the_version_that_lists_it() {
    let of = |scope| {
        let mut record = request("GB01-1", 0);
        let Content::ReadmissionRequest(one) = &mut record.content else { panic!("a request") };
        one.scope = scope;
        record
    };
    let listed = provisions().scopes;
    for scope in Scope::ALL.iter().copied() {
        let mut sides = TwoSides::founded();
        let id = sides.append(Gbr, of(scope));
        let known = listed.as_slice().contains(&scope);
        let wanted = if known { vec![] } else { vec![BreakClass::ScopeNotInForce] };
        assert_eq!(breaks(&sides), wanted, "{scope}");
        if !known {
            // In the old case it stays a break; the next one is in force.
            let scopes = CodeList::new(Scope::ALL.to_vec()).unwrap();
            renewed(&mut sides, Provisions { scopes, ..provisions() });
            let record = Record { case: Some("GB01-2".parse().unwrap()), ..of(scope) };
            sides.append(Gbr, record);
            let ledger = sides.ledger(sides.now);
            let evidence: Vec<_> = ledger.breaks.iter().map(|one| one.evidence.clone()).collect();
            assert_eq!((classes(&ledger), evidence), (wanted, vec![vec![id]]), "{scope}");
        }
    }
    assert!(listed.as_slice().len() < Scope::ALL.len(), "one is not in force");
}

#[test]
fn a_place_is_known_from_the_version_that_lists_it_or_once_it_is_corrected() {
    use super::super::fixture::{correction, place};
    let to = |code: &str, asked: RecordId| {
        let mut record = notice("GB04-1", &[asked], "2025-08-12", 1);
        let Content::TransferNotice(one) = &mut record.content else { panic!("a notice") };
        one.to = place(code);
        record
    };
    let mut sides = TwoSides::founded();
    let asked = sides.append(Gbr, request("GB01-1", 0));
    let answered = sides.append(Fra, accept(asked));
    let mut listed = sides.clone();
    let id = sides.append(Gbr, to("FRTLS", answered));
    assert_eq!(breaks(&sides), [BreakClass::PlaceUnknown]);
    sides.approved(Gbr, correction(id, to("FRLYS", answered)));
    assert_eq!(breaks(&sides), []);
    let mut places = provisions().places;
    places.push(place("FRTLS"));
    places.sort();
    renewed(&mut listed, Provisions { places, ..provisions() });
    listed.append(Gbr, to("FRTLS", answered));
    assert_eq!(breaks(&listed), []);
}

fn phase(ledger: &Ledger, on: &str) -> Phase {
    ledger.versions.phase(ledger.versions.number(Gbr), day(on))
}

#[test]
fn either_side_ends_the_agreement_after_a_month() {
    for by in Party::BOTH {
        let mut sides = TwoSides::founded();
        let ends = founding(&sides);
        let id = sides.append(by, terminated(ends));
        sides.go_to(at("2025-08-31T23:59:00Z")).append(by, approval(id));
        sides.go_to(at("2025-09-01T00:00:00Z")).exchange();
        let ledger = sides.ledger(sides.now);
        assert_eq!(classes(&ledger), [], "{by}");
        assert_eq!(phase(&ledger, "2025-10-01"), Phase::InForce, "{by}: from the receipt");
        assert_eq!(phase(&ledger, "2025-10-02"), Phase::RunOff, "{by}");
        assert_eq!(phase(&ledger, "2025-08-05"), Phase::Before, "{by}");

        // A second termination moves nothing.
        sides.go_to(at("2025-09-05T00:00:00Z")).approved(by.other(), terminated(ends));
        sides.exchange();
        assert_eq!(phase(&sides.ledger(sides.now), "2025-10-02"), Phase::RunOff, "{by}");
        for (received, found) in [
            ("2025-10-01T23:59:59Z", vec![]),
            ("2025-10-02T00:00:00Z", vec![OutsideAgreementWindow]),
        ] {
            let mut sides = sides.clone();
            sides.append(Gbr, allocation("GB11-1", 3));
            sides.go_to(at(received)).entangle(Fra);
            assert_eq!(breaks(&sides), found, "{by}, {received}");
        }
    }
}

#[test]
fn a_termination_that_waits_was_rejected_or_names_no_version_ends_nothing() {
    type Tell = fn(&mut TwoSides, RecordId);
    let told: [(&str, Tell, &[BreakClass]); 3] = [
        (
            "it waits",
            |it, ends| {
                it.append(Fra, terminated(ends));
            },
            &[ApprovalAwaited],
        ),
        (
            "it was rejected",
            |it, ends| {
                let id = it.append(Fra, terminated(ends));
                it.append(Fra, rejection(id));
            },
            &[],
        ),
        (
            "it names a visa",
            |it, _| {
                let issued = it.append(Gbr, visa("GB13-1", 1, 0, "2025-12-31"));
                it.approved(Gbr, terminated(issued));
            },
            &[IllegalTransition],
        ),
    ];
    for (name, tell, found) in told {
        let mut sides = TwoSides::founded();
        let ends = founding(&sides);
        tell(&mut sides, ends);
        sides.exchange();
        let ledger = sides.ledger(sides.now);
        assert_eq!(classes(&ledger), found, "{name}");
        assert_eq!(phase(&ledger, "2026-06-11"), Phase::InForce, "{name}");
    }
}

#[test]
fn what_was_begun_is_run_off_after_the_end() {
    let mut sides = TwoSides::under(Provisions { expires: day("2025-08-11"), ..provisions() });
    let announced = sides.announced(1, "2025-08-12", 3);
    sides.go_to(at("2025-08-12T08:00:00Z"));
    let late = sides.append(Gbr, request("GB01-9", 0));
    let left = sides.append(Gbr, departure(announced, "2025-08-12", 3));
    sides.append(Fra, arrival(left, "2025-08-12", 3));
    sides.exchange();
    let ledger = sides.ledger(sides.now);
    assert_eq!(ledger.tally().returned.agreed, 3, "the arrival still counts");
    let outside: Vec<_> = ledger.breaks.iter().map(|one| &one.evidence).collect();
    assert!(
        outside.iter().any(|it| it[..] == [late])
            && classes(&ledger).contains(&OutsideAgreementWindow)
    );
    assert_eq!(ledger.cases[&late].persons.0, 1, "and the request is kept");
}
