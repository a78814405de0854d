//! What the daemon needs to reach, by its configuration.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use crate::daemon::{
    config::{CREDENTIALS, Config, PeerAddress},
    keys::KeyPlace,
};

/// What stays open.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Grants {
    /// Files and folders to read.
    pub(super) read: BTreeSet<PathBuf>,
    /// Files and folders to read and change.
    pub(super) write: BTreeSet<PathBuf>,
    /// TCP ports; `None`: all of them.
    pub(super) ports: Option<Ports>,
}

/// TCP ports that stay open.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ports {
    pub(super) listened: BTreeSet<u16>,
    pub(super) dialled: BTreeSet<u16>,
}

/// What the system's resolver reads to turn a name into an address (nsswitch.conf(5)); its modules
/// are libraries, loaded at the first question.
const RESOLVER: [&str; 12] = [
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/ld.so.cache",
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/run/systemd/resolve",
];

/// Where a security module finds the libraries that it needs itself.
const LIBRARIES: [&str; 5] = ["/etc/ld.so.cache", "/lib", "/lib64", "/usr/lib", "/usr/lib64"];

/// DNS over TCP, for answers that do not fit a datagram (RFC 7766).
const DNS: u16 = 53;

impl Grants {
    #[expect(
        clippy::disallowed_methods,
        reason = "the service manager says it to the process, and no configuration can"
    )]
    pub(super) fn of(file: &Path, config: &Config) -> Self {
        let mut grants = Self::default();
        let files = config.tls_files();
        for one in [file, &config.agreement.file, &files.certificate, &files.key, &files.peer_ca] {
            grants.with_folder(one);
        }
        for list in &files.revocation.lists {
            grants.with_folder(list);
        }
        for one in config.trust.files() {
            grants.with_folder(one);
        }
        if let Some(succession) = &config.agreement.succession {
            grants.with_folder(succession);
        }
        grants.with_target(&config.keys.directory);
        for place in config.key_places().named() {
            grants.with_place(place);
        }
        if let Some(place) = &config.tls.key {
            grants.with_place(place);
        }
        for key in config.keys.mirror_pq.iter().chain(&config.keys.peer_mirror_pq) {
            grants.with_folder(key);
        }
        if let Some(library) = &config.keys.module {
            // It is opened anew when it was away. Where a soft token lies, only its own
            // configuration knows: that stands in sandbox.read and sandbox.write.
            grants.with_folder(library);
            grants.read.extend(LIBRARIES.map(PathBuf::from));
        }
        if let Some(pin) = &config.keys.pin_file {
            grants.with_folder(pin);
        }
        if let Some(rehearsal) = &config.rehearsal {
            grants.with_folder(&rehearsal.clock);
        }
        if let Some(folder) = std::env::var_os(CREDENTIALS) {
            grants.read.insert(folder.into());
        }
        // The engine of the store takes its first random numbers from there.
        grants.read.insert("/dev/urandom".into());
        grants.read.extend(config.sandbox.read.iter().cloned());

        grants.write.insert(config.state.directory.clone());
        grants.write.insert(folder_of(&config.state.mark).to_owned());
        // To read a store, its engine keeps an index of its own beside it.
        grants.write.extend(config.state.predecessors.iter().cloned());
        grants.write.insert(folder_of(&config.api.socket).to_owned());
        grants.write.extend(config.sandbox.write.iter().cloned());

        if let Some(credential) = &config.link.proxy_credential {
            grants.with_folder(credential);
        }
        let reached = config.link.reached();
        if reached.iter().any(PeerAddress::is_named) {
            grants.read.extend(RESOLVER.map(PathBuf::from));
        }
        let mut dialled: BTreeSet<_> = reached.iter().map(|peer| peer.port()).collect();
        dialled.insert(DNS);
        let listened = config.link.listen.iter().map(std::net::SocketAddr::port).collect();
        grants.ports = Some(Ports { listened, dialled });
        grants
    }

    /// A key's file, or that of the PIN which its URI names.
    fn with_place(&mut self, place: &KeyPlace) {
        let file = match place {
            KeyPlace::File(path) => Some(path.as_path()),
            KeyPlace::Module(uri) => uri.pin_file(),
        };
        if let Some(file) = file {
            self.with_folder(file);
        }
    }

    /// A file that may be replaced: its folder, so that the next one can be read too, and, where it
    /// is a symbolic link, the folder of what it leads to.
    fn with_folder(&mut self, file: &Path) {
        self.read_folder(file);
        if let Ok(target) = file.canonicalize() {
            self.read_folder(&target);
        }
    }

    fn read_folder(&mut self, file: &Path) {
        let folder = folder_of(file);
        // A file in the root takes nothing else with it.
        let granted = if folder == Path::new("/") { file } else { folder };
        self.read.insert(granted.to_owned());
    }

    /// A folder, and, through symbolic links, the files that lie in it by now.
    fn with_target(&mut self, folder: &Path) {
        self.read.insert(folder.to_owned());
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let links = files.filter(|file| file.file_type().is_ok_and(|kind| kind.is_symlink()));
        for link in links {
            if let Ok(target) = link.path().canonicalize() {
                self.read_folder(&target);
            }
        }
    }
}

/// The parent of a bare name is empty, and means the working directory.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        None => Path::new("/"),
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
    }
}
