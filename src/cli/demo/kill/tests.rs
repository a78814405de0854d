//! When a kill counts as survived.

use super::*;
use crate::names::Position;

const SURVIVED: Survival = Survival {
    killed: Party::Gbr,
    submitted: 30,
    acknowledged: 1,
    unreceipted: UNRECEIPTED_MIN,
    lost: 0,
    doubled: 0,
};

#[test]
fn a_kill_is_survived_only_if_it_fell_amid_the_work_and_nothing_is_lost_or_doubled() {
    assert!(SURVIVED.survived());
    for not in [
        Survival { acknowledged: 0, ..SURVIVED },
        Survival { unreceipted: UNRECEIPTED_MIN - 1, ..SURVIVED },
        Survival { unreceipted: 0, ..SURVIVED },
        Survival { lost: 1, ..SURVIVED },
        Survival { doubled: 1, ..SURVIVED },
    ] {
        assert!(!not.survived(), "{not:?}");
    }
}

fn logged(number: u8) -> Logged {
    Logged {
        label: Label::new(number.into()),
        record: RecordId::new([number; 32]),
        position: Position(number.into()),
    }
}

fn ids() -> BTreeMap<Label, SubmissionId> {
    [1, 2, 3].map(|number| (logged(number).label, SubmissionId::new([number; 16]))).into()
}

/// How often each submission stands in the log and in its mirror, when all is well.
fn once(id: SubmissionId, record: RecordId) -> [usize; 2] {
    assert!(record.as_bytes().starts_with(id.as_bytes()));
    [1, 1]
}

#[test]
fn what_stands_where_it_stood_and_once_in_each_store_is_neither_lost_nor_doubled() {
    let all = [1, 2, 3].map(logged);
    assert_eq!(compare(&all[..1], &all, &ids(), once), (0, 0));
    assert_eq!(compare(&[], &all, &ids(), once), (0, 0));
}

#[test]
fn an_acknowledged_record_under_another_id_or_elsewhere_or_unanswered_is_lost() {
    let all = [1, 2, 3].map(logged);
    for moved in [
        Logged { position: Position(9), ..logged(1) },
        Logged { record: RecordId::new([9; 32]), ..logged(1) },
        Logged { label: logged(9).label, ..logged(1) },
    ] {
        assert_eq!(compare(&[logged(2), moved], &all, &ids(), once), (1, 0));
    }
    // Neither where it stood, nor answered at all.
    assert_eq!(compare(&all[2..], &all[..2], &ids(), once), (2, 0));
    assert_eq!(compare(&[], &all[..2], &ids(), once), (1, 0));
}

#[test]
fn what_a_store_does_not_hold_is_lost_and_what_it_holds_twice_is_doubled() {
    let all = [1, 2, 3].map(logged);
    for (second, counts) in [
        ([0, 1], (1, 0)),
        ([1, 0], (1, 0)),
        ([0, 0], (1, 0)),
        ([2, 1], (0, 1)),
        ([1, 2], (0, 1)),
        ([0, 2], (1, 1)),
    ] {
        let times = |id, _| if id == SubmissionId::new([2; 16]) { second } else { [1, 1] };
        assert_eq!(compare(&all[..1], &all, &ids(), times), counts, "{second:?}");
    }
}
