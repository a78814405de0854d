//! What the simulator may do to this software and nobody else: plant a bug in it, and sign quickly.
//!
//! Without the feature `danger-simulation`, which no release has, every question here has a constant
//! answer, and nothing can be switched on. The tests of this package build with the feature.

/// Defines the planted bugs, with their names.
macro_rules! bugs {
    ($($(#[$doc:meta])+ $bug:ident = $name:literal),+ $(,)?) => {
        /// A mistake that can be planted, so that the simulator is seen to find it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Bug {
            $($(#[$doc])+ $bug,)+
        }

        impl Bug {
            /// Every bug that can be planted.
            pub const ALL: &[Self] = &[$(Self::$bug),+];

            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$bug => $name,)+
                }
            }
        }
    };
}

bugs! {
    /// The scribe answers before its commit has returned.
    AcknowledgeBeforeCommit = "acknowledge-before-commit",
    /// The replica takes entries whose root is not that of the author's checkpoint.
    SkipRootCheck = "skip-root-check",
}

#[cfg(not(feature = "danger-simulation"))]
mod switched_off {
    use super::Bug;

    /// No bug is ever planted.
    pub(crate) const fn planted(_bug: Bug) -> bool {
        false
    }

    /// No signature is ever quick.
    pub(crate) const fn quickly_verified(
        _key: &[u8; 32],
        _message: &[u8],
        _signature: &[u8],
    ) -> Option<bool> {
        None
    }
}
#[cfg(not(feature = "danger-simulation"))]
pub(crate) use switched_off::{planted, quickly_verified};

#[cfg(feature = "danger-simulation")]
mod switched_on;
#[cfg(feature = "danger-simulation")]
pub use switched_on::{plant, quick_signature, sign_quickly};
#[cfg(feature = "danger-simulation")]
pub(crate) use switched_on::{planted, quickly_verified};
