//! Signatures of webhooks by the Standard Webhooks scheme: HMAC-SHA256 over id, time and body.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How far the sender's clock may be off, in seconds; older messages could be replays.
const TOLERANCE: i64 = 300;

/// A shared secret.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

/// The text is not `whsec_` and base64, or too short to be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret is whsec_ followed by the base64 of at least 16 bytes")]
pub struct InvalidSecret;

/// Why a message is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// A header is missing or cannot be read.
    #[error("the headers webhook-id, webhook-timestamp and webhook-signature are needed")]
    Headers,
    /// The time of sending is too far from now.
    #[error("the time of sending is too far from now")]
    Time,
    /// No signature fits.
    #[error("the signature does not fit")]
    Signature,
}

/// What the headers of a message say.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The message's name.
    pub id: &'a str,
    /// When it was sent, in seconds since 1970.
    pub timestamp: &'a str,
    /// Signatures, separated by spaces, each with its version before a comma.
    pub signature: &'a str,
}

impl Secret {
    /// Reads the usual text form; the prefix may be absent.
    ///
    /// # Errors
    /// [`InvalidSecret`] when it is not base64 or too short.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        let bytes = STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text)).map_err(|_| InvalidSecret)?;
        if bytes.len() < 16 { Err(InvalidSecret) } else { Ok(Self(bytes)) }
    }

    /// The secret that one of several senders has to itself, derived from the one that they share by its name.
    #[must_use]
    pub fn of_sender(&self, name: &str) -> Self {
        let mac =
            Hmac::<Sha256>::new_from_slice(&self.0).ok().map(|mac| mac.chain_update(name).finalize().into_bytes());
        Self(mac.map(|mac| mac.to_vec()).unwrap_or_default())
    }

    /// The header of a message.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let code = self.mac(id, &timestamp.to_string(), body).map(|mac| mac.finalize().into_bytes());
        format!("v1,{}", code.map(|code| STANDARD.encode(code)).unwrap_or_default())
    }

    /// Believes a message or says why not.
    ///
    /// # Errors
    /// [`Unverified`].
    pub fn verify(&self, signed: &Signed<'_>, body: &[u8], now: i64) -> Result<(), Unverified> {
        let sent: i64 = signed.timestamp.parse().map_err(|_| Unverified::Headers)?;
        if now.saturating_sub(sent).saturating_abs() > TOLERANCE {
            return Err(Unverified::Time);
        }
        let mac = self.mac(signed.id, signed.timestamp, body).ok_or(Unverified::Signature)?;
        let fits = |signature: &str| {
            let code = signature.strip_prefix("v1,").and_then(|code| STANDARD.decode(code).ok());
            code.is_some_and(|code| mac.clone().verify_slice(&code).is_ok())
        };
        if signed.signature.split(' ').any(fits) { Ok(()) } else { Err(Unverified::Signature) }
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        Some(mac)
    }
}

impl std::fmt::Debug for Secret {
    /// Shows nothing of the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// The example of the scheme's own documentation.
    #[test]
    fn the_published_example_is_signed_alike() {
        let secret = Secret::parse(SECRET).unwrap();
        let body = br#"{"test": 2432232314}"#;
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_changed_body_an_old_message_and_a_foreign_secret_are_not_believed() {
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
