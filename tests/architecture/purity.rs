//! The purity line: below it, code gets everything as an argument, and gives back a value.

use crate::floors::is_pure;
use crate::modules::modules;
use crate::outline::Outline;
use crate::source::Tree;

/// Where something impure is allowed below the line.
#[derive(Clone, Copy, PartialEq)]
enum Allowed {
    /// Nowhere.
    Never,
    /// In tests: they read vectors, print findings and make throw-away keys.
    InTests,
}
use Allowed::{InTests, Never};

/// Paths that touch the world. One word is matched wherever it stands in a path, several as the
/// path's beginning.
const IMPURE: [(&[&str], Allowed); 35] = [
    (&["std", "fs"], InTests),
    (&["std", "env"], InTests),
    (&["std", "process"], Never),
    (&["std", "net"], Never),
    (&["std", "os"], Never),
    (&["std", "thread"], Never),
    (&["std", "*"], Never),
    (&["SystemTime"], Never),
    (&["Instant"], Never),
    (&["SystemRandom"], InTests),
    (&["ring", "rand"], InTests),
    // Their order differs from run to run, and what is folded from two logs may not.
    (&["HashMap"], InTests),
    (&["HashSet"], InTests),
    (&["RandomState"], Never),
    (&["rand"], Never),
    (&["getrandom"], Never),
    (&["rcgen"], InTests),
    (&["tempfile"], InTests),
    (&["tokio"], Never),
    (&["tokio_rustls"], Never),
    (&["rustls"], Never),
    (&["rusqlite"], Never),
    (&["axum"], Never),
    (&["hyper"], Never),
    (&["hyper_util"], Never),
    (&["http_body_util"], Never),
    (&["tracing"], Never),
    (&["tracing_subscriber"], Never),
    (&["indicatif"], Never),
    (&["clap"], Never),
    (&["jiff", "Zoned", "now"], Never),
    (&["jiff", "tz", "db"], Never),
    (&["jiff", "tz", "TimeZoneDatabase"], Never),
    (&["async"], Never),
    (&["await"], Never),
];

/// Functions that read a clock or the machine's settings or hold a stream, whatever their path is
/// called here.
const IMPURE_ENDS: [&str; 6] = ["now", "system", "try_system", "stdin", "stdout", "stderr"];

/// Macros that write to the terminal.
const IMPURE_MACROS: [(&str, Allowed); 5] = [
    ("println", InTests),
    ("eprintln", InTests),
    ("print", InTests),
    ("eprint", InTests),
    ("dbg", Never),
];

/// Whatever touches the world below the purity line.
pub(crate) fn offences(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for module in modules(tree).0.iter().filter(|module| is_pure(module)) {
        let source = &tree[&module.file];
        let outline = Outline::of(source);
        for (at, path) in outline.paths() {
            let in_tests = module.in_tests || outline.in_tests(at);
            let called = outline.word(at + 1) == "!";
            let guilty = match impurity(&path, called) {
                Some(InTests) => !in_tests,
                Some(Never) => true,
                None => false,
            };
            if guilty {
                let line = source.line(outline.tokens[at].at);
                found.push(format!("{}:{line}: `{}` is impure", module.file, path.join("::")));
            }
        }
    }
    found
}

fn impurity(path: &[&str], is_macro: bool) -> Option<Allowed> {
    if is_macro && let [name] = path {
        let known = IMPURE_MACROS.iter().find(|(known, _)| known == name);
        return known.map(|(_, allowed)| *allowed);
    }
    if path == ["std"] || path.len() > 1 && path.last().is_some_and(|end| IMPURE_ENDS.contains(end))
    {
        return Some(Never);
    }
    let matches = |known: &[&str]| match known {
        [crate_name] if crate_name.starts_with(char::is_lowercase) => path[0] == *crate_name,
        [name] => path.contains(name),
        _ => path.starts_with(known),
    };
    IMPURE.iter().find(|(known, _)| matches(known)).map(|(_, allowed)| *allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::planted;

    fn found_in(part: &str, text: &str) -> Vec<String> {
        let root = format!("pub mod {part};");
        offences(&planted(&[("src/lib.rs", &root), (&format!("src/{part}.rs"), text)]))
    }

    const PLANTED: [&str; 32] = [
        "use std::fs;",
        "use std::{fmt, fs::File};",
        "fn f() { ::std::fs::read(x) }",
        "use std::net::IpAddr;",
        "use std::process::Command;",
        "fn f() { std::env::var(x) }",
        "use std::thread;",
        "use std::time::{Duration, SystemTime};",
        "use std::time; fn f(x: time::Instant) {}",
        "fn f() { Instant::now() }",
        "fn f() { jiff::Timestamp::now() }",
        "use jiff::Zoned; fn f() { Zoned::now() }",
        "use jiff::tz::TimeZone; fn f() { TimeZone::system() }",
        "fn f() { jiff::tz::db() }",
        "use tokio::sync::mpsc;",
        "use tracing::info;",
        "use rusqlite::Connection;",
        "fn f(x: rustls::Error) {}",
        "use {axum::Router, std::fmt};",
        "use hyper::Request;",
        "use ring::{digest, rand};",
        "use ring::rand::SystemRandom;",
        "fn f() { println!() }",
        "fn f() { eprintln!() }",
        "async fn f() {}",
        "fn f() { std::io::stdout() }",
        "use std::io::{self, stdin};",
        "use std::io; fn f() { io::stderr() }",
        "use std::*;",
        "use std as s; fn f(x: s::fs::File) {}",
        "use std::collections::{BTreeMap, HashMap};",
        "use std::collections::hash_map::RandomState;",
    ];

    #[test]
    fn the_world_is_refused_below_the_line() {
        for text in PLANTED {
            for part in ["limits", "session", "report"] {
                assert_ne!(found_in(part, text), Vec::<String>::new(), "{part}: {text}");
            }
        }
    }

    #[test]
    fn the_world_is_allowed_above_the_line() {
        for text in PLANTED {
            for part in ["bundle", "store", "cli"] {
                assert_eq!(found_in(part, text), Vec::<String>::new(), "{part}: {text}");
            }
        }
    }

    #[test]
    fn what_is_pure_is_left_alone() {
        let cases = [
            "use std::collections::BTreeMap; use std::time::Duration;",
            "use ring::{digest, signature}; use webpki::EndEntityCert;",
            "use rustls_pki_types::CertificateDer; use jiff::civil::Date;",
            "fn step(now: Timestamp) -> Actions { now.later() }",
            "// std::fs\nconst X: &str = \"tokio::spawn\";",
            "fn f() { env!(\"CARGO_PKG_VERSION\") } use std::io::Write;",
        ];
        for text in cases {
            assert_eq!(found_in("session", text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn tests_may_read_vectors_but_no_clock() {
        let inside = |text: &str| format!("#[cfg(test)] mod tests {{ {text} }}");
        for text in ["use std::fs;", "fn f() { println!() }", "use ring::rand::SystemRandom;"] {
            assert_eq!(found_in("tlog", &inside(text)), Vec::<String>::new(), "{text}");
        }
        for text in ["use std::thread;", "fn f() { Instant::now() }", "use tokio::time;"] {
            assert_ne!(found_in("tlog", &inside(text)), Vec::<String>::new(), "{text}");
        }
        let behind = format!("{} use std::fs;", inside(""));
        assert_ne!(found_in("tlog", &behind), Vec::<String>::new());
    }

    #[test]
    fn a_test_file_next_door_is_test_code() {
        let tree = planted(&[
            ("src/lib.rs", "mod tlog;"),
            ("src/tlog.rs", "#[cfg(test)] mod tests; mod tree;"),
            ("src/tlog/tests.rs", "use std::fs;"),
            ("src/tlog/tree.rs", "use std::fs;"),
        ]);
        assert_eq!(offences(&tree), ["src/tlog/tree.rs:1: `std::fs` is impure"]);
    }
}
