//! Both sides in one process: machines, connections, clerks, and the one true time; and in which
//! order things happen.

use entente::{
    daemon::scribe::{Command, Gate},
    limits::SCRIBE_QUEUE_MAX,
    names::{Party, PerParty, Size, Timestamp},
    season::Dice,
    session::{Event, Ping},
    store::Store,
};

use crate::{
    acts::Acts,
    breach::{Breach, Held, Promise, hold},
    clerks::Clerks,
    connections::Line,
    cover::Cover,
    impostor::Impostor,
    keys::Keys,
    lies::Lies,
    machine::Machine,
    plan::Plan,
    seen,
    trace::{self, Trace},
    witness::{Moment, Witness},
};

/// The first day in force, at eight.
pub(crate) const START: u64 = 1_754_467_200;

/// Things that may happen in a run: many times what any has come to.
const HAPPENS_MAX: u64 = 1_000_000;

/// How a daemon ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    /// Its process, alone.
    Process,
    /// With the power of its machine.
    Power,
}

/// How an old copy of a store was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PutBack {
    /// The mark was kept.
    Marked,
    /// The mark was lost too.
    Unmarked,
    /// The mark was put back too.
    WithMark,
}

/// The whole world of a run.
pub(crate) struct World {
    pub(crate) now: u64,
    pub(crate) machines: PerParty<Machine>,
    pub(crate) lines: Vec<Line>,
    /// Since when nothing gets through, if nothing does.
    pub(crate) parted_at: Option<u64>,
    pub(crate) clerks: Clerks,
    pub(crate) witness: Witness,
    pub(crate) trace: Trace,
    pub(crate) cover: Cover,
    /// Weeks that ended joint, in a run that is about them; known at its end.
    pub(crate) weeks: u64,
    /// How an old copy of a side's store was put back, until it holds its whole log again.
    pub(crate) put_back: PerParty<Option<PutBack>>,
    /// How often something was put back in this run.
    pub(crate) put_back_times: u32,
    /// Whether a mark was put back together with its store in this run.
    pub(crate) mark_was_put_back: bool,
    pub(crate) lies: Lies,
    /// Who has taken a side's place.
    pub(crate) impostor: Option<Impostor>,
    /// How many things have happened.
    happened: u64,
}

impl World {
    /// Two sides that have just been founded and have never spoken.
    pub(crate) fn new(plan: &Plan, trace: Trace) -> Result<Self, Breach> {
        let mut dice = Dice::new(plan.seed ^ 0xac75);
        let acts = Acts::draw(&mut dice);
        let found = |party| Machine::found(Keys { party, quick: plan.quick }, START);
        let mut world = Self {
            now: START,
            machines: PerParty::from_fn(found),
            lines: Vec::new(),
            parted_at: None,
            clerks: Clerks::new(acts),
            witness: Witness::new(),
            trace,
            cover: Cover::default(),
            weeks: 0,
            put_back: PerParty::default(),
            put_back_times: 0,
            mark_was_put_back: false,
            lies: Lies::default(),
            impostor: None,
            happened: 0,
        };
        for party in Party::BOTH {
            world.look(party)?;
            hold(world.machines.of(party).is_marked(), Promise::Durable, || {
                format!("{party} has founded its log, and has no mark")
            })?;
        }
        Ok(world)
    }

    /// Lets up to so many things happen, in the order that the dice say; stops when nothing can.
    pub(crate) fn turns(&mut self, dice: &mut Dice, turns: u32) -> Result<bool, Breach> {
        for number in 0..turns {
            // What is slow takes its time.
            if number % 8 == 7 && self.is_slow() {
                self.pass(1)?;
            }
            if !self.turn(dice)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn turn(&mut self, dice: &mut Dice) -> Result<bool, Breach> {
        self.happens()?;
        let choices = 2 + 2 * self.lines.len() as u64;
        let first = dice.below(choices);
        for choice in (first..choices).chain(0..first) {
            let party = if choice.is_multiple_of(2) { Party::Gbr } else { Party::Fra };
            let done = match usize::try_from(choice / 2).unwrap().checked_sub(1) {
                None => self.group(party, dice)?,
                Some(line) => self.end(line, party, dice)?,
            };
            if done {
                self.lines.retain(|line| !line.ends.is_empty());
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The scribe deals with some of what waits.
    fn group(&mut self, party: Party, dice: &mut Dice) -> Result<bool, Breach> {
        let machine = self.machines.of(party);
        let waiting = machine.daemon.as_ref().map_or(0, |daemon| daemon.queue.len());
        if waiting == 0 {
            return Ok(false);
        }
        hold(waiting <= SCRIBE_QUEUE_MAX, Promise::Bounded, || {
            format!("{waiting} commands wait for the scribe of {party}")
        })?;
        let some = if dice.once_in(2) { waiting as u64 } else { 1 + dice.below(waiting as u64) };
        self.deal(party, usize::try_from(some).unwrap())
    }

    /// The scribe deals with all that waits; `false` if nothing did.
    pub(crate) fn finish(&mut self, party: Party) -> Result<bool, Breach> {
        let waiting = self.machines.of(party).daemon.as_ref().map_or(0, |one| one.queue.len());
        if waiting == 0 { Ok(false) } else { self.deal(party, waiting) }
    }

    fn is_slow(&self) -> bool {
        self.lines.iter().any(|line| Party::BOTH.iter().any(|one| line.wires.of(*one).is_slow()))
    }

    /// One more thing happens; every run comes to an end.
    fn happens(&mut self) -> Held {
        self.happened += 1;
        hold(self.happened <= HAPPENS_MAX, Promise::Converges, || "the run never ends".to_owned())
    }

    fn deal(&mut self, party: Party, some: usize) -> Result<bool, Breach> {
        self.happens()?;
        let outcome = self.machines.of_mut(party).group(self.now, some);
        self.look(party)?;
        if let Err(fault) = outcome {
            self.trace.say(|| format!("{party} stops: {fault}"));
            let how = self.death(party);
            self.died(party, how);
        }
        self.listen(party)?;
        Ok(true)
    }

    /// Holds what a side has committed against the one history.
    pub(crate) fn look(&mut self, party: Party) -> Held {
        let seen = self.seen(party);
        let machine = self.machines.of(party);
        let mut disk = machine.disk.disk();
        for _ in 0..std::mem::take(&mut disk.found_full) {
            self.cover.note("disk full");
        }
        for mishap in std::mem::take(&mut disk.befallen) {
            self.cover.note(mishap.name());
            self.trace.say(|| format!("{party}: {}", mishap.name()));
        }
        let committed = std::mem::take(&mut disk.committed);
        let moment = Moment {
            party,
            store: &disk.store,
            wall: machine.reading(self.now).wall,
            differs: machine.differs,
            jumped: machine.jumped(self.now),
            seen,
            mark_put_back: *self.put_back.of(party) == Some(PutBack::WithMark),
        };
        for writes in &committed {
            self.trace.say(|| format!("{party} commits {}", trace::writes(writes)));
            self.witness.committed(moment, writes)?;
        }
        if disk.store.size(party).unwrap() >= self.witness.truth.size(party) {
            *self.put_back.of_mut(party) = None;
        }
        drop(disk);
        self.mourn();
        Ok(())
    }

    /// The clerks hear of what is lost without a trace.
    fn mourn(&mut self) {
        for lost in Party::BOTH {
            if std::mem::take(self.witness.truncated.of_mut(lost)) {
                self.cover.note("an end of a log is lost without a trace");
                self.trace.say(|| format!("the end of the log of {lost} is lost without a trace"));
                self.clerks.lost(&self.witness, lost);
                // Nobody puts back a copy of what is known to be gone.
                let truth = &self.witness.truth;
                for party in Party::BOTH {
                    let backups = &mut self.machines.of_mut(party).backups;
                    backups.retain(|(copy, _)| truth.begins_with(copy, lost));
                }
            }
        }
    }

    /// What is lost though nobody else has ever seen it: a side that may sign and has no need to
    /// write again does not show that by itself.
    pub(crate) fn let_go(&mut self, party: Party) {
        let open = self.machines.of(party).daemon.as_ref().map(|daemon| daemon.gate());
        let held = *self.sizes(party).of(party);
        let unseen = self.seen(party).is_some_and(|seen| seen <= held);
        if open == Some(Gate::Open) && unseen && held < self.witness.truth.size(party) {
            self.witness.forget(party, held);
            self.mourn();
        }
    }

    /// After an old copy was put back: how much of a side's log somebody else has seen.
    fn seen(&self, party: Party) -> Option<Size> {
        self.put_back.of(party).map(|how| match how {
            PutBack::Marked => *self.witness.left.of(party),
            PutBack::Unmarked | PutBack::WithMark => self.vouched_for(party),
        })
    }

    /// How much of a side's log its counterpart holds, or has cosigned by its mark.
    fn vouched_for(&self, party: Party) -> Size {
        let other = self.machines.of(party.other());
        let cosigned = other.shown_mark().and_then(|mark| mark.cosigned);
        let cosigned = cosigned.map_or(Size(0), |one| one.checkpoint().size());
        cosigned.max(other.disk.disk().store.size(party).unwrap())
    }

    /// The clerks of a side hear what they were answered.
    fn listen(&mut self, party: Party) -> Held {
        if self.witness.forked == Some(party) {
            self.clerks.deafen(party);
        }
        let left = *self.witness.left.of(party);
        self.clerks.hear(self.machines.of_mut(party), &mut self.witness, &mut self.cover)?;
        let now_left = *self.witness.left.of(party);
        let marked = self.machines.of_mut(party).marked();
        // Who has no mark at all is known by that after whatever is put back.
        let unmarked = marked == Size(0);
        hold(now_left == left || unmarked || now_left <= marked, Promise::Durable, || {
            format!("{now_left} entries of {party} are acknowledged, and its mark says {marked}")
        })?;
        let gate = self.machines.of(party).daemon.as_ref().map(|daemon| daemon.gate());
        if let Some(gate) = gate {
            self.cover.note(seen::gate(gate));
        }
        if gate == Some(Gate::Open) && self.put_back.of(party).is_none() {
            *self.clerks.put_back.of_mut(party) = false;
        }
        if gate == Some(Gate::Fork) && self.witness.forked == Some(party) {
            self.witness.found_out = true;
        }
        let forked = gate == Some(Gate::Fork) && self.witness.forked != Some(party);
        hold(!forked || self.witness.liar.is_some(), Promise::OneHistory, || {
            format!("{party} finds that it has signed a fork")
        })
    }

    /// A daemon is gone. If only its process ended, the kernel keeps what was not synced and tells
    /// the counterpart; if power was cut, it does neither.
    pub(crate) fn died(&mut self, party: Party, how: Death) {
        self.machines.of_mut(party).daemon = None;
        if how == Death::Power {
            self.machines.of(party).disk.disk().cut();
        }
        for line in &mut self.lines {
            let Some(end) = line.ends.of_mut(party).take() else { continue };
            self.cover.note(end.phase().killed());
            if how == Death::Process {
                line.wires.of_mut(party.other()).close();
            } else {
                self.cover.note("half-open after a crash");
                line.wires.of_mut(party.other()).deafen();
            }
        }
        self.lines.retain(|line| !line.ends.is_empty());
    }

    /// What ended a daemon that stopped in the middle of a durable step.
    pub(crate) fn death(&self, party: Party) -> Death {
        let cut = self.machines.of(party).disk.disk().take_power_cut();
        if cut { Death::Power } else { Death::Process }
    }

    /// Lets time pass. What two healthy ends say to each other meanwhile is a ping each.
    pub(crate) fn pass(&mut self, seconds: u64) -> Held {
        if seconds == 0 {
            return Ok(());
        }
        self.now += seconds;
        let now = self.now;
        let clocks: PerParty<Timestamp> =
            PerParty::from_fn(|party| self.machines.of(party).reading(now).wall);
        for line in &mut self.lines {
            for party in Party::BOTH {
                let wire = line.wires.of(party);
                let heard = !wire.is_deaf() && wire.is_empty() && self.parted_at.is_none();
                let theirs = line.ends.of(party.other()).as_ref().is_some_and(|end| end.ready);
                let Some(end) = line.ends.of_mut(party) else { continue };
                let machine = self.machines.of_mut(party);
                if seconds > 5 && heard && theirs && end.ready {
                    let clock = *clocks.of(party.other());
                    end.step(machine, now, Event::Received(Ping { clock }.into()));
                }
                end.step(machine, now, Event::Tick);
            }
        }
        for party in Party::BOTH {
            self.machines.of_mut(party).command(Command::Tick);
        }
        Ok(())
    }

    /// The sizes of a side's two logs, as they are on its disk.
    pub(crate) fn sizes(&self, party: Party) -> PerParty<Size> {
        let disk = self.machines.of(party).disk.disk();
        PerParty::from_fn(|log| disk.store.size(log).unwrap())
    }
}
