//! Every key of the configuration, in the order of the example file, with what it means.

use std::fmt::Write as _;

/// Whether a key stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// It must.
    Required,
    /// It may be left out, and the example has it: without it something else must be there.
    Offered,
    /// It may be left out, and the example shows its default, or a value, behind a `#`.
    Optional,
}

/// One key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its table and its name, with a dot between them.
    pub(super) path: &'static str,
    /// Whether the file must give it, and whether the example does.
    pub(super) presence: Presence,
    /// A value, as it stands in the file; the default where there is one.
    pub(super) example: &'static str,
    /// What it means: whole sentences, lines of the example's comment.
    pub(super) about: &'static str,
}

const fn required(path: &'static str, example: &'static str, about: &'static str) -> Entry {
    Entry { path, presence: Presence::Required, example, about }
}

const fn optional(path: &'static str, example: &'static str, about: &'static str) -> Entry {
    Entry { path, presence: Presence::Optional, example, about }
}

const fn offered(path: &'static str, example: &'static str, about: &'static str) -> Entry {
    Entry { path, presence: Presence::Offered, example, about }
}

/// No agreement has it: what stands there must be replaced.
const DIGEST: &str = "\"0000000000000000000000000000000000000000000000000000000000000000\"";

/// Tables stand together, and what lies outside of all tables comes first.
pub(super) const ENTRIES: &[Entry] = &[
    required("party", "\"GBR\"", "Which side this is: \"GBR\" or \"FRA\"."),
    required(
        "agreement.file",
        "\"agreement.toml\"",
        "The agreement file that both sides have signed off.",
    ),
    required(
        "agreement.digest",
        DIGEST,
        "Its digest, as `entente agreement show` prints it: 64 lower-case hexadecimal digits.\n\
         Both sides pin the same one.",
    ),
    optional(
        "agreement.succession",
        "\"succession.toml\"",
        "For logs that succeed others: the succession file, as `entente log succession` writes it.",
    ),
    optional(
        "agreement.succession_digest",
        DIGEST,
        "Its digest, as `entente log succession` prints it. Both sides pin the same one.",
    ),
    required(
        "state.directory",
        "\"/var/lib/entente\"",
        "The folder of the databases; back up all of it, while the daemon is stopped.",
    ),
    required(
        "state.mark",
        "\"/var/lib/entente-mark/mark\"",
        "The high-water mark: a file outside of every backup, so that a restore cannot turn it\n\
         back unseen.",
    ),
    optional(
        "state.database_pages_max",
        "4194304",
        "The most pages of 8192 bytes that the database may have; without it, the disk decides.",
    ),
    optional(
        "state.predecessors",
        "[\"/var/lib/entente-2025\"]",
        "The state directories of the logs that came before these, oldest first; only read.",
    ),
    required(
        "keys.directory",
        "\"/etc/entente/keys\"",
        "The folder that `entente keys new` made. Each path may begin with\n\
         ${CREDENTIALS_DIRECTORY}, where systemd puts the credentials of a service.",
    ),
    optional(
        "keys.caseworker",
        "\"/etc/entente/keys/caseworker-key.pem\"",
        "The key of the case-working system's records: a file, or a key in a security module by\n\
         its URI (RFC 7512), such as \"pkcs11:token=gov;object=caseworker\". So for the others.",
    ),
    optional(
        "keys.ledger",
        "\"/etc/entente/keys/ledger-key.pem\"",
        "The key of the ledger's own records.",
    ),
    optional(
        "keys.log",
        "\"/etc/entente/keys/log-key.pem\"",
        "The key of our log's checkpoints; Ed25519.",
    ),
    optional(
        "keys.mirror",
        "\"/etc/entente/keys/mirror-key.pem\"",
        "The key of our cosignatures; Ed25519.",
    ),
    optional(
        "keys.module",
        "\"/usr/lib/softhsm/libsofthsm2.so\"",
        "The PKCS#11 library of the security module, for keys that lie in one.",
    ),
    optional(
        "keys.pin_file",
        "\"/etc/entente/keys/pin\"",
        "The file with the PIN of the module's tokens, of the daemon's user alone. A key's URI\n\
         may name another: \"...?pin-source=file:/run/credentials/pin\". A PIN never stands here.",
    ),
    optional(
        "keys.mirror_pq",
        "\"/etc/entente/keys/mirror-pq.pem\"",
        "The mirror's ML-DSA-44 key, as `entente keys mirror-pq` makes it: each of our\n\
         cosignatures then carries a post-quantum one beside the Ed25519 one, which\n\
         goes on to be what counts.",
    ),
    optional(
        "keys.peer_mirror_pq",
        "\"/etc/entente/peer-mirror-pq.vkey\"",
        "The verifier key of the counterpart's; without it, what it adds is kept, and not\n\
         verified.",
    ),
    optional(
        "tls.certificate",
        "\"/etc/entente/keys/tls-cert.pem\"",
        "Our own certificate and what leads from it to our authority; without it, tls-cert.pem in\n\
         the folder of the keys.",
    ),
    optional(
        "tls.key",
        "\"/etc/entente/keys/tls-key.pem\"",
        "Its key, a file or one in a security module; without it, tls-key.pem in the folder of\n\
         the keys.",
    ),
    required(
        "tls.peer_ca",
        "\"/etc/entente/peer-ca.pem\"",
        "The counterpart's certification authority, and no other.",
    ),
    optional(
        "tls.crl",
        "[\"/etc/entente/peer-crl.pem\"]",
        "Its revocation lists, in PEM or DER, one for each authority on the way to its end;\n\
         in PEM, the certificate of an intermediate authority stands beside its list. Without it,\n\
         nothing is ever taken for revoked.",
    ),
    optional(
        "tls.crl_grace_days",
        "0",
        "How many days a revocation list is used beyond its end, at most 31; with 0,\n\
         nobody gets in until there is a fresh one.",
    ),
    optional(
        "tls.post_quantum",
        "\"prefer\"",
        "The key exchange X25519MLKEM768, which a quantum computer will not open later:\n\
         \"prefer\" it to the classical ones, \"require\" it and refuse\n\
         a counterpart without it, or \"off\".",
    ),
    offered(
        "trust.authority",
        "\"/etc/entente/authority.pem\"",
        "Our own party's certification authority. Without it, any certificate of the right form\n\
         is enrolled for a record key of ours, and status says that nothing is checked.",
    ),
    optional(
        "trust.crl",
        "[\"/etc/entente/crl.pem\"]",
        "Its revocation lists, as for tls.crl: an intermediate authority that issues record\n\
         certificates stands beside its list, or in trust.authority. They are used for as long as\n\
         tls.crl_grace_days says. Without it, none of our record keys is ever taken for revoked.",
    ),
    optional(
        "trust.peer_authority",
        "\"/etc/entente/peer-authority.pem\"",
        "The authority of the counterpart's record keys; without it, tls.peer_ca and tls.crl.",
    ),
    optional(
        "trust.peer_crl",
        "[\"/etc/entente/peer-authority-crl.pem\"]",
        "Its revocation lists; without it and without trust.peer_authority, tls.crl.",
    ),
    offered(
        "link.listen",
        "\"0.0.0.0:7443\"",
        "The IP address and port to listen at; without it, dial only.",
    ),
    offered(
        "link.peer",
        "[\"exchange.fra.example:7443\"]",
        "Where to dial the counterpart, host:port, tried in this order; without it, listen only.",
    ),
    required(
        "link.peer_name",
        "\"exchange.fra.example\"",
        "The DNS name in the counterpart's certificate.",
    ),
    optional(
        "link.allow",
        "[\"192.0.2.0/24\", \"2001:db8::/32\"]",
        "From which networks connections are listened to; without it, from all. It keeps\n\
         strangers cheap; who the counterpart is, its certificate says.",
    ),
    optional(
        "link.connections_max",
        "12288",
        "How many connections may wait for their handshake; fewer if LimitNOFILE is lower.",
    ),
    optional(
        "link.connections_per_address_max",
        "64",
        "How many of them from one IPv4 address or IPv6 network of 64 bits.",
    ),
    optional(
        "link.proxy",
        "\"proxy.example:3128\"",
        "The HTTP proxy through which the counterpart is dialled, with CONNECT; without it,\n\
         directly.",
    ),
    optional(
        "link.proxy_credential",
        "\"/etc/entente/keys/proxy-credential\"",
        "A file with one line user:password for it, open to the daemon's user alone.",
    ),
    optional(
        "api.socket",
        "\"/run/entente/api.sock\"",
        "The Unix socket of the local API; at most 107 bytes.",
    ),
    optional(
        "national.reference",
        "\"reference\"",
        "For `entente reconcile --national`: the column of the list with the reference of a\n\
         movement or case.",
    ),
    optional("national.event", "\"event\"", "The column that says what happened."),
    optional("national.date", "\"date\"", "The column with the day, as 2025-11-05."),
    optional("national.persons", "\"persons\"", "The column with the number of persons."),
    optional(
        "national.person",
        "\"person\"",
        "The column that says who it was, in whatever form; without it, nobody is looked for who\n\
         travels twice. What stands in it is never shown, kept or logged.",
    ),
    optional("national.delimiter", "\",\"", "What stands between two fields of CSV."),
    optional(
        "national.visa_issued",
        "\"visa-issued\"",
        "What the list calls visas that were issued. Only events that are named here are looked\n\
         for; if none is, those that this side logs, under our names.",
    ),
    optional("national.departure", "\"departure\"", "What it calls a departure to France."),
    optional("national.arrival", "\"arrival\"", "What it calls an arrival in France."),
    optional(
        "national.departure_count",
        "\"departure-count\"",
        "What it calls a departure from France.",
    ),
    optional(
        "national.admission",
        "\"admission\"",
        "What it calls an admission to the United Kingdom.",
    ),
    optional(
        "sandbox.mode",
        "\"best-effort\"",
        "Whether the daemon shuts itself in, so that it reaches only the files and ports that\n\
         this file names: \"require\", \"best-effort\" or \"off\".",
    ),
    optional("sandbox.read", "[]", "What else it may read, as a module for keys needs it."),
    optional("sandbox.write", "[]", "What else it may read and change."),
    optional(
        "rehearsal.clock",
        "\"/run/entente/rehearsal-clock\"",
        "For rehearsals only: a file that says what time it is. Never in earnest.",
    ),
];

impl Entry {
    /// The entry at this path.
    pub(super) fn at(path: &str) -> Option<&'static Self> {
        ENTRIES.iter().find(|entry| entry.path == path)
    }

    /// The table, empty for a key outside of all tables; and the key's own name.
    pub(super) fn parts(&self) -> (&'static str, &'static str) {
        self.path.rsplit_once('.').unwrap_or(("", self.path))
    }

    /// The environment variable that overrides the key.
    pub(super) fn variable(&self) -> String {
        format!("ENTENTE_{}", self.path.replace('.', "__").to_uppercase())
    }
}

/// The example file: every key, those that may be left out behind a `#`.
#[must_use]
pub fn example() -> String {
    let mut text = HEAD.to_owned();
    let mut current = "";
    for entry in ENTRIES {
        let (table, name) = entry.parts();
        if table != current {
            let optional = table == OPTIONAL_TABLE;
            let _ = writeln!(text, "\n{}[{table}]", if optional { "# " } else { "" });
            current = table;
        }
        for line in entry.about.lines() {
            let _ = writeln!(text, "# {line}");
        }
        let mark = if entry.presence == Presence::Optional { "# " } else { "" };
        let _ = writeln!(text, "{mark}{name} = {}", entry.example);
    }
    text
}

/// The one table that must not stand there by default, because its presence means something.
const OPTIONAL_TABLE: &str = "rehearsal";

const HEAD: &str = "\
# The configuration of one side's daemon, with every key that there is.
# A key behind a # may be left out. Relative paths are relative to this file. A variable such as
# ENTENTE_LINK__LISTEN overrides link.listen. Check the file as the daemon's user, with
# `entente check-config`.

";

/// Every key with its example.
#[cfg(test)]
pub(crate) fn every_key() -> impl Iterator<Item = (&'static str, &'static str)> {
    ENTRIES.iter().map(|entry| (entry.path, entry.example))
}
