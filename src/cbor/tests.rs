//! The strict road, tested by named vectors and by every lenience of the codec that we know.

#[expect(unreachable_pub, reason = "the macros write public types")]
mod lenient;
mod vectors;
