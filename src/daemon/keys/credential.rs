//! Credentials of a service (systemd.exec(5), `LoadCredential=`): secrets that the service manager
//! lays out for one run, in a folder of memory that nobody else can look into.

use std::{
    fs::Metadata,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// Whether a file or folder is one of the service's credentials, with the rights that systemd gives
/// it. They belong to root, and an access list (acl(5)) lets the service in, which shows as rights
/// of the group. Nobody may write there, and others than owner and group may not even look.
#[expect(
    clippy::disallowed_methods,
    reason = "the service manager says it to the process, and no configuration can"
)]
pub(in crate::daemon) fn is_credential(path: &Path, found: &Metadata) -> bool {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    folder.is_some_and(|folder| is_one_of(&folder, path, found.uid(), found.mode()))
}

fn is_one_of(folder: &Path, path: &Path, owner: u32, mode: u32) -> bool {
    let inside = path.canonicalize().ok().zip(folder.canonicalize().ok());
    let inside = inside.is_some_and(|(path, folder)| path.starts_with(folder));
    inside && owner == 0 && mode & 0o227 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_root_laid_out_for_reading_is_a_credential() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("log-key.pem");
        std::fs::write(&inside, "").unwrap();
        let outside = tempfile::NamedTempFile::new().unwrap();
        for (path, owner, mode, is) in [
            (inside.as_path(), 0, 0o100_440, true),
            (&inside, 0, 0o100_400, true),
            (folder.path(), 0, 0o040_550, true),
            (&inside, 1000, 0o100_440, false),
            (&inside, 0, 0o100_444, false),
            (&inside, 0, 0o100_460, false),
            (&inside, 0, 0o100_640, false),
            (&inside, 0, 0o100_401, false),
            (outside.path(), 0, 0o100_440, false),
            (&folder.path().join("missing"), 0, 0o100_440, false),
        ] {
            let found = is_one_of(folder.path(), path, owner, mode);
            assert_eq!(found, is, "{} {owner} {mode:o}", path.display());
        }
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(outside.path(), &link).unwrap();
        assert!(!is_one_of(folder.path(), &link, 0, 0o100_440), "it leads elsewhere");
    }
}
