//! Word to the service manager (sd_notify(3)); without one, nobody hears it and nothing is lost.

use sd_notify::NotifyState;

/// The daemon serves.
pub(super) fn ready() {
    say(&[NotifyState::Ready]);
}

/// The daemon looks at what is new; [`ready`] follows, whatever comes of it.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => say(&[NotifyState::Reloading, now]),
        Err(error) => tracing::warn!(%error, "the system has no monotonic clock"),
    }
}

/// The daemon stops.
pub(super) fn stopping() {
    say(&[NotifyState::Stopping]);
}

fn say(words: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(words) {
        tracing::warn!(%error, "the service manager does not hear us");
    }
}
