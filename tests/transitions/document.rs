//! `docs/TRANSITIONS.md`, from the tables of the source.

use std::fmt::{Display, Write as _};

use crate::machine::{CASES, JOURNEYS, Machine, TRANSPORTS, VISAS};

const HEAD: &str = "\
# Transitions

This page is written from `src/ledger/transitions.rs` and `src/ledger/faults.rs` by
`tests/transitions.rs`, which also drives every line of it through the fold:

```
WRITE_TRANSITIONS=1 cargo test --locked --test transitions
```

A record that finds no transition is never lost. It is kept, and it is a break of the class that
stands under *other states*. Where what it tells is a fact, for persons have left or entered, the
state follows all the same, as `break, then state`. What a transition requires does not stop it
unless it says so: the class in brackets is the break that is noted beside it, or, where the
requirement is about references, instead of it.

A correction moves what its record had brought about: an answer turns as long as nothing was built
on it, a reply while it is the newest word on its transport, and an arrival into a non-arrival or
back once both sides are bound by it.
";

const BEFORE_PAIRS: &str = "\
## Concurrent records

Two records are concurrent if neither's author had seen the other: no entanglement and no chain of
references leads from one to the other. Both sides then take the British one first. The French one
finds a state that it did not know: it takes effect if there is a transition; an extension, an
answer or a reply is otherwise kept without effect and without a break, for nobody is to blame; any
other is the break that is named, as if its author had known better. All pairs of a British and a
French event that are both possible from one state:

";

/// The whole page.
pub(crate) fn written() -> String {
    let mut page = HEAD.to_owned();
    section(&mut page, "Return cases", &CASES);
    page.push_str(
        "\nEvents marked `-` reach a case through its transport alone: a case that does not travel \
         by\nit is not concerned, and what is wrong about the transport is named there.\n",
    );
    section(&mut page, "Transports", &TRANSPORTS);
    page.push_str(
        "\nAn arrival that names the notice, since no departure is known, is \
         `arrived-not-departed` in\nevery state.\n",
    );
    section(&mut page, "Visas", &VISAS);
    section(&mut page, "Journeys", &JOURNEYS);
    page.push('\n');
    page.push_str(BEFORE_PAIRS);
    page.push_str("| of | state | British event | French event | state after | break |\n");
    page.push_str("|---|---|---|---|---|---|\n");
    pairs(&mut page, &CASES);
    pairs(&mut page, &TRANSPORTS);
    pairs(&mut page, &VISAS);
    pairs(&mut page, &JOURNEYS);
    page
}

fn section<S, E>(page: &mut String, title: &str, machine: &Machine<S, E>)
where
    S: Copy + PartialEq + Display,
    E: Copy + PartialEq + Display,
{
    write!(page, "\n## {title}\n\n").unwrap();
    page.push_str("| state | event | new state | requires | source |\n|---|---|---|---|---|\n");
    for row in machine.table {
        let from: Vec<_> = row.from.iter().map(ToString::to_string).collect();
        let (from, event, to) = (from.join(", "), row.event, row.to);
        writeln!(page, "| {from} | {event} | {to} | {} | {} |", row.requires, row.source).unwrap();
    }
    page.push_str("\n| event | other states |\n|---|---|\n");
    for event in machine.events {
        writeln!(page, "| {event} | {} |", others(machine, *event)).unwrap();
    }
}

/// The faults of an event, each with the states from which it is one.
fn others<S, E>(machine: &Machine<S, E>, event: E) -> String
where
    S: Copy + PartialEq + Display,
    E: Copy + PartialEq + Display,
{
    if (machine.indirect)(event) {
        return "-".to_owned();
    }
    let mut faults: Vec<(String, Vec<String>)> = Vec::new();
    for state in machine.states {
        if machine.next(*state, event).is_some() {
            continue;
        }
        let class = (machine.fault)(event, *state);
        let fault = match machine.fact(*state, event) {
            Some(next) => format!("`{class}`, then {next}"),
            None => format!("`{class}`"),
        };
        match faults.iter_mut().find(|(one, _)| *one == fault) {
            Some((_, states)) => states.push(state.to_string()),
            None => faults.push((fault, vec![state.to_string()])),
        }
    }
    let lines = faults.into_iter().map(|(fault, states)| format!("{}: {fault}", states.join(", ")));
    lines.collect::<Vec<_>>().join("; ")
}

fn pairs<S, E>(page: &mut String, machine: &Machine<S, E>)
where
    S: Copy + PartialEq + Display,
    E: Copy + PartialEq + Display,
{
    for pair in machine.pairs() {
        let (name, state, gbr, fra) = (machine.name, pair.state, pair.gbr, pair.fra);
        let (after, class) = pair.after;
        let class = class.map_or("none".to_owned(), |class| format!("`{class}`"));
        writeln!(page, "| {name} | {state} | {gbr} | {fra} | {after} | {class} |").unwrap();
    }
}
