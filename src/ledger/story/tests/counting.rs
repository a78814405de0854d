//! What counts, and why not otherwise.

use super::{ON, Tell, acts, admitted, approved, came, left, told, travelling, why};
use crate::{
    ledger::fixture::{admission, arrival, consent, correction, count, erasure, reversal},
    names::{
        Party::{Fra, Gbr},
        RecordId,
    },
    record::Content,
};

/// What two sides say of a transport or journey, the persons that count, and why not otherwise.
type Said = (&'static str, Tell, u64, &'static str, &'static str);

const SAID: &[Said] = &[
    (
        "two days apart",
        |it| {
            let (asked, left) = left(it);
            it.append(Fra, arrival(left, "2025-08-14", 3));
            asked
        },
        0,
        "day differs by 2",
        "both",
    ),
    (
        "another number",
        |it| {
            let (asked, left) = left(it);
            it.append(Fra, arrival(left, ON, 2));
            asked
        },
        2,
        "GBR says 3, FRA says 2: the smaller number counts",
        "both",
    ),
    (
        "an arrival that names nothing known",
        |it| {
            let unknown = RecordId::new([7; 32]);
            it.append(Fra, arrival(unknown, ON, 3))
        },
        0,
        "the United Kingdom has not recorded the departure",
        "both",
    ),
    (
        "another number leaving",
        |it| {
            let (issued, travel) = travelling(it);
            it.append(Fra, count(travel, ON, 2));
            it.append(Gbr, admission(travel, ON, 3));
            issued
        },
        3,
        "France counted 2 leaving: the admission counts",
        "both",
    ),
    (
        "reversed by one side",
        |it| {
            let (asked, _, came) = came(it);
            approved(it, Fra, reversal(came));
            asked
        },
        3,
        "reversed by France only: it still counts",
        "GBR",
    ),
    (
        "reversed, and nobody has approved it",
        |it| {
            let (asked, _, came) = came(it);
            it.append(Fra, reversal(came));
            asked
        },
        3,
        "",
        "FRA",
    ),
    (
        "reversed by both sides",
        |it| {
            let (asked, _, came) = came(it);
            approved(it, Fra, reversal(came));
            approved(it, Gbr, reversal(came));
            asked
        },
        0,
        "reversed by both sides",
        "nobody",
    ),
    (
        "corrected by one side",
        |it| {
            let (asked, left, came) = came(it);
            approved(it, Fra, correction(came, arrival(left, ON, 2)));
            asked
        },
        3,
        "correction signed by France only: 3 still counts",
        "GBR",
    ),
    (
        "corrected by one side, and the other consents",
        |it| {
            let (asked, left, came) = came(it);
            let correction = approved(it, Fra, correction(came, arrival(left, ON, 2)));
            it.exchange();
            approved(it, Gbr, consent(correction));
            asked
        },
        2,
        "GBR says 3, FRA says 2: the smaller number counts",
        "both",
    ),
    (
        "an admission reversed by one side",
        |it| {
            let (issued, came) = admitted(it);
            approved(it, Gbr, reversal(came));
            issued
        },
        3,
        "reversed by the United Kingdom only: it still counts",
        "FRA",
    ),
    (
        "erased by one side",
        |it| {
            let (asked, _, _) = came(it);
            approved(it, Gbr, erasure(asked));
            asked
        },
        3,
        "",
        "FRA",
    ),
];

#[test]
fn what_counts_is_told_with_the_reason_why_not_more() {
    for (name, tell, persons, reason, owner) in SAID {
        let story = told(tell);
        assert_eq!(story.counted.as_ref().unwrap().persons, *persons, "{name}");
        assert_eq!(
            (why(&story), acts(&story)),
            ((*reason).to_owned(), (*owner).to_owned()),
            "{name}"
        );
    }
}

#[test]
fn a_wrong_place_is_told_with_both_places() {
    let story = told(|it| {
        let (asked, left) = left(it);
        let mut record = arrival(left, ON, 3);
        let Content::Arrival(one) = &mut record.content else { panic!() };
        one.place = "FRLYS".parse().unwrap();
        it.append(Fra, record);
        asked
    });
    assert_eq!(why(&story), "announced for FRCDG, arrived at FRLYS");
    let counted = story.counted.unwrap();
    assert_eq!((counted.persons, counted.claimed.gbr, counted.claimed.fra), (0, Some(3), Some(3)));
    assert_eq!(counted.week, Some("2025-W33".parse().unwrap()));
    assert_eq!(counted.by, Some("GB04-000001".parse().unwrap()));
}
