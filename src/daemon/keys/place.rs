//! Where a key lies: in a file, or in a PKCS#11 module under an RFC 7512 URI.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// With this every URI of a key in a module begins (RFC 7512 section 2.3).
const SCHEME: &str = "pkcs11:";

/// Where a key lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyPlace {
    /// In a file of this path.
    File(PathBuf),
    /// In a security module.
    Module(KeyUri),
}

impl KeyPlace {
    /// The path, where it is one, for whoever resolves relative ones.
    pub const fn file_mut(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::File(path) => Some(path),
            Self::Module(_) => None,
        }
    }
}

impl std::str::FromStr for KeyPlace {
    type Err = UriRefused;

    fn from_str(text: &str) -> Result<Self, UriRefused> {
        if text.get(..SCHEME.len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME)) {
            text.parse().map(Self::Module)
        } else {
            Ok(Self::File(text.into()))
        }
    }
}

impl std::fmt::Display for KeyPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => std::fmt::Display::fmt(&path.display(), f),
            Self::Module(uri) => std::fmt::Display::fmt(uri, f),
        }
    }
}

impl Serialize for KeyPlace {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyPlace {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// A key in a module: the label of its token, and the label or id of the key.
///
/// There is never a PIN in it, so that it may stand in a configuration, in a log and in an error.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyUri {
    text: String,
    token: String,
    object: Option<String>,
    id: Option<Vec<u8>>,
    pin_file: Option<PathBuf>,
}

/// Why a URI names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UriRefused {
    /// It does not begin with the scheme.
    #[error("a key in a module is named by a URI that begins with {SCHEME}")]
    Scheme,
    /// A part that is no attribute with a value.
    #[error("{0:?} is no attribute of the form name=value")]
    NotAnAttribute(String),
    /// A percent sign without two hexadecimal digits, or a value that is no text.
    #[error("the value of {0} is not percent-encoded UTF-8 text (RFC 7512 section 2.3)")]
    Encoding(&'static str),
    /// An attribute that means nothing here.
    #[error("attribute {0:?} is not known here: token, object, id, type, and after ? pin-source")]
    Unknown(String),
    /// The PIN itself.
    #[error("a PIN never stands in a configuration: write it to a file, and name that")]
    Pin,
    /// An attribute that stands there twice.
    #[error("attribute {0} stands there twice")]
    Twice(&'static str),
    /// No token, or an empty one.
    #[error("the token is not named: token=LABEL")]
    NoToken,
    /// Neither a label nor an id of the key, or an empty one.
    #[error("the key is not named: object=LABEL, or id=%01")]
    NoObject,
    /// Another type of object.
    #[error("only type=private makes sense here")]
    Type,
    /// A source of the PIN that is no file of an absolute path.
    #[error("pin-source must be a file of an absolute path: file:/etc/entente/pin")]
    PinSource,
}

impl KeyUri {
    /// The label of the token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The label of the key, if it is named by one.
    #[must_use]
    pub fn object(&self) -> Option<&str> {
        self.object.as_deref()
    }

    /// The id of the key, if it is named by one.
    #[must_use]
    pub fn id(&self) -> Option<&[u8]> {
        self.id.as_deref()
    }

    /// The file with the PIN, if the URI names one.
    #[must_use]
    pub fn pin_file(&self) -> Option<&Path> {
        self.pin_file.as_deref()
    }
}

impl KeyUri {
    /// The same key, whose PIN stands in this file unless it names one itself.
    pub(super) fn or_pin_file(mut self, file: Option<&Path>) -> Self {
        self.pin_file = self.pin_file.or_else(|| file.map(Path::to_owned));
        self
    }
}

impl std::str::FromStr for KeyUri {
    type Err = UriRefused;

    fn from_str(text: &str) -> Result<Self, UriRefused> {
        let (scheme, rest) = text.split_at_checked(SCHEME.len()).ok_or(UriRefused::Scheme)?;
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return Err(UriRefused::Scheme);
        }
        let (path, query) = rest.split_once('?').map_or((rest, None), |(a, b)| (a, Some(b)));
        let (mut token, mut object, mut id, mut kind) = (None, None, None, None);
        for attribute in path.split(';') {
            let (name, value) = divided(attribute)?;
            match name {
                "token" => once(&mut token, "token", text_of("token", value)?)?,
                "object" => once(&mut object, "object", text_of("object", value)?)?,
                "id" => once(&mut id, "id", bytes_of("id", value)?)?,
                "type" => once(&mut kind, "type", value)?,
                "pin-value" => return Err(UriRefused::Pin),
                other => return Err(UriRefused::Unknown(other.to_owned())),
            }
        }
        let mut pin_file = None;
        for attribute in query.iter().flat_map(|query| query.split('&')) {
            match divided(attribute)? {
                ("pin-source", value) => {
                    let source = text_of("pin-source", value)?;
                    once(&mut pin_file, "pin-source", pin_source(&source)?)?;
                }
                ("pin-value", _) => return Err(UriRefused::Pin),
                (other, _) => return Err(UriRefused::Unknown(other.to_owned())),
            }
        }
        if kind.is_some_and(|kind| kind != "private") {
            return Err(UriRefused::Type);
        }
        let token = token.filter(|token| !token.is_empty()).ok_or(UriRefused::NoToken)?;
        let unnamed =
            object.as_ref().is_none_or(String::is_empty) && id.as_ref().is_none_or(Vec::is_empty);
        if unnamed || object.as_deref() == Some("") || id.as_deref() == Some(&[]) {
            return Err(UriRefused::NoObject);
        }
        Ok(Self { text: text.to_owned(), token, object, id, pin_file })
    }
}

impl std::fmt::Display for KeyUri {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.text)
    }
}

fn divided(attribute: &str) -> Result<(&str, &str), UriRefused> {
    let refused = || {
        // What has no name might be anything, a PIN among them: it is not shown.
        let shown = attribute.split('=').next().filter(|_| attribute.contains('='));
        UriRefused::NotAnAttribute(shown.unwrap_or_default().to_owned())
    };
    attribute.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(refused)
}

fn once<T>(place: &mut Option<T>, name: &'static str, value: T) -> Result<(), UriRefused> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(UriRefused::Twice(name)),
    }
}

fn pin_source(source: &str) -> Result<PathBuf, UriRefused> {
    let path = source.strip_prefix("file:").ok_or(UriRefused::PinSource)?;
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.starts_with('/') && !path.starts_with("//") {
        Ok(path.into())
    } else {
        Err(UriRefused::PinSource)
    }
}

fn text_of(name: &'static str, value: &str) -> Result<String, UriRefused> {
    String::from_utf8(bytes_of(name, value)?).map_err(|_| UriRefused::Encoding(name))
}

fn bytes_of(name: &'static str, value: &str) -> Result<Vec<u8>, UriRefused> {
    let mut bytes = value.bytes();
    let mut decoded = Vec::with_capacity(value.len());
    while let Some(byte) = bytes.next() {
        if !byte.is_ascii_graphic() {
            return Err(UriRefused::Encoding(name));
        }
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let digits = [bytes.next().unwrap_or_default(), bytes.next().unwrap_or_default()];
        let pair = data_encoding::HEXLOWER_PERMISSIVE.decode(&digits);
        decoded.extend(pair.map_err(|_| UriRefused::Encoding(name))?);
    }
    Ok(decoded)
}

#[cfg(test)]
mod tests;
