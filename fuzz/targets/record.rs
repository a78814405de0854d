//! Records in CBOR, and submissions in JSON.

use entente::{
    names::{Commitment, Party},
    record::{Record, Submission},
};

/// Gives the bytes to the reader of payloads, and to the daemon of each party as a submission.
pub fn run(bytes: &[u8]) {
    if let Ok(record) = Record::decode(bytes) {
        assert_eq!(record.encode(), bytes, "written otherwise: {record:?}");
        assert_eq!(record.check_form(), Ok(()));
    }
    for party in Party::BOTH {
        let mut decoy = || Commitment::new([7; 32]);
        for key in [None, Some("a key")] {
            let Ok(submission) = Submission::parse(bytes, party, key, &mut decoy) else { continue };
            let payload = submission.record.encode();
            assert_eq!(Record::decode(&payload).as_ref(), Ok(&submission.record));
            let again = Submission::parse(bytes, party, key, &mut decoy).expect("it was read once");
            assert_eq!(again, submission, "the same submission is known again");
        }
    }
}
