//! Who is asked for, who travels, and within which limits.

use super::*;

#[test]
fn requests_answers_and_transports_keep_their_limits() {
    let season = season();
    let timed = timed(&season);
    let mut accepted = 0;
    for (time, act) in timed.values() {
        match &act.fact {
            Fact::Request(request) => {
                assert!(days_between(request.arrived, time.date()) <= 14);
                assert!(request.arrived >= "2025-08-06".parse().unwrap());
            }
            Fact::Other(Content::Answer(one)) => {
                let (asked, _) = timed[&act.needs[0]];
                assert!(days_between(asked.date(), time.date()) <= 14);
                accepted += usize::from(one.outcome == AnswerOutcome::Accepted);
            }
            Fact::Other(Content::Departure(_)) => {
                let (_, notice) = timed[&act.needs[0]];
                for answer in &notice.needs {
                    let Fact::Request(request) = &timed[&timed[answer].1.needs[0]].1.fact else {
                        panic!("an answer answers a request")
                    };
                    // Three months are never shorter than 89 days.
                    assert!(days_between(request.arrived, act.at.unwrap()) <= 89);
                }
            }
            Fact::Other(_) => {}
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
            .needs
            .iter()
            .map(|answer| {
                let (_, answer) = timed[answer];
                assert_eq!(of_kind!(answer, Answer).unwrap().outcome, AnswerOutcome::Accepted);
                match &timed[&answer.needs[0]].1.fact {
                    Fact::Request(request) => request.minors.0 + 1,
                    Fact::Other(_) => panic!("an answer answers a request"),
                }
            })
            .sum();
        assert_eq!(notice.persons.0, persons, "{}", act.reference);
        let left = timed
            .values()
            .find(|(_, one)| one.kind() == Kind::Departure && one.needs == [act.reference.clone()]);
        for answer in left.iter().flat_map(|_| &act.needs) {
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
        let (_, named) = timed[&act.needs[0]];
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
            !timed.values().any(|(_, one)| {
                one.kind() == Kind::Departure && one.needs[0] == named.reference
            })
        );
        let again: Vec<_> = timed
            .values()
            .filter(|(later, one)| later > time && one.needs == named.needs)
            .collect();
        assert_eq!(again.len(), 1, "{}", named.reference);
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
    let (_, travel) = timed[&admission.needs[0]];
    let [visa] = travel.needs.as_slice() else { panic!("one family, one visa record") };
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
            .needs
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
    let continued = |kind, by: &CaseRef| {
        let mut all = timed.values().filter(|(_, one)| one.kind() == kind && one.needs[0] == *by);
        let one = all.next().map(|(_, act)| *act);
        assert!(all.next().is_none());
        one
    };
    for (_, act) in timed.values() {
        if let Some(departure) = of_kind!(act, Departure) {
            let came = continued(Kind::Arrival, &act.reference).unwrap();
            assert_eq!(of_kind!(came, Arrival).unwrap().persons, departure.persons);
            assert!(days_between(act.at.unwrap(), came.at.unwrap()) <= 1);
        }
        if let Some(travel) = of_kind!(act, TravelNotice) {
            let count = continued(Kind::DepartureCount, &act.reference).unwrap();
            let admission = continued(Kind::Admission, &act.reference).unwrap();
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
            Fact::Request(one) => {
                scopes.insert(one.scope);
                evidence.extend(one.evidence.iter().copied());
                assert_eq!(one.minors.0 > 0, act.reference.as_str().starts_with("GB01P-"));
                families += usize::from(one.minors.0 > 0);
            }
            Fact::Other(Content::Answer(one)) => grounds.extend(one.ground),
            Fact::Other(Content::TransferNotice(_)) => groups += usize::from(act.needs.len() > 1),
            Fact::Other(_) => {}
        }
    }
    // A re-entry is not in force under the provisions of the demonstration.
    let in_force = Scope::ALL.iter().copied().filter(|scope| *scope != Scope::ReEntry);
    assert_eq!(scopes, in_force.collect());
    assert_eq!(evidence, Evidence::ALL.iter().copied().collect());
    assert!(grounds.len() >= 5 && families > 20 && groups > 30, "{grounds:?} {families} {groups}");
    // Nothing is asked too late, so nothing is refused for it.
    for never in
        [RefusalGround::LateRequest, RefusalGround::TimeExhausted, RefusalGround::NotInForce]
    {
        assert!(!grounds.contains(&never), "{never}");
    }
}
