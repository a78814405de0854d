//! What holds of every generated season, whatever its size and seed.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{
    envelope::Role,
    names::{Date, RecordId, Timestamp, sha256},
    record::{
        AnswerOutcome, ApprovalOutcome, ArrivalOutcome, BreakClass, Content, DisclosureOutcome,
        ExtensionReason, Kind, LapseReason, PostponementReason, RefusalGround, ReplyOutcome, Scope,
        VersionStep, WindowState, WithdrawalReason,
    },
};

mod endings;

const SIZE: Size = Size { cases: 900, weeks: 40, ending: Ending::YearEnd };

fn season(faults: u32) -> Season {
    Season::generate(SIZE, 7, faults).unwrap()
}

/// An id that stands for the record of an act.
fn stand_in(label: Label) -> RecordId {
    RecordId::new(sha256(label.to_string().as_bytes()))
}

fn founded() -> Ids {
    Ids::founded(stand_in(Label::FOUNDING))
}

/// Seasons of several sizes, seeds and endings.
fn several() -> Vec<Season> {
    let mut all = Vec::new();
    for (cases, weeks, ending, seed, faults) in [
        (0, 2, Ending::Open, 0, 0),
        (10, 2, Ending::YearEnd, 1, 500),
        (10, 40, Ending::Open, 2, 0),
        (40, 8, Ending::Terminated, 3, 300),
        (400, 20, Ending::Open, 4, 50),
        (900, 33, Ending::Terminated, 5, 1000),
        (900, 60, Ending::YearEnd, 6, 100),
    ] {
        all.push(Season::generate(Size { cases, weeks, ending }, seed, faults).unwrap());
    }
    all
}

#[test]
fn the_same_seed_gives_the_same_season_and_another_seed_another() {
    assert_eq!(season(100), season(100));
    assert_ne!(season(100), Season::generate(SIZE, 8, 100).unwrap());
    assert_ne!(season(100), season(0));
}

#[test]
fn a_season_has_as_many_cases_as_were_asked_for_and_few_more() {
    for cases in [10, 300, 3000] {
        let season = Season::generate(Size { cases, ..SIZE }, 1, 50).unwrap();
        let asked = |kind: Kind| matches!(kind, Kind::ReadmissionRequest | Kind::VisaIssued);
        let found = season.acts().filter(|act| asked(act.kind())).count();
        let wanted = usize::try_from(cases).unwrap();
        // Visas that would be issued after the end are not there.
        assert!((wanted * 9 / 10..=wanted + 12).contains(&found), "{found} of {cases}");
    }
}

#[test]
fn times_ascend_and_every_week_is_closed_once() {
    for season in several() {
        let mut before = Timestamp::new(0);
        let mut due = provisions().unwrap().in_force.week();
        for step in season.steps() {
            assert!(before < step.time(), "{}", step.time());
            before = step.time();
            match step {
                Step::Submit { time, acts } => {
                    assert!(time.date().week() == due && !acts.is_empty(), "{time}");
                }
                Step::WeekEnd { time, week } => {
                    assert!(*week == due && *time > week.end());
                    due = week.next();
                }
            }
        }
    }
}

#[test]
fn every_act_refers_only_to_acts_of_earlier_steps_and_no_two_share_a_label() {
    for season in several() {
        let mut earlier = founded();
        let mut labels = BTreeSet::new();
        for step in season.steps() {
            for act in step.acts() {
                act.record(&earlier).unwrap();
                assert!(labels.insert(act.label), "{}", act.label);
            }
            step.acts().iter().for_each(|act| earlier.learn(act.label, stand_in(act.label)));
        }
    }
}

#[test]
fn every_act_is_of_form_and_its_party_and_role_may_sign_it() {
    for season in several() {
        let mut ids = founded();
        season.acts().for_each(|act| ids.learn(act.label, stand_in(act.label)));
        for act in season.acts() {
            let record = act.record(&ids).unwrap();
            record.check_form().unwrap_or_else(|fault| panic!("{} {fault}", act.kind()));
            assert_eq!(record.foreign(act.party), None, "{} {}", act.label, act.kind());
            assert_eq!(act.signer, act.kind().shape().role);
            assert!(act.case.as_ref().is_none_or(|case| case.party() == act.party));
        }
    }
}

#[test]
fn every_reference_is_given_once() {
    for season in several() {
        let mut seen = BTreeSet::new();
        for case in season.acts().filter_map(|act| act.case.as_ref()) {
            assert!(seen.insert(case), "{case}");
        }
    }
}

#[test]
fn every_kind_that_somebody_signs_occurs_but_objections() {
    let season = Season::generate(Size { cases: 400, ..SIZE }, 3, 100).unwrap();
    let signed: BTreeSet<Kind> = season.acts().map(Act::kind).collect();
    let own = |kind: &Kind| kind.shape().role == Role::Ledger;
    let wanted: BTreeSet<Kind> = Kind::ALL.iter().copied().filter(|kind| !own(kind)).collect();
    assert_eq!(signed, wanted);
}

#[test]
fn every_kind_can_stand_beside_a_plan_whose_sums_do_not_change() {
    let calendar = Calendar::new(provisions().unwrap().in_force, 33);
    let season =
        Season::with_every_kind(calendar, Dice::new(1), Numbers::default(), (5, 6)).unwrap();
    assert_eq!((season.agreed(), season.planted().len()), ((5, 6), 0));
    let counted = |kind: Kind| matches!(kind, Kind::Admission | Kind::TravelNotice);
    let own = |kind: Kind| kind.shape().role == Role::Ledger || kind == Kind::DepartureCount;
    let signed: BTreeSet<Kind> = season.acts().map(Act::kind).collect();
    let all = Kind::ALL.iter().copied();
    assert_eq!(signed, all.filter(|kind| !own(*kind) && !counted(*kind)).collect());
    let of = |kind: Kind| season.acts().filter(move |act| act.kind() == kind);
    let reversed: BTreeSet<Label> = of(Kind::Reversal).map(|act| act.re[0]).collect();
    assert_eq!(reversed, of(Kind::Arrival).map(|act| act.label).collect());
    // Of a season that is too short for all of it, both logs end all the same.
    let calendar = Calendar::new(provisions().unwrap().in_force, 5);
    let season =
        Season::with_every_kind(calendar, Dice::new(1), Numbers::default(), (0, 0)).unwrap();
    assert!(season.acts().all(|act| act.kind() == Kind::LogEnd));
}

#[test]
fn the_size_of_a_season_grows_in_proportion() {
    let acts = |cases| Season::generate(Size { cases, ..SIZE }, 1, 20).unwrap().acts().count();
    let (few, many) = (acts(1000), acts(10_000));
    assert!((few * 8..few * 12).contains(&many), "{few} {many}");
}

#[test]
fn without_faults_nothing_is_planted_and_with_faults_every_class_is() {
    assert_eq!(season(0).planted(), []);
    let season = Season::generate(Size { cases: 2000, ..SIZE }, 1, 200).unwrap();
    let planted: BTreeSet<BreakClass> = season.planted().iter().map(|one| one.class).collect();
    let never = [
        // No daemon logs it.
        BreakClass::UnknownReference,
        BreakClass::ContestedEntry,
        BreakClass::BadSignature,
        BreakClass::UnknownKey,
        BreakClass::RetiredKey,
        // A season keeps its keys.
        BreakClass::Suspect,
        BreakClass::ExpiredKey,
        BreakClass::WrongSigner,
        BreakClass::Replay,
        BreakClass::SchemaVersion,
        BreakClass::PersonDataInFrenchRecord,
        BreakClass::ClockSkew,
        // Both sides compute alike.
        BreakClass::TotalMatchRecordsDiffer,
        BreakClass::StatementMismatch,
        // It takes logs that are not mirrored for a while.
        BreakClass::ReceiptWithheld,
        // The agreement is extended in time.
        BreakClass::OutsideAgreementWindow,
        // The terms let admissions be as far ahead as they like, and behind.
        BreakClass::HeadStartExceeded,
        BreakClass::Imbalance,
        // The season in question does not end with the agreement.
        BreakClass::UnsettledAtTerm,
    ];
    let wanted: BTreeSet<BreakClass> =
        BreakClass::ALL.iter().copied().filter(|class| !never.contains(class)).collect();
    assert_eq!(planted, wanted);
    assert!(season.planted().iter().any(|one| one.until.is_some()));
}

#[test]
fn the_proportion_of_faults_is_about_what_was_asked_for() {
    let planted =
        |faults| Season::generate(Size { cases: 5000, ..SIZE }, 1, faults).unwrap().planted().len();
    let (few, many) = (planted(10), planted(100));
    assert!(few > 5 && few * 6 < many && many < few * 16, "{few} {many}");
}

#[test]
fn what_is_planted_names_acts_of_the_season_none_of_which_comes_after_it() {
    for season in several() {
        let times: BTreeMap<Label, Timestamp> = season
            .steps()
            .iter()
            .flat_map(|step| step.acts().iter().map(|act| (act.label, step.time())))
            .collect();
        for one in season.planted() {
            assert_eq!(one.evidence.first(), Some(&one.shown_by));
            for label in &one.evidence {
                assert!(times[label] <= one.from, "{one:?}");
            }
            assert!(one.until.is_none_or(|until| one.from < until), "{one:?}");
            assert!(one.is_open(one.from) && !one.is_open(Timestamp::new(0)));
        }
    }
}

/// The content of an act, or of the record by which it replaces another.
fn whole(act: &Act) -> Option<&Content> {
    match &act.fact {
        Fact::Whole(content) => Some(content),
        Fact::Correction(_) | Fact::Resolution(_) => None,
    }
}
