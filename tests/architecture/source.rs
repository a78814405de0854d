//! The source tree as the checkers read it: files with their code apart from their words.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Source files by their path from the root of the house, with `/` between the parts.
pub(crate) type Tree = BTreeMap<String, Source>;

/// One file: as it was written, and as the compiler counts it.
pub(crate) struct Source {
    /// The file as it was written.
    pub(crate) text: String,
    /// The same bytes, with blanks in place of comments, strings, characters and lifetimes, so that
    /// a brace or a path in it is one that the compiler sees.
    pub(crate) code: String,
}

impl Source {
    /// Reads one file's text.
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), code: code_of(text) }
    }

    /// The line, counted from 1, that holds this byte.
    pub(crate) fn line(&self, at: usize) -> usize {
        1 + self.code[..at].matches('\n').count()
    }
}

/// The root of the house.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file under these folders of the house.
pub(crate) fn rust_files(folders: &[&str]) -> Tree {
    texts(&root())
        .into_iter()
        .filter(|(path, _)| path.ends_with(".rs"))
        .filter(|(path, _)| folders.iter().any(|folder| path.starts_with(&format!("{folder}/"))))
        .map(|(path, text)| (path, Source::new(&text)))
        .collect()
}

/// A tree that a test plants.
pub(crate) fn planted(files: &[(&str, &str)]) -> Tree {
    files.iter().map(|(path, text)| ((*path).to_owned(), Source::new(text))).collect()
}

/// Every text file of the house, without what is built, fetched or generated.
pub(crate) fn texts(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                if !is_foreign(&path) {
                    folders.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path) {
                let name = path.strip_prefix(root).expect("the walk stays in the house");
                found.insert(name.to_string_lossy().replace('\\', "/"), text);
            }
        }
    }
    found
}

/// Whether a folder holds nothing that was written here. Cargo marks its build folders with a tag
/// file, wherever `CARGO_TARGET_DIR` puts them.
fn is_foreign(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    matches!(name.as_str(), ".git" | "target" | "corpus" | "artifacts" | "coverage")
        || folder.join("CACHEDIR.TAG").exists()
}

/// Blanks whatever is not code; line breaks and the place of every byte of code stay.
fn code_of(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let Some(words) = words_at(bytes, at) else {
            at += 1;
            continue;
        };
        at = words.end;
        for byte in code[words].iter_mut().filter(|byte| **byte != b'\n') {
            *byte = b' ';
        }
    }
    String::from_utf8(code).expect("words begin and end at characters")
}

/// The comment, string, character or lifetime that begins here, if one does.
fn words_at(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = &bytes[at..];
    let length = match rest {
        [b'/', b'/', ..] => until(rest, 2, b"\n"),
        [b'/', b'*', ..] => block_comment(rest),
        [b'"', ..] => string(rest),
        [b'r', ..] if begins_word(bytes, at) => raw_string(rest)?,
        [b'\'', ..] => character_or_lifetime(rest),
        _ => return None,
    };
    Some(at..(at + length).min(bytes.len()))
}

/// Whether the `r` at this place begins a word, alone or behind the prefix of `br"` and `cr"`.
fn begins_word(bytes: &[u8], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map(|at| bytes[at]);
    match before(1) {
        Some(b'b' | b'c') => before(2).is_none_or(|byte| !is_word(byte)),
        byte => byte.is_none_or(|byte| !is_word(byte)),
    }
}

/// Whether a byte may stand in a word: letters beyond ASCII are taken for such.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The place just before `end`, or the end of the file.
fn until(bytes: &[u8], from: usize, end: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let found = rest.windows(end.len()).position(|here| here == end);
    found.map_or(bytes.len(), |found| from + found)
}

/// Block comments nest.
fn block_comment(bytes: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    at
}

fn string(bytes: &[u8]) -> usize {
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// `r"..."` and `r#"..."#`; a raw identifier such as `r#type` is code.
fn raw_string(bytes: &[u8]) -> Option<usize> {
    let hashes = bytes[1..].iter().take_while(|byte| **byte == b'#').count();
    if bytes.get(1 + hashes) != Some(&b'"') {
        return None;
    }
    let end = [b"\"".as_slice(), "#".repeat(hashes).as_bytes()].concat();
    Some(until(bytes, 2 + hashes, &end) + end.len())
}

fn character_or_lifetime(bytes: &[u8]) -> usize {
    if bytes.get(1) == Some(&b'\\') {
        return until(bytes, 3, b"'") + 1;
    }
    let width = bytes[1..].iter().skip(1).take_while(|byte| (0x80..0xC0).contains(*byte)).count();
    if bytes.get(2 + width) == Some(&b'\'') {
        return 3 + width;
    }
    1 + bytes[1..].iter().take_while(|byte| is_word(**byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_blanked_and_code_is_not() {
        let cases = [
            ("a // {\nb", "a     \nb"),
            ("a /* { /* } */ */ b", "a                 b"),
            (r#"f("{ \" }") x"#, "f(        ) x"),
            (r##"r"\" y"##, "     y"),
            (r###"br#"a"b"# z"###, "b         z"),
            ("r#type", "r#type"),
            ("for\"x\"", "for   "),
            ("'{' x", "    x"),
            (r"'\'' y", "     y"),
            (r"'\u{7d}' y", "         y"),
            ("'é' y", "     y"),
            ("fn f<'a>(x: &'a str)", "fn f<  >(x: &   str)"),
            ("b'}' y", "b    y"),
        ];
        for (text, code) in cases {
            assert_eq!(code_of(text), code, "{text}");
            assert_eq!(code_of(text).len(), text.len(), "{text}");
        }
    }

    #[test]
    fn an_unfinished_word_ends_with_the_file() {
        for text in ["/* {", "\"{", "r#\"{", "'\\", "'", "//"] {
            assert_eq!(code_of(text).trim_start_matches('r').trim(), "", "{text}");
        }
    }
}
