//! From the configuration to the road to the counterpart: who may come up to the door, what stands
//! between us and whom we dial, and as many file descriptors as the system gives.

use std::{
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::config::Link;
use crate::{
    limits::{
        CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX, DESCRIPTORS_RESERVED,
        PROXY_CREDENTIAL_BYTES_MAX,
    },
    net::{Bounds, Credential, Gate, Proxy},
};

/// Why the credential for a proxy is refused. What it says is in none of these.
#[derive(Debug, thiserror::Error)]
pub enum CredentialRefused {
    /// The file cannot be read.
    #[error("{path} cannot be read: {source}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Others than its owner may read or write it.
    #[error("{path} is open to others than its owner (mode {mode:04o})", path = path.display())]
    OpenToOthers {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// No user and password.
    #[error("{path} does not hold one line user:password", path = .0.display())]
    NotACredential(PathBuf),
    /// There is no proxy that it could be for.
    #[error("it is set, and link.proxy is not")]
    NoProxy,
}

impl CredentialRefused {
    /// What to do about it, in one sentence.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "correct the path, or let the daemon's user read it",
            Self::OpenToOthers { .. } => "take all rights of group and others away (chmod go=)",
            Self::NotACredential(_) => {
                "write the user, a colon and the password in one line, as the proxy's operator \
                 gave them"
            }
            Self::NoProxy => "set link.proxy, or remove link.proxy_credential",
        }
    }
}

/// Who may come up to the door.
pub(super) fn gate(link: &Link) -> Gate {
    within(link, raise_descriptors())
}

/// Who may come up to the door, with so many file descriptors.
fn within(link: &Link, descriptors: usize) -> Gate {
    let configured = |value: Option<std::num::NonZeroU32>, default: usize| {
        value.map_or(default, |value| usize::try_from(value.get()).unwrap_or(usize::MAX))
    };
    let wanted = configured(link.connections_max, CONNECTIONS_MAX);
    let left = descriptors.saturating_sub(DESCRIPTORS_RESERVED).max(DESCRIPTORS_RESERVED / 4);
    if left < wanted {
        tracing::info!(
            wanted,
            left,
            "fewer connections may wait than link.connections_max says: \
            raise LimitNOFILE of the service"
        );
    }
    let per_address_max = configured(link.connections_per_address_max, CONNECTIONS_PER_ADDRESS_MAX);
    let bounds = Bounds { connections_max: wanted.min(left), per_address_max };
    Gate { allow: link.allow.clone(), bounds }
}

/// What stands between us and whom we dial.
///
/// # Errors
/// If there is a credential and it cannot be used.
pub(super) fn proxy(link: &Link) -> Result<Option<Proxy>, CredentialRefused> {
    match (&link.proxy, &link.proxy_credential) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(CredentialRefused::NoProxy),
        (Some(proxy), file) => {
            let credential = file.as_deref().map(credential).transpose()?;
            Ok(Some(Proxy::new(proxy.to_string(), credential)))
        }
    }
}

fn credential(path: &Path) -> Result<Credential, CredentialRefused> {
    let unreadable = |source| CredentialRefused::Unreadable { path: path.to_owned(), source };
    let mode = fs::metadata(path).map_err(unreadable)?.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(CredentialRefused::OpenToOthers { path: path.to_owned(), mode });
    }
    // One byte more than the bound is enough to see that there are too many.
    let bound = u64::try_from(PROXY_CREDENTIAL_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(3);
    // All at once: a text that grows leaves copies behind that nobody overwrites.
    let room = PROXY_CREDENTIAL_BYTES_MAX.saturating_add(4);
    let mut text = zeroize::Zeroizing::new(vec![0; room]);
    let file = File::open(path).map_err(unreadable)?;
    let mut file = file.take(bound);
    let mut filled = 0_usize;
    while let Some(rest) = text.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest).map_err(unreadable)? {
            0 => break,
            more => filled = filled.saturating_add(more),
        }
    }
    let text = std::str::from_utf8(text.get(..filled).unwrap_or_default()).ok();
    text.and_then(Credential::parse)
        .ok_or_else(|| CredentialRefused::NotACredential(path.to_owned()))
}

/// Raises the bound on file descriptors as far as the system lets this process, and says how many
/// there are. Under systemd both limits are LimitNOFILE=, and nothing is left to raise.
fn raise_descriptors() -> usize {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
        // What it was before is enough for the counterpart.
        let _kept = setrlimit(Resource::Nofile, raised);
    }
    let now = getrlimit(Resource::Nofile).current;
    now.map_or(usize::MAX, |count| usize::try_from(count).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn link(text: &str) -> Link {
        toml::from_str(&format!("peer_name = \"exchange.example\"\n{text}")).unwrap()
    }

    #[test]
    fn connections_stay_below_what_the_system_gives() {
        for (text, descriptors, wanted) in [
            ("", usize::MAX, (CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX)),
            ("", 4096, (4096 - DESCRIPTORS_RESERVED, CONNECTIONS_PER_ADDRESS_MAX)),
            ("", 100, (DESCRIPTORS_RESERVED / 4, CONNECTIONS_PER_ADDRESS_MAX)),
            ("connections_max = 100", 4096, (100, CONNECTIONS_PER_ADDRESS_MAX)),
            ("connections_per_address_max = 2", usize::MAX, (CONNECTIONS_MAX, 2)),
        ] {
            let bounds = within(&link(text), descriptors).bounds;
            assert_eq!((bounds.connections_max, bounds.per_address_max), wanted, "{text}");
        }
    }

    #[test]
    fn a_credential_is_read_from_a_file_that_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credential");
        let text = format!("proxy = \"p.example:3128\"\nproxy_credential = {path:?}");
        let read = |text: &str| proxy(&link(text)).map_err(|refused| refused.to_string());
        assert!(read(&text).unwrap_err().contains("cannot be read"));
        for (content, mode, said) in [
            ("user:open sesame\n", 0o600, ""),
            ("user:open sesame\n", 0o640, "open to others"),
            ("user:open sesame\n", 0o604, "open to others"),
            ("open sesame\n", 0o600, "user:password"),
            ("user:open sesame\nuser:more\n", 0o600, "user:password"),
            ("", 0o400, "user:password"),
        ] {
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let refused = read(&text).err().unwrap_or_default();
            assert!(refused.contains(said) && refused.is_empty() == said.is_empty(), "{refused}");
            assert!(!refused.contains("sesame"), "{refused}");
            fs::remove_file(&path).unwrap();
        }
        let lonely = format!("proxy_credential = {path:?}");
        assert!(read(&lonely).unwrap_err().contains("link.proxy is not"));
        assert_eq!(read(""), Ok(None));
        assert_eq!(
            read("proxy = \"p.example:3128\"").unwrap().unwrap().address(),
            "p.example:3128"
        );
    }
}
