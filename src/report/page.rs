//! The page of a joint statement: all that its certificate shows, for people, to be printed.
//!
//! It is one file of its own: no script, and nothing that is fetched from anywhere. Everything on
//! it comes from a certificate that was checked.

use std::{
    cmp::Ordering,
    fmt::{self, Write},
};

use super::escaped;
use crate::{
    names::{Party, PerParty},
    reconcile::{CheckedCertificate, CheckedSide},
    record::{Body, BreakCount, Movement, Pipeline, Tally},
};

/// Black on white, on A4, without a line that breaks in two.
const STYLE: &str = "\
@page { size: A4; margin: 16mm 15mm; }
* { box-sizing: border-box; }
body { max-width: 180mm; margin: 8mm auto; font: 9.5pt/1.35 'DejaVu Sans', Arial, sans-serif;
  color: #000; background: #fff; }
h1 { font-size: 18pt; margin: 0 0 1mm; }
h2 { font-size: 12pt; margin: 5mm 0 1.5mm; border-bottom: 0.3mm solid #000; break-after: avoid; }
h3 { font-size: 10pt; margin: 4mm 0 1mm; break-after: avoid; }
p { margin: 0 0 2mm; }
table { border-collapse: collapse; width: 100%; break-inside: avoid; }
th, td { padding: 0.8mm 2mm; border-bottom: 0.1mm solid #666; text-align: right; }
th:first-child, td:first-child { text-align: left; }
thead th { border-bottom: 0.3mm solid #000; }
tr.sum td, tr.sum th { font-weight: bold; border-top: 0.3mm solid #000; }
table.facts th { width: 38mm; font-weight: normal; vertical-align: top; }
table.facts td { text-align: left; }
code, pre { font: 7pt/1.4 'DejaVu Sans Mono', monospace; overflow-wrap: anywhere; }
pre { margin: 1mm 0; padding: 2mm; border: 0.1mm solid #666; white-space: pre-wrap;
  break-inside: avoid; }
.rehearsal { border: 0.8mm solid #000; padding: 2mm; margin: 0 0 5mm; text-align: center;
  font-size: 12pt; font-weight: bold; }
.across { position: fixed; top: 40%; left: 0; right: 0; text-align: center; font-size: 84pt;
  font-weight: bold; color: rgba(0, 0, 0, 0.08); transform: rotate(-30deg); z-index: -1; }
@media print { body { max-width: none; margin: 0; } }
";

/// The page, whose certificate is the file of this name.
#[must_use]
pub fn page(checked: &CheckedCertificate, file: &str) -> String {
    let mut html = String::new();
    // Writing to a String never fails.
    let _always = write(&mut html, checked, file);
    html
}

fn write(to: &mut String, checked: &CheckedCertificate, file: &str) -> fmt::Result {
    let (body, terms) = (checked.body(), checked.terms());
    let title = format!("Joint statement {} of week {}", body.number, body.week);
    writeln!(to, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(to, "<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>")?;
    if terms.rehearsal {
        writeln!(to, "<div class=\"across\">REHEARSAL</div>")?;
        let words = "REHEARSAL: under these terms nothing is in earnest";
        writeln!(to, "<div class=\"rehearsal\">{words}</div>")?;
    }
    writeln!(to, "<h1>{title}</h1>")?;
    writeln!(to, "<p>{}</p>", escaped(&terms.title))?;
    head(to, checked)?;
    figures(to, body)?;
    pipeline(to, &body.pipeline)?;
    breaks(to, &body.breaks)?;
    national(to, checked.sides())?;
    for party in Party::BOTH {
        side(to, party, checked)?;
    }
    how_to_check(to, file)?;
    writeln!(to, "</body>\n</html>")
}

/// The digest is not put into the command: one that is taken from a forged page would bear out its
/// forged certificate.
fn how_to_check(to: &mut String, file: &str) -> fmt::Result {
    writeln!(to, "<h2>How to check this</h2>")?;
    writeln!(
        to,
        "<p>This page proves nothing by itself. Beside it lies the certificate, one file that \
         holds what both sides signed, the terms, and every proof. Whoever knows the agreement's \
         digest checks all of it offline. Take DIGEST from your own files, never from this page or \
         from whoever gave it to you:</p>"
    )?;
    let check = format!("entente statement check {file} --digest DIGEST");
    writeln!(to, "<pre>{}</pre>", escaped(&check))?;
    writeln!(
        to,
        "<p>No certificate shows that the figures follow from the records, that neither side \
         stated the week before in other words, or that the receipt shown is the first. That takes \
         both logs.</p>"
    )
}

/// A name and what it stands for, in a table of such.
fn fact(to: &mut String, name: &str, value: &str) -> fmt::Result {
    writeln!(to, "<tr><th>{name}</th><td>{value}</td></tr>")
}

fn code(value: impl fmt::Display) -> String {
    format!("<code>{}</code>", escaped(&value.to_string()))
}

fn head(to: &mut String, checked: &CheckedCertificate) -> fmt::Result {
    let body = checked.body();
    let (monday, sunday) = (body.week.monday(), body.week.monday().plus(6));
    writeln!(to, "<table class=\"facts\">")?;
    fact(to, "Agreement", &code(checked.agreement()))?;
    let days = format!("{}: Monday {monday} to Sunday {sunday}, UTC", body.week);
    fact(to, "Week", &days)?;
    fact(to, "Number", &body.number.to_string())?;
    fact(to, "Both sides signed", &code(body.digest()))?;
    let before = body.previous.map_or_else(|| "none: this is the first".to_owned(), code);
    fact(to, "Statement before", &before)?;
    for (party, cut) in [(Party::Gbr, &body.gbr), (Party::Fra, &body.fra)] {
        let name = format!("Log of {party}");
        let (size, origin) = (cut.size, escaped(&cut.origin));
        fact(to, &name, &format!("{size} entries of {origin}<br>root {}", code(cut.root)))?;
    }
    writeln!(to, "</table>")
}

/// Persons in one direction on whom both logs agree.
type Agreed = fn(&Tally) -> u64;

fn figures(to: &mut String, body: &Body) -> fmt::Result {
    writeln!(to, "<h2>Persons</h2>")?;
    writeln!(
        to,
        "<p>Agreed is what both logs bear out; beside it stands what each side's own records \
         claim. All figures are persons since entry into force.</p>"
    )?;
    writeln!(to, "<table>\n<thead><tr><th></th>")?;
    for direction in ["Returned", "Admitted"] {
        for way in [direction, "by GBR", "by FRA"] {
            writeln!(to, "<th>{way}</th>")?;
        }
    }
    writeln!(to, "</tr></thead>\n<tbody>")?;
    row(to, "Opening", &body.opening, ("", true))?;
    for Movement { week, counted, uncounted } in &body.movements {
        row(to, &format!("Counted, of {week}"), counted, ("+", false))?;
        if *uncounted != Tally::ZERO {
            row(to, &format!("No longer, of {week}"), uncounted, ("\u{2212}", false))?;
        }
    }
    row(to, "Closing", &body.closing, ("", true))?;
    writeln!(to, "</tbody></table>\n<h3>Roll-forward of what is agreed</h3>")?;
    writeln!(to, "<table>\n<thead><tr><th></th><th>Opening</th><th>+ in</th>")?;
    writeln!(to, "<th>\u{2212} out</th><th>= Closing</th></tr></thead>\n<tbody>")?;
    let returned: Agreed = |one| one.returned.agreed;
    let admitted: Agreed = |one| one.admitted.agreed;
    for (name, of) in [("Returned", returned), ("Admitted", admitted)] {
        let sum = |part: fn(&Movement) -> &Tally| -> u64 {
            body.movements.iter().map(|one| of(part(one))).fold(0, u64::saturating_add)
        };
        let (counted, uncounted) = (sum(|one| &one.counted), sum(|one| &one.uncounted));
        let (opening, closing) = (of(&body.opening), of(&body.closing));
        writeln!(to, "<tr><td>{name}</td><td>{opening}</td><td>{counted}</td>")?;
        writeln!(to, "<td>{uncounted}</td><td>{closing}</td></tr>")?;
    }
    let closing = &body.closing;
    let (back, across) = (closing.returned.agreed, closing.admitted.agreed);
    let sign = match back.cmp(&across) {
        Ordering::Less => "\u{2212}",
        Ordering::Equal => "",
        Ordering::Greater => "+",
    };
    let balance = format!("{sign}{}", back.abs_diff(across));
    writeln!(to, "<tr class=\"sum\"><td>Balance: returned less admitted</td>")?;
    writeln!(to, "<td></td><td></td><td></td><td>{balance}</td></tr>\n</tbody></table>")
}

fn row(to: &mut String, name: &str, tally: &Tally, (sign, sum): (&str, bool)) -> fmt::Result {
    writeln!(to, "<tr{}><td>{name}</td>", if sum { " class=\"sum\"" } else { "" })?;
    for three in [&tally.returned, &tally.admitted] {
        for count in [three.agreed, three.gbr, three.fra] {
            let sign = if count == 0 { "" } else { sign };
            write!(to, "<td>{sign}{count}</td>")?;
        }
    }
    writeln!(to, "</tr>")
}

fn pipeline(to: &mut String, one: &Pipeline) -> fmt::Result {
    writeln!(to, "<h2>Under way</h2>\n<p>Beside the balance, never in it.</p>\n<table><tbody>")?;
    for (name, count) in [
        ("Requested, not answered", one.requested),
        ("Accepted, no transport announced", one.accepted),
        ("Transport announced", one.notified),
        ("Departed, no word of arrival", one.in_transit),
        ("Holding a visa that can still be used", one.visas_outstanding),
        ("of these, one that lapses within 14 days", one.lapsing_soon),
        ("In movements over which the two sides differ", one.disputed),
    ] {
        writeln!(to, "<tr><td>{name}</td><td>{count}</td></tr>")?;
    }
    writeln!(to, "</tbody></table>")
}

fn breaks(to: &mut String, open: &[BreakCount]) -> fmt::Result {
    writeln!(to, "<h2>Open breaks</h2>")?;
    if open.is_empty() {
        return writeln!(to, "<p>None.</p>");
    }
    writeln!(
        to,
        "<table>\n<thead><tr><th>Class</th><th>Age in days</th><th>Open</th></tr></thead>"
    )?;
    writeln!(to, "<tbody>")?;
    for BreakCount { class, age, count } in open {
        writeln!(to, "<tr><td>{class}</td><td>{age}</td><td>{count}</td></tr>")?;
    }
    writeln!(to, "</tbody></table>")
}

/// What stands beside the body, and is each side's own word.
fn national(to: &mut String, sides: &PerParty<CheckedSide>) -> fmt::Result {
    writeln!(to, "<h2>By each side's own national system</h2>")?;
    writeln!(to, "<p>Persons since entry into force; no part of what both signed.</p>")?;
    writeln!(to, "<table>\n<thead><tr><th></th><th>Returned</th><th>Admitted</th></tr></thead>")?;
    writeln!(to, "<tbody>")?;
    for party in Party::BOTH {
        write!(to, "<tr><td>{party}</td>")?;
        match &sides.of(party).national {
            Some(one) => writeln!(to, "<td>{}</td><td>{}</td></tr>", one.returned, one.admitted)?,
            None => writeln!(to, "<td>not given</td><td>not given</td></tr>")?,
        }
    }
    writeln!(to, "</tbody></table>")
}

fn side(to: &mut String, party: Party, checked: &CheckedCertificate) -> fmt::Result {
    let (one, terms) = (checked.sides().of(party), checked.terms().party(party));
    writeln!(to, "<h2>Signed by {party}</h2>\n<table class=\"facts\">")?;
    fact(to, "Statement", &code(one.record))?;
    fact(to, "Signing key", &format!("{} of {}", code(one.key), escaped(&terms.issuer)))?;
    fact(to, "Position", &format!("{} of its log", one.position))?;
    fact(to, "Signed at", &format!("{}, by its own clock", one.signed_at))?;
    let received = format!("{} at the latest, by the clock of {}", one.received, party.other());
    fact(to, "Received at", &received)?;
    fact(to, "Computed by", &code(&one.software))?;
    writeln!(to, "</table>")?;
    let other = party.other();
    writeln!(to, "<h3>Checkpoint of {party} over {} entries, cosigned by {other}</h3>", one.size)?;
    writeln!(to, "<pre>{}</pre>", escaped(&one.checkpoint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{names::RecordId, reconcile::certified};

    #[test]
    fn a_page_says_all_that_its_certificate_shows_and_fetches_nothing() {
        let checked = certified("Agreement <of> the \"tests\" & \u{202e}others");
        let page = page(&checked, "ENTENTE-1-2025-W32.cbor");
        let digest = checked.body().digest().to_string();
        let ids: Vec<RecordId> =
            Party::BOTH.into_iter().map(|party| checked.sides().of(party).record).collect();
        for wanted in [
            "Joint statement 1 of week 2025-W32",
            "Monday 2025-08-04 to Sunday 2025-08-10, UTC",
            "Agreement &lt;of&gt; the &quot;tests&quot; &amp; \\u{202e}others",
            "<tr class=\"sum\"><td>Closing</td>\n<td>3</td><td>3</td><td>3</td>",
            "<tr><td>Returned</td><td>0</td><td>3</td>\n<td>0</td><td>3</td></tr>",
            "REHEARSAL: under these terms nothing is in earnest",
            "<pre>entente statement check ENTENTE-1-2025-W32.cbor --digest DIGEST</pre>",
            "Take DIGEST from your own files",
            " at the latest, by the clock of ",
            "neither side stated the week before in other words",
            "the receipt shown is the first",
            "<td>+3</td>",
            &digest,
            &ids[0].to_string(),
            &ids[1].to_string(),
            &checked.agreement().to_string(),
        ] {
            assert!(page.contains(wanted), "{wanted}: {page}");
        }
        for note in Party::BOTH.map(|party| &checked.sides().of(party).checkpoint) {
            assert!(page.contains(&escaped(note)), "{note}");
        }
        for line in page.lines().filter(|line| line.contains("--digest")) {
            assert!(!line.contains(&checked.agreement().to_string()), "{line}");
        }
        for fetched in ["http:", "src=", "href=", "url(", "<script", "@import"] {
            assert!(!page.contains(fetched), "{fetched}");
        }
    }
}
