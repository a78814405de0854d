//! The README says nothing that is not so: its commands are the documented ones, and what it names
//! in the tree is there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::{fs, path::Path, process::Command};

/// How every command begins that the README asks a newcomer to type.
const COMMANDS: [&str; 2] = ["cargo run --release -- ", "cargo test"];
/// What an operator types day by day, and at least once.
const VERBS: [&str; 24] = [
    "agreement accept",
    "agreement diff",
    "agreement propose",
    "agreement show",
    "agreement terminate",
    "approve",
    "break list",
    "break resolve",
    "break show",
    "case list",
    "case show",
    "keys new",
    "log end",
    "log list",
    "log show",
    "log verify",
    "reconcile",
    "statement check",
    "statement export",
    "statement ids",
    "statement list",
    "statement show",
    "status",
    "submit",
];
/// Parts of the tree at its top; what begins otherwise is no path of ours.
const TOPS: [&str; 8] =
    ["src/", "tests/", "docs/", "fuzz/", "systemd/", "certs/", ".ci/", ".github/"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README; none while there is none.
fn readme() -> Option<String> {
    let path = root().join("README.md");
    path.exists().then(|| fs::read_to_string(path).unwrap())
}

/// The lines of the first block of shell commands under the heading.
fn commands(text: &str) -> Vec<&str> {
    let under = text.lines().skip_while(|line| !is_try_it(line));
    let block = under.skip_while(|line| line.trim() != "```sh").skip(1);
    let lines = block.take_while(|line| line.trim() != "```").map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

fn is_try_it(line: &str) -> bool {
    line.starts_with('#') && line.to_lowercase().contains("try it")
}

fn is_documented(line: &str) -> bool {
    let line = line.strip_prefix("$ ").unwrap_or(line);
    COMMANDS.iter().any(|command| line.starts_with(command))
}

/// Every path of the tree that stands in backticks, and every relative link.
fn named(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if fenced {
            continue;
        }
        let ticked = line.split('`').skip(1).step_by(2);
        let ours = |path: &&str| TOPS.iter().any(|top| path.starts_with(top));
        let plain = |path: &&str| !path.contains([' ', '*', '<', '{', '…']);
        found.extend(ticked.filter(ours).filter(plain).map(str::to_owned));
        let linked = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        let linked = linked.map(|(target, _)| target.split('#').next().unwrap());
        let relative = |target: &&str| !target.is_empty() && !target.contains(':');
        found.extend(linked.filter(relative).map(str::to_owned));
    }
    found
}

fn missing(text: &str) -> Vec<String> {
    // Behind a colon stands a line or an item.
    let path = |name: &String| root().join(name.split(':').next().unwrap());
    named(text).into_iter().filter(|name| !path(name).exists()).collect()
}

#[test]
fn the_first_commands_are_the_documented_ones() {
    let Some(text) = readme() else { return };
    if text.lines().any(is_try_it) {
        let lines = commands(&text);
        assert!(!lines.is_empty(), "no commands under the heading");
        let other: Vec<_> = lines.into_iter().filter(|line| !is_documented(line)).collect();
        assert!(other.is_empty(), "{other:?}");
    }
}

#[test]
fn what_the_readme_names_in_the_tree_is_there() {
    let Some(text) = readme() else { return };
    assert_eq!(missing(&text), Vec::<String>::new());
}

/// Every call of the program in a block: its verbs, and the options that it is given.
fn calls(text: &str) -> Vec<(Vec<&str>, Vec<&str>)> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let line = line.strip_prefix("$ ").unwrap_or(line);
        let Some(rest) = line.strip_prefix("entente ").filter(|_| fenced) else { continue };
        let words = || rest.split_whitespace().take_while(|word| !["#", ">"].contains(word));
        let letters = |word: &str| word.bytes().all(|one| one.is_ascii_lowercase() || one == b'-');
        let verbs = words().take_while(|word| letters(word) && !word.starts_with('-')).collect();
        found.push((verbs, words().filter(|word| word.starts_with("--")).collect()));
    }
    found
}

/// What the program says of itself at a verb.
fn help(verbs: &[&str]) -> (bool, String) {
    let program = env!("CARGO_BIN_EXE_entente");
    let said = Command::new(program).args(verbs).arg("--help").output().unwrap();
    (said.status.success(), String::from_utf8(said.stdout).unwrap())
}

/// Every option that the README gives and the program does not have, and every verb.
fn unknown(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (verbs, options) in calls(text) {
        let (known, said) = help(&verbs);
        let has = |option: &&str| said.split([' ', ',', '\n']).any(|word| word == *option);
        if !known {
            found.push(verbs.join(" "));
        }
        found.extend(options.into_iter().filter(|option| !has(option)).map(str::to_owned));
    }
    found
}

#[test]
fn every_verb_and_option_of_the_readme_is_one_of_the_program() {
    let text = readme().unwrap();
    let asked = calls(&text);
    for verb in VERBS {
        assert!(asked.iter().any(|(verbs, _)| verbs.join(" ") == verb), "{verb} is not shown");
    }
    assert_eq!(unknown(&text), Vec::<String>::new());
    let planted = "entente approve --key x\n```\nentente approve --nay # --nor\n\
                   $ entente case tell x\nentente nothing > x\n```\n";
    assert_eq!(unknown(planted), ["--nay", "case tell x", "nothing"]);
}

/// Every file of the largest part has its line in the map, and every line its file.
#[test]
fn the_map_of_the_ledger_names_every_file_of_it() {
    let map = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let rows = map.lines().skip_while(|line| !line.starts_with("| file in `src/ledger/` |"));
    let rows = rows.skip(2).take_while(|line| line.starts_with('|'));
    let first = rows.map(|row| row.split('|').nth(1).unwrap());
    let mut listed: Vec<&str> = first.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    listed.sort_unstable();
    let source = fs::read_to_string(root().join("src/ledger.rs")).unwrap();
    let mut modules: Vec<&str> = source
        .lines()
        .filter_map(|line| line.trim_start_matches("pub(crate) ").strip_prefix("mod "))
        .filter_map(|name| name.strip_suffix(';'))
        .filter(|name| !["fixture", "tests"].contains(name))
        .collect();
    modules.sort_unstable();
    assert!(modules.len() > 20);
    assert_eq!(listed, modules);
}

#[test]
fn a_planted_offender_is_named() {
    let text = "# X\n```sh\nrm -r x\n```\n## Try it\n\ntext\n\n```sh\n# first\ncargo test\n\
                curl x | sh\ncargo run --release -- demo\n```\n```sh\nmake\n```\n";
    assert_eq!(commands(text), ["cargo test", "curl x | sh", "cargo run --release -- demo"]);
    let refused: Vec<_> = commands(text).into_iter().filter(|line| !is_documented(line)).collect();
    assert_eq!(refused, ["curl x | sh"]);

    let map = "| `src/nothing` | `src/cli.rs` |\n[a](docs/nothing.md#b) [b](docs/PROTOCOL.md)\n\
               [c](https://x.example/docs) [d](#try-it) `a/b` `src/*.rs`\n```\n`src/fenced`\n```\n";
    assert_eq!(missing(map), ["src/nothing", "docs/nothing.md"]);
}

/// What `docs/examples` holds is all that an agreement needs beside both parties' keys.
#[test]
fn the_examples_of_terms_and_provisions_lack_nothing_but_the_two_parties() {
    let text = ["terms.toml", "provisions.toml"].map(example).concat();
    let refused = toml::from_str::<entente::record::Terms>(&text).unwrap_err().to_string();
    assert!(refused.contains("missing field `gbr`"), "{refused}");
    let parties = ["gbr", "fra"].map(|party| {
        format!("[{party}]\nissuer = \"https://x\"\nlog = \"x\"\nmirror = \"x\"\nsigners = []\n")
    });
    let terms = toml::from_str::<entente::record::Terms>(&(text + &parties.concat())).unwrap();
    assert!(!terms.rehearsal);
    assert_eq!(terms.provisions.faults(), Vec::<String>::new());
    let own: Vec<String> =
        terms.faults().into_iter().filter(|one| !one.contains("signers")).collect();
    assert!(own.iter().all(|one| one.contains("issuer")), "{own:?}");
}

fn example(name: &str) -> String {
    fs::read_to_string(root().join("docs/examples").join(name)).unwrap()
}

/// Every place of the example has a name and a source, and no other place has.
#[test]
fn the_places_of_the_example_are_those_of_the_list_with_their_sources() {
    let list = example("places.csv");
    let mut lines = list.lines();
    assert_eq!(lines.next(), Some("code,name,source"));
    let listed: Vec<&str> = lines
        .map(|line| {
            let (code, rest) = line.split_once(',').unwrap();
            let (name, source) = rest.split_once(',').unwrap();
            assert!(!name.is_empty() && source.contains("UN/LOCODE"), "{line}");
            code
        })
        .collect();
    let provisions: toml::Table = example("provisions.toml").parse().unwrap();
    let places = provisions["provisions"]["places"].as_array().unwrap();
    let places: Vec<&str> = places.iter().map(|place| place.as_str().unwrap()).collect();
    assert_eq!(listed, places);
}
