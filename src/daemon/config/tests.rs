//! Misconfigurations, one by one: each must be named, with its place and with what to do.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::entries::{ENTRIES, Entry};
use super::*;
use crate::daemon::keys::NewKeys;
use crate::envelope::Algorithm;
use crate::limits::{CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX};
use crate::names::Timestamp;

const NOW: &str = "2025-11-05T14:30:00Z";

/// A side that is set up well, until a test spoils it.
struct Setup {
    folder: tempfile::TempDir,
    text: String,
    variables: Vec<(String, OsString)>,
    now: Timestamp,
}

impl Setup {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let it = Self { folder, text: TEXT.into(), variables: vec![], now: NOW.parse().unwrap() };
        for (party, directory) in [(Party::Gbr, "keys"), (Party::Fra, "theirs")] {
            it.keys(party, directory);
        }
        it.copy("theirs/ca-cert.pem", "keys/peer-ca.pem");
        for directory in ["state", "mark", "run"] {
            fs::create_dir(it.path(directory)).unwrap();
            it.chmod(directory, 0o700);
        }
        it.write("agreement.toml", "");
        it
    }

    fn keys(&self, party: Party, directory: &str) {
        let keys = NewKeys {
            party,
            directory: &self.path(directory),
            not_before: "2025-08-06T00:00:00Z".parse().unwrap(),
            not_after: "2026-08-05T23:59:59Z".parse().unwrap(),
            dns_name: "exchange.example",
            origin: "entente.example/2025",
            algorithm: Algorithm::Ed25519,
        };
        keys.create().unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn copy(&self, from: &str, to: &str) {
        fs::copy(self.path(from), self.path(to)).unwrap();
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    fn chmod(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
    }

    fn replace(&mut self, from: &str, to: &str) {
        assert!(self.text.contains(from), "{from}");
        self.text = self.text.replace(from, to);
    }

    fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.into()));
    }

    fn load(&self) -> Result<Config, ConfigError> {
        self.write("entente.toml", &self.text);
        Config::load_with(&self.path("entente.toml"), self.variables.clone())
    }

    /// All that an operator is told.
    fn messages(&self) -> Vec<String> {
        match self.load() {
            Err(refused) => vec![refused.to_string()],
            Ok(config) => {
                let faults = config.faults(self.now);
                let show = |it: &Fault| format!("{:?} {it} ({})", it.severity(), it.advice());
                faults.iter().map(show).collect()
            }
        }
    }
}

const TEXT: &str = r#"
party = "GBR"
[agreement]
file = "agreement.toml"
digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
[state]
directory = "state"
mark = "mark/mark"
[keys]
directory = "keys"
[tls]
peer_ca = "keys/peer-ca.pem"
[link]
listen = "127.0.0.1:7443"
peer = ["exchange.fra.example:7443"]
peer_name = "exchange.fra.example"
[api]
socket = "run/api.sock"
[trust]
authority = "keys/ca-cert.pem"
"#;

#[test]
fn a_side_that_is_set_up_well_has_no_faults() {
    let setup = Setup::new();
    assert_eq!(setup.messages(), Vec::<String>::new());
    let config = setup.load().unwrap();
    assert_eq!(config.tls_files().key, setup.path("keys/tls-key.pem"));
    assert_eq!(config.api.socket, setup.path("run/api.sock"));
}

type Spoil = fn(&mut Setup);

#[path = "seeded.rs"]
mod seeded;

/// Each misconfiguration gives exactly one message, and that one says all of this.
fn check(cases: &[(&str, Spoil, &[&str])]) {
    for (name, spoil, wants) in cases {
        let mut setup = Setup::new();
        spoil(&mut setup);
        let messages = setup.messages();
        assert_eq!(messages.len(), 1, "{name}: {messages:#?}");
        for want in *wants {
            assert!(messages[0].contains(want), "{name}: {want:?} is not in\n{}", messages[0]);
        }
    }
}

#[test]
fn a_file_that_is_no_configuration_is_refused_with_line_caret_and_advice() {
    check(seeded::FILE);
}

#[test]
fn a_variable_that_overrides_nothing_or_does_not_fit_is_refused_by_name() {
    check(seeded::VARIABLES);
}

#[test]
fn what_the_configuration_points_at_is_looked_at() {
    check(seeded::WORLD);
}

#[test]
fn all_faults_are_told_at_once_and_in_the_order_of_the_file() {
    let mut setup = Setup::new();
    setup.remove("agreement.toml");
    setup.chmod("keys/log-key.pem", 0o644);
    setup.remove("keys/tls-key.pem");
    setup.replace("listen = \"127.0.0.1:7443\"\npeer = [\"exchange.fra.example:7443\"]\n", "");
    let config = setup.load().unwrap();
    let keys: Vec<_> = config.faults(setup.now).iter().map(|fault| fault.key).collect();
    assert_eq!(keys, ["agreement.file", "keys.directory", "tls.key", "link"]);
}

#[test]
fn variables_override_the_file_and_keep_their_type() {
    let mut setup = Setup::new();
    setup.set("ENTENTE_PARTY", "FRA");
    setup.set("ENTENTE_LINK__PEER", "a.example:1, b.example:2");
    setup.set("ENTENTE_STATE__DATABASE_PAGES_MAX", "0123");
    setup.set("ENTENTE_STATE__DIRECTORY", "0123");
    let config = setup.load().unwrap();
    assert_eq!(config.party, Party::Fra);
    let peers: Vec<_> = config.link.peer.iter().map(ToString::to_string).collect();
    assert_eq!(peers, ["a.example:1", "b.example:2"]);
    assert_eq!(config.state.database_pages_max.map(NonZeroU32::get), Some(123));
    assert_eq!(config.state.directory, setup.path("0123"));
    assert_eq!(config.keys.directory, setup.path("keys"));
}

#[test]
fn what_config_would_bend_into_shape_is_refused() {
    for (from, to) in [
        ("mark = \"mark/mark\"", "mark = \"mark/mark\"\ndatabase_pages_max = 1.7"),
        ("mark = \"mark/mark\"", "mark = \"mark/mark\"\ndatabase_pages_max = \"12\""),
        ("mark = \"mark/mark\"", "mark = \"mark/mark\"\ndatabase_pages_max = true"),
        ("\"keys\"", "123"),
        ("peer = [\"exchange.fra.example:7443\"]", "peer = [1]"),
    ] {
        let mut setup = Setup::new();
        setup.replace(from, to);
        assert!(matches!(setup.load(), Err(ConfigError::Refused { .. })), "{to}");
    }
}

#[test]
fn a_file_beyond_its_bound_or_not_of_text_is_refused() {
    let mut setup = Setup::new();
    setup.text.push_str(&"#".repeat(crate::limits::CONFIG_BYTES_MAX));
    assert!(matches!(setup.load(), Err(ConfigError::TooLong { .. })));
    let path = setup.path("entente.toml");
    fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(matches!(Config::load_with(&path, vec![]), Err(ConfigError::NotText { .. })));
    fs::remove_file(&path).unwrap();
    assert!(matches!(Config::load_with(&path, vec![]), Err(ConfigError::Unreadable { .. })));
    setup.text = TEXT.to_owned();
    setup.variables.push(("ENTENTE_PARTY".to_owned(), OsString::from_vec(vec![0xff])));
    let refused = setup.load().unwrap_err();
    let ConfigError::Variable { problem: VariableRefused::NotText, .. } = refused else {
        panic!("{refused}");
    };
}

#[test]
fn the_example_is_shipped_and_loads_and_shows_the_defaults() {
    assert_eq!(include_str!("../../../systemd/entente.example.toml"), example());
    let mut setup = Setup::new();
    setup.text = example();
    let bare = setup.load().unwrap();
    let known = |line: &str| ENTRIES.iter().any(|entry| line.starts_with(&head(entry)));
    let full: Vec<_> = example()
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(inner) if known(inner) || inner.starts_with('[') => inner.to_owned(),
            _ => line.to_owned(),
        })
        .collect();
    setup.text = full.join("\n");
    let full = setup.load().unwrap();
    let mut files = full.tls_files();
    // A file of revocation lists is shown, and by default there is none.
    assert!(!std::mem::take(&mut files.revocation.lists).is_empty());
    assert_eq!((bare.tls_files(), &bare.api), (files, &full.api));
    assert!(bare.tls.certificate.is_none() && full.tls.certificate.is_some());
    assert!(bare.rehearsal.is_none() && full.rehearsal.is_some());
    assert_eq!((bare.link.listen, &bare.link.peer), (full.link.listen, &full.link.peer));
    let bounds = (full.link.connections_max, full.link.connections_per_address_max);
    let limits = [CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX];
    let limits = limits.map(|limit| NonZeroU32::new(u32::try_from(limit).unwrap()));
    assert_eq!([bounds.0, bounds.1], limits, "the defaults are those of the limits");

    // Every key that the code knows is in the example, and the other way round.
    let table = toml::Table::try_from(&full).unwrap();
    let mut paths = Vec::new();
    for (name, value) in &table {
        match value.as_table() {
            Some(inner) => paths.extend(inner.keys().map(|key| format!("{name}.{key}"))),
            None => paths.push(name.clone()),
        }
    }
    let mut listed: Vec<_> = ENTRIES.iter().map(|entry| entry.path.to_owned()).collect();
    paths.sort();
    listed.sort();
    assert_eq!(paths, listed);
}

fn head(entry: &Entry) -> String {
    format!("{} = ", entry.parts().1)
}

#[test]
fn a_tls_key_that_others_may_read_starts_no_daemon() {
    let setup = Setup::new();
    let config = setup.load().unwrap();
    assert!(config.tls_material(setup.now).is_ok());
    for mode in [0o640, 0o604, 0o620] {
        setup.chmod("keys/tls-key.pem", mode);
        let refused = config.tls_material(setup.now).unwrap_err();
        let open = matches!(refused, TlsUnready::Key(KeysRefused::OpenToOthers { .. }));
        assert!(open, "{mode:o}: {refused}");
    }
}
