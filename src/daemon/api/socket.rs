//! The socket's file: whose it is, who may speak through it, and that it goes when its daemon goes.

use std::{
    fs, io,
    os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use tokio::net::{UnixListener, UnixStream};

use crate::{daemon::edge::Edge, limits::SOCKET_PATH_BYTES_MAX};

/// Why the local API cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The path does not fit a socket address (unix(7), `sun_path`).
    #[error(
        "{}: {bytes} bytes; the path of a socket has at most {SOCKET_PATH_BYTES_MAX}: choose a \
         shorter one", path.display()
    )]
    PathTooLong {
        /// The path.
        path: PathBuf,
        /// Its length in bytes.
        bytes: usize,
    },
    /// Another daemon answers there.
    #[error("{}: another daemon answers on this socket; each has its own", path.display())]
    InUse {
        /// The path.
        path: PathBuf,
    },
    /// Something else is there, and stays.
    #[error("{}: there is something that is no socket; it is left alone", path.display())]
    NotASocket {
        /// The path.
        path: PathBuf,
    },
    /// The system refuses.
    #[error("{}: {source}", path.display())]
    System {
        /// The path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A socket on which nobody is answered yet.
#[derive(Debug)]
pub struct Listener {
    pub(super) listener: UnixListener,
    /// The user id of the file's owner, which is the daemon's own: the only one that is answered.
    pub(super) owner: u32,
    /// Its file, if it was made here: one that was handed over stays when the daemon goes.
    pub(super) file: Option<SocketFile>,
    /// What a status shows of the edge towards the counterpart.
    pub(super) edge: Edge,
}

/// The socket's file; dropped, it is removed, unless another file has taken its place.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl Listener {
    /// Makes the socket, for its owner alone. A file that a crashed daemon left behind is replaced;
    /// one on which another daemon answers is not.
    ///
    /// # Errors
    /// One variant of [`ApiError`] for each reason.
    pub async fn bind(path: &Path) -> Result<Self, ApiError> {
        let bytes = path.as_os_str().len();
        if bytes > SOCKET_PATH_BYTES_MAX {
            return Err(ApiError::PathTooLong { path: path.to_owned(), bytes });
        }
        let system = |source| ApiError::System { path: path.to_owned(), source };
        clear(path).await?;
        let listener = UnixListener::bind(path).map_err(system)?;
        let found = fs::symlink_metadata(path).map_err(system)?;
        let file = SocketFile::new(path, &found);
        // Between the two calls the mode is that of the umask; whoever connects then is looked at
        // like everyone else.
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(system)?;
        Ok(Self { listener, owner: found.uid(), file: Some(file), edge: Edge::default() })
    }
}

impl Listener {
    /// Takes a socket that the service manager holds, and goes on holding after this daemon. It
    /// must not block.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn adopt(socket: std::os::unix::net::UnixListener) -> Result<Self, ApiError> {
        let bound = socket.local_addr().ok();
        let path = bound.as_ref().and_then(|address| address.as_pathname());
        let path = path.unwrap_or_else(|| Path::new("the socket that was handed over")).to_owned();
        let listener = UnixListener::from_std(socket);
        let listener = listener.map_err(|source| ApiError::System { path, source })?;
        // Whoever made the file, the daemon answers its own user alone.
        Ok(Self {
            listener,
            owner: rustix::process::geteuid().as_raw(),
            file: None,
            edge: Edge::default(),
        })
    }
}

/// Removes the socket of a daemon that is no more.
async fn clear(path: &Path) -> Result<(), ApiError> {
    let system = |source| ApiError::System { path: path.to_owned(), source };
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(system(source)),
    };
    if !found.file_type().is_socket() {
        return Err(ApiError::NotASocket { path: path.to_owned() });
    }
    match UnixStream::connect(path).await {
        // A daemon whose backlog is full is one all the same.
        Ok(_) => Err(ApiError::InUse { path: path.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            Err(ApiError::InUse { path: path.to_owned() })
        }
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            tracing::info!(socket = %path.display(), "replacing a socket that nobody answers on");
            fs::remove_file(path).map_err(system)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(system(source)),
    }
}

impl SocketFile {
    fn new(path: &Path, found: &fs::Metadata) -> Self {
        Self { path: path.to_owned(), device: found.dev(), inode: found.ino() }
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let ours = fs::symlink_metadata(&self.path)
            .is_ok_and(|found| (found.dev(), found.ino()) == (self.device, self.inode));
        if ours && let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(socket = %self.path.display(), %error, "the socket stays behind");
        }
    }
}

/// Whether a connection's other end may speak: the user that owns the socket, and nobody else, be
/// it root. Credentials that cannot be read are nobody's.
pub(super) fn may_speak(owner: u32, peer: Option<u32>) -> bool {
    peer == Some(owner)
}
