//! What may lie in the folder of an export, and who else may write there.

use std::os::unix::fs::symlink;

use super::*;

const NAME: &str = "ENTENTE-1-2025-W32.cbor";

/// All names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let named = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(named).collect();
    names.sort_unstable();
    names
}

fn refused(kind: io::ErrorKind) -> io::Result<()> {
    Err(io::Error::from(kind))
}

#[test]
fn a_file_is_written_once_and_never_over() {
    let folder = tempfile::tempdir().unwrap();
    let written = |bytes: &[u8]| write(folder.path(), NAME, bytes).unwrap();
    assert_eq!(written(b"one"), Written::New);
    assert_eq!(written(b"one"), Written::TheSame);
    assert_eq!(written(b"two"), Written::Another);
    assert_eq!(written(b"longer"), Written::Another);
    assert_eq!(fs::read(folder.path().join(NAME)).unwrap(), b"one");
    assert_eq!(look(&folder.path().join("other"), b"one").unwrap(), Written::New);
    assert_eq!(names(folder.path()), [NAME]);
    assert!(write(&folder.path().join("nowhere"), NAME, b"").is_err());
}

#[test]
fn a_part_that_is_the_finished_file_under_another_name_is_never_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(NAME);
    fs::write(&file, "finished").unwrap();
    let parts = [format!(".{NAME}.part"), format!(".{NAME}.0a1b.part")];
    for part in &parts {
        fs::hard_link(&file, folder.path().join(part)).unwrap();
    }
    assert_eq!(write(folder.path(), NAME, b"other").unwrap(), Written::Another);
    assert_eq!(fs::read(&file).unwrap(), b"finished");
    sweep(folder.path(), NAME).unwrap();
    assert_eq!(names(folder.path()), [NAME]);
    assert_eq!(fs::read(&file).unwrap(), b"finished");
}

#[test]
fn a_planted_link_is_followed_nowhere() {
    for bytes in [&b"mine"[..], b"new!"] {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let victim = elsewhere.path().join("victim");
        fs::write(&victim, "mine").unwrap();
        let part = format!(".{NAME}.part");
        for planted in [NAME, &part] {
            symlink(&victim, folder.path().join(planted)).unwrap();
        }
        sweep(folder.path(), NAME).unwrap();
        // Not even where it leads to these very bytes, or to nothing.
        assert_eq!(write(folder.path(), NAME, bytes).unwrap(), Written::Another);
        let nothing = symlink(elsewhere.path().join("none"), folder.path().join("dangling"));
        nothing.unwrap();
        assert_eq!(write(folder.path(), "dangling", bytes).unwrap(), Written::Another);
        assert_eq!(names(elsewhere.path()), ["victim"]);
        assert_eq!(fs::read(&victim).unwrap(), b"mine");
        assert_eq!(names(folder.path()), [NAME, "dangling"]);
    }
}

/// Whoever learns the name of a part at the last moment plants a link there: the file of that name
/// is made, or nothing is.
#[test]
fn a_part_is_made_and_never_opened() {
    let folder = tempfile::tempdir().unwrap();
    let (victim, part) = (folder.path().join("victim"), folder.path().join("part"));
    fs::write(&victim, "mine").unwrap();
    for plant in [symlink::<&Path, &Path>, |to, at| fs::hard_link(to, at)] {
        plant(&victim, &part).unwrap();
        let refused = create(&part, b"other").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        fs::remove_file(&part).unwrap();
    }
    assert_eq!(fs::read(&victim).unwrap(), b"mine");
}

#[test]
fn parts_that_were_left_are_removed_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let kept = [".ENTENTE-1-2025-W32.cbor", ".ENTENTE-1-2025-W32.html.0a.part", "0a.part", "a"];
    let left = [format!(".{NAME}.part"), format!(".{NAME}.0a1b.part")];
    for name in left.iter().map(String::as_str).chain(kept) {
        fs::write(folder.path().join(name), "half").unwrap();
    }
    fs::create_dir(folder.path().join(format!(".{NAME}.folder.part"))).unwrap();
    sweep(folder.path(), NAME).unwrap();
    let folder_stays = format!(".{NAME}.folder.part");
    let mut expected = vec![folder_stays.as_str()];
    expected.extend(kept);
    expected.sort_unstable();
    assert_eq!(names(folder.path()), expected);
}

#[test]
fn a_part_that_another_export_removed_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut parts = Vec::new();
    let written = write_by(folder.path(), NAME, b"whole", |part, path| {
        parts.push(part.to_owned());
        if parts.len() < 3 {
            sweep(folder.path(), NAME).unwrap();
        }
        fs::hard_link(part, path)
    });
    assert_eq!(written.unwrap(), Written::New);
    parts.sort_unstable();
    parts.dedup();
    assert_eq!(parts.len(), 3, "each under a name of its own");
    assert_eq!(fs::read(folder.path().join(NAME)).unwrap(), b"whole");
    assert_eq!(names(folder.path()), [NAME]);

    let always = write_by(folder.path(), "more", b"whole", |_, _| refused(io::ErrorKind::NotFound));
    assert!(always.unwrap_err().to_string().contains("let them end, and run it again"));
    assert_eq!(names(folder.path()), [NAME]);
}

#[test]
fn of_many_exports_at_once_one_writes_and_all_leave_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = vec![7; 60_000];
    let export = || {
        sweep(folder.path(), NAME).unwrap();
        write(folder.path(), NAME, &bytes).unwrap()
    };
    let all: Vec<Written> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..8).map(|_| scope.spawn(export)).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(all.iter().filter(|one| **one == Written::New).count(), 1, "{all:?}");
    assert!(!all.contains(&Written::Another), "{all:?}");
    assert_eq!(fs::read(folder.path().join(NAME)).unwrap(), bytes);
    assert_eq!(names(folder.path()), [NAME]);
}

#[test]
fn where_files_have_one_name_only_nothing_is_written_over_either() {
    for kind in [io::ErrorKind::PermissionDenied, io::ErrorKind::Unsupported] {
        let folder = tempfile::tempdir().unwrap();
        let written = |name: &str, bytes: &[u8]| {
            write_by(folder.path(), name, bytes, |_, _| refused(kind)).unwrap()
        };
        assert_eq!(written(NAME, b"one"), Written::New);
        assert_eq!(written(NAME, b"one"), Written::TheSame);
        assert_eq!(written(NAME, b"two"), Written::Another);
        symlink(folder.path().join("none"), folder.path().join("planted")).unwrap();
        assert_eq!(written("planted", b"one"), Written::Another);
        assert_eq!(names(folder.path()), [NAME, "planted"]);
        assert_eq!(fs::read(folder.path().join(NAME)).unwrap(), b"one");
    }
    let full = |_: &Path, _: &Path| refused(io::ErrorKind::StorageFull);
    let folder = tempfile::tempdir().unwrap();
    assert!(write_by(folder.path(), NAME, b"one", full).is_err());
    assert_eq!(names(folder.path()), Vec::<String>::new());
}
