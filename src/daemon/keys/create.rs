//! `entente keys new`: every key and certificate of one party, in an empty folder.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, SanType, date_time_ymd,
};
use rustls::pki_types::DnsName;
use zeroize::Zeroizing;

use super::{
    CA_CERTIFICATE, CA_KEY, LOG_KEY, MIRROR_KEY, RECORD_ROLES, TLS_CERTIFICATE, TLS_KEY,
    certificate_file, key_file, write::new_file,
};
use crate::envelope::{Algorithm, Ed25519Key, KeyRefused};
use crate::names::{Party, Timestamp};
use crate::tlog::{LogKey, MirrorKey, Origin, OriginRefused};
use crate::trust::inspect::Purpose;

/// How the subject of every certificate begins.
const BRAND: &str = "Entente";
/// How that of a throw-away one begins, for whoever meets it where it should not be.
const UNSAFE_BRAND: &str = "DEV UNSAFE Entente";

/// Why no keys were made, or not all of them. No variant holds anything of a key.
#[derive(Debug, thiserror::Error)]
pub enum KeysNotMade {
    /// The name cannot stand in a certificate.
    #[error("{0:?} is not a DNS name")]
    NotADnsName(String),
    /// The origin cannot be the name of a key, or that of its mirror cannot.
    #[error("{name:?} is not an origin: {source}")]
    NotAnOrigin {
        /// The name that was refused.
        name: String,
        /// Why.
        source: OriginRefused,
    },
    /// A validity that ends before it begins.
    #[error("the validity ends before it begins")]
    NeverValid,
    /// A time that certificates cannot express.
    #[error("the validity lies beyond the calendar of certificates")]
    Calendar,
    /// Something is there already, perhaps keys that are in use.
    #[error("{path} is not empty; keys are never written over", path = .0.display())]
    NotEmpty(PathBuf),
    /// Others may look into the folder.
    #[error("{path} must be open to its owner alone (mode 0700)", path = .0.display())]
    OpenToOthers(PathBuf),
    /// What is to be copied cannot be read.
    #[error("{path} cannot be read: {source}", path = path.display())]
    Unreadable {
        /// Which file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A key that is to be made anew lies in no file of the folder.
    #[error("{folder} holds no {key}: that key lies in a security module, or in another folder",
        folder = folder.display())]
    Elsewhere {
        /// Which folder.
        folder: PathBuf,
        /// Which key.
        key: &'static str,
    },
    /// The disk.
    #[error("{path} cannot be written: {source}", path = path.display())]
    Unwritable {
        /// Which file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The making of a key or a certificate failed.
    #[error("a key or certificate could not be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A key that nobody would accept; a fault of ours.
    #[error("a key was made that is none: {0}")]
    PublicKey(#[from] KeyRefused),
}

/// What is wanted: the words of `entente keys new`.
#[derive(Debug, Clone)]
pub struct NewKeys<'a> {
    /// Whose keys.
    pub party: Party,
    /// An empty folder, or one that is not there yet.
    pub directory: &'a Path,
    /// The first second of every certificate.
    pub not_before: Timestamp,
    /// The last second of every certificate.
    pub not_after: Timestamp,
    /// The DNS name of the exchange, under which the counterpart dials it.
    pub dns_name: &'a str,
    /// The origin of the log; unique per party, agreement and log.
    pub origin: &'a str,
    /// What the record keys sign with; log and mirror keys are Ed25519 in any case.
    pub algorithm: Algorithm,
}

/// The party's fragment of the agreement file, as it was written beside the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it says; nothing in it is secret.
    pub text: String,
}

/// What was made, and by which authority.
type Made = (PartyFile, Issuer<'static, KeyPair>);

impl NewKeys<'_> {
    /// Makes everything.
    ///
    /// The party's fragment is written last: a folder without it is one where a crash came
    /// between, and holds no key that anybody has been told of. Such a folder is refused by the
    /// next call and may be deleted by hand.
    ///
    /// # Errors
    /// One variant of [`KeysNotMade`] for each reason.
    pub fn create(&self) -> Result<PartyFile, KeysNotMade> {
        self.create_under(BRAND).map(|(file, _)| file)
    }

    /// The same, for tests and rehearsals: every subject says that nothing of it is to be trusted.
    ///
    /// # Errors
    /// As [`NewKeys::create`].
    pub fn create_throw_away(&self) -> Result<PartyFile, KeysNotMade> {
        self.create_under(UNSAFE_BRAND).map(|(file, _)| file)
    }

    /// The same as [`NewKeys::create`], and the certificate, in DER, of a spare caseworker key that
    /// is kept nowhere: nobody will ever sign with it.
    ///
    /// # Errors
    /// As [`NewKeys::create`].
    pub fn create_with_spare(&self) -> Result<(PartyFile, Vec<u8>), KeysNotMade> {
        let (file, authority) = self.create_under(BRAND)?;
        let key = KeyPair::generate_for(&PKCS_ED25519)?;
        let params = self.params(asked(self.party, "caseworker", &[])?, "spare", BRAND)?;
        Ok((file, params.signed_by(&key, &authority)?.der().to_vec()))
    }

    fn create_under(&self, brand: &str) -> Result<Made, KeysNotMade> {
        if DnsName::try_from(self.dns_name).is_err() {
            return Err(KeysNotMade::NotADnsName(self.dns_name.to_owned()));
        }
        let log_name = named(self.origin.to_owned())?;
        let mirror_name = named(format!("{log_name}/mirror"))?;
        if self.not_after < self.not_before {
            return Err(KeysNotMade::NeverValid);
        }
        claim(self.directory)?;

        let authority = self.authority(brand)?;
        self.tls_end(&authority, brand)?;
        let mut signers = String::new();
        for role in RECORD_ROLES {
            let certificate = self.signer(role, &authority, brand)?;
            signers.push_str(&signer_toml(self.table(), role, &certificate));
        }
        let log = LogKey::new(log_name, self.bare_key(LOG_KEY)?);
        let mirror = MirrorKey::new(mirror_name, self.bare_key(MIRROR_KEY)?);

        let table = self.table();
        let text = format!(
            "[{table}]\nissuer = {}\nlog = {}\nmirror = {}\n{signers}",
            quoted(&format!("https://{}", self.dns_name)),
            quoted(&log.to_string()),
            quoted(&mirror.to_string()),
        );
        let path = self.write(&format!("{table}.toml"), &text)?;
        sync(self.directory)?;
        Ok((PartyFile { path, text }, authority))
    }

    fn authority(&self, brand: &str) -> Result<Issuer<'static, KeyPair>, KeysNotMade> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = self.params(CertificateParams::default(), "CA", brand)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        self.write(CA_CERTIFICATE, &params.self_signed(&key)?.pem())?;
        self.write(CA_KEY, &Zeroizing::new(key.serialize_pem()))?;
        Ok(Issuer::new(params, key))
    }

    fn tls_end(&self, authority: &Issuer<'_, KeyPair>, brand: &str) -> Result<(), KeysNotMade> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let asked = asked(self.party, "tls", &[self.dns_name.to_owned()])?;
        let params = self.params(asked, "tls", brand)?;
        self.write(TLS_CERTIFICATE, &params.signed_by(&key, authority)?.pem())?;
        self.write(TLS_KEY, &Zeroizing::new(key.serialize_pem()))?;
        Ok(())
    }

    /// Makes a record key; answers with the PEM of its certificate.
    fn signer(
        &self,
        role: &str,
        authority: &Issuer<'_, KeyPair>,
        brand: &str,
    ) -> Result<String, KeysNotMade> {
        let key = KeyPair::generate_for(match self.algorithm {
            Algorithm::Ed25519 => &PKCS_ED25519,
            Algorithm::Esp256 => &PKCS_ECDSA_P256_SHA256,
        })?;
        let params = self.params(asked(self.party, role, &[])?, role, brand)?;
        let certificate = params.signed_by(&key, authority)?.pem();
        self.write(&certificate_file(role), &certificate)?;
        self.write(&key_file(role), &Zeroizing::new(key.serialize_pem()))?;
        Ok(certificate)
    }

    /// Makes a key without a certificate; answers with its public half.
    pub(super) fn bare_key(&self, file: &str) -> Result<Ed25519Key, KeysNotMade> {
        let key = KeyPair::generate_for(&PKCS_ED25519)?;
        self.write(file, &Zeroizing::new(key.serialize_pem()))?;
        Ok(Ed25519Key::from_bytes(key.public_key_raw())?)
    }

    /// Adds to what is asked for what the issuer says.
    fn params(
        &self,
        mut params: CertificateParams,
        role: &str,
        brand: &str,
    ) -> Result<CertificateParams, KeysNotMade> {
        let epoch = date_time_ymd(1970, 1, 1);
        let after_epoch = |time: Timestamp| {
            let seconds = Duration::from_secs(time.seconds()).try_into().ok()?;
            epoch.checked_add(seconds)
        };
        params.not_before = after_epoch(self.not_before).ok_or(KeysNotMade::Calendar)?;
        params.not_after = after_epoch(self.not_after).ok_or(KeysNotMade::Calendar)?;
        params.use_authority_key_identifier_extension = true;
        // The day makes the name of a later authority another one: people tell two apart by it.
        let name = format!("{brand} {} {role} {}", self.party, self.not_before.date());
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        Ok(params)
    }

    const fn table(&self) -> &'static str {
        match self.party {
            Party::Gbr => "gbr",
            Party::Fra => "fra",
        }
    }

    /// A new file, readable by its owner alone, on the disk before this returns.
    pub(super) fn write(&self, file: &str, text: &str) -> Result<PathBuf, KeysNotMade> {
        let path = self.directory.join(file);
        new_file(&path, text)
            .map_err(|source| KeysNotMade::Unwritable { path: path.clone(), source })?;
        Ok(path)
    }
}

/// What the certificate of an end is asked to say: party and role, what its key may do, and for a
/// TLS end how it is dialled and that either side may dial.
pub(super) fn asked(
    party: Party,
    role: &str,
    dns_names: &[String],
) -> Result<CertificateParams, KeysNotMade> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::ExplicitNoCa;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, format!("{BRAND} {party} {role}"));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    for name in dns_names {
        params.subject_alt_names.push(SanType::DnsName(name.as_str().try_into()?));
    }
    let name = format!("urn:entente:{party}:{role}");
    params.subject_alt_names.push(SanType::URI(name.try_into()?));
    if role == Purpose::Tls.name() {
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    }
    Ok(params)
}

pub(super) fn named(name: String) -> Result<Origin, KeysNotMade> {
    name.parse().map_err(|source| KeysNotMade::NotAnOrigin { name, source })
}

/// Makes the folder, or takes an empty one that nobody else may enter.
///
/// # Errors
/// If something is in it already, others may enter, or the disk refuses.
pub fn claim(directory: &Path) -> Result<(), KeysNotMade> {
    let unwritable = |source| KeysNotMade::Unwritable { path: directory.to_owned(), source };
    match DirBuilder::new().mode(0o700).create(directory) {
        Ok(()) => {
            // The entry of the new folder lies in the folder above it.
            let above = directory.parent().filter(|above| !above.as_os_str().is_empty());
            sync(above.unwrap_or_else(|| Path::new(".")))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if fs::read_dir(directory).map_err(unwritable)?.next().is_some() {
                return Err(KeysNotMade::NotEmpty(directory.to_owned()));
            }
            if fs::metadata(directory).map_err(unwritable)?.mode() & 0o077 != 0 {
                return Err(KeysNotMade::OpenToOthers(directory.to_owned()));
            }
            Ok(())
        }
        Err(source) => Err(unwritable(source)),
    }
}

pub(super) fn sync(directory: &Path) -> Result<(), KeysNotMade> {
    File::open(directory)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| KeysNotMade::Unwritable { path: directory.to_owned(), source })
}

fn signer_toml(table: &str, role: &str, certificate: &str) -> String {
    // The line ends of PEM are made plain, so that the text is the same on every system.
    let certificate = certificate.replace('\r', "");
    let role = quoted(role);
    format!("\n[[{table}.signers]]\nrole = {role}\ncertificate = \"\"\"\n{certificate}\"\"\"\n")
}

pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
