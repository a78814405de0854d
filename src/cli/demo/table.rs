//! The report in words: a table by week that fits a terminal of 80 columns, and what it means.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

use super::{DemoReport, PublishedRow, WeekRow};

/// Columns of the narrowest terminal.
const COLUMNS: u16 = 80;

/// Columns of the table that hold numbers.
const NUMBERS: [usize; 3] = [1, 2, 3];
/// The last column: what was published.
const LAST: usize = 5;

/// The report as text, line by line, without colours: nothing in it depends on them.
#[must_use]
pub fn render(report: &DemoReport) -> String {
    let mut lines = vec![by_week(report), String::new()];
    lines.extend(LEGEND.map(str::to_owned));
    lines.push(String::new());
    lines.extend(totals(report));
    lines.push(String::new());
    lines.extend(next(report));
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

const LEGEND: [&str; 7] = [
    "returned, admitted  persons since 6 August 2025, as both logs agree, at the end",
    "                    of the week (+ those of the week)",
    "balance             returned less admitted; an imbalance is no error",
    "statement           joint: both sides signed the same body for the week",
    "published           returned/admitted up to the end of that day, and whether",
    "                    both stores agree with it as at that day",
    "The season is constructed: single journeys are invented so that it meets these.",
];

fn by_week(report: &DemoReport) -> String {
    let mut table = Table::new();
    table
        .load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')))
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(COLUMNS)
        .set_header(["week", "returned", "admitted", "balance", "statement", "published"]);
    let mut before = (0, 0);
    for row in &report.by_week {
        let published: Vec<String> = figures_of(report, row).map(published).collect();
        table.add_row([
            row.week.to_string(),
            total(row.returned, before.0),
            total(row.admitted, before.1),
            balance(row.balance),
            if row.joint { "joint" } else { "NOT joint" }.to_owned(),
            published.join("\n"),
        ]);
        before = (row.returned, row.admitted);
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        let last = index == LAST;
        column.set_padding((0, u16::from(!last)));
        if NUMBERS.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let text = table.to_string();
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The published figures that fall into a week.
fn figures_of<'a>(
    report: &'a DemoReport,
    row: &'a WeekRow,
) -> impl Iterator<Item = &'a PublishedRow> {
    report.published.iter().filter(|one| one.date.week() == row.week)
}

fn published(row: &PublishedRow) -> String {
    let admitted = row.admitted.map_or_else(|| "–".to_owned(), |persons| persons.to_string());
    let agrees = if row.agrees { "agrees" } else { "DIFFERS" };
    format!("{} {}/{admitted} {agrees}", row.date, row.returned)
}

fn total(now: u64, before: u64) -> String {
    match now.checked_sub(before) {
        Some(0) => now.to_string(),
        Some(more) => format!("(+{more}) {now}"),
        // A reversal takes persons out of the count.
        None => format!("(-{}) {now}", before.saturating_sub(now)),
    }
}

fn balance(balance: i64) -> String {
    if balance == 0 { "0".to_owned() } else { format!("{balance:+}") }
}

fn totals(report: &DemoReport) -> Vec<String> {
    let agreed = &report.agreed;
    let agree = report.published.iter().filter(|one| one.agrees).count();
    let killed = if report.kill_survived {
        "was killed half-way: nothing lost, nothing doubled"
    } else {
        "was killed half-way: records LOST OR DOUBLED"
    };
    let verified = if report.verified { "verified, every entry" } else { "NOT VERIFIED" };
    vec![
        format!(
            "agreed      {} returned, {} admitted, balance {}",
            agreed.returned,
            agreed.admitted,
            balance(agreed.balance)
        ),
        format!("published   {agree} of {} figures agree", report.published.len()),
        format!("statements  {} joint of {} weeks", report.joint_statements, report.weeks),
        format!("breaks      {} open", report.breaks),
        format!("logs        {} records in both, {verified}", report.records),
        format!(
            "receipts    {} of GBR's records, {} of FRA's",
            report.receipts.gbr, report.receipts.fra
        ),
        format!("kill -9     GBR's daemon {killed}"),
        format!("took        {:.1} s", report.seconds),
    ]
}

fn next(report: &DemoReport) -> Vec<String> {
    let mut lines = Vec::new();
    if !report.next.is_empty() {
        lines.push("What to look at next:".to_owned());
        lines.extend(report.next.iter().map(|command| format!("  {command}")));
        lines.push(String::new());
    }
    lines.push(format!("Everything is left in {}", report.folder));
    lines
}

#[cfg(test)]
mod tests;
