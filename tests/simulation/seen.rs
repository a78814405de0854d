//! Everything that must be seen in enough runs: what is never seen is not tested.
//!
//! The lists come from the types where there is one: a new variant does not compile before it has a
//! name here, and with its name it must be seen.

use std::fmt::Write as _;

use entente::{
    daemon::scribe::Gate,
    session::{Close, Message, Problem, ProblemCode},
};

use crate::{
    cover::Cover,
    earned::NAMED_AT_ONCE,
    forgeries::Forgery,
    lies::Lie,
    line::{Ended, Phase},
    mishap::Mishap,
    plan::Deed,
    talk::Mood,
};

/// Fewer seeds need not show what is seldom seen, and fewer still need not show anything.
pub(crate) const MANY_SEEDS: u64 = 10_000;
pub(crate) const SOME_SEEDS: u64 = 300;
/// Columns of a name in a table of two names a line.
const CELL_COLUMNS: usize = 39;

/// Lists every variant of a type by a name, and says which name a value has.
macro_rules! names {
    ($list:ident, $name:ident: $of:ty, $($variant:pat => $text:literal,)+) => {
        const $list: &[&str] = &[$($text),+];

        pub(crate) const fn $name(one: $of) -> &'static str {
            match one {
                $($variant => $text,)+
            }
        }
    };
}

names! { DEEDS, deed: Deed,
    Deed::Work(_) => "deed: work",
    Deed::Again(_) => "deed: again",
    Deed::Reuse(_) => "deed: reuse",
    Deed::Stray(_) => "deed: stray",
    Deed::Anew(_) => "deed: anew",
    Deed::Backlog(_) => "deed: backlog",
    Deed::Reconcile(_) => "deed: reconcile",
    Deed::Ask(_) => "deed: ask",
    Deed::Dial(_) => "deed: dial",
    Deed::Sever => "deed: sever",
    Deed::Partition => "deed: partition",
    Deed::Reunite => "deed: reunite",
    Deed::Deafen(_) => "deed: deafen",
    Deed::Slow(_) => "deed: slow",
    Deed::Lose(_) => "deed: lose",
    Deed::Double(_) => "deed: double",
    Deed::Swap(_) => "deed: swap",
    Deed::Garble(_) => "deed: garble",
    Deed::Oversize(_) => "deed: oversize",
    Deed::Kill(_) => "deed: kill",
    Deed::PowerCut(_) => "deed: power cut",
    Deed::Stop(_) => "deed: stop",
    Deed::Start(_) => "deed: start",
    Deed::Mishap(..) => "deed: mishap",
    Deed::Fill(_) => "deed: fill",
    Deed::Clear(_) => "deed: clear",
    Deed::Backup(_) => "deed: backup",
    Deed::Restore(_) => "deed: restore",
    Deed::RestoreUnmarked(_) => "deed: restore, unmarked",
    Deed::RestoreWithMark(_) => "deed: restore, with mark",
    Deed::RestoreBoth => "deed: restore both",
    Deed::Jump(..) => "deed: jump",
    Deed::Drift(..) => "deed: drift",
    Deed::SetClock(_) => "deed: set the clock",
    Deed::Lie(..) => "deed: lie",
}

names! { MESSAGES, message: &Message,
    Message::Hello(_) => "sent: hello",
    Message::Entries(_) => "sent: entries",
    Message::Checkpoint(_) => "sent: checkpoint",
    Message::Cosignature(_) => "sent: cosignature",
    Message::Want(_) => "sent: want",
    Message::Problem(Problem { fork: Some(_), .. }) => "sent: problem with a fork claim",
    Message::Problem(_) => "sent: problem",
    Message::Ping(_) => "sent: ping",
    Message::Bye(_) => "sent: bye",
}

names! { SESSION_ENDS, session_end: Ended,
    Ended::Session(Close::TheirProblem(_)) => "ended: their problem",
    Ended::Session(Close::OurProblem(_)) => "ended: our problem",
    Ended::Session(Close::Ours(_)) => "ended: by us",
    Ended::Session(Close::Theirs(_)) => "ended: by them",
    Ended::Session(Close::Silent) => "ended: silent",
    Ended::Superseded => "ended: superseded",
    Ended::Broken => "ended: broken",
}

names! { PROBLEMS, problem: ProblemCode,
    ProblemCode::ProtocolVersion => "named: protocol-version",
    ProblemCode::Agreement => "named: agreement",
    ProblemCode::Party => "named: unknown-party",
    ProblemCode::Contradiction => "named: contradiction",
    ProblemCode::Malformed => "named: malformed",
    ProblemCode::OutOfOrder => "named: out-of-order",
    ProblemCode::Gap => "named: gap",
    ProblemCode::Root => "named: root-mismatch",
    ProblemCode::Note => "named: note",
    ProblemCode::Cosignature => "named: cosignature-without-entanglement",
    ProblemCode::Term => "named: stale-term",
    ProblemCode::Oversized => "named: oversized",
    ProblemCode::Internal => "named: internal",
    ProblemCode::Fork => "named: fork",
}

names! { GATES, gate: Gate,
    Gate::Open => "gate: open",
    Gate::Closed => "gate: closed",
    Gate::Fork => "gate: fork",
}

/// What deeds come to, if they come to anything.
const EFFECTS: &[&str] = &[
    "work",
    "handed in again",
    "a key used again",
    "a stray record",
    "handed in anew",
    "a backlog",
    "the weekly job",
    "a question",
    "dialled",
    "started",
    "a start that failed",
];

/// Faults that took effect; those of a disk are added from their type.
const FAULTS: &[&str] = &[
    "severed",
    "parted",
    "half-open",
    "half-open after a crash",
    "a frame delayed",
    "a frame lost",
    "a frame doubled",
    "frames swapped",
    "a frame garbled",
    "a frame oversized",
    "killed between two steps",
    "power cut between two steps",
    "stopped in order",
    "away for a month",
    "disk full",
    "backup",
    "restored",
    "restored, and the mark lost",
    "restored, and the mark with it",
    "an end of a log is lost without a trace",
    "clock jump",
    "clock drift",
];

const IMPOSTORS: &[&str] = &[
    "an impostor",
    "impostor: goes on truly",
    "impostor: holds its tongue",
    "impostor: entangles truly",
];

const CLERKS: &[&str] = &[
    "clerk: an answer was lost",
    "clerk: queued",
    "clerk: answered again",
    "clerk: not now",
    "clerk: hindered",
    "clerk: an envelope made anew",
    "clerk: a receipt was shown",
];

const ENDS: &[&str] = &[
    "end: converged",
    "end: tail-lost",
    "end: no witness is left",
    "end: fork",
    "end: outlasts a liar",
    "end: waits, with a liar",
];

/// What only many seeds show.
const SELDOM: &[&str] = &[
    "power cut before the mark's removal",
    "power cut after the mark's removal",
    "deed: backlog",
    "a backlog",
    "a start that failed",
    "sent: problem with a fork claim",
    "lie: cosignatures withheld",
    "lie: a cosignature with another time",
    "lie: a cosignature of another size",
    "named: fork",
    "clerk: an envelope made anew",
    "end: no witness is left",
    "end: fork",
    "gate: fork",
];

/// What must be seen, by group, and how often it was.
pub(crate) struct Seen<'a> {
    cover: &'a Cover,
    groups: Vec<(&'static str, Vec<&'static str>)>,
}

impl<'a> Seen<'a> {
    pub(crate) fn of(cover: &'a Cover) -> Self {
        let faults = Mishap::ALL.iter().map(|mishap| mishap.name());
        let moods = Mood::MOODS.iter().map(|mood| mood.name());
        let groups = vec![
            ("deeds that were tried", DEEDS.to_vec()),
            ("deeds that came to something", EFFECTS.to_vec()),
            ("faults that took effect", FAULTS.iter().copied().chain(faults).collect()),
            ("lies on the wire", Lie::ALL.iter().map(|lie| lie.name()).collect()),
            ("lies in a log", Forgery::ALL.iter().map(|lie| lie.name()).collect()),
            ("impostors", IMPOSTORS.iter().copied().chain(moods).collect()),
            ("problems that were named", PROBLEMS.to_vec()),
            ("lies that were named", NAMED_AT_ONCE.iter().map(|(_, name)| *name).collect()),
            ("phases of sessions", Phase::NAMES.to_vec()),
            ("session ends", SESSION_ENDS.to_vec()),
            ("messages", MESSAGES.to_vec()),
            ("gates", GATES.to_vec()),
            ("clerks", CLERKS.to_vec()),
            ("ends of runs", ENDS.to_vec()),
        ];
        Self { cover, groups }
    }

    fn count(&self, name: &str) -> u64 {
        self.cover.0.get(name).copied().unwrap_or_default()
    }

    fn listed(&self) -> impl Iterator<Item = &'static str> {
        self.groups.iter().flat_map(|(_, names)| names.iter().copied())
    }

    /// What should have been seen in so many runs, and was not.
    pub(crate) fn missing(&self, runs: u64) -> Vec<&'static str> {
        let due = |name: &str| {
            let seldom = SELDOM.contains(&name) && runs < MANY_SEEDS;
            runs >= SOME_SEEDS && !seldom
        };
        self.listed().filter(|name| self.count(name) == 0 && due(name)).collect()
    }

    /// What was seen, and stands in no list.
    pub(crate) fn unlisted(&self) -> Vec<&'static str> {
        let names = self.cover.0.keys().copied();
        names.filter(|name| self.listed().all(|listed| listed != *name)).collect()
    }

    /// All of it, two a line where that is narrow enough.
    pub(crate) fn table(&self) -> String {
        let mut text = String::new();
        let mut groups = self.groups.clone();
        groups.push(("in no list", self.unlisted()));
        for (group, names) in groups.iter().filter(|(_, names)| !names.is_empty()) {
            writeln!(text, "{group}").unwrap();
            let narrow = names.iter().all(|name| short(name).chars().count() <= CELL_COLUMNS);
            for some in names.chunks(if narrow { 2 } else { 1 }) {
                let cells: Vec<String> = some.iter().map(|name| self.cell(name)).collect();
                writeln!(text, "  {}", cells.join("  ").trim_end()).unwrap();
            }
        }
        text
    }

    fn cell(&self, name: &str) -> String {
        let short = short(name);
        let count = match self.count(name) {
            0 => "never".to_owned(),
            count => count.to_string(),
        };
        format!("{short:<CELL_COLUMNS$} {count:>8}")
    }
}

/// A name without its group.
fn short(name: &str) -> &str {
    name.split_once(": ").map_or(name, |(_, short)| short)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Cover {
        let empty = Cover::default();
        Cover(Seen::of(&empty).listed().map(|name| (name, 12_345_678)).collect())
    }

    #[test]
    fn what_was_never_seen_is_named_and_what_no_list_has() {
        let mut cover = full();
        assert_eq!(Seen::of(&cover).missing(MANY_SEEDS), Vec::<&str>::new());
        assert_eq!(Seen::of(&cover).unlisted(), Vec::<&str>::new());
        for name in ["deed: swap", "power cut within the mark", "ended: silent", "gate: closed"] {
            cover.0.remove(name);
            assert_eq!(Seen::of(&cover).missing(MANY_SEEDS), [name]);
            cover.0.insert(name, 1);
        }
        cover.0.insert("a new fault", 1);
        assert_eq!(Seen::of(&cover).unlisted(), ["a new fault"]);
    }

    #[test]
    fn the_table_is_narrow_and_says_never() {
        let mut cover = full();
        cover.0.insert("a new fault", 1);
        cover.0.remove("power cut before the mark's sync");
        let table = Seen::of(&cover).table();
        for line in table.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
        let never: Vec<&str> = table.lines().filter(|line| line.contains("never")).collect();
        assert!(never.len() == 1 && never[0].contains("the mark's sync"), "{never:?}");
        assert!(table.contains("in no list\n  a new fault"));
    }

    #[test]
    fn no_name_is_listed_twice_and_what_is_seldom_is_listed() {
        let empty = Cover::default();
        let mut names: Vec<&str> = Seen::of(&empty).listed().collect();
        assert!(SELDOM.iter().all(|name| names.contains(name)));
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
