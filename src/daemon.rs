//! Assembly: configuration, keys, the scribe, the local API, the timetable.

pub mod agreement;
pub mod assembly;
pub mod clock;
pub mod config;
mod desk;
pub mod keys;
pub mod mark;
pub mod scribe;
pub mod serve;
