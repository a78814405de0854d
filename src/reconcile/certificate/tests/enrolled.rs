//! Statements that are signed with a key of later than the founding.

use super::{super::*, Fra, Gbr, certificate, newest, side};
use crate::{
    cbor::Bytes,
    envelope::Role::{self, Caseworker, Ledger, Officer},
    ledger::fixture::{TwoSides, UnsafeKey, approval, key_enrolled, key_retired, statement},
    tlog::inclusion_proof,
};

/// Two sides of which the British one has exchanged all its keys, and has stated a week since.
fn stated() -> TwoSides {
    let mut sides = TwoSides::founded();
    let key = |role: Role| UnsafeKey::later(Gbr, role);
    let enrolment = |role: Role| key_enrolled(role, key(role).certificate());
    for role in [Caseworker, Officer] {
        sides.approved(Gbr, enrolment(role));
    }
    // The new ledger key comes in by keys that came in later themselves.
    for record in [enrolment(Ledger), key_retired(UnsafeKey::brief().kid())] {
        let event = sides.append_as(&key(Caseworker), Gbr, record);
        sides.append_as(&key(Officer), Gbr, approval(event));
    }
    sides.exchange();
    let closes = [Gbr, Fra].map(|party| {
        sides.close(party);
        (party, sides.newest(party).id().unwrap())
    });
    sides.exchange();
    let body = newest(&sides);
    for (party, close) in closes {
        let record = statement(close, body.clone());
        match party {
            Gbr => sides.append_as(&key(Ledger), Gbr, record),
            Fra => sides.append(Fra, record),
        };
    }
    sides.exchange();
    sides
}

/// What a side's store would show of the key of its statement.
fn shown(sides: &TwoSides, party: Party) -> Option<Vec<KeyEntry>> {
    let size = sides.cosigned(party).checkpoint().size();
    let at = side(sides, party).position;
    let kid = sides.books.entry(party, at).unwrap().sound().unwrap().signer().kid;
    let entry = |position: Position| KeyEntry {
        entry: Bytes(sides.bytes(party)[usize::try_from(position.0).unwrap()].clone()),
        position,
        inclusion: inclusion_proof(sides.nodes(party), position, size).unwrap(),
    };
    let positions = enrolling(&sides.books, sides.keys(party), kid);
    (!positions.is_empty()).then(|| positions.into_iter().map(entry).collect())
}

fn whole(sides: &TwoSides) -> JointCertificate {
    let mut all = certificate(sides);
    all.gbr.keys = shown(sides, Gbr);
    all.fra.keys = shown(sides, Fra);
    all
}

fn check(sides: &TwoSides, one: &JointCertificate) -> Result<CheckedCertificate, String> {
    let read = JointCertificate::decode(&one.encode()).unwrap();
    read.check(sides.agreement.digest()).map_err(|refused| refused.to_string())
}

#[test]
fn a_later_key_is_shown_to_be_enrolled_back_to_the_founding() {
    let sides = stated();
    let all = whole(&sides);
    let positions: Vec<u64> = all.gbr.keys.iter().flatten().map(|one| one.position.0).collect();
    assert_eq!(positions, [2, 3, 4, 5, 6, 7], "three keys, and no retirement");
    assert_eq!(all.fra.keys, None, "a founding key needs nothing");
    let checked = check(&sides, &all).unwrap();
    assert_eq!(checked.sides().gbr.key, UnsafeKey::later(Gbr, Ledger).kid());
}

#[test]
fn whoever_shows_less_or_something_else_shows_nothing() {
    type Spoil = fn(&mut Vec<KeyEntry>);
    let cases: [(&str, Spoil); 7] = [
        ("1 to 64 can be", |all| all.clear()),
        ("not signed by a key of the agreement", |all| all.truncate(5)),
        ("the entry 6, about its key", |all| drop(all.drain(..2))),
        ("the entry 7, about its key", |all| drop(all.drain(2..3))),
        ("it is out of order", |all| all.swap(0, 1)),
        ("the entry 2, about its key", |all| *all[0].entry.0.last_mut().unwrap() ^= 1),
        ("the entry 3, about its key", |all| all[1].inclusion = all[0].inclusion.clone()),
    ];
    let sides = stated();
    for (wanted, spoil) in cases {
        let mut all = whole(&sides);
        spoil(all.gbr.keys.as_mut().unwrap());
        let said = check(&sides, &all).unwrap_err();
        assert!(said.contains("GBR: ") && said.contains(wanted), "{wanted}: {said}");
    }
    let mut all = whole(&sides);
    all.gbr.keys = None;
    let said = check(&sides, &all).unwrap_err();
    assert!(said.contains("GBR: the statement is not signed by a key of the agreement"), "{said}");
}
