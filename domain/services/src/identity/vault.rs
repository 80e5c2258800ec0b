//! Encrypting secrets for the database, and creating signing keys.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hkdf::{HKDF_SHA256, KeyType, Salt},
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Timestamp, customers::SigningKey};
use persistence::signing_keys::StoredKey;

use super::{IdentityConfig, secrets};
use crate::{ServiceError, ServiceResult};

/// The purpose of the signing keys' encryption; other secrets have other purposes, so that one never opens as another.
const SIGNING_KEYS: &str = "signing keys";

/// Encrypts and decrypts secrets in the database. The first configured secret seals, all of them open; without any,
/// secrets are stored in plain text.
pub(super) struct Vault {
    secrets: Vec<String>,
}

/// Bytes as they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sealed {
    /// The bytes, encrypted if `is_sealed`.
    pub bytes: Vec<u8>,
    /// True if the bytes are encrypted.
    pub is_sealed: bool,
}

struct SealKey;

impl KeyType for SealKey {
    fn len(&self) -> usize {
        32
    }
}

impl Vault {
    pub(super) fn new(config: &IdentityConfig) -> Self {
        Self { secrets: config.key_secret.iter().chain(&config.old_key_secret).cloned().collect() }
    }

    /// Encrypts bytes for a purpose; they open only under the same name.
    pub(super) fn seal(&self, purpose: &str, name: &str, bytes: Vec<u8>) -> ServiceResult<Sealed> {
        match self.secrets.first() {
            Some(secret) => Ok(Sealed { bytes: seal(secret, purpose, name, bytes)?, is_sealed: true }),
            None => Ok(Sealed { bytes, is_sealed: false }),
        }
    }

    /// Decrypts bytes that were sealed for this purpose and name with any of the configured secrets.
    pub(super) fn open(&self, purpose: &str, name: &str, sealed: &Sealed) -> ServiceResult<Vec<u8>> {
        if !sealed.is_sealed {
            return Ok(sealed.bytes.clone());
        }
        if self.secrets.is_empty() {
            return Err(ServiceError::internal("a stored secret is sealed, but no key secret is configured"));
        }
        let opened = self.secrets.iter().find_map(|secret| open(secret, purpose, name, &sealed.bytes));
        opened.ok_or_else(|| ServiceError::internal("a stored secret was sealed with another key secret"))
    }

    /// Bytes sealed with the first configured secret; none if they are already.
    pub(super) fn reseal(&self, purpose: &str, name: &str, sealed: &Sealed) -> ServiceResult<Option<Sealed>> {
        let Some(secret) = self.secrets.first() else { return Ok(None) };
        if sealed.is_sealed && open(secret, purpose, name, &sealed.bytes).is_some() {
            return Ok(None);
        }
        Ok(Some(self.seal(purpose, name, self.open(purpose, name, sealed)?)?))
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
        let Sealed { bytes, is_sealed } = self.seal(SIGNING_KEYS, &kid, private.as_ref().to_vec())?;
        let key = SigningKey { kid, active_from };
        Ok(StoredKey { key, public, private: bytes, is_sealed })
    }

    /// The private key in PKCS#8.
    pub(super) fn open_key(&self, stored: &StoredKey) -> ServiceResult<Vec<u8>> {
        self.open(SIGNING_KEYS, &stored.key.kid, &sealed(stored))
    }

    /// The key sealed with the first configured secret; none if it is already.
    pub(super) fn reseal_key(&self, stored: &StoredKey) -> ServiceResult<Option<StoredKey>> {
        let resealed = self.reseal(SIGNING_KEYS, &stored.key.kid, &sealed(stored))?;
        Ok(resealed.map(|Sealed { bytes, is_sealed }| StoredKey { private: bytes, is_sealed, ..stored.clone() }))
    }
}

fn sealed(stored: &StoredKey) -> Sealed {
    Sealed { bytes: stored.private.clone(), is_sealed: stored.is_sealed }
}

fn seal(secret: &str, purpose: &str, name: &str, mut bytes: Vec<u8>) -> ServiceResult<Vec<u8>> {
    let failed = || ServiceError::internal("a secret cannot be sealed");
    let key = key(secret, purpose).ok_or_else(failed)?;
    let nonce = key.seal_in_place_append_tag(Aad::from(name), &mut bytes).map_err(|_| failed())?;
    Ok([nonce.as_ref().as_slice(), &bytes].concat())
}

/// The bytes; none if they were sealed with another secret, or for another purpose or name.
fn open(secret: &str, purpose: &str, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut body = body.to_vec();
    let opened = key(secret, purpose)?.open_in_place(nonce, Aad::from(name), &mut body).ok()?;
    Some(opened.to_vec())
}

/// A key of the right length from a secret of any length.
fn key(secret: &str, purpose: &str) -> Option<RandomizedNonceKey> {
    let extracted = Salt::new(HKDF_SHA256, b"mercator").extract(secret.as_bytes());
    let info = [purpose.as_bytes()];
    let okm = extracted.expand(&info, SealKey).ok()?;
    let mut bytes = [0; 32];
    okm.fill(&mut bytes).ok()?;
    RandomizedNonceKey::new(&AES_256_GCM, &bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(secrets: &[&str]) -> Vault {
        Vault { secrets: secrets.iter().map(|&secret| secret.to_owned()).collect() }
    }

    #[test]
    fn a_sealed_key_opens_with_its_secret_only() {
        let secret = vault(&["a long secret"]);
        let stored = secret.generate(Timestamp::UNIX_EPOCH).unwrap();
        assert!(stored.is_sealed);
        let private = secret.open_key(&stored).unwrap();
        assert!(!stored.private.windows(16).any(|part| private.windows(16).any(|other| part == other)));
        assert!(vault(&["another secret"]).open_key(&stored).is_err());
        assert!(vault(&[]).open_key(&stored).is_err());
        assert!(secret.open("another purpose", &stored.key.kid, &sealed(&stored)).is_err());
        let renamed = StoredKey { key: SigningKey { kid: "other".to_owned(), ..stored.key.clone() }, ..stored };
        assert!(secret.open_key(&renamed).is_err());
    }

    #[test]
    fn keys_of_an_old_secret_and_unsealed_ones_open_and_are_sealed_with_the_new_one() {
        let rotated = vault(&["new", "old"]);
        for before in [vault(&["old"]), vault(&[])] {
            let stored = before.generate(Timestamp::UNIX_EPOCH).unwrap();
            let private = rotated.open_key(&stored).unwrap();
            let resealed = rotated.reseal_key(&stored).unwrap().unwrap();
            assert!(resealed.is_sealed);
            assert_eq!(vault(&["new"]).open_key(&resealed).unwrap(), private);
            assert!(vault(&["old"]).open_key(&resealed).is_err());
            assert!(rotated.reseal_key(&resealed).unwrap().is_none(), "it is sealed with the new secret already");
        }
    }

    #[test]
    fn nothing_is_sealed_again_without_a_secret() {
        let stored = vault(&[]).generate(Timestamp::UNIX_EPOCH).unwrap();
        assert!(!stored.is_sealed && vault(&[]).reseal_key(&stored).unwrap().is_none());
    }
}
