//! What may befall a durable step.

/// What befalls the next durable step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mishap {
    /// Power is cut before the commit.
    CutBeforeCommit,
    /// Power is cut after the commit, and before anybody hears of it.
    CutAfterCommit,
    /// The engine fails, and nothing was written.
    CommitFails,
    /// The engine fails, and yet everything was written.
    CommitFailsWritten,
    /// There is no room for the next commit.
    CommitFull,
    /// Power is cut before the mark is written.
    CutBeforeMark,
    /// Power is cut while the mark is written: a part of a slot is on the disk.
    CutWithinMark,
    /// Power is cut after the mark was written and before it was synced: it is lost.
    CutBeforeMarkSync,
    /// Power is cut after the mark's sync, and before anybody is answered.
    CutAfterMark,
    /// The mark's disk fails.
    MarkFails,
    /// The process is killed between the mark's writing and its sync: the next one reads what no
    /// disk holds.
    KillBeforeMarkSync,
    /// The mark's sync fails: what was written can be read, until power is cut, and no later sync
    /// writes it.
    MarkSyncFails,
    /// The mark cannot be read.
    MarkUnreadable,
    /// Power is cut before the mark is removed.
    CutBeforeMarkRemoval,
    /// Power is cut after the mark was removed.
    CutAfterMarkRemoval,
    /// A question to the store fails.
    ReadFails,
}

impl Mishap {
    pub(crate) const ALL: [Self; 16] = [
        Self::CutBeforeCommit,
        Self::CutAfterCommit,
        Self::CommitFails,
        Self::CommitFailsWritten,
        Self::CommitFull,
        Self::CutBeforeMark,
        Self::CutWithinMark,
        Self::CutBeforeMarkSync,
        Self::CutAfterMark,
        Self::MarkFails,
        Self::KillBeforeMarkSync,
        Self::MarkSyncFails,
        Self::MarkUnreadable,
        Self::CutBeforeMarkRemoval,
        Self::CutAfterMarkRemoval,
        Self::ReadFails,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::CutBeforeCommit => "power cut before a commit",
            Self::CutAfterCommit => "power cut after a commit",
            Self::CommitFails => "commit fails, nothing written",
            Self::CommitFailsWritten => "commit fails, all written",
            Self::CommitFull => "no room for a commit",
            Self::CutBeforeMark => "power cut before the mark",
            Self::CutWithinMark => "power cut within the mark",
            Self::CutBeforeMarkSync => "power cut before the mark's sync",
            Self::CutAfterMark => "power cut after the mark",
            Self::MarkFails => "the mark's disk fails",
            Self::KillBeforeMarkSync => "killed before the mark's sync",
            Self::MarkSyncFails => "the mark's sync fails",
            Self::MarkUnreadable => "the mark cannot be read",
            Self::CutBeforeMarkRemoval => "power cut before the mark's removal",
            Self::CutAfterMarkRemoval => "power cut after the mark's removal",
            Self::ReadFails => "a read of the store fails",
        }
    }

    /// Whether it takes the power, and not the process alone.
    pub(crate) const fn is_cut(self) -> bool {
        matches!(
            self,
            Self::CutBeforeCommit
                | Self::CutAfterCommit
                | Self::CutBeforeMark
                | Self::CutWithinMark
                | Self::CutBeforeMarkSync
                | Self::CutAfterMark
                | Self::CutBeforeMarkRemoval
                | Self::CutAfterMarkRemoval
        )
    }

    /// Whether it befalls a commit.
    pub(crate) const fn is_of_commit(self) -> bool {
        matches!(
            self,
            Self::CutBeforeCommit
                | Self::CutAfterCommit
                | Self::CommitFails
                | Self::CommitFailsWritten
                | Self::CommitFull
        )
    }
}
