#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use super::*;
use crate::envelope::BadSignature;
use crate::tlog::unsafe_keys::{UnsafePair, leaves};
use crate::tlog::{CheckpointRefused, MemoryNodes, NoteRefused, inclusion_proof, leaf_hash};
use proptest::prelude::*;

const TIME: Timestamp = Timestamp::new(1_762_353_000);

fn receipt(pair: &UnsafePair, position: u64, size: u32) -> Receipt {
    let nodes: MemoryNodes = leaves(size).collect();
    let proof = inclusion_proof(&nodes, Position(position), nodes.size()).unwrap();
    let cosigned = pair.cosigned(nodes.head(), TIME);
    Receipt::new(leaf(position), Position(position), proof, cosigned).unwrap()
}

fn leaf(position: u64) -> Hash {
    leaves(u32::MAX).nth(usize::try_from(position).unwrap()).unwrap()
}

fn check(pair: &UnsafePair, text: &str, leaf: Hash) -> Result<Receipt, ReceiptRefused> {
    Receipt::check(text, leaf, &pair.log_key, &pair.mirror_key)
}

#[test]
fn a_receipt_is_checked_as_it_was_written() {
    let pair = UnsafePair::new();
    for size in [1, 2, 3, 7, 8, 9, 70] {
        for position in 0..u64::from(size) {
            let receipt = receipt(&pair, position, size);
            let checked = check(&pair, &receipt.text(), leaf(position)).unwrap();
            assert_eq!(checked, receipt, "{position} in {size}");
            assert_eq!(checked.text(), receipt.text());
            assert_eq!(checked.position(), Position(position));
            assert_eq!(checked.size(), Size(u64::from(size)));
            assert_eq!(checked.time(), TIME);
        }
    }
}

#[test]
fn a_receipt_has_the_form_that_the_specification_shows() {
    let pair = UnsafePair::new();
    let text = receipt(&pair, 2, 3).text();
    let lines: Vec<&str> = text.lines().collect();
    let left = crate::tlog::node_hash(&leaf(0), &leaf(1));
    assert_eq!(lines[..2], ["c2sp.org/tlog-proof@v1", "index 2"]);
    assert_eq!(lines[2], text::to_base64(left.as_bytes()));
    assert_eq!(lines[3..6], ["", "log.example/gbr", "3"]);
    assert!(lines[8].starts_with("— log.example/gbr "));
    assert!(lines[9].starts_with("— mirror.example/fra "));
    assert_eq!(lines.len(), 10);
    let alone = receipt(&pair, 0, 1).text();
    assert!(alone.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nlog.example/gbr\n1\n"));
}

#[test]
fn cosignatures_of_others_do_not_spoil_a_receipt() {
    let pair = UnsafePair::new();
    let receipt = receipt(&pair, 2, 3);
    let more = format!("{}— witness.example AAAAAAAAAAAA\n", receipt.text());
    assert_eq!(check(&pair, &more, leaf(2)), Ok(receipt));
}

#[test]
fn whatever_is_no_receipt_is_refused_by_name() {
    use ReceiptRefused::*;
    let pair = UnsafePair::new();
    let text = receipt(&pair, 2, 7).text();
    let first = text.lines().nth(2).unwrap();
    let second = text.lines().nth(3).unwrap();
    let with = |from: &str, to: &str| text.replacen(from, to, 1);
    let outside = ProofRefused::Outside { position: Position(7), size: Size(7) };
    let length = |have| Proof(ProofRefused::Length { want: 3, have });
    let unsigned = Checkpoint(CosignatureRefused::Checkpoint(CheckpointRefused::Unsigned));
    let no_note = Checkpoint(NoteRefused::NoBlankLine.into());
    let extra_blank = Checkpoint(CosignatureRefused::Checkpoint(BadSignature.into()));
    let long_proof = format!("{first}\n").repeat(PROOF_HASHES_MAX);
    for (text, refusal) in [
        (String::new(), Version),
        (with("@v1", "@v2"), Version),
        (with("@v1", "@v1 "), Version),
        (with("@v1\n", "@v1\r\n"), Version),
        (format!("\n{text}"), Version),
        (with("index 2", "extra AAAA\nindex 2"), Extra),
        (with("index 2\n", ""), Index),
        (with("index 2", "index"), Index),
        (with("index 2", "index "), Index),
        (with("index 2", "index 02"), Index),
        (with("index 2", "index +2"), Index),
        (with("index 2", "index -2"), Index),
        (with("index 2", "index 2 "), Index),
        (with("index 2", "index  2"), Index),
        (with("index 2", "Index 2"), Index),
        (with("index 2", "index 18446744073709551616"), Index),
        (with("index 2", "index 2\nindex 2"), Hash),
        (with("index 2", "index 2\nextra AAAA"), Hash),
        (with(first, &first[1..]), Hash),
        (with(first, first.trim_end_matches('=')), Hash),
        (with(first, &format!("{first} ")), Hash),
        (with(first, &format!("{first}{second}")), Hash),
        (with(first, "AAAA"), Hash),
        (with("\n\nlog", "\nlog"), Hash),
        (with(first, &format!("{long_proof}{first}")), TooManyHashes),
        (text[..40].to_owned(), NoBlankLine),
        (text[..text.find("\n\n").unwrap() + 2].to_owned(), no_note),
        (with("\n\n", "\n\n\n"), extra_blank),
        (with("— log.example/gbr", "— log.example/fra"), unsigned),
        (with("— mirror.example/fra", "— x"), Checkpoint(CosignatureRefused::Unsigned)),
        (with("index 2", "index 7"), Proof(outside)),
        (with("index 2", "index 3"), Proof(ProofRefused::Root)),
        (with("index 2", "index 6"), Proof(ProofRefused::Length { want: 2, have: 3 })),
        (with(&format!("{first}\n"), ""), length(2)),
        (with(first, &format!("{first}\n{first}")), length(4)),
        (with(first, second), Proof(ProofRefused::Root)),
        ("x".repeat(RECEIPT_BYTES_MAX + 1), TooLong),
    ] {
        assert_eq!(check(&pair, &text, leaf(2)), Err(refusal), "{text}");
    }
}

#[test]
fn a_receipt_serves_no_other_entry_log_or_mirror() {
    let pair = UnsafePair::new();
    let text = receipt(&pair, 2, 7).text();
    for position in (0..7).filter(|position| *position != 2) {
        let refusal = ReceiptRefused::Proof(ProofRefused::Root);
        assert_eq!(check(&pair, &text, leaf(position)), Err(refusal));
    }
    let mut other = UnsafePair::new();
    other.log_key = LogKey::new("log.example/fra".parse().unwrap(), pair.author.public_key());
    assert!(check(&other, &text, leaf(2)).is_err());
    let mut other = UnsafePair::new();
    other.mirror_key = MirrorKey::new("x".parse().unwrap(), pair.mirror.public_key());
    assert!(check(&other, &text, leaf(2)).is_err());
}

#[test]
fn no_receipt_is_made_of_a_proof_that_does_not_hold() {
    let pair = UnsafePair::new();
    let good = receipt(&pair, 2, 7);
    let make = |leaf, position, proof: &InclusionProof| {
        Receipt::new(leaf, Position(position), proof.clone(), good.cosigned().clone())
    };
    assert!(make(leaf(2), 2, good.proof()).is_ok());
    assert_eq!(make(leaf(3), 2, good.proof()), Err(ProofRefused::Root));
    assert_eq!(make(leaf(2), 3, good.proof()), Err(ProofRefused::Root));
    let longer = InclusionProof::new([good.proof().hashes(), &[leaf_hash(b"")]].concat());
    let refusal = ProofRefused::Length { want: 3, have: 4 };
    assert_eq!(make(leaf(2), 2, &longer), Err(refusal));
}

proptest! {
    #[test]
    fn a_receipt_changed_in_any_byte_is_refused(place in 0_usize..10_000, byte: u8) {
        let pair = UnsafePair::new();
        let mut text = receipt(&pair, 2, 7).text().into_bytes();
        let place = place % text.len();
        prop_assume!(text[place] != byte);
        text[place] = byte;
        let verdict = Receipt::check(&text, leaf(2), &pair.log_key, &pair.mirror_key);
        prop_assert!(verdict.is_err());
    }

    #[test]
    fn no_bytes_confuse_the_reader(bytes in any::<Vec<u8>>()) {
        let pair = UnsafePair::new();
        let text = [b"c2sp.org/tlog-proof@v1\nindex 0\n", bytes.as_slice()].concat();
        prop_assert!(Receipt::check(text, leaf(0), &pair.log_key, &pair.mirror_key).is_err());
    }
}
