//! The strict scan.

/// Which CBOR is allowed where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Payloads, messages and headers: unsigned-integer map keys, no tags, no floats.
    Payload,
    /// A COSE_Sign1 envelope: the same below one tag 18.
    Envelope,
}

/// What is wrong with a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// placeholder until the scan is written
    #[error("truncated")]
    Truncated,
}

/// A refusal by the scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {fault}")]
pub struct Refusal {
    /// Byte offset of the head at fault.
    pub offset: usize,
    /// What is wrong there.
    pub fault: Fault,
}

/// Scans.
///
/// # Errors
/// The first fault.
pub fn scan(bytes: &[u8], profile: Profile) -> Result<(), Refusal> {
    let _ = (bytes, profile);
    Ok(())
}
