//! A promise that was broken, and what showed it.

use std::fmt;

/// What has to hold after every step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Promise {
    /// What was acknowledged, and what leaves signed, is on the disk.
    Durable,
    /// A repetition changes nothing and gets the same answer; nothing counts twice.
    Once,
    /// One root for each size, and one time for each cosignature.
    OneHistory,
    /// A mirror is a prefix of its author's log.
    Prefix,
    /// What is cosigned is held, with that root, and entangled at that time.
    Cosigned,
    /// A receipt that was given stays as it is.
    Receipt,
    /// Equal cut-offs give equal ledgers and bodies.
    SameLedger,
    /// The statements of a side are one chain.
    Chain,
    /// Queues and memory have their bounds.
    Bounded,
    /// A side whose clock is off does not cosign, and signs by its own clock alone.
    Clock,
    /// Honest sides neither contest each other's records nor accuse each other; a liar is told what
    /// it did, and nothing else.
    Peace,
    /// After the faults have ceased, both sides hold the same, or a state is named.
    Converges,
    /// Nothing panics.
    NoPanic,
}

impl Promise {
    pub(crate) const ALL: [Self; 13] = [
        Self::Durable,
        Self::Once,
        Self::OneHistory,
        Self::Prefix,
        Self::Cosigned,
        Self::Receipt,
        Self::SameLedger,
        Self::Chain,
        Self::Bounded,
        Self::Clock,
        Self::Peace,
        Self::Converges,
        Self::NoPanic,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Durable => "durable",
            Self::Once => "once",
            Self::OneHistory => "one-history",
            Self::Prefix => "prefix",
            Self::Cosigned => "cosigned",
            Self::Receipt => "receipt",
            Self::SameLedger => "same-ledger",
            Self::Chain => "chain",
            Self::Bounded => "bounded",
            Self::Clock => "clock",
            Self::Peace => "peace",
            Self::Converges => "converges",
            Self::NoPanic => "no-panic",
        }
    }
}

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Breach {
    pub(crate) promise: Promise,
    pub(crate) what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.promise.name(), self.what)
    }
}

/// Goes on, or says which promise is broken.
pub(crate) type Held = Result<(), Breach>;

/// A broken promise, in words.
pub(crate) fn breach<T>(promise: Promise, what: impl Into<String>) -> Result<T, Breach> {
    Err(Breach { promise, what: what.into() })
}

/// Holds a condition.
pub(crate) fn hold(good: bool, promise: Promise, what: impl FnOnce() -> String) -> Held {
    if good { Ok(()) } else { breach(promise, what()) }
}
