//! What stands in one file: its tokens, its inline modules, its test code and its paths.

use std::ops::Range;

use crate::source::{Source, is_word};

/// One word, number, `::` or other sign of the code.
#[derive(Clone, Copy)]
pub(crate) struct Token<'a> {
    /// How it is written.
    pub(crate) word: &'a str,
    /// The byte at which it begins.
    pub(crate) at: usize,
}

/// `mod name;`: a module that is a file of its own.
pub(crate) struct Declared {
    /// The inline modules around the declaration, outermost first.
    pub(crate) within: Vec<String>,
    /// The module's name.
    pub(crate) name: String,
    /// What a `#[path]` attribute says.
    pub(crate) path: Option<String>,
    /// Whether it exists in tests only.
    pub(crate) in_tests: bool,
}

/// One file, taken apart.
pub(crate) struct Outline<'a> {
    /// All tokens in their order.
    pub(crate) tokens: Vec<Token<'a>>,
    /// Modules that are files.
    pub(crate) declared: Vec<Declared>,
    /// Inline modules, outer before inner, with the tokens that they hold.
    pub(crate) inline: Vec<(String, Range<usize>)>,
    tests: Vec<Range<usize>>,
}

/// The attributes in front of an item, as far as they matter here.
#[derive(Default)]
struct Attributes {
    from: Option<usize>,
    test: bool,
    path: Option<String>,
}

impl<'a> Outline<'a> {
    /// Takes a file apart.
    pub(crate) fn of(source: &'a Source) -> Self {
        let tokens = tokens(&source.code);
        let mut outline = Outline { tokens, declared: vec![], inline: vec![], tests: vec![] };
        let mut before = Attributes::default();
        let mut at = 0;
        while at < outline.tokens.len() {
            if outline.word(at) == "#" && outline.word(at + 1) == "[" {
                at = outline.attribute(source, at, &mut before);
            } else if outline.word(at) == "pub" {
                at = if outline.word(at + 1) == "(" { outline.closing(at + 1) } else { at } + 1;
            } else {
                outline.item(at, std::mem::take(&mut before));
                at += 1;
            }
        }
        outline
    }

    /// The word at an index; behind the end there is none.
    pub(crate) fn word(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| token.word)
    }

    /// Whether a token belongs to code that exists in tests only.
    pub(crate) fn in_tests(&self, at: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&at))
    }

    /// The inline modules around a token, outermost first.
    pub(crate) fn within(&self, at: usize) -> Vec<String> {
        let around = self.inline.iter().filter(|(_, range)| range.contains(&at));
        around.map(|(name, _)| name.clone()).collect()
    }

    /// The sign that closes the bracket at this index, or the last token.
    pub(crate) fn closing(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for at in open..self.tokens.len() {
            match self.word(at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" if depth <= 1 => return at,
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
        }
        self.tokens.len().saturating_sub(1)
    }

    /// The last token of the item that begins here: its `;` or the brace that closes its body.
    pub(crate) fn end_of_item(&self, from: usize) -> usize {
        let mut at = from;
        while at < self.tokens.len() {
            match self.word(at) {
                "{" => return self.closing(at),
                ";" | "}" => return at,
                "(" | "[" => at = self.closing(at) + 1,
                _ => at += 1,
            }
        }
        at
    }

    /// Reads one attribute and returns the token after it.
    fn attribute(&self, source: &Source, hash: usize, before: &mut Attributes) -> usize {
        let end = self.closing(hash + 1);
        let has = |wanted: &str| (hash..end).any(|at| self.word(at) == wanted);
        before.from = before.from.or(Some(hash));
        before.test |= self.word(hash + 2) == "cfg" && has("test") && !has("not");
        if self.word(hash + 2) == "path" {
            let words = &source.text[self.tokens[hash].at..self.tokens[end].at];
            before.path = words.split('"').nth(1).map(str::to_owned);
        }
        end + 1
    }

    fn item(&mut self, at: usize, before: Attributes) {
        if before.test {
            self.tests.push(before.from.unwrap_or(at)..self.end_of_item(at) + 1);
        }
        if self.word(at) != "mod" {
            return;
        }
        let name = self.word(at + 1).to_owned();
        match self.word(at + 2) {
            "{" => self.inline.push((name, at + 2..self.closing(at + 2) + 1)),
            ";" => {
                let in_tests = self.in_tests(at);
                let within = self.within(at);
                self.declared.push(Declared { within, name, path: before.path, in_tests });
            }
            _ => {}
        }
    }

    /// Every path of the code, groups written out: `a::{b, c::d}` is `a::b` and `a::c::d`. Beside
    /// each stands the token at which its head is.
    pub(crate) fn paths(&self) -> Vec<(usize, Vec<&'a str>)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            if is_name(self.word(at)) {
                let mut ends = Vec::new();
                let after = self.branches(at, &[], &mut ends);
                found.extend(ends.into_iter().map(|path| (at, path)));
                at = after;
            } else {
                at += 1;
            }
        }
        found
    }

    /// Follows one path to all its ends and returns the token after it.
    fn branches(&self, head: usize, above: &[&'a str], ends: &mut Vec<Vec<&'a str>>) -> usize {
        let mut path = above.to_vec();
        let mut at = head;
        loop {
            path.push(self.word(at));
            let next = self.word(at + 2);
            if self.word(at + 1) != "::" {
                ends.push(path);
                return at + 1;
            } else if next == "{" {
                return self.group(at + 2, &path, ends);
            } else if is_name(next) || next == "*" {
                at += 2;
            } else {
                ends.push(path);
                return at + 2;
            }
        }
    }

    fn group(&self, open: usize, above: &[&'a str], ends: &mut Vec<Vec<&'a str>>) -> usize {
        let close = self.closing(open);
        let mut at = open + 1;
        while at < close {
            let begins = is_name(self.word(at)) || self.word(at) == "*";
            // A new name inside `as` does not lead anywhere.
            at = match self.word(at) {
                "as" => at + 2,
                _ if begins => self.branches(at, above, ends),
                _ => at + 1,
            };
        }
        close + 1
    }
}

fn is_name(word: &str) -> bool {
    word.bytes().next().is_some_and(|first| is_word(first) && !first.is_ascii_digit())
}

fn tokens(code: &str) -> Vec<Token<'_>> {
    let bytes = code.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = match &bytes[at..] {
            [byte, ..] if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            [b'r', b'#', rest @ ..] if rest.first().is_some_and(|next| is_word(*next)) => {
                // A raw identifier is the word behind its mark.
                at += 2;
                rest.iter().take_while(|byte| is_word(**byte)).count()
            }
            [b':', b':', ..] => 2,
            rest => rest.iter().take_while(|byte| is_word(**byte)).count().max(1),
        };
        found.push(Token { word: &code[at..at + length], at });
        at += length;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths_of(text: &str) -> Vec<String> {
        let source = Source::new(text);
        let outline = Outline::of(&source);
        outline.paths().into_iter().map(|(_, path)| path.join("::")).collect()
    }

    #[test]
    fn groups_are_written_out() {
        let cases: [(&str, &[&str]); 6] = [
            ("use a::b;", &["use", "a::b"]),
            ("use a::{b, c::{d, e as f}, *};", &["use", "a::b", "a::c::d", "a::c::e", "a::*"]),
            ("a::b::<C>()", &["a::b", "C"]),
            ("::std::fs", &["std::fs"]),
            ("$crate::x", &["crate::x"]),
            ("r#mod::x(1.0)", &["mod::x"]),
        ];
        for (text, paths) in cases {
            assert_eq!(paths_of(text), paths, "{text}");
        }
    }

    #[test]
    fn test_code_is_told_from_the_rest() {
        let cases = [
            ("#[cfg(test)] mod tests { x }", true),
            ("#[cfg(all(test, unix))]\n#[allow(y)]\npub(crate) fn f() { x }", true),
            ("#[cfg(test)] use a::x;", true),
            ("#[cfg(test)] mod tests { } x", false),
            ("#[cfg(not(test))] mod live { x }", false),
            ("#[cfg(test)] mod tests; fn f() { x }", false),
            ("mod tests { x }", false),
        ];
        for (text, expected) in cases {
            let source = Source::new(text);
            let outline = Outline::of(&source);
            let at = outline.tokens.iter().position(|token| token.word == "x").unwrap();
            assert_eq!(outline.in_tests(at), expected, "{text}");
        }
    }

    #[test]
    fn modules_are_found_where_they_are_declared() {
        let source = Source::new(
            "mod a; mod b { mod c; }\n#[cfg(test)]\n#[path = \"d_tests.rs\"]\npub(crate) mod d;",
        );
        let outline = Outline::of(&source);
        let found: Vec<_> = outline
            .declared
            .iter()
            .map(|one| (one.within.join("::"), &*one.name, one.path.as_deref(), one.in_tests))
            .collect();
        assert_eq!(
            found,
            [
                (String::new(), "a", None, false),
                ("b".to_owned(), "c", None, false),
                (String::new(), "d", Some("d_tests.rs"), true),
            ]
        );
    }
}
