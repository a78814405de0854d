//! The text form of log and mirror keys: C2SP signed-note, "verifier keys".

use data_encoding::{BASE64, HEXLOWER};

use crate::names::sha256;

/// Signs checkpoints as plain Ed25519 (signed-note, signature type 0x01).
pub(super) const TYPE_NOTE: u8 = 0x01;
/// Cosigns with the time (tlog-cosignature, signature type 0x04).
pub(super) const TYPE_COSIGNATURE: u8 = 0x04;

/// `name+hex(key id)+base64(type || public key)`; the key id is the first four bytes of
/// SHA-256(name || 0x0A || type || public key).
pub(super) fn vkey(name: &str, kind: u8, public_key: &[u8; 32]) -> String {
    let typed = [&[kind][..], public_key].concat();
    let digest = sha256(&[name.as_bytes(), b"\n", &typed].concat());
    let id: Vec<u8> = digest.iter().take(4).copied().collect();
    format!("{name}+{}+{}", HEXLOWER.encode(&id), BASE64.encode(&typed))
}

/// Whether a name can stand in a note: no white space, no plus sign, no control character, and not
/// so long that it crowds out the rest of the line.
pub(super) fn is_key_name(name: &str) -> bool {
    let fits = |sign: char| !sign.is_whitespace() && !sign.is_control() && sign != '+';
    (1..=200).contains(&name.len()) && name.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verifier_key_of_the_go_note_package_is_written_again() {
        // From the package documentation of golang.org/x/mod/sumdb/note.
        let known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let (_, encoded) = known.rsplit_once('+').unwrap();
        let typed = BASE64.decode(encoded.as_bytes()).unwrap();
        let key: [u8; 32] = typed[1..].try_into().unwrap();
        assert_eq!(vkey("PeterNeumann", TYPE_NOTE, &key), known);
        assert_ne!(vkey("PeterNeumann", TYPE_COSIGNATURE, &key), known);
    }

    #[test]
    fn a_name_that_breaks_a_note_is_refused() {
        assert!(is_key_name("entente.example/gbr/2025"));
        let long = "x".repeat(201);
        for bad in ["", "a b", "a+b", "a\nb", "a\u{a0}b", "a\tb", "a\u{7f}b", &long] {
            assert!(!is_key_name(bad), "{bad:?}");
        }
    }
}
