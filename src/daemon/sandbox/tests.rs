//! What is shut in is tried on a thread of its own: Landlock holds for the thread that asks, and
//! for those that it starts.

use std::{
    fs,
    io::ErrorKind,
    net::TcpListener,
    path::{Path, PathBuf},
    thread,
};

use super::*;

const TEXT: &str = r#"party = "GBR"
agreement = { file = "terms/agreement.toml", digest = "@DIGEST" }
state = { directory = "state", mark = "mark/mark" }
keys = { directory = "keys" }
tls = { peer_ca = "linked.pem" }
link = { listen = "127.0.0.1:7443", peer = "127.0.0.1:7444", peer_name = "exchange.example" }
api = { socket = "run/api.sock" }
"#;

struct House {
    folder: tempfile::TempDir,
    config: PathBuf,
}

impl House {
    fn new(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["etc", "etc/terms", "etc/state", "etc/mark", "etc/keys", "etc/run", "ca"] {
            fs::create_dir(at(name)).unwrap();
        }
        for name in ["etc/terms/agreement.toml", "ca/ca.pem", "ca/next.pem", "secret"] {
            fs::write(at(name), name).unwrap();
        }
        std::os::unix::fs::symlink("../ca/ca.pem", at("etc/linked.pem")).unwrap();
        let config = at("etc/entente.toml");
        fs::write(&config, TEXT.replace("@DIGEST", &"00".repeat(32)) + more).unwrap();
        Self { folder, config }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a thread that has shut itself in can do; `None` where the kernel shuts nothing in.
    fn inside<T: Send>(&self, tried: impl FnOnce() -> T + Send) -> Option<(SandboxView, T)> {
        let config = Config::load(&self.config).unwrap();
        thread::scope(|scope| {
            let inside = scope.spawn(|| {
                let view = enter(&self.config, &config).unwrap();
                (view, tried())
            });
            let (view, found) = inside.join().unwrap();
            (view.enforced != Enforced::Not || view.mode == SandboxMode::Off)
                .then_some((view, found))
        })
    }
}

fn denied<T: std::fmt::Debug>(tried: std::io::Result<T>) -> bool {
    tried.is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
}

#[test]
fn what_the_configuration_names_is_reached_and_nothing_else() {
    let house = House::new("");
    let at = |name: &str| house.at(name);
    let Some((view, ())) = house.inside(|| {
        for name in ["etc/entente.toml", "etc/terms/agreement.toml", "etc/linked.pem"] {
            fs::read(at(name)).unwrap();
        }
        // What replaces a file later lies in the same folder.
        fs::read(at("ca/next.pem")).unwrap();
        for name in ["etc/state/a", "etc/mark/mark", "etc/run/b"] {
            fs::write(at(name), "x").unwrap();
            fs::write(at(name), "").unwrap();
            fs::remove_file(at(name)).unwrap();
        }
        std::os::unix::net::UnixListener::bind(at("etc/run/api.sock")).unwrap();
        assert!(denied(fs::read(at("secret"))));
        assert!(denied(fs::read("/etc/passwd")));
        assert!(denied(fs::read_dir("/")));
        for name in ["etc/entente.toml", "etc/terms/agreement.toml", "secret", "etc/keys/key"] {
            assert!(denied(fs::write(at(name), "x")), "{name}");
        }
        assert!(denied(fs::remove_file(at("ca/ca.pem"))));
        assert!(denied(std::process::Command::new("/bin/true").status()));
    }) else {
        return;
    };
    assert!(view.core_dumps_off);
    assert_eq!(fs::read(at("secret")).unwrap(), b"secret", "this thread is not shut in");
}

#[test]
fn only_the_ports_of_the_link_are_reached() {
    let there = TcpListener::bind("127.0.0.1:0").unwrap();
    let house = House::new("");
    let found = house.inside(|| {
        let connected = std::net::TcpStream::connect(there.local_addr().unwrap());
        (denied(connected), denied(TcpListener::bind("127.0.0.1:0")))
    });
    let Some((view, found)) = found else { return };
    if view.enforced == Enforced::Fully {
        assert_eq!(found, (true, true));
    }
}

#[test]
fn what_else_is_named_is_reached_too() {
    let house = House::new("sandbox = { read = [\"../secret\"], write = [\"../ca\"] }\n");
    let _shut = house.inside(|| {
        fs::read(house.at("secret")).unwrap();
        assert!(denied(fs::write(house.at("secret"), "x")));
        fs::write(house.at("ca/new"), "x").unwrap();
    });
}

#[test]
fn a_sandbox_that_is_off_shuts_nothing_in_but_core_dumps() {
    let house = House::new("sandbox = { mode = \"off\" }\n");
    let (view, ()) = house.inside(|| drop(fs::read(house.at("secret")).unwrap())).unwrap();
    assert_eq!(view.enforced, Enforced::Not);
    assert!(view.core_dumps_off);
}

#[test]
fn a_file_in_the_root_grants_itself_alone() {
    let config = Config::load(&House::new("").config).unwrap();
    let grants = Grants::of(Path::new("/entente.toml"), &config);
    assert!(grants.read.contains(Path::new("/entente.toml")));
    assert!(!grants.read.contains(Path::new("/")));
    // Nobody is dialled by name: nothing of the resolver is needed.
    assert!(!grants.read.contains(Path::new("/etc/hosts")));
}

/// Every path in a value of the configuration, that of a PIN in the URI of a key too.
fn paths_in(value: &serde_json::Value, found: &mut Vec<PathBuf>) {
    match value {
        serde_json::Value::String(text) => {
            let path = text.split_once("pin-source=file:").map_or(text.as_str(), |(_, path)| path);
            found.extend(path.starts_with('/').then(|| path.into()));
        }
        serde_json::Value::Array(all) => all.iter().for_each(|one| paths_in(one, found)),
        serde_json::Value::Object(all) => all.values().for_each(|one| paths_in(one, found)),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
    }
}

#[test]
fn every_file_that_a_configuration_can_name_is_granted() {
    // Each in a folder of its own, so that none is granted by another one's neighbour.
    let file = tempfile::NamedTempFile::new().unwrap();
    let (mut text, mut folder) = (String::new(), 0);
    for (key, example) in crate::daemon::config::every_key() {
        let example = match key {
            "keys.caseworker" | "keys.ledger" | "keys.log" | "tls.key" => {
                "\"pkcs11:token=t;object=o?pin-source=file:/etc/entente/pin\""
            }
            _ => example,
        };
        let mut parts = example.split("\"/").collect::<Vec<_>>().join("\"/@/");
        parts = parts.replace("file:/", "file:/@/");
        while parts.contains('@') {
            folder += 1;
            parts = parts.replacen('@', &format!("a{folder}"), 1);
        }
        text += &format!("{key} = {parts}\n");
    }
    fs::write(file.path(), text).unwrap();
    let config = Config::load(file.path()).unwrap();
    let grants = Grants::of(Path::new("/etc/entente/entente.toml"), &config);
    let mut named = Vec::new();
    paths_in(&serde_json::to_value(&config).unwrap(), &mut named);
    assert!(named.len() > 20, "{named:?}");
    for path in named {
        let mut granted = grants.read.iter().chain(&grants.write);
        assert!(granted.any(|grant| path.starts_with(grant)), "{}", path.display());
    }
}
