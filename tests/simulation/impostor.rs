//! A counterpart that lies in its own log, for the rest of a run: it holds the real keys and all
//! that its machine held, and speaks the protocol by hand.

use std::collections::BTreeMap;

use entente::{
    cbor::Bytes,
    names::{Hash, Party, Position, Size, Timestamp},
    record::{At, Entanglement, Record},
    season::Dice,
    session::{
        Checkpoint, Cosignature, Entries, Event, Hello, Message, PROTOCOL, ProblemCode, Want,
        encode_frame,
    },
    store::{MemoryStore, Store},
    tlog::leaf_hash,
};

use crate::{
    deserts::{Desert, Forged},
    forge,
    forgeries::{Forger, Forgery},
    keys::{Keys, agreement, submission_id},
    talk::{Mood, Talk},
    truth::Truth,
};

/// Entries in one message of an impostor.
const BATCH: usize = 120;

/// The liar, as it is from when it has begun to lie in its log.
#[derive(Debug)]
pub(crate) struct Impostor {
    pub(crate) keys: Keys,
    term: u64,
    /// Its own log, as its honest daemon had written it.
    log: Vec<Vec<u8>>,
    /// The honest log, as far as it came, with the checkpoints that came.
    theirs: Vec<Vec<u8>>,
    notes: BTreeMap<Size, String>,
    /// The newest cosignature of its own log.
    cosigned: Option<String>,
    /// The most that it has said in truth that it holds, and the latest time of that.
    entangled: Size,
    latest: Timestamp,
    salt: u64,
    pub(crate) forged: Forged,
    /// Whether it has begun its last conversation, in which it tells one lie and nothing else that
    /// is false; and the entry of that lie.
    pub(crate) last: bool,
    pub(crate) last_lie: Option<Hash>,
}

/// What an impostor looks at as it speaks.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) truth: &'a Truth,
    pub(crate) now: Timestamp,
}

impl Impostor {
    /// Takes a machine's place, with its keys and what its store holds; what its log has entangled
    /// so far, here or where an old copy of it was not put back.
    pub(crate) fn of(keys: Keys, store: &MemoryStore, told: (Size, Timestamp)) -> Self {
        let all = |log| {
            let stored = store.entries(log, Position(0), usize::MAX, usize::MAX).unwrap();
            stored.into_iter().map(|one| one.bytes).collect()
        };
        let other = keys.party.other();
        let mut notes = BTreeMap::new();
        let mut above = Size(0);
        while let Some(one) = store.checkpoint_above(other, above).unwrap() {
            above = one.size;
            notes.insert(one.size, one.note);
        }
        let cosigned = store.newest_cosignature(keys.party).unwrap().map(|one| one.note);
        let (entangled, latest) = told;
        Self {
            keys,
            term: 0,
            log: all(keys.party),
            theirs: all(other),
            notes,
            cosigned,
            entangled,
            latest,
            salt: 0,
            forged: Forged::default(),
            last: false,
            last_lie: None,
        }
    }

    /// Begins a conversation in some mood.
    pub(crate) fn talk(&mut self, dice: &mut Dice) -> Talk {
        let drawn = &Mood::MOODS[..Mood::MOODS.len() - 1];
        let mood = if self.last {
            Mood::Plain
        } else if dice.once_in(2) {
            Mood::Forger
        } else {
            dice.pick(drawn[0], &drawn[1..])
        };
        Talk::new(mood, 1 + dice.below(4))
    }

    fn salt(&mut self) -> u64 {
        self.salt += 1;
        self.salt
    }

    fn forger<'a>(&'a self, scene: Scene<'a>, own: &'a [Vec<u8>]) -> Forger<'a> {
        let (keys, salt) = (self.keys, self.salt);
        Forger { keys, truth: scene.truth, own, theirs: &self.theirs, now: scene.now, salt }
    }

    /// A fresh record of its own that breaks no rule.
    fn fresh(&mut self, scene: Scene<'_>) -> Vec<u8> {
        let number = self.salt();
        let record = match self.keys.party {
            Party::Gbr => crate::fixture::request(&format!("GB01-8{:05}", number % 100_000), 0),
            Party::Fra => crate::fixture::outage("2025-08-07T10:00:00Z", None),
        };
        self.keys.seal_record(&record, submission_id(&format!("fresh {number}")), scene.now).1
    }

    /// The honest side has said hello: the conversation takes its shape.
    fn greet(&mut self, talk: &mut Talk, hello: &Hello, scene: Scene<'_>, dice: &mut Dice) {
        let party = self.keys.party;
        let held = hello.mirror.as_ref().and_then(|note| forge::size_in(party, note));
        let held = usize::try_from(held.unwrap_or(Size(0)).0).unwrap();
        let mirrored = scene.truth.all(party);
        let whole = if self.log.starts_with(mirrored) { self.log.clone() } else { mirrored.into() };
        let before = usize::try_from(1 + dice.below(held.saturating_sub(1) as u64)).unwrap();
        talk.log = whole;
        talk.sent = held;
        let mut shown = talk.log.len();
        match talk.mood {
            Mood::Alternate | Mood::ForkAhead if held >= 2 => {
                talk.log.truncate(before);
                let beyond = usize::from(talk.mood == Mood::ForkAhead);
                while talk.log.len() < held + beyond {
                    talk.log.push(self.fresh(scene));
                }
                shown = talk.log.len();
                let code = if beyond == 0 { ProblemCode::Contradiction } else { ProblemCode::Root };
                talk.earns.push(code);
            }
            Mood::Older | Mood::OlderAndOther if held >= 2 => {
                shown = before;
                talk.sent = before;
                talk.log.truncate(before);
                talk.log.push(self.fresh(scene));
                if talk.mood == Mood::OlderAndOther {
                    let (from, to) = (Size(before as u64), Size(held as u64));
                    talk.post(Want { from, to }.into());
                }
                talk.earns.push(ProblemCode::Gap);
            }
            Mood::Unanchored => talk.earns.push(ProblemCode::Cosignature),
            Mood::StaleTerm if self.term > 0 => talk.earns.push(ProblemCode::Term),
            Mood::StaleTerm => self.term = 7,
            Mood::Plain => {}
            _ => talk.mood = Mood::Forger,
        }
        talk.greeted = true;
        let term = if talk.earns.contains(&ProblemCode::Term) { 3 } else { self.term };
        let own = &talk.log[..shown];
        let hello = match talk.mood {
            Mood::Plain => self.true_hello(own, scene),
            _ => self.hello(own, term, scene, dice),
        };
        talk.frames.push_front((hello.clone(), encode_frame(&hello)));
    }

    fn hello(&self, shown: &[Vec<u8>], term: u64, scene: Scene<'_>, dice: &mut Dice) -> Message {
        let root = forge::root_of(shown);
        let own = forge::checkpoint(self.keys, Size(shown.len() as u64), root);
        let notes: Vec<&String> = self.notes.values().collect();
        let mirror = match dice.below(8) {
            0 => None,
            1 => notes.get(usize::try_from(dice.below(notes.len() as u64)).unwrap()).copied(),
            _ => notes.last().copied(),
        };
        let mirror_cosigned = mirror
            .filter(|_| dice.once_in(3))
            .and_then(|note| forge::cosignature(self.keys, note, scene.now));
        let hello = Hello {
            protocol: PROTOCOL,
            agreement: agreement().digest(),
            party: self.keys.party,
            clock: if dice.once_in(12) { scene.now.plus(100_000) } else { scene.now },
            term,
            passed: !dice.once_in(12),
            own,
            own_cosigned: self.cosigned.clone().filter(|_| dice.once_in(2)),
            mirror: mirror.cloned(),
            mirror_cosigned,
        };
        hello.into()
    }

    fn true_hello(&self, own: &[Vec<u8>], scene: Scene<'_>) -> Message {
        let hello = Hello {
            protocol: PROTOCOL,
            agreement: agreement().digest(),
            party: self.keys.party,
            clock: scene.now,
            term: self.term,
            passed: true,
            own: forge::checkpoint(self.keys, Size(own.len() as u64), forge::root_of(own)),
            own_cosigned: self.cosigned.clone(),
            mirror: self.notes.values().next_back().cloned(),
            mirror_cosigned: None,
        };
        hello.into()
    }

    /// Takes in what the honest side says; whether there is something to talk on about.
    pub(crate) fn hear(
        &mut self,
        talk: &mut Talk,
        event: Event,
        scene: Scene<'_>,
        dice: &mut Dice,
    ) -> bool {
        let Event::Received(message) = event else { return true };
        let other = self.keys.party.other();
        match message {
            Message::Hello(one) if !talk.greeted => self.greet(talk, &one, scene, dice),
            Message::Entries(one) if one.log == other => {
                let start = usize::try_from(one.start.0).unwrap();
                let known = self.theirs.len().saturating_sub(start);
                // What was tampered with on its way is no entry.
                let as_sent = |(at, entry): &(u64, Bytes)| {
                    scene.truth.bytes(other, Position(*at)) == Some(&entry.0)
                };
                if start <= self.theirs.len() {
                    let entries = (one.start.0..).zip(one.entries).skip(known);
                    self.theirs.extend(entries.take_while(as_sent).map(|(_, entry)| entry.0));
                }
            }
            Message::Checkpoint(one) => {
                if let Some(size) = forge::size_in(other, &one.note)
                    && size.0 <= self.theirs.len() as u64
                {
                    self.notes.insert(size, one.note);
                }
            }
            Message::Cosignature(one) if forge::opened(self.keys.party, &one.note).is_some() => {
                self.cosigned = Some(one.note);
            }
            Message::Want(one) => self.give_back(talk, &one, dice),
            Message::Problem(_) | Message::Bye(_) => return false,
            _ => {}
        }
        true
    }

    /// Serves what the honest side has lost, or something else.
    fn give_back(&self, talk: &mut Talk, want: &Want, dice: &mut Dice) {
        let mut start = want.from;
        let falsely = talk.mood != Mood::Plain && dice.once_in(5);
        for (size, note) in self.notes.range(want.from.plus(1)..) {
            let range = usize::try_from(start.0).unwrap()..usize::try_from(size.0).unwrap();
            let Some(entries) = self.theirs.get(range) else { return };
            let mut entries: Vec<Bytes> = entries.iter().cloned().map(Bytes).collect();
            if falsely && let Some(Bytes(first)) = entries.first_mut() {
                first[0] ^= 1;
                talk.earns.push(ProblemCode::Fork);
            }
            let log = self.keys.party.other();
            talk.post(Entries { log, start: start.next(), entries }.into());
            talk.post(Checkpoint { note: note.clone() }.into());
            if falsely {
                return;
            }
            start = *size;
        }
    }

    /// Tells the next lie, if one is left; what it is called.
    pub(crate) fn lie(
        &mut self,
        talk: &mut Talk,
        scene: Scene<'_>,
        dice: &mut Dice,
    ) -> Option<&'static str> {
        if !talk.greeted || talk.left == 0 {
            return None;
        }
        talk.left -= 1;
        let name = match talk.mood {
            Mood::Unanchored => {
                let note = self.notes.values().next_back()?;
                let note = forge::cosignature(self.keys, note, scene.now.plus(1))?;
                talk.post(Cosignature { note }.into());
                talk.left = 0;
                talk.mood.name()
            }
            Mood::Forger => return Some(self.forge(talk, scene, dice)),
            Mood::Plain => return Some(self.tell_plainly(talk, scene)),
            mood => {
                talk.left = 0;
                self.send(talk);
                mood.name()
            }
        };
        Some(name)
    }

    fn forge(&mut self, talk: &mut Talk, scene: Scene<'_>, dice: &mut Dice) -> &'static str {
        if talk.sent < talk.log.len() {
            self.send(talk);
            return "impostor: goes on truly";
        }
        self.salt();
        if dice.once_in(3)
            && let Some((entry, cosignature)) = self.entangle(scene)
        {
            if scene.now < self.latest {
                // It falls, and so nothing stands behind the cosignature.
                talk.earns.push(ProblemCode::Cosignature);
            }
            talk.log.push(entry);
            self.send(talk);
            talk.post(cosignature);
            return "impostor: entangles truly";
        }
        let lie = dice.pick(Forgery::ALL[0], &Forgery::ALL[1..]);
        let rare = matches!(lie, Forgery::Ended | Forgery::FarTime) && !dice.once_in(4);
        let lie = if rare { Forgery::NoRecord } else { lie };
        if self.tell(talk, lie, scene) { lie.name() } else { "impostor: holds its tongue" }
    }

    /// All that is true, and one lie after it.
    fn tell_plainly(&mut self, talk: &mut Talk, scene: Scene<'_>) -> &'static str {
        talk.left = 1;
        if talk.sent < talk.log.len() {
            self.send(talk);
            return "impostor: goes on truly";
        }
        talk.left = 0;
        self.salt();
        self.tell(talk, Forgery::NoRecord, scene);
        self.last_lie = talk.log.last().map(|bytes| leaf_hash(bytes));
        talk.mood.name()
    }

    /// Logs a lie and sends it, if there is anything to it.
    fn tell(&mut self, talk: &mut Talk, lie: Forgery, scene: Scene<'_>) -> bool {
        let forger = self.forger(scene, &talk.log);
        let (entries, deserts) = (forger.entries(lie), forger.deserts(lie));
        self.forged.keep(lie, &entries, &deserts);
        for desert in deserts {
            if let Desert::Entangles(size, time, true) = desert {
                self.entangled = self.entangled.max(size);
                self.latest = self.latest.max(time);
            }
        }
        let any = !entries.is_empty();
        talk.log.extend(entries);
        self.send(talk);
        any
    }

    /// An entanglement of all that it has a checkpoint of, with its cosignature.
    fn entangle(&mut self, scene: Scene<'_>) -> Option<(Vec<u8>, Message)> {
        let (size, note) = self.notes.last_key_value()?;
        let (size, other) = (*size, self.keys.party.other());
        let root = scene.truth.root(other, size).filter(|_| size > self.entangled)?;
        let note = forge::cosignature(self.keys, note, scene.now)?;
        self.entangled = size;
        let content = Entanglement { origin: agreement().origin(other).to_string(), size, root };
        let record = Record { at: Some(At::Second(scene.now)), ..Record::bare(content) };
        let id = submission_id(&format!("entangled {}", self.salt));
        let entry = self.keys.seal_record(&record, id, scene.now).1;
        self.forged.deserves(&entry, Desert::Entangles(size, scene.now, true));
        Some((entry, Cosignature { note }.into()))
    }

    /// Sends what the honest side does not hold yet, under a checkpoint of all that was sent.
    fn send(&self, talk: &mut Talk) {
        let end = talk.log.len().min(talk.sent + BATCH);
        let Some(entries) = talk.log.get(talk.sent..end).filter(|some| !some.is_empty()) else {
            return;
        };
        let entries = entries.iter().cloned().map(Bytes).collect();
        let start = Position(talk.sent as u64);
        talk.post(Entries { log: self.keys.party, start, entries }.into());
        let root = forge::root_of(&talk.log[..end]);
        let note = forge::checkpoint(self.keys, Size(end as u64), root);
        talk.post(Checkpoint { note }.into());
        talk.sent = end;
    }
}
