use std::collections::BTreeSet;

use super::*;
use crate::envelope::{BadSignature, PublicKey};

#[test]
fn every_bug_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = Bug::ALL.iter().map(|bug| bug.name()).collect();
    assert_eq!(names.len(), Bug::ALL.len());
    for bug in Bug::ALL {
        let mut kebab = String::new();
        for letter in format!("{bug:?}").chars() {
            if letter.is_ascii_uppercase() && !kebab.is_empty() {
                kebab.push('-');
            }
            kebab.push(letter.to_ascii_lowercase());
        }
        assert_eq!(bug.name(), kebab);
    }
}

#[test]
fn nothing_is_planted_at_first_and_then_one_bug_in_one_thread() {
    let all = || -> Vec<Bug> { Bug::ALL.iter().copied().filter(|bug| planted(*bug)).collect() };
    assert_eq!(all(), []);
    for bug in Bug::ALL {
        plant(Some(*bug));
        assert_eq!(all(), [*bug]);
    }
    let elsewhere = std::thread::spawn(|| Bug::ALL.iter().any(|bug| planted(*bug)));
    assert!(!elsewhere.join().unwrap());
    plant(None);
    assert_eq!(all(), []);
}

/// The first test vector of RFC 8032 section 7.1.
const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const SIGNATURE: &str = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590\
                         a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";

#[test]
fn a_quick_signature_is_one_only_while_the_thread_signs_quickly() {
    let unhex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap();
    let (key, real) = (PublicKey::from_bytes(&unhex(KEY)).unwrap(), unhex(SIGNATURE));
    let quick = quick_signature(key.as_bytes(), b"");
    let check = |good: &[u8], bad: &[u8]| {
        assert_eq!(key.verify(b"", good), Ok(()));
        assert_eq!(key.verify(b"", bad), Err(BadSignature));
        assert_eq!(key.verify(b"another message", good), Err(BadSignature));
        assert_eq!(key.verify(b"", &good[..63]), Err(BadSignature));
    };
    check(&real, &quick);
    sign_quickly(true);
    check(&quick, &real);
    sign_quickly(false);
    check(&real, &quick);
}
