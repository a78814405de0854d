//! What puts a record right or takes its effect away, and the second pair of eyes that it needs.
//!
//! Nothing here rewrites anything: what was said stays in the log, and what was said later stands
//! beside it.

use super::{Content, FormFault, Kind, Record, code_list::CodeList, disclosure::Datum};
use crate::names::Hash;

codes! {
    /// Why a movement is not to count after all. The sources are silent on wrongly readmitted
    /// persons; the two reasons are those of the readmission agreements of the neighbours.
    pub enum ReversalReason: "reversal reason" {
        /// The person should not have been transferred or admitted, and was taken back.
        WronglyTransferred = 1 => "wrongly-transferred",
        /// The movement never took place as it is recorded.
        RecordedInError = 2 => "recorded-in-error",
    }
}

codes! {
    /// What is wrong with data that were sent (Regulation (EU) 604/2013 Art. 34(8)).
    pub enum WrongData: "wrong data" {
        /// They are not accurate.
        Inaccurate = 1 => "inaccurate",
        /// They concern another person, or were sent by mistake.
        SentInError = 2 => "sent-in-error",
        /// They were not necessary for the agreement (Art. 16(2)).
        NotNecessary = 3 => "not-necessary",
    }
}

codes! {
    /// On what basis personal data of a case were destroyed.
    pub enum ErasureBasis: "erasure basis" {
        /// The measure was annulled, repealed or withdrawn (compare CESEDA R.142-30).
        MeasureAnnulled = 1 => "measure-annulled",
        /// The case was taken back.
        Withdrawn = 2 => "withdrawn",
        /// The period of retention has passed.
        RetentionReached = 3 => "retention-reached",
        /// A court has ordered it.
        CourtOrder = 4 => "court-order",
        /// The data were wrong.
        WrongData = 5 => "wrong-data",
    }
}

codes! {
    /// How a break is decided.
    pub enum Decision: "decision" {
        /// The records stand as they are, and the difference is explained.
        Explained = 1 => "explained",
        /// Other records have put it right.
        PutRight = 2 => "put-right",
        /// The fault is acknowledged, and nothing more can be done about it.
        Acknowledged = 3 => "acknowledged",
    }
}

codes! {
    /// What the second signer says.
    pub enum ApprovalOutcome: "approval" {
        /// The record takes effect.
        Approved = 1 => "approved",
        /// It never will.
        Rejected = 2 => "rejected",
    }
}

int_map! {
    /// One's own record is superseded, to which this one refers; or, without a replacement, the
    /// counterpart's correction of a counted record is consented to, to which this one refers.
    pub struct Correction {
    } optional {
        /// The record as it should have been: of the same kind, with all its heads.
        0 => replacement: Record,
    }
}

int_map! {
    /// A movement is not to count after all; refers to the arrival or admission. It takes effect
    /// when both sides have signed one for the same movement.
    pub struct Reversal {
        /// Why.
        0 => reason: ReversalReason,
    }
}

int_map! {
    /// Data that a request committed to were wrong; refers to the request.
    pub struct WrongDataNotice {
        /// What is wrong with them.
        0 => wrong: WrongData,
        /// Which data, by name and never by value.
        1 => data: CodeList<Datum>,
    }
}

int_map! {
    /// The personal data of a case were destroyed; refers to its request.
    pub struct Erasure {
        /// On what basis.
        0 => basis: ErasureBasis,
    }
}

int_map! {
    /// A break is decided. It takes effect when both sides have signed the same decision.
    pub struct BreakResolution {
        /// The break's id.
        0 => break_id: Hash,
        /// How it is decided.
        1 => decision: Decision,
    }
}

int_map! {
    /// A second signer approves or rejects a record of the same log, to which this one refers.
    pub struct Approval {
        /// Approved or rejected.
        0 => outcome: ApprovalOutcome,
    }
}

impl Correction {
    pub(super) fn check(&self) -> Result<(), FormFault> {
        let Some(replacement) = &self.replacement else { return Ok(()) };
        let kind = replacement.kind();
        if !kind.is_correctable() {
            return Err(FormFault::Uncorrectable { kind });
        }
        replacement.check_form()
    }
}

impl Kind {
    /// Whether a record of this kind can be superseded: facts and decisions about cases and
    /// movements. What redresses, approves or changes the agreement is redressed by its like.
    #[must_use]
    pub const fn is_correctable(self) -> bool {
        match self {
            Self::ReadmissionRequest
            | Self::ReplyExtension
            | Self::Answer
            | Self::TransferNotice
            | Self::TransferReply
            | Self::Postponement
            | Self::Departure
            | Self::Arrival
            | Self::DisclosureStatus
            | Self::Allocation
            | Self::WindowStatus
            | Self::VisaIssued
            | Self::TravelNotice
            | Self::DepartureCount
            | Self::Admission
            | Self::OutageNotice => true,
            Self::Agreement
            | Self::Withdrawal
            | Self::Lapse
            | Self::Correction
            | Self::Reversal
            | Self::Objection
            | Self::WrongDataNotice
            | Self::Erasure
            | Self::Entanglement
            | Self::WeekClose
            | Self::WeeklyStatement
            | Self::BreakResolution
            | Self::Approval
            | Self::AgreementVersion
            | Self::LogEnd
            | Self::KeyEvent => false,
        }
    }

    /// Whether what counts follows from records of this kind: how many persons moved, when, and
    /// whether the place was that of the notice.
    #[must_use]
    pub const fn decides_a_count(self) -> bool {
        matches!(
            self,
            Self::TransferNotice
                | Self::Departure
                | Self::Arrival
                | Self::DepartureCount
                | Self::Admission
        )
    }
}

impl Content {
    /// Whether this takes effect only once a second signer has approved it: what changes a count,
    /// destroys data, decides a break, or changes the agreement or its keys.
    #[must_use]
    pub fn needs_approval(&self) -> bool {
        match self {
            Self::Correction(one) => {
                one.replacement.as_ref().is_none_or(|record| record.kind().decides_a_count())
            }
            Self::Reversal(_)
            | Self::Erasure(_)
            | Self::BreakResolution(_)
            | Self::AgreementVersion(_)
            | Self::KeyEvent(_) => true,
            Self::Agreement(_)
            | Self::ReadmissionRequest(_)
            | Self::ReplyExtension(_)
            | Self::Answer(_)
            | Self::TransferNotice(_)
            | Self::TransferReply(_)
            | Self::Postponement(_)
            | Self::Withdrawal(_)
            | Self::Departure(_)
            | Self::Arrival(_)
            | Self::DisclosureStatus(_)
            | Self::Allocation(_)
            | Self::WindowStatus(_)
            | Self::VisaIssued(_)
            | Self::TravelNotice(_)
            | Self::DepartureCount(_)
            | Self::Admission(_)
            | Self::Lapse(_)
            | Self::Objection(_)
            | Self::WrongDataNotice(_)
            | Self::OutageNotice(_)
            | Self::Entanglement(_)
            | Self::WeekClose(_)
            | Self::WeeklyStatement(_)
            | Self::Approval(_)
            | Self::LogEnd(_) => false,
        }
    }
}
