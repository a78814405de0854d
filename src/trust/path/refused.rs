//! Every reason to refuse a chain of certificates.

use std::fmt;

use crate::limits::INTERMEDIATES_MAX;
use crate::names::{Party, Timestamp};
use crate::trust::CertificateRefused;

/// Which certificate of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The peer's, or the signer's, own.
    Leaf,
    /// One between it and the pinned authority, counted from the leaf, from 1.
    Intermediate(usize),
    /// The pinned authority.
    Authority,
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leaf => f.write_str("the certificate"),
            Self::Intermediate(number) => write!(f, "intermediate {number}"),
            Self::Authority => f.write_str("the pinned authority"),
        }
    }
}

/// Why a chain was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathRefused {
    /// An empty chain.
    #[error("there is no certificate")]
    NoCertificate,
    /// More certificates than the bound.
    #[error("{intermediates} intermediates came along; {INTERMEDIATES_MAX} are allowed")]
    TooManyIntermediates {
        /// How many there are.
        intermediates: usize,
    },
    /// A leaf outside its profile.
    #[error(transparent)]
    Leaf(#[from] CertificateRefused),
    /// An intermediate outside its profile.
    #[error("intermediate {number}: {source}")]
    Intermediate {
        /// Which one, from 1.
        number: usize,
        /// The rule that it breaks.
        source: CertificateRefused,
    },
    /// A certificate that has not issued the one before it, or that nobody asked for.
    #[error("{0} has not issued the certificate before it; send them in order, and no others")]
    OutOfOrder(Link),
    /// Two authorities of one name on one path.
    #[error("{0} bears the name of another authority on the same path")]
    RepeatedName(Link),
    /// No pinned authority of the issuer's name.
    #[error("it does not lead to a pinned authority")]
    UnknownAuthority,
    /// A signature by another key than that of the authority whose name stands there.
    #[error("the signature of {0} does not verify")]
    Signature(Link),
    /// A certificate beyond its end.
    #[error("{link} expired at {at}")]
    Expired {
        /// Which one.
        link: Link,
        /// Its last second.
        at: Timestamp,
    },
    /// A certificate before its beginning.
    #[error("{link} is not valid before {at}")]
    NotYetValid {
        /// Which one.
        link: Link,
        /// Its first second.
        at: Timestamp,
    },
    /// More intermediates than an authority allows below itself.
    #[error("{0} allows fewer intermediates below itself (pathLenConstraint)")]
    PathLength(Link),
    /// An authority that issues for other purposes only.
    #[error("the extended key usage of {0} does not allow this purpose")]
    Purpose(Link),
    /// A name outside of what an authority may issue for.
    #[error("a name lies outside the nameConstraints of an authority")]
    NameConstraints,
    /// A revoked certificate.
    #[error("a certificate of the chain is revoked")]
    Revoked,
    /// No list of an authority, while revocation is to be checked.
    #[error("there is no revocation list of {issuer}")]
    NoRevocationList {
        /// Whose list is missing.
        issuer: String,
    },
    /// A list that is overdue, beyond what the policy allows.
    #[error("the revocation list of {issuer} is stale; the next one was due at {due}")]
    StaleRevocationList {
        /// Whose list it is.
        issuer: String,
        /// When the next one was due.
        due: Timestamp,
    },
    /// A list from the future: the clock has gone back.
    #[error("the revocation list of {issuer} is of {at}, which lies in the future")]
    FutureRevocationList {
        /// Whose list it is.
        issuer: String,
        /// When it was made.
        at: Timestamp,
    },
    /// A server of another name.
    #[error("the certificate is not for the name that was dialled")]
    OtherName,
    /// A certificate of the right authority that belongs to another party.
    #[error("it belongs to {presented}, not to {expected}")]
    OtherParty {
        /// Whose was expected.
        expected: Party,
        /// Whose it is.
        presented: Party,
    },
    /// Something that only the second judge found.
    #[error("the second path check refuses it: {0}")]
    Second(String),
}
