//! One certificate against the rules of what it is for.

use x509_parser::{
    certificate::X509Certificate,
    extensions::{GeneralName, KeyUsage, ParsedExtension},
};

use super::{
    super::{
        CertificateRefused, Topic, Validity,
        authority::authority,
        peer::tls_end,
        profile::{self, TLS_ROLE},
        signer::{public_key, signer},
    },
    Finding, Inspected, Purpose, Wanted, words,
};
use crate::names::{Hash, sha256};

/// What to do about one that ends.
const RENEWAL: &str = "ask the authority for the next one: certs/walkthrough.md, `Renewal`";

/// Says what exactly one certificate in DER is, and everything that is right and wrong with it.
///
/// # Errors
/// If it cannot be read as a certificate at all.
pub fn certificate(der: &[u8], wanted: &Wanted) -> Result<Inspected, CertificateRefused> {
    let read = profile::open(der)?;
    let purpose = wanted.purpose.or_else(|| guess(&read));
    let name = profile::name(&read).ok();
    let mut found = Inspected {
        what: String::new(),
        party: name.as_ref().map(|name| name.party),
        role: name.map(|name| name.role),
        subject: Some(read.subject().to_string()),
        issuer: Some(read.issuer().to_string()),
        serial: Some(read.raw_serial_as_string()),
        host_names: host_names(read.extensions().iter().map(|one| one.parsed_extension())),
        key: Some(words::key(read.public_key())),
        key_id: public_key(read.public_key()).ok().map(|key| key.id()),
        signature: Some(words::signature(&read.signature_algorithm)),
        fingerprint: Some(Hash::new(sha256(der))),
        ..Inspected::default()
    };
    found.what = what(&found, purpose, read.is_ca());
    let rules = rules(&read, purpose);
    found.findings.extend(rules);
    found.findings.extend(signed(&read));
    if let Ok(validity) = Validity::of(&read) {
        found.judge_term(validity.not_before, validity.not_after, wanted.at, RENEWAL);
    }
    Ok(found)
}

/// What a certificate itself says that it is for.
fn guess(read: &X509Certificate<'_>) -> Option<Purpose> {
    if read.is_ca() {
        return Some(Purpose::Authority);
    }
    match profile::name(read) {
        Ok(name) if name.role == TLS_ROLE => Some(Purpose::Tls),
        Ok(name) => name.role.parse().ok().map(Purpose::Record),
        // Its name is wrong, and all else is to be told as well.
        Err(_) => read.extended_key_usage().ok().flatten().map(|_| Purpose::Tls),
    }
}

fn what(found: &Inspected, purpose: Option<Purpose>, authority: bool) -> String {
    let whose = match (found.party, purpose) {
        (Some(party), _) => format!(" of {party}"),
        (None, Some(Purpose::Authority)) => String::new(),
        (None, _) => " of nobody by name".to_owned(),
    };
    let itself = found.subject == found.issuer;
    match purpose {
        Some(Purpose::Tls) => format!("certificate of the TLS end{whose}"),
        Some(Purpose::Record(role)) => format!("certificate of the {role}{whose}"),
        Some(Purpose::Authority) if !authority => format!("certificate{whose}, not an authority's"),
        Some(Purpose::Authority) if itself => "certificate of a root authority".to_owned(),
        Some(Purpose::Authority) => "certificate of an intermediate authority".to_owned(),
        None => format!("certificate{whose}"),
    }
}

/// Every rule, in the order of the profile: what is broken, or else what stands there.
fn rules(read: &X509Certificate<'_>, purpose: Option<Purpose>) -> Vec<Finding> {
    let mut broken = profile::form(read);
    broken.extend(match purpose {
        Some(Purpose::Tls) => tls_end(read),
        Some(Purpose::Authority) => authority(read),
        Some(Purpose::Record(_)) | None => signer(read),
    });
    let mut found = Vec::new();
    for topic in topics(purpose) {
        let before = found.len();
        found.extend(broken.iter().filter(|one| one.topic() == *topic).map(Finding::from));
        found.extend(beyond(read, purpose, *topic));
        if found.len() == before {
            // A validity is judged at a time, by whoever has one.
            found.extend(stands(read, *topic).map(|says| Finding::right(*topic, says)));
        }
    }
    found
}

const fn topics(purpose: Option<Purpose>) -> &'static [Topic] {
    use Topic::{ExtendedKeyUsage, Form, HostName, Key, KeyUsage, Kind, Name, Signature, Validity};
    match purpose {
        Some(Purpose::Tls) => {
            &[Form, Kind, KeyUsage, ExtendedKeyUsage, Name, HostName, Key, Signature, Validity]
        }
        Some(Purpose::Authority) => &[Form, Kind, KeyUsage, Key, Signature, Validity],
        Some(Purpose::Record(_)) | None => {
            &[Form, Kind, KeyUsage, ExtendedKeyUsage, Name, Key, Signature, Validity]
        }
    }
}

/// What the profile leaves to the agreement, to rustls or to good sense.
fn beyond(read: &X509Certificate<'_>, purpose: Option<Purpose>, topic: Topic) -> Option<Finding> {
    match (topic, purpose) {
        (Topic::Name, Some(Purpose::Record(role))) => {
            let named = profile::name(read).ok().filter(|name| name.role != TLS_ROLE)?.role;
            let says = format!("it is for {named} and not for {role}");
            let advice = "use the certificate of that role, or have one issued for it";
            (named != role.name()).then(|| Finding::wrong(topic, says, advice))
        }
        (Topic::Name, None) => {
            let named = profile::name(read).ok().filter(|name| name.role != TLS_ROLE)?.role;
            let says = format!("no agreement has the role {named}");
            let advice = "have it issued for caseworker, ledger or officer";
            Some(Finding::wrong(topic, says, advice))
        }
        (
            Topic::Form
            | Topic::Signature
            | Topic::Kind
            | Topic::KeyUsage
            | Topic::ExtendedKeyUsage
            | Topic::Name
            | Topic::HostName
            | Topic::Key
            | Topic::Validity
            | Topic::Place
            | Topic::Number,
            _,
        ) => None,
    }
}

/// What stands there, where nothing is wrong with it.
fn stands(read: &X509Certificate<'_>, topic: Topic) -> Option<String> {
    match topic {
        Topic::Form => {
            let bytes = read.as_raw().len();
            Some(format!("X.509 version 3, {bytes} bytes, every extension known"))
        }
        Topic::Kind => Some(match read.basic_constraints().ok().flatten().map(|one| one.value) {
            Some(one) if one.ca => match one.path_len_constraint {
                Some(0) => "an authority that issues to ends alone".to_owned(),
                Some(levels) => format!("an authority with at most {levels} below it"),
                None => "an authority, however many below it".to_owned(),
            },
            Some(_) | None => "an end, which issues nothing".to_owned(),
        }),
        Topic::KeyUsage => read.key_usage().ok().flatten().map(|usage| usages(usage.value)),
        Topic::ExtendedKeyUsage => {
            let usage = read.extended_key_usage().ok().flatten()?.value;
            let both = [(usage.server_auth, "serverAuth"), (usage.client_auth, "clientAuth")];
            Some(listed(&both))
        }
        Topic::Name => {
            let name = profile::name(read).ok()?;
            Some(format!("urn:entente:{}:{}", name.party, name.role))
        }
        Topic::HostName => {
            let names = host_names(read.extensions().iter().map(|one| one.parsed_extension()));
            Some(names.join(", "))
        }
        Topic::Key => Some(words::key(read.public_key())),
        Topic::Signature | Topic::Validity | Topic::Place | Topic::Number => None,
    }
}

/// The signature, as far as one certificate alone can tell.
fn signed(read: &X509Certificate<'_>) -> Option<Finding> {
    let topic = Topic::Signature;
    let algorithm = words::signature(&read.signature_algorithm);
    if !words::is_strong(&read.signature_algorithm) {
        // The profile has refused it.
        return None;
    }
    if read.subject() != read.issuer() || !read.is_ca() {
        return Some(Finding::right(topic, format!("{algorithm}; the issuer's key checks it")));
    }
    Some(match read.verify_signature(None) {
        Ok(()) => Finding::right(topic, format!("{algorithm}, by its own key")),
        Err(_) => Finding::wrong(
            topic,
            "it names itself as its issuer, and its own key did not sign it",
            "fetch it again from the authority, and compare the fingerprint",
        ),
    })
}

/// The DNS names among extensions, in their order.
pub(super) fn host_names<'e>(
    extensions: impl Iterator<Item = &'e ParsedExtension<'e>>,
) -> Vec<String> {
    let mut found = Vec::new();
    for extension in extensions {
        let ParsedExtension::SubjectAlternativeName(names) = extension else { continue };
        for name in &names.general_names {
            if let GeneralName::DNSName(name) = name {
                found.push((*name).to_owned());
            }
        }
    }
    found
}

/// A keyUsage by the names of RFC 5280 section 4.2.1.3.
pub(super) fn usages(usage: &KeyUsage) -> String {
    listed(&[
        (usage.digital_signature(), "digitalSignature"),
        (usage.non_repudiation(), "nonRepudiation"),
        (usage.key_encipherment(), "keyEncipherment"),
        (usage.data_encipherment(), "dataEncipherment"),
        (usage.key_agreement(), "keyAgreement"),
        (usage.key_cert_sign(), "keyCertSign"),
        (usage.crl_sign(), "cRLSign"),
    ])
}

fn listed(all: &[(bool, &str)]) -> String {
    let set: Vec<&str> = all.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
    set.join(", ")
}
