//! Idempotency keys: a repeated request returns the stored result, which is saved in the transaction of the work.
//!
//! A key is scoped to one operation of one actor. All guests are the same actor, so keys of operations on a cart are
//! scoped to the cart for guests.

use model::{IdempotencyKey, access::Actor, ids::CartId};
use persistence::{
    Conn, StoreError,
    idempotency::{self as store, Begin},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{ServiceError, ServiceResult, UseCaseError, error::OrInternal as _};

/// An idempotency key with its scope and a hash of the request.
#[derive(Debug, Clone)]
pub(crate) struct Keyed {
    scope: String,
    key: IdempotencyKey,
    hash: Vec<u8>,
}

/// An error of using a key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    /// The key was used with another input.
    #[error("this idempotency key was used with another request")]
    Reused,
    /// A store failed.
    #[error(transparent)]
    Failure(#[from] ServiceError),
}

impl From<StoreError> for KeyError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl<R> From<KeyError> for UseCaseError<R> {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Reused => Self::KeyReused,
            KeyError::Failure(error) => Self::Failure(error),
        }
    }
}

impl Keyed {
    /// The key of an actor's request; `input` is everything that the request asks for. None without a key.
    pub(crate) fn of(
        operation: &str,
        actor: &Actor,
        key: Option<&IdempotencyKey>,
        input: &impl Serialize,
    ) -> ServiceResult<Option<Self>> {
        Self::in_scope(|| format!("{operation} {actor}"), key, input)
    }

    /// As [`Self::of`] for an operation on a cart: keys of guests are scoped to the cart.
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
        let input =
            serde_json::to_vec(input).or_internal("serialize the input of a request with an idempotency key")?;
        Ok(Some(Self { scope: scope(), key: key.clone(), hash: Sha256::digest(input).to_vec() }))
    }
}

/// The stored result of the key, without claiming it.
pub(crate) async fn look<T: DeserializeOwned>(conn: &mut Conn, keyed: Option<&Keyed>) -> Result<Option<T>, KeyError> {
    let Some(Keyed { scope, key, hash }) = keyed else { return Ok(None) };
    stored_result(store::look(conn, scope, key.as_str(), hash).await?)
}

/// Claims the key within the transaction of the work; a rollback also removes the claim. Returns the stored result if
/// the work was done before. Without a key, or with a new one, do the work, then call [`finish`].
pub(crate) async fn begin<T: DeserializeOwned>(conn: &mut Conn, keyed: Option<&Keyed>) -> Result<Option<T>, KeyError> {
    let Some(Keyed { scope, key, hash }) = keyed else { return Ok(None) };
    stored_result(store::begin(conn, scope, key.as_str(), hash).await?)
}

/// As [`begin`] and [`finish`] in one statement, for work whose result is known before it is done.
pub(crate) async fn begin_with<T: Serialize + DeserializeOwned>(
    conn: &mut Conn,
    keyed: Option<&Keyed>,
    result: &T,
) -> Result<Option<T>, KeyError> {
    let Some(Keyed { scope, key, hash }) = keyed else { return Ok(None) };
    let result = to_json(result)?;
    stored_result(store::begin_with(conn, scope, key.as_str(), hash, &result).await?)
}

/// Stores the result of a key that [`begin`] claimed.
pub(crate) async fn finish(conn: &mut Conn, keyed: Option<&Keyed>, result: &impl Serialize) -> ServiceResult<()> {
    let Some(Keyed { scope, key, .. }) = keyed else { return Ok(()) };
    Ok(store::finish(conn, scope, key.as_str(), &to_json(result)?).await?)
}

fn to_json(result: &impl Serialize) -> ServiceResult<Value> {
    serde_json::to_value(result).or_internal("serialize the result of a request with an idempotency key")
}

fn stored_result<T: DeserializeOwned>(known: Begin) -> Result<Option<T>, KeyError> {
    match known {
        Begin::New => Ok(None),
        Begin::Replay(result) => {
            Ok(Some(serde_json::from_value(result).or_internal("read the stored result of an idempotency key")?))
        }
        Begin::Reused => Err(KeyError::Reused),
        // Claim and result are written in one transaction, so other transactions see both or neither.
        Begin::InProgress => Err(StoreError::Retry.into()),
    }
}
