//! The floors: a part of the house imports only from what lies below it.

use crate::modules::{Module, is_program, modules};
use crate::outline::Outline;
use crate::source::{Source, Tree};

/// The parts of the house, lowest first.
pub(crate) const FLOORS: [&str; 18] = [
    "danger",
    "limits",
    "names",
    "cbor",
    "envelope",
    "trust",
    "record",
    "tlog",
    "ledger",
    "reconcile",
    "session",
    "season",
    "report",
    "bundle",
    "store",
    "net",
    "daemon",
    "cli",
];

/// The highest part that is pure.
const PURE_TOP: &str = "report";

/// Parts that do not know each other, although one lies below the other.
const STRANGERS: [(&str, &str); 4] =
    [("record", "tlog"), ("bundle", "store"), ("bundle", "net"), ("store", "net")];

/// What a program may see of the library: the daemon and its client all that the command line
/// offers, the auditor's verifier nothing that keeps state or speaks.
const PROGRAMS: [(&str, &[&str]); 2] = [
    ("src/main.rs", &["cli"]),
    (
        "src/bin/entente-verify.rs",
        &[
            "limits",
            "names",
            "cbor",
            "envelope",
            "trust",
            "record",
            "tlog",
            "ledger",
            "reconcile",
            "report",
            "bundle",
        ],
    ),
];

/// A program's file: what stands in it beyond this belongs into the library.
const PROGRAM_LINES_MAX: usize = 20;

/// The floor of a part, if it is one.
pub(crate) fn floor(part: &str) -> Option<usize> {
    FLOORS.iter().position(|known| *known == part)
}

/// Whether a module lies below the purity line.
pub(crate) fn is_pure(module: &Module) -> bool {
    let own = module.path.first().and_then(|part| floor(part));
    own.is_some_and(|own| Some(own) <= floor(PURE_TOP))
}

/// Every import that goes up, sideways between strangers, or where nobody can tell.
pub(crate) fn offences(tree: &Tree) -> Vec<String> {
    let (modules, mut found) = modules(tree);
    for module in &modules {
        let Some(own) = module.path.first() else { continue };
        if floor(own).is_none() {
            found.push(format!("{}: `{own}` is not a part of the house", module.file));
            continue;
        }
        let source = &tree[&module.file];
        let outline = Outline::of(source);
        for (at, target) in imports(&outline, module) {
            if let Err(why) = may_import(own, &target) {
                found.push(place(module, source, &outline, at, &why));
            }
        }
        found.extend(hidden_roads(module, source, &outline));
    }
    found
}

/// Whether one part may import from another.
fn may_import(own: &str, target: &str) -> Result<(), String> {
    let strangers = |pair: &(&str, &str)| *pair == (own, target) || *pair == (target, own);
    if STRANGERS.iter().any(strangers) {
        return Err(format!("`{own}` and `{target}` do not know each other"));
    }
    match floor(target) {
        Some(_) if target == own => Ok(()),
        Some(there) if Some(there) < floor(own) => Ok(()),
        Some(_) => Err(format!("`{own}` imports upwards from `{target}`")),
        None => Err(format!("`{own}` imports `{target}` from the root, which is no part")),
    }
}

/// The parts that a file's paths lead to, each with its token.
fn imports(outline: &Outline<'_>, module: &Module) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, path) in outline.paths() {
        let up = path.iter().take_while(|word| matches!(**word, "super" | "self")).count();
        let rest = path[up..].first().copied();
        if path.first() == Some(&"crate") {
            // Alone it is a visibility, `pub(crate)`, or the whole house under another name.
            match path.get(1) {
                Some(part) => found.push((at, (*part).to_owned())),
                None if outline.word(at + 1) == ")" => {}
                None => found.push((at, "crate".to_owned())),
            }
        } else if up > 0 {
            let here = [module.path.clone(), outline.within(at)].concat();
            let climbs = path.iter().filter(|word| **word == "super").count();
            if climbs >= here.len() && outline.word(at + 1) != ")" {
                found.push((at, rest.unwrap_or("super").to_owned()));
            }
        }
    }
    found
}

/// Ways to another part that are no paths.
fn hidden_roads(module: &Module, source: &Source, outline: &Outline<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for at in 0..outline.tokens.len() {
        let why = match (outline.word(at), outline.word(at + 1)) {
            ("extern", "crate") => "another name for a crate",
            ("include", "!") => "a file that no declaration names",
            _ => continue,
        };
        found.push(place(module, source, outline, at, why));
    }
    for declared in &outline.declared {
        if declared.path.as_ref().is_some_and(|path| path.contains("..") || path.starts_with('/')) {
            found.push(format!("{}: `{}` leaves its folder", module.file, declared.name));
        }
    }
    found
}

/// Programs that do more than parse, run and exit, or that see more than they should.
pub(crate) fn programs(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (file, source) in tree.iter().filter(|(file, _)| is_program(file)) {
        let outline = Outline::of(source);
        let Some((_, parts)) = PROGRAMS.iter().find(|(known, _)| known == file) else {
            found.push(format!("{file}: the house has no such program"));
            continue;
        };
        for (at, path) in outline.paths() {
            let part = path.get(1).copied().unwrap_or("*");
            if path[0] == "entente" && !parts.contains(&part) {
                found.push(format!("{file}:{}: sees `{part}`", line(source, &outline, at)));
            }
        }
        let lines = source.code.lines().filter(|line| !line.trim().is_empty()).count();
        if lines > PROGRAM_LINES_MAX {
            found.push(format!("{file}: {lines} lines of code; {PROGRAM_LINES_MAX} are enough"));
        }
        let forbidden = |at: &usize| match outline.word(*at) {
            "fn" => outline.word(at + 1) != "main",
            word => matches!(word, "mod" | "struct" | "enum" | "trait" | "impl"),
        };
        for at in (0..outline.tokens.len()).filter(forbidden) {
            let item = format!("{} {}", outline.word(at), outline.word(at + 1));
            found.push(format!("{file}:{}: `{item}`", line(source, &outline, at)));
        }
    }
    found
}

fn line(source: &Source, outline: &Outline<'_>, at: usize) -> usize {
    source.line(outline.tokens[at].at)
}

fn place(module: &Module, source: &Source, outline: &Outline<'_>, at: usize, why: &str) -> String {
    format!("{}:{}: {why}", module.file, line(source, outline, at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::planted;

    /// What is found in one file, which the root declares by way of its folders.
    fn found_in(file: &str, text: &str) -> Vec<String> {
        let parts: Vec<&str> = file.trim_end_matches(".rs").split('/').skip(1).collect();
        let root = format!("mod {};", parts[0]);
        let mut files = vec![("src/lib.rs", root.as_str()), (file, text)];
        let (parent, child);
        if let [one, two] = parts.as_slice() {
            (parent, child) = (format!("src/{one}.rs"), format!("mod {two};"));
            files.push((&parent, &child));
        }
        offences(&planted(&files))
    }

    #[test]
    fn imports_from_below_are_allowed() {
        let cases = [
            ("src/names.rs", "use crate::limits::X; pub(crate) fn f() { crate::names::g() }"),
            ("src/cli.rs", "use crate::{daemon, net::{a, b}, store::*};"),
            ("src/tlog/tree.rs", "use super::proof; use super::super::envelope::X;"),
            ("src/ledger/fold.rs", "pub(super) fn f() {} pub(in crate::ledger) fn g() {}"),
            ("src/ledger.rs", "mod tests { use super::*; use crate::record::X; }"),
            ("src/record.rs", "// use crate::tlog;\nconst X: &str = \"crate::store\";"),
            ("src/record.rs", "use other::tlog::X; fn f(x: self::Y) { self::g(); }"),
        ];
        for (file, text) in cases {
            assert_eq!(found_in(file, text), Vec::<String>::new(), "{file}: {text}");
        }
    }

    #[test]
    fn every_other_road_is_refused() {
        let cases = [
            ("src/limits.rs", "use crate::names::X;", "upwards"),
            ("src/names.rs", "fn f() { crate::cbor::g() }", "upwards"),
            ("src/names.rs", "use crate::{limits::X, cbor::{Y, Z}};", "upwards"),
            ("src/cbor.rs", "macro_rules! m { () => { $crate::store::X } }", "upwards"),
            ("src/cbor/scan.rs", "use super::super::envelope::X;", "upwards"),
            ("src/cbor/scan.rs", "mod tests { use super::super::super::envelope; }", "upwards"),
            ("src/cbor/scan.rs", "mod tests { use super::super::{super::tlog}; }", "upwards"),
            ("src/cbor.rs", "use super::tlog::X;", "upwards"),
            ("src/cbor.rs", "use self::super::tlog::X;", "upwards"),
            ("src/report.rs", "#[cfg(test)] mod tests { use crate::bundle::X; }", "upwards"),
            ("src/report.rs", "pub(in crate::store) fn f() {}", "upwards"),
            ("src/record.rs", "use crate::tlog::X;", "do not know"),
            ("src/tlog.rs", "use crate::record::X;", "do not know"),
            ("src/store.rs", "use crate::bundle::X;", "do not know"),
            ("src/net.rs", "use crate::store::X;", "do not know"),
            ("src/net.rs", "use crate::bundle::X;", "do not know"),
            ("src/bundle.rs", "use crate::net::X;", "do not know"),
            ("src/names.rs", "use crate as house; use house::cli;", "from the root"),
            ("src/names.rs", "use super as house;", "from the root"),
            ("src/names.rs", "use crate::*;", "from the root"),
            ("src/names.rs", "use super::*;", "from the root"),
            ("src/names.rs", "use crate::Moved;", "from the root"),
            ("src/names.rs", "extern crate self as house;", "another name"),
            ("src/names.rs", "include!(\"../cli.rs\");", "no declaration"),
            ("src/names.rs", "#[path = \"../x/cli.rs\"] mod y;", "leaves its folder"),
            ("src/sundry.rs", "", "is not a part"),
        ];
        for (file, text, why) in cases {
            let found = found_in(file, text);
            assert!(found.iter().any(|one| one.contains(why)), "{file}: {text}: {found:?}");
        }
    }

    #[test]
    fn the_line_of_an_offence_is_named() {
        let found =
            found_in("src/cbor.rs", "//! Text.\n\nuse crate::{\n    limits,\n    cli,\n};\n");
        assert_eq!(found, ["src/cbor.rs:3: `cbor` imports upwards from `cli`"]);
    }

    #[test]
    fn a_program_only_parses_runs_and_exits() {
        let main = "use std::process::ExitCode;\nfn main() -> ExitCode { entente::cli::run() }";
        assert_eq!(programs(&planted(&[("src/main.rs", main)])), Vec::<String>::new());
        let long = format!("fn main() {{\n{}}}", "f();\n".repeat(20));
        let cases = [
            ("src/main.rs", "use entente::store::Store; fn main() {}"),
            ("src/main.rs", "use entente::{cli, net}; fn main() {}"),
            ("src/main.rs", "use entente::*; fn main() {}"),
            ("src/main.rs", "mod more; fn main() {}"),
            ("src/main.rs", "fn main() {} fn other() {}"),
            ("src/main.rs", "struct S; fn main() {}"),
            ("src/main.rs", &long),
            ("src/bin/entente-verify.rs", "fn main() { entente::store::open() }"),
            ("src/bin/other.rs", "fn main() {}"),
        ];
        for (file, text) in cases {
            assert_ne!(programs(&planted(&[(file, text)])), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn the_purity_line_lies_above_the_report() {
        let module = |part: &str| {
            let (mut found, _) = modules(&planted(&[
                ("src/lib.rs", &format!("mod {part};")),
                (&format!("src/{part}.rs"), ""),
            ]));
            found.pop().unwrap()
        };
        for part in FLOORS {
            let pure = !["bundle", "store", "net", "daemon", "cli"].contains(&part);
            assert_eq!(is_pure(&module(part)), pure, "{part}");
        }
    }
}
