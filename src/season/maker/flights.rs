//! Transports: announced, replied to, put off, departed and arrived, or not.

use super::{Maker, SeasonFault, less, on, place, requests::Case, sum};
use crate::{
    names::{Date, Party, Persons, Place},
    record::{
        Arrival, ArrivalOutcome, Attestation, CodeList, Departure, Postponement,
        PostponementReason, ReplyOutcome, TransferNotice, TransferReply, Transport,
    },
    season::{
        Act, Label,
        times::{
            FRIDAY, MONDAY, MONDAY_LATE, SATURDAY, TUESDAY, TUESDAY_LATE, TUESDAY_NOON, WEDNESDAY,
            WEDNESDAY_EVENING, When,
        },
    },
};

/// What was announced.
#[derive(Debug, Clone)]
pub(super) struct Flight {
    pub(super) notice: Label,
    pub(super) content: TransferNotice,
    pub(super) act: Act,
    /// When it leaves.
    pub(super) leaves: When,
}

/// What departed and arrived.
#[derive(Debug, Clone)]
pub(super) struct Flown {
    pub(super) departure: Label,
    pub(super) arrival: Label,
    /// The acts, to be corrected.
    pub(super) left: Act,
    pub(super) came: Act,
    /// When it left.
    pub(super) leaves: When,
    /// Where it was to arrive.
    pub(super) to: Place,
}

pub(super) fn persons(cases: &[Case]) -> Persons {
    sum(cases.iter().map(Case::persons))
}

pub(super) fn answers(cases: &[Case]) -> Vec<Label> {
    cases.iter().map(|case| case.answer).collect()
}

impl Maker {
    /// The first week in which all these cases can be announced, and some weeks later.
    pub(super) fn ready(&mut self, cases: &[Case]) -> u32 {
        let ready = cases.iter().map(|case| case.ready).max().unwrap_or(1);
        ready.saturating_add(self.dice.below_u32(4))
    }

    /// Wednesday or Friday.
    pub(super) fn leaving(&mut self, week: u32) -> When {
        on(week, self.dice.pick(WEDNESDAY, &[FRIDAY]))
    }

    pub(super) fn flight(&mut self, persons: Persons) -> Result<TransferNotice, SeasonFault> {
        let from = self.dice.pick("GBLHR", &["GBLHR", "GBLHR", "GBSTN", "GBLGW"]);
        let to = self.dice.pick("FRCDG", &["FRCDG", "FRCDG", "FRTLS", "FRLYS"]);
        Ok(TransferNotice {
            transport: Transport::Air,
            from: place(from)?,
            to: place(to)?,
            persons,
            attestations: CodeList::new(Attestation::ALL.to_vec()).ok_or(SeasonFault::Codes)?,
        })
    }

    /// Announces a transport.
    pub(super) fn announce(
        &mut self,
        re: &[Label],
        content: TransferNotice,
        when: When,
        leaves: When,
    ) -> Result<Flight, SeasonFault> {
        let reference = self.reference("GB06", false)?;
        let day = self.day(leaves);
        let act = self.gbr(content.clone()).of(reference).after(re).on(day);
        let notice = self.put(when, act.clone());
        Ok(Flight { notice, content, act, leaves })
    }

    /// Announces a transport of all persons of these cases, on the Monday of its week.
    pub(super) fn announced(
        &mut self,
        cases: &[Case],
        leaves: When,
    ) -> Result<Flight, SeasonFault> {
        let content = self.flight(persons(cases))?;
        self.announce(&answers(cases), content, on(leaves.week, MONDAY), leaves)
    }

    /// France confirms a transport.
    pub(super) fn confirm(&mut self, flight: &Flight, when: When) -> Label {
        self.reply(flight, None, None, when)
    }

    /// France confirms a transport, or proposes another day or place.
    pub(super) fn reply(
        &mut self,
        flight: &Flight,
        day: Option<Date>,
        place: Option<Place>,
        when: When,
    ) -> Label {
        let other = day.is_some() || place.is_some();
        let outcome = if other { ReplyOutcome::CounterProposed } else { ReplyOutcome::Confirmed };
        let act = self.fra(TransferReply { outcome, day, place });
        self.put(when, act.after(&[flight.notice]))
    }

    /// A transport is put off, or cases of it.
    pub(super) fn put_off(&mut self, of: &[Label], when: When) -> Label {
        use PostponementReason::{
            Absconded, Carrier, CourtOrder, Disruption, NotStated, SuspensiveRemedy,
        };
        let others = [Absconded, CourtOrder, Disruption, NotStated, SuspensiveRemedy];
        let reason = self.dice.pick(Carrier, &others);
        let act = self.gbr(Postponement { reason }).after(of);
        self.put(when, act)
    }

    pub(super) fn depart(&mut self, flight: &Flight, persons: Persons) -> Result<Act, SeasonFault> {
        let place = flight.content.from.clone();
        let day = self.day(flight.leaves);
        let reference = self.reference("GB10", false)?;
        Ok(self.gbr(Departure { place, persons }).of(reference).after(&[flight.notice]).on(day))
    }

    pub(super) fn arrive(
        &mut self,
        flight: &Flight,
        of: Label,
        outcome: ArrivalOutcome,
        persons: Persons,
    ) -> Result<Act, SeasonFault> {
        let place = flight.content.to.clone();
        let day = self.day(flight.leaves);
        let reference = self.reference("FR11", false)?;
        let content = Arrival { outcome, place, persons };
        Ok(self.fra(content).of(reference).after(&[of]).on(day))
    }

    /// Nobody left, says France.
    pub(super) fn nobody_came(&mut self, flight: &Flight) -> Result<Label, SeasonFault> {
        let nobody = self.arrive(flight, flight.notice, ArrivalOutcome::NotArrived, Persons(0))?;
        Ok(self.put(arrives(flight.leaves), nobody))
    }

    /// So many persons leave and arrive, and count.
    pub(super) fn fly(&mut self, flight: &Flight, persons: Persons) -> Result<Flown, SeasonFault> {
        let left = self.depart(flight, persons)?;
        self.flown(flight, left, persons)
    }

    /// This departure, and so many persons who arrive and count.
    pub(super) fn flown(
        &mut self,
        flight: &Flight,
        left: Act,
        persons: Persons,
    ) -> Result<Flown, SeasonFault> {
        let departure = self.put(flight.leaves, left.clone());
        let mut came = self.arrive(flight, departure, ArrivalOutcome::Arrived, persons)?;
        // Some flights of a Friday arrive after midnight.
        if flight.leaves.moment == FRIDAY && self.dice.once_in(4) {
            came = came.on(self.day(arrives(flight.leaves)));
        }
        let arrival = self.put(arrives(flight.leaves), came.clone());
        self.returned.insert(arrival, persons.0.into());
        Ok(Flown {
            departure,
            arrival,
            left,
            came,
            leaves: flight.leaves,
            to: flight.content.to.clone(),
        })
    }

    /// A transport of a group, without anything out of the ordinary.
    pub(super) fn plain(&mut self, cases: &[Case], week: u32) -> Result<Flown, SeasonFault> {
        let leaves = self.leaving(week);
        let flight = self.announced(cases, leaves)?;
        if self.dice.once_in(3) {
            self.confirm(&flight, on(week, TUESDAY));
        }
        self.fly(&flight, persons(cases))
    }

    /// France proposes another day, and another place perhaps; so it is announced again.
    pub(super) fn counter_proposed(
        &mut self,
        cases: &[Case],
        week: u32,
    ) -> Result<Flown, SeasonFault> {
        let (first, then) = (on(week, WEDNESDAY), on(week, FRIDAY));
        let flight = self.announced(cases, first)?;
        let elsewhere = if self.dice.once_in(2) { Some(place("FRMRS")?) } else { None };
        let day = Some(self.day(then));
        self.reply(&flight, day, elsewhere.clone(), on(week, MONDAY_LATE));
        let mut content = flight.content.clone();
        content.to = elsewhere.unwrap_or(content.to);
        let flight = self.announce(&answers(cases), content, on(week, TUESDAY), then)?;
        self.confirm(&flight, on(week, TUESDAY_LATE));
        self.fly(&flight, persons(cases))
    }

    /// A transport is put off whole and announced again; France may not have seen it in time.
    pub(super) fn put_off_whole(&mut self, cases: &[Case], week: u32) -> Result<(), SeasonFault> {
        let leaves = self.leaving(week);
        let flight = self.announced(cases, leaves)?;
        self.put_off(&[flight.notice], on(week, TUESDAY));
        if self.dice.once_in(2) {
            self.confirm(&flight, on(week, TUESDAY));
        }
        self.plain(cases, week.saturating_add(1)).map(drop)
    }

    /// The last case of a group is put off, and travels later; the others leave.
    pub(super) fn put_off_one(&mut self, cases: &[Case], week: u32) -> Result<(), SeasonFault> {
        let leaves = self.leaving(week);
        let flight = self.announced(cases, leaves)?;
        let Some((last, others)) = cases.split_last() else { return Ok(()) };
        self.put_off(&[last.asked.label], on(week, TUESDAY));
        if !others.is_empty() {
            self.fly(&flight, less(persons(cases), last.persons()))?;
        }
        self.plain(std::slice::from_ref(last), week.saturating_add(1)).map(drop)
    }

    /// Nobody left, and the group travels a week later, or is not sought any more.
    pub(super) fn failed(&mut self, cases: &[Case], week: u32) -> Result<(), SeasonFault> {
        let leaves = self.leaving(week);
        let flight = self.announced(cases, leaves)?;
        self.nobody_came(&flight)?;
        let next = week.saturating_add(1);
        if !self.dice.once_in(4) {
            return self.plain(cases, next).map(drop);
        }
        for case in cases {
            self.withdraw(case.asked.label, on(next, TUESDAY));
        }
        Ok(())
    }

    /// The last case of a group is taken back before the departure; the others leave.
    pub(super) fn withdrawn_one(&mut self, cases: &[Case], week: u32) -> Result<(), SeasonFault> {
        let leaves = self.leaving(week);
        let flight = self.announced(cases, leaves)?;
        let Some((last, others)) = cases.split_last() else { return Ok(()) };
        self.withdraw(last.asked.label, on(week, TUESDAY));
        if !others.is_empty() {
            self.fly(&flight, less(persons(cases), last.persons()))?;
        }
        Ok(())
    }

    /// All cases of a transport are taken back; France may not have seen it in time.
    pub(super) fn withdrawn_all(&mut self, cases: &[Case], week: u32) -> Result<(), SeasonFault> {
        let leaves = self.leaving(week);
        let flight = self.announced(cases, leaves)?;
        for case in cases {
            self.withdraw(case.asked.label, on(week, TUESDAY));
        }
        if self.dice.once_in(2) {
            self.confirm(&flight, on(week, TUESDAY));
        }
        Ok(())
    }

    /// Both sides agree that a transport does not count.
    pub(super) fn reversed(&mut self, cases: &[Case], week: u32) -> Result<(), SeasonFault> {
        let flown = self.plain(cases, week)?;
        self.reverse_both(flown.arrival, week);
        self.returned.remove(&flown.arrival);
        Ok(())
    }

    /// The notice of a transport is corrected before it leaves.
    pub(super) fn notice_corrected(
        &mut self,
        cases: &[Case],
        week: u32,
    ) -> Result<(), SeasonFault> {
        let leaves = self.leaving(week);
        let mut flight = self.announced(cases, leaves)?;
        flight.content.from = place("GBBHM")?;
        let mut instead = flight.act.clone();
        instead.fact = flight.content.clone().into();
        let correction = self.correct(flight.notice, instead, on(week, TUESDAY));
        self.approve(Party::Gbr, correction, on(week, TUESDAY_NOON));
        self.fly(&flight, persons(cases)).map(drop)
    }

    /// One side corrects where a departure or arrival was, and the other consents.
    pub(super) fn consented(&mut self, cases: &[Case], week: u32) -> Result<(), SeasonFault> {
        let flown = self.plain(cases, week)?;
        if self.dice.once_in(2) {
            let persons = persons(cases);
            let mut instead = flown.left;
            instead.fact = Departure { place: place("GBLON")?, persons }.into();
            self.correct_by_consent(flown.departure, instead, week);
        } else {
            // The day after the departure is within the one day of tolerance.
            let instead = flown.came.on(self.day(flown.leaves).plus(1));
            self.correct_by_consent(flown.arrival, instead, week);
        }
        Ok(())
    }

    /// France miscounts, and puts it right in the same week.
    pub(super) fn miscounted(&mut self, cases: &[Case], week: u32) -> Result<(), SeasonFault> {
        let flight = self.announced(cases, on(week, WEDNESDAY))?;
        let all = persons(cases);
        let left = self.depart(&flight, all)?;
        let departure = self.put(flight.leaves, left);
        let some = less(all, Persons(1));
        let came = self.arrive(&flight, departure, ArrivalOutcome::Partly, some)?;
        let arrival = self.put(arrives(flight.leaves), came.clone());
        let mut instead = came;
        let place = flight.content.to.clone();
        instead.fact = Arrival { outcome: ArrivalOutcome::Arrived, place, persons: all }.into();
        self.correct_movement(arrival, instead, week);
        self.returned.insert(arrival, all.0.into());
        Ok(())
    }
}

/// When it is known whether a transport arrived.
pub(super) fn arrives(leaves: When) -> When {
    on(leaves.week, if leaves.moment == FRIDAY { SATURDAY } else { WEDNESDAY_EVENING })
}
