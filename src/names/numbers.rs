//! Counts and places in a log.

macro_rules! number {
    ($(#[$meta:meta])* $name:ident, $inner:ty) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default,
            serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

number!(
    /// Where an entry stands in its log; the first is 0.
    Position, u64
);
number!(
    /// How many entries a log holds; a log of size n has the positions 0 to n - 1.
    Size, u64
);
number!(
    /// A number of persons. The unit of the balance (Art. 1(3) of the agreement).
    Persons, u16
);

impl Size {
    /// Whether an entry at `position` lies within a log of this size.
    #[must_use]
    pub const fn covers(self, position: Position) -> bool {
        position.0 < self.0
    }

    /// The size of a log whose last entry is at `position`; saturates at the largest number.
    #[must_use]
    pub const fn through(position: Position) -> Self {
        Self(position.0.saturating_add(1))
    }

    /// The position that the next entry will take.
    #[must_use]
    pub const fn next(self) -> Position {
        Position(self.0)
    }

    /// The size after `count` more entries; saturates at the largest number.
    #[must_use]
    pub const fn plus(self, count: u64) -> Self {
        Self(self.0.saturating_add(count))
    }
}
