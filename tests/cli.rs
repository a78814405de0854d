//! The command line, by transcripts: what was called, how it ended, and what it said.
//!
//! A transcript is a file of cases in `tests/cli/`. Each case begins with two sides that are set up
//! well and not founded yet, spoils something, and calls the real program.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on says where"
)]

use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    io::Write as _,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde::Deserialize;

/// A file of transcripts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

/// Two sides, what is spoiled, and what is called then.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The rule.
    name: String,
    /// Done first, in this order.
    #[serde(default)]
    spoil: Vec<Spoil>,
    /// Called then, in this order.
    step: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
enum Spoil {
    /// A file, and its new text.
    Write(String, String),
    /// A file, a part of its text, and what stands there instead. The part must be there.
    Replace(String, String, String),
    /// A file, and where it is copied to.
    Copy(String, String),
    /// A file or folder.
    Remove(String),
    /// A folder.
    Folder(String),
    /// A file or folder, and its permission bits in octal.
    Mode(String, String),
    /// A call that is only there for what it leaves.
    Run(String),
    /// A store, and an SQL statement.
    Sql(String, String),
    /// A configuration, which now pins the agreement as it is.
    Pin(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// The arguments, parted by spaces.
    run: String,
    /// What stands on standard input.
    #[serde(default)]
    stdin: String,
    /// The exit code.
    exit: i32,
    /// Texts that standard output holds, in this order.
    #[serde(default)]
    out: Vec<String>,
    /// Texts that standard error holds, in this order.
    #[serde(default)]
    err: Vec<String>,
    /// How many errors there are; 1 if the call fails, unless this says otherwise.
    errors: Option<usize>,
}

/// Two sides in a folder: keys, agreement, configurations.
struct Site {
    folder: tempfile::TempDir,
    digest: String,
}

const TERMS: &str = concat!(
    "title = \"Agreement of the transcripts\"\nclock_bound_seconds = 30\nrehearsal = true\n\n",
    include_str!("../docs/examples/provisions.toml"),
    "\n",
);

const CONFIG: &str = r#"party = "@PARTY"
[agreement]
file = "agreement.toml"
digest = "@DIGEST"
[state]
directory = "@SIDE-state"
mark = "mark/@SIDE"
[keys]
directory = "@SIDE-keys"
[tls]
peer_ca = "@OTHER-keys/ca-cert.pem"
[link]
listen = "127.0.0.1:7443"
peer_name = "exchange.@OTHER.example"
[api]
socket = "run/@SIDE.sock"
[rehearsal]
clock = "clock"
[trust]
authority = "@SIDE-keys/ca-cert.pem"
"#;

impl Site {
    fn new() -> Self {
        let mut site = Self { folder: tempfile::tempdir().unwrap(), digest: String::new() };
        let mut terms = TERMS.to_owned();
        for side in ["gbr", "fra"] {
            let made = site.run(
                &format!(
                    "keys new --party {} --dir {side}-keys --name exchange.{side}.example \
                     --valid-from 2025-08-01",
                    side.to_uppercase(),
                ),
                "",
            );
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
            terms.push_str(&site.read(&format!("{side}-keys/{side}.toml")));
        }
        site.write("agreement.toml", &terms);
        for folder in ["mark", "run", "gbr-state", "fra-state"] {
            fs::create_dir(site.path(folder)).unwrap();
            site.mode(folder, 0o700);
        }
        site.write("clock", "1762353000\n");
        site.digest = site.agreed();
        for (side, other) in [("gbr", "fra"), ("fra", "gbr")] {
            let text = CONFIG
                .replace("@PARTY", &side.to_uppercase())
                .replace("@SIDE", side)
                .replace("@OTHER", other)
                .replace("@DIGEST", &site.digest);
            site.write(&format!("{side}.toml"), &text);
        }
        site
    }

    /// The digest of the agreement as it is.
    fn agreed(&self) -> String {
        let shown = self.run("agreement show agreement.toml --json", "");
        let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
        shown["digest"].as_str().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
    }

    fn run(&self, arguments: &str, stdin: &str) -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_entente"))
            .args(arguments.split(' ').filter(|one| !one.is_empty()))
            .current_dir(self.folder.path())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that reads nothing may have ended before.
        let _unread = program.stdin.take().unwrap().write_all(stdin.as_bytes());
        program.wait_with_output().unwrap()
    }

    fn spoil(&self, spoil: &Spoil) {
        match spoil {
            Spoil::Write(file, text) => self.write(file, text),
            Spoil::Replace(file, from, to) => {
                let text = self.read(file);
                let from = from.replace("@DIGEST", &self.digest);
                assert!(text.contains(&from), "{file} has no {from:?}");
                self.write(file, &text.replace(&from, to));
            }
            Spoil::Copy(from, to) => {
                fs::copy(self.path(from), self.path(to)).unwrap();
            }
            Spoil::Remove(name) if self.path(name).is_dir() => {
                fs::remove_dir_all(self.path(name)).unwrap();
            }
            Spoil::Remove(name) => fs::remove_file(self.path(name)).unwrap(),
            Spoil::Folder(name) => fs::create_dir(self.path(name)).unwrap(),
            Spoil::Mode(name, mode) => self.mode(name, u32::from_str_radix(mode, 8).unwrap()),
            Spoil::Run(arguments) => {
                let left = self.run(arguments, "");
                let said = String::from_utf8_lossy(&left.stderr);
                assert!(left.status.success(), "{arguments}: {said}");
            }
            Spoil::Pin(file) => {
                let text = self.read(file);
                self.write(file, &text.replace(&self.digest, &self.agreed()));
            }
            Spoil::Sql(store, statement) => {
                let store = rusqlite::Connection::open(self.path(store)).unwrap();
                assert_ne!(store.execute(statement, []).unwrap(), 0, "{statement}");
            }
        }
    }
}

/// The texts stand in the output, one after the other.
fn holds(output: &str, wanted: &[String], what: &str) {
    let mut rest = output;
    for text in wanted {
        let at = rest.find(text.as_str());
        let at = at.unwrap_or_else(|| panic!("{what}: no {text:?} in:\n{output}"));
        rest = &rest[at + text.len()..];
    }
}

fn play(file: &Path) {
    let file_name = file.file_name().unwrap().to_string_lossy();
    let text = fs::read_to_string(file).unwrap();
    let cases: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{file_name}: {error}"));
    for case in &cases.case {
        let site = Site::new();
        for spoil in &case.spoil {
            site.spoil(spoil);
        }
        for step in &case.step {
            let what = format!("{file_name}: {}: {}", case.name, step.run);
            let output = site.run(&step.run, &step.stdin);
            let out = String::from_utf8(output.stdout).unwrap();
            let err = String::from_utf8(output.stderr).unwrap();
            let code = output.status.code();
            assert_eq!(code, Some(step.exit), "{what}:\n{out}\n{err}");
            let wanted = |texts: &[String]| -> Vec<String> {
                texts.iter().map(|text| text.replace("@DIGEST", &site.digest)).collect()
            };
            holds(&out, &wanted(&step.out), &what);
            holds(&err, &wanted(&step.err), &what);
            let count = |name: &str| err.lines().filter(|line| line.starts_with(name)).count();
            let errors = step.errors.unwrap_or_else(|| usize::from(step.exit != 0));
            assert_eq!(count("error: "), errors, "{what}:\n{err}");
            // Clap's own refusals show the usage instead.
            let advised = count("error: ") + count("warning: ");
            assert!(count("advice: ") == advised || err.contains("--help"), "{what}:\n{err}");
        }
    }
}

/// One test for each file, and a file for each test.
macro_rules! transcripts {
    ($($name:ident),+ $(,)?) => {
        const NAMES: &[&str] = &[$(stringify!($name)),+];
        $(
            #[test]
            fn $name() {
                let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
                play(&folder.join(concat!(stringify!($name), ".toml")));
            }
        )+
    };
}
transcripts!(agreement, case, check_config, init, keys, log, no_daemon, statement, usage);

#[test]
fn every_transcript_is_played() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli"));
    let files: BTreeMap<String, ()> = fs::read_dir(folder)
        .unwrap()
        .map(|file| (file.unwrap().file_name().into_string().unwrap(), ()))
        .collect();
    let named: BTreeMap<String, ()> =
        NAMES.iter().map(|name| (format!("{name}.toml"), ())).collect();
    assert_eq!(files, named);
}

#[test]
fn a_reader_that_has_gone_is_no_panic() {
    let site = Site::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(["agreement", "show", "agreement.toml"])
        .current_dir(site.folder.path())
        .stdout(writer)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let site = Site::new();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(["agreement", "show", "agreement.toml"])
        .current_dir(site.folder.path())
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: standard output: "));
}
