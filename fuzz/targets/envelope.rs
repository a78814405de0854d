//! Envelopes: one written form, and no signature that the keyring takes by accident.

use entente::{
    envelope::Envelope,
    ledger::{Keybook, examine},
    names::{Party, Position},
};

use super::world::world;

/// Gives the bytes to the parser, and as an entry to both logs' examiners.
pub fn run(bytes: &[u8]) {
    let parsed = Envelope::parse(bytes);
    if let Ok(envelope) = &parsed {
        assert_eq!(envelope.bytes(), bytes, "written otherwise");
    }
    for party in Party::BOTH {
        let keys = Keybook::new(&world().sides.agreement, party);
        let examined = examine(&keys, Position(0), bytes.to_vec());
        if let Ok(record) = examined.record() {
            let envelope = parsed.as_ref().expect("what is checked was parsed");
            assert_eq!(record.get().encode(), envelope.payload());
            assert_eq!(record.signer().party, party);
        }
    }
}
