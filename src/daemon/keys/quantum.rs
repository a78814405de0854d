//! The post-quantum keys of both mirrors, from files: ours adds a second cosignature to each of
//! ours (C2SP tlog-cosignature, ML-DSA-44), by the counterpart's its own are verified. Both are
//! optional, and neither stands in the agreement yet.

#[cfg(feature = "pq")]
mod own;

use std::fs;
use std::path::Path;

#[cfg(feature = "pq")]
pub use own::create;

use super::load::KeysRefused;
use crate::limits::PEM_BYTES_MAX;
use crate::tlog::{CosignedCheckpoint, Origin, QuantumMirrorKey, QuantumRefused};

/// Which of the two are configured.
#[derive(Debug, Default)]
pub struct QuantumKeys {
    #[cfg(feature = "pq")]
    own: Option<crate::tlog::QuantumSigner>,
    peer: Option<QuantumMirrorKey>,
}

impl QuantumKeys {
    /// Loads what is configured; `mirror` is the name of our own mirror, `peer_mirror` that of the
    /// counterpart's.
    ///
    /// # Errors
    /// If a file cannot be read, or does not hold what it should: of the counterpart, a key under
    /// the name that its mirror has now. One under the name of a mirror before a succession would
    /// refuse every cosignature.
    pub fn load(
        own: Option<&Path>,
        peer: Option<&Path>,
        mirror: &Origin,
        peer_mirror: &Origin,
    ) -> Result<Self, KeysRefused> {
        Ok(Self {
            #[cfg(feature = "pq")]
            own: own.map(|path| own::signer(path, mirror)).transpose()?,
            peer: match (own, peer) {
                #[cfg(not(feature = "pq"))]
                (Some(path), _) | (None, Some(path)) => {
                    let _unused = (mirror, peer_mirror);
                    return Err(KeysRefused::NoPostQuantum { path: path.to_owned() });
                }
                (_, peer) => peer.map(|path| named(path, peer_mirror)).transpose()?,
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

/// The counterpart's key, if it has the name of its mirror.
fn named(path: &Path, mirror: &Origin) -> Result<QuantumMirrorKey, KeysRefused> {
    let key = verifier(path)?;
    if key.name() == mirror {
        return Ok(key);
    }
    let (path, found, wanted) = (path.to_owned(), key.name().clone(), mirror.clone());
    Err(KeysRefused::OtherMirror { path, found, wanted })
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
        assert_eq!(own::signer(&own, &name()).unwrap().public_key(), &public);
        fs::write(&peer, format!("{public}\n")).unwrap();
        assert_eq!(verifier(&peer).unwrap(), public);
        assert!(QuantumKeys::load(Some(&own), Some(&peer), &name(), &name()).is_ok());
        // As a file is after a succession: the mirror has another name by then.
        let next: Origin = "mirror.example/fra/2".parse().unwrap();
        let refused = QuantumKeys::load(None, Some(&peer), &name(), &next).unwrap_err();
        let KeysRefused::OtherMirror { found, wanted, .. } = refused else { panic!("{refused:?}") };
        assert_eq!((found, wanted), (name(), next));
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
        assert!(matches!(own::signer(&path, &name()), Err(KeysRefused::OpenToOthers { .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        // An Ed25519 key (RFC 8410 section 10.3).
        let ed25519 = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{ed25519}\n-----END PRIVATE KEY-----\n");
        fs::write(&path, pem).unwrap();
        assert!(matches!(own::signer(&path, &name()), Err(KeysRefused::NotMlDsa { .. })));
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
