//! The post-quantum keys of both mirrors, from files: ours adds a second cosignature to each of
//! ours (C2SP tlog-cosignature, ML-DSA-44), by the counterpart's its own are verified. Both are
//! optional, and neither stands in the agreement yet.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use super::{load::KeysRefused, signing::owner_only};
use crate::limits::PEM_BYTES_MAX;
use crate::net::tls::private_key;
use crate::tlog::{CosignedCheckpoint, Origin, QuantumMirrorKey, QuantumRefused};

/// What stands before the seed in the PKCS#8 form that holds nothing else (RFC 9881 section 6).
const PKCS8_HEAD: [u8; 22] = [
    0x30, 0x34, 0x02, 0x01, 0x00, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
    0x03, 0x11, 0x04, 0x22, 0x80, 0x20,
];
/// The seed of a key pair (xi of FIPS 204 algorithm 1).
const SEED_BYTES: usize = 32;

/// Which of the two are configured.
#[derive(Debug, Default)]
pub struct QuantumKeys {
    #[cfg(feature = "pq")]
    own: Option<crate::tlog::QuantumSigner>,
    peer: Option<QuantumMirrorKey>,
}

impl QuantumKeys {
    /// Loads what is configured; `mirror` is the name of our own mirror.
    ///
    /// # Errors
    /// If a file cannot be read, or does not hold what it should.
    pub fn load(
        own: Option<&Path>,
        peer: Option<&Path>,
        mirror: &Origin,
    ) -> Result<Self, KeysRefused> {
        Ok(Self {
            #[cfg(feature = "pq")]
            own: own.map(|path| signer(path, mirror)).transpose()?,
            peer: match (own, peer) {
                #[cfg(not(feature = "pq"))]
                (Some(path), _) | (None, Some(path)) => {
                    let _unused = mirror;
                    return Err(KeysRefused::NoPostQuantum { path: path.to_owned() });
                }
                (_, peer) => peer.map(verifier).transpose()?,
            },
        })
    }

    /// Adds our post-quantum cosignature to one of ours, if there is a key for it. Should that ever
    /// fail, the other one goes alone: it is the one that counts.
    #[must_use]
    pub fn add_to(&self, cosigned: CosignedCheckpoint) -> CosignedCheckpoint {
        #[cfg(feature = "pq")]
        if let Some(own) = &self.own {
            match own.add_to(cosigned.clone()) {
                Ok(both) => return both,
                Err(refused) => tracing::error!(%refused, "no post-quantum cosignature"),
            }
        }
        cosigned
    }

    /// Verifies what the counterpart has added to its cosignature, if its key is known. That it
    /// has added nothing is no fault.
    ///
    /// # Errors
    /// If what it added is not by its key.
    pub fn judge(&self, cosigned: &CosignedCheckpoint) -> Result<(), QuantumRefused> {
        match &self.peer {
            Some(key) if cosigned.has_quantum() => cosigned.verify_quantum(key),
            Some(_) | None => Ok(()),
        }
    }
}

/// Makes a key in a file that is not there yet, and says its public half.
///
/// # Errors
/// If the file cannot be written, or this build has no post-quantum signatures.
#[cfg(feature = "pq")]
pub fn create(path: &Path, mirror: Origin) -> Result<QuantumMirrorKey, KeysRefused> {
    let unwritable = |source| KeysRefused::Unreadable { path: path.to_owned(), source };
    let mut seed = Zeroizing::new([0; SEED_BYTES]);
    SystemRandom::new()
        .fill(&mut seed[..])
        .map_err(|_| unwritable(std::io::Error::other("no random bytes")))?;
    let der = Zeroizing::new([&PKCS8_HEAD[..], &seed[..]].concat());
    let text = Zeroizing::new(format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        Zeroizing::new(data_encoding::BASE64.encode(&der)).as_str()
    ));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(unwritable)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(unwritable)?;
    Ok(crate::tlog::QuantumSigner::from_seed(mirror, &seed).public_key().clone())
}

#[cfg(feature = "pq")]
fn signer(path: &Path, mirror: &Origin) -> Result<crate::tlog::QuantumSigner, KeysRefused> {
    owner_only(path, 0o077)?;
    let der = private_key(path)?;
    let seed = der.secret_der().strip_prefix(&PKCS8_HEAD);
    let seed = seed.and_then(|seed| <&[u8; SEED_BYTES]>::try_from(seed).ok());
    let seed = seed.ok_or_else(|| KeysRefused::NotMlDsa { path: path.to_owned() })?;
    Ok(crate::tlog::QuantumSigner::from_seed(mirror.clone(), seed))
}

fn verifier(path: &Path) -> Result<QuantumMirrorKey, KeysRefused> {
    let unreadable = |source| KeysRefused::Unreadable { path: path.to_owned(), source };
    let bound = u64::try_from(PEM_BYTES_MAX).unwrap_or(u64::MAX);
    if fs::metadata(path).map_err(unreadable)?.len() > bound {
        return Err(unreadable(std::io::Error::other("it is too long for a verifier key")));
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    let refused = |source| KeysRefused::NotAMirrorKey { path: path.to_owned(), source };
    text.trim_end().parse().map_err(refused)
}

#[cfg(test)]
#[cfg(feature = "pq")]
mod tests {
    use super::*;
    use crate::tlog::VkeyRefused;

    fn name() -> Origin {
        "mirror.example/fra".parse().unwrap()
    }

    #[test]
    fn a_key_that_was_made_is_loaded_and_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let (own, peer) = (folder.path().join("own.pem"), folder.path().join("peer.vkey"));
        let public = create(&own, name()).unwrap();
        assert_eq!(signer(&own, &name()).unwrap().public_key(), &public);
        fs::write(&peer, format!("{public}\n")).unwrap();
        assert_eq!(verifier(&peer).unwrap(), public);
        assert!(QuantumKeys::load(Some(&own), Some(&peer), &name()).is_ok());
        assert!(matches!(create(&own, name()), Err(KeysRefused::Unreadable { .. })));
        assert_ne!(create(&folder.path().join("other.pem"), name()).unwrap(), public);
    }

    #[test]
    fn a_file_that_holds_no_such_key_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        create(&path, name()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(signer(&path, &name()), Err(KeysRefused::OpenToOthers { .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        // An Ed25519 key (RFC 8410 section 10.3).
        let ed25519 = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{ed25519}\n-----END PRIVATE KEY-----\n");
        fs::write(&path, pem).unwrap();
        assert!(matches!(signer(&path, &name()), Err(KeysRefused::NotMlDsa { .. })));
        fs::write(&path, "mirror.example/fra+00000000+BA==\n").unwrap();
        let refused = verifier(&path).unwrap_err();
        let wrong = VkeyRefused::Type { want: 6, have: 4 };
        assert!(
            matches!(refused, KeysRefused::NotAMirrorKey { source, .. } if source == wrong),
            "{refused:?}"
        );
        let gone = folder.path().join("gone");
        assert!(matches!(verifier(&gone), Err(KeysRefused::Unreadable { .. })));
    }
}
