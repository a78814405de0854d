//! Sizes and names: a file is one thought, a function one paragraph, and nothing is called `util`.

use crate::outline::Outline;
use crate::source::{Source, Tree};

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;
const COLUMNS_MAX: usize = 100;

/// Names that say nothing of what a thing guarantees.
const EMPTY_NAMES: [&str; 9] =
    ["util", "utils", "common", "helper", "helpers", "misc", "manager", "managers", "handler2"];

/// Files, functions and lines that are too long, and modules with an empty name.
pub(crate) fn offences(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (file, source) in tree {
        let lines = source.text.lines().count();
        if lines > FILE_LINES_MAX {
            found.push(format!("{file}: {lines} lines, {FILE_LINES_MAX} are allowed"));
        }
        for (at, line) in source.text.lines().enumerate() {
            let columns = line.chars().count();
            if columns > COLUMNS_MAX {
                found.push(format!("{file}:{}: {columns} columns", at + 1));
            }
        }
        let outline = Outline::of(source);
        for (name, line, lines) in functions(source, &outline) {
            if lines > FUNCTION_LINES_MAX {
                found.push(format!("{file}:{line}: `{name}` has {lines} lines"));
            }
        }
        let parts = file.trim_end_matches(".rs").split('/').map(str::to_owned);
        let inline = outline.inline.iter().map(|(name, _)| name.clone());
        for name in parts.chain(inline) {
            if EMPTY_NAMES.contains(&name.as_str()) {
                found.push(format!("{file}: `{name}` does not say what it guarantees"));
            }
        }
    }
    found
}

/// Name, first line and length of each function that has a body: from `fn` to the closing brace.
fn functions<'a>(source: &Source, outline: &Outline<'a>) -> Vec<(&'a str, usize, usize)> {
    let mut found = Vec::new();
    for at in 0..outline.tokens.len() {
        // In a macro the name is a variable; without a name it is a function's type.
        let name = at + if outline.word(at + 1) == "$" { 2 } else { 1 };
        if outline.word(at) != "fn" || outline.word(name) == "(" {
            continue;
        }
        let end = outline.end_of_item(at);
        if outline.word(end) == "}" {
            let first = source.line(outline.tokens[at].at);
            let last = source.line(outline.tokens[end].at);
            found.push((outline.word(name), first, last - first + 1));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::planted;

    fn found_in(file: &str, text: &str) -> Vec<String> {
        offences(&planted(&[(file, text)]))
    }

    #[test]
    fn what_fits_is_left_alone() {
        let cases = [
            "x\n".repeat(400),
            "é".repeat(100),
            format!("fn f() {{\n{}}}", "x;\n".repeat(68)),
            // A brace in words closes and opens nothing.
            format!("fn f() {{ '{{'; \"{{\" }} // {{\n{}", "x;\n".repeat(80)),
            format!("trait T {{ fn f(x: [u8; 4]);\n{}}}", "x;\n".repeat(80)),
            format!("static F: fn(u8) -> u8 = g;\n{}", "x;\n".repeat(80)),
            format!("fn f() {{}}\n{}fn g() {{}}", "x;\n".repeat(80)),
        ];
        for text in cases {
            assert_eq!(found_in("src/names.rs", &text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn what_is_too_long_is_named() {
        let cases = [
            ("x\n".repeat(401), "401 lines"),
            ("é".repeat(101), "101 columns"),
            (format!("fn f() {{\n{}}}", "x;\n".repeat(69)), "`f` has 71 lines"),
            (format!("fn f() {{\n{}}}", "// x\n".repeat(69)), "`f` has 71 lines"),
            (format!("fn f(x: [u8; 2]) {{\n{}}}", "{ x }\n".repeat(69)), "`f` has 71 lines"),
            (format!("fn f() {{ '}}'; \"}}\"; // }}\n{}}}", "x;\n".repeat(69)), "has 71 lines"),
            (format!("m! {{ fn $f() {{\n{}}} }}", "x;\n".repeat(69)), "`f` has 71 lines"),
            (format!("impl X {{ fn a() {{}} fn b() {{\n{}}} }}", "\n".repeat(69)), "`b` has 71"),
        ];
        for (text, why) in cases {
            let found = found_in("src/names.rs", &text);
            assert!(found.len() == 1 && found[0].contains(why), "{text}: {found:?}");
        }
    }

    #[test]
    fn an_empty_name_is_refused() {
        for file in ["src/util.rs", "src/names/common.rs", "tests/helpers/mod.rs", "src/misc/x.rs"]
        {
            assert_eq!(found_in(file, "").len(), 1, "{file}");
        }
        assert_eq!(found_in("src/names.rs", "mod manager { }").len(), 1);
        assert_eq!(found_in("src/names/commonwealth.rs", "mod utility { }"), Vec::<String>::new());
    }
}
