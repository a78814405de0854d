//! The end of every run: the faults cease, and both sides come to hold the same within a bounded
//! number of steps, or stand in a state that has a name and that only an operator may leave.

use entente::{
    daemon::scribe::{Gate, StatusView},
    names::{Party, PerParty, Position, Timestamp},
    season::Dice,
    store::Store,
};

use crate::{
    acts::Stand,
    breach::{Held, Promise, breach, hold},
    connections::Line,
    oracle,
    world::World,
};

/// Rounds of talk, work and jobs: each story needs a handful, and each week two.
const ROUNDS_MAX: u32 = 80;
/// Things that may happen in each before whoever is honest falls silent.
pub(crate) const TURNS_MAX: u32 = 20_000;

impl World {
    /// Lets the faults cease, and both sides go on until nothing is left to do.
    pub(crate) fn converge(&mut self, dice: &mut Dice) -> Held {
        self.cease();
        // What waits for a tick comes a round later.
        let mut settled = 0;
        for round in 0..ROUNDS_MAX {
            self.trace.say(|| format!("-- round {round}"));
            for party in Party::BOTH {
                self.start(party)?;
            }
            self.pass(11)?;
            if self.lines.is_empty() {
                let dialler = if round % 2 == 0 { Party::Fra } else { Party::Gbr };
                self.dial(dialler, false);
            }
            self.everybody_works();
            if !self.turns(dice, TURNS_MAX)? {
                return breach(Promise::Converges, "the two sides never fall silent");
            }
            Party::BOTH.iter().for_each(|party| self.let_go(*party));
            self.clerks.look_up(&self.witness);
            settled = if self.is_settled() { settled + 1 } else { 0 };
            if settled == 2 {
                break;
            }
        }
        if let Some(forked) = self.witness.forked {
            return self.judge_fork(forked, dice);
        }
        self.judge(dice)
    }

    /// Nothing more goes wrong by itself: wires, disks and clocks are as they should be.
    pub(crate) fn cease(&mut self) {
        self.lies.cease();
        self.reunite();
        for line in &mut self.lines {
            Party::BOTH.iter().for_each(|party| line.wires.of_mut(*party).calm());
        }
        // Some lies are believed, and what was lost is missed, as long as a session lasts.
        if self.lines.iter().any(Line::is_spoilt) {
            self.sever();
        }
        for party in Party::BOTH {
            let machine = self.machines.of_mut(party);
            machine.disk.disk().calm();
            machine.clock.set();
        }
        // A clock that was ahead has left times in the future, behind which nobody cosigns.
        let books = &self.witness.truth.books;
        let times = Party::BOTH.iter().flat_map(|log| {
            books.entries(*log, Position(0)).filter_map(|(_, entry)| Some(entry.entanglement()?.1))
        });
        let latest = times.max().unwrap_or_default();
        self.now = self.now.max(latest.seconds());
        self.trace.say(|| "the faults cease".to_owned());
    }

    /// Everything that can be handed in is, and the weekly jobs run.
    pub(crate) fn everybody_works(&mut self) {
        for party in Party::BOTH {
            let machine = self.machines.of_mut(party);
            for act in 0..self.clerks.acts.all.len() {
                let one = &self.clerks.acts.all[act];
                let wanted = one.stand == Stand::Waiting;
                if one.party == party && wanted && self.clerks.is_known(machine, &self.witness, act)
                {
                    self.clerks.hand_in(machine, self.now, act);
                }
            }
            self.clerks.reconcile(machine, self.now, false);
        }
    }

    /// Whether nothing is left to do.
    fn is_settled(&self) -> bool {
        let done = |stand: Stand| matches!(stand, Stand::Logged(..) | Stand::Refused);
        let worked = self
            .clerks
            .acts
            .all
            .iter()
            .enumerate()
            .all(|(number, act)| done(act.stand) || self.clerks.acts.named(number).is_none());
        let now = Timestamp::new(self.now);
        let stated = Party::BOTH.iter().all(|party| now < self.clerks.due.of(*party).end());
        let open = self.gates() == PerParty::from_fn(|_| Gate::Open);
        worked && stated && open && self.talk() && self.hold_all() && self.have_receipts()
    }

    /// Whether a session is up at both ends, and gets through.
    fn talk(&self) -> bool {
        self.lines.iter().any(|line| {
            Party::BOTH.iter().all(|party| {
                let ready = line.ends.of(*party).as_ref().is_some_and(|end| end.ready);
                ready && !line.wires.of(*party).is_deaf()
            })
        })
    }

    /// Whether every entry that is to have a receipt has one, at its author.
    fn have_receipts(&self) -> bool {
        let books = &self.witness.truth.books;
        Party::BOTH.iter().all(|log| {
            let entries = books.entries(*log, Position(0));
            let due = entries.filter(|(_, entry)| entry.entanglement().is_none()).last();
            let receipt = due.and_then(|(position, _)| books.receipt(*log, position));
            let disk = self.machines.of(*log).disk.disk();
            let newest = disk.store.newest_cosignature(*log).unwrap();
            receipt.is_some_and(|(size, _)| newest.is_some_and(|newest| newest.size >= size))
        })
    }

    /// Whether both sides hold the whole of both logs.
    fn hold_all(&self) -> bool {
        Party::BOTH.iter().all(|party| {
            let sizes = self.sizes(*party);
            Party::BOTH.iter().all(|log| *sizes.of(*log) == self.witness.truth.size(*log))
        })
    }

    /// Holds the end of the run against every promise.
    fn judge(&mut self, dice: &mut Dice) -> Held {
        self.trace.say(|| "-- the end".to_owned());
        for party in Party::BOTH {
            self.clerks.status.of_mut(party).take();
            self.clerks.ask_status(self.machines.of_mut(party));
        }
        self.turns(dice, TURNS_MAX)?;
        Party::BOTH.iter().try_for_each(|party| self.kept(*party))?;
        let told = PerParty::from_fn(|party| self.clerks.status.of_mut(party).take());
        let (Some(gbr), Some(fra)) = (told.gbr, told.fra) else {
            return breach(Promise::Converges, "a side does not say how it stands");
        };
        if self.gates() != PerParty::from_fn(|_| Gate::Open) {
            return self.is_named(&PerParty { gbr, fra }, dice);
        }
        self.cover.note("end: converged");
        for view in [&gbr, &fra] {
            for log in Party::BOTH {
                let (held, all) = (view.logs.of(log).size, self.witness.truth.size(log));
                hold(held == all, Promise::Converges, || {
                    format!("{} ends with {held} of {all} entries of {log}", view.party)
                })?;
                hold(view.logs.of(log).unreceipted == 0, Promise::Converges, || {
                    format!("{} ends with entries of {log} that have no receipt", view.party)
                })?;
            }
            hold(view.queued == 0, Promise::Converges, || {
                format!("{} ends with {} submissions queued", view.party, view.queued)
            })?;
            hold(view.clock_fault.is_none(), Promise::Converges, || {
                format!("{} ends with a clock fault: {:?}", view.party, view.clock_fault)
            })?;
        }
        let ledgers = (&gbr.tally, &gbr.breaks) == (&fra.tally, &fra.breaks);
        hold(ledgers, Promise::SameLedger, || "the two sides end with other ledgers".to_owned())?;
        hold(gbr.weeks == fra.weeks, Promise::Converges, || "weeks are missing".to_owned())?;
        hold(self.is_settled(), Promise::Converges, || {
            let left = self.clerks.acts.all.iter().filter(|act| act.stand == Stand::Waiting);
            format!("the run ends with {} acts undone, due {:?}", left.count(), self.clerks.due)
        })?;
        self.is_counted(&gbr)?;
        self.is_told(&gbr)
    }

    /// Where nobody lied and nothing was put back, every story is told to its end, and what both
    /// sides agree on is what the stories say.
    fn is_told(&self, view: &StatusView) -> Held {
        if self.lies.party.is_some() || self.put_back_times > 0 {
            return Ok(());
        }
        let acts = &self.clerks.acts;
        hold(acts.undone().is_none(), Promise::Converges, || {
            let act = acts.undone().map(|act| &acts.all[act]);
            format!("a story is not told to its end: {act:?}")
        })?;
        let (returned, admitted) = acts.totals();
        let agreed = (view.tally.returned.agreed, view.tally.admitted.agreed);
        hold(returned.contains(&agreed.0) && admitted == agreed.1, Promise::Once, || {
            format!("both agree on {agreed:?}, and the stories say {returned:?} and {admitted}")
        })
    }

    /// A side that has signed a second history has found it out, and signs nothing; the other goes
    /// on.
    fn judge_fork(&mut self, forked: Party, dice: &mut Dice) -> Held {
        let honest = forked.other();
        for party in Party::BOTH {
            self.clerks.status.of_mut(party).take();
            self.clerks.ask_status(self.machines.of_mut(party));
        }
        let fresh = self.ask_afresh(honest);
        self.turns(dice, TURNS_MAX)?;
        let told = PerParty::from_fn(|party| self.clerks.status.of_mut(party).take());
        let (Some(theirs), Some(view)) = (told.of(forked), told.of(honest)) else {
            return breach(Promise::Converges, "a side does not say how it stands");
        };
        let gates = self.gates();
        let named = *gates.of(forked) == Gate::Fork;
        hold(
            named && self.mark_was_put_back && theirs.gate_reason.is_some(),
            Promise::Converges,
            || {
                let (gate, reason) = (&theirs.gate, &theirs.gate_reason);
                format!("{forked} has signed two histories, and ends {gate}: {reason:?}")
            },
        )?;
        hold(*gates.of(honest) == Gate::Open, Promise::Converges, || {
            format!("{honest} may not sign because its counterpart forked")
        })?;
        self.cover.note("end: fork");
        self.kept(honest)?;
        Self::is_answered(view, fresh)
    }

    /// What a side agrees on is what an independent count of the two logs gives.
    pub(crate) fn is_counted(&self, view: &StatusView) -> Held {
        let counted = oracle::count(&self.witness.truth.books);
        let agreed = (view.tally.returned.agreed, view.tally.admitted.agreed);
        hold(counted == agreed, Promise::Once, || {
            format!("{} agrees on {agreed:?}, and the records give {counted:?}", view.party)
        })
    }

    /// A side that may not sign says why, and it is so; and both still take in what is asked.
    fn is_named(&mut self, views: &PerParty<StatusView>, dice: &mut Dice) -> Held {
        let gates = self.gates();
        let mut lost = false;
        for party in Party::BOTH.into_iter().filter(|party| *gates.of(*party) != Gate::Open) {
            self.waits(views.of(party))?;
            lost |= self.machines.of(party).is_marked();
        }
        self.cover.note(if lost { "end: tail-lost" } else { "end: no witness is left" });
        let fresh = Party::BOTH.map(|party| self.ask_afresh(party));
        self.turns(dice, TURNS_MAX)?;
        for (party, fresh) in Party::BOTH.into_iter().zip(fresh) {
            Self::is_answered(views.of(party), fresh)?;
        }
        Ok(())
    }
}
