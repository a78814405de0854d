//! The screen, letter by letter.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use super::*;
use crate::{
    ledger::{
        Subject, What,
        fixture::{
            TwoSides, accept, approval, arrival, at, correction, departure, notice, postponed,
            refuse, request, reversal, season,
        },
    },
    names::{
        Party::{Fra, Gbr},
        RecordId,
    },
    record::PostponementReason,
};

#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn screen(sides: &TwoSides, what: What, record: RecordId, as_of: &str) -> Option<String> {
    let (ledger, now) = (sides.ledger(at(as_of)), at(as_of));
    let subject = Subject { what, record };
    let story = ledger.story(&sides.books, sides.books.all(), now, subject)?;
    let screen = Screen::default();
    let mut out = Output::captured(screen.clone(), screen.clone());
    tell(&mut out, &story);
    out.finish(Exit::Good);
    let bytes = screen.0.lock().unwrap().clone();
    Some(String::from_utf8(bytes).unwrap())
}

/// The screen with dots for the digits of ids.
fn without_ids(screen: &str) -> String {
    let is_id = |word: &str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let word = |word: &str| {
        let (bare, rest) = word.strip_suffix(':').map_or((word, ""), |bare| (bare, ":"));
        if is_id(bare) { format!("........{rest}") } else { word.to_owned() }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    screen.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Put off once, gone and come; France corrects its number, and withdraws nothing.
fn eventful() -> (TwoSides, RecordId) {
    let mut it = TwoSides::founded();
    it.go_to(at("2025-08-07T09:00:00Z"));
    let asked = it.append(Gbr, request("GB01-000001", 2));
    it.exchange();
    let accepted = it.append(Fra, accept(asked));
    it.go_to(at("2025-08-08T09:00:00Z")).exchange();
    let first = it.append(Gbr, notice("GB04-000001", &[accepted], "2025-08-12", 3));
    it.exchange();
    it.append(Gbr, postponed(&[first], PostponementReason::SuspensiveRemedy));
    let second = it.append(Gbr, notice("GB04-000002", &[accepted], "2025-08-13", 3));
    it.exchange();
    it.go_to(at("2025-08-13T09:00:00Z"));
    let left = it.append(Gbr, departure(second, "2025-08-13", 3));
    it.exchange();
    it.go_to(at("2025-08-13T23:58:00Z"));
    let came = it.append(Fra, arrival(left, "2025-08-13", 3));
    it.go_to(at("2025-08-14T07:00:00Z")).exchange();
    let correction = it.append(Fra, correction(came, arrival(left, "2025-08-13", 2)));
    it.append(Fra, approval(correction));
    it.exchange();
    it.append(Gbr, reversal(came));
    (it, asked)
}

const EVENTFUL: &str = "\
GB01-000001  return case: 3 persons, protection-claim, arrived 2025-08-06

state        returned since 2025-08-13
counts       by GB04-000002: 3 persons in 2025-W33 (claimed: GBR 3, FRA 2)
             because correction signed by France only: 3 still counts
to act       GBR, on the breaks below
together     transport GB04-000001: 3 persons, to FRCDG on 2025-08-12: put-off
             transport GB04-000002: 3 persons, to FRCDG on 2025-08-13: arrived

limits       request   GBR  by 2025-08-20  met on 2025-08-07
             answer    FRA  by 2025-08-21  met on 2025-08-08
             transfer  GBR  by 2025-11-06  met on 2025-08-13

breaks       GBR   correction-one-sided          6-30 days  ........
                   The other side consents to the correction, or corrects its own record.
             GBR   approval-awaited               0-2 days  ........
                   An officer of the author approves or rejects it: `entente approve`.

signed            received     entry      what it says                                      record
2025-08-07 09:00        09:02  GBR:2      asks to readmit 3 persons: protection-claim,      ........
                                            arrived 2025-08-06
2025-08-07 09:03  08-08 09:00  FRA:3      accepts                                           ........
2025-08-08 09:02        09:04  GBR:5      announces 3 persons by air, GBLHR to FRCDG on     ........
                                            2025-08-12
2025-08-08 09:05        09:08  GBR:7      puts off: suspensive-remedy                       ........
2025-08-08 09:06        09:08  GBR:8      announces 3 persons by air, GBLHR to FRCDG on     ........
                                            2025-08-13
2025-08-13 09:00        09:02  GBR:10     3 persons left GBLHR on 2025-08-13                ........
2025-08-13 23:58  08-14 07:00  FRA:8      3 persons arrived at FRCDG on 2025-08-13          ........
                                            [corrected]
2025-08-14 07:02        07:04  FRA:10     corrects ........: 2 persons arrived at FRCDG on  ........
                                            2025-08-13
2025-08-14 07:03        07:04  FRA:11     an officer approves ........                      ........
2025-08-14 07:06  in transit   GBR:14     reverses ........: wrongly-transferred            ........
                                            [awaits approval]";

#[test]
fn an_eventful_case_fits_one_screen() {
    let (it, asked) = eventful();
    let shown = screen(&it, What::ReturnCase, asked, "2025-08-20T12:00:00Z").unwrap();
    assert_eq!(without_ids(&shown), EVENTFUL);
}

#[test]
fn no_line_is_longer_than_a_hundred_letters_whatever_happened() {
    let lots: Vec<(u8, u8)> = (0..=255).map(|lot: u8| (lot.wrapping_mul(37), lot)).collect();
    let mut it = season(&lots);
    let asked = it.append(Gbr, request("GB01P-12345678901234567890", 65_000));
    it.append(Fra, refuse(asked));
    let as_of = "2025-10-01T00:00:00Z";
    let ledger = it.ledger(at(as_of));
    let mut shown = 0;
    for (_, entry) in it.books.entries(Gbr, crate::names::Position(0)) {
        let Some(record) = entry.id() else { continue };
        for what in What::ALL {
            let Some(text) = screen(&it, *what, record, as_of) else { continue };
            shown += 1;
            assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        }
    }
    let things = ledger.cases.len() + ledger.visas.len() + ledger.transports.len();
    assert!(shown >= things && things > 0, "{shown} of {things}");
}

#[test]
fn every_owner_of_a_break_is_named_by_itself() {
    let (it, asked) = eventful();
    let now = at("2025-08-20T12:00:00Z");
    let subject = Subject { what: What::ReturnCase, record: asked };
    let mut story = it.ledger(now).story(&it.books, it.books.all(), now, subject).unwrap();
    assert_eq!(acts(&story), ["GBR, on the breaks below"]);
    story.breaks[0].found.owner = Owner::Party(Fra);
    assert_eq!(acts(&story), ["GBR, on the break below", "FRA, on the break below"]);
    story.breaks[0].found.owner = Owner::Both;
    assert_eq!(acts(&story), ["GBR, on the break below", "GBR and FRA, on the break below"]);
    story.acts = None;
    assert_eq!(acts(&story), ["nobody"]);
}
