//! What an officer does: signs with a key of their own, which no daemon holds, and hands the
//! finished envelope in.

use std::{
    io::{self, BufRead, IsTerminal, Read},
    path::{Path, PathBuf},
};

use clap::Args;
use ring::rand::{SecureRandom, SystemRandom};

use super::{
    CONFIG, Exit,
    client::Client,
    failure::{Complaint, Failure, config},
    output::Output,
    status::wait_for,
};
use crate::{
    daemon::{
        agreement,
        clock::{Clock, ClockRefused},
        config::Config,
        keys::{KeysRefused, OFFICER, OfficerKey, key_file},
        scribe::Submitted,
    },
    envelope::{Claims, Draft, Header, Role},
    ledger::Agreement,
    names::{Hash, KeyId, SubmissionId, Timestamp},
    net::tls::{FileRefused, certificates},
    record::{Record, subject},
    trust::SignerCertificate,
};

/// Whose daemon it is, and with which key is signed.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The configuration of the daemon; names its socket and the agreement.
    #[arg(long, default_value = CONFIG)]
    pub(super) config: PathBuf,
    /// The officer's key file [default: officer-key.pem in the folder of the keys].
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The certificate of the key [default: the one in the agreement]. A key that was enrolled
    /// later needs it.
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    #[command(flatten)]
    consent: Consent,
}

/// Whether somebody is asked before anything is signed.
#[derive(Debug, Args)]
pub(super) struct Consent {
    /// Sign without being asked, as a script does.
    #[arg(long)]
    yes: bool,
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
enum NotSigned {
    #[error(transparent)]
    Key(#[from] KeysRefused),
    #[error("{path} holds the key of {owner}, and not of an officer of this side",
        path = path.display())]
    NotOfficers { path: PathBuf, owner: String },
    #[error("{path} holds the key {kid}, which the agreement does not name", path = path.display())]
    Unknown { path: PathBuf, kid: KeyId },
    #[error(transparent)]
    File(#[from] FileRefused),
    #[error("{path} is no certificate of a record key: {reason}", path = path.display())]
    Certificate { path: PathBuf, reason: String },
    #[error("{path} is not the certificate of this key", path = .0.display())]
    OtherKey(PathBuf),
    #[error("the certificate of this key has expired at {0}")]
    Expired(Timestamp),
    #[error(transparent)]
    Clock(#[from] ClockRefused),
    #[error("nobody can be asked: standard input is no terminal, and --yes is not given")]
    NoTerminal,
    #[error("it was not confirmed; nothing was signed")]
    NotConfirmed,
    #[error("the system gives no random numbers")]
    NoRandom,
    #[error("the envelope cannot be made: {0}")]
    Envelope(String),
}

impl From<NotSigned> for Failure {
    fn from(refused: NotSigned) -> Self {
        let other = "take another officer's key, or have a new one enrolled: `entente keys enrol`";
        let (exit, advice) = match &refused {
            NotSigned::Key(KeysRefused::OpenToOthers { .. }) => {
                (Exit::Usage, "take all rights of group and others away (chmod go=)")
            }
            NotSigned::Key(_) => {
                (Exit::Usage, "name the key file that the officer of this side keeps, with --key")
            }
            NotSigned::NotOfficers { .. } => {
                (Exit::Usage, "take the key of an officer; whoever submits cannot approve")
            }
            NotSigned::Unknown { .. } => (
                Exit::Usage,
                "take the key of an officer whom this agreement names, or name the certificate \
                 of one that was enrolled later, with --certificate",
            ),
            NotSigned::File(_) | NotSigned::Certificate { .. } | NotSigned::OtherKey(_) => {
                (Exit::Usage, "name the certificate that was issued for this very key")
            }
            NotSigned::Expired(_) => (Exit::Usage, other),
            NotSigned::Clock(refused) => (Exit::Usage, refused.advice()),
            NotSigned::NoTerminal => {
                (Exit::Usage, "run it at a terminal, or give --yes once you know what it signs")
            }
            NotSigned::NotConfirmed => (Exit::Usage, "answer yes to sign"),
            NotSigned::NoRandom | NotSigned::Envelope(_) => {
                (Exit::OwnFault, "look at the journal of this machine, then try again")
            }
        };
        Self::of(exit, Complaint::new(&refused, advice))
    }
}

/// An officer of one side, ready to sign.
pub(super) struct Officer {
    key: OfficerKey,
    thumbprint: Hash,
    issuer: String,
    audience: String,
    clock: Clock,
    not_after: Timestamp,
}

impl Consent {
    /// Whether somebody can be asked, or need not be: found out before anything else is done.
    pub(super) fn askable(&self) -> Result<(), Failure> {
        if self.yes || io::stdin().is_terminal() {
            return Ok(());
        }
        Err(NotSigned::NoTerminal.into())
    }

    /// Asks at the terminal, unless the arguments say that it is meant.
    pub(super) fn confirm(&self, out: &mut Output, question: &str) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        out.line(format!("{question} Type yes to sign:"));
        out.flush();
        let mut answer = String::new();
        // A line of a terminal is short; whatever is longer is no yes.
        let read = io::stdin().lock().take(16).read_line(&mut answer);
        if read.is_ok() && answer.trim() == "yes" {
            return Ok(());
        }
        Err(NotSigned::NotConfirmed.into())
    }
}

impl Place {
    /// Reads the configuration.
    pub(super) fn config(&self) -> Result<Config, Failure> {
        config(&self.config)
    }

    /// Whether somebody can be asked, or need not be.
    pub(super) fn askable(&self) -> Result<(), Failure> {
        self.consent.askable()
    }

    /// Asks at the terminal, unless the arguments say that it is meant.
    pub(super) fn confirm(&self, out: &mut Output, question: &str) -> Result<(), Failure> {
        self.consent.confirm(out, question)
    }

    /// Loads the officer's key and holds it against the agreement.
    pub(super) fn officer(&self, config: &Config) -> Result<Officer, Failure> {
        let agreement = agreement::load(&config.agreement.file, Some(config.agreement.digest))
            .map_err(|refused| Failure::all(Exit::Usage, refused))?;
        Ok(self.open(config, &agreement)?)
    }

    fn open(&self, config: &Config, agreement: &Agreement) -> Result<Officer, NotSigned> {
        let own = || config.keys.directory.join(key_file(OFFICER));
        let path = self.key.clone().unwrap_or_else(own);
        let key = OfficerKey::load(&path)?;
        let kid = key.public_key().id();
        let party = config.party;
        let (thumbprint, not_after) = match &self.certificate {
            Some(file) => {
                let certificate = certificate(file)?;
                if certificate.public_key() != key.public_key() {
                    return Err(NotSigned::OtherKey(file.clone()));
                }
                if certificate.party() != party || certificate.role() != Role::Officer.name() {
                    let owner = format!("{} of {}", certificate.role(), certificate.party());
                    return Err(NotSigned::NotOfficers { path, owner });
                }
                (certificate.thumbprint(), certificate.not_after())
            }
            None => {
                let Some(signer) = agreement.keyring().get(kid) else {
                    return Err(NotSigned::Unknown { path, kid });
                };
                if signer.party != party || signer.role != Role::Officer {
                    let owner = format!("{} of {}", signer.role, signer.party);
                    return Err(NotSigned::NotOfficers { path, owner });
                }
                (signer.thumbprint, signer.not_after)
            }
        };
        Ok(Officer {
            key,
            thumbprint,
            issuer: agreement.terms().party(party).issuer.clone(),
            audience: agreement.audience(),
            clock: Clock::choose(agreement.terms().rehearsal, config.rehearsal.as_ref())?,
            not_after,
        })
    }
}

fn certificate(path: &Path) -> Result<SignerCertificate, NotSigned> {
    let refused = |reason: String| NotSigned::Certificate { path: path.to_owned(), reason };
    let leaf = certificates(path)?.into_iter().next();
    let leaf = leaf.ok_or_else(|| refused("there is none in it".to_owned()))?;
    SignerCertificate::parse(&leaf).map_err(|cause| refused(cause.to_string()))
}

impl Officer {
    /// The officer whose key lies in the folder of a side's keys, as in a rehearsal.
    pub(super) fn beside(config: &Config) -> Result<Self, Failure> {
        let path = PathBuf::new();
        let consent = Consent { yes: true };
        Place { config: path, key: None, certificate: None, consent }.officer(config)
    }

    /// The finished envelope of a record, signed now.
    pub(super) fn sign(&self, record: &Record) -> Result<Vec<u8>, Failure> {
        Ok(self.seal(record)?)
    }

    /// The id of the key.
    pub(super) fn kid(&self) -> KeyId {
        self.key.public_key().id()
    }

    /// Signs a record and hands it in.
    pub(super) fn hand_in(&self, client: &Client, record: &Record) -> Result<Submitted, Failure> {
        let bytes = self.sign(record)?;
        Ok(wait_for(client.envelope(&bytes))??)
    }

    fn seal(&self, record: &Record) -> Result<Vec<u8>, NotSigned> {
        let iat = self.clock.read().wall;
        if iat > self.not_after {
            return Err(NotSigned::Expired(self.not_after));
        }
        let mut cti = [0; SubmissionId::LEN];
        SystemRandom::new().fill(&mut cti).map_err(|_| NotSigned::NoRandom)?;
        let claims = Claims {
            iss: self.issuer.clone(),
            sub: subject(record.kind(), record.case.as_ref()),
            aud: self.audience.clone(),
            iat,
            cti: SubmissionId::new(cti),
        };
        let algorithm = self.key.public_key().algorithm();
        let header = Header::new(algorithm, self.kid(), claims, self.thumbprint)
            .map_err(|refused| NotSigned::Envelope(refused.to_string()))?;
        let draft = Draft::new(&header, record.encode())
            .map_err(|refused| NotSigned::Envelope(refused.to_string()))?;
        let signature = self.key.sign(&draft.to_sign()).map_err(|_| NotSigned::NoRandom)?;
        Ok(draft.seal(signature))
    }
}
