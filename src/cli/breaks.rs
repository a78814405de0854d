//! `entente break`: open breaks and what became of others, one in full, and its decision.

mod local;

pub(super) use local::LocalView;
