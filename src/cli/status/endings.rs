//! Certificates that end: how many there are, which is the first, and every one that is near.

use super::super::output::{Output, count};
use crate::trust::{EndingView, Stage};

pub(super) fn tell(out: &mut Output, all: &[EndingView]) {
    let Some(first) = all.iter().min_by_key(|one| one.not_after) else {
        return;
    };
    let number = u64::try_from(all.len()).unwrap_or(u64::MAX);
    let known = count(number, "is in use", "are in use");
    out.field("certificates", format!("{known}; the first {}", end(first)));
    for one in all.iter().filter(|one| one.stage.is_warning()) {
        let name = format!("{} of {}", one.purpose, one.party);
        out.line(format!("  {name} {}; {}", end(one), short(one)));
        out.line(format!("    {}", one.purpose.advice()));
    }
}

fn end(one: &EndingView) -> String {
    let day = one.not_after.date();
    match one.stage {
        Stage::Expired => format!("ended on {day}"),
        Stage::Good | Stage::SixtyDays | Stage::ThirtyDays | Stage::SevenDays => {
            let days = u64::try_from(one.days_left).unwrap_or(0);
            format!("ends on {day}, in {}", count(days, "day", "days"))
        }
    }
}

/// The first digits of the fingerprint, by which people tell two certificates apart.
fn short(one: &EndingView) -> String {
    one.fingerprint.to_string().chars().take(8).collect()
}
