//! What the simulator may do to this software and nobody else: plant a bug in it, and sign quickly.
//!
//! Without the feature `danger-simulation`, which no release has, every question here has a fixed
//! answer, and nothing can be switched on: what a release carries of all this are the names. The
//! tests of this package build with the feature.

/// Defines a list of named things, as an enum.
macro_rules! named {
    (
        $(#[$of:meta])+ pub enum $list:ident {
            $($(#[$doc:meta])+ $one:ident = $name:literal),+ $(,)?
        }
    ) => {
        $(#[$of])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $list {
            $($(#[$doc])+ $one,)+
        }

        impl $list {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$one),+];

            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$one => $name,)+
                }
            }
        }
    };
}

named! {
    /// A mistake that can be planted, so that the simulator is seen to find it.
    #[doc(hidden)]
    pub enum Bug {
        // ---- commit and answer
        /// The scribe answers before its commit has returned.
        AcknowledgeBeforeCommit = "acknowledge-before-commit",
        /// Whoever asked for something is told that it was done, though the store was full.
        AcknowledgeWhenFull = "acknowledge-when-full",
        /// A full store rolls back, and what the scribe keeps in memory does not.
        KeepStateWhenFull = "keep-state-when-full",
        /// Entanglement and cosignature are committed first, and what they cover afterwards.
        CosignBeforeStoring = "cosign-before-storing",
        // ---- submissions and queue
        /// A start does not load the submissions that wait.
        ForgetQueueAtStart = "forget-queue-at-start",
        /// A submission leaves the queue in a commit of its own, before its entry is committed.
        DequeueBeforeAppend = "dequeue-before-append",
        /// What waited is logged without a look whether it came back with a healed tail.
        LogQueuedTwice = "log-queued-twice",
        /// A submission that is known already is logged again.
        AnswerRepeatAnew = "answer-repeat-anew",
        /// Another submission under a key that was used gets the answer of the first.
        AnswerReusedKey = "answer-reused-key",
        // ---- gate and mark
        /// The gate opens at every start, without a witness.
        SignBeforeHello = "sign-before-hello",
        /// The hello of a side that has not itself passed counts as a witness.
        BelieveUnpassed = "believe-unpassed",
        /// Whoever refuses a second history does not show the first.
        HideForkClaim = "hide-fork-claim",
        /// Whoever says that we have signed two histories is believed.
        BelieveForkClaim = "believe-fork-claim",
        /// After a fork the mark goes on vouching for this store.
        KeepMarkAfterFork = "keep-mark-after-fork",
        /// The high-water mark is never written.
        MarkNotWritten = "mark-not-written",
        /// The mark is written once by each process, and never again.
        MarkWrittenOnce = "mark-written-once",
        /// The mark is written before the commit that it vouches for.
        MarkBeforeCommit = "mark-before-commit",
        /// The mark is written and not synced.
        MarkNotSynced = "mark-not-synced",
        /// Every mark goes over the last one, so that a torn write leaves none.
        MarkInOneSlot = "mark-in-one-slot",
        // ---- mirror
        /// Entries are taken in before the checkpoint of the last ones, and wait without end.
        TakeWithoutEnd = "take-without-end",
        /// The mirror takes entries whose root is not that of the author's checkpoint.
        SkipRootCheck = "skip-root-check",
        /// A counterpart whose hello contradicts what it signed is talked to all the same.
        OverlookContradiction = "overlook-contradiction",
        /// A counterpart's cosignature is taken without its entanglement.
        AcceptCosignatureUnseen = "accept-cosignature-unseen",
        /// Cosignatures that went with a lost tail are not made again.
        ForgetSweptHalfStep = "forget-swept-half-step",
        /// A cosignature that is made again carries the time of today.
        RemakeWithNewTime = "remake-with-new-time",
        /// Entanglements are answered by entanglements.
        EntangleForEver = "entangle-for-ever",
        /// Nothing is objected to.
        DropObjection = "drop-objection",
        /// What was objected to is forgotten at the next start, and objected to again.
        ObjectAgainAfterStart = "object-again-after-start",
        // ---- clocks
        /// The time of an entanglement is the one that the counterpart signed last.
        TrustSendersClock = "trust-senders-clock",
        /// A side cosigns though a test of its clock fails.
        CosignWithClockOff = "cosign-with-clock-off",
        /// A jump of the clock is noticed once, and taken for granted at the second look.
        ForgiveJump = "forgive-jump",
        // ---- healing
        /// A side that has lost a tail never asks for it.
        NeverWant = "never-want",
        /// Entries of our own that entangle more than the mirror holds are not taken back.
        HealOnlyWhatIsHeld = "heal-only-what-is-held",
        /// What a counterpart says of a lost tail is sent, and judged, before the tail is back.
        JudgeBeforeHealed = "judge-before-healed",
        /// A batch runs past an entanglement, and no checkpoint for its cosignature comes along.
        SendPastEntanglement = "send-past-entanglement",
        // ---- session
        /// All of our log is sent, whatever the counterpart's hello says that it holds.
        SendFromTheBeginning = "send-from-the-beginning",
        /// Cosignatures that a broken session lost are not sent again.
        NeverSendCosignaturesAgain = "never-send-cosignatures-again",
        /// Cosignatures are sent again before the entanglements that they stand for.
        CosignatureBeforeEntanglement = "cosignature-before-entanglement",
        /// A hello that was overtaken by an older session stands.
        IgnoreOvertakenHello = "ignore-overtaken-hello",
        /// A session in which nothing is heard is never given up.
        WaitForEver = "wait-for-ever",
        // ---- receipts and weeks
        /// A receipt is made by the newest entanglement, not by the first that covers the record.
        ReceiptByNewest = "receipt-by-newest",
        /// A second record of one movement counts as well.
        CountResentTwice = "count-resent-twice",
        /// The fold takes in for good what nobody has received, and what may yet get another place.
        FoldWithoutWaiting = "fold-without-waiting",
        /// A week may be closed before it has ended.
        CloseWeekEarly = "close-week-early",
        /// A week is cut off at the newest entanglement, not at the first that covers its close.
        CutAtNewest = "cut-at-newest",
        /// A body does not name the one before it.
        StatementForgetsPrevious = "statement-forgets-previous",
        /// A week that was stated is stated again.
        StateTwice = "state-twice",
        // ---- certificates
        /// What an extended key usage names, or that there is none, is passed over.
        SkipPurpose = "skip-purpose",
        /// A weak key is as good as another.
        SkipKeyStrength = "skip-key-strength",
        /// A keyUsage that does not fit is passed over.
        SkipKeyUsage = "skip-key-usage",
        /// Critical extensions that nobody knows are passed over.
        SkipUnknownCritical = "skip-unknown-critical",
        /// An authority that has expired goes on, as webpki has it.
        SkipAuthorityValidity = "skip-authority-validity",
        /// How long a path a pinned authority allows is passed over, as webpki has it.
        SkipPathLength = "skip-path-length",
        /// No revocation list is ever looked into.
        SkipRevocation = "skip-revocation",
        /// A revocation list is never too old.
        SkipFreshness = "skip-freshness",
        /// A revocation list may have a lower number than one that was seen.
        SkipRollback = "skip-rollback",
        /// Of several generations of one authority only the first is asked.
        SkipLaterGenerations = "skip-later-generations",
        /// The certificate of the other party will do.
        SkipParty = "skip-party",
        /// The name of whoever was dialled is not compared.
        SkipServerName = "skip-server-name",
        /// A peer that names no application protocol is talked to.
        SkipProtocol = "skip-protocol",
        /// The peer is told by its alert why it is refused.
        TellThePeerWhy = "tell-the-peer-why",
        /// The certificate of a record key is judged by nobody before it is enrolled.
        EnrolUnchecked = "enrol-unchecked",
        /// A record key is enrolled in a role that its certificate does not name.
        EnrolAnyRole = "enrol-any-role",
    }
}

impl Bug {
    /// Whether it weakens the judging of peers or record keys, which `tests/handshakes.rs` and the
    /// tests of [`crate::trust`] must find: the simulated network has no certificates.
    #[must_use]
    pub const fn is_of_certificates(self) -> bool {
        matches!(
            self,
            Self::SkipPurpose
                | Self::SkipKeyStrength
                | Self::SkipKeyUsage
                | Self::SkipUnknownCritical
                | Self::SkipAuthorityValidity
                | Self::SkipPathLength
                | Self::SkipRevocation
                | Self::SkipFreshness
                | Self::SkipRollback
                | Self::SkipLaterGenerations
                | Self::SkipParty
                | Self::SkipServerName
                | Self::SkipProtocol
                | Self::TellThePeerWhy
                | Self::EnrolUnchecked
                | Self::EnrolAnyRole
        )
    }
}

#[cfg(not(feature = "danger-simulation"))]
mod switched_off {
    use super::Bug;

    /// No bug is ever planted.
    #[inline]
    pub(crate) const fn planted(_bug: Bug) -> bool {
        false
    }

    /// No signature is ever quick.
    #[inline]
    pub(crate) const fn quickly_verified(
        _key: &[u8],
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

#[cfg(all(test, feature = "danger-simulation"))]
mod tests;
