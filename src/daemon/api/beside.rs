//! What a client may give to stand beside the body of a week.

use super::problem::{Place, Problem, ProblemType};
use crate::record::NationalTotals;

int_map! {
    /// What stands beside the body of a week in this side's statement.
    pub struct Beside as "what stands beside the body" {
    } optional {
        /// What the side's own national system says.
        0 => national: NationalTotals,
    }
}

/// Reads the body of a request: nothing at all, or one JSON object.
pub(super) fn beside(json: &[u8]) -> Result<Beside, Problem> {
    if json.is_empty() {
        return Ok(Beside { national: None });
    }
    serde_json::from_slice(json).map_err(|error| {
        let place = Some(Place { line: error.line(), column: error.column() });
        Problem { place, ..Problem::new(ProblemType::Malformed, error) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_given_whole_or_not_at_all() {
        let read = |json: &str| beside(json.as_bytes()).map(|one| one.national);
        for nothing in ["", "{}", "{\"national\":null}"] {
            assert_eq!(read(nothing), Ok(None), "{nothing}");
        }
        let given = read("{\"national\":{\"returned\":0,\"admitted\":7}}");
        assert_eq!(given, Ok(Some(NationalTotals { returned: 0, admitted: 7 })));
        for bad in [
            " ",
            "null",
            "[]",
            "{} {}",
            "{\"national\":{}}",
            "{\"national\":7}",
            "{\"national\":{\"returned\":1}}",
            "{\"national\":{\"returned\":-1,\"admitted\":1}}",
            "{\"national\":{\"returned\":1.5,\"admitted\":1}}",
            "{\"national\":{\"returned\":1,\"admitted\":1,\"other\":1}}",
            "{\"totals\":{\"returned\":1,\"admitted\":1}}",
        ] {
            let problem = read(bad).unwrap_err();
            assert_eq!(problem.problem, ProblemType::Malformed, "{bad}");
        }
    }
}
