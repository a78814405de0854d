//! Where the counterpart is dialled, and the name that its certificate must show.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use rustls::pki_types::{DnsName, ServerName};
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// Text that is no address or no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// No port, or one that is no number from 1 to 65535.
    #[error("{0:?} is not host:port, as in exchange.fra.example:7443")]
    Port(String),
    /// A host that is neither a DNS name nor an IP address.
    #[error("{0:?} has no host that is a DNS name, an IPv4 address or an [IPv6 address]")]
    Host(String),
    /// Not a DNS name.
    #[error("{0:?} is not a DNS name, as in exchange.fra.example (no port, no https://)")]
    Name(String),
}

/// A host and a port to dial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerAddress {
    host: String,
    port: u16,
}

impl PeerAddress {
    /// The host: a DNS name or an IP address, without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Whether the system has to resolve it.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.host.parse::<std::net::IpAddr>().is_err()
    }
}

impl FromStr for PeerAddress {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let (host, port) =
            text.rsplit_once(':').ok_or_else(|| BadAddress::Port(text.to_owned()))?;
        let port = port.parse().ok().filter(|port| *port != 0);
        let port = port.ok_or_else(|| BadAddress::Port(text.to_owned()))?;
        let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let name = ServerName::try_from(bracketed.unwrap_or(host))
            .map_err(|_| BadAddress::Host(text.to_owned()))?;
        // Brackets belong to IPv6 and to nothing else (RFC 3986 section 3.2.2).
        let v6 = matches!(name, ServerName::IpAddress(rustls::pki_types::IpAddr::V6(_)));
        if v6 != bracketed.is_some() {
            return Err(BadAddress::Host(text.to_owned()));
        }
        Ok(Self { host: bracketed.unwrap_or(host).to_owned(), port })
    }
}

impl fmt::Display for PeerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// The DNS name that the counterpart's certificate must show (RFC 9525).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerName(DnsName<'static>);

impl PeerName {
    /// As rustls takes it when it connects.
    #[must_use]
    pub fn server_name(&self) -> ServerName<'static> {
        ServerName::DnsName(self.0.clone())
    }
}

impl FromStr for PeerName {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        // A name is not an address: "192.0.2.1" would pass for a DNS name otherwise.
        match ServerName::try_from(text.to_owned()) {
            Ok(ServerName::DnsName(name)) => Ok(Self(name)),
            _ => Err(BadAddress::Name(text.to_owned())),
        }
    }
}

impl fmt::Display for PeerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.as_ref())
    }
}

macro_rules! as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(de::Error::custom)
            }
        }
    };
}
as_text!(PeerAddress);
as_text!(PeerName);

/// A list; or one text, in which commas part its elements, as a variable must write it.
pub(super) fn one_or_more<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display> + Deserialize<'de>,
{
    from.deserialize_any(OneOrMore(PhantomData))
}

struct OneOrMore<T>(PhantomData<T>);

impl<'de, T> Visitor<'de> for OneOrMore<T>
where
    T: FromStr<Err: fmt::Display> + Deserialize<'de>,
{
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one text, or a list of them")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        text.split(',').map(|one| one.trim().parse().map_err(E::custom)).collect()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(one) = list.next_element()? {
            all.push(one);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_it_was_read() {
        for text in ["exchange.fra.example:7443", "192.0.2.1:1", "[2001:db8::1]:65535"] {
            assert_eq!(text.parse::<PeerAddress>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            ":",
            "host",
            "host:",
            "host:0",
            "host:65536",
            "host:-1",
            ":7443",
            "ho st:7443",
            "2001:db8::1:7443",
            "[192.0.2.1]:7443",
            "[host]:7443",
            "[2001:db8::1:7443",
            "https://host:7443",
        ] {
            assert!(text.parse::<PeerAddress>().is_err(), "{text:?}");
        }
        for text in ["", "host:7443", "192.0.2.1", "https://host", "ho st", "-", "2001:db8::1"] {
            assert!(text.parse::<PeerName>().is_err(), "{text:?}");
        }
    }
}
