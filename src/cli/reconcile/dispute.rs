//! A week on which the bodies differ, told to a person: what comes first, then record by record
//! what this side holds about it.

use crate::{
    cli::output::{Output, count},
    daemon::scribe::{StatusView, VersionView, WeekView},
    names::Party,
    reconcile::{Cause, Differing, Evidence, Located, Source, Tells},
    record::Body,
};

/// Tells who states what, and in what the bodies differ.
pub(super) fn tell(out: &mut Output, view: &WeekView, status: &StatusView) {
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
    versions(out, status);
    for one in &view.differences {
        differing(out, one, view.body.as_ref());
    }
}

/// The rules in force on each side, by number and proposal.
fn versions(out: &mut Output, status: &StatusView) {
    let versions = status.versions();
    for party in Party::BOTH {
        let VersionView { number, proposal, .. } = versions.of(party);
        let proposed = proposal.map(|id| format!(", proposed by {id}")).unwrap_or_default();
        out.field("rules", format!("version {number} in force in the log of {party}{proposed}"));
    }
    if versions.gbr.number != versions.fra.number {
        out.line("  the two logs are under different versions of the agreement");
    }
}

fn differing(out: &mut Output, one: &Differing, body: Option<&Body>) {
    let [first, second] = one.between;
    out.line("");
    out.line(format!("{}: {} and {}", one.class, of(first), of(second)));
    for cause in &one.causes {
        out.line(format!("  {}: {}", cause.name(), cause.meaning()));
    }
    if one.causes.contains(&Cause::CutOff)
        && let Some(body) = body
    {
        let (gbr, fra) = (body.gbr.size, body.fra.size);
        out.line(format!("  here the cut-off is {gbr} entries of GBR and {fra} of FRA"));
    }
    let fields: Vec<String> = one.fields.iter().map(|field| format!("`{field}`")).collect();
    let differ = if fields.len() == 1 { "differs" } else { "differ" };
    out.line(format!("  {} {differ}", fields.join(", ")));
    for located in &one.records {
        record(out, located);
    }
    let sets = [Cause::Arrivals, Cause::Admissions];
    if !one.named && sets.iter().any(|cause| one.causes.contains(cause)) {
        unnamed(out, one);
    }
}

fn of(source: Source) -> &'static str {
    match source {
        Source::Gbr => "the statement of GBR",
        Source::Fra => "the statement of FRA",
        Source::Computed => "what both logs give here",
    }
}

fn record(out: &mut Output, located: &Located) {
    let Located { record, counts_in, here } = located;
    out.line(format!("  record {record} counts in {} only", of(*counts_in)));
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

/// Too many records for a body to name.
fn unnamed(out: &mut Output, one: &Differing) {
    out.line("  the week changes more records than a body names: it has their roots alone");
    if !one.weeks.is_empty() {
        let weeks: Vec<String> = one.weeks.iter().map(ToString::to_string).collect();
        out.line(format!("  the movements differ for journeys of {}", weeks.join(", ")));
    }
    let listed = u64::try_from(one.candidates.len()).unwrap_or(u64::MAX);
    let all = listed.saturating_add(one.more);
    out.line(format!(
        "  {} came to count there or ceased to, by both logs here: --json lists {listed} of them",
        count(all, "record", "records")
    ));
    out.line("  `entente reconcile --ours A --theirs B` on both stores names the very records");
}
