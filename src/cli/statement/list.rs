//! `entente statement list`: a line for each week that has a body.

use clap::Args;

use super::{Place, balance, open_breaks, signed, word};
use crate::{
    cli::{
        Exit,
        failure::Failure,
        output::{Output, count},
    },
    names::{BodyDigest, Week},
    reconcile::{Verdict, verdict},
    record::Body,
};

/// Which store.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Print each week as a line of JSON.
    #[arg(long)]
    json: bool,
}

/// One week, for programs.
#[derive(serde::Serialize)]
struct Line {
    number: u64,
    week: Week,
    verdict: Verdict,
    /// Persons since entry into force, on which both logs agree.
    returned: u64,
    admitted: u64,
    balance: i128,
    open_breaks: u64,
    digest: BodyDigest,
    rehearsal: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let open = arguments.place.open()?;
    let state = open.state()?;
    let rehearsal = open.seat.agreement.terms().rehearsal;
    let bodies = state.chain.bodies();
    if !arguments.json {
        if rehearsal {
            out.line("REHEARSAL: under these terms nothing is in earnest.");
        }
        out.line(format!(
            "{:>6}  {:<8}  {:<8} {:>9} {:>9} {:>8} {:>7}  digest",
            "number", "week", "verdict", "returned", "admitted", "balance", "breaks"
        ));
    }
    for body in bodies {
        let line = Line::of(body, verdict(&state.books, body), rehearsal);
        if arguments.json {
            out.json(&line);
        } else {
            tell(out, &line);
        }
    }
    if !arguments.json {
        let weeks = u64::try_from(bodies.len()).unwrap_or(u64::MAX);
        out.line(format!("{} with a body", count(weeks, "week", "weeks")));
    }
    Ok(Exit::Good)
}

impl Line {
    fn of(body: &Body, verdict: Verdict, rehearsal: bool) -> Self {
        Self {
            number: body.number,
            week: body.week,
            verdict,
            returned: body.closing.returned.agreed,
            admitted: body.closing.admitted.agreed,
            balance: balance(&body.closing),
            open_breaks: open_breaks(body),
            digest: body.digest(),
            rehearsal,
        }
    }
}

fn tell(out: &mut Output, one: &Line) {
    let digest: String = one.digest.to_string().chars().take(12).collect();
    out.line(format!(
        "{:>6}  {:<8}  {:<8} {:>9} {:>9} {:>8} {:>7}  {digest}",
        one.number,
        one.week.to_string(),
        word(one.verdict),
        one.returned,
        one.admitted,
        signed(one.balance),
        one.open_breaks,
    ));
}
