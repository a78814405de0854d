//! Every key and certificate is rotated while records flow: none fails, none is repeated, and no
//! session is dropped that need not be.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on says where"
)]

#[path = "rotation/flowing.rs"]
mod flowing;
#[path = "rotation/issuing.rs"]
mod issuing;
#[path = "rotation/lists.rs"]
mod lists;
#[path = "rotation/signers.rs"]
mod signers;
#[expect(dead_code, reason = "it is shared with the stories, which use more of it")]
#[path = "story/site.rs"]
mod site;
#[path = "rotation/submitting.rs"]
mod submitting;
#[path = "story/succession.rs"]
mod succession;
#[path = "rotation/successors.rs"]
mod successors;

use std::{
    io::ErrorKind,
    net::TcpStream,
    os::{fd::OwnedFd, unix::net::UnixListener},
    process::{Child, Command, Stdio},
};

use entente::{
    cli::client::Client,
    daemon::{reload::ReloadOutcome, sandbox::Enforced},
    names::{Party, Timestamp},
    net::tls::{PostQuantum, RevocationFiles, TlsFiles, client_config, fixed_time},
};
use flowing::{ended, flowing, hold_the_same, settled};
use issuing::{Authority, End, replace};
use rustix::process::{Pid, Signal, kill_process};
use site::{Daemon, FIRST_DAY, Site, until};
use submitting::Submitting;

/// Two founded sides, each of which pins the other's authority in a file of its own.
fn founded() -> Site {
    let site = Site::founded();
    for (side, other) in [("gbr", "fra"), ("fra", "gbr")] {
        let pinned = site.read(&format!("{other}-keys/ca-cert.pem"));
        site.write(&format!("{side}-pinned.pem"), &pinned);
        let from = format!("peer_ca = \"{other}-keys/ca-cert.pem\"");
        site.replace(&format!("{side}.toml"), &from, &format!("peer_ca = \"{side}-pinned.pem\""));
        // Record certificates stay with the first authority, whoever issues for TLS.
        let records = format!("[trust]\npeer_authority = \"{other}-keys/ca-cert.pem\"");
        site.replace(&format!("{side}.toml"), "[trust]", &records);
    }
    site
}

/// Only the United Kingdom dials, so that there is one session to count.
fn one_dials(site: &Site) {
    let [gbr, _] = site.ports;
    site.replace("fra.toml", &format!("peer = [\"127.0.0.1:{gbr}\"]\n"), "");
}

/// Asks for a reload, which must be taken.
fn taken(daemon: &Daemon) {
    daemon.signal(Signal::HUP);
    daemon.says("reloaded: ");
    daemon.until("the reload", |status| {
        status.edge.reload.as_ref().is_some_and(|one| one.outcome == ReloadOutcome::Taken)
    });
}

/// Asks for a reload, which must be refused in these words.
fn refused(daemon: &Daemon, words: &[&str]) {
    daemon.signal(Signal::HUP);
    let said = daemon.says("not reloaded: ");
    let status = daemon.until("the refusal", |status| {
        status.edge.reload.as_ref().is_some_and(|one| one.outcome == ReloadOutcome::Refused)
    });
    let fault = status.edge.reload.unwrap().fault.unwrap();
    for word in words {
        assert!(fault.contains(word), "no {word:?} in {fault}");
        assert!(said.contains(word), "no {word:?} in {said}");
    }
}

/// The certificate that a side shows to whoever dials it, as the other side would.
fn shown(site: &Site, side: &str, other: &str) -> Vec<u8> {
    let files = TlsFiles {
        certificate: site.path(&format!("{other}-keys/tls-cert.pem")),
        key: site.path(&format!("{other}-keys/tls-key.pem")),
        peer_ca: site.path(&format!("{other}-pinned.pem")),
        revocation: RevocationFiles::none(),
        post_quantum: PostQuantum::Prefer,
    };
    let config = {
        let now = Timestamp::new(FIRST_DAY);
        let party = if side == "fra" { Party::Fra } else { Party::Gbr };
        client_config(&files.load(now).unwrap(), party, fixed_time(now))
    };
    let name = format!("exchange.{side}.example").try_into().unwrap();
    let mut connection = rustls::ClientConnection::new(config.unwrap(), name).unwrap();
    let port = site.ports.get(usize::from(side == "fra")).copied().unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).unwrap();
    }
    connection.peer_certificates().unwrap().first().unwrap().to_vec()
}

#[test]
fn every_certificate_is_rotated_while_records_flow() {
    let site = founded();
    let (gbr, fra, records) = flowing(&site);
    let sides = [("gbr", "fra", &gbr, &fra), ("fra", "gbr", &fra, &gbr)];
    for (side, other, daemon, there) in sides {
        let first = Authority::first(&site, side);
        // Of the same authority, with a new key.
        let end = first.issue();
        end.place(&site, side);
        taken(daemon);
        assert_eq!(shown(&site, side, other), end.der(), "the next connection gets the new one");
        records.goes_on();

        // Another authority: the counterpart pins both, then the end changes, then the old goes.
        let second = Authority::second(side);
        replace(&site, &format!("{other}-pinned.pem"), &format!("{}{}", first.pem, second.pem));
        taken(there);
        let end = second.issue();
        end.place(&site, side);
        taken(daemon);
        assert_eq!(shown(&site, side, other), end.der());
        replace(&site, &format!("{other}-pinned.pem"), &second.pem);
        taken(there);
        records.goes_on();

        // Nobody asks: the files are looked at.
        let end = second.issue();
        end.place(&site, side);
        daemon.says("reloaded: ");
        assert_eq!(shown(&site, side, other), end.der());

        // Another road: one address more, and the same name.
        let port = site.ports.get(usize::from(other == "fra")).unwrap();
        let from = format!("peer = [\"127.0.0.1:{port}\"]");
        let to = format!("peer = [\"127.0.0.2:{port}\", \"127.0.0.1:{port}\"]");
        site.replace(&format!("{side}.toml"), &from, &to);
        taken(daemon);
        records.goes_on();
    }
    // A new session needs all that is new, in the process that has run all the time.
    fra.stop();
    let fra = site.start("fra");
    fra.receipted();
    let [journal, _] = settled(&site, gbr, fra, records);
    let failed: Vec<_> = journal.iter().filter(|line| line.contains("ERROR")).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn what_is_bad_keeps_what_was_good() {
    let site = founded();
    one_dials(&site);
    let (gbr, fra, records) = flowing(&site);
    let [authority, theirs] = ["gbr", "fra"].map(|side| Authority::first(&site, side));
    let good = End {
        certificate: site.read("gbr-keys/tls-cert.pem"),
        key: site.read("gbr-keys/tls-key.pem"),
    };
    let half = |text: &str| text.get(..text.len() / 2).unwrap().to_owned();
    let other = authority.issue();
    for (what, bad, words) in [
        (
            "half a certificate",
            End { certificate: half(&good.certificate), key: good.key.clone() },
            ["gbr-keys/tls-cert.pem", "PEM"],
        ),
        (
            "half a key",
            End { certificate: good.certificate.clone(), key: half(&good.key) },
            ["gbr-keys/tls-key.pem", "PEM"],
        ),
        (
            "the key of another certificate",
            End { certificate: good.certificate.clone(), key: other.key.clone() },
            ["tls-cert.pem is not the certificate of", "gbr-keys/tls-key.pem"],
        ),
        ("an expired one", authority.expired(), ["tls-cert.pem expired at", "2024-08-01"]),
        ("one of the other side", theirs.issue(), ["tls-cert.pem is a certificate of FRA", "tls"]),
        (
            "nothing",
            End { certificate: String::new(), key: String::new() },
            ["tls-cert.pem", "tls-key.pem"],
        ),
    ] {
        bad.place(&site, "gbr");
        refused(&gbr, &words);
        good.place(&site, "gbr");
        assert_eq!(shown(&site, "gbr", "fra"), good.der(), "{what}");
        taken(&gbr);
    }
    configurations_that_are_refused(&site, &gbr);
    let key = site.read("gbr-keys/log-key.pem");
    replace(&site, "gbr-keys/log-key.pem", &site.read("gbr-keys/officer-key.pem"));
    refused(&gbr, &["log", "key"]);
    replace(&site, "gbr-keys/log-key.pem", &key);
    taken(&gbr);
    records.goes_on();
    let [_, theirs] = settled(&site, gbr, fra, records);
    assert_eq!(ended(&theirs), 0, "a bad file costs no session");
}

/// Configurations that do not come together, or that need a restart; then the good one.
fn configurations_that_are_refused(site: &Site, gbr: &Daemon) {
    let config = site.read("gbr.toml");
    let moved = config.replace("gbr-state", "elsewhere");
    let [unknown, another] = [config.replace("[link]", "[lnk]"), config.replace("GBR", "FRA")];
    for (text, words) in [
        (&unknown, ["gbr.toml", "did you mean `link`"]),
        (&moved, ["state.directory does not change while the daemon runs", "restart"]),
        (&another, ["party does not change while the daemon runs", "restart"]),
    ] {
        replace(site, "gbr.toml", text);
        refused(gbr, &words);
    }
    // Nobody asks: it is good again by itself.
    replace(site, "gbr.toml", &config);
    gbr.says("reloaded: ");
}

#[test]
fn a_running_daemon_reaches_nothing_that_its_configuration_did_not_name() {
    let site = founded();
    let gbr = site.start("gbr");
    let status = gbr.until("its own word", |status| status.edge.sandbox.is_some());
    let sandbox = status.edge.sandbox.unwrap();
    assert!(sandbox.core_dumps_off);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", gbr.pid())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert!(core.split_whitespace().skip(4).take(2).all(|limit| limit == "0"), "{core}");
    let environment = std::fs::read(format!("/proc/{}/environ", gbr.pid()));
    if !rustix::process::geteuid().is_root() {
        assert_eq!(environment.unwrap_err().kind(), ErrorKind::PermissionDenied);
    }
    if sandbox.enforced == Enforced::Not {
        return;
    }
    // The same authority, in a folder that was not named at the start.
    let elsewhere = tempfile::tempdir().unwrap();
    let pinned = site.path("gbr-pinned.pem");
    let moved = elsewhere.path().join("pinned.pem");
    std::fs::copy(&pinned, &moved).unwrap();
    std::fs::remove_file(&pinned).unwrap();
    std::os::unix::fs::symlink(&moved, &pinned).unwrap();
    refused(&gbr, &["gbr-pinned.pem", "Permission denied"]);
}

/// A daemon whose sockets are held from outside, as the service manager holds them.
fn serve_on(site: &Site, api: &UnixListener, link: &std::net::TcpListener) -> Child {
    let handed = "LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=api:link \
                  exec \"$0\" serve --config gbr.toml 3<&0 4<&1 <&2 >&2";
    Command::new("sh")
        .args(["-c", handed, env!("CARGO_BIN_EXE_entente")])
        .current_dir(site.path(""))
        .stdin(Stdio::from(OwnedFd::from(api.try_clone().unwrap())))
        .stdout(Stdio::from(OwnedFd::from(link.try_clone().unwrap())))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_restart_with_new_keys_loses_no_record_where_the_sockets_are_held() {
    let site = founded();
    let api = UnixListener::bind(site.path("run/gbr.sock")).unwrap();
    let [port, _] = site.ports;
    let link = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let fra = site.start("fra");
    // Handed in while nobody is there yet.
    let records = Submitting::to(site.path("run/gbr.sock"));
    let authority = Authority::first(&site, "gbr");
    for _ in 0..5 {
        authority.issue().place(&site, "gbr");
        let mut gbr = serve_on(&site, &api, &link);
        records.goes_on();
        kill_process(Pid::from_child(&gbr), Signal::TERM).unwrap();
        assert!(gbr.wait().unwrap().success());
    }
    let mut gbr = serve_on(&site, &api, &link);
    records.goes_on();
    let handed_in = records.ended();
    let client = Client::new(&site.path("run/gbr.sock"));
    until(&client, "receipts", |status| {
        status.connected && status.queued == 0 && status.logs.gbr.unreceipted == 0
    });
    fra.receipted();
    kill_process(Pid::from_child(&gbr), Signal::TERM).unwrap();
    assert!(gbr.wait().unwrap().success());
    assert!(site.path("run/gbr.sock").exists(), "the socket stays with whoever made it");
    fra.stop();
    hold_the_same(&site, handed_in);
}

#[test]
fn a_socket_at_another_address_than_the_configuration_names_is_refused() {
    let site = founded();
    let api = UnixListener::bind(site.path("run/gbr.sock")).unwrap();
    let link = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let output = serve_on(&site, &api, &link).wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    let there = link.local_addr().unwrap().to_string();
    for words in [&*there, "link.listen", &site.ports[0].to_string()] {
        assert!(said.contains(words), "no {words:?} in {said}");
    }
}
