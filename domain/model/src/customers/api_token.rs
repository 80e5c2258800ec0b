//! Tokens of integrations.

use super::{Digest, StaffError};
use crate::{
    Timestamp,
    access::Permissions,
    ids::{ApiTokenId, StaffUserId},
};

const MAX_NAME: usize = 100;

/// A token of an integration; the secret itself is shown once and kept only as a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Identifier.
    pub id: ApiTokenId,
    /// What staff call it.
    pub name: String,
    /// What it was given.
    pub permissions: Permissions,
    /// Digest of the secret.
    pub digest: Digest,
    /// The member of staff who made it.
    pub created_by: StaffUserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it works; for ever without.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to within some minutes.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// The token cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApiTokenError {
    /// A token needs a name that fits a line.
    #[error("a token needs a name of 1 to {MAX_NAME} characters")]
    InvalidName,
    /// A token without permissions could do nothing.
    #[error("a token needs at least one permission")]
    NoPermissions,
    /// A token can never do more than whoever makes it.
    #[error("you may not give a token permissions that you do not hold")]
    MoreThanOwn,
    /// It would be over before it begins.
    #[error("the end of a token lies in the future")]
    AlreadyExpired,
}

/// Whether a token works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiTokenStatus {
    /// It works.
    Active,
    /// Its time is over.
    Expired,
    /// Somebody revoked it.
    Revoked,
}

impl ApiToken {
    /// A new token of a member of staff who holds `own`.
    ///
    /// # Errors
    /// [`ApiTokenError`] when it has no proper name, no permission, or more than its maker.
    pub fn issue(
        (staff, own): (StaffUserId, Permissions),
        name: &str,
        permissions: Permissions,
        expires_at: Option<Timestamp>,
        digest: Digest,
        now: Timestamp,
    ) -> Result<Self, ApiTokenError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(ApiTokenError::InvalidName);
        }
        if permissions == Permissions::NONE {
            return Err(ApiTokenError::NoPermissions);
        }
        StaffError::check_grant(own, permissions).map_err(|_| ApiTokenError::MoreThanOwn)?;
        if expires_at.is_some_and(|end| end <= now) {
            return Err(ApiTokenError::AlreadyExpired);
        }
        Ok(Self {
            id: ApiTokenId::new(),
            name: name.to_owned(),
            permissions,
            digest,
            created_by: staff,
            created_at: now,
            expires_at,
            last_used_at: None,
            revoked_at: None,
        })
    }

    /// Whether it works now.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> ApiTokenStatus {
        match (self.revoked_at, self.expires_at) {
            (Some(_), _) => ApiTokenStatus::Revoked,
            (None, Some(end)) if end <= now => ApiTokenStatus::Expired,
            _ => ApiTokenStatus::Active,
        }
    }

    /// What it may do now: what it was given, as far as its maker still holds it.
    #[must_use]
    pub fn effective(&self, maker: Permissions) -> Permissions {
        self.permissions.iter().filter(|permission| maker.contains(*permission)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::subsequence};

    use super::*;
    use crate::access::Permission;

    fn issue(own: Permissions, wanted: Permissions) -> Result<ApiToken, ApiTokenError> {
        let maker = (StaffUserId::new(), own);
        ApiToken::issue(maker, "erp", wanted, None, Digest::restore([0; 32]), Timestamp::UNIX_EPOCH)
    }

    fn some_permissions() -> impl Strategy<Value = Permissions> {
        subsequence(Permission::ALL, 0..Permission::ALL.len()).prop_map(|some| some.into_iter().collect())
    }

    proptest! {
        #[test]
        fn a_token_never_holds_more_than_its_maker(own in some_permissions(), wanted in some_permissions(), later in some_permissions()) {
            match issue(own, wanted) {
                Ok(token) => {
                    prop_assert!(own.includes(token.permissions));
                    prop_assert!(later.includes(token.effective(later)));
                }
                Err(ApiTokenError::NoPermissions) => prop_assert_eq!(wanted, Permissions::NONE),
                Err(error) => {
                    prop_assert_eq!(error, ApiTokenError::MoreThanOwn);
                    prop_assert!(!own.includes(wanted));
                }
            }
        }
    }

    #[test]
    fn a_revoked_or_expired_token_is_not_active() {
        let mut token = issue(Permissions::all(), Permissions::all()).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(token.status(now), ApiTokenStatus::Active);
        token.expires_at = Some(now);
        assert_eq!(token.status(now), ApiTokenStatus::Expired);
        token.revoked_at = Some(now);
        assert_eq!(token.status(now), ApiTokenStatus::Revoked);
    }
}
