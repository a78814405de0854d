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
    range("ENTENTE_SEEDS")
}

/// The seeds of `ENTENTE_WEEKS=FIRST..END`.
pub(crate) fn weeks() -> Option<Range<u64>> {
    range("ENTENTE_WEEKS")
}

fn range(name: &str) -> Option<Range<u64>> {
    let text = asked(name)?;
    let range = text.split_once("..").and_then(|(first, end)| {
        let range: Range<u64> = first.parse().ok()?..end.parse().ok()?;
        (!range.is_empty()).then_some(range)
    });
    let wrong = || panic!("{name}={text}: give two numbers that ascend, as in 0..1000000");
    Some(range.unwrap_or_else(wrong))
}

/// The one seed of `ENTENTE_SEED=N`.
pub(crate) fn seed() -> Option<u64> {
    let text = asked("ENTENTE_SEED")?;
    let wrong = |_| panic!("ENTENTE_SEED={text}: give one number, as in 585");
    Some(text.parse().unwrap_or_else(wrong))
}

/// The bug of `ENTENTE_BUG=NAME`, to replay what finds it.
pub(crate) fn bug() -> Option<Bug> {
    let name = asked("ENTENTE_BUG")?;
    let bug = Bug::ALL.iter().find(|bug| bug.name() == name);
    let wrong = || panic!("ENTENTE_BUG={name}: there is no such bug; src/danger.rs names them all");
    Some(*bug.unwrap_or_else(wrong))
}

/// Says something at once, past whatever keeps the words of a test.
pub(crate) fn aloud(words: &str) {
    _ = writeln!(std::io::stderr(), "{words}");
}
