//! Certificates and keys from PEM files (RFC 7468); every refusal names the file.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::SigningKey;
use zeroize::{Zeroize, Zeroizing};

use super::{NumbersRefused, PostQuantum, RevocationFiles};
use crate::limits::{CERTIFICATES_PER_FILE_MAX, PEM_BYTES_MAX, REVOCATION_LISTS_MAX};
use crate::names::Timestamp;
use crate::trust::{Authority, CertificateRefused, PeerCertificate, Pinned, RevocationRefused};

/// Why a file was refused. The text of a key is in none of these.
#[derive(Debug, thiserror::Error)]
pub enum FileRefused {
    /// It cannot be read.
    #[error("{path} cannot be read: {source}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It has more bytes than the bound.
    #[error("{path} has more than {bytes_max} bytes", path = path.display())]
    TooLong {
        /// Which file.
        path: PathBuf,
        /// How many it may have.
        bytes_max: usize,
    },
    /// It is no PEM.
    #[error("{path} is not PEM: {source}", path = path.display())]
    NotPem {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: pem::Error,
    },
    /// It holds no certificate.
    #[error("{path} holds no certificate", path = path.display())]
    NoCertificate {
        /// Which file.
        path: PathBuf,
    },
    /// It holds more certificates than the bound.
    #[error(
        "{path} holds more than {CERTIFICATES_PER_FILE_MAX} certificates", path = path.display()
    )]
    ManyCertificates {
        /// Which file.
        path: PathBuf,
    },
    /// It does not hold exactly one private key.
    #[error("{path} holds {keys} private keys instead of one", path = path.display())]
    NotOneKey {
        /// Which file.
        path: PathBuf,
        /// How many it holds.
        keys: usize,
    },
    /// Its private key is none that TLS can use.
    #[error("{path} holds a key that TLS cannot use: {source}", path = path.display())]
    Key {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: rustls::Error,
    },
    /// It holds neither a revocation list nor a certificate.
    #[error("{path} holds no revocation list", path = path.display())]
    NoList {
        /// Which file.
        path: PathBuf,
    },
    /// Files that hold more revocation lists together than the bound.
    #[error("{path} brings the revocation lists above {REVOCATION_LISTS_MAX}",
        path = path.display())]
    ManyLists {
        /// The file with which there are too many.
        path: PathBuf,
    },
    /// A revocation list in it is refused.
    #[error("{path}: {source}", path = path.display())]
    Revocation {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: RevocationRefused,
    },
    /// What was seen of revocation lists before.
    #[error("{path}: {source}", path = path.display())]
    Numbers {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: NumbersRefused,
    },
    /// A certificate in it is outside its profile.
    #[error("{path}: {source}", path = path.display())]
    Profile {
        /// Which file.
        path: PathBuf,
        /// Which rule it breaks.
        source: CertificateRefused,
    },
}

impl FileRefused {
    /// Whether it is about revocation lists, and not about certificates and keys.
    #[must_use]
    pub const fn is_about_lists(&self) -> bool {
        matches!(
            self,
            Self::NoList { .. }
                | Self::ManyLists { .. }
                | Self::Revocation { .. }
                | Self::Numbers { .. }
        )
    }
}

/// The files that the TLS of one party is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// Our own certificate, and what leads from it to our authority.
    pub certificate: PathBuf,
    /// Its private key: PKCS#8, SEC1 or PKCS#1.
    pub key: PathBuf,
    /// The counterpart's authority, pinned.
    pub peer_ca: PathBuf,
    /// Its revocation lists.
    pub revocation: RevocationFiles,
    /// Which key exchanges are offered and taken: no file, but wanted with them.
    pub post_quantum: PostQuantum,
}

impl TlsFiles {
    /// Reads them all at a time, and changes nothing: for whoever only looks.
    ///
    /// # Errors
    /// One variant of [`FileRefused`] for each thing that can be wrong with a file.
    pub fn load(&self, now: Timestamp) -> Result<TlsMaterial, FileRefused> {
        self.load_with(signing_key(&self.key)?, now)
    }

    /// Reads all but the key, which lies elsewhere.
    ///
    /// # Errors
    /// As [`TlsFiles::load`].
    pub fn load_with(
        &self,
        key: Arc<dyn SigningKey>,
        now: Timestamp,
    ) -> Result<TlsMaterial, FileRefused> {
        let chain = certificates(&self.certificate)?;
        if let Some(leaf) = chain.first() {
            PeerCertificate::parse(leaf).map_err(|source| refuse(&self.certificate, source))?;
        }
        let pinned = Arc::new(self.pinned(now)?);
        Ok(TlsMaterial { chain, key, pinned, post_quantum: self.post_quantum })
    }

    /// Reads the counterpart's authorities and their revocation lists.
    ///
    /// # Errors
    /// As [`TlsFiles::load`].
    pub fn pinned(&self, now: Timestamp) -> Result<Pinned, FileRefused> {
        Ok(self.revocation.over(authorities(&self.peer_ca)?, now)?.0)
    }
}

/// Reads the certificates of authorities.
pub(super) fn authorities(path: &Path) -> Result<Vec<Authority>, FileRefused> {
    let ders = certificates(path)?;
    let parsed = ders.iter().map(|der| Authority::parse(der));
    parsed.map(|one| one.map_err(|source| refuse(path, source))).collect()
}

/// What the files hold.
#[derive(Clone)]
pub struct TlsMaterial {
    /// Our own certificate, leaf first.
    pub chain: Vec<CertificateDer<'static>>,
    /// Signs with its private key, wherever that lies.
    pub key: Arc<dyn SigningKey>,
    /// The authorities that may issue the counterpart's certificate, and their revocation lists.
    pub pinned: Arc<Pinned>,
    /// Which key exchanges are offered and taken.
    pub post_quantum: PostQuantum,
}

impl std::fmt::Debug for TlsMaterial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsMaterial").finish_non_exhaustive()
    }
}

/// Reads the certificates of a PEM file; sections of other kinds are passed over.
///
/// # Errors
/// If the file cannot be read, is no PEM, or holds none or too many.
pub fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, FileRefused> {
    let bytes = read(path)?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<_, _>>()
        .map_err(|source| FileRefused::NotPem { path: path.to_owned(), source })?;
    match certificates.len() {
        0 => Err(FileRefused::NoCertificate { path: path.to_owned() }),
        1..=CERTIFICATES_PER_FILE_MAX => Ok(certificates),
        _ => Err(FileRefused::ManyCertificates { path: path.to_owned() }),
    }
}

/// Reads the one private key of a PEM file, for TLS.
fn signing_key(path: &Path) -> Result<Arc<dyn SigningKey>, FileRefused> {
    let mut der = private_key(path)?;
    let key = any_supported_type(&der);
    der.zeroize();
    key.map_err(|source| FileRefused::Key { path: path.to_owned(), source })
}

/// Reads the one private key of a PEM file.
///
/// # Errors
/// If the file cannot be read, is no PEM, or does not hold exactly one key.
pub fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, FileRefused> {
    let bytes = Zeroizing::new(read(path)?);
    let mut keys: Vec<_> = PrivateKeyDer::pem_slice_iter(&bytes)
        .collect::<Result<_, _>>()
        .map_err(|source| FileRefused::NotPem { path: path.to_owned(), source })?;
    match (keys.pop(), keys.len()) {
        (Some(key), 0) => Ok(key),
        (None, _) => Err(FileRefused::NotOneKey { path: path.to_owned(), keys: 0 }),
        (Some(mut last), others) => {
            last.zeroize();
            keys.iter_mut().for_each(Zeroize::zeroize);
            Err(FileRefused::NotOneKey { path: path.to_owned(), keys: others.saturating_add(1) })
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, FileRefused> {
    read_at_most(path, PEM_BYTES_MAX)
}

/// Reads a file whole, unless it has more bytes than a bound.
pub(super) fn read_at_most(path: &Path, bytes_max: usize) -> Result<Vec<u8>, FileRefused> {
    let unreadable = |source| FileRefused::Unreadable { path: path.to_owned(), source };
    let bound = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    // Of a key all at once: a vector that grows leaves copies behind that nobody overwrites.
    let mut bytes = Vec::with_capacity(bytes_max.min(PEM_BYTES_MAX).saturating_add(1));
    let file = File::open(path).map_err(unreadable)?;
    file.take(bound.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > bytes_max {
        return Err(FileRefused::TooLong { path: path.to_owned(), bytes_max });
    }
    Ok(bytes)
}

pub(super) fn refuse(path: &Path, source: CertificateRefused) -> FileRefused {
    FileRefused::Profile { path: path.to_owned(), source }
}
