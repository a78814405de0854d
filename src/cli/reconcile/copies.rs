//! `entente reconcile --ours A --theirs B`: the stores of both sides held against each other.

use std::path::Path;

use super::disputed::{self, Disputed};
use crate::{
    cli::{
        Exit,
        breaks::LocalView,
        failure::{Complaint, Failure},
        output::{Output, count},
    },
    daemon::{
        copies::{CopiesFault, StoreCopies},
        init::STORE_FILE,
    },
    names::{AgreementDigest, BodyDigest, Party, PerParty, RecordId, Week},
    reconcile::{
        CopyDifference, ForkedAt, LEAVES_NAMED_MAX, Leaf, LocalBreak, compare, compare_copies,
        compare_counted,
    },
    record::BreakClass,
    store::{SqliteStore, Store},
};

/// What to do about a path that leads to no store.
const NAME_IT: &str = "name the state directory of one side, or the file entente.db in it";

type Held<S> = StoreCopies<S>;

/// What was found, for programs.
#[derive(serde::Serialize)]
struct Shown<'a> {
    outcome: &'static str,
    rehearsal: bool,
    agreement: AgreementDigest,
    differences: Vec<Difference<'a>>,
    disputed: &'a [Disputed],
    counted: Option<Counted>,
}

/// What the two sides make of the newest week that both have a cut-off for.
#[derive(serde::Serialize)]
struct Counted {
    week: Week,
    /// The digests of the bodies that the two copies give.
    bodies: PerParty<BodyDigest>,
    /// `total-match-records-differ` or `statement-mismatch`, if they differ.
    class: Option<BreakClass>,
    /// Arrivals and admissions that count by one copy alone.
    only_at: PerParty<Vec<RecordId>>,
}

/// One difference, and the break that it is.
#[derive(serde::Serialize)]
struct Difference<'a> {
    #[serde(flatten)]
    difference: &'a CopyDifference,
    #[serde(rename = "break")]
    found: LocalView,
}

pub(super) fn run(
    ours: &Path,
    theirs: &Path,
    json: bool,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let copies = both(open(ours)?, open(theirs)?)?;
    hold(&copies, json, out)
}

/// Holds the two copies together, and the statements in them.
fn hold<S: Store>(
    copies: &PerParty<Held<S>>,
    json: bool,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let differences = compare_copies(copies)?;
    let counted = counted(copies);
    let disputed = disputed::weeks(copies);
    let class = counted.as_ref().and_then(|one| one.class);
    let (outcome, exit) = outcome(&differences, class.is_some() || !disputed.is_empty());
    if json {
        out.json(&Shown {
            outcome,
            rehearsal: copies.gbr.is_rehearsal(),
            agreement: copies.gbr.agreement(),
            differences: differences.iter().map(|one| with_break(copies, one)).collect(),
            disputed: &disputed,
            counted,
        });
        return Ok(exit);
    }
    if copies.gbr.is_rehearsal() {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
    }
    for one in &differences {
        tell(out, copies, one);
    }
    for one in &disputed {
        one.tell(out);
    }
    if let Some(counted) = &counted {
        tell_counted(out, counted);
    }
    if differences.is_empty() {
        out.line("Both sides hold the same two logs.");
    }
    if !disputed.is_empty() {
        let mut weeks: Vec<String> = disputed.iter().map(|one| one.week.to_string()).collect();
        weeks.dedup();
        out.line(format!("Disputed by the statements in them: {}", weeks.join(", ")));
    }
    Ok(exit)
}

/// Holds together what counts by either copy, at the newest week that both have a cut-off for.
fn counted<S: Store>(copies: &PerParty<Held<S>>) -> Option<Counted> {
    let week = copies.gbr.newest_week()?.min(copies.fra.newest_week()?);
    let (gbr, fra) = (copies.gbr.at_cut_off(week)?, copies.fra.at_cut_off(week)?);
    let bodies = PerParty { gbr: gbr.0.digest(), fra: fra.0.digest() };
    let found = compare(gbr.0, fra.0);
    let class = (!found.is_empty()).then(|| found.class());
    let mut only_at = PerParty { gbr: Vec::new(), fra: Vec::new() };
    for (_, difference) in compare_counted(&PerParty { gbr: gbr.1, fra: fra.1 }) {
        let [gbr, fra] = difference.only_in;
        only_at.gbr.extend(gbr);
        only_at.fra.extend(fra);
    }
    Some(Counted { week, bodies, class, only_at })
}

fn tell_counted(out: &mut Output, counted: &Counted) {
    let Some(class) = counted.class else { return };
    out.line(format!("{class}: the two copies give other bodies for week {}", counted.week));
    for party in Party::BOTH {
        out.field(&format!("  at {party}"), counted.bodies.of(party));
        for id in counted.only_at.of(party) {
            out.line(format!("  counts at {party} only: {id}"));
        }
    }
}

/// The store in a file, in the state directory around it, or in the folder around that. Whoever
/// audits both founds nothing: a path that leads to no store is to be corrected.
fn open(path: &Path) -> Result<Held<SqliteStore>, Failure> {
    let inside = [path.join(STORE_FILE), path.join("state").join(STORE_FILE)];
    let file = inside.into_iter().find(|file| file.is_file()).unwrap_or_else(|| path.to_owned());
    if file.is_dir() || !file.exists() {
        let complaint = Complaint::new(format!("{}: there is no store", path.display()), NAME_IT);
        return Err(Failure::of(Exit::Usage, complaint));
    }
    let about = |failure: Failure| Failure {
        complaints: failure
            .complaints
            .into_iter()
            .map(|one| match failure.exit {
                Exit::Usage => Complaint::new(one.what, NAME_IT),
                Exit::Good | Exit::Findings | Exit::NotYet | Exit::OwnFault | Exit::Fork => one,
            })
            .map(|one| one.about(path.display()))
            .collect(),
        exit: failure.exit,
    };
    let store = SqliteStore::open_snapshot(&file).map_err(|error| about(error.into()))?;
    StoreCopies::load(store).map_err(|fault| about(fault.into()))
}

/// One store of each side, under one agreement.
fn both<S: Store>(ours: Held<S>, theirs: Held<S>) -> Result<PerParty<Held<S>>, Failure> {
    if ours.party() == theirs.party() {
        let what = format!("both stores are of {}", ours.party());
        let advice = "give the store of one side as --ours and that of the other as --theirs";
        return Err(Failure::of(Exit::Usage, Complaint::new(what, advice)));
    }
    if ours.agreement() != theirs.agreement() {
        let what = format!(
            "two agreements: {} holds {}, and {} holds {}",
            ours.party(),
            ours.agreement(),
            theirs.party(),
            theirs.agreement()
        );
        let advice = "compare the two files with `entente agreement diff`; nothing that stands \
                      under two agreements can be reconciled";
        return Err(Failure::of(Exit::Findings, Complaint::new(what, advice)));
    }
    Ok(match ours.party() {
        Party::Gbr => PerParty { gbr: ours, fra: theirs },
        Party::Fra => PerParty { gbr: theirs, fra: ours },
    })
}

/// A difference with the break that it is, which began when the first entry was signed over which
/// the copies differ; before that, if no copy can tell.
fn with_break<'a, S: Store>(copies: &PerParty<Held<S>>, one: &'a CopyDifference) -> Difference<'a> {
    let (log, at) = match one {
        CopyDifference::Missing { log, held, .. } => (*log, held.next()),
        CopyDifference::Divergent { log, first, .. } => (*log, *first),
    };
    let signed = Party::BOTH.into_iter().filter_map(|party| {
        let record = copies.of(party).entry(log, at)?.record()?;
        Some(record.signed_at())
    });
    let began = signed.min().unwrap_or_default();
    Difference { difference: one, found: LocalBreak::of_copies(one, began).into() }
}

/// The worst that was found. Two copies of which one is behind may be brought up; two statements
/// that differ stay as they are.
fn outcome(differences: &[CopyDifference], disputed: bool) -> (&'static str, Exit) {
    let is = |wanted: fn(&CopyDifference) -> bool| differences.iter().any(wanted);
    if is(|one| matches!(one, CopyDifference::Divergent { fork: Some(_), .. })) {
        ("fork", Exit::Fork)
    } else if is(|one| matches!(one, CopyDifference::Divergent { .. })) {
        ("divergent-copy", Exit::Findings)
    } else if disputed {
        ("disputed", Exit::Findings)
    } else if differences.is_empty() {
        ("same", Exit::Good)
    } else {
        ("missing", Exit::NotYet)
    }
}

fn tell<S: Store>(out: &mut Output, copies: &PerParty<Held<S>>, one: &CopyDifference) {
    let found = with_break(copies, one).found;
    let class = found.found.class;
    match one {
        CopyDifference::Missing { log, held, of, .. } => {
            let lacks = of.0.saturating_sub(held.0);
            let lacks = count(lacks, "entry", "entries");
            out.line(format!("{class}: {lacks} of the log of {log}"));
            out.field("  holds", format!("{held} of {of}"));
        }
        CopyDifference::Divergent { log, first, only_at, fork, .. } => {
            out.line(format!("{class}: the log of {log} differs from entry {first} on"));
            for party in Party::BOTH {
                leaves(out, copies.of(party), *log, party, only_at.of(party));
            }
            if let Some(signed) = fork {
                forked(out, *log, signed);
            }
        }
    }
    found.tell(out);
    out.field("  next", found.guide.advice);
}

fn leaves<S: Store>(out: &mut Output, held: &Held<S>, log: Party, party: Party, only: &[Leaf]) {
    for one in only {
        let record = held.entry(log, one.position).and_then(|entry| entry.record());
        let what = record.map_or_else(
            || format!("leaf {}", one.leaf),
            |record| format!("{} {}", record.get().kind(), record.id()),
        );
        out.line(format!("  only at {party}, entry {}: {what}", one.position));
    }
    if only.len() == LEAVES_NAMED_MAX {
        out.line(format!("  only at {party}: there may be more"));
    }
}

fn forked(out: &mut Output, log: Party, signed: &PerParty<ForkedAt>) {
    for party in Party::BOTH {
        let one = signed.of(party);
        let size = count(one.size.0, "entry", "entries");
        out.field(&format!("  at {party}"), format!("{log} has signed {size}, root {}", one.root));
    }
}

impl From<CopiesFault> for Failure {
    fn from(fault: CopiesFault) -> Self {
        match fault {
            CopiesFault::Load(fault) => fault.into(),
            CopiesFault::Successor => {
                let advice = "hold the stores of the first logs against each other; of later ones, \
                              each side reconciles its own: `entente reconcile`";
                Self::of(Exit::Usage, Complaint::new(&fault, advice))
            }
            CopiesFault::Agreement(_) => {
                let advice = "this is no store of a side that was founded; correct the path";
                Self::of(Exit::Usage, Complaint::new(&fault, advice))
            }
        }
    }
}

#[cfg(test)]
mod tests;
