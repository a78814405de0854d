//! Looks at everything that a configuration points at, and stops at nothing.

use std::fs::{self, Metadata, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::{Config, Fault, TlsUnready, Trouble};
use crate::daemon::keys::{KeyPlace, Keys, RecordRole, certificate_file, is_credential, key_file};
use crate::limits::{AGREEMENT_BYTES_MAX, SOCKET_PATH_BYTES_MAX};
use crate::names::Timestamp;
use crate::net::tls::{TlsRefused, certificates, issued_by_pinned, server_config};
use crate::trust::{
    Authority, CertificateRefused, Currency, PeerCertificate, Pinned, SignerCertificate, Stage,
    Validity,
};

impl Config {
    /// Everything that is wrong with what the configuration points at, for an operator to mend in
    /// one go; certificates are judged at `now`. Empty: all is well.
    ///
    /// It asks the disk as the user that calls, so `entente check-config` should run as the
    /// daemon's user. Whether a folder can be written to is found by making a file in it, which
    /// is removed at once.
    #[must_use]
    pub fn faults(&self, now: Timestamp) -> Vec<Fault> {
        let mut all = Vec::new();
        let mut note = |key, found: Vec<Trouble>| {
            all.extend(found.into_iter().map(|trouble| Fault { key, trouble }));
        };
        note("agreement.file", agreement(&self.agreement.file));
        note("state.directory", state(&self.state.directory));
        note("state.mark", mark(&self.state.mark, &self.state.directory));
        let keys = Keys::faults(&self.key_places());
        note("keys.directory", keys.into_iter().map(Trouble::Keys).collect());
        note("keys.directory", self.signers(now));
        self.tls_end(now, &mut note);
        self.trusted(now, &mut note);
        if self.link.listen.is_none() && self.link.peer.is_empty() {
            note("link", vec![Trouble::NoLink]);
        }
        let proxy = crate::daemon::road::proxy(&self.link).err();
        note("link.proxy_credential", proxy.into_iter().map(Trouble::Credential).collect());
        note("api.socket", socket(&self.api.socket));
        if let Some(rehearsal) = &self.rehearsal {
            note("rehearsal.clock", vec![Trouble::RehearsalClock(rehearsal.clock.clone())]);
            note("rehearsal.clock", file(&rehearsal.clock).err().into_iter().collect());
        }
        all
    }

    /// What is wrong with keys, certificates and authorities: with all that may be replaced while
    /// the daemon runs.
    #[must_use]
    pub fn faults_of_replaceable(&self, now: Timestamp) -> Vec<Fault> {
        let mut all = Vec::new();
        let mut note = |key, found: Vec<Trouble>| {
            all.extend(found.into_iter().map(|trouble| Fault { key, trouble }));
        };
        note("keys.directory", self.signers(now));
        self.tls_end(now, &mut note);
        self.trusted(now, &mut note);
        if self.link.listen.is_none() && self.link.peer.is_empty() {
            note("link", vec![Trouble::NoLink]);
        }
        all
    }

    /// The certificates beside the record keys, where they lie there: the agreement has its own
    /// copies, so that none must.
    fn signers(&self, now: Timestamp) -> Vec<Trouble> {
        let keys = Keys::load(&self.key_places()).ok();
        let mut found = Vec::new();
        for role in RecordRole::ALL {
            let path = self.keys.directory.join(certificate_file(role.name()));
            let before = found.len();
            if path.symlink_metadata().is_err() {
                continue;
            }
            let signer = match leaf(&path, SignerCertificate::parse) {
                Ok(signer) => signer,
                Err(trouble) => {
                    found.push(trouble);
                    continue;
                }
            };
            if signer.party() != self.party {
                found.push(Trouble::OtherParty { path: path.clone(), party: signer.party() });
            }
            if signer.role() != role.name() {
                let role = signer.role().to_owned();
                found.push(Trouble::OtherRole { path: path.clone(), role });
            }
            if keys.as_ref().is_some_and(|keys| keys.record_key(role) != signer.public_key()) {
                let key = self.keys.directory.join(key_file(role.name()));
                found.push(Trouble::OtherKey { certificate: path.clone(), key });
            }
            found.extend(term(&path, signer.validity(), now));
            if found.len() == before {
                found.extend(self.untrusted(path, role, now));
            }
        }
        found
    }

    fn tls_end(&self, now: Timestamp, note: &mut impl FnMut(&'static str, Vec<Trouble>)) {
        let files = self.tls_files();
        match leaf(&files.certificate, PeerCertificate::parse) {
            Ok(own) => {
                let path = files.certificate.clone();
                if own.party() != self.party {
                    let party = own.party();
                    note("tls.certificate", vec![Trouble::OtherParty { path, party }]);
                }
                note("tls.certificate", term(&files.certificate, own.validity(), now));
            }
            Err(trouble) => note("tls.certificate", vec![trouble]),
        }
        note("tls.peer_ca", authorities(&files.peer_ca, now));
        let material = self.tls_material(now);
        if !matches!(self.tls.key, Some(KeyPlace::Module(_))) {
            note("tls.key", private(&files.key));
        }
        // What a single file lacks has been said; from here on it is about how they fit.
        let material = match material {
            Ok(material) => material,
            Err(TlsUnready::File(refused)) if refused.is_about_lists() => {
                note("tls.crl", vec![refused.into()]);
                return;
            }
            Err(TlsUnready::File(_)) => return,
            Err(TlsUnready::Key(refused)) => {
                if matches!(self.tls.key, Some(KeyPlace::Module(_))) {
                    note("tls.key", vec![refused.into()]);
                }
                return;
            }
        };
        note("tls.crl", stale(&material.pinned, now));
        let time = crate::net::tls::fixed_time(now);
        match server_config(&material, self.party.other(), time) {
            Ok(_) => {}
            Err(TlsRefused::Own(rustls::Error::InconsistentKeys(_))) => {
                let (certificate, key) = (files.certificate.clone(), files.key.clone());
                note("tls.key", vec![Trouble::OtherKey { certificate, key }]);
            }
            Err(refused) => note("tls", vec![refused.into()]),
        }
        if issued_by_pinned(&material) {
            note("tls.peer_ca", vec![Trouble::OwnAuthority(files.peer_ca)]);
        }
    }
}

/// What revocation lists lack at a time.
pub(super) fn stale(pinned: &Pinned, now: Timestamp) -> Vec<Trouble> {
    let currency = pinned.lists().iter().map(|list| (list, list.currency(pinned.policy(), now)));
    let stale = currency.filter_map(|(list, currency)| {
        let (issuer, due) = (list.issuer().to_owned(), list.next_update());
        match currency {
            Currency::Fresh | Currency::FromFuture => None,
            Currency::RunningOn { until } => Some(Trouble::RunningOn { issuer, due, until }),
            Currency::Stale { .. } => Some(Trouble::StaleList { issuer, due }),
        }
    });
    stale.collect()
}

fn agreement(path: &Path) -> Vec<Trouble> {
    let bound = u64::try_from(AGREEMENT_BYTES_MAX).unwrap_or(u64::MAX);
    match file(path) {
        Ok(metadata) if metadata.len() > bound => {
            vec![Trouble::AgreementTooLong(path.to_owned())]
        }
        Ok(_) => Vec::new(),
        Err(trouble) => vec![trouble],
    }
}

fn state(path: &Path) -> Vec<Trouble> {
    if let Err(trouble) = writable(path) {
        return vec![trouble];
    }
    fs::metadata(path).ok().and_then(|found| open_to_others(path, &found)).into_iter().collect()
}

/// The parent of a bare name is empty, and means the working directory.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        None => Path::new("/"),
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
    }
}

fn mark(path: &Path, state: &Path) -> Vec<Trouble> {
    let folder = folder_of(path);
    let mut found: Vec<_> = writable(folder).err().into_iter().collect();
    if path.symlink_metadata().is_ok() {
        found.extend(file(path).err());
    }
    // Through symbolic links, where they can be followed.
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if real(folder).starts_with(real(state)) {
        found.push(Trouble::MarkInState(path.to_owned()));
    }
    found
}

fn socket(path: &Path) -> Vec<Trouble> {
    let bytes = path.as_os_str().as_bytes().len();
    if bytes > SOCKET_PATH_BYTES_MAX {
        return vec![Trouble::SocketPathTooLong(bytes)];
    }
    let folder = folder_of(path);
    let mut found: Vec<_> = writable(folder).err().into_iter().collect();
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.file_type().is_socket()) {
        found.push(Trouble::NotASocket(path.to_owned()));
    }
    found
}

fn private(path: &Path) -> Vec<Trouble> {
    match file(path) {
        Ok(metadata) => {
            let mut found: Vec<_> = open_to_others(path, &metadata).into_iter().collect();
            found.extend(crate::net::tls::private_key(path).err().map(Trouble::File));
            found
        }
        Err(trouble) => vec![trouble],
    }
}

fn open_to_others(path: &Path, metadata: &Metadata) -> Option<Trouble> {
    let mode = metadata.mode() & 0o7777;
    (mode & 0o077 != 0 && !is_credential(path, metadata))
        .then(|| Trouble::OpenToOthers { path: path.to_owned(), mode })
}

/// The first certificate of a PEM file, by a profile.
fn leaf<T>(
    path: &Path,
    profile: impl Fn(&[u8]) -> Result<T, CertificateRefused>,
) -> Result<T, Trouble> {
    file(path)?;
    let certificates = certificates(path)?;
    let leaf = certificates.first().map(AsRef::as_ref).unwrap_or_default();
    profile(leaf).map_err(|source| Trouble::Certificate { path: path.to_owned(), source })
}

/// What authorities lack of which one has to be valid: while one takes the place of another, one
/// may have expired, or not be valid yet.
fn authorities(path: &Path, now: Timestamp) -> Vec<Trouble> {
    let ders = match file(path).and_then(|_| Ok(certificates(path)?)) {
        Ok(ders) => ders,
        Err(trouble) => return vec![trouble],
    };
    let mut terms = Vec::new();
    for der in ders {
        match Authority::parse(&der) {
            Ok(authority) => terms.push(authority.validity()),
            Err(source) => return vec![Trouble::Certificate { path: path.to_owned(), source }],
        }
    }
    let valid = |one: &Validity| one.contains(now);
    let last = terms.iter().filter(|one| valid(one)).max_by_key(|one| one.not_after);
    match last {
        Some(last) => term(path, *last, now),
        None => terms.iter().flat_map(|one| term(path, *one, now)).collect(),
    }
}

pub(super) fn term(path: &Path, validity: Validity, now: Timestamp) -> Vec<Trouble> {
    let (path, at) = (path.to_owned(), validity.not_after);
    if now < validity.not_before {
        vec![Trouble::NotYetValid { path, at: validity.not_before }]
    } else if at < now {
        vec![Trouble::Expired { path, at }]
    } else if Stage::of(at, now).is_warning() {
        vec![Trouble::ExpiresSoon { path, at }]
    } else {
        Vec::new()
    }
}

fn file(path: &Path) -> Result<Metadata, Trouble> {
    let metadata = look(path)?;
    if metadata.is_file() { Ok(metadata) } else { Err(Trouble::NotAFile(path.to_owned())) }
}

fn look(path: &Path) -> Result<Metadata, Trouble> {
    fs::metadata(path).map_err(|source| Trouble::Unreachable { path: path.to_owned(), source })
}

/// Makes a file in a folder and removes it: permission bits say nothing of read-only mounts,
/// access lists and sandboxes.
fn writable(folder: &Path) -> Result<(), Trouble> {
    if !look(folder)?.is_dir() {
        return Err(Trouble::NotADirectory(folder.to_owned()));
    }
    let probe = folder.join(format!(".entente-check-{}", std::process::id()));
    let made: io::Result<()> = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&probe)
        .and_then(|_| fs::remove_file(&probe));
    made.map_err(|source| Trouble::NotWritable { path: PathBuf::from(folder), source })
}
