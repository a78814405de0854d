//! What a monitoring system reads, in the OpenMetrics text format: figures of the status, and no
//! more than it shows.

use std::fmt;

use prometheus_client::{
    encoding::text::encode,
    metrics::{family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

use super::scribe::StatusView;
use crate::names::Party;

/// The media type of [`text`].
pub const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Labels = Vec<(&'static str, String)>;

/// A status as metrics.
///
/// # Errors
/// Never in practice: text can always be written.
pub fn text(status: &StatusView) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix("entente");
    certificates(&mut registry, status);
    logs(&mut registry, status);
    let mut one = |name: &str, help: &str, value: u64| {
        let gauge = Gauge::<i64>::default();
        gauge.set(signed(value));
        registry.register(name, help, gauge);
    };
    one("session_up", "Whether a session with the counterpart is up", status.connected.into());
    one("gate_open", "Whether this side may sign", (status.gate == "open").into());
    one("fork_detected", "Whether a fork or a rollback was detected", status.is_forked().into());
    one("clock_fault", "Whether a test of the clock fails", status.clock_fault.is_some().into());
    one("queued_submissions", "Submissions that wait to be signed", entries(status.queued));
    one("weeks_cut_off", "Weeks that have a cut-off", entries(status.weeks));
    one("open_breaks", "Breaks that are open", entries(status.breaks.len()));
    let help = "Record keys whose certificates are not believed";
    one("untrusted_enrolments", help, entries(status.untrusted().count()));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

fn certificates(registry: &mut Registry, status: &StatusView) {
    let left = Family::<Labels, Gauge>::default();
    for one in &status.certificates {
        let labels = vec![
            ("party", one.party.to_string()),
            ("purpose", one.purpose.to_string()),
            ("fingerprint", one.fingerprint.to_string()),
        ];
        let (end, now) = (signed(one.not_after.seconds()), signed(status.clock.seconds()));
        left.get_or_create(&labels).set(end.saturating_sub(now));
    }
    let help = "Time to the end of a certificate or revocation list; below zero since its end";
    registry.register_with_unit("certificate_expiry", help, Unit::Seconds, left);
}

fn logs(registry: &mut Registry, status: &StatusView) {
    let sizes = Family::<Labels, Gauge>::default();
    let cosigned = Family::<Labels, Gauge>::default();
    let waiting = Family::<Labels, Gauge>::default();
    for party in Party::BOTH {
        let (labels, log) = (vec![("log", party.to_string())], status.logs.of(party));
        sizes.get_or_create(&labels).set(signed(log.size.0));
        cosigned.get_or_create(&labels).set(signed(log.cosigned.0));
        waiting.get_or_create(&labels).set(signed(log.unreceipted));
    }
    registry.register("log_entries", "Entries of a log that are held here", sizes);
    let help = "Entries of a log that have a receipt which is held here";
    registry.register("log_cosigned_entries", help, cosigned);
    let help = "Entries of a log without receipt, entanglements left out";
    registry.register("log_unreceipted_entries", help, waiting);
}

fn entries(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
