//! A break of one side's own, as every verb shows it.

use crate::{
    cli::{case::short, output::Output},
    ledger::Guide,
    reconcile::LocalBreak,
};

/// A break, and what people need to know of its class.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(in crate::cli) struct LocalView {
    /// The break.
    #[serde(flatten)]
    pub(in crate::cli) found: LocalBreak,
    /// Its severity, who acts, how it is found, what to do.
    #[serde(flatten)]
    pub(in crate::cli) guide: Guide,
}

impl From<LocalBreak> for LocalView {
    fn from(found: LocalBreak) -> Self {
        let guide = found.class.guide();
        Self { found, guide }
    }
}

impl LocalView {
    /// Which break it is, how grave, and who acts; what it is was said before.
    pub(in crate::cli) fn tell(&self, out: &mut Output) {
        let (id, severity, owner) = (short(self.found.id), self.guide.severity, self.found.owner);
        out.field("  break", format!("{id}, {severity}, to act: {owner}"));
    }
}
