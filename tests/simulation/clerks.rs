//! Everybody who asks a side something: case-working systems, officers, the weekly job, operators.
//! What they are answered is heard next door, in `hearing`.

use std::collections::BTreeMap;

use entente::{
    daemon::scribe::{Command, RecordKey, RecordView, Refused, StatusView, Submitted, WeekView},
    ledger::View,
    limits::SCRIBE_QUEUE_MAX,
    names::{BodyDigest, Party, PerParty, RecordId, SubmissionId, Week, sha256},
    reconcile::{Closing, closing},
    record::{Record, Submission},
    season::Dice,
    store::Store,
};
use tokio::sync::oneshot::{self, Receiver};

use crate::{
    acts::{Act, Acts, Make, Stand},
    fixture,
    keys::{agreement, submission_id},
    machine::Machine,
    witness::Witness,
};

/// Records of a backlog: half of what an entries message may hold.
const BACKLOG: usize = 128;

/// An answer that is still to come.
pub(crate) type Answer<T> = Receiver<Result<T, Refused>>;

/// A question that is open.
pub(crate) enum Open {
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
    pub(crate) open: PerParty<Vec<Open>>,
    /// The week that each job closes next.
    pub(crate) due: PerParty<Week>,
    /// The body of each week, as it was first shown, and its cut-off.
    pub(crate) bodies: BTreeMap<Week, (BodyDigest, View)>,
    /// Whether a side's disk was put back, so that it may have forgotten what it answered, and it
    /// does not hold and sign everything again.
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
        let other = fixture::outage("2025-08-07T10:00:00Z", None);
        self.wrong(machine, act, submission(&self.acts.key(act), other))
    }

    /// Hands in the facts of an act anew, under a key of their own: a clerk who types them twice.
    pub(crate) fn anew(&mut self, machine: &mut Machine, dice: &mut Dice) -> bool {
        let Some(act) = self.asked(machine.party(), dice) else { return false };
        let counts = matches!(self.acts.all[act].make, Make::Arrival | Make::Admission);
        let Some(record) = self.acts.all[act].made.clone().filter(|_| counts) else { return false };
        self.acts.all[act].anew = true;
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
            let record = fixture::outage("2025-08-07T10:00:00Z", None);
            let (reply, _unheard) = oneshot::channel();
            let submission = Box::new(submission(&key, record));
            machine.command(Command::Submit { submission, reply });
        }
    }

    /// Hands in a record that refers to one that nobody has.
    pub(crate) fn stray(&mut self, machine: &mut Machine, dice: &mut Dice) -> bool {
        let nobody = RecordId::new(sha256(&dice.below(u64::MAX).to_be_bytes()));
        let record = match machine.party() {
            Party::Gbr => fixture::departure(nobody, "2025-08-07", 1),
            Party::Fra => fixture::accept(nobody),
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

    /// A side's disk was put back: what was queued since is not there any more, and is wanted
    /// again.
    pub(crate) fn forgive(&mut self, party: Party, queued: &[SubmissionId]) {
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
        // A body stays as long as what is left has its cut-off where it was, and those before it.
        let truth = &witness.truth;
        let mut stays = true;
        self.bodies.retain(|week, (_, cut)| {
            stays &= closing(&truth.books, *week) == Closing::Cut(*cut);
            stays
        });
        *self.due.of_mut(party) = agreement().terms().provisions.in_force.week();
        let all = 0..self.acts.all.len();
        let named: Vec<_> = all.clone().map(|act| self.acts.named(act)).collect();
        for act in all {
            let id = submission_id(&self.acts.key(act));
            let one = &mut self.acts.all[act];
            let Stand::Logged(record, position) = one.stand else { continue };
            if one.party != party || truth.books.find(record) == Some((party, position)) {
                continue;
            }
            // It may have been handed in again meanwhile, or be on its way.
            one.stand = match truth.of_submission(party, id) {
                Some((record, position)) => Stand::Logged(record, position),
                None => Stand::Waiting,
            };
        }
        // What names a record that is gone will have to name another; all else is handed in again
        // as it was.
        for (act, named) in named.into_iter().enumerate() {
            let id = submission_id(&self.acts.key(act));
            let changed = self.acts.named(act) != named;
            let one = &mut self.acts.all[act];
            let logged = truth.of_submission(one.party, id).is_some();
            if one.stand == Stand::Waiting && !logged && changed {
                one.forget();
            }
        }
    }
}

/// A submission under a key.
pub(crate) fn submission(key: &str, record: Record) -> Submission {
    let digest = sha256(&record.encode());
    Submission { record, id: submission_id(key), digest }
}
