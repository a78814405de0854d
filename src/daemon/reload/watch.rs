//! The files that a running daemon was made from, and whether others have taken their place.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use crate::daemon::{
    config::Config,
    keys::{KeyPlace, LOG_KEY, MIRROR_KEY, RecordRole, certificate_file, key_file},
};

/// How the files look from outside: which they are, how long, and when they were changed. Symbolic
/// links are followed, so that it does not matter at which point of a path something is exchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::daemon) struct Looks(Vec<(PathBuf, Option<Look>)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    device: u64,
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    /// Of rights and owner too: what could not be read may be readable now.
    changed: (i64, i64),
}

impl Looks {
    /// Looks at all that a configuration, read from `file`, names and a reload reads.
    pub(in crate::daemon) fn at(file: &Path, config: &Config) -> Self {
        let tls = config.tls_files();
        let keys = RecordRole::ALL
            .iter()
            .flat_map(|role| [key_file(role.name()), certificate_file(role.name())])
            .chain([LOG_KEY.to_owned(), MIRROR_KEY.to_owned()])
            .map(|name| config.keys.directory.join(name));
        let files = [file.to_owned(), config.agreement.file.clone()].into_iter();
        let places = config.key_places();
        let named = places.named().filter_map(|place| match place {
            KeyPlace::File(path) => Some(path.clone()),
            KeyPlace::Module(_) => None,
        });
        let keys = keys.chain(named);
        let files = files.chain([tls.certificate, tls.key, tls.peer_ca]).chain(keys);
        let files = files.chain(tls.revocation.lists).chain(config.link.proxy_credential.clone());
        let files = files.chain(config.trust.files().cloned());
        Self(files.map(|path| (Look::at(&path), path)).map(|(look, path)| (path, look)).collect())
    }
}

impl Look {
    /// `None`: it is not there, or cannot be looked at.
    fn at(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        Some(Self {
            device: found.dev(),
            inode: found.ino(),
            bytes: found.size(),
            modified: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
        })
    }
}

/// What was read last, and what was seen since.
#[derive(Debug)]
pub(super) struct Watch<L> {
    read: L,
    seen: Option<L>,
}

impl<L: PartialEq> Watch<L> {
    pub(super) const fn new(read: L) -> Self {
        Self { read, seen: None }
    }

    /// Whether the files are to be read: they differ from what was read, and have looked the same
    /// twice in a row, so that nobody is writing them any more.
    pub(super) fn is_due(&mut self, now: L) -> bool {
        if now == self.read {
            self.seen = None;
            return false;
        }
        let settled = self.seen.as_ref() == Some(&now);
        self.seen = Some(now);
        settled
    }

    /// They have been read as they looked then.
    pub(super) fn was_read(&mut self, then: L) {
        self.read = then;
        self.seen = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_read_once_it_has_settled() {
        let mut watch = Watch::new(1);
        for (now, due) in
            [(1, false), (2, false), (3, false), (3, true), (3, true), (1, false), (3, false)]
        {
            assert_eq!(watch.is_due(now), due, "{now}");
        }
        assert!(watch.is_due(3));
        watch.was_read(3);
        assert!(!watch.is_due(3) && !watch.is_due(3), "it is read once");
        assert!(!watch.is_due(1) && watch.is_due(1), "and the old one again when it comes back");
    }

    #[test]
    fn whatever_is_exchanged_looks_different() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let look = || Look::at(&at("now/cert.pem"));
        for (set, text) in [("one", "a"), ("two", "a")] {
            fs::create_dir(at(set)).unwrap();
            fs::write(at(set).join("cert.pem"), text).unwrap();
        }
        assert_eq!(look(), None, "it is not there");
        // As Kubernetes lays secrets out, and certbot its newest certificate.
        std::os::unix::fs::symlink("one", at("now")).unwrap();
        let one = look();
        assert_eq!(look(), one);
        std::os::unix::fs::symlink("two", at("next")).unwrap();
        fs::rename(at("next"), at("now")).unwrap();
        let two = look();
        assert_ne!(one, two, "the folder was exchanged");
        fs::write(at("new"), "a").unwrap();
        fs::rename(at("new"), at("two/cert.pem")).unwrap();
        let replaced = look();
        assert_ne!(two, replaced, "the file was exchanged");
        fs::write(at("two/cert.pem"), "longer").unwrap();
        assert_ne!(replaced, look(), "the file was written");
    }
}
