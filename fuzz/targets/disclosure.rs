//! Disclosures: personal data, which come from the counterpart.

use entente::record::{Datum, Disclosure};

/// Gives the bytes to the reader of disclosures, and as a value to every datum.
pub fn run(bytes: &[u8]) {
    if let Ok(one) = Disclosure::decode(bytes) {
        assert_eq!(one.encode(), bytes, "written otherwise");
        assert_eq!(one.datum().check(one.value()), Ok(()));
        assert!(!one.value().chars().any(char::is_control));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for datum in Datum::ALL {
        let Ok(one) = Disclosure::new([7; 16], *datum, text.to_owned()) else { continue };
        assert_eq!(Disclosure::decode(&one.encode()).as_ref(), Ok(&one));
    }
}
