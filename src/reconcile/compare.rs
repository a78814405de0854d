//! Where two bodies for one week differ, down to the record.

use crate::{
    cbor,
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
    let fields: [(&'static str, bool); 13] = [
        ("number", gbr.number != fra.number),
        ("week", gbr.week != fra.week),
        ("gbr", gbr.gbr != fra.gbr),
        ("fra", gbr.fra != fra.fra),
        ("as_of", gbr.as_of != fra.as_of),
        ("opening", gbr.opening != fra.opening),
        ("movements", gbr.movements != fra.movements),
        ("closing", gbr.closing != fra.closing),
        ("pipeline", gbr.pipeline != fra.pipeline),
        ("breaks", cbor::encode(&gbr.breaks) != cbor::encode(&fra.breaks)),
        ("arrivals", gbr.arrivals != fra.arrivals),
        ("admissions", gbr.admissions != fra.admissions),
        ("previous", gbr.previous != fra.previous),
    ];
    let differing = fields.into_iter().filter(|(_, differs)| *differs);
    let mut found: Vec<Difference> =
        differing.map(|(field, _)| Difference::Field { field: field.to_owned() }).collect();
    for (ours, theirs) in [(&gbr.counted, &fra.counted), (&gbr.uncounted, &fra.uncounted)] {
        let (ours, theirs) = (ids(ours.as_ref()), ids(theirs.as_ref()));
        found.extend(only_in(ours, theirs, Party::Gbr));
        found.extend(only_in(theirs, ours, Party::Fra));
    }
    found
}

fn ids(list: Option<&Vec<RecordId>>) -> &[RecordId] {
    list.map_or(&[], Vec::as_slice)
}

fn only_in<'a>(
    one: &'a [RecordId],
    other: &'a [RecordId],
    counts_for: Party,
) -> impl Iterator<Item = Difference> + 'a {
    one.iter()
        .filter(move |id| !other.contains(id))
        .map(move |record| Difference::Record { record: *record, counts_for })
}
