//! The two written forms that all C2SP texts share; each value has exactly one.

use data_encoding::BASE64;

use crate::names::Hash;

/// Reads an ASCII decimal number without sign or leading zeros; 0 is `0`.
pub(super) fn decimal(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

/// Reads standard base64 with padding (RFC 4648 section 4).
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    // The codec refuses loose trailing bits, but takes several padded pieces in a row.
    BASE64.decode(text.as_bytes()).ok().filter(|bytes| BASE64.encode(bytes) == text)
}

/// Reads a hash in base64.
pub(super) fn hash(text: &str) -> Option<Hash> {
    Hash::from_slice(&base64(text)?)
}

/// Writes bytes in base64.
pub(super) fn to_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_form() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("18446744073709551615"), Some(u64::MAX));
        for other in ["", "00", "01", "+1", "-1", "1 ", " 1", "0x1", "1e3", "18446744073709551616"]
        {
            assert_eq!(decimal(other), None, "{other:?}");
        }
    }

    #[test]
    fn bytes_have_one_form_in_base64() {
        assert_eq!(base64("AQID"), Some(vec![1, 2, 3]));
        assert_eq!(base64("AQ=="), Some(vec![1]));
        // In order: no padding, loose bits, two pieces, the URL alphabet, a space, a line end.
        for other in ["AQ", "AQ=", "AR==", "AQ==AQ==", "_-8=", "AQ ID", "AQID\n", "=", "AQ==="] {
            assert_eq!(base64(other), None, "{other:?}");
        }
    }
}
