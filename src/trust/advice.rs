//! What to do about each reason for which a certificate is refused, and what the reason is about.

use super::CertificateRefused;

/// What a rule of the profile is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// Whether it can be read at all: size, version, every extension.
    Form,
    /// The signature on it (RFC 5280 section 4.1.1.3).
    Signature,
    /// Whether it may issue others (basicConstraints, RFC 5280 section 4.2.1.9).
    Kind,
    /// What its key may do (keyUsage, RFC 5280 section 4.2.1.3).
    KeyUsage,
    /// What it may be shown for (extKeyUsage, RFC 5280 section 4.2.1.12).
    ExtendedKeyUsage,
    /// Party and role (the URI of subjectAltName, RFC 5280 section 4.2.1.6).
    Name,
    /// The name under which it is dialled (the DNS names of subjectAltName).
    HostName,
    /// The public key.
    Key,
    /// From when to when it is valid (RFC 5280 section 4.1.2.5).
    Validity,
    /// How it fits what stands beside it: its issuer in a chain, its place in an agreement.
    Place,
    /// The number of a revocation list (RFC 5280 section 5.2.3).
    Number,
}

impl Topic {
    /// The name that an operator reads.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Signature => "signature",
            Self::Kind => "kind",
            Self::KeyUsage => "key usage",
            Self::ExtendedKeyUsage => "extended key usage",
            Self::Name => "name",
            Self::HostName => "host name",
            Self::Key => "key",
            Self::Validity => "validity",
            Self::Place => "place",
            Self::Number => "number",
        }
    }
}

impl CertificateRefused {
    /// What the broken rule is about.
    #[must_use]
    pub const fn topic(&self) -> Topic {
        match self {
            Self::TooLong { .. }
            | Self::NotACertificate
            | Self::TrailingBytes { .. }
            | Self::Version
            | Self::MalformedExtension { .. }
            | Self::RepeatedExtension { .. }
            | Self::UnknownCritical { .. }
            | Self::SerialNumber
            | Self::UniqueIdentifier
            | Self::CriticalPolicies
            | Self::PolicyRules { .. } => Topic::Form,
            Self::SignatureAlgorithm { .. }
            | Self::SignatureParameters
            | Self::SignatureAlgorithms => Topic::Signature,
            Self::IsAuthority
            | Self::NotAnAuthority
            | Self::PathLengthOfEnd
            | Self::ConstraintsNotCritical
            | Self::NameConstraintsOfEnd
            | Self::NameConstraintForm => Topic::Kind,
            Self::NoKeyUsage | Self::NotForSigning | Self::SignsCertificates | Self::NoCertSign => {
                Topic::KeyUsage
            }
            Self::NoIssuer | Self::NoSubject => Topic::Place,
            Self::NoDnsName | Self::Wildcard | Self::MalformedName => Topic::HostName,
            Self::NoName
            | Self::SeveralNames
            | Self::BadName { .. }
            | Self::NotForRecords
            | Self::NotForTls { .. } => Topic::Name,
            Self::NoExtendedKeyUsage
            | Self::AnyPurpose
            | Self::ForeignPurpose { .. }
            | Self::NotForServers
            | Self::NotForClients
            | Self::SignerForTls => Topic::ExtendedKeyUsage,
            Self::NotARecordKey | Self::Key(_) | Self::Unfit(_) => Topic::Key,
            Self::BeforeEpoch | Self::NeverValid => Topic::Validity,
        }
    }

    /// What to ask of the authority, in one sentence.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => {
                "issue it without the extensions that the profile does not ask for"
            }
            Self::NotACertificate | Self::TrailingBytes { .. } => {
                "name a file that holds certificates in PEM, or one in DER, and nothing else"
            }
            Self::Version => "issue it as X.509 version 3, with the extensions of the profile",
            Self::MalformedExtension { .. } | Self::RepeatedExtension { .. } => {
                "issue it again with every extension once, as in certs/openssl.cnf"
            }
            Self::UnknownCritical { .. } => {
                "issue it without this extension, or with it marked as not critical"
            }
            Self::IsAuthority => "issue it with basicConstraints critical, CA:FALSE",
            Self::NotAnAuthority => {
                "issue it with basicConstraints critical, CA:TRUE and keyUsage keyCertSign, cRLSign"
            }
            Self::NoKeyUsage | Self::NotForSigning | Self::SignsCertificates => {
                "issue it with keyUsage critical, digitalSignature, and nothing else"
            }
            Self::NoName | Self::BadName { .. } => {
                "issue it with the URI urn:entente:PARTY:ROLE, as urn:entente:GBR:tls"
            }
            Self::SeveralNames => "issue one certificate for each party and role, with one URI",
            Self::NotForRecords => "use the certificate of a role that signs records",
            Self::NotForTls { .. } => "use the certificate whose URI ends in :tls",
            Self::NoExtendedKeyUsage
            | Self::AnyPurpose
            | Self::ForeignPurpose { .. }
            | Self::NotForServers
            | Self::NotForClients => {
                "issue it with extendedKeyUsage serverAuth, clientAuth, and no other"
            }
            Self::SignerForTls => "issue it without extendedKeyUsage",
            Self::SerialNumber => "issue it with a positive serial number of at most 20 bytes",
            Self::SignatureAlgorithm { .. }
            | Self::SignatureParameters
            | Self::SignatureAlgorithms => {
                "sign it with ECDSA or Ed25519, or with RSA, and with SHA-256 or more"
            }
            Self::UniqueIdentifier => "issue it without unique identifiers",
            Self::CriticalPolicies => "mark certificatePolicies as not critical",
            Self::PolicyRules { .. } => "issue it without rules for policies",
            Self::PathLengthOfEnd => "issue it without a path length",
            Self::ConstraintsNotCritical => "issue it with basicConstraints critical, CA:TRUE",
            Self::NoCertSign => "issue it with keyUsage critical, keyCertSign, cRLSign",
            Self::NameConstraintsOfEnd => "issue it without nameConstraints",
            Self::NameConstraintForm => "restrict DNS names and IP addresses only",
            Self::NoIssuer | Self::NoSubject => "issue it with a distinguished name",
            Self::NoDnsName => "issue it with the DNS name under which this end is dialled",
            Self::Wildcard => "issue it with whole DNS names, without an asterisk",
            Self::MalformedName => "issue it with names that are written in ASCII",
            Self::Unfit(_) => "make a P-256 key with `entente keys csr`, and ask with that",
            Self::NotARecordKey => {
                "ask for it with an Ed25519 or P-256 key: `entente keys csr` makes one"
            }
            Self::Key(_) => "make another key with `entente keys csr`, and never use this one",
            Self::BeforeEpoch | Self::NeverValid => "issue it with a validity that begins today",
        }
    }
}
