//! The admission leg: people apply to the United Kingdom and enter it (chapter III).
//!
//! No record of this leg names or describes a person.

use crate::names::{Date, Persons, Place};

int_map! {
    /// Visas were issued to one person or family (Art. 12(3) and (4)).
    pub struct VisaIssued {
        /// Adults among them.
        0 => adults: Persons,
        /// Minors among them.
        1 => minors: Persons,
        /// The last day on which they may enter.
        2 => expires: Date,
    }
}

int_map! {
    /// Holders of visas are to travel; refers to the visas.
    pub struct TravelNotice {
        /// Where they are to enter the United Kingdom.
        0 => to: Place,
        /// How many travel.
        1 => persons: Persons,
    }
}

int_map! {
    /// Persons left France: a number; refers to the travel notice.
    pub struct DepartureCount {
        /// Where they left.
        0 => place: Place,
        /// How many left.
        1 => persons: Persons,
    }
}

int_map! {
    /// Persons entered the United Kingdom; refers to the travel notice.
    pub struct Admission {
        /// Where they entered.
        0 => place: Place,
        /// How many entered.
        1 => persons: Persons,
    }
}

impl VisaIssued {
    /// How many persons hold these visas; the form sees to it that the sum fits.
    #[must_use]
    pub const fn persons(&self) -> Persons {
        Persons(self.adults.0.saturating_add(self.minors.0))
    }

    pub(super) fn fault(&self) -> Option<&'static str> {
        match self.adults.0.checked_add(self.minors.0) {
            Some(0) => Some("visas are issued to at least one person"),
            Some(_) => None,
            None => Some("more persons than one record can count"),
        }
    }
}

impl TravelNotice {
    pub(super) fn fault(&self) -> Option<&'static str> {
        (self.persons.0 == 0).then_some("at least one person travels")
    }
}

impl Admission {
    pub(super) fn fault(&self) -> Option<&'static str> {
        (self.persons.0 == 0).then_some("at least one person is admitted")
    }
}
