use super::*;
use crate::tlog::leaf_hash;
use crate::tlog::unsafe_keys::{PUBLIC_LOG, PUBLIC_NOTE, UnsafePair, UnsafeSigner};

fn head() -> TreeHead {
    TreeHead { size: Size(42), root: leaf_hash(b"root") }
}

/// A note with this text, signed by the author.
fn signed_text(pair: &UnsafePair, text: &str) -> String {
    let line = pair.log_key.line(pair.author.sign(text.as_bytes()).to_vec());
    format!("{text}\n{line}")
}

#[test]
fn a_checkpoint_of_a_public_log_opens() {
    let key: LogKey = PUBLIC_LOG.parse().unwrap();
    let signed = key.open(PUBLIC_NOTE).unwrap();
    assert_eq!(signed.checkpoint().origin(), key.origin());
    assert_eq!(signed.checkpoint().size(), Size(1_432_088_532));
    assert!(PUBLIC_NOTE.starts_with(&signed.checkpoint().body()));
    // Only the author's line of six remains, and the note opens again.
    assert_eq!(signed.note().lines().count(), 5);
    assert_eq!(key.open(signed.note()), Ok(signed));
}

#[test]
fn the_body_has_three_lines() {
    let checkpoint = Checkpoint::new(
        "example.com/behind-the-sofa".parse().unwrap(),
        Size(20_852_163),
        text::hash("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=").unwrap(),
    )
    .unwrap();
    let body = "example.com/behind-the-sofa\n20852163\n\
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    assert_eq!(checkpoint.body(), body);
    assert_eq!(checkpoint.to_sign(), body.as_bytes());
    assert_eq!(Checkpoint::parse(body), Ok(checkpoint));
}

#[test]
fn a_sealed_checkpoint_opens_as_itself() {
    let pair = UnsafePair::new();
    let signed = pair.signed(head());
    assert_eq!(pair.log_key.open(signed.note()), Ok(signed.clone()));
    assert_eq!(signed.checkpoint().head(), head());
}

#[test]
fn a_body_that_is_no_checkpoint_is_refused_by_name_though_its_author_signed_it() {
    use CheckpointRefused::*;
    let pair = UnsafePair::new();
    let root = text::to_base64(leaf_hash(b"root").as_bytes());
    let own = "log.example/gbr";
    for (body, refusal) in [
        (format!("{own}\n"), Lines),
        (format!("{own}\n42\n"), Lines),
        (format!("{own}\n42\n{root}\nextension\n"), Extension),
        (format!("{own}\n42\n{root}\n\n"), Extension),
        (format!("\n42\n{root}\n"), Origin(OriginRefused::Empty)),
        (format!("{own} \n42\n{root}\n"), Origin(OriginRefused::Character)),
        (format!("log.example/fra\n42\n{root}\n"), OtherOrigin),
        (format!("{own}/\n42\n{root}\n"), OtherOrigin),
        (format!("Log.example/gbr\n42\n{root}\n"), OtherOrigin),
        (format!("{own}\n\n{root}\n"), Size),
        (format!("{own}\n042\n{root}\n"), Size),
        (format!("{own}\n+42\n{root}\n"), Size),
        (format!("{own}\n-42\n{root}\n"), Size),
        (format!("{own}\n 42\n{root}\n"), Size),
        (format!("{own}\n42 \n{root}\n"), Size),
        (format!("{own}\n18446744073709551616\n{root}\n"), Size),
        (format!("{own}\n0\n{root}\n"), Empty),
        (format!("{own}\n42\n\n"), Root),
        (format!("{own}\n42\n{root} \n"), Root),
        (format!("{own}\n42\n{}\n", root.trim_end_matches('=')), Root),
        (format!("{own}\n42\n{}\n", text::to_base64(&[7; 31])), Root),
        (format!("{own}\n42\n{}\n", text::to_base64(&[7; 33])), Root),
        (format!("{own}\n42\n{}\n", leaf_hash(b"root")), Root),
    ] {
        let note = signed_text(&pair, &body);
        assert_eq!(pair.log_key.open(note), Err(refusal), "{body:?}");
    }
    assert_eq!(Checkpoint::parse(&format!("{own}\n42\n{root}")), Err(Lines));
    assert!(pair.log_key.open(signed_text(&pair, &format!("{own}\n42\n{root}\n"))).is_ok());
}

#[test]
fn signatures_by_unknown_keys_are_ignored_and_left_out() {
    let pair = UnsafePair::new();
    let signed = pair.signed(head());
    let body = signed.checkpoint().body();
    let author = pair.log_key.line(pair.author.sign(body.as_bytes()).to_vec());
    // The same name under another key id, and a name of its own: both may say what they like.
    let namesake = LogKey::new(pair.log_key.origin().clone(), UnsafeSigner::new(3).public_key());
    let stranger = pair.mirror_key.line(vec![0; 72]);
    let note = format!("{body}\n{}{stranger}{author}{stranger}", namesake.line(vec![0; 64]));
    let opened = pair.log_key.open(note).unwrap();
    assert_eq!(opened, signed);
    assert_eq!(opened.note(), format!("{body}\n{author}"));
}

#[test]
fn a_note_without_exactly_one_good_signature_by_the_author_is_refused() {
    use CheckpointRefused::*;
    let pair = UnsafePair::new();
    let signed = pair.signed(head());
    let body = signed.checkpoint().body();
    let good = pair.author.sign(body.as_bytes()).to_vec();
    let by_mirror = pair.mirror.sign(body.as_bytes()).to_vec();
    let without_line_end = pair.author.sign(body.trim_end().as_bytes()).to_vec();
    let line = |signature: &[u8]| pair.log_key.line(signature.to_vec());
    let good_line = line(&good);
    for (lines, refusal) in [
        (pair.mirror_key.line(good.clone()), Unsigned),
        (LogKey::new("x".parse().unwrap(), pair.author.public_key()).line(good.clone()), Unsigned),
        (format!("{good_line}{good_line}"), SignedTwice),
        (format!("{good_line}{}", line(&by_mirror)), SignedTwice),
        (line(&by_mirror), Signature(BadSignature)),
        (line(&without_line_end), Signature(BadSignature)),
        (line(&good[..63]), Signature(BadSignature)),
        (line(&[&good[..], &[0]].concat()), Signature(BadSignature)),
        (line(&[0]), Signature(BadSignature)),
        (line(&[0; 64]), Signature(BadSignature)),
        (String::new(), Note(NoteRefused::NoSignatures)),
    ] {
        assert_eq!(pair.log_key.open(format!("{body}\n{lines}")), Err(refusal), "{lines}");
    }
}

#[test]
fn a_signed_note_changed_in_any_byte_is_refused() {
    let pair = UnsafePair::new();
    let note = pair.signed(head()).note().into_bytes();
    for place in 0..note.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut changed = note.clone();
            changed[place] ^= flip;
            assert!(pair.log_key.open(&changed).is_err(), "byte {place} flipped by {flip:#x}");
        }
        let mut shorter = note.clone();
        shorter.remove(place);
        assert!(pair.log_key.open(&shorter).is_err(), "byte {place} removed");
    }
}

#[test]
fn nothing_is_sealed_that_would_not_open() {
    let pair = UnsafePair::new();
    let checkpoint = pair.checkpoint(head());
    let signature = pair.author.sign(&checkpoint.to_sign());
    let by_mirror = pair.mirror.sign(&checkpoint.to_sign());
    let seal = |key: &LogKey, signature| SignedCheckpoint::seal(checkpoint.clone(), key, signature);
    assert!(seal(&pair.log_key, &signature).is_ok());
    let refusal = CheckpointRefused::Signature(BadSignature);
    assert_eq!(seal(&pair.log_key, &by_mirror), Err(refusal));
    assert_eq!(seal(&pair.log_key, &[0; 64]), Err(refusal));
    let other = LogKey::new("log.example/fra".parse().unwrap(), pair.author.public_key());
    assert_eq!(seal(&other, &signature), Err(CheckpointRefused::OtherOrigin));
    let origin = pair.log_key.origin().clone();
    let empty = Checkpoint::new(origin, Size(0), crate::tlog::EMPTY_ROOT);
    assert_eq!(empty, Err(CheckpointRefused::Empty));
}
