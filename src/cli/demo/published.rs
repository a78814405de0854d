//! The figures that were published about the real season; each with its source, and how sure it is.

use serde::Deserialize;

use crate::names::Date;

/// Cumulative totals since entry into force, as somebody published them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The day at whose end they hold.
    pub date: Date,
    /// Persons returned to France.
    pub returned: u64,
    /// Persons admitted to the United Kingdom; `None` if the source does not say.
    pub admitted: Option<u64>,
    /// Where it was read.
    pub source: String,
    /// How sure the day and the numbers are.
    pub certainty: String,
}

/// All published figures, ascending by date.
///
/// # Errors
/// If the data file in this binary is not of its form, which a test rules out.
pub fn figures() -> Result<Vec<Figure>, serde_json::Error> {
    serde_json::from_str(include_str!("published.json"))
}

impl Figure {
    /// Whether totals as at the figure's date are those that were published. Where no number of
    /// admissions was, none can contradict it.
    #[must_use]
    pub fn agrees(&self, returned: u64, admitted: u64) -> bool {
        self.returned == returned && self.admitted.is_none_or(|published| published == admitted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_file_holds_the_six_published_figures_in_order() {
        let read: Vec<_> = figures()
            .unwrap()
            .iter()
            .map(|one| (one.date.to_string(), one.returned, one.admitted))
            .collect();
        let published = [
            ("2025-10-19", 42, None),
            ("2025-11-05", 94, Some(57)),
            ("2025-12-14", 153, Some(141)),
            ("2026-01-25", 193, Some(195)),
            ("2026-02-22", 281, Some(350)),
            ("2026-03-22", 377, Some(380)),
        ];
        assert_eq!(read, published.map(|(day, out, back)| (day.to_owned(), out, back)));
        assert!(read.is_sorted());
    }

    #[test]
    fn every_figure_names_its_source_and_says_how_sure_it_is() {
        for one in figures().unwrap() {
            assert!(one.source.len() > 10 && one.certainty.starts_with("the source"), "{one:?}");
        }
    }

    #[test]
    fn a_figure_agrees_with_its_own_totals_and_with_no_others() {
        let mut one = figures().unwrap().remove(1);
        assert!(one.agrees(94, 57));
        for (returned, admitted) in [(93, 57), (95, 57), (94, 56), (94, 58), (57, 94), (0, 0)] {
            assert!(!one.agrees(returned, admitted), "{returned} {admitted}");
        }
        one.admitted = None;
        assert!(one.agrees(94, 0) && one.agrees(94, 1000) && !one.agrees(93, 57));
    }
}
