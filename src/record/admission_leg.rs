//! The admission leg: people apply to the United Kingdom and enter it (chapter III).
//!
//! No record of this leg names or describes a person.

use crate::names::{Date, Persons, Place};

codes! {
    /// Whether a window takes applications.
    pub enum WindowState: "window status" {
        /// It does.
        Open = 1 => "open",
        /// It does not, for the reason that stands beside it.
        Paused = 2 => "paused",
    }
}

codes! {
    /// Why a window is paused.
    pub enum PauseReason: "pause reason" {
        /// Admissions are ahead of returns (Art. 1(3)).
        Parity = 1 => "parity",
        /// All places are taken.
        Capacity = 2 => "capacity",
        /// Applications cannot be handled for now.
        Operations = 3 => "operations",
    }
}

codes! {
    /// Why a visa was not used.
    pub enum LapseReason: "lapse reason" {
        /// It expired unused.
        Expired = 1 => "expired",
        /// Its holders gave it up.
        GivenUp = 2 => "given-up",
    }
}

int_map! {
    /// Places in a window of applications: the limited number of Art. 12(1).
    pub struct Allocation {
        /// How many persons may be granted visas from this window.
        0 => places: Persons,
        /// The first day on which applications are taken.
        1 => opens: Date,
        /// The last day on which applications are taken.
        2 => closes: Date,
    }
}

int_map! {
    /// A window is open or paused; refers to its allocation.
    pub struct WindowStatus {
        /// Open or paused.
        0 => status: WindowState,
    } optional {
        /// Why it is paused; absent if it is open.
        1 => reason: PauseReason,
    }
}

int_map! {
    /// Visas were issued to one person or family (Art. 12(3) and (4)); refers to the allocation
    /// that they are taken from, if there is one.
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

int_map! {
    /// A visa was not used; refers to it.
    pub struct Lapse {
        /// Expired or given up.
        0 => reason: LapseReason,
    }
}

impl Allocation {
    pub(super) fn fault(&self) -> Option<&'static str> {
        if self.closes < self.opens {
            return Some("a window closes on the day on which it opens, or later");
        }
        (self.places.0 == 0).then_some("an allocation has at least one place")
    }
}

impl WindowStatus {
    pub(super) fn fault(&self) -> Option<&'static str> {
        let paused = self.status == WindowState::Paused;
        (paused != self.reason.is_some())
            .then_some("a pause names its reason, and an open window has none")
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
