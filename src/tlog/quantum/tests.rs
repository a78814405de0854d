use super::*;
use crate::names::{Position, Size};
use crate::tlog::unsafe_keys::UnsafePair;
use crate::tlog::{CosignatureRefused, MemoryNodes, Receipt, TreeHead, inclusion_proof, leaf_hash};

/// Made by OpenSSL 3.5.8 from the seed 00 01 .. 1f: a verifier key, and a signature line over 42
/// entries of log.example/gbr whose root is `leaf_hash(b"root")`, at [`TIME`].
const OPENSSL: &str = include_str!("openssl.txt");
const TIME: Timestamp = Timestamp::new(1_762_353_000);
const NAME: &str = "mirror.example/fra";

fn vector() -> (QuantumMirrorKey, String) {
    let (vkey, line) = OPENSSL.split_once('\n').unwrap();
    (vkey.parse().unwrap(), line.to_owned())
}

fn head() -> TreeHead {
    TreeHead { size: Size(42), root: leaf_hash(b"root") }
}

fn cosigned() -> CosignedCheckpoint {
    UnsafePair::new().cosigned(head(), TIME)
}

fn signer(name: &str, seed: u8) -> QuantumSigner {
    QuantumSigner::from_seed(name.parse().unwrap(), &[seed; 32])
}

fn open(note: &str) -> Result<CosignedCheckpoint, CosignatureRefused> {
    let pair = UnsafePair::new();
    pair.mirror_key.open(&pair.log_key, note)
}

/// A line of the mirror's name with any key id and blob.
fn line(key_id: [u8; 4], blob: &[u8]) -> String {
    NoteSignature { name: NAME, key_id, signature: blob.to_vec() }.to_string()
}

/// What a signer would sign of any message, as a line.
fn line_over(signer: &QuantumSigner, seconds: u64, message: &[u8]) -> String {
    let signature = libcrux_ml_dsa::ml_dsa_44::sign(&signer.key, message, b"", [0; 32]).unwrap();
    line(signer.public.id, &[&seconds.to_be_bytes()[..], signature.as_slice()].concat())
}

#[test]
fn another_implementation_makes_the_same_key_and_its_cosignature_verifies() {
    let (key, line) = vector();
    let seed = std::array::from_fn(|i| u8::try_from(i).unwrap());
    let ours = QuantumSigner::from_seed(NAME.parse().unwrap(), &seed);
    assert_eq!(ours.public_key(), &key);
    assert_eq!(format!("{key}\n{line}"), OPENSSL);
    let cosigned = open(&format!("{}{line}", cosigned().note())).unwrap();
    assert_eq!(cosigned.verify_quantum(&key), Ok(()));
    assert!(cosigned.note().ends_with(&line), "it is kept");
}

#[test]
fn it_is_kept_wherever_the_note_goes_and_made_again_byte_for_byte() {
    let signer = signer(NAME, 7);
    let both = signer.add_to(cosigned()).unwrap();
    assert_eq!(signer.add_to(cosigned()).unwrap().note(), both.note());
    assert_eq!(open(&both.note()), Ok(both.clone()));
    assert_eq!(both.note().lines().count(), cosigned().note().lines().count() + 1);
    assert_ne!(both, cosigned());
    assert_eq!((both.time(), both.checkpoint()), (cosigned().time(), cosigned().checkpoint()));

    let pair = UnsafePair::new();
    let nodes: MemoryNodes = (0..3_u8).map(|n| leaf_hash(&[n])).collect();
    let proof = inclusion_proof(&nodes, Position(1), Size(3)).unwrap();
    let top = nodes.head();
    let cosigned = signer.add_to(pair.cosigned(top, TIME)).unwrap();
    let receipt = Receipt::new(leaf_hash(&[1]), Position(1), proof, cosigned).unwrap();
    let read =
        Receipt::check(receipt.text(), leaf_hash(&[1]), &pair.log_key, &pair.mirror_key).unwrap();
    assert_eq!(read.cosigned().verify_quantum(signer.public_key()), Ok(()));
    assert_eq!(read.text(), receipt.text());
}

#[test]
fn it_never_stands_for_the_other_one() {
    let pair = UnsafePair::new();
    let quantum = signer(NAME, 7).add_to(cosigned()).unwrap().quantum.unwrap().text;
    let alone = format!("{}{quantum}", pair.signed(head()).note());
    assert_eq!(open(&alone), Err(CosignatureRefused::Unsigned));
}

#[test]
fn two_of_one_mirror_are_refused_and_so_is_another_time() {
    let signer = signer(NAME, 7);
    let note = cosigned().note();
    let good = signer.add_to(cosigned()).unwrap().quantum.unwrap().text;
    assert!(open(&format!("{note}{good}")).is_ok());
    let twice = CosignatureRefused::QuantumTwice;
    assert_eq!(open(&format!("{note}{good}{good}")), Err(twice));
    let other = line([1, 2, 3, 4], &[0; BLOB_BYTES]);
    assert_eq!(open(&format!("{note}{good}{other}")), Err(twice));
    for seconds in [0, TIME.seconds() - 1, TIME.seconds() + 1, u64::MAX] {
        let at = Timestamp::new(seconds.min(TIME.seconds() + 1));
        let message = cosigned().checkpoint().to_cosign_quantum(signer.public.name(), at);
        let refused = open(&format!("{note}{}", line_over(&signer, seconds, &message)));
        assert_eq!(refused, Err(CosignatureRefused::QuantumTime), "{seconds}");
    }
}

#[test]
fn a_line_of_another_length_or_name_is_a_strangers_and_goes() {
    let note = cosigned().note();
    let (key, _) = vector();
    for length in [1, 72, BLOB_BYTES - 1, BLOB_BYTES + 1] {
        let opened = open(&format!("{note}{}", line(key.id, &vec![0; length]))).unwrap();
        assert_eq!(opened.note(), note, "{length}");
        assert_eq!(opened.verify_quantum(&key), Err(QuantumRefused::Unsigned));
    }
    let stranger = signer("mirror.example/other", 7);
    let signature = [0; BLOB_BYTES].to_vec();
    let name = stranger.public.name().as_str();
    let line = NoteSignature { name, key_id: stranger.public.id, signature }.to_string();
    assert_eq!(open(&format!("{note}{line}")).unwrap().note(), note);
    assert_eq!(stranger.add_to(cosigned()).err(), Some(QuantumRefused::OtherMirror));
}

#[test]
fn only_this_key_over_this_checkpoint_as_a_whole_tree_verifies() {
    let signer_of = signer(NAME, 7);
    let key = signer_of.public_key();
    let note = cosigned().note();
    let by = |line: &str| open(&format!("{note}{line}")).unwrap().verify_quantum(key);
    let good = cosigned().checkpoint().to_cosign_quantum(key.name(), TIME);
    assert_eq!(by(&line_over(&signer_of, TIME.seconds(), &good)), Ok(()));

    let other = signer(NAME, 8);
    assert_eq!(by(&line_over(&other, TIME.seconds(), &good)), Err(QuantumRefused::OtherKey));
    // The other key's signature under this key's id.
    let signature = libcrux_ml_dsa::ml_dsa_44::sign(&other.key, &good, b"", [0; 32]).unwrap();
    let blob = [&TIME.seconds().to_be_bytes()[..], signature.as_slice()].concat();
    assert_eq!(by(&line(key.id, &blob)), Err(QuantumRefused::Signature));

    // The message ends in start, end and hash; any bit of it counts, so a subtree that does not
    // begin at 0 is none of ours.
    for at in 0..good.len() {
        let mut wrong = good.clone();
        wrong[at] ^= 1;
        let refused = by(&line_over(&signer_of, TIME.seconds(), &wrong));
        assert_eq!(refused, Err(QuantumRefused::Signature), "byte {at}");
    }
    // Nor does the text of the other form pass.
    let classical = cosigned().checkpoint().to_cosign(TIME);
    let refused = by(&line_over(&signer_of, TIME.seconds(), &classical));
    assert_eq!(refused, Err(QuantumRefused::Signature));
    for at in [8, 40, 1000, 2347, 2348, BLOB_BYTES - 1] {
        let mut blob = blob_of(&line_over(&signer_of, TIME.seconds(), &good));
        blob[at] ^= 1;
        assert_eq!(by(&line(key.id, &blob)), Err(QuantumRefused::Signature), "byte {at}");
    }
}

fn blob_of(line: &str) -> Vec<u8> {
    let blob = text::base64(line.trim_end().rsplit_once(' ').unwrap().1).unwrap();
    blob[4..].to_vec()
}

#[test]
fn the_message_is_the_one_of_the_specification() {
    let message = cosigned().checkpoint().to_cosign_quantum(&NAME.parse().unwrap(), TIME);
    let root = head().root;
    let want = [
        &b"subtree/v1\n\0"[..],
        &[18],
        NAME.as_bytes(),
        &TIME.seconds().to_be_bytes(),
        &[15],
        b"log.example/gbr",
        &[0; 8],
        &42_u64.to_be_bytes(),
        root.as_bytes(),
    ];
    assert_eq!(message, want.concat());
}

#[test]
fn a_text_that_is_no_verifier_key_of_this_type_is_refused() {
    let (key, _) = vector();
    let good = key.to_string();
    let id = HEXLOWER.encode(&key.id);
    let of = |blob: &[u8]| format!("{NAME}+{id}+{}", text::to_base64(blob));
    let with_type = |byte: u8| of(&[&[byte], &key.key[..]].concat());
    let other_id = good.replacen(&id, "00000000", 1);
    for (text, refused) in [
        (String::new(), VkeyRefused::Parts),
        (NAME.to_owned(), VkeyRefused::Parts),
        (with_type(4), VkeyRefused::Type { want: 6, have: 4 }),
        (with_type(1), VkeyRefused::Type { want: 6, have: 1 }),
        (of(&[&[6], &key.key[1..]].concat()), VkeyRefused::Length),
        (of(&[&[6], &key.key[..], &[0]].concat()), VkeyRefused::Length),
        (of(&[6]), VkeyRefused::Length),
        (of(&[]), VkeyRefused::Base64),
        (format!("{good}="), VkeyRefused::Base64),
        (other_id, VkeyRefused::KeyId),
        (good.replacen("mirror", "mirros", 1), VkeyRefused::KeyId),
        (good.replacen(&id, &id.to_uppercase(), 1), VkeyRefused::KeyId),
    ] {
        assert_eq!(text.parse::<QuantumMirrorKey>(), Err(refused), "{text:.60}");
    }
    assert_eq!(good.parse(), Ok(key));
}
