//! Random secrets and their digests.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use model::customers::Digest;
use rand::RngCore as _;
use sha2::{Digest as _, Sha256};

/// 256 random bits.
pub(crate) fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// A prefix followed by 256 random bits in base64url.
pub(crate) fn random_text(prefix: &str) -> String {
    format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(random()))
}

/// The stored digest of a secret with full entropy.
pub(crate) fn digest(secret: impl AsRef<[u8]>) -> Digest {
    Digest::restore(Sha256::digest(secret).into())
}
