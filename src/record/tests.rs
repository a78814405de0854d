//! Submissions by worked examples; what else records are made of is tested beside the ledger's
//! fixture, which makes them.

mod replacing;
mod submitting;
