//! From a signed envelope to a record: the wrong party, role and subject, each by its own name.

use crate::cbor::CborError;
use crate::envelope::{Envelope, Role};
use crate::ledger::fixture::{TwoSides, UnsafeKey, accept, arrival, departure, request};
use crate::names::Party::{self, Fra, Gbr};
use crate::names::{Position, RecordId};
use crate::record::{
    FormFault, Kind, ObjectionReason, Record, RecordRefused, WeekClose, read, subject,
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
