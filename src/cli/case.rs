//! `entente case`: the story of one case, and the cases that somebody looks for. Asks the daemon;
//! where none runs, it looks into the store itself.

mod list;
mod show;
mod table;

use clap::Subcommand;

pub(super) use table::wrapped;

use super::{
    Exit,
    check_config::now,
    client::{Client, ClientError},
    failure::{Failure, config},
    output::Output,
    place::Place,
    status::wait_for,
};
use crate::{
    daemon::{
        api::{Problem, ProblemType},
        casebook::{CaseQuery, CaseView, Casebook},
        scribe::Refused,
    },
    ledger::{CaseLine, Deadline, DeadlineStanding, Glance, Wanted},
};

/// The verbs about cases.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Tell the story of a case, a transport, a journey or a window, on one screen.
    Show(show::Arguments),
    /// List the cases that fit.
    List(list::Arguments),
}

pub(super) fn run(verb: &Verb, out: &mut Output) -> Result<Exit, Failure> {
    match verb {
        Verb::Show(arguments) => show::run(arguments, out),
        Verb::List(arguments) => list::run(arguments, out),
    }
}

/// The story of what is wanted, from the daemon or from its store.
fn story(place: &Place, wanted: &Wanted) -> Result<CaseView, Failure> {
    let config = config(&place.config)?;
    match wait_for(Client::new(&config.api.socket).case(wanted))? {
        Err(error) if error.is_nobody_there() => {
            let open = place.open()?;
            let mut state = open.state()?;
            let book = Casebook::open(&open.seat, &mut state, now(&config, None));
            let unknown = || Problem::new(ProblemType::NoSuchCase, Refused::NoSuchCase);
            book.show(wanted).ok_or_else(|| ClientError::Refused(Box::new(unknown())).into())
        }
        answered => Ok(answered?),
    }
}

/// Every case that fits, whether the agreement is a rehearsal, and the cases page by page.
fn cases(
    place: &Place,
    mut query: CaseQuery,
    mut each: impl FnMut(bool, Vec<CaseLine>),
) -> Result<(), Failure> {
    let config = config(&place.config)?;
    let client = Client::new(&config.api.socket);
    loop {
        let page = match wait_for(client.cases(&query))? {
            Err(error) if error.is_nobody_there() => break,
            answered => answered?,
        };
        each(page.rehearsal, page.cases);
        query.from = page.next;
        if query.from.is_none() {
            return Ok(());
        }
    }
    // A daemon that stops between two pages leaves its store, and the rest is read from there.
    let open = place.open()?;
    let mut state = open.state()?;
    let book = Casebook::open(&open.seat, &mut state, now(&config, None));
    loop {
        let page = book.list(&query);
        each(page.rehearsal, page.cases);
        query.from = page.next;
        if query.from.is_none() {
            return Ok(());
        }
    }
}

/// How a thing is called: by its reference, or by the beginning of its record's id.
fn name(glance: &Glance) -> String {
    let id = || short(glance.subject.record);
    glance.reference.as_ref().map_or_else(id, ToString::to_string)
}

/// The digits of an id by which it can be asked for.
pub(super) fn short(id: impl std::fmt::Display) -> String {
    id.to_string().chars().take(8).collect()
}

/// How a limit stands, in a few words.
fn stands(deadline: &Deadline) -> String {
    match deadline.standing {
        DeadlineStanding::Met { on } => format!("met on {on}"),
        DeadlineStanding::Missed { on: Some(on) } => format!("missed: {on}"),
        DeadlineStanding::Missed { on: None } => "missed".to_owned(),
        DeadlineStanding::Running { .. } if deadline.last.is_none() => {
            "begins with the receipt".to_owned()
        }
        DeadlineStanding::Running { left: 0 } => "ends today".to_owned(),
        DeadlineStanding::Running { left: 1 } => "1 day left".to_owned(),
        DeadlineStanding::Running { left } => format!("{left} days left"),
        DeadlineStanding::Moot => "no longer waited for".to_owned(),
    }
}
