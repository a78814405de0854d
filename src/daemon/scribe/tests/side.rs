//! One side: a scribe that is run by hand, and what a restart takes away.

use std::{cell::Cell, path::PathBuf, sync::Arc};

use tokio::sync::oneshot;

use crate::{
    daemon::{
        keys::{NotSigned, QuantumKeys},
        mark::MarkFile,
        scribe::{
            Command, Gate, Reading, RecordKey, RecordView, Refused, Reply, Scribe, Seat,
            Signatures, StatusView, Submitted, Successors, WeekView,
        },
    },
    envelope::{PublicKey, Role},
    ledger::{
        Agreement, Books,
        fixture::{self, UnsafeKey},
    },
    names::{Hash, Party, Position, RecordId, Size, SubmissionId, Timestamp, Week, sha256},
    record::{NationalTotals, Record, Submission, Terms},
    session::Progress,
    store::{Identity, MemoryStore, Store},
};

/// The keys of one side, from published seeds.
pub(super) struct UnsafeTestKeys {
    party: Party,
    /// The roles whose founding keys were exchanged for later ones.
    later: Vec<Role>,
    /// The post-quantum keys of both mirrors.
    quantum: QuantumKeys,
}

impl UnsafeTestKeys {
    pub(super) fn of(party: Party) -> Self {
        Self { party, later: Vec::new(), quantum: QuantumKeys::default() }
    }

    /// The same, with a later key in one role.
    pub(super) fn with_later(party: Party, role: Role) -> Self {
        Self { later: vec![role], ..Self::of(party) }
    }

    /// The same, with post-quantum keys of both mirrors.
    #[cfg(feature = "pq")]
    pub(super) fn with_quantum(party: Party, quantum: QuantumKeys) -> Self {
        Self { quantum, ..Self::of(party) }
    }

    fn key(&self, role: Role) -> Option<UnsafeKey> {
        let key = if self.later.contains(&role) { UnsafeKey::later } else { UnsafeKey::of };
        (role != Role::Officer).then(|| key(self.party, role))
    }
}

thread_local! {
    /// Whose keys go away after how many more signatures, in the test of this thread.
    static LEFT: Cell<Option<(Party, usize)>> = const { Cell::new(None) };
}

impl UnsafeTestKeys {
    /// The keys of a party go away after so many more signatures.
    pub(super) fn go_away_after(party: Party, signatures: usize) {
        LEFT.set(Some((party, signatures)));
    }

    /// They are back.
    pub(super) fn come_back() {
        LEFT.set(None);
    }

    fn one_less(&self) -> Result<(), NotSigned> {
        match LEFT.get() {
            Some((party, 0)) if party == self.party => Err(NotSigned::Away),
            Some((party, left)) if party == self.party => {
                LEFT.set(Some((party, left - 1)));
                Ok(())
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Signatures for UnsafeTestKeys {
    fn away(&self) -> Option<String> {
        (LEFT.get() == Some((self.party, 0))).then(|| "the test has taken them away".to_owned())
    }

    fn record_key(&self, role: Role) -> Option<PublicKey> {
        self.key(role).map(|key| key.public_key().into())
    }

    fn sign_record(&self, role: Role, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        self.one_less()?;
        self.key(role).map(|key| key.sign(message)).ok_or(NotSigned::NoKey)
    }

    fn sign_checkpoint(&self, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        self.one_less()?;
        Ok(UnsafeKey::log(self.party).sign(message))
    }

    fn sign_cosignature(&self, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        self.one_less()?;
        Ok(UnsafeKey::mirror(self.party).sign(message))
    }

    fn quantum(&self) -> Option<&QuantumKeys> {
        Some(&self.quantum)
    }
}

pub(super) type TestScribe = Scribe<MemoryStore, UnsafeTestKeys>;

/// One side of a pair.
pub(super) struct Side {
    pub(super) seat: Seat,
    pub(super) scribe: TestScribe,
    pub(super) progress: Progress,
    /// How far its wall clock is ahead of the true time, in seconds.
    pub(super) clock_error: i64,
    /// The roles whose keys in its folder are later ones.
    later: Vec<Role>,
    folder: tempfile::TempDir,
}

/// The terms of every test: no rehearsal, so that every rule of the clock holds.
pub(super) fn terms() -> Terms {
    Terms { rehearsal: false, ..fixture::terms() }
}

/// The agreement of every test.
pub(super) fn agreement() -> Arc<Agreement> {
    Arc::new(Agreement::open(terms()).unwrap())
}

/// An empty store for a party under an agreement.
pub(super) fn empty_store(agreement: &Agreement, party: Party) -> MemoryStore {
    let terms = agreement.identity_bytes();
    MemoryStore::create(&Identity { party, terms }).unwrap()
}

impl Side {
    /// Founds a side in an empty store.
    pub(super) fn found(agreement: &Arc<Agreement>, party: Party, now: u64) -> Self {
        Self::found_on(empty_store(agreement, party), agreement, party, now)
    }

    /// Founds a side in a store without entries.
    pub(super) fn found_on(
        store: MemoryStore,
        agreement: &Arc<Agreement>,
        party: Party,
        now: u64,
    ) -> Self {
        let seat = Seat { party, agreement: Arc::clone(agreement) };
        let folder = tempfile::tempdir().unwrap();
        let mark = MarkFile::at(folder.path().join("mark"));
        let reading = Reading { wall: Timestamp::new(now), monotonic: now };
        let keys = UnsafeTestKeys::of(party);
        let scribe = Scribe::found(seat.clone(), store, keys, mark, reading).unwrap();
        let progress = scribe.progress();
        Self { seat, scribe, progress, clock_error: 0, later: Vec::new(), folder }
    }

    /// Where the mark lies.
    pub(super) fn mark(&self) -> PathBuf {
        self.folder.path().join("mark")
    }

    /// Stops the daemon and starts it on a store, as `serve` does: its first group is empty.
    pub(super) fn restart_on(&mut self, store: MemoryStore, now: u64) {
        let later = self.later.clone();
        let keys = UnsafeTestKeys { later, ..UnsafeTestKeys::of(self.seat.party) };
        let mark = MarkFile::at(self.mark());
        self.scribe = Scribe::load(self.seat.clone(), store, keys, mark).unwrap();
        self.run(now, Vec::new());
    }

    /// Another key lies in the folder, and the daemon is to sign with it from now on.
    pub(super) fn exchange_key(&mut self, role: Role) -> Result<(), Refused> {
        let later = self.later.iter().copied().chain([role]).collect();
        let keys = UnsafeTestKeys { later, ..UnsafeTestKeys::of(self.seat.party) };
        self.scribe.replace_keys(Successors(Box::new(keys)))?;
        self.later.push(role);
        Ok(())
    }

    /// Another key lies in the folder, for the next start.
    pub(super) fn put_key(&mut self, role: Role) {
        self.later.push(role);
    }

    /// Runs one group.
    pub(super) fn run(&mut self, now: u64, commands: Vec<Command>) {
        let reading = self.reading(now);
        self.progress = self.scribe.group(reading, commands).unwrap();
    }

    pub(super) fn reading(&self, now: u64) -> Reading {
        let wall = now.checked_add_signed(self.clock_error).unwrap();
        Reading { wall: Timestamp::new(wall), monotonic: now }
    }

    /// Asks one thing, in a group of its own.
    pub(super) fn ask<T: std::fmt::Debug>(
        &mut self,
        now: u64,
        command: impl FnOnce(Reply<T>) -> Command,
    ) -> Result<T, Refused> {
        let (reply, mut answer) = oneshot::channel();
        self.run(now, vec![command(reply)]);
        answer.try_recv().expect("every question is answered in its own group")
    }

    pub(super) fn submit(
        &mut self,
        now: u64,
        key: &str,
        record: Record,
    ) -> Result<Submitted, Refused> {
        let submission = Box::new(submission(key, record));
        self.ask(now, |reply| Command::Submit { submission, reply })
    }

    pub(super) fn status(&mut self, now: u64) -> StatusView {
        self.ask(now, |reply| Command::Status { reply }).unwrap()
    }

    pub(super) fn record(&mut self, now: u64, id: RecordId) -> RecordView {
        let key = RecordKey::Id(id);
        self.ask(now, |reply| Command::Record { key, reply }).unwrap()
    }

    pub(super) fn close_week(&mut self, now: u64, week: Week) -> Result<WeekView, Refused> {
        self.ask(now, |reply| Command::CloseWeek { week, reply })
    }

    pub(super) fn state_week(&mut self, now: u64, week: Week) -> Result<WeekView, Refused> {
        self.state_beside(now, week, None)
    }

    pub(super) fn state_beside(
        &mut self,
        now: u64,
        week: Week,
        national: Option<NationalTotals>,
    ) -> Result<WeekView, Refused> {
        self.ask(now, |reply| Command::StateWeek { week, national, reply })
    }

    pub(super) fn week(&mut self, now: u64, week: Week) -> WeekView {
        self.ask(now, |reply| Command::Week { week, reply }).unwrap()
    }

    pub(super) fn gate(&self) -> Gate {
        *self.scribe.gate()
    }

    pub(super) fn size(&self, log: Party) -> Size {
        self.scribe.store().size(log).unwrap()
    }

    pub(super) fn books(&self) -> &Books {
        &self.scribe.state.books
    }

    /// The digest of every entry's bytes, as they are stored.
    pub(super) fn entries(&self, log: Party) -> Vec<Hash> {
        entries(self.scribe.store(), log)
    }

    /// Every cosigned note of a log.
    pub(super) fn cosigned(&self, log: Party) -> Vec<String> {
        let stored = self.scribe.store().cosignatures_above(log, Size(0), usize::MAX);
        stored.unwrap().into_iter().map(|note| note.note).collect()
    }

    /// Size and time of every effective entanglement in this side's own log.
    pub(super) fn entanglements(&self) -> Vec<(Size, Timestamp)> {
        let entries = self.books().entries(self.seat.party, Position(0));
        entries
            .filter_map(|(_, entry)| entry.entanglement().map(|(one, time)| (one.size, time)))
            .collect()
    }
}

/// The digest of every entry's bytes in a store.
pub(super) fn entries(store: &MemoryStore, log: Party) -> Vec<Hash> {
    let stored = store.entries(log, Position(0), usize::MAX, usize::MAX).unwrap();
    stored.iter().map(|entry| Hash::new(sha256(&entry.bytes))).collect()
}

/// A submission under a key.
pub(super) fn submission(key: &str, record: Record) -> Submission {
    let id = SubmissionId::from_slice(&sha256(key.as_bytes())[..SubmissionId::LEN]).unwrap();
    let digest = sha256(&record.encode());
    Submission { record, id, digest }
}

/// The id of a record that was logged.
pub(super) fn logged(submitted: Result<Submitted, Refused>) -> RecordId {
    match submitted {
        Ok(Submitted::Logged { record, .. }) => record,
        other => panic!("not logged: {other:?}"),
    }
}
