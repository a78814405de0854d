//! What people are shown of a certificate: for a status, never for a decision.

use serde::{Deserialize, Serialize};

use super::profile;
use crate::names::Timestamp;

/// The longest subject that is shown, in characters: a line of a terminal.
const SUBJECT_CHARACTERS_MAX: usize = 200;

/// A certificate by which an operator recognises it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownCertificate {
    /// The subject's distinguished name, with control characters escaped; it proves nothing.
    pub subject: String,
    /// The serial number, in hexadecimal digits, as `openssl x509 -serial` has it.
    pub serial: String,
    /// Its last second.
    pub not_after: Timestamp,
}

impl ShownCertificate {
    /// Reads one certificate in DER; none if it cannot be read.
    #[must_use]
    pub fn of(der: &[u8]) -> Option<Self> {
        let certificate = profile::read(der).ok()?;
        let validity = profile::Validity::of(&certificate).ok()?;
        let subject = certificate.subject().to_string();
        Some(Self {
            subject: subject.escape_debug().take(SUBJECT_CHARACTERS_MAX).collect(),
            serial: certificate.raw_serial_as_string().replace(':', ""),
            not_after: validity.not_after,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_not_shown() {
        for bytes in [&b""[..], &[0x30, 0], &[0xff; 64]] {
            assert_eq!(ShownCertificate::of(bytes), None);
        }
    }

    #[test]
    fn a_subject_cannot_write_to_a_terminal() {
        let mut params = rcgen::CertificateParams::default();
        params.distinguished_name.push(rcgen::DnType::CommonName, "x\u{1b}[31m\n".repeat(99));
        params.not_after = rcgen::date_time_ymd(2030, 1, 1);
        params.serial_number = Some(vec![1, 0xab].into());
        let key = rcgen::KeyPair::generate().unwrap();
        let shown = ShownCertificate::of(params.self_signed(&key).unwrap().der()).unwrap();
        assert!(shown.subject.starts_with("CN=x\\u{1b}[31m\\n"), "{}", shown.subject);
        assert!(shown.subject.len() <= SUBJECT_CHARACTERS_MAX);
        assert_eq!(shown.serial, "01ab");
        assert_eq!(shown.not_after.to_string(), "2030-01-01T00:00:00Z");
    }
}
