//! One side's machine: its disk, its clock, and the daemon that runs on it or not.

use std::collections::VecDeque;

use entente::{
    daemon::{
        mark::{Mark, MarkFile},
        scribe::{Command, Gate, LoadFault, Reading, Scribe, Seat},
    },
    limits::COMMANDS_PER_COMMIT_MAX,
    names::{Party, Size, Timestamp},
    net::Switchboard,
    session::Progress,
    store::{Identity, MemoryStore},
};

use crate::{
    disk::{Shared, Still},
    keys::{Keys, agreement},
};

/// A side's wall clock, against the true time.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Clock {
    /// Seconds ahead of the true time, at `since`.
    error: i64,
    /// Seconds that it gains in a day.
    drift: i64,
    since: u64,
}

impl Clock {
    pub(crate) fn error(self, now: u64) -> i64 {
        let passed = i64::try_from(now - self.since).unwrap();
        self.error + self.drift * passed / 86_400
    }

    pub(crate) fn jump(&mut self, now: u64, by: i64) {
        *self = Self { error: self.error(now) + by, since: now, ..*self };
    }

    pub(crate) fn drift(&mut self, now: u64, drift: i64) {
        *self = Self { error: self.error(now), drift, since: now };
    }

    pub(crate) fn set(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn wall(self, now: u64) -> Timestamp {
        Timestamp::new(now.saturating_add_signed(self.error(now)))
    }
}

/// A daemon that runs.
pub(crate) struct Daemon {
    scribe: Scribe<Shared, Keys>,
    /// What waits for the scribe.
    pub(crate) queue: VecDeque<Command>,
    pub(crate) board: Switchboard,
    pub(crate) progress: Progress,
}

impl Daemon {
    pub(crate) fn gate(&self) -> Gate {
        *self.scribe.gate()
    }
}

/// One side's machine.
pub(crate) struct Machine {
    pub(crate) keys: Keys,
    pub(crate) disk: Shared,
    pub(crate) clock: Clock,
    pub(crate) daemon: Option<Daemon>,
    /// Copies of the store, each with the mark of that time.
    pub(crate) backups: Vec<(MemoryStore, Option<Vec<u8>>)>,
    /// By how many seconds the two clocks differed when this daemon last heard of the other's.
    pub(crate) differs: Option<u64>,
    /// What the mark on the disk vouched for, after so many changes of it.
    durable_mark: (u64, Size),
    /// Both of this side's clocks, when the wall clock last agreed with the other side's.
    agreed: Option<Reading>,
}

impl Machine {
    /// A machine whose log has just been founded, and whose daemon runs.
    pub(crate) fn found(keys: Keys, now: u64) -> Self {
        let terms = entente::cbor::encode(agreement().terms());
        let store = MemoryStore::create(&Identity { party: keys.party, terms }).unwrap();
        let disk = Shared::new(store);
        let clock = Clock::default();
        let mut machine = Self {
            keys,
            disk,
            clock,
            daemon: None,
            backups: Vec::new(),
            differs: None,
            agreed: None,
            durable_mark: (0, Size(0)),
        };
        let (seat, mark) = (machine.seat(), machine.mark());
        let reading = machine.reading(now);
        let scribe = Scribe::found(seat, machine.disk.clone(), keys, mark, reading).unwrap();
        machine.run(scribe);
        machine
    }

    pub(crate) const fn party(&self) -> Party {
        self.keys.party
    }

    fn seat(&self) -> Seat {
        Seat { party: self.keys.party, agreement: agreement() }
    }

    fn mark(&self) -> MarkFile {
        MarkFile::on(Box::new(self.disk.clone()))
    }

    fn run(&mut self, scribe: Scribe<Shared, Keys>) {
        self.differs = None;
        self.agreed = None;
        let progress = scribe.progress();
        let board = Switchboard::new();
        self.daemon = Some(Daemon { scribe, queue: VecDeque::new(), board, progress });
    }

    /// The mark, as the kernel shows it.
    pub(crate) fn shown_mark(&self) -> Option<Mark> {
        let still = Still(self.disk.disk().seen_mark());
        MarkFile::on(Box::new(still)).read(&agreement(), self.keys.party).unwrap()
    }

    /// How much of its log the mark on the disk vouches for, whatever the kernel shows.
    pub(crate) fn marked(&mut self) -> Size {
        let disk = self.disk.disk();
        let (changes, bytes) = (disk.mark_changes, disk.mark.clone());
        drop(disk);
        if self.durable_mark.0 != changes {
            let mark = MarkFile::on(Box::new(Still(bytes))).read(&agreement(), self.keys.party);
            let size = mark.unwrap().map_or(Size(0), |mark| mark.own.checkpoint().size());
            self.durable_mark = (changes, size);
        }
        self.durable_mark.1
    }

    /// Whether the mark can be read.
    pub(crate) fn is_marked(&self) -> bool {
        self.shown_mark().is_some()
    }

    /// Starts the daemon, as `serve` does: its first group is empty.
    pub(crate) fn start(&mut self, now: u64) -> Result<(), LoadFault> {
        let mark = self.mark();
        let scribe = Scribe::load(self.seat(), self.disk.clone(), self.keys, mark)?;
        self.run(scribe);
        self.group(now, 0)
    }

    /// Lets the scribe deal with the first `count` commands that wait, in one group.
    pub(crate) fn group(&mut self, now: u64, count: usize) -> Result<(), LoadFault> {
        let reading = self.reading(now);
        let Some(daemon) = &mut self.daemon else { return Ok(()) };
        let count = count.min(COMMANDS_PER_COMMIT_MAX).min(daemon.queue.len());
        let commands: Vec<Command> = daemon.queue.drain(..count).collect();
        for command in &commands {
            if let Command::Clock { theirs } = command {
                let by = reading.wall.distance(*theirs);
                self.differs = Some(by);
                if by <= agreement().terms().clock_bound_seconds {
                    self.agreed = Some(reading);
                }
            }
        }
        match daemon.scribe.group(reading, commands) {
            Ok(progress) => {
                daemon.progress = progress;
                Ok(())
            }
            Err(fault) => {
                self.daemon = None;
                Err(fault)
            }
        }
    }

    pub(crate) fn reading(&self, now: u64) -> Reading {
        Reading { wall: self.clock.wall(now), monotonic: now }
    }

    /// By how many seconds the wall clock has gone otherwise than the monotonic one since it agreed
    /// with the other side's.
    pub(crate) fn jumped(&self, now: u64) -> u64 {
        let Some(agreed) = self.agreed else { return 0 };
        let reading = self.reading(now);
        agreed.wall.plus(reading.monotonic - agreed.monotonic).distance(reading.wall)
    }

    /// Hands a command to the scribe, if there is one.
    pub(crate) fn command(&mut self, command: Command) -> bool {
        let Some(daemon) = &mut self.daemon else { return false };
        daemon.queue.push_back(command);
        true
    }
}
