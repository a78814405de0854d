//! Two real daemons and the certificates of their record keys: what our own authority does not
//! vouch for is not enrolled, and what the counterpart has enrolled without stands there, and is
//! told.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on says where"
)]

#[expect(dead_code, reason = "it is shared with the stories, which use more of it")]
#[path = "story/site.rs"]
mod site;

use entente::{
    daemon::{
        reload::ReloadOutcome,
        scribe::{Belief, EnrolmentView, StatusView},
    },
    names::{KeyId, Party},
    trust::SignerCertificate,
};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName,
    DnType, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_ED25519, RevokedCertParams,
    SanType, SerialNumber, date_time_ymd,
};
use rustix::process::Signal;
use site::{Daemon, Site};

/// The authority that `entente keys new` made for a side, or one of the same name.
struct Ca(Issuer<'static, KeyPair>);

impl Ca {
    fn params(side: &str) -> CertificateParams {
        let mut params = CertificateParams::default();
        let name = format!("Entente {} CA 2025-08-01", side.to_uppercase());
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.use_authority_key_identifier_extension = true;
        params
    }

    fn of(side: &str, key: KeyPair) -> Self {
        Self(Issuer::new(Self::params(side), key))
    }

    fn first(site: &Site, side: &str) -> Self {
        let key = site.read(&format!("{side}-keys/ca-key.pem"));
        Self::of(side, KeyPair::from_pem(&key).unwrap())
    }

    fn namesake(side: &str) -> Self {
        Self::of(side, KeyPair::generate().unwrap())
    }

    /// Writes the certificate of a caseworker key that nobody keeps; gives its id.
    fn issue(&self, site: &Site, file: &str, party: Party, serial: u8) -> KeyId {
        let mut params = CertificateParams::default();
        let name = format!("urn:entente:{party}:caseworker");
        params.subject_alt_names = vec![SanType::URI(name.as_str().try_into().unwrap())];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.serial_number = Some(SerialNumber::from(vec![serial]));
        params.not_before = date_time_ymd(2025, 8, 1);
        params.not_after = date_time_ymd(2026, 8, 1);
        let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let made = params.signed_by(&key, &self.0).unwrap();
        site.write(file, &made.pem());
        SignerCertificate::parse(made.der()).unwrap().public_key().id()
    }

    /// Writes a list with this number, by which these serial numbers are revoked.
    fn list(&self, site: &Site, file: &str, number: u8, revoked: &[u8]) {
        let revoked_certs = revoked.iter().map(|serial| RevokedCertParams {
            serial_number: SerialNumber::from(vec![*serial]),
            revocation_time: date_time_ymd(2025, 8, 2),
            reason_code: None,
            invalidity_date: None,
        });
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2025, 8, 2),
            next_update: date_time_ymd(2025, 9, 2),
            crl_number: SerialNumber::from(vec![number]),
            issuing_distribution_point: None,
            revoked_certs: revoked_certs.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        site.write(file, &list.signed_by(&self.0).unwrap().pem().unwrap());
    }
}

fn seen(status: &StatusView, key: KeyId) -> Option<&EnrolmentView> {
    status.enrolments.iter().find(|one| one.key == key)
}

fn is(status: &StatusView, key: KeyId, state: Belief) -> bool {
    seen(status, key).is_some_and(|one| one.state == state)
}

/// Asks for a reload, and waits for what becomes of it.
fn reloads(daemon: &Daemon, outcome: ReloadOutcome, said: &str) -> String {
    daemon.signal(Signal::HUP);
    let said = daemon.says(said);
    daemon.until("the reload", |status| {
        status.edge.reload.as_ref().is_some_and(|one| one.outcome == outcome)
    });
    said
}

/// Enrols a certificate at a side, and lets its officer approve it.
fn enrol(site: &Site, side: &str, file: &str) {
    let enrol = format!("keys enrol --config {side}.toml --certificate {file} --json");
    let made: serde_json::Value = serde_json::from_str(&site.good(&enrol)).unwrap();
    let event = made["record"].as_str().unwrap();
    site.good(&format!("approve --config {side}.toml --yes {event}"));
}

/// Another list, another judgement; an older one is noticed and not taken.
fn lists_come_and_go(site: &Site, gbr: &Daemon, ours: &Ca, good: KeyId) {
    ours.list(site, "gbr-list.pem", 3, &[7, 9]);
    reloads(gbr, ReloadOutcome::Taken, "reloaded: ");
    gbr.says("an untrusted record key");
    gbr.until("the new list", |status| is(status, good, Belief::Untrusted));
    ours.list(site, "gbr-list.pem", 2, &[7]);
    let said = reloads(gbr, ReloadOutcome::Refused, "not reloaded: ");
    assert!(said.contains("gbr-list.pem"), "{said}");
    assert!(is(&gbr.receipted(), good, Belief::Untrusted));
    ours.list(site, "gbr-list.pem", 4, &[7]);
    reloads(gbr, ReloadOutcome::Taken, "reloaded: ");
    gbr.until("the newest list", |status| is(status, good, Belief::Trusted));
}

/// People see the strange key, and by what record keys are judged.
fn shows_what_judges(site: &Site, strange: KeyId) {
    let shown = site.good("status --config gbr.toml");
    let line = shown.lines().find(|line| line.contains(&strange.to_string())).unwrap();
    assert!(line.contains("caseworker of FRA") && line.contains("signature"), "{line}");
    assert!(shown.contains("over another way"), "{shown}");
    for line in [
        "  revocation for those of GBR: checked; a stale revocation list refuses every record key",
        "  authority for those of GBR: CN=Entente GBR CA 2025-08-01, valid, valid to ",
        "  list for those of GBR: CN=Entente GBR CA 2025-08-01, number 4 of 2025-08-02T00:00:00Z, ",
        "  those of FRA are judged as its TLS end is",
    ] {
        assert!(shown.lines().any(|shown| shown.starts_with(line)), "{line} in {shown}");
    }
}

#[test]
fn a_revoked_certificate_is_not_enrolled_and_one_of_the_counterparts_is_told() {
    let site = Site::new();
    let (ours, theirs) = (Ca::first(&site, "gbr"), Ca::first(&site, "fra"));
    ours.list(&site, "gbr-list.pem", 1, &[7]);
    let own = "authority = \"gbr-keys/ca-cert.pem\"";
    site.replace("gbr.toml", own, &format!("{own}\ncrl = \"gbr-list.pem\""));
    // The other side looks at nothing.
    site.replace("fra.toml", "[trust]\nauthority = \"fra-keys/ca-cert.pem\"\n", "");
    for side in ["gbr", "fra"] {
        site.good(&format!("init --config {side}.toml"));
    }
    let (gbr, fra) = (site.start("gbr"), site.start("fra"));
    gbr.until("the session", |status| status.connected && status.gate == "open");

    let revoked = ours.issue(&site, "revoked.pem", Party::Gbr, 7);
    let strange = Ca::namesake("gbr").issue(&site, "strange.pem", Party::Gbr, 8);
    let good = ours.issue(&site, "good.pem", Party::Gbr, 9);
    for (file, words) in [
        ("revoked.pem", ["caseworker key is not one to enrol", "is revoked"]),
        ("strange.pem", ["caseworker key is not one to enrol", "signature of the certificate"]),
    ] {
        let enrol = format!("keys enrol --config gbr.toml --certificate {file}");
        site.refused(&enrol, 2, &words);
    }
    let status = gbr.receipted();
    assert!(seen(&status, revoked).is_none() && seen(&status, strange).is_none());
    assert_eq!(status.untrusted().count(), 0);
    enrol(&site, "gbr", "good.pem");
    gbr.until("the key", |status| is(status, good, Belief::Trusted));

    lists_come_and_go(&site, &gbr, &ours, good);

    // What the other side enrols stands, and is told at ours.
    let their_good = theirs.issue(&site, "their-good.pem", Party::Fra, 7);
    let their_strange = Ca::namesake("fra").issue(&site, "their-strange.pem", Party::Fra, 8);
    enrol(&site, "fra", "their-good.pem");
    enrol(&site, "fra", "their-strange.pem");
    let told = gbr.says("an untrusted record key");
    assert!(told.contains("party=FRA") && told.contains(&their_strange.to_string()), "{told}");
    let status = gbr.until("both of theirs", |status| {
        is(status, their_good, Belief::Trusted)
            && seen(status, their_strange).is_some_and(|one| one.approved)
    });
    let one = seen(&status, their_strange).unwrap();
    assert_eq!((one.party, one.state), (Party::Fra, Belief::Untrusted));
    shows_what_judges(&site, their_strange);
    let there = fra.until("its own view", |status| is(status, their_strange, Belief::Unchecked));
    assert!(is(&there, good, Belief::Trusted), "by tls.peer_ca, which has no list there");
    gbr.receipted();
    fra.receipted();
    gbr.stop();
    fra.stop();
    site.both_hold_the_same();

    // After a restart it is judged again, from the log.
    let gbr = site.start("gbr");
    gbr.says("an untrusted record key");
    gbr.until("what it was", |status| is(status, their_strange, Belief::Untrusted));
    gbr.stop();
}

#[test]
fn no_log_is_founded_on_a_key_that_an_authority_does_not_vouch_for() {
    for (side, from, words) in [
        ("gbr", "authority = \"gbr-keys", ["caseworker key of GBR is not trusted", "signature"]),
        ("fra", "peer_ca = \"gbr-keys", ["caseworker key of GBR is not trusted", "signature"]),
    ] {
        let site = Site::new();
        let key = KeyPair::generate().unwrap();
        std::fs::create_dir(site.path("other")).unwrap();
        site.write("other/ca-cert.pem", &Ca::params("gbr").self_signed(&key).unwrap().pem());
        site.replace(&format!("{side}.toml"), from, &from.replace("gbr-keys", "other"));
        site.refused(&format!("init --config {side}.toml"), 2, &words);
        assert!(!site.path(&format!("{side}-state/entente.db")).exists());
        assert!(!site.path(&format!("mark/{side}")).exists(), "nothing was signed");
        site.replace(&format!("{side}.toml"), &from.replace("gbr-keys", "other"), from);
        site.good(&format!("init --config {side}.toml"));
    }
}
