//! Hashing passwords with argon2id, outside the request threads and with limited concurrency.

use std::{sync::Arc, time::Duration};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use model::customers::Password;
use persistence::StoreError;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task, time,
};

use crate::{ServiceResult, error::OrInternal as _};

/// The maximum number of requests that wait for a hasher; further requests are refused.
const QUEUE: usize = 128;
/// The maximum time a request waits for a hasher.
const WAIT: Duration = Duration::from_secs(5);

/// A hash of no password, with the cost of a real one. It is checked if there is no account, so that the response takes
/// the same time.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and checks passwords. Many concurrent logins wait here, so that they do not use all cores.
pub struct Passwords {
    hashers: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

impl Passwords {
    /// Hashes at most `hashers` passwords at the same time.
    #[must_use]
    pub fn new(hashers: usize) -> Self {
        Self { hashers: Arc::new(Semaphore::new(hashers)), queue: Arc::new(Semaphore::new(QUEUE + hashers)) }
    }

    /// The argon2id hash of a password with a random salt, in PHC form.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if too many requests wait.
    pub async fn hash(&self, password: Password) -> ServiceResult<String> {
        self.work(move || {
            let hash = Argon2::default().hash_password(password.expose().as_bytes());
            hash.map(|hash: PasswordHash| hash.to_string()).or_internal("hash a password")
        })
        .await?
    }

    /// True if the hash is of this password. Takes the same time without a hash.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if too many requests wait.
    pub async fn verify(&self, password: Option<Password>, hash: Option<String>) -> ServiceResult<bool> {
        self.work(move || {
            let text = password.as_ref().map_or("", Password::expose);
            let real = hash.as_deref().unwrap_or(DUMMY_HASH);
            let parsed = PasswordHash::new(real).or_internal("read a password hash")?;
            let fits = Argon2::default().verify_password(text.as_bytes(), &parsed).is_ok();
            Ok(fits && hash.is_some() && password.is_some())
        })
        .await?
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> ServiceResult<T> {
        let busy = || StoreError::Unavailable("too many logins at the same time".to_owned());
        let place: OwnedSemaphorePermit = self.queue.clone().try_acquire_owned().map_err(|_| busy())?;
        let turn = time::timeout(WAIT, self.hashers.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| busy())?.or_internal("wait for a password hasher")?;
        // The thread holds both permits: a client that disconnects must not free them before the work is done.
        let work = move || {
            let output = work();
            drop((place, turn));
            output
        };
        task::spawn_blocking(work).await.or_internal("hash a password")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ServiceError;

    fn password(text: &str) -> Option<Password> {
        Password::attempt(text)
    }

    #[tokio::test]
    async fn only_the_password_itself_fits_its_hash() {
        let passwords = Passwords::new(2);
        let hash = passwords.hash(password("correct horse").unwrap()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "the stand-in must cost the same: {hash}");
        assert!(passwords.verify(password("correct horse"), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify(password("correct horsf"), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify(None, Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        assert!(!Passwords::new(1).verify(password("nobody"), None).await.unwrap());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_flood_is_turned_away_instead_of_queued_for_ever() {
        let passwords = Arc::new(Passwords::new(1));
        let hashers = passwords.hashers.clone().acquire_owned().await.unwrap();
        let _queue = passwords.queue.clone().acquire_many_owned(u32::try_from(QUEUE + 1).unwrap()).await.unwrap();
        let refused = passwords.verify(password("x"), None).await.unwrap_err();
        assert!(matches!(refused, ServiceError::Store(StoreError::Unavailable(_))), "{refused}");
        drop(hashers);
    }
}
