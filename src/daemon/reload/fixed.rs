//! What is fixed while a daemon runs: who it is, what it keeps, and where it is found.

use crate::daemon::config::Config;

/// The first key whose new value needs a restart.
pub(super) fn changed(running: &Config, new: &Config) -> Option<&'static str> {
    let Config {
        party,
        agreement,
        state,
        keys: _,
        tls: _,
        link,
        api,
        national: _,
        sandbox,
        rehearsal,
    } = running;
    let ports = |config: &Config| {
        let ports = config.link.peer.iter().map(|peer| peer.port());
        ports.collect::<std::collections::BTreeSet<_>>()
    };
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
        ("a port of link.peer", ports(running).is_superset(&ports(new))),
        ("link.allow", link.allow == new.link.allow),
        ("link.connections_max", link.connections_max == new.link.connections_max),
        (
            "link.connections_per_address_max",
            link.connections_per_address_max == new.link.connections_per_address_max,
        ),
        ("link.proxy", link.proxy == new.link.proxy),
        ("link.proxy_credential", link.proxy_credential == new.link.proxy_credential),
        ("api.socket", api.socket == new.api.socket),
        ("sandbox", *sandbox == new.sandbox),
        ("rehearsal.clock", *rehearsal == new.rehearsal),
    ]
    .into_iter()
    .find_map(|(key, same)| (!same).then_some(key))
}
