//! A side whose counterpart lies in its own log for the rest of the run: what it does meanwhile,
//! and what it has to come to at the end.

use entente::{
    daemon::scribe::Gate,
    ledger::Entry,
    names::{Party, Position, Size, Timestamp},
    record::{Content, Objection},
    season::Dice,
    store::Store,
};

use crate::{
    breach::{Held, Promise, breach, hold},
    connections::Line,
    converge::TURNS_MAX,
    forgeries::Forgery,
    impostor::{Impostor, Scene},
    plan::Deed,
    trace,
    world::{PutBack, World},
};

/// Rounds of talk with a liar after the faults have ceased.
const ROUNDS: u32 = 24;
/// Of so many lies that are drawn, the first few are told in the log.
const LOG_LIES: u32 = 3;

impl World {
    /// Somebody begins to lie: on the wire, or in its log for good.
    pub(crate) fn begin_to_lie(&mut self, party: Party, number: u32) -> Held {
        let party = self.lies.party.unwrap_or(party);
        if self.impostor.is_some() {
            return Ok(());
        }
        if number >= LOG_LIES {
            self.lies.plan(party, number - LOG_LIES);
            return Ok(());
        }
        let honest = party.other();
        if self.put_back.of(honest).is_some_and(|how| how != PutBack::Marked)
            || self.mark_was_put_back
        {
            // Nobody but this one could tell it what is newest.
            return Ok(());
        }
        self.lies.party = Some(party);
        self.cover.note("an impostor");
        self.trace.say(|| format!("{party} lies in its log from now on"));
        self.sever();
        let machine = self.machines.of_mut(party);
        machine.daemon = None;
        let disk = machine.disk.disk();
        let entries = self.witness.truth.books.entries(party, Position(0));
        let entangled = entries.filter_map(|(_, entry)| entry.entanglement()).last();
        let told = entangled.map(|(one, time)| (one.size, time)).unwrap_or_default();
        self.impostor = Some(Impostor::of(machine.keys, &disk.store, told));
        drop(disk);
        // What a copy of its store holds it may hold again.
        let machine = self.machines.of(honest);
        let copies = machine.backups.iter().map(|(copy, _)| copy.size(party).unwrap());
        let held = copies.fold(machine.disk.disk().store.size(party).unwrap(), Size::max);
        self.witness.liar = Some(party);
        self.witness.forget(party, held);
        *self.witness.truncated.of_mut(party) = false;
        self.clerks.lost(&self.witness, party);
        Ok(())
    }

    /// What still makes sense to do once an impostor has taken a side's place.
    pub(crate) fn unless_impostor(&self, deed: Deed) -> Option<Deed> {
        let Some(liar) = self.witness.liar else { return Some(deed) };
        let honest = liar.other();
        match deed {
            // Whoever loses its mark too has only its counterpart's word.
            Deed::RestoreUnmarked(party) | Deed::RestoreWithMark(party) | Deed::Restore(party)
                if party == honest =>
            {
                self.restorable(honest)
            }
            Deed::RestoreBoth => self.restorable(honest),
            Deed::Kill(party)
            | Deed::PowerCut(party)
            | Deed::Stop(party)
            | Deed::Start(party)
            | Deed::Mishap(party, ..)
            | Deed::Fill(party)
            | Deed::Clear(party)
            | Deed::Backup(party)
            | Deed::Restore(party)
            | Deed::RestoreUnmarked(party)
            | Deed::RestoreWithMark(party)
            | Deed::Jump(party, _)
            | Deed::Drift(party, _)
            | Deed::SetClock(party)
                if party == liar =>
            {
                None
            }
            deed => Some(deed),
        }
    }

    fn restorable(&self, honest: Party) -> Option<Deed> {
        let marked = self.machines.of(honest).disk.disk().mark.is_some();
        marked.then_some(Deed::Restore(honest))
    }

    /// The impostor does one thing at its end of a connection.
    pub(crate) fn impostor_turn(&mut self, line: usize, liar: Party, dice: &mut Dice) -> bool {
        let overlaps = self.lines.len() > 1;
        let Some(impostor) = &mut self.impostor else { return false };
        let Line { wires, talk, .. } = &mut self.lines[line];
        let scene = Scene { truth: &self.witness.truth, now: Timestamp::new(self.now) };
        if talk.is_none() {
            self.cover.note(talk.insert(impostor.talk(dice)).mood.name());
        }
        let Some(talk) = talk else { return false };
        talk.overlaps |= overlaps;
        let outward = wires.of_mut(liar.other());
        if outward.is_closed() {
            return false;
        }
        if outward.has_room()
            && let Some((message, frame)) = talk.next()
        {
            self.trace.say(|| format!("{liar} sends {}", trace::message(&message)));
            outward.put(frame);
            return true;
        }
        if let Some(event) = wires.of_mut(liar).take() {
            if !impostor.hear(talk, event, scene, dice) {
                wires.of_mut(liar.other()).close();
            }
            return true;
        }
        if wires.of(liar).has_closed() {
            wires.of_mut(liar.other()).close();
            return false;
        }
        match impostor.lie(talk, scene, dice) {
            Some(name) => {
                self.trace.say(|| format!("{liar}: {name}"));
                // A lie in the log counts once the honest side has it.
                if Forgery::ALL.iter().all(|lie| lie.name() != name) {
                    self.cover.note(name);
                }
                true
            }
            None => false,
        }
    }

    /// Lets the faults cease, all but the liar, and looks at what the honest side has come to.
    pub(crate) fn outlast(&mut self, dice: &mut Dice) -> Held {
        self.cease();
        let Some(liar) = self.witness.liar else { return Ok(()) };
        let honest = liar.other();
        for _ in 0..ROUNDS {
            self.round(honest, dice)?;
        }
        self.last_talk(honest, dice)?;
        self.sever();
        self.clerks.status.of_mut(honest).take();
        self.clerks.ask_status(self.machines.of_mut(honest));
        let fresh = self.ask_afresh(honest);
        self.turns(dice, TURNS_MAX)?;
        let Some(view) = self.clerks.status.of_mut(honest).take() else {
            return breach(Promise::Converges, format!("{honest} does not say how it stands"));
        };
        self.kept(honest)?;
        self.has_deserved(honest)?;
        Self::is_answered(&view, fresh)?;
        if *self.gates().of(honest) == Gate::Open {
            self.cover.note("end: outlasts a liar");
            self.is_whole(honest)?;
            self.has_objected(honest)?;
            return self.is_counted(&view);
        }
        self.cover.note("end: waits, with a liar");
        self.waits(&view)
    }

    fn round(&mut self, honest: Party, dice: &mut Dice) -> Held {
        self.start(honest)?;
        self.sever();
        self.pass(11)?;
        self.dial(honest, false);
        self.everybody_works();
        if !self.turns(dice, TURNS_MAX)? {
            return breach(Promise::Converges, format!("{honest} never falls silent"));
        }
        self.let_go(honest);
        Ok(())
    }

    /// One more conversation, in which all is true but one entry: it is mirrored like any other.
    fn last_talk(&mut self, honest: Party, dice: &mut Dice) -> Held {
        let Some(impostor) = &mut self.impostor else { return Ok(()) };
        impostor.last = true;
        let before = *self.gates().of(honest);
        self.round(honest, dice)?;
        if before != *self.gates().of(honest) && !self.is_mirrored(honest) {
            // It has just passed, and ended what was said before: it does so once.
            self.round(honest, dice)?;
        }
        let mirrored = self.is_mirrored(honest);
        // One who waits for the end of a log can take in nothing that does not lead there.
        let waits = *self.gates().of(honest) != Gate::Open && self.may_wait(honest);
        hold(mirrored || waits, Promise::Converges, || {
            let last = self.impostor.as_ref().and_then(|one| one.last_lie);
            format!("{honest} does not mirror an entry that breaks a rule: {last:?}")
        })
    }

    /// Whether a side's mirror ends with the last lie.
    fn is_mirrored(&self, honest: Party) -> bool {
        let (liar, last) = (honest.other(), self.impostor.as_ref().and_then(|one| one.last_lie));
        let held = *self.sizes(honest).of(liar);
        let newest = self.witness.truth.books.entry(liar, Position(held.0.saturating_sub(1)));
        last.is_some() && newest.map(|entry| entry.leaf) == last
    }

    /// Each entry of the liar is what its author made of it.
    fn has_deserved(&mut self, honest: Party) -> Held {
        let (liar, truth) = (honest.other(), &self.witness.truth);
        let held = *self.sizes(honest).of(liar);
        let Some(impostor) = &self.impostor else { return Ok(()) };
        let told = impostor.forged.held(truth, liar, held)?;
        told.into_iter().for_each(|name| self.cover.note(name));
        Ok(())
    }

    /// A side that may sign holds all of its log, and all that it ever took of the other's.
    fn is_whole(&self, honest: Party) -> Held {
        let sizes = self.sizes(honest);
        for log in Party::BOTH {
            let (held, all) = (*sizes.of(log), self.witness.truth.size(log));
            hold(held == all, Promise::Durable, || {
                format!("{honest} ends with {held} of {all} entries of {log}")
            })?;
        }
        Ok(())
    }

    /// One objection for each contested entry, that names it; and none for any other.
    fn has_objected(&self, honest: Party) -> Held {
        let (books, liar) = (&self.witness.truth.books, honest.other());
        let contested = |(position, entry): (Position, &Entry)| {
            Some((position, entry.leaf, entry.objection()?))
        };
        let held = self.machines.of(honest).disk.disk().store.size(liar).unwrap();
        let mut wanted: Vec<_> = books.entries(liar, Position(0)).filter_map(contested).collect();
        wanted.retain(|(position, ..)| held.covers(*position));
        let objection = |entry: &Entry| match &entry.sound()?.get().content {
            Content::Objection(one) => Some(Objection::clone(one)),
            _ => None,
        };
        let own = books.entries(honest, Position(0));
        let mut made: Vec<_> = own
            .filter_map(|(_, entry)| objection(entry))
            .map(|one| (one.position, one.leaf, one.reason))
            .collect();
        made.sort_unstable_by_key(|(position, ..)| *position);
        hold(made == wanted, Promise::Once, || {
            let odd = made.iter().filter(|one| !wanted.contains(one)).collect::<Vec<_>>();
            let missing = wanted.iter().filter(|one| !made.contains(one)).collect::<Vec<_>>();
            format!("{honest} objects to {odd:?}, and not to {missing:?}")
        })
    }
}
