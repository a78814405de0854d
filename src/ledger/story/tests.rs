//! Stories of cases in every state: who has to act, what counts, and why not more.

mod counting;
mod finding;
mod telling;

use super::{
    super::fixture::{
        TwoSides, accept, admission, approval, arrival, at, confirmed, correction, count,
        counter_proposed, departure, erasure, extension, lapse, log_end, not_arrived, notice,
        postponed, refuse, request, reversal, travel, visa, withdrawn,
    },
    Story,
};
use crate::{
    names::{
        Party::{self, Fra, Gbr},
        RecordId,
    },
    record::{CodeList, Content, Evidence, LapseReason, PostponementReason, Record},
};

const ON: &str = "2025-08-12";
/// Everybody has heard of everything, and no limit has passed.
const NOW: &str = "2025-08-11T12:00:00Z";

/// A record that needs a second signer, and his approval.
fn approved(it: &mut TwoSides, party: Party, record: Record) -> RecordId {
    let id = it.append(party, record);
    it.append(party, approval(id));
    id
}

fn asked(it: &mut TwoSides) -> RecordId {
    it.append(Gbr, request("GB01-000001", 2))
}

fn notified(it: &mut TwoSides) -> (RecordId, RecordId) {
    let asked = asked(it);
    let accepted = it.append(Fra, accept(asked));
    (asked, it.append(Gbr, notice("GB04-000001", &[accepted], ON, 3)))
}

fn left(it: &mut TwoSides) -> (RecordId, RecordId) {
    let (asked, notice) = notified(it);
    (asked, it.append(Gbr, departure(notice, ON, 3)))
}

/// Three came, of the three who left.
fn came(it: &mut TwoSides) -> (RecordId, RecordId, RecordId) {
    let (asked, left) = left(it);
    (asked, left, it.append(Fra, arrival(left, ON, 3)))
}

fn issued(it: &mut TwoSides) -> RecordId {
    it.append(Gbr, visa("GB13-000001", 2, 1, "2025-12-31"))
}

fn travelling(it: &mut TwoSides) -> (RecordId, RecordId) {
    let issued = issued(it);
    (issued, it.append(Gbr, travel("GB15-000001", &[issued], ON, 3)))
}

fn admitted(it: &mut TwoSides) -> (RecordId, RecordId) {
    let (issued, travel) = travelling(it);
    it.append(Fra, count(travel, ON, 3));
    (issued, it.append(Gbr, admission(travel, ON, 3)))
}

/// What two sides did to a case, told of the record that it gives, as it stands at `NOW`.
fn told(tell: impl FnOnce(&mut TwoSides) -> RecordId) -> Story {
    told_at(NOW, tell)
}

fn told_at(as_of: &str, tell: impl FnOnce(&mut TwoSides) -> RecordId) -> Story {
    let mut sides = TwoSides::founded();
    let of = tell(&mut sides);
    sides.exchange();
    let ledger = sides.ledger(at(as_of));
    let subject = *ledger.subjects(&sides.books, of).first().unwrap();
    ledger.story(&sides.books, sides.books.all(), at(as_of), subject).unwrap()
}

fn why(story: &Story) -> String {
    let why = story.counted.iter().flat_map(|one| &one.why);
    why.map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn acts(story: &Story) -> String {
    story.acts.map_or_else(|| "nobody".to_owned(), |owner| owner.to_string())
}

fn steps(story: &Story) -> String {
    let steps = story.steps.iter().map(|step| format!("{} {}", step.party, step.deed));
    steps.collect::<Vec<_>>().join(", ")
}

type Tell = fn(&mut TwoSides) -> RecordId;

/// How a case came to stand as it does: the state, what is next, and why nobody counts.
const STATES: &[(Tell, &str, &str, &str)] = &[
    (asked, "requested", "FRA answer", "France has not answered"),
    (
        |it| {
            let asked = asked(it);
            it.exchange();
            it.append(Fra, extension(asked))
        },
        "extended",
        "FRA answer",
        "France has not answered",
    ),
    (
        |it| {
            let asked = asked(it);
            it.append(Fra, accept(asked))
        },
        "accepted",
        "GBR announce-transport",
        "no transport or journey is announced",
    ),
    (
        |it| {
            let asked = asked(it);
            it.append(Fra, refuse(asked))
        },
        "refused",
        "",
        "France has refused",
    ),
    (
        |it| {
            let asked = asked(it);
            it.append(Gbr, withdrawn(asked))
        },
        "withdrawn",
        "",
        "the United Kingdom has taken it back",
    ),
    (|it| notified(it).0, "travelling", "FRA reply, GBR record-departure", "nobody has left yet"),
    (|it| left(it).0, "travelling", "FRA record-arrival", "France has not recorded the arrival"),
    (|it| came(it).0, "returned", "", ""),
    (
        |it| {
            let (asked, left) = left(it);
            it.append(Fra, not_arrived(left, ON));
            asked
        },
        "accepted",
        "GBR announce-transport",
        "no transport or journey is announced",
    ),
    (issued, "issued", "GBR announce-journey", "no transport or journey is announced"),
    (
        |it| travelling(it).0,
        "travelling",
        "FRA count-departure, GBR record-admission",
        "nobody has left yet",
    ),
    (
        |it| {
            let (issued, travel) = travelling(it);
            it.append(Fra, count(travel, ON, 3));
            issued
        },
        "travelling",
        "GBR record-admission",
        "the United Kingdom has not recorded the admission",
    ),
    (|it| admitted(it).0, "used", "", ""),
    (
        |it| {
            let issued = issued(it);
            it.append(Gbr, lapse(issued, LapseReason::GivenUp));
            issued
        },
        "lapsed",
        "",
        "the visas were not used",
    ),
    (
        |it| {
            let issued = issued(it);
            it.append(Gbr, withdrawn(issued));
            issued
        },
        "withdrawn",
        "",
        "the United Kingdom has taken it back",
    ),
];

#[test]
fn each_state_of_a_case_says_who_acts_next_and_why_nobody_counts_yet() {
    for (tell, state, next, reason) in STATES {
        let story = told(tell);
        let found = (story.glance.state.as_str(), steps(&story), why(&story));
        assert_eq!(found, (*state, (*next).to_owned(), (*reason).to_owned()));
        let counts = matches!(*state, "returned" | "used");
        assert_eq!(story.counted.unwrap().persons, if counts { 3 } else { 0 }, "{state}");
    }
}

#[test]
fn each_state_of_a_transport_says_who_acts_next() {
    let cases: &[(Tell, &str, &str, &str)] = &[
        (
            |it| {
                let notice = notified(it).1;
                it.append(Fra, confirmed(notice))
            },
            "confirmed",
            "GBR record-departure",
            "nobody has left yet",
        ),
        (
            |it| {
                let notice = notified(it).1;
                it.append(Fra, counter_proposed(notice, Some("2025-08-14"), None))
            },
            "counter-proposed",
            "GBR take-up-proposal",
            "nobody has left yet",
        ),
        (
            |it| {
                let notice = notified(it).1;
                it.append(Gbr, postponed(&[notice], PostponementReason::Carrier))
            },
            "put-off",
            "",
            "it was put off",
        ),
        (|it| left(it).1, "departed", "FRA record-arrival", "France has not recorded the arrival"),
        (|it| came(it).2, "arrived", "", ""),
        (
            |it| {
                let notice = notified(it).1;
                it.append(Fra, not_arrived(notice, ON))
            },
            "failed",
            "",
            "nobody arrived",
        ),
        (
            |it| {
                let left = left(it).1;
                it.append(Fra, not_arrived(left, ON))
            },
            "failed",
            "",
            "nobody arrived",
        ),
    ];
    for (tell, state, next, reason) in cases {
        let story = told(tell);
        let found = (story.glance.state.as_str(), steps(&story), why(&story));
        assert_eq!(found, (*state, (*next).to_owned(), (*reason).to_owned()));
    }
    let late = told_at("2025-08-13T00:00:00Z", |it| notified(it).1);
    assert_eq!(steps(&late), "GBR record-departure", "nobody replies to what should have left");
}

#[test]
fn visas_that_were_not_used_in_time_are_to_be_recorded_as_lapsed() {
    let story = told_at("2026-01-01T00:00:00Z", issued);
    assert_eq!(steps(&story), "GBR record-lapse");
}

#[test]
fn a_case_whose_time_for_a_transfer_is_over_is_withdrawn_or_agreed_on() {
    let accepted = |it: &mut TwoSides| {
        let asked = asked(it);
        it.append(Fra, accept(asked));
        asked
    };
    // Three months after the arrival of 2025-08-06.
    let last = told_at("2025-11-06T12:00:00Z", accepted);
    assert_eq!(steps(&last), "GBR announce-transport");
    let late = told_at("2025-11-07T12:00:00Z", accepted);
    assert_eq!(steps(&late), "GBR withdraw");
}

#[test]
fn once_both_logs_have_ended_nobody_is_asked_to_act() {
    let ended = |both: bool| {
        told(move |it| {
            let asked = asked(it);
            it.append(Gbr, log_end());
            if both {
                it.append(Fra, log_end());
            }
            asked
        })
    };
    let one = ended(false);
    assert_eq!((steps(&one), acts(&one)), ("FRA answer".to_owned(), "FRA".to_owned()));
    let both = ended(true);
    assert_eq!((steps(&both), acts(&both)), (String::new(), "nobody".to_owned()));
}

#[test]
fn what_waits_for_approval_is_not_told_as_done() {
    let erased = |approve: bool| {
        told(move |it| {
            let asked = asked(it);
            let erased = it.append(Gbr, erasure(asked));
            if approve {
                it.append(Gbr, approval(erased));
            }
            asked
        })
    };
    let said = |story: &Story| story.timeline[1].says.clone();
    let waits = said(&erased(false));
    assert!(waits.starts_with("is to destroy the personal data once approved: "), "{waits}");
    let done = said(&erased(true));
    assert!(done.starts_with("destroyed the personal data: "), "{done}");
}

#[test]
fn a_correction_says_the_same_again_of_nothing() {
    let corrected = |minors: u16, evidence: Vec<Evidence>| {
        told(move |it| {
            let asked = asked(it);
            let mut record = request("GB01-000001", minors);
            let Content::ReadmissionRequest(one) = &mut record.content else { unreachable!() };
            one.evidence = CodeList::new(evidence).unwrap();
            approved(it, Gbr, correction(asked, record));
            asked
        })
    };
    let said = |story: &Story| story.timeline[1].says.clone();
    let other = said(&corrected(2, vec![Evidence::BiometricMatch]));
    assert!(other.ends_with(" commits to or its evidence"), "{other}");
    let fewer = said(&corrected(1, vec![Evidence::BiometricMatch]));
    assert!(fewer.contains(": asks to readmit 2 persons"), "{fewer}");
}
