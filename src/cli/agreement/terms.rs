//! The provisions, term by term: what stands there, in which unit, and what it means.

use std::collections::BTreeSet;

use crate::{
    cli::output::count,
    names::Persons,
    record::{DayCounting, HeadStartRule, Provisions, Silence},
};

/// One term in words.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(in crate::cli) struct Term {
    /// Its name in the file.
    pub(in crate::cli) name: &'static str,
    /// What stands there, with its unit.
    pub(in crate::cli) value: String,
    /// What it means.
    pub(in crate::cli) means: String,
    /// The article of the agreement, or what else it is from.
    pub(in crate::cli) article: &'static str,
}

/// A term that two versions give differently.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(in crate::cli) struct Change {
    /// Its name in the file.
    pub(in crate::cli) term: &'static str,
    /// What stood there.
    pub(in crate::cli) from: String,
    /// What stands there now.
    pub(in crate::cli) to: String,
    /// What that means.
    pub(in crate::cli) means: String,
}

/// Where a term is from that the published text does not settle.
const SILENT: &str = "the text is silent; both sides agree on it";
/// Where a term is from that was published without its article.
const REPORTED: &str = "as published; the article was not seen";

/// Every term, in the order of the file.
pub(in crate::cli) fn all(provisions: &Provisions) -> Vec<Term> {
    let mut terms = Vec::from(course(provisions));
    terms.extend(asking(provisions));
    terms.extend(moving(provisions));
    terms.extend(counting(provisions));
    terms
}

/// The terms that differ.
pub(in crate::cli) fn changes(before: &Provisions, after: &Provisions) -> Vec<Change> {
    let pairs = all(before).into_iter().zip(all(after));
    let differs = |(one, other): &(Term, Term)| one.value != other.value;
    pairs.filter(differs).map(|(one, other)| change(one, other)).collect()
}

fn change(one: Term, other: Term) -> Change {
    Change { term: one.name, from: one.value, to: other.value, means: other.means }
}

fn term(name: &'static str, value: String, means: &str, article: &'static str) -> Term {
    Term { name, value, means: means.to_owned(), article }
}

/// What is in force, and from when to when.
fn course(it: &Provisions) -> [Term; 5] {
    let rules = "kinds, schemas, code lists, fold and week boundaries";
    let in_force = format!(
        "records count from this day on; of the founding terms {} is the first week closed",
        it.in_force.week()
    );
    let scopes: Vec<_> = it.scopes.as_slice().iter().map(ToString::to_string).collect();
    [
        term("rules", format!("version {}", it.rules), rules, "this software"),
        term("in_force", it.in_force.to_string(), &in_force, "Art. 22"),
        term(
            "expires",
            it.expires.to_string(),
            "the last day, unless the agreement is renewed",
            "Art. 22",
        ),
        term(
            "termination_months",
            months(it.termination_months),
            "a termination takes effect so long after its receipt",
            "Art. 22(2)",
        ),
        term("scopes", scopes.join(", "), "who falls under readmission", "Art. 3"),
    ]
}

/// From the arrival of a person to the answer of France.
fn asking(it: &Provisions) -> [Term; 4] {
    let silence = match it.silence {
        Silence::Nothing => "no answer in time means nothing; the case shows that there is none",
        Silence::Acceptance => "a request without an answer in time counts as accepted",
        Silence::Refusal => "a request without an answer in time counts as refused",
    };
    [
        term(
            "request_days",
            days(it.request_days),
            "France is asked at most so long after the arrival in the United Kingdom",
            REPORTED,
        ),
        term(
            "answer_days",
            days(it.answer_days),
            "France answers at most so long after the receipt of a request",
            REPORTED,
        ),
        term(
            "extended_answer_days",
            days(it.extended_answer_days),
            "the same, after an extension that came in time",
            REPORTED,
        ),
        term("silence", it.silence.to_string(), silence, SILENT),
    ]
}

/// From the acceptance to the journey.
fn moving(it: &Provisions) -> [Term; 6] {
    [
        term(
            "procedure_months",
            months(it.procedure_months),
            "a person is transferred at most so long after the arrival",
            "Art. 1(1)",
        ),
        term(
            "notice_days",
            days(it.notice_days),
            "a transport leaves at least so long after the receipt of its notice",
            SILENT,
        ),
        term(
            "group_persons",
            persons(it.group_persons),
            "from so many on, a transport is a group",
            SILENT,
        ),
        term(
            "group_notice_days",
            days(it.group_notice_days),
            "a group leaves at least so long after the receipt of its notice",
            SILENT,
        ),
        term(
            "attestation_days",
            days(it.attestation_days),
            "attestations hold for so long after the receipt of their notice",
            "Art. 4(1); the period is silent",
        ),
        term(
            "visa_months",
            months(it.visa_months),
            "a visa is valid for at most so long",
            "Art. 12(4)",
        ),
    ]
}

/// How persons, days and places are counted.
fn counting(it: &Provisions) -> [Term; 7] {
    let beyond = match it.head_start_rule {
        HeadStartRule::Refuse => "visas beyond the head start are refused at submission",
        HeadStartRule::Flag => "visas beyond the head start are let through, and are a break",
        HeadStartRule::LetThrough => "visas beyond the head start are let through",
    };
    let counting = match it.counting {
        DayCounting::DayAfter => "a period begins on the day after the event, weekends included",
        DayCounting::SameDay => "a period begins on the day of the event, weekends included",
        DayCounting::DayAfterToMonday => {
            "a period begins on the day after the event, and never ends on a weekend"
        }
    };
    let places: BTreeSet<_> = it.places.iter().map(ToString::to_string).collect();
    let places: Vec<_> = places.into_iter().collect();
    let group = |group: &Vec<_>| {
        let names: Vec<_> = group.iter().map(ToString::to_string).collect();
        names.join(" = ")
    };
    let same: Vec<_> = it.same_places.iter().map(group).collect();
    let none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
    [
        term(
            "head_start",
            count(it.head_start, "person", "persons"),
            "admissions and open visas may be so far ahead of returns",
            "Art. 1(3); the figure is silent",
        ),
        term("head_start_rule", it.head_start_rule.to_string(), beyond, "Art. 1(3), 12(1)"),
        term("counting", it.counting.to_string(), counting, SILENT),
        term(
            "date_tolerance_days",
            days(it.date_tolerance_days),
            "an arrival matches its departure up to so far apart",
            SILENT,
        ),
        term(
            "places",
            none(places.join(", ")),
            "records may name these (UN/LOCODE); another one is kept, and is a break",
            SILENT,
        ),
        term(
            "same_places",
            none(same.join("; ")),
            "these count as one place when an arrival is held against its notice",
            SILENT,
        ),
        term(
            "balance_tolerance",
            count(it.balance_tolerance, "person", "persons"),
            "returns and admissions may differ by so many before it is shown as imbalance",
            "Art. 1(3); the figure is silent",
        ),
    ]
}

fn days(number: u32) -> String {
    count(number.into(), "day", "days")
}

fn months(number: u32) -> String {
    count(number.into(), "month", "months")
}

fn persons(number: Persons) -> String {
    count(number.0.into(), "person", "persons")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Example {
        provisions: Provisions,
    }

    fn example() -> Provisions {
        let text = include_str!("../../../docs/examples/provisions.toml");
        toml::from_str::<Example>(text).unwrap().provisions
    }

    #[test]
    fn every_term_of_the_file_is_told_under_its_name() {
        let told: Vec<_> = all(&example()).into_iter().map(|term| term.name.to_owned()).collect();
        let json = serde_json::to_string(&example()).unwrap();
        // The order in the text is that of the keys.
        let mut named: Vec<_> =
            told.iter().map(|name| json.find(&format!("\"{name}\":"))).collect();
        assert!(named.iter().all(Option::is_some), "{told:?}");
        named.dedup();
        assert!(named.is_sorted(), "{told:?}");
        let fields = serde_json::to_value(example()).unwrap();
        assert_eq!(fields.as_object().unwrap().len(), told.len());
    }

    #[test]
    fn each_term_that_differs_is_told_and_no_other() {
        let before = example();
        assert_eq!(changes(&before, &before), []);
        // Every term is changed by itself, by way of its JSON.
        let fields = serde_json::to_value(&before).unwrap();
        for (name, other) in [
            ("rules", "2"),
            ("in_force", "\"2025-08-07\""),
            ("expires", "\"2027-06-11\""),
            ("termination_months", "2"),
            ("scopes", "[\"re-entry\"]"),
            ("request_days", "15"),
            ("answer_days", "1"),
            ("extended_answer_days", "30"),
            ("silence", "\"refusal\""),
            ("procedure_months", "4"),
            ("notice_days", "9"),
            ("group_persons", "1"),
            ("group_notice_days", "9"),
            ("attestation_days", "1"),
            ("visa_months", "1"),
            ("head_start", "0"),
            ("head_start_rule", "\"refuse\""),
            ("counting", "\"same-day\""),
            ("date_tolerance_days", "0"),
            ("places", "[]"),
            ("same_places", "[]"),
            ("balance_tolerance", "0"),
        ] {
            let mut fields = fields.clone();
            fields[name] = serde_json::from_str(other).unwrap();
            let after: Provisions = serde_json::from_value(fields).unwrap();
            let found = changes(&before, &after);
            assert_eq!(found.iter().map(|one| one.term).collect::<Vec<_>>(), [name]);
            assert_ne!(found[0].from, found[0].to);
        }
    }
}
