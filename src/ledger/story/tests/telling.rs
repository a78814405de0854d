//! The timeline: which records a story holds, in which order, and what became of each.

use super::{
    ON, accept, approved, arrival, asked, at, came, correction, departure, notice, notified,
    postponed, request, reversal, told, told_at, travelling,
};
use crate::{
    ledger::{
        DeadlineStanding, Event, Limit, Mark, Owner, Story,
        fixture::{TwoSides, admission, rejection, travel, withdrawn},
        story::{Since, StateName},
    },
    names::Party::{Fra, Gbr},
    record::{BreakClass, Kind, PostponementReason},
};

fn kinds(story: &Story) -> Vec<Kind> {
    story.timeline.iter().map(|one| one.kind).collect()
}

fn marked(story: &Story, kind: Kind) -> &[Mark] {
    let found: Vec<&Event> = story.timeline.iter().filter(|one| one.kind == kind).collect();
    assert_eq!(found.len(), 1, "{kind}");
    &found[0].marks
}

#[test]
fn a_timeline_holds_a_case_and_its_transport_in_the_order_of_both_logs() {
    let story = told(|it| came(it).0);
    assert_eq!(
        kinds(&story),
        [
            Kind::ReadmissionRequest,
            Kind::Answer,
            Kind::TransferNotice,
            Kind::Departure,
            Kind::Arrival
        ]
    );
    let says: Vec<&str> = story.timeline.iter().map(|one| one.says.as_str()).collect();
    assert_eq!(says[0], "asks to readmit 3 persons: protection-claim, arrived 2025-08-06");
    assert_eq!(says[1], "accepts");
    assert_eq!(says[2], "announces 3 persons by air, GBLHR to FRCDG on 2025-08-12");
    assert_eq!(says[4], "3 persons arrived at FRCDG on 2025-08-12");
    assert!(story.timeline.iter().all(|one| one.received.is_some_and(|time| time >= one.signed)));
    let last = &story.timeline[4];
    let since = Since { record: last.record, day: last.signed.date() };
    assert_eq!(story.since, Some(since));
}

#[test]
fn what_nobody_has_received_is_in_transit() {
    let mut sides = TwoSides::founded();
    let asked = asked(&mut sides);
    let now = at(super::NOW);
    let ledger = sides.ledger(now);
    let subject = *ledger.subjects(&sides.books, asked).first().unwrap();
    let story = ledger.story(&sides.books, sides.books.all(), now, subject).unwrap();
    assert_eq!(story.timeline[0].received, None);
    let answer = story.deadlines.iter().find(|one| one.limit == Limit::Answer).unwrap();
    assert_eq!(answer.last, None, "the limit begins with the receipt");
}

#[test]
fn what_concerns_another_case_of_the_same_transport_is_left_out() {
    let mut sides = TwoSides::founded();
    let one = asked(&mut sides);
    let other = sides.append(Gbr, request("GB01-000002", 0));
    let answers = [sides.append(Fra, accept(one)), sides.append(Fra, accept(other))];
    let notice = sides.append(Gbr, notice("GB04-000001", &answers, ON, 4));
    sides.append(Gbr, postponed(&[other], PostponementReason::Absconded));
    sides.append(Gbr, departure(notice, ON, 3));
    sides.exchange();
    let now = at(super::NOW);
    let ledger = sides.ledger(now);
    let tell = |of| {
        let subject = *ledger.subjects(&sides.books, of).first().unwrap();
        ledger.story(&sides.books, sides.books.all(), now, subject).unwrap()
    };
    assert!(!kinds(&tell(one)).contains(&Kind::Postponement));
    assert!(kinds(&tell(other)).contains(&Kind::Postponement));
    assert_eq!(tell(notice).related.len(), 2);
    assert_eq!(tell(one).related[0].reference, Some("GB04-000001".parse().unwrap()));
    assert_eq!(tell(other).glance.state.as_str(), "accepted");
}

#[test]
fn a_record_shows_what_a_second_signer_and_a_later_record_made_of_it() {
    let waits = told(|it| {
        let (asked, _, came) = came(it);
        it.append(Fra, reversal(came));
        asked
    });
    assert_eq!(marked(&waits, Kind::Reversal), [Mark::AwaitsApproval]);
    assert_eq!(waits.breaks[0].found.class, BreakClass::ApprovalAwaited);

    let given = told(|it| {
        let (asked, left, came) = came(it);
        approved(it, Fra, correction(came, arrival(left, ON, 3)));
        asked
    });
    assert_eq!(marked(&given, Kind::Correction), [Mark::Approved]);
    assert_eq!(marked(&given, Kind::Arrival), [Mark::Corrected]);

    let refused = told(|it| {
        let (asked, _, came) = came(it);
        let reversal = it.append(Fra, reversal(came));
        it.append(Fra, rejection(reversal));
        asked
    });
    assert_eq!(marked(&refused, Kind::Reversal), [Mark::Rejected]);
    assert_eq!(refused.acts, None);

    let twice = told(|it| {
        let (asked, left, came) = came(it);
        let first = approved(it, Fra, correction(came, arrival(left, ON, 2)));
        approved(it, Fra, correction(first, arrival(left, ON, 3)));
        // A correction of what was superseded has no effect.
        approved(it, Fra, correction(first, arrival(left, ON, 1)));
        asked
    });
    let corrections = twice.timeline.iter().filter(|one| one.kind == Kind::Correction);
    let marks: Vec<_> = corrections.map(|one| one.marks.clone()).collect();
    assert_eq!(
        marks,
        [
            vec![Mark::Approved, Mark::Superseded],
            vec![Mark::Approved],
            vec![Mark::Approved, Mark::WithoutEffect],
        ]
    );
}

#[test]
fn a_copy_of_a_record_is_told_once() {
    let story = told(|it| {
        let asked = asked(it);
        let again = it.bytes(Gbr).last().unwrap().clone();
        it.append_bytes(Gbr, again);
        asked
    });
    assert_eq!(kinds(&story), [Kind::ReadmissionRequest]);
    assert_eq!(story.breaks[0].found.class, BreakClass::Replay);
}

#[test]
fn a_limit_is_met_missed_or_running_with_the_days_left() {
    let running = told(asked);
    let stands: Vec<_> = running.deadlines.iter().map(|one| one.standing).collect();
    let asked_on = running.timeline[0].received.unwrap().date();
    assert_eq!(stands[0], DeadlineStanding::Met { on: asked_on });
    // Asked on 6 August: the answer is due on the 20th; and it is the 11th.
    assert_eq!(stands[1], DeadlineStanding::Running { left: 9 });
    let missed = told_at("2025-08-21T00:00:00Z", asked);
    assert_eq!(missed.deadlines[1].standing, DeadlineStanding::Missed { on: None });
    assert_eq!(missed.breaks[0].found.class, BreakClass::NoReply);
    assert_eq!(missed.acts, Some(Owner::Party(Fra)));
}

#[test]
fn visas_of_a_journey_that_was_taken_back_and_of_another_have_met_their_limit() {
    let story = told(|it| {
        let (issued, first) = travelling(it);
        it.append(Gbr, withdrawn(first));
        let second = it.append(Gbr, travel("GB15-000002", &[issued], ON, 3));
        it.append(Gbr, admission(second, ON, 3));
        issued
    });
    assert_eq!(story.glance.state.as_str(), "used");
    assert_eq!(story.deadlines[0].standing, DeadlineStanding::Met { on: ON.parse().unwrap() });
    assert_eq!(story.counted.unwrap().by, Some("GB15-000002".parse().unwrap()));
}

#[test]
fn a_state_is_read_by_its_name_and_no_other() {
    for good in StateName::of_cases() {
        assert_eq!(good.parse::<StateName>().unwrap().as_str(), good);
    }
    for bad in ["", "Requested", "request", "departed", "open", "requested "] {
        assert!(bad.parse::<StateName>().is_err(), "{bad:?}");
    }
}

#[test]
fn a_story_is_the_same_after_a_journey_through_json() {
    let story = told(|it| {
        let (asked, left) = super::left(it);
        it.append(Fra, arrival(left, "2025-08-14", 2));
        asked
    });
    let json = serde_json::to_string(&story).unwrap();
    assert_eq!(serde_json::from_str::<Story>(&json).unwrap(), story);
    let put_off = told(|it| {
        let notice = notified(it).1;
        it.append(Gbr, postponed(&[notice], PostponementReason::Carrier))
    });
    let json = serde_json::to_string(&put_off).unwrap();
    assert_eq!(serde_json::from_str::<Story>(&json).unwrap(), put_off);
}
