//! The allow-list in the configuration: a list of networks; or one text, in which commas part them,
//! as a variable must write it.

use std::fmt;

use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::net::{AllowList, Network};

pub(super) fn serialize<S>(list: &Option<AllowList>, to: S) -> Result<S::Ok, S::Error>
where
    S: Serializer,
{
    let list = list.as_ref().map(AllowList::networks).unwrap_or_default();
    list.iter().map(ToString::to_string).collect::<Vec<_>>().serialize(to)
}

pub(super) fn deserialize<'de, D>(from: D) -> Result<Option<AllowList>, D::Error>
where
    D: Deserializer<'de>,
{
    from.deserialize_any(OneOrMore).map(Some)
}

struct OneOrMore;

impl<'de> Visitor<'de> for OneOrMore {
    type Value = AllowList;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a network such as \"192.0.2.0/24\", or a list of them")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<AllowList, E> {
        let networks = text.split(',').map(|one| one.trim().parse().map_err(E::custom));
        AllowList::new(networks.collect::<Result<_, E>>()?).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<AllowList, A::Error> {
        let mut networks: Vec<Network> = Vec::new();
        while let Some(network) = list.next_element::<String>()? {
            networks.push(network.parse().map_err(de::Error::custom)?);
        }
        AllowList::new(networks).map_err(de::Error::custom)
    }
}
