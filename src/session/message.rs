//! What the two sides say to each other: deterministic CBOR, `{0: message, 1: body}`.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, Error, MapAccess},
    ser::SerializeMap,
};

use crate::{
    cbor::Bytes,
    names::{AgreementDigest, Hash, Party, Position, Size, Timestamp},
    tlog::ConsistencyProof,
};

codes! {
    /// The messages. The numbers are the protocol's.
    pub enum MessageKind: "message" {
        /// Who speaks, under which agreement, and what it holds.
        Hello = 0 => "hello",
        /// Entries of one log, in order.
        Entries = 1 => "entries",
        /// A checkpoint by the log's author.
        Checkpoint = 2 => "checkpoint",
        /// A checkpoint with the mirror's cosignature.
        Cosignature = 3 => "cosignature",
        /// A side asks for its own lost entries back.
        Want = 4 => "want",
        /// Something is wrong, by name; the connection ends.
        Problem = 5 => "problem",
        /// Still here, and what the clock says.
        Ping = 6 => "ping",
        /// The connection ends in order.
        Bye = 7 => "bye",
    }
}

codes! {
    /// What can be wrong with the other side, by name.
    pub enum ProblemCode: "problem" {
        /// Another version of this protocol.
        ProtocolVersion = 1 => "protocol-version",
        /// Another founding agreement.
        Agreement = 2 => "agreement",
        /// Not the counterpart.
        Party = 3 => "unknown-party",
        /// A checkpoint that contradicts what was signed or cosigned before.
        Contradiction = 4 => "contradiction",
        /// A frame or message that is not of form.
        Malformed = 5 => "malformed",
        /// A message that has no place here.
        OutOfOrder = 6 => "out-of-order",
        /// Entries that do not continue what is held.
        Gap = 7 => "gap",
        /// The entries do not give the root of the checkpoint.
        Root = 8 => "root-mismatch",
        /// A note that is not signed as it must be.
        Note = 9 => "note",
        /// A cosignature without the entanglement that it stands for.
        Cosignature = 10 => "cosignature-without-entanglement",
        /// A term below one already seen.
        Term = 11 => "stale-term",
        /// An entry or frame that is too large.
        Oversized = 12 => "oversized",
        /// Our own fault: we cannot go on.
        Internal = 13 => "internal",
        /// We, or you, have signed two histories: nothing is signed until operators have acted.
        Fork = 14 => "fork",
    }
}

codes! {
    /// Why a connection ends in order.
    pub enum ByeReason: "reason" {
        /// The daemon stops.
        Stopping = 1 => "stopping",
        /// A newer connection takes its place.
        Superseded = 2 => "superseded",
        /// Our own state changed: connect again for a fresh hello.
        Renew = 3 => "renew",
    }
}

int_map! {
    /// The first message of either side.
    pub struct Hello {
        /// Protocol version.
        0 => protocol: u64,
        /// The founding agreement.
        1 => agreement: AgreementDigest,
        /// Who speaks.
        2 => party: Party,
        /// The sender's clock.
        3 => clock: Timestamp,
        /// The sender's term: rises at each takeover between several nodes of one party.
        4 => term: u64,
        /// Whether the sender has shown, since its start, that nothing newer of its own exists.
        5 => passed: bool,
        /// The newest checkpoint of the sender's log that the sender has signed.
        6 => own: String,
    } optional {
        /// The newest checkpoint of the sender's log that we have cosigned, as the sender holds it.
        7 => own_cosigned: String,
        /// The newest checkpoint of our log that the sender holds.
        8 => mirror: String,
        /// The newest checkpoint of our log that the sender has cosigned.
        9 => mirror_cosigned: String,
    }
}

int_map! {
    /// Entries of one log. A checkpoint of exactly their end follows before any other entries.
    pub struct Entries {
        /// Whose log.
        0 => log: Party,
        /// Where the first stands.
        1 => start: Position,
        /// The entries, in order; at most 256, and 960 KiB in all.
        2 => entries: Vec<Bytes>,
    }
}

int_map! {
    /// A checkpoint, as a C2SP signed note by the log's author.
    pub struct Checkpoint {
        /// The note.
        0 => note: String,
    }
}

int_map! {
    /// A cosigned checkpoint of the receiver's log.
    pub struct Cosignature {
        /// The note, with the author's and the mirror's signature.
        0 => note: String,
    }
}

int_map! {
    /// The sender has lost entries of its own log and asks for them back.
    pub struct Want {
        /// The size that it still holds.
        0 => from: Size,
        /// The size up to which it asks.
        1 => to: Size,
    }
}

int_map! {
    /// Something is wrong; the sender closes.
    pub struct Problem {
        /// What.
        0 => code: ProblemCode,
    } optional {
        /// With a contradiction: what shows that the receiver has signed two histories.
        1 => fork: ForkClaim,
    }
}

int_map! {
    /// That the receiver has signed something else than its hello showed: its log, as the sender
    /// holds it, begins otherwise.
    pub struct ForkClaim {
        /// The newest checkpoint of the receiver's log that the sender holds.
        0 => checkpoint: String,
        /// The root of as many first entries of it as the receiver's hello showed.
        1 => beginning: Hash,
        /// That it begins so: a consistency proof (RFC 9162 section 2.1.4).
        2 => proof: ConsistencyProof,
    }
}

int_map! {
    /// Sent at intervals: the session lives.
    pub struct Ping {
        /// The sender's clock.
        0 => clock: Timestamp,
    }
}

int_map! {
    /// The sender closes in order.
    pub struct Bye {
        /// Why.
        0 => reason: ByeReason,
    }
}

macro_rules! messages {
    ($( $kind:ident, )+) => {
        /// One message.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Message {
            $(
                #[doc = concat!("See [`", stringify!($kind), "`].")]
                $kind($kind),
            )+
        }

        impl Message {
            /// Which message.
            #[must_use]
            pub const fn kind(&self) -> MessageKind {
                match self { $( Self::$kind(_) => MessageKind::$kind, )+ }
            }
        }

        impl Serialize for Message {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let mut map = to.serialize_map(Some(2))?;
                map.serialize_entry::<u64, _>(&0, &self.kind())?;
                match self { $( Self::$kind(body) => map.serialize_entry::<u64, _>(&1, body)?, )+ }
                map.end()
            }
        }

        impl<'de> DeserializeSeed<'de> for BodyOf {
            type Value = Message;

            fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Message, D::Error> {
                match self.0 {
                    $( MessageKind::$kind => <$kind>::deserialize(from).map(Message::$kind), )+
                }
            }
        }

        $(
            impl From<$kind> for Message {
                fn from(body: $kind) -> Self {
                    Self::$kind(body)
                }
            }
        )+
    };
}
messages! { Hello, Entries, Checkpoint, Cosignature, Want, Problem, Ping, Bye, }

struct BodyOf(MessageKind);

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Visitor)
    }
}

struct Visitor;

impl<'de> serde::de::Visitor<'de> for Visitor {
    type Value = Message;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Message, A::Error> {
        let Some(0) = map.next_key::<u64>()? else {
            return Err(A::Error::missing_field("message"));
        };
        let kind: MessageKind = map.next_value()?;
        let Some(1) = map.next_key::<u64>()? else {
            return Err(A::Error::missing_field("body"));
        };
        let message = map.next_value_seed(BodyOf(kind))?;
        match map.next_key::<u64>()? {
            None => Ok(message),
            Some(_) => Err(A::Error::custom("a message has two fields")),
        }
    }
}
