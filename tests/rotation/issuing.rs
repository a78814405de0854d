//! Certificates after the first ones, as an authority issues them.

use std::fs;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType, date_time_ymd,
};

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
        let mut params = CertificateParams::default();
        params.not_before = date_time_ymd(2023, 1, 1);
        params.not_after = date_time_ymd(year, 8, 1);
        params.use_authority_key_identifier_extension = true;
        params.distinguished_name = named(&format!("Entente {} tls", self.side));
        params.is_ca = IsCa::ExplicitNoCa;
        let name = format!("exchange.{}.example", self.side);
        let uri = format!("urn:entente:{}:tls", self.side.to_uppercase());
        params.subject_alt_names =
            vec![SanType::DnsName(name.try_into().unwrap()), SanType::URI(uri.try_into().unwrap())];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = params.signed_by(&key, &self.issuer).unwrap().pem();
        End { certificate, key: key.serialize_pem() }
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
