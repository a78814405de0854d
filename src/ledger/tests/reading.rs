//! From a signed envelope to a record: the wrong party, role and subject, each by its own name.

use crate::cbor::CborError;
use crate::envelope::{Envelope, Role};
use crate::ledger::fixture::{
    TwoSides, UnsafeKey, accept, accepted_version, admission, allocation, approval, arrival,
    certificate, confirmed, consent, correction, count, counter_proposed, departure, digest,
    disclosure_status, erasure, extension, key_compromised, key_enrolled, key_retired, lapse,
    log_end, not_arrived, notice, outage, postponed, proposed, provisions, refuse, rejection,
    request, resolution, reversal, terminated, travel, visa, visa_from, window, withdrawn,
    wrong_data,
};
use crate::names::Party::{self, Fra, Gbr};
use crate::names::{Position, RecordId};
use crate::record::{
    Datum, Decision, DisclosureOutcome, FormFault, Kind, LapseReason, ObjectionReason, PauseReason,
    PostponementReason, Record, RecordRefused, WeekClose, read, subject,
};

/// What becomes of a payload that is signed in a role and about a subject.
fn signed(
    party: Party,
    role: Role,
    sub: &str,
    payload: Vec<u8>,
) -> Result<RecordId, RecordRefused> {
    let mut sides = TwoSides::founded();
    let key = UnsafeKey::of(party, role);
    let (id, bytes) = sides.seal_as(&key, party, sub.to_owned(), payload);
    let envelope = Envelope::parse(&bytes).unwrap();
    let verified = sides.agreement.keyring().check(envelope, party, Position(9)).unwrap();
    let record = read(verified)?;
    assert_eq!(record.id(), id);
    assert_eq!(record.signer().party, party);
    Ok(id)
}

const ID: RecordId = RecordId::new([1; 32]);

#[test]
fn a_record_is_read_if_party_role_and_subject_are_those_of_its_kind() {
    let asked = request("GB01-000123", 0).encode();
    let subject = "readmission-request:GB01-000123";
    assert!(signed(Gbr, Role::Caseworker, subject, asked).is_ok());
    assert!(signed(Fra, Role::Caseworker, "answer", accept(ID).encode()).is_ok());
    let close = Record::bare(WeekClose { week: "2025-W38".parse().unwrap() });
    for party in Party::BOTH {
        assert!(signed(party, Role::Ledger, "week-close", close.encode()).is_ok());
    }
}

#[test]
fn every_other_signer_or_subject_is_refused_by_its_own_name() {
    let left = || departure(ID, "2025-08-12", 3).encode();
    let came = || arrival(ID, "2025-08-12", 3).encode();
    let caseworker = Role::Caseworker;
    let cases = [
        (signed(Fra, caseworker, "departure", left()), "Party", ObjectionReason::Signer),
        (signed(Gbr, caseworker, "arrival", came()), "Party", ObjectionReason::Signer),
        (signed(Gbr, Role::Ledger, "departure", left()), "Role", ObjectionReason::Signer),
        (signed(Gbr, Role::Officer, "departure", left()), "Role", ObjectionReason::Signer),
        (signed(Fra, Role::Ledger, "arrival", came()), "Role", ObjectionReason::Signer),
        (signed(Gbr, caseworker, "arrival", left()), "Subject", ObjectionReason::Schema),
        (signed(Gbr, caseworker, "departure:GB01-1", left()), "Subject", ObjectionReason::Schema),
        (signed(Gbr, caseworker, "Departure", left()), "Subject", ObjectionReason::Schema),
    ];
    for (said, variant, reason) in cases {
        let refused = said.unwrap_err();
        assert!(format!("{refused:?}").starts_with(variant), "{refused:?}");
        assert_eq!(refused.reason(), reason, "{refused}");
    }
    let close = Record::bare(WeekClose { week: "2025-W38".parse().unwrap() }).encode();
    let by_caseworker = signed(Gbr, caseworker, "week-close", close).unwrap_err();
    let (kind, wanted) = (Kind::WeekClose, Role::Ledger);
    assert_eq!(by_caseworker, RecordRefused::Role { kind, wanted, role: caseworker });
}

/// A good record of every kind that somebody signs, but those that the daemon makes by itself, with
/// the parties that may sign it.
fn signed_by_people() -> Vec<(&'static [Party], Record)> {
    const DAY: &str = "2025-08-12";
    let key = UnsafeKey::of(Fra, Role::Caseworker).public_key().id();
    let der = certificate(Fra, Role::Caseworker.name(), 0x71, 2027);
    vec![
        (&[Gbr], request("GB01-1", 2)),
        (&[Fra], extension(ID)),
        (&[Fra], accept(ID)),
        (&[Fra], refuse(ID)),
        (&[Gbr], notice("GB04-1", &[ID], DAY, 2)),
        (&[Fra], confirmed(ID)),
        (&[Fra], counter_proposed(ID, Some(DAY), Some("FRORY"))),
        (&[Gbr], postponed(&[ID], PostponementReason::Carrier)),
        (&[Gbr], withdrawn(ID)),
        (&[Gbr], departure(ID, DAY, 2)),
        (&[Fra], arrival(ID, DAY, 2)),
        (&[Fra], not_arrived(ID, DAY)),
        (&[Fra], disclosure_status(ID, DisclosureOutcome::Held, &[])),
        (&[Fra], disclosure_status(ID, DisclosureOutcome::Missing, &[Datum::Sex])),
        (&[Gbr], allocation("GB11-1", 50)),
        (&[Gbr], window(ID, Some(PauseReason::Parity))),
        (&[Gbr], window(ID, None)),
        (&[Gbr], visa("GB13-1", 1, 0, "2025-12-31")),
        (&[Gbr], visa_from(ID, "GB13-1", 1, 1, "2025-12-31")),
        (&[Gbr], travel("GB15-1", &[ID], DAY, 2)),
        (&[Fra], count(ID, DAY, 2)),
        (&[Gbr], admission(ID, DAY, 2)),
        (&[Gbr], lapse(ID, LapseReason::Expired)),
        (&[Gbr], correction(ID, departure(ID, DAY, 2))),
        (&[Fra], correction(ID, arrival(ID, DAY, 2))),
        (&Party::BOTH, correction(ID, outage("2025-08-12T00:00:00Z", None))),
        (&Party::BOTH, consent(ID)),
        (&Party::BOTH, reversal(ID)),
        (&Party::BOTH, wrong_data(ID)),
        (&Party::BOTH, erasure(ID)),
        (&Party::BOTH, outage("2025-08-12T00:00:00Z", Some("2025-08-12T06:00:00Z"))),
        (&Party::BOTH, resolution(digest("a break"), Decision::PutRight)),
        (&Party::BOTH, approval(ID)),
        (&Party::BOTH, rejection(ID)),
        (&[Gbr], proposed(ID, provisions())),
        (&[Fra], accepted_version(ID)),
        (&Party::BOTH, terminated(ID)),
        (&Party::BOTH, log_end()),
        (&Party::BOTH, key_enrolled(Role::Caseworker, &der)),
        (&Party::BOTH, key_retired(key)),
        (&Party::BOTH, key_compromised(key, "2025-08-12T00:00:00Z")),
    ]
}

#[test]
fn every_kind_is_read_from_its_own_side_and_role_and_from_no_other() {
    let mut kinds = std::collections::BTreeSet::new();
    for (parties, record) in signed_by_people() {
        let (kind, payload) = (record.kind(), record.encode());
        kinds.insert(kind);
        let sub = subject(kind, record.case.as_ref());
        for party in Party::BOTH {
            for role in Role::ALL.iter().copied() {
                let said = signed(party, role, &sub, payload.clone());
                if !parties.contains(&party) {
                    let refused = said.unwrap_err();
                    let named =
                        matches!(refused, RecordRefused::Party { party: by, .. } if by == party);
                    assert!(named, "{kind} of {party}: {refused}");
                    assert_eq!(refused.reason(), ObjectionReason::Signer);
                } else if role == kind.shape().role {
                    assert!(said.is_ok(), "{kind} of {party}: {said:?}");
                } else {
                    let wanted = kind.shape().role;
                    assert_eq!(said, Err(RecordRefused::Role { kind, wanted, role }));
                }
            }
        }
    }
    let by_people = Kind::ALL.iter().filter(|kind| kind.shape().role != Role::Ledger);
    assert!(kinds.iter().eq(by_people), "each kind has a good record: {kinds:?}");
}

#[test]
fn a_reference_has_the_letters_of_its_author_in_every_kind() {
    for record in [reversal(ID), erasure(ID), wrong_data(ID), consent(ID)] {
        let named = |case: &str| Record { case: Some(case.parse().unwrap()), ..record.clone() };
        for (party, own, other) in [(Gbr, "GB19-1", "FR19-1"), (Fra, "FR19-1", "GB19-1")] {
            let sub = |case: &str| format!("{}:{case}", record.kind());
            let good = signed(party, Role::Caseworker, &sub(own), named(own).encode());
            assert!(good.is_ok(), "{good:?}");
            let refused =
                signed(party, Role::Caseworker, &sub(other), named(other).encode()).unwrap_err();
            let fault = matches!(refused, RecordRefused::Form(FormFault::CaseOfOther { .. }));
            assert!(fault, "{refused}");
            assert_eq!(refused.reason(), ObjectionReason::Schema);
        }
    }
}

#[test]
fn a_french_record_with_a_commitment_is_refused_as_such() {
    // An arrival whose content holds one commitment under the key that British requests use.
    let mut payload = arrival(ID, "2025-08-12", 3).encode();
    let content = payload.len() - b"\xa3\x00\x01\x01\x65FRCDG\x02\x03".len();
    payload[content] += 1;
    payload.extend(b"\x0f\x81\x58\x20");
    payload.extend([0x5a; 32]);
    let refused = signed(Fra, Role::Caseworker, "arrival", payload.clone()).unwrap_err();
    let fault = FormFault::Commitment { kind: Kind::Arrival };
    assert_eq!(refused, RecordRefused::Form(fault));
    assert_eq!(refused.reason(), ObjectionReason::Commitment);

    // Under another key it is a field that nobody knows, and no less refused.
    let place = payload.len() - 36;
    payload[place] = 0x0e;
    let refused = signed(Fra, Role::Caseworker, "arrival", payload).unwrap_err();
    assert!(matches!(refused, RecordRefused::Form(FormFault::Cbor(CborError::Structure { .. }))));
    assert_eq!(refused.reason(), ObjectionReason::Schema);

    // A readmission request may hold commitments, but never comes from France.
    let asked = request("GB01-1", 0);
    let subject = subject(asked.kind(), asked.case.as_ref());
    let refused = signed(Fra, Role::Caseworker, &subject, asked.encode()).unwrap_err();
    assert_eq!(refused, RecordRefused::Party { kind: asked.kind(), party: Fra });
}

#[test]
fn a_payload_that_is_no_record_is_refused_as_such() {
    for payload in [&b""[..], b"\xa0", b"\x80", b"\xff", b"\xa2\x00\x08\x04\xa0"] {
        let refused = signed(Gbr, Role::Caseworker, "departure", payload.to_vec()).unwrap_err();
        assert!(matches!(refused, RecordRefused::Form(_)), "{refused:?}");
        assert_eq!(refused.reason(), ObjectionReason::Schema);
    }
}
