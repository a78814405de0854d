//! docs/openapi.json, written from the code.
pub fn openapi() -> String { String::new() }
