//! Fields of one content that contradict one another, found although others are bad.

use super::{Checker, Field, Frame, Level, object, parse, removed, replaced};
use crate::{
    names::Party,
    record::{FormFault, Kind, SubmissionRefused},
};

/// The fields that the form of a kind holds against one another, or against a bound.
const TANGLED: [(Kind, &[&str]); 14] = [
    (Kind::ReadmissionRequest, &["minors"]),
    (Kind::Answer, &["outcome", "ground"]),
    (Kind::TransferNotice, &["persons"]),
    (Kind::TransferReply, &["outcome", "day", "place"]),
    (Kind::Departure, &["persons"]),
    (Kind::Arrival, &["outcome", "persons"]),
    (Kind::DisclosureStatus, &["outcome", "data"]),
    (Kind::Allocation, &["places", "opens", "closes"]),
    (Kind::WindowStatus, &["status", "reason"]),
    (Kind::VisaIssued, &["adults", "minors"]),
    (Kind::TravelNotice, &["persons"]),
    (Kind::Admission, &["persons"]),
    (Kind::OutageNotice, &["from", "until"]),
    (Kind::KeyEvent, &["step", "role", "certificate", "key", "since"]),
];

impl Checker<'_> {
    /// Puts the fields that are held against one another into the example together. If one of them
    /// is bad or missing, nobody knows what the others contradict.
    pub(super) fn tangled(
        &mut self,
        content: &Field,
        frame: &Frame,
        party: Party,
        level: Level,
        found_before: usize,
    ) {
        let Some((_, names)) = TANGLED.iter().find(|(kind, _)| *kind == frame.kind) else { return };
        let path = |name: &str| level.path(&format!("content.{name}"));
        let found = self.found.iter().skip(found_before);
        let bad: Vec<&str> = found.map(|one| one.field.as_str()).collect();
        if names.iter().any(|name| bad.contains(&path(name).as_str())) {
            return;
        }
        let all = super::fields(self.text, content.value.start).unwrap_or_default();
        let mut tried = frame.content.clone();
        for name in *names {
            let given = all.iter().find(|field| field.name == *name);
            tried = match given {
                Some(field) => replaced(&tried, name, self.value(field)),
                None => removed(&tried, name),
            };
        }
        let refused = parse(&frame.with("content", &object(&tried)), party).err();
        if let Some(SubmissionRefused::Form(fault @ FormFault::Fields(_))) = refused {
            self.find(content.at, level.path("content"), fault);
        }
    }
}
