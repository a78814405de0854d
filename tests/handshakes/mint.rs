//! Certificates and revocation lists field by field, so that each can be made bad in one place.

use std::sync::{Arc, LazyLock};

use entente::names::Timestamp;
use entente::trust::{Authority, RevocationList, RevocationRefused};
use rcgen::{KeyPair, PublicKeyData, SigningKey};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::der::{algorithm, bits, flags, int, name, oid, seq, tlv};

/// 2025-11-05T14:30:00Z: within every validity that is not bad on purpose.
pub(crate) const NOW: u64 = 1_762_353_000;
/// The name that is dialled.
pub(crate) const NAME: &str = "exchange.example";
pub(crate) const SHA256: &str = "1.2.840.10045.4.3.2";
pub(crate) const SERVER: &str = "1.3.6.1.5.5.7.3.1";
pub(crate) const CLIENT: &str = "1.3.6.1.5.5.7.3.2";

/// Throw-away P-256 keys, made once for the whole run.
pub(crate) static KEYS: LazyLock<Vec<KeyPair>> =
    LazyLock::new(|| (0..8).map(|_| KeyPair::generate().unwrap()).collect());
/// Which key is whose.
pub(crate) const CA: usize = 0;
pub(crate) const LEAF: usize = 1;
pub(crate) const MIDDLE: usize = 2;
pub(crate) const SECOND: usize = 3;
pub(crate) const STRANGER: usize = 4;
pub(crate) const OURS: usize = 5;
pub(crate) const NEW_CA: usize = 6;
pub(crate) const THIRD: usize = 7;

pub(crate) fn signing(key: usize) -> Arc<dyn rustls::sign::SigningKey> {
    let der = PrivateKeyDer::try_from(KEYS[key].serialize_der()).unwrap();
    rustls::crypto::ring::sign::any_supported_type(&der).unwrap()
}

pub(crate) fn p256(key: usize) -> Vec<u8> {
    let kind = seq(&[&oid("1.2.840.10045.2.1"), &oid("1.2.840.10045.3.1.7")]);
    seq(&[&kind, &bits(KEYS[key].der_bytes())])
}

/// One extension: its number, whether it is critical, what it holds.
pub(crate) type Extension = (&'static str, bool, Vec<u8>);

pub(crate) const KEY_USAGE: &str = "2.5.29.15";
pub(crate) const NAMES: &str = "2.5.29.17";
pub(crate) const CONSTRAINTS: &str = "2.5.29.19";
pub(crate) const NAME_CONSTRAINTS: &str = "2.5.29.30";
pub(crate) const PURPOSES: &str = "2.5.29.37";

/// A certificate, field by field.
#[derive(Clone)]
pub(crate) struct Spec {
    pub(crate) version: Option<u8>,
    pub(crate) serial: Vec<u8>,
    pub(crate) inner: Vec<u8>,
    pub(crate) outer: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) not_before: &'static str,
    pub(crate) not_after: &'static str,
    pub(crate) subject: Vec<u8>,
    pub(crate) key: Vec<u8>,
    pub(crate) unique: Vec<u8>,
    pub(crate) extensions: Vec<Extension>,
    pub(crate) signer: usize,
    /// Whether a bit of what is signed is turned afterwards.
    pub(crate) spoilt: bool,
}

pub(crate) fn uri(text: &str) -> Vec<u8> {
    tlv(0x86, text.as_bytes())
}

pub(crate) fn dns(text: &str) -> Vec<u8> {
    tlv(0x82, text.as_bytes())
}

pub(crate) fn purposes(of: &[&str]) -> Vec<u8> {
    let oids: Vec<_> = of.iter().map(|one| oid(one)).collect();
    seq(&oids.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

impl Spec {
    /// A good TLS end of the United Kingdom, issued by the authority that is pinned.
    pub(crate) fn leaf() -> Self {
        Self {
            version: Some(2),
            serial: vec![0x11, 0x22],
            inner: algorithm(SHA256),
            outer: algorithm(SHA256),
            issuer: name("British CA"),
            not_before: "250701000000Z",
            not_after: "261231235959Z",
            subject: name("British TLS"),
            key: p256(LEAF),
            unique: Vec::new(),
            extensions: vec![
                (KEY_USAGE, true, flags(&[0])),
                (PURPOSES, false, purposes(&[SERVER, CLIENT])),
                (NAMES, false, seq(&[&dns(NAME), &uri("urn:entente:GBR:tls")])),
            ],
            signer: CA,
            spoilt: false,
        }
    }

    /// A good authority of this name and key, issued by another or by itself.
    pub(crate) fn authority(subject: &str, key: usize, issuer: &str, signer: usize) -> Self {
        Self {
            serial: vec![0x33, u8::try_from(key).unwrap()],
            issuer: name(issuer),
            subject: name(subject),
            key: p256(key),
            extensions: vec![
                (CONSTRAINTS, true, seq(&[&tlv(1, &[0xff])])),
                (KEY_USAGE, true, flags(&[5, 6])),
            ],
            signer,
            ..Self::leaf()
        }
    }

    /// The pinned authority.
    pub(crate) fn root() -> Self {
        Self::authority("British CA", CA, "British CA", CA)
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Puts this in the place of an extension, or adds it.
    pub(crate) fn set(&mut self, dotted: &'static str, critical: bool, value: Vec<u8>) {
        self.drop(dotted);
        self.extensions.push((dotted, critical, value));
    }

    pub(crate) fn drop(&mut self, dotted: &str) {
        self.extensions.retain(|it| it.0 != dotted);
    }

    pub(crate) fn names(&mut self, names: &[Vec<u8>]) {
        let names: Vec<_> = names.iter().map(Vec::as_slice).collect();
        self.set(NAMES, false, seq(&names));
    }

    pub(crate) fn issued_by(&mut self, issuer: &str, signer: usize) {
        self.issuer = name(issuer);
        self.signer = signer;
    }

    pub(crate) fn both(&mut self, algorithm: Vec<u8>) {
        self.inner = algorithm.clone();
        self.outer = algorithm;
    }

    pub(crate) fn der(&self) -> CertificateDer<'static> {
        let version = self.version.map(|it| tlv(0xa0, &int(&[it]))).unwrap_or_default();
        let validity = seq(&[&time(self.not_before), &time(self.not_after)]);
        let extensions: Vec<_> = self.extensions.iter().map(extension).collect();
        let extensions = tlv(0xa3, &tlv(0x30, &extensions.concat()));
        let body = seq(&[
            &version,
            &int(&self.serial),
            &self.inner,
            &self.issuer,
            &validity,
            &self.subject,
            &self.key,
            &self.unique,
            &extensions,
        ]);
        sign(body, &self.outer, self.signer, self.spoilt).into()
    }

    pub(crate) fn pinned(&self) -> Authority {
        Authority::parse(&self.der()).unwrap()
    }
}

fn time(text: &str) -> Vec<u8> {
    tlv(if text.len() == 13 { 0x17 } else { 0x18 }, text.as_bytes())
}

fn extension((dotted, critical, value): &Extension) -> Vec<u8> {
    let critical = if *critical { tlv(1, &[0xff]) } else { Vec::new() };
    seq(&[&oid(dotted), &critical, &tlv(4, value)])
}

fn sign(body: Vec<u8>, outer: &[u8], signer: usize, spoilt: bool) -> Vec<u8> {
    let mut signature = KEYS[signer].sign(&body).unwrap();
    if spoilt {
        *signature.last_mut().unwrap() ^= 1;
    }
    seq(&[&body, outer, &bits(&signature)])
}

/// A revocation list, field by field.
#[derive(Clone)]
pub(crate) struct List {
    pub(crate) version: Option<u8>,
    pub(crate) algorithm: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) this_update: &'static str,
    pub(crate) next_update: Option<&'static str>,
    pub(crate) revoked: Vec<Vec<u8>>,
    pub(crate) entry_extension: Option<Extension>,
    pub(crate) extensions: Vec<Extension>,
    pub(crate) signer: usize,
    pub(crate) spoilt: bool,
    pub(crate) trailing: Vec<u8>,
}

impl List {
    /// A good list of an authority, with nobody on it.
    pub(crate) fn of(issuer: &str, signer: usize, number: u8) -> Self {
        Self {
            version: Some(1),
            algorithm: algorithm(SHA256),
            issuer: name(issuer),
            this_update: "251101000000Z",
            next_update: Some("251201000000Z"),
            revoked: Vec::new(),
            entry_extension: None,
            extensions: vec![("2.5.29.20", false, int(&[number]))],
            signer,
            spoilt: false,
            trailing: Vec::new(),
        }
    }

    pub(crate) fn revoking(mut self, serial: &[u8]) -> Self {
        self.revoked.push(serial.to_vec());
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let version = self.version.map(|it| int(&[it])).unwrap_or_default();
        let entries: Vec<_> = self
            .revoked
            .iter()
            .map(|serial| {
                let more = self.entry_extension.iter().map(extension).collect::<Vec<_>>();
                let more = if more.is_empty() { vec![] } else { tlv(0x30, &more.concat()) };
                seq(&[&int(serial), &time("251101000000Z"), &more])
            })
            .collect();
        let entries = if entries.is_empty() { Vec::new() } else { tlv(0x30, &entries.concat()) };
        let extensions: Vec<_> = self.extensions.iter().map(extension).collect();
        let extensions = match extensions.as_slice() {
            [] => Vec::new(),
            some => tlv(0xa0, &tlv(0x30, &some.concat())),
        };
        let body = seq(&[
            &version,
            &self.algorithm,
            &self.issuer,
            &time(self.this_update),
            &self.next_update.map(time).unwrap_or_default(),
            &entries,
            &extensions,
        ]);
        let signed = sign(body, &self.algorithm, self.signer, self.spoilt);
        [signed, self.trailing.clone()].concat()
    }

    pub(crate) fn load(&self, under: &[Authority]) -> Result<RevocationList, RevocationRefused> {
        RevocationList::load(&self.der(), under, Timestamp::new(NOW))
    }
}
