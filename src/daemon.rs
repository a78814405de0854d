//! Assembly: configuration, keys, the scribe, the local API, the timetable.

pub mod config;
mod desk;
pub mod keys;
pub mod mark;
pub mod scribe;
