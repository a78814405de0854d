//! The connections of a world: what an end says and hears, how a conversation is over, and who
//! dials.

use entente::{
    daemon::scribe::{Command, Gate},
    limits::{ENTRIES_BYTES_MAX, FRAME_BYTES_MAX, OPEN_QUESTIONS_MAX},
    names::{Party, PerParty},
    net::Switchboard,
    season::Dice,
    session::ProblemCode,
};

use crate::{
    breach::{Breach, Held, Promise, breach, hold},
    lies::{Lie, Truly},
    line::{Did, End, Ended, accusation},
    seen,
    talk::Talk,
    trace,
    wire::Wire,
    world::{PutBack, World},
};

/// Messages that an end may have waiting: a full batch with the cosignatures for all of its
/// entanglements, or a full read of cosignatures, and what little else a session says.
const OUTBOX_MAX: usize = 256 + 16;
/// Connections at once; a daemon has a few more.
const LINES_MAX: usize = 4;

/// A connection: an end at each side, and a wire towards each.
pub(crate) struct Line {
    pub(crate) ends: PerParty<Option<End>>,
    pub(crate) wires: PerParty<Wire>,
    /// What an impostor says at its end.
    pub(crate) talk: Option<Talk>,
    /// The lies that were told over it.
    pub(crate) lies: Vec<Lie>,
}

impl Line {
    /// Whether its sessions may go on for ever without something that was to be said once.
    pub(crate) fn is_spoilt(&self) -> bool {
        let lost = Party::BOTH.iter().any(|party| self.wires.of(*party).lost);
        lost || self.lies.iter().any(|lie| lie.lingers())
    }
}

impl World {
    /// One end of a connection does one thing.
    pub(crate) fn end(
        &mut self,
        line: usize,
        party: Party,
        dice: &mut Dice,
    ) -> Result<bool, Breach> {
        if self.witness.liar == Some(party) {
            return Ok(self.impostor_turn(line, party, dice));
        }
        let Line { ends, wires, lies, .. } = &mut self.lines[line];
        let PerParty { gbr, fra } = wires;
        let (inward, outward) = if party == Party::Gbr { (gbr, fra) } else { (fra, gbr) };
        let Some(end) = ends.of_mut(party) else { return Ok(false) };
        let machine = self.machines.of_mut(party);
        let (phase, over) = (end.phase(), end.ended.is_some());
        let did = end.turn(machine, self.now, (&mut *inward, &mut *outward), dice);
        bounded(end, party)?;
        let tampered = inward.tampered || outward.tampered;
        let lie = named(end, inward.reached.take().filter(|_| !over && !tampered))?;
        hold(!(end.is_contradicted && end.ready), Promise::OneHistory, || {
            format!("{party} talks to one whose hello contradicts what it signed")
        })?;
        let phase = (!matches!(did, Did::Nothing)).then(|| phase.name());
        let wires = [&mut *inward, &mut *outward].into_iter();
        let happened = wires.flat_map(|wire| wire.happened.drain(..));
        happened.chain(phase).chain(lie).for_each(|what| self.cover.note(what));
        let ended = end.ended;
        let done = match did {
            Did::Nothing => false,
            Did::Something => true,
            Did::Sent(message) => {
                self.trace.say(|| format!("{party} sends {}", trace::message(&message)));
                self.cover.note(seen::message(&message));
                let left = *self.witness.left.of(party);
                let marked = machine.marked();
                let gate = machine.daemon.as_ref().map(|daemon| daemon.gate());
                let disk = machine.disk.disk();
                self.witness.leaves(party, &message, &disk.store)?;
                let now_left = *self.witness.left.of(party);
                let open = gate == Some(Gate::Open) && self.witness.forked != Some(party);
                hold(!open || now_left == left || now_left <= marked, Promise::Durable, || {
                    format!("{now_left} entries of {party} have left, and its mark says {marked}")
                })?;
                let alone = *self.put_back.of(party.other()) == Some(PutBack::Unmarked);
                let truly = Truly { keys: machine.keys, store: &disk.store, alone };
                if outward.is_whole()
                    && let Some((lie, frames)) = self.lies.tell(party, &message, truly, dice)
                {
                    self.trace.say(|| format!("{party} lies instead: {}", lie.name()));
                    self.cover.note(lie.name());
                    lies.push(lie);
                    outward.instead(lie, frames);
                }
                true
            }
            Did::Read(message) => {
                self.lies.hears(party, &message);
                end.is_contradicted |= self.witness.contradicts(party, &message, machine);
                self.trace.say(|| format!("{party} reads {}", trace::message(&message)));
                true
            }
        };
        if let Some(ended) = ended {
            self.farewell(line, party, ended)?;
        }
        Ok(done || ended.is_some())
    }

    /// A conversation is over at one end: what it had to say still leaves.
    pub(crate) fn farewell(&mut self, line: usize, party: Party, ended: Ended) -> Held {
        let Line { ends, wires, talk, lies } = &mut self.lines[line];
        let Some(mut end) = ends.of_mut(party).take() else { return Ok(()) };
        let tampered = Party::BOTH.iter().any(|one| wires.of(*one).tampered);
        // What a liar says of its counterpart where it has lied is no more than what it hears back.
        let lies = lies.clone();
        let lies_back = !lies.is_empty() && self.lies.party == Some(party);
        let outward = wires.of_mut(party.other());
        let disk = self.machines.of(party).disk.disk();
        while let Some((message, frame)) = end.outbox.pop_front() {
            self.cover.note(seen::message(&message));
            self.witness.leaves(party, &message, &disk.store)?;
            outward.put(frame);
        }
        drop(disk);
        outward.close();
        self.trace.say(|| format!("{party} ends a conversation: {ended:?}"));
        if let Some(code) = accusation(ended) {
            self.cover.note(seen::problem(code));
            let earned = talk.as_ref().is_none_or(|talk| talk.has_earned(code));
            hold(tampered || earned, Promise::Peace, || {
                format!("{party} is told another lie than {code}")
            })?;
        }
        self.cover.note(seen::session_end(ended));
        let daemon = self.machines.of(party).daemon.as_ref();
        let connected = end.ready && daemon.is_some_and(|one| *one.board.occupied().borrow());
        drop(end);
        if !connected {
            self.machines.of_mut(party).command(Command::Link { connected: false });
        }
        if let Some(code) = accusation(ended)
            && !(tampered || lies_back)
            && self.witness.liar.is_none()
            && !lies.iter().any(|lie| lie.codes().contains(&code))
            && !self.may_say(party, code)
        {
            let what = format!("{party} accuses its counterpart, who told {lies:?}: {code}");
            return breach(Promise::Peace, what);
        }
        Ok(())
    }

    /// What a side may say of an honest counterpart: that its own disk failed it; while its own
    /// tail is lost, that it cannot judge what is said of that; and of a second history anything.
    fn may_say(&self, party: Party, code: ProblemCode) -> bool {
        let gate = self.machines.of(party).daemon.as_ref().map(|daemon| daemon.gate());
        match code {
            ProblemCode::Internal => self.machines.of(party).disk.disk().is_troubled,
            ProblemCode::OutOfOrder => gate != Some(Gate::Open),
            _ => self.witness.forked.is_some(),
        }
    }

    /// Every connection breaks, and what is on its way is lost.
    pub(crate) fn sever(&mut self) {
        self.lines.clear();
        for party in Party::BOTH {
            self.machines.of_mut(party).command(Command::Link { connected: false });
        }
    }

    /// A side dials the other, unless a session is up as far as it knows. One that has just been
    /// restarted may find its old session still up at the other side; the same comes of dialling
    /// `anyway`. Says whether there is a new connection.
    pub(crate) fn dial(&mut self, dialler: Party, anyway: bool) -> bool {
        let up = |party: Party| self.machines.of(party).daemon.as_ref();
        let free = |board: &Switchboard| !*board.occupied().borrow();
        let dialler = self.witness.liar.map_or(dialler, Party::other);
        let reachable = up(dialler).is_some_and(|daemon| anyway || free(&daemon.board));
        if !reachable
            || (up(dialler.other()).is_none() && self.impostor.is_none())
            || self.parted_at.is_some()
            || self.lines.len() >= LINES_MAX
        {
            return false;
        }
        let liar = self.witness.liar;
        let ends = PerParty::from_fn(|party| {
            (liar != Some(party)).then(|| End::open(self.machines.of_mut(party), dialler))
        });
        self.lines.push(Line { ends, wires: PerParty::default(), talk: None, lies: Vec::new() });
        true
    }
}

/// Who is told a lie that a session can see for itself names it before it reads on.
fn named(end: &End, lie: Option<Lie>) -> Result<Option<&'static str>, Breach> {
    let Some((lie, name)) = lie.and_then(|lie| Some((lie, lie.named()?))) else {
        return Ok(None);
    };
    let code = end.ended.and_then(accusation);
    hold(code.is_some_and(|code| lie.codes().contains(&code)), Promise::Peace, || {
        format!("{} is told {lie:?}, and names {code:?}", end.party)
    })?;
    Ok(Some(name))
}

/// What waits at an end has its bounds.
fn bounded(end: &End, party: Party) -> Held {
    let bytes: usize = end.outbox.iter().map(|(_, frame)| frame.len()).sum();
    hold(end.outbox.len() <= OUTBOX_MAX && bytes <= 2 * FRAME_BYTES_MAX, Promise::Bounded, || {
        format!("{} messages of {bytes} bytes wait to leave {party}", end.outbox.len())
    })?;
    hold(end.answers.len() <= OPEN_QUESTIONS_MAX + 1, Promise::Bounded, || {
        format!("{} questions of a session of {party} are open", end.answers.len())
    })?;
    hold(end.waiting_bytes() <= ENTRIES_BYTES_MAX, Promise::Bounded, || {
        format!("{} bytes of entries wait at {party} for a checkpoint", end.waiting_bytes())
    })
}
