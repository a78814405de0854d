//! Records by named vectors, submissions by worked examples, and signed records read back.

mod reading;
mod submitting;
mod vectors;
