//! What a record says, in one line.

use crate::{
    names::Persons,
    record::{
        Answer, ApprovalOutcome, Arrival, ArrivalOutcome, CodeList, Content, Correction,
        DisclosureOutcome, DisclosureStatus, Record, ReplyOutcome, TransferNotice, TransferReply,
        VisaIssued, WindowState, WindowStatus,
    },
};

/// A number of persons, in words.
pub(super) fn persons(number: Persons) -> String {
    format!("{number} {}", if number.0 == 1 { "person" } else { "persons" })
}

/// What a record says, in one line, with the first digits of another record that it is about; for
/// kinds that belong to no case, its kind.
#[must_use]
pub fn says(record: &Record) -> String {
    let named = named(record);
    let day = record.day().map(|day| format!(" on {day}")).unwrap_or_default();
    match &record.content {
        Content::ReadmissionRequest(one) => {
            let (number, scope) = (persons(one.persons()), one.scope);
            format!("asks to readmit {number}: {scope}, arrived {}", one.arrived)
        }
        Content::ReplyExtension(one) => format!("takes longer to answer: {}", one.reason),
        Content::Answer(one) => answer(one),
        Content::TransferNotice(one) => notice(one, &day),
        Content::TransferReply(one) => reply(one),
        Content::Postponement(one) => format!("puts off: {}", one.reason),
        Content::Withdrawal(one) => format!("takes back: {}", one.reason),
        Content::Departure(one) => format!("{} left {}{day}", persons(one.persons), one.place),
        Content::Arrival(one) => arrival(one, &day),
        Content::DisclosureStatus(one) => disclosures(one),
        Content::Allocation(one) => {
            format!("allocates {} places, {} to {}", one.places, one.opens, one.closes)
        }
        Content::WindowStatus(one) => window(one),
        Content::VisaIssued(one) => visas(one, &day),
        Content::TravelNotice(one) => {
            format!("announces {} to {}{day}", persons(one.persons), one.to)
        }
        Content::DepartureCount(one) => {
            format!("counts {} leaving {}{day}", persons(one.persons), one.place)
        }
        Content::Admission(one) => {
            format!("admits {} at {}{day}", persons(one.persons), one.place)
        }
        Content::Lapse(one) => format!("not used: {}", one.reason),
        Content::Correction(one) => correction(one, &named, None),
        Content::Reversal(one) => format!("reverses {named}: {}", one.reason),
        Content::WrongDataNotice(one) => {
            format!("finds wrong data: {}: {}", one.wrong, list(&one.data))
        }
        Content::Erasure(one) => format!("destroyed the personal data: {}", one.basis),
        Content::BreakResolution(one) => format!("settles a break: {}", one.decision),
        Content::Approval(one) => match one.outcome {
            ApprovalOutcome::Approved => format!("an officer approves {named}"),
            ApprovalOutcome::Rejected => format!("an officer rejects {named}"),
        },
        Content::Agreement(_)
        | Content::Objection(_)
        | Content::OutageNotice(_)
        | Content::Entanglement(_)
        | Content::WeekClose(_)
        | Content::WeeklyStatement(_)
        | Content::AgreementVersion(_)
        | Content::LogEnd(_)
        | Content::KeyEvent(_) => record.kind().to_string(),
    }
}

/// The same of a record in its log: what it is for before it is approved, and what it changes.
pub(super) fn says_there(record: &Record, in_effect: bool, before: Option<&Record>) -> String {
    if let Content::Correction(one) = &record.content {
        return correction(one, &named(record), before);
    }
    if let (Content::Erasure(one), false) = (&record.content, in_effect) {
        return format!("is to destroy the personal data once approved: {}", one.basis);
    }
    says(record)
}

/// The first digits of the record that one is about.
fn named(record: &Record) -> String {
    let first = record.re.first().map(ToString::to_string).unwrap_or_default();
    first.chars().take(8).collect()
}

fn answer(one: &Answer) -> String {
    match one.ground {
        None => "accepts".to_owned(),
        Some(ground) => format!("refuses: {ground}"),
    }
}

fn notice(one: &TransferNotice, day: &str) -> String {
    let number = persons(one.persons);
    format!("announces {number} by {}, {} to {}{day}", one.transport, one.from, one.to)
}

fn reply(one: &TransferReply) -> String {
    match one.outcome {
        ReplyOutcome::Confirmed => "confirms the transport".to_owned(),
        ReplyOutcome::CounterProposed => {
            let day = one.day.map(|day| format!(" on {day}")).unwrap_or_default();
            let place = one.place.as_ref().map(|place| format!(" to {place}")).unwrap_or_default();
            format!("proposes another transport{place}{day}")
        }
    }
}

fn arrival(one: &Arrival, day: &str) -> String {
    let place = &one.place;
    match one.outcome {
        ArrivalOutcome::Arrived => format!("{} arrived at {place}{day}", persons(one.persons)),
        ArrivalOutcome::Partly => format!("only {} arrived at {place}{day}", persons(one.persons)),
        ArrivalOutcome::NotArrived => format!("nobody arrived at {place}{day}"),
    }
}

fn disclosures(one: &DisclosureStatus) -> String {
    let data = one.data.as_ref().map(list).unwrap_or_default();
    match one.outcome {
        DisclosureOutcome::Held => "holds all disclosures".to_owned(),
        DisclosureOutcome::Missing => format!("misses disclosures: {data}"),
        DisclosureOutcome::Mismatching => format!("doubts disclosures: {data}"),
    }
}

fn window(one: &WindowStatus) -> String {
    match one.status {
        WindowState::Open => "opens the window".to_owned(),
        WindowState::Paused => {
            let reason = one.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("pauses the window{reason}")
        }
    }
}

fn visas(one: &VisaIssued, day: &str) -> String {
    let minors = match one.minors.0 {
        0 => String::new(),
        1 => ", 1 of them a minor".to_owned(),
        number => format!(", {number} of them minors"),
    };
    format!("issues visas to {}{minors}{day}, valid to {}", persons(one.persons()), one.expires)
}

fn correction(one: &Correction, named: &str, before: Option<&Record>) -> String {
    let Some(replacement) = &one.replacement else { return format!("consents to {named}") };
    let after = says(replacement);
    // What a line does not tell may differ all the same, and saying the same again misleads.
    if before.is_none_or(|before| says(before) != after) {
        return format!("corrects {named}: {after}");
    }
    if matches!(replacement.content, Content::ReadmissionRequest(_)) {
        return format!("corrects what {named} commits to or its evidence");
    }
    format!("corrects {named} in what this line does not tell")
}

fn list<T: Ord + std::fmt::Display>(codes: &CodeList<T>) -> String {
    codes.as_slice().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
