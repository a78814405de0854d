//! Where two bodies for one week differ, down to the record.

use std::collections::BTreeSet;

use crate::{
    names::{Party, RecordId},
    record::Body,
};

/// One difference between the bodies of the two sides.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "difference")]
pub enum Difference {
    /// A field of the body has two values.
    Field {
        /// Its name.
        field: String,
    },
    /// A record counts for one side only.
    Record {
        /// The arrival or admission.
        record: RecordId,
        /// For whom it counts.
        counts_for: Party,
    },
}

/// Names every field in which two bodies differ, and every record that only one of them counts.
#[must_use]
pub fn compare(gbr: &Body, fra: &Body) -> Vec<Difference> {
    let fields: [(&'static str, bool); 15] = [
        ("number", gbr.number != fra.number),
        ("week", gbr.week != fra.week),
        ("gbr", gbr.gbr != fra.gbr),
        ("fra", gbr.fra != fra.fra),
        ("as_of", gbr.as_of != fra.as_of),
        ("opening", gbr.opening != fra.opening),
        ("movements", gbr.movements != fra.movements),
        ("closing", gbr.closing != fra.closing),
        ("pipeline", gbr.pipeline != fra.pipeline),
        ("breaks", gbr.breaks != fra.breaks),
        ("arrivals", gbr.arrivals != fra.arrivals),
        ("admissions", gbr.admissions != fra.admissions),
        ("previous", gbr.previous != fra.previous),
        ("counted", gbr.counted != fra.counted),
        ("uncounted", gbr.uncounted != fra.uncounted),
    ];
    let differing = fields.into_iter().filter(|(_, differs)| *differs);
    let mut found: Vec<Difference> =
        differing.map(|(field, _)| Difference::Field { field: field.to_owned() }).collect();
    found.extend(records(gbr, fra));
    found
}

/// The records that count for one side only. What one side alone comes to count, it counts; what
/// one side alone ceases to count, the other still counts. A side that names no ids, because there
/// are too many, says nothing about any record.
fn records(gbr: &Body, fra: &Body) -> Vec<Difference> {
    let mut one_sided = BTreeSet::new();
    if let (Some(gbr), Some(fra)) = (&gbr.counted, &fra.counted) {
        one_sided.extend(only_in(gbr, fra).map(|id| (id, Party::Gbr)));
        one_sided.extend(only_in(fra, gbr).map(|id| (id, Party::Fra)));
    }
    if let (Some(gbr), Some(fra)) = (&gbr.uncounted, &fra.uncounted) {
        one_sided.extend(only_in(gbr, fra).map(|id| (id, Party::Fra)));
        one_sided.extend(only_in(fra, gbr).map(|id| (id, Party::Gbr)));
    }
    one_sided
        .into_iter()
        .map(|(record, counts_for)| Difference::Record { record, counts_for })
        .collect()
}

fn only_in<'a>(one: &'a [RecordId], other: &'a [RecordId]) -> impl Iterator<Item = RecordId> + 'a {
    one.iter().filter(move |id| !other.contains(id)).copied()
}
