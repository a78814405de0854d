//! One log, entry by entry: which entries are records of form, and which are contested.
//!
//! The same code stands on both sides of an entry: the author's daemon admits its own record before
//! it signs its place, and the mirror admits what arrives. So a contested entry can only come from
//! another author than this software.

use super::{Agreement, Keybook};
use crate::{
    danger::{Bug, planted},
    envelope::{Envelope, Refusal, Verified},
    names::{Hash, Party, Position, RecordId, Size, Timestamp, Week},
    record::{self, At, Content, Entanglement, ObjectionReason, Record},
    tlog,
};

/// An entry that was looked at.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its leaf hash.
    pub leaf: Hash,
    /// What it is.
    pub standing: Standing,
}

/// What an entry is after all checks of form.
#[derive(Debug, Clone)]
pub enum Standing {
    /// A record of form, signed by a key that may sign it here.
    Sound(Verified<Record>),
    /// A record of form whose claim about the counterpart's log is false: it has no effect.
    Ineffective(Verified<Record>, ObjectionReason),
    /// Not a record of form: its place and hash stand, and it counts nowhere.
    Contested(Contest),
}

/// Why an entry is contested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contest {
    /// The rule.
    pub reason: ObjectionReason,
    /// In words, for operators; never sent.
    pub detail: String,
}

/// Bytes that were looked at by themselves: all that needs no knowledge of earlier entries. This is
/// the costly half of admitting an entry, and it can be done for many entries at once.
#[derive(Debug, Clone)]
pub struct Examined {
    bytes: Vec<u8>,
    leaf: Hash,
    position: Position,
    record: Result<Verified<Record>, Contest>,
    /// By which keys: a book of as many changes.
    keys: usize,
}

/// Looks at the bytes of an entry of `keys`' party at `position` of its log: encoding, signature,
/// signer, schema. The keys are those before the entry.
#[must_use]
pub fn examine(keys: &Keybook, position: Position, bytes: Vec<u8>) -> Examined {
    let leaf = tlog::leaf_hash(&bytes);
    let record = record_of(keys, position, &bytes);
    Examined { bytes, leaf, position, record, keys: keys.version() }
}

impl Examined {
    /// The entry's bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The entry's leaf hash.
    #[must_use]
    pub const fn leaf(&self) -> Hash {
        self.leaf
    }

    /// Where it was examined for.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// The checked record, or why there is none.
    ///
    /// # Errors
    /// The rule of form that the bytes break.
    pub const fn record(&self) -> Result<&Verified<Record>, &Contest> {
        self.record.as_ref()
    }
}

fn record_of(
    keys: &Keybook,
    position: Position,
    bytes: &[u8],
) -> Result<Verified<Record>, Contest> {
    let envelope =
        Envelope::parse(bytes).map_err(|refusal| contest(ObjectionReason::Encoding, &refusal))?;
    let envelope =
        keys.check(envelope, position).map_err(|refusal| contest(unvouched(&refusal), &refusal))?;
    record::read(envelope).map_err(|refusal| contest(refusal.reason(), &refusal))
}

/// The code for an envelope that the keyring does not vouch for.
const fn unvouched(refusal: &Refusal) -> ObjectionReason {
    match refusal {
        Refusal::UnknownKey(_) => ObjectionReason::UnknownKey,
        Refusal::OtherParty { .. } => ObjectionReason::Signer,
        Refusal::NotYetEnrolled { .. } | Refusal::Retired { .. } => ObjectionReason::RetiredKey,
        Refusal::NotYetValid { .. } | Refusal::Expired { .. } => ObjectionReason::ExpiredKey,
        Refusal::Audience => ObjectionReason::Audience,
        Refusal::Algorithm { .. }
        | Refusal::Thumbprint
        | Refusal::Issuer
        | Refusal::Signature
        | Refusal::HighS
        | Refusal::Scalar => ObjectionReason::Signature,
    }
}

/// An entry that was examined for another position than the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("examined for position {examined_for}, and the next is {next}")]
pub struct OutOfPlace {
    /// Where the next entry stands.
    pub next: Position,
    /// Where it was examined for.
    pub examined_for: Position,
}

/// Reads one party's log from its beginning, keeping what later entries are judged by.
#[derive(Debug, Clone)]
pub struct LogReader {
    party: Party,
    size: Size,
    next_close: Week,
    entangled: Option<(Size, Timestamp)>,
    ended: bool,
    keys: Keybook,
}

impl Entry {
    /// The record of form in this entry, effective or not.
    #[must_use]
    pub const fn record(&self) -> Option<&Verified<Record>> {
        match &self.standing {
            Standing::Sound(record) | Standing::Ineffective(record, _) => Some(record),
            Standing::Contested(_) => None,
        }
    }

    /// The record, if it has effect.
    #[must_use]
    pub const fn sound(&self) -> Option<&Verified<Record>> {
        match &self.standing {
            Standing::Sound(record) => Some(record),
            Standing::Ineffective(..) | Standing::Contested(_) => None,
        }
    }

    /// What the mirror objects to, if anything.
    #[must_use]
    pub const fn objection(&self) -> Option<ObjectionReason> {
        match &self.standing {
            Standing::Sound(_) => None,
            Standing::Ineffective(_, reason) => Some(*reason),
            Standing::Contested(contest) => Some(contest.reason),
        }
    }

    /// The record's id, for entries of form.
    #[must_use]
    pub fn id(&self) -> Option<RecordId> {
        self.record().map(Verified::id)
    }

    /// The effective entanglement in this entry, with its time.
    #[must_use]
    pub fn entanglement(&self) -> Option<(&Entanglement, Timestamp)> {
        let record = self.sound()?.get();
        match (&record.content, record.at) {
            (Content::Entanglement(one), Some(At::Second(time))) => Some((one, time)),
            _ => None,
        }
    }
}

impl LogReader {
    /// A reader at the beginning of `party`'s log.
    #[must_use]
    pub fn new(agreement: &Agreement, party: Party) -> Self {
        if let Some(inherited) = agreement.inherited() {
            return inherited.reader(agreement, party);
        }
        let next_close = agreement.terms().provisions.in_force.week();
        let keys = Keybook::new(agreement, party);
        Self { party, size: Size(0), next_close, entangled: None, ended: false, keys }
    }

    /// A reader at the beginning of the successor of the log that was read. Weeks are closed on
    /// without a gap, and no time of receipt falls.
    pub(super) fn succeed(&self, agreement: &Agreement, begin: Size) -> Self {
        let entangled = self.entangled.map(|(_, time)| (Size(0), time));
        let keys = self.keys.succeed(agreement, begin);
        Self { size: Size(0), entangled, ended: false, keys, ..self.clone() }
    }

    /// How many entries were read.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// The week whose close is due next in this log.
    #[must_use]
    pub const fn next_close(&self) -> Week {
        self.next_close
    }

    /// Whether the log has ended.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.ended
    }

    /// The keys that the next entry is judged by.
    #[must_use]
    pub const fn keys(&self) -> &Keybook {
        &self.keys
    }

    /// Size and time of the newest effective entanglement in this log.
    #[must_use]
    pub const fn entangled(&self) -> Option<(Size, Timestamp)> {
        self.entangled
    }

    /// Takes the next entry in, judged by what came before it. `root` gives the root of the
    /// counterpart's log at a size, if that log has so many entries. An entanglement that shows
    /// more is false for good: all that is held of the counterpart's tree has to be there before,
    /// and a side that may have lost the end of its own log must not judge until it is healed.
    ///
    /// # Errors
    /// If the entry was examined for another position; nothing has moved then.
    pub fn admit(
        &mut self,
        agreement: &Agreement,
        examined: Examined,
        root: impl FnOnce(Size) -> Option<Hash>,
    ) -> Result<Entry, OutOfPlace> {
        let position = self.size.next();
        if examined.position != position {
            return Err(OutOfPlace { next: position, examined_for: examined.position });
        }
        // An entry before it has changed the keys after it was looked at.
        let examined = if examined.keys == self.keys.version() {
            examined
        } else {
            examine(&self.keys, position, examined.bytes)
        };
        self.size = self.size.plus(1);
        let judged = examined.record.and_then(|record| {
            founding(agreement, record.get(), position)?;
            self.not_ended(record.get())?;
            self.keys
                .take(position, &record)
                .map_err(|fault| contest(ObjectionReason::KeyEvent, &fault))?;
            self.close(&record)?;
            self.statement(&record)?;
            origins(agreement, self.party, record.get())?;
            Ok(record)
        });
        let standing = match judged {
            Ok(record) => self.take(record, root),
            Err(contest) => Standing::Contested(contest),
        };
        Ok(Entry { leaf: examined.leaf, standing })
    }

    /// After its end, a log holds nothing but entanglements.
    fn not_ended(&self, record: &Record) -> Result<(), Contest> {
        if !self.ended || matches!(record.content, Content::Entanglement(_)) {
            return Ok(());
        }
        let detail = format!("{} after the log's end", record.kind().with_article());
        Err(contest(ObjectionReason::LogEnded, &detail))
    }

    /// One close a week, in order, and none before the week has ended.
    fn close(&self, record: &Verified<Record>) -> Result<(), Contest> {
        let Content::WeekClose(close) = &record.get().content else { return Ok(()) };
        if close.week != self.next_close {
            let due = self.next_close;
            let detail = format!("{} is closed where {due} is due", close.week);
            return Err(contest(ObjectionReason::WeekClose, &detail));
        }
        if record.signed_at() < close.week.end() && !planted(Bug::CloseWeekEarly) {
            let detail = format!("{} is closed before its end", close.week);
            return Err(contest(ObjectionReason::WeekClose, &detail));
        }
        Ok(())
    }

    /// A side states a week only after it has closed it.
    fn statement(&self, record: &Verified<Record>) -> Result<(), Contest> {
        let Content::WeeklyStatement(one) = &record.get().content else { return Ok(()) };
        if one.body.week < self.next_close {
            return Ok(());
        }
        let detail = format!("{} is stated before it is closed", one.body.week);
        Err(contest(ObjectionReason::Statement, &detail))
    }

    fn take(
        &mut self,
        record: Verified<Record>,
        root: impl FnOnce(Size) -> Option<Hash>,
    ) -> Standing {
        if let Content::WeekClose(close) = &record.get().content {
            self.next_close = close.week.next();
        }
        if let Content::LogEnd(_) = &record.get().content {
            self.ended = true;
        }
        if let Content::Entanglement(one) = &record.get().content {
            let time = match record.get().at {
                Some(At::Second(time)) => time,
                Some(At::Day(_)) | None => record.signed_at(),
            };
            let falls = self.entangled.is_some_and(|(size, last)| one.size <= size || time < last);
            if falls {
                return Standing::Ineffective(record, ObjectionReason::EntanglementFalls);
            }
            if root(one.size) != Some(one.root) {
                return Standing::Ineffective(record, ObjectionReason::EntanglementRoot);
            }
            self.entangled = Some((one.size, time));
        }
        Standing::Sound(record)
    }
}

/// Entry 0 is the agreement, whole, and it stands nowhere else.
fn founding(agreement: &Agreement, record: &Record, position: Position) -> Result<(), Contest> {
    let first = position == Position(0);
    let holds = if let Content::Agreement(one) = &record.content {
        first && **one == agreement.entry_0()
    } else {
        !first
    };
    if holds {
        return Ok(());
    }
    let detail = if first { "not the founding agreement" } else { "an agreement after entry 0" };
    Err(contest(ObjectionReason::Founding, &detail))
}

/// Where a log is named, it is the one of the agreement: an origin is no place for other text.
fn origins(agreement: &Agreement, party: Party, record: &Record) -> Result<(), Contest> {
    let is = |named: &str, party| named == agreement.origin(party).as_str();
    let named = if let Content::WeeklyStatement(one) = &record.content {
        // The week may have been cut off in a log that has ended since.
        let was = |named: &str, party| agreement.generation(party, named).is_some();
        was(&one.body.gbr.origin, Party::Gbr) && was(&one.body.fra.origin, Party::Fra)
    } else if let Content::Entanglement(one) = &record.content {
        is(&one.origin, party.other())
    } else if let Content::Objection(one) = &record.content {
        is(&one.origin, party.other())
    } else {
        true
    };
    if named { Ok(()) } else { Err(contest(ObjectionReason::Origin, &"another log is named")) }
}

fn contest(reason: ObjectionReason, detail: &impl ToString) -> Contest {
    Contest { reason, detail: detail.to_string() }
}
