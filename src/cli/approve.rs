//! `entente approve`: the second pair of eyes, with a key that no daemon holds.

use std::str::FromStr;

use clap::Args;
use data_encoding::BASE64;

use super::{
    Exit,
    client::{AwaitingRecord, Client, ShownAwaiting},
    concern::concern,
    failure::{Complaint, Failure},
    officer::Place,
    output::{Output, count},
    status::wait_for,
    words::{id_digits, says},
};
use crate::{
    daemon::scribe::Submitted,
    envelope::Envelope,
    names::RecordId,
    record::{Approval, ApprovalOutcome, Record},
};

/// What is approved, and by whom.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The id of a record, or its first 8 digits or more; without it, what waits is listed.
    record: Option<Wanted>,
    /// Reject it: it will never take effect.
    #[arg(long, requires = "record")]
    reject: bool,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

/// A record id, or its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted(String);

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        id_digits("a record", text).map(Self)
    }
}

/// What was signed, for programs.
#[derive(serde::Serialize)]
struct Signed {
    of: RecordId,
    outcome: ApprovalOutcome,
    #[serde(flatten)]
    submitted: Submitted,
}

/// A record that waits, read from its own envelope: what is shown is what is signed for.
struct Waiting {
    record: Record,
    subject: AwaitingRecord,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Result<Exit, Failure> {
    let config = arguments.place.config()?;
    let client = Client::new(&config.api.socket);
    let Some(wanted) = &arguments.record else {
        let list = wait_for(client.awaiting())??;
        if arguments.json {
            out.json(&list);
        } else {
            tell_all(out, &list)?;
        }
        return Ok(Exit::Good);
    };
    arguments.place.askable()?;
    let officer = arguments.place.officer(&config)?;
    let list = wait_for(client.awaiting())??;
    let found = Waiting::read(find(&list, wanted)?)?;
    let outcome =
        if arguments.reject { ApprovalOutcome::Rejected } else { ApprovalOutcome::Approved };
    if !arguments.json {
        rehearsal(out, &list);
        found.tell(out);
        for line in concern(&client, &found.record)? {
            out.line(line);
        }
        out.line("");
    }
    let (of, kid) = (found.subject.id, officer.kid());
    let question = format!("It will be {outcome} for {} with the key {kid}.", config.party);
    arguments.place.confirm(out, &question)?;
    let record = Record { re: vec![of], ..Record::bare(Approval { outcome }) };
    let submitted = officer.hand_in(&client, &record)?;
    if arguments.json {
        out.json(&Signed { of, outcome, submitted });
    } else {
        match submitted {
            Submitted::Logged { record, logged } => {
                out.line(format!("{outcome}: {record} logged at {logged}"));
            }
            Submitted::Queued { submission } => out.line(format!("{outcome}: {submission} queued")),
        }
    }
    Ok(Exit::Good)
}

/// The one record that waits and is meant.
fn find<'l>(list: &'l ShownAwaiting, wanted: &Wanted) -> Result<&'l AwaitingRecord, Failure> {
    let begins = |one: &&AwaitingRecord| one.id.to_string().starts_with(&wanted.0);
    let mut found = list.awaiting.iter().filter(begins);
    let refused =
        |what: String, advice: &str| Err(Failure::of(Exit::Usage, Complaint::new(what, advice)));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => refused(
            format!("several records that wait begin with {}", wanted.0),
            "give more digits",
        ),
        (None, _) => refused(
            format!("no record that begins with {} waits for approval by this side", wanted.0),
            "see `entente approve` for what waits: this one may be approved or rejected already, \
             need no approval, or stand in the other side's log",
        ),
    }
}

impl Waiting {
    /// Reads the record from its envelope, whose id has to be the one that is named: so nobody can
    /// show one record and have another one approved.
    fn read(subject: &AwaitingRecord) -> Result<Self, Failure> {
        let bytes = BASE64.decode(subject.envelope.as_bytes()).ok();
        let envelope = bytes.and_then(|bytes| Envelope::parse(&bytes).ok());
        let named = envelope.filter(|envelope| envelope.record_id() == subject.id);
        match named.and_then(|envelope| Record::decode(envelope.payload()).ok()) {
            Some(record) => Ok(Self { record, subject: subject.clone() }),
            None => {
                let what = format!("the daemon shows an envelope that is not {}", subject.id);
                let advice = "sign nothing; look at the entry with `entente log show`";
                Err(Failure::of(Exit::OwnFault, Complaint::new(what, advice)))
            }
        }
    }

    /// Which record it is, and the first of what it says.
    fn tell_briefly(&self, out: &mut Output) {
        let one = &self.subject;
        let (id, kind, since) = (one.id, self.record.kind(), one.signed_at);
        let log = if one.logged.inherited { format!(", {}", one.logged) } else { String::new() };
        out.line(format!("{id} {kind}, since {since}, by {} {}{log}", one.role, one.key));
        if let Some(first) = says(&self.record).first() {
            out.line(format!("  {first}"));
        }
    }

    fn tell(&self, out: &mut Output) {
        let one = &self.subject;
        out.field("record", one.id);
        out.field("kind", self.record.kind());
        let by = format!("{}, key {}, at {}", one.role, one.key, one.logged);
        out.field("signed by", by);
        out.field("waits since", one.signed_at);
        for line in says(&self.record) {
            out.line(line);
        }
    }
}

fn rehearsal(out: &mut Output, list: &ShownAwaiting) {
    if list.rehearsal {
        out.line("REHEARSAL: under these terms nothing is in earnest.");
    }
}

fn tell_all(out: &mut Output, list: &ShownAwaiting) -> Result<(), Failure> {
    rehearsal(out, list);
    for one in &list.awaiting {
        Waiting::read(one)?.tell_briefly(out);
    }
    let listed = u64::try_from(list.awaiting.len()).unwrap_or(u64::MAX);
    let all = listed.saturating_add(list.more);
    if all == 0 {
        out.line("Nothing waits for approval.");
        return Ok(());
    }
    let all = count(all, "record waits", "records wait");
    let listed = if list.more == 0 { "" } else { "; the oldest are listed" };
    out.line(format!(
        "{all} for approval{listed}. To see one whole and approve it: entente approve RECORD"
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        daemon::scribe::LoggedAt,
        envelope::Role,
        ledger::fixture::{TwoSides, erasure},
        names::{KeyId, Party, Position},
    };

    #[test]
    fn an_envelope_that_is_not_the_record_named_is_never_approved() {
        let mut sides = TwoSides::founded();
        let erased = sides.append(Party::Gbr, erasure(RecordId::new([1; 32])));
        let envelope = BASE64.encode(sides.bytes(Party::Gbr).last().unwrap());
        let good = AwaitingRecord {
            id: erased,
            logged: LoggedAt { position: Position(2), origin: String::new(), inherited: false },
            signed_at: sides.now,
            role: Role::Caseworker,
            key: KeyId::new([9; 8]),
            // Whatever is said beside it is not believed.
            record: serde_json::Value::Null,
            envelope,
        };
        let read = Waiting::read(&good).unwrap_or_else(|failure| panic!("{failure:?}"));
        assert_eq!(read.record, erasure(RecordId::new([1; 32])));
        let other = AwaitingRecord { id: RecordId::new([7; 32]), ..good.clone() };
        let short = AwaitingRecord { envelope: good.envelope[..8].to_owned(), ..good.clone() };
        let text = AwaitingRecord { envelope: "no base64".to_owned(), ..good };
        for bad in [other, short, text] {
            let failure = Waiting::read(&bad).err().unwrap();
            assert_eq!(failure.exit, Exit::OwnFault, "{failure:?}");
        }
    }

    #[test]
    fn a_record_is_named_by_its_first_digits() {
        for good in ["0123abcd", &"ab".repeat(32)] {
            assert_eq!(good.parse(), Ok(Wanted(good.to_owned())), "{good}");
        }
        let long = "ab".repeat(33);
        for bad in ["", "0123abc", "0123ABCD", "0123abcg", "0123 abcd", "ééééé", &long] {
            assert!(bad.parse::<Wanted>().is_err(), "{bad}");
        }
    }
}
