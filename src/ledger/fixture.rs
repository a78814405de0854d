//! Two sides with published keys and real trees, for the tests of this floor and of those above.
//!
//! It speaks to the public interface only, so that a test outside the crate can take it in by
//! `#[path = "../src/ledger/fixture.rs"] mod fixture;`.

#[path = "fixture/keys.rs"]
mod keys;
#[path = "fixture/records.rs"]
mod records;
#[path = "fixture/season.rs"]
mod season;

use entente::{
    envelope::{Algorithm, Claims, Draft, Header, Role},
    ledger::{Agreement, Books, Entry, Keybook, Ledger, LogReader, examine, fold},
    names::{Hash, Party, PerParty, Position, RecordId, Size, SubmissionId, Timestamp, Week},
    reconcile::Roots,
    record::{self, Entanglement, Provisions, Record, Terms, WeekClose, subject},
    tlog::{Checkpoint, CosignedCheckpoint, MemoryNodes, SignedCheckpoint, leaf_hash, root_at},
};

pub(crate) use keys::{UnsafeKey, certificate, provisions, seed, terms};
pub(crate) use records::{
    accept, accepted_version, admission, allocation, approval, arrival, at, confirmed, consent,
    correction, count, counter_proposed, day, departure, digest, disclosure_status, erasure,
    extension, key_compromised, key_enrolled, key_retired, lapse, log_end, not_arrived, notice,
    outage, place, postponed, proposed, refuse, rejection, request, resolution, reversal,
    statement, terminated, travel, visa, visa_from, week, window, withdrawn, wrong_data,
};
pub(crate) use season::{season, whole_season};

/// One party's log: its bytes, its tree, and what a reader has made of it.
#[derive(Debug, Clone)]
struct Log {
    bytes: Vec<Vec<u8>>,
    nodes: MemoryNodes,
    reader: LogReader,
}

/// Both sides, with all keys, in one place. Each record is signed at `now`, which goes on by a
/// minute at each.
#[derive(Debug, Clone)]
pub(crate) struct TwoSides {
    pub(crate) agreement: Agreement,
    pub(crate) books: Books,
    pub(crate) now: Timestamp,
    logs: PerParty<Log>,
    signed: u64,
}

/// The records of one journey.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    pub(crate) announced: RecordId,
    pub(crate) left: RecordId,
    pub(crate) came: RecordId,
}

impl TwoSides {
    /// Two logs that hold nothing, under the terms of the tests.
    pub(crate) fn empty(terms: Terms) -> Self {
        let agreement = Agreement::open(terms).unwrap();
        let log = |party| Log {
            bytes: Vec::new(),
            nodes: MemoryNodes::new(),
            reader: LogReader::new(&agreement, party),
        };
        let logs = PerParty::from_fn(log);
        let now = at("2025-08-06T08:00:00Z");
        Self { agreement, books: Books::default(), now, logs, signed: 0 }
    }

    /// Two logs that hold the agreement and have covered it.
    pub(crate) fn founded() -> Self {
        Self::under(provisions())
    }

    /// The same under other provisions.
    pub(crate) fn under(provisions: Provisions) -> Self {
        let mut sides = Self::empty(Terms { provisions, ..terms() });
        for party in Party::BOTH {
            let terms = sides.agreement.terms().clone();
            sides.append(party, Record::bare(record::Agreement { terms, succession: None }));
        }
        sides.exchange();
        sides
    }

    /// The bytes of every entry of a log.
    pub(crate) fn bytes(&self, party: Party) -> &[Vec<u8>] {
        &self.logs.of(party).bytes
    }

    /// The tree of a log.
    pub(crate) fn nodes(&self, party: Party) -> &MemoryNodes {
        &self.logs.of(party).nodes
    }

    /// The keys that the next entry of a log is judged by.
    pub(crate) fn keys(&self, party: Party) -> &Keybook {
        self.logs.of(party).reader.keys()
    }

    /// The newest entry of a log.
    pub(crate) fn newest(&self, party: Party) -> &Entry {
        let last = Position(self.books.size(party).0.checked_sub(1).unwrap());
        self.books.entry(party, last).unwrap()
    }

    /// Sets the time of the next signature.
    pub(crate) fn go_to(&mut self, now: Timestamp) -> &mut Self {
        self.now = now;
        self
    }

    /// Signs a record in the role of its kind, and logs it.
    pub(crate) fn append(&mut self, party: Party, record: Record) -> RecordId {
        let (id, bytes) = self.seal(party, &record);
        self.append_bytes(party, bytes);
        id
    }

    /// Signs a record with any key, and logs it.
    pub(crate) fn append_as(&mut self, key: &UnsafeKey, party: Party, record: Record) -> RecordId {
        let sub = subject(record.kind(), record.case.as_ref());
        let (id, bytes) = self.seal_as(key, party, sub, record.encode());
        self.append_bytes(party, bytes);
        id
    }

    /// Signs a record in the role of its kind.
    pub(crate) fn seal(&mut self, party: Party, record: &Record) -> (RecordId, Vec<u8>) {
        let role = record.kind().shape().role;
        let subject = subject(record.kind(), record.case.as_ref());
        self.seal_as(&UnsafeKey::of(party, role), party, subject, record.encode())
    }

    /// Signs a payload, whatever it is, with any key.
    pub(crate) fn seal_as(
        &mut self,
        key: &UnsafeKey,
        party: Party,
        sub: String,
        payload: Vec<u8>,
    ) -> (RecordId, Vec<u8>) {
        self.signed = self.signed.checked_add(1).unwrap();
        let mut cti = [0; 16];
        cti[..8].copy_from_slice(&self.signed.to_be_bytes());
        let claims = Claims {
            iss: self.agreement.terms().party(party).issuer.clone(),
            sub,
            aud: self.agreement.audience(),
            iat: self.now,
            cti: SubmissionId::new(cti),
        };
        let thumbprint = Hash::new(entente::names::sha256(key.certificate()));
        let header =
            Header::new(Algorithm::Ed25519, key.public_key().id(), claims, thumbprint).unwrap();
        let draft = Draft::new(&header, payload).unwrap();
        let signature = key.sign(&draft.to_sign());
        self.now = self.now.plus(60);
        (draft.record_id(), draft.seal(signature))
    }

    /// Logs bytes, whatever they are.
    pub(crate) fn append_bytes(&mut self, party: Party, bytes: Vec<u8>) -> Position {
        let position = self.books.size(party).next();
        let examined = examine(self.keys(party), position, bytes.clone());
        let Self { agreement, books, logs: PerParty { gbr, fra }, .. } = self;
        let (log, other) = match party {
            Party::Gbr => (gbr, &*fra),
            Party::Fra => (fra, &*gbr),
        };
        log.nodes.append(leaf_hash(&bytes));
        log.bytes.push(bytes);
        let root = |size| root_at(&other.nodes, size).ok();
        let entry = log.reader.admit(agreement, examined, root).unwrap();
        books.push(party, entry);
        position
    }

    /// What `party` would write of all that it holds of the counterpart's log now.
    pub(crate) fn entanglement(&self, party: Party) -> Entanglement {
        let head = self.logs.of(party.other()).nodes.head();
        let origin = self.agreement.origin(party.other()).to_string();
        Entanglement { origin, size: head.size, root: head.root }
    }

    /// `party` covers the whole of the counterpart's log.
    pub(crate) fn entangle(&mut self, party: Party) -> RecordId {
        let one = self.entanglement(party);
        let time = self.now;
        self.append(party, records::entangled(one, time))
    }

    /// Signs a record that a second signer has to approve, and the approval.
    pub(crate) fn approved(&mut self, party: Party, record: Record) -> RecordId {
        let id = self.append(party, record);
        self.append(party, approval(id));
        id
    }

    /// Each side covers the other's log, the United Kingdom first.
    pub(crate) fn exchange(&mut self) -> &mut Self {
        self.entangle(Party::Gbr);
        self.entangle(Party::Fra);
        self
    }

    /// `party` closes the week that is due in its log; the time is at least that week's end.
    pub(crate) fn close(&mut self, party: Party) -> Week {
        let week = self.logs.of(party).reader.next_close();
        self.now = self.now.max(week.end());
        self.append(party, Record::bare(WeekClose { week }));
        week
    }

    /// Both sides close the week that is due, and cover each other's close.
    pub(crate) fn close_week(&mut self) -> Week {
        self.close(Party::Gbr);
        let week = self.close(Party::Fra);
        self.exchange();
        week
    }

    /// The newest checkpoint of a log, signed by its author and cosigned by its mirror now.
    pub(crate) fn cosigned(&self, party: Party) -> CosignedCheckpoint {
        let (log, mirror) = (UnsafeKey::log(party), UnsafeKey::mirror(party.other()));
        let head = self.logs.of(party).nodes.head();
        let origin = self.agreement.origin(party).clone();
        let checkpoint = Checkpoint::new(origin, head.size, head.root).unwrap();
        let signature = log.sign(&checkpoint.to_sign());
        let log = &self.agreement.identity(party).log;
        let signed = SignedCheckpoint::seal(checkpoint, log, &signature).unwrap();
        let signature = mirror.sign(&signed.checkpoint().to_cosign(self.now));
        let mirror = &self.agreement.identity(party.other()).mirror;
        CosignedCheckpoint::seal(signed, mirror, self.now, &signature).unwrap()
    }

    /// The ledger of all that is logged, as it stands at `as_of`.
    pub(crate) fn ledger(&self, as_of: Timestamp) -> Ledger {
        fold(&self.agreement, &self.books, self.books.all(), as_of)
    }

    /// A case that is asked for and accepted, and a transport of it that is announced.
    pub(crate) fn announced(&mut self, reference: u32, on: &str, persons: u16) -> RecordId {
        let case = format!("GB01-{reference:06}");
        let minors = persons.checked_sub(1).unwrap();
        let asked = self.append(Party::Gbr, request(&case, minors));
        let accepted = self.append(Party::Fra, accept(asked));
        self.append(Party::Gbr, notice(&format!("GB04-{reference:06}"), &[accepted], on, persons))
    }

    /// A return of so many persons on one day, on which both sides agree.
    pub(crate) fn returned(&mut self, reference: u32, on: &str, persons: u16) -> Way {
        let announced = self.announced(reference, on, persons);
        let left = self.append(Party::Gbr, departure(announced, on, persons));
        let came = self.append(Party::Fra, arrival(left, on, persons));
        Way { announced, left, came }
    }

    /// An admission of so many persons on one day, on which both sides agree.
    pub(crate) fn admitted(&mut self, reference: u32, on: &str, persons: u16) -> Way {
        let issued = self
            .append(Party::Gbr, visa(&format!("GB13-{reference:06}"), persons, 0, "2025-12-31"));
        let announced = self
            .append(Party::Gbr, travel(&format!("GB15-{reference:06}"), &[issued], on, persons));
        let left = self.append(Party::Fra, count(announced, on, persons));
        let came = self.append(Party::Gbr, admission(announced, on, persons));
        Way { announced, left, came }
    }
}

impl Roots for TwoSides {
    fn root(&self, party: Party, size: Size) -> Option<Hash> {
        root_at(self.nodes(party), size).ok()
    }
}

/// The key of a party's officer, who signs approvals and the end of a log.
pub(crate) fn officer(party: Party) -> UnsafeKey {
    UnsafeKey::of(party, Role::Officer)
}
