//! Revocation lists and limits, replaced while records flow.

use std::{
    io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use entente::{names::Party, trust::EndingUse};

use crate::{
    flowing::{ended, flowing, settled},
    founded,
    issuing::{Authority, replace},
    one_dials, refused,
    site::Daemon,
    taken,
};

/// The certificate that a session was opened with, once it is another than `old`.
fn session_of_another(daemon: &Daemon, old: Option<&str>) -> String {
    let serial = |status: &entente::daemon::scribe::StatusView| {
        let session = status.edge.session.as_ref()?;
        Some(session.connection.as_ref()?.certificate.as_ref()?.serial.clone())
    };
    let status = daemon.until("a session", |status| {
        status.connected && serial(status).is_some_and(|now| Some(&*now) != old)
    });
    serial(&status).unwrap()
}

#[test]
fn revocation_lists_are_rotated_while_records_flow() {
    let site = founded();
    one_dials(&site);
    let theirs = Authority::first(&site, "fra");
    let first = theirs.issue();
    first.place(&site, "fra");
    site.write("fra.crl", &theirs.list(1, &[]));
    site.replace("gbr.toml", "[trust]", "crl = [\"fra.crl\"]\n[trust]");
    let (gbr, fra, records) = flowing(&site);
    let before = session_of_another(&gbr, None);
    let shown = gbr.until("its end", |_| true).certificates;
    let list = shown.iter().find(|one| one.purpose == EndingUse::RevocationList).unwrap();
    assert_eq!(
        (list.party, list.not_after.to_string()),
        (Party::Fra, "2025-09-05T00:00:00Z".into())
    );
    let spare = theirs.issue();
    for number in 2..=4 {
        replace(&site, "fra.crl", &theirs.list(number, &[&spare]));
        taken(&gbr);
        records.goes_on();
    }
    // An older one, as somebody would show it who wants a certificate back.
    replace(&site, "fra.crl", &theirs.list(3, &[]));
    refused(&gbr, &["fra.crl", "number 3", "4"]);
    // One of another authority, and one that has been cut off.
    replace(&site, "fra.crl", &Authority::second("fra").list(5, &[]));
    refused(&gbr, &["fra.crl"]);
    let whole = theirs.list(5, &[]);
    replace(&site, "fra.crl", &whole[..whole.len() / 2]);
    refused(&gbr, &["fra.crl"]);
    records.goes_on();
    assert_eq!(ended(&fra.heard()), 0, "no list so far was a reason to end a session");
    // Now the very certificate of the session.
    replace(&site, "fra.crl", &theirs.list(5, &[&first]));
    taken(&gbr);
    gbr.says("revoked");
    gbr.until("its end", |status| !status.connected);
    records.goes_on();
    theirs.issue().place(&site, "fra");
    taken(&fra);
    session_of_another(&gbr, Some(&before));
    records.goes_on();
    settled(&site, gbr, fra, records);
}

#[test]
fn nothing_else_that_is_wrong_keeps_a_revocation_back() {
    let site = founded();
    let (ours, theirs) = (Authority::first(&site, "gbr"), Authority::first(&site, "fra"));
    let first = theirs.issue();
    first.place(&site, "fra");
    site.write("fra.crl", &theirs.list(1, &[]));
    site.replace("gbr.toml", "[trust]", "crl = [\"fra.crl\"]\n[trust]");
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    let before = session_of_another(&gbr, None);
    // Our own certificate has expired, and with it nothing would start.
    ours.expired().place(&site, "gbr");
    refused(&gbr, &["tls-cert.pem expired at", "in use are those on disk all the same"]);
    replace(&site, "fra.crl", &theirs.list(2, &[&first]));
    gbr.says("revocation lists are reloaded");
    gbr.says("revoked");
    gbr.until("its end", |status| !status.connected);
    // Nor is an older list let in by that door, nor one that is cut off.
    let whole = theirs.list(3, &[]);
    for bad in [theirs.list(1, &[]), whole[..whole.len() / 2].to_owned()] {
        replace(&site, "fra.crl", &bad);
        gbr.signal(rustix::process::Signal::HUP);
        let said = gbr.says("not reloaded: ");
        assert!(!said.contains("all the same"), "{said}");
    }
    replace(&site, "fra.crl", &theirs.list(2, &[&first]));
    ours.issue().place(&site, "gbr");
    theirs.issue().place(&site, "fra");
    taken(&gbr);
    taken(&fra);
    session_of_another(&gbr, Some(&before));
    // Of several authorities one that is valid is enough, in whichever order they stand.
    let (now, past) = (site.read("gbr-pinned.pem"), Authority::past("fra").pem);
    for pinned in [format!("{past}{now}"), format!("{now}{past}")] {
        replace(&site, "gbr-pinned.pem", &pinned);
        taken(&gbr);
    }
    replace(&site, "gbr-pinned.pem", &past);
    refused(&gbr, &["gbr-pinned.pem expired at"]);
    fra.stop();
    gbr.stop();
}

/// Whether the listener of a side sends one away who comes up to it, and not one byte is told.
fn turned_away(port: u16) -> bool {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    // Half a record head is waited on, where one is listened to.
    let _closed = stream.write_all(&[22, 3]);
    // Whoever is listened to has until the deadline for the whole handshake.
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    match stream.read(&mut [0; 1]) {
        Ok(0) => true,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
        Ok(_) => panic!("a stranger was told something"),
    }
}

#[test]
fn who_may_come_up_to_the_door_changes_with_a_reload_and_no_session_ends() {
    let site = founded();
    one_dials(&site);
    let [port, _] = site.ports;
    let (gbr, fra, records) = flowing(&site);
    assert!(!turned_away(port));
    let config = site.read("gbr.toml");
    let with = |line: &str| config.replace("peer_name", &format!("{line}\npeer_name"));
    for (line, away) in [
        ("allow = [\"192.0.2.0/24\"]", true),
        ("allow = [\"127.0.0.0/8\"]", false),
        ("allow = [\"::1/128\"]", true),
        ("connections_per_address_max = 64", false),
    ] {
        replace(&site, "gbr.toml", &with(line));
        taken(&gbr);
        assert_eq!(turned_away(port), away, "{line}");
        records.goes_on();
    }
    replace(&site, "gbr.toml", &with("connections_per_address_max = 1"));
    taken(&gbr);
    let held = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    gbr.until("one who waits", |status| status.edge.connections.waiting == 1);
    assert!(turned_away(port), "one is there already");
    drop(held);
    for (line, word) in [
        ("proxy = \"127.0.0.1:1\"", "a port that is dialled"),
        ("proxy = \"proxy.example:@\"", "a name in the place of addresses"),
    ] {
        let line = line.replace('@', &site.ports[1].to_string());
        replace(&site, "gbr.toml", &with(&line));
        refused(&gbr, &[word, "restart"]);
    }
    replace(&site, "gbr.toml", &config);
    taken(&gbr);
    records.goes_on();
    let [ours, _] = settled(&site, gbr, fra, records);
    assert_eq!(ended(&ours), 0);
}

/// A proxy for one connection (RFC 9110 section 9.3.6); gives the credential that it was shown.
fn proxy(listener: TcpListener, to: u16) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let (client, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(client.try_clone().unwrap());
        let mut credential = String::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(shown) = line.strip_prefix("Proxy-Authorization: Basic ") {
                shown.trim().clone_into(&mut credential);
            }
            if line == "\r\n" {
                break;
            }
        }
        let server = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).unwrap();
        let (mut here, mut there) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        here.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        thread::spawn(move || std::io::copy(&mut &server, &mut &client));
        thread::spawn(move || std::io::copy(&mut here, &mut there));
        credential
    })
}

#[test]
fn the_next_connection_takes_the_new_way_through_a_proxy() {
    let site = founded();
    one_dials(&site);
    let [_, fra] = site.ports;
    let (gbr, there) = (site.start("gbr"), site.start("fra"));
    gbr.until("the session", |status| status.connected && status.gate == "open");
    let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 3), fra)).unwrap();
    let shown = proxy(listener, fra);
    let proxied =
        format!("proxy = \"127.0.0.3:{fra}\"\nproxy_credential = \"gbr-keys/proxy\"\npeer_name");
    let config = site.read("gbr.toml");
    let new = config.replace("peer_name", &proxied);
    replace(&site, "gbr.toml", &new);
    refused(&gbr, &["gbr-keys/proxy"]);
    // Nobody asks: the file is looked at.
    replace(&site, "gbr-keys/proxy", "user:open sesame\n");
    gbr.says("reloaded: ");
    there.stop();
    let there = site.start("fra");
    let status = gbr.until("a session by the proxy", |status| status.connected);
    let connection = status.edge.session.unwrap().connection.unwrap();
    let way = format!("127.0.0.1:{fra} by way of the proxy 127.0.0.3:{fra}");
    assert_eq!(connection.address, way);
    assert_eq!(shown.join().unwrap(), "dXNlcjpvcGVuIHNlc2FtZQ==");
    there.stop();
    gbr.stop();
}
