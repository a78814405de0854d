//! Where the fields of a JSON object stand in its text. The text is JSON already: nothing is judged
//! here, and nothing is read but names.

use std::ops::Range;

/// One field as it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// Its name.
    pub(super) name: String,
    /// Where its name begins.
    pub(super) at: usize,
    /// Where its value stands.
    pub(super) value: Range<usize>,
}

/// The fields of the object that begins at `start`, in the order of the text; `None` if something
/// else begins there.
pub(super) fn fields(text: &str, start: usize) -> Option<Vec<Field>> {
    let bytes = text.as_bytes();
    let mut at = past_space(bytes, start);
    if bytes.get(at) != Some(&b'{') {
        return None;
    }
    at = at.saturating_add(1);
    let mut found = Vec::new();
    loop {
        at = past_space(bytes, at);
        match bytes.get(at)? {
            b',' => at = at.saturating_add(1),
            b'"' => {
                let end = past_string(bytes, at);
                let name = serde_json::from_str(text.get(at..end)?).ok()?;
                let colon = past_space(bytes, end);
                let from = past_space(bytes, colon.saturating_add(1));
                let value = from..past_value(bytes, from);
                found.push(Field { name, at, value: value.clone() });
                at = value.end;
            }
            _ => return Some(found),
        }
    }
}

/// Line and column of an offset, both from 1; columns count letters, as editors do.
pub(super) fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    let column = before.chars().rev().take_while(|letter| *letter != '\n').count();
    (line, column.saturating_add(1))
}

fn past_space(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let space = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    start.saturating_add(space)
}

/// Behind the string that begins at `start`.
fn past_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start.saturating_add(1);
    loop {
        match bytes.get(at) {
            None => return at,
            Some(b'"') => return at.saturating_add(1),
            Some(b'\\') => at = at.saturating_add(2),
            Some(_) => at = at.saturating_add(1),
        }
    }
}

/// Behind the value that begins at `start`. Brackets are counted and not followed, so that no depth
/// costs anything.
fn past_value(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    let mut depth: usize = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = past_string(bytes, at),
            b'{' | b'[' => {
                depth = depth.saturating_add(1);
                at = at.saturating_add(1);
            }
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                at = at.saturating_add(1);
            }
            b',' if depth == 0 => return at,
            space if depth == 0 && space.is_ascii_whitespace() => return at,
            _ => at = at.saturating_add(1),
        }
        if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
            return at;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<Vec<(String, String)>> {
        let all = fields(text, 0)?;
        Some(all.into_iter().map(|one| (one.name, text[one.value].to_owned())).collect())
    }

    #[test]
    fn each_field_is_found_with_the_whole_of_its_value() {
        let text = r#" { "a" : 1 ,"b":"}\",{\\" , "c":[{"d":"]"},[2]],
          "e\n": {"f":{"g":null}} ,"":-1.5e3,"h":true}"#;
        let wanted = [
            ("a", "1"),
            ("b", r#""}\",{\\""#),
            ("c", r#"[{"d":"]"},[2]]"#),
            ("e\n", r#"{"f":{"g":null}}"#),
            ("", "-1.5e3"),
            ("h", "true"),
        ];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(found(text).unwrap(), wanted);
        assert_eq!(found("{}"), Some(Vec::new()));
        for other in ["", "[]", "1", "\"{}\"", "null"] {
            assert_eq!(found(other), None, "{other}");
        }
    }

    #[test]
    fn a_text_that_breaks_off_is_no_panic() {
        let text = r#"{"a":{"b":["c\\"]},"d":"\u00e9"}"#;
        for end in 0..text.len() {
            let _unread = fields(&text[..end], 0);
        }
    }

    #[test]
    fn a_place_is_told_as_an_editor_does() {
        let text = "{\n \"é\": 1,\n\n\"b\": 2}";
        for (part, wanted) in [("{", (1, 1)), ("\"é", (2, 2)), ("1", (2, 7)), ("\"b", (4, 1))] {
            assert_eq!(place(text, text.find(part).unwrap()), wanted, "{part}");
        }
        assert_eq!(place("", 9), (1, 1));
    }

    #[test]
    fn no_depth_is_too_deep() {
        let text = format!("{{\"a\":{}{}}}", "[".repeat(30_000), "]".repeat(30_000));
        assert_eq!(fields(&text, 0).unwrap()[0].value, 5..60_005);
    }
}
