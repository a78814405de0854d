//! What lies on the wire earn: the problems that may be named for them, and whether one of these
//! has to be named at once.

use entente::session::ProblemCode;

use crate::lies::Lie;

/// The lies that a session has to name as it reads them.
pub(crate) const NAMED_AT_ONCE: &[(Lie, &str)] = &[
    (Lie::OtherVersion, "named: another protocol version"),
    (Lie::OtherAgreement, "named: another agreement"),
    (Lie::OtherParty, "named: another party"),
    (Lie::TheirHello, "named: their own hello"),
    (Lie::Malformed, "named: a malformed frame"),
    (Lie::Cut, "named: a frame that ends early"),
    (Lie::Empty, "named: an empty frame"),
    (Lie::Oversized, "named: an oversized frame"),
    (Lie::TooMany, "named: too many entries"),
    (Lie::TooLong, "named: too long an entry"),
    (Lie::TooHeavy, "named: too heavy entries"),
    (Lie::LongNote, "named: too long a note"),
    (Lie::LongProof, "named: too long a proof"),
    (Lie::Overlap, "named: entries that overlap"),
    (Lie::Gap, "named: entries that leave a gap"),
    (Lie::OtherLog, "named: entries of the other log"),
    (Lie::Flood, "named: a flood"),
    (Lie::FalseRoot, "named: a false root"),
    (Lie::FalseSize, "named: a false size"),
];

impl Lie {
    /// The problems that the honest side may name for it, and no others. A lie that is told while
    /// entries wait for their checkpoint, or while a lost tail is healed, is out of order as well.
    pub(crate) const fn codes(self) -> &'static [ProblemCode] {
        use ProblemCode as Code;
        match self {
            Self::OtherVersion => &[Code::ProtocolVersion],
            Self::OtherAgreement => &[Code::Agreement],
            Self::OtherParty | Self::TheirHello => &[Code::Party],
            Self::FalseOwn => &[Code::Contradiction],
            Self::FalseAhead => &[Code::Contradiction, Code::OutOfOrder],
            Self::Replay => &[Code::OutOfOrder, Code::Gap, Code::Cosignature],
            Self::Reflect => &[Code::OutOfOrder, Code::Gap, Code::Note],
            Self::Malformed | Self::Cut | Self::Empty => &[Code::Malformed],
            Self::Oversized | Self::TooMany | Self::TooLong | Self::TooHeavy | Self::LongProof => {
                &[Code::Oversized]
            }
            Self::Overlap | Self::Gap | Self::OtherLog | Self::Flood => {
                &[Code::Gap, Code::OutOfOrder]
            }
            Self::ChangedEntry => &[Code::Root, Code::Fork, Code::OutOfOrder],
            Self::FalseRoot => &[Code::Root, Code::OutOfOrder],
            Self::LongNote => &[Code::Note],
            // What comes next does not follow, or stands for nothing.
            Self::WithholdEntries | Self::WithholdCheckpoint => {
                &[Code::OutOfOrder, Code::Gap, Code::Cosignature]
            }
            // A want for what its hello said is held is absurd, after an old copy was put back. An
            // end that was lost without a trace contradicts what took its place.
            Self::OlderOwn | Self::OldHello => &[Code::OutOfOrder, Code::Contradiction],
            Self::AbsurdWant | Self::FalseSize => &[Code::OutOfOrder],
            Self::OtherTime | Self::OtherSize => &[Code::Cosignature],
            Self::OlderMirror
            | Self::NoMirror
            | Self::NoCosignatures
            | Self::NotPassed
            | Self::FarHello
            | Self::FarPing
            | Self::StrayBye
            | Self::CryFork
            | Self::WithholdCosignature => &[],
        }
    }

    /// If the session itself sees it for what it is, what is noted when it has: its frame is the
    /// last that is read.
    pub(crate) fn named(self) -> Option<&'static str> {
        NAMED_AT_ONCE.iter().find(|(lie, _)| *lie == self).map(|(_, name)| *name)
    }

    /// Whether it may be believed as long as its session lasts: it stands in a hello, or keeps
    /// something back that is said once.
    pub(crate) const fn lingers(self) -> bool {
        matches!(
            self,
            Self::OlderOwn
                | Self::OlderMirror
                | Self::NoMirror
                | Self::NoCosignatures
                | Self::NotPassed
                | Self::FarHello
                | Self::FalseOwn
                | Self::FalseAhead
                | Self::OldHello
                | Self::WithholdEntries
                | Self::WithholdCheckpoint
                | Self::WithholdCosignature
                | Self::OtherSize
        )
    }

    /// Which of its frames has to be named: the second part of a flood is too much, and of what
    /// stands beside something true the last is false.
    pub(crate) const fn place(self, frames: usize) -> usize {
        if matches!(self, Self::Flood) { 1 } else { frames.saturating_sub(1) }
    }
}
