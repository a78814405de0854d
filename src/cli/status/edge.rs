//! The edge towards the counterpart: the session that is up, and who came and was refused.

use super::{
    super::output::{Output, count},
    trust,
};
use crate::{
    daemon::{edge::EdgeView, reload::ReloadView, sandbox::Enforced},
    net::ConnectionCounts,
};

/// The session, which is up.
pub(super) fn up(edge: &EdgeView) -> String {
    match &edge.session {
        Some(session) => format!("up since {}, dialled by {}", session.since, session.dialler),
        None => "up".to_owned(),
    }
}

/// What else there is to say; nothing where nothing came in.
pub(super) fn tell(out: &mut Output, edge: &EdgeView) {
    upkeep(out, edge);
    if let Some(connection) = edge.session.as_ref().and_then(|one| one.connection.as_ref()) {
        let (address, protocol) = (&connection.address, &connection.protocol);
        let (suite, group) = (&connection.suite, &connection.group);
        out.field("connection", format!("{address}, {protocol}, {suite}, {group}"));
        if let Some(shown) = &connection.certificate {
            let (subject, serial, end) = (&shown.subject, &shown.serial, shown.not_after);
            out.field("their end", format!("{subject}, serial {serial}, valid to {end}"));
        }
    }
    if let Some(view) = &edge.trust {
        trust::of_peers(out, view);
    }
    let counts = &edge.connections;
    if counts.accepted > 0 {
        let came = count(counts.accepted, "connection", "connections");
        let refused = refused(counts);
        let (greeted, waiting) = (counts.greeted, counts.waiting);
        out.field("edge", format!("{came} in: {greeted} greeted, {waiting} waiting{refused}"));
    }
}

/// What keeps the process from being as shut in, or as new, as it should be.
fn upkeep(out: &mut Output, edge: &EdgeView) {
    if let Some(sandbox) = &edge.sandbox
        && (sandbox.enforced != Enforced::Fully || !sandbox.core_dumps_off)
    {
        out.field("sandbox", sandbox);
    }
    if let Some(ReloadView { at, fault: Some(fault), .. }) = &edge.reload {
        out.field("reload", format!("refused at {at}, and the old stays: {fault}"));
    }
}

/// Why how many were refused, the reasons that there were.
fn refused(counts: &ConnectionCounts) -> String {
    let reasons = [
        (counts.not_allowed, "not on the allow-list"),
        (counts.crowded, "too many"),
        (counts.slow, "too slow"),
        (counts.not_tls, "not TLS 1.3"),
        (counts.stranger, "not the counterpart"),
        (counts.gone, "gone before the handshake was over"),
    ];
    let there = reasons.iter().filter(|(many, _)| *many > 0);
    there.map(|(many, why)| format!(", {many} {why}")).collect()
}
