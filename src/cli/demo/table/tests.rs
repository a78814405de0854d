//! The text of a report, whole and in its parts.

use super::*;
use crate::cli::demo::{Balance, Receipts, Season};

/// A report in which all went well.
fn report() -> DemoReport {
    let season = Season::published().unwrap();
    let row = |week: crate::names::Week| {
        let (returned, admitted) = season.totals_at(week.monday().plus(6));
        WeekRow::of(week, returned, admitted, true)
    };
    let published = season.figures().iter().map(|figure| {
        PublishedRow::of(figure, &[season.totals_at(figure.date), season.totals_at(figure.date)])
    });
    DemoReport {
        records: 1742,
        weeks: 33,
        joint_statements: 33,
        breaks: 0,
        agreed: Balance::of(377, 380),
        published: published.collect(),
        receipts: Receipts { gbr: 763, fra: 477 },
        kill_survived: true,
        seconds: 41.26,
        verified: true,
        by_week: season.weeks().map(row).collect(),
        folder: "/tmp/entente-demo".to_owned(),
        next: vec!["entente status --config /tmp/entente-demo/gbr/entente.toml".to_owned()],
    }
}

/// The line of the table that begins with this week.
fn line_of(text: &str, week: &str) -> String {
    let line = text.lines().find(|line| line.trim_start().starts_with(week)).unwrap();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_report_fits_eighty_columns_and_needs_no_colours() {
    let mut worst = report();
    worst.by_week.iter_mut().for_each(|row| row.joint = false);
    worst.published.iter_mut().for_each(|row| row.agrees = false);
    worst.kill_survived = false;
    worst.verified = false;
    worst.next.clear();
    for report in [report(), worst] {
        let text = render(&report);
        for line in text.lines().filter(|line| !line.contains(&report.folder)) {
            assert!(line.chars().count() <= 80, "{}: {line}", line.chars().count());
            assert_eq!(line, line.trim_end());
        }
        assert!(text.ends_with('\n') && !text.contains('\u{1b}'));
        // No row of the table takes two lines.
        let rule = text.lines().position(|line| line.starts_with('─')).unwrap();
        assert_eq!(text.lines().nth(rule + 1 + report.by_week.len()), Some(""));
    }
}

#[test]
fn each_published_figure_stands_at_the_week_in_which_it_falls() {
    let text = render(&report());
    for (week, figure) in [
        ("2025-W42", "2025-10-19 42/– agrees"),
        ("2025-W45", "2025-11-05 94/57 agrees"),
        ("2025-W50", "2025-12-14 153/141 agrees"),
        ("2026-W04", "2026-01-25 193/195 agrees"),
        ("2026-W08", "2026-02-22 281/350 agrees"),
        ("2026-W12", "2026-03-22 377/380 agrees"),
    ] {
        let line = line_of(&text, week);
        assert!(line.ends_with(figure), "{line}");
    }
    assert_eq!(text.matches(" agrees\n").count(), 6);
    assert!(text.contains("published   6 of 6 figures agree"));
}

#[test]
fn a_figure_that_differs_says_so_in_a_word() {
    let mut report = report();
    report.published[1].agrees = false;
    let text = render(&report);
    assert!(line_of(&text, "2025-W45").ends_with("2025-11-05 94/57 DIFFERS"));
    assert!(line_of(&text, "2025-W42").ends_with("agrees"));
    assert!(text.contains("published   5 of 6 figures agree"));
}

#[test]
fn totals_are_shown_with_what_the_week_added_and_the_balance_with_its_sign() {
    let mut report = report();
    let mut weeks = report.by_week.iter().map(|row| row.week);
    let mut row =
        |returned, admitted, joint| WeekRow::of(weeks.next().unwrap(), returned, admitted, joint);
    report.by_week = vec![row(0, 0, true), row(5, 0, true), row(5, 8, true), row(4, 4, false)];
    let text = render(&report);
    for (week, line) in [
        ("2025-W32", "2025-W32 0 0 0 joint"),
        ("2025-W33", "2025-W33 (+5) 5 0 +5 joint"),
        ("2025-W34", "2025-W34 5 (+8) 8 -3 joint"),
        ("2025-W35", "2025-W35 (-1) 4 (-4) 4 0 NOT joint"),
    ] {
        assert_eq!(line_of(&text, week), line);
    }
}

#[test]
fn what_failed_is_said_in_words() {
    let good = render(&report());
    for bad in ["LOST", "NOT VERIFIED", "NOT joint", "DIFFERS"] {
        assert!(!good.contains(bad), "{bad}");
    }
    let bad = render(&DemoReport { kill_survived: false, verified: false, breaks: 3, ..report() });
    for word in ["LOST OR DOUBLED", "NOT VERIFIED", "breaks      3 open"] {
        assert!(bad.contains(word), "{word}");
    }
}

#[test]
fn the_reader_is_told_that_the_season_is_constructed_and_where_to_look_next() {
    let text = render(&report());
    assert!(text.contains("The season is constructed"));
    let next = "  entente status --config /tmp/entente-demo/gbr/entente.toml\n";
    assert!(text.contains(next), "{text}");
    assert!(text.ends_with("\nEverything is left in /tmp/entente-demo\n"), "{text}");
    assert!(!render(&DemoReport { next: Vec::new(), ..report() }).contains("look at next"));
}

#[test]
fn the_json_has_the_keys_that_scripts_rely_on() {
    let json = serde_json::to_value(report()).unwrap();
    for (pointer, value) in [
        ("/records", "1742"),
        ("/weeks", "33"),
        ("/joint_statements", "33"),
        ("/breaks", "0"),
        ("/agreed/returned", "377"),
        ("/agreed/admitted", "380"),
        ("/agreed/balance", "-3"),
        ("/published/0/date", "\"2025-10-19\""),
        ("/published/0/admitted", "null"),
        ("/published/1/admitted", "57"),
        ("/published/1/returned", "94"),
        ("/published/1/agrees", "true"),
        ("/receipts/GBR", "763"),
        ("/receipts/FRA", "477"),
        ("/kill_survived", "true"),
        ("/seconds", "41.26"),
        ("/by_week/0/week", "\"2025-W32\""),
        ("/by_week/32/balance", "-3"),
    ] {
        assert_eq!(json.pointer(pointer).unwrap().to_string(), value, "{pointer}");
    }
    assert_eq!(serde_json::from_value::<DemoReport>(json).unwrap(), report());
}
