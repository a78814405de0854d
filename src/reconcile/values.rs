//! The values in which two bodies differ, leaf by leaf.

use std::{collections::BTreeMap, fmt::Display};

use serde::{Deserialize, Serialize};

use crate::record::{Body, LogCut, Tally};

/// A leaf of a body that has two values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwoValues {
    /// Where it stands, as in `closing.returned.agreed` or `breaks duplicate 0-2`.
    pub at: String,
    /// Its value in each body, as text; none in a body that does not have it.
    pub values: [Option<String>; 2],
}

/// Every leaf in which two bodies differ, in the order of a body. Lists of ids are left out: they
/// are told record by record.
pub(super) fn two_values(one: &Body, other: &Body) -> Vec<TwoValues> {
    let (one, other) = (Leaves::of(one), Leaves::of(other));
    let [first, second] =
        [&one, &other].map(|body| body.0.iter().cloned().collect::<BTreeMap<String, String>>());
    let alone = other.0.iter().filter(|(at, _)| !first.contains_key(at));
    let both = one.0.iter().chain(alone).map(|(at, _)| TwoValues {
        at: at.clone(),
        values: [&first, &second].map(|body| body.get(at).cloned()),
    });
    both.filter(|leaf| leaf.values.first() != leaf.values.last()).collect()
}

/// Path and value of every leaf.
struct Leaves(Vec<(String, String)>);

impl Leaves {
    fn of(body: &Body) -> Self {
        let mut all = Self(Vec::new());
        all.leaf("number", body.number);
        all.leaf("week", body.week);
        all.cut("gbr", &body.gbr);
        all.cut("fra", &body.fra);
        all.leaf("as_of", body.as_of);
        all.tally("opening", &body.opening);
        for one in &body.movements {
            all.tally(&format!("movements {} counted", one.week), &one.counted);
            all.tally(&format!("movements {} uncounted", one.week), &one.uncounted);
        }
        all.tally("closing", &body.closing);
        let pipeline = &body.pipeline;
        for (name, count) in [
            ("requested", pipeline.requested),
            ("accepted", pipeline.accepted),
            ("notified", pipeline.notified),
            ("in_transit", pipeline.in_transit),
            ("visas_outstanding", pipeline.visas_outstanding),
            ("lapsing_soon", pipeline.lapsing_soon),
            ("disputed", pipeline.disputed),
        ] {
            all.leaf(&format!("pipeline.{name}"), count);
        }
        for one in &body.breaks {
            all.leaf(&format!("breaks {} {}", one.class, one.age), one.count);
        }
        all.leaf("arrivals", body.arrivals);
        all.leaf("admissions", body.admissions);
        if let Some(previous) = body.previous {
            all.leaf("previous", previous);
        }
        all
    }

    fn leaf(&mut self, at: &str, value: impl Display) {
        self.0.push((at.to_owned(), value.to_string()));
    }

    fn cut(&mut self, at: &str, cut: &LogCut) {
        self.leaf(&format!("{at}.origin"), &cut.origin);
        self.leaf(&format!("{at}.size"), cut.size);
        self.leaf(&format!("{at}.root"), cut.root);
    }

    fn tally(&mut self, at: &str, tally: &Tally) {
        for (direction, three) in [("returned", &tally.returned), ("admitted", &tally.admitted)] {
            for (whose, persons) in
                [("agreed", three.agreed), ("gbr", three.gbr), ("fra", three.fra)]
            {
                self.leaf(&format!("{at}.{direction}.{whose}"), persons);
            }
        }
    }
}
