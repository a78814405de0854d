//! `entente break list`: a line for each break that fits.

use clap::Args;

use super::{
    class::{AnyClass, owner},
    look::{Line, Look, Standing},
};
use crate::{
    cli::{
        Exit,
        case::short,
        failure::{Complaint, Failure},
        output::{Output, count},
        place::Place,
    },
    ledger::{Owner, Severity},
    record::AgeBucket,
};

/// References that a line has room for.
const REFERENCES_TOLD_MAX: usize = 2;

/// Which breaks.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Of this class, as in departed-not-arrived.
    #[arg(long)]
    class: Option<AnyClass>,
    /// On which this side has to act: GBR, FRA or both.
    #[arg(long, value_parser = owner)]
    owner: Option<Owner>,
    /// So many days old: 0-2, 3-5, 6-30, 31-60 or over-60.
    #[arg(long)]
    age: Option<AgeBucket>,
    /// As grave as this: information, minor, major or critical.
    #[arg(long)]
    severity: Option<Severity>,
    /// Also those that stood in a statement and have cleared or were resolved.
    #[arg(long)]
    all: bool,
    /// Print each break as a line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    if let Some(class) = arguments.class
        && let Some(verb) = class.found_elsewhere()
    {
        let what = format!("--class {class}: one store does not show breaks of this class");
        let advice = format!("look for them with `{verb}`");
        return Err(Failure::of(Exit::Usage, Complaint::new(what, advice)));
    }
    let look = Look::at(&arguments.place)?;
    let mut lines = look.lines(arguments.all);
    lines.retain(|line| arguments.fits(line));
    if arguments.json {
        lines.iter().for_each(|line| out.json(line));
    } else {
        if look.rehearsal {
            out.line("REHEARSAL: under these terms nothing is in earnest.");
            out.line("");
        }
        let none = if arguments.is_narrow() { "no break fits" } else { "no break is open" };
        tell(out, &lines, none);
    }
    let open = |line: &Line| line.standing == Standing::Open;
    let acts = lines.iter().any(|line| open(line) && line.class.guide().is_finding());
    Ok(if acts { Exit::Findings } else { Exit::Good })
}

impl Arguments {
    /// Whether some breaks are left out, or other than open ones are wanted.
    const fn is_narrow(&self) -> bool {
        self.all
            || self.class.is_some()
            || self.owner.is_some()
            || self.age.is_some()
            || self.severity.is_some()
    }

    fn fits(&self, line: &Line) -> bool {
        self.class.is_none_or(|class| class == line.class)
            && self.owner.is_none_or(|owner| owner == line.owner)
            && self.age.is_none_or(|age| age == line.age)
            && self.severity.is_none_or(|severity| severity == line.severity)
    }
}

fn tell(out: &mut Output, lines: &[Line], none: &str) {
    if lines.is_empty() {
        out.line(none);
        return;
    }
    out.line(row(["break", "severity", "class", "acts", "days", "age", "records", "concerns"]));
    for line in lines {
        let acts = match line.standing {
            Standing::Open => line.owner.to_string(),
            Standing::Cleared { .. } => "cleared".to_owned(),
            Standing::Resolved { .. } => "resolved".to_owned(),
        };
        out.line(row([
            &short(line.id),
            line.severity.name(),
            line.class.name(),
            &acts,
            &line.days.to_string(),
            line.age.name(),
            &line.evidence.len().to_string(),
            &concerns(line),
        ]));
    }
    let open = lines.iter().filter(|line| line.standing == Standing::Open).count();
    let open = u64::try_from(open).unwrap_or(u64::MAX);
    out.line("");
    out.line(format!(
        "{} open. One in full: entente break show BREAK",
        count(open, "break", "breaks")
    ));
}

fn concerns(line: &Line) -> String {
    if line.own {
        return "this side's own".to_owned();
    }
    let more = line.concerns.len().saturating_sub(REFERENCES_TOLD_MAX);
    let told: Vec<&str> =
        line.concerns.iter().take(REFERENCES_TOLD_MAX).map(String::as_str).collect();
    match (told.is_empty(), more) {
        (true, _) => "-".to_owned(),
        (false, 0) => told.join(", "),
        (false, more) => format!("{} +{more}", told.join(", ")),
    }
}

fn row([id, severity, class, acts, days, age, records, concerns]: [&str; 8]) -> String {
    let row = format!(
        "{id:<8}  {severity:<11}  {class:<28}  {acts:<8}  {days:>4}  {age:<7}  {records:>7}  \
         {concerns}"
    );
    row.trim_end().to_owned()
}
