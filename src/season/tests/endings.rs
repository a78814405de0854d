//! Every way in which a case can end comes up, and the limits are kept where no fault is planted.

use super::*;

/// The content of an act, if it is of this kind.
macro_rules! of_kind {
    ($act:expr, $kind:ident) => {
        whole($act).and_then(|content| match content {
            Content::$kind(one) => Some(&**one),
            _ => None,
        })
    };
}

fn acts(season: &Season) -> BTreeMap<Label, (Timestamp, &Act)> {
    let steps = season.steps().iter();
    steps.flat_map(|step| step.acts().iter().map(|act| (act.label, (step.time(), act)))).collect()
}

#[test]
fn every_outcome_of_every_kind_occurs() {
    let season = Season::generate(Size { cases: 3000, ..SIZE }, 7, 0).unwrap();
    let mut names = BTreeSet::new();
    for act in season.acts().filter(|act| act.kind() != Kind::OutageNotice) {
        let said = serde_json::to_value(whole(act)).unwrap();
        for field in ["outcome", "ground", "status", "reason", "scope", "step"] {
            if let Some(value) = said.get(field).and_then(serde_json::Value::as_str) {
                names.insert(format!("{} {value}", act.kind()));
            }
        }
    }
    for wanted in [
        names_of(Kind::Answer, RefusalGround::ALL),
        names_of(Kind::Answer, AnswerOutcome::ALL),
        names_of(Kind::ReplyExtension, ExtensionReason::ALL),
        names_of(Kind::TransferReply, ReplyOutcome::ALL),
        names_of(Kind::Postponement, PostponementReason::ALL),
        names_of(Kind::Withdrawal, WithdrawalReason::ALL),
        names_of(Kind::Arrival, ArrivalOutcome::ALL),
        names_of(Kind::Lapse, LapseReason::ALL),
        names_of(Kind::WindowStatus, WindowState::ALL),
        names_of(Kind::ReadmissionRequest, Scope::ALL),
        names_of(Kind::DisclosureStatus, DisclosureOutcome::ALL),
        names_of(Kind::Approval, ApprovalOutcome::ALL),
        names_of(Kind::AgreementVersion, &[VersionStep::Proposed, VersionStep::Accepted]),
    ] {
        let missing: Vec<_> = wanted.difference(&names).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}

fn names_of<T: ToString>(kind: Kind, codes: &[T]) -> BTreeSet<String> {
    codes.iter().map(|code| format!("{kind} {}", code.to_string())).collect()
}

#[test]
fn cases_are_taken_back_at_every_stage_and_while_france_accepts() {
    let season = season(0);
    let all = acts(&season);
    let mut stages = BTreeMap::new();
    for (time, act) in all.values().filter(|(_, act)| act.kind() == Kind::Withdrawal) {
        let of = act.re[0];
        if all[&of].1.kind() == Kind::VisaIssued {
            *stages.entry("visa").or_insert(0) += 1;
            continue;
        }
        let before = |kind, re: Label| {
            let mut said = all.values().filter(|(_, one)| one.kind() == kind);
            said.any(|(then, one)| then < time && one.re.contains(&re))
        };
        let answer = all.values().find(|(_, one)| one.kind() == Kind::Answer && one.re == [of]);
        let stage = match answer {
            Some((then, _)) if then == time => "crossing",
            Some((_, answer)) if before(Kind::TransferNotice, answer.label) => "travelling",
            Some(_) => "accepted",
            None if before(Kind::ReplyExtension, of) => "extended",
            None => "requested",
        };
        *stages.entry(stage).or_insert(0) += 1;
    }
    let wanted = ["accepted", "crossing", "extended", "requested", "travelling", "visa"];
    assert_eq!(stages.into_keys().collect::<Vec<_>>(), wanted);
}

#[test]
fn some_cases_are_open_at_the_end() {
    let season = season(0);
    let answered: BTreeSet<Label> = season
        .acts()
        .filter(|act| act.kind() == Kind::Answer || act.kind() == Kind::Withdrawal)
        .flat_map(|act| act.re.clone())
        .collect();
    let requests: Vec<&Act> =
        season.acts().filter(|act| act.kind() == Kind::ReadmissionRequest).collect();
    let open = requests.iter().filter(|act| !answered.contains(&act.label)).count();
    assert!((1..requests.len() / 10).contains(&open), "{open}");
    let used: BTreeSet<Label> = season
        .acts()
        .filter(|act| matches!(act.kind(), Kind::TravelNotice | Kind::Lapse | Kind::Withdrawal))
        .flat_map(|act| act.re.clone())
        .collect();
    let visas = season.acts().filter(|act| act.kind() == Kind::VisaIssued);
    assert!(visas.filter(|act| !used.contains(&act.label)).count() > 5);
}

#[test]
fn people_are_returned_alone_in_groups_and_as_families() {
    let season = season(0);
    let all = acts(&season);
    let minors = |answer: &Label| {
        let request = all[&all[answer].1.re[0]].1;
        of_kind!(request, ReadmissionRequest).is_some_and(|one| one.minors.0 > 0)
    };
    let notices: Vec<&Act> =
        season.acts().filter(|act| act.kind() == Kind::TransferNotice).collect();
    let alone = notices.iter().filter(|act| act.re.len() == 1).count();
    let groups = notices.iter().filter(|act| act.re.len() > 2).count();
    let families = notices.iter().filter(|act| act.re.iter().any(minors)).count();
    assert!(alone > 10 && groups > 10 && families > 10, "{alone} {groups} {families}");
    let several = |act: &&Act| act.kind() == Kind::TravelNotice && act.re.len() > 1;
    assert!(season.acts().filter(several).count() > 10);
}

#[test]
fn limits_are_kept_where_no_fault_is_planted() {
    let terms = provisions().unwrap();
    for seed in 0..5 {
        let season = Season::generate(SIZE, seed, 0).unwrap();
        let all = acts(&season);
        for (time, act) in all.values() {
            kept(&terms, &all, time.date(), act);
        }
    }
}

/// Checks one act against the limits, and against the acts that it continues.
fn kept(
    terms: &crate::record::Provisions,
    all: &BTreeMap<Label, (Timestamp, &Act)>,
    today: Date,
    act: &Act,
) {
    if let Some(one) = of_kind!(act, ReadmissionRequest) {
        assert!(one.arrived <= today && today <= one.arrived.plus(terms.request_days));
    }
    if act.kind() == Kind::Answer {
        let asked = all[&act.re[0]].0.date();
        let extended = all.values().any(|(then, one)| {
            one.kind() == Kind::ReplyExtension
                && one.re == act.re
                && then.date() <= asked.plus(terms.answer_days)
        });
        let days = if extended { terms.extended_answer_days } else { terms.answer_days };
        assert!(today <= asked.plus(days), "{}", act.label);
    }
    if let Some(one) = of_kind!(act, TransferNotice) {
        let group = one.persons >= terms.group_persons;
        let days = if group { terms.group_notice_days } else { terms.notice_days };
        let leaves = act.at.unwrap();
        assert!(today.plus(days) <= leaves && leaves <= today.plus(terms.attestation_days));
        assert!(terms.knows(&one.from) && terms.knows(&one.to));
    }
    if act.kind() == Kind::Departure {
        for answer in &all[&act.re[0]].1.re {
            let request = of_kind!(all[&all[answer].1.re[0]].1, ReadmissionRequest).unwrap();
            // Three months are never shorter than 89 days.
            assert!(act.at.unwrap() <= request.arrived.plus(89));
        }
    }
    if let Some(one) = of_kind!(act, VisaIssued) {
        assert!(one.expires <= act.at.unwrap().plus(88));
    }
    if act.kind() == Kind::Admission {
        for visa in &all[&act.re[0]].1.re {
            assert!(act.at.unwrap() <= of_kind!(all[visa].1, VisaIssued).unwrap().expires);
        }
    }
}

#[test]
fn what_needs_approval_has_it_before_the_week_ends_and_from_another_key() {
    let season = season(0);
    let all = acts(&season);
    let mut ids = founded();
    season.acts().for_each(|act| ids.learn(act.label, stand_in(act.label)));
    let approvals: BTreeMap<Label, &(Timestamp, &Act)> = all
        .values()
        .filter(|(_, act)| act.kind() == Kind::Approval)
        .map(|one| (one.1.re[0], one))
        .collect();
    let mut needed = 0;
    for (label, (time, act)) in &all {
        if act.record(&ids).unwrap().content.needs_approval() {
            needed += 1;
            let (then, approval) = approvals[label];
            assert_eq!(approval.party, act.party);
            assert_ne!(approval.signer, act.signer);
            assert!(time < then && time.date().week() == then.date().week());
        }
    }
    assert_eq!((needed, needed > 20), (approvals.len(), true));
}

#[test]
fn reversals_erasures_and_consents_come_from_both_sides_in_one_week() {
    let season = season(0);
    let all = acts(&season);
    for kind in [Kind::Reversal, Kind::Erasure] {
        let mut both: BTreeMap<Label, Vec<_>> = BTreeMap::new();
        for (time, act) in all.values().filter(|(_, act)| act.kind() == kind) {
            both.entry(act.re[0]).or_default().push((act.party, time.date().week()));
        }
        assert!(both.len() > 2, "{kind}");
        for said in both.values() {
            assert!(matches!(said.as_slice(), [(one, then), (other, now)]
                if one != other && then == now));
        }
    }
    let consents = all.values().filter(|(_, act)| act.fact == Fact::Correction(None));
    assert!(consents.clone().count() > 3);
    for (_, act) in consents {
        let (_, corrected) = all[&act.re[0]];
        assert_eq!((corrected.kind(), corrected.party), (Kind::Correction, act.party.other()));
    }
}

#[test]
fn the_agreed_sums_are_those_of_the_arrivals_and_admissions_that_are_not_reversed() {
    let season = season(0);
    let reversed: BTreeSet<Label> = season
        .acts()
        .filter(|act| act.kind() == Kind::Reversal)
        .flat_map(|act| act.re.clone())
        .collect();
    let mut corrected = BTreeMap::new();
    for act in season.acts() {
        if let Fact::Correction(Some(one)) = &act.fact
            && let Content::Arrival(arrival) = &one.content
        {
            corrected.insert(act.re[0], u64::from(arrival.persons));
        }
    }
    let counting = || season.acts().filter(|act| !reversed.contains(&act.label));
    let arrived = |act: &Act| {
        let one = of_kind!(act, Arrival)?;
        Some(corrected.get(&act.label).copied().unwrap_or(one.persons.into()))
    };
    let returned: u64 = counting().filter_map(arrived).sum();
    let admitted: u64 = counting()
        .filter_map(|act| of_kind!(act, Admission).map(|one| u64::from(one.persons)))
        .sum();
    assert_eq!(season.agreed(), (returned, admitted));
    assert!(returned > 100 && admitted > 100 && !reversed.is_empty());
}

#[test]
fn a_season_ends_as_it_was_asked_to() {
    for (ending, ends, terminated) in
        [(Ending::Open, 0, 0), (Ending::YearEnd, 2, 0), (Ending::Terminated, 2, 1)]
    {
        let season = Season::generate(Size { cases: 50, weeks: 20, ending }, 1, 0).unwrap();
        let log_ends = season.acts().filter(|act| act.kind() == Kind::LogEnd).count();
        let step = |act: &Act| of_kind!(act, AgreementVersion).map(|one| one.step);
        let terminations =
            season.acts().filter(|act| step(act) == Some(VersionStep::Terminated)).count();
        assert_eq!((log_ends, terminations), (ends, terminated), "{ending:?}");
        let last = season.steps().last().unwrap().acts();
        assert_eq!(last.iter().filter(|act| act.kind() == Kind::LogEnd).count(), last.len());
    }
}

#[test]
fn no_answer_says_what_an_honest_side_would_not() {
    let season = season(0);
    let answers =
        season.acts().filter_map(|act| of_kind!(act, Answer).map(|one| (act.re[0], one.outcome)));
    let mut seen = BTreeMap::new();
    for (request, outcome) in answers {
        assert_eq!(seen.insert(request, outcome), None, "{request} is answered twice");
    }
    let accepted = seen.values().filter(|outcome| **outcome == AnswerOutcome::Accepted).count();
    assert!(accepted > seen.len() / 2);
}
