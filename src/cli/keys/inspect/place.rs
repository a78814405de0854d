//! Keys and certificates in their place: verifier keys, an agreement, or one party's part of it.

use crate::{
    names::Party,
    record::{PartyTerms, Terms},
    tlog::{LogKey, MirrorKey},
    trust::{
        Topic,
        inspect::{Finding, Inspected, Purpose, Wanted, certificate},
    },
};

/// A party's part as `entente keys new` writes it, or the parts of both.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    gbr: Option<PartyTerms>,
    fra: Option<PartyTerms>,
}

/// A C2SP verifier key, if the text is one.
pub(super) fn verifier_key(text: &str) -> Option<Inspected> {
    let (of, name, key) = if let Ok(key) = text.parse::<LogKey>() {
        ("checkpoints of the log", key.origin().to_string(), *key.public_key())
    } else {
        let key = text.parse::<MirrorKey>().ok()?;
        ("cosignatures of the mirror", key.name().to_string(), *key.public_key())
    };
    let right = "a C2SP verifier key; log and mirror keys have no certificates";
    Some(Inspected {
        what: format!("verifier key for {of} {name}"),
        key: Some("Ed25519, 256 bits".to_owned()),
        key_id: Some(key.id()),
        findings: vec![Finding::right(Topic::Key, right)],
        ..Inspected::default()
    })
}

/// Whether a text is meant as an agreement: it holds PEM as well, so this is asked first.
pub(super) fn is_agreement(text: &str) -> bool {
    text.lines().any(|line| matches!(line.trim(), "[gbr]" | "[fra]"))
}

/// Everything with a key in an agreement, or in one party's part of it.
pub(super) fn agreement(text: &str, wanted: &Wanted) -> Result<Vec<Inspected>, String> {
    let parts = match toml::from_str::<Terms>(text) {
        Ok(terms) => [Some(terms.gbr), Some(terms.fra)],
        Err(whole) => match toml::from_str::<Parts>(text) {
            Ok(parts) => [parts.gbr, parts.fra],
            // What is wrong with a part is said of the part.
            Err(part) => {
                let is_whole = text.lines().any(|line| line.trim() == "[provisions]");
                return Err(if is_whole { whole } else { part }.to_string());
            }
        },
    };
    let mut found = Vec::new();
    for (party, terms) in Party::BOTH.into_iter().zip(parts) {
        let Some(terms) = terms else { continue };
        for (field, text) in [("log", &terms.log), ("mirror", &terms.mirror)] {
            let read = verifier_key(text).filter(|key| key.what.contains(field));
            found.push(read.unwrap_or_else(|| not_a_key(party, field)));
        }
        for signer in &terms.signers {
            let der = signer.certificate.der();
            let how = Wanted { purpose: Some(Purpose::Record(signer.role)), ..*wanted };
            let mut one = certificate(der, &how).unwrap_or_else(|refused| Inspected {
                what: format!("certificate of the {} of {party}", signer.role),
                findings: vec![Finding::from(&refused)],
                ..Inspected::default()
            });
            one.findings.push(placed(party, &one));
            found.push(one);
        }
    }
    Ok(found)
}

fn not_a_key(party: Party, field: &str) -> Inspected {
    let says = format!("`{field}` is not the verifier key of a {field}");
    let advice = "take the line over unchanged from what `entente keys new` wrote";
    Inspected {
        what: format!("{field} key of {party}"),
        party: Some(party),
        findings: vec![Finding::wrong(Topic::Key, says, advice)],
        ..Inspected::default()
    }
}

fn placed(party: Party, one: &Inspected) -> Finding {
    if one.party == Some(party) {
        Finding::right(Topic::Place, format!("among the signers of {party}"))
    } else {
        let says = format!("it stands among the signers of {party}, and does not name {party}");
        Finding::wrong(Topic::Place, says, "put it into the part of the party that it names")
    }
}
