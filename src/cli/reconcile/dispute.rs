//! A week on which the bodies differ, told to a person: what comes first, then record by record
//! what this side holds about it.

use crate::{
    cli::output::{Output, count},
    daemon::scribe::WeekView,
    names::{Party, PerParty, Week},
    reconcile::{Cause, Differing, Evidence, Located, Rules, Source, Tells, TwoValues},
};

/// Tells who states what, and in what the bodies differ.
pub(super) fn tell(out: &mut Output, view: &WeekView) {
    out.line(format!("Disputed: week {}", view.week));
    for party in Party::BOTH {
        match view.stated.of(party) {
            Some(digest) => {
                let by = view.software.of(party).as_ref();
                let by = by.map(|one| format!(", computed by {one}")).unwrap_or_default();
                out.field(party.code(), format!("states {digest}{by}"));
            }
            None => out.field(party.code(), "states nothing yet"),
        }
    }
    if let Some(body) = &view.body {
        out.field("computed", format!("{} from both logs, here", body.digest()));
    }
    if let PerParty { gbr: Some(gbr), fra: Some(fra) } = &view.software
        && gbr != fra
    {
        out.line(format!(
            "  different releases computed the two statements, {gbr} and {fra}: that may be why \
             they differ"
        ));
    }
    if let Some(rules) = &view.rules {
        versions(out, rules);
    }
    for one in &view.differences {
        differing(out, one, view.week);
    }
}

/// The rules in force in each log at the week's cut-off, with the digest by which the two sides can
/// compare them.
pub(super) fn versions(out: &mut Output, rules: &PerParty<Rules>) {
    for party in Party::BOTH {
        let Rules { number, proposal, provisions } = rules.of(party);
        let proposed = proposal.map(|id| format!(", proposed by {id}")).unwrap_or_default();
        out.field("rules", format!("version {number} at the cut-off of {party}{proposed}"));
        out.field("  provisions", provisions);
    }
    if rules.gbr.number != rules.fra.number {
        out.line("  the two logs are under different versions of the agreement");
    }
}

/// One pair of bodies of a week: what comes first, both values, then record by record.
pub(super) fn differing(out: &mut Output, one: &Differing, week: Week) {
    let [first, second] = one.between;
    out.line("");
    out.line(format!("{}: {} and {}", one.class, of(first), of(second)));
    for cause in &one.causes {
        out.line(format!("  {}: {}", cause.name(), cause.meaning()));
    }
    if one.since != week {
        out.line(format!("  the two differ since week {}: begin there", one.since));
    }
    let fields: Vec<String> = one.fields.iter().map(|field| format!("`{field}`")).collect();
    let differ = if fields.len() == 1 { "differs" } else { "differ" };
    out.line(format!("  {} {differ}", fields.join(", ")));
    for TwoValues { at, values } in &one.values {
        let [first, second] =
            values.each_ref().map(|value| value.as_deref().unwrap_or("none").to_owned());
        out.line(format!("    {at}: {first} | {second}"));
    }
    for located in &one.records {
        record(out, located, week);
    }
    let sets = [Cause::Arrivals, Cause::Admissions];
    let complete = one.named && !one.records.is_empty();
    if !complete && sets.iter().any(|cause| one.causes.contains(cause)) {
        unnamed(out, one, week);
    }
}

fn of(source: Source) -> &'static str {
    match source {
        Source::Gbr => "the statement of GBR",
        Source::Fra => "the statement of FRA",
        Source::Computed => "what both logs give here",
    }
}

fn record(out: &mut Output, located: &Located, week: Week) {
    let Located { record, counts_in, week: from, here } = located;
    let since = if *from == week { String::new() } else { format!(", since week {from}") };
    out.line(format!("  record {record} counts in {} only{since}", of(*counts_in)));
    let Some(here) = here else {
        out.line("    here: in no log that is held");
        return;
    };
    let received = here.received.map_or("not received yet".to_owned(), |time| time.to_string());
    let Evidence { kind, author, position, .. } = here;
    out.line(format!("    {kind} of {author}, entry {position}, received {received}"));
    if here.beyond {
        out.line("    it stands beyond the cut-off here, and belongs to a later week");
    }
    match &here.counts {
        Some(one) => {
            let tally = one.tally();
            let three = [tally.returned, tally.admitted]
                .map(|three| (three.agreed, three.gbr, three.fra))
                .into_iter()
                .fold((0_u64, 0_u64, 0_u64), |sum, one| {
                    let add = u64::saturating_add;
                    (add(sum.0, one.0), add(sum.1, one.1), add(sum.2, one.2))
                });
            let (agreed, gbr, fra) = three;
            out.line(format!(
                "    counts here, in {}: {agreed} agreed, {gbr} by GBR, {fra} by FRA",
                one.week
            ));
        }
        None => out.line("    counts for nothing here"),
    }
    for party in Party::BOTH {
        match here.told.of(party) {
            Some(told) => out.line(format!("    {party} tells of {}", tells(told))),
            None => out.line(format!("    {party} tells of nobody by this movement")),
        }
    }
    for one in &here.breaks {
        out.line(format!("    open break {}: {}", one.class, one.id));
    }
}

fn tells(told: &Tells) -> String {
    let persons = count(told.persons.into(), "person", "persons");
    format!("{persons} on {} at {} (record {})", told.day, told.place, told.record)
}

/// Other records count, and the bodies do not name them all.
fn unnamed(out: &mut Output, one: &Differing, week: Week) {
    if one.named {
        out.line("  the bodies name no record that would give these roots");
    } else {
        out.line("  a week changes more records than a body names: it has their roots alone");
    }
    if !one.weeks.is_empty() {
        let weeks: Vec<String> = one.weeks.iter().map(ToString::to_string).collect();
        out.line(format!("  the movements differ for journeys of {}", weeks.join(", ")));
    }
    let listed = u64::try_from(one.candidates.len()).unwrap_or(u64::MAX);
    let all = listed.saturating_add(one.more);
    out.line(format!(
        "  {} may be among them, by both logs here: --json lists {listed}",
        count(all, "record", "records")
    ));
    out.line(format!(
        "  the other side runs `entente statement ids {week} > FILE`: \
         `entente reconcile --against FILE` here names the very records"
    ));
}

#[cfg(test)]
mod tests;
