//! Frames: a length is judged before anything is reserved, and a message has one written form.

use entente::session::{decode_frame, encode_frame, frame_length};

/// Gives the bytes to the reader of heads and to the reader of bodies.
pub fn run(bytes: &[u8]) {
    if let Some((head, body)) = bytes.split_first_chunk::<4>()
        && let Ok(length) = frame_length(*head)
    {
        assert!((1..=entente::limits::FRAME_BYTES_MAX).contains(&length));
        body_of(body.get(..length).unwrap_or(body));
    }
    body_of(bytes);
}

fn body_of(bytes: &[u8]) {
    if let Ok(message) = decode_frame(bytes) {
        let frame = encode_frame(&message);
        let (head, body) = frame.split_first_chunk::<4>().expect("a head");
        assert_eq!(frame_length(*head), Ok(bytes.len()));
        assert_eq!(body, bytes, "written otherwise: {message:?}");
    }
}
