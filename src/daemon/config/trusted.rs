//! Where the configuration says by what record keys are judged: our own by what `[trust]` names,
//! the counterpart's by what its TLS end is judged by, unless `[trust]` names something else.

use std::path::PathBuf;

use super::{
    Config, Trouble, Trust,
    inspect::{stale, term},
};
use crate::{
    daemon::keys::RecordRole,
    envelope::Role,
    names::{Party, PerParty, Timestamp},
    net::tls::{FileRefused, RevocationFiles, SignerFiles, certificates},
    trust::{SignerJudge, SignerJudges},
};

/// A file by which record keys are judged, refused.
#[derive(Debug, thiserror::Error)]
#[error("{key}: {source}")]
pub struct TrustRefused {
    /// The key of the configuration that leads there.
    pub key: &'static str,
    /// What is wrong with it.
    pub source: FileRefused,
}

impl Trust {
    /// Every file that it names.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let lists = self.crl.iter().chain(&self.peer_crl);
        self.authority.iter().chain(&self.peer_authority).chain(lists)
    }

    /// The same, to be put beside the configuration.
    pub(super) fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let lists = self.crl.iter_mut().chain(&mut self.peer_crl);
        self.authority.iter_mut().chain(&mut self.peer_authority).chain(lists)
    }
}

impl Config {
    /// The files by which the record keys of each party are judged; none: they are not.
    #[must_use]
    pub fn signer_files(&self) -> PerParty<Option<SignerFiles>> {
        let tls = self.tls_files();
        let over = |authority: PathBuf, lists: &[PathBuf]| {
            let revocation = RevocationFiles { lists: lists.to_vec(), ..tls.revocation.clone() };
            SignerFiles { authority, revocation }
        };
        let trust = &self.trust;
        let theirs = match &trust.peer_authority {
            // The lists of one authority say nothing about another.
            Some(authority) => over(authority.clone(), &trust.peer_crl),
            None if trust.peer_crl.is_empty() => over(tls.peer_ca.clone(), &tls.revocation.lists),
            None => over(tls.peer_ca.clone(), &trust.peer_crl),
        };
        let ours = trust.authority.as_ref().map(|own| over(own.clone(), &trust.crl));
        let (mut ours, mut theirs) = (ours, Some(theirs));
        PerParty::from_fn(|party| if party == self.party { ours.take() } else { theirs.take() })
    }

    /// What record keys are judged by, and changes nothing: for whoever only looks.
    ///
    /// # Errors
    /// The first file that is refused, with the key that names it.
    pub fn signer_judges(&self, now: Timestamp) -> Result<SignerJudges, TrustRefused> {
        self.judges(|files| files.load(now))
    }

    /// The same, and writes down durably which revocation lists were seen: for the daemon.
    ///
    /// # Errors
    /// As [`Config::signer_judges`], and if that cannot be written.
    pub fn open_signer_judges(&self, now: Timestamp) -> Result<SignerJudges, TrustRefused> {
        self.judges(|files| files.open(now))
    }

    /// What is wrong with the files by which record keys are judged, where `[trust]` names them:
    /// what is wrong with those of the TLS end is said there.
    pub(super) fn trusted(
        &self,
        now: Timestamp,
        note: &mut impl FnMut(&'static str, Vec<Trouble>),
    ) {
        let Trust { authority, crl, peer_authority, peer_crl } = &self.trust;
        if authority.is_none() {
            let alone = !crl.is_empty();
            let (key, trouble) = if alone {
                ("trust.crl", Trouble::ListsAlone)
            } else {
                ("trust.authority", Trouble::NoOwnAuthority)
            };
            note(key, vec![trouble]);
        }
        let named = |party: Party| {
            if party == self.party {
                authority.is_some()
            } else {
                peer_authority.is_some() || !peer_crl.is_empty()
            }
        };
        let files = self.signer_files();
        for party in [self.party, self.party.other()].into_iter().filter(|it| named(*it)) {
            let Some(files) = files.of(party) else { continue };
            let own = party == self.party;
            match files.load(now) {
                Ok(judge) => {
                    let pinned = judge.pinned();
                    let ends = pinned.authorities().iter();
                    let ends = ends.flat_map(|it| term(&files.authority, it.validity(), now));
                    note(self.trust_key(own, false), ends.collect());
                    note(self.trust_key(own, true), stale(pinned, now));
                }
                Err(refused) => {
                    note(self.trust_key(own, refused.is_about_lists()), vec![refused.into()]);
                }
            }
        }
    }

    /// Whether our own authority does not vouch for the certificate of a record key.
    pub(super) fn untrusted(
        &self,
        path: PathBuf,
        role: RecordRole,
        now: Timestamp,
    ) -> Option<Trouble> {
        let judge = self.signer_files().of(self.party).as_ref()?.load(now).ok()?;
        let ders = certificates(&path).ok()?;
        let role = match role {
            RecordRole::Caseworker => Role::Caseworker,
            RecordRole::Ledger => Role::Ledger,
        };
        let reason = judge.judge(ders.first()?, self.party, role, now).err()?;
        Some(Trouble::Untrusted { path, role, reason })
    }

    fn judges(
        &self,
        read: impl Fn(&SignerFiles) -> Result<SignerJudge, FileRefused>,
    ) -> Result<SignerJudges, TrustRefused> {
        let files = self.signer_files();
        let mut judges = SignerJudges::default();
        for party in [self.party, self.party.other()] {
            let read = files.of(party).as_ref().map(&read).transpose();
            let read = read.map_err(|source| {
                let key = self.trust_key(party == self.party, source.is_about_lists());
                TrustRefused { key, source }
            });
            *judges.0.of_mut(party) = read?;
        }
        Ok(judges)
    }

    /// The key that names a file.
    const fn trust_key(&self, own: bool, is_list: bool) -> &'static str {
        let (authority, lists) = (&self.trust.peer_authority, &self.trust.peer_crl);
        match (own, is_list) {
            (true, true) => "trust.crl",
            (true, false) => "trust.authority",
            (false, true) if !lists.is_empty() => "trust.peer_crl",
            (false, true) => "tls.crl",
            (false, false) if authority.is_some() => "trust.peer_authority",
            (false, false) => "tls.peer_ca",
        }
    }
}
