//! What a stranger was told, byte for byte: nothing, or what TLS 1.3 itself answers to a
//! ClientHello (RFC 8446 section 4), in the clear no more than randomness, a version and a key
//! share.

use crate::crowd::Kind;

/// What a stranger learnt, if it is no more than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// Not one byte.
    Nothing,
    /// A HelloRetryRequest: another hello is due, with a key share of one of our groups.
    Retry,
    /// Our half of a handshake: a ServerHello, and the rest under its keys.
    Flight,
}

/// The random of a HelloRetryRequest: SHA-256 of its name (RFC 8446 section 4.1.3).
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];
/// Types of records.
const COMPATIBLE: u8 = 20;
const HANDSHAKE: u8 = 22;
const SEALED: u8 = 23;
/// Words that would say who listens; a shorter one stands in a random once in a while.
const WORDS: [&[u8]; 4] = [b"entente", b"exchange", b"example", b"certificate"];

/// Reads what one of this kind was told.
///
/// # Errors
/// What is amiss in it.
pub(crate) fn read(kind: Kind, told: &[u8]) -> Result<Told, &'static str> {
    let read = if told.is_empty() { Told::Nothing } else { answer(told)? };
    let may = match read {
        Told::Nothing => true,
        Told::Retry => matches!(kind, Kind::Unshared),
        Told::Flight => matches!(kind, Kind::Whole),
    };
    if may { Ok(read) } else { Err("that is for another kind") }
}

fn answer(told: &[u8]) -> Result<Told, &'static str> {
    let records = records(told).ok_or("no whole records of TLS")?;
    let Some(((HANDSHAKE, first), mut rest)) = records.split_first() else {
        return Err("it does not begin with a handshake");
    };
    let lower = first.to_ascii_lowercase();
    if WORDS.iter().any(|word| lower.windows(word.len()).any(|part| part == *word)) {
        return Err("it says who listens");
    }
    let read = server_hello(first).ok_or("more or less than a ServerHello")?;
    // RFC 8446 appendix D.4: this record looks like TLS 1.2, and says nothing.
    if let Some(((COMPATIBLE, [1]), after)) = rest.split_first() {
        rest = after;
    }
    match (read, rest) {
        (Told::Retry, [_, ..]) => Err("something follows a HelloRetryRequest"),
        (Told::Flight, []) => Err("nothing follows a ServerHello"),
        (_, rest) if rest.iter().any(|(kind, _)| *kind != SEALED) => Err("more is in the clear"),
        (read, _) => Ok(read),
    }
}

/// So many bytes off the front.
fn take<'bytes>(rest: &mut &'bytes [u8], count: usize) -> Option<&'bytes [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

/// What a length of two bytes goes before.
fn sized<'bytes>(rest: &mut &'bytes [u8]) -> Option<&'bytes [u8]> {
    let length = take(rest, 2)?;
    take(rest, usize::from(u16::from_be_bytes([length[0], length[1]])))
}

/// Whole records, each with its type.
fn records(mut told: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut records = Vec::new();
    while !told.is_empty() {
        let [kind, 3, 3] = *take(&mut told, 3)? else { return None };
        records.push((kind, sized(&mut told)?));
    }
    Some(records)
}

/// One ServerHello, or a HelloRetryRequest, which has its form: the version and a key share are all
/// that it holds beside randomness and what the client has chosen.
fn server_hello(mut message: &[u8]) -> Option<Told> {
    let [2, 0, high, low] = *take(&mut message, 4)? else { return None };
    let [3, 3] = *take(&mut message, 2)? else { return None };
    let whole = message.len() + 2 == usize::from(u16::from_be_bytes([high, low]));
    let random = take(&mut message, 32)?;
    let session = take(&mut message, 1)?;
    take(&mut message, usize::from(session[0]).min(32))?;
    let [0x13, 1..=3, 0] = *take(&mut message, 3)? else { return None };
    let mut extensions = sized(&mut message)?;
    let (mut versions, mut shares) = (0, 0);
    while !extensions.is_empty() {
        match (take(&mut extensions, 2)?, sized(&mut extensions)?) {
            ([0, 43], [3, 4]) => versions += 1,
            ([0, 51], [0, 0x1d | 0x17]) if random == RETRY => shares += 1,
            ([0, 51], [0, 0x1d, 0, 32, key @ ..]) if random != RETRY && key.len() == 32 => {
                shares += 1;
            }
            _ => return None,
        }
    }
    let told = if random == RETRY { Told::Retry } else { Told::Flight };
    (whole && message.is_empty() && (versions, shares) == (1, 1)).then_some(told)
}

/// A ServerHello, and the rest of a flight.
fn flight(random: [u8; 32], share: &[u8]) -> Vec<Vec<u8>> {
    let sized =
        |bytes: &[u8]| [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat();
    let extensions = [&[0, 43, 0, 2, 3, 4, 0, 51][..], &sized(share)].concat();
    let body = [&[3, 3][..], &random, &[0, 0x13, 2, 0], &sized(&extensions)].concat();
    let hello = [&[2, 0][..], &sized(&body)].concat();
    let record = |kind: u8, body: &[u8]| [&[kind, 3, 3][..], &sized(body)].concat();
    vec![record(HANDSHAKE, &hello), record(COMPATIBLE, &[1]), record(SEALED, &[7; 40])]
}

#[test]
fn what_is_told_beyond_the_answer_of_tls_is_found() {
    let key = [&[0, 0x1d, 0, 32][..], &[9; 32]].concat();
    let (whole, retry) = (flight([1; 32], &key), flight(RETRY, &[0, 0x1d]));
    let check = |kind, told: &[Vec<u8>]| read(kind, &told.concat());
    assert_eq!(check(Kind::Whole, &whole), Ok(Told::Flight));
    assert_eq!(check(Kind::Unshared, &retry[..2]), Ok(Told::Retry));
    assert_eq!(check(Kind::Unshared, &retry[..1]), Ok(Told::Retry));
    for kind in Kind::ALL {
        assert_eq!(check(kind, &[]), Ok(Told::Nothing));
        let alert = [vec![21, 3, 3, 0, 2, 2, 40]];
        for told in [&whole[1..], &retry[1..], &retry[..], &whole[..2], &alert[..]] {
            check(kind, told).unwrap_err();
        }
        for more in [&alert[..], &whole[..1], &retry[1..2], &[vec![22, 3, 3, 0, 1, 11]]] {
            check(kind, &[&whole[..], more].concat()).unwrap_err();
            check(kind, &[&retry[..2], more].concat()).unwrap_err();
        }
        for (random, share) in [([1; 32], &[0, 0x1d][..]), (RETRY, &key), (RETRY, &[0, 0x18])] {
            check(kind, &flight(random, share)).unwrap_err();
            check(kind, &flight(random, share)[..2]).unwrap_err();
        }
        if !matches!(kind, Kind::Whole) {
            check(kind, &whole).unwrap_err();
        }
        if !matches!(kind, Kind::Unshared) {
            check(kind, &retry[..2]).unwrap_err();
        }
    }
    // Every byte in the clear counts, but for the random and the key share.
    let (random, share) = (11..43, whole[0].len() - 32);
    for at in (0..share).filter(|at| !random.contains(at)) {
        let mut told = whole.clone();
        told[0][at] ^= 0x40;
        assert!(check(Kind::Whole, &told).is_err(), "byte {at}");
    }
    let mut named = key.clone();
    named[6..13].copy_from_slice(b"Entente");
    check(Kind::Whole, &flight([1; 32], &named)).unwrap_err();
}
