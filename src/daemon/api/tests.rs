//! The API from outside: a scribe on a store in memory, a real socket, raw bytes. What is handed in
//! and what comes out again, the tests of the client show.

mod bad_requests;
mod described;
mod envelopes;
pub(crate) mod fits;
mod groups;
mod metrics;
pub(crate) mod side;
mod sockets;
mod store;
mod waits;
