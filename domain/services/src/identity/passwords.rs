//! Hashing passwords with argon2id, outside the request threads and with limited concurrency. Customers and staff have
//! separate hashers and queues, so that a flood of customer logins does not keep staff out.

use std::{sync::Arc, time::Duration};

use argon2::{
    ARGON2ID_IDENT, Argon2, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use model::customers::{Email, Password};
use persistence::StoreError;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task, time,
};

use super::{Audience, IdentityError};
use crate::{App, ServiceResult, error::OrInternal as _};

/// The maximum number of requests that wait for a hasher; further requests are refused.
const QUEUE: usize = 128;
/// The maximum time a request waits for a hasher.
const WAIT: Duration = Duration::from_secs(5);

/// A hash of no password, with the cost of a real one. It is checked if there is no account, so that the response takes
/// the same time.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The outcome of checking a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// The hash is of another password, or there is none.
    Wrong,
    /// The hash is of this password.
    Right,
    /// The hash is of this password, but was made with other parameters; this is the hash with the current ones.
    Outdated(String),
}

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
        self.work(move || hash(&password)).await?
    }

    /// Checks if the hash is of this password. Takes the same time without a hash.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if too many requests wait.
    pub async fn verify(&self, password: Option<Password>, stored: Option<String>) -> ServiceResult<Check> {
        self.work(move || {
            let text = password.as_ref().map_or("", Password::expose);
            let real = stored.as_deref().unwrap_or(DUMMY_HASH);
            let parsed = PasswordHash::new(real).or_internal("read a password hash")?;
            let fits = Argon2::default().verify_password(text.as_bytes(), &parsed).is_ok();
            match password.filter(|_| fits && stored.is_some()) {
                None => Ok(Check::Wrong),
                Some(_) if is_current(&parsed) => Ok(Check::Right),
                Some(password) => Ok(Check::Outdated(hash(&password)?)),
            }
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

/// A new password for an account, if it fulfills the rules. `names` are those of the person.
///
/// # Errors
/// [`super::IdentityRule::Password`] if it breaks a rule.
pub(super) async fn accept(
    app: &App,
    audience: Audience,
    text: &str,
    email: &Email,
    names: &[&str],
) -> Result<Password, IdentityError> {
    let (text, email) = (text.to_owned(), email.clone());
    let settings = app.settings().await?;
    let known: Vec<String> = names.iter().copied().chain([settings.shop.name.as_str()]).map(str::to_owned).collect();
    // Estimating the strength can take as long as hashing.
    let parse = move || {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        Password::parse(&text, &email, &known)
    };
    Ok(app.identity.passwords(audience).work(parse).await??)
}

/// The hash of a new password for an account, if it fulfills the rules.
///
/// # Errors
/// [`super::IdentityRule::Password`] if it breaks a rule.
pub(super) async fn new_hash(
    app: &App,
    audience: Audience,
    text: &str,
    email: &Email,
    names: &[&str],
) -> Result<String, IdentityError> {
    let password = accept(app, audience, text, email, names).await?;
    Ok(app.identity.passwords(audience).hash(password).await?)
}

fn hash(password: &Password) -> ServiceResult<String> {
    let hash = Argon2::default().hash_password(password.expose().as_bytes());
    hash.map(|hash: PasswordHash| hash.to_string()).or_internal("hash a password")
}

/// True if the hash was made with the parameters of new hashes.
fn is_current(hash: &PasswordHash) -> bool {
    let costs = |params: &argon2::Params| (params.m_cost(), params.t_cost(), params.p_cost());
    let current = Argon2::default();
    hash.algorithm == ARGON2ID_IDENT
        && hash.version == Some(Version::default().into())
        && argon2::Params::try_from(hash).is_ok_and(|params| costs(&params) == costs(current.params()))
}

#[cfg(test)]
mod tests {
    use argon2::{Algorithm, Params};

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
        assert_eq!(passwords.verify(password("correct horse"), Some(hash.clone())).await.unwrap(), Check::Right);
        assert_eq!(passwords.verify(password("correct horsf"), Some(hash.clone())).await.unwrap(), Check::Wrong);
        assert_eq!(passwords.verify(None, Some(hash)).await.unwrap(), Check::Wrong);
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        assert_eq!(Passwords::new(1).verify(password("nobody"), None).await.unwrap(), Check::Wrong);
    }

    #[tokio::test]
    async fn a_hash_with_other_parameters_is_replaced() {
        let passwords = Passwords::new(1);
        let old = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8_192, 1, 1, None).unwrap());
        let older = Argon2::new(Algorithm::Argon2i, Version::V0x10, Params::default());
        for argon2 in [old, older] {
            let old: PasswordHash = argon2.hash_password(b"correct horse").unwrap();
            assert_eq!(passwords.verify(password("wrong"), Some(old.to_string())).await.unwrap(), Check::Wrong);
            let check = passwords.verify(password("correct horse"), Some(old.to_string())).await.unwrap();
            let Check::Outdated(new) = check else { panic!("{old} is current") };
            assert_eq!(passwords.verify(password("correct horse"), Some(new)).await.unwrap(), Check::Right);
        }
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
