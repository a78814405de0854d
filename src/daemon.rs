//! Assembly: configuration, keys, the scribe, the local API, the timetable.

pub mod api;
pub mod config;
pub mod keys;
pub mod mark;
pub mod scribe;
