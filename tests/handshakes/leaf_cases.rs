//! Leaves that are bad in what they say: form, names, usages, purposes, algorithms.

use entente::net::tls::PeerRefused;
use entente::trust::CertificateRefused as Refused;

use crate::der::{algorithm, algorithm_null, flags, int, oid, seq, tlv};
use crate::meet::Edge;
use crate::mint::{
    CLIENT, CONSTRAINTS, KEY_USAGE, NAME, NAME_CONSTRAINTS, NAMES, PURPOSES, SERVER, Spec, dns,
    purposes, uri,
};
use crate::table::{Case, Table};

fn refused(reason: Refused) -> PeerRefused {
    PeerRefused::Certificate(reason)
}

pub(crate) fn add(table: &mut Table) {
    form(table);
    names(table);
    usages(table);
    key_purposes(table);
    algorithms(table);
    extensions(table);
}

fn bad(table: &mut Table, name: &str, reason: Refused, change: impl FnOnce(&mut Spec)) {
    table.add(Case::leaf(name, Spec::leaf().with(change), refused(reason)));
}

fn form(table: &mut Table) {
    let good = Spec::leaf().der().to_vec();
    let twice = [good.clone(), good.clone()].concat();
    let none = Refused::NotACertificate;
    for (name, der, reason) in [
        ("no byte at all", Vec::new(), none.clone()),
        ("garbage", vec![0xff; 64], none.clone()),
        ("an empty sequence", vec![0x30, 0], none.clone()),
        ("cut off", good[..good.len() - 1].to_vec(), none.clone()),
        ("PEM instead of DER", b"-----BEGIN CERTIFICATE-----\n".to_vec(), none),
        ("a byte behind", [&good[..], &[0]].concat(), Refused::TrailingBytes { bytes: 1 }),
        ("itself behind", twice, Refused::TrailingBytes { bytes: good.len() }),
        ("too long", vec![0x30; 4097], Refused::TooLong { bytes: 4097 }),
    ] {
        table.add(Case::der(name, der, refused(reason)));
    }
    bad(table, "version 1", Refused::Version, |it| it.version = None);
    bad(table, "version 2", Refused::Version, |it| it.version = Some(1));
    bad(table, "version 4", Refused::Version, |it| it.version = Some(3));
    for (name, serial) in [
        ("serial zero", vec![0]),
        ("serial negative", vec![0x80, 1]),
        ("serial of 21 bytes", vec![1; 21]),
        ("serial behind a zero", vec![0, 0x11, 0x22]),
        ("serial of 20 bytes and a sign", [vec![0, 0xff], vec![1; 19]].concat()),
    ] {
        bad(table, name, Refused::SerialNumber, |it| it.serial = serial);
    }
    for (name, tag) in [("an issuer's unique id", 0x81), ("a subject's unique id", 0x82)] {
        bad(table, name, Refused::UniqueIdentifier, |it| it.unique = tlv(tag, &[0, 7]));
    }
    bad(table, "no issuer", Refused::NoIssuer, |it| it.issuer = seq(&[]));
    bad(table, "ends before it begins", Refused::NeverValid, |it| {
        it.not_after = "250601000000Z";
    });
    bad(table, "begins in 1960", Refused::BeforeEpoch, |it| it.not_before = "19600101000000Z");
}

fn names(table: &mut Table) {
    for text in [
        "urn:entente:GBR",
        "urn:entente:GBR:",
        "urn:entente:gbr:tls",
        "urn:entente:DEU:tls",
        "urn:entente:GBR:TLS",
        "urn:entente:GBR:t ls",
        "urn:entente:GBR:tls:1",
        "URN:ENTENTE:GBR:tls",
        " urn:entente:GBR:tls",
        "urn:other:GBR:tls",
        "https://exchange.example",
        "",
    ] {
        let reason = Refused::BadName { uri: text.to_owned() };
        bad(table, &format!("the name {text:?}"), reason, |it| it.names(&[dns(NAME), uri(text)]));
    }
    for role in ["caseworker", "ledger", "officer", "tlsx"] {
        let reason = Refused::NotForTls { role: role.to_owned() };
        bad(table, &format!("the role {role}"), reason, |it| {
            it.names(&[dns(NAME), uri(&format!("urn:entente:GBR:{role}"))]);
        });
    }
    let tls = || uri("urn:entente:GBR:tls");
    let several = Refused::SeveralNames;
    bad(table, "no URI", Refused::NoName, |it| it.names(&[dns(NAME)]));
    bad(table, "no name at all", Refused::NoName, |it| it.drop(NAMES));
    bad(table, "two parties", several.clone(), |it| {
        it.names(&[dns(NAME), tls(), uri("urn:entente:FRA:tls")]);
    });
    bad(table, "the same URI twice", several.clone(), |it| it.names(&[dns(NAME), tls(), tls()]));
    bad(table, "another URI beside", several, |it| {
        it.names(&[dns(NAME), tls(), uri("https://x.example")]);
    });
    bad(table, "no DNS name", Refused::NoDnsName, |it| it.names(&[tls()]));
    bad(table, "an asterisk", Refused::Wildcard, |it| it.names(&[dns("*.example"), tls()]));
    bad(table, "an asterisk beside", Refused::Wildcard, |it| {
        it.names(&[dns(NAME), dns("*.example"), tls()]);
    });
    bad(table, "a DNS name that is no text", Refused::MalformedName, |it| {
        it.names(&[dns(NAME), tlv(0x82, &[0xff, 0xfe]), tls()]);
    });
}

fn usages(table: &mut Table) {
    bad(table, "no key usage", Refused::NoKeyUsage, |it| it.drop(KEY_USAGE));
    for (name, bit) in [
        ("non-repudiation", 1),
        ("key encipherment", 2),
        ("data encipherment", 3),
        ("key agreement", 4),
    ] {
        bad(table, &format!("only {name}"), Refused::NotForSigning, |it| {
            it.set(KEY_USAGE, true, flags(&[bit]));
        });
    }
    for (name, bits) in
        [("keyCertSign", &[0, 5][..]), ("cRLSign", &[0, 6]), ("keyCertSign, cRLSign", &[0, 5, 6])]
    {
        bad(table, &format!("{name} as well"), Refused::SignsCertificates, |it| {
            it.set(KEY_USAGE, true, flags(bits));
        });
    }
    let is_ca = || seq(&[&tlv(1, &[0xff])]);
    bad(table, "an authority", Refused::IsAuthority, |it| it.set(CONSTRAINTS, true, is_ca()));
    bad(table, "an authority of length 0", Refused::IsAuthority, |it| {
        it.set(CONSTRAINTS, true, seq(&[&tlv(1, &[0xff]), &int(&[0])]));
    });
    bad(table, "a path length for an end", Refused::PathLengthOfEnd, |it| {
        it.set(CONSTRAINTS, true, seq(&[&tlv(1, &[0]), &int(&[0])]));
    });
}

fn key_purposes(table: &mut Table) {
    let any = "2.5.29.37.0";
    bad(table, "no purpose", Refused::NoExtendedKeyUsage, |it| it.drop(PURPOSES));
    bad(table, "any purpose", Refused::AnyPurpose, |it| it.set(PURPOSES, false, purposes(&[any])));
    bad(table, "any purpose beside", Refused::AnyPurpose, |it| {
        it.set(PURPOSES, false, purposes(&[SERVER, CLIENT, any]));
    });
    for (name, other) in [
        ("code signing", "1.3.6.1.5.5.7.3.3"),
        ("e-mail", "1.3.6.1.5.5.7.3.4"),
        ("time stamping", "1.3.6.1.5.5.7.3.8"),
        ("OCSP signing", "1.3.6.1.5.5.7.3.9"),
        ("document signing", "1.3.6.1.5.5.7.3.36"),
        ("smart-card logon", "1.3.6.1.4.1.311.20.2.2"),
    ] {
        let reason = Refused::ForeignPurpose { oid: other.to_owned() };
        bad(table, &format!("{name} as well"), reason.clone(), |it| {
            it.set(PURPOSES, false, purposes(&[SERVER, CLIENT, other]));
        });
        bad(table, &format!("{name} alone"), reason, |it| {
            it.set(PURPOSES, false, purposes(&[other]));
        });
    }
    let one = |of| Spec::leaf().with(|it| it.set(PURPOSES, false, purposes(&[of])));
    let server = refused(Refused::NotForServers);
    let client = refused(Refused::NotForClients);
    table.add(Case::leaf("a client that listens", one(CLIENT), server).only(Edge::Client));
    table.add(Case::leaf("a server that dials", one(SERVER), client).only(Edge::Server));
}

fn algorithms(table: &mut Table) {
    for (name, dotted, null) in [
        ("ECDSA with SHA-1", "1.2.840.10045.4.1", false),
        ("ECDSA with SHA-224", "1.2.840.10045.4.3.1", false),
        ("ECDSA with SHA-512", "1.2.840.10045.4.3.4", false),
        ("RSA with MD2", "1.2.840.113549.1.1.2", true),
        ("RSA with MD5", "1.2.840.113549.1.1.4", true),
        ("RSA with SHA-1", "1.2.840.113549.1.1.5", true),
        ("RSA with SHA-224", "1.2.840.113549.1.1.14", true),
        ("RSA-PSS", "1.2.840.113549.1.1.10", true),
        ("DSA with SHA-1", "1.2.840.10040.4.3", false),
        ("DSA with SHA-256", "2.16.840.1.101.3.4.3.2", false),
        ("Ed448", "1.3.101.113", false),
        ("SM2 with SM3", "1.2.156.10197.1.501", false),
        ("GOST", "1.2.643.7.1.1.3.2", false),
    ] {
        let reason = Refused::SignatureAlgorithm { oid: dotted.to_owned() };
        let written = if null { algorithm_null(dotted) } else { algorithm(dotted) };
        bad(table, &format!("signed by {name}"), reason, |it| it.both(written));
    }
    for (name, written) in [
        ("ECDSA with parameters", algorithm_null("1.2.840.10045.4.3.2")),
        ("Ed25519 with parameters", algorithm_null("1.3.101.112")),
        ("RSA without parameters", algorithm("1.2.840.113549.1.1.11")),
    ] {
        bad(table, name, Refused::SignatureParameters, |it| it.both(written));
    }
    for (name, inner) in [
        ("SHA-384 within, SHA-256 without", algorithm("1.2.840.10045.4.3.3")),
        ("SHA-1 within, SHA-256 without", algorithm("1.2.840.10045.4.1")),
        ("parameters within and none without", algorithm_null("1.2.840.10045.4.3.2")),
    ] {
        bad(table, name, Refused::SignatureAlgorithms, |it| it.inner = inner);
    }
}

fn extensions(table: &mut Table) {
    for dotted in ["1.2.3", "1.3.6.1.5.5.7.1.24", "2.5.29.99", "1.3.6.1.4.1.99999.1"] {
        let reason = Refused::UnknownCritical { oid: dotted.to_owned() };
        bad(table, &format!("{dotted}, critical"), reason, |it| {
            it.extensions.push((dotted, true, vec![5, 0]));
        });
    }
    for dotted in [KEY_USAGE, NAMES, PURPOSES] {
        let reason = Refused::RepeatedExtension { oid: dotted.to_owned() };
        bad(table, &format!("{dotted} twice"), reason, |it| {
            let same = it.extensions.iter().find(|one| one.0 == dotted).unwrap().clone();
            it.extensions.push(same);
        });
    }
    for dotted in [KEY_USAGE, NAMES, PURPOSES, CONSTRAINTS, NAME_CONSTRAINTS] {
        let reason = Refused::MalformedExtension { oid: dotted.to_owned() };
        bad(table, &format!("{dotted} is garbage"), reason, |it| {
            it.set(dotted, true, vec![0x30, 0x7f]);
        });
    }
    let policy = seq(&[&seq(&[&oid("1.2.3.4")])]);
    bad(table, "critical policies", Refused::CriticalPolicies, |it| {
        it.set("2.5.29.32", true, policy);
    });
    let mapping = seq(&[&seq(&[&oid("1.2.3.4"), &oid("1.2.3.5")])]);
    for (name, dotted, critical, value) in [
        ("policy mappings", "2.5.29.33", false, mapping.clone()),
        ("critical policy mappings", "2.5.29.33", true, mapping),
        ("policy constraints", "2.5.29.36", true, seq(&[&tlv(0x80, &[0])])),
        ("no any-policy", "2.5.29.54", true, int(&[0])),
    ] {
        let reason = Refused::PolicyRules { oid: dotted.to_owned() };
        bad(table, name, reason, |it| it.set(dotted, critical, value));
    }
    let subtree = seq(&[&tlv(0xa0, &seq(&[&dns("example")]))]);
    bad(table, "an end with name constraints", Refused::NameConstraintsOfEnd, |it| {
        it.set(NAME_CONSTRAINTS, true, subtree);
    });
}
