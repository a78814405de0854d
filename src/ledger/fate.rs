//! What becomes of a record that has no effect without a second signer.

use serde::{Deserialize, Serialize};

/// What became of a record that needs a second signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It waits for its second signer, and has no effect before.
    AwaitsApproval,
    /// A second signer has approved it.
    Approved,
    /// A second signer has rejected it: it has no effect.
    Rejected,
    /// It was approved and changes nothing: a key-event or a version of the agreement that did not
    /// fit any more, or a record whose signer's certificate was over before it was received.
    WithoutEffect,
}

impl Fate {
    /// Every one.
    pub const ALL: [Self; 4] =
        [Self::AwaitsApproval, Self::Approved, Self::Rejected, Self::WithoutEffect];

    /// The name that programs read.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwaitsApproval => "awaits-approval",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::WithoutEffect => "without-effect",
        }
    }
}
