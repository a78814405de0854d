//! How the agreement, its keys and its logs change, and what stood still meanwhile.

use super::{agreement::Certificate, provisions::Provisions};
use crate::{
    envelope::Role,
    names::{KeyId, Party, Timestamp},
};

codes! {
    /// A step in the life of the agreement.
    pub enum VersionStep: "version step" {
        /// The United Kingdom proposes provisions.
        Proposed = 1 => "proposed",
        /// France accepts them.
        Accepted = 2 => "accepted",
        /// Either side ends the agreement, after the period of notice (Art. 22(2)).
        Terminated = 3 => "terminated",
    }
}

codes! {
    /// What becomes of a record key.
    pub enum KeyStep: "key step" {
        /// It may sign from here on.
        Enrolled = 1 => "enrolled",
        /// It may not sign from here on.
        Retired = 2 => "retired",
        /// Others may have used it since a time.
        CompromisedSince = 3 => "compromised-since",
    }
}

codes! {
    /// Why a log ends.
    pub enum LogEndReason: "reason of a log's end" {
        /// The year is over.
        YearEnd = 1 => "year-end",
        /// Its key, or the counterpart's mirror key, changes.
        KeyChange = 2 => "key-change",
        /// The agreement has ended and all is settled.
        AgreementEnded = 3 => "agreement-ended",
        /// Its newest entries are lost on both sides.
        TailLost = 4 => "tail-lost",
        /// Its key has signed two histories.
        Fork = 5 => "fork",
    }
}

impl LogEndReason {
    /// Whether a log ends for it without saying so.
    #[must_use]
    pub const fn is_of_loss(self) -> bool {
        matches!(self, Self::TailLost | Self::Fork)
    }
}

int_map! {
    /// A step in the life of the agreement; refers to the version that it follows, accepts or ends.
    pub struct AgreementVersion {
        /// Proposed, accepted or terminated.
        0 => step: VersionStep,
    } optional {
        /// The provisions proposed, whole; absent from the other steps.
        1 => provisions: Provisions,
    }
}

int_map! {
    /// A record key is enrolled, retired or compromised.
    pub struct KeyEvent {
        /// Which.
        0 => step: KeyStep,
    } optional {
        /// What an enrolled key may sign.
        1 => role: Role,
        /// The certificate of an enrolled key: DER in CBOR, PEM in JSON.
        2 => certificate: Certificate,
        /// The id of a key that is retired or compromised.
        3 => key: KeyId,
        /// Since when a key is compromised.
        4 => since: Timestamp,
    }
}

int_map! {
    /// The last record of a log; only entanglements follow. Refers to the version of the agreement
    /// that names the successor, if there is one.
    pub struct LogEnd {
        /// Why.
        0 => reason: LogEndReason,
    }
}

int_map! {
    /// The author was, or is, out of service: neither mirrored nor cosigned.
    pub struct OutageNotice {
        /// Since when.
        0 => from: Timestamp,
    } optional {
        /// Until when; absent while it lasts.
        1 => until: Timestamp,
    }
}

impl AgreementVersion {
    /// Who alone takes this step, if not either.
    #[must_use]
    pub const fn author(&self) -> Option<Party> {
        match self.step {
            VersionStep::Proposed => Some(Party::Gbr),
            VersionStep::Accepted => Some(Party::Fra),
            VersionStep::Terminated => None,
        }
    }

    pub(super) fn fault(&self) -> Option<&'static str> {
        let proposed = self.step == VersionStep::Proposed;
        if proposed != self.provisions.is_some() {
            return Some("a proposal holds provisions, and no other step does");
        }
        // What no version may provide is not even proposed: nobody could accept it.
        let faulty = self.provisions.as_ref().is_some_and(|one| !one.faults().is_empty());
        faulty.then_some("provisions are proposed that have a fault by themselves")
    }
}

impl KeyEvent {
    pub(super) fn fault(&self) -> Option<&'static str> {
        let (role, certificate) = (self.role.is_some(), self.certificate.is_some());
        let (key, since) = (self.key.is_some(), self.since.is_some());
        let wanted = match self.step {
            KeyStep::Enrolled => (true, true, false, false),
            KeyStep::Retired => (false, false, true, false),
            KeyStep::CompromisedSince => (false, false, true, true),
        };
        ((role, certificate, key, since) != wanted).then_some(
            "a key is enrolled by role and certificate, retired by its id, and compromised by its \
             id and a time",
        )
    }
}

impl OutageNotice {
    pub(super) fn fault(&self) -> Option<&'static str> {
        self.until
            .is_some_and(|until| until < self.from)
            .then_some("an outage ends when it begins, or later")
    }
}
