//! Good leaves whose way to a pinned authority is bad, and good ways of the wrong peer.

use entente::names::{Party, Timestamp};
use entente::net::tls::PeerRefused;
use entente::trust::{CertificateRefused, KeyUnfit, Link, PathRefused as Refused, Pinned};
use rustls::AlertDescription;

use crate::der::{algorithm, bits, flags, int, name, oid, seq, tlv};
use crate::meet::{Edge, Peer};
use crate::mint::{
    CA, CLIENT, CONSTRAINTS, KEY_USAGE, LEAF, MIDDLE, NAME, NAME_CONSTRAINTS, NEW_CA, NOW,
    PURPOSES, SECOND, SERVER, STRANGER, Spec, THIRD, dns, purposes, uri,
};
use crate::table::{Case, Table};

pub(crate) fn add(table: &mut Table) {
    issuers(table);
    times(table);
    lengths(table);
    intermediates(table);
    constraints(table);
    peers(table);
}

fn middle() -> Spec {
    Spec::authority("Middle CA", MIDDLE, "British CA", CA)
}

fn below(issuer: &str, key: usize) -> Spec {
    Spec::leaf().with(|it| it.issued_by(issuer, key))
}

fn issuers(table: &mut Table) {
    let leaf = Spec::leaf;
    let unknown = || Refused::UnknownAuthority;
    let unsigned = || Refused::Signature(Link::Leaf);
    for (case, chain, wanted) in [
        ("self-signed", vec![below("British TLS", LEAF)], unknown()),
        ("another authority", vec![below("Another CA", STRANGER)], unknown()),
        ("the name in other letters", vec![below("BRITISH CA", CA)], unknown()),
        ("an authority of the same name", vec![below("British CA", STRANGER)], unsigned()),
        ("signed by itself in its name", vec![below("British CA", LEAF)], unsigned()),
        ("spoilt after signing", vec![leaf().with(|it| it.spoilt = true)], unsigned()),
        (
            "another authority that comes along",
            vec![
                below("Another CA", STRANGER),
                Spec::authority("Another CA", STRANGER, "Another CA", STRANGER),
            ],
            Refused::RepeatedName(Link::Intermediate(1)),
        ),
        (
            "an authority of the pinned name comes along",
            vec![
                below("British CA", STRANGER),
                Spec::authority("British CA", STRANGER, "British CA", STRANGER),
            ],
            Refused::RepeatedName(Link::Intermediate(1)),
        ),
        (
            "an intermediate by a stranger",
            vec![
                below("Middle CA", MIDDLE),
                Spec::authority("Middle CA", MIDDLE, "British CA", STRANGER),
            ],
            Refused::Signature(Link::Intermediate(1)),
        ),
        ("a leaf by a stranger", vec![below("Middle CA", STRANGER), middle()], unsigned()),
        (
            "a stranger between two",
            vec![
                below("Low CA", SECOND),
                Spec::authority("Low CA", SECOND, "Middle CA", STRANGER),
                middle(),
            ],
            Refused::Signature(Link::Intermediate(1)),
        ),
        (
            "an intermediate that is missing",
            vec![below("Middle CA", MIDDLE)],
            Refused::UnknownAuthority,
        ),
        (
            "an intermediate that nobody asked for",
            vec![leaf(), middle()],
            Refused::OutOfOrder(Link::Intermediate(1)),
        ),
        (
            "out of order",
            vec![
                below("Low CA", SECOND),
                middle(),
                Spec::authority("Low CA", SECOND, "Middle CA", MIDDLE),
            ],
            Refused::OutOfOrder(Link::Intermediate(1)),
        ),
    ] {
        table.add(Case::path(case, &chain, wanted));
    }
}

fn times(table: &mut Table) {
    let end = Timestamp::new(1_798_761_599);
    let begin = Timestamp::new(1_751_328_000);
    let (leaf, old) = (Spec::leaf, Spec::root);
    let expired = |link, at| Refused::Expired { link, at };
    let early = |link, at| Refused::NotYetValid { link, at };
    for (case, at, wanted) in [
        ("a second too late", end.seconds() + 1, expired(Link::Leaf, end)),
        ("ten years too late", end.seconds() + 315_360_000, expired(Link::Leaf, end)),
        ("a second too early", begin.seconds() - 1, early(Link::Leaf, begin)),
        ("in 1970", 0, early(Link::Leaf, begin)),
    ] {
        table.add(Case::path(case, &[leaf()], wanted).at(at));
    }
    let (october, december) = (Timestamp::new(1_759_276_799), Timestamp::new(1_764_547_200));
    let pinned = |root: Spec| Pinned::new(vec![root.pinned()]);
    let past = |it: &mut Spec| it.not_after = "250930235959Z";
    let future = |it: &mut Spec| it.not_before = "251201000000Z";
    let chain = [below("Middle CA", MIDDLE), middle().with(past)];
    let wanted = expired(Link::Intermediate(1), october);
    table.add(Case::path("an expired intermediate", &chain, wanted));
    let chain = [below("Middle CA", MIDDLE), middle().with(future)];
    let wanted = early(Link::Intermediate(1), december);
    table.add(Case::path("an intermediate of tomorrow", &chain, wanted));
    let wanted = expired(Link::Authority, october);
    let case = Case::path("an expired pinned authority", &[leaf()], wanted);
    table.add(case.pinning(pinned(old().with(past))));
    let wanted = early(Link::Authority, december);
    let case = Case::path("a pinned authority of tomorrow", &[leaf()], wanted);
    table.add(case.pinning(pinned(old().with(future))));
}

fn lengths(table: &mut Table) {
    let limited = |length: u8| seq(&[&tlv(1, &[0xff]), &int(&[length])]);
    let root = |length| {
        let root = Spec::root().with(|it| it.set(CONSTRAINTS, true, limited(length)));
        Pinned::new(vec![root.pinned()])
    };
    let one = [below("Middle CA", MIDDLE), middle()];
    let low = || Spec::authority("Low CA", SECOND, "Middle CA", MIDDLE);
    let two = [below("Low CA", SECOND), low(), middle()];
    let short = || Refused::PathLength(Link::Authority);
    let case = Case::path("an intermediate where the pinned one allows none", &one, short());
    table.add(case.pinning(root(0)));
    let case = Case::path("two where the pinned one allows one", &two, short());
    table.add(case.pinning(root(1)));
    let tight = middle().with(|it| it.set(CONSTRAINTS, true, limited(0)));
    let chain = [below("Low CA", SECOND), low(), tight];
    let wanted = Refused::PathLength(Link::Intermediate(2));
    table.add(Case::path("one where an intermediate allows none", &chain, wanted));
    let chain = [
        below("E CA", THIRD),
        Spec::authority("E CA", THIRD, "D CA", NEW_CA),
        Spec::authority("D CA", NEW_CA, "Low CA", SECOND),
        low(),
        middle(),
    ];
    let wanted = Refused::TooManyIntermediates { intermediates: 4 };
    table.add(Case::path("four intermediates", &chain, wanted));
    let chain: Vec<_> = std::iter::once(Spec::leaf()).chain((0..9).map(|_| middle())).collect();
    let wanted = Refused::TooManyIntermediates { intermediates: 9 };
    table.add(Case::path("nine intermediates", &chain, wanted));
}

fn intermediates(table: &mut Table) {
    use CertificateRefused as Bad;

    let mut bad = |case: &str, source: Bad, change: &dyn Fn(&mut Spec)| {
        let chain = [below("Middle CA", MIDDLE), middle().with(change)];
        let wanted = Refused::Intermediate { number: 1, source };
        table.add(Case::path(&format!("an intermediate: {case}"), &chain, wanted));
    };
    let sha1 = "1.2.840.10045.4.1";
    let rsa = seq(&[&int(&[0x5f; 128]), &int(&[1, 0, 1])]);
    let rsa = seq(&[&crate::der::algorithm_null("1.2.840.113549.1.1.1"), &bits(&rsa)]);
    let not_ca = || seq(&[]);
    let unknown = Bad::UnknownCritical { oid: "1.2.3".to_owned() };
    let directory = || seq(&[&tlv(0xa0, &seq(&[&tlv(0xa4, &name("GB"))]))]);
    let uris = || seq(&[&tlv(0xa0, &seq(&[&uri(".example")]))]);
    bad("no keyCertSign", Bad::NoCertSign, &|it| it.set(KEY_USAGE, true, flags(&[0, 6])));
    bad("no key usage", Bad::NoKeyUsage, &|it| it.drop(KEY_USAGE));
    bad("no basic constraints", Bad::NotAnAuthority, &|it| it.drop(CONSTRAINTS));
    bad("not an authority", Bad::NotAnAuthority, &|it| it.set(CONSTRAINTS, true, not_ca()));
    bad("constraints not critical", Bad::ConstraintsNotCritical, &|it| {
        it.set(CONSTRAINTS, false, seq(&[&tlv(1, &[0xff])]));
    });
    bad("unknown critical", unknown, &|it| it.set("1.2.3", true, vec![5, 0]));
    bad("version 1", Bad::Version, &|it| it.version = None);
    bad("serial zero", Bad::SerialNumber, &|it| it.serial = vec![0]);
    bad("SHA-1", Bad::SignatureAlgorithm { oid: sha1.to_owned() }, &|it| it.both(algorithm(sha1)));
    bad("RSA of 1023 bits", Bad::Unfit(KeyUnfit::RsaTooShort { bits: 1023 }), &|it| {
        it.key.clone_from(&rsa);
    });
    bad("no name", Bad::NoSubject, &|it| it.subject = seq(&[]));
    bad("directory names", Bad::NameConstraintForm, &|it| {
        it.set(NAME_CONSTRAINTS, true, directory());
    });
    bad("URI names", Bad::NameConstraintForm, &|it| it.set(NAME_CONSTRAINTS, true, uris()));
    bad("critical policies", Bad::CriticalPolicies, &|it| {
        it.set("2.5.29.32", true, seq(&[&seq(&[&oid("1.2.3.4")])]));
    });
    let chain = [below("British TLS", LEAF), Spec::leaf()];
    // The first rule that it breaks is told.
    let wanted = Refused::Intermediate { number: 1, source: Bad::NotAnAuthority };
    table.add(Case::path("a leaf that signs another", &chain, wanted));
}

fn constraints(table: &mut Table) {
    let permitted = |of: &str| seq(&[&tlv(0xa0, &seq(&[&dns(of)]))]);
    let excluded = |of: &str| seq(&[&tlv(0xa1, &seq(&[&dns(of)]))]);
    for (case, value) in [
        ("permits another domain", permitted("fra.example")),
        ("permits another name", permitted("other.example")),
        ("excludes the domain", excluded("example")),
        ("excludes the name", excluded(NAME)),
    ] {
        let wanted = || Refused::NameConstraints;
        let root = Spec::root().with(|it| it.set(NAME_CONSTRAINTS, true, value.clone()));
        let name = format!("the pinned authority {case}");
        let case_of_root = Case::path(&name, &[Spec::leaf()], wanted());
        table.add(case_of_root.pinning(Pinned::new(vec![root.pinned()])));
        let middle = middle().with(|it| it.set(NAME_CONSTRAINTS, true, value));
        let chain = [below("Middle CA", MIDDLE), middle];
        table.add(Case::path(&format!("an intermediate {case}"), &chain, wanted()));
    }
    for (case, purpose, edge) in
        [("servers", SERVER, Edge::Server), ("clients", CLIENT, Edge::Client)]
    {
        let only = |spec: Spec| spec.with(|it| it.set(PURPOSES, false, purposes(&[purpose])));
        let wanted = Refused::Purpose(Link::Authority);
        let name = format!("the pinned authority is for {case} only");
        let of_root = Case::path(&name, &[Spec::leaf()], wanted).only(edge);
        table.add(of_root.pinning(Pinned::new(vec![only(Spec::root()).pinned()])));
        let chain = [below("Middle CA", MIDDLE), only(middle())];
        let wanted = Refused::Purpose(Link::Intermediate(1));
        let name = format!("an intermediate is for {case} only");
        table.add(Case::path(&name, &chain, wanted).only(edge));
    }
}

fn peers(table: &mut Table) {
    let french = Spec::leaf().with(|it| it.names(&[dns(NAME), uri("urn:entente:FRA:tls")]));
    let wanted = PeerRefused::OtherParty { expected: Party::Gbr, presented: Party::Fra };
    table.add(Case::leaf("our own party", french, wanted));
    for dialled in ["exchange.fra.example", "exchange.example.example", "change.example"] {
        let name = format!("{dialled} was dialled");
        let mut case = Case::path(&name, &[Spec::leaf()], Refused::OtherName).only(Edge::Client);
        case.dialled = dialled;
        table.add(case);
    }
    let mut case = Case::chain("no certificate", &[], PeerRefused::NoCertificate);
    case.alert = Some(AlertDescription::CertificateRequired);
    table.add(case.only(Edge::Server));
    // The key of another: whoever copies a certificate has not its key.
    let mut case = Case::chain("a copied certificate", &[Spec::leaf()], PeerRefused::Signature);
    case.peer.key = crate::mint::signing(STRANGER);
    table.add(case);
    let mut case = Case::chain("no protocol", &[Spec::leaf()], PeerRefused::Protocol);
    (case.peer.protocols, case.alert) = (Vec::new(), None);
    table.add(case);
    for other in ["entente/2", "ENTENTE/1", "h2", "http/1.1"] {
        let name = format!("the protocol {other}");
        let mut case = Case::chain(&name, &[Spec::leaf()], PeerRefused::Protocol);
        case.peer = Peer::showing(vec![Spec::leaf().der()], LEAF);
        case.peer.protocols = vec![other.into()];
        case.alert = Some(AlertDescription::NoApplicationProtocol);
        table.add(case.only(Edge::Server).at(NOW));
    }
}
