//! The API from outside: a scribe on a store in memory, a real socket, our client and raw bytes.

mod bad_requests;
mod bad_submissions;
mod described;
mod good;
mod groups;
mod side;
mod sockets;
mod store;
mod waits;
mod weeks;
