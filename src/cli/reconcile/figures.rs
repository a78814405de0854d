//! A week's body as a table for people: every figure three ways, and the pipeline beside it.

use comfy_table::{CellAlignment, Table, presets};

use crate::{
    reconcile::Interim,
    record::{Body, BreakCount, Movement, Pipeline, Tally},
};

/// The figures of a body: opening, movements, closing, then pipeline and breaks.
#[must_use]
pub fn figures(body: &Body) -> String {
    let table = table(&body.opening, &body.movements, &body.closing);
    format!("{table}\n\n{}\n{}", pipeline(&body.pipeline), breaks(&body.breaks))
}

/// The same of an interim view.
pub(in crate::cli) fn interim_figures(view: &Interim) -> String {
    let table = table(&view.opening, &view.movements, &view.closing);
    format!("{table}\n\n{}\n{}", pipeline(&view.pipeline), breaks(&view.breaks))
}

fn table(opening: &Tally, movements: &[Movement], closing: &Tally) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_MARKDOWN)
        .set_header(["persons", "returned", "by GBR", "by FRA", "admitted", "by GBR", "by FRA"]);
    let mut row = |name: String, tally: &Tally, sign: &str| {
        let both = [&tally.returned, &tally.admitted];
        let cells = both.into_iter().flat_map(|three| [three.agreed, three.gbr, three.fra]);
        let cells =
            cells.map(|count| if count == 0 { "0".into() } else { format!("{sign}{count}") });
        table.add_row(std::iter::once(name).chain(cells));
    };
    row("opening".to_owned(), opening, "");
    for one in movements {
        row(format!("counted, of {}", one.week), &one.counted, "+");
        if one.uncounted != Tally::ZERO {
            row(format!("no longer, of {}", one.week), &one.uncounted, "-");
        }
    }
    row("closing".to_owned(), closing, "");
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Persons under way; beside the balance, never in it.
fn pipeline(one: &Pipeline) -> String {
    format!(
        "under way: {} requested, {} accepted, {} notified, {} in transit; {} hold visas ({} of \
         them lapse soon); {} in disputed movements",
        one.requested,
        one.accepted,
        one.notified,
        one.in_transit,
        one.visas_outstanding,
        one.lapsing_soon,
        one.disputed,
    )
}

fn breaks(open: &[BreakCount]) -> String {
    if open.is_empty() {
        return "breaks: none".to_owned();
    }
    let shown = |one: &BreakCount| format!("{} {} ({} days)", one.count, one.class, one.age);
    format!("breaks: {}", open.iter().map(shown).collect::<Vec<_>>().join(", "))
}
