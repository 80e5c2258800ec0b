//! Creating signing keys and encrypting the private ones for the database.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hkdf::{HKDF_SHA256, KeyType, Salt},
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Timestamp, customers::SigningKey};
use persistence::signing_keys::StoredKey;

use super::secrets;
use crate::{ServiceError, ServiceResult};

/// Encrypts and decrypts private keys; without a configured secret it leaves them in plain text.
pub(super) struct Vault {
    secret: Option<String>,
}

struct SealKey;

impl KeyType for SealKey {
    fn len(&self) -> usize {
        32
    }
}

impl Vault {
    pub(super) const fn new(secret: Option<String>) -> Self {
        Self { secret }
    }

    /// A new Ed25519 key that signs from a moment on.
    pub(super) fn generate(&self, active_from: Timestamp) -> ServiceResult<StoredKey> {
        let pair = Ed25519KeyPair::generate().map_err(|_| ServiceError::internal("a signing key cannot be made"))?;
        let private = pair.to_pkcs8v1().map_err(|_| ServiceError::internal("a signing key cannot be written"))?;
        let public = pair.public_key().as_ref().to_vec();
        let name = secrets::digest(&public);
        let short =
            name.as_bytes().first_chunk::<12>().ok_or_else(|| ServiceError::internal("a digest is too short"))?;
        let kid = BASE64_URL_SAFE_NO_PAD.encode(short);
        let mut private = private.as_ref().to_vec();
        if let Some(secret) = &self.secret {
            private = seal(secret, &kid, private)?;
        }
        let key = SigningKey { kid, active_from };
        Ok(StoredKey { key, public, private, is_sealed: self.secret.is_some() })
    }

    /// The private key in PKCS#8.
    pub(super) fn open(&self, stored: &StoredKey) -> ServiceResult<Vec<u8>> {
        match (&self.secret, stored.is_sealed) {
            (_, false) => Ok(stored.private.clone()),
            (Some(secret), true) => open(secret, &stored.key.kid, &stored.private),
            (None, true) => Err(ServiceError::internal(
                "the signing keys are sealed: configure the secret that they were sealed with",
            )),
        }
    }
}

fn seal(secret: &str, kid: &str, mut private: Vec<u8>) -> ServiceResult<Vec<u8>> {
    let sealed = key(secret)?.seal_in_place_append_tag(Aad::from(kid), &mut private);
    let nonce = sealed.map_err(|_| ServiceError::internal("a signing key cannot be sealed"))?;
    Ok([nonce.as_ref().as_slice(), &private].concat())
}

fn open(secret: &str, kid: &str, sealed: &[u8]) -> ServiceResult<Vec<u8>> {
    let wrong = || ServiceError::internal("a signing key was sealed with another secret than the configured one");
    let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or_else(wrong)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong())?;
    let mut body = body.to_vec();
    Ok(key(secret)?.open_in_place(nonce, Aad::from(kid), &mut body).map_err(|_| wrong())?.to_vec())
}

/// A key of the right length from a secret of any length.
fn key(secret: &str) -> ServiceResult<RandomizedNonceKey> {
    let failed = || ServiceError::internal("no key can be derived from the configured secret");
    let extracted = Salt::new(HKDF_SHA256, b"mercator").extract(secret.as_bytes());
    let okm = extracted.expand(&[b"signing keys"], SealKey).map_err(|_| failed())?;
    let mut bytes = [0; 32];
    okm.fill(&mut bytes).map_err(|_| failed())?;
    RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(|_| failed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_key_opens_with_its_secret_only() {
        let vault = Vault::new(Some("a long secret".to_owned()));
        let stored = vault.generate(Timestamp::UNIX_EPOCH).unwrap();
        assert!(stored.is_sealed);
        let private = vault.open(&stored).unwrap();
        assert!(!stored.private.windows(16).any(|part| private.windows(16).any(|other| part == other)));
        assert!(Vault::new(Some("another secret".to_owned())).open(&stored).is_err());
        assert!(Vault::new(None).open(&stored).is_err());
        let renamed = StoredKey { key: SigningKey { kid: "other".to_owned(), ..stored.key.clone() }, ..stored };
        assert!(vault.open(&renamed).is_err());
    }

    #[test]
    fn keys_from_before_a_secret_was_configured_still_open() {
        let stored = Vault::new(None).generate(Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(Vault::new(Some("new".to_owned())).open(&stored).unwrap(), stored.private);
    }
}
