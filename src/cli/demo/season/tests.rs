//! What holds of the season, whatever its seed draws.

mod fold;
mod people;

use std::collections::BTreeMap;

use super::*;
use crate::{
    envelope::Role,
    names::{Commitment, RecordId, sha256},
    record::{AnswerOutcome, ArrivalOutcome, Evidence, RefusalGround, Scope, Submission},
    season::{Ids, NotReady},
};

fn season() -> Season {
    Season::published().unwrap()
}

/// An id that stands for the record of an act.
fn stand_in(label: Label) -> RecordId {
    RecordId::new(sha256(label.to_string().as_bytes()))
}

/// The agreement, and nothing else, is known.
fn founded() -> Ids {
    Ids::founded(stand_in(Label::FOUNDING))
}

/// Every act with the time at which it is submitted.
fn timed(season: &Season) -> BTreeMap<Label, (Timestamp, &Act)> {
    let steps = season.steps().iter();
    steps.flat_map(|step| step.acts().iter().map(|act| (act.label, (step.time(), act)))).collect()
}

fn whole(act: &Act) -> Option<&Content> {
    match &act.fact {
        Fact::Whole(content) => Some(content),
        Fact::Correction(_) | Fact::Resolution(_) => None,
    }
}

/// A fact's own content, whichever kind it is.
macro_rules! of_kind {
    ($act:expr, $kind:ident) => {
        match whole($act) {
            Some(Content::$kind(one)) => Some(&**one),
            _ => None,
        }
    };
}
use of_kind;

fn days_between(earlier: Date, later: Date) -> u32 {
    later.days().checked_sub(earlier.days()).unwrap()
}

#[test]
fn the_season_passes_through_every_published_figure() {
    let season = season();
    for figure in figures().unwrap() {
        let (returned, admitted) = season.totals_at(figure.date);
        assert_eq!(returned, figure.returned, "{}", figure.date);
        assert_eq!(Some(admitted), figure.admitted.or(Some(admitted)), "{}", figure.date);
    }
    let end = season.figures().last().unwrap();
    assert_eq!(season.totals_at(end.date.plus(1000)), (end.returned, end.admitted.unwrap()));
    assert_eq!(season.totals_at("2025-09-18".parse().unwrap()), (0, 0));
}

#[test]
fn another_seed_gives_another_season_through_the_same_figures_and_the_same_seed_the_same() {
    assert_eq!(season(), season());
    for seed in 0..20 {
        let other = Season::through(figures().unwrap(), seed).unwrap();
        assert_ne!(other, season());
        for figure in other.figures() {
            let (returned, admitted) = other.totals_at(figure.date);
            assert!(figure.agrees(returned, admitted), "seed {seed}, {}", figure.date);
        }
    }
}

#[test]
fn the_season_is_of_the_size_that_a_demo_can_show() {
    let season = season();
    let acts = season.acts().count();
    assert!((1000..=1500).contains(&acts), "{acts} submissions");
    assert!((150..=240).contains(&season.steps().len()), "{} steps", season.steps().len());
    let weeks: Vec<String> = season.weeks().map(|week| week.to_string()).collect();
    assert_eq!(weeks.len(), 33);
    assert_eq!((weeks[0].as_str(), weeks[32].as_str()), ("2025-W32", "2026-W12"));
}

#[test]
fn every_week_from_entry_into_force_on_is_closed_once_in_order_and_after_its_end() {
    let season = season();
    let mut due: Week = "2025-W32".parse().unwrap();
    let mut before = Season::begins().unwrap();
    for step in season.steps() {
        assert!(before < step.time(), "{}", step.time());
        before = step.time();
        match step {
            Step::WeekEnd { time, week } => {
                assert_eq!(*week, due);
                assert!(*time > week.end() && time.distance(week.end()) < 3600);
                due = week.next();
            }
            Step::Submit { time, acts } => {
                assert_eq!(time.date().week(), due);
                assert!(!acts.is_empty());
            }
        }
    }
    assert_eq!(due.to_string(), "2026-W13");
}

#[test]
fn no_act_refers_to_one_of_its_own_step_or_of_a_later_one() {
    let mut earlier = founded();
    for step in season().steps() {
        for act in step.acts() {
            act.record(&earlier).unwrap();
        }
        step.acts().iter().for_each(|act| earlier.learn(act.label, stand_in(act.label)));
    }
}

#[test]
fn an_act_whose_earlier_record_is_not_known_is_not_submitted() {
    let season = season();
    let referring: Vec<&Act> = season.acts().filter(|act| !act.needs().is_empty()).collect();
    assert!(referring.len() > 500);
    for act in referring {
        let needs = act.needs();
        for without in &needs {
            let mut all_but_one = Ids::default();
            for need in needs.iter().filter(|need| *need != without) {
                all_but_one.learn(*need, stand_in(*need));
            }
            let refused = act.record(&all_but_one).unwrap_err();
            assert!(matches!(refused, NotReady::Missing { missing, .. } if missing == *without));
        }
    }
}

#[test]
fn every_reference_is_unique_and_has_the_letters_of_its_author() {
    let sorts = [
        (Kind::ReadmissionRequest, "GB01"),
        (Kind::Answer, "FR04"),
        (Kind::TransferNotice, "GB06"),
        (Kind::Departure, "GB10"),
        (Kind::Arrival, "FR11"),
        (Kind::Allocation, "GB12"),
        (Kind::VisaIssued, "GB14"),
        (Kind::TravelNotice, "GB15"),
        (Kind::DepartureCount, "FR16"),
        (Kind::Admission, "GB17"),
    ];
    let season = season();
    let mut seen = BTreeSet::new();
    for act in season.acts() {
        let Some(case) = &act.case else { continue };
        assert!(seen.insert(case.clone()), "{case}");
        let (_, sort) = sorts.iter().find(|(kind, _)| *kind == act.kind()).unwrap();
        assert!(case.as_str().starts_with(*sort), "{} {case}", act.kind());
    }
}

#[test]
fn every_act_is_a_submission_of_form_for_its_party_and_for_no_other() {
    let season = season();
    let mut all = founded();
    season.acts().for_each(|act| all.learn(act.label, stand_in(act.label)));
    let decoy = &mut || Commitment::new([7; 32]);
    let mut ids = BTreeSet::new();
    for act in season.acts() {
        if act.signer == Role::Officer {
            act.record(&all).unwrap().check_form().unwrap();
            continue;
        }
        let json = act.submission(&all).unwrap().to_string();
        let read = Submission::parse(json.as_bytes(), act.party, None, decoy).unwrap();
        assert_eq!(read.record.case, act.case);
        assert_eq!(read.record.re.len(), act.re.len());
        assert!(ids.insert(read.id), "two acts have one idempotency key");
        // What either side may sign, the other could have signed.
        let either = act.case.is_none();
        let other = Submission::parse(json.as_bytes(), act.party.other(), None, decoy);
        assert!(other.is_err() || either, "{}", act.kind());
    }
}

#[test]
fn every_journey_happens_in_the_week_in_which_it_is_submitted_and_never_before_its_day() {
    let season = season();
    for (time, act) in timed(&season).into_values() {
        let Some(day) = act.at else { continue };
        assert_eq!(day.week(), time.date().week(), "{}", act.label);
        let ahead = matches!(act.kind(), Kind::TransferNotice | Kind::TravelNotice);
        assert_eq!(day > time.date(), ahead, "{} {}", act.kind(), act.label);
    }
}

#[test]
fn one_side_is_killed_half_way_while_a_backlog_of_requests_is_sent_in() {
    let season = season();
    let kills: Vec<_> = season.steps().iter().filter(|step| season.kill(step).is_some()).collect();
    let [kill] = kills.as_slice() else { panic!("{} kills", kills.len()) };
    assert_eq!(season.kill(kill), Some(Party::Gbr));
    let requests = kill.acts().iter().filter(|act| act.kind() == Kind::ReadmissionRequest);
    assert!(requests.clone().count() >= 64, "{}", requests.count());
    assert!(kill.acts().iter().all(|act| act.party == Party::Gbr));
    let before = season.steps().iter().take_while(|step| step.time() < kill.time());
    let share = before.clone().count() * 100 / season.steps().len();
    assert!((35..=65).contains(&share), "{share} % of the steps");

    let mut outcomes = BTreeMap::new();
    for answer in season.acts().filter_map(|act| Some((act, of_kind!(act, Answer)?))) {
        if kill.acts().iter().any(|act| act.label == answer.0.re[0]) {
            *outcomes.entry(answer.1.outcome).or_insert(0) += 1;
        }
    }
    assert_eq!(outcomes.len(), 2);
    assert_eq!(outcomes.values().sum::<usize>(), requests_of(kill));
}

fn requests_of(step: &Step) -> usize {
    step.acts().iter().filter(|act| act.kind() == Kind::ReadmissionRequest).count()
}

#[test]
fn every_kind_that_somebody_signs_occurs_but_objections() {
    let own = |kind: &Kind| kind.shape().role == Role::Ledger;
    let signed: BTreeSet<Kind> = season().acts().map(Act::kind).collect();
    assert_eq!(signed, Kind::ALL.iter().copied().filter(|kind| !own(kind)).collect());
}

#[test]
fn admissions_are_never_further_ahead_of_returns_than_the_example_allows() {
    let season = season();
    let of = |act: &Act| {
        let issued = of_kind!(act, VisaIssued).map(|one| i64::from(one.persons().0));
        issued.or_else(|| of_kind!(act, Arrival).map(|one| -i64::from(one.persons.0)))
    };
    // Every visa counts as outstanding for good, and so more than the rule counts.
    let mut ahead = 0_i64;
    for act in season.acts() {
        ahead = ahead.saturating_add(of(act).unwrap_or_default());
        assert!(ahead <= 250, "{} {ahead}", act.label);
    }
}

#[test]
fn figures_that_no_season_can_pass_through_are_refused() {
    let good = figures().unwrap();
    let mut falling = good.clone();
    falling[3].returned = 1;
    let mut too_early = good.clone();
    too_early.insert(0, Figure { date: "2025-09-20".parse().unwrap(), ..good[0].clone() });
    assert!(matches!(
        Season::through(falling, SEED),
        Err(NoSeason::Plan(SeasonFault::Unreachable { .. }))
    ));
    assert!(matches!(
        Season::through(too_early, SEED),
        Err(NoSeason::Plan(SeasonFault::Unreachable { .. }))
    ));
    assert!(matches!(Season::through(Vec::new(), SEED), Err(NoSeason::NoFigures)));
    assert!(Season::through(good, SEED).is_ok());
}
