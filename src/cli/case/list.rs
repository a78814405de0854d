//! `entente case list`: a line for each case that fits.

use clap::Args;

use super::{Place, cases, name};
use crate::{
    cli::{
        Exit,
        failure::Failure,
        output::{Output, count},
    },
    daemon::casebook::CaseQuery,
    ledger::{CaseFilter, CaseLine, Deadline, DeadlineStanding, Leg, StateName},
    names::Party,
};

/// Which cases.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// In this state, as in requested, travelling or issued.
    #[arg(long)]
    state: Option<StateName>,
    /// With a limit that ends within so many days, or was missed and is still waited for.
    #[arg(long, value_name = "DAYS")]
    within: Option<u32>,
    /// In which this side has to act: GBR or FRA.
    #[arg(long, value_name = "PARTY")]
    acts: Option<Party>,
    /// Of one leg: return or admission.
    #[arg(long)]
    leg: Option<Leg>,
    /// Print each case as a line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let Arguments { state, within, acts, leg, .. } = *arguments;
    let filter = CaseFilter { state, within, acts, leg };
    let mut listed = 0_u64;
    cases(&arguments.place, CaseQuery { filter, from: None }, |rehearsal, cases| {
        for case in cases {
            if arguments.json {
                out.json(&case);
            } else {
                if listed == 0 {
                    head(out, rehearsal);
                }
                out.line(line(&case));
            }
            listed = listed.saturating_add(1);
        }
    })?;
    if !arguments.json {
        if listed > 0 {
            out.line("");
        }
        let fit = if filter == CaseFilter::default() { "" } else { " that fit" };
        out.line(match listed {
            0 if fit.is_empty() => "no cases".to_owned(),
            0 => "no case fits".to_owned(),
            number => format!("{}{fit}", count(number, "case", "cases")),
        });
    }
    Ok(Exit::Good)
}

fn head(out: &mut Output, rehearsal: bool) {
    if rehearsal {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
        out.line("");
    }
    out.line(row(["case", "leg", "persons", "state", "limit", "acts", "counts", "breaks"]));
}

fn line(case: &CaseLine) -> String {
    let glance = &case.glance;
    let or_dash = |text: String, none: bool| if none { "-".to_owned() } else { text };
    row([
        &name(glance),
        case.leg.name(),
        &glance.persons.to_string(),
        glance.state.as_str(),
        &case.deadline.as_ref().map_or_else(|| "-".to_owned(), limit),
        &case.acts.map_or_else(|| "-".to_owned(), |owner| owner.to_string()),
        // How many is told of the transport or journey, whose persons count together.
        &or_dash("yes".to_owned(), case.transport_counts == 0),
        &or_dash(case.breaks.to_string(), case.breaks == 0),
    ])
}

/// The nearest limit, with its last day and the days left.
fn limit(deadline: &Deadline) -> String {
    let last = deadline.last.map(|last| last.to_string()).unwrap_or_default();
    let left = match deadline.standing {
        DeadlineStanding::Running { left: 0 } => "today".to_owned(),
        DeadlineStanding::Running { left } => format!("{left} left"),
        DeadlineStanding::Missed { .. } | DeadlineStanding::Met { .. } | DeadlineStanding::Moot => {
            "missed".to_owned()
        }
    };
    format!("{:<8} {last}  {left}", deadline.limit)
}

fn row([case, leg, persons, state, limit, acts, counts, breaks]: [&str; 8]) -> String {
    format!(
        "{case:<13}  {leg:<9}  {persons:>7}  {state:<10}  {limit:<28}  {acts:<4}  {counts:>6}  \
         {breaks:>6}"
    )
}
