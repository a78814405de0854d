//! Just enough DER to write what no library would.

pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        length @ 0..=127 => out.push(u8::try_from(length).unwrap()),
        length @ 128..=255 => out.extend([0x81, u8::try_from(length).unwrap()]),
        length => {
            out.push(0x82);
            out.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
    }
    out.extend(content);
    out
}

pub(crate) fn seq(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

pub(crate) fn int(bytes: &[u8]) -> Vec<u8> {
    tlv(2, bytes)
}

pub(crate) fn bits(bytes: &[u8]) -> Vec<u8> {
    tlv(3, &[&[0], bytes].concat())
}

/// A named bit list (X.690 section 11.2.2): these bits are set.
pub(crate) fn flags(set: &[u8]) -> Vec<u8> {
    let last = set.iter().max().copied().unwrap_or(0);
    let mut bytes = vec![0_u8; usize::from(last / 8) + 1];
    for bit in set {
        bytes[usize::from(bit / 8)] |= 0x80 >> (bit % 8);
    }
    tlv(3, &[&[7 - last % 8], &bytes[..]].concat())
}

pub(crate) fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u64> = dotted.split('.').map(|arc| arc.parse().unwrap()).collect();
    let mut out = Vec::new();
    for arc in std::iter::once(arcs[0] * 40 + arcs[1]).chain(arcs[2..].iter().copied()) {
        let mut digits = vec![u8::try_from(arc & 0x7f).unwrap()];
        let mut rest = arc >> 7;
        while rest > 0 {
            digits.push(0x80 | u8::try_from(rest & 0x7f).unwrap());
            rest >>= 7;
        }
        out.extend(digits.iter().rev());
    }
    tlv(6, &out)
}

pub(crate) fn null() -> Vec<u8> {
    vec![5, 0]
}

/// An algorithm without parameters.
pub(crate) fn algorithm(dotted: &str) -> Vec<u8> {
    seq(&[&oid(dotted)])
}

/// An algorithm with NULL for parameters, as RSA has it.
pub(crate) fn algorithm_null(dotted: &str) -> Vec<u8> {
    seq(&[&oid(dotted), &null()])
}

/// A distinguished name of one common name.
pub(crate) fn name(common: &str) -> Vec<u8> {
    let attribute = seq(&[&oid("2.5.4.3"), &tlv(12, common.as_bytes())]);
    seq(&[&tlv(0x31, &attribute)])
}
