//! Whose folder may be replaced, and whose may not.

use std::os::unix::fs::symlink;

use super::*;

/// A place to work in, and the folder in it that is to become a demo's.
fn place() -> (tempfile::TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("demo");
    (place, folder)
}

/// A folder as a former demo leaves it.
fn former(folder: &Path) {
    clear(folder).unwrap();
    for name in [CLOCK, CLOCK_NEXT, AGREEMENT] {
        fs::write(folder.join(name), "1\n").unwrap();
    }
    for party in Party::BOTH {
        fs::create_dir(folder.join(name(party))).unwrap();
        fs::write(folder.join(name(party)).join("entente.toml"), "").unwrap();
    }
}

/// What stands at the top of a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn is_refused(folder: &Path) {
    let refused = clear(folder).unwrap_err();
    assert!(matches!(&refused, StageError::Occupied(path) if path == folder), "{refused}");
}

#[test]
fn a_folder_that_is_empty_or_not_there_yet_becomes_a_demos() {
    let (_place, folder) = place();
    clear(&folder).unwrap();
    assert_eq!(names(&folder), [MARKER]);
    fs::remove_file(folder.join(MARKER)).unwrap();
    clear(&folder).unwrap();
    assert_eq!(names(&folder), [MARKER]);
}

#[test]
fn a_former_demos_folder_is_replaced() {
    let (_place, folder) = place();
    former(&folder);
    let mut all = TOP.map(str::to_owned);
    all.sort();
    assert_eq!(names(&folder), all);
    clear(&folder).unwrap();
    assert_eq!(names(&folder), [MARKER]);
}

#[test]
fn a_folder_with_anything_in_it_and_no_marker_is_refused_untouched() {
    let (_place, folder) = place();
    former(&folder);
    fs::remove_file(folder.join(MARKER)).unwrap();
    let before = names(&folder);
    is_refused(&folder);
    assert_eq!(names(&folder), before);
}

#[test]
fn a_marker_with_another_text_is_refused_untouched() {
    for text in ["", "mine\n", MARKER_TEXT.trim_end(), &format!("{MARKER_TEXT}\n")] {
        let (_place, folder) = place();
        former(&folder);
        fs::write(folder.join(MARKER), text).unwrap();
        let before = names(&folder);
        is_refused(&folder);
        assert_eq!(names(&folder), before, "{text:?}");
        assert_eq!(fs::read_to_string(folder.join(MARKER)).unwrap(), text);
    }
}

#[test]
fn a_foreign_file_beside_the_marker_is_refused_and_stays() {
    for foreign in ["thesis.txt", "Clock", "gbr.old", ".git"] {
        let (_place, folder) = place();
        former(&folder);
        fs::write(folder.join(foreign), "dear").unwrap();
        is_refused(&folder);
        assert_eq!(fs::read_to_string(folder.join(foreign)).unwrap(), "dear");
        assert_eq!(names(&folder).len(), TOP.len() + 1, "{foreign}");
    }
}

#[test]
fn a_marker_that_is_no_file_is_refused_untouched() {
    let (place, folder) = place();
    former(&folder);
    fs::remove_file(folder.join(MARKER)).unwrap();
    fs::create_dir(folder.join(MARKER)).unwrap();
    is_refused(&folder);
    assert_eq!(names(&folder).len(), TOP.len());

    fs::remove_dir(folder.join(MARKER)).unwrap();
    let elsewhere = place.path().join("elsewhere");
    fs::write(&elsewhere, MARKER_TEXT).unwrap();
    symlink(&elsewhere, folder.join(MARKER)).unwrap();
    is_refused(&folder);
    assert_eq!(names(&folder).len(), TOP.len());
}

#[test]
fn a_link_or_a_file_in_the_folders_place_is_refused_untouched() {
    let (place, folder) = place();
    let real = place.path().join("real");
    former(&real);
    symlink(&real, &folder).unwrap();
    is_refused(&folder);
    assert_eq!(names(&real).len(), TOP.len());
    let with_slash = super::folder(Some(&place.path().join("demo/"))).unwrap();
    is_refused(&with_slash);
    assert_eq!(names(&real).len(), TOP.len());

    fs::remove_file(&folder).unwrap();
    fs::write(&folder, "dear").unwrap();
    is_refused(&folder);
    assert_eq!(fs::read_to_string(&folder).unwrap(), "dear");
}

#[test]
fn a_path_too_long_for_a_socket_is_refused_with_the_socket_and_its_length() {
    let (place, _) = place();
    let long = place.path().join("d".repeat(SOCKET_PATH_BYTES_MAX));
    let refused = Stage::prepare(Some(&long), Timestamp::default()).unwrap_err();
    let socket = long.join("gbr/api.sock");
    let len = socket.as_os_str().len();
    let said = refused.to_string();
    assert!(said.contains(&format!("{} would have {len}", socket.display())), "{said}");
    assert!(matches!(refused, StageError::PathTooLong { len: found, .. } if found == len));
    assert!(!long.exists());
}
