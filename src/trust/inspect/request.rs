//! A request for a certificate (PKCS#10, RFC 2986): what an authority is asked to put in.

use x509_parser::{
    certification_request::X509CertificationRequest, extensions::ParsedExtension, prelude::FromDer,
};

use super::{
    super::{
        Topic,
        profile::{self, TLS_ROLE},
        signer::public_key,
    },
    Finding, Inspected, Purpose, Wanted,
    certificate::{host_names, usages},
    words,
};
use crate::limits::CERTIFICATE_BYTES_MAX;
use crate::names::{Hash, sha256};

/// Why something is no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestRefused {
    /// More bytes than the bound of what would be issued for it.
    #[error("a request has at most {CERTIFICATE_BYTES_MAX} bytes; this has {0}")]
    TooLong(usize),
    /// Not the DER of one request and nothing else.
    #[error("this is no certificate request (PKCS#10) in DER")]
    NotARequest,
}

/// What to do about a request that asks for the wrong things.
const AGAIN: &str = "make the request with `entente keys csr`, which asks for what is needed";

/// Says what exactly one request in DER asks for, and everything that is right and wrong with it.
///
/// # Errors
/// If it cannot be read as a request at all.
pub fn request(der: &[u8], wanted: &Wanted) -> Result<Inspected, RequestRefused> {
    if der.len() > CERTIFICATE_BYTES_MAX {
        return Err(RequestRefused::TooLong(der.len()));
    }
    let Ok(([], read)) = X509CertificationRequest::from_der(der) else {
        return Err(RequestRefused::NotARequest);
    };
    let asked = &read.certification_request_info;
    let extensions = || read.requested_extensions().into_iter().flatten();
    let name = profile::name_among(extensions());
    let named = name.as_ref().ok().map(|name| (name.party, name.role.clone()));
    let role = named.as_ref().map(|(_, role)| role.as_str());
    let purpose = wanted.purpose.or_else(|| role.and_then(|role| role.parse().ok()));
    let mut found = Inspected {
        what: match (&named, purpose) {
            (Some((party, role)), _) => format!("request for a certificate: {role} of {party}"),
            (None, _) => "request for a certificate, of nobody by name".to_owned(),
        },
        party: named.as_ref().map(|(party, _)| *party),
        role: role.map(str::to_owned),
        subject: Some(asked.subject.to_string()),
        host_names: host_names(extensions()),
        key: Some(words::key(&asked.subject_pki)),
        key_id: public_key(&asked.subject_pki).ok().map(|key| key.id()),
        signature: Some(words::signature(&read.signature_algorithm)),
        fingerprint: Some(Hash::new(sha256(der))),
        ..Inspected::default()
    };
    let topic = Topic::Signature;
    found.findings.push(match read.verify_signature() {
        Ok(()) => Finding::right(topic, "whoever asks holds the private key"),
        Err(_) => {
            Finding::wrong(topic, "the key that is asked for did not sign the request", AGAIN)
        }
    });
    found.findings.extend(usage(extensions()));
    found.findings.push(match (&name, purpose) {
        (Err(refused), _) => Finding { advice: Some(AGAIN.to_owned()), ..Finding::from(refused) },
        (Ok(name), Some(purpose)) if name.role != purpose.name() => {
            let says = format!("it asks for {} and not for {purpose}", name.role);
            Finding::wrong(Topic::Name, says, AGAIN)
        }
        (Ok(name), None) => {
            let says = format!("no agreement has the role {}", name.role);
            Finding::wrong(Topic::Name, says, AGAIN)
        }
        (Ok(name), Some(_)) => {
            Finding::right(Topic::Name, format!("urn:entente:{}:{}", name.party, name.role))
        }
    });
    if role == Some(TLS_ROLE) || purpose == Some(Purpose::Tls) {
        found.findings.extend(tls(&found, extensions()));
    } else if let Err(refused) = public_key(&asked.subject_pki) {
        found.findings.push((&refused).into());
    } else {
        found.findings.push(Finding::right(Topic::Key, words::key(&asked.subject_pki)));
    }
    Ok(found)
}

fn usage<'e>(mut extensions: impl Iterator<Item = &'e ParsedExtension<'e>>) -> Vec<Finding> {
    let usage = extensions.find_map(|one| {
        let ParsedExtension::KeyUsage(usage) = one else { return None };
        Some(usage)
    });
    let broken = profile::signing(usage);
    if let (Some(usage), true) = (usage, broken.is_empty()) {
        return vec![Finding::right(Topic::KeyUsage, usages(usage))];
    }
    let again = |finding| Finding { advice: Some(AGAIN.to_owned()), ..finding };
    broken.iter().map(|refused| again(Finding::from(refused))).collect()
}

fn tls<'e>(
    found: &Inspected,
    mut extensions: impl Iterator<Item = &'e ParsedExtension<'e>>,
) -> Vec<Finding> {
    let both = extensions.any(|one| {
        let ParsedExtension::ExtendedKeyUsage(usage) = one else { return false };
        usage.server_auth && usage.client_auth
    });
    let says = "it does not ask for serverAuth and clientAuth; either side may dial";
    let topic = Topic::HostName;
    vec![
        if both {
            Finding::right(Topic::ExtendedKeyUsage, "serverAuth, clientAuth")
        } else {
            Finding::wrong(Topic::ExtendedKeyUsage, says, AGAIN)
        },
        if found.host_names.is_empty() {
            Finding::wrong(topic, "it asks for no DNS name; whoever dials would refuse it", AGAIN)
        } else {
            Finding::right(topic, found.host_names.join(", "))
        },
    ]
}
