//! The command line: one file a verb, and the client of the local API.

pub mod client;
