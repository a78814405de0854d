//! What the environment asks for, and words that are printed whether a test passes or not.

use std::{io::Write as _, ops::Range};

use entente::danger::Bug;

/// What is asked for under a name.
#[expect(clippy::disallowed_methods, reason = "a long run is asked for by the environment")]
pub(crate) fn asked(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The seeds of `ENTENTE_SEEDS=FIRST..END`.
pub(crate) fn seeds() -> Option<Range<u64>> {
    let text = asked("ENTENTE_SEEDS")?;
    let (first, end) = text.split_once("..").expect("FIRST..END");
    Some(first.parse().expect("a seed")..end.parse().expect("a seed"))
}

/// The one seed of `ENTENTE_SEED=N`.
pub(crate) fn seed() -> Option<u64> {
    asked("ENTENTE_SEED").map(|text| text.parse().expect("a seed"))
}

/// The bug of `ENTENTE_BUG=NAME`, to replay what finds it.
pub(crate) fn bug() -> Option<Bug> {
    let name = asked("ENTENTE_BUG")?;
    let bug = Bug::ALL.iter().find(|bug| bug.name() == name);
    Some(*bug.expect("the name of a bug"))
}

/// Says something at once, past whatever keeps the words of a test.
pub(crate) fn aloud(words: &str) {
    _ = writeln!(std::io::stderr(), "{words}");
}
