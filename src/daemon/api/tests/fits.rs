//! Whether a value fits a JSON Schema, as far as our own schemas go: a word that they do not use is
//! an error, so that nothing is taken for checked that is not.
//!
//! It speaks to `serde_json` only, so that a test outside the crate can take it in as well.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use serde_json::Value;

/// Words that say something to a reader and nothing about a value.
const REMARKS: [&str; 7] =
    ["$schema", "$id", "$defs", "title", "description", "contentEncoding", "properties"];

/// Holds a value against a schema; `root` is the document in which references are looked up.
pub(crate) fn fits(root: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let words = schema.as_object().ok_or("a schema is an object")?;
    for (word, says) in words {
        keeps(root, schema, (word, says), value)?;
    }
    Ok(())
}

fn keeps(
    root: &Value,
    schema: &Value,
    (word, says): (&str, &Value),
    value: &Value,
) -> Result<(), String> {
    let wrong = || Err(format!("{value} breaks {word} {says}"));
    match word {
        "$ref" => {
            let path =
                says.as_str().and_then(|path| path.strip_prefix('#')).ok_or("a reference")?;
            let named = root.pointer(path).ok_or_else(|| format!("there is no {path}"))?;
            return fits(root, named, value).map_err(|why| format!("{path}: {why}"));
        }
        "oneOf" => {
            let tried: Vec<_> = array(says).iter().map(|one| fits(root, one, value)).collect();
            if tried.iter().filter(|one| one.is_ok()).count() != 1 {
                let why: Vec<String> = tried.into_iter().filter_map(Result::err).collect();
                return Err(format!("it does not fit just one: {}", why.join(" | ")));
            }
        }
        "const" if says != value => return wrong(),
        "enum" if !array(says).contains(value) => return wrong(),
        "type" => {
            let types = if says.is_array() { array(says) } else { std::slice::from_ref(says) };
            if !types.iter().any(|one| is(one.as_str().unwrap_or_default(), value)) {
                return wrong();
            }
        }
        "minimum" if value.as_u64() < says.as_u64() => return wrong(),
        "pattern" | "format" => {
            let pattern = match says.as_str().unwrap_or_default() {
                "date" => "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                "date-time" => "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
                "binary" => return Ok(()),
                pattern => pattern,
            };
            if value.as_str().is_some_and(|text| !matches(pattern, text)) {
                return wrong();
            }
        }
        "required" => {
            for name in array(says) {
                let name = name.as_str().unwrap_or_default();
                if value.as_object().is_some_and(|fields| !fields.contains_key(name)) {
                    return Err(format!("{name} is missing"));
                }
            }
        }
        "additionalProperties" => return fields(root, schema, says, value),
        "items" => {
            for one in value.as_array().into_iter().flatten() {
                fits(root, says, one)?;
            }
        }
        "const" | "enum" | "minimum" => {}
        word if REMARKS.contains(&word) => {}
        word => return Err(format!("a schema of ours has no {word}")),
    }
    Ok(())
}

/// Every field of an object by its own schema, and none beyond them if there may be none. Only
/// where it is said whether there may be, fields are looked at: our schemas say it everywhere.
fn fields(root: &Value, schema: &Value, more: &Value, value: &Value) -> Result<(), String> {
    for (name, value) in value.as_object().into_iter().flatten() {
        let about = |why: String| format!("{name}: {why}");
        match (&schema["properties"][name], more) {
            (Value::Null, Value::Bool(false)) => return Err(about("is not described".to_owned())),
            (Value::Null, Value::Bool(true)) => {}
            (Value::Null, more) => fits(root, more, value).map_err(about)?,
            (schema, _) => fits(root, schema, value).map_err(about)?,
        }
    }
    Ok(())
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    }
}

/// Patterns of single signs and sets of signs, each once or so many times: `^[0-9]{4}-W[0-9]{2}$`.
fn matches(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.trim_start_matches('^').trim_end_matches('$');
    let mut signs = text.chars().peekable();
    while let Some(first) = rest.chars().next() {
        let end = if first == '[' { rest.find(']').unwrap_or(rest.len() - 1) } else { 0 };
        let (set, after) = rest.split_at(end + 1);
        let counted = after.strip_prefix('{').and_then(|after| after.split_once('}'));
        let (times, after) = counted.unwrap_or(("1", after));
        let (low, high) = times.split_once(',').unwrap_or((times, times));
        let (low, high): (usize, usize) = (low.parse().unwrap(), high.parse().unwrap());
        let mut taken = 0;
        while taken < high && signs.next_if(|sign| is_in(set, *sign)).is_some() {
            taken += 1;
        }
        if taken < low {
            return false;
        }
        rest = after;
    }
    signs.next().is_none()
}

fn is_in(set: &str, sign: char) -> bool {
    let Some(inner) = set.strip_prefix('[').and_then(|set| set.strip_suffix(']')) else {
        return set.chars().eq([sign]);
    };
    let signs: Vec<char> = inner.chars().collect();
    let ranges = signs.windows(3).filter(|three| three[1] == '-');
    let mut within = ranges.map(|three| three[0]..=three[2]);
    signs.contains(&sign) && sign != '-' || within.any(|range| range.contains(&sign))
}
