//! The file names of a log's public form (C2SP tlog-tiles). Tiles are derived: they can be made
//! again from entries and nodes, and nothing is believed because it stands in one.

use std::ops::Range;

use crate::names::Size;

/// Hashes or entries in a full tile.
const WIDTH: u64 = 256;
/// Tree levels that one tile level spans.
const HEIGHT: u8 = 8;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TileKind {
    /// Hashes: at level l the roots of complete subtrees of 256^l entries.
    Hashes(u8),
    /// The entries themselves, each after its length in two bytes, the greater first.
    Entries,
}

/// One tile of the tree of a certain size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    kind: TileKind,
    index: u64,
    width: u64,
}

impl Tile {
    /// What it holds.
    #[must_use]
    pub const fn kind(&self) -> TileKind {
        self.kind
    }

    /// The level of the tree whose nodes it holds, and the indices of these nodes; for entries, the
    /// level is 0 and the indices are their positions.
    #[must_use]
    pub fn nodes(&self) -> (u8, Range<u64>) {
        let level = match self.kind {
            TileKind::Hashes(level) => level.saturating_mul(HEIGHT),
            TileKind::Entries => 0,
        };
        let first = self.index.saturating_mul(WIDTH);
        (level, first..first.saturating_add(self.width))
    }
}

/// Writes the path: `tile/<level>/<index>` or `tile/entries/<index>`, with `.p/<width>` if partial.
impl std::fmt::Display for Tile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}")?,
            TileKind::Entries => f.write_str("tile/entries")?,
        }
        // Three digits a step, and all but the last begin with `x`: 1234067 is x001/x234/067.
        let digits = self.index.to_string();
        let padded = format!("{digits:0>width$}", width = digits.len().next_multiple_of(3));
        let steps = padded.len() / 3;
        for step in 1..=steps {
            let mark = if step < steps { "/x" } else { "/" };
            let group: String =
                padded.chars().skip(step.saturating_sub(1).saturating_mul(3)).take(3).collect();
            write!(f, "{mark}{group}")?;
        }
        if self.width < WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// All tiles of a log of this size: hashes from the lowest level up, then entries; within each the
/// full tiles and then the partial one, if it holds anything.
pub fn tiles(size: Size) -> impl Iterator<Item = Tile> {
    let counts = std::iter::successors(Some(size.0), |count| Some(count / WIDTH));
    let levels = counts.take_while(|count| *count > 0).zip(0_u8..);
    let hashes = levels.flat_map(|(count, level)| row(TileKind::Hashes(level), count));
    hashes.chain(row(TileKind::Entries, size.0))
}

fn row(kind: TileKind, count: u64) -> impl Iterator<Item = Tile> {
    let full = (0..count / WIDTH).map(move |index| Tile { kind, index, width: WIDTH });
    let rest = Tile { kind, index: count / WIDTH, width: count % WIDTH };
    full.chain(std::iter::once(rest).filter(|tile| tile.width > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(size: u64) -> Vec<String> {
        tiles(Size(size)).map(|tile| tile.to_string()).collect()
    }

    #[test]
    fn an_index_is_written_three_digits_a_step() {
        for (index, path) in [
            (0, "tile/0/000"),
            (999, "tile/0/999"),
            (1_000, "tile/0/x001/000"),
            (1_234_067, "tile/0/x001/x234/067"),
            (123_456_789_012, "tile/0/x123/x456/x789/012"),
        ] {
            assert_eq!(Tile { kind: TileKind::Hashes(0), index, width: 256 }.to_string(), path);
        }
    }

    #[test]
    fn a_full_tile_stands_alone_in_the_level_above() {
        assert!(paths(0).is_empty());
        assert_eq!(paths(1), ["tile/0/000.p/1", "tile/entries/000.p/1"]);
        assert_eq!(paths(255), ["tile/0/000.p/255", "tile/entries/000.p/255"]);
        assert_eq!(paths(256), ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
    }

    #[test]
    fn seventy_thousand_entries_have_the_tiles_that_the_specification_names() {
        let all: Vec<_> = tiles(Size(70_000)).collect();
        let full =
            |wanted| all.iter().filter(|tile| tile.kind == wanted && tile.width == 256).count();
        assert_eq!(full(TileKind::Hashes(0)), 273);
        assert_eq!(full(TileKind::Hashes(1)), 1);
        assert_eq!(full(TileKind::Entries), 273);
        let partial: Vec<_> =
            paths(70_000).into_iter().filter(|path| path.contains(".p")).collect();
        assert_eq!(
            partial,
            ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"]
        );
        assert_eq!(all.len(), 273 + 1 + 1 + 1 + 1 + 273 + 1);
    }

    #[test]
    fn the_tiles_of_a_size_hold_every_node_of_their_levels_once() {
        for size in (0..600).chain([65_535, 65_536, 65_537, 70_000]) {
            for kind in [TileKind::Hashes(0), TileKind::Hashes(1), TileKind::Entries] {
                let held: Vec<u64> = tiles(Size(size))
                    .filter(|tile| tile.kind == kind)
                    .flat_map(|tile| tile.nodes().1)
                    .collect();
                let count = if kind == TileKind::Hashes(1) { size / 256 } else { size };
                assert!(held.into_iter().eq(0..count), "size {size}, {kind:?}");
            }
        }
        let top = tiles(Size(70_000)).find(|tile| tile.kind == TileKind::Hashes(2)).unwrap();
        assert_eq!(top.nodes(), (16, 0..1));
    }
}
