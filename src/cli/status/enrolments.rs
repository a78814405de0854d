//! Record keys: how many there are, and every one whose certificate is not believed.

use super::super::output::Output;
use crate::{
    daemon::scribe::{Belief, EnrolmentView},
    names::Party,
};

pub(super) fn tell(out: &mut Output, own: Party, all: &[EnrolmentView]) {
    let many = |state| all.iter().filter(|one| one.state == state).count();
    let there = Belief::ALL.into_iter().map(|state| (state, many(state)));
    let there = there.filter(|(_, many)| *many > 0);
    let told: Vec<_> = there.map(|(state, many)| format!("{many} {}", state.name())).collect();
    let unset = many(Belief::Unchecked) > 0;
    let unset = if unset { "; trust.authority is not set" } else { "" };
    out.field("record keys", format!("{}{unset}", told.join(", ")));
    for one in all.iter().filter(|one| one.state == Belief::Untrusted) {
        let EnrolmentView { party, role, position, key, .. } = one;
        let waits = if one.approved { "" } else { ", waits for its officer" };
        let reason = one.reason.as_deref().unwrap_or_default();
        out.line(format!("  {role} of {party}, {key}, enrolled at {position}{waits}: {reason}"));
        out.line(format!("    {}", one.advice(own)));
    }
}
