//! References of each type, and the labels of acts.

use std::collections::BTreeMap;

use super::Label;
use crate::names::{BadReference, CaseRef};

/// References of each type, and labels, numbered in the order in which they are given out.
#[derive(Debug, Default)]
pub struct Numbers {
    references: BTreeMap<&'static str, u32>,
    labels: u32,
}

impl Numbers {
    /// The next reference of a type such as `GB01`; `priority` marks minors and families, as in
    /// Implementing Regulation (EU) 2025/2055 Art. 5.
    ///
    /// # Errors
    /// If the type is none.
    pub fn reference(
        &mut self,
        sort: &'static str,
        priority: bool,
    ) -> Result<CaseRef, BadReference> {
        let number = self.references.entry(sort).or_default();
        *number = number.saturating_add(1);
        let mark = if priority { "P" } else { "" };
        format!("{sort}{mark}-{number:06}").parse()
    }

    /// The next label.
    pub const fn label(&mut self) -> Label {
        self.labels = self.labels.saturating_add(1);
        Label::new(self.labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_a_type_ascend_and_labels_never_repeat() {
        let mut numbers = Numbers::default();
        let mut next = |sort, priority| numbers.reference(sort, priority).unwrap().to_string();
        assert_eq!(next("GB01", false), "GB01-000001");
        assert_eq!(next("GB01", true), "GB01P-000002");
        assert_eq!(next("FR04", false), "FR04-000001");
        assert!(numbers.reference("XX01", false).is_err());
        let labels = [numbers.label(), numbers.label()];
        assert!(Label::FOUNDING < labels[0] && labels[0] < labels[1]);
    }
}
