//! The fold: records of both logs, in their one order, into a ledger.
//!
//! An unexpected record never stops it. It is kept, it moves its case as far as it can, and it
//! surfaces as a break. What a record does stands in the module of its leg; what only the end of a
//! view can tell, such as a limit that has passed, is found in `settle`.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Agreement, Books, Keybook, Ledger, Owner, Versions, View,
    cases::{Awaiting, Timing, Told, Word},
    contested::{beyond_the_end, contested},
    fate::Fate,
    order::{Cursor, Step},
    redress::Redress,
    settle_balance::{Stated, Weighed},
    suspect,
};
use crate::{
    danger::{Bug, planted},
    envelope::Verified,
    names::{CaseRef, KeyId, Party, PerParty, Position, RecordId, Size, Timestamp, Week},
    record::{BreakClass, Content, OutageNotice, Provisions, Record},
};

/// Folds what `view` shows of both logs, as it stands at `as_of`.
///
/// A pure function: the same entries give the same ledger on every machine.
#[must_use]
pub fn fold(agreement: &Agreement, books: &Books, view: View, as_of: Timestamp) -> Ledger {
    Folder::new(agreement).ledger(books, view, as_of)
}

/// A fold that goes on where it stopped, for views that grow. It is a cache: the ledger is the same
/// as if everything were folded from the beginning.
#[derive(Debug, Clone)]
pub struct Folder {
    cursor: Cursor,
    fold: Fold,
    /// The keys before the first entries, to begin anew with.
    founding: PerParty<Keybook>,
}

impl Folder {
    /// A fold before the first entry, under the founding provisions.
    #[must_use]
    pub fn new(agreement: &Agreement) -> Self {
        let (terms, founding) = (agreement.terms(), suspect::founding(agreement));
        let fold = Fold::new(&terms.provisions, terms.clock_bound_seconds, founding.clone());
        Self { cursor: Cursor::new(), fold, founding }
    }

    /// The ledger of a view, as it stands at `as_of`. A view that shows less than an earlier one is
    /// folded from the beginning.
    #[must_use]
    pub fn ledger(&mut self, books: &Books, view: View, as_of: Timestamp) -> Ledger {
        let taken = self.cursor.taken();
        if taken.gbr > view.gbr || taken.fra > view.fra {
            let (provisions, keys) = (self.fold.ledger.versions.provisions(0), &self.founding);
            self.fold = Fold::new(provisions, self.fold.clock_bound_seconds, keys.clone());
            self.cursor = Cursor::new();
        }
        self.advance(books, view);
        self.rest(books, view, as_of).settle()
    }

    /// The versions of the agreement, given all that is held. The United Kingdom's own entanglement
    /// puts a version in force before anybody has received it.
    pub(super) fn versions(&mut self, books: &Books) -> Versions {
        self.advance(books, books.all());
        let mut versions = self.fold.ledger.versions.clone();
        let taken = self.cursor.taken().size(Party::Gbr);
        for (position, _) in books.entries(Party::Gbr, taken.next()) {
            if let Some((size, _)) = books.entangled_at(Party::Gbr, position) {
                versions.covered(size);
            }
        }
        versions
    }

    /// What waits for a second signer, given all that is held.
    #[must_use]
    pub fn awaiting(&mut self, books: &Books, now: Timestamp) -> BTreeMap<RecordId, Awaiting> {
        self.whole(books, now).ledger.awaiting
    }

    /// What became of a record that needs a second signer, given all that is held; nothing if it
    /// was never taken as one.
    #[must_use]
    pub fn fate(&mut self, books: &Books, id: RecordId, now: Timestamp) -> Option<Fate> {
        let fold = self.whole(books, now);
        let waits = fold.ledger.awaiting.contains_key(&id);
        waits.then_some(Fate::AwaitsApproval).or_else(|| fold.redress.fates.get(&id).copied())
    }

    /// The fold of all that is held.
    pub(super) fn whole(&mut self, books: &Books, now: Timestamp) -> Fold {
        let view = books.all();
        self.advance(books, view);
        self.rest(books, view, now)
    }

    /// The fold of a view to its end.
    fn rest(&self, books: &Books, view: View, now: Timestamp) -> Fold {
        let mut rest = self.clone();
        rest.fold.now = now;
        while let Some(step) = rest.cursor.step(books, view) {
            rest.fold.take(books, &step);
        }
        rest.fold
    }

    /// Takes in for good what every larger view has in the same order and with the same receipts.
    fn advance(&mut self, books: &Books, view: View) {
        let mut cursor = self.cursor;
        while let Some(step) = cursor.step(books, view) {
            let open = !step.firm || books.receipt(step.party, step.position).is_none();
            if open && !planted(Bug::FoldWithoutWaiting) {
                return;
            }
            self.fold.take(books, &step);
            self.cursor = cursor;
        }
    }
}

/// What the fold has made of the records so far, and what it needs for the next ones.
#[derive(Debug, Clone)]
pub(super) struct Fold {
    pub(super) ledger: Ledger,
    /// When the ledger is looked at; what nobody has received yet begins then.
    pub(super) now: Timestamp,
    /// What each record was, so that later ones can continue it.
    seen: BTreeMap<RecordId, Seen>,
    /// The request or visa that first had a British reference: each begins one case.
    references: BTreeMap<CaseRef, RecordId>,
    /// The movement that each departure belongs to.
    pub(super) departures: BTreeMap<RecordId, RecordId>,
    /// What second departures of one transport say, for an arrival that names one of them.
    pub(super) duplicates: BTreeMap<RecordId, Told>,
    /// Corrections, reversals, decisions, and what waits for approval.
    pub(super) redress: Redress,
    /// Outages that were logged, by their notice.
    pub(super) outages: BTreeMap<RecordId, OutageNotice>,
    /// Records that name a place which their provisions do not list, with author and beginning.
    pub(super) strange_places: BTreeMap<RecordId, (Party, Timestamp)>,
    /// Entry 0 of the British log.
    pub(super) founding: Option<RecordId>,
    /// How the balance stands, and since when.
    pub(super) weighed: Weighed,
    /// What each side has stated of a week.
    pub(super) stated: BTreeMap<Week, PerParty<Option<Stated>>>,
    /// Seconds by which two clocks may differ.
    pub(super) clock_bound_seconds: u64,
    /// Entanglements that show by their time that a clock was wrong.
    pub(super) skewed: BTreeSet<(Party, Position)>,
    /// The keys of each log, as far as it was taken.
    pub(super) keys: PerParty<Keybook>,
}

/// What a record was, and what an answer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    Agreement,
    Request,
    Answer { request: RecordId, accepted: bool },
    Notice,
    Departure,
    Arrival,
    Allocation,
    Visa,
    Travel,
    Other,
}

/// A record that is being taken, or that an approval gives effect to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken<'a> {
    pub(super) books: &'a Books,
    pub(super) party: Party,
    /// Where it takes effect in its author's log.
    pub(super) position: Position,
    pub(super) id: RecordId,
    pub(super) key: KeyId,
    pub(super) record: &'a Record,
    /// What the record that was logged refers to first.
    pub(super) about: Option<RecordId>,
    pub(super) timing: Timing,
    /// How much of the counterpart's log its author had seen.
    pub(super) seen: Size,
    /// The provisions in force at its position, by number.
    pub(super) version: usize,
}

impl<'a> Taken<'a> {
    /// The first record that it refers to.
    pub(super) fn named(&self) -> Option<RecordId> {
        self.record.re.first().copied()
    }

    pub(super) fn word(&self) -> Word {
        Word { record: self.id, about: self.about, timing: self.timing }
    }

    /// Whether the counterpart brought this about without the author of this record having seen it.
    pub(super) fn crosses(&self, other: RecordId) -> bool {
        let place = self.books.find(other);
        place.is_some_and(|(party, at)| party != self.party && !self.seen.covers(at))
    }

    pub(super) fn with(self, record: &'a Record) -> Self {
        Self { record, ..self }
    }
}

impl Fold {
    fn new(provisions: &Provisions, clock_bound_seconds: u64, keys: PerParty<Keybook>) -> Self {
        Self {
            ledger: Ledger::new(provisions),
            now: Timestamp::default(),
            seen: BTreeMap::new(),
            references: BTreeMap::new(),
            departures: BTreeMap::new(),
            duplicates: BTreeMap::new(),
            redress: Redress::default(),
            outages: BTreeMap::new(),
            strange_places: BTreeMap::new(),
            founding: None,
            weighed: Weighed::default(),
            stated: BTreeMap::new(),
            clock_bound_seconds,
            skewed: BTreeSet::new(),
            keys,
        }
    }

    /// Takes the next entry.
    fn take(&mut self, books: &Books, step: &Step<'_>) {
        let Step { party, position, entry, seen, .. } = *step;
        self.read_keys(books, (party, position), entry);
        let received = books.receipt(party, position).map(|(_, time)| time);
        // A signer is valid if unexpired at receipt: a key that leaks after its end signs nothing
        // that it could date back.
        let valid =
            |record: &&Verified<Record>| received.is_none_or(|time| time <= record.not_after());
        let Some(record) = entry.sound().filter(valid) else {
            if beyond_the_end(books, party, position, entry) {
                return;
            }
            let evidence = entry.id().unwrap_or_else(|| RecordId::new(*entry.leaf.as_bytes()));
            let began = received.unwrap_or(self.now);
            // A copy of what was taken is a copy, whatever has become of its signer.
            let class = match entry.id() {
                Some(id) if self.seen.contains_key(&id) => BreakClass::Replay,
                Some(_) | None => contested(entry, party),
            };
            self.ledger.breaks.note(class, Owner::Party(party), began, vec![evidence]);
            return;
        };
        let taken = Taken {
            books,
            party,
            position,
            id: record.id(),
            key: record.signer().kid,
            record: record.get(),
            about: record.get().re.first().copied(),
            timing: Timing { signed: record.signed_at(), received },
            seen,
            version: self.ledger.versions.number(party),
        };
        if self.seen.contains_key(&taken.id) {
            // The same record a second time: the first position wins.
            return self.note(BreakClass::Replay, &taken, &[]);
        }
        self.clocks(&taken);
        for id in &taken.record.re {
            if !self.seen.contains_key(id) {
                self.note(BreakClass::UnknownReference, &taken, &[*id]);
            }
        }
        self.places(&taken, taken.id);
        let seen = if taken.record.content.needs_approval() {
            self.await_approval(&taken);
            Seen::Other
        } else {
            self.act(&taken)
        };
        self.seen.insert(taken.id, seen);
        self.weigh(&taken);
    }

    /// Does what a record says.
    pub(super) fn act(&mut self, taken: &Taken<'_>) -> Seen {
        match &taken.record.content {
            Content::Agreement(_) => return self.founded(taken),
            Content::ReadmissionRequest(one) => return self.request(taken, one),
            Content::ReplyExtension(_) => self.extension(taken),
            Content::Answer(one) => return self.answer(taken, one),
            Content::TransferNotice(one) => return self.notice(taken, one),
            Content::TransferReply(one) => self.reply(taken, one),
            Content::Postponement(_) => self.postponement(taken),
            Content::Withdrawal(one) => self.withdrawal(taken, one.reason),
            Content::Departure(one) => return self.departure(taken, one),
            Content::Arrival(one) => return self.arrival(taken, one),
            Content::DisclosureStatus(one) => self.disclosures(taken, one.outcome),
            Content::Allocation(one) => return self.allocation(taken, one),
            Content::WindowStatus(one) => self.window_status(taken, one.status),
            Content::VisaIssued(one) => return self.visa(taken, one),
            Content::TravelNotice(one) => return self.travel(taken, one),
            Content::DepartureCount(one) => self.departure_count(taken, one),
            Content::Admission(one) => self.admission(taken, one),
            Content::Lapse(one) => self.lapse(taken, one.reason),
            Content::Correction(one) => self.correction(taken, one),
            Content::Reversal(_) => self.reversal(taken),
            Content::WrongDataNotice(_) => self.wrong_data(taken),
            Content::Erasure(_) => self.erasure(taken),
            Content::OutageNotice(one) => {
                self.outages.insert(taken.id, OutageNotice::clone(one));
            }
            Content::Entanglement(_) => {
                let entangled = taken.books.entangled_at(taken.party, taken.position);
                if let Some((size, _)) = entangled.filter(|_| taken.party == Party::Gbr) {
                    self.ledger.versions.covered(size);
                }
            }
            Content::BreakResolution(one) => self.resolution(taken, one),
            Content::Approval(one) => self.approval(taken, one.outcome),
            Content::AgreementVersion(one) => self.version_step(taken, one),
            Content::WeeklyStatement(one) => self.statement(taken, &one.body),
            Content::KeyEvent(_) => self.key_event(taken),
            Content::Objection(_) | Content::WeekClose(_) | Content::LogEnd(_) => {}
        }
        Seen::Other
    }

    /// What a record was, if it was taken.
    pub(super) fn what(&self, id: RecordId) -> Option<Seen> {
        self.seen.get(&id).copied()
    }

    /// A correction makes a record another than it was.
    pub(super) fn see_again(&mut self, id: RecordId, seen: Seen) {
        self.seen.insert(id, seen);
    }

    /// The provisions in force at the record's position.
    pub(super) fn provisions(&self, taken: &Taken<'_>) -> &Provisions {
        self.ledger.versions.provisions(taken.version)
    }

    /// A British reference begins one case.
    pub(super) fn first_of_reference(&mut self, taken: &Taken<'_>) {
        let Some(reference) = taken.record.case.clone() else { return };
        let first = *self.references.entry(reference).or_insert(taken.id);
        if first != taken.id {
            self.note(BreakClass::Duplicate, taken, &[first]);
        }
    }

    /// Notes whether what stands as record `id` now names a place that the provisions do not list.
    pub(super) fn places(&mut self, taken: &Taken<'_>, id: RecordId) {
        let provisions = self.ledger.versions.provisions(taken.version);
        if taken.record.content.places().iter().all(|place| provisions.knows(place)) {
            self.strange_places.remove(&id);
        } else {
            let began = taken.timing.received.unwrap_or(self.now);
            self.strange_places.insert(id, (taken.party, began));
        }
    }

    /// Notes a break that the author of a record has to act on, with the record as evidence.
    pub(super) fn note(&mut self, class: BreakClass, taken: &Taken<'_>, others: &[RecordId]) {
        self.note_for(Owner::Party(taken.party), class, taken, others);
    }

    pub(super) fn note_for(
        &mut self,
        owner: Owner,
        class: BreakClass,
        taken: &Taken<'_>,
        others: &[RecordId],
    ) {
        let mut evidence = others.to_vec();
        evidence.push(taken.id);
        let began = taken.timing.received.unwrap_or(self.now);
        self.ledger.breaks.note(class, owner, began, evidence);
    }

    /// Notes a record that does not fit what it refers to. A reference that nothing answers to has
    /// a break of its own.
    pub(super) fn illegal(&mut self, taken: &Taken<'_>, other: RecordId) {
        if self.seen.contains_key(&other) {
            self.note(BreakClass::IllegalTransition, taken, &[other]);
        }
    }
}
