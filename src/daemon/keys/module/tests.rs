//! A module that goes away and comes back, as its custodian's callers see it.

use std::sync::{Arc, mpsc::channel};

use super::{
    fake::{FakeModule, of},
    *,
};

fn uri(label: &str) -> KeyUri {
    format!("pkcs11:token=test;object={label}").parse().unwrap()
}

fn both() -> [(&'static str, Algorithm); 2] {
    [("one", Algorithm::Ed25519), ("two", Algorithm::Esp256)]
}

/// Waits for what the module's thread does by itself.
fn until(custodian: &Custodian, there: bool) {
    while custodian.away().is_none() != there {
        std::thread::yield_now();
    }
}

#[test]
fn keys_of_both_algorithms_sign_and_esp256_with_a_low_s() {
    let (module, _moods) = FakeModule::with(&both());
    let custodian = Custodian::over(Box::new(module)).unwrap();
    for (label, algorithm) in both() {
        let public = custodian.public_key(&uri(label)).unwrap();
        assert_eq!(public.algorithm(), algorithm);
        for n in 0_u8..32 {
            let signature = custodian.sign(&uri(label), public, &[n]).unwrap();
            public.verify(&[n], &signature).unwrap();
        }
    }
    let refused = custodian.public_key(&uri("three"));
    assert!(matches!(refused, Err(ModuleFault::NotOneKey { found: 0, .. })), "{refused:?}");
}

#[test]
fn a_lost_session_is_opened_anew_and_nobody_hears_of_it() {
    let (module, moods) = FakeModule::with(&both());
    let custodian = Custodian::over(Box::new(module)).unwrap();
    let public = custodian.public_key(&uri("one")).unwrap();
    of(&moods).lost_session = true;
    let signature = custodian.sign(&uri("one"), public, b"x").unwrap();
    public.verify(b"x", &signature).unwrap();
    assert_eq!(of(&moods).opened, 2);
    assert_eq!(custodian.away(), None);
}

#[test]
fn a_module_that_is_gone_is_not_asked_any_more_until_it_is_back() {
    let (module, moods) = FakeModule::with(&both());
    let custodian = Custodian::over(Box::new(module)).unwrap();
    let public = custodian.public_key(&uri("two")).unwrap();
    of(&moods).gone = true;
    assert_eq!(custodian.sign(&uri("two"), public, b"x"), Err(NotSigned::Away));
    let asked = of(&moods).asked;
    for _ in 0..100 {
        assert_eq!(custodian.sign(&uri("two"), public, b"x"), Err(NotSigned::Away));
    }
    assert_eq!(of(&moods).asked, asked);
    assert!(custodian.away().unwrap().to_string().contains("the test has taken it away"));
    of(&moods).gone = false;
    until(&custodian, true);
    let signature = custodian.sign(&uri("two"), public, b"x").unwrap();
    public.verify(b"x", &signature).unwrap();
}

#[test]
fn a_signature_that_does_not_verify_is_never_given_out() {
    let (module, moods) = FakeModule::with(&both());
    let custodian = Custodian::over(Box::new(module)).unwrap();
    for (label, _) in both() {
        let public = custodian.public_key(&uri(label)).unwrap();
        of(&moods).spoiled = true;
        assert_eq!(custodian.sign(&uri(label), public, b"x"), Err(NotSigned::Away));
        of(&moods).spoiled = false;
        until(&custodian, true);
        assert!(custodian.sign(&uri(label), public, b"x").is_ok());
    }
    // As when another token has taken the place of the one that was there at the start.
    let [one, two] = ["one", "two"].map(|label| custodian.public_key(&uri(label)).unwrap());
    assert_ne!(one, two);
    let (other, _moods) = FakeModule::with(&both());
    let other = Custodian::over(Box::new(other)).unwrap();
    assert_eq!(other.sign(&uri("one"), one, b"x"), Err(NotSigned::Away));
}

#[test]
fn a_refused_pin_is_not_tried_again() {
    let (module, moods) = FakeModule::with(&both());
    let custodian = Custodian::over(Box::new(module)).unwrap();
    let public = custodian.public_key(&uri("one")).unwrap();
    (of(&moods).lost_session, of(&moods).wrong_pin) = (true, true);
    for _ in 0..10 {
        assert_eq!(custodian.sign(&uri("one"), public, b"x"), Err(NotSigned::Away));
    }
    assert_eq!(custodian.away(), Some(ModuleFault::Pin));
    assert_eq!(of(&moods).opened, 2);
}

#[test]
fn a_refused_pin_is_tried_once_for_all_keys_and_again_when_its_file_has_changed() {
    let (module, moods) = FakeModule::with(&both());
    of(&moods).wrong_pin = true;
    let known = known::Known::default();
    let mut module = Some(module);
    let mut find = |label: &str| {
        let library = std::path::Path::new("module.so");
        let found = known.find(library, &uri(label), || Ok(Box::new(module.take().unwrap())));
        found.map(|(_, _, public)| public)
    };
    // As a start does, and each reload again, and nobody holds the custodian meanwhile.
    for label in ["one", "two", "one", "two", "one"] {
        assert_eq!(find(label), Err(ModuleFault::Pin));
    }
    assert_eq!(of(&moods).opened, 1);
    of(&moods).new_pin = true;
    for label in ["two", "one"] {
        assert_eq!(find(label), Err(ModuleFault::Pin));
    }
    assert_eq!(of(&moods).opened, 2, "the new one is as wrong, and tried once");
    (of(&moods).new_pin, of(&moods).wrong_pin) = (true, false);
    assert!(find("one").is_ok());
}

#[test]
fn a_module_that_is_noted_to_be_away_too_late_is_found_again() {
    let (module, _moods) = FakeModule::with(&both());
    let custodian = Custodian::over(Box::new(module)).unwrap();
    let public = custodian.public_key(&uri("one")).unwrap();
    // It has answered already, and its thread waits for the next request.
    *noted(&custodian.absence) = Some(ModuleFault::Away("no answer".to_owned()));
    until(&custodian, true);
    assert!(custodian.sign(&uri("one"), public, b"x").is_ok());
}

#[test]
fn a_key_that_nobody_holds_any_more_may_be_deleted() {
    let (module, moods) = FakeModule::with(&both());
    let custodian = Custodian::over(Box::new(module)).unwrap();
    let [one, two] = ["one", "two"].map(|label| custodian.public_key(&uri(label)).unwrap());
    let [held, former] = ["one", "two"].map(|label| custodian.hold(uri(label)));
    of(&moods).deleted.push("two".to_owned());
    of(&moods).lost_session = true;
    assert_eq!(custodian.sign(&held, one, b"x"), Err(NotSigned::Away), "it is held still");
    drop(former);
    until(&custodian, true);
    assert!(custodian.sign(&held, one, b"x").is_ok());
    assert_eq!(custodian.sign(&uri("two"), two, b"x"), Err(NotSigned::Away));
}

#[test]
fn a_module_that_hangs_holds_nobody_up_for_longer_than_the_bound() {
    let (module, moods) = FakeModule::with(&both());
    let custodian = Custodian::over(Box::new(module)).unwrap();
    let public = custodian.public_key(&uri("one")).unwrap();
    let (release, hangs) = channel();
    of(&moods).hangs = Some(hangs);
    assert_eq!(custodian.sign(&uri("one"), public, b"x"), Err(NotSigned::Away));
    // It still hangs, and nobody waits for it.
    assert_eq!(custodian.sign(&uri("one"), public, b"x"), Err(NotSigned::Away));
    assert!(custodian.away().unwrap().to_string().contains("no answer"));
    drop(release);
    until(&custodian, true);
    assert!(custodian.sign(&uri("one"), public, b"x").is_ok());
}

#[test]
fn the_thread_ends_with_its_custodian() {
    let (module, moods) = FakeModule::with(&both());
    drop(Custodian::over(Box::new(module)).unwrap());
    while Arc::strong_count(&moods) > 1 {
        std::thread::yield_now();
    }
}

#[test]
fn a_point_is_read_as_modules_write_it() {
    let one = Ed25519Key::from_bytes(&[7; 32]).unwrap();
    let mut point = vec![4; 65];
    point[1..].fill(9);
    let two = Esp256Key::from_bytes(&point).unwrap();
    for (written, read) in [
        ([&[4, 32][..], &[7; 32]].concat(), Some(PublicKey::from(one))),
        ([&[3, 33, 0][..], &[7; 32]].concat(), Some(one.into())),
        (vec![7; 32], Some(one.into())),
        ([&[4, 65][..], &point].concat(), Some(two.into())),
        (point.clone(), Some(two.into())),
        (vec![], None),
        (vec![7; 31], None),
        (vec![7; 33], None),
        ([&[4, 33][..], &[7; 32]].concat(), None),
        ([&[4, 65][..], &[7; 65]].concat(), None),
        ([&[4, 64][..], &point].concat(), None),
        ([&[4, 65][..], &point, &[0]].concat(), None),
    ] {
        assert_eq!(read_point(&written).ok(), read, "{written:?}");
    }
}
