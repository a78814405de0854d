//! `entente keys list`: who may sign where, by both logs.

use clap::Args;

use crate::{
    cli::{
        Exit,
        check_config::now,
        failure::{Failure, config},
        output::Output,
        place::Place,
    },
    daemon::scribe::State,
    envelope::Role,
    ledger::{Agreement, KeyPlace, suspects},
    names::{Hash, KeyId, Party, Position, RecordId, Timestamp},
    record::KeyStep,
};

/// Whose keys.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Only those of one party: GBR or FRA.
    #[arg(long)]
    party: Option<Party>,
    /// Print each key as a line of JSON.
    #[arg(long)]
    json: bool,
}

/// What a key is good for by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
enum Standing {
    Valid,
    /// Its certificate is not valid yet.
    Early,
    Expired,
    Retired,
    Compromised,
}

/// One key, for programs.
#[derive(serde::Serialize)]
struct Line {
    party: Party,
    role: Role,
    key: KeyId,
    state: Standing,
    /// The first position of the party's logs at which it may sign.
    from: Position,
    /// The origin of the log in which that is.
    from_origin: String,
    /// The first at which it may not sign any more.
    until: Option<Position>,
    /// The origin of the log in which that is.
    until_origin: Option<String>,
    not_before: Timestamp,
    not_after: Timestamp,
    /// SHA-256 of its certificate.
    certificate: Hash,
    /// The key-event that enrolled it; none for a founding key.
    enrolled_by: Option<RecordId>,
    compromised_since: Option<Timestamp>,
    /// How many records are suspect for that.
    suspect: usize,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let configured = config(&arguments.place.config)?;
    let open = arguments.place.open()?;
    let (state, now) = (open.state()?, now(&configured, None));
    let wanted = |party: &Party| arguments.party.is_none_or(|one| one == *party);
    let parties = Party::BOTH.into_iter().filter(wanted);
    let agreement = &open.seat.agreement;
    let lines: Vec<Line> = parties.flat_map(|party| of(agreement, &state, party, now)).collect();
    if arguments.json {
        lines.iter().for_each(|line| out.json(line));
        return Ok(Exit::Good);
    }
    if agreement.terms().rehearsal {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
        out.line("");
    }
    tell(out, agreement, &lines);
    Ok(Exit::Good)
}

fn of(agreement: &Agreement, state: &State, party: Party, now: Timestamp) -> Vec<Line> {
    let in_log = |row: Position| {
        let place = state.books.place(party, row);
        (place.at, agreement.origin_in(party, place.generation).to_string())
    };
    let keys = state.reader(party).keys();
    let line = |place: KeyPlace<'_>| {
        let kid = place.key.key.id();
        let mut of_key = keys.changes().iter().filter(move |one| one.key == kid);
        let enrolled = of_key.clone().find(|one| one.step == KeyStep::Enrolled);
        let (from, from_origin) = in_log(place.from);
        let (until, until_origin) = place.until.map(in_log).unzip();
        // What was said last reaches back furthest.
        let since = of_key.rfind(|one| one.since.is_some());
        Line {
            party,
            role: place.key.role,
            key: kid,
            state: standing(&place, now),
            from,
            from_origin,
            until,
            until_origin,
            not_before: place.key.not_before,
            not_after: place.key.not_after,
            certificate: place.key.thumbprint,
            enrolled_by: enrolled.map(|one| one.event),
            compromised_since: place.compromised,
            suspect: since.map_or(0, |change| suspects(&state.books, party, change).len()),
        }
    };
    keys.places().into_iter().map(line).collect()
}

fn standing(place: &KeyPlace<'_>, now: Timestamp) -> Standing {
    if place.compromised.is_some() {
        Standing::Compromised
    } else if place.until.is_some() {
        Standing::Retired
    } else if now > place.key.not_after {
        Standing::Expired
    } else if now < place.key.not_before {
        Standing::Early
    } else {
        Standing::Valid
    }
}

impl Standing {
    const fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Early => "early",
            Self::Expired => "expired",
            Self::Retired => "retired",
            Self::Compromised => "compromised",
        }
    }
}

fn tell(out: &mut Output, agreement: &Agreement, lines: &[Line]) {
    out.line(row(["party", "role", "key", "state", "from", "until", "expires"]));
    for line in lines {
        out.line(row([
            line.party.code(),
            line.role.name(),
            &line.key.to_string(),
            line.state.word(),
            &line.from.to_string(),
            &line.until.map(|at| at.to_string()).unwrap_or_default(),
            &line.not_after.to_string(),
        ]));
    }
    // A position of a log that was succeeded is told with its log.
    let earlier = |line: &Line, origin: &str| origin != agreement.origin(line.party).as_str();
    for line in lines {
        let (key, from, origin) = (line.key, line.from, &line.from_origin);
        if earlier(line, origin) {
            out.line(format!("{key} signs from position {from} of {origin} on"));
        }
        if let Some((until, origin)) = line.until.zip(line.until_origin.as_ref())
            && earlier(line, origin)
        {
            out.line(format!("{key} signs until position {until} of {origin}"));
        }
    }
    for line in lines {
        if let Some(since) = line.compromised_since {
            let (key, suspect) = (line.key, line.suspect);
            out.line(format!("{key} is compromised since {since}; suspect records: {suspect}"));
        }
    }
    out.line("");
    out.line("A key signs at `from` and after, but not at `until` or after.");
}

fn row([party, role, key, state, from, until, expires]: [&str; 7]) -> String {
    let row =
        format!("{party:<5}  {role:<10}  {key:<16}  {state:<11}  {from:>7}  {until:>7}  {expires}");
    row.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::fixture::{TwoSides, at};

    #[test]
    fn a_row_fits_a_terminal_however_long_the_log() {
        let at = u64::MAX / 1_000_000_000_000;
        let position = at.to_string();
        let cells = ["GBR", "caseworker", "0123456789abcdef", "compromised"];
        let [party, role, key, state] = cells;
        let expires = "2027-12-31T00:00:00Z";
        let line = row([party, role, key, state, &position, &position, expires]);
        assert!(line.chars().count() <= 100, "{line}");
    }

    #[test]
    fn what_weighs_most_is_told() {
        let sides = TwoSides::founded();
        let keys = sides.keys(Party::Gbr);
        let plain = keys.places().into_iter().next().unwrap();
        let (until, since) = (Some(Position(7)), Some(at("2025-08-07T00:00:00Z")));
        for (now, until, compromised, wanted) in [
            ("2025-08-06T00:00:00Z", None, None, Standing::Valid),
            ("2025-07-06T00:00:00Z", None, None, Standing::Early),
            ("2028-01-01T00:00:00Z", None, None, Standing::Expired),
            ("2028-01-01T00:00:00Z", until, None, Standing::Retired),
            ("2028-01-01T00:00:00Z", until, since, Standing::Compromised),
        ] {
            let place = KeyPlace { until, compromised, ..plain.clone() };
            assert_eq!(standing(&place, at(now)), wanted);
        }
    }
}
