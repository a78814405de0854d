//! Closing weeks: our own close, our own statement, and what both sides say.

use super::{Gate, Refused, Signatures, State, WeekView, group::Scribe, roots::StoreRoots};
use crate::{
    danger::{Bug, planted},
    ledger::{Agreement, View},
    limits::DISPUTES_KEPT_MAX,
    names::{BodyDigest, Party, PerParty, Week},
    reconcile::{Bodies, Closing, Dispute, Verdict, close_of, closing_after, statements, verdict},
    record::{Body, NationalTotals, Record, WeekClose, WeeklyStatement},
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
            self.may_sign()?;
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
        let dispute = self.state.dispute(&self.seat.agreement, week);
        let (rules, differences) =
            dispute.map_or((None, Vec::new()), |one| (Some(one.rules), one.differences));
        let state = &self.state;
        let body = state.chain.body(week).cloned();
        let [gbr, fra] = statements(&state.books, week);
        let missing = match &body {
            Some(_) => Vec::new(),
            None => match closing_after(&state.books, week, state.chain.cut()) {
                Closing::Open(missing) => missing,
                Closing::Cut(_) => Vec::new(),
            },
        };
        let digest = |one: Option<&WeeklyStatement>| one.map(|one| one.body.digest());
        let stated = PerParty { gbr: digest(gbr), fra: digest(fra) };
        let software = |one: Option<&WeeklyStatement>| one.map(|one| one.software.clone());
        let software = PerParty { gbr: software(gbr), fra: software(fra) };
        let verdict = body.as_ref().map_or(Verdict::Awaiting, |body| verdict(&state.books, body));
        let closed = PerParty::from_fn(|party: Party| state.reader(party).next_close() > week);
        WeekView { week, closed, missing, body, stated, software, verdict, rules, differences }
    }
}

/// Where the bodies of one week differ. Locating it folds both logs twice, and whoever waits for a
/// week asks for it again and again.
#[derive(Debug, Clone)]
pub(super) struct LastLocated {
    week: Week,
    /// Of what was compared: stated by each side, and computed.
    digests: [Option<BodyDigest>; 3],
    /// How much of both logs was held: what is known of a record may grow.
    held: View,
    dispute: Dispute,
}

#[cfg(test)]
impl LastLocated {
    /// Which week, and at how much of both logs.
    pub(super) const fn shown(&self) -> (Week, View) {
        (self.week, self.held)
    }
}

impl State {
    /// Where the bodies of a week differ, with what both logs say about it here.
    fn dispute(&mut self, agreement: &Agreement, week: Week) -> Option<Dispute> {
        let bodies = Bodies::at(&self.books, &self.chain, week);
        if !bodies.differ() {
            return None;
        }
        let [gbr, fra] = bodies.stated;
        let digests = [gbr, fra, bodies.computed].map(|body| body.map(Body::digest));
        let held = self.books.all();
        let known =
            |one: &&LastLocated| one.week == week && one.digests == digests && one.held == held;
        if let Some(last) = self.located.iter().find(known) {
            return Some(last.dispute.clone());
        }
        let dispute = Dispute::of(agreement, &self.books, &self.chain, week)?;
        self.located.retain(|one| one.week != week);
        if self.located.len() >= DISPUTES_KEPT_MAX {
            self.located.pop_front();
        }
        self.located.push_back(LastLocated { week, digests, held, dispute: dispute.clone() });
        Some(dispute)
    }
}
