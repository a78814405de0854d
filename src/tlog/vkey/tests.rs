use super::*;
use crate::tlog::unsafe_keys::{PUBLIC_LOG, PUBLIC_MIRROR, SPECIFIED_KEY, UnsafePair};

#[test]
fn published_keys_are_read_and_written_back() {
    for key in [
        SPECIFIED_KEY,
        PUBLIC_LOG,
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
        "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
    ] {
        assert_eq!(key.parse::<LogKey>().unwrap().to_string(), key);
    }
    assert_eq!(PUBLIC_MIRROR.parse::<MirrorKey>().unwrap().to_string(), PUBLIC_MIRROR);
}

#[test]
fn the_key_of_a_log_does_not_serve_as_that_of_a_mirror() {
    let want_mirror = VkeyRefused::Type { want: 4, have: 1 };
    assert_eq!(SPECIFIED_KEY.parse::<MirrorKey>(), Err(want_mirror));
    let want_log = VkeyRefused::Type { want: 1, have: 4 };
    assert_eq!(PUBLIC_MIRROR.parse::<LogKey>(), Err(want_log));
}

#[test]
fn a_key_id_binds_name_type_and_key() {
    let pair = UnsafePair::new();
    let key = pair.author.public_key();
    let log = LogKey::new("a.example".parse().unwrap(), key).to_string();
    let named = LogKey::new("b.example".parse().unwrap(), key).to_string();
    let mirror = MirrorKey::new("a.example".parse().unwrap(), key).to_string();
    let other = LogKey::new("a.example".parse().unwrap(), pair.mirror.public_key()).to_string();
    let id = |vkey: &str| vkey.split('+').nth(1).unwrap().to_owned();
    for another in [named, mirror, other] {
        assert_ne!(id(&log), id(&another));
        let forged = another.replace(&id(&another), &id(&log));
        assert!(forged.parse::<LogKey>().is_err() && forged.parse::<MirrorKey>().is_err());
    }
}

#[test]
fn whatever_is_no_key_is_refused_by_name() {
    use VkeyRefused::*;
    for (text, refusal) in [
        ("", Parts),
        ("example.com/foo", Parts),
        ("example.com/foo+530d903a", Parts),
        ("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", Name(OriginRefused::Empty)),
        (
            "example com+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            Name(OriginRefused::Character),
        ),
        ("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyId),
        ("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyId),
        ("example.com/foo+0530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyId),
        ("example.com/foo++AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyId),
        ("example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyId),
        ("example.com/foo+530d903a+", Base64),
        ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k ", Base64),
        ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n", Base64),
        ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2", Base64),
        (
            "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            Type { want: 1, have: 2 },
        ),
        (
            "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            Type { want: 1, have: 0x65 },
        ),
        ("example.com/foo+530d903a+Aeky", Key(KeyRefused::Length)),
        ("example.com/foo+530d903a+AQ==", Key(KeyRefused::Length)),
        ("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==", Base64),
        (
            "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADK",
            Key(KeyRefused::Length),
        ),
    ] {
        assert_eq!(text.parse::<LogKey>(), Err(refusal), "{text:?}");
    }
}

#[test]
fn a_key_changed_or_cut_anywhere_is_refused() {
    for vkey in [SPECIFIED_KEY, PUBLIC_LOG] {
        for start in 0..vkey.len() {
            for end in start..=vkey.len() {
                let part = &vkey[start..end];
                assert!(part == vkey || part.parse::<LogKey>().is_err(), "{part}");
            }
            let mut bytes = vkey.as_bytes().to_vec();
            bytes[start] += 1;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(changed.parse::<LogKey>().is_err(), "{changed}");
        }
    }
}

#[test]
fn keys_stand_in_files_as_text() {
    let pair = UnsafePair::new();
    let log = serde_json::to_string(&pair.log_key).unwrap();
    assert_eq!(log, format!("\"{}\"", pair.log_key));
    assert_eq!(serde_json::from_str::<LogKey>(&log).unwrap(), pair.log_key);
    let mirror = serde_json::to_string(&pair.mirror_key).unwrap();
    assert_eq!(serde_json::from_str::<MirrorKey>(&mirror).unwrap(), pair.mirror_key);
    assert!(serde_json::from_str::<MirrorKey>(&log).is_err());
    assert!(serde_json::from_str::<LogKey>("[1]").is_err());
}
