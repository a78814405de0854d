//! `entente break`: open breaks and what became of others, one in full, and its decision.
//!
//! Listing and showing look into the store by themselves, also while a daemon writes it.

mod class;
mod list;
mod local;
mod look;
mod resolve;
mod show;

use std::str::FromStr;

use clap::Subcommand;

pub(super) use local::LocalView;

use super::{
    Exit,
    failure::{Complaint, Failure},
    output::Output,
    words::id_digits,
};
use crate::names::Hash;

/// The verbs about breaks.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// List the breaks that fit: the gravest first, then the oldest. Ends with 1 if one of them is
    /// open and more than information.
    List(list::Arguments),
    /// Show one break: what it is, who acts and how, the evidence, its history, possible matches.
    Show(show::Arguments),
    /// Hand in this side's decision of an open break, which an officer then approves.
    Resolve(resolve::Arguments),
}

pub(super) fn run(verb: &Verb, out: &mut Output) -> Result<Exit, Failure> {
    match verb {
        Verb::List(arguments) => list::run(arguments, out),
        Verb::Show(arguments) => show::run(arguments, out),
        Verb::Resolve(arguments) => resolve::run(arguments, out),
    }
}

/// The id of a break, or its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted(String);

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        id_digits("a break", text).map(Self)
    }
}

impl Wanted {
    /// The one that is meant, of those that there are.
    fn of<T>(
        &self,
        all: impl Iterator<Item = T>,
        id: impl Fn(&T) -> Hash,
        none: &str,
    ) -> Result<T, Failure> {
        let mut found = all.filter(|one| id(one).to_string().starts_with(&self.0));
        let refused = |what: String, advice: &str| {
            Err(Failure::of(Exit::Usage, Complaint::new(what, advice)))
        };
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            (Some(_), Some(_)) => {
                refused(format!("several breaks begin with {}", self.0), "give more digits")
            }
            (None, _) => refused(format!("no break begins with {}", self.0), none),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_break_is_named_by_its_first_digits() {
        let all = [[0x12; 32], [0x34; 32], {
            let mut near = [0x12; 32];
            near[31] = 0x13;
            near
        }]
        .map(Hash::new);
        let meant = |text: &str| {
            let wanted: Wanted = text.parse().unwrap();
            wanted.of(all.into_iter(), |one| *one, "look again")
        };
        assert_eq!(meant("34343434"), Ok(all[1]));
        assert_eq!(meant(&all[0].to_string()), Ok(all[0]));
        for (text, what, advice) in [
            ("12121212", "several breaks begin with 12121212", "give more digits"),
            ("56565656", "no break begins with 56565656", "look again"),
        ] {
            let failure = meant(text).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            assert_eq!(failure.complaints, [Complaint::new(what, advice)]);
        }
        let long = "ab".repeat(33);
        for bad in ["", "1234567", "1234567G", "1234567A", &long] {
            assert!(bad.parse::<Wanted>().is_err(), "{bad}");
        }
    }
}
