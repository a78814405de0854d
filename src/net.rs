//! The road to the counterpart: mutual TLS 1.3, and nothing older.

pub mod tls;
