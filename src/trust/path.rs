//! The way from a certificate to what is pinned.
//!
//! Two judges, and both must agree. Ours goes first and gives the reasons: the profile of every
//! certificate, in the order in which they were sent; validity and path length, those of the pinned
//! authority included; purposes; which revocation list of which key applies, and whether it may
//! still be used. webpki comes second, with one authority and with one list for each key of this
//! very path: it verifies the signatures, the name constraints and, once more, most of the rest.
//!
//! Names alone never choose an authority. After a change of key two of them bear one name, and
//! webpki by itself takes the first revocation list that bears it; here an authority is the one
//! whose key has signed, and its list the one that the same key has signed.

mod refused;
mod walk;

use pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::{
    EndEntityCert, ExpirationPolicy, ExtendedKeyUsageValidator, KeyPurposeIdIter, KeyUsage,
    RevocationCheckDepth, RevocationOptions, RevocationOptionsBuilder, UnknownStatusPolicy,
};

pub use refused::{Link, PathRefused};

use super::{Authority, Currency, RevocationList, StalePolicy, Validity, algorithm};
use crate::danger::{Bug, planted};
use crate::names::{Hash, Party, Timestamp};
use walk::Walked;

/// What a certificate is to be good for.
#[derive(Debug, Clone, Copy)]
pub enum Purpose<'a> {
    /// To be dialled under this name.
    TlsServer(&'a ServerName<'a>),
    /// To dial.
    TlsClient,
    /// To go on with a session that it has opened, in whichever way.
    TlsEnd,
    /// To sign records: the check before a key is enrolled.
    RecordSigner,
}

/// The authorities that one party has handed over, with their revocation lists.
#[derive(Debug, Clone)]
pub struct Pinned {
    authorities: Vec<Authority>,
    lists: Vec<RevocationList>,
    policy: Option<StalePolicy>,
}

/// A certificate whose way to a pinned authority was checked; only [`Pinned::check`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    party: Party,
    role: String,
    validity: Validity,
    authority: Hash,
}

impl Checked {
    /// Whose certificate it is.
    #[must_use]
    pub const fn party(&self) -> Party {
        self.party
    }

    /// The role that its name gives.
    #[must_use]
    pub fn role(&self) -> &str {
        &self.role
    }

    /// From when to when it is valid.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        self.validity
    }

    /// SHA-256 of the public key of the pinned authority that it leads to.
    #[must_use]
    pub const fn authority(&self) -> Hash {
        self.authority
    }
}

impl Pinned {
    /// Pins authorities; revocation is not checked.
    #[must_use]
    pub const fn new(authorities: Vec<Authority>) -> Self {
        Self { authorities, lists: Vec::new(), policy: None }
    }

    /// Checks revocation from now on, by these lists: whoever has issued a certificate of a path
    /// needs one that may be used.
    #[must_use]
    pub fn with_lists(mut self, lists: Vec<RevocationList>, policy: StalePolicy) -> Self {
        self.lists = lists;
        self.policy = Some(policy);
        self
    }

    /// The pinned authorities.
    #[must_use]
    pub fn authorities(&self) -> &[Authority] {
        &self.authorities
    }

    /// The revocation lists in use.
    #[must_use]
    pub fn lists(&self) -> &[RevocationList] {
        &self.lists
    }

    /// Whether another would judge as this one does.
    #[must_use]
    pub fn judges_like(&self, other: &Self) -> bool {
        let digests = |all: &Self| all.lists.iter().map(RevocationList::digest).collect::<Vec<_>>();
        self.authorities == other.authorities
            && digests(self) == digests(other)
            && self.policy == other.policy
    }

    /// Whether certificates are looked up in revocation lists at all.
    #[must_use]
    pub const fn checks_revocation(&self) -> bool {
        self.policy.is_some()
    }

    /// What is done with a list that is stale.
    #[must_use]
    pub const fn policy(&self) -> StalePolicy {
        match self.policy {
            Some(policy) => policy,
            None => StalePolicy::Refuse,
        }
    }

    /// Checks a chain, leaf first, at a time: it must lead from a certificate of this party to a
    /// pinned authority. The authority itself may come along; nothing else may.
    ///
    /// # Errors
    /// One variant of [`PathRefused`] for each reason; of several the first on the way.
    pub fn check(
        &self,
        chain: &[CertificateDer<'_>],
        purpose: Purpose<'_>,
        party: Party,
        at: Timestamp,
    ) -> Result<Checked, PathRefused> {
        let walked = Walked::of(self, chain, purpose)?;
        walked.valid_at(at)?;
        let authority = self.authority_of(&walked, at)?;
        walked.under(authority, purpose, at)?;
        let lists = self.lists_of(&walked, authority, at)?;
        second_judge(&walked, authority, &lists, purpose, at)?;
        if let Purpose::TlsServer(name) = purpose {
            walked.is_named(name)?;
        }
        if walked.party != party && !planted(Bug::SkipParty) {
            return Err(PathRefused::OtherParty { expected: party, presented: walked.party });
        }
        let authority = authority.key();
        let (party, role) = (walked.party, walked.role);
        Ok(Checked { party, role, validity: walked.validity, authority })
    }

    /// The pinned authority whose key has signed the top of the path. Of two certificates of one
    /// key, an old and a renewed one, one that is valid now, and of these the one that is longest.
    fn authority_of(&self, walked: &Walked<'_>, at: Timestamp) -> Result<&Authority, PathRefused> {
        let mut named: Vec<_> =
            self.authorities.iter().filter(|it| it.subject() == walked.top_issuer()).collect();
        if named.is_empty() {
            return Err(PathRefused::UnknownAuthority);
        }
        if planted(Bug::SkipLaterGenerations) {
            named.truncate(1);
        }
        named.sort_by_key(|it| {
            let validity = it.validity();
            (!validity.contains(at), std::cmp::Reverse(validity.not_after))
        });
        let refused = PathRefused::Signature(walked.top());
        named.into_iter().find(|it| walked.top_is_signed_by(it)).ok_or(refused)
    }

    /// The newest list of a key that is not from the future, if it may be used.
    pub(super) fn list_of(
        &self,
        key: Hash,
        at: Timestamp,
    ) -> Result<&RevocationList, ListRefused<'_>> {
        let of_key = self.lists.iter().filter(|list| list.key() == key);
        let mut newest: Option<&RevocationList> = None;
        for list in of_key {
            let known = list.this_update() <= at;
            let better = newest.is_none_or(|newest| {
                (known, list.number()) > (newest.this_update() <= at, newest.number())
            });
            newest = if better { Some(list) } else { newest };
        }
        let list = newest.ok_or(ListRefused::None)?;
        match list.currency(self.policy(), at) {
            Currency::Fresh | Currency::RunningOn { .. } => Ok(list),
            Currency::FromFuture => Err(ListRefused::FromFuture(list)),
            Currency::Stale { .. } => Err(ListRefused::Stale(list)),
        }
    }

    /// One list for each key that has issued something on this path, if revocation is checked.
    fn lists_of(
        &self,
        walked: &Walked<'_>,
        authority: &Authority,
        at: Timestamp,
    ) -> Result<Vec<&RevocationList>, PathRefused> {
        if self.policy.is_none() || planted(Bug::SkipRevocation) {
            return Ok(Vec::new());
        }
        let mut lists = Vec::new();
        for issuer in walked.intermediates.iter().chain([authority]) {
            let list = self.list_of(issuer.key(), at);
            lists.push(list.map_err(|refused| refused.of(issuer))?);
        }
        Ok(lists)
    }
}

/// Why there is no list of a key that could be looked into.
#[derive(Debug, Clone, Copy)]
pub(super) enum ListRefused<'a> {
    None,
    FromFuture(&'a RevocationList),
    Stale(&'a RevocationList),
}

impl ListRefused<'_> {
    fn of(self, issuer: &Authority) -> PathRefused {
        let issuer = issuer.name().to_owned();
        match self {
            Self::None => PathRefused::NoRevocationList { issuer },
            Self::FromFuture(list) => {
                PathRefused::FutureRevocationList { issuer, at: list.this_update() }
            }
            Self::Stale(list) => {
                PathRefused::StaleRevocationList { issuer, due: list.next_update() }
            }
        }
    }
}

/// webpki's own verdict on the same path.
fn second_judge(
    walked: &Walked<'_>,
    authority: &Authority,
    lists: &[&RevocationList],
    purpose: Purpose<'_>,
    at: Timestamp,
) -> Result<(), PathRefused> {
    let second = |error: webpki::Error| walked.second(error);
    let leaf = EndEntityCert::try_from(walked.leaf).map_err(second)?;
    let anchor = webpki::anchor_from_trusted_cert(authority.der()).map_err(second)?;
    let anchors = [anchor];
    let lists: Vec<_> = lists.iter().map(|list| list.list()).collect();
    let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(at.seconds()));
    let path = leaf
        .verify_for_usage(
            algorithm::ALLOWED,
            &anchors,
            walked.above,
            time,
            Wanted::of(purpose),
            revocation(&lists),
            None,
        )
        .map_err(second)?;
    // The same path, and no shorter one.
    if path.intermediate_certificates().count() == walked.intermediates.len() {
        Ok(())
    } else {
        Err(PathRefused::OutOfOrder(walked.top()))
    }
}

/// How webpki is to use the lists, if there are any. Whether they may still be used is judged.
fn revocation<'a>(
    lists: &'a [&'a webpki::CertRevocationList<'a>],
) -> Option<RevocationOptions<'a>> {
    let options = RevocationOptionsBuilder::new(lists).ok()?;
    Some(
        options
            .with_depth(RevocationCheckDepth::Chain)
            .with_status_policy(UnknownStatusPolicy::Deny)
            .with_expiration_policy(ExpirationPolicy::Ignore)
            .build(),
    )
}

/// The purpose as webpki asks for it, of the leaf and of every intermediate.
enum Wanted {
    Tls(KeyUsage),
    /// There is no purpose for records; that none of TLS is there, the profile says.
    Any,
}

impl Wanted {
    fn of(purpose: Purpose<'_>) -> Self {
        match purpose {
            _ if planted(Bug::SkipPurpose) => Self::Any,
            Purpose::TlsServer(_) => Self::Tls(KeyUsage::server_auth()),
            Purpose::TlsClient => Self::Tls(KeyUsage::client_auth()),
            // Which of the two it was is past, and the profile allows no third.
            Purpose::TlsEnd | Purpose::RecordSigner => Self::Any,
        }
    }
}

impl ExtendedKeyUsageValidator for Wanted {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        match self {
            Self::Tls(usage) => usage.validate(purposes),
            Self::Any => Ok(()),
        }
    }
}
