//! From a file and the environment to a configuration.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ::config::{Environment, FileFormat};

use super::entries::{ENTRIES, Entry};
use super::{Advice, Config};
use crate::limits::CONFIG_BYTES_MAX;

/// Where systemd puts the credentials of a service (systemd.exec(5), `LoadCredential=`).
pub(crate) const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";
/// The same at the beginning of a path.
const IN_CREDENTIALS: &str = "${CREDENTIALS_DIRECTORY}";

/// What every variable that overrides a key begins with.
const PREFIX: &str = "ENTENTE_";

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {source}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file has more bytes than the bound.
    #[error("{path} has more than {CONFIG_BYTES_MAX} bytes", path = path.display())]
    TooLong {
        /// Which file.
        path: PathBuf,
    },
    /// The file is not UTF-8.
    #[error("{path} is not UTF-8 text", path = path.display())]
    NotText {
        /// Which file.
        path: PathBuf,
    },
    /// The file is no TOML, or not that of a configuration.
    #[error("{path}: {problem}{advice}", path = path.display())]
    Refused {
        /// Which file.
        path: PathBuf,
        /// What is wrong, with line, column and caret.
        problem: Box<toml::de::Error>,
        /// What to do about it.
        advice: Advice,
    },
    /// A variable that overrides no key.
    #[error("environment variable {name}: {advice}")]
    NoSuchVariable {
        /// Which one.
        name: String,
        /// What to do about it.
        advice: Advice,
    },
    /// A variable whose value does not fit its key.
    #[error("environment variable {name}: {problem}\n{advice}")]
    Variable {
        /// Which one.
        name: String,
        /// What is wrong.
        problem: VariableRefused,
        /// What to do about it.
        advice: Advice,
    },
    /// A path with a variable in it that stands for nothing.
    #[error(
        "{path}: {given:?} is no path: only {IN_CREDENTIALS} stands for something, at its start",
        path = path.display()
    )]
    Place {
        /// Which configuration.
        path: PathBuf,
        /// What stands there.
        given: PathBuf,
    },
    /// File and variables are sound one by one, and together they are not.
    #[error("{path} and the environment together: {source}", path = path.display())]
    Together {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: Box<::config::ConfigError>,
    },
}

/// What is wrong with the value of a variable.
#[derive(Debug, thiserror::Error)]
pub enum VariableRefused {
    /// No text.
    #[error("its value is not UTF-8 text")]
    NotText,
    /// Nothing.
    #[error("it is set, and empty; unset it instead")]
    Empty,
    /// Not the decimal number that the key wants.
    #[error("its value is not a number in decimal digits")]
    NotANumber,
    /// What the type of the key says.
    #[error("{0}")]
    Value(Box<::config::ConfigError>),
}

/// The variables of our prefix, whatever they are, and where the credentials lie.
pub(super) fn environment() -> Vec<(String, OsString)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, _)| name.starts_with(PREFIX) || name == CREDENTIALS)
        .collect()
}

impl Config {
    /// As [`Config::load`], with the variables given.
    pub(super) fn load_with(
        path: &Path,
        variables: Vec<(String, OsString)>,
    ) -> Result<Self, ConfigError> {
        let (credentials, variables): (Vec<_>, Vec<_>) =
            variables.into_iter().partition(|(name, _)| name == CREDENTIALS);
        let credentials = credentials.into_iter().next().map(|(_, folder)| PathBuf::from(folder));
        let text = read(path)?;
        // The file must be sound by itself, so that what it says does not depend on the shell.
        let alone = toml::from_str::<Self>(&text).map_err(|problem| ConfigError::Refused {
            path: path.to_owned(),
            advice: Advice::on(&text, problem.span()),
            problem: Box::new(problem),
        })?;
        let mut config =
            if variables.is_empty() { alone } else { overlay(path, &text, variables)? };
        let beside = path.parent().unwrap_or_else(|| Path::new(""));
        for given in config.paths() {
            let place = place(given, beside, credentials.as_deref());
            *given = place.ok_or_else(|| ConfigError::Place {
                path: path.to_owned(),
                given: given.clone(),
            })?;
        }
        Ok(config)
    }
}

/// Where a path of the file leads. Without credentials, which only the service has, a path into
/// them stays as it is written: other verbs read the same file, and need no keys.
fn place(given: &Path, beside: &Path, credentials: Option<&Path>) -> Option<PathBuf> {
    let placed = match (given.strip_prefix(IN_CREDENTIALS), credentials) {
        (Ok(rest), Some(folder)) => folder.join(rest),
        (Ok(_), None) => return Some(given.to_owned()),
        // Joining keeps what is absolute as it is.
        (Err(_), _) => beside.join(given),
    };
    let named = given.strip_prefix(IN_CREDENTIALS).unwrap_or(given);
    (!named.as_os_str().as_encoded_bytes().windows(2).any(|pair| pair == b"${")).then_some(placed)
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
    let bound = u64::try_from(CONFIG_BYTES_MAX).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(bound.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > CONFIG_BYTES_MAX {
        return Err(ConfigError::TooLong { path: path.to_owned() });
    }
    String::from_utf8(bytes).map_err(|_| ConfigError::NotText { path: path.to_owned() })
}

/// Lays the variables over the file: first each alone, to name the one at fault, then all.
fn overlay(
    path: &Path,
    text: &str,
    variables: Vec<(String, OsString)>,
) -> Result<Config, ConfigError> {
    let mut accepted = ::config::Map::new();
    for (name, value) in variables {
        let Some(entry) = ENTRIES.iter().find(|entry| entry.variable() == name) else {
            let known: Vec<_> = ENTRIES.iter().map(Entry::variable).collect();
            return Err(ConfigError::NoSuchVariable {
                advice: Advice::unknown(&name, &known),
                name,
            });
        };
        let value = sound(entry, value).and_then(|value| {
            let alone = ::config::Map::from([(name.clone(), value.clone())]);
            let laid = lay(text, alone);
            laid.map(|_| value).map_err(|source| VariableRefused::Value(Box::new(source)))
        });
        match value {
            Ok(value) => accepted.insert(name, value),
            Err(problem) => {
                return Err(ConfigError::Variable { name, problem, advice: Advice::value(entry) });
            }
        };
    }
    lay(text, accepted)
        .map_err(|source| ConfigError::Together { path: path.to_owned(), source: Box::new(source) })
}

/// Refuses what `config` would bend into shape: "yes" and "on" are 1 to it where a number belongs.
fn sound(entry: &Entry, value: OsString) -> Result<String, VariableRefused> {
    let value = value.into_string().map_err(|_| VariableRefused::NotText)?;
    if value.is_empty() {
        return Err(VariableRefused::Empty);
    }
    let number = entry.example.parse::<u32>().is_ok();
    if number && !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(VariableRefused::NotANumber);
    }
    Ok(value)
}

fn lay(
    text: &str,
    variables: ::config::Map<String, String>,
) -> Result<Config, ::config::ConfigError> {
    // No `try_parsing`: it would make the text "0123" the number 123.
    let environment = Environment::with_prefix("ENTENTE")
        .prefix_separator("_")
        .separator("__")
        .source(Some(variables));
    ::config::Config::builder()
        .add_source(::config::File::from_str(text, FileFormat::Toml))
        .add_source(environment)
        .build()?
        .try_deserialize()
}
