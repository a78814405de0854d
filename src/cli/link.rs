//! Why the other side is not heard, in words: a refusal by its name with both values, our own
//! clock, a gate that is closed, or just no session.

use super::failure::Complaint;
use crate::{
    daemon::scribe::StatusView,
    session::{ProblemCode, Refusal},
};

/// A refusal in one line.
pub(super) fn words(status: &StatusView, refusal: &Refusal) -> String {
    let Refusal { by, problem, values } = refusal;
    let other = by.other();
    let values = values.as_ref().map(|one| format!(": ours {}, theirs {}", one.ours, one.theirs));
    let shown = if status.is_fork_unproven() { ", and nothing held here shows it" } else { "" };
    format!("{by} refuses {other}, {problem}{}{shown}", values.unwrap_or_default())
}

/// What is known to keep the two sides apart, the gravest first.
pub(super) fn complaints(status: &StatusView) -> Vec<Complaint> {
    let mut all = Vec::new();
    let other = status.party.other();
    if let (false, Some(refusal)) = (status.connected, &status.refusal) {
        let what = format!("no session with {other}: {}", words(status, refusal));
        let advice = match status.is_fork_unproven() {
            true => UNPROVEN,
            false => advice(refusal.problem),
        };
        all.push(Complaint::new(what, advice));
    }
    if let Some(fault) = &status.clock_fault {
        let advice = "put the clock right on the side that is off; until then nothing is cosigned";
        all.push(Complaint::new(format!("cosigning pauses: {fault}"), advice));
    }
    if let Some(why) = &status.keys_away {
        let advice = "bring the security module back; everything goes on by itself, and what was \
                      submitted meanwhile is kept";
        all.push(Complaint::new(format!("signing stalls: {why}"), advice));
    }
    if status.gate != "open" {
        let reason = status.gate_reason.as_deref().unwrap_or("this side may not sign yet");
        let advice = "see `entente status` on both sides";
        all.push(Complaint::new(format!("the gate is {}: {reason}", status.gate), advice));
    }
    all
}

/// That there is no session, if nobody has said why.
pub(super) fn silence(status: &StatusView) -> Option<Complaint> {
    if status.connected || status.refusal.is_some() {
        return None;
    }
    let what = format!("no session with {} is up", status.party.other());
    let advice = "the journals of both daemons say why they do not reach each other";
    Some(Complaint::new(what, advice))
}

/// What to do about a fork that is only spoken of.
const UNPROVEN: &str = "ask the operators of the other side what they hold; \
                        `entente reconcile --ours A --theirs B` on both stores shows whether it \
                        is so";

/// What to do about a refusal, in one sentence.
const fn advice(problem: ProblemCode) -> &'static str {
    match problem {
        ProblemCode::Agreement => {
            "the two sides were founded under different agreements: hold the two files against \
             each other with `entente agreement diff`"
        }
        ProblemCode::ProtocolVersion => {
            "the two sides run software that speaks different versions: bring both to one release"
        }
        ProblemCode::Party => "one side reaches another than its counterpart: correct link.peer",
        ProblemCode::Term => "an older node of the counterpart still runs: its operators stop it",
        ProblemCode::Contradiction | ProblemCode::Fork => {
            "keep both stores: two signatures contradict each other; \
             `entente reconcile --ours A --theirs B` on both shows where"
        }
        ProblemCode::Root | ProblemCode::Note | ProblemCode::Cosignature | ProblemCode::Gap => {
            "what was sent does not fit what is held: `entente log verify` on both sides"
        }
        ProblemCode::Malformed
        | ProblemCode::OutOfOrder
        | ProblemCode::Oversized
        | ProblemCode::Internal => "one of the two programs is at fault: keep both journals",
    }
}
