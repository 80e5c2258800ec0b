//! Doing once what a key asks for: the key and its answer are kept in the transaction of the work.
//!
//! A key counts for one operation of one actor, whatever the operation is about. Guests are one actor, strangers to each
//! other: where they may not meet, their keys count within their cart.

use model::{IdempotencyKey, access::Actor, ids::CartId};
use persistence::{
    Conn, StoreError,
    idempotency::{self as store, Begin},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{ServiceError, ServiceResult};

/// A request that has a key.
#[derive(Debug, Clone)]
pub(crate) struct Keyed {
    scope: String,
    key: IdempotencyKey,
    hash: Vec<u8>,
}

/// Why a key does not let its request through.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    /// It was used with another input.
    #[error("this idempotency key was used with another request")]
    Reused,
    /// Anything else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for KeyError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl Keyed {
    /// A request of an actor, by everything it asks for; none without a key.
    pub(crate) fn of(
        operation: &str,
        actor: &Actor,
        key: Option<&IdempotencyKey>,
        input: &impl Serialize,
    ) -> ServiceResult<Option<Self>> {
        Self::in_scope(|| format!("{operation} {actor}"), key, input)
    }

    /// The same for an operation on a cart; the keys of those who are not logged in count within the cart.
    pub(crate) fn of_cart(
        operation: &str,
        actor: &Actor,
        cart: CartId,
        key: Option<&IdempotencyKey>,
        input: &impl Serialize,
    ) -> ServiceResult<Option<Self>> {
        match actor {
            Actor::Anonymous => Self::in_scope(|| format!("{operation} {cart}"), key, input),
            actor => Self::of(operation, actor, key, input),
        }
    }

    fn in_scope(
        scope: impl FnOnce() -> String,
        key: Option<&IdempotencyKey>,
        input: &impl Serialize,
    ) -> ServiceResult<Option<Self>> {
        let Some(key) = key else { return Ok(None) };
        let input = serde_json::to_vec(input).map_err(internal)?;
        Ok(Some(Self { scope: scope(), key: key.clone(), hash: Sha256::digest(input).to_vec() }))
    }
}

/// The answer that the key has, without claiming it.
pub(crate) async fn look<T: DeserializeOwned>(conn: &mut Conn, keyed: Option<&Keyed>) -> Result<Option<T>, KeyError> {
    let Some(Keyed { scope, key, hash }) = keyed else { return Ok(None) };
    answer(store::look(conn, scope, key.as_str(), hash).await?)
}

/// Claims the key within the transaction of the work, which an error rolls back together with the claim; gives the answer
/// where the work was done before. Without a key, or with a new one, the work is to be done, then [`finish`].
pub(crate) async fn begin<T: DeserializeOwned>(conn: &mut Conn, keyed: Option<&Keyed>) -> Result<Option<T>, KeyError> {
    let Some(Keyed { scope, key, hash }) = keyed else { return Ok(None) };
    answer(store::begin(conn, scope, key.as_str(), hash).await?)
}

/// The same for work whose answer is known before it is done, in one statement.
pub(crate) async fn begin_with<T: Serialize + DeserializeOwned>(
    conn: &mut Conn,
    keyed: Option<&Keyed>,
    done: &T,
) -> Result<Option<T>, KeyError> {
    let Some(Keyed { scope, key, hash }) = keyed else { return Ok(None) };
    let done = serde_json::to_value(done).map_err(internal)?;
    answer(store::begin_with(conn, scope, key.as_str(), hash, &done).await?)
}

/// Keeps the answer of a key that [`begin`] claimed.
pub(crate) async fn finish(conn: &mut Conn, keyed: Option<&Keyed>, done: &impl Serialize) -> ServiceResult<()> {
    let Some(Keyed { scope, key, .. }) = keyed else { return Ok(()) };
    let done: Value = serde_json::to_value(done).map_err(internal)?;
    Ok(store::finish(conn, scope, key.as_str(), &done).await?)
}

fn answer<T: DeserializeOwned>(known: Begin) -> Result<Option<T>, KeyError> {
    match known {
        Begin::New => Ok(None),
        Begin::Replay(answer) => Ok(Some(serde_json::from_value(answer).map_err(internal)?)),
        Begin::Reused => Err(KeyError::Reused),
        // Claim and answer are of one transaction, so that nobody sees one without the other.
        Begin::InProgress => Err(StoreError::Retry.into()),
    }
}

fn internal(error: impl std::fmt::Display) -> ServiceError {
    ServiceError::Internal(error.to_string())
}
