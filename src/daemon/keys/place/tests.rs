use super::*;

fn uri(text: &str) -> Result<KeyUri, UriRefused> {
    text.parse()
}

#[test]
fn a_key_is_named_by_its_token_and_its_label_or_id() {
    let found = uri("pkcs11:token=gov%20uk;object=log").unwrap();
    assert_eq!((found.token(), found.object(), found.id()), ("gov uk", Some("log"), None));
    assert_eq!(found.pin_file(), None);
    let found = uri("PKCS11:id=%01%fF;type=private;token=gov?pin-source=file:/run/pin").unwrap();
    assert_eq!((found.token(), found.object()), ("gov", None));
    assert_eq!(found.id(), Some(&[1, 0xff][..]));
    assert_eq!(found.pin_file(), Some(Path::new("/run/pin")));
    for same in ["file:///run/pin", "file:%2Frun%2Fpin"] {
        let found = uri(&format!("pkcs11:token=gov;object=log?pin-source={same}")).unwrap();
        assert_eq!(found.pin_file(), Some(Path::new("/run/pin")), "{same}");
    }
}

#[test]
fn what_does_not_name_exactly_one_key_is_refused() {
    use UriRefused as Refused;
    let unknown = |name: &str| Refused::Unknown(name.to_owned());
    let good = "pkcs11:token=gov;object=log";
    for (text, refused) in [
        ("pkcs12:token=gov;object=log", Refused::Scheme),
        ("pkcs", Refused::Scheme),
        ("pkcs11:", Refused::NotAnAttribute(String::new())),
        ("pkcs11:token=gov;object=log;", Refused::NotAnAttribute(String::new())),
        ("pkcs11:token;object=log", Refused::NotAnAttribute(String::new())),
        ("pkcs11:=gov;object=log", Refused::NotAnAttribute(String::new())),
        ("pkcs11:object=log", Refused::NoToken),
        ("pkcs11:token=;object=log", Refused::NoToken),
        ("pkcs11:token=gov", Refused::NoObject),
        ("pkcs11:token=gov;object=", Refused::NoObject),
        ("pkcs11:token=gov;object=log;id=", Refused::NoObject),
        ("pkcs11:token=gov;object=log;object=mirror", Refused::Twice("object")),
        ("pkcs11:token=gov;token=gov;object=log", Refused::Twice("token")),
        ("pkcs11:token=gov;object=log;type=public", Refused::Type),
        ("pkcs11:token=gov;object=log;slot-id=0", unknown("slot-id")),
        ("pkcs11:token=gov;object=log;Token=x", unknown("Token")),
        ("pkcs11:token=gov;object=log;pin-source=file:/x", unknown("pin-source")),
        ("pkcs11:token=gov;object=l%4", Refused::Encoding("object")),
        ("pkcs11:token=gov;object=l%4g", Refused::Encoding("object")),
        ("pkcs11:token=gov;object=%ff", Refused::Encoding("object")),
        ("pkcs11:token=g v;object=log", Refused::Encoding("token")),
        (&format!("{good}?"), Refused::NotAnAttribute(String::new())),
        (&format!("{good}?module-path=/x"), unknown("module-path")),
        (&format!("{good}?pin-source=pin"), Refused::PinSource),
        (&format!("{good}?pin-source=file:pin"), Refused::PinSource),
        (&format!("{good}?pin-source=file://host/pin"), Refused::PinSource),
        (&format!("{good}?pin-source=|cat%20/pin"), Refused::PinSource),
        (&format!("{good}?pin-source=file:/a&pin-source=file:/b"), Refused::Twice("pin-source")),
    ] {
        assert_eq!(uri(text), Err(refused), "{text}");
    }
}

#[test]
fn a_pin_in_a_uri_is_refused_and_not_repeated() {
    for text in [
        "pkcs11:token=gov;object=log?pin-value=5678",
        "pkcs11:token=gov;object=log;pin-value=5678",
        "pkcs11:token=gov;object=log;5678",
        "pkcs11:token=gov;object=log?5678",
    ] {
        let refused = uri(text).unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains("5678"), "{text}");
    }
}

#[test]
fn a_place_is_a_file_unless_it_says_otherwise_and_is_written_as_it_was_read() {
    for text in ["keys/log-key.pem", "/etc/entente/keys/log-key.pem", "pkcs11"] {
        assert_eq!(text.parse(), Ok(KeyPlace::File(text.into())));
    }
    for text in ["keys/log-key.pem", "pkcs11:object=log;token=a%20b?pin-source=file:/run/pin"] {
        let place: KeyPlace = text.parse().unwrap();
        assert_eq!(serde_json::to_string(&place).unwrap(), format!("{text:?}"));
        assert_eq!(serde_json::from_str::<KeyPlace>(&format!("{text:?}")).unwrap(), place);
    }
    assert!(serde_json::from_str::<KeyPlace>("\"pkcs11:token=gov\"").is_err());
}
