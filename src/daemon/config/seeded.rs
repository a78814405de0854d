//! The misconfigurations, as data: what is spoilt, and what the message must say.

use super::{Setup, Spoil};

type Case = (&'static str, Spoil, &'static [&'static str]);

pub(super) const FILE: &[Case] = &[
    (
        "an unknown key",
        |it| it.replace("listen =", "lisen ="),
        &["entente.toml", "line 14, column 1", "^^^^^", "did you mean `link.listen`?"],
    ),
    ("an unknown table", |it| it.replace("[link]", "[lnk]"), &["line 13", "did you mean `link`?"]),
    ("a table in capitals", |it| it.replace("[tls]", "[TLS]"), &["did you mean `tls`?"]),
    (
        "a key in the wrong table",
        |it| it.text.insert_str(0, "listen = \"127.0.0.1:1\"\n"),
        &["line 1, column 1", "did you mean `link.listen`?"],
    ),
    (
        "a key like no other",
        |it| it.replace("[api]", "[api]\nworkers = 4"),
        &["there is no `api.workers`; known there: api.socket"],
    ),
    (
        "a table like no other",
        |it| it.text.push_str("[prometheus]\nport = 1\n"),
        &["there is no `prometheus`; known there: party, agreement, state"],
    ),
    (
        "no party",
        |it| it.replace("party = \"GBR\"\n", ""),
        &["missing field `party`", "add what is missing, for example: party = \"GBR\""],
    ),
    (
        "no digest",
        |it| it.replace("digest = ", "# "),
        &["missing field `digest`", "agreement.digest = "],
    ),
    ("an empty file", |it| it.text.clear(), &["party = ", "link.peer_name = ", "tls.peer_ca = "]),
    (
        "another country",
        |it| it.replace("GBR", "DEU"),
        &["line 2, column 9", "\"DEU\" is not a party", "GBR, FRA", "`party`: Which side"],
    ),
    ("a party in small letters", |it| it.replace("GBR", "gbr"), &["\"gbr\" is not a party"]),
    (
        "a short digest",
        |it| it.replace("0123456789abcdef0", "0"),
        &["line 5", "64 lower-case hexadecimal digits", "entente agreement"],
    ),
    ("a digest in capitals", |it| it.replace("abcdef", "ABCDEF"), &["64 lower-case"]),
    (
        "a number for a path",
        |it| it.replace("\"state\"", "7"),
        &["line 7", "invalid type: integer `7`", "`state.directory`"],
    ),
    (
        "a host name to listen at",
        |it| it.replace("127.0.0.1:7443", "localhost:7443"),
        &["line 14", "invalid socket address", "The IP address and port to listen at"],
    ),
    (
        "a peer without a port",
        |it| it.replace("example:7443", "example"),
        &["line 15", "\"exchange.fra.example\" is not host:port"],
    ),
    (
        "a peer name with a port",
        |it| {
            it.replace(
                "peer_name = \"exchange.fra.example",
                "peer_name = \"exchange.fra.example:7443",
            )
        },
        &["is not a DNS name", "no port"],
    ),
    (
        "no pages at all",
        |it| it.replace("[keys]", "database_pages_max = 0\n[keys]"),
        &["expected a nonzero u32", "pages of 8192 bytes"],
    ),
    (
        "a key twice",
        |it| it.replace("[agreement]", "party = \"FRA\"\n[agreement]"),
        &["line 3", "duplicate key", "every key only once"],
    ),
    ("no quotes", |it| it.replace("\"GBR\"", "GBR"), &["line 2, column 9", "double quotes"]),
    ("a table that is not closed", |it| it.replace("[link]", "[link"), &["line 13"]),
];

pub(super) const VARIABLES: &[Case] = &[
    (
        "a slip of the pen",
        |it| it.set("ENTENTE_LINK__LISEN", "127.0.0.1:1"),
        &["environment variable ENTENTE_LINK__LISEN", "did you mean `ENTENTE_LINK__LISTEN`?"],
    ),
    (
        "one underscore",
        |it| it.set("ENTENTE_LINK_LISTEN", "127.0.0.1:1"),
        &["did you mean `ENTENTE_LINK__LISTEN`?"],
    ),
    (
        "something of its own",
        |it| it.set("ENTENTE_COLOUR_OF_THE_CONSOLE", "blue"),
        &["there is no `ENTENTE_COLOUR_OF_THE_CONSOLE`; known there: ENTENTE_PARTY"],
    ),
    ("nothing", |it| it.set("ENTENTE_PARTY", ""), &["ENTENTE_PARTY: it is set, and empty"]),
    (
        "a word for a number",
        |it| it.set("ENTENTE_STATE__DATABASE_PAGES_MAX", "yes"),
        &["its value is not a number in decimal digits", "`state.database_pages_max`"],
    ),
    ("a fraction", |it| it.set("ENTENTE_STATE__DATABASE_PAGES_MAX", "1.7"), &["decimal digits"]),
    (
        "too large a number",
        |it| it.set("ENTENTE_STATE__DATABASE_PAGES_MAX", "4294967296"),
        &["ENTENTE_STATE__DATABASE_PAGES_MAX"],
    ),
    (
        "no address",
        |it| it.set("ENTENTE_LINK__LISTEN", "everywhere"),
        &["ENTENTE_LINK__LISTEN: invalid socket address", "For example: \"0.0.0.0:7443\""],
    ),
    (
        "the file is judged alone",
        |it| {
            it.replace("party = \"GBR\"\n", "");
            it.set("ENTENTE_PARTY", "GBR");
        },
        &["missing field `party`"],
    ),
];

pub(super) const WORLD: &[Case] = &[
    ("no agreement", |it| it.remove("agreement.toml"), &["agreement.file: ", "agreement.toml"]),
    ("a folder for an agreement", |it| it.replace("agreement.toml", "keys"), &["is not a file"]),
    (
        "a long agreement",
        |it| it.write("agreement.toml", &"#".repeat(262_145)),
        &["has more than 262144 bytes"],
    ),
    (
        "no state",
        |it| it.replace("directory = \"state\"", "directory = \"stat\""),
        &["state.directory: ", "/stat: ", "create it"],
    ),
    (
        "a file for a state",
        |it| it.replace("directory = \"state\"", "directory = \"agreement.toml\""),
        &["agreement.toml is not a directory"],
    ),
    ("a state open to all", |it| it.chmod("state", 0o755), &["mode 0755", "chmod go="]),
    // Not even root can make a file there.
    (
        "a mark where nothing can be written",
        |it| it.replace("mark/mark", "/proc/self/mark"),
        &["state.mark: nothing can be written in /proc/self", "daemon's user"],
    ),
    (
        "a mark inside the state",
        |it| it.replace("mark/mark", "state/mark"),
        &["Warning state.mark", "out of every backup"],
    ),
    (
        "a mark inside the state by a detour",
        |it| {
            std::os::unix::fs::symlink(it.path("state"), it.path("elsewhere")).unwrap();
            it.replace("mark/mark", "elsewhere/mark");
        },
        &["Warning state.mark"],
    ),
    (
        "no ledger key",
        |it| it.remove("keys/ledger-key.pem"),
        &["keys.directory: ", "ledger-key.pem", "entente keys new"],
    ),
    (
        "a log key open to the group",
        |it| it.chmod("keys/log-key.pem", 0o640),
        &["log-key.pem is open to others than its owner (mode 0640)", "chmod go="],
    ),
    (
        "one key twice",
        |it| it.copy("keys/log-key.pem", "keys/mirror-key.pem"),
        &["log-key.pem and ", "mirror-key.pem hold the same key", "a key of its own"],
    ),
    (
        "another's signer",
        |it| {
            for file in ["caseworker-key.pem", "caseworker-cert.pem"] {
                it.copy(&format!("theirs/{file}"), &format!("keys/{file}"));
            }
        },
        &["caseworker-cert.pem is a certificate of FRA", "correct `party`"],
    ),
    (
        "another role",
        |it| {
            it.keys(crate::names::Party::Gbr, "spare");
            it.copy("spare/caseworker-key.pem", "keys/ledger-key.pem");
            it.copy("spare/caseworker-cert.pem", "keys/ledger-cert.pem");
        },
        &["ledger-cert.pem is a certificate for the role caseworker"],
    ),
    (
        "a certificate of another key",
        |it| {
            it.keys(crate::names::Party::Gbr, "spare");
            it.copy("spare/ledger-cert.pem", "keys/ledger-cert.pem");
        },
        &["ledger-cert.pem is not the certificate of ", "ledger-key.pem"],
    ),
    ("no TLS key", |it| it.remove("keys/tls-key.pem"), &["tls.key: ", "tls-key.pem"]),
    ("a TLS key open to all", |it| it.chmod("keys/tls-key.pem", 0o644), &["tls.key: ", "0644"]),
    (
        "a TLS key of another certificate",
        |it| it.copy("theirs/tls-key.pem", "keys/tls-key.pem"),
        &["tls.key: ", "tls-cert.pem is not the certificate of ", "issued for this key"],
    ),
    (
        "the officer's certificate for TLS",
        |it| {
            it.copy("keys/officer-cert.pem", "keys/tls-cert.pem");
        },
        &["tls.certificate: ", "for officer and not for TLS", "certs/README.md"],
    ),
    (
        "garbage for a certificate",
        |it| it.write("keys/tls-cert.pem", "garbage"),
        &["tls.certificate: ", "holds no certificate"],
    ),
    (
        "a leaf for an authority",
        |it| it.copy("theirs/tls-cert.pem", "keys/peer-ca.pem"),
        &["tls.peer_ca: ", "is not the certificate of a certification authority"],
    ),
    (
        "our own authority",
        |it| it.copy("keys/ca-cert.pem", "keys/peer-ca.pem"),
        &["tls.peer_ca: ", "is our own authority", "counterpart's authority"],
    ),
    (
        "the counterpart's certificate",
        |it| {
            for file in ["tls-key.pem", "tls-cert.pem"] {
                it.copy(&format!("theirs/{file}"), &format!("keys/{file}"));
            }
            it.copy("keys/ca-cert.pem", "keys/peer-ca.pem");
        },
        &["tls.certificate: ", "is a certificate of FRA"],
    ),
    (
        "no authority of our own",
        |it| it.replace("authority = \"keys/ca-cert.pem\"\n", ""),
        &["Warning trust.authority: ", "enrolled unchecked", "set trust.authority"],
    ),
    (
        "lists of nobody",
        |it| it.replace("authority = \"keys/ca-cert.pem\"", "crl = \"keys/no.pem\""),
        &["Error trust.crl: ", "no authority that has signed them", "set trust.authority"],
    ),
    (
        "a leaf for our own authority",
        |it| {
            it.copy("keys/tls-cert.pem", "own.pem");
            it.replace("keys/ca-cert.pem", "own.pem");
        },
        &["Error trust.authority: ", "is not the certificate of a certification authority"],
    ),
    (
        "no list of our own",
        |it| it.replace("\"keys/ca-cert.pem\"", "\"keys/ca-cert.pem\"\ncrl = [\"no.pem\"]"),
        &["Error trust.authority: ", "no.pem cannot be read"],
    ),
    (
        "a certificate for a list of our own",
        |it| {
            let both = "\"keys/ca-cert.pem\"\ncrl = [\"keys/ca-cert.pem\"]";
            it.replace("\"keys/ca-cert.pem\"", both);
        },
        &["Error trust.crl: ", "holds no revocation list", "newest revocation list"],
    ),
    (
        "a leaf for the authority of their records",
        |it| {
            it.copy("theirs/tls-cert.pem", "own.pem");
            it.replace("[trust]", "[trust]\npeer_authority = \"own.pem\"");
        },
        &["Error trust.peer_authority: ", "is not the certificate of a certification authority"],
    ),
    (
        "a certificate for a list of their records",
        |it| it.replace("[trust]", "[trust]\npeer_crl = \"keys/peer-ca.pem\""),
        &["Error trust.peer_crl: ", "holds no revocation list"],
    ),
    (
        "a ledger key that our authority does not vouch for",
        |it| {
            it.keys(crate::names::Party::Gbr, "spare");
            it.copy("spare/ledger-cert.pem", "keys/ledger-cert.pem");
            it.copy("spare/ledger-key.pem", "keys/ledger-key.pem");
        },
        &["Warning keys.directory: ", "ledger-cert.pem is not trusted for our ledger key"],
    ),
    (
        "no way to the counterpart",
        |it| {
            it.replace("listen = \"127.0.0.1:7443\"\n", "");
            it.replace("peer = [\"exchange.fra.example:7443\"]", "peer = []");
        },
        &["link: neither link.listen nor link.peer", "or both"],
    ),
    (
        "a long socket path",
        |it| it.replace("run/api.sock", &"x".repeat(108)),
        &["api.socket: ", "at most 107", "shorter path"],
    ),
    ("a socket in no folder", |it| it.replace("run/api.sock", "no/api.sock"), &["api.socket: "]),
    ("a file for a socket", |it| it.write("run/api.sock", ""), &["exists and is not a socket"]),
    (
        "a rehearsal clock",
        |it| it.text.push_str("[rehearsal]\nclock = \"agreement.toml\"\n"),
        &["Warning rehearsal.clock", "before working in earnest"],
    ),
];

#[test]
fn a_certificate_out_of_its_term_is_named_wherever_it_lies() {
    for (now, severity, what) in [
        ("2026-08-06T00:00:00Z", "Error", "expired at 2026-08-05T23:59:59Z"),
        ("2026-07-20T00:00:00Z", "Warning", "expires at 2026-08-05T23:59:59Z"),
        ("2025-08-05T23:59:59Z", "Error", "is not valid before 2025-08-06T00:00:00Z"),
    ] {
        let mut setup = Setup::new();
        setup.now = now.parse().unwrap();
        let messages = setup.messages();
        let named = |file: &str| messages.iter().any(|one| one.contains(file));
        for file in
            ["caseworker-cert.pem", "ledger-cert.pem", "tls-cert.pem", "peer-ca.pem", "ca-cert.pem"]
        {
            assert!(named(file), "{now} {file}: {messages:#?}");
        }
        assert_eq!(messages.len(), 5, "{messages:#?}");
        for message in messages {
            assert!(message.starts_with(severity) && message.contains(what), "{message}");
        }
    }
}
