//! The texts of C2SP: notes, checkpoints, cosigned checkpoints, receipts and verifier keys.

use entente::{
    names::{Hash, Party},
    tlog::{Checkpoint, LogKey, MirrorKey, Note, Receipt},
};

use super::world::world;

/// Gives the text to every parser, under the keys of both parties.
pub fn run(bytes: &[u8]) {
    let agreement = &world().sides.agreement;
    let is_note = Note::parse(bytes).is_ok();
    for party in Party::BOTH {
        let log = &agreement.identity(party).log;
        let mirror = &agreement.identity(party.other()).mirror;
        if let Ok(signed) = log.open(bytes) {
            assert!(is_note);
            // Signatures of others are left out, and what is left opens again.
            assert_eq!(log.open(signed.note()).as_ref(), Ok(&signed));
        }
        if let Ok(cosigned) = mirror.open(log, bytes) {
            assert_eq!(log.open(bytes).as_ref(), Ok(cosigned.signed()));
            assert_eq!(mirror.open(log, cosigned.note()).as_ref(), Ok(&cosigned));
        }
        for leaf in world().leaves(party).chain([Hash::new([0; 32])]) {
            if let Ok(receipt) = Receipt::check(bytes, leaf, log, mirror) {
                assert_eq!(receipt.leaf(), leaf);
                assert_eq!(
                    Receipt::check(receipt.text(), leaf, log, mirror).as_ref(),
                    Ok(&receipt)
                );
            }
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(checkpoint.body(), text);
    }
    if let Ok(key) = text.parse::<LogKey>() {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(key) = text.parse::<MirrorKey>() {
        assert_eq!(key.to_string(), text);
    }
}
