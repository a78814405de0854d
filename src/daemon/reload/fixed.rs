//! What is fixed while a daemon runs: who it is, what it keeps, and where it is found.

use std::collections::BTreeSet;

use crate::daemon::config::{Config, Link, PeerAddress, SandboxMode};

/// The ports that are dialled.
fn ports(link: &Link) -> BTreeSet<u16> {
    link.reached().iter().map(PeerAddress::port).collect()
}

/// Whether a name has to be resolved.
fn asks(link: &Link) -> bool {
    link.reached().iter().any(PeerAddress::is_named)
}

/// The first key whose new value needs a restart.
pub(super) fn changed(running: &Config, new: &Config) -> Option<&'static str> {
    let Config {
        party,
        agreement,
        state,
        keys,
        tls: _,
        trust: _,
        link,
        api,
        national: _,
        sandbox,
        rehearsal,
    } = running;
    [
        ("party", *party == new.party),
        ("agreement.digest", agreement.digest == new.agreement.digest),
        (
            "agreement.succession_digest",
            agreement.succession_digest == new.agreement.succession_digest,
        ),
        ("state.predecessors", state.predecessors == new.state.predecessors),
        ("state.directory", state.directory == new.state.directory),
        ("state.mark", state.mark == new.state.mark),
        ("state.database_pages_max", state.database_pages_max == new.state.database_pages_max),
        ("link.listen", link.listen == new.link.listen),
        // The sandbox was built around the old ones.
        (
            "a port that is dialled (link.proxy, or else link.peer)",
            ports(link).is_superset(&ports(&new.link)),
        ),
        (
            "a name in the place of addresses (link.proxy, or else link.peer)",
            asks(link) || !asks(&new.link),
        ),
        // The sandbox grants a library with all that it loads itself, at the start alone.
        ("keys.module", keys.module == new.keys.module || sandbox.mode == SandboxMode::Off),
        ("api.socket", api.socket == new.api.socket),
        ("sandbox", *sandbox == new.sandbox),
        ("rehearsal.clock", *rehearsal == new.rehearsal),
    ]
    .into_iter()
    .find_map(|(key, same)| (!same).then_some(key))
}
