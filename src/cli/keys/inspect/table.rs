//! What was found, for people: within 100 columns, and readable without colours.

use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width};

use crate::{
    cli::{case::wrapped, output::count},
    names::Timestamp,
    report::plain,
    trust::inspect::{Finding, Inspected, Verdict},
};

/// Columns of the widest line.
const COLUMNS: usize = 100;
/// Columns that the names of fields take.
const NAMES: usize = 13;

/// Everything, line by line.
pub(super) fn render(holds: &[Inspected], at: Timestamp) -> Vec<String> {
    let mut lines = Vec::new();
    for one in holds {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(headed(one, at));
        lines.push(String::new());
        let table = findings(&one.findings);
        lines.extend(table.lines().map(|line| line.trim_end().to_owned()));
    }
    let of = |verdict| {
        let all = holds.iter().flat_map(|one| &one.findings);
        u64::try_from(all.filter(|one| one.verdict == verdict).count()).unwrap_or(u64::MAX)
    };
    lines.push(String::new());
    lines.push(match (of(Verdict::Wrong), of(Verdict::Note)) {
        (0, 0) => "All is right.".to_owned(),
        (0, notes) => format!("Nothing is wrong; {}.", count(notes, "note", "notes")),
        (1, _) => "1 thing is wrong: it would be refused.".to_owned(),
        (wrong, _) => format!("{wrong} things are wrong: it would be refused."),
    });
    lines
}

fn headed(one: &Inspected, at: Timestamp) -> Vec<String> {
    let mut lines = vec![one.what.clone()];
    let mut field = |name: &str, value: Option<String>| {
        let Some(value) = value else { return };
        for (row, line) in wrapped(&plain(&value), COLUMNS.saturating_sub(NAMES)).iter().enumerate()
        {
            lines.push(format!("{:<NAMES$}{line}", if row == 0 { name } else { "" }));
        }
    };
    field("subject", one.subject.clone());
    field("issuer", one.issuer.clone());
    field("serial", one.serial.clone());
    field("valid", term(one, at));
    field("key", one.key.clone());
    field("key id", one.key_id.map(|id| id.to_string()));
    field("fingerprint", one.fingerprint.map(|hash| format!("{hash} (SHA-256)")));
    field("number", one.number.clone());
    field("revokes", one.revoked.map(revoked));
    lines
}

fn revoked(certificates: usize) -> String {
    let certificates = u64::try_from(certificates).unwrap_or(u64::MAX);
    count(certificates, "certificate", "certificates")
}

fn term(one: &Inspected, at: Timestamp) -> Option<String> {
    let (from, to, days) = (one.not_before?, one.not_after?, one.days_left?);
    let days = u64::try_from(days).map_or_else(
        |_| count(days.unsigned_abs(), "day ago", "days ago"),
        |left| count(left, "day left", "days left"),
    );
    Some(format!("{from} to {to}; {days} at {at}"))
}

fn findings(all: &[Finding]) -> String {
    let mut table = Table::new();
    table
        .load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')))
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(COLUMNS).unwrap_or(u16::MAX))
        .set_header(["", "about", "found"]);
    for one in all {
        let mark = match one.verdict {
            Verdict::Right => "right",
            Verdict::Note => "note",
            Verdict::Wrong => "WRONG",
        };
        let says = plain(&one.says);
        let says = match &one.advice {
            Some(advice) => format!("{says}\n→ {}", plain(advice)),
            None => says,
        };
        table.add_row([mark, one.topic.name(), &says]);
    }
    if let Some(column) = table.column_mut(1) {
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(20)));
    }
    table.to_string()
}
