//! `entente statement ids`: all that counts for this side at a week's cut-off, for the other side
//! to hold against its own.

use clap::Args;

use super::{Place, Which};
use crate::{
    cli::{
        Exit,
        failure::{Complaint, Failure},
        output::Output,
    },
    ledger::fold,
    names::{Hash, Party, RecordId, Week},
    reconcile::{CountedIds, IdsHead, signed_roots},
};

/// Which week.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The week, as in 2025-W45, or the number of its statement.
    which: Which,
    /// Print it as JSON; `reconcile --against` reads the lines.
    #[arg(long)]
    json: bool,
}

/// The list, for programs.
#[derive(serde::Serialize)]
struct Shown<'a> {
    rehearsal: bool,
    party: Party,
    week: Week,
    number: u64,
    arrivals: Hash,
    admissions: Hash,
    returned: &'a [RecordId],
    admitted: &'a [RecordId],
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let open = arguments.place.open()?;
    let state = open.state()?;
    let (party, agreement) = (open.seat.party, &open.seat.agreement);
    let body = Which::body(Some(arguments.which), &open.seat.agreement, &state)?;
    let ids = CountedIds::of(&fold(
        agreement,
        &state.books,
        body.cut(agreement, &state.books),
        body.week.end(),
    ));
    let head = IdsHead::of(party, body);
    if let Some(signed) = signed_roots(&state.books, body.week).of(party)
        && *signed != ids.roots()
    {
        let what = format!("{party} has signed other roots for week {} than these", body.week);
        let advice = "another release computed that statement: list the ids with that release";
        out.warning(&Complaint::new(what, advice));
    }
    if arguments.json {
        let IdsHead { party, week, number, arrivals, admissions } = head;
        out.json(&Shown {
            rehearsal: agreement.terms().rehearsal,
            party,
            week,
            number,
            arrivals,
            admissions,
            returned: ids.returned.ids(),
            admitted: ids.admitted.ids(),
        });
    } else {
        // No line but these: the other side reads them as they are.
        out.line(head);
        ids.lines().for_each(|line| out.line(line));
    }
    Ok(Exit::Good)
}
