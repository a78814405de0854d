//! Two governments' daemons, set up and driven with nothing but the program's own verbs: what an
//! operator lives through, good days and bad ones.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on says where"
)]

#[path = "story/apart.rs"]
mod apart;
#[path = "story/breaks.rs"]
mod breaks;
#[path = "../src/daemon/api/tests/fits.rs"]
mod fits;
#[path = "story/held.rs"]
mod held;
#[cfg(feature = "pq")]
#[path = "story/quantum.rs"]
mod quantum;
#[expect(dead_code, reason = "it is shared with the rotations, which use more of it")]
#[path = "story/site.rs"]
mod site;
#[path = "story/standby.rs"]
mod standby;
#[path = "story/statements.rs"]
mod statements;
#[path = "story/succeeding.rs"]
mod succeeding;
#[path = "story/succession.rs"]
mod succession;

use std::{
    collections::BTreeSet,
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use serde_json::json;
use site::{MONDAY, Site, good};

/// Holds a line of `reconcile --json` against the published schema.
fn assert_fits(line: &serde_json::Value) {
    let schema = serde_json::from_str(include_str!("../docs/reconcile.schema.json")).unwrap();
    fits::fits(&schema, &schema, line).unwrap_or_else(|why| panic!("{why}: {line}"));
}

/// A record that the United Kingdom may write; each number is another case.
fn request(number: usize) -> String {
    let content = json!({
        "scope": "protection-claim", "arrived": "2025-08-06",
        "evidence": ["biometric-match"], "minors": 0,
    });
    let case = format!("GB01-{number:06}");
    json!({"kind": "readmission-request", "case": case, "content": content}).to_string()
}

fn requests(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|number| request(number) + "\n").collect()
}

/// The ids that `submit` says, in order.
fn ids(said: &str) -> Vec<String> {
    said.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

/// The ids of the requests in the log of the United Kingdom, as a side holds it.
fn logged(site: &Site, side: &str) -> Vec<String> {
    let listed = site.good(&format!("log list --config {side}.toml --log GBR --count 1000"));
    let lines = listed.lines().filter(|line| line.contains("readmission-request"));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_record_is_receipted_and_the_week_closed_by_both() {
    let site = Site::founded();
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    let said = site.submit("gbr", &request(1));
    let id = ids(&said).remove(0);
    assert_eq!(id.len(), 64, "{said}");
    gbr.receipted();
    let shown = site.good(&format!("log show --config gbr.toml {id}"));
    assert!(shown.contains("receipt      passed: FRA cosigned"), "{shown}");
    assert!(shown.starts_with("REHEARSAL"), "{shown}");
    let there = site.good(&format!("log show --config fra.toml {id} --json"));
    assert!(there.contains(&id) && there.contains("GB01-000001"), "{there}");

    site.clock(MONDAY);
    for said in site.reconciled(["gbr", "fra"]) {
        assert!(said.contains("Joint statement 1 of week 2025-W32"), "{said}");
    }
    gbr.receipted();
    fra.receipted();
    gbr.stop();
    fra.stop();
    site.both_hold_the_same();
}

#[test]
fn a_killed_daemon_comes_back_with_nothing_lost_or_doubled() {
    let site = Site::founded();
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    let first = ids(&site.submit("gbr", &requests(0..8)));
    let keyed = "submit --config gbr.toml --key the-one -";
    let one = good(&site.run_with(keyed, &request(8)), keyed);
    // Another writer at the same store is refused, and the one that runs goes on.
    let busy = ["another process holds it", "a store is never shared"];
    site.refused("serve --config gbr.toml", 2, &busy);
    gbr.kill();

    let gone = site.run_with("submit --config gbr.toml -", &request(9));
    assert_eq!(gone.status.code(), Some(3), "{}", String::from_utf8_lossy(&gone.stderr));
    let gbr = site.start("gbr");
    assert_eq!(ids(&site.submit("gbr", &requests(0..8))), first);
    assert_eq!(good(&site.run_with(keyed, &request(8)), keyed), one);
    let other = site.run_with(keyed, &request(10));
    assert_eq!(other.status.code(), Some(2), "{}", String::from_utf8_lossy(&other.stderr));
    site.submit("gbr", &request(9));
    gbr.receipted();
    fra.until("the mirror", |status| status.logs.gbr.unreceipted == 0 && status.connected);
    let held = logged(&site, "gbr");
    assert_eq!(held.len(), 10, "{held:?}");
    assert_eq!(held.iter().collect::<BTreeSet<_>>().len(), 10);
    assert_eq!(logged(&site, "fra"), held);
    gbr.stop();
    fra.stop();
    site.both_verify();
}

#[test]
fn no_daemon_starts_without_its_log_or_with_a_clock_file_in_earnest() {
    let site = Site::new();
    let serve = "serve --attended --config gbr.toml";
    site.refused(serve, 2, &["gbr-state/entente.db: there is no store", "`entente init`"]);
    site.good("init --config gbr.toml");
    let store = site.path("gbr-state/entente.db");
    let kept = fs::read(&store).unwrap();
    fs::write(&store, "").unwrap();
    site.refused(serve, 2, &["gbr-state/entente.db: ", "`entente init`"]);
    assert_eq!(fs::read(&store).unwrap(), b"", "what is refused is left as it is");
    fs::write(&store, kept).unwrap();

    let before = site.digest();
    site.replace("agreement.toml", "rehearsal = true", "rehearsal = false");
    site.replace("gbr.toml", &before, &site.digest());
    let words = ["rehearsal.clock is clock, and the agreement is no rehearsal", "[rehearsal]"];
    site.refused(serve, 2, &words);
    let clock_file = "[rehearsal]\nclock = \"clock\"\n";
    site.replace("gbr.toml", clock_file, "");
    // What tests are built with can be told to fail: it serves nobody in earnest.
    site.refused(serve, 2, &["this build is for tests alone (danger-simulation)"]);

    let before = site.digest();
    site.replace("agreement.toml", "rehearsal = false", "rehearsal = true");
    site.replace("agreement.toml", "clock_bound_seconds = 30", "clock_bound_seconds = 31");
    site.replace("gbr.toml", &before, &site.digest());
    site.replace("gbr.toml", "[api]", &format!("{clock_file}[api]"));
    site.refused(serve, 2, &["the store is of GBR under the agreement"]);
}

#[test]
fn an_old_copy_signs_nothing_until_the_counterpart_has_healed_it() {
    let site = Site::founded();
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    site.submit("gbr", &request(0));
    gbr.receipted();
    gbr.stop();
    let (state, old) = (site.path("gbr-state"), site.path("old"));
    fs::create_dir(&old).unwrap();
    fs::copy(state.join("entente.db"), old.join("entente.db")).unwrap();
    let gbr = site.start("gbr");
    site.submit("gbr", &requests(1..6));
    gbr.receipted();
    gbr.stop();
    fra.stop();
    let newest = site.entries("gbr", "GBR");

    fs::remove_dir_all(&state).unwrap();
    fs::rename(&old, &state).unwrap();
    fs::set_permissions(&state, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let behind = site.entries("gbr", "GBR");
    assert!(behind.len() < newest.len());
    let gbr = site.start("gbr");
    let status = site.good("status --config gbr.toml");
    for wanted in ["gate         closed: ", "waiting for the counterpart's mirror"] {
        assert!(status.contains(wanted), "{wanted}: {status}");
    }
    let queued = site.submit("gbr", &request(7));
    assert!(queued.contains(" queued: durable"), "{queued}");
    assert_eq!(site.entries("gbr", "GBR"), behind, "nothing is signed meanwhile");

    let fra = site.start("fra");
    gbr.receipted();
    fra.receipted();
    gbr.stop();
    fra.stop();
    let healed = site.entries("gbr", "GBR");
    assert!(healed.len() > newest.len(), "what was queued is logged now");
    assert_eq!(healed[..newest.len()], newest[..]);
    assert_eq!(logged(&site, "gbr").len(), 7);
    assert_eq!(logged(&site, "fra"), logged(&site, "gbr"));
    site.both_verify();
}

/// Both sides are down, and the British one is an old copy with the mark of its time: it has lost
/// five records that France holds.
fn put_back_with_its_mark(site: &Site) {
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    gbr.receipted();
    gbr.stop();
    let copied = ["gbr-state/entente.db", "mark/gbr"].map(|name| site.path(name));
    let old = copied.each_ref().map(|path| fs::read(path).unwrap());
    let gbr = site.start("gbr");
    site.submit("gbr", &requests(0..5));
    gbr.receipted();
    gbr.stop();
    fra.stop();
    copied.iter().zip(old).for_each(|(path, old)| fs::write(path, old).unwrap());
}

#[test]
fn an_old_copy_with_the_mark_of_its_time_is_stopped_once_it_meets_the_counterpart() {
    let site = Site::founded();
    put_back_with_its_mark(&site);
    let mirrored = site.entries("fra", "GBR");
    // Nothing of its own tells it that it is old, and it signs less than it has lost.
    let gbr = site.start("gbr");
    let logged = site.submit("gbr", &request(7));
    assert!(!logged.contains("queued"), "{logged}");
    assert!(site.entries("gbr", "GBR").len() < mirrored.len());

    let fra = site.start("fra");
    gbr.until("its fork", |status| status.gate == "fork");
    let status = site.run("status --config gbr.toml");
    assert_eq!(status.status.code(), Some(5), "{status:?}");
    assert!(site.submit("gbr", &request(8)).contains(" queued: durable"));
    // The counterpart goes on, with what it had.
    assert_eq!(fra.until("an answer", |_| true).gate, "open");
    assert_eq!(site.entries("fra", "GBR"), mirrored);
    gbr.stop();
    fra.stop();

    // Whoever holds both stores sees the same, without a daemon.
    let found = site.run("reconcile --ours fra-state --theirs gbr-state");
    let said = String::from_utf8(found.stdout).unwrap();
    assert_eq!(found.status.code(), Some(5), "{said}");
    for wanted in ["fork: the log of GBR differs", "only at FRA, entry ", "only at GBR, entry "] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    assert_eq!(said.matches("GBR has signed ").count(), 2, "{said}");
    let shown = site.run("reconcile --ours fra-state --theirs gbr-state --json");
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_fits(&shown);
    assert_eq!(shown["outcome"], "fork");
}

#[test]
fn a_full_store_refuses_by_name_and_takes_the_same_in_when_there_is_room() {
    let site = Site::founded();
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    gbr.receipted();
    gbr.stop();
    // No room beyond what is there by now.
    site.replace(
        "gbr.toml",
        "mark = \"mark/gbr\"\n",
        "mark = \"mark/gbr\"\ndatabase_pages_max = 1\n",
    );
    let gbr = site.start("gbr");
    let many = requests(0..100);
    let full = site.run_with("submit --config gbr.toml -", &many);
    let said = String::from_utf8(full.stderr).unwrap();
    assert_eq!(full.status.code(), Some(4), "{said}");
    assert!(said.contains("The store is full") && said.contains("advice: Make room"), "{said}");
    let taken = ids(&String::from_utf8(full.stdout).unwrap());
    assert!(taken.len() < 100);
    site.good("status --config gbr.toml");
    gbr.stop();

    site.replace("gbr.toml", "database_pages_max = 1\n", "database_pages_max = 100000\n");
    let gbr = site.start("gbr");
    let again = ids(&site.submit("gbr", &many));
    assert_eq!(again[..taken.len()], taken[..]);
    assert_eq!(again.iter().collect::<BTreeSet<_>>().len(), 100);
    gbr.receipted();
    assert_eq!(logged(&site, "gbr").len(), 100);
    gbr.stop();
    fra.stop();
    site.both_verify();
}

#[test]
fn a_stranger_learns_nothing_and_the_session_goes_on() {
    let (site, elsewhere) = (Site::founded(), Site::founded());
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    site.submit("gbr", &request(0));
    gbr.receipted();
    for garbage in [&b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..], &[0; 64], &[0xff; 4096]] {
        let mut stream = TcpStream::connect(("127.0.0.1", site.ports[0])).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        // The other end may close amid this.
        let _closed = stream.write_all(garbage);
        let mut learnt = Vec::new();
        let _reset = stream.read_to_end(&mut learnt);
        // An alert of TLS has 7 bytes (RFC 8446 sections 5.1 and 6).
        assert!(learnt.is_empty() || learnt.len() == 7 && learnt[0] == 21, "{learnt:?}");
        gbr.says("refused a connection");
    }
    // It calls itself France, knows our authority and the address, and has keys of its own making.
    let [_, theirs] = elsewhere.ports;
    elsewhere.replace("fra.toml", "gbr-keys/ca-cert.pem", "ours.pem");
    elsewhere.write("ours.pem", &site.read("gbr-keys/ca-cert.pem"));
    let (wrong, right) = (elsewhere.ports[0].to_string(), site.ports[0].to_string());
    elsewhere.replace(
        "fra.toml",
        &format!("[\"127.0.0.1:{wrong}"),
        &format!("[\"127.0.0.1:{right}"),
    );
    assert_ne!(theirs, site.ports[1]);
    let stranger = elsewhere.start("fra");
    gbr.says("refused a connection");
    stranger.says("session ended");
    let status = stranger.until("an answer", |_| true);
    assert!(!status.connected && status.logs.gbr.size.0 == 0, "{status:?}");
    stranger.stop();

    let calm = gbr.until("the session", |status| status.connected);
    assert_eq!((calm.logs.fra.contested, calm.gate.as_str()), (0, "open"));
    site.submit("gbr", &request(1));
    gbr.receipted();
    assert_eq!(logged(&site, "fra").len(), 2);
    gbr.stop();
    fra.stop();
    site.both_verify();
}
