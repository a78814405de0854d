//! Records: one signed statement of fact or decision each, of a kind with a fixed form.
//!
//! A record reaches the rest of the program only as `Verified<Record>`: its envelope's signature
//! was checked by the keyring, its payload took the strict road, and its form is that of its kind.

mod admission_leg;
mod agreement;
mod both;
mod code_list;
mod disclosure;
mod form;
mod kind;
mod lifecycle;
mod nationality;
mod payload;
mod provisions;
mod read;
mod redress;
mod request;
mod return_leg;
mod software;
mod statement;
mod submission;
mod succession;

pub use admission_leg::{
    Admission, Allocation, DepartureCount, Lapse, LapseReason, PauseReason, TravelNotice,
    VisaIssued, WindowState, WindowStatus,
};
pub use agreement::{Certificate, PartyTerms, SignerTerms, Terms};
pub use both::{Agreement, Entanglement, Objection, ObjectionReason, WeekClose};
pub use code_list::CodeList;
pub use disclosure::{Datum, Disclosure, DisclosureRefused, SALT_BYTES};
pub use form::FormFault;
pub use kind::{Author, Kind, Need, Shape, When};
pub use lifecycle::{
    AgreementVersion, KeyEvent, KeyStep, LogEnd, LogEndReason, OutageNotice, VersionStep,
};
pub use nationality::{BadNationality, check_nationality};
pub use payload::{At, Content, Record};
pub use provisions::{DayCounting, HeadStartRule, Provisions, RULES, Silence};
pub use read::{RecordRefused, read, subject};
pub use redress::{
    Approval, ApprovalOutcome, BreakResolution, Correction, Decision, Erasure, ErasureBasis,
    Reversal, ReversalReason, WrongData, WrongDataNotice,
};
pub use return_leg::{
    Answer, AnswerOutcome, Arrival, ArrivalOutcome, Attestation, COMMITMENTS, Departure,
    DisclosureOutcome, DisclosureStatus, Evidence, ExtensionReason, Postponement,
    PostponementReason, ReadmissionRequest, RefusalGround, ReplyExtension, ReplyOutcome, Scope,
    TransferNotice, TransferReply, Transport, Withdrawal, WithdrawalReason,
};
pub use software::{BadSoftware, Software};
pub use statement::{
    AgeBucket, Body, BreakClass, BreakCount, LogCut, Movement, NationalTotals, Pipeline, Tally,
    Three, WeeklyStatement,
};
pub use submission::{Submission, SubmissionRefused, daemon_submission};
pub use succession::{Succession, SuccessorTerms};

#[cfg(test)]
mod tests;
