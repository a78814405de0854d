//! What happens in a run: a list of deeds with pauses between them, drawn from one seed.
//!
//! Each run has its own weather: a few kinds of fault, so that some runs see much of one kind. A
//! step keeps its number when others are taken out, and with it all the dice it throws: a shorter
//! plan is the same story with less in it.

use entente::{names::Party, season::Dice};

use crate::mishap::Mishap;

/// All that happens in one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    /// Whether signatures are quick ones; one run in 256 has real ones.
    pub(crate) quick: bool,
    pub(crate) steps: Vec<Step>,
}

/// A deed, after a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) number: u64,
    /// Seconds that pass before it.
    pub(crate) wait: u64,
    pub(crate) deed: Deed,
    /// How many things may happen after it before the next step.
    pub(crate) turns: u32,
}

/// Something that somebody does, or that befalls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A case-working system or an officer hands something in.
    Work(Party),
    /// Something that was handed in before is handed in again.
    Again(Party),
    /// A key that was used before comes with other facts.
    Reuse(Party),
    /// The facts of a journey are handed in anew, under another key.
    Anew(Party),
    /// Many records are handed in at once.
    Backlog(Party),
    /// A record is handed in that refers to one that nobody has.
    Stray(Party),
    /// The weekly job closes and states the week that is due.
    Reconcile(Party),
    /// An operator asks for a record and its receipt, or how the side stands.
    Ask(Party),
    /// A side dials the other.
    Dial(Party),
    /// Every connection breaks, and what is on its way is lost.
    Sever,
    /// Nothing gets through for a while.
    Partition,
    /// It gets through again.
    Reunite,
    /// What is sent to a side vanishes, and nobody is told.
    Deafen(Party),
    /// What is sent to a side comes slowly.
    Slow(Party),
    /// The next frame to a side is lost.
    Lose(Party),
    /// The next frame to a side comes twice.
    Double(Party),
    /// The next two frames to a side change places.
    Swap(Party),
    /// A byte of the next frame to a side is changed.
    Garble(Party),
    /// The next frame to a side says that it is larger than any may be.
    Oversize(Party),
    /// A daemon is killed between two of its steps. What it had not synced is gone, and the dice
    /// say whether its counterpart is told: a kill is as bad as a power cut.
    Kill(Party),
    /// A daemon is told to stop, and does so in order.
    Stop(Party),
    /// Power is cut between two steps; cuts within a step are mishaps.
    PowerCut(Party),
    /// A daemon is started, if it is down.
    Start(Party),
    /// Something befalls a durable step.
    Mishap(Party, Mishap, u32),
    /// The disk has no more room.
    Fill(Party),
    /// The disk has room again.
    Clear(Party),
    /// A backup of the store is taken.
    Backup(Party),
    /// An old backup is put back, and the mark is kept.
    Restore(Party),
    /// An old backup is put back after the mark was lost too.
    RestoreUnmarked(Party),
    /// An old backup is put back, and the mark of that time with it: an operator's mistake, after
    /// which a side may sign a second history before it hears of the first.
    RestoreWithMark(Party),
    /// Old backups are put back on both sides.
    RestoreBoth,
    /// The wall clock jumps by so many seconds.
    Jump(Party, i64),
    /// The wall clock gains or loses so many seconds a day.
    Drift(Party, i64),
    /// The wall clock is set right.
    SetClock(Party),
    /// The counterpart lies, in one of its ways.
    Lie(Party, u32),
}

/// Kinds of fault that a run may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    Calm,
    Net,
    Tampering,
    Crashes,
    Disk,
    Room,
    Backups,
    Clocks,
    Lies,
    /// The counterpart is away, and work goes on; only a few runs see it.
    Away,
}

const WEATHER: [Weather; 8] = [
    Weather::Net,
    Weather::Tampering,
    Weather::Crashes,
    Weather::Disk,
    Weather::Room,
    Weather::Backups,
    Weather::Clocks,
    Weather::Lies,
];

impl Plan {
    /// The run of a seed.
    pub(crate) fn draw(seed: u64) -> Self {
        if seed >= crate::weekly::WEEKLY {
            return crate::weekly::draw(seed);
        }
        let mut dice = Dice::new(seed);
        let mut weather = vec![Weather::Calm];
        for one in WEATHER {
            if dice.once_in(3) {
                weather.push(one);
            }
        }
        if seed % 500 == 299 {
            weather.push(Weather::Away);
        }
        let count = 20 + dice.below(60);
        let pace = match dice.below(20) {
            0 => Pace::Slow,
            1..=10 => Pace::Hasty,
            _ => Pace::Ordinary,
        };
        let mut steps: Vec<Step> =
            (1..=count).map(|number| step(&mut dice, number, &weather, pace)).collect();
        if weather.contains(&Weather::Away) {
            stay_away(&mut dice, &mut steps);
        }
        Self { seed, quick: !seed.is_multiple_of(256), steps }
    }
}

/// How fast the days of a run go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    Hasty,
    Ordinary,
    /// Weeks, each with a close and a statement.
    Slow,
}

/// The counterpart is away for a month in the middle of a run, and work goes on meanwhile.
fn stay_away(dice: &mut Dice, steps: &mut [Step]) {
    let (from, to) = (steps.len() / 4, steps.len() / 2);
    let days = 1 + 31 / u64::try_from(to - from - 1).unwrap();
    steps[from].deed = Deed::Partition;
    steps[to].deed = Deed::Reunite;
    for step in &mut steps[from + 1..to] {
        step.wait = days * 86_400;
        let away = matches!(step.deed, Deed::Reunite | Deed::Dial(_));
        if away || dice.once_in(4) {
            step.deed = Deed::Backlog(dice.pick(Party::Gbr, &[Party::Fra]));
        }
    }
}

fn step(dice: &mut Dice, number: u64, weather: &[Weather], pace: Pace) -> Step {
    let wait = match dice.below(20) {
        0..=11 => dice.below(3),
        12..=15 => dice.below(60),
        16..=17 => dice.below(3600),
        18 if pace == Pace::Hasty => 0,
        18 => dice.below(86_400),
        _ => dice.below(match pace {
            Pace::Hasty => 86_400,
            Pace::Ordinary => 4 * 86_400,
            Pace::Slow => 12 * 86_400,
        }),
    };
    let turns = match dice.below(4) {
        0 => u32::try_from(dice.below(6)).unwrap(),
        1 => u32::try_from(dice.below(30)).unwrap(),
        _ => 400,
    };
    let kind = match dice.below(3) {
        0 => weather[usize::try_from(dice.below(weather.len() as u64)).unwrap()],
        _ => Weather::Calm,
    };
    Step { number, wait, deed: deed(dice, kind), turns }
}

fn deed(dice: &mut Dice, weather: Weather) -> Deed {
    let party = dice.pick(Party::Gbr, &[Party::Fra]);
    match weather {
        Weather::Calm => calm(dice, party),
        Weather::Net => match dice.below(8) {
            0 | 1 => Deed::Sever,
            2 => Deed::Partition,
            3 => Deed::Reunite,
            4 => Deed::Deafen(party),
            5 => Deed::Slow(party),
            _ => Deed::Dial(party),
        },
        Weather::Tampering => {
            let ways = [Deed::Double(party), Deed::Swap(party), Deed::Garble(party)];
            dice.pick(Deed::Lose(party), &[ways[0], ways[1], ways[2], Deed::Oversize(party)])
        }
        Weather::Crashes => {
            let others = [Deed::PowerCut(party), Deed::Stop(party), Deed::Start(party)];
            dice.pick(Deed::Kill(party), &others)
        }
        Weather::Disk => {
            let mishap = dice.pick(Mishap::ALL[0], &Mishap::ALL[1..]);
            let later = if mishap == Mishap::ReadFails { dice.below(40) } else { dice.below(4) };
            Deed::Mishap(party, mishap, u32::try_from(later).unwrap())
        }
        Weather::Room => dice.pick(Deed::Fill(party), &[Deed::Clear(party)]),
        Weather::Backups => match dice.below(8) {
            0..=3 => Deed::Backup(party),
            4 | 5 => Deed::Restore(party),
            6 => dice.pick(Deed::RestoreUnmarked(party), &[Deed::RestoreWithMark(party)]),
            _ => Deed::RestoreBoth,
        },
        Weather::Clocks => {
            let far = dice.pick(20, &[100, 4000, 100_000]);
            let by = i64::try_from(dice.below(far)).unwrap();
            let by = if dice.once_in(2) { by } else { -by };
            match dice.below(3) {
                0 => Deed::Jump(party, by),
                1 => Deed::Drift(party, by),
                _ => Deed::SetClock(party),
            }
        }
        Weather::Away => match dice.below(4) {
            0 => Deed::Partition,
            1 => Deed::Slow(party),
            _ => Deed::Backlog(party),
        },
        Weather::Lies => Deed::Lie(party, dice.below_u32(64)),
    }
}

fn calm(dice: &mut Dice, party: Party) -> Deed {
    match dice.below(25) {
        0..=11 => Deed::Work(party),
        12..=15 => Deed::Dial(party),
        16..=18 => Deed::Reconcile(party),
        19 => Deed::Again(party),
        20 => Deed::Reuse(party),
        21 => Deed::Stray(party),
        24 => Deed::Anew(party),
        22 => Deed::Start(party),
        _ => Deed::Ask(party),
    }
}
