//! What has an end that somebody should know of in time.

use super::{Authority, Pinned, RevocationList, Stage, StalePolicy, days_left};
use crate::names::{Hash, Party, Timestamp, sha256};

/// What something that ends is for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum EndingUse {
    /// The certificate of a TLS end.
    Tls,
    /// That of an authority.
    Authority,
    /// A list of revoked certificates, of which the next one is due.
    RevocationList,
    /// The certificate of a key that signs facts and decisions.
    Caseworker,
    /// That of the key of the ledger itself.
    Ledger,
    /// That of an officer's key.
    Officer,
}

impl EndingUse {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::Tls,
        Self::Authority,
        Self::RevocationList,
        Self::Caseworker,
        Self::Ledger,
        Self::Officer,
    ];

    /// The name in status, journal and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Authority => "authority",
            Self::RevocationList => "revocation-list",
            Self::Caseworker => "caseworker",
            Self::Ledger => "ledger",
            Self::Officer => "officer",
        }
    }

    /// What to do before it ends, in one sentence.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Tls => "ask the authority for the next one: `entente keys csr --role tls`",
            Self::Authority => "agree with the other side on the next authority, and pin both",
            Self::RevocationList => "fetch the newest list from its authority",
            Self::Caseworker | Self::Ledger | Self::Officer => {
                "ask the authority for the next one with `entente keys csr`, and enrol it"
            }
        }
    }
}

impl std::fmt::Display for EndingUse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// One thing that is in use and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ending {
    /// Whose it is.
    pub party: Party,
    /// What it is for.
    pub purpose: EndingUse,
    /// SHA-256 of its DER.
    pub fingerprint: Hash,
    /// Its last second.
    pub not_after: Timestamp,
}

impl Ending {
    /// Of something in DER.
    #[must_use]
    pub fn of(party: Party, purpose: EndingUse, der: &[u8], not_after: Timestamp) -> Self {
        Self { party, purpose, fingerprint: Hash::new(sha256(der)), not_after }
    }

    /// Of an authority.
    #[must_use]
    pub fn of_authority(party: Party, authority: &Authority) -> Self {
        let not_after = authority.validity().not_after;
        Self::of(party, EndingUse::Authority, authority.der(), not_after)
    }

    /// Of a revocation list, by the last second at which it is used.
    #[must_use]
    pub fn of_list(party: Party, list: &RevocationList, policy: StalePolicy) -> Self {
        let not_after = list.usable_until(policy);
        Self { party, purpose: EndingUse::RevocationList, fingerprint: list.digest(), not_after }
    }

    /// Lists live for weeks, and each is replaced by its like: only the last seven days are near.
    fn stage(&self, now: Timestamp) -> Stage {
        match (self.purpose, Stage::of(self.not_after, now)) {
            (EndingUse::RevocationList, Stage::SixtyDays | Stage::ThirtyDays) => Stage::Good,
            (_, stage) => stage,
        }
    }

    /// How it stands at a time.
    #[must_use]
    pub fn view(&self, now: Timestamp) -> EndingView {
        EndingView {
            party: self.party,
            purpose: self.purpose,
            fingerprint: self.fingerprint,
            not_after: self.not_after,
            days_left: days_left(self.not_after, now),
            stage: self.stage(now),
        }
    }
}

impl Pinned {
    /// Every authority that is pinned and every revocation list of it, of one party.
    pub fn endings(&self, party: Party) -> impl Iterator<Item = Ending> {
        let authorities = self.authorities().iter();
        let authorities = authorities.map(move |one| Ending::of_authority(party, one));
        let lists = self.lists().iter();
        authorities.chain(lists.map(move |list| Ending::of_list(party, list, self.policy())))
    }
}

/// One thing that ends, and how near that is, as an operator sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct EndingView {
    /// Whose it is.
    pub party: Party,
    /// What it is for.
    pub purpose: EndingUse,
    /// SHA-256 of its DER.
    pub fingerprint: Hash,
    /// Its last second.
    pub not_after: Timestamp,
    /// Whole days that are left; below zero those since the end.
    pub days_left: i64,
    /// How near the end is.
    pub stage: Stage,
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400;

    #[test]
    fn a_revocation_list_is_near_its_end_in_its_last_week() {
        let end = Timestamp::new(100 * DAY);
        let stage = |purpose, days: u64| {
            let ending = Ending::of(Party::Fra, purpose, b"der", end);
            ending.view(Timestamp::new((100 - days) * DAY)).stage
        };
        for (days, of_a_list, of_a_certificate) in [
            (61, Stage::Good, Stage::Good),
            (60, Stage::Good, Stage::SixtyDays),
            (30, Stage::Good, Stage::ThirtyDays),
            (8, Stage::Good, Stage::ThirtyDays),
            (7, Stage::SevenDays, Stage::SevenDays),
            (0, Stage::SevenDays, Stage::SevenDays),
        ] {
            assert_eq!(stage(EndingUse::RevocationList, days), of_a_list, "{days}");
            assert_eq!(stage(EndingUse::Tls, days), of_a_certificate, "{days}");
        }
        let ending = Ending::of(Party::Fra, EndingUse::RevocationList, b"der", end);
        assert_eq!(ending.view(end.plus(1)).stage, Stage::Expired);
    }
}
