//! Failpoints: named places before and after each durable step, where a test may end the process or
//! let the disk fail.
//!
//! Without the feature `danger-simulation`, which no release has, reaching one is nothing at all.
//! With it, the environment names at most one of them, for the whole process:
//!
//! ```text
//! DANGER_FAILPOINT=NAME=kill        at once, as if the power were cut: nothing is cleaned up
//! DANGER_FAILPOINT=NAME:3=fail      at the third time, as if the disk had failed
//! ```
//!
//! A kill leaves what the kernel has taken over, also where it was not synced yet. What a power cut
//! leaves of that, the tests of each store say.

named! {
    /// A place before or after a durable step.
    pub enum Failpoint {
        /// A store is created: its draft is not there yet.
        StoreBeforeDraft = "store-before-draft",
        /// The draft is there, and empty.
        StoreDraftMade = "store-draft-made",
        /// The engine has written the tables, and not committed them.
        StoreDraftWritten = "store-draft-written",
        /// They are committed.
        StoreDraftFilled = "store-draft-filled",
        /// The draft is synced, and has only its own name.
        StoreDraftSynced = "store-draft-synced",
        /// The draft has both names.
        StoreLinked = "store-linked",
        /// It has only the store's.
        StoreDraftRemoved = "store-draft-removed",
        /// The directory is synced.
        StoreCreated = "store-created",
        /// A store is opened for writing: its write-ahead log is as the last writer left it.
        OpenBeforeCopy = "open-before-copy",
        /// The log is copied into the database, and empty.
        OpenCopied = "open-copied",
        /// A commit: nothing of it is begun.
        CommitBeforeBegin = "commit-before-begin",
        /// Its statements are done, and not committed.
        CommitWritten = "commit-written",
        /// It is committed.
        CommitDone = "commit-done",
        /// The write-ahead log has grown, and is not copied yet.
        CommitBeforeCopy = "commit-before-copy",
        /// It is copied into the database.
        CommitCopied = "commit-copied",
        /// The mark is opened for the first time by this process: it may not be there yet.
        MarkBeforeOpen = "mark-before-open",
        /// Its file is there, and neither it nor its folder is synced.
        MarkMade = "mark-made",
        /// Both are.
        MarkOpened = "mark-opened",
        /// A slot of the mark is to be written.
        MarkBeforeWrite = "mark-before-write",
        /// It is written, and not synced.
        MarkWritten = "mark-written",
        /// It is synced.
        MarkSynced = "mark-synced",
        /// A mark that was put back is to be removed.
        MarkBeforeRemove = "mark-before-remove",
        /// It is removed, and its folder not synced.
        MarkRemoved = "mark-removed",
        /// Its folder is synced.
        MarkGone = "mark-gone",
        /// A log is founded: the state directory may not be there yet.
        InitBeforeDirectory = "init-before-directory",
        /// The directory is there, and the one above it not synced.
        InitDirectoryMade = "init-directory-made",
        /// There is a directory, and no draft.
        InitBeforeDraft = "init-before-draft",
        /// The draft holds nothing but its identity.
        InitDraftMade = "init-draft-made",
        /// The draft holds a log that is founded, and is closed.
        InitDraftFounded = "init-draft-founded",
        /// The draft is whole; the mark may not be written yet.
        InitBeforeMark = "init-before-mark",
        /// The mark is written.
        InitMarked = "init-marked",
        /// Everything is done but the store's name.
        InitBeforeRename = "init-before-rename",
        /// The store has its name, and the directory is not synced.
        InitRenamed = "init-renamed",
        /// The directory is synced; nobody was told.
        InitDone = "init-done",
        /// The scribe has decided what a group writes.
        ScribeBeforeCommit = "scribe-before-commit",
        /// The group is committed, and the mark older than it.
        ScribeCommitted = "scribe-committed",
        /// The mark is written, and nobody is answered.
        ScribeMarked = "scribe-marked",
        /// All are answered, as far as this process goes.
        ScribeAnswered = "scribe-answered",
    }
}

#[cfg(not(feature = "danger-simulation"))]
mod switched_off {
    use super::Failpoint;

    /// Nothing ever happens here.
    ///
    /// # Errors
    /// None.
    #[inline]
    pub(crate) const fn reach(_point: Failpoint) -> std::io::Result<()> {
        Ok(())
    }
}
#[cfg(not(feature = "danger-simulation"))]
pub(crate) use switched_off::reach;

#[cfg(feature = "danger-simulation")]
mod switched_on;
#[cfg(feature = "danger-simulation")]
pub(crate) use switched_on::reach;
#[cfg(feature = "danger-simulation")]
pub use switched_on::{How, VARIABLE, arm, disarm};
