//! Authorities and their revocation lists: what is pinned, and how it stands.

use super::super::output::Output;
use crate::{daemon::scribe::StatusView, trust::TrustView};

/// What the counterpart's certificates are judged by: that nothing is checked is said as well.
pub(super) fn of_peers(out: &mut Output, trust: &TrustView) {
    for (label, text) in said(trust) {
        out.field(label, text);
    }
}

/// What the record keys of each party are judged by. Where that of the counterpart's is what its
/// TLS end is judged by, all of it was told there.
pub(super) fn of_record_keys(out: &mut Output, status: &StatusView) {
    let (own, peers) = (status.party, status.edge.trust.as_ref());
    for party in [own, own.other()] {
        let Some(trust) = status.record_trust.of(party) else { continue };
        let is_told = peers.filter(|_| party != own).is_some_and(|peers| {
            (&peers.authorities, &peers.lists) == (&trust.authorities, &trust.lists)
        });
        if is_told {
            out.line(format!("  those of {party} are judged as its TLS end is"));
            continue;
        }
        for (label, text) in said(trust) {
            out.line(format!("  {label} for those of {party}: {text}"));
        }
    }
}

fn said(trust: &TrustView) -> Vec<(&'static str, String)> {
    let authorities = trust.authorities.iter().map(|authority| {
        let (name, state, end) = (&authority.name, &authority.state, authority.not_after);
        let lacks = if authority.lacks_list { ", no usable revocation list" } else { "" };
        ("authority", format!("{name}, {state}, valid to {end}{lacks}"))
    });
    let lists = trust.lists.iter().map(|list| {
        let (issuer, number, state) = (&list.issuer, &list.number, &list.state);
        let (made, due, until) = (list.this_update, list.next_update, list.used_until);
        let used = if due == until { String::new() } else { format!(", used until {until}") };
        ("list", format!("{issuer}, number {number} of {made}, {state}, next due {due}{used}"))
    });
    let revocation = ("revocation", trust.revocation.clone());
    [revocation].into_iter().chain(authorities).chain(lists).collect()
}
