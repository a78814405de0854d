//! `entente statement`: the weekly statements in the store itself, also while a daemon writes it,
//! and certificates of joint ones.

mod check;
mod durable;
mod export;
mod ids;
mod list;
mod show;

use std::{fmt, str::FromStr};

use clap::Subcommand;

use super::{
    Exit,
    failure::{Complaint, Failure},
    output::Output,
    place::Place,
};
use crate::{
    daemon::scribe::State,
    ledger::Agreement,
    names::Week,
    reconcile::Verdict,
    record::{Body, NationalTotals, Tally},
};

/// The verbs about weekly statements.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// List the weeks: a line each, with what both sides say.
    List(list::Arguments),
    /// Show one week, or what both sides knew at a time.
    Show(show::Arguments),
    /// Print the ids that count for this side at a week's cut-off.
    Ids(ids::Arguments),
    /// Write a joint statement as a certificate and as a page.
    Export(export::Arguments),
    /// Check a certificate, against nothing but the agreement.
    Check(check::Arguments),
}

pub(super) fn run(verb: &Verb, out: &mut Output) -> Result<Exit, Failure> {
    match verb {
        Verb::List(arguments) => list::run(arguments, out),
        Verb::Show(arguments) => show::run(arguments, out),
        Verb::Ids(arguments) => ids::run(arguments, out),
        Verb::Export(arguments) => export::run(arguments, out),
        Verb::Check(arguments) => check::run(arguments, out),
    }
}

/// How a statement is named: by its week, or by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Week(Week),
    Number(u64),
}

impl FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(number) = text.parse().ok().filter(|number| plain && *number > 0) {
            return Ok(Self::Number(number));
        }
        let refuse = |_| "neither a week as in 2025-W45 nor the number of a statement".to_owned();
        text.parse().map(Self::Week).map_err(refuse)
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Week(week) => write!(f, "week {week}"),
            Self::Number(number) => write!(f, "statement {number}"),
        }
    }
}

impl Which {
    /// The body of that week: the newest there is, if none is named.
    fn body<'a>(
        which: Option<Self>,
        agreement: &Agreement,
        state: &'a State,
    ) -> Result<&'a Body, Failure> {
        let first = agreement.terms().provisions.in_force.week();
        if let Some(Self::Week(week)) = which
            && week.monday() < first.monday()
        {
            let what = format!("{week} ended before the agreement entered into force, in {first}");
            let advice = format!("name {first} or a later week");
            return Err(Failure::of(Exit::Usage, Complaint::new(what, advice)));
        }
        let bodies = state.chain.bodies();
        let found = match which {
            None => bodies.last(),
            Some(Self::Week(week)) => bodies.iter().rfind(|body| body.week == week),
            Some(Self::Number(number)) => bodies.iter().find(|body| body.number == number),
        };
        found.ok_or_else(|| {
            let what = match which {
                Some(which) => format!("{which} has no body yet"),
                None => "no week has a body yet".to_owned(),
            };
            // Whether a week will ever have one, this store cannot tell.
            let advice = match bodies.last() {
                Some(last) => format!("the newest is {}, of week {}", last.number, last.week),
                None => "both sides close the first week with `entente reconcile`".to_owned(),
            };
            Failure::of(Exit::NotYet, Complaint::new(what, advice))
        })
    }
}

/// A verdict in one word.
const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Joint => "joint",
        Verdict::Awaiting => "awaiting",
        Verdict::Disputed => "disputed",
    }
}

/// Persons returned less persons admitted, as both logs bear out.
fn balance(tally: &Tally) -> i128 {
    i128::from(tally.returned.agreed).saturating_sub(i128::from(tally.admitted.agreed))
}

/// A balance for people: a plus or a minus stands before all but zero.
fn signed(balance: i128) -> String {
    match balance {
        0 => "0".to_owned(),
        other => format!("{other:+}"),
    }
}

/// What a side's national system says, for people.
fn national(totals: Option<&NationalTotals>) -> String {
    totals.map_or_else(
        || "not given".to_owned(),
        |one| format!("{} returned, {} admitted, by its own system", one.returned, one.admitted),
    )
}

/// How many breaks are open.
fn open_breaks(body: &Body) -> u64 {
    body.breaks.iter().map(|one| one.count).fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Three;

    #[test]
    fn a_balance_has_its_sign() {
        for (returned, admitted, shown) in [(3, 0, "+3"), (0, 3, "-3"), (3, 3, "0")] {
            let [returned, admitted] = [returned, admitted].map(|one| Three::new(one, 0, 0));
            assert_eq!(signed(balance(&Tally { returned, admitted })), shown);
        }
    }

    #[test]
    fn a_statement_is_named_by_its_week_or_its_number() {
        assert_eq!("2025-W45".parse(), Ok(Which::Week("2025-W45".parse().unwrap())));
        assert_eq!("17".parse(), Ok(Which::Number(17)));
        for bad in ["", "0", "-1", "+1", "1.0", "W45", "2025-W60", "2025-45", "GBR:1"] {
            assert!(bad.parse::<Which>().is_err(), "{bad:?}");
        }
    }
}
