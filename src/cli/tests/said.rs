//! What is an alarm and what is not: a fork that is only spoken of, and a break that asks nobody to
//! act.

use super::daemons::{Daemons, Said};
use crate::{
    cli::{Exit, status},
    ledger::{Break, Owner, fixture::digest},
    names::{Party, Timestamp},
    net::Desk as _,
    record::BreakClass,
    session::{ProblemCode, Refusal},
};

const SPEAKS: [ProblemCode; 2] = [ProblemCode::Contradiction, ProblemCode::Fork];
const UNSHOWN: &str = "nothing held here shows it";

async fn both(it: &Daemons) -> [Said; 2] {
    [it.call(Party::Gbr, "reconcile --wait 0").await, it.call(Party::Gbr, "status").await]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_that_the_other_side_only_speaks_of_is_told_as_its_word() {
    let it = Daemons::founded().await;
    it.go_to("2025-08-11T06:00:00Z");
    for problem in SPEAKS {
        it.sides.gbr.handle.refused(Refusal { by: Party::Fra, problem, values: None }).await;
        let [week, status] = both(&it).await;
        assert_eq!((week.exit, status.exit), (Exit::NotYet, Exit::NotYet), "{problem}");
        let wanted = format!("FRA refuses GBR, {problem}, and {UNSHOWN}");
        assert!(week.err.contains(&wanted) && status.out.contains(&wanted), "{week:?} {status:?}");
        assert!(week.err.contains("advice: ask the operators of the other side"), "{week:?}");
    }
    // Our own refusal without two signatures is none either: what came back may be garbled.
    let problem = ProblemCode::Fork;
    it.sides.gbr.handle.refused(Refusal { by: Party::Gbr, problem, values: None }).await;
    let [week, status] = both(&it).await;
    assert_eq!((week.exit, status.exit), (Exit::NotYet, Exit::NotYet));
    // Two signatures that are held are one, and nothing that the other says hides them.
    let problem = ProblemCode::Contradiction;
    it.sides.gbr.handle.refused(Refusal { by: Party::Gbr, problem, values: None }).await;
    for later in [ProblemCode::Fork, ProblemCode::Malformed] {
        let refusal = Refusal { by: Party::Fra, problem: later, values: None };
        it.sides.gbr.handle.refused(refusal).await;
        let [week, status] = both(&it).await;
        assert_eq!((week.exit, status.exit), (Exit::Fork, Exit::Fork), "{later}");
        assert!(week.err.contains("GBR refuses FRA, contradiction\nadvice: keep"), "{week:?}");
    }
    // A session answers all that.
    it.sides.gbr.handle.link(true).await;
    let [week, status] = both(&it).await;
    assert_eq!((week.exit, status.exit), (Exit::NotYet, Exit::Good));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_spoken_of_does_not_change_how_a_joint_week_ends() {
    let it = Daemons::linked().await;
    it.go_to("2025-08-11T06:00:00Z");
    let (gbr, fra) = tokio::join!(
        it.call(Party::Gbr, "reconcile --wait 600"),
        it.call(Party::Fra, "reconcile --wait 600"),
    );
    assert_eq!((gbr.exit, fra.exit), (Exit::Good, Exit::Good));
    for problem in SPEAKS {
        it.sides.gbr.handle.refused(Refusal { by: Party::Fra, problem, values: None }).await;
        let [week, _] = both(&it).await;
        assert_eq!(week.exit, Exit::Good, "{week:?}");
        assert!(week.err.starts_with("warning: no session") && week.err.contains(UNSHOWN));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_break_that_is_information_alone_is_no_finding_of_the_status() {
    let it = Daemons::founded().await;
    let mut status = it.sides.gbr.client.status().await.unwrap();
    assert_eq!(status::exit(&status), Exit::Good);
    for (class, exit) in [
        (BreakClass::Imbalance, Exit::Good),
        (BreakClass::WeekBoundary, Exit::Good),
        (BreakClass::Duplicate, Exit::Findings),
    ] {
        let (owner, began) = (Owner::Both, Timestamp::default());
        status.breaks.push(Break { id: digest("a"), class, owner, began, evidence: Vec::new() });
        assert_eq!(status::exit(&status), exit, "{class}");
    }
}
