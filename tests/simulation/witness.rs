//! Holds every commit and everything that leaves a side against the one true history.

use std::collections::{BTreeMap, HashMap};

use entente::{
    ledger::{Entry, Standing, View},
    names::{Hash, Party, PerParty, Position, Size, Timestamp},
    record::Content,
    session::Message,
    store::{MemoryStore, Store, Write},
};

use crate::{
    breach::{Held, Promise, breach, hold},
    keys::agreement,
    machine::Machine,
    notes::{Opened, keys, notes, open},
    oracle,
    truth::Truth,
};

/// What is known of a side as it commits.
#[derive(Clone, Copy)]
pub(crate) struct Moment<'a> {
    pub(crate) party: Party,
    pub(crate) store: &'a MemoryStore,
    /// What its own clock says.
    pub(crate) wall: Timestamp,
    /// By how many seconds its clock differed from its counterpart's when they last spoke.
    pub(crate) differs: Option<u64>,
    /// By how many seconds it jumped since both clocks agreed.
    pub(crate) jumped: u64,
    /// After an old copy was put back: how much of its log somebody else has seen.
    pub(crate) seen: Option<Size>,
    /// Whether its mark was put back together with its store.
    pub(crate) mark_put_back: bool,
}

/// Sees all commits and all messages.
pub(crate) struct Witness {
    pub(crate) truth: Truth,
    /// Who lies; what it writes and signs is not held against it.
    pub(crate) liar: Option<Party>,
    roots: BTreeMap<(Party, Size), Hash>,
    /// Notes that were opened before: most are said many times.
    opened: HashMap<String, Opened>,
    times: BTreeMap<(Party, Size), Timestamp>,
    receipts: BTreeMap<(Party, Position), (Size, Timestamp)>,
    /// Who has signed a second history, after its mark was put back together with its store.
    pub(crate) forked: Option<Party>,
    /// Whether that side has found it out: from then on it signs nothing.
    pub(crate) found_out: bool,
    /// How much of each log has left its author in some way, by message or by answer.
    pub(crate) left: PerParty<Size>,
    /// Logs whose end was lost without a trace, since it was last asked.
    pub(crate) truncated: PerParty<bool>,
}

impl Witness {
    pub(crate) fn new() -> Self {
        Self {
            truth: Truth::new(),
            liar: None,
            forked: None,
            found_out: false,
            roots: BTreeMap::new(),
            opened: HashMap::new(),
            times: BTreeMap::new(),
            receipts: BTreeMap::new(),
            left: PerParty::default(),
            truncated: PerParty::default(),
        }
    }

    /// One commit, as it is on the disk.
    pub(crate) fn committed(&mut self, moment: Moment<'_>, writes: &[Write]) -> Held {
        for write in writes {
            if let Write::Entry { log, position, bytes, .. } = write {
                self.entry(moment, *log, *position, bytes)?;
            }
        }
        if self.forked == Some(moment.party) {
            let signs = writes.iter().any(|write| match write {
                Write::Checkpoint { log, .. } => *log == moment.party,
                Write::Cosignature { log, .. } => *log != moment.party,
                _ => false,
            });
            return hold(!(signs && self.found_out), Promise::OneHistory, || {
                format!("{} has found its fork, and goes on to sign", moment.party)
            });
        }
        for write in writes {
            match write {
                Write::Checkpoint { log, size, note } => self.checkpoint(*log, *size, note)?,
                Write::Cosignature { log, size, time, note } => {
                    self.cosignature(moment, *log, *size, *time, note)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn entry(&mut self, moment: Moment<'_>, log: Party, at: Position, bytes: &[u8]) -> Held {
        let party = moment.party;
        if self.forked == Some(party) && log == party {
            hold(!self.found_out, Promise::OneHistory, || {
                format!("{party} has found its fork, and goes on to sign")
            })?;
            return Ok(());
        }
        if let Some(known) = self.truth.bytes(log, at) {
            if known == bytes {
                return Ok(());
            }
            if moment.mark_put_back && moment.seen.is_some_and(|seen| seen.0 > at.0) {
                self.forked = Some(party);
                return Ok(());
            }
            let lost = moment.seen.filter(|seen| log == party && seen.0 <= at.0);
            if lost.is_none() {
                let what = format!("{party} commits another entry {at} of the log of {log}");
                return breach(Promise::OneHistory, what);
            }
            self.forget(log, Size(at.0));
        } else if log != party && self.liar != Some(log) {
            let what = format!("{party} holds entry {at} of {log}, who never committed it");
            return breach(Promise::Prefix, what);
        }
        let size = self.truth.size(log);
        hold(at == size.next(), Promise::Prefix, || format!("{party} leaves a gap at {at}"))?;
        let entry = self.truth.append(log, bytes).clone();
        if self.liar == Some(log) { Ok(()) } else { self.own(moment, &entry) }
    }

    /// A new entry of an honest side.
    fn own(&mut self, moment: Moment<'_>, entry: &Entry) -> Held {
        let party = moment.party;
        let Standing::Sound(record) = &entry.standing else {
            let what = format!("{party} logs what its mirror contests: {:?}", entry.objection());
            return breach(Promise::Peace, what);
        };
        let first = self.truth.of_submission(party, record.submission());
        hold(first.is_some_and(|(id, _)| id == record.id()), Promise::Once, || {
            format!("{party} logs a second record of one submission")
        })?;
        match &record.get().content {
            Content::WeekClose(one) => hold(moment.wall >= one.week.end(), Promise::Clock, || {
                format!("{party} closes {} before its end", one.week)
            }),
            Content::Objection(one) => {
                let what = || format!("{party} objects to entry {} ({})", one.position, one.reason);
                hold(self.liar == Some(party.other()), Promise::Peace, what)
            }
            Content::Entanglement(one) => {
                let (_, time) = entry.entanglement().unwrap();
                hold(time == moment.wall, Promise::Clock, || {
                    format!("{party} entangles at {time}, and its clock says {}", moment.wall)
                })?;
                let bound = agreement().terms().clock_bound_seconds;
                hold(moment.differs.is_none_or(|by| by <= bound), Promise::Clock, || {
                    format!("{party} cosigns with a clock that differs by {:?} s", moment.differs)
                })?;
                hold(moment.jumped <= bound, Promise::Clock, || {
                    format!("{party} cosigns after its clock jumped by {} s", moment.jumped)
                })?;
                let range = (party.other(), Size(0))..=(party.other(), Size(u64::MAX));
                let last = self.times.range(range).next_back();
                let rises = last.is_none_or(|((_, size), at)| *size < one.size && *at <= time);
                hold(rises, Promise::Cosigned, || {
                    format!("{party} entangles {} at {time}, after {last:?}", one.size)
                })?;
                let held = moment.store.size(party.other()).unwrap();
                hold(one.size <= held, Promise::Cosigned, || {
                    format!("{party} entangles {} entries and holds {held}", one.size)
                })
            }
            Content::WeeklyStatement(_) => self.statement(party),
            _ => Ok(()),
        }
    }

    /// The newest statement of a side follows the one before, and agrees with its counterpart's.
    fn statement(&self, party: Party) -> Held {
        let all = self.truth.statements(party);
        let [before @ .., (newest, digest)] = all else { return Ok(()) };
        let body = &newest.body;
        let last = before.last();
        hold(body.number == all.len() as u64, Promise::Chain, || {
            format!("{party} numbers its statement {} as {}", all.len(), body.number)
        })?;
        hold(body.previous == last.map(|(_, digest)| *digest), Promise::Chain, || {
            format!("{party}'s statement {} does not follow the one before", body.number)
        })?;
        let opening = last.map(|(one, _)| one.body.closing.clone()).unwrap_or_default();
        hold(body.opening == opening, Promise::Chain, || {
            format!("{party}'s statement {} does not open where the last closed", body.number)
        })?;
        let view = View { gbr: body.gbr.size, fra: body.fra.size };
        let counted = oracle::count(&self.truth.books_of(view));
        let closing = (body.closing.returned.agreed, body.closing.admitted.agreed);
        hold(counted == closing, Promise::Once, || {
            format!("{party} states {closing:?}, and the records give {counted:?}")
        })?;
        let theirs = self.truth.statements(party.other());
        let same = theirs.iter().find(|(one, _)| one.body.week == body.week);
        let agrees = self.liar.is_some() || same.is_none_or(|(_, theirs)| theirs == digest);
        hold(agrees, Promise::SameLedger, || {
            format!("the two sides state different bodies for {}", body.week)
        })
    }

    /// A checkpoint that is on a disk, or leaves one.
    fn checkpoint(&mut self, log: Party, size: Size, note: &str) -> Held {
        let Ok(signed) = agreement().identity(log).log.open(note) else {
            return breach(Promise::OneHistory, format!("a checkpoint of {log} does not open"));
        };
        let checkpoint = signed.checkpoint();
        let good =
            checkpoint.size() == size && self.truth.root(log, size) == Some(checkpoint.root());
        hold(good, Promise::OneHistory, || {
            format!("a checkpoint of {log} at {size} is of another history")
        })
    }

    fn cosignature(
        &mut self,
        moment: Moment<'_>,
        log: Party,
        size: Size,
        time: Timestamp,
        note: &str,
    ) -> Held {
        let (party, agreement) = (moment.party, agreement());
        if self.liar == Some(log.other()) && log == party {
            // What a liar has cosigned is held against the entanglement in its log, as it is here.
            return self.is_entangled(log, size, time);
        }
        let (author, mirror) = keys(&agreement, log);
        let Ok(cosigned) = mirror.open(author, note) else {
            return breach(Promise::Cosigned, format!("a cosignature of {log} does not open"));
        };
        let held = moment.store.size(log).unwrap();
        let root = Some(cosigned.checkpoint().root());
        hold(size <= held && self.truth.root(log, size) == root, Promise::Cosigned, || {
            format!("{party} keeps a cosignature of {log} at {size}, and holds {held}")
        })?;
        self.is_entangled(log, size, time)?;
        self.time(log, size, time)
    }

    fn is_entangled(&self, log: Party, size: Size, time: Timestamp) -> Held {
        let last = Position(size.0.saturating_sub(1));
        let entangled = self.truth.books.receipt(log, last);
        hold(entangled == Some((size, time)), Promise::Cosigned, || {
            format!(
                "a cosignature of {log} at {size} and {time} has the entanglement {entangled:?}"
            )
        })
    }

    fn time(&mut self, log: Party, size: Size, time: Timestamp) -> Held {
        let first = *self.times.entry((log, size)).or_insert(time);
        hold(first == time, Promise::OneHistory, || {
            format!("two cosignatures of {log} at {size}: at {first} and {time}")
        })
    }

    /// A message that leaves a side: all that it carries is on the disk, and of the one history.
    pub(crate) fn leaves(&mut self, party: Party, message: &Message, store: &MemoryStore) -> Held {
        if self.liar == Some(party) || self.forked == Some(party) {
            return Ok(());
        }
        if let Message::Entries(one) = message {
            let end = Size(one.start.0).plus(one.entries.len() as u64);
            let held = store.size(one.log).unwrap();
            hold(end <= held, Promise::Durable, || {
                format!("{party} sends {end} entries of {}, and {held} are on its disk", one.log)
            })?;
        }
        for text in notes(message) {
            self.note(party, text, store)?;
        }
        Ok(())
    }

    fn note(&mut self, party: Party, text: &str, store: &MemoryStore) -> Held {
        let known = self.opened.get(text).copied();
        let Some(note) = known.or_else(|| open(text)) else { return Ok(()) };
        let Opened { log, size, root, cosigned } = note;
        if let Some(time) = cosigned {
            self.time(log, size, time)?;
            let held = store.size(log).unwrap();
            hold(size <= held, Promise::Durable, || {
                format!("{party} shows a cosignature of {log} at {size}, and holds {held}")
            })?;
        }
        if log == party {
            self.leave(party, size);
        }
        let first = *self.roots.entry((log, size)).or_insert(root);
        hold(first == root, Promise::OneHistory, || format!("two roots of {log} at {size}"))?;
        hold(self.truth.root(log, size) == Some(root), Promise::Durable, || {
            format!("{party} shows a checkpoint of {log} at {size} that was never committed")
        })?;
        if known.is_none() {
            self.opened.insert(text.to_owned(), note);
        }
        Ok(())
    }

    /// Whether a hello shows another root of its author's log than the reader's mirror has.
    pub(crate) fn contradicts(&self, party: Party, message: &Message, machine: &Machine) -> bool {
        let Message::Hello(hello) = message else { return false };
        let author = party.other();
        let Ok(signed) = agreement().identity(author).log.open(&hello.own) else { return false };
        let (size, root) = (signed.checkpoint().size(), signed.checkpoint().root());
        let held = machine.disk.disk().store.size(author).unwrap();
        size <= held && self.truth.root(author, size) != Some(root)
    }

    /// Somebody else has seen so much of a side's log.
    pub(crate) fn leave(&mut self, party: Party, size: Size) {
        let left = self.left.of_mut(party);
        *left = (*left).max(size);
    }

    /// A receipt that a side shows.
    pub(crate) fn receipt(
        &mut self,
        log: Party,
        position: Position,
        receipt: (Size, Timestamp),
    ) -> Held {
        let first = *self.receipts.entry((log, position)).or_insert(receipt);
        hold(first == receipt, Promise::Receipt, || {
            format!("entry {position} of {log} had the receipt {first:?} and has {receipt:?}")
        })?;
        let known = self.truth.books.receipt(log, position);
        hold(known == Some(receipt), Promise::Receipt, || {
            format!("entry {position} of {log} has the receipt {receipt:?}, and not {known:?}")
        })
    }

    /// The end of a log is lost on every disk, and nothing that is left shows that it was.
    pub(crate) fn forget(&mut self, log: Party, size: Size) {
        self.truth.truncate(log, size);
        *self.truncated.of_mut(log) = true;
        *self.left.of_mut(log) = size;
        self.roots.retain(|(of, at), _| *of != log || *at <= size);
        self.times.retain(|(of, at), _| *of != log || *at <= size);
        self.receipts.retain(|(of, at), _| *of != log || size.covers(*at));
        // What it said of the other log went with it.
        let books = &self.truth.books;
        let other = log.other();
        self.times.retain(|(of, at), time| {
            let last = Position(at.0.saturating_sub(1));
            *of != other || books.receipt(other, last) == Some((*at, *time))
        });
        self.receipts.retain(|(of, at), receipt| {
            *of != other || books.receipt(other, *at) == Some(*receipt)
        });
    }
}
