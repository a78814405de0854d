//! The first bytes of a stranger: whether they begin a TLS handshake, and how many are still
//! missing before its ClientHello is whole. No TLS library sees a byte before that, so that
//! somebody who says little costs little.

use crate::limits::{HELLO_BYTES_MAX, HELLO_RECORDS_MAX};

/// Why what was sent is no beginning of a handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HelloRefused {
    /// Not a record of TLS that holds a handshake message (RFC 8446 section 5.1).
    #[error("it does not begin as a TLS handshake does")]
    NotTls,
    /// Another handshake message than a ClientHello (RFC 8446 section 4).
    #[error("it does not begin with a ClientHello")]
    NotAHello,
    /// More bytes than the bound.
    #[error("its ClientHello has more than {HELLO_BYTES_MAX} bytes")]
    TooLong,
    /// Spread over more records than the bound.
    #[error("its ClientHello comes in more than {HELLO_RECORDS_MAX} records")]
    InPieces,
    /// A ClientHello that TLS cannot make sense of.
    #[error("its ClientHello cannot be read")]
    Malformed,
    /// A ClientHello that does not ask for our application protocol (RFC 7301).
    #[error("it does not ask for the protocol entente/1")]
    Protocol,
}

/// What the bytes that came so far are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Survey {
    /// A beginning; so many bytes at least must follow.
    Missing(usize),
    /// The whole ClientHello, and nothing else.
    Whole,
}

/// The head of a record: type, version, length of what follows.
const RECORD_HEAD: usize = 5;
/// The head of a handshake message: type, length of what follows.
const MESSAGE_HEAD: usize = 4;
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;

/// Looks at the first bytes of a connection. A message may be spread over several records.
///
/// # Errors
/// As soon as the bytes cannot become a ClientHello within the bound.
pub(super) fn survey(bytes: &[u8]) -> Result<Survey, HelloRefused> {
    let (mut rest, mut records) = (bytes, 0_usize);
    // Of the message: its head as far as it came, and how many of its bytes came.
    let (mut head, mut came) = ([0_u8; MESSAGE_HEAD], 0_usize);
    loop {
        let Some((record, after)) = rest.split_at_checked(RECORD_HEAD) else {
            // The first record holds at least the head of the message.
            let more = if came == 0 { MESSAGE_HEAD } else { 1 };
            first_bytes(rest)?;
            return Ok(Survey::Missing(
                RECORD_HEAD.saturating_add(more).saturating_sub(rest.len()),
            ));
        };
        first_bytes(record)?;
        records = records.saturating_add(1);
        if records > HELLO_RECORDS_MAX {
            return Err(HelloRefused::InPieces);
        }
        let length = match record {
            [_, _, _, high, low] => usize::from(u16::from_be_bytes([*high, *low])),
            _ => 0,
        };
        if length == 0 {
            return Err(HelloRefused::NotTls);
        }
        let (held, after) = after.split_at_checked(length).unwrap_or((after, &[]));
        for (place, byte) in head.iter_mut().skip(came).zip(held) {
            *place = *byte;
        }
        came = came.saturating_add(held.len());
        if came > 0 && head.first() != Some(&CLIENT_HELLO) {
            return Err(HelloRefused::NotAHello);
        }
        let [_, high, middle, low] = head;
        let message = u32::from_be_bytes([0, high, middle, low]);
        let message = usize::try_from(message).unwrap_or(usize::MAX).saturating_add(MESSAGE_HEAD);
        let long = came >= MESSAGE_HEAD && message > HELLO_BYTES_MAX;
        if long || bytes.len() > HELLO_BYTES_MAX {
            return Err(HelloRefused::TooLong);
        }
        let of_record = length.saturating_sub(held.len());
        if came < MESSAGE_HEAD {
            let missing = MESSAGE_HEAD.saturating_sub(came).min(of_record.max(1));
            if of_record > 0 {
                return Ok(Survey::Missing(missing));
            }
        } else {
            // A record that goes on after the message would hold something else.
            let of_message = message.saturating_sub(came);
            if message < came || of_record > of_message {
                return Err(HelloRefused::NotAHello);
            }
            if of_message == 0 {
                return if after.is_empty() {
                    Ok(Survey::Whole)
                } else {
                    Err(HelloRefused::NotTls)
                };
            }
            if of_record > 0 {
                return Ok(Survey::Missing(of_record));
            }
        }
        rest = after;
    }
}

/// The type of a record and the first byte of its version, as far as they came.
fn first_bytes(record: &[u8]) -> Result<(), HelloRefused> {
    let fits = match record {
        [] | [HANDSHAKE] => true,
        [HANDSHAKE, major, ..] => *major == 3,
        [_, ..] => false,
    };
    if fits { Ok(()) } else { Err(HelloRefused::NotTls) }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "numbers are small here")]
mod tests {
    use super::*;

    fn record(held: &[u8]) -> Vec<u8> {
        let mut all = vec![22, 3, 1];
        all.extend(u16::try_from(held.len()).unwrap().to_be_bytes());
        all.extend(held);
        all
    }

    fn message(length: usize) -> Vec<u8> {
        let mut all = u32::try_from(length).unwrap().to_be_bytes().to_vec();
        all[0] = 1;
        all.extend(vec![7; length]);
        all
    }

    /// Feeds what is asked for and never more, as the door does, until the hello is whole.
    fn fed(bytes: &[u8]) -> Result<usize, HelloRefused> {
        let mut came = 0;
        loop {
            match survey(&bytes[..came])? {
                Survey::Whole => return Ok(came),
                Survey::Missing(more) => {
                    assert!(more > 0, "at {came}");
                    assert!(came + more <= bytes.len(), "asks for {more} beyond {came}");
                    came += more;
                }
            }
        }
    }

    #[test]
    fn a_hello_is_whole_when_all_of_it_came_and_no_byte_more_is_asked_for() {
        for length in [0, 1, 64, 512, 1800, 4000] {
            let message = message(length);
            let whole = record(&message);
            assert_eq!(fed(&whole), Ok(whole.len()), "{length}");
            for cut in 0..whole.len() {
                assert!(matches!(survey(&whole[..cut]), Ok(Survey::Missing(_))), "{length} {cut}");
            }
            // RFC 8446 section 5.1 lets a message be spread over records.
            for size in [4, 5, 100, 300] {
                let spread: Vec<u8> = message.chunks(size).flat_map(record).collect();
                let expected = if message.len().div_ceil(size) <= HELLO_RECORDS_MAX {
                    Ok(spread.len())
                } else {
                    Err(HelloRefused::InPieces)
                };
                assert_eq!(fed(&spread), expected, "{length} by {size}");
            }
        }
        // Even one byte a record.
        let spread: Vec<u8> = message(9).chunks(1).flat_map(record).collect();
        assert_eq!(survey(&spread), Ok(Survey::Whole));
        for cut in 0..spread.len() {
            assert!(matches!(survey(&spread[..cut]), Ok(Survey::Missing(_))), "{cut}");
        }
    }

    #[test]
    fn what_cannot_become_a_hello_is_refused_at_its_first_wrong_byte() {
        let two = [record(&message(8)), vec![21]].concat();
        let more = record(&[message(8), vec![1]].concat());
        for (bytes, refused) in [
            (&b"GET / HTTP/1.1\r\n"[..], HelloRefused::NotTls),
            (&[21], HelloRefused::NotTls),
            (&[21, 3, 3, 0, 2, 1, 0], HelloRefused::NotTls),
            (&[0x80, 46, 1, 3, 1], HelloRefused::NotTls),
            (&[22, 2], HelloRefused::NotTls),
            (&[22, 3, 1, 0, 0], HelloRefused::NotTls),
            (&[22, 3, 1, 0, 4, 2], HelloRefused::NotAHello),
            (&[22, 3, 3, 0, 9, 0], HelloRefused::NotAHello),
            (&[22, 3, 1, 0, 9, 1, 0, 0x10, 0], HelloRefused::TooLong),
            (&[22, 3, 1, 0xff, 0xff, 1, 0xff, 0xff, 0xff], HelloRefused::TooLong),
            // Something else in the same record, or right behind it.
            (&more[..], HelloRefused::NotAHello),
            (&two[..], HelloRefused::NotTls),
        ] {
            assert_eq!(survey(bytes), Err(refused), "{bytes:02x?}");
        }
    }

    #[test]
    fn a_hello_in_many_little_records_is_refused_at_the_first_that_is_too_many() {
        let mut spread: Vec<u8> = message(2000).chunks(1).flat_map(record).collect();
        for (records, refused) in [(HELLO_RECORDS_MAX, false), (HELLO_RECORDS_MAX + 1, true)] {
            let came = survey(&spread[..6 * records]);
            assert_eq!(came == Err(HelloRefused::InPieces), refused, "{came:?}");
        }
        // As long as the bound of bytes allows, and still refused for its pieces.
        spread.truncate(HELLO_BYTES_MAX);
        assert_eq!(survey(&spread), Err(HelloRefused::InPieces));
    }
}
