//! The ledger, tested by two sides that write to real trees with published keys.

mod returns;
