//! Reconciliation: the cut-off of a week, its body, what both knew in between, the certificate of a
//! joint statement, where two bodies differ, where two copies of the logs differ, and where a
//! national list differs from both logs.

mod alike;
mod body;
mod certificate;
mod chronicle;
mod compare;
mod copies;
mod dispute;
mod ids;
mod interim;
mod local;
mod located;
mod national;
mod repeat;
mod run;
mod sets;
mod values;
mod week;

pub use alike::Alike;
pub use body::{Chain, Roots};
#[cfg(test)]
pub(crate) use certificate::tests::certified;
pub use certificate::{
    BodyFault, CertificateRefused, CheckedCertificate, CheckedSide, JointCertificate, KeyEntry,
    SideEvidence, SideFault, enrolling,
};
pub use chronicle::{Approved, Chapter, Chronicle, Decided, End, Stood, decisions};
pub use compare::{Cause, Comparison, Source, compare};
pub use copies::{Copies, CopyDifference, ForkedAt, LEAVES_NAMED_MAX, Leaf, compare_copies};
pub use dispute::{Dispute, Rules};
pub use ids::{CountedIds, IdsHead, IdsReader, IdsRefused, Only, signed_roots};
pub use interim::{Interim, InterimRefused, known_at};
pub use local::{LocalBreak, LocalClass, Unreceipted, unreceipted};
pub use located::{Bodies, Differing, Evidence, Known, Located, Named, Tells};
pub use national::{LISTED, ListDifference, Listed, Logged, Match, Matched, Scope};
pub use repeat::{PersonMark, Persons};
pub use sets::{CountedSet, SetDifference, compare_counted};
pub use values::TwoValues;
pub use week::{
    Closing, Missing, Verdict, close_of, closing, closing_after, statement_of, statements, verdict,
};

#[cfg(test)]
mod tests;
