//! Receipts (C2SP tlog-proof): proof in one text that an entry lies in a log and that its mirror
//! holds it. It is checked offline, against two keys and the entry.

use crate::limits::{PROOF_HASHES_MAX, RECEIPT_BYTES_MAX};
use crate::names::{Hash, Position, Size, Timestamp};

use super::{
    CosignatureRefused, CosignedCheckpoint, InclusionProof, LogKey, MirrorKey, ProofRefused, text,
};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
const INDEX: &str = "index ";
const EXTRA: &str = "extra ";

/// Why a text is no receipt for the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptRefused {
    /// More than [`RECEIPT_BYTES_MAX`] bytes.
    #[error("a receipt has at most {RECEIPT_BYTES_MAX} bytes")]
    TooLong,
    /// Another first line: another format, or another version of it.
    #[error("a receipt begins with the line {FIRST_LINE}")]
    Version,
    /// A line of extra data. It would be signed by nobody, so no receipt of ours has one.
    #[error("a receipt of ours has no extra line")]
    Extra,
    /// The second line is not the entry's position.
    #[error("a receipt's second line is `index` and a decimal number without leading zeros")]
    Index,
    /// A line of the proof is no hash.
    #[error("a line of the receipt's proof is not 32 bytes in canonical base64")]
    Hash,
    /// More than [`PROOF_HASHES_MAX`] lines of proof.
    #[error("a receipt's proof has at most {PROOF_HASHES_MAX} hashes")]
    TooManyHashes,
    /// No blank line between the proof and the checkpoint.
    #[error("a blank line stands between a receipt's proof and its checkpoint")]
    NoBlankLine,
    /// The checkpoint is not signed by author and mirror.
    #[error(transparent)]
    Checkpoint(#[from] CosignatureRefused),
    /// The proof does not lead from the entry to the checkpoint's root.
    #[error(transparent)]
    Proof(#[from] ProofRefused),
}

/// The proof that an entry lies in a log at a position which the mirror had cosigned by a time;
/// verified, in all its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    leaf: Hash,
    position: Position,
    proof: InclusionProof,
    cosigned: CosignedCheckpoint,
}

impl Receipt {
    /// Puts a receipt together.
    ///
    /// # Errors
    /// If the proof does not lead from the leaf to the checkpoint's root.
    pub fn new(
        leaf: Hash,
        position: Position,
        proof: InclusionProof,
        cosigned: CosignedCheckpoint,
    ) -> Result<Self, ProofRefused> {
        proof.verify(&leaf, position, &cosigned.checkpoint().head())?;
        Ok(Self { leaf, position, proof, cosigned })
    }

    /// Reads a receipt and checks it for the entry with this leaf hash.
    ///
    /// # Errors
    /// If the text is not a receipt in its canonical form, its checkpoint is not signed by both
    /// keys, or its proof does not lead from the leaf to the root.
    pub fn check(
        text: impl AsRef<[u8]>,
        leaf: Hash,
        author: &LogKey,
        mirror: &MirrorKey,
    ) -> Result<Self, ReceiptRefused> {
        let claim = Claim::parse(text.as_ref())?;
        let cosigned = mirror.open(author, claim.note)?;
        Ok(Self::new(leaf, claim.position, claim.proof, cosigned)?)
    }

    /// The hash of the entry.
    #[must_use]
    pub const fn leaf(&self) -> Hash {
        self.leaf
    }

    /// Where the entry stands in its log.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// The size of the log that was cosigned.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.cosigned.checkpoint().size()
    }

    /// When the mirror cosigned it.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        self.cosigned.time()
    }

    /// The siblings from the entry to the root.
    #[must_use]
    pub const fn proof(&self) -> &InclusionProof {
        &self.proof
    }

    /// The checkpoint with both signatures.
    #[must_use]
    pub const fn cosigned(&self) -> &CosignedCheckpoint {
        &self.cosigned
    }

    /// The text, in its canonical form; files of it end in `.tlog-proof`.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\n{INDEX}{}\n", self.position);
        for hash in self.proof.hashes() {
            text.push_str(&text::to_base64(hash.as_bytes()));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.cosigned.note());
        text
    }
}

/// The parts of a receipt, none of them verified.
struct Claim<'a> {
    position: Position,
    proof: InclusionProof,
    note: &'a [u8],
}

impl<'a> Claim<'a> {
    fn parse(receipt: &'a [u8]) -> Result<Self, ReceiptRefused> {
        if receipt.len() > RECEIPT_BYTES_MAX {
            return Err(ReceiptRefused::TooLong);
        }
        let mut rest = receipt;
        if line(&mut rest) != Some(FIRST_LINE) {
            return Err(ReceiptRefused::Version);
        }
        let second = line(&mut rest).ok_or(ReceiptRefused::Index)?;
        if second.starts_with(EXTRA) {
            return Err(ReceiptRefused::Extra);
        }
        let index = second.strip_prefix(INDEX).and_then(text::decimal);
        let position = index.map(Position).ok_or(ReceiptRefused::Index)?;
        let mut hashes = Vec::new();
        loop {
            let next = line(&mut rest).ok_or(ReceiptRefused::NoBlankLine)?;
            if next.is_empty() {
                break;
            }
            if hashes.len() == PROOF_HASHES_MAX {
                return Err(ReceiptRefused::TooManyHashes);
            }
            hashes.push(text::hash(next).ok_or(ReceiptRefused::Hash)?);
        }
        Ok(Self { position, proof: InclusionProof::new(hashes), note: rest })
    }
}

/// Takes the next line off, without its line end; none if it has no end or is not UTF-8.
fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let (line, after) = rest.split_at_checked(end)?;
    *rest = after.get(1..)?;
    std::str::from_utf8(line).ok()
}

#[cfg(test)]
mod tests;
