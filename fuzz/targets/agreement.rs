//! Agreement files: terms as TOML and as CBOR, and what is made of their keys.

use entente::{ledger::Agreement, limits::AGREEMENT_BYTES_MAX, record::Terms};

/// Gives the bytes to both readers.
pub fn run(bytes: &[u8]) {
    if bytes.len() > AGREEMENT_BYTES_MAX {
        return;
    }
    if let Ok(terms) = Terms::decode(bytes) {
        assert_eq!(entente::cbor::encode(&terms), bytes, "written otherwise");
        open(terms);
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(terms) = toml::from_str::<Terms>(text)
    {
        open(terms);
    }
}

fn open(terms: Terms) {
    let digest = terms.digest();
    let cbor = entente::cbor::encode(&terms);
    if let Ok(agreement) = Agreement::open(terms) {
        assert_eq!(agreement.digest(), digest);
        assert_eq!(Terms::decode(&cbor).as_ref(), Ok(agreement.terms()));
    }
}
