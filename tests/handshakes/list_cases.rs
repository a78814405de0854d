//! Revocation: who is revoked, which list speaks for whom, and when a list speaks no more.

use entente::names::Timestamp;
use entente::trust::{PathRefused as Refused, Pinned, StalePolicy};

use crate::mint::{CA, List, MIDDLE, NEW_CA, Spec};
use crate::table::{Case, Table};

/// The next list is due on 2025-12-01.
const DUE: u64 = 1_764_547_200;
const DAY: u64 = 86_400;
const LEAF_SERIAL: &[u8] = &[0x11, 0x22];

/// These authorities with these lists, which they or the intermediate have signed.
pub(crate) fn pinned(roots: &[Spec], lists: &[List], policy: StalePolicy) -> Pinned {
    let roots: Vec<_> = roots.iter().map(Spec::pinned).collect();
    let mut signers = roots.clone();
    signers.push(middle().pinned());
    let lists = lists.iter().map(|list| list.load(&signers).unwrap());
    Pinned::new(roots).with_lists(lists.collect(), policy)
}

pub(crate) fn middle() -> Spec {
    Spec::authority("Middle CA", MIDDLE, "British CA", CA)
}

/// The same authority after it has changed its key, and not its name.
pub(crate) fn new_root() -> Spec {
    Spec::authority("British CA", NEW_CA, "British CA", NEW_CA)
}

pub(crate) fn add(table: &mut Table) {
    one_key(table);
    intermediates(table);
    two_keys(table);
}

fn one_key(table: &mut Table) {
    let (leaf, root) = (Spec::leaf, Spec::root);
    let list = |number| List::of("British CA", CA, number);
    let issuer = || "CN=British CA".to_owned();
    let refuse = StalePolicy::Refuse;
    let mut one = |name: &str, chain: &[Spec], pinned: Pinned, at: u64, wanted: Refused| {
        table.add(Case::path(name, chain, wanted).pinning(pinned).at(at));
    };
    let now = crate::mint::NOW;
    let revoking = || list(1).revoking(LEAF_SERIAL);
    one("revoked", &[leaf()], pinned(&[root()], &[revoking()], refuse), now, Refused::Revoked);
    let among = list(1).revoking(&[7]).revoking(LEAF_SERIAL).revoking(&[9]);
    one(
        "revoked among others",
        &[leaf()],
        pinned(&[root()], &[among], refuse),
        now,
        Refused::Revoked,
    );
    let later = [list(1), list(2).revoking(LEAF_SERIAL)];
    one(
        "revoked by the newer list",
        &[leaf()],
        pinned(&[root()], &later, refuse),
        now,
        Refused::Revoked,
    );
    let sooner = [list(2).revoking(LEAF_SERIAL), list(1)];
    one(
        "the newer list comes first",
        &[leaf()],
        pinned(&[root()], &sooner, refuse),
        now,
        Refused::Revoked,
    );
    let policy = StalePolicy::of_days(7);
    let on = pinned(&[root()], &[revoking()], policy);
    one("revoked by a list that runs on", &[leaf()], on, DUE + DAY, Refused::Revoked);

    let stale = || Refused::StaleRevocationList { issuer: issuer(), due: Timestamp::new(DUE) };
    for (name, policy, at) in [
        ("a second overdue", refuse, DUE + 1),
        ("a month overdue", refuse, DUE + 30 * DAY),
        ("a day overdue and a second", StalePolicy::of_days(1), DUE + DAY + 1),
        ("a week overdue and a second", StalePolicy::of_days(7), DUE + 7 * DAY + 1),
        ("a month of grace is over", StalePolicy::of_days(31), DUE + 31 * DAY + 1),
    ] {
        let name = format!("the list is stale: {name}");
        one(&name, &[leaf()], pinned(&[root()], &[list(1)], policy), at, stale());
    }
    let made = Timestamp::new(1_761_955_200);
    let wanted = Refused::FutureRevocationList { issuer: issuer(), at: made };
    let early = pinned(&[root()], &[list(1)], refuse);
    one("the clock went back", &[leaf()], early, made.seconds() - 1, wanted);
}

/// Whoever has issued something on the way needs a list of its own.
fn intermediates(table: &mut Table) {
    let (leaf, root) = (Spec::leaf, Spec::root);
    let list = |number| List::of("British CA", CA, number);
    let refuse = StalePolicy::Refuse;
    let mut one = |name: &str, chain: &[Spec], pinned: Pinned, at: u64, wanted: Refused| {
        table.add(Case::path(name, chain, wanted).pinning(pinned).at(at));
    };
    let now = crate::mint::NOW;
    let chain = [leaf().with(|it| it.issued_by("Middle CA", MIDDLE)), middle()];
    let none = |issuer: &str| Refused::NoRevocationList { issuer: format!("CN={issuer}") };
    let of_middle = |number| List::of("Middle CA", MIDDLE, number);
    let only_root = pinned(&[root()], &[list(1)], refuse);
    one("no list of the intermediate", &chain, only_root, now, none("Middle CA"));
    let only_middle = pinned(&[root()], &[of_middle(1)], refuse);
    one("no list of the pinned one", &chain, only_middle, now, none("British CA"));
    let both = [list(1), of_middle(1).revoking(LEAF_SERIAL)];
    one(
        "revoked by an intermediate",
        &chain,
        pinned(&[root()], &both, refuse),
        now,
        Refused::Revoked,
    );
    let serial = [0x33, 2];
    let both = [list(1).revoking(&serial), of_middle(1)];
    one("a revoked intermediate", &chain, pinned(&[root()], &both, refuse), now, Refused::Revoked);
    let nobody = Pinned::new(vec![root().pinned()]).with_lists(Vec::new(), refuse);
    one("no list though one is wanted", &[leaf()], nobody, now, none("British CA"));
}

/// A change of key under one name: both orders of authorities, both orders of lists.
fn two_keys(table: &mut Table) {
    let (leaf, root) = (Spec::leaf, Spec::root);
    let list = |number| List::of("British CA", CA, number);
    let refuse = StalePolicy::Refuse;
    let mut one = |name: &str, chain: &[Spec], pinned: Pinned, at: u64, wanted: Refused| {
        table.add(Case::path(name, chain, wanted).pinning(pinned).at(at));
    };
    let now = crate::mint::NOW;
    let revoking = || list(1).revoking(LEAF_SERIAL);
    let none = |issuer: &str| Refused::NoRevocationList { issuer: format!("CN={issuer}") };
    let new_leaf = || leaf().with(|it| it.issued_by("British CA", NEW_CA));
    let of_new = |number| List::of("British CA", NEW_CA, number);
    let revokes_new = || of_new(1).revoking(LEAF_SERIAL);
    for (order, roots) in [("old first", [root(), new_root()]), ("new first", [new_root(), root()])]
    {
        for (name, leaf, lists) in [
            ("the new key has revoked its own", new_leaf(), [list(1), revokes_new()]),
            ("that list comes first", new_leaf(), [revokes_new(), list(1)]),
            ("the old key has revoked its own", leaf(), [revoking(), of_new(1)]),
            ("that list comes last", leaf(), [of_new(1), revoking()]),
        ] {
            let name = format!("re-keyed, {order}: {name}");
            one(&name, &[leaf], pinned(&roots, &lists, refuse), now, Refused::Revoked);
        }
        let name = format!("re-keyed, {order}: no list of the new key");
        one(&name, &[new_leaf()], pinned(&roots, &[list(1)], refuse), now, none("British CA"));
        let name = format!("re-keyed, {order}: no list of the old key");
        one(&name, &[leaf()], pinned(&roots, &[of_new(1)], refuse), now, none("British CA"));
    }
}
