//! Assembly: configuration, keys, the scribe, the local API, the timetable.

pub mod agreement;
pub mod api;
pub mod assembly;
pub mod audit;
pub mod casebook;
pub mod certify;
pub mod clock;
pub mod config;
pub mod copies;
pub mod desk;
pub mod dossier;
pub mod edge;
pub mod expiry;
pub mod init;
pub mod keys;
pub mod lineage;
pub mod mark;
pub mod metrics;
mod notify;
pub mod reload;
pub mod road;
pub mod sandbox;
pub mod scribe;
pub mod serve;
pub mod sockets;
