//! Whole seasons, exchanged by two scribes: each side's own store gives the same ledger, byte for
//! byte, at a hundred cut-offs, whether it was folded step by step or from the beginning; and every
//! fault that was planted is found, and nothing else.
//!
//! `ENTENTE_SEASON_CASES` sets the size; ten thousand belong into a release build.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    pair::{Closed, Pair},
    side::{logged, submission, terms},
};
use crate::{
    daemon::scribe::{Command, State},
    envelope::{Algorithm, Claims, Draft, Header, Role},
    ledger::{
        Agreement, Books, Folder, Owner, View,
        fixture::{UnsafeKey, officer},
        fold, points_to,
    },
    names::{Hash, Party, PerParty, Position, RecordId, Size, SubmissionId, Timestamp, sha256},
    reconcile::{Closing, closing},
    record::{BreakClass, Record, Terms, subject},
    season::{self, Act, Ending, Ids, Season, Step},
};

const CUT_OFFS: usize = 100;

/// A season that was played, with the views at which both sides are compared.
struct Played {
    pair: Pair,
    ids: Ids,
    views: Vec<(View, Timestamp)>,
}

fn agreement() -> Arc<Agreement> {
    let provisions = season::provisions().unwrap();
    Arc::new(Agreement::open(Terms { provisions, ..terms() }).unwrap())
}

/// Plays a season; after each step both sides talk until they have nothing more to say.
fn play(season: &Season) -> Played {
    let mut pair = Pair::founded_under(agreement());
    pair.connect();
    assert_eq!(pair.settle(), Closed::default());
    let mut ids = Ids::founded(pair.agreement_record(Party::Gbr));
    let mut views = Vec::new();
    for step in season.steps() {
        pair.now = step.time().seconds();
        match step {
            Step::Submit { acts, .. } => {
                for act in acts {
                    let id = sign(&mut pair, act, &ids);
                    ids.learn(act.label, id);
                }
            }
            Step::WeekEnd { week, .. } => {
                for party in Party::BOTH {
                    let now = pair.now;
                    pair.side(party).close_week(now, *week).unwrap();
                }
                assert_eq!(pair.settle(), Closed::default());
                for party in Party::BOTH {
                    let now = pair.now;
                    pair.side(party).state_week(now, *week).unwrap();
                }
            }
        }
        assert_eq!(pair.settle(), Closed::default());
        let view = evident(pair.of(Party::Gbr).books());
        views.push((view, Timestamp::new(pair.now)));
    }
    Played { pair, ids, views }
}

/// One act becomes a record: submitted, or signed by an officer.
fn sign(pair: &mut Pair, act: &Act, ids: &Ids) -> RecordId {
    let record = act.record(ids).unwrap();
    let now = pair.now;
    if act.signer == Role::Officer {
        let bytes = officers(pair, act.party, &act.key(), &record);
        let side = pair.side(act.party);
        return logged(side.ask(now, |reply| Command::Envelope { bytes, reply }));
    }
    let submission = Box::new(submission(&act.key(), record));
    let answer = pair.side(act.party).ask(now, |reply| Command::Submit { submission, reply });
    match answer {
        Ok(_) => logged(answer),
        Err(refused) => panic!("{act:?}: {refused}"),
    }
}

pub(super) fn officers(pair: &Pair, party: Party, key: &str, record: &Record) -> Vec<u8> {
    officers_with(&officer(party), pair, party, key, record)
}

/// What an officer signs now, with any key.
pub(super) fn officers_with(
    officer: &UnsafeKey,
    pair: &Pair,
    party: Party,
    key: &str,
    record: &Record,
) -> Vec<u8> {
    let claims = Claims {
        iss: pair.agreement.terms().party(party).issuer.clone(),
        sub: subject(record.kind(), record.case.as_ref()),
        aud: pair.agreement.audience(),
        iat: Timestamp::new(pair.now),
        cti: SubmissionId::from_slice(&sha256(key.as_bytes())[..SubmissionId::LEN]).unwrap(),
    };
    let thumbprint = Hash::new(sha256(officer.certificate()));
    let kid = officer.public_key().id();
    let header = Header::new(Algorithm::Ed25519, kid, claims, thumbprint).unwrap();
    let draft = Draft::new(&header, record.encode()).unwrap();
    let signature = officer.sign(&draft.to_sign());
    draft.seal(signature)
}

/// The largest view of which all is received, and in which nothing points beyond it.
fn evident(books: &Books) -> View {
    let covered = |party: Party| {
        let own = books.size(party.other());
        books.entangled_within(party.other(), own).unwrap_or(Size(0))
    };
    let mut view = View { gbr: covered(Party::Gbr), fra: covered(Party::Fra) };
    loop {
        let mut cut = view;
        for party in Party::BOTH {
            let other = view.size(party.other());
            let beyond = books
                .entries(party, Position(0))
                .take_while(|(position, _)| view.size(party).covers(*position))
                .find(|(at, entry)| points_to(books, party, *at, entry).any(|size| size > other));
            if let Some((position, _)) = beyond {
                match party {
                    Party::Gbr => cut.gbr = Size(position.0),
                    Party::Fra => cut.fra = Size(position.0),
                }
            }
        }
        if cut == view {
            return view;
        }
        view = cut;
    }
}

/// What a side's store holds, read as at a start.
fn stored(pair: &Pair, party: Party) -> Books {
    State::load(&pair.store(party), &pair.of(party).seat).unwrap().books
}

fn compare(played: &Played) {
    let all = &played.views;
    let every = (all.len() / CUT_OFFS).max(1);
    let views: Vec<_> = all.iter().step_by(every).collect();
    assert!(views.len() >= CUT_OFFS.min(all.len()), "{} cut-offs", views.len());
    let books = PerParty::from_fn(|party| stored(&played.pair, party));
    let agreement = &played.pair.agreement;
    let mut folder = Folder::new(agreement);
    let mut distinct = BTreeSet::new();
    for (view, as_of) in views {
        let gbr = folder.ledger(&books.gbr, *view, *as_of).bytes();
        let fra = fold(agreement, &books.fra, *view, *as_of).bytes();
        assert!(gbr == fra, "the two ledgers differ at {view:?}");
        distinct.insert(sha256(&gbr));
    }
    assert!(distinct.len() > CUT_OFFS / 2, "the ledgers are not all the same");
}

type Found = (BreakClass, Owner, Vec<RecordId>);

/// Every planted fault is found at the end of each week, and nothing else is.
fn check_planted(season: &Season, played: &Played) {
    let books = stored(&played.pair, Party::Fra);
    let mut folder = Folder::new(&played.pair.agreement);
    let mut faults: BTreeSet<String> = BTreeSet::new();
    for week in season.weeks() {
        let Closing::Cut(view) = closing(&books, week) else { panic!("{week} has no cut-off") };
        let as_of = week.end();
        let ledger = folder.ledger(&books, view, as_of);
        let found: BTreeSet<Found> =
            ledger.breaks.iter().map(|one| (one.class, one.owner, one.evidence.clone())).collect();
        let open = season
            .planted()
            .iter()
            .filter(|one| one.from < as_of && one.until.is_none_or(|until| as_of <= until));
        let planted: BTreeSet<Found> = open
            .map(|one| {
                let mut evidence: Vec<_> = one
                    .evidence
                    .iter()
                    .map(|label| played.ids.of(*label).expect("a planted record"))
                    .collect();
                evidence.sort_unstable();
                (one.class, one.owner, evidence)
            })
            .collect();
        let told = |one: &Found| {
            let (class, owner, evidence) = one;
            let kinds = evidence.iter().map(|id| kind_of(&books, *id)).collect::<Vec<_>>();
            format!("{class} of {owner}: {}", kinds.join(", "))
        };
        let missing = planted.difference(&found).map(|one| format!("missing: {}", told(one)));
        let more = found.difference(&planted).map(|one| format!("unplanted: {}", told(one)));
        faults.extend(missing.chain(more));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// What a record is and where it stands, for a failure's words.
fn kind_of(books: &Books, id: RecordId) -> String {
    let Some((party, at)) = books.find(id) else { return format!("{id}, unknown") };
    let record = books.entry(party, at).and_then(|entry| entry.record());
    let kind = record.map_or("no record", |record| record.get().kind().name());
    format!("{kind} {party}:{at}")
}

#[expect(clippy::disallowed_methods, reason = "a long run is asked for by the environment")]
fn size(cases: u32) -> season::Size {
    let cases = std::env::var("ENTENTE_SEASON_CASES")
        .map_or(cases, |text| text.parse().expect("a number of cases"));
    season::Size { cases, weeks: 40, ending: Ending::YearEnd }
}

#[test]
fn both_sides_derive_the_same_ledger_at_a_hundred_cut_offs() {
    let season = Season::generate(size(300), 1, 60).unwrap();
    let played = play(&season);
    compare(&played);
    check_planted(&season, &played);
}

#[test]
fn every_planted_fault_is_found_and_nothing_else() {
    for seed in 3..9 {
        let season = Season::generate(size(150), seed, 700).unwrap();
        check_planted(&season, &play(&season));
    }
}

#[test]
fn a_season_without_faults_has_no_break_at_any_weeks_end() {
    let season = Season::generate(size(300), 2, 0).unwrap();
    assert!(season.planted().is_empty());
    let played = play(&season);
    check_planted(&season, &played);
}
