//! What the clerks are answered, and hold a side to.

use entente::{
    daemon::scribe::{Command, RecordView, Refused, StatusView, Submitted, WeekView},
    ledger::{View, fold},
    names::{Party, RecordId, Size},
    store::Store,
    tlog::Receipt,
};
use tokio::sync::oneshot::{self, error::TryRecvError};

use crate::{
    acts::{Make, Stand},
    breach::{Held, Promise, breach, hold},
    clerks::{Clerks, Open},
    cover::Cover,
    keys::agreement,
    machine::Machine,
    witness::Witness,
};

impl Clerks {
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
            Ok(Submitted::Logged { record, logged }) => {
                let position = logged.position;
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
            // By a clock that is off, the agreement is not in force yet.
            Refused::Hindered(_) => {
                cover.note("clerk: hindered");
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
        // An approval whose answer was lost may stand already, in an envelope of another time.
        let for_good = matches!(refused, Refused::NotAwaiting { .. });
        hold(for_good && known.make == Make::Approval, Promise::Once, || {
            format!("{party} refuses act {act}, which is as it should be: {refused}")
        })?;
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
        if machine.command(Command::StateWeek { week, national: None, reply }) {
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
        let cut = View { gbr: body.gbr.size, fra: body.fra.size };
        let (first, _) = *self.bodies.entry(view.week).or_insert((digest, cut));
        hold(first == digest, Promise::SameLedger, || format!("two bodies for {}", view.week))
    }

    /// The tally and the breaks that a side tells are those of the one history, as far as it holds
    /// it.
    fn heard_status(&mut self, witness: &Witness, view: StatusView) -> Held {
        let seen = View { gbr: view.logs.gbr.size, fra: view.logs.fra.size };
        let all = witness.truth.books.all();
        let forked = witness.forked == Some(view.party) || view.gate == "fork";
        if !forked {
            hold(seen.gbr <= all.gbr && seen.fra <= all.fra, Promise::Durable, || {
                format!("{} tells of {seen:?}, and {all:?} is all there is", view.party)
            })?;
            is_of_the_one_history(witness, &view, seen)?;
        }
        let party = view.party;
        *self.status.of_mut(party) = Some(view);
        Ok(())
    }
}

fn is_of_the_one_history(witness: &Witness, view: &StatusView, seen: View) -> Held {
    let ledger = fold(&agreement(), &witness.truth.books_of(seen), seen, view.clock);
    let (told, given) = (&view.breaks, ledger.breaks.iter().cloned().collect::<Vec<_>>());
    let same = ledger.tally() == view.tally && given == *told;
    hold(same, Promise::SameLedger, || {
        let more: Vec<_> = told.iter().filter(|one| !given.contains(one)).collect();
        let less: Vec<_> = given.iter().filter(|one| !told.contains(one)).collect();
        format!(
            "{} tells another ledger than the logs give at {seen:?}: {:?} instead of {:?}, \
             more {more:?}, less {less:?}",
            view.party,
            view.tally,
            ledger.tally(),
        )
    })
}

fn heard_record(
    witness: &mut Witness,
    cover: &mut Cover,
    record: RecordId,
    view: &RecordView,
) -> Held {
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
