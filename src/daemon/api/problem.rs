//! Refusals as the local API writes them: RFC 9457 problem details, each of a type that is stable.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// The media type of a problem (RFC 9457 section 3).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// With this every problem type begins; the rest is its slug.
const URN: &str = "urn:entente:problem:";

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{title}: {detail}")]
pub struct Problem {
    /// Which; programs decide by it.
    #[serde(rename = "type")]
    pub problem: ProblemType,
    /// The type in words.
    pub title: Cow<'static, str>,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong with this very request.
    pub detail: String,
    /// What to do about it.
    pub advice: Cow<'static, str>,
    /// Where in the body, for malformed JSON.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

impl Problem {
    /// A problem of a type.
    #[must_use]
    pub fn new(problem: ProblemType, detail: impl fmt::Display) -> Self {
        Self {
            problem,
            title: problem.title().into(),
            status: problem.status(),
            detail: detail.to_string(),
            advice: problem.advice().into(),
            place: None,
        }
    }
}

macro_rules! problems {
    ($(
        $(#[$meta:meta])*
        $name:ident = $status:literal $slug:literal: $title:literal, $advice:literal;
    )+) => {
        /// What can go wrong, one type for each case that a program may want to tell apart.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemType {
            $( $(#[$meta])* $name, )+
        }

        impl ProblemType {
            /// Every type.
            pub const ALL: &'static [Self] = &[ $( Self::$name, )+ ];

            /// The HTTP status (RFC 9110 section 15).
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $( Self::$name => $status, )+ }
            }

            /// The last part of the type's URN.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $( Self::$name => $slug, )+ }
            }

            /// The type in words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $( Self::$name => $title, )+ }
            }

            /// What to do about it.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $( Self::$name => $advice, )+ }
            }
        }
    };
}
problems! {
    /// Not the JSON that the path asks for.
    Malformed = 400 "malformed": "The body is not the JSON that belongs here",
        "Correct the body at the line and column given; docs/openapi.json has the form.";
    /// The body ended early or broke off.
    IncompleteBody = 400 "incomplete-body": "The body ended before it was complete",
        "Send as many bytes as Content-Length says; nothing was taken in.";
    /// The body took too long.
    SlowBody = 408 "slow-body": "The body did not come in time",
        "Send the body at once, after the head; nothing was taken in.";
    /// The body is too long.
    TooLong = 413 "too-long": "The body is too long",
        "A submission is one record; send each record by itself.";
    /// An unusable idempotency key.
    BadKey = 400 "bad-key": "The idempotency key cannot be used",
        "Send one Idempotency-Key of 1 to 128 printable ASCII characters, or one `key`, or none.";
    /// Not an id.
    BadId = 400 "bad-id": "This is not the id of a record or of a submission",
        "Ask by 64 hexadecimal digits for a record or 32 for a submission, in lower case.";
    /// Not a place in a log.
    BadPlace = 400 "bad-place": "This is not a place in a log",
        "Write the party and the position, as in /v1/entries/GBR/17.";
    /// Not a week.
    BadWeek = 400 "bad-week": "This is not a week",
        "Write the ISO week as in 2025-W45.";
    /// Neither a reference nor the beginning of an id.
    BadReference = 400 "bad-reference": "No case can be named like this",
        "Ask by a reference as GB01-000123, or by the first 8 or more digits of a record id.";
    /// A query that the path does not have.
    BadQuery = 400 "bad-query": "The query cannot be read",
        "Only the parameters in docs/openapi.json are known, each once and in its form.";
    /// Another user.
    AnotherUser = 403 "another-user": "Only the daemon's own user may speak to it",
        "Run the command as the user that the daemon runs as.";
    /// No such path.
    NoSuchPath = 404 "no-such-path": "There is nothing at this path",
        "See docs/openapi.json for what there is.";
    /// Another method.
    WrongMethod = 405 "wrong-method": "The path does not have this method",
        "Use a method that the Allow header names.";
    /// No such record.
    NoSuchRecord = 404 "no-such-record": "No such record",
        "Check the id; a record of the counterpart may be on its way still.";
    /// No such case.
    NoSuchCase = 404 "no-such-case": "No such case",
        "Check it, or list the cases; `entente log show` has a record that belongs to no case.";
    /// The kind is the other side's.
    WrongSide = 422 "wrong-side": "The other side writes records of this kind",
        "Check that this is the daemon you mean, and the kind the one you mean.";
    /// The kind is the daemon's.
    DaemonsOwn = 422 "daemons-own": "The daemon writes records of this kind by itself",
        "Leave it to the daemon; weeks are closed and stated at their own paths.";
    /// Not an envelope that our log can hold.
    BadEnvelope = 422 "bad-envelope": "The envelope is not one that this log can hold",
        "Make it with `entente approve` or `entente log end`, with the officer's key of this side.";
    /// No officer signs this kind.
    NotOfficers = 422 "not-officers": "Officers do not sign records of this kind",
        "Hand in approvals and log-ends as envelopes; submit facts as JSON.";
    /// Signed at another time.
    NotTimely = 422 "not-timely": "The envelope was signed at another time than now",
        "Set the clock of the machine with the officer's key right, sign again, and send at once.";
    /// Nothing to approve there.
    NotAwaiting = 409 "not-awaiting": "The record does not wait for this approval",
        "See `entente approve` for what waits; nothing was logged.";
    /// A commitment where there may be none.
    Commitment = 422 "commitment": "A record of this kind cannot hold commitments",
        "Take all personal data and commitments to them out of the record.";
    /// Not of form.
    Form = 422 "form": "The record is not of the form of its kind",
        "Correct the record as the detail says, and submit it again.";
    /// A record key that no authority of ours vouches for.
    UntrustedKey = 422 "untrusted-key": "The certificate of the record key is not trusted",
        "Have the key certified by our own authority, or bring trust.crl up to date.";
    /// Visas beyond the head start.
    HeadStart = 409 "head-start": "Admissions would be too far ahead of returns",
        "Wait for returns, or agree on another head_start; nothing was taken in.";
    /// A request or a window outside the time of the agreement.
    OutsideAgreement = 409 "outside-agreement": "The agreement is not in force",
        "New requests wait for an extension; arrivals, corrections and settlement go on.";
    /// The log has ended.
    LogEnded = 409 "log-ended": "The log has ended",
        "Nothing follows a log's end; its successor takes what comes next.";
    /// A reference into nowhere.
    UnknownReference = 422 "unknown-reference": "The record refers to one that is not held",
        "Check the id; if the counterpart has just sent it, wait for its log and submit again.";
    /// The key stands for another submission.
    KeyReused = 409 "key-reused": "The idempotency key stands for another submission",
        "Repeat the very same submission under this key, or send the new one under a new key.";
    /// Another week is due.
    WeekOutOfTurn = 409 "week-out-of-turn": "Another week is due to be closed first",
        "Close the week that is due, then this one.";
    /// The week goes on.
    WeekNotEnded = 409 "week-not-ended": "The week has not ended",
        "Close the week after its Sunday has ended in UTC.";
    /// The statement is logged.
    AlreadyStated = 409 "already-stated": "The week is already stated",
        "Give the totals with the next week; they are since entry into force, so nothing is lost.";
    /// What holds the keys is away.
    KeysAway = 503 "keys-away": "What holds this side's keys is away",
        "Look at the security module; once it is back, everything goes on by itself.";
    /// May not sign yet.
    NotPassed = 503 "not-passed": "This side may not sign yet",
        "See the status for what it waits for, and ask again.";
    /// The clock is off.
    Clock = 503 "clock": "Closing pauses, because the clock cannot be relied on",
        "Set the clock right on the side that is off; see the status.";
    /// The daemon stops.
    Stopped = 503 "stopped": "The daemon is stopping",
        "Ask again once it runs; submit again under the same idempotency key.";
    /// The store is full.
    StoreFull = 507 "store-full": "The store is full",
        "Make room, then submit again; nothing of this was taken in, and nothing is lost.";
    /// A key is missing.
    NoKey = 500 "no-key": "The daemon holds no key for this",
        "Compare the keys in its folder with those that may sign: `entente keys list`.";
    /// Our own fault.
    Internal = 500 "internal": "The daemon is at fault",
        "See its journal; submit again under the same idempotency key.";
}

impl ProblemType {
    /// Whether the same request may succeed later, without a change to it.
    #[must_use]
    pub const fn is_passing(self) -> bool {
        matches!(self.status(), 503)
    }
}

impl fmt::Display for ProblemType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{URN}{}", self.slug())
    }
}

impl Serialize for ProblemType {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ProblemType {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        let slug = text.strip_prefix(URN);
        let known = Self::ALL.iter().copied().find(|one| Some(one.slug()) == slug);
        known.ok_or_else(|| D::Error::custom(format!("{text:?} is no problem type of ours")))
    }
}
