//! A session of France's, given events as the bytes say: it never panics, never asks for much at
//! once, and hands nothing to the scribe that it has not checked.

use std::sync::Arc;

use entente::{
    cbor::Bytes,
    ledger::Keybook,
    limits::{COSIGNATURES_PER_READ_MAX, ENTRIES_PER_MESSAGE_MAX},
    names::{
        Party::{self, Fra, Gbr},
        Position, Size, Timestamp,
    },
    session::{
        Action, Bye, ByeReason, Checkpoint, Cosignature, Entries, Event, ForkClaim, Hello, Loaded,
        Message, PROTOCOL, Ping, Problem, ProblemCode, Session, Standing, Want, Weighed,
        decode_frame, encode_frame,
    },
    tlog::ConsistencyProof,
};

use super::world::{World, world};

/// More steps than any session of interest has.
const STEPS_MAX: usize = 200;

/// Plays the events that the bytes say.
pub fn run(bytes: &[u8]) {
    let mut lots = Lots(bytes);
    let world = world();
    let standing = standing(world, &mut lots);
    let clock = Timestamp::new(1_754_500_000);
    let agreement = Arc::clone(&world.agreement);
    let (mut session, actions) = Session::begin(agreement, Fra, &standing, clock, 0);
    let mut seen = Seen::default();
    seen.look(world, &actions);
    let mut now = 0;
    for _ in 0..STEPS_MAX {
        if lots.0.is_empty() {
            return;
        }
        now += u64::from(lots.next() % 8);
        let event = event(world, &mut lots);
        if matches!(event, Event::Weighed(Weighed::Agreed { .. })) {
            seen.weighed = true;
        }
        let clock = clock.plus(now);
        let actions = session.step(clock, now, event);
        seen.look(world, &actions);
        assert!(!(session.has_more() && seen.closed), "a closed session has nothing to send");
    }
}

/// What a session has done so far.
#[derive(Default)]
struct Seen {
    weighed: bool,
    closed: bool,
}

impl Seen {
    fn look(&mut self, world: &World, actions: &[Action]) {
        assert!(actions.len() <= COSIGNATURES_PER_READ_MAX + ENTRIES_PER_MESSAGE_MAX + 4);
        assert!(!self.closed || actions.is_empty(), "a closed session does nothing");
        for action in actions {
            match action {
                Action::Send(message) => {
                    let frame = encode_frame(message);
                    let is_read = decode_frame(frame.get(4..).unwrap_or_default());
                    // What the scribe loaded is the scribe's to keep within bounds.
                    let is_entries = matches!(message, Message::Entries(_));
                    assert!(is_entries || is_read.as_ref() == Ok(message), "{message:?}");
                }
                Action::Store(batch) => {
                    assert!(self.weighed, "nothing is stored before the hello was weighed");
                    assert!(batch.entries.len() <= ENTRIES_PER_MESSAGE_MAX);
                    let size = batch.checkpoint.checkpoint().size();
                    let leaves: Vec<_> = world.leaves(batch.log).collect();
                    for entry in &batch.entries {
                        let place = usize::try_from(entry.position().0).expect("a small log");
                        assert_eq!(leaves.get(place), Some(&entry.leaf()), "another entry");
                        assert!(size.covers(entry.position()));
                    }
                }
                Action::Cosigned(_) | Action::Load { .. } | Action::LoadCosignatures { .. } => {
                    assert!(self.weighed);
                }
                Action::Forked(fork) => {
                    let later = fork.later().checkpoint();
                    let place = usize::try_from(later.size().0).expect("a small log");
                    let ours = world.checkpoint(Fra, place, false).checkpoint();
                    assert_eq!(later.origin(), ours.origin(), "our own signature");
                    assert_ne!(later.root(), ours.root(), "and of another history");
                }
                Action::Close(_) => self.closed = true,
                Action::Weigh(_) | Action::Clock(_) | Action::Ready | Action::Accused(_) => {}
            }
        }
    }
}

/// The bytes, one lot after another; zeros once they are used up.
struct Lots<'a>(&'a [u8]);

impl Lots<'_> {
    fn next(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    fn is_even(&mut self) -> bool {
        self.next().is_multiple_of(2)
    }

    fn party(&mut self) -> Party {
        if self.is_even() { Gbr } else { Fra }
    }

    /// A size up to one beyond the longer log.
    fn size(&mut self) -> usize {
        usize::from(self.next() % 16)
    }

    fn any_size(&mut self) -> Size {
        let lot = self.next();
        if lot == 255 { Size(u64::MAX) } else { Size(u64::from(lot % 16)) }
    }
}

fn standing(world: &World, lots: &mut Lots<'_>) -> Standing {
    let own = world.sides.bytes(Fra).len().min(lots.size().max(1));
    let mirror = world.sides.bytes(Gbr).len().min(lots.size());
    let cosigned = |log, size: usize| (size > 0).then(|| world.cosigned(log, size, false).clone());
    Standing {
        passed: lots.is_even(),
        term: 0,
        term_seen: u64::from(lots.next() % 3),
        own: world.checkpoint(Fra, own, false).clone(),
        own_cosigned: cosigned(Fra, lots.size().min(own)),
        mirror: (mirror > 0).then(|| world.checkpoint(Gbr, mirror, false).clone()),
        mirror_cosigned: cosigned(Gbr, lots.size().min(mirror)),
        mirror_frontier: world.frontier(Gbr, mirror),
        own_frontier: world.frontier(Fra, own),
        mirror_keys: Keybook::new(&world.sides.agreement, Gbr),
        own_keys: Keybook::new(&world.sides.agreement, Fra),
    }
}

fn event(world: &World, lots: &mut Lots<'_>) -> Event {
    match lots.next() % 16 {
        0 => raw(lots),
        1 => Event::Received(hello(world, lots).into()),
        2 | 3 => Event::Received(entries(world, lots).into()),
        4 | 5 => {
            let note = world.checkpoint(lots.party(), lots.size(), !lots.is_even()).note();
            Event::Received(Checkpoint { note }.into())
        }
        6 => {
            let note = world.cosigned(lots.party(), lots.size(), !lots.is_even()).note();
            Event::Received(Cosignature { note }.into())
        }
        7 => Event::Received(Want { from: lots.any_size(), to: lots.any_size() }.into()),
        8 => Event::Received(word(world, lots)),
        9 => Event::Weighed(if lots.next().is_multiple_of(8) {
            let fork = lots.is_even().then(|| Box::new(fork_claim(world, lots)));
            Weighed::Contradicted(fork)
        } else {
            let want = if lots.is_even() { None } else { Some(lots.any_size()) };
            Weighed::Agreed { want, counterpart_behind: !lots.is_even() }
        }),
        10 | 11 => Event::Room,
        12 => Event::Loaded(loaded(world, lots)),
        13 => {
            let count = lots.size();
            Event::LoadedCosignatures(vec![world.cosigned(Gbr, count, false).clone(); count])
        }
        14 => Event::Grown(lots.any_size()),
        _ => match lots.next() % 5 {
            0 => Event::Stored,
            1 => Event::Rejected(ProblemCode::Root),
            2 => Event::Renew(ByeReason::Renew),
            3 => Event::Garbled(ProblemCode::Malformed),
            _ => Event::Tick,
        },
    }
}

/// A frame's body as it stands in the bytes.
fn raw(lots: &mut Lots<'_>) -> Event {
    let length = usize::from(lots.next()).min(lots.0.len());
    let (body, rest) = lots.0.split_at(length);
    lots.0 = rest;
    decode_frame(body).map_or(Event::Garbled(ProblemCode::Malformed), Event::Received)
}

fn hello(world: &World, lots: &mut Lots<'_>) -> Hello {
    let note = |lots: &mut Lots<'_>, log| {
        let size = lots.size();
        (size > 0).then(|| world.checkpoint(log, size, false).note())
    };
    let cosigned = |lots: &mut Lots<'_>, log| {
        let size = lots.size();
        (size > 0).then(|| world.cosigned(log, size, false).note())
    };
    let flaw = lots.next();
    Hello {
        protocol: if flaw == 1 { 2 } else { PROTOCOL },
        agreement: world.agreement.digest(),
        party: if flaw == 2 { Fra } else { Gbr },
        clock: Timestamp::new(u64::from(flaw)),
        term: u64::from(lots.next() % 4),
        passed: lots.is_even(),
        own: world.checkpoint(if flaw == 3 { Fra } else { Gbr }, lots.size(), false).note(),
        own_cosigned: cosigned(lots, Gbr),
        mirror: note(lots, Fra),
        mirror_cosigned: cosigned(lots, Fra),
    }
}

fn entries(world: &World, lots: &mut Lots<'_>) -> Entries {
    let (log, start, count) = (lots.party(), lots.size(), lots.size());
    let mut entries: Vec<Vec<u8>> =
        world.sides.bytes(log).iter().skip(start).take(count).cloned().collect();
    let flaw = usize::from(lots.next());
    if flaw > 200
        && let Some(byte) = entries.first_mut().and_then(|entry| entry.get_mut(flaw))
    {
        *byte ^= 1;
    }
    let entries = entries.into_iter().map(Bytes).collect();
    Entries { log, start: Position(start.try_into().unwrap_or(0)), entries }
}

/// Somebody's claim that we have signed two histories; at times it is so.
fn fork_claim(world: &World, lots: &mut Lots<'_>) -> ForkClaim {
    let checkpoint = world.checkpoint(lots.party(), lots.size(), !lots.is_even());
    let said = world.checkpoint(lots.party(), lots.size(), !lots.is_even());
    let proof = vec![said.checkpoint().root(); lots.size() / 4];
    ForkClaim {
        checkpoint: checkpoint.note(),
        beginning: said.checkpoint().root(),
        proof: ConsistencyProof::new(proof),
    }
}

fn word(world: &World, lots: &mut Lots<'_>) -> Message {
    match lots.next() % 6 {
        0 => Bye { reason: ByeReason::Renew }.into(),
        1 => {
            let fork = lots.is_even().then(|| fork_claim(world, lots));
            Problem { code: ProblemCode::Contradiction, fork }.into()
        }
        _ => Ping { clock: Timestamp::new(u64::from(lots.next())) }.into(),
    }
}

fn loaded(world: &World, lots: &mut Lots<'_>) -> Option<Loaded> {
    if lots.next().is_multiple_of(4) {
        return None;
    }
    let Entries { log, start, entries } = entries(world, lots);
    let checkpoint = world.checkpoint(log, lots.size(), false).note();
    Some(Loaded { log, start, entries, checkpoint, cosignatures: Vec::new() })
}
