//! Records: one signed statement of fact or decision each, of a kind with a fixed form.
//!
//! A record reaches the rest of the program only as `Verified<Record>`: its envelope's signature
//! was checked by the keyring, its payload took the strict road, and its form is that of its kind.

mod admission_leg;
mod agreement;
mod both;
mod code_list;
mod form;
mod kind;
mod payload;
mod read;
mod request;
mod return_leg;
mod statement;
mod submission;

pub use admission_leg::{Admission, DepartureCount, TravelNotice, VisaIssued};
pub use agreement::{Certificate, PartyTerms, RULES, SignerTerms, Terms};
pub use both::{Agreement, Entanglement, Objection, ObjectionReason, WeekClose};
pub use code_list::CodeList;
pub use form::FormFault;
pub use kind::{Author, Kind, Need, Shape, When};
pub use payload::{At, Content, Record};
pub use read::{RecordRefused, read, subject};
pub use return_leg::{
    Answer, AnswerOutcome, Arrival, ArrivalOutcome, Attestation, COMMITMENTS, Departure, Evidence,
    ReadmissionRequest, RefusalGround, Scope, TransferNotice, Transport,
};
pub use statement::{
    AgeBucket, Body, BreakClass, BreakCount, LogCut, Movement, Pipeline, Tally, Three,
    WeeklyStatement,
};
pub use submission::{Submission, SubmissionRefused, daemon_submission};

#[cfg(test)]
mod tests;
