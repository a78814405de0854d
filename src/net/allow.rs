//! The allow-list: from which addresses a connection is listened to at all.
//!
//! It keeps strangers from costing anything, and proves nothing: who the counterpart is, its
//! certificate says.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use crate::limits::ALLOWED_NETWORKS_MAX;

/// Text that is no network, or a list that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadNetwork {
    /// No address, or no prefix length after a slash.
    #[error("{0:?} is not a network in CIDR notation, as in 192.0.2.0/24 or 2001:db8::/32")]
    NotCidr(String),
    /// One address, without a prefix length.
    #[error("{0:?} has no prefix length; write {0}/{1} for this address alone")]
    NoPrefix(String, u8),
    /// A prefix length beyond the address.
    #[error("{0:?}: the prefix has at most {1} bits")]
    LongPrefix(String, u8),
    /// Bits beyond the prefix: the network or its length is not the one that was meant.
    #[error("{given:?} has bits beyond its prefix; write {meant} if that network is meant")]
    HostBits {
        /// What was given.
        given: String,
        /// The network with these bits zero.
        meant: Network,
    },
    /// An IPv4 network in the clothes of IPv6 (RFC 4291 section 2.5.5.2).
    #[error("{0:?} is IPv4 mapped into IPv6; write the IPv4 network itself")]
    Mapped(String),
    /// No network at all, which would shut everybody out.
    #[error("the list is empty and would shut out the counterpart; leave the key out instead")]
    Empty,
    /// More networks than anybody has reason to list.
    #[error("the list has more than {ALLOWED_NETWORKS_MAX} networks")]
    TooMany,
}

/// A network: an address of which only the first bits matter, the others being zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether an address lies in it. An IPv4 address that is mapped into IPv6, as a socket that
    /// listens for both shows it, is the IPv4 address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && cut(address, self.prefix) == self.address
    }
}

/// The address with all bits beyond the first ones zero.
fn cut(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let rest = 32_u32.saturating_sub(u32::from(prefix));
            let mask = u32::MAX.checked_shl(rest).unwrap_or(0);
            Ipv4Addr::from_bits(v4.to_bits() & mask).into()
        }
        IpAddr::V6(v6) => {
            let rest = 128_u32.saturating_sub(u32::from(prefix));
            let mask = u128::MAX.checked_shl(rest).unwrap_or(0);
            Ipv6Addr::from_bits(v6.to_bits() & mask).into()
        }
    }
}

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let not_cidr = || BadNetwork::NotCidr(text.to_owned());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| not_cidr())?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        if address.to_canonical() != address {
            return Err(BadNetwork::Mapped(text.to_owned()));
        }
        let prefix = prefix.ok_or_else(|| BadNetwork::NoPrefix(text.to_owned(), bits))?;
        // Neither signs nor leading zeros: one text for one network.
        let digits = prefix.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || prefix.is_empty() || (prefix.len() > 1 && prefix.starts_with('0')) {
            return Err(not_cidr());
        }
        let prefix: u8 = prefix.parse().unwrap_or(u8::MAX);
        if prefix > bits {
            return Err(BadNetwork::LongPrefix(text.to_owned(), bits));
        }
        let meant = Self { address: cut(address, prefix), prefix };
        if meant.address == address {
            Ok(meant)
        } else {
            Err(BadNetwork::HostBits { given: text.to_owned(), meant })
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// The networks that are listened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowList(Vec<Network>);

impl AllowList {
    /// A list of at least one network.
    ///
    /// # Errors
    /// If there is none, or there are more than the bound.
    pub fn new(networks: Vec<Network>) -> Result<Self, BadNetwork> {
        if networks.is_empty() {
            return Err(BadNetwork::Empty);
        }
        if networks.len() > ALLOWED_NETWORKS_MAX {
            return Err(BadNetwork::TooMany);
        }
        Ok(Self(networks))
    }

    /// Whether it names this address alone, and not only a network that it lies in.
    #[must_use]
    pub fn names(&self, address: IpAddr) -> bool {
        let alone = |network: &Network| {
            network.prefix == if address.to_canonical().is_ipv4() { 32 } else { 128 }
        };
        self.0.iter().any(|network| alone(network) && network.contains(address))
    }

    /// The networks.
    #[must_use]
    pub fn networks(&self) -> &[Network] {
        &self.0
    }

    /// Whether an address lies in one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        for (network, inside, outside) in [
            ("192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
            ("192.0.2.7/32", "192.0.2.7", "192.0.2.6"),
            ("192.0.2.128/25", "192.0.2.128", "192.0.2.127"),
            ("192.0.2.0/24", "::ffff:192.0.2.9", "::ffff:192.0.3.9"),
            ("0.0.0.0/0", "255.255.255.255", "2001:db8::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("2001:db8::1/128", "2001:db8::1", "2001:db8::2"),
            ("::/0", "::1", "192.0.2.1"),
            ("::/0", "2001:db8::1", "::ffff:192.0.2.1"),
        ] {
            let read: Network = network.parse().unwrap();
            assert_eq!(read.to_string(), network);
            assert!(read.contains(inside.parse().unwrap()), "{network} {inside}");
            assert!(!read.contains(outside.parse().unwrap()), "{network} {outside}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused_with_what_may_be_meant() {
        for (text, said) in [
            ("192.0.2.1/24", "write 192.0.2.0/24"),
            ("2001:db8::1/32", "write 2001:db8::/32"),
            ("0.0.0.1/0", "write 0.0.0.0/0"),
            ("192.0.2.1", "write 192.0.2.1/32"),
            ("2001:db8::1", "write 2001:db8::1/128"),
            ("192.0.2.0/33", "at most 32 bits"),
            ("192.0.2.0/999", "at most 32 bits"),
            ("::/129", "at most 128 bits"),
            ("::ffff:192.0.2.0/120", "write the IPv4 network itself"),
            ("", "CIDR"),
            ("/", "CIDR"),
            ("192.0.2.0/", "CIDR"),
            ("192.0.2.0/+24", "CIDR"),
            ("192.0.2.0/024", "CIDR"),
            ("192.0.2.0/24/24", "CIDR"),
            ("192.0.2/24", "CIDR"),
            ("192.000.002.000/24", "CIDR"),
            ("192.0.2.0 /24", "CIDR"),
            ("192.0.2.0/255.255.255.0", "CIDR"),
            ("[2001:db8::]/32", "CIDR"),
            ("exchange.example/24", "CIDR"),
            ("fe80::%eth0/64", "CIDR"),
        ] {
            let refused = text.parse::<Network>().unwrap_err().to_string();
            assert!(refused.contains(said), "{text:?}: {refused}");
        }
    }

    #[test]
    fn a_list_names_at_least_one_network_and_not_too_many() {
        assert_eq!(AllowList::new(Vec::new()), Err(BadNetwork::Empty));
        let one: Network = "192.0.2.0/24".parse().unwrap();
        let many = AllowList::new(vec![one; ALLOWED_NETWORKS_MAX + 1]);
        assert_eq!(many, Err(BadNetwork::TooMany));
        let list = AllowList::new(vec![one, "2001:db8::/32".parse().unwrap()]).unwrap();
        assert!(list.contains("192.0.2.3".parse().unwrap()));
        assert!(list.contains("2001:db8::3".parse().unwrap()));
        assert!(!list.contains("198.51.100.1".parse().unwrap()));
    }
}
