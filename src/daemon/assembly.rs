//! What a configuration comes down to once everything in it has been opened and held together:
//! whose side, under which agreement, with which keys, by which clock.
//!
//! `init`, `serve` and `check-config` take this one road, so that what the check lets through is
//! what the daemon can start with.

use std::sync::Arc;

use super::{
    agreement::{self, AgreementRefused},
    clock::{Clock, ClockRefused},
    config::Config,
    keys::{Keys, KeysRefused, QuantumKeys, RecordRole, mixed_up},
    lineage::{self, LineageRefused},
    scribe::Seat,
};
use crate::{
    envelope::{PublicKey, Role},
    ledger::{Agreement, LogReader},
    names::{Party, PerParty, Position},
};

/// One side, ready to sign.
#[derive(Debug)]
pub struct Assembly {
    /// Whose side, under which agreement.
    pub seat: Seat,
    /// The keys, each of which the agreement names.
    pub keys: Keys,
    /// The clock that the agreement asks for.
    pub clock: Clock,
}

/// Which keys there can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Those that may sign entry 0: of the agreement, or enrolled in the logs that these succeed.
    Founding,
    /// Those that a log has enrolled since, as well.
    Running,
}

/// What a key in the folder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyUse {
    /// Signs checkpoints of our own log.
    Log,
    /// Cosigns checkpoints of the counterpart's log.
    Mirror,
    /// Signs records in a role.
    Record(RecordRole),
}

impl std::fmt::Display for KeyUse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Log => "log",
            Self::Mirror => "mirror",
            Self::Record(role) => role.name(),
        })
    }
}

/// Why a configuration does not come together.
#[derive(Debug, thiserror::Error)]
pub enum AssemblyFault {
    /// The agreement.
    #[error("agreement.file: {0}")]
    Agreement(AgreementRefused),
    /// The logs that came before.
    #[error("agreement.succession: {0}")]
    Lineage(LineageRefused),
    /// The keys.
    #[error("keys.directory: {0}")]
    Keys(KeysRefused),
    /// A key with two purposes, of which the agreement names one.
    #[error("{0}")]
    Separate(KeysRefused),
    /// A key that the agreement does not name for this.
    #[error("keys.directory: the {0} key is not the one that the agreement names for {1}")]
    NotNamed(KeyUse, Party),
    /// A key of the other side.
    #[error(
        "keys.directory: the {0} key is that of {other}, and `party` is {1}",
        other = .1.other()
    )]
    OtherSide(KeyUse, Party),
    /// An agreement in earnest, and a build whose promises can be switched off.
    #[error("this build is for tests alone (danger-simulation), and the agreement is no rehearsal")]
    DangerousBuild,
    /// The clock.
    #[error(transparent)]
    Clock(#[from] ClockRefused),
}

impl AssemblyFault {
    /// What to do about it, in one sentence.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Agreement(refused) => refused.advice(),
            Self::Lineage(refused) => refused.advice(),
            Self::Keys(KeysRefused::OtherMirror { .. }) => {
                "ask the counterpart for the verifier key that names its mirror of now, and write \
                 it to keys.peer_mirror_pq; or remove that key"
            }
            Self::Keys(_) => "make keys with `entente keys new`, or put the right file there",
            Self::NotNamed(..) => {
                "put the key there whose public half the agreement names, or which the logs before \
                 have enrolled and not retired"
            }
            Self::OtherSide(..) => {
                "correct `party` or keys.directory: one of them is of the other side"
            }
            Self::Separate(_) => {
                "make a key of its own for one of the two; certs/README.md says how"
            }
            Self::DangerousBuild => {
                "install a release, or build without the feature danger-simulation"
            }
            Self::Clock(refused) => refused.advice(),
        }
    }

    /// Whether it is about a file or key by itself, which [`Config::faults`] looks at as well.
    #[must_use]
    pub const fn is_of_file(&self) -> bool {
        match self {
            Self::Agreement(refused) => {
                matches!(
                    refused,
                    AgreementRefused::Unreadable { .. } | AgreementRefused::TooLong(_)
                )
            }
            Self::Keys(_) => true,
            Self::Lineage(_)
            | Self::NotNamed(..)
            | Self::OtherSide(..)
            | Self::Separate(_)
            | Self::DangerousBuild => false,
            Self::Clock(refused) => matches!(refused, ClockRefused::Unreadable { .. }),
        }
    }
}

/// All of several faults, in one line of a log or of a terminal.
pub fn in_one_line<T: ToString>(faults: &[T]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl Assembly {
    /// The same for a log that is to be founded, whose first entry only a key can sign that the
    /// agreement names, or that the logs before have enrolled and not retired.
    ///
    /// # Errors
    /// All faults at once.
    pub fn founding(config: &Config) -> Result<Self, Vec<AssemblyFault>> {
        Self::put_together(config, Scope::Founding, None)
    }

    /// Record keys that the founding agreement does not name: each signs only where a key-event of
    /// our own log has enrolled it.
    #[must_use]
    pub fn later(&self) -> Vec<RecordRole> {
        let (party, agreement) = (self.seat.party, &self.seat.agreement);
        let is_named =
            |role| names(agreement, party, KeyUse::Record(role), &self.keys.record_key(role));
        RecordRole::ALL.into_iter().filter(|role| !is_named(*role)).collect()
    }

    /// Opens agreement, keys and clock, and holds them against one another.
    ///
    /// # Errors
    /// All faults at once.
    pub fn of(config: &Config) -> Result<Self, Vec<AssemblyFault>> {
        Self::put_together(config, Scope::Running, None)
    }

    /// The same for a daemon that runs under `running`: the logs before are not read once more, as
    /// they have ended and the digests that pin them do not change.
    ///
    /// # Errors
    /// All faults at once.
    pub fn anew(config: &Config, running: &Arc<Agreement>) -> Result<Self, Vec<AssemblyFault>> {
        Self::put_together(config, Scope::Running, Some(running))
    }

    fn put_together(
        config: &Config,
        scope: Scope,
        running: Option<&Arc<Agreement>>,
    ) -> Result<Self, Vec<AssemblyFault>> {
        let mut faults = Vec::new();
        let agreement =
            agreement_of(config, running).map_err(|refused| faults.extend(refused)).ok();
        let places = config.key_places();
        let of_keys = Keys::faults(&places);
        let keys = if of_keys.is_empty() { Some(Keys::load(&places)) } else { None };
        faults.extend(of_keys.into_iter().map(AssemblyFault::Keys));
        let keys = keys.and_then(|keys| {
            keys.map_err(|refused| faults.push(AssemblyFault::Keys(refused))).ok()
        });
        if let (Some(agreement), Some(keys)) = (&agreement, &keys) {
            faults.extend(misfits(config.party, agreement, keys, scope));
        }
        let quantum = agreement.as_ref().map(|agreement| {
            let own = agreement.identity(config.party).mirror.name();
            let (of_own, of_peer) = (&config.keys.mirror_pq, &config.keys.peer_mirror_pq);
            let peer = agreement.identity(config.party.other()).mirror.name();
            QuantumKeys::load(of_own.as_deref(), of_peer.as_deref(), own, peer)
        });
        let keys = match quantum {
            Some(Ok(quantum)) => keys.map(|keys| keys.with_quantum(quantum)),
            Some(Err(refused)) => {
                faults.push(AssemblyFault::Keys(refused));
                None
            }
            None => keys,
        };
        if let Some(agreement) = &agreement {
            let (directory, tls) = (&places.directory, config.tls_files());
            let keys = PerParty::from_fn(|party| agreement.keys(party));
            let mixed_up = mixed_up(agreement, &keys, directory, &tls.certificate, &tls.peer_ca);
            faults.extend(mixed_up.into_iter().map(AssemblyFault::Separate));
        }
        let rehearsal = |agreement: &Arc<Agreement>| agreement.terms().rehearsal;
        if cfg!(feature = "danger-simulation") && !agreement.as_ref().is_none_or(rehearsal) {
            faults.push(AssemblyFault::DangerousBuild);
        }
        let clock = agreement.as_ref().and_then(|agreement| {
            Clock::choose(rehearsal(agreement), config.rehearsal.as_ref())
                .map_err(|refused| faults.push(refused.into()))
                .ok()
        });
        match (agreement, keys, clock) {
            (Some(agreement), Some(keys), Some(clock)) if faults.is_empty() => {
                let seat = Seat { party: config.party, agreement };
                Ok(Self { seat, keys, clock })
            }
            _ => Err(faults),
        }
    }
}

/// The agreement that a configuration names, over its newest logs: `running`, if there is one and
/// what pins it is still there.
fn agreement_of(
    config: &Config,
    running: Option<&Arc<Agreement>>,
) -> Result<Arc<Agreement>, Vec<AssemblyFault>> {
    let founding = agreement::load(&config.agreement.file, Some(config.agreement.digest));
    let founding = founding
        .map_err(|all| all.into_iter().map(AssemblyFault::Agreement).collect::<Vec<_>>())?;
    let agreement = match running {
        Some(running) => {
            lineage::pinned(config).map(|_| Arc::clone(running)).map_err(|refused| vec![refused])
        }
        None => lineage::open(config, founding).map(Arc::new),
    };
    agreement.map_err(|all| all.into_iter().map(AssemblyFault::Lineage).collect())
}

/// Whether a key may have been enrolled since: it is none that the agreement names for anything.
fn may_be_later(agreement: &Agreement, purpose: KeyUse, key: &PublicKey) -> bool {
    let is_record = matches!(purpose, KeyUse::Record(_));
    let identities = Party::BOTH.map(|party| agreement.identity(party));
    let is_reserved = identities.iter().any(|one| {
        [one.log.public_key(), one.mirror.public_key()]
            .into_iter()
            .any(|fixed| PublicKey::from(*fixed) == *key)
    });
    is_record && !is_reserved && agreement.keyring().get(key.id()).is_none()
}

/// Every key that is not the one that the agreement names for `party`.
fn misfits(party: Party, agreement: &Agreement, keys: &Keys, scope: Scope) -> Vec<AssemblyFault> {
    let record = RecordRole::ALL.map(|role| (KeyUse::Record(role), keys.record_key(role)));
    [(KeyUse::Log, keys.log_key().into()), (KeyUse::Mirror, keys.mirror_key().into())]
        .into_iter()
        .chain(record)
        .filter(|(purpose, key)| match scope {
            Scope::Founding => !signs_first(agreement, party, *purpose, key),
            Scope::Running => {
                !names(agreement, party, *purpose, key) && !may_be_later(agreement, *purpose, key)
            }
        })
        .map(|(purpose, key)| {
            if names(agreement, party.other(), purpose, &key) {
                AssemblyFault::OtherSide(purpose, party)
            } else {
                AssemblyFault::NotNamed(purpose, party)
            }
        })
        .collect()
}

/// Whether a key may sign entry 0 for this purpose. The keyring goes on across the end of a log, so
/// a successor is founded with the record keys that its predecessor ended with.
fn signs_first(agreement: &Agreement, party: Party, purpose: KeyUse, key: &PublicKey) -> bool {
    let KeyUse::Record(role) = purpose else { return names(agreement, party, purpose, key) };
    let before = LogReader::new(agreement, party);
    before.keys().signer(key, of_records(role), Position(0)).is_some()
}

const fn of_records(role: RecordRole) -> Role {
    match role {
        RecordRole::Caseworker => Role::Caseworker,
        RecordRole::Ledger => Role::Ledger,
    }
}

/// Whether the agreement names a key for this purpose of `party`.
fn names(agreement: &Agreement, party: Party, purpose: KeyUse, key: &PublicKey) -> bool {
    let identity = agreement.identity(party);
    match purpose {
        KeyUse::Log => PublicKey::from(*identity.log.public_key()) == *key,
        KeyUse::Mirror => PublicKey::from(*identity.mirror.public_key()) == *key,
        KeyUse::Record(role) => {
            let signer = agreement.keyring().get(key.id());
            signer.is_some_and(|signer| (signer.party, signer.role) == (party, of_records(role)))
        }
    }
}
