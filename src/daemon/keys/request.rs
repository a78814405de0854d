//! `entente keys csr`: a request for a certificate (PKCS#10, RFC 2986), for a new key or one that
//! is there.
//!
//! It asks for what the profile wants: the URI of party and role, keyUsage, and for TLS the DNS
//! names and both purposes. An authority may take it as it is, or set the same by
//! `certs/openssl.cnf`.

use std::io;
use std::path::{Path, PathBuf};

use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SignatureAlgorithm,
};
use rustls::pki_types::DnsName;

use super::{
    create::{self, KeysNotMade},
    load::KeysRefused,
    signing::owner_only,
    write::new_file_alone,
};
use crate::names::{KeyId, Party, Timestamp};
use crate::net::tls::private_key;
use crate::trust::inspect::{self, Finding, Purpose, Verdict, Wanted};

/// The algorithm of a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewKey {
    /// Ed25519 (RFC 8410): record keys.
    Ed25519,
    /// P-256: TLS ends, and record keys for ESP256.
    P256,
    /// P-384: TLS ends.
    P384,
}

impl NewKey {
    const fn algorithm(self) -> &'static SignatureAlgorithm {
        match self {
            Self::Ed25519 => &PKCS_ED25519,
            Self::P256 => &PKCS_ECDSA_P256_SHA256,
            Self::P384 => &PKCS_ECDSA_P384_SHA384,
        }
    }
}

/// Where the key of a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyFrom {
    /// A file that is there: PKCS#8, its owner's alone.
    File(PathBuf),
    /// A file that is made.
    New(PathBuf, NewKey),
}

impl KeyFrom {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::New(path, _) => path,
        }
    }
}

/// Why there is no request. No variant holds anything of a key.
#[derive(Debug, thiserror::Error)]
pub enum RequestNotMade {
    /// A name or parameter that cannot stand in a certificate, or the making failed.
    #[error(transparent)]
    NotMade(#[from] KeysNotMade),
    /// A TLS end needs a name under which it is dialled.
    #[error("a request for a TLS end names the host under which it is dialled")]
    NoHostName,
    /// Only a TLS end is dialled.
    #[error("a key that signs records has no host name")]
    HostName,
    /// An authority makes its own.
    #[error("an authority makes its own certificate, and sends no request to itself")]
    Authority,
    /// The key file.
    #[error(transparent)]
    Key(#[from] KeysRefused),
    /// The key cannot sign a request here.
    #[error("{path} holds no key that can sign a request", path = .0.display())]
    OtherKey(PathBuf),
    /// The profile would refuse what is issued for it.
    #[error("the profile refuses such a certificate: {0}")]
    Profile(String),
    /// A file that is there.
    #[error("{path} is there already; nothing is ever written over", path = .0.display())]
    Exists(PathBuf),
    /// The disk.
    #[error("{path} cannot be written: {source}", path = path.display())]
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// What is wanted: the words of `entente keys csr`.
#[derive(Debug, Clone)]
pub struct NewRequest<'a> {
    /// Whose certificate.
    pub party: Party,
    /// What for.
    pub purpose: Purpose,
    /// The DNS names of a TLS end.
    pub dns_names: &'a [String],
    /// The key.
    pub key: &'a KeyFrom,
    /// Where the request goes; not there yet.
    pub out: &'a Path,
}

/// A request that lies on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeRequest {
    /// Algorithm and size of its key.
    pub key: String,
    /// The id under which records will name the key.
    pub key_id: Option<KeyId>,
}

impl NewRequest<'_> {
    /// Makes the request, and the key if it is to be new. The key is written first: a request that
    /// could not be written is made again for the key that is there.
    ///
    /// # Errors
    /// One variant of [`RequestNotMade`] for each reason; a key is only written once all else is
    /// in order.
    pub fn create(&self) -> Result<MadeRequest, RequestNotMade> {
        let der_names = self.names()?;
        let pair = self.pair()?;
        let request = create::asked(self.party, self.purpose.name(), &der_names)?
            .serialize_request(&pair)
            .map_err(KeysNotMade::from)?;
        // By the rules by which the certificate will be judged; a request has no time.
        let wanted = Wanted { purpose: Some(self.purpose), at: Timestamp::new(0) };
        let asked = inspect::request(request.der(), &wanted)
            .map_err(|refused| RequestNotMade::Profile(refused.to_string()))?;
        let wrong = |one: &&Finding| one.verdict == Verdict::Wrong;
        if let Some(found) = asked.findings.iter().find(wrong) {
            return Err(RequestNotMade::Profile(found.says.clone()));
        }
        if self.out.symlink_metadata().is_ok() {
            return Err(RequestNotMade::Exists(self.out.to_owned()));
        }
        let text = request.pem().map_err(KeysNotMade::from)?;
        if let KeyFrom::New(path, _) = self.key {
            write(path, &zeroize::Zeroizing::new(pair.serialize_pem()))?;
        }
        write(self.out, &text)?;
        Ok(MadeRequest { key: asked.key.unwrap_or_default(), key_id: asked.key_id })
    }

    fn names(&self) -> Result<Vec<String>, RequestNotMade> {
        match self.purpose {
            Purpose::Authority => return Err(RequestNotMade::Authority),
            Purpose::Tls if self.dns_names.is_empty() => return Err(RequestNotMade::NoHostName),
            Purpose::Record(_) if !self.dns_names.is_empty() => {
                return Err(RequestNotMade::HostName);
            }
            Purpose::Tls | Purpose::Record(_) => {}
        }
        for name in self.dns_names {
            if DnsName::try_from(name.as_str()).is_err() {
                return Err(KeysNotMade::NotADnsName(name.clone()).into());
            }
        }
        Ok(self.dns_names.to_vec())
    }

    fn pair(&self) -> Result<KeyPair, RequestNotMade> {
        match self.key {
            KeyFrom::New(_, new) => {
                Ok(KeyPair::generate_for(new.algorithm()).map_err(KeysNotMade::from)?)
            }
            KeyFrom::File(path) => {
                owner_only(path, 0o077)?;
                let der = private_key(path).map_err(KeysRefused::from)?;
                KeyPair::try_from(&der).map_err(|_| RequestNotMade::OtherKey(path.clone()))
            }
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), RequestNotMade> {
    new_file_alone(path, text).map_err(|source| {
        if source.kind() == io::ErrorKind::AlreadyExists {
            RequestNotMade::Exists(path.to_owned())
        } else {
            RequestNotMade::Unwritable { path: path.to_owned(), source }
        }
    })
}
