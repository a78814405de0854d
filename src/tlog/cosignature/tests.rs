use super::*;
use crate::names::Size;
use crate::tlog::unsafe_keys::{PUBLIC_LOG, PUBLIC_MIRROR, PUBLIC_NOTE, UnsafePair, UnsafeSigner};
use crate::tlog::{TreeHead, leaf_hash};

const YEAR_9999: u64 = 253_402_300_799;

fn head() -> TreeHead {
    TreeHead { size: Size(42), root: leaf_hash(b"root") }
}

/// What a mirror would sign, for any number of seconds.
fn blob(pair: &UnsafePair, seconds: u64) -> Vec<u8> {
    let body = pair.checkpoint(head()).body();
    let message = format!("cosignature/v1\ntime {seconds}\n{body}");
    [&seconds.to_be_bytes()[..], &pair.mirror.sign(message.as_bytes())].concat()
}

#[test]
fn a_checkpoint_that_a_public_witness_cosigned_opens() {
    let log: LogKey = PUBLIC_LOG.parse().unwrap();
    let witness: MirrorKey = PUBLIC_MIRROR.parse().unwrap();
    let cosigned = witness.open(&log, PUBLIC_NOTE).unwrap();
    assert_eq!(cosigned.time(), Timestamp::new(0x6a12_2120));
    assert_eq!(cosigned.signed(), &log.open(PUBLIC_NOTE).unwrap());
    // Author and witness remain of six, and the note opens again.
    assert_eq!(cosigned.note().lines().count(), 6);
    assert_eq!(witness.open(&log, cosigned.note()), Ok(cosigned));
}

#[test]
fn the_signed_message_is_the_one_that_the_specification_shows() {
    let body = "example.com/behind-the-sofa\n20852163\n\
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    let checkpoint = Checkpoint::parse(body).unwrap();
    let want = format!("cosignature/v1\ntime 1679315147\n{body}");
    assert_eq!(checkpoint.to_cosign(Timestamp::new(1_679_315_147)), want.as_bytes());
}

#[test]
fn a_sealed_cosignature_opens_as_itself_and_is_made_again_byte_for_byte() {
    let pair = UnsafePair::new();
    for seconds in [0, 1, 1_762_353_000, YEAR_9999] {
        let cosigned = pair.cosigned(head(), Timestamp::new(seconds));
        assert_eq!(pair.mirror_key.open(&pair.log_key, cosigned.note()), Ok(cosigned.clone()));
        assert_eq!(pair.cosigned(head(), Timestamp::new(seconds)).note(), cosigned.note());
        let own = pair.mirror_key.line(blob(&pair, seconds));
        assert_eq!(cosigned.note(), format!("{}{own}", pair.signed(head()).note()));
        // To the author's key the mirror is a stranger.
        assert_eq!(pair.log_key.open(cosigned.note()).as_ref(), Ok(cosigned.signed()));
    }
}

#[test]
fn a_note_without_exactly_one_good_cosignature_is_refused_by_name() {
    use CosignatureRefused::*;
    let pair = UnsafePair::new();
    let note = pair.signed(head()).note();
    let good = blob(&pair, 5);
    let line = |blob: &[u8]| pair.mirror_key.line(blob.to_vec());
    let later = [&6_u64.to_be_bytes()[..], &good[8..]].concat();
    let plain = pair.mirror.sign(&pair.checkpoint(head()).to_sign());
    let stranger = UnsafeSigner::new(3);
    let namesake = MirrorKey::new(pair.mirror_key.name().clone(), stranger.public_key());
    let by_author = pair.author.sign(&pair.checkpoint(head()).to_cosign(Timestamp::new(5)));
    for (lines, refusal) in [
        (String::new(), Unsigned),
        (namesake.line(good.clone()), Unsigned),
        (format!("{}{}", line(&good), line(&good)), SignedTwice),
        (format!("{}{}", line(&good), line(&blob(&pair, 6))), SignedTwice),
        (line(&good[..71]), Length),
        (line(&good[8..]), Length),
        (line(&good[..8]), Length),
        (line(&good[..1]), Length),
        (line(&[&good[..], &[0]].concat()), Length),
        (line(&blob(&pair, YEAR_9999 + 1)), Time),
        (line(&blob(&pair, 1 << 63)), Time),
        (line(&blob(&pair, u64::MAX)), Time),
        (line(&later), Signature(BadSignature)),
        (line(&[&[0; 8][..], &plain].concat()), Signature(BadSignature)),
        (line(&[&5_u64.to_be_bytes()[..], &by_author].concat()), Signature(BadSignature)),
        (line(&[0; 72]), Signature(BadSignature)),
    ] {
        let verdict = pair.mirror_key.open(&pair.log_key, format!("{note}{lines}"));
        assert_eq!(verdict, Err(refusal), "{lines}");
    }
    assert!(pair.mirror_key.open(&pair.log_key, format!("{note}{}", line(&good))).is_ok());
}

#[test]
fn a_cosignature_does_not_stand_in_for_the_author() {
    let pair = UnsafePair::new();
    let body = pair.checkpoint(head()).body();
    let note = format!("{body}\n{}", pair.mirror_key.line(blob(&pair, 5)));
    let refusal = CosignatureRefused::Checkpoint(CheckpointRefused::Unsigned);
    assert_eq!(pair.mirror_key.open(&pair.log_key, note), Err(refusal));
    let refusal = CosignatureRefused::Checkpoint(NoteRefused::NoBlankLine.into());
    assert_eq!(pair.mirror_key.open(&pair.log_key, "text"), Err(refusal));
}

#[test]
fn a_cosigned_note_changed_in_any_byte_is_refused() {
    let pair = UnsafePair::new();
    let note = pair.cosigned(head(), Timestamp::new(1_762_353_000)).note().into_bytes();
    for place in 0..note.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut changed = note.clone();
            changed[place] ^= flip;
            let verdict = pair.mirror_key.open(&pair.log_key, &changed);
            assert!(verdict.is_err(), "byte {place} flipped by {flip:#x}");
        }
    }
}

#[test]
fn nothing_is_sealed_that_would_not_open() {
    let pair = UnsafePair::new();
    let time = Timestamp::new(5);
    let signature = pair.mirror.sign(&pair.checkpoint(head()).to_cosign(time));
    let seal = |time, signature| {
        CosignedCheckpoint::seal(pair.signed(head()), &pair.mirror_key, time, signature)
    };
    assert!(seal(time, &signature).is_ok());
    assert_eq!(seal(Timestamp::new(6), &signature), Err(BadSignature));
    assert_eq!(seal(time, &[0; 64]), Err(BadSignature));
    let other = TreeHead { size: Size(43), ..head() };
    let verdict = CosignedCheckpoint::seal(pair.signed(other), &pair.mirror_key, time, &signature);
    assert_eq!(verdict, Err(BadSignature));
}
