//! A week that was run: what is printed about it, and how the verb ends.

use serde::Serialize;

use super::{Awaited, Outcome, dispute, figures};
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
}

/// The outcome for programs.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    outcome: &'static str,
    awaited: &'a [Awaited],
    rehearsal: bool,
    link: Link<'a>,
    versions: PerParty<VersionView>,
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
        let pairs: Vec<String> =
            pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join(" ")
    }

    /// How the verb ends, with everything that is in the way.
    pub(super) fn end(self, out: &mut Output) -> Result<Exit, Failure> {
        let forked = self.status.is_forked();
        let mut complaints = Vec::new();
        let (exit, own) = match &self.outcome {
            // Both sides agree on the body, and so on the breaks in it: somebody has to act.
            Outcome::Joint(view) => (joint_exit(view.body.as_ref()), Vec::new()),
            Outcome::Disputed(view) => {
                let what = format!("{}: the two sides state different bodies", view.week);
                let advice = "compare the records named; what the two logs hold decides";
                (Exit::Findings, vec![Complaint::new(what, advice)])
            }
            Outcome::Waiting(view, awaited) => {
                complaints = link::complaints(&self.status);
                if let Some(silence) = link::silence(&self.status) {
                    out.warning(&silence);
                }
                let awaited =
                    awaited.iter().map(|one| Complaint::new(one, one.advice()).about(view.week));
                (Exit::NotYet, awaited.collect())
            }
        };
        complaints.extend(own);
        if forked && complaints.is_empty() {
            complaints = link::complaints(&self.status);
        }
        let exit = if forked { Exit::Fork } else { exit };
        if complaints.is_empty() { Ok(exit) } else { Err(Failure { exit, complaints }) }
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
