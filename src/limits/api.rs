//! Bounds of the local API.

/// Connections to the local API, and with one request at a time in each, requests in flight: a
/// case-working system keeps few, and the scribe's queue has room for all of them.
pub const API_CONNECTIONS_MAX: usize = 256;

/// Head of a request to the local API: request line and headers, of which a submission needs four.
pub const API_HEAD_BYTES_MAX: usize = 16 * 1024;

/// How long a client may take to send the head of a request, or to begin the next one; both ends
/// are processes of one machine.
pub const API_HEAD_SECONDS_MAX: u64 = 10;

/// How long a client may take to send a body: 64 KiB within one machine.
pub const API_BODY_SECONDS_MAX: u64 = 10;

/// Body bytes that are read and thrown away, so that a client that sends too much still reads why
/// it was refused; one that sends more finds its connection closed.
pub const API_DISCARDED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How long a question may wait for a change: below the thirty seconds after which many clients
/// give up.
pub const API_WAIT_SECONDS_MAX: u64 = 25;

/// How long one connection may live, so that none is lost to a client that hangs; a client that
/// works opens the next one.
pub const API_CONNECTION_SECONDS_MAX: u64 = 600;

/// How long answers that are under way may take once the API stops: a group commit on a slow disk,
/// and well below the 90 seconds after which systemd kills.
pub const API_STOP_SECONDS_MAX: u64 = 10;

/// How long a connection that was let in before the stop may take to say what it wants: clients
/// speak at once, and one that is closed unheard would have to ask again.
pub const API_LINGER_MILLISECONDS: u64 = 500;

/// How often a client sends a request anew whose connection broke off: each is the same as the
/// first, and changes nothing if that one was heard. A restart breaks one connection, not three.
pub const API_TRIES_MAX: usize = 3;

/// When to ask again after "not now": a session with the counterpart takes about as long to begin.
pub const API_RETRY_SECONDS: u64 = 5;

/// How long a client of the local API waits for an answer, beyond the wait that it asked for: a
/// full queue of the scribe on a slow disk.
pub const API_ANSWER_SECONDS_MAX: u64 = 60;

/// An answer of the local API: a status with some ten thousand open breaks.
pub const API_ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
