//! The format of refresh tokens: session, generation, secret, and a MAC that proves their origin.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::{
    customers::{Digest, Session},
    ids::SessionId,
};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::secrets;

const PREFIX: &str = "mrt_";
const SEAL: usize = 16;

/// The parts of a refresh token.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct RefreshToken {
    pub(super) session: SessionId,
    generation: u32,
    secret: [u8; 32],
    seal: [u8; SEAL],
}

impl RefreshToken {
    /// The token of a generation of a session.
    pub(super) fn new(session: SessionId, key: &Digest, generation: u32, secret: [u8; 32]) -> Self {
        Self { session, generation, secret, seal: seal(key, session, generation, &secret) }
    }

    /// Parses the text of a client. The token may be forged: see [`Self::is_from`].
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        let (session, rest) = bytes.split_first_chunk::<16>()?;
        let (generation, rest) = rest.split_first_chunk::<4>()?;
        let (secret, seal) = rest.split_first_chunk::<32>()?;
        Some(Self {
            session: SessionId::restore(Uuid::from_bytes(*session)),
            generation: u32::from_be_bytes(*generation),
            secret: *secret,
            seal: seal.try_into().ok()?,
        })
    }

    /// The text for the client.
    pub(super) fn text(&self) -> String {
        let session = self.session.uuid();
        let generation = self.generation.to_be_bytes();
        let bytes = [session.as_bytes().as_slice(), &generation, &self.secret, &self.seal].concat();
        format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// True if the session issued this token, now or earlier. A forged token must not end a session.
    pub(super) fn is_from(&self, session: &Session) -> bool {
        let expected = seal(&session.seal, self.session, self.generation, &self.secret);
        self.session == session.id && bool::from(expected.ct_eq(&self.seal))
    }

    /// The digest that the session stores.
    pub(super) fn digest(&self) -> Digest {
        secrets::digest(self.secret)
    }

    /// The token that it is exchanged for. It depends only on the salt, so a repeated exchange returns the same token
    /// although no token is stored.
    pub(super) fn next(&self, key: &Digest, salt: &Digest) -> Self {
        let secret = mac(&self.secret, &[b"next", salt.as_bytes()]);
        // No session is refreshed four billion times, so the generation never saturates.
        Self::new(self.session, key, self.generation.saturating_add(1), secret)
    }
}

fn seal(key: &Digest, session: SessionId, generation: u32, secret: &[u8; 32]) -> [u8; SEAL] {
    let full = mac(key.as_bytes(), &[b"seal", session.uuid().as_bytes(), &generation.to_be_bytes(), secret]);
    // Never absent: a MAC has 32 bytes.
    full.first_chunk().copied().unwrap_or_default()
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC pads a short key with zeros; padding it here avoids the error of a wrong length.
    let mut block = [0; 64];
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use model::{
        Timestamp,
        customers::{SessionLifetime, Subject},
        ids::CustomerId,
    };

    use super::*;

    fn session() -> (Session, RefreshToken) {
        let key = Digest::restore(secrets::random());
        let secret = secrets::random();
        let subject = Subject::Customer(CustomerId::new());
        let session = Session::begin(
            subject,
            0,
            (key, secrets::digest(secret)),
            SessionLifetime::CUSTOMER,
            Timestamp::UNIX_EPOCH,
        );
        let token = RefreshToken::new(session.id, &key, 0, secret);
        (session, token)
    }

    #[test]
    fn a_token_survives_the_round_trip() {
        let (session, token) = session();
        let read = RefreshToken::parse(&token.text()).unwrap();
        assert!(read == token && read.is_from(&session));
    }

    #[test]
    fn a_token_that_was_tampered_with_is_not_ours() {
        let (session, token) = session();
        let other = RefreshToken { secret: secrets::random(), ..token.clone() };
        assert!(!other.is_from(&session));
        assert!(!RefreshToken { generation: 1, ..token.clone() }.is_from(&session));
        for text in ["", "mrt_", "mrt_AAAA", "mct_AAAA", &token.text()[..60], &format!("{}AAAA", token.text())] {
            assert!(RefreshToken::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_same_exchange_gives_the_same_token_and_another_one_another() {
        let (session, token) = session();
        let salt = Digest::restore(secrets::random());
        let next = token.next(&session.seal, &salt);
        assert!(next == token.next(&session.seal, &salt) && next.is_from(&session));
        assert!(next != token.next(&session.seal, &Digest::restore(secrets::random())));
        assert_ne!(next.digest(), token.digest());
    }
}
