//! Second factors of staff: one-time passwords of an authenticator (TOTP, RFC 6238) and recovery codes.
//!
//! A one-time password is accepted in its 30 seconds and in the step before and after. Each works once, because a
//! conditional update stores its time step. Wrong codes count like wrong passwords.

use model::{
    customers::{Digest, Subject},
    ids::StaffUserId,
};
use persistence::{
    Conn, audit,
    db::Transactions as _,
    staff::second_factors::{self as store, StoredTotp},
};
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};

use super::{Client, IdentityError, IdentityRule, events, secrets, vault::Sealed};
use crate::{App, ServiceResult, error::OrInternal as _};

/// The purpose under which the vault seals the secrets.
const PURPOSE: &str = "staff second factors";
/// The name of the shop in authenticators.
const ISSUER: &str = "Mercator";
/// The number of recovery codes.
const RECOVERY_CODES: usize = 10;
/// The number of characters of a recovery code: 100 random bits.
const RECOVERY_CODE_LENGTH: usize = 20;
/// The number of secrets that are read at once at the start.
const RESEALED_AT_ONCE: i64 = 500;
/// The number of digits of a one-time password.
const DIGITS: usize = 6;

/// Checks a code of a member of staff whose password was right, and uses it. Passes without a code if no second factor is
/// enrolled.
///
/// # Errors
/// [`IdentityRule::SecondFactorRequired`] without a code, or [`IdentityRule::SecondFactorInvalid`].
pub(super) async fn use_code(
    app: &App,
    client: &Client,
    id: StaffUserId,
    code: Option<&str>,
) -> Result<(), IdentityError> {
    let mut conn = app.db.write().await?;
    let stored = store::get(&mut conn, id).await?;
    if stored.confirmed_at.is_none() {
        return Ok(());
    }
    let code = code.ok_or(IdentityRule::SecondFactorRequired)?;
    let is_used_now = if code.trim().len() == DIGITS {
        match matching_step(app, id, stored, code)? {
            Some(step) => store::use_step(&mut conn, id, step).await?,
            None => false,
        }
    } else {
        use_recovery_code(app, client, &mut conn, id, code).await?
    };
    if is_used_now { Ok(()) } else { Err(IdentityRule::SecondFactorInvalid.into()) }
}

async fn use_recovery_code(
    app: &App,
    client: &Client,
    conn: &mut Conn,
    id: StaffUserId,
    code: &str,
) -> ServiceResult<bool> {
    let digest = recovery_digest(code);
    let now = app.clock.now();
    conn.transaction(async |conn| {
        let is_used_now = store::use_recovery_code(conn, id, &digest).await?;
        if is_used_now {
            let by = events::acting(Subject::Staff(id));
            audit::push(conn, client.author(&by), "staffRecoveryCodeUse", id, json!({}), now).await?;
        }
        Ok(is_used_now)
    })
    .await
}

/// Encrypts a secret for the database.
pub(super) fn seal(app: &App, id: StaffUserId, secret: Vec<u8>) -> ServiceResult<Sealed> {
    app.keys.vault().seal(PURPOSE, &id.to_string(), secret)
}

/// Encrypts the secrets that are stored in plain text, or encrypted with an earlier secret, with the current one. For the
/// start of a process.
///
/// # Errors
/// [`crate::ServiceError::Store`] if the database fails; [`crate::ServiceError::Internal`] if a secret is sealed with an
/// unknown one.
pub async fn reseal_second_factors(app: &App) -> ServiceResult<()> {
    let mut conn = app.db.write().await?;
    let mut after = None;
    loop {
        let stored = store::list_after(&mut conn, after, RESEALED_AT_ONCE).await?;
        let Some((last, _)) = stored.last() else { return Ok(()) };
        after = Some(*last);
        for (id, stored) in stored {
            let Some(bytes) = stored.secret else { continue };
            let sealed = Sealed { bytes, is_sealed: stored.is_sealed };
            if let Some(new) = app.keys.vault().reseal(PURPOSE, &id.to_string(), &sealed)? {
                store::save_secret(&mut conn, id, &sealed.bytes, (&new.bytes, new.is_sealed)).await?;
            }
        }
    }
}

/// The time step of a one-time password around the present one; none if it is not a valid one.
pub(super) fn matching_step(app: &App, id: StaffUserId, stored: StoredTotp, code: &str) -> ServiceResult<Option<i64>> {
    let Some(bytes) = stored.secret else { return Ok(None) };
    let sealed = Sealed { bytes, is_sealed: stored.is_sealed };
    let secret = app.keys.vault().open(PURPOSE, &id.to_string(), &sealed)?;
    let now = app.clock.now().timestamp().try_into().or_internal("read the time for a TOTP code")?;
    let step = totp(secret, "")?.check(code.trim(), now);
    step.map(|step| step.try_into().or_internal("store a time step")).transpose()
}

pub(super) fn totp(secret: Vec<u8>, account: &str) -> ServiceResult<Totp> {
    let builder = Builder::new().with_secret(Secret::from(secret)).with_account_name(account);
    builder.with_issuer(Some(ISSUER)).build().or_internal("use a TOTP secret")
}

/// New recovery codes with their digests.
pub(super) fn new_recovery_codes() -> (Vec<String>, Vec<Digest>) {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    let digests = codes.iter().map(|code| recovery_digest(code)).collect();
    (codes, digests)
}

/// A code such as `abcde-fghij-klmno-pqrst`.
fn recovery_code() -> String {
    let letters = Secret::from(secrets::random().to_vec()).to_base32().to_ascii_lowercase();
    let letters: Vec<char> = letters.chars().take(RECOVERY_CODE_LENGTH).collect();
    let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// The stored digest of a code, whatever its case, spaces and hyphens.
fn recovery_digest(code: &str) -> Digest {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    secrets::digest(plain.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_code_is_accepted_however_it_is_typed() {
        let code = recovery_code();
        assert_eq!(code.len(), RECOVERY_CODE_LENGTH + 3);
        let typed = format!(" {} ", code.to_uppercase().replace('-', " "));
        assert_eq!(recovery_digest(&typed), recovery_digest(&code));
        assert_ne!(recovery_digest(&recovery_code()), recovery_digest(&code));
    }
}
