//! Sockets that the service manager holds across a restart (sd_listen_fds(3)): while one daemon
//! ends and the next one starts, connections wait in them, and none is refused.
//!
//! The API's is a Unix socket and the link's a TCP socket, so their kinds tell them apart; where
//! they have the names "api" and "link" (`FileDescriptorName=`), name and kind must agree.

use std::{
    net::{SocketAddr, TcpListener},
    os::unix::net::UnixListener,
};

use listenfd::ListenFd;

/// Why what was handed over is not taken.
#[derive(Debug, thiserror::Error)]
pub enum HandedRefused {
    /// Neither a listening Unix stream socket nor a TCP socket.
    #[error("descriptor {index} (\"{name}\") is neither a Unix stream socket nor a TCP socket")]
    Kind {
        /// Which one, counted from 0.
        index: usize,
        /// Its name, if it has one.
        name: String,
    },
    /// Two for one purpose.
    #[error("two sockets were handed over for {0}")]
    Twice(Purpose),
    /// A socket of one kind under the name of the other.
    #[error("the socket \"{name}\" is one for {found}")]
    Name {
        /// Its name.
        name: String,
        /// What its kind is for.
        found: Purpose,
    },
    /// A socket at another address than the configuration names.
    #[error(
        "the service manager handed over a socket at {handed}, and link.listen is {}; make \
         ListenStream= of entente.socket and link.listen the same, or leave both out",
        .listen.map_or("not set".to_owned(), |listen| listen.to_string())
    )]
    OtherAddress {
        /// Where the socket listens.
        handed: SocketAddr,
        /// Where it should.
        listen: Option<SocketAddr>,
    },
    /// The system refuses.
    #[error("a socket that was handed over cannot be used: {0}")]
    System(#[from] std::io::Error),
}

/// What a socket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The local API.
    Api,
    /// The counterpart.
    Link,
}

impl std::fmt::Display for Purpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Api => "api",
            Self::Link => "link",
        })
    }
}

/// What was handed over; nothing, for a daemon that opens its sockets itself.
#[derive(Debug, Default)]
pub struct Handed {
    /// For the local API.
    pub api: Option<UnixListener>,
    /// For the counterpart.
    pub link: Option<TcpListener>,
}

impl Handed {
    /// Takes what was handed to this process, once; before there is a second thread.
    ///
    /// # Errors
    /// One variant of [`HandedRefused`] for each reason.
    #[expect(
        clippy::disallowed_methods,
        reason = "the service manager says it to the process, and no configuration can"
    )]
    pub fn take() -> Result<Self, HandedRefused> {
        let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
        let names: Vec<_> = names.split(':').collect();
        let mut descriptors = ListenFd::from_env();
        let mut handed = Self::default();
        for index in 0..descriptors.len() {
            let name = names.get(index).copied().unwrap_or_default();
            // An error says that it is of another kind.
            if let Ok(Some(socket)) = descriptors.take_unix_listener(index) {
                socket.set_nonblocking(true)?;
                agrees(name, Purpose::Api)?;
                single(&mut handed.api, socket, Purpose::Api)?;
            } else if let Ok(Some(socket)) = descriptors.take_tcp_listener(index) {
                socket.set_nonblocking(true)?;
                agrees(name, Purpose::Link)?;
                single(&mut handed.link, socket, Purpose::Link)?;
            } else {
                return Err(HandedRefused::Kind { index, name: name.to_owned() });
            }
        }
        Ok(handed)
    }

    /// Whether the link's socket, if there is one, is where the configuration says that we listen:
    /// a daemon that is told to listen on one interface, or only to dial, does not do otherwise.
    ///
    /// # Errors
    /// If it is elsewhere.
    pub fn link_is_at(&self, listen: Option<SocketAddr>) -> Result<(), HandedRefused> {
        let Some(socket) = &self.link else { return Ok(()) };
        let handed = socket.local_addr()?;
        if Some(handed) == listen {
            Ok(())
        } else {
            Err(HandedRefused::OtherAddress { handed, listen })
        }
    }
}

fn agrees(name: &str, found: Purpose) -> Result<(), HandedRefused> {
    let named = [Purpose::Api, Purpose::Link].into_iter().find(|one| one.to_string() == name);
    match named {
        Some(purpose) if purpose != found => {
            Err(HandedRefused::Name { name: name.to_owned(), found })
        }
        Some(_) | None => Ok(()),
    }
}

fn single<T>(place: &mut Option<T>, socket: T, purpose: Purpose) -> Result<(), HandedRefused> {
    match place.replace(socket) {
        None => Ok(()),
        Some(_) => Err(HandedRefused::Twice(purpose)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_taken_only_at_the_address_that_the_configuration_names() {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = socket.local_addr().unwrap();
        let handed = Handed { link: Some(socket), api: None };
        let every = SocketAddr::from(([0, 0, 0, 0], at.port()));
        let port = SocketAddr::new(at.ip(), at.port() ^ 1);
        assert!(handed.link_is_at(Some(at)).is_ok());
        for listen in [None, Some(every), Some(port)] {
            let refused = handed.link_is_at(listen).unwrap_err().to_string();
            assert!(refused.contains(&at.to_string()), "{refused}");
            assert!(refused.contains(&listen.map_or("not set".into(), |it| it.to_string())));
        }
        // Without one, the daemon opens its own.
        assert!(Handed::default().link_is_at(Some(at)).is_ok());
    }
}
