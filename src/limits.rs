//! Every bound, each with its reason. Sizes are bytes, times seconds unless the name says otherwise.

/// A record's envelope, by our own rule of form: a readmission request with all commitments and a
/// full agreement record stay far below it, and 256 of them fit an entries message only in part.
pub const RECORD_BYTES_MAX: usize = 16 * 1024;

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

/// Text of a C2SP note: three lines, and room for sixteen signatures.
pub const NOTE_BYTES_MAX: usize = 4 * 1024;

/// Signatures that a note may carry (C2SP signed-note asks for at least 16).
pub const NOTE_SIGNATURES_MAX: usize = 32;

/// Hashes in an inclusion or consistency proof: a tree of 2^63 entries has no longer path.
pub const PROOF_HASHES_MAX: usize = 64;

/// The agreement file: terms, two parties and their certificates.
pub const AGREEMENT_BYTES_MAX: usize = 256 * 1024;

/// Record keys of one party that the founding agreement may name.
pub const SIGNERS_PER_PARTY_MAX: usize = 16;

/// One certificate in DER.
pub const CERTIFICATE_BYTES_MAX: usize = 4 * 1024;

/// Records that one record may refer to: the cases of one transport.
pub const REFERENCES_MAX: usize = 64;

/// A JSON submission to the local API.
pub const SUBMISSION_BYTES_MAX: usize = 64 * 1024;

/// Movement ids that a weekly body names one by one, so that the body fits a record; with more, a
/// body carries only their roots.
pub const BODY_IDS_MAX: usize = 256;

const _: () = assert!(RECORD_BYTES_MAX < ENTRY_BYTES_MAX);
const _: () = assert!(ENTRIES_BYTES_MAX >= ENTRY_BYTES_MAX);
// Every entry may cost five bytes of CBOR head, and the message itself less than 64.
const _: () = assert!(ENTRIES_BYTES_MAX + 5 * ENTRIES_PER_MESSAGE_MAX + 64 < FRAME_BYTES_MAX);
// 32 bytes and a head of two for each id leave at least half of a record for the rest.
const _: () = assert!(BODY_IDS_MAX * 34 < RECORD_BYTES_MAX * 5 / 8);
const _: () = assert!(2 * SIGNERS_PER_PARTY_MAX * CERTIFICATE_BYTES_MAX < AGREEMENT_BYTES_MAX);
