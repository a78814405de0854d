//! Closing weeks: our own close, our own statement, and what both sides say.

use super::{Gate, Refused, Signatures, WeekView, group::Scribe, roots::StoreRoots};
use crate::{
    danger::{Bug, planted},
    names::{Party, Week},
    reconcile::{Closing, Verdict, close_of, closing, compare, statements, verdict},
    record::{NationalTotals, Record, WeekClose, WeeklyStatement},
    store::Store,
};

/// This release, as its statements name it.
const SOFTWARE: &str = concat!("entente-", env!("CARGO_PKG_VERSION"));

impl<S: Store, K: Signatures> Scribe<S, K> {
    /// Logs this side's close of a week, once; a repetition changes nothing.
    pub(super) fn close_week(&mut self, week: Week) -> Result<WeekView, Refused> {
        let party = self.seat.party;
        let due = self.state.reader(party).next_close();
        if week >= due {
            if self.gate != Gate::Open {
                return Err(Refused::NotPassed);
            }
            if self.state.reader(party).has_ended() {
                return Err(Refused::LogEnded);
            }
            if week > due {
                return Err(Refused::WeekOutOfTurn { week, due });
            }
            if self.now.wall < week.end() && !planted(Bug::CloseWeekEarly) {
                return Err(Refused::WeekNotEnded { week });
            }
            if let Some(fault) = self.clock_fault() {
                return Err(Refused::Clock(fault));
            }
            self.append_own(Record::bare(WeekClose { week }), &format!("week-close:{week}"))?;
        }
        Ok(self.week(week))
    }

    /// Logs this side's statement of a week, once, if the week has a cut-off by now. National
    /// totals stand in it if they are given; a repetition without any, or with the same, changes
    /// nothing.
    pub(super) fn state_week(
        &mut self,
        week: Week,
        national: Option<NationalTotals>,
    ) -> Result<WeekView, Refused> {
        let party = self.seat.party;
        let view = self.week(week);
        let Some(body) = view.body.clone() else { return Ok(view) };
        if view.stated.of(party).is_some() && !planted(Bug::StateTwice) {
            self.beside_as_stated(week, national)?;
            return Ok(view);
        }
        if self.gate != Gate::Open {
            return Err(Refused::NotPassed);
        }
        let (close, _) = close_of(&self.state.books, party, week).ok_or(Refused::Internal)?;
        let software = SOFTWARE.parse().map_err(|_| Refused::Internal)?;
        let stated = Record::bare(WeeklyStatement { body, software, national });
        let record = Record { re: vec![close], ..stated };
        self.append_own(record, &format!("weekly-statement:{week}"))?;
        Ok(self.week(week))
    }

    /// A statement that is logged never changes: other totals beside it come too late.
    fn beside_as_stated(
        &self,
        week: Week,
        national: Option<NationalTotals>,
    ) -> Result<(), Refused> {
        let (Some(given), [gbr, fra]) = (national, statements(&self.state.books, week)) else {
            return Ok(());
        };
        let own = match self.seat.party {
            Party::Gbr => gbr,
            Party::Fra => fra,
        };
        let said = match own.and_then(|one| one.national.as_ref()) {
            Some(said) if *said == given => return Ok(()),
            Some(said) => {
                format!("with {} returned and {} admitted beside it", said.returned, said.admitted)
            }
            None => "without national totals beside it".to_owned(),
        };
        Err(Refused::AlreadyStated { week, said })
    }

    /// Brings the chain of bodies up to all that is held.
    pub(super) fn extend_chain(&mut self) {
        let Self { state, store, seat, .. } = self;
        state.chain.extend(&seat.agreement, &state.books, &StoreRoots(store));
    }

    /// How a week stands.
    pub(super) fn week(&mut self, week: Week) -> WeekView {
        self.extend_chain();
        let state = &self.state;
        let body = state.chain.body(week).cloned();
        let [gbr, fra] = statements(&state.books, week);
        let differences = match (gbr, fra) {
            (Some(gbr), Some(fra)) => compare(&gbr.body, &fra.body),
            _ => Vec::new(),
        };
        let missing = match closing(&state.books, week) {
            Closing::Open(missing) => missing,
            Closing::Cut(_) => Vec::new(),
        };
        let digest = |one: Option<&WeeklyStatement>| one.map(|one| one.body.digest());
        let stated = crate::names::PerParty { gbr: digest(gbr), fra: digest(fra) };
        let verdict = body.as_ref().map_or(Verdict::Awaiting, |body| verdict(&state.books, body));
        let closed =
            crate::names::PerParty::from_fn(|party: Party| state.reader(party).next_close() > week);
        WeekView { week, closed, missing, body, stated, verdict, differences }
    }
}
