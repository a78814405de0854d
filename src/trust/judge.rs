//! Whether the certificate of a record key is one to enrol: it leads to an authority of its party,
//! nobody has revoked it, and it is for the role that it is to sign in.
//!
//! What a ledger takes for a signer is no matter of this: there the position counts, alike for both
//! sides. Here each side says by its own authorities and lists, and for itself, whether it believes
//! a certificate.

use pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;

use super::{Authority, Checked, Ending, Judged, PathRefused, Pinned, Purpose, TrustView, profile};
use crate::danger::{Bug, planted};
use crate::envelope::Role;
use crate::limits::INTERMEDIATES_MAX;
use crate::names::{Party, PerParty, Timestamp};

/// By what the certificates of record keys of one party are judged.
#[derive(Debug, Clone)]
pub struct SignerJudge {
    pinned: Pinned,
    intermediates: Vec<Authority>,
}

/// The judge of each party's record keys; none where no authority is known.
#[derive(Debug, Clone, Default)]
pub struct SignerJudges(pub PerParty<Option<SignerJudge>>);

/// Why the certificate of a record key is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignerUntrusted {
    /// The way to a pinned authority.
    #[error(transparent)]
    Path(#[from] PathRefused),
    /// A certificate for another role.
    #[error("it is for the role {presented}, not for {expected}")]
    OtherRole {
        /// In which role the key is to sign.
        expected: Role,
        /// What the certificate says.
        presented: String,
    },
}

impl SignerJudge {
    /// Judges by what is pinned. A certificate of a record key comes alone: what may lead from it
    /// to a pinned authority is known beforehand.
    #[must_use]
    pub fn new(pinned: Pinned, mut intermediates: Vec<Authority>) -> Self {
        // Of two certificates of one key, an old and a renewed one, the one that is valid longest.
        intermediates.sort_by_key(|one| std::cmp::Reverse(one.validity().not_after));
        Self { pinned, intermediates }
    }

    /// What is pinned.
    #[must_use]
    pub const fn pinned(&self) -> &Pinned {
        &self.pinned
    }

    /// Judges a certificate in DER, of a key that is to sign for a party in a role, at a time.
    ///
    /// # Errors
    /// The first reason not to believe it.
    pub fn judge(
        &self,
        der: &[u8],
        party: Party,
        role: Role,
        at: Timestamp,
    ) -> Result<Checked, SignerUntrusted> {
        let mut chain = vec![CertificateDer::from(der)];
        chain.extend(self.above(der).into_iter().map(|one| one.der().clone()));
        let checked = self.pinned.check(&chain, Purpose::RecordSigner, party, at)?;
        if checked.role() != role.name() && !planted(Bug::EnrolAnyRole) {
            let presented = checked.role().to_owned();
            return Err(SignerUntrusted::OtherRole { expected: role, presented });
        }
        Ok(checked)
    }

    /// Every authority that it judges by, pinned or on the way there, and every revocation list.
    fn endings(&self, party: Party) -> impl Iterator<Item = Ending> {
        let between = self.intermediates.iter();
        let between = between.map(move |one| Ending::of_authority(party, one));
        self.pinned.endings(party).chain(between)
    }

    /// The intermediates that lead from a certificate upwards. Whether they may, the path check
    /// says.
    fn above(&self, der: &[u8]) -> Vec<&Authority> {
        let mut above: Vec<&Authority> = Vec::new();
        while above.len() < INTERMEDIATES_MAX {
            let top = above.last().map_or(der, |one| one.der().as_ref());
            let Ok(top) = profile::open(top) else { break };
            if self.pinned.authorities().iter().any(|one| has_issued(one, &top)) {
                break;
            }
            let Some(next) = self.intermediates.iter().find(|one| has_issued(one, &top)) else {
                break;
            };
            above.push(next);
        }
        above
    }
}

impl SignerJudges {
    /// Judges a certificate by the judge of its party: nothing if there is none.
    ///
    /// # Errors
    /// As [`SignerJudge::judge`].
    pub fn judge(
        &self,
        der: &[u8],
        party: Party,
        role: Role,
        at: Timestamp,
    ) -> Result<Option<Checked>, SignerUntrusted> {
        let judge = self.0.of(party).as_ref().filter(|_| !planted(Bug::EnrolUnchecked));
        judge.map(|judge| judge.judge(der, party, role, at)).transpose()
    }

    /// Every authority and every revocation list that they judge by.
    #[must_use]
    pub fn endings(&self) -> Vec<Ending> {
        let of = |party| self.0.of(party).iter().flat_map(move |judge| judge.endings(party));
        Party::BOTH.into_iter().flat_map(of).collect()
    }

    /// How what they judge by stands at a time; none of a party whose keys are not judged.
    #[must_use]
    pub fn view(&self, at: Timestamp) -> PerParty<Option<TrustView>> {
        let of = |judge: &SignerJudge| judge.pinned.view(Judged::RecordKey, at);
        PerParty::from_fn(|party| self.0.of(party).as_ref().map(of))
    }
}

/// Whether a certificate bears the name of this authority as its issuer, and its signature.
fn has_issued(authority: &Authority, certificate: &X509Certificate<'_>) -> bool {
    certificate.issuer().as_raw() == authority.subject()
        && authority.has_signed(
            &certificate.signature_algorithm,
            certificate.tbs_certificate.as_ref(),
            &certificate.signature_value.data,
        )
}

#[cfg(test)]
mod tests;
