//! Bounds of certificates and revocation lists.

use super::CERTIFICATES_PER_FILE_MAX;

/// Certificates between a party's end and its pinned authority: a ministry has one, its subordinate
/// one more, and a third only while they change. A handshake carries them, and each is verified.
pub const INTERMEDIATES_MAX: usize = 3;
const _: () = assert!(INTERMEDIATES_MAX < CERTIFICATES_PER_FILE_MAX + 1);

/// Authorities that are pinned at once: the file's bound.
pub const AUTHORITIES_MAX: usize = CERTIFICATES_PER_FILE_MAX;

/// The shortest RSA modulus that is taken: 128 bits of strength (NIST SP 800-57 part 1, table 2).
pub const RSA_BITS_MIN: usize = 3072;

/// The longest RSA modulus that ring verifies under.
pub const RSA_BITS_MAX: usize = 8192;

/// A file of revocation lists: one of 100,000 entries has some 3.6 MB in DER, and a third more in
/// PEM. Its signature is verified at each handshake, and a longer one would slow these down.
pub const REVOCATION_BYTES_MAX: usize = 6 * 1024 * 1024;

/// Entries of one revocation list: far more certificates than a party ever issues for this.
pub const REVOCATION_ENTRIES_MAX: usize = 100_000;

/// Revocation lists in use at once: an authority and its intermediates, old and new.
pub const REVOCATION_LISTS_MAX: usize = 16;

/// Files of revocation lists that a configuration may name.
pub const REVOCATION_FILES_MAX: usize = 16;

/// Days that a configuration may run on with a stale revocation list: beyond a month nobody can
/// call it a delay.
pub const REVOCATION_GRACE_DAYS_MAX: u16 = 31;

/// The file of the highest numbers of revocation lists: two hundred bytes for each key that ever
/// signed one.
pub const REVOCATION_NUMBERS_BYTES_MAX: usize = 64 * 1024;
