//! Certificates after the first ones, as an authority issues them.

use std::fs;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PKCS_ED25519, RevokedCertParams, SanType, SerialNumber, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, pem::PemObject};

use crate::site::Site;

/// The certification authority of one side.
pub(crate) struct Authority {
    side: &'static str,
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

/// A certificate and its key.
pub(crate) struct End {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    /// The one that `entente keys new` made.
    pub(crate) fn first(site: &Site, side: &'static str) -> Self {
        let key = KeyPair::from_pem(&site.read(&format!("{side}-keys/ca-key.pem"))).unwrap();
        let pem = site.read(&format!("{side}-keys/ca-cert.pem"));
        let params = authority(&format!("Entente {} CA 2025-08-01", side.to_uppercase()));
        Self { side, issuer: Issuer::new(params, key), pem }
    }

    /// One that takes its place.
    pub(crate) fn second(side: &'static str) -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let params = authority(&format!("Entente {} CA 2025-08-02", side.to_uppercase()));
        let pem = params.self_signed(&key).unwrap().pem();
        Self { side, issuer: Issuer::new(params, key), pem }
    }

    /// One that expired a year ago.
    pub(crate) fn past(side: &'static str) -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let mut params = authority(&format!("Entente {} CA 2023-01-01", side.to_uppercase()));
        params.not_after = date_time_ymd(2024, 8, 1);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { side, issuer: Issuer::new(params, key), pem }
    }

    /// A TLS end, for the days in which the test takes place.
    pub(crate) fn issue(&self) -> End {
        self.issue_until(2026)
    }

    /// One that has expired.
    pub(crate) fn expired(&self) -> End {
        self.issue_until(2024)
    }

    fn issue_until(&self, year: i32) -> End {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let mut params = self.params("tls", year);
        let name = format!("exchange.{}.example", self.side);
        params.subject_alt_names.push(SanType::DnsName(name.try_into().unwrap()));
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = params.signed_by(&key, &self.issuer).unwrap().pem();
        End { certificate, key: key.serialize_pem() }
    }

    /// A signer of records in a role.
    pub(crate) fn signer(&self, role: &str) -> End {
        let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let certificate = self.params(role, 2026).signed_by(&key, &self.issuer).unwrap().pem();
        End { certificate, key: key.serialize_pem() }
    }

    fn params(&self, role: &str, year: i32) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.not_before = date_time_ymd(2023, 1, 1);
        params.not_after = date_time_ymd(year, 8, 1);
        params.use_authority_key_identifier_extension = true;
        params.distinguished_name = named(&format!("Entente {} {role}", self.side));
        params.is_ca = IsCa::ExplicitNoCa;
        let uri = format!("urn:entente:{}:{role}", self.side.to_uppercase());
        params.subject_alt_names = vec![SanType::URI(uri.try_into().unwrap())];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params
    }

    /// The revocation list with this number, in PEM.
    pub(crate) fn list(&self, number: u64, revoked: &[&End]) -> String {
        let revoked = revoked.iter().map(|end| RevokedCertParams {
            serial_number: SerialNumber::from_slice(&end.serial()),
            revocation_time: date_time_ymd(2025, 8, 5),
            reason_code: None,
            invalidity_date: None,
        });
        let params = CertificateRevocationListParams {
            this_update: date_time_ymd(2025, 8, 5),
            next_update: date_time_ymd(2025, 9, 5),
            crl_number: SerialNumber::from(number),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(&self.issuer).unwrap().pem().unwrap()
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(2023, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    params.distinguished_name = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    params
}

fn named(name: &str) -> DistinguishedName {
    let mut named = DistinguishedName::new();
    named.push(DnType::CommonName, name);
    named
}

impl End {
    /// The certificate in DER.
    pub(crate) fn der(&self) -> Vec<u8> {
        CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap().to_vec()
    }

    /// The serial number of the certificate.
    fn serial(&self) -> Vec<u8> {
        let der = self.der();
        let (_, certificate) = x509_parser::parse_x509_certificate(&der).unwrap();
        certificate.raw_serial().to_vec()
    }

    /// Puts key and certificate of a record signer where its side's daemon looks for them.
    pub(crate) fn place_as(&self, site: &Site, side: &str, role: &str) {
        replace(site, &format!("{side}-keys/{role}-key.pem"), &self.key);
        replace(site, &format!("{side}-keys/{role}-cert.pem"), &self.certificate);
    }

    /// Puts both where a side's daemon looks for them.
    pub(crate) fn place(&self, site: &Site, side: &str) {
        replace(site, &format!("{side}-keys/tls-key.pem"), &self.key);
        replace(site, &format!("{side}-keys/tls-cert.pem"), &self.certificate);
    }
}

/// Puts a file in the place of another, with the same rights; no reader sees half of it.
pub(crate) fn replace(site: &Site, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    let next = format!("{name}.next");
    site.write(&next, text);
    fs::set_permissions(site.path(&next), fs::Permissions::from_mode(0o600)).unwrap();
    fs::rename(site.path(&next), site.path(name)).unwrap();
}
