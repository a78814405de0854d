//! Logs that succeed others: the same agreement, other origins and keys, and everything that the
//! logs before them said.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Agreement, Books, Inheritance, Keybook, LastWord, LogIdentity, Place, agreement::read_identity,
};
use crate::{
    cbor,
    envelope::Ed25519Key,
    limits::SUCCESSIONS_MAX,
    names::{AgreementDigest, Hash, Party, PerParty, RecordId, Size},
    record::{self, LogEndReason, Succession},
};

/// What came before the newest pair of logs.
#[derive(Debug, Clone, Default)]
pub(super) struct Lineage {
    /// The logs that have ended, oldest first.
    past: Vec<PerParty<LogIdentity>>,
    /// How each succeeded the one before.
    successions: Vec<Succession>,
    inherited: Option<Arc<Inheritance>>,
}

/// Why logs cannot succeed others like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SuccessionFault {
    /// A field is out of its bounds.
    #[error("{0}")]
    Field(String),
    /// It continues another agreement.
    #[error("it succeeds logs under the agreement {named}, and this one is {found}")]
    OtherAgreement {
        /// What it names.
        named: AgreementDigest,
        /// What it is held against.
        found: AgreementDigest,
    },
    /// It is not the next one.
    #[error("it is succession {number}, and the next one is {next}")]
    Number {
        /// Its number.
        number: u64,
        /// The number that is due.
        next: u64,
    },
    /// It follows another succession than the one that is known.
    #[error("it does not follow the succession that is known here")]
    Previous,
    /// It ends another log.
    #[error("{party}: it ends {named:?}, and the log is {found:?}")]
    OtherLog {
        /// Whose log.
        party: Party,
        /// What it names.
        named: String,
        /// What the log is called.
        found: String,
    },
    /// The log does not end like this.
    #[error("{party}: it ends the log at {size} with the root {root}, which is not what is held")]
    OtherEnd {
        /// Whose log.
        party: Party,
        /// At what size.
        size: Size,
        /// With which root.
        root: Hash,
    },
    /// A log goes on.
    #[error("{0}: the log has not ended, and for this reason it must have")]
    NotEnded(Party),
    /// The logs ended for another reason.
    #[error("{party}: its log ended for the reason {found}, and the succession says {named}")]
    Reason {
        /// Whose log.
        party: Party,
        /// What the succession says.
        named: LogEndReason,
        /// What the log says.
        found: LogEndReason,
    },
    /// The logs name another version as they end, or none.
    #[error("it names the version {}, and both logs {}", shown(*.named), shown(*.found))]
    Version {
        /// What the succession says.
        named: Option<RecordId>,
        /// What both logs say.
        found: Option<RecordId>,
    },
    /// A log or mirror key cannot be read.
    #[error("{party}: {field}: {reason}")]
    VerifierKey {
        /// Whose key.
        party: Party,
        /// `log` or `mirror`.
        field: &'static str,
        /// Why.
        reason: String,
    },
    /// A name that a log or mirror has or had, or a key that serves another purpose.
    #[error("{0}: it is or was that of another log, mirror or signer")]
    Used(String),
    /// More successions than the bound.
    #[error("more than {SUCCESSIONS_MAX} successions")]
    TooMany,
}

fn shown(version: Option<RecordId>) -> String {
    version.map_or_else(|| "none".to_owned(), |version| version.to_string())
}

impl Agreement {
    /// The same agreement over the logs that succeed those of `self`, which were read to their
    /// ends.
    ///
    /// # Errors
    /// All faults at once.
    pub fn succeed(
        &self,
        succession: Succession,
        inherited: Inheritance,
    ) -> Result<Self, Vec<SuccessionFault>> {
        let mut faults: Vec<_> =
            succession.faults().into_iter().map(SuccessionFault::Field).collect();
        self.follows(&succession, &mut faults);
        for party in Party::BOTH {
            self.ends(&succession, party, &inherited.books, &mut faults);
        }
        said(&succession, &inherited.books, &mut faults);
        let logs = self.identities(&succession, |key| inherited.signs(key), &mut faults);
        let Some(logs) = logs.filter(|_| faults.is_empty()) else { return Err(faults) };
        let mut lineage = self.lineage.clone();
        lineage.past.push(PerParty::from_fn(|party| self.identity(party).clone()));
        lineage.successions.push(succession);
        lineage.inherited = Some(Arc::new(inherited));
        Ok(self.over(logs, lineage))
    }

    /// The same agreement over the logs that a succession names, where nothing is known of those
    /// before and somebody vouches for the succession: a certificate is checked like this.
    ///
    /// # Errors
    /// All faults of the succession taken by itself, and if it is of another agreement.
    pub fn under(&self, succession: Succession) -> Result<Self, Vec<SuccessionFault>> {
        let mut faults: Vec<_> =
            succession.faults().into_iter().map(SuccessionFault::Field).collect();
        if succession.agreement != self.digest() {
            let (named, found) = (succession.agreement, self.digest());
            faults.push(SuccessionFault::OtherAgreement { named, found });
        }
        let logs = self.identities(&succession, |_| false, &mut faults);
        let Some(logs) = logs.filter(|_| faults.is_empty()) else { return Err(faults) };
        Ok(self.over(logs, Lineage { successions: vec![succession], ..Lineage::default() }))
    }

    /// Entry 0 of both logs.
    #[must_use]
    pub fn entry_0(&self) -> record::Agreement {
        let succession = self.lineage.successions.last().cloned();
        record::Agreement { terms: self.terms().clone(), succession }
    }

    /// What a store of these logs is created for: the terms of the first logs, entry 0 of later
    /// ones, in deterministic CBOR.
    #[must_use]
    pub fn identity_bytes(&self) -> Vec<u8> {
        if self.successions().is_empty() {
            cbor::encode(self.terms())
        } else {
            cbor::encode(&self.entry_0())
        }
    }

    /// How each pair of logs succeeded the one before, oldest first.
    #[must_use]
    pub fn successions(&self) -> &[Succession] {
        &self.lineage.successions
    }

    /// What the logs before these say; nothing for the first.
    #[must_use]
    pub fn inherited(&self) -> Option<&Inheritance> {
        self.lineage.inherited.as_deref()
    }

    /// The record keys of `party` before the first entry of these logs: with all that was enrolled
    /// in those that they succeed.
    #[must_use]
    pub fn keys(&self, party: Party) -> Keybook {
        let inherited = self.inherited().map(|logs| logs.readers.of(party).keys().clone());
        inherited.unwrap_or_else(|| Keybook::new(self, party))
    }

    /// Books before the first entry of these logs: with all that they inherit.
    #[must_use]
    pub fn books(&self) -> Books {
        self.inherited().map_or_else(Books::default, Inheritance::books)
    }

    /// How many logs of `party` came before the one of this origin; nothing if it has none such.
    #[must_use]
    pub fn generation(&self, party: Party, origin: &str) -> Option<usize> {
        let past = self.lineage.past.iter().map(|logs| logs.of(party));
        let mut all = past.chain([self.identity(party)]);
        all.position(|identity| identity.log.origin().as_str() == origin)
    }

    /// The log and mirror keys of `party` in an earlier generation, or in this one.
    #[must_use]
    pub fn identity_in(&self, party: Party, generation: usize) -> &LogIdentity {
        let past = self.lineage.past.get(generation).map(|logs| logs.of(party));
        past.unwrap_or_else(|| self.identity(party))
    }

    /// How much of `party`'s row a cut-off takes in that a body names.
    #[must_use]
    pub fn row(&self, books: &Books, party: Party, cut: &record::LogCut) -> Size {
        // A body with another origin is contested before anybody asks.
        let generation = self.generation(party, &cut.origin).unwrap_or_default();
        books.row(party, Place { generation, at: cut.size })
    }

    fn follows(&self, succession: &Succession, faults: &mut Vec<SuccessionFault>) {
        let known = self.successions();
        if known.len() >= SUCCESSIONS_MAX {
            faults.push(SuccessionFault::TooMany);
        }
        let next = u64::try_from(known.len()).unwrap_or(u64::MAX).saturating_add(1);
        if succession.agreement != self.digest() {
            let (named, found) = (succession.agreement, self.digest());
            faults.push(SuccessionFault::OtherAgreement { named, found });
        }
        if succession.number != next {
            faults.push(SuccessionFault::Number { number: succession.number, next });
        }
        if succession.previous != known.last().map(Succession::digest) {
            faults.push(SuccessionFault::Previous);
        }
    }

    fn ends(
        &self,
        succession: &Succession,
        party: Party,
        books: &Books,
        faults: &mut Vec<SuccessionFault>,
    ) {
        let ended = &succession.party(party).ended;
        let found = self.origin(party).as_str();
        if ended.origin != found {
            let (named, found) = (ended.origin.clone(), found.to_owned());
            faults.push(SuccessionFault::OtherLog { party, named, found });
        }
        let held = Place { generation: books.generation(), at: ended.size };
        let whole = books.row(party, held) == books.size(party);
        if !whole || books.root(party, held) != Some(ended.root) {
            let (size, root) = (ended.size, ended.root);
            faults.push(SuccessionFault::OtherEnd { party, size, root });
        }
    }

    /// Opens the new keys. Names are new, so that no checkpoint of one log passes for one of
    /// another; a key may be that of the same purpose before.
    fn identities(
        &self,
        succession: &Succession,
        signs: impl Fn(&Ed25519Key) -> bool,
        faults: &mut Vec<SuccessionFault>,
    ) -> Option<PerParty<LogIdentity>> {
        let mut names: BTreeSet<String> = BTreeSet::new();
        let mut keys: BTreeSet<String> = BTreeSet::new();
        for generation in 0..=self.lineage.past.len() {
            for party in Party::BOTH {
                let identity = self.identity_in(party, generation);
                names.insert(identity.log.origin().to_string());
                names.insert(identity.mirror.name().to_string());
            }
        }
        let mut opened = Vec::new();
        for party in Party::BOTH {
            let terms = succession.party(party);
            let fault = |field, reason| {
                faults.push(SuccessionFault::VerifierKey { party, field, reason });
            };
            let Some(identity) = read_identity(&terms.log, &terms.mirror, fault) else { continue };
            for name in [identity.log.origin().to_string(), identity.mirror.name().to_string()] {
                if let Some(name) = names.replace(name) {
                    faults.push(SuccessionFault::Used(name));
                }
            }
            let (log, mirror) = (identity.log.public_key(), identity.mirror.public_key());
            for (key, is_log) in [(log, true), (mirror, false)] {
                let text = format!("{key:?}");
                if signs(key)
                    || self.serves_otherwise(key, party, is_log)
                    || !keys.insert(text.clone())
                {
                    faults.push(SuccessionFault::Used(text));
                }
            }
            opened.push(identity);
        }
        let [gbr, fra] = <[LogIdentity; 2]>::try_from(opened).ok()?;
        Some(PerParty { gbr, fra })
    }

    /// Whether a key is or was anything but the log or mirror key of `party`.
    fn serves_otherwise(&self, key: &Ed25519Key, party: Party, is_log: bool) -> bool {
        let signs = self.keyring().get(key.id()).is_some();
        let others = (0..=self.lineage.past.len()).any(|generation| {
            Party::BOTH.into_iter().any(|one| {
                let identity = self.identity_in(one, generation);
                let same = |found: &Ed25519Key, found_log| {
                    found == key && (one, found_log) != (party, is_log)
                };
                same(identity.log.public_key(), true) || same(identity.mirror.public_key(), false)
            })
        });
        signs || others
    }
}

/// Holds reason and version against what the logs say as they end.
fn said(succession: &Succession, books: &Books, faults: &mut Vec<SuccessionFault>) {
    let words = books.newest().last_words();
    let (named, lost) = (succession.reason, succession.reason.is_of_loss());
    // Of two reasons in good order the sides choose one; nothing succeeds an agreement's end.
    let fits =
        Party::BOTH.iter().any(|party| words.of(*party).is_some_and(|one| one.reason == named));
    for party in Party::BOTH {
        match words.of(party) {
            None if !lost => faults.push(SuccessionFault::NotEnded(party)),
            Some(word) if word.reason == LogEndReason::AgreementEnded || (!lost && !fits) => {
                faults.push(SuccessionFault::Reason { party, named, found: word.reason });
            }
            Some(_) | None => {}
        }
    }
    let (named, found) = (succession.version, LastWord::version(&words));
    if named != found {
        faults.push(SuccessionFault::Version { named, found });
    }
}
