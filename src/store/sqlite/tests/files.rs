//! Created once, on purpose; opened only if it is ours, and by one writer.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

use super::Site;
use crate::{
    limits::AGREEMENT_BYTES_MAX,
    names::Party,
    store::{
        Identity, Options, SqliteStore, Store, StoreError,
        contract::{Pen, identity, picture},
    },
};

#[test]
fn a_store_is_created_once() {
    let site = Site::new();
    let mut store = site.create().unwrap();
    store.commit(&Pen::new(Party::Gbr).entries(3)).unwrap();
    let held = picture(&store).unwrap();
    assert!(matches!(site.create(), Err(StoreError::Busy { .. })));
    drop(store);
    assert!(matches!(site.create(), Err(StoreError::Exists { .. })));
    assert_eq!(picture(&site.open().unwrap()).unwrap(), held);
}

#[test]
fn nothing_that_is_there_is_replaced() {
    let site = Site::new();
    let elsewhere = site.directory.path().join("elsewhere");
    for make in [
        |path: &Path, _: &Path| File::create(path).map(drop),
        |path: &Path, _: &Path| fs::write(path, b"something else"),
        |path: &Path, _: &Path| fs::create_dir(path),
        // A link to nothing.
        |path: &Path, to: &Path| symlink(to, path),
    ] {
        make(&site.path, &elsewhere).unwrap();
        let before = fs::symlink_metadata(&site.path).unwrap();
        assert!(matches!(site.create(), Err(StoreError::Exists { .. })));
        let after = fs::symlink_metadata(&site.path).unwrap();
        assert_eq!((before.len(), before.file_type()), (after.len(), after.file_type()));
        assert!(!elsewhere.exists());
        fs::remove_file(&site.path).or_else(|_| fs::remove_dir(&site.path)).unwrap();
    }
}

#[test]
fn a_store_that_was_never_created_is_missing() {
    let site = Site::new();
    let missing = |case: &str| {
        assert!(matches!(site.open(), Err(StoreError::Missing { .. })), "{case}");
        assert!(matches!(site.read(), Err(StoreError::Missing { .. })), "{case}");
    };
    missing("no file");
    File::create(&site.path).unwrap();
    missing("an empty file");
    fs::remove_file(&site.path).unwrap();
    fs::create_dir(&site.path).unwrap();
    missing("a directory");
    fs::remove_dir(&site.path).unwrap();
    symlink(site.directory.path().join("elsewhere"), &site.path).unwrap();
    missing("a link to nothing");
    let path = site.directory.path().join("no/directory/store.db");
    let open = SqliteStore::open(&path, Options::default());
    assert!(matches!(open, Err(StoreError::Missing { .. })));
    let create = SqliteStore::create(&path, &identity(), Options::default());
    assert!(matches!(create, Err(StoreError::Missing { .. })));
}

#[test]
fn a_store_has_one_writer_by_whatever_path_he_comes() {
    let site = Site::new();
    let link = site.directory.path().join("link.db");
    symlink(&site.path, &link).unwrap();
    let writer = site.create().unwrap();
    let second = SqliteStore::open(&link, Options::default());
    assert!(matches!(second, Err(StoreError::Busy { .. })));
    assert!(matches!(site.open(), Err(StoreError::Busy { .. })));
    drop(writer);
    let second = SqliteStore::open(&link, Options::default()).unwrap();
    assert!(matches!(site.open(), Err(StoreError::Busy { .. })));
    drop(second);
    site.open().unwrap();
}

#[test]
fn a_directory_that_others_can_enter_is_refused() {
    let site = Site::new();
    let set = |mode| fs::set_permissions(site.directory.path(), Permissions::from_mode(mode));
    for mode in [0o755, 0o750, 0o711, 0o701, 0o777] {
        set(mode).unwrap();
        let answer = site.create();
        assert!(
            matches!(answer, Err(StoreError::Exposed { mode: found, .. }) if found == mode),
            "{mode:o}: {answer:?}"
        );
        assert_eq!(fs::read_dir(site.directory.path()).unwrap().count(), 0, "{mode:o}");
    }
    set(0o700).unwrap();
    drop(site.create().unwrap());
    set(0o750).unwrap();
    assert!(matches!(site.open(), Err(StoreError::Exposed { .. })));
}

#[test]
fn every_file_is_its_owners_alone() {
    let site = Site::new();
    let mut store = site.create().unwrap();
    store.commit(&Pen::new(Party::Gbr).entries(1)).unwrap();
    let mut names = Vec::new();
    for file in fs::read_dir(site.directory.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        names.push(file.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["store.db", "store.db-shm", "store.db-wal", "store.lock"]);
}

#[test]
fn what_a_crash_in_creation_left_behind_is_swept() {
    let site = Site::new();
    for suffix in [".new", ".new-journal", ".new-wal", ".new-shm"] {
        fs::write(site.beside(suffix), b"left behind").unwrap();
    }
    drop(site.create().unwrap());
    // The second name, if the crash came between the two.
    fs::hard_link(&site.path, site.beside(".new")).unwrap();
    let store = site.open().unwrap();
    assert_eq!(store.identity().unwrap(), identity());
    for suffix in [".new", ".new-journal", ".new-wal", ".new-shm"] {
        assert!(!site.beside(suffix).exists(), "{suffix}");
    }
}

#[test]
fn terms_that_are_too_long_create_nothing() {
    let site = Site::new();
    let create = |bytes| {
        let identity = Identity { party: Party::Fra, terms: vec![1; bytes] };
        SqliteStore::create(&site.path, &identity, Options::default())
    };
    assert!(matches!(create(AGREEMENT_BYTES_MAX + 1), Err(StoreError::Damaged(_))));
    assert_eq!(fs::read_dir(site.directory.path()).unwrap().count(), 0);
    let store = create(AGREEMENT_BYTES_MAX).unwrap();
    assert_eq!(store.identity().unwrap().terms.len(), AGREEMENT_BYTES_MAX);
}

#[test]
fn a_database_of_another_program_is_refused() {
    for made in ["PRAGMA user_version = 1", "PRAGMA application_id = 7; CREATE TABLE entry(log)"] {
        let site = Site::new();
        site.shell(made);
        assert!(matches!(site.open(), Err(StoreError::Foreign { .. })), "{made}");
        assert!(matches!(site.read(), Err(StoreError::Foreign { .. })), "{made}");
    }
}

#[test]
fn a_schema_of_another_version_is_refused() {
    for version in [0, 2, 3, -1, i32::MAX] {
        let site = Site::new();
        drop(site.create().unwrap());
        site.shell(&format!("PRAGMA user_version = {version}"));
        let refused = |answer: Result<SqliteStore, StoreError>| match answer {
            Err(StoreError::Schema { found, known: 1, .. }) => found == i64::from(version),
            _ => false,
        };
        assert!(refused(site.open()), "{version}");
        assert!(refused(site.read()), "{version}");
    }
}
