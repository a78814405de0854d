//! Everybody who asks a side something: case-working systems, officers, the weekly job, operators.
//! What they were answered they hold the side to.

use std::collections::BTreeMap;

use entente::{
    daemon::scribe::{Command, RecordKey, RecordView, Refused, StatusView, Submitted, WeekView},
    ledger::{View, fold},
    limits::SCRIBE_QUEUE_MAX,
    names::{BodyDigest, Party, PerParty, RecordId, Size, Week, sha256},
    record::{Record, Submission},
    season::Dice,
    store::Store,
    tlog::Receipt,
};
use tokio::sync::oneshot::{self, Receiver, error::TryRecvError};

use crate::{
    acts::{Act, Acts, Make, Stand},
    breach::{Breach, Held, Promise, breach, hold},
    cover::Cover,
    keys::{agreement, submission_id},
    machine::Machine,
    witness::Witness,
};

/// Records of a backlog: half of what an entries message may hold.
const BACKLOG: usize = 128;

type Answer<T> = Receiver<Result<T, Refused>>;

/// A question that is open.
enum Open {
    /// An act, the record that was handed in, and the answer.
    Act(usize, Box<Record>, Answer<Submitted>),
    /// A key that was used comes with other facts, or facts that refer to nothing.
    Wrong(usize, Answer<Submitted>),
    Close(Week, Answer<WeekView>),
    State(Week, Answer<WeekView>),
    Record(RecordId, Answer<RecordView>),
    Status(Answer<StatusView>),
}

/// Everybody who asks.
pub(crate) struct Clerks {
    pub(crate) acts: Acts,
    open: PerParty<Vec<Open>>,
    /// The week that each job closes next.
    pub(crate) due: PerParty<Week>,
    bodies: BTreeMap<Week, BodyDigest>,
    /// Whether a side's disk was put back, so that it may have forgotten what it answered.
    pub(crate) put_back: PerParty<bool>,
    /// The newest status that was told.
    pub(crate) status: PerParty<Option<StatusView>>,
}

impl Clerks {
    pub(crate) fn new(acts: Acts) -> Self {
        let first = agreement().terms().provisions.in_force.week();
        Self {
            acts,
            open: PerParty::default(),
            due: PerParty::from_fn(|_| first),
            bodies: BTreeMap::new(),
            put_back: PerParty::default(),
            status: PerParty::default(),
        }
    }

    /// Hands something in that is wanted; says whether there was anything.
    pub(crate) fn work(
        &mut self,
        machine: &mut Machine,
        witness: &Witness,
        now: u64,
        dice: &mut Dice,
    ) -> bool {
        let party = machine.party();
        let ready: Vec<usize> = (0..self.acts.all.len())
            .filter(|one| {
                let act = &self.acts.all[*one];
                act.party == party
                    && act.stand == Stand::Waiting
                    && self.is_known(machine, witness, *one)
            })
            .collect();
        let Some(pick) = ready.get(usize::try_from(dice.below(ready.len() as u64)).unwrap()) else {
            return false;
        };
        self.hand_in(machine, now, *pick);
        true
    }

    /// Whether a side holds the records that an act names.
    pub(crate) fn is_known(&self, machine: &Machine, witness: &Witness, act: usize) -> bool {
        let Some(named) = self.acts.named(act) else { return false };
        let disk = machine.disk.disk();
        named.iter().all(|record| {
            let place = witness.truth.books.find(*record);
            place.is_some_and(|(log, at)| disk.store.size(log).unwrap().covers(at))
        })
    }

    /// Hands one act in, for the first time or again.
    pub(crate) fn hand_in(&mut self, machine: &mut Machine, now: u64, act: usize) {
        let wall = machine.reading(now).wall;
        let Some(record) = self.acts.record(act, wall.date()) else { return };
        let (reply, answer) = oneshot::channel();
        let key = self.acts.key(act);
        let known = &mut self.acts.all[act];
        known.asked = true;
        let asked = Box::new(record.clone());
        let command = if known.make == Make::Approval {
            let envelope = known.envelope.get_or_insert_with(|| {
                machine.keys.seal_record(&record, submission_id(&key), wall).1
            });
            Command::Envelope { bytes: envelope.clone(), reply }
        } else {
            let submission = Box::new(submission(&key, record));
            Command::Submit { submission, reply }
        };
        if machine.command(command) {
            self.open.of_mut(machine.party()).push(Open::Act(act, asked, answer));
        }
    }

    /// Hands something in again that was handed in before.
    pub(crate) fn again(&mut self, machine: &mut Machine, now: u64, dice: &mut Dice) -> bool {
        let Some(act) = self.asked(machine.party(), dice) else { return false };
        self.hand_in(machine, now, act);
        true
    }

    /// An act that was handed in before.
    fn asked(&self, party: Party, dice: &mut Dice) -> Option<usize> {
        let asked = |act: &Act| act.party == party && act.asked && act.stand != Stand::Refused;
        let all: Vec<usize> =
            (0..self.acts.all.len()).filter(|one| asked(&self.acts.all[*one])).collect();
        all.get(usize::try_from(dice.below(all.len() as u64)).unwrap()).copied()
    }

    /// Hands other facts in under a key that is known to be taken.
    pub(crate) fn reuse(&mut self, machine: &mut Machine, dice: &mut Dice) -> bool {
        let party = machine.party();
        let Some(act) = self.asked(party, dice) else { return false };
        let taken = !matches!(self.acts.all[act].stand, Stand::Waiting);
        if !taken || *self.put_back.of(party) || self.acts.all[act].make == Make::Approval {
            return false;
        }
        let other = crate::fixture::outage("2025-08-07T10:00:00Z", None);
        self.wrong(machine, act, submission(&self.acts.key(act), other))
    }

    /// Hands in the facts of an act anew, under a key of their own: a clerk who types them twice.
    pub(crate) fn anew(&mut self, machine: &mut Machine, dice: &mut Dice) -> bool {
        let Some(act) = self.asked(machine.party(), dice) else { return false };
        let counts = matches!(self.acts.all[act].make, Make::Arrival | Make::Admission);
        let Some(record) = self.acts.all[act].made.clone().filter(|_| counts) else { return false };
        let (reply, _unheard) = oneshot::channel();
        let key = format!("anew {act} {}", dice.below(u64::MAX));
        machine.command(Command::Submit { submission: Box::new(submission(&key, record)), reply })
    }

    /// Hands in many records at once, as after a month in which nothing could be sent.
    pub(crate) fn backlog(&mut self, machine: &mut Machine, dice: &mut Dice) {
        let waiting = machine.daemon.as_ref().map_or(0, |daemon| daemon.queue.len());
        if waiting > SCRIBE_QUEUE_MAX / 2 {
            return;
        }
        for _ in 0..BACKLOG {
            let key = format!("backlog {}", dice.below(u64::MAX));
            let record = crate::fixture::outage("2025-08-07T10:00:00Z", None);
            let (reply, _unheard) = oneshot::channel();
            let submission = Box::new(submission(&key, record));
            machine.command(Command::Submit { submission, reply });
        }
    }

    /// Hands in a record that refers to one that nobody has.
    pub(crate) fn stray(&mut self, machine: &mut Machine, dice: &mut Dice) -> bool {
        let nobody = RecordId::new(sha256(&dice.below(u64::MAX).to_be_bytes()));
        let record = match machine.party() {
            Party::Gbr => crate::fixture::departure(nobody, "2025-08-07", 1),
            Party::Fra => crate::fixture::accept(nobody),
        };
        self.wrong(machine, usize::MAX, submission(&format!("stray {nobody}"), record))
    }

    fn wrong(&mut self, machine: &mut Machine, act: usize, submission: Submission) -> bool {
        let (reply, answer) = oneshot::channel();
        let submission = Box::new(submission);
        if machine.command(Command::Submit { submission, reply }) {
            self.open.of_mut(machine.party()).push(Open::Wrong(act, answer));
        }
        true
    }

    /// The weekly job: closes the week that is due, or states it.
    pub(crate) fn reconcile(&mut self, machine: &mut Machine, now: u64, early: bool) -> bool {
        let party = machine.party();
        let week = *self.due.of(party);
        if machine.reading(now).wall < week.end() && !early {
            return false;
        }
        let (reply, answer) = oneshot::channel();
        if machine.command(Command::CloseWeek { week, reply }) {
            self.open.of_mut(party).push(Open::Close(week, answer));
        }
        true
    }

    /// Asks for a record and its receipt, and how the side stands.
    pub(crate) fn ask(&mut self, machine: &mut Machine, dice: &mut Dice) {
        let party = machine.party();
        let logged: Vec<RecordId> = self
            .acts
            .all
            .iter()
            .filter_map(|act| match act.stand {
                Stand::Logged(record, _) => Some(record),
                _ => None,
            })
            .collect();
        if let Some(record) = logged.get(usize::try_from(dice.below(logged.len() as u64)).unwrap())
        {
            let (reply, answer) = oneshot::channel();
            if machine.command(Command::Record { key: RecordKey::Id(*record), reply }) {
                self.open.of_mut(party).push(Open::Record(*record, answer));
            }
        }
        self.ask_status(machine);
    }

    pub(crate) fn ask_status(&mut self, machine: &mut Machine) {
        let (reply, answer) = oneshot::channel();
        if machine.command(Command::Status { reply }) {
            self.open.of_mut(machine.party()).push(Open::Status(answer));
        }
    }

    /// Takes in whatever was answered.
    pub(crate) fn hear(
        &mut self,
        machine: &mut Machine,
        witness: &mut Witness,
        cover: &mut Cover,
    ) -> Held {
        let party = machine.party();
        for open in std::mem::take(self.open.of_mut(party)) {
            match open {
                Open::Act(act, asked, mut answer) => match answer.try_recv() {
                    // What was lost since then is asked for anew.
                    Ok(_) if self.acts.all[act].made.as_ref() != Some(&*asked) => {}
                    Ok(answer) => self.heard_act(machine, witness, cover, act, answer)?,
                    Err(TryRecvError::Empty) => self.keep(party, Open::Act(act, asked, answer)),
                    Err(TryRecvError::Closed) => cover.note("clerk: an answer was lost"),
                },
                Open::Wrong(act, mut answer) => match answer.try_recv() {
                    Ok(answer) => self.heard_wrong(act, &answer)?,
                    Err(TryRecvError::Empty) => self.keep(party, Open::Wrong(act, answer)),
                    Err(TryRecvError::Closed) => {}
                },
                Open::Close(week, mut answer) => match answer.try_recv() {
                    Ok(Ok(view)) => self.heard_closed(machine, &view)?,
                    Ok(Err(Refused::WeekOutOfTurn { due, .. })) => *self.due.of_mut(party) = due,
                    Err(TryRecvError::Empty) => self.keep(party, Open::Close(week, answer)),
                    Ok(Err(_)) | Err(TryRecvError::Closed) => {}
                },
                Open::State(week, mut answer) => match answer.try_recv() {
                    Ok(Ok(view)) => self.heard_stated(party, &view)?,
                    Err(TryRecvError::Empty) => self.keep(party, Open::State(week, answer)),
                    Ok(Err(_)) | Err(TryRecvError::Closed) => {}
                },
                Open::Record(record, mut answer) => match answer.try_recv() {
                    Ok(Ok(view)) => heard_record(witness, cover, record, &view)?,
                    Err(TryRecvError::Empty) => self.keep(party, Open::Record(record, answer)),
                    Ok(Err(_)) | Err(TryRecvError::Closed) => {}
                },
                Open::Status(mut answer) => match answer.try_recv() {
                    Ok(Ok(view)) => self.heard_status(witness, view)?,
                    Err(TryRecvError::Empty) => self.keep(party, Open::Status(answer)),
                    Ok(Err(_)) | Err(TryRecvError::Closed) => {}
                },
            }
        }
        Ok(())
    }

    fn keep(&mut self, party: Party, open: Open) {
        self.open.of_mut(party).push(open);
    }

    fn heard_act(
        &mut self,
        machine: &Machine,
        witness: &mut Witness,
        cover: &mut Cover,
        act: usize,
        answer: Result<Submitted, Refused>,
    ) -> Held {
        let party = machine.party();
        let before = self.acts.all[act].stand;
        let stand = match answer {
            Ok(Submitted::Logged { record, position }) => {
                witness.leave(party, Size::through(position));
                let found = witness.truth.books.find(record);
                hold(found == Some((party, position)), Promise::Durable, || {
                    format!("{party} acknowledges act {act} at {position}, and it is not there")
                })?;
                let entry = witness.truth.books.entry(party, position);
                let said = entry.and_then(|entry| entry.sound()).map(|one| one.get());
                hold(said == self.acts.all[act].made.as_ref(), Promise::Once, || {
                    format!("{party} acknowledges act {act} with other facts at {position}")
                })?;
                Stand::Logged(record, position)
            }
            Ok(Submitted::Queued { submission }) => {
                let queue = machine.disk.disk().store.queue().unwrap();
                let mut waits = queue.iter().map(|one| one.id);
                // It may have been signed in the very group that took it in.
                let kept = waits.any(|one| one == submission)
                    || witness.truth.of_submission(party, submission).is_some();
                hold(kept, Promise::Durable, || {
                    format!("{party} acknowledges act {act} as queued, and it is not on its disk")
                })?;
                cover.note("clerk: queued");
                Stand::Queued
            }
            Err(refused) => return self.refused(party, cover, act, &refused),
        };
        match (before, stand) {
            (Stand::Logged(..), Stand::Queued) if *self.put_back.of(party) => return Ok(()),
            (Stand::Logged(..), other) if other != before => {
                let what = format!("{party} answered act {act} with {before:?}, and now {other:?}");
                return breach(Promise::Once, what);
            }
            (Stand::Logged(..) | Stand::Queued, _) => cover.note("clerk: answered again"),
            (Stand::Waiting | Stand::Refused, _) => {}
        }
        self.acts.all[act].stand = stand;
        Ok(())
    }

    fn refused(&mut self, party: Party, cover: &mut Cover, act: usize, refused: &Refused) -> Held {
        let known = &mut self.acts.all[act];
        match refused {
            // Later, perhaps.
            Refused::NotPassed
            | Refused::Full
            | Refused::Internal
            | Refused::UnknownReference { .. } => {
                cover.note("clerk: not now");
                return Ok(());
            }
            Refused::NotTimely { .. } => {
                known.envelopes += 1;
                known.envelope = None;
                cover.note("clerk: an envelope made anew");
                return Ok(());
            }
            _ => {}
        }
        if *self.put_back.of(party) {
            return Ok(());
        }
        if let Stand::Logged(..) | Stand::Queued = known.stand {
            let what = format!("{party} refuses act {act}, which it took in: {refused}");
            return breach(Promise::Once, what);
        }
        cover.note("clerk: refused");
        known.stand = Stand::Refused;
        Ok(())
    }

    fn heard_wrong(&self, act: usize, answer: &Result<Submitted, Refused>) -> Held {
        match answer {
            Ok(taken) => breach(Promise::Once, format!("what is wrong was taken in: {taken:?}")),
            Err(Refused::KeyReused) if act != usize::MAX => Ok(()),
            Err(Refused::UnknownReference { .. }) if act == usize::MAX => Ok(()),
            Err(Refused::Full | Refused::Internal) => Ok(()),
            Err(other) => breach(Promise::Once, format!("what is wrong is refused as: {other}")),
        }
    }

    fn heard_closed(&mut self, machine: &mut Machine, view: &WeekView) -> Held {
        self.heard_body(view)?;
        let (reply, answer) = oneshot::channel();
        let week = view.week;
        if machine.command(Command::StateWeek { week, reply }) {
            self.open.of_mut(machine.party()).push(Open::State(week, answer));
        }
        Ok(())
    }

    fn heard_stated(&mut self, party: Party, view: &WeekView) -> Held {
        self.heard_body(view)?;
        if view.stated.of(party).is_some() && *self.due.of(party) == view.week {
            *self.due.of_mut(party) = view.week.next();
        }
        Ok(())
    }

    /// One body for a week, whoever computes it and whenever.
    fn heard_body(&mut self, view: &WeekView) -> Held {
        let Some(body) = &view.body else { return Ok(()) };
        let digest = body.digest();
        let first = *self.bodies.entry(view.week).or_insert(digest);
        hold(first == digest, Promise::SameLedger, || format!("two bodies for {}", view.week))
    }

    /// The tally and the breaks that a side tells are those of the one history, as far as it holds
    /// it.
    fn heard_status(&mut self, witness: &Witness, view: StatusView) -> Held {
        let seen = View { gbr: view.logs.gbr.size, fra: view.logs.fra.size };
        let all = witness.truth.books.all();
        let forked = witness.forked == Some(view.party);
        if !forked && seen.gbr <= all.gbr && seen.fra <= all.fra && !is_forked(&view) {
            let books = witness.truth.books_of(seen);
            let ledger = fold(&agreement(), &books, seen, view.clock);
            let breaks: Vec<_> = ledger.breaks.iter().cloned().collect();
            hold(
                ledger.tally() == view.tally && breaks == view.breaks,
                Promise::SameLedger,
                || {
                    let (told, given) = (&view.breaks, &breaks);
                    let more: Vec<_> = told.iter().filter(|one| !given.contains(one)).collect();
                    let less: Vec<_> = given.iter().filter(|one| !told.contains(one)).collect();
                    format!(
                        "{} tells another ledger than the logs give at {seen:?}: {:?} instead \
                             of {:?}, more {more:?}, less {less:?}",
                        view.party,
                        view.tally,
                        ledger.tally(),
                    )
                },
            )?;
        }
        let party = view.party;
        *self.status.of_mut(party) = Some(view);
        Ok(())
    }

    /// What was queued is looked up, and not handed in again: it was answered for.
    pub(crate) fn look_up(&mut self, witness: &Witness) {
        for act in 0..self.acts.all.len() {
            let id = submission_id(&self.acts.key(act));
            let one = &mut self.acts.all[act];
            if one.stand == Stand::Queued
                && let Some((record, position)) = witness.truth.of_submission(one.party, id)
            {
                one.stand = Stand::Logged(record, position);
            }
        }
    }

    /// Nobody listens to a side any more that has signed a second history.
    pub(crate) fn deafen(&mut self, party: Party) {
        self.open.of_mut(party).retain(|open| matches!(open, Open::Status(_)));
    }

    /// A side's disk was put back: what was queued since is not there any more, and is wanted again.
    pub(crate) fn forgive(&mut self, party: Party, queued: &[entente::names::SubmissionId]) {
        *self.put_back.of_mut(party) = true;
        *self.due.of_mut(party) = agreement().terms().provisions.in_force.week();
        for act in 0..self.acts.all.len() {
            let id = submission_id(&self.acts.key(act));
            let one = &mut self.acts.all[act];
            if one.party == party && one.stand == Stand::Queued && !queued.contains(&id) {
                one.stand = Stand::Waiting;
            }
        }
    }

    /// The end of a side's log is lost without a trace: what stood there is wanted again.
    pub(crate) fn lost(&mut self, witness: &Witness, party: Party) {
        self.bodies.clear();
        *self.due.of_mut(party) = agreement().terms().provisions.in_force.week();
        for act in 0..self.acts.all.len() {
            let id = submission_id(&self.acts.key(act));
            let one = &mut self.acts.all[act];
            let Stand::Logged(record, _) = one.stand else { continue };
            if one.party != party || witness.truth.books.find(record).is_some() {
                continue;
            }
            // It may have been handed in again meanwhile.
            match witness.truth.of_submission(party, id) {
                Some((record, position)) => one.stand = Stand::Logged(record, position),
                None => {
                    one.stand = Stand::Waiting;
                    one.forget();
                }
            }
        }
        // What names a record that is gone will have to name another.
        for act in 0..self.acts.all.len() {
            let id = submission_id(&self.acts.key(act));
            let one = &mut self.acts.all[act];
            let logged = witness.truth.of_submission(one.party, id).is_some();
            if one.stand == Stand::Waiting && !logged {
                one.forget();
            }
        }
    }
}

fn is_forked(view: &StatusView) -> bool {
    view.gate == "fork"
}

fn heard_record(
    witness: &mut Witness,
    cover: &mut Cover,
    record: RecordId,
    view: &RecordView,
) -> Result<(), Breach> {
    let (Some(receipt), Some(position)) = (&view.receipt, view.position) else { return Ok(()) };
    let agreement = agreement();
    let (author, mirror) =
        (&agreement.identity(view.log).log, &agreement.identity(view.log.other()).mirror);
    let Some(entry) = witness.truth.books.entry(view.log, position) else {
        return breach(Promise::Receipt, format!("a receipt for {record}, which is not there"));
    };
    if let Err(refused) = Receipt::check(&receipt.proof, entry.leaf, author, mirror) {
        return breach(Promise::Receipt, format!("the receipt of {record}: {refused}"));
    }
    cover.note("clerk: a receipt was shown");
    witness.receipt(view.log, position, (receipt.size, receipt.time))
}

/// A submission under a key.
fn submission(key: &str, record: Record) -> Submission {
    let digest = sha256(&record.encode());
    Submission { record, id: submission_id(key), digest }
}
