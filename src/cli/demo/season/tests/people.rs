//! Who is asked for, who travels, and within which limits.

use super::*;

#[test]
fn requests_answers_and_transports_keep_their_limits() {
    let season = season();
    let timed = timed(&season);
    let mut accepted = 0;
    for (time, act) in timed.values() {
        match &act.fact {
            Fact::Whole(Content::ReadmissionRequest(request)) => {
                assert!(days_between(request.arrived, time.date()) <= 14);
                assert!(request.arrived >= "2025-08-06".parse().unwrap());
            }
            Fact::Whole(Content::Answer(one)) => {
                let (asked, _) = timed[&act.re[0]];
                let extended = timed
                    .values()
                    .any(|(_, one)| one.kind() == Kind::ReplyExtension && one.re == act.re);
                let days = if extended { 28 } else { 14 };
                assert!(days_between(asked.date(), time.date()) <= days);
                accepted += usize::from(one.outcome == AnswerOutcome::Accepted);
            }
            Fact::Whole(Content::Departure(_)) => {
                let (_, notice) = timed[&act.re[0]];
                for answer in &notice.re {
                    let asked = timed[&timed[answer].1.re[0]].1;
                    let request = of_kind!(asked, ReadmissionRequest).unwrap();
                    // Three months are never shorter than 89 days.
                    assert!(days_between(request.arrived, act.at.unwrap()) <= 89);
                }
            }
            Fact::Whole(_) | Fact::Correction(_) | Fact::Resolution(_) => {}
        }
    }
    assert!(accepted > 300);
}

#[test]
fn every_transport_carries_exactly_the_persons_of_cases_that_were_accepted() {
    let season = season();
    let timed = timed(&season);
    let mut travelled = BTreeSet::new();
    for (_, act) in timed.values() {
        let Some(notice) = of_kind!(act, TransferNotice) else { continue };
        let persons: u16 = act
            .re
            .iter()
            .map(|answer| {
                let (_, answer) = timed[answer];
                assert_eq!(of_kind!(answer, Answer).unwrap().outcome, AnswerOutcome::Accepted);
                of_kind!(timed[&answer.re[0]].1, ReadmissionRequest).unwrap().persons().0
            })
            .sum();
        assert_eq!(notice.persons.0, persons, "{}", act.label);
        let left =
            timed.values().find(|(_, one)| one.kind() == Kind::Departure && one.re == [act.label]);
        for answer in left.iter().flat_map(|_| &act.re) {
            assert!(travelled.insert(answer), "{answer} travels twice");
        }
    }
}

#[test]
fn a_transport_that_fails_is_answered_by_a_not_arrived_and_its_people_travel_later() {
    let season = season();
    let timed = timed(&season);
    let mut failed = 0;
    for (time, act) in timed.values() {
        let Some(arrival) = of_kind!(act, Arrival) else { continue };
        let (_, named) = timed[&act.re[0]];
        if arrival.outcome == ArrivalOutcome::Arrived {
            assert_eq!(named.kind(), Kind::Departure);
            continue;
        }
        failed += 1;
        assert_eq!(
            (arrival.outcome, named.kind()),
            (ArrivalOutcome::NotArrived, Kind::TransferNotice)
        );
        assert!(
            !timed
                .values()
                .any(|(_, one)| { one.kind() == Kind::Departure && one.re[0] == named.label })
        );
        let again: Vec<_> =
            timed.values().filter(|(later, one)| later > time && one.re == named.re).collect();
        assert_eq!(again.len(), 1, "{}", named.label);
    }
    assert!((4..=12).contains(&failed), "{failed} transports fail");
}

#[test]
fn the_first_to_be_admitted_are_a_family_of_three_and_the_first_returned_is_one_man() {
    let season = season();
    let timed = timed(&season);
    let first = |kind| {
        let of = timed.values().filter(|(_, act)| act.kind() == kind);
        of.min_by_key(|(time, _)| *time).unwrap().1
    };
    let admission = first(Kind::Admission);
    assert_eq!(admission.at.unwrap().to_string(), "2025-09-24");
    let (_, travel) = timed[&admission.re[0]];
    let [visa] = travel.re.as_slice() else { panic!("one family, one visa record") };
    let visa = of_kind!(timed[visa].1, VisaIssued).unwrap();
    assert_eq!((visa.adults.0, visa.minors.0), (2, 1));
    let arrival = first(Kind::Arrival);
    assert_eq!(arrival.at.unwrap().to_string(), "2025-09-19");
    assert_eq!(of_kind!(arrival, Arrival).unwrap().persons.0, 1);
}

#[test]
fn visas_are_used_once_before_they_expire_and_some_are_outstanding_at_the_end() {
    let season = season();
    let timed = timed(&season);
    let mut used = BTreeSet::new();
    for (_, act) in timed.values() {
        if let Some(visa) = of_kind!(act, VisaIssued) {
            assert!(days_between(act.at.unwrap(), visa.expires) <= 89);
        }
        let Some(travel) = of_kind!(act, TravelNotice) else { continue };
        let persons: u16 = act
            .re
            .iter()
            .map(|need| {
                let visa = of_kind!(timed[need].1, VisaIssued).unwrap();
                assert!(act.at.unwrap() <= visa.expires && used.insert(need), "{need}");
                visa.persons().0
            })
            .sum();
        assert_eq!(travel.persons.0, persons);
    }
    let issued = season.acts().filter(|act| act.kind() == Kind::VisaIssued).count();
    assert!((1..=12).contains(&(issued - used.len())), "{issued} issued, {} used", used.len());
}

#[test]
fn every_departure_has_its_arrival_and_every_count_its_equal_admission() {
    let season = season();
    let timed = timed(&season);
    let continued = |kind, by: Label| {
        let mut all = timed.values().filter(|(_, one)| one.kind() == kind && one.re[0] == by);
        let one = all.next().map(|(_, act)| *act);
        assert!(all.next().is_none());
        one
    };
    for (_, act) in timed.values() {
        if let Some(departure) = of_kind!(act, Departure) {
            let came = continued(Kind::Arrival, act.label).unwrap();
            assert_eq!(of_kind!(came, Arrival).unwrap().persons, departure.persons);
            assert!(days_between(act.at.unwrap(), came.at.unwrap()) <= 1);
        }
        if let Some(travel) = of_kind!(act, TravelNotice) {
            let count = continued(Kind::DepartureCount, act.label).unwrap();
            let admission = continued(Kind::Admission, act.label).unwrap();
            assert_eq!(of_kind!(count, DepartureCount).unwrap().persons, travel.persons);
            assert_eq!(of_kind!(admission, Admission).unwrap().persons, travel.persons);
            assert_eq!((act.at, count.at), (count.at, admission.at));
        }
    }
}

#[test]
fn every_scope_every_kind_of_evidence_and_several_grounds_occur() {
    let season = season();
    let (mut scopes, mut evidence, mut grounds) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut families, mut groups) = (0, 0);
    for act in season.acts() {
        match &act.fact {
            Fact::Whole(Content::ReadmissionRequest(one)) => {
                scopes.insert(one.scope);
                evidence.extend(one.evidence.as_slice().iter().copied());
                assert_eq!(
                    one.minors.0 > 0,
                    act.case.as_ref().unwrap().as_str().starts_with("GB01P-")
                );
                families += usize::from(one.minors.0 > 0);
            }
            Fact::Whole(Content::Answer(one)) => grounds.extend(one.ground),
            Fact::Whole(Content::TransferNotice(_)) => groups += usize::from(act.re.len() > 1),
            Fact::Whole(_) | Fact::Correction(_) | Fact::Resolution(_) => {}
        }
    }
    assert_eq!(scopes, Scope::ALL.iter().copied().collect());
    assert_eq!(evidence, Evidence::ALL.iter().copied().collect());
    assert!(grounds.len() >= 5 && families > 20 && groups > 30, "{grounds:?} {families} {groups}");
    // Nothing is asked too late, so nothing is refused for it.
    for never in
        [RefusalGround::LateRequest, RefusalGround::TimeExhausted, RefusalGround::NotInForce]
    {
        assert!(!grounds.contains(&never), "{never}");
    }
}
