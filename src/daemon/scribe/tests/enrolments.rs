//! What a side thinks of the certificates of record keys: of ours before they are logged, of the
//! counterpart's once they are, and never so that the two sides fold otherwise.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName,
    DnType, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    PKCS_ED25519, RevokedCertParams, SanType, SerialNumber, date_time_ymd,
};

use super::{
    pair::{Closed, Pair},
    seasons::officers_with,
    side::{Side, logged},
};
use crate::{
    daemon::{
        expiry::Reminders,
        scribe::{Belief, Command, EnrolmentView, Refused, Submitted},
    },
    envelope::Role::{Caseworker, Officer},
    ledger::fixture::{UnsafeKey, approval, key_enrolled, key_retired, rejection},
    names::{Hash, KeyId, Party, PerParty, Position, RecordId, Timestamp, sha256},
    record::Record,
    trust::{
        Authority, EndingUse, Pinned, RevocationList, SignerCertificate, SignerJudge, SignerJudges,
        Stage, StalePolicy,
    },
};

use Party::{Fra, Gbr};

const SERIAL: u8 = 7;
const DAY: u64 = 86_400;

/// An authority that makes certificates for keys which nobody keeps.
struct Ca {
    issuer: Issuer<'static, KeyPair>,
    authority: Authority,
}

impl Ca {
    fn new() -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "Record CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = Authority::parse(params.self_signed(&key).unwrap().der()).unwrap();
        Self { issuer: Issuer::new(params, key), authority }
    }

    fn issue(&self, name: &str, change: fn(&mut CertificateParams)) -> Vec<u8> {
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![SanType::URI(name.try_into().unwrap())];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.serial_number = Some(SerialNumber::from(vec![SERIAL]));
        params.not_before = date_time_ymd(2025, 8, 1);
        params.not_after = date_time_ymd(2027, 12, 31);
        change(&mut params);
        let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        params.signed_by(&key, &self.issuer).unwrap().der().to_vec()
    }

    fn caseworker(&self, party: Party) -> Vec<u8> {
        self.issue(&format!("urn:entente:{party}:caseworker"), |_| {})
    }

    /// Its list of August, by which one serial number is revoked.
    fn list(&self, revoked: u8) -> RevocationList {
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2025, 8, 1),
            next_update: date_time_ymd(2025, 9, 1),
            crl_number: SerialNumber::from(vec![1]),
            issuing_distribution_point: None,
            revoked_certs: vec![RevokedCertParams {
                serial_number: SerialNumber::from(vec![revoked]),
                revocation_time: date_time_ymd(2025, 8, 1),
                reason_code: None,
                invalidity_date: None,
            }],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let der = list.signed_by(&self.issuer).unwrap().der().to_vec();
        let now = Timestamp::new(Pair::founded().now);
        RevocationList::load(&der, std::slice::from_ref(&self.authority), now).unwrap()
    }

    fn judge(&self) -> SignerJudge {
        SignerJudge::new(Pinned::new(vec![self.authority.clone()]), Vec::new())
    }

    fn revoking(&self, serial: u8) -> SignerJudge {
        let pinned = Pinned::new(vec![self.authority.clone()]);
        let pinned = pinned.with_lists(vec![self.list(serial)], StalePolicy::Refuse);
        SignerJudge::new(pinned, Vec::new())
    }
}

/// Both parties' record keys are judged by this from now on, at one side.
fn judge(side: &mut Side, now: u64, judge: Option<SignerJudge>) {
    let judges = Arc::new(SignerJudges(PerParty { gbr: judge.clone(), fra: judge }));
    side.run(now, vec![Command::Judges { judges }]);
}

fn enrolment(certificate: &[u8]) -> Record {
    key_enrolled(Caseworker, certificate)
}

fn kid(certificate: &[u8]) -> KeyId {
    SignerCertificate::parse(certificate).unwrap().public_key().id()
}

/// How a side sees one key.
fn seen(pair: &mut Pair, by: Party, key: KeyId) -> Option<EnrolmentView> {
    let now = pair.now;
    let all = pair.side(by).status(now).enrolments;
    all.into_iter().find(|one| one.key == key)
}

fn decided(pair: &mut Pair, party: Party, record: &Record) -> Result<Submitted, Refused> {
    let officer = UnsafeKey::of(party, Officer);
    let bytes = officers_with(&officer, pair, party, &format!("{record:?}"), record);
    let now = pair.now;
    pair.side(party).ask(now, |reply| Command::Envelope { bytes, reply })
}

fn enrolled(pair: &mut Pair, party: Party, certificate: &[u8]) -> RecordId {
    let event = pair.log(party, &format!("{}", kid(certificate)), enrolment(certificate));
    logged(decided(pair, party, &approval(event)));
    assert_eq!(pair.settle(), Closed::default());
    event
}

#[test]
fn what_our_authority_does_not_vouch_for_is_not_logged() {
    let (ca, stranger) = (Ca::new(), Ca::new());
    let name = "urn:entente:GBR:caseworker";
    let good = ca.caseworker(Gbr);
    let cases: [(&str, Vec<u8>, u8, &str); 7] = [
        ("another authority's", stranger.caseworker(Gbr), 0, "signature of the certificate"),
        (
            "nobody's",
            UnsafeKey::later(Gbr, Caseworker).certificate().to_vec(),
            0,
            "does not lead to a pinned authority",
        ),
        ("revoked", good.clone(), SERIAL, "revoked"),
        (
            "another role's",
            ca.issue("urn:entente:GBR:officer", |_| {}),
            0,
            "for the role officer, not for caseworker",
        ),
        ("the other party's", ca.caseworker(Fra), 0, "belongs to FRA, not to GBR"),
        (
            "expired",
            ca.issue(name, |it| it.not_after = date_time_ymd(2025, 8, 5)),
            0,
            "expired at 2025-08-05",
        ),
        (
            "not valid yet",
            ca.issue(name, |it| it.not_before = date_time_ymd(2025, 8, 7)),
            0,
            "not valid before 2025-08-07",
        ),
    ];
    let mut pair = Pair::talking();
    let (now, before) = (pair.now, pair.of(Gbr).entries(Gbr));
    for (what, certificate, revoked, wanted) in cases {
        judge(pair.side(Gbr), now, Some(ca.revoking(revoked)));
        let refused = pair.try_submit(Gbr, "one", enrolment(&certificate)).unwrap_err();
        assert!(matches!(refused, Refused::Untrusted { role: Caseworker, .. }), "{what}");
        assert!(refused.to_string().contains(wanted), "{what}: {refused}");
        assert_eq!(pair.of(Gbr).entries(Gbr), before, "{what}");
        assert_eq!(seen(&mut pair, Gbr, kid(&certificate)), None, "{what}");
    }
    // Nothing was kept of any of them: the same name is free for what is good, also where the
    // judgement is not by lists.
    judge(pair.side(Gbr), now, Some(ca.judge()));
    pair.log(Gbr, "one", enrolment(&good));
    judge(pair.side(Gbr), now, None);
    pair.log(Gbr, "two", enrolment(&stranger.caseworker(Gbr)));
}

#[test]
fn whoever_leaves_the_side_is_let_go_whatever_became_of_its_certificate() {
    let ca = Ca::new();
    let mut pair = Pair::talking();
    let certificate = ca.caseworker(Gbr);
    enrolled(&mut pair, Gbr, &certificate);
    let now = pair.now;
    judge(pair.side(Gbr), now, Some(ca.revoking(SERIAL)));
    assert_eq!(seen(&mut pair, Gbr, kid(&certificate)).unwrap().state, Belief::Untrusted);
    let event = pair.log(Gbr, "gone", key_retired(kid(&certificate)));
    logged(decided(&mut pair, Gbr, &approval(event)));
    assert_eq!(seen(&mut pair, Gbr, kid(&certificate)), None, "nobody has to act any more");
}

#[test]
fn an_officer_enrols_nothing_that_was_revoked_meanwhile_and_may_reject_it() {
    let ca = Ca::new();
    let mut pair = Pair::talking();
    let now = pair.now;
    judge(pair.side(Gbr), now, Some(ca.revoking(0)));
    let certificate = ca.caseworker(Gbr);
    let event = pair.log(Gbr, "one", enrolment(&certificate));
    let waiting = seen(&mut pair, Gbr, kid(&certificate)).unwrap();
    assert_eq!((waiting.state, waiting.approved), (Belief::Trusted, false));
    judge(pair.side(Gbr), now, Some(ca.revoking(SERIAL)));
    let before = pair.of(Gbr).size(Gbr);
    let refused = decided(&mut pair, Gbr, &approval(event)).unwrap_err();
    assert!(matches!(refused, Refused::Untrusted { role: Caseworker, .. }), "{refused}");
    assert_eq!(pair.of(Gbr).size(Gbr), before);
    logged(decided(&mut pair, Gbr, &rejection(event)));
    assert_eq!(seen(&mut pair, Gbr, kid(&certificate)), None);
}

#[test]
fn a_bad_enrolment_of_the_counterpart_stands_and_is_told() {
    let (ca, stranger) = (Ca::new(), Ca::new());
    let mut pair = Pair::talking();
    let now = pair.now;
    judge(pair.side(Gbr), now, Some(ca.revoking(0)));
    let (bad, good) = (stranger.caseworker(Fra), ca.caseworker(Fra));
    let event = pair.log(Fra, "bad", enrolment(&bad));
    assert_eq!(pair.settle(), Closed::default());
    let waiting = seen(&mut pair, Gbr, kid(&bad)).unwrap();
    assert_eq!((waiting.state, waiting.approved), (Belief::Untrusted, false));
    logged(decided(&mut pair, Fra, &approval(event)));
    assert_eq!(pair.settle(), Closed::default());
    enrolled(&mut pair, Fra, &good);

    let found = pair.of(Gbr).books().find(event).map(|(_, position)| position);
    let told = seen(&mut pair, Gbr, kid(&bad)).unwrap();
    assert_eq!((told.party, told.role, Some(told.position)), (Fra, Caseworker, found));
    assert_eq!((told.state, told.approved), (Belief::Untrusted, true));
    assert!(told.reason.unwrap().contains("signature"), "it says why");
    // Beside it the founding keys of both, which certify themselves.
    let metrics = crate::daemon::metrics::text(&pair.side(Gbr).status(now)).unwrap();
    assert!(metrics.contains("entente_untrusted_enrolments 8\n"), "{metrics}");
    let believed = seen(&mut pair, Gbr, kid(&good)).unwrap();
    assert_eq!((believed.state, believed.reason), (Belief::Trusted, None));
    // Who thinks what of it changes nothing that is folded.
    pair.assert_converged();
    for log in Party::BOTH {
        let [here, there] =
            Party::BOTH.map(|one| pair.of(one).scribe.state.reader(log).keys().changes().to_vec());
        assert_eq!(here, there, "{log}");
        for (position, entry) in pair.of(Gbr).books().entries(log, Position(0)) {
            assert_eq!(entry.objection(), None, "{log}, {position}");
        }
    }
    let [here, there] = Party::BOTH.map(|one| pair.side(one).status(now).breaks);
    assert_eq!(here, there);
}

#[test]
fn what_stands_is_judged_anew_by_other_lists_and_after_a_restart() {
    let ca = Ca::new();
    let mut pair = Pair::talking();
    let certificate = ca.caseworker(Fra);
    let key = kid(&certificate);
    enrolled(&mut pair, Fra, &certificate);
    let now = pair.now;
    let state = |pair: &mut Pair| seen(pair, Gbr, key).unwrap().state;
    assert_eq!(state(&mut pair), Belief::Unchecked, "nobody has said by what");
    for (by, wanted) in [
        (Some(ca.revoking(0)), Belief::Trusted),
        (Some(ca.revoking(SERIAL)), Belief::Untrusted),
        (Some(ca.judge()), Belief::Trusted),
        (Some(Ca::new().judge()), Belief::Untrusted),
        (None, Belief::Unchecked),
    ] {
        judge(pair.side(Gbr), now, by);
        assert_eq!(state(&mut pair), wanted);
    }
    pair.restart(Gbr);
    judge(pair.side(Gbr), now, Some(ca.revoking(SERIAL)));
    assert_eq!(state(&mut pair), Belief::Untrusted);
    assert_eq!(seen(&mut pair, Gbr, key).unwrap().reason.unwrap(), {
        "a certificate of the chain is revoked"
    });
    // The list ends, and nobody knows any more.
    judge(pair.side(Gbr), now, Some(ca.revoking(0)));
    assert_eq!(state(&mut pair), Belief::Trusted);
    pair.pass(27 * 86_400);
    assert_eq!(state(&mut pair), Belief::Untrusted);
}

#[test]
fn the_keys_of_the_founding_are_judged_too_and_never_refused() {
    let ca = Ca::new();
    let mut pair = Pair::talking();
    let now = pair.now;
    judge(pair.side(Gbr), now, Some(ca.judge()));
    let all = pair.side(Gbr).status(now).enrolments;
    assert_eq!(all.len(), 7, "{all:#?}");
    assert_eq!(all.iter().map(|one| one.party).collect::<Vec<_>>(), {
        [Gbr, Gbr, Gbr, Gbr, Fra, Fra, Fra]
    });
    for one in all {
        assert_eq!((one.position, one.approved), (Position(0), true));
        assert_eq!(one.state, Belief::Untrusted, "the keys of the tests certify themselves");
    }
    let told = pair.of(Gbr).scribe.told_untrusted.len();
    assert_eq!(told, 7, "the journal has said each");
    pair.log(Gbr, "on", crate::ledger::fixture::request("GB01-000001", 0));
}

#[test]
fn what_record_keys_are_judged_by_is_shown_and_told_before_it_ends() {
    let ca = Ca::new();
    let mut pair = Pair::talking();
    let now = pair.now;
    let before = pair.side(Gbr).status(now);
    assert_eq!((before.certificates.len(), before.record_trust), (7, PerParty::default()));
    let list = ca.list(SERIAL);
    let end = date_time_ymd(2025, 9, 1).unix_timestamp().unsigned_abs();
    for (policy, grace, words) in [
        (StalePolicy::Refuse, 0, "checked; a stale revocation list refuses every record key"),
        (StalePolicy::RunOn { days: 2 }, 2, "checked; a stale revocation list is used for 2 more"),
    ] {
        let pinned = Pinned::new(vec![ca.authority.clone()]);
        let pinned = pinned.with_lists(vec![list.clone()], policy);
        let british = SignerJudge::new(pinned, Vec::new());
        let judges = Arc::new(SignerJudges(PerParty { gbr: Some(british), fra: None }));
        pair.side(Gbr).run(now, vec![Command::Judges { judges: Arc::clone(&judges) }]);
        let end = Timestamp::new(end + grace * DAY);
        for (days, stage) in [(8, Stage::Good), (7, Stage::SevenDays), (0, Stage::SevenDays)] {
            let then = end.seconds() - days * DAY;
            let mut status = pair.side(Gbr).status(then);
            assert_eq!(status.certificates.len(), 9, "the record keys, an authority, a list");
            let told = |use_of| {
                let all = &status.certificates;
                *all.iter().find(|one| one.party == Gbr && one.purpose == use_of).unwrap()
            };
            let shown = told(EndingUse::RevocationList);
            assert_eq!((shown.fingerprint, shown.not_after), (list.digest(), end));
            assert_eq!((shown.stage, shown.days_left.unsigned_abs()), (stage, days));
            let authority = told(EndingUse::Authority);
            assert_eq!(authority.fingerprint, Hash::new(sha256(ca.authority.der())));
            // The journal says what is due of that, the metrics give all of it.
            let due = Reminders::default().due(&status.certificates, Timestamp::new(then));
            assert_eq!(due.contains(&shown), stage.is_warning(), "{days}");
            let metrics = crate::daemon::metrics::text(&status).unwrap();
            let (digest, left) = (list.digest(), days * DAY);
            let line = format!("purpose=\"revocation-list\",fingerprint=\"{digest}\"}} {left}\n");
            assert!(metrics.contains(&line), "{line} in {metrics}");
            let trust = status.record_trust.gbr.clone().unwrap();
            assert!(trust.revocation.starts_with(words), "{}", trust.revocation);
            assert_eq!((trust.authorities.len(), trust.lists.len()), (1, 1));
            assert_eq!(trust.lists[0].used_until, end);
            assert_eq!(status.record_trust.fra, None, "nothing is known for it");
            // A TLS end may be judged by the very same.
            let all = status.certificates.clone();
            status.add_endings(judges.endings().iter().map(|one| one.view(Timestamp::new(then))));
            assert_eq!(status.certificates, all);
        }
    }
}
