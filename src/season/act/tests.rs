//! How acts become records, and when they do not.

use super::*;
use crate::{
    ledger::{Breaks, Owner},
    names::{Hash, Persons},
    record::{
        Answer, AnswerOutcome, CodeList, Evidence, ReadmissionRequest, Scope, Submission,
        TransferReply,
    },
};

fn id(number: u8) -> RecordId {
    RecordId::new([number; 32])
}

fn request() -> ReadmissionRequest {
    ReadmissionRequest {
        scope: Scope::Apprehended,
        arrived: "2025-08-06".parse().unwrap(),
        evidence: CodeList::new(vec![Evidence::Document]).unwrap(),
        minors: Persons(1),
        commitments: Vec::new(),
    }
}

fn known(labels: &[Label]) -> Ids {
    let mut ids = Ids::founded(id(0));
    for (number, label) in (1..).zip(labels) {
        ids.learn(*label, id(number));
    }
    ids
}

#[test]
fn a_request_is_of_form_as_a_record_and_leaves_its_commitments_to_the_daemon_as_a_submission() {
    let mut numbers = Numbers::default();
    let act = Act::new(&mut numbers, Party::Gbr, request()).of("GB01-1".parse().unwrap());
    let ids = known(&[]);
    let record = act.record(&ids).unwrap();
    record.check_form().unwrap();
    let json = act.submission(&ids).unwrap();
    assert_eq!(json.pointer("/content/commitments"), None);
    assert_eq!(json["key"], act.label.to_string());
    let decoy = &mut || Commitment::new([9; 32]);
    let read = Submission::parse(json.to_string().as_bytes(), Party::Gbr, None, decoy).unwrap();
    assert!(read.record.says_the_same_as(&record));
}

#[test]
fn a_correction_names_by_labels_what_its_replacement_names_by_ids() {
    let mut numbers = Numbers::default();
    let [asked, answered] = [numbers.label(), numbers.label()];
    let content = Answer { outcome: AnswerOutcome::Accepted, ground: None }.into();
    let one = Replacement { case: None, re: vec![asked], at: None, content };
    let act = Act::new(&mut numbers, Party::Fra, Fact::Correction(Some(Box::new(one))));
    let act = act.after(&[answered]);
    assert_eq!(act.needs(), [answered, asked]);
    let record = act.record(&known(&[asked, answered])).unwrap();
    record.check_form().unwrap();
    let Content::Correction(one) = &record.content else { panic!("{record:?}") };
    assert_eq!(
        (record.re.as_slice(), one.replacement.as_ref().unwrap().re.as_slice()),
        (&[id(2)][..], &[id(1)][..])
    );
    let refused = act.record(&known(&[asked])).unwrap_err();
    assert!(matches!(refused, NotReady::Missing { missing, .. } if missing == answered));
    let mut without = Ids::default();
    without.learn(answered, id(2));
    assert!(act.record(&without).is_err() && act.submission(&without).is_err());
}

#[test]
fn a_request_within_a_correction_leaves_its_commitments_to_the_daemon_too() {
    let mut numbers = Numbers::default();
    let asked = numbers.label();
    let content = request().into();
    let case = Some("GB01-1".parse().unwrap());
    let one = Replacement { case, re: Vec::new(), at: None, content };
    let act = Act::new(&mut numbers, Party::Gbr, Fact::Correction(Some(Box::new(one))));
    let act = act.after(&[asked]);
    act.record(&known(&[asked])).unwrap().check_form().unwrap();
    let json = act.submission(&known(&[asked])).unwrap();
    assert_eq!(json.pointer("/content/replacement/content/commitments"), None);
    let decoy = &mut || Commitment::new([9; 32]);
    assert!(Submission::parse(json.to_string().as_bytes(), Party::Gbr, None, decoy).is_ok());
}

#[test]
fn a_resolution_names_the_break_that_the_ledger_would_name() {
    let mut numbers = Numbers::default();
    let [left, came] = [numbers.label(), numbers.label()];
    // The evidence may stand in any order: a break's ascends.
    let resolved = |evidence: &[Label], class| {
        let decision = Decision::Explained;
        let one = Resolution { class, evidence: evidence.to_vec(), decision };
        let act = Act::new(&mut Numbers::default(), Party::Gbr, Fact::Resolution(one));
        let record = act.record(&known(&[left, came])).unwrap();
        let Content::BreakResolution(one) = record.content else { panic!("{record:?}") };
        one.break_id
    };
    let mut breaks = Breaks::default();
    let owner = Owner::Both;
    breaks.note(
        BreakClass::DateMismatch,
        owner,
        "2025-08-06".parse::<Date>().unwrap().start(),
        vec![id(2), id(1)],
    );
    let ids: Vec<Hash> = breaks.iter().map(|one| one.id).collect();
    assert_eq!(ids, [resolved(&[left, came], BreakClass::DateMismatch)]);
    assert_eq!(ids, [resolved(&[came, left], BreakClass::DateMismatch)]);
    assert_ne!(ids, [resolved(&[came, left], BreakClass::PlaceMismatch)]);
    assert_ne!(ids, [resolved(&[came], BreakClass::DateMismatch)]);
}

#[test]
fn an_act_is_signed_in_the_role_of_its_kind() {
    let mut numbers = Numbers::default();
    let outcome = crate::record::ReplyOutcome::Confirmed;
    let reply = TransferReply { outcome, day: None, place: None };
    assert_eq!(Act::new(&mut numbers, Party::Fra, reply).signer, Role::Caseworker);
    let outcome = crate::record::ApprovalOutcome::Approved;
    let approval = crate::record::Approval { outcome };
    assert_eq!(Act::new(&mut numbers, Party::Fra, approval).signer, Role::Officer);
}
