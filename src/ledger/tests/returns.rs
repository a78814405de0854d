use crate::ledger::fixture::*;
#[test]
fn x() {
    let mut s = TwoSides::founded();
    s.returned(1, "2025-08-12", 3);
    let l = s.ledger(at("2025-08-18T00:00:00Z"));
    assert_eq!(l.tally().returned.agreed, 3);
    assert!(l.breaks.is_empty(), "{:?}", l.breaks);
}
