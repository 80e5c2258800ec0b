//! Signatures of webhooks by the Standard Webhooks scheme: HMAC-SHA256 over id, time and body.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The tolerated difference to the sender's clock in seconds; older messages could be replays.
const TOLERANCE: i64 = 300;

/// A shared secret.
#[derive(Clone)]
pub struct Secret(Hmac<Sha256>);

/// The text is not base64 after an optional `whsec_`, or too short for a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret is whsec_ followed by the base64 of at least 16 bytes")]
pub struct InvalidSecret;

/// A message could not be verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// A header is missing or unreadable.
    #[error("the headers webhook-id, webhook-timestamp and webhook-signature are needed")]
    Headers,
    /// The time of sending differs too much from the current time.
    #[error("the time of sending differs too much from the current time")]
    Time,
    /// No signature matches.
    #[error("the signature does not match")]
    Signature,
}

/// The headers of a message.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The message's id.
    pub id: &'a str,
    /// Time of sending, in seconds since 1970.
    pub timestamp: &'a str,
    /// Signatures, separated by spaces, each with its version before a comma.
    pub signature: &'a str,
}

impl Secret {
    /// Parses the usual text form; the prefix is optional.
    ///
    /// # Errors
    /// [`InvalidSecret`] if it is not base64 or too short.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        let bytes = STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text)).map_err(|_| InvalidSecret)?;
        if bytes.len() < 16 { Err(InvalidSecret) } else { Self::from_bytes(&bytes) }
    }

    /// The secret of one of several senders, derived from a shared secret and the sender's name.
    ///
    /// # Errors
    /// [`InvalidSecret`] in theory only, because HMAC accepts keys of any length.
    pub fn of_sender(&self, name: &str) -> Result<Self, InvalidSecret> {
        Self::from_bytes(&self.0.clone().chain_update(name).finalize().into_bytes())
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidSecret> {
        Hmac::new_from_slice(bytes).map(Self).map_err(|_| InvalidSecret)
    }

    /// The signature header of a message.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let code = self.mac(id, &timestamp.to_string(), body).finalize().into_bytes();
        format!("v1,{}", STANDARD.encode(code))
    }

    /// Verifies the signature and time of a message.
    ///
    /// # Errors
    /// [`Unverified`].
    pub fn verify(&self, signed: &Signed<'_>, body: &[u8], now: i64) -> Result<(), Unverified> {
        let sent: i64 = signed.timestamp.parse().map_err(|_| Unverified::Headers)?;
        // Saturates for forged times, which are rejected.
        if now.saturating_sub(sent).saturating_abs() > TOLERANCE {
            return Err(Unverified::Time);
        }
        let mac = self.mac(signed.id, signed.timestamp, body);
        let matches = |signature: &str| {
            let code = signature.strip_prefix("v1,").and_then(|code| STANDARD.decode(code).ok());
            code.is_some_and(|code| mac.clone().verify_slice(&code).is_ok())
        };
        if signed.signature.split(' ').any(matches) { Ok(()) } else { Err(Unverified::Signature) }
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac
    }
}

impl std::fmt::Debug for Secret {
    /// Does not show the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// The example of the scheme's documentation.
    #[test]
    fn published_example_is_reproduced() {
        let secret = Secret::parse(SECRET).unwrap();
        let body = br#"{"test": 2432232314}"#;
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn changed_bodies_old_messages_and_other_secrets_are_rejected() {
        let secret = Secret::parse(SECRET).unwrap();
        let signature = format!("v1,AAAA {}", secret.sign("m", 1_000, b"body"));
        let signed = Signed { id: "m", timestamp: "1000", signature: &signature };
        assert_eq!(secret.verify(&signed, b"body", 1_100), Ok(()));
        assert_eq!(secret.verify(&signed, b"other", 1_100), Err(Unverified::Signature));
        assert_eq!(secret.verify(&signed, b"body", 1_301), Err(Unverified::Time));
        assert_eq!(secret.verify(&Signed { id: "n", ..signed }, b"body", 1_000), Err(Unverified::Signature));
        assert_eq!(secret.verify(&Signed { timestamp: "x", ..signed }, b"body", 1_000), Err(Unverified::Headers));
        let foreign = Secret::parse("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
        assert_eq!(foreign.verify(&signed, b"body", 1_000), Err(Unverified::Signature));
        assert_eq!(Secret::parse("whsec_c2hvcnQ=").err(), Some(InvalidSecret));
    }
}
