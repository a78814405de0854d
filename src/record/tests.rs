//! Submissions by worked examples; what else records are made of is tested beside the ledger's
//! fixture, which makes them.

mod disclosing;
mod replacing;
mod submitting;
