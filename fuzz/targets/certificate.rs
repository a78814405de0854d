//! Certificates of joint statements, and the page that is made of one that holds.

use entente::{reconcile::JointCertificate, report::page};

/// Gives the bytes to the reader, and what it reads to the check by its own terms' digest.
pub fn run(bytes: &[u8]) {
    let Ok(read) = JointCertificate::decode(bytes) else { return };
    assert_eq!(read.encode(), bytes, "written otherwise");
    let pinned = read.terms.digest();
    if let Ok(checked) = read.check(pinned) {
        assert_eq!(checked.agreement(), pinned);
        let page = page(&checked, "ENTENTE.cbor");
        assert!(page.contains(&checked.body().digest().to_string()));
    }
}
