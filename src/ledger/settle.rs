//! What only the end of a view can tell: what was never answered, what differs, what is one-sided.

use super::{
    BreakClass as Class, Ledger, Owner,
    cases::{Journey, JourneyState, Movement, Pending, Told, VisaState, Word},
    families::{Travelled, travelled},
    fold::Fold,
};
use crate::names::{Date, Party, PerParty, Persons, RecordId, Timestamp};

impl Fold {
    /// The ledger as it stands, with every break that follows from it.
    pub(super) fn settle(mut self) -> Ledger {
        let movements = std::mem::take(&mut self.ledger.movements);
        for (key, movement) in &movements {
            self.settle_movement(*key, movement);
        }
        self.ledger.movements = movements;
        let journeys = std::mem::take(&mut self.ledger.journeys);
        for (travel, journey) in &journeys {
            self.settle_journey(*travel, journey);
        }
        self.ledger.journeys = journeys;
        self.settle_windows();
        self.settle_limits();
        self.settle_one_sided();
        self.settle_statements();
        self.settle_balance();
        self.resolve();
        self.ledger
    }

    /// Notes a break that began at a time of receipt, or now if nobody has received it.
    pub(super) fn found(
        &mut self,
        class: Class,
        owner: Owner,
        began: Option<Timestamp>,
        evidence: Vec<RecordId>,
    ) {
        self.ledger.breaks.note(class, owner, began.unwrap_or(self.now), evidence);
    }

    fn settle_movement(&mut self, key: RecordId, movement: &Movement) {
        if movement.reversed.is_full() {
            return;
        }
        if let Some(left) = &movement.left {
            self.families_left(movement, left);
        }
        match (&movement.left, &movement.came) {
            (Some(left), Some(came)) => self.held_against(movement, left, came),
            (Some(left), None) => {
                if let Some(began) = self.overdue(left.day, movement.version) {
                    let owner = Owner::Party(Party::Fra);
                    self.found(Class::DepartedNotArrived, owner, Some(began), vec![key]);
                }
            }
            (None, Some(_)) | (None, None) => {}
        }
    }

    /// Whether whole families left, of those that were to leave.
    fn families_left(&mut self, movement: &Movement, left: &Told) {
        let Some(notice) = movement.notice.filter(|_| !movement.families.is_empty()) else {
            return;
        };
        let class = match travelled(&movement.families, left.persons) {
            Travelled::Whole => return,
            Travelled::More => Class::HeadcountMismatch,
            Travelled::InPart => Class::TravelledInPart,
            Travelled::Split => Class::FamilySplit,
        };
        let evidence = vec![left.record, notice];
        self.found(class, Owner::Party(Party::Gbr), left.timing.received, evidence);
    }

    /// How an arrival differs from the departure that it names. Where nobody arrived, neither day
    /// nor place matters.
    fn held_against(&mut self, movement: &Movement, left: &Told, came: &Told) {
        let somebody = !came.is_nobody();
        let split = somebody
            && came.persons < left.persons
            && travelled(&movement.families, came.persons) == Travelled::Split;
        for (class, differs) in [
            (Class::DateMismatch, somebody && !self.same_day(movement)),
            (Class::PlaceMismatch, somebody && !self.same_place(movement)),
            (Class::HeadcountMismatch, left.persons != came.persons),
            (Class::FamilySplit, split),
            (Class::WeekBoundary, somebody && self.is_matched(movement) && two_weeks(left, came)),
        ] {
            if differs {
                let evidence = vec![left.record, came.record];
                self.found(class, Owner::Both, came.timing.received, evidence);
            }
        }
    }

    fn settle_journey(&mut self, travel: RecordId, journey: &Journey) {
        if journey.reversed.is_full() || journey.state() == JourneyState::Withdrawn {
            return;
        }
        self.families_announced(travel, journey);
        if let Some(admitted) = &journey.admitted {
            self.lapsed_visas(journey, admitted);
        }
        match (&journey.admitted, &journey.counted) {
            (Some(admitted), Some(counted)) => self.counted_against(journey, admitted, counted),
            // Of a record that names no journey, that is what is wrong.
            (Some(told), None) if told.record != travel => {
                let owner = Owner::Party(Party::Fra);
                self.unanswered(Class::AdmittedNotDeparted, owner, told, journey.version);
            }
            (None, Some(told)) if told.record != travel => {
                self.unanswered(Class::DepartedNotAdmitted, Owner::Both, told, journey.version);
            }
            (Some(_) | None, None) | (None, Some(_)) => {}
        }
    }

    /// How an admission differs from the departure-count of its journey. Where nobody is counted,
    /// the day does not matter.
    fn counted_against(&mut self, journey: &Journey, admitted: &Told, counted: &Told) {
        let somebody = !admitted.is_nobody() && !counted.is_nobody();
        let tolerance = self.ledger.versions.provisions(journey.version).date_tolerance_days;
        let near = admitted.day.days().abs_diff(counted.day.days()) <= tolerance;
        for (class, differs) in [
            (Class::AdmissionMismatch, admitted.persons != counted.persons),
            (Class::DateMismatch, somebody && !near),
            (Class::WeekBoundary, somebody && near && two_weeks(admitted, counted)),
        ] {
            if differs {
                let evidence = vec![admitted.record, counted.record];
                let began = admitted.timing.received.zip(counted.timing.received);
                let began = began.map(|(one, other)| one.max(other));
                self.found(class, Owner::Both, began, evidence);
            }
        }
    }

    /// One side tells of persons who crossed, and the other has not spoken in time.
    fn unanswered(&mut self, class: Class, owner: Owner, told: &Told, version: usize) {
        if let Some(began) = self.overdue(told.day, version).filter(|_| !told.is_nobody()) {
            self.found(class, owner, Some(began), vec![told.record]);
        }
    }

    /// Whether whole families are announced, of those whose visas are named.
    fn families_announced(&mut self, travel: RecordId, journey: &Journey) {
        let families: Vec<Persons> = journey
            .visas
            .iter()
            .filter_map(|visa| self.ledger.visas.get(visa))
            .map(|visa| visa.persons)
            .collect();
        if !journey.valid || families.is_empty() {
            return;
        }
        let class = match travelled(&families, journey.persons) {
            Travelled::Whole => return,
            Travelled::More => Class::HeadcountMismatch,
            Travelled::InPart => Class::TravelledInPart,
            Travelled::Split => Class::FamilySplit,
        };
        let began = journey.announced.received;
        self.found(class, Owner::Party(Party::Gbr), began, vec![travel]);
    }

    fn lapsed_visas(&mut self, journey: &Journey, admitted: &Told) {
        for id in &journey.visas {
            let lapsed = self.ledger.visas.get(id).is_some_and(|visa| admitted.day > visa.expires);
            if lapsed {
                let evidence = vec![admitted.record, *id];
                let owner = Owner::Party(Party::Gbr);
                let class = Class::VisaLapsedButAdmitted;
                self.found(class, owner, admitted.timing.received, evidence);
            }
        }
    }

    /// Visas that exceed the places of their window, in the order of their issue. One that was
    /// taken back frees its places.
    fn settle_windows(&mut self) {
        let mut exceeding = Vec::new();
        for (allocation, window) in &self.ledger.windows {
            let mut taken = 0_u64;
            for id in &window.visas {
                let Some(visa) = self.ledger.visas.get(id) else { continue };
                if visa.state == VisaState::Withdrawn {
                    continue;
                }
                taken = taken.saturating_add(visa.persons.into());
                if taken > window.places.into() {
                    exceeding.push((visa.told.received, vec![*id, *allocation]));
                }
            }
        }
        for (began, evidence) in exceeding {
            self.found(Class::AllocationExceeded, Owner::Party(Party::Gbr), began, evidence);
        }
    }

    /// What one side has said, and the other has to say as well; what waits for a second signer.
    fn settle_one_sided(&mut self) {
        let mut found = Vec::new();
        for movement in self.ledger.movements.values() {
            found.extend(one_sided(Class::ReversalOneSided, &movement.reversed));
        }
        for journey in self.ledger.journeys.values() {
            found.extend(one_sided(Class::ReversalOneSided, &journey.reversed));
        }
        for case in self.ledger.cases.values() {
            found.extend(one_sided(Class::ErasedOneSideOnly, &case.erased));
            for word in &case.wrong_data {
                let owner = Owner::Party(Party::Gbr);
                let evidence = word.evidence();
                found.push((Class::WrongDataNotCorrected, owner, word.timing.received, evidence));
            }
        }
        let movements = self.ledger.movements.values().map(|one| (&one.pending, &one.reversed));
        let journeys = self.ledger.journeys.values().map(|one| (&one.pending, &one.reversed));
        for (pending, _) in movements.chain(journeys).filter(|(_, reversed)| !reversed.is_full()) {
            found.extend(Party::BOTH.into_iter().filter_map(|party| corrected(party, pending)));
        }
        for (id, awaiting) in &self.ledger.awaiting {
            let owner = Owner::Party(awaiting.author);
            found.push((Class::ApprovalAwaited, owner, awaiting.told.received, vec![*id]));
        }
        for (id, (party, began)) in &self.strange_places {
            found.push((Class::PlaceUnknown, Owner::Party(*party), Some(*began), vec![*id]));
        }
        for (class, owner, began, evidence) in found {
            self.found(class, owner, began, evidence);
        }
    }

    /// Breaks that both sides have decided alike are closed.
    fn resolve(&mut self) {
        for (id, decisions) in &self.redress.decisions {
            if let (Some(gbr), Some(fra)) = (decisions.gbr, decisions.fra)
                && gbr == fra
                && self.ledger.breaks.close(*id)
            {
                self.ledger.resolved.insert(*id, gbr);
            }
        }
    }

    /// When a movement of that day became overdue, if it has: the day after its tolerance.
    fn overdue(&self, day: Date, version: usize) -> Option<Timestamp> {
        let tolerance = self.ledger.versions.provisions(version).date_tolerance_days;
        let began = day.plus(tolerance.saturating_add(1)).start();
        (began <= self.now).then_some(began)
    }
}

/// Whether two sides tell of different weeks.
fn two_weeks(one: &Told, other: &Told) -> bool {
    one.day.week() != other.day.week()
}

/// A break, before it is noted.
type Found = (Class, Owner, Option<Timestamp>, Vec<RecordId>);

/// What one side has said and the other has not.
fn one_sided(class: Class, words: &PerParty<Option<Word>>) -> Option<Found> {
    let (party, word) = match (words.gbr, words.fra) {
        (Some(word), None) => (Party::Gbr, word),
        (None, Some(word)) => (Party::Fra, word),
        (Some(_), Some(_)) | (None, None) => return None,
    };
    Some((class, Owner::Party(party.other()), word.timing.received, word.evidence()))
}

/// A correction of one side, by which the other is not bound.
fn corrected(party: Party, pending: &PerParty<Option<Pending>>) -> Option<Found> {
    let word = pending.of(party).as_ref()?.correction;
    let owner = Owner::Party(party.other());
    Some((Class::CorrectionOneSided, owner, word.timing.received, word.evidence()))
}
