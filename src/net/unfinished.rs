//! Why a handshake did not end. That two policies of key exchange do not meet is a matter of two
//! configurations, and is said so.

use std::io;

use rustls::{AlertDescription, Error, PeerIncompatible};

use super::link::LinkError;
use super::tls::{Ends, offered_groups};

/// What a handshake's error means to whoever reads the journal.
pub(super) fn unfinished(error: io::Error, ends: &Ends) -> LinkError {
    let offered = || offered_groups(ends.client.crypto_provider());
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match tls {
        Some(Error::PeerIncompatible(PeerIncompatible::NoKxGroupsInCommon)) => {
            LinkError::NoKeyExchange(offered())
        }
        Some(Error::AlertReceived(AlertDescription::HandshakeFailure)) => {
            LinkError::NothingTaken(offered())
        }
        _ => error.into(),
    }
}
