//! The way to the counterpart: its addresses, tried in their order, each with a deadline.

use std::{fmt, io, net::SocketAddr, time::Duration};

use tokio::{net::TcpStream, time::timeout};

use super::{LinkError, link::prepare, proxy::Proxy};
use crate::limits::{ADDRESSES_PER_NAME_MAX, DIAL_SECONDS_MAX};

/// Every address that was tried, and why it led nowhere.
#[derive(Debug, Default)]
pub struct Tried(Vec<(String, Box<LinkError>)>);

impl Tried {
    /// One more.
    pub(super) fn note(&mut self, place: String, why: LinkError) {
        self.0.push((place, Box::new(why)));
    }

    /// Every place with its reason, in the order in which they were tried.
    pub(super) fn each(&self) -> impl Iterator<Item = (&str, &LinkError)> {
        self.0.iter().map(|(place, why)| (place.as_str(), &**why))
    }
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (place, why)) in self.0.iter().enumerate() {
            let between = if number == 0 { "" } else { "; " };
            write!(f, "{between}{place}: {why}")?;
        }
        Ok(())
    }
}

/// Where one has to connect to, to speak with a peer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way<'a> {
    /// The counterpart, `host:port`.
    pub(super) peer: &'a str,
    /// What stands between.
    pub(super) proxy: Option<&'a Proxy>,
}

impl Way<'_> {
    /// Whom to connect to, `host:port`.
    fn first(&self) -> &str {
        self.proxy.map_or(self.peer, Proxy::address)
    }

    /// Its addresses, in the order in which the system gives them.
    pub(super) async fn addresses(&self) -> Result<Vec<SocketAddr>, LinkError> {
        let asked = tokio::net::lookup_host(self.first());
        let deadline = Duration::from_secs(DIAL_SECONDS_MAX);
        let found = timeout(deadline, asked).await.map_err(|_| LinkError::NoAnswer)??;
        let found: Vec<_> = found.take(ADDRESSES_PER_NAME_MAX).collect();
        if found.is_empty() {
            Err(io::Error::from(io::ErrorKind::NotFound).into())
        } else {
            Ok(found)
        }
    }

    /// Opens the way through one of the addresses.
    pub(super) async fn open(&self, address: SocketAddr) -> Result<TcpStream, LinkError> {
        let deadline = Duration::from_secs(DIAL_SECONDS_MAX);
        let opened = async {
            let mut stream = prepare(TcpStream::connect(address).await?);
            if let Some(proxy) = self.proxy {
                proxy.connect(&mut stream, self.peer).await?;
            }
            Ok(stream)
        };
        timeout(deadline, opened).await.unwrap_or(Err(LinkError::NoAnswer))
    }

    /// What the place is called.
    pub(super) fn place(&self, address: SocketAddr) -> String {
        match self.proxy {
            Some(_) => format!("{} by way of the proxy {address}", self.peer),
            None if self.peer == address.to_string() => address.to_string(),
            None => format!("{} ({address})", self.peer),
        }
    }
}

/// The first address at which the attempt succeeds, within a deadline for each.
pub(super) async fn first_good<T, F>(
    way: Way<'_>,
    addresses: Vec<SocketAddr>,
    tried: &mut Tried,
    attempt: impl Fn(SocketAddr) -> F,
) -> Option<T>
where
    F: Future<Output = Result<T, LinkError>>,
{
    for address in addresses {
        match attempt(address).await {
            Ok(good) => return Some(good),
            Err(why) => tried.note(way.place(address), why),
        }
    }
    None
}

#[cfg(test)]
mod tests;
