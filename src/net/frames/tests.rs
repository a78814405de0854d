use super::*;
use crate::session::{Ping, encode_frame};

fn ping() -> Vec<u8> {
    encode_frame(&Ping { clock: crate::names::Timestamp::new(7) }.into())
}

/// Reads a byte stream to its end.
fn read(bytes: &[u8]) -> (Vec<Inbound>, ReadEnd) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let (inbox, mut received) = mpsc::channel(16);
        let end = read_all(bytes, inbox).await;
        let mut all = Vec::new();
        while let Some(one) = received.recv().await {
            all.push(one);
        }
        (all, end)
    })
}

#[test]
fn whole_frames_are_read_one_after_the_other() {
    let (all, end) = read(&[ping(), ping()].concat());
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|one| matches!(one, Inbound::Message(Message::Ping(_)))));
    assert!(matches!(end, ReadEnd::Closed));
}

#[test]
fn a_frame_that_is_cut_anywhere_is_a_broken_connection() {
    let whole = ping();
    for len in 1..whole.len() {
        let (all, end) = read(&whole[..len]);
        assert!(all.is_empty(), "{len}");
        assert!(matches!(end, ReadEnd::Broken(_)), "{len}: {end}");
    }
}

#[test]
fn a_frame_of_no_bytes_or_of_too_many_is_refused_before_anything_is_reserved() {
    for (head, wanted) in [
        ([0, 0, 0, 0], ProblemCode::Malformed),
        ([0, 0x10, 0, 1], ProblemCode::Oversized),
        ([0xff; 4], ProblemCode::Oversized),
    ] {
        let (all, _) = read(&head);
        let [Inbound::Garbled(code, _)] = all.as_slice() else { panic!("{head:?}: {all:?}") };
        assert_eq!(*code, wanted);
    }
}

#[test]
fn a_frame_of_other_bytes_is_garbled() {
    for body in [&b"GET / HTTP/1.1\r\n"[..], &[0xff], &[0xa0], &[0xa1, 0, 6]] {
        let mut frame = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
        frame.extend(body);
        let (all, _) = read(&frame);
        let [Inbound::Garbled(code, _)] = all.as_slice() else { panic!("{body:?}: {all:?}") };
        assert_eq!(*code, ProblemCode::Malformed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_never_ends_is_given_up_and_an_idle_connection_is_not() {
    let (near, mut far) = tokio::io::duplex(64);
    let (inbox, _received) = mpsc::channel(1);
    let reading = tokio::spawn(read_all(near, inbox));
    far.write_all(&[0, 0, 0, 9, 1, 2]).await.unwrap();
    assert!(matches!(reading.await.unwrap(), ReadEnd::Slow));
}
