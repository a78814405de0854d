//! Who waits before the door: connections that have not shown yet whose they are. It counts them,
//! in all and for each source, and says who goes when there are too many. It touches nothing.
//!
//! The oldest stranger goes first. A source from which the counterpart has shown itself before is
//! no stranger: a crowd cannot push it out.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    net::{IpAddr, Ipv6Addr},
};

use crate::limits::{HANDSHAKES_MAX, KNOWN_SOURCES_MAX};

/// Where connections come from, for counting: an IPv4 address, or an IPv6 network of 64 bits,
/// whose addresses its holder has all to himself (RFC 6177).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Source(IpAddr);

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(v4) => v4.into(),
            IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        })
    }
}

/// How many may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// In all.
    pub connections_max: usize,
    /// From one IPv4 address or IPv6 network of 64 bits.
    pub per_address_max: usize,
}

/// Why somebody is not let onto the porch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Crowd {
    /// Too many from one address.
    #[error("too many connections from its address wait already")]
    Address,
    /// Too many in all, and none of them a stranger who could go.
    #[error("too many connections wait already")]
    All,
}

/// Everybody who waits; `T` is by what one is sent away.
#[derive(Debug)]
pub(super) struct Porch<T> {
    waiting: BTreeMap<u64, Guest<T>>,
    /// Of these, strangers in the middle of their handshake.
    greeting: BTreeSet<u64>,
    by_source: HashMap<Source, usize>,
    known: VecDeque<Source>,
    next: u64,
}

#[derive(Debug)]
struct Guest<T> {
    source: Source,
    known: bool,
    by: Option<T>,
}

/// A place on the porch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number(u64);

impl<T> Default for Porch<T> {
    fn default() -> Self {
        Self {
            waiting: BTreeMap::new(),
            greeting: BTreeSet::new(),
            by_source: HashMap::new(),
            known: VecDeque::new(),
            next: 0,
        }
    }
}

impl<T> Porch<T> {
    /// Lets one more wait, as far as the bounds of now allow; gives back who has to go for it.
    ///
    /// # Errors
    /// If there is no room, and nobody has to go.
    pub(super) fn enter(
        &mut self,
        source: Source,
        bounds: Bounds,
    ) -> Result<(Number, Option<T>), Crowd> {
        let from_there = self.by_source.get(&source).copied().unwrap_or(0);
        if from_there >= bounds.per_address_max {
            return Err(Crowd::Address);
        }
        let known = self.known.contains(&source);
        let goes = if self.waiting.len() >= bounds.connections_max {
            let oldest = self.waiting.iter().find(|(_, guest)| !guest.known);
            let oldest = oldest.map(|(number, _)| Number(*number)).ok_or(Crowd::All)?;
            self.leave(oldest)
        } else {
            None
        };
        let number = self.next;
        self.next = number.wrapping_add(1);
        self.waiting.insert(number, Guest { source, known, by: None });
        let count = self.by_source.entry(source).or_default();
        *count = count.saturating_add(1);
        Ok((Number(number), goes))
    }

    /// Says by what one who waits is sent away.
    pub(super) fn keep(&mut self, Number(number): Number, by: T) {
        if let Some(guest) = self.waiting.get_mut(&number) {
            guest.by = Some(by);
        }
    }

    /// Begins the costly part of a handshake; gives back who has to go for it.
    pub(super) fn greet(&mut self, Number(number): Number) -> Option<T> {
        let guest = self.waiting.get(&number)?;
        if guest.known {
            return None;
        }
        let oldest = self.greeting.first().copied();
        let full = self.greeting.len() >= HANDSHAKES_MAX;
        let goes = oldest.filter(|_| full).and_then(|oldest| self.leave(Number(oldest)));
        self.greeting.insert(number);
        goes
    }

    /// Whether it comes from where the counterpart has shown itself.
    pub(super) fn is_known(&self, Number(number): Number) -> bool {
        self.waiting.get(&number).is_some_and(|guest| guest.known)
    }

    /// One waits no more; nothing if it had to go before.
    pub(super) fn leave(&mut self, Number(number): Number) -> Option<T> {
        let guest = self.waiting.remove(&number)?;
        self.greeting.remove(&number);
        if let Some(count) = self.by_source.get_mut(&guest.source) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.by_source.remove(&guest.source);
            }
        }
        guest.by
    }

    /// Everybody goes.
    pub(super) fn clear(&mut self) -> Vec<T> {
        let all: Vec<u64> = self.waiting.keys().copied().collect();
        all.into_iter().filter_map(|number| self.leave(Number(number))).collect()
    }

    /// The counterpart has shown itself from there.
    pub(super) fn remember(&mut self, source: Source) {
        self.known.retain(|one| *one != source);
        self.known.push_front(source);
        self.known.truncate(KNOWN_SOURCES_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(last: u8) -> Source {
        IpAddr::from([192, 0, 2, last]).into()
    }

    /// So many in all, so many from one address.
    const fn up_to(connections_max: usize, per_address_max: usize) -> Bounds {
        Bounds { connections_max, per_address_max }
    }

    fn enter(porch: &mut Porch<u64>, source: Source, bounds: Bounds) -> Result<Option<u64>, Crowd> {
        let (number, goes) = porch.enter(source, bounds)?;
        porch.keep(number, number.0);
        Ok(goes)
    }

    #[test]
    fn when_the_porch_is_full_the_oldest_stranger_goes_and_never_one_who_is_known() {
        let (mut porch, bounds) = (Porch::default(), up_to(3, 9));
        porch.remember(from(9));
        for source in [9, 1, 2] {
            assert_eq!(enter(&mut porch, from(source), bounds), Ok(None));
        }
        assert_eq!(enter(&mut porch, from(3), bounds), Ok(Some(1)));
        assert_eq!(enter(&mut porch, from(9), bounds), Ok(Some(2)));
        assert_eq!(enter(&mut porch, from(9), bounds), Ok(Some(3)));
        // All three are known now.
        assert_eq!(enter(&mut porch, from(4), bounds), Err(Crowd::All));
        assert_eq!(enter(&mut porch, from(9), bounds), Err(Crowd::All));
    }

    #[test]
    fn whoever_comes_next_is_judged_by_the_bounds_of_now() {
        let mut porch = Porch::default();
        for source in [1, 1, 2] {
            assert_eq!(enter(&mut porch, from(source), up_to(9, 9)), Ok(None));
        }
        assert_eq!(enter(&mut porch, from(1), up_to(9, 2)), Err(Crowd::Address));
        assert_eq!(enter(&mut porch, from(2), up_to(3, 2)), Ok(Some(0)), "fewer in all");
        assert_eq!(enter(&mut porch, from(2), up_to(9, 3)), Ok(None), "and more again");
    }

    #[test]
    fn one_address_has_its_share_and_gets_it_back_as_its_connections_go() {
        let (mut porch, bounds) = (Porch::default(), up_to(9, 2));
        for _ in 0..2 {
            assert_eq!(enter(&mut porch, from(1), bounds), Ok(None));
        }
        assert_eq!(enter(&mut porch, from(1), bounds), Err(Crowd::Address));
        assert_eq!(enter(&mut porch, from(2), bounds), Ok(None));
        assert_eq!(porch.leave(Number(0)), Some(0));
        assert_eq!(porch.leave(Number(0)), None, "it has gone");
        assert_eq!(enter(&mut porch, from(1), bounds), Ok(None));
        assert_eq!(enter(&mut porch, from(1), bounds), Err(Crowd::Address));
        assert_eq!(porch.clear().len(), 3);
        assert!(porch.by_source.is_empty() && porch.waiting.is_empty());
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_and_a_mapped_address_as_what_it_is() {
        let source = |text: &str| Source::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(source("2001:db8::1"), source("2001:db8::ffff:0:0:2"));
        assert_ne!(source("2001:db8::1"), source("2001:db8:0:1::1"));
        assert_eq!(source("::ffff:192.0.2.1"), source("192.0.2.1"));
        assert_ne!(source("192.0.2.1"), source("192.0.2.2"));
    }

    #[test]
    fn handshakes_under_way_are_bounded_and_a_crowd_of_them_does_not_touch_the_known() {
        let mut porch = Porch::default();
        let bounds = up_to(HANDSHAKES_MAX + 10, HANDSHAKES_MAX + 10);
        porch.remember(from(9));
        let (known, _) = porch.enter(from(9), bounds).unwrap();
        porch.keep(known, 999);
        assert_eq!(porch.greet(known), None);
        assert!(porch.is_known(known));
        for _ in 0..HANDSHAKES_MAX {
            let (number, _) = porch.enter(from(1), bounds).unwrap();
            porch.keep(number, number.0);
            assert_eq!(porch.greet(number), None);
        }
        let (number, _) = porch.enter(from(1), bounds).unwrap();
        assert_eq!(porch.greet(number), Some(1), "the oldest stranger");
        assert_eq!(porch.greeting.len(), HANDSHAKES_MAX);
        // Who was sent away begins nothing.
        assert_eq!(porch.greet(Number(1)), None);
        assert_eq!(porch.greeting.len(), HANDSHAKES_MAX);
    }

    #[test]
    fn only_the_newest_known_sources_are_remembered() {
        let mut porch = Porch::<u64>::default();
        for last in 0..=u8::try_from(KNOWN_SOURCES_MAX).unwrap() {
            porch.remember(from(last));
            porch.remember(from(last));
        }
        assert_eq!(porch.known.len(), KNOWN_SOURCES_MAX);
        assert!(!porch.known.contains(&from(0)));
    }
}
