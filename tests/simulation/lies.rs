//! Lies on the wire, by a side whose own store stays honest: once it lies no more, both sides have
//! to come to hold the same as if it never had.

use entente::{
    cbor::Bytes,
    limits::{ENTRIES_BYTES_MAX, ENTRIES_PER_MESSAGE_MAX, ENTRY_BYTES_MAX, PROOF_HASHES_MAX},
    names::{AgreementDigest, Party, Position, Size, sha256},
    season::Dice,
    session::{
        Bye, ByeReason, Checkpoint, Cosignature, Entries, ForkClaim, Hello, Message, Ping, Problem,
        ProblemCode, Want, encode_frame,
    },
    store::{LogNodes, MemoryStore, Store},
    tlog::{ConsistencyProof, consistency_proof},
};

use crate::{forge, keys::Keys};

/// Messages of earlier that a liar keeps, to say them again.
const KEPT_MAX: usize = 60;
/// Messages that are withheld at once.
const WITHHELD_MAX: u32 = 4;
/// Entries that fill a message to the last byte, each of a length that an entry may have.
const HEAVY: usize = 16;

macro_rules! lies {
    ($all:ident of $enum:ident: $( $lie:ident => $name:literal, )+) => {
        impl $enum {
            pub(crate) const $all: &[Self] = &[$( Self::$lie, )+];

            pub(crate) const fn name(self) -> &'static str {
                match self { $( Self::$lie => $name, )+ }
            }
        }

        /// A way to lie.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $enum { $( $lie, )+ }
    };
}
pub(crate) use lies;

lies! { ALL of Lie:
    OlderOwn => "lie: a hello with an older checkpoint of its own",
    OlderMirror => "lie: a hello with an older checkpoint of the mirror",
    NoMirror => "lie: a hello with nothing of the mirror",
    NoCosignatures => "lie: a hello without cosignatures",
    NotPassed => "lie: a hello that says not passed",
    OtherVersion => "lie: a hello of another protocol version",
    OtherAgreement => "lie: a hello under another agreement",
    OtherParty => "lie: a hello of another party",
    FarHello => "lie: a hello with a far clock",
    FalseOwn => "lie: a hello with a false root of its own",
    FalseAhead => "lie: a hello with more of its own than there is",
    OldHello => "lie: a hello of an earlier session",
    TheirHello => "lie: a hello that gives theirs back",
    Replay => "lie: something said before is said again",
    Reflect => "lie: something heard is said back",
    Malformed => "lie: a malformed frame",
    Cut => "lie: a frame that ends early",
    Empty => "lie: an empty frame",
    Oversized => "lie: an oversized frame",
    AbsurdWant => "lie: an absurd want",
    FarPing => "lie: a ping with a far clock",
    StrayBye => "lie: a bye, and more after it",
    CryFork => "lie: a fork that there is not",
    LongProof => "lie: a proof longer than any may be",
    WithholdEntries => "lie: entries withheld",
    Overlap => "lie: entries that overlap",
    Gap => "lie: entries that leave a gap",
    OtherLog => "lie: entries of the other log",
    Flood => "lie: a flood of entries without a checkpoint",
    ChangedEntry => "lie: an entry changed under its checkpoint",
    TooMany => "lie: one entry more than a message may hold",
    TooLong => "lie: an entry longer than any may be",
    TooHeavy => "lie: entries heavier than a message may be",
    WithholdCheckpoint => "lie: a checkpoint withheld",
    FalseRoot => "lie: a checkpoint with a false root",
    FalseSize => "lie: a checkpoint with a false size",
    LongNote => "lie: a note longer than any may be",
    WithholdCosignature => "lie: cosignatures withheld",
    OtherTime => "lie: a cosignature with another time",
    OtherSize => "lie: a cosignature of another size",
}

/// What the liar of a run is about to say.
#[derive(Debug, Default)]
pub(crate) struct Lies {
    /// Who lies in this run.
    pub(crate) party: Option<Party>,
    next: Option<(Lie, u32)>,
    said: Vec<Message>,
    heard: Vec<Message>,
}

/// What a liar has at hand.
#[derive(Clone, Copy)]
pub(crate) struct Truly<'a> {
    pub(crate) keys: Keys,
    pub(crate) store: &'a MemoryStore,
    /// Whether the counterpart has nobody else to tell it what is newest: what is concealed from it
    /// then is lost, and no lie that this project could stand.
    pub(crate) alone: bool,
}

impl Lies {
    /// Plans a lie; the first who lies is the only one in a run.
    pub(crate) fn plan(&mut self, party: Party, number: u32) {
        self.party.get_or_insert(party);
        let place = usize::try_from(number).unwrap() % Lie::ALL.len();
        let lie = Lie::ALL[place];
        let count = match lie {
            Lie::WithholdEntries | Lie::WithholdCheckpoint | Lie::WithholdCosignature => {
                1 + number % WITHHELD_MAX
            }
            _ => 1,
        };
        self.next = Some((lie, count));
    }

    /// Nobody lies any more.
    pub(crate) fn cease(&mut self) {
        self.next = None;
    }

    /// Remembers what the liar was told.
    pub(crate) fn hears(&mut self, party: Party, message: &Message) {
        if self.party == Some(party) {
            keep(&mut self.heard, message);
        }
    }

    /// What goes onto the wire instead of a message, if it is the time to lie.
    pub(crate) fn tell(
        &mut self,
        party: Party,
        message: &Message,
        truly: Truly<'_>,
        dice: &mut Dice,
    ) -> Option<(Lie, Vec<Vec<u8>>)> {
        if self.party != Some(party) {
            return None;
        }
        let told = self.next.and_then(|(lie, count)| {
            let frames = self.frames(lie, message, truly, dice)?;
            self.next = (count > 1).then(|| (lie, count - 1));
            Some((lie, frames))
        });
        keep(&mut self.said, message);
        told
    }

    fn frames(
        &self,
        lie: Lie,
        message: &Message,
        truly: Truly<'_>,
        dice: &mut Dice,
    ) -> Option<Vec<Vec<u8>>> {
        let one = |message: Message| Some(vec![encode_frame(&message)]);
        match message {
            Message::Hello(hello) => {
                if truly.alone {
                    return None;
                }
                self.hello(lie, hello, truly, dice).and_then(one)
            }
            Message::Entries(entries) if is_of_entries(lie) => false_entries(lie, entries),
            Message::Checkpoint(note) => match lie {
                Lie::WithholdCheckpoint => Some(Vec::new()),
                Lie::FalseRoot | Lie::FalseSize => {
                    let size = forge::size_in(truly.keys.party, &note.note)?;
                    let size = if lie == Lie::FalseRoot { size } else { size.plus(1) };
                    let root = forge::false_root(size.0);
                    one(Checkpoint { note: forge::checkpoint(truly.keys, size, root) }.into())
                }
                Lie::LongNote => one(Checkpoint { note: forge::padded(&note.note) }.into()),
                _ => self.anywhere(lie, message, truly, dice),
            },
            Message::Cosignature(note) => match lie {
                Lie::WithholdCosignature => Some(Vec::new()),
                Lie::OtherTime | Lie::OtherSize => {
                    one(Cosignature { note: cosigned(lie, &note.note, truly)? }.into())
                }
                _ => self.anywhere(lie, message, truly, dice),
            },
            _ => self.anywhere(lie, message, truly, dice),
        }
    }

    fn hello(&self, lie: Lie, hello: &Hello, truly: Truly<'_>, dice: &mut Dice) -> Option<Message> {
        let mut hello = hello.clone();
        let own = forge::size_in(truly.keys.party, &hello.own)?;
        match lie {
            Lie::OlderOwn => hello.own = self.older(&hello.own, |one| Some(&one.own))?,
            Lie::OlderMirror => {
                let shown = hello.mirror.clone()?;
                hello.mirror = Some(self.older(&shown, |one| one.mirror.as_ref())?);
                hello.mirror_cosigned = None;
            }
            Lie::NoMirror => _ = hello.mirror.take()?,
            Lie::NoCosignatures => {
                hello.own_cosigned.take()?;
                hello.mirror_cosigned = None;
            }
            Lie::NotPassed if hello.passed => hello.passed = false,
            Lie::OtherVersion => hello.protocol += 1 + dice.below(9),
            Lie::OtherAgreement => hello.agreement = AgreementDigest::new(sha256(b"another")),
            Lie::OtherParty => hello.party = hello.party.other(),
            Lie::FarHello => hello.clock = hello.clock.plus(100_000),
            Lie::FalseOwn => {
                hello.own = forge::checkpoint(truly.keys, own, forge::false_root(own.0));
            }
            Lie::FalseAhead => {
                let ahead = own.plus(1 + dice.below(9));
                hello.own = forge::checkpoint(truly.keys, ahead, forge::false_root(ahead.0));
            }
            Lie::OldHello => return pick(&self.said, dice, is_hello),
            Lie::TheirHello => return pick(&self.heard, dice, is_hello),
            _ => return None,
        }
        Some(hello.into())
    }

    /// Says that the honest side has signed two histories, by what it has truly signed and a root
    /// of our own making.
    fn cry_fork(&self, lie: Lie, truly: Truly<'_>, dice: &mut Dice) -> Option<Message> {
        let honest = truly.keys.party.other();
        let Message::Hello(hello) = pick(&self.heard, dice, is_hello)? else { return None };
        let shown = forge::size_in(honest, &hello.own)?;
        let above = dice.pick(shown, &[Size(0), Size(shown.0.saturating_sub(1))]);
        let later = truly.store.checkpoint_above(honest, above).unwrap();
        let later = later.or(truly.store.newest_checkpoint(honest).unwrap())?;
        let nodes = LogNodes::new(truly.store, honest);
        let old = shown.min(later.size);
        let mut proof = consistency_proof(&nodes, old, later.size).ok()?;
        let beginning = forge::false_root(shown.0);
        if lie == Lie::LongProof {
            proof = ConsistencyProof::new(vec![beginning; PROOF_HASHES_MAX + 1]);
        }
        let fork = Some(ForkClaim { checkpoint: later.note, beginning, proof });
        Some(Problem { code: ProblemCode::Contradiction, fork }.into())
    }

    /// A note that an earlier hello showed instead.
    fn older(&self, newest: &String, note: impl Fn(&Hello) -> Option<&String>) -> Option<String> {
        let mut notes = self.said.iter().filter_map(|one| match one {
            Message::Hello(one) => note(one),
            _ => None,
        });
        notes.find(|note| *note != newest).cloned()
    }

    /// Lies for which any moment after the hello is right.
    fn anywhere(
        &self,
        lie: Lie,
        message: &Message,
        truly: Truly<'_>,
        dice: &mut Dice,
    ) -> Option<Vec<Vec<u8>>> {
        let frame = encode_frame(message);
        let far = dice.below(u64::MAX >> 20);
        let held = truly.store.size(truly.keys.party.other()).unwrap();
        let own = truly.store.size(truly.keys.party).unwrap();
        let also: Message = match lie {
            Lie::Replay => pick(&self.said, dice, |_| true)?,
            Lie::Reflect => pick(&self.heard, dice, |_| true)?,
            Lie::Malformed => return Some(vec![framed(&[&frame[4..], &[0]].concat())]),
            Lie::Cut => return Some(vec![framed(&frame[4..frame.len() - 1])]),
            Lie::Empty => return Some(vec![framed(&[])]),
            Lie::Oversized => return Some(vec![[&[0x7f; 4], &frame[4..]].concat()]),
            Lie::AbsurdWant => {
                let ends = [(Size(0), own), (own, Size(0)), (held, Size(u64::MAX)), (own, own)];
                let (from, to) = dice.pick(ends[0], &ends[1..]);
                Want { from, to }.into()
            }
            Lie::FarPing => Ping { clock: entente::names::Timestamp::new(far) }.into(),
            Lie::StrayBye => {
                let bye = encode_frame(&Bye { reason: ByeReason::Stopping }.into());
                return Some(vec![bye, frame]);
            }
            Lie::CryFork | Lie::LongProof => {
                return Some(vec![encode_frame(&self.cry_fork(lie, truly, dice)?)]);
            }
            _ => return None,
        };
        Some(vec![frame, encode_frame(&also)])
    }
}

const fn is_of_entries(lie: Lie) -> bool {
    matches!(
        lie,
        Lie::WithholdEntries
            | Lie::Overlap
            | Lie::Gap
            | Lie::OtherLog
            | Lie::Flood
            | Lie::ChangedEntry
            | Lie::TooMany
            | Lie::TooLong
            | Lie::TooHeavy
    )
}

fn false_entries(lie: Lie, entries: &Entries) -> Option<Vec<Vec<u8>>> {
    let mut changed = entries.clone();
    match lie {
        Lie::WithholdEntries => return Some(Vec::new()),
        Lie::Overlap => changed.start = Position(entries.start.0.checked_sub(1)?),
        Lie::Gap => changed.start = Position(entries.start.0 + 1),
        Lie::OtherLog => changed.log = entries.log.other(),
        Lie::TooMany => changed.entries = vec![Bytes(vec![7]); ENTRIES_PER_MESSAGE_MAX + 1],
        Lie::TooLong => changed.entries = vec![Bytes(vec![7; ENTRY_BYTES_MAX + 1])],
        Lie::TooHeavy => {
            let heavy = ENTRIES_BYTES_MAX / HEAVY;
            changed.entries = vec![Bytes(vec![7; heavy]); HEAVY];
            changed.entries.push(Bytes(vec![7]));
        }
        Lie::Flood => {
            // Each message is one that may be; two of them are more than may wait.
            let junk = |n: u64| Bytes(n.to_be_bytes().repeat(500));
            let flood = |start: u64| Entries {
                log: entries.log,
                start: Position(start),
                entries: (0..200).map(junk).collect(),
            };
            let floods = (0..3).map(|n| encode_frame(&flood(entries.start.0 + 200 * n).into()));
            return Some(floods.collect());
        }
        _ => {
            let first = changed.entries.first_mut()?;
            let last = first.0.len() - 1;
            first.0[last] ^= 1;
        }
    }
    Some(vec![encode_frame(&changed.into())])
}

/// A cosignature that no entanglement stands for.
fn cosigned(lie: Lie, note: &str, truly: Truly<'_>) -> Option<String> {
    let log = truly.keys.party.other();
    let (size, time, signed) = forge::opened(log, note)?;
    if lie == Lie::OtherTime {
        return forge::cosignature(truly.keys, &signed, time.plus(1));
    }
    let mut above = Size(0);
    while let Some(one) = truly.store.checkpoint_above(log, above).unwrap() {
        if one.size != size {
            return forge::cosignature(truly.keys, &one.note, time);
        }
        above = one.size;
    }
    None
}

fn framed(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap();
    [&length.to_be_bytes(), body].concat()
}

const fn is_hello(message: &Message) -> bool {
    matches!(message, Message::Hello(_))
}

fn pick(from: &[Message], dice: &mut Dice, fit: impl Fn(&Message) -> bool) -> Option<Message> {
    let fitting: Vec<&Message> = from.iter().filter(|one| fit(one)).collect();
    let place = usize::try_from(dice.below(fitting.len() as u64)).unwrap();
    fitting.get(place).map(|one| (*one).clone())
}

fn keep(all: &mut Vec<Message>, message: &Message) {
    if all.len() >= KEPT_MAX {
        all.remove(0);
    }
    all.push(message.clone());
}
