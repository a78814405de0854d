use super::*;
use crate::tlog::unsafe_keys::{PUBLIC_NOTE, SPECIFIED_NOTE};
use proptest::prelude::*;

const LINE: &str = "— key AAAAAAA=\n";

#[test]
fn a_note_is_written_as_it_was_read() {
    let many = format!("text\n\n{}", LINE.repeat(NOTE_SIGNATURES_MAX));
    for note in [
        SPECIFIED_NOTE,
        PUBLIC_NOTE,
        &many,
        &format!("text\n\n{LINE}"),
        &format!("two\n\nparts\n\n{LINE}"),
        &format!("blank at the end\n\n\n{LINE}"),
        &format!("\n\n{LINE}"),
        "è UTF-8\n\n— clé AAAAAAA=\n",
        "any length\n\n— key AAAAAAABAgMEBQYH\n",
    ] {
        assert_eq!(Note::parse(note.as_bytes()).unwrap().to_string(), note);
    }
}

#[test]
fn the_last_blank_line_divides_text_and_signatures() {
    let note = format!("one\n\n{LINE}\n{LINE}");
    let note = Note::parse(note.as_bytes()).unwrap();
    assert_eq!(note.text(), format!("one\n\n{LINE}"));
    assert_eq!(note.signatures().len(), 1);
    let note = format!("one\n\n\n{LINE}");
    assert_eq!(Note::parse(note.as_bytes()).unwrap().text(), "one\n\n");
}

#[test]
fn the_parts_of_a_signature_line_are_told_apart() {
    let note = Note::parse(SPECIFIED_NOTE.as_bytes()).unwrap();
    assert_eq!(note.text(), "This is an example message.\n");
    let [line] = note.signatures() else { panic!("one signature") };
    assert_eq!(line.name, "example.com/foo");
    assert_eq!(line.key_id, [0x53, 0x0d, 0x90, 0x3a]);
    assert_eq!(line.signature.len(), 64);
}

#[test]
fn whatever_is_no_note_is_refused_by_name() {
    use NoteRefused::*;
    let too_many = format!("text\n\n{}", LINE.repeat(NOTE_SIGNATURES_MAX + 1));
    let too_long = format!("{}\n\n{LINE}", "x".repeat(NOTE_BYTES_MAX));
    for (note, refusal) in [
        ("", NoBlankLine),
        ("text", NoBlankLine),
        ("text\n", NoBlankLine),
        (LINE, NoBlankLine),
        (&format!("\n{LINE}"), NoBlankLine),
        (&format!("text\n{LINE}"), NoBlankLine),
        ("text\n\n", NoSignatures),
        (&format!("text\n\n{LINE}\n"), NoSignatures),
        (&format!("text\n\n{LINE}\n\n"), NoSignatures),
        ("text\n\n— key AAAAAAA=", Unterminated),
        (&too_many, TooManySignatures),
        (&too_long, TooLong),
        ("te\rxt\n\n— key AAAAAAA=\n", ControlCharacter),
        ("te\txt\n\n— key AAAAAAA=\n", ControlCharacter),
        ("te\0xt\n\n— key AAAAAAA=\n", ControlCharacter),
        ("text\r\n\r\n— key AAAAAAA=\r\n", ControlCharacter),
        ("text\n\n- key AAAAAAA=\n", NotASignature),
        ("text\n\n– key AAAAAAA=\n", NotASignature),
        ("text\n\n—key AAAAAAA=\n", NotASignature),
        ("text\n\n —  key AAAAAAA=\n", NotASignature),
        ("text\n\n— key\n", NotASignature),
        ("text\n\n—\n", NotASignature),
        ("text\n\n—  AAAAAAA=\n", KeyName),
        ("text\n\n— k+y AAAAAAA=\n", KeyName),
        ("text\n\n— k\u{a0}y AAAAAAA=\n", KeyName),
        ("text\n\n— k\u{85}y AAAAAAA=\n", KeyName),
        ("text\n\n— k\u{2003}y AAAAAAA=\n", KeyName),
        ("text\n\n— k\u{3000}y AAAAAAA=\n", KeyName),
        ("text\n\n— key  AAAAAAA=\n", Base64),
        ("text\n\n— key AAAAAAA= \n", Base64),
        ("text\n\n— key AAAAAAA\n", Base64),
        ("text\n\n— key AAAAAAB=\n", Base64),
        ("text\n\n— key AAAAAAA=AAAAAAA=\n", Base64),
        ("text\n\n— key AAAA_AA=\n", Base64),
        ("text\n\n— key \n", ShortSignature),
        ("text\n\n— key AAAA\n", ShortSignature),
        ("text\n\n— key AAAAAA==\n", ShortSignature),
    ] {
        assert_eq!(Note::parse(note.as_bytes()), Err(refusal), "{note:?}");
    }
    for bytes in [&b"te\xffxt\n\n"[..], b"text\n\n\xe2\x80", b"te\xc0\x80xt\n\n"] {
        assert_eq!(Note::parse(bytes), Err(NotUtf8));
    }
}

proptest! {
    #[test]
    fn bytes_that_are_read_are_written_back(bytes in any::<Vec<u8>>()) {
        if let Ok(note) = Note::parse(&bytes) {
            prop_assert_eq!(note.to_string().into_bytes(), bytes);
        }
    }

    #[test]
    fn a_note_changed_anywhere_is_refused_or_written_back(
        place in 0..PUBLIC_NOTE.len(), byte: u8, remove: bool,
    ) {
        let mut bytes = PUBLIC_NOTE.as_bytes().to_vec();
        if remove { bytes.remove(place); } else { bytes[place] = byte; }
        if let Ok(note) = Note::parse(&bytes) {
            prop_assert_eq!(note.to_string().into_bytes(), bytes);
        }
    }
}
