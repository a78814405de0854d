//! The house around the code: what stands in it, why each guest is there, and words that may not.

use std::collections::BTreeMap;

use crate::outline::Outline;
use crate::source::Tree;

/// What a stranger must find at the top, and where a folder's contents begin.
const PARTS: [&str; 25] = [
    ".ci/run",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    "certs/README.md",
    "clippy.toml",
    "deny.toml",
    "docs/ARCHITECTURE.md",
    "docs/PROTOCOL.md",
    "docs/TESTING.md",
    "docs/TRANSITIONS.md",
    "docs/entente.cddl",
    "fuzz/Cargo.toml",
    "rustfmt.toml",
    "src/lib.rs",
    "src/limits.rs",
    "src/main.rs",
    "systemd/README.md",
    "systemd/entente.service",
    "tests/architecture.rs",
];

/// A reason is at least a few words.
const REASON_LETTERS_MIN: usize = 20;

/// Parts of the house that are missing.
pub(crate) fn missing(texts: &BTreeMap<String, String>) -> Vec<String> {
    let absent = PARTS.iter().filter(|part| !texts.contains_key(**part));
    absent.map(|part| format!("{part}: missing")).collect()
}

/// Dependencies that stand under no reason, and a CBOR codec that is not the maintained one.
pub(crate) fn guests(manifest: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut inside, mut reason) = (false, "");
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line.trim_matches(['[', ']']).ends_with("dependencies");
            reason = "";
            if line.contains("dependencies.") {
                found.push(format!("{line}: write it as one line under its reason"));
            }
        } else if let Some(words) = line.strip_prefix('#') {
            reason = words.trim_matches([' ', '-']);
        } else if line.is_empty() {
            // A reason holds for the lines right below it.
            reason = "";
        } else if let Some((name, what)) = line.split_once('=').filter(|_| inside) {
            let name = name.trim();
            if reason.len() < REASON_LETTERS_MIN {
                found.push(format!("{name}: stands under no reason"));
            }
            if name == "serde_cbor" && !what.contains("package = \"serde_cbor_2\"") {
                found.push("serde_cbor: the archived crate (RUSTSEC-2021-0127)".to_owned());
            }
        }
    }
    found
}

/// Version floors that cargo-deny would read as a single version: behind an `@` it takes every
/// comparison for `=`, behind a colon it does not.
pub(crate) fn floors_without_effect(deny: &str) -> Vec<String> {
    let floors = deny.lines().filter(|line| line.contains("@<") || line.contains("@>"));
    floors.filter(|line| line.starts_with("crate")).map(str::to_owned).collect()
}

/// Where nationalities are listed.
const NATIONALITIES_IN: [&str; 2] = ["src/record/nationality.rs", "docs/PROTOCOL.md"];

/// Words that say that something is unfinished.
pub(crate) fn unfinished(texts: &BTreeMap<String, String>) -> Vec<String> {
    // Put together here, or this file would be the first offender.
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), "X".repeat(3)];
    let mut found = Vec::new();
    for (file, text) in texts {
        for (at, line) in text.lines().enumerate() {
            let words = line.split(|letter: char| !letter.is_alphanumeric());
            // The third is also ICAO's code of a nationality that is not known.
            let code = |word: &str| word == marks[2] && NATIONALITIES_IN.contains(&file.as_str());
            let marked = words.filter(|word| marks.iter().any(|mark| mark == word));
            for word in marked.filter(|word| !code(word)) {
                found.push(format!("{file}:{}: {word}", at + 1));
            }
        }
    }
    found
}

/// Tests that sleep: they wait for nothing that they could name.
pub(crate) fn sleepers(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (file, source) in tree {
        let outline = Outline::of(source);
        let is_test = |at: usize| file.starts_with("tests/") || outline.in_tests(at);
        for (at, path) in outline.paths().into_iter().filter(|(at, _)| is_test(*at)) {
            let called = path == ["sleep"] && outline.word(at + 1) == "(";
            if called || path.len() > 1 && path.contains(&"sleep") {
                let line = source.line(outline.tokens[at].at);
                found.push(format!("{file}:{line}: `{}`", path.join("::")));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::planted;

    fn house(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_missing_part_is_named() {
        let whole: Vec<_> = PARTS.iter().map(|part| (*part, "")).collect();
        assert_eq!(missing(&house(&whole)), Vec::<String>::new());
        assert_eq!(missing(&house(&whole[1..])), [".ci/run: missing"]);
    }

    #[test]
    fn every_guest_needs_a_reason() {
        let good = "[package]\nname = \"x\"\n\n[dependencies]\n# - RFC 8949: the codec of every \
                    record\nserde = \"1\"\nserde_cbor = { package = \"serde_cbor_2\" }\n\n\
                    [lints.rust]\nunsafe_code = \"forbid\"\n";
        assert_eq!(guests(good), Vec::<String>::new());
        let cases = [
            ("[dependencies]\nserde = \"1\"", "serde: stands"),
            ("[dependencies]\n# a reason of many words\n\nserde = \"1\"", "serde: stands"),
            ("[dependencies]\n# codec\nserde = \"1\"", "serde: stands"),
            ("# a reason of many words\n[dev-dependencies]\nx = \"1\"", "x: stands"),
            ("[target.'cfg(unix)'.dependencies]\nlibc = \"1\"", "libc: stands"),
            ("[dependencies.serde]\nversion = \"1\"", "[dependencies.serde]: write"),
            ("[dependencies]\n# a reason of many words\nserde_cbor = \"0.11\"", "archived"),
        ];
        for (manifest, why) in cases {
            let found = guests(manifest);
            assert!(found.len() == 1 && found[0].contains(why), "{manifest}: {found:?}");
        }
    }

    #[test]
    fn a_version_floor_behind_an_at_sign_is_refused() {
        assert_eq!(floors_without_effect("crate = \"a@<1.0.0\"\ncrate = \"b:<1.0.0\"").len(), 1);
        let fine = "# behind an `@<`\ncrate = \"a:<1.0.0\"\ncrate = \"b@1.0.0\"\ncrate = \"c\"";
        assert_eq!(floors_without_effect(fine), Vec::<String>::new());
    }

    #[test]
    fn an_unfinished_word_is_named_with_its_line() {
        let mark = ["TO", "DO"].concat();
        let found = unfinished(&house(&[("docs/a.md", &format!("one\n({mark}: two)"))]));
        assert_eq!(found, [format!("docs/a.md:2: {mark}")]);
        let mark = "X".repeat(3);
        assert_eq!(unfinished(&house(&[("a", &format!("{mark}X x{mark}"))])), Vec::<String>::new());
        assert_eq!(unfinished(&house(&[("a", &["FIX", "ME"].concat())])).len(), 1);
        assert_eq!(unfinished(&house(&[("a", &mark)])).len(), 1);
        assert_eq!(unfinished(&house(&[(NATIONALITIES_IN[0], &mark)])), Vec::<String>::new());
    }

    #[test]
    fn a_sleeping_test_is_named() {
        let cases = [
            ("tests/story.rs", "fn f() { std::thread::sleep(x) }"),
            ("tests/story.rs", "async fn f() { tokio::time::sleep(x).await }"),
            ("tests/story/more.rs", "use std::thread::{self, sleep};"),
            ("tests/story.rs", "use std::thread::*; fn f() { sleep(x) }"),
            ("src/net.rs", "#[cfg(test)] mod tests { fn f() { time::sleep(x) } }"),
        ];
        for (file, text) in cases {
            assert_ne!(sleepers(&planted(&[(file, text)])), Vec::<String>::new(), "{text}");
        }
        let awake = [
            ("src/net.rs", "fn f() { tokio::time::sleep(x) }"),
            ("tests/story.rs", "fn a_side_may_sleep() { let sleep = 1; \"thread::sleep(\" }"),
        ];
        assert_eq!(sleepers(&planted(&awake)), Vec::<String>::new());
    }
}
