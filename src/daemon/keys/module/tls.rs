//! The key of the TLS end in a module: what rustls signs its handshakes with.

use std::sync::Arc;

use rustls::{
    Error, SignatureAlgorithm, SignatureScheme,
    pki_types::{SubjectPublicKeyInfoDer, alg_id},
    sign::{Signer, SigningKey, public_key_to_spki},
};

use tokio::runtime::{Handle, RuntimeFlavor};

use super::{Custodian, KeyUri};
use crate::envelope::{Algorithm, PublicKey};

/// A key of the TLS end that lies in a module.
#[derive(Clone)]
pub struct ModuleTlsKey {
    custodian: Arc<Custodian>,
    key: Arc<KeyUri>,
    public: PublicKey,
}

impl ModuleTlsKey {
    pub(crate) const fn new(
        custodian: Arc<Custodian>,
        key: Arc<KeyUri>,
        public: PublicKey,
    ) -> Self {
        Self { custodian, key, public }
    }

    const fn only(&self) -> SignatureScheme {
        match self.public.algorithm() {
            Algorithm::Ed25519 => SignatureScheme::ED25519,
            Algorithm::Esp256 => SignatureScheme::ECDSA_NISTP256_SHA256,
        }
    }
}

impl std::fmt::Debug for ModuleTlsKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ModuleTlsKey").finish_non_exhaustive()
    }
}

impl SigningKey for ModuleTlsKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        if !offered.contains(&self.only()) {
            return None;
        }
        Some(Box::new(self.clone()))
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        let algorithm = match self.public.algorithm() {
            Algorithm::Ed25519 => alg_id::ED25519,
            Algorithm::Esp256 => alg_id::ECDSA_P256,
        };
        Some(public_key_to_spki(&algorithm, self.public.as_bytes()))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        match self.public.algorithm() {
            Algorithm::Ed25519 => SignatureAlgorithm::ED25519,
            Algorithm::Esp256 => SignatureAlgorithm::ECDSA,
        }
    }
}

impl Signer for ModuleTlsKey {
    /// Blocks the handshake for as long as the module may take, and no longer. Handshakes take
    /// turns, and hold theirs meanwhile: strangers cannot fill the module's queue.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let made = aside(|| self.custodian.sign(&self.key, self.public, message));
        let made = made.map_err(|away| Error::General(away.to_string()))?;
        Ok(match self.public.algorithm() {
            Algorithm::Ed25519 => made.to_vec(),
            Algorithm::Esp256 => in_der(&made),
        })
    }

    fn scheme(&self) -> SignatureScheme {
        self.only()
    }
}

/// Waits without keeping a worker of the runtime from everything else.
fn aside<T>(wait: impl FnOnce() -> T) -> T {
    let flavor = Handle::try_current().map(|runtime| runtime.runtime_flavor());
    if matches!(flavor, Ok(RuntimeFlavor::MultiThread)) {
        tokio::task::block_in_place(wait)
    } else {
        // One thread alone has nobody to hand its work to.
        wait()
    }
}

/// r and s as TLS wants them: a SEQUENCE of two INTEGERs (RFC 3279 section 2.2.3).
fn in_der(signature: &[u8; 64]) -> Vec<u8> {
    let mut both = Vec::new();
    for number in signature.chunks_exact(32) {
        let start = number.iter().position(|byte| *byte != 0).unwrap_or(31);
        let number = number.get(start..).unwrap_or_default();
        let sign = if number.first().is_some_and(|byte| *byte >= 0x80) { &[0][..] } else { &[] };
        let number = [sign, number].concat();
        // At most 33 bytes, so that the length fits one byte; of both, at most 70.
        both.extend([0x02, u8::try_from(number.len()).unwrap_or_default()]);
        both.extend(number);
    }
    let mut der = vec![0x30, u8::try_from(both.len()).unwrap_or_default()];
    der.extend(both);
    der
}

#[cfg(test)]
mod tests {
    use ring::{
        rand::SystemRandom,
        signature::{
            ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
            UnparsedPublicKey,
        },
    };

    use super::*;

    #[test]
    fn what_a_module_signs_is_written_as_tls_wants_it() {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        let judge = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, pair.public_key().as_ref());
        // Enough of them that some numbers begin with a zero byte, and many with a high bit.
        for _ in 0..1000 {
            let made = pair.sign(&random, b"x").unwrap().as_ref().try_into().unwrap();
            judge.verify(b"x", &in_der(&made)).unwrap();
        }
    }

    #[test]
    fn whoever_waits_for_a_module_leaves_the_runtime_its_worker() {
        let one = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let (say, said) = std::sync::mpsc::channel();
        // The only worker waits here for what another task says.
        let waiting = one.spawn(async move {
            tokio::spawn(async move { say.send(7).unwrap() });
            aside(|| said.recv_timeout(std::time::Duration::from_secs(60)).ok())
        });
        assert_eq!(one.block_on(waiting).unwrap(), Some(7));
        let alone = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_eq!(alone.block_on(async { aside(|| 7) }), 7);
        assert_eq!(aside(|| 7), 7, "outside of any");
    }

    #[test]
    fn small_numbers_are_written_without_leading_zeros() {
        let mut signature = [0; 64];
        (signature[31], signature[62], signature[63]) = (1, 0x80, 0);
        assert_eq!(in_der(&signature), [0x30, 8, 2, 1, 1, 2, 3, 0, 0x80, 0]);
        assert_eq!(in_der(&[0; 64]), [0x30, 6, 2, 1, 0, 2, 1, 0]);
    }
}
