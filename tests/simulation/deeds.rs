//! Carries out the deeds of a plan.

use entente::{
    names::Party,
    season::Dice,
    session::{ByeReason, Event},
    store::Store,
};

use crate::{
    breach::{Held, Promise, hold},
    mishap::Mishap,
    plan::Deed,
    wire::Tampering,
    world::{Death, PutBack, World},
};

/// Thirty days.
const MONTH: u64 = 30 * 86_400;
/// Bytes that a full disk still takes.
const ROOM_LEFT: usize = 700;
/// Things that may happen while a disk is replaced; what was under way is over by then.
const TURNS: u32 = 1000;

impl World {
    /// Carries out one deed; what it comes to is counted, if it comes to anything.
    pub(crate) fn carry_out(&mut self, deed: Deed, dice: &mut Dice) -> Held {
        let Some(deed) = self.unless_impostor(deed) else { return Ok(()) };
        match deed {
            Deed::Work(party) => self.each("work", dice, |world, dice| {
                let machine = world.machines.of_mut(party);
                world.clerks.work(machine, &world.witness, world.now, dice)
            }),
            Deed::Again(party) => self.each("handed in again", dice, |world, dice| {
                world.clerks.again(world.machines.of_mut(party), world.now, dice)
            }),
            Deed::Reuse(party) => self.each("a key used again", dice, |world, dice| {
                world.clerks.reuse(world.machines.of_mut(party), dice)
            }),
            Deed::Anew(party) => self.each("handed in anew", dice, |world, dice| {
                world.clerks.anew(world.machines.of_mut(party), dice)
            }),
            Deed::Stray(party) => self.each("a stray record", dice, |world, dice| {
                world.clerks.stray(world.machines.of_mut(party), dice)
            }),
            Deed::Reconcile(party) => self.each("the weekly job", dice, |world, dice| {
                let early = dice.once_in(6);
                world.clerks.reconcile(world.machines.of_mut(party), world.now, early)
            }),
            Deed::Ask(party) => self.each("a question", dice, |world, dice| {
                world.clerks.ask(world.machines.of_mut(party), dice);
                true
            }),
            Deed::Backlog(party) => {
                self.cover.note("a backlog");
                self.clerks.backlog(self.machines.of_mut(party), dice);
            }
            Deed::Dial(party) => {
                if self.dial(party, dice.once_in(4)) {
                    self.cover.note("dialled");
                }
            }
            Deed::Lie(party, number) => return self.begin_to_lie(party, number),
            _ => return self.disturb(deed, dice),
        }
        Ok(())
    }

    /// What befalls the network.
    fn disturb(&mut self, deed: Deed, dice: &mut Dice) -> Held {
        match deed {
            Deed::Sever => self.if_connected("severed", Self::sever),
            Deed::Partition => {
                self.parted_at.get_or_insert(self.now);
                self.if_connected("parted", |world| {
                    for line in &mut world.lines {
                        Party::BOTH.iter().for_each(|one| line.wires.of_mut(*one).deafen());
                    }
                });
            }
            Deed::Reunite => self.reunite(),
            Deed::Deafen(party) => self.if_connected("half-open", |world| {
                world.lines.iter_mut().for_each(|line| line.wires.of_mut(party).deafen());
            }),
            Deed::Slow(party) => {
                self.lines.iter_mut().for_each(|line| line.wires.of_mut(party).slow(6));
            }
            Deed::Lose(party) => self.tamper(party, Tampering::Lose),
            Deed::Double(party) => self.tamper(party, Tampering::Double),
            Deed::Swap(party) => self.tamper(party, Tampering::Swap),
            Deed::Garble(party) => self.tamper(party, Tampering::Garble),
            Deed::Oversize(party) => self.tamper(party, Tampering::Oversize),
            _ => return self.befall(deed, dice),
        }
        Ok(())
    }

    /// It gets through again.
    pub(crate) fn reunite(&mut self) {
        let away = self.parted_at.take().map_or(0, |since| self.now - since);
        if away >= MONTH {
            self.cover.note("away for a month");
        }
    }

    /// What befalls a machine.
    fn befall(&mut self, deed: Deed, dice: &mut Dice) -> Held {
        match deed {
            Deed::Kill(party) if self.machines.of(party).daemon.is_some() => {
                self.cover.note("killed between two steps");
                self.died(party, Death::Process);
            }
            Deed::PowerCut(party) => {
                self.cover.note("power cut between two steps");
                self.died(party, Death::Power);
            }
            Deed::Stop(party) => return self.stop(party),
            Deed::Start(party) => return self.start(party),
            Deed::Mishap(party, mishap, later) => self.plan_mishap(party, mishap, later),
            Deed::Fill(party) => {
                let mut disk = self.machines.of(party).disk.disk();
                let left = usize::try_from(dice.below(ROOM_LEFT as u64)).unwrap();
                let room = disk.store.bytes() + left;
                disk.store.set_bytes_max(Some(room));
            }
            Deed::Clear(party) => self.machines.of(party).disk.disk().store.set_bytes_max(None),
            Deed::Backup(party) => {
                self.cover.note("backup");
                let disk = self.machines.of(party).disk.disk();
                let copy = (disk.store.snapshot(), disk.mark.clone());
                drop(disk);
                self.machines.of_mut(party).backups.push(copy);
            }
            Deed::Restore(party) => return self.restore(party, PutBack::Marked, dice),
            Deed::RestoreUnmarked(party) => return self.restore(party, PutBack::Unmarked, dice),
            Deed::RestoreWithMark(party) => return self.restore(party, PutBack::WithMark, dice),
            Deed::RestoreBoth => {
                let how = dice.pick(PutBack::Marked, &[PutBack::Unmarked]);
                self.restore(Party::Gbr, how, dice)?;
                return self.restore(Party::Fra, how, dice);
            }
            Deed::Jump(party, by) if by != 0 => {
                self.cover.note("clock jump");
                let now = self.now;
                self.machines.of_mut(party).clock.jump(now, by);
            }
            Deed::Drift(party, by) if by != 0 => {
                self.cover.note("clock drift");
                let now = self.now;
                self.machines.of_mut(party).clock.drift(now, by);
            }
            Deed::SetClock(party) => self.machines.of_mut(party).clock.set(),
            _ => {}
        }
        Ok(())
    }

    /// Something that somebody does at a side, a few times.
    fn each(
        &mut self,
        name: &'static str,
        dice: &mut Dice,
        mut deed: impl FnMut(&mut Self, &mut Dice) -> bool,
    ) {
        for _ in 0..=dice.below(2) {
            if deed(self, dice) {
                self.cover.note(name);
            }
        }
    }

    fn if_connected(&mut self, name: &'static str, deed: impl FnOnce(&mut Self)) {
        if !self.lines.is_empty() {
            self.cover.note(name);
            deed(self);
        }
    }

    fn tamper(&mut self, to: Party, how: Tampering) {
        self.lines.iter_mut().for_each(|line| line.wires.of_mut(to).tamper(how));
    }

    /// A daemon is told to stop, and does so in order: every session says farewell, and what was
    /// asked is answered.
    fn stop(&mut self, party: Party) -> Held {
        if self.machines.of(party).daemon.is_none() {
            return Ok(());
        }
        self.cover.note("stopped in order");
        let now = self.now;
        for line in 0..self.lines.len() {
            let Some(end) = self.lines[line].ends.of_mut(party) else { continue };
            let stopping = Event::Renew(ByeReason::Stopping);
            end.step(self.machines.of_mut(party), now, stopping);
            if let Some(ended) = end.ended {
                self.farewell(line, party, ended)?;
            }
        }
        while self.finish(party)? {}
        self.died(party, Death::Process);
        Ok(())
    }

    fn plan_mishap(&self, party: Party, mishap: Mishap, later: u32) {
        self.machines.of(party).disk.disk().plan(mishap, later);
    }

    /// Starts a daemon that is down.
    pub(crate) fn start(&mut self, party: Party) -> Held {
        if self.machines.of(party).daemon.is_some() || self.witness.liar == Some(party) {
            return Ok(());
        }
        let now = self.now;
        let marked = self.machines.of(party).disk.disk().was_marked;
        let outcome = self.machines.of_mut(party).start(now);
        self.look(party)?;
        hold(!marked || self.machines.of(party).is_marked(), Promise::Durable, || {
            format!("the mark of {party} was whole once, and is not")
        })?;
        match outcome {
            Ok(()) => self.cover.note("started"),
            Err(fault) => {
                self.trace.say(|| format!("{party} does not start: {fault}"));
                self.cover.note("a start that failed");
                let how = self.death(party);
                self.died(party, how);
            }
        }
        Ok(())
    }

    /// An old copy of a store is put back. What was queued since is gone, and its clerks know it.
    fn restore(&mut self, party: Party, how: PutBack, dice: &mut Dice) -> Held {
        let backups = &self.machines.of(party).backups;
        let Some(copy) = backups.get(usize::try_from(dice.below(backups.len() as u64)).unwrap())
        else {
            return Ok(());
        };
        let (store, mark) = copy.clone();
        // After an operator's mistake of this kind a second history may be signed, once; nothing
        // else is put back in such a run, so that it stays clear which is the second.
        let alone = self.put_back_times == 0 && self.lies.party.is_none();
        let unfit = how == PutBack::WithMark && !(alone && mark.is_some());
        if unfit || self.mark_was_put_back {
            return Ok(());
        }
        self.put_back_times += 1;
        self.mark_was_put_back = how == PutBack::WithMark;
        self.cover.note(match how {
            PutBack::Marked => "restored",
            PutBack::Unmarked => "restored, and the mark lost",
            PutBack::WithMark => "restored, and the mark with it",
        });
        // Whoever replaces a disk does so while nothing is on its way.
        self.died(party, Death::Power);
        self.sever();
        self.turns(dice, TURNS)?;
        let queued: Vec<_> = store.queue().unwrap().into_iter().map(|one| one.id).collect();
        let machine = self.machines.of_mut(party);
        let mut disk = machine.disk.disk();
        disk.store = store;
        match how {
            PutBack::Marked => {}
            PutBack::Unmarked => disk.lose_mark(),
            PutBack::WithMark => {
                disk.mark = mark;
                disk.mark_changes += 1;
                // Such a mark is removed once the counterpart is heard: the one time that it is.
                let removal = [Mishap::CutBeforeMarkRemoval, Mishap::CutAfterMarkRemoval];
                if dice.once_in(2) {
                    disk.plan(dice.pick(removal[0], &removal[1..]), 0);
                }
            }
        }
        let how = if disk.mark.is_some() { how } else { PutBack::Unmarked };
        drop(disk);
        // Who lost its mark once has none that knows of the time before.
        let before = self.put_back.of_mut(party);
        *before = before.filter(|before| *before != PutBack::Marked).or(Some(how));
        self.clerks.forgive(party, &queued);
        self.start(party)
    }
}
