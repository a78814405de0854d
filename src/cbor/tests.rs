//! The strict road, tested by named vectors and by every lenience of the codec that we know.

mod lenient;
mod vectors;
