//! The table of breaks against what the fold finds: owner, evidence and beginning of every break
//! that a season full of faults shows, and of those that no honest daemon brings about.

use std::collections::{BTreeMap, BTreeSet};

use entente::envelope::Role;
use entente::ledger::{Break, Folder, Ledger, Owner};
use entente::names::{Party, Position, RecordId, Timestamp};
use entente::reconcile::{Chain, close_of};
use entente::record::{Body, BreakClass, Content, HeadStartRule, Tally, subject};
use entente::season::{Ending, Season, Size};

use crate::books::Played;
use crate::fixture::{
    TwoSides, UnsafeKey, accept, allocation, approval, at, digest, key_compromised, key_enrolled,
    key_retired, outage, provisions, request, statement, visa, withdrawn,
};
use crate::rows;

/// A row of the table.
struct Row {
    /// What stands as owner, one for each part of the cell.
    owners: Vec<&'static str>,
    /// What the evidence may be: names of kinds, `record` for any, `unknown` for none.
    evidence: Vec<Shown>,
}

/// One form of a break's evidence.
struct Shown {
    kinds: Vec<&'static str>,
    /// What stands in brackets behind it, about the beginning.
    note: &'static str,
}

fn table() -> BTreeMap<&'static str, Row> {
    let row = |cells: Vec<&'static str>| match cells.as_slice() {
        &[_, name, _, owners, evidence, _] => {
            let owners = owners.split("; ").collect();
            (name, Row { owners, evidence: evidence.split("; ").map(shown).collect() })
        }
        short => panic!("{short:?} is no row of the table of breaks"),
    };
    rows("| class | break |").into_iter().map(row).collect()
}

fn shown(text: &'static str) -> Shown {
    let (kinds, note) = text.split_once(" (").unwrap_or((text, ""));
    Shown { kinds: kinds.split(", ").collect(), note: note.trim_end_matches(')') }
}

/// Holds one ledger against the table.
struct Check<'a> {
    table: BTreeMap<&'static str, Row>,
    sides: &'a TwoSides,
    ledger: &'a Ledger,
}

impl Check<'_> {
    /// Where a record stands, or the entry without one that has this leaf hash.
    fn place(&self, id: RecordId) -> Option<(Party, Position)> {
        let books = &self.sides.books;
        books.find(id).or_else(|| {
            let mut all = Party::BOTH.into_iter().flat_map(|party| {
                books.entries(party, Position(0)).map(move |(at, entry)| (party, at, entry.leaf))
            });
            all.find(|(.., leaf)| leaf.as_bytes() == id.as_bytes())
                .map(|(party, at, _)| (party, at))
        })
    }

    fn kind(&self, id: RecordId) -> &'static str {
        let entry = self.place(id).and_then(|(party, at)| self.sides.books.entry(party, at));
        let record = entry.and_then(|entry| entry.record());
        record.map_or("unknown", |record| record.get().kind().name())
    }

    fn author(&self, id: RecordId) -> Option<Party> {
        self.place(id).map(|(party, _)| party)
    }

    /// The time of receipt of a record, or of its approval if it waited for one.
    fn receipts(&self, id: RecordId, class: BreakClass, note: &str) -> Vec<Timestamp> {
        let books = &self.sides.books;
        let Some((party, at)) = self.place(id) else { return Vec::new() };
        let record = books.entry(party, at).and_then(|entry| entry.record());
        let waits = record.is_some_and(|one| one.get().content.needs_approval())
            && class != BreakClass::ApprovalAwaited;
        let mut places = if waits { Vec::new() } else { vec![at] };
        for (position, entry) in books.entries(party, Position(0)).filter(|_| waits) {
            let one = entry.record().map(|one| one.get());
            let approves = |one: &&entente::record::Record| {
                matches!(one.content, Content::Approval(_)) && one.re.contains(&id)
            };
            places.extend(one.filter(approves).map(|_| position));
        }
        let mut times: Vec<Timestamp> =
            places.into_iter().filter_map(|at| books.receipt(party, at)).map(|one| one.1).collect();
        if let Some(newest) = self.ledger.corrected.get(&id).filter(|_| note.contains("newest")) {
            times.extend(self.receipts(*newest, class, ""));
        }
        times
    }

    /// Whether the evidence has this form, and the break its beginning and owner.
    fn fits(&self, one: &Break, shown: &Shown, owners: &[&str]) -> bool {
        let mut found: Vec<&str> = one.evidence.iter().map(|id| self.kind(*id)).collect();
        // What may be any record is looked for last.
        let mut kinds = shown.kinds.clone();
        kinds.sort_by_key(|kind| *kind == "record");
        for kind in &kinds {
            let known = |name: &&str| *name == *kind || (*kind == "record" && *name != "unknown");
            let Some(at) = found.iter().position(known) else { return false };
            found.swap_remove(at);
        }
        let firsts: Vec<RecordId> = one
            .evidence
            .iter()
            .copied()
            .filter(|id| shown.kinds[0] == "record" || self.kind(*id) == shown.kinds[0])
            .collect();
        let shows: &[RecordId] = if shown.note.contains("later") { &one.evidence } else { &firsts };
        let mut receipts = shows.iter().flat_map(|id| self.receipts(*id, one.class, shown.note));
        let begins = if shown.note == "due" {
            one.began.seconds().is_multiple_of(86_400)
        } else {
            receipts.any(|time| time == one.began)
        };
        let authors: Vec<Party> = firsts.iter().filter_map(|id| self.author(*id)).collect();
        let owns = |owner: &str| match one.owner {
            Owner::Both => owner.starts_with("both"),
            Owner::Party(party) => {
                owner.split(' ').next() == Some(party.code())
                    || (owner == "author" && authors.contains(&party))
                    || (owner == "the other" && authors.contains(&party.other()))
            }
        };
        found.is_empty() && begins && owners.iter().any(|owner| owns(owner))
    }

    /// Every class of break that the ledger shows, once each break was held against its row.
    fn classes(&self) -> BTreeSet<BreakClass> {
        for one in self.ledger.breaks.iter() {
            let row = &self.table[one.class.name()];
            let fits = row.evidence.iter().any(|shown| self.fits(one, shown, &row.owners));
            let kinds: Vec<_> = one.evidence.iter().map(|id| self.kind(*id)).collect();
            assert!(fits, "{} of {}, since {}: {kinds:?}", one.class, one.owner, one.began);
        }
        self.ledger.breaks.iter().map(|one| one.class).collect()
    }
}

fn check(sides: &TwoSides, ledger: &Ledger) -> BTreeSet<BreakClass> {
    Check { table: table(), sides, ledger }.classes()
}

/// Entries that no honest daemon writes: one for each rule of form that has a class of its own.
fn unsound() -> BTreeSet<BreakClass> {
    use Party::{Fra, Gbr};
    let mut sides = TwoSides::founded();
    let sound = sides.append(Gbr, request("GB01-1", 0));
    let mut bytes = sides.seal(Fra, &accept(sound)).1;
    *bytes.last_mut().unwrap() ^= 1;
    sides.append_bytes(Fra, bytes);
    sides.append_bytes(Gbr, b"\xa0".to_vec());
    let again = sides.bytes(Gbr)[2].clone();
    sides.append_bytes(Gbr, again);
    let bytes = sides.seal(Fra, &accept(sound)).1;
    sides.append_bytes(Gbr, bytes);
    let other = request("GB01-2", 0);
    let sub = subject(other.kind(), other.case.as_ref());
    let bytes = sides.seal_as(&UnsafeKey::log(Gbr), Gbr, sub.clone(), other.encode()).1;
    sides.append_bytes(Gbr, bytes);
    let working = |party| UnsafeKey::of(party, Role::Caseworker);
    let bytes = sides.seal_as(&working(Gbr), Gbr, sub.clone(), b"\xa0".to_vec()).1;
    sides.append_bytes(Gbr, bytes);
    let mut named = accept(sound).encode();
    let content = named.len() - entente::cbor::encode(&accept(sound).content).len();
    named[content] += 1;
    named.extend([b"\x0f\x81\x58\x20".as_slice(), &[0x5a; 32]].concat());
    let answer = subject(accept(sound).kind(), None);
    let bytes = sides.seal_as(&working(Fra), Fra, answer, named).1;
    sides.append_bytes(Fra, bytes);
    sides.go_to(at("2026-01-02T08:00:00Z"));
    let bytes = sides.seal_as(&UnsafeKey::brief(), Gbr, sub, other.encode()).1;
    sides.append_bytes(Gbr, bytes);
    // A record of tomorrow that is received today.
    sides.go_to(at("2026-01-04T08:00:00Z")).append(Gbr, withdrawn(sound));
    sides.go_to(at("2026-01-03T08:00:00Z")).exchange();
    let ledger = sides.ledger(sides.now);
    check(&sides, &ledger)
}

/// Two weeks of which one side states what is not so, the balance, and the agreement's end.
fn stated() -> BTreeSet<BreakClass> {
    use Party::{Fra, Gbr};
    let provisions = entente::record::Provisions { balance_tolerance: 0, ..provisions() };
    let mut sides = TwoSides::under(provisions);
    sides.admitted(1, "2025-08-07", 3);
    for lies in [
        |body: &mut Body| body.admissions = digest("others"),
        |body: &mut Body| body.closing = Tally::ZERO,
    ] {
        let week = sides.close_week();
        let mut chain = Chain::new(&sides.agreement);
        chain.extend(&sides.agreement, &sides.books, &sides);
        let body = chain.body(week).unwrap();
        let mut false_body = body.clone();
        lies(&mut false_body);
        for (party, body) in [(Gbr, &false_body), (Fra, body)] {
            let (close, _) = close_of(&sides.books, party, week).unwrap();
            sides.append(party, statement(close, body.clone()));
        }
    }
    sides.exchange();
    let ledger = sides.ledger(at("2026-07-01T08:00:00Z"));
    check(&sides, &ledger)
}

/// A key that is compromised, a second retirement that comes too late, and what a retired key
/// signs.
fn of_keys() -> BTreeSet<BreakClass> {
    use Party::Gbr;
    let mut sides = TwoSides::founded();
    let [old, new] = [UnsafeKey::of, UnsafeKey::later].map(|key| key(Gbr, Role::Ledger));
    sides.approved(Gbr, key_enrolled(Role::Ledger, new.certificate()));
    sides.exchange().go_to(at("2025-08-07T08:00:00Z")).exchange();
    let since = "2025-08-07T08:00:00Z";
    let one = sides.append(Gbr, key_compromised(old.kid(), since));
    let other = sides.append(Gbr, key_retired(new.kid()));
    sides.append(Gbr, approval(one));
    sides.append(Gbr, approval(other));
    // Its own daemon signs on with the key that is gone.
    sides.entangle(Gbr);
    sides.entangle(Party::Fra);
    let ledger = sides.ledger(sides.now);
    check(&sides, &ledger)
}

/// What no season has: a reference to nothing, a request after the end, visas ahead of returns, and
/// an answer that an outage held up.
fn staged() -> BTreeSet<BreakClass> {
    use Party::{Fra, Gbr};
    let provisions = entente::record::Provisions {
        head_start: 0,
        head_start_rule: HeadStartRule::Flag,
        ..provisions()
    };
    let mut sides = TwoSides::under(provisions);
    sides.append(Gbr, visa("GB13-1", 1, 0, "2025-12-31"));
    sides.append(Gbr, withdrawn(RecordId::new(*digest("nothing").as_bytes())));
    let asked = sides.append(Gbr, request("GB01-1", 0));
    sides.exchange().go_to(at("2025-08-20T08:00:00Z"));
    sides.append(Fra, accept(asked));
    sides.append(Gbr, outage("2025-08-19T00:00:00Z", None));
    sides.go_to(at("2026-07-01T08:00:00Z")).exchange();
    sides.append(Gbr, allocation("GB11-1", 5));
    sides.exchange();
    let ledger = sides.ledger(sides.now);
    check(&sides, &ledger)
}

#[test]
fn every_break_has_the_owner_the_evidence_and_the_beginning_of_its_row() {
    let size = Size { cases: 400, weeks: 40, ending: Ending::YearEnd };
    let season = Season::generate(size, 1, 700).unwrap();
    let mut found = staged();
    found.extend(unsound());
    found.extend(stated());
    let mut folder = None;
    Played::of(&season, |played, week| {
        let agreement = &played.sides.agreement;
        let folder = folder.get_or_insert_with(|| Folder::new(agreement));
        let ledger = folder.ledger(&played.sides.books, played.sides.books.all(), week.end());
        found.extend(check(&played.sides, &ledger));
    });
    found.extend(of_keys());
    assert_eq!(found, BreakClass::ALL.iter().copied().collect());
}

/// The check itself refuses what the table does not say.
#[test]
fn a_break_of_another_owner_evidence_or_beginning_does_not_fit() {
    let mut sides = TwoSides::founded();
    let asked = sides.append(Party::Gbr, request("GB01-1", 0));
    sides.exchange().go_to(at("2025-09-20T08:00:00Z"));
    let came = sides.append(Party::Fra, accept(asked));
    sides.exchange();
    let ledger = sides.ledger(sides.now);
    let it = Check { table: table(), sides: &sides, ledger: &ledger };
    let late = ledger.breaks.iter().find(|one| one.class == BreakClass::LateAnswer).unwrap();
    let row = &it.table["late-answer"];
    let fits = |one: &Break| row.evidence.iter().any(|shown| it.fits(one, shown, &row.owners));
    assert!(fits(late));
    for other in [
        Break { owner: Owner::Party(Party::Gbr), ..late.clone() },
        Break { owner: Owner::Both, ..late.clone() },
        Break { began: late.began.plus(1), ..late.clone() },
        Break { evidence: vec![came], ..late.clone() },
        Break { evidence: vec![asked], ..late.clone() },
    ] {
        assert!(!fits(&other), "{other:?}");
    }
}
