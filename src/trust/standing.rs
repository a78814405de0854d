//! How what is pinned stands at a time: validity of the authorities, currency of their revocation
//! lists, and what is done with one that is stale. This is what status shows.

use serde::{Deserialize, Serialize};

use super::{Pinned, RevocationList};
use crate::danger::{Bug, planted};
use crate::names::{Hash, Timestamp};

/// What is done with a revocation list once the next one is overdue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StalePolicy {
    /// Nobody gets in until there is a fresh one: fail closed.
    Refuse,
    /// It goes on being used for so many days.
    RunOn {
        /// How many, at least one.
        days: u16,
    },
}

impl StalePolicy {
    /// The policy of so many days of grace; none: refuse.
    #[must_use]
    pub const fn of_days(days: u16) -> Self {
        if days == 0 { Self::Refuse } else { Self::RunOn { days } }
    }

    /// How long a list is used beyond its end.
    #[must_use]
    pub fn grace_seconds(self) -> u64 {
        match self {
            Self::Refuse => 0,
            Self::RunOn { days } => u64::from(days).saturating_mul(86_400),
        }
    }

    /// The policy in words, for status.
    fn words(self, judged: Judged) -> String {
        match self {
            Self::Refuse => format!("a stale revocation list refuses every {}", judged.noun()),
            Self::RunOn { days: 1 } => "a stale revocation list is used for 1 more day".to_owned(),
            Self::RunOn { days } => format!("a stale revocation list is used for {days} more days"),
        }
    }
}

/// What is judged by what is pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// Whoever comes to the edge, or is dialled.
    Peer,
    /// A record key, before it is enrolled.
    RecordKey,
}

impl Judged {
    const fn noun(self) -> &'static str {
        match self {
            Self::Peer => "peer",
            Self::RecordKey => "record key",
        }
    }

    /// Where the configuration names its revocation lists.
    const fn section(self) -> &'static str {
        match self {
            Self::Peer => "tls.crl",
            Self::RecordKey => "trust.crl, trust.peer_crl",
        }
    }
}

/// How current a revocation list is at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Currency {
    /// It was made later than now: the clock has gone back since it was loaded.
    FromFuture,
    /// The next one is not due yet.
    Fresh,
    /// The next one is overdue, and the policy lets this one be used.
    RunningOn {
        /// The last second at which it is.
        until: Timestamp,
    },
    /// It is used no more.
    Stale {
        /// The first second since which it is not.
        since: Timestamp,
    },
}

impl Currency {
    /// Its name, for status.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FromFuture => "from-future",
            Self::Fresh => "fresh",
            Self::RunningOn { .. } => "running-on",
            Self::Stale { .. } => "stale",
        }
    }
}

impl RevocationList {
    /// How current it is at a time, under a policy.
    #[must_use]
    pub fn currency(&self, policy: StalePolicy, at: Timestamp) -> Currency {
        let until = self.usable_until(policy);
        if at < self.this_update() {
            Currency::FromFuture
        } else if at <= self.next_update() || planted(Bug::SkipFreshness) {
            Currency::Fresh
        } else if at <= until {
            Currency::RunningOn { until }
        } else {
            Currency::Stale { since: until.plus(1) }
        }
    }
}

/// How what is pinned stands, as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustView {
    /// Whether revocation is checked, and what is done with a list that is stale, in words.
    pub revocation: String,
    /// The authorities that may issue the certificates.
    pub authorities: Vec<AuthorityView>,
    /// The revocation lists in use.
    pub lists: Vec<ListView>,
}

/// One pinned authority, as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorityView {
    /// Its distinguished name.
    pub name: String,
    /// SHA-256 of its public key.
    pub key: Hash,
    /// The first second of its validity.
    pub not_before: Timestamp,
    /// The last second of its validity.
    pub not_after: Timestamp,
    /// `valid`, `expired` or `not-yet-valid`.
    pub state: String,
    /// Whether what it has issued is refused for want of a revocation list that can be used.
    pub lacks_list: bool,
}

/// One revocation list, as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListView {
    /// The distinguished name of its authority.
    pub issuer: String,
    /// SHA-256 of the public key that has signed it.
    pub key: Hash,
    /// Its number, decimal.
    pub number: String,
    /// When it was made.
    pub this_update: Timestamp,
    /// When the next one is due.
    pub next_update: Timestamp,
    /// How many certificates it revokes.
    pub revoked: u64,
    /// The last second at which it is used, by the policy.
    pub used_until: Timestamp,
    /// `fresh`, `running-on`, `stale` or `from-future`.
    pub state: String,
}

impl Pinned {
    /// How all of it stands at a time, for what is judged by it.
    #[must_use]
    pub fn view(&self, judged: Judged, at: Timestamp) -> TrustView {
        let revocation = if self.checks_revocation() {
            format!("checked; {}", self.policy().words(judged))
        } else {
            format!("not checked: no revocation list is configured ({})", judged.section())
        };
        let authorities = self.authorities().iter().map(|authority| {
            let validity = authority.validity();
            let state = if at < validity.not_before {
                "not-yet-valid"
            } else if validity.not_after < at {
                "expired"
            } else {
                "valid"
            };
            AuthorityView {
                name: authority.name().to_owned(),
                key: authority.key(),
                not_before: validity.not_before,
                not_after: validity.not_after,
                state: state.to_owned(),
                lacks_list: self.checks_revocation() && self.list_of(authority.key(), at).is_err(),
            }
        });
        let lists = self.lists().iter().map(|list| ListView {
            issuer: list.issuer().to_owned(),
            key: list.key(),
            number: list.number().to_string(),
            this_update: list.this_update(),
            next_update: list.next_update(),
            revoked: u64::try_from(list.entries()).unwrap_or(u64::MAX),
            used_until: list.usable_until(self.policy()),
            state: list.currency(self.policy(), at).name().to_owned(),
        });
        TrustView { revocation, authorities: authorities.collect(), lists: lists.collect() }
    }
}
