//! What a record that waits for approval is about, as this side's daemon holds it: the record that
//! it names, the break that it decides, and what changes by it.

use serde_json::{Map, Value};

use super::{
    agreement::{step, terms},
    client::{Client, ClientError, ShownRecord},
    failure::Failure,
    output::count,
    status::wait_for,
};
use crate::{
    daemon::{api::ProblemType, scribe::RecordKey},
    ledger,
    names::{Commitment, RecordId},
    record::{AgreementVersion, BreakResolution, Content, Record, Submission, VersionStep},
};

/// So many of the records named are told.
const TOLD_MAX: usize = 3;

/// Letters of a value that changes; a longer one, such as a list of commitments, is cut.
const VALUE_LETTERS_MAX: usize = 72;

/// What a record is about, line by line.
pub(super) fn concern(client: &Client, record: &Record) -> Result<Vec<String>, Failure> {
    if let Content::BreakResolution(one) = &record.content {
        return decided(client, one);
    }
    if let Content::AgreementVersion(one) = &record.content {
        return version(client, one, record);
    }
    let mut lines = told(client, &record.re)?;
    if let (Content::Correction(one), Some(named)) = (&record.content, record.re.first()) {
        let after = one.replacement.as_ref().map(serde_json::to_value).and_then(Result::ok);
        lines.extend(match after {
            Some(after) => corrected(client, *named, &after)?,
            // A consent is to a correction of the other side, which names what it changes.
            None => consented(client, *named)?,
        });
    }
    Ok(lines)
}

/// Records in a line each.
fn told(client: &Client, ids: &[RecordId]) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    for id in ids.iter().take(TOLD_MAX) {
        let line = shown(client, *id)?.map_or_else(|| "not held here".to_owned(), |one| line(&one));
        lines.push(format!("  {}: {line}", super::case::short(id)));
    }
    let more = u64::try_from(ids.len().saturating_sub(TOLD_MAX)).unwrap_or(u64::MAX);
    if more > 0 {
        lines.push(format!("  and {} more", count(more, "record", "records")));
    }
    Ok(lines)
}

fn shown(client: &Client, id: RecordId) -> Result<Option<ShownRecord>, Failure> {
    match wait_for(client.record(RecordKey::Id(id)))? {
        Err(ClientError::Refused(problem)) if problem.problem == ProblemType::NoSuchRecord => {
            Ok(None)
        }
        answered => Ok(Some(answered?)),
    }
}

/// What a record is and says.
fn line(shown: &ShownRecord) -> String {
    let kind = shown.record.get("kind").and_then(Value::as_str).unwrap_or_default();
    let of =
        if shown.state == "inherited" { format!(" of {}", shown.origin) } else { String::new() };
    let place = shown.position.map(|position| format!(", {}:{position}{of}", shown.log));
    let signed = shown.signed_at.map(|time| format!(", signed {time}"));
    // What an operator never hands in cannot be read back, and is told by its kind alone.
    let json = shown.record.to_string();
    let mut decoy = || Commitment::new([0; 32]);
    let read = Submission::parse(json.as_bytes(), shown.log, None, &mut decoy).ok();
    let says = read.map(|read| format!(": {}", ledger::says(&read.record)));
    [Some(kind.to_owned()), place, signed, says].into_iter().flatten().collect()
}

/// The break that is decided.
fn decided(client: &Client, one: &BreakResolution) -> Result<Vec<String>, Failure> {
    let status = wait_for(client.status())??;
    let Some(found) = status.breaks.iter().find(|found| found.id == one.break_id) else {
        return Ok(vec!["This daemon knows no open break of this id.".to_owned()]);
    };
    let (class, began, owner) = (found.class, found.began, found.owner);
    let mut lines = vec![format!("It is {class}, open since {began}, to act: {owner}, shown by:")];
    lines.extend(told(client, &found.evidence)?);
    Ok(lines)
}

/// What a correction changes in a record, or in what an earlier correction put in its place.
fn corrected(client: &Client, named: RecordId, after: &Value) -> Result<Vec<String>, Failure> {
    let Some(shown) = shown(client, named)? else { return Ok(Vec::new()) };
    let before = shown.record.pointer("/content/replacement").unwrap_or(&shown.record);
    let found = changes(before, after);
    if found.is_empty() {
        return Ok(vec!["Nothing of it changes.".to_owned()]);
    }
    Ok(std::iter::once("What changes:".to_owned()).chain(found).collect())
}

fn consented(client: &Client, correction: RecordId) -> Result<Vec<String>, Failure> {
    let Some(shown) = shown(client, correction)? else { return Ok(Vec::new()) };
    let named = shown.record.pointer("/re/0").and_then(|id| id.as_str()?.parse().ok());
    match (named, shown.record.pointer("/content/replacement")) {
        (Some(named), Some(after)) => corrected(client, named, after),
        (_, _) => Ok(Vec::new()),
    }
}

/// The fields that two records give differently, old and new.
fn changes(before: &Value, after: &Value) -> Vec<String> {
    let (before, after) = (flat(before), flat(after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let value = |of: Option<&Value>| of.map_or_else(|| "none".to_owned(), short);
    let differs = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    let line = |name: &String| {
        format!("  {name}: {} -> {}", value(before.get(name)), value(after.get(name)))
    };
    differs.map(line).collect()
}

/// The heads of a record, and the fields of its content, by name.
fn flat(record: &Value) -> Map<String, Value> {
    let mut all = Map::new();
    for (name, value) in record.as_object().into_iter().flatten() {
        match value.as_object().filter(|_| name == "content") {
            Some(content) => {
                let inner = |(name, value): (&String, &Value)| (name.clone(), value.clone());
                all.extend(content.iter().map(inner));
            }
            None => drop(all.insert(name.clone(), value.clone())),
        }
    }
    all
}

fn short(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if text.chars().count() <= VALUE_LETTERS_MAX {
        return text;
    }
    if let Some(list) = value.as_array() {
        let number = u64::try_from(list.len()).unwrap_or(u64::MAX);
        return count(number, "value", "values");
    }
    let cut: String = text.chars().take(VALUE_LETTERS_MAX).collect();
    format!("{cut}…")
}

/// How the version that a step is about differs from the one that it follows.
fn version(
    client: &Client,
    one: &AgreementVersion,
    record: &Record,
) -> Result<Vec<String>, Failure> {
    let Some(named) = record.re.first() else { return Ok(Vec::new()) };
    let Some(shown) = shown(client, *named)? else {
        return Ok(vec!["This daemon holds no record of that id.".to_owned()]);
    };
    let named = step::version(client, Some(*named))?.provisions;
    let (before, after) = match (one.step, &one.provisions) {
        (VersionStep::Proposed, Some(proposed)) => (named, proposed.clone()),
        (VersionStep::Accepted, _) => {
            let follows = shown.record.pointer("/re/0").and_then(|id| id.as_str()?.parse().ok());
            (step::version(client, follows)?.provisions, named)
        }
        (VersionStep::Proposed | VersionStep::Terminated, _) => {
            let months = count(named.termination_months.into(), "month", "months");
            return Ok(vec![format!("The period of notice is {months}.")]);
        }
    };
    let found = terms::changes(&before, &after);
    let line = |one: terms::Change| format!("  {}: {} -> {}", one.term, one.from, one.to);
    let lines = std::iter::once("What changes by it:".to_owned());
    Ok(lines.chain(found.into_iter().map(line)).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_fields_that_change_are_told_and_no_other() {
        let before =
            json!({ "kind": "arrival", "re": ["a"], "content": { "persons": 3, "p": "x" }});
        assert_eq!(changes(&before, &before), Vec::<String>::new());
        let after = json!({ "kind": "arrival", "case": "FR09-1", "re": ["a"],
            "content": { "persons": 4, "p": "x" }});
        assert_eq!(changes(&before, &after), ["  case: none -> FR09-1", "  persons: 3 -> 4"]);
        assert_eq!(changes(&after, &before), ["  case: FR09-1 -> none", "  persons: 4 -> 3"]);
    }

    #[test]
    fn a_long_value_is_cut() {
        assert_eq!(short(&json!("x".repeat(72))), "x".repeat(72));
        assert_eq!(short(&json!("é".repeat(73))), format!("{}…", "é".repeat(72)));
        assert_eq!(short(&json!(["ab".repeat(32), "cd".repeat(32)])), "2 values");
        assert_eq!(short(&json!([1, 2])), "[1,2]");
    }
}
