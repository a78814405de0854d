//! A record of every kind that can be superseded, what supersedes it, and what follows from that.

use super::super::super::fixture::{
    TwoSides, accept, admission, allocation, arrival, confirmed, count, counter_proposed,
    departure, disclosure_status, extension, notice, outage, postponed, refuse, request, travel,
    visa, visa_from, window,
};
use super::super::{Fra, Gbr};
use super::DAY;
use crate::ledger::Ledger;
use crate::names::{Party, RecordId};
use crate::record::{Datum, DisclosureOutcome, PauseReason, PostponementReason, Record};

/// A record, another in its place, and what the ledger shows that follows from it.
pub(super) struct Amendment {
    /// Writes what comes before the record.
    pub(super) before: fn(&mut TwoSides) -> RecordId,
    pub(super) author: Party,
    /// The record about it: as it was, as it should be, and as it should be after all.
    pub(super) records: [fn(RecordId) -> Record; 3],
    pub(super) shows: fn(&Ledger) -> String,
    pub(super) wanted: [&'static str; 3],
}

fn nothing(_: &mut TwoSides) -> RecordId {
    RecordId::new([0; 32])
}

pub(super) fn asked(it: &mut TwoSides) -> RecordId {
    it.append(Gbr, request("GB01-1", 0))
}

pub(super) fn announced(it: &mut TwoSides) -> RecordId {
    it.announced(1, DAY, 3)
}

fn left(it: &mut TwoSides) -> RecordId {
    let notice = announced(it);
    it.append(Gbr, departure(notice, DAY, 3))
}

fn travels(it: &mut TwoSides) -> RecordId {
    let issued = it.append(Gbr, visa("GB13-1", 3, 0, "2025-12-31"));
    it.append(Gbr, travel("GB15-1", &[issued], DAY, 3))
}

fn places(it: &mut TwoSides) -> RecordId {
    it.append(Gbr, allocation("GB11-1", 5))
}

fn claimed(ledger: &Ledger) -> String {
    let one = ledger.contributions.values().next().unwrap();
    format!("{:?} {:?}", one.gbr, one.fra)
}

fn corrected(ledger: &Ledger) -> String {
    ledger.corrected.len().to_string()
}

pub(super) fn amendments() -> Vec<Amendment> {
    [returns(), transports(), movements(), admissions()].into_iter().flatten().collect()
}

fn returns() -> Vec<Amendment> {
    vec![
        Amendment {
            before: nothing,
            author: Gbr,
            records: [|_| request("GB01-1", 0), |_| request("GB01-1", 2), |_| request("GB01-1", 1)],
            shows: |it| it.cases.values().next().unwrap().persons.to_string(),
            wanted: ["1", "3", "2"],
        },
        Amendment {
            before: asked,
            author: Fra,
            records: [extension, extension, extension],
            shows: corrected,
            wanted: ["0", "1", "1"],
        },
        Amendment {
            before: asked,
            author: Fra,
            records: [accept, refuse, accept],
            shows: |it| it.cases.values().next().unwrap().state.to_string(),
            wanted: ["accepted", "refused", "accepted"],
        },
    ]
}

fn transports() -> Vec<Amendment> {
    vec![
        Amendment {
            before: |it| {
                let asked = asked(it);
                it.append(Fra, accept(asked))
            },
            author: Gbr,
            records: [
                |of| notice("GB04-1", &[of], DAY, 1),
                |of| notice("GB04-1", &[of], "2025-08-13", 1),
                |of| notice("GB04-1", &[of], "2025-08-14", 1),
            ],
            shows: |it| it.transports.values().next().unwrap().day.to_string(),
            wanted: [DAY, "2025-08-13", "2025-08-14"],
        },
        Amendment {
            before: announced,
            author: Fra,
            records: [confirmed, |of| counter_proposed(of, Some("2025-08-13"), None), confirmed],
            shows: |it| it.transports.values().next().unwrap().state.to_string(),
            wanted: ["confirmed", "counter-proposed", "confirmed"],
        },
        Amendment {
            before: announced,
            author: Gbr,
            records: [
                |of| postponed(&[of], PostponementReason::Carrier),
                |of| postponed(&[of], PostponementReason::Absconded),
                |of| postponed(&[of], PostponementReason::Disruption),
            ],
            shows: corrected,
            wanted: ["0", "1", "1"],
        },
        Amendment {
            before: asked,
            author: Fra,
            records: [
                |of| disclosure_status(of, DisclosureOutcome::Missing, &[Datum::DateOfBirth]),
                |of| disclosure_status(of, DisclosureOutcome::Held, &[]),
                |of| disclosure_status(of, DisclosureOutcome::Missing, &[Datum::DateOfBirth]),
            ],
            shows: |it| it.cases.values().next().unwrap().disclosures.unwrap().0.to_string(),
            wanted: ["missing", "held", "missing"],
        },
        Amendment {
            before: nothing,
            author: Fra,
            records: [
                |_| outage("2025-08-06T00:00:00Z", None),
                |_| outage("2025-08-06T00:00:00Z", Some("2025-08-07T00:00:00Z")),
                |_| outage("2025-08-06T00:00:01Z", Some("2025-08-07T00:00:00Z")),
            ],
            shows: corrected,
            wanted: ["0", "1", "1"],
        },
    ]
}

fn movements() -> Vec<Amendment> {
    vec![
        Amendment {
            before: announced,
            author: Gbr,
            records: [
                |of| departure(of, DAY, 3),
                |of| departure(of, DAY, 2),
                |of| departure(of, DAY, 1),
            ],
            shows: claimed,
            wanted: ["Some(3) None", "Some(2) None", "Some(1) None"],
        },
        Amendment {
            before: left,
            author: Fra,
            records: [|of| arrival(of, DAY, 3), |of| arrival(of, DAY, 2), |of| arrival(of, DAY, 4)],
            shows: claimed,
            wanted: ["Some(3) Some(3)", "Some(3) Some(2)", "Some(3) Some(4)"],
        },
        Amendment {
            before: travels,
            author: Fra,
            records: [|of| count(of, DAY, 3), |of| count(of, DAY, 2), |of| count(of, DAY, 4)],
            shows: claimed,
            wanted: ["None Some(3)", "None Some(2)", "None Some(4)"],
        },
        Amendment {
            before: travels,
            author: Gbr,
            records: [
                |of| admission(of, DAY, 3),
                |of| admission(of, DAY, 2),
                |of| admission(of, DAY, 4),
            ],
            shows: claimed,
            wanted: ["Some(3) None", "Some(2) None", "Some(4) None"],
        },
    ]
}

fn admissions() -> Vec<Amendment> {
    vec![
        Amendment {
            before: nothing,
            author: Gbr,
            records: [
                |_| allocation("GB11-1", 5),
                |_| allocation("GB11-1", 6),
                |_| allocation("GB11-1", 4),
            ],
            shows: |it| it.windows.values().next().unwrap().places.to_string(),
            wanted: ["5", "6", "4"],
        },
        Amendment {
            before: places,
            author: Gbr,
            records: [
                |of| window(of, Some(PauseReason::Parity)),
                |of| window(of, None),
                |of| window(of, Some(PauseReason::Parity)),
            ],
            shows: |it| it.windows.values().next().unwrap().status.unwrap().0.to_string(),
            wanted: ["paused", "open", "paused"],
        },
        Amendment {
            before: places,
            author: Gbr,
            records: [
                |of| visa_from(of, "GB13-1", 1, 0, "2025-12-31"),
                |of| visa_from(of, "GB13-1", 1, 2, "2025-12-31"),
                |of| visa_from(of, "GB13-1", 1, 1, "2025-12-30"),
            ],
            shows: |it| {
                let visa = it.visas.values().next().unwrap();
                format!("{} {}", visa.persons, visa.expires)
            },
            wanted: ["1 2025-12-31", "3 2025-12-31", "2 2025-12-30"],
        },
        Amendment {
            before: |it| it.append(Gbr, visa("GB13-1", 3, 0, "2025-12-31")),
            author: Gbr,
            records: [
                |of| travel("GB15-1", &[of], DAY, 3),
                |of| travel("GB15-1", &[of], "2025-08-13", 2),
                |of| travel("GB15-1", &[of], "2025-08-14", 3),
            ],
            shows: |it| {
                let journey = it.journeys.values().next().unwrap();
                format!("{} {}", journey.persons, journey.day)
            },
            wanted: ["3 2025-08-12", "2 2025-08-13", "3 2025-08-14"],
        },
    ]
}
