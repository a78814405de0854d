//! A week that was run: what is printed about it, and how the verb ends.

use serde::Serialize;

use super::{Awaited, Outcome, Unsettled, dispute, figures, week::NotJoint};
use crate::{
    cli::{
        Exit,
        failure::{Complaint, Failure},
        link,
        output::Output,
    },
    daemon::scribe::{StatusView, VersionView, WeekView},
    ledger::Severity,
    names::{Party, PerParty},
    record::{AgeBucket, Body},
    session::Refusal,
};

/// The gravest first.
const BY_SEVERITY: [Severity; 4] =
    [Severity::Critical, Severity::Major, Severity::Minor, Severity::Information];

/// How a week stands, and how this side stood then.
pub(super) struct Ran {
    pub(super) status: StatusView,
    pub(super) outcome: Outcome,
    /// Earlier weeks that are not joint.
    pub(super) unsettled: Vec<Unsettled>,
}

/// The outcome for programs.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    outcome: &'static str,
    awaited: &'a [Awaited],
    rehearsal: bool,
    link: Link<'a>,
    versions: PerParty<VersionView>,
    unsettled: &'a [Unsettled],
    #[serde(flatten)]
    view: &'a WeekView,
}

/// What may keep the two sides apart.
#[derive(Serialize)]
struct Link<'a> {
    connected: bool,
    refusal: &'a Option<Refusal>,
    clock_fault: &'a Option<String>,
    gate: &'a str,
}

impl Ran {
    const fn view(&self) -> &WeekView {
        match &self.outcome {
            Outcome::Joint(view) | Outcome::Disputed(view) | Outcome::Waiting(view, _) => view,
        }
    }

    const fn name(&self) -> &'static str {
        match &self.outcome {
            Outcome::Joint(_) => "joint",
            Outcome::Disputed(_) => "disputed",
            Outcome::Waiting(..) => "waiting",
        }
    }

    const fn awaited(&self) -> &[Awaited] {
        match &self.outcome {
            Outcome::Joint(_) | Outcome::Disputed(_) => &[],
            Outcome::Waiting(_, awaited) => awaited.as_slice(),
        }
    }

    pub(super) fn shown(&self) -> Shown<'_> {
        let StatusView { connected, refusal, clock_fault, gate, .. } = &self.status;
        Shown {
            outcome: self.name(),
            awaited: self.awaited(),
            rehearsal: self.status.rehearsal,
            link: Link { connected: *connected, refusal, clock_fault, gate },
            versions: self.status.versions(),
            unsettled: &self.unsettled,
            view: self.view(),
        }
    }

    /// For a person. What is waited for is told as complaints.
    pub(super) fn tell(&self, out: &mut Output) {
        if self.status.rehearsal {
            out.line("REHEARSAL: under these terms nothing is in earnest.");
        }
        match &self.outcome {
            Outcome::Joint(view) => joint(out, view),
            Outcome::Disputed(view) => dispute::tell(out, view),
            Outcome::Waiting(..) => {}
        }
        for one in &self.unsettled {
            out.field("unsettled", format!("{}, before this week: {}", one.week, one.outcome));
        }
    }

    /// For the journal: one line of pairs, in an order that stays. What is not known yet is `-`.
    pub(super) fn summary(&self) -> String {
        let view = self.view();
        let body = view.body.as_ref();
        let shown = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let total = |of: fn(&Body) -> u64| shown(body.map(|body| of(body).to_string()));
        let mut pairs = vec![
            ("week", view.week.to_string()),
            ("outcome", self.name().to_owned()),
            ("number", shown(body.map(|body| body.number.to_string()))),
            ("digest", shown(body.map(|body| body.digest().to_string()))),
            ("returned", total(|body| body.closing.returned.agreed)),
            ("admitted", total(|body| body.closing.admitted.agreed)),
            ("balance", shown(body.map(balance))),
        ];
        pairs.extend(breaks(body));
        let awaited: Vec<String> = self.awaited().iter().map(|one| one.name()).collect();
        pairs.push(("awaited", shown((!awaited.is_empty()).then(|| awaited.join(",")))));
        let unsettled: Vec<String> =
            self.unsettled.iter().map(|one| one.week.to_string()).collect();
        pairs.push(("unsettled", shown((!unsettled.is_empty()).then(|| unsettled.join(",")))));
        let pairs: Vec<String> =
            pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join(" ")
    }

    /// How the verb ends, with everything that is in the way. Whoever reads the summary alone is
    /// told how to see more.
    pub(super) fn end(self, summary: bool, out: &mut Output) -> Result<Exit, Failure> {
        let forked = self.status.is_forked();
        let link = link::complaints(&self.status);
        let mut complaints = Vec::new();
        let exit = match &self.outcome {
            // Both sides agree on the body, and so on the breaks in it: somebody has to act.
            Outcome::Joint(view) => {
                complaints.extend(self.beside_the_week(forked, link, out));
                joint_exit(view.body.as_ref())
            }
            Outcome::Disputed(view) => {
                complaints.extend(self.beside_the_week(forked, link, out));
                complaints.push(disputed(view, summary));
                Exit::Findings
            }
            Outcome::Waiting(view, awaited) => {
                complaints = link;
                if let Some(silence) = link::silence(&self.status) {
                    out.warning(&silence);
                }
                let named = |one: &Awaited| Complaint::new(one, one.advice()).about(view.week);
                complaints.extend(awaited.iter().map(named));
                Exit::NotYet
            }
        };
        complaints.extend(unsettled(&self.unsettled));
        let exit = if forked { Exit::Fork } else { with_earlier(exit, &self.unsettled) };
        if complaints.is_empty() { Ok(exit) } else { Err(Failure { exit, complaints }) }
    }

    /// Both sides have spoken, and only a fork is still in the way; that one is spoken of is
    /// something to know.
    fn beside_the_week(
        &self,
        forked: bool,
        link: Vec<Complaint>,
        out: &mut Output,
    ) -> Vec<Complaint> {
        if forked {
            return link;
        }
        if self.status.is_fork_unproven() {
            link.iter().for_each(|one| out.warning(one));
        }
        Vec::new()
    }
}

/// What a dispute is told as.
fn disputed(view: &WeekView, summary: bool) -> Complaint {
    let what = format!("{}: the two sides state different bodies", view.week);
    if summary {
        let advice = format!("see in what: `entente reconcile --week {}`", view.week);
        return Complaint::new(what, advice);
    }
    Complaint::new(what, "compare the records named; what the two logs hold decides")
}

/// What earlier weeks are told as, in one pair.
fn unsettled(all: &[Unsettled]) -> Option<Complaint> {
    let oldest = all.first()?.week;
    let named: Vec<String> =
        all.iter().map(|one| format!("{} ({})", one.week, one.outcome)).collect();
    let what = format!("not joint before this week: {}", named.join(", "));
    let advice = format!("see what is missing or differs: `entente reconcile --week {oldest}`");
    Some(Complaint::new(what, advice))
}

/// How the verb ends with what stands of earlier weeks: that the newest is joint hides none. While
/// the newest still waits it is to be tried again, whatever stands before it.
fn with_earlier(exit: Exit, all: &[Unsettled]) -> Exit {
    let is_disputed = |one: &Unsettled| one.outcome == NotJoint::Disputed;
    if exit == Exit::NotYet {
        Exit::NotYet
    } else if exit == Exit::Findings || all.iter().any(is_disputed) {
        Exit::Findings
    } else if all.is_empty() {
        exit
    } else {
        Exit::NotYet
    }
}

impl std::fmt::Display for NotJoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Disputed => "disputed",
            Self::Waiting => "waiting",
        })
    }
}

fn joint_exit(body: Option<&Body>) -> Exit {
    let finds = |body: &Body| body.breaks.iter().any(|one| one.class.guide().is_finding());
    if body.is_some_and(finds) { Exit::Findings } else { Exit::Good }
}

/// Persons returned less persons admitted, with its sign.
fn balance(body: &Body) -> String {
    let (returned, admitted) = (body.closing.returned.agreed, body.closing.admitted.agreed);
    let apart = returned.abs_diff(admitted);
    match returned.cmp(&admitted) {
        std::cmp::Ordering::Less => format!("-{apart}"),
        std::cmp::Ordering::Equal => "0".to_owned(),
        std::cmp::Ordering::Greater => format!("+{apart}"),
    }
}

/// How many breaks, and how old the oldest is.
fn breaks(body: Option<&Body>) -> Vec<(&'static str, String)> {
    let Some(body) = body else {
        let unknown = |name| (name, "-".to_owned());
        return BY_SEVERITY
            .iter()
            .map(|one| unknown(one.name()))
            .chain([unknown("oldest")])
            .collect();
    };
    let count = |severity: Severity| {
        let of = body.breaks.iter().filter(|one| one.class.guide().severity == severity);
        of.fold(0_u64, |sum, one| sum.saturating_add(one.count))
    };
    let counts = BY_SEVERITY.iter().map(|severity| (severity.name(), count(*severity).to_string()));
    let oldest: Option<AgeBucket> = body.breaks.iter().map(|one| one.age).max();
    counts.chain([("oldest", oldest.map_or("-".to_owned(), |age| age.to_string()))]).collect()
}

fn joint(out: &mut Output, view: &WeekView) {
    let Some(body) = &view.body else { return };
    let (monday, sunday) = (view.week.monday(), view.week.monday().plus(6));
    out.line(format!(
        "Joint statement {} of week {} ({monday} to {sunday}, UTC)",
        body.number, view.week
    ));
    out.field("digest", body.digest());
    for party in Party::BOTH {
        let cut = match party {
            Party::Gbr => &body.gbr,
            Party::Fra => &body.fra,
        };
        out.field(party.code(), format!("{} entries of {}", cut.size, cut.origin));
    }
    out.line("");
    out.line(figures(body));
}
