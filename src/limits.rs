//! Every bound, each with its reason. Sizes are bytes, times seconds unless the name says
//! otherwise.

mod api;
mod trust;

pub use api::*;
pub use trust::*;

/// A record's envelope, by our own rule of form: a readmission request with all commitments and a
/// full agreement record stay far below it, and 256 of them fit an entries message only in part.
pub const RECORD_BYTES_MAX: usize = 16 * 1024;

/// Protected header of an envelope: with its three texts at their longest it stays below this.
pub const HEADER_BYTES_MAX: usize = 1024;

/// The issuer of a record: the URI that its author's certificate carries.
pub const ISSUER_BYTES_MAX: usize = 255;

/// The audience of a record: the founding agreement's digest as a URI, and room to spare.
pub const AUDIENCE_BYTES_MAX: usize = 255;

/// The subject of a record: its kind and its case reference.
pub const SUBJECT_BYTES_MAX: usize = 128;

/// An entry of any log: tlog-tiles writes its length in 16 bits.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// A frame on the wire: one entries message, and far less than a session may hold in memory.
pub const FRAME_BYTES_MAX: usize = 1024 * 1024;

/// Entries in one message: a full tile.
pub const ENTRIES_PER_MESSAGE_MAX: usize = 256;

/// Bytes of entries in one message: what is left of a frame after its own heads.
pub const ENTRIES_BYTES_MAX: usize = 960 * 1024;

/// Depth of nested arrays and maps (SD-CWT has the same bound).
pub const CBOR_DEPTH_MAX: usize = 16;

/// Text of a C2SP note: three lines, a post-quantum cosignature, and room for sixteen others.
pub const NOTE_BYTES_MAX: usize = 8 * 1024;

/// Signatures that a note may carry (C2SP signed-note asks for at least 16).
pub const NOTE_SIGNATURES_MAX: usize = 32;

/// The origin of a log or the name of a mirror: the timestamped ML-DSA cosignature writes
/// their lengths in 8 bits (C2SP tlog-cosignature).
pub const ORIGIN_BYTES_MAX: usize = 255;

/// Text of a receipt: a note, 64 hashes in base64 of 45 bytes with their line ends, and two heads.
pub const RECEIPT_BYTES_MAX: usize = 12 * 1024;

/// Hashes in an inclusion or consistency proof: a tree of 2^63 entries has no longer path.
pub const PROOF_HASHES_MAX: usize = 64;

/// The agreement file: terms, two parties and their certificates.
pub const AGREEMENT_BYTES_MAX: usize = 256 * 1024;

/// Record keys of one party that the founding agreement may name.
pub const SIGNERS_PER_PARTY_MAX: usize = 16;

/// One certificate in DER.
pub const CERTIFICATE_BYTES_MAX: usize = 4 * 1024;

/// Certificates in one PEM file: a leaf and the authorities above it, or the old and the new
/// authority of a counterpart while it changes from one to the other.
pub const CERTIFICATES_PER_FILE_MAX: usize = 4;

/// A PEM file of certificates or of one key: base64 and room for the comments of OpenSSL.
pub const PEM_BYTES_MAX: usize = 64 * 1024;

/// The configuration file: some twenty keys, and room for comments.
pub const CONFIG_BYTES_MAX: usize = 64 * 1024;

/// How often the same step may be handed in again after it was decided without effect.
pub const STEP_TRIES_MAX: usize = 16;

/// Records that one record may refer to: the cases of one transport.
pub const REFERENCES_MAX: usize = 64;

/// A name in a disclosure: the visual zone of a document holds far less, in any script.
pub const NAME_BYTES_MAX: usize = 256;

/// A disclosure: a name at its longest, its salt, and room to spare.
pub const DISCLOSURE_BYTES_MAX: usize = 512;

/// A JSON submission to the local API.
pub const SUBMISSION_BYTES_MAX: usize = 64 * 1024;

/// Movement ids that a weekly body names one by one, so that the body fits a record; with more, a
/// body carries only their roots.
pub const BODY_IDS_MAX: usize = 256;

/// Records that are listed as candidates where two bodies name none: more than a person compares by
/// hand; the lists of all that counts, held against each other, name the very ones.
pub const CANDIDATES_LISTED_MAX: usize = 1000;

/// Ids in a list of all that counts for a side, some hundred bytes each in memory: ten times the
/// records that a season may have.
pub const COUNTED_IDS_MAX: usize = 10_000_000;

/// Bytes of one line of such a list, with its end: a head line has about two hundred.
pub const COUNTED_IDS_LINE_BYTES_MAX: usize = 512;

/// Disputed weeks of which the differences that were located are kept: one that is asked for, and
/// the few before it with which whoever looks into a dispute holds it together.
pub const DISPUTES_KEPT_MAX: usize = 4;

/// The path of a Unix socket: `sun_path` of unix(7) has 108 bytes, the last of them zero.
pub const SOCKET_PATH_BYTES_MAX: usize = 107;

/// What a client may give to stand beside the body of a week: two numbers and their names.
pub const BESIDE_BYTES_MAX: usize = 4 * 1024;

/// Entries that a joint statement's certificate shows about the key of one side's statement: an
/// enrolment and its approval for every key in a chain of thirty-two.
pub const CERTIFICATE_KEY_ENTRIES_MAX: usize = 64;

/// A joint statement's certificate: the terms, and for each side an envelope, a note, two proofs of
/// 64 hashes with their heads, and the heads around them; and, of keys that were enrolled later,
/// entries of less than 2 KiB with a proof, most of them approvals.
pub const JOINT_CERTIFICATE_BYTES_MAX: usize = 512 * 1024;
const _: () = assert!(
    TERMS_BYTES_MAX
        + 2 * (RECORD_BYTES_MAX + NOTE_BYTES_MAX + 2 * PROOF_HASHES_MAX * (32 + 2) + 64)
        <= JOINT_CERTIFICATE_BYTES_MAX
);

/// Records that wait for approval in one list, oldest first: more of them than an officer reads at
/// one sitting.
pub const AWAITING_LISTED_MAX: usize = 256;

/// How long ago an officer may have signed an envelope that is handed in: a working day, with the
/// walk from the machine that holds the key.
pub const ENVELOPE_AGE_SECONDS_MAX: u64 = 86_400;
/// Cases in one answer of the local API, or cases and journeys that one story names: whoever wants
/// more asks for the next ones.
pub const CASES_PER_ANSWER_MAX: usize = 1000;

/// Records in one story, and open breaks: a case has some twenty; only a window of many visas, or
/// an author who corrects without end, comes near, and then the newest are told.
pub const STORY_RECORDS_MAX: usize = 1000;

/// Matches that are suggested for one break: more are no help to whoever has to choose.
pub const SUGGESTIONS_MAX: usize = 3;

/// Days beyond the tolerance of the agreement within which two records may still be suggested as a
/// match: a night flight, and a weekend between two officers.
pub const MATCH_DAYS_BEYOND: u32 = 2;

/// By how many persons two records may differ and still be suggested as a match: a parent with a
/// child who stayed behind; with more, it is another transport.
pub const MATCH_PERSONS_APART_MAX: u32 = 2;

/// How long our entries may wait for the counterpart to cover them, before that is a break of this
/// side's own: both daemons exchange within seconds, and a link that is down for a day is known.
pub const NO_RECEIPT_SECONDS: u64 = 86_400;

/// Persons of a national list that are remembered while it is read, some 100 bytes each, so that
/// one who travels twice is noticed: more than the agreement moves in its whole life.
pub const PERSONS_REMEMBERED_MAX: usize = 2_000_000;

/// Different lines of a national list that are remembered to differ, some 200 bytes each, so that
/// lines that say the same are told once: a list with more of them is not the list of these logs.
pub const LINES_REMEMBERED_MAX: usize = 100_000;

/// How many days before the end of a certificate an operator is told of it: time to ask the
/// authority of a ministry, which takes weeks; to have an answer; and to put it in place.
pub const EXPIRY_STAGES_DAYS: [u64; 3] = [60, 30, 7];

/// How often the daemon looks at the ends of its certificates: the stages are days apart.
pub const EXPIRY_LOOK_SECONDS: u64 = 60;

/// How long after a warning about an end it is given again: once in a working day.
pub const EXPIRY_REMINDER_SECONDS: u64 = 86_400;

/// The whole TLS handshake: a deadline for all of it, not for each read.
pub const HANDSHAKE_SECONDS_MAX: u64 = 10;

/// Handshakes of strangers under way at once, from the whole ClientHello to the last message: each
/// holds some 30 KiB. With more, the oldest goes; where the counterpart came from before is exempt.
pub const HANDSHAKES_MAX: usize = 256;

/// A ClientHello with its record heads: one with X25519MLKEM768 has less than 2 KiB (1,216 bytes of
/// key share). What this bounds, every connection without a handshake may hold.
pub const HELLO_BYTES_MAX: usize = 4096;

/// Records that a ClientHello may be spread over: one is enough for any client, and each is looked
/// at again with every piece that comes.
pub const HELLO_RECORDS_MAX: usize = 16;

/// Bytes of a ClientHello that are taken at once, from the stack.
pub const HELLO_READ_BYTES_MAX: usize = 1024;

/// How long a ClientHello that comes in pieces is first left alone, doubled each time: so that one
/// byte a second costs ten looks in all, and a hello in two segments a hundredth of a second.
pub const HELLO_PAUSE_MILLISECONDS_MIN: u64 = 10;

/// The longest such pause.
pub const HELLO_PAUSE_MILLISECONDS_MAX: u64 = 2_000;

/// Connections that wait for their handshake, in all, if the configuration does not say and file
/// descriptors are enough: with a ClientHello almost whole in each they hold less than 64 MiB.
pub const CONNECTIONS_MAX: usize = 12_288;

/// Connections that wait for their handshake from one address, if the configuration does not say:
/// a counterpart needs one or two, and a few daemons may share an address.
pub const CONNECTIONS_PER_ADDRESS_MAX: usize = 64;

/// File descriptors that are never left to connections: the store, the API's connections, and room.
pub const DESCRIPTORS_RESERVED: usize = 512;

/// Sources that are remembered because the counterpart has shown itself from there: its data
/// centres, each with a few addresses.
pub const KNOWN_SOURCES_MAX: usize = 16;

/// Networks on the allow-list: a government's data centres, and room to spare.
pub const ALLOWED_NETWORKS_MAX: usize = 256;

/// Connections that the kernel holds until they are accepted, if it may hold so many
/// (`net.core.somaxconn`): a crowd that comes at once fills it, and then even the counterpart's
/// first packet is dropped and comes again a second later.
pub const BACKLOG: u32 = 4096;

/// How long accepting pauses when the system gives no more file descriptors.
pub const ACCEPT_PAUSE_MILLISECONDS: u64 = 200;

/// Refused connections of one kind that are told one by one, before they are summed up.
pub const NOTICES_MAX: u64 = 5;

/// After how long one more of a kind may be told by itself.
pub const NOTICE_REFILL_SECONDS: u64 = 60;

/// After how long what was not told one by one is summed up.
pub const NOTICE_SECONDS: u64 = 60;

/// Sources that are told apart in one summary, some 40 bytes each.
pub const NOTICE_SOURCES_MAX: usize = 4096;

/// Characters of a reason in the journal: a line, whatever a certificate has in it.
pub const NOTICE_CHARACTERS_MAX: usize = 300;

/// Addresses of one name that are tried: more than any name of one daemon has.
pub const ADDRESSES_PER_NAME_MAX: usize = 8;

/// Head of a proxy's answer: status line and headers, as other clients bound it.
pub const PROXY_HEAD_BYTES_MAX: usize = 8 * 1024;

/// User and password for a proxy.
pub const PROXY_CREDENTIAL_BYTES_MAX: usize = 512;

/// Conversations with the authenticated counterpart at once: the session, one from the other
/// dialler, and those that a newer one has replaced and that are still saying farewell.
pub const CONVERSATIONS_MAX: usize = 8;

/// How long a connection attempt to one address may take before the next is tried.
pub const DIAL_SECONDS_MAX: u64 = 10;

/// Seconds that anybody waits for a signature of a security module. A soft one takes less than a
/// millisecond and one over a network some tens; whatever takes longer hangs, and may hang a
/// handshake or the scribe for no longer than this.
pub const MODULE_SECONDS_MAX: u64 = 3;

/// Signatures that wait for a security module at once: the scribe asks for one at a time, and so
/// does each handshake.
pub const MODULE_QUEUE_MAX: usize = 64;

/// Milliseconds until a security module that went away is looked for again, at first.
pub const MODULE_PAUSE_MILLISECONDS_MIN: u64 = 200;

/// The same, at most: a token that is put back is found within these.
pub const MODULE_PAUSE_MILLISECONDS_MAX: u64 = 5_000;

/// Bytes of a PIN: modules take between 4 and 255.
pub const PIN_BYTES_MAX: usize = 255;

/// The first pause before dialling again; doubled after each failure.
pub const REDIAL_MILLISECONDS_MIN: u64 = 100;

/// The longest pause before dialling again: a counterpart that returns is met within it.
pub const REDIAL_MILLISECONDS_MAX: u64 = 10_000;

/// How long the rest of a frame may take once its head has arrived.
pub const FRAME_SECONDS_MAX: u64 = 60;

/// How often a session's warrant is judged again though nothing was replaced: a certificate, an
/// authority or a revocation list ends by itself.
pub const WARRANT_SECONDS: u64 = 60;

/// How old a session grows before it is renewed, with new keys and a new proof of who is there.
pub const SESSION_SECONDS_MAX: u64 = 3600;

/// How long what was said last may take to leave when a connection ends.
pub const FAREWELL_SECONDS_MAX: u64 = 5;

/// Record keys that a log ever enrols, in the first one the founding ones of both sides included: a
/// key for each role in every week of some years. Each entry of a log may hold one, and all of them
/// stay in memory. This bound and the next ones but that of what waits are counted for each log by
/// itself: a successor, which there is only if both sides pin it, begins anew.
pub const KEYS_PER_LOG_MAX: usize = 1024;

/// Key-events of one log, whatever became of them: four for each of its keys. They are copied with
/// every change of the keys.
pub const KEY_EVENTS_PER_LOG_MAX: usize = 4 * KEYS_PER_LOG_MAX;

/// Key-events of a party that wait for their approval at a time: each stays in memory with its
/// certificate until somebody decides, in a successor as well.
pub const KEY_EVENTS_OPEN_MAX: usize = 64;

/// How often keys of one log are said to be compromised: each time the whole log is searched for
/// what they signed.
pub const COMPROMISES_PER_LOG_MAX: usize = 64;

/// How long a daemon that is told to stop may take over its farewells.
pub const STOP_SECONDS_MAX: u64 = 10;

/// How often the files that a running daemon was made from are looked at: a new certificate is in
/// use some seconds after it was put there. Two looks in a row must agree, so that no file is read
/// that is still being written.
pub const RELOAD_LOOK_SECONDS: u64 = 2;

/// How often a new configuration or file that was refused is tried again, though nothing about it
/// has changed: a certificate becomes valid, a key is enrolled.
pub const RELOAD_RETRY_SECONDS: u64 = 30;

/// How often a reload that is asked for reads the files anew, while they change under its eyes.
pub const RELOAD_READS_MAX: usize = 3;

/// What a refused reload may say in the status: an operator's sentence or two, for a terminal.
pub const RELOAD_FAULT_CHARACTERS_MAX: usize = 2_000;

/// Messages that were read and wait for the session: they bound its memory to a few frames.
pub const INBOX_MAX: usize = 2;

/// Questions to the scribe that a session may leave open before it reads on.
pub const OPEN_QUESTIONS_MAX: usize = 4;

/// Commands that wait for the scribe: enough to keep it busy, and a second's work at most.
pub const SCRIBE_QUEUE_MAX: usize = 1024;

/// Commands in one commit: what a disk writes in one go without keeping the first waiting.
pub const COMMANDS_PER_COMMIT_MAX: usize = 256;

/// Cosigned notes read in one go for sending again: they fit the outbound queue.
pub const COSIGNATURES_PER_READ_MAX: usize = 256;

/// Weeks of journeys that a weekly body lists one by one; what is older joins the oldest of them.
/// Movements of one week belong to one or two weeks; more only come from dates that are wrong.
pub const BODY_WEEKS_MAX: usize = 32;

/// The terms in CBOR: they are entry 0 of both logs, and so have to fit a record.
pub const TERMS_BYTES_MAX: usize = 12 * 1024;

/// A succession in CBOR, which stands beside the terms in entry 0: six names of an origin's length
/// with their keys and hashes.
pub const SUCCESSION_BYTES_MAX: usize = 2 * 1024;

/// Pairs of logs that may succeed one another: one a year, and room for a few that were lost.
pub const SUCCESSIONS_MAX: usize = 32;

/// How often a side pings: well below the idle limits of firewalls, which are seldom under a
/// minute.
pub const PING_SECONDS: u64 = 5;

/// How long a session may be silent before it is given up: three pings lost.
pub const SILENCE_SECONDS_MAX: u64 = 20;

const _: () = assert!(API_CONNECTIONS_MAX <= SCRIBE_QUEUE_MAX);
// In JSON a case takes less than 1 KiB, a record of a story less than 2, and a break that names as
// many records as one may refer to less than 6.
const _: () = assert!(1024 * (CASES_PER_ANSWER_MAX + 8 * STORY_RECORDS_MAX) < API_ANSWER_BYTES_MAX);
// What waits for a handshake stays within the memory that an attack may cost.
const _: () = assert!(CONNECTIONS_MAX * HELLO_BYTES_MAX <= 48 * 1024 * 1024);
const _: () = assert!(API_CONNECTIONS_MAX + CONVERSATIONS_MAX < DESCRIPTORS_RESERVED);
const _: () = assert!(SUBMISSION_BYTES_MAX < API_DISCARDED_BYTES_MAX);
const _: () = assert!(API_WAIT_SECONDS_MAX < API_CONNECTION_SECONDS_MAX);
// Bytes take twice their room as hexadecimal digits, and names more than numbers.
const _: () = assert!(AWAITING_LISTED_MAX * 4 * RECORD_BYTES_MAX <= API_ANSWER_BYTES_MAX);
const _: () = assert!(SILENCE_SECONDS_MAX > 3 * PING_SECONDS);
const _: () = assert!(RECORD_BYTES_MAX < ENTRY_BYTES_MAX);
const _: () = assert!(ENTRIES_BYTES_MAX >= ENTRY_BYTES_MAX);
// Every entry may cost five bytes of CBOR head, and the message itself less than 64.
const _: () = assert!(ENTRIES_BYTES_MAX + 5 * ENTRIES_PER_MESSAGE_MAX + 64 < FRAME_BYTES_MAX);
// An id in a body has 34 bytes, a movement at most 143, and all other fields less than 2 KiB.
const _: () =
    assert!(BODY_IDS_MAX * 34 + BODY_WEEKS_MAX * 143 + 2048 + HEADER_BYTES_MAX < RECORD_BYTES_MAX);
const _: () =
    assert!(TERMS_BYTES_MAX + SUCCESSION_BYTES_MAX + HEADER_BYTES_MAX + 512 < RECORD_BYTES_MAX);
const _: () = assert!(2 * SIGNERS_PER_PARTY_MAX * CERTIFICATE_BYTES_MAX < AGREEMENT_BYTES_MAX);
// The two heads of a receipt have 23 and at most 27 bytes, and a blank line follows the hashes.
const _: () = assert!(NOTE_BYTES_MAX + 45 * PROOF_HASHES_MAX + 51 <= RECEIPT_BYTES_MAX);
// Three lines, two signature lines, and a post-quantum one of 3244 bytes of base64 fit a note.
const _: () = assert!(4 * (ORIGIN_BYTES_MAX + 1) + 21 + 45 + 2 * 120 + 3250 < NOTE_BYTES_MAX);
// The fixed fields of a protected header, with every head, take less than 160 bytes.
const _: () =
    assert!(ISSUER_BYTES_MAX + AUDIENCE_BYTES_MAX + SUBJECT_BYTES_MAX + 160 < HEADER_BYTES_MAX);
// An envelope with the longest header leaves most of a record for its payload.
const _: () = assert!(HEADER_BYTES_MAX < RECORD_BYTES_MAX / 8);
const _: () = assert!(CERTIFICATES_PER_FILE_MAX * CERTIFICATE_BYTES_MAX * 2 < PEM_BYTES_MAX);
