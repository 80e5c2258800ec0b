//! API tokens of integrations.

use super::{Digest, StaffError};
use crate::{
    Timestamp,
    access::{Grants, Permissions},
    ids::{ApiTokenId, StaffUserId},
};

const MAX_NAME: usize = 100;

/// An API token of an integration. The secret is shown once; only its digest is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Global id.
    pub id: ApiTokenId,
    /// Name shown to staff.
    pub name: String,
    /// Permissions granted to the token; see [`ApiToken::effective`].
    pub permissions: Permissions,
    /// SHA-256 digest of the secret.
    pub digest: Digest,
    /// Staff member who created the token.
    pub created_by: StaffUserId,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time when the token expires; None if it does not expire.
    pub expires_at: Option<Timestamp>,
    /// Time of the last use, accurate to a few minutes; None if the token was never used.
    pub last_used_at: Option<Timestamp>,
    /// Time when the token was revoked; None if it was not.
    pub revoked_at: Option<Timestamp>,
}

/// The reason why a token cannot be created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApiTokenError {
    /// The name is empty, too long, or contains control characters.
    #[error("a token needs a name of 1 to {MAX_NAME} characters")]
    InvalidName,
    /// The token has no permissions.
    #[error("a token needs at least one permission")]
    NoPermissions,
    /// The token would hold permissions that its creator lacks.
    #[error("you may not grant a token permissions that you do not hold")]
    MoreThanOwn,
    /// The expiry time is not in the future.
    #[error("the expiry of a token must be in the future")]
    AlreadyExpired,
}

/// The status of an API token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiTokenStatus {
    /// The token is valid.
    Active,
    /// The token has expired.
    Expired,
    /// A staff member revoked the token.
    Revoked,
}

impl ApiToken {
    /// Creates a token for a staff member who holds the permissions `own`.
    ///
    /// # Errors
    /// [`ApiTokenError`] if the name, the permissions or the expiry are not valid.
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

    /// The status at a point in time.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> ApiTokenStatus {
        match (self.revoked_at, self.expires_at) {
            (Some(_), _) => ApiTokenStatus::Revoked,
            (None, Some(end)) if end <= now => ApiTokenStatus::Expired,
            _ => ApiTokenStatus::Active,
        }
    }

    /// The effective permissions: those of the token that its creator still holds, in the channels where they hold.
    #[must_use]
    pub fn effective(&self, creator: &Grants) -> Grants {
        creator.restricted_to(self.permissions)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::subsequence};

    use super::*;
    use crate::{access::Permission, ids::ChannelId};

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
                    let later = Grants { everywhere: later, ..Grants::default() };
                    prop_assert!(later.everywhere.includes(token.effective(&later).anywhere()));
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
    fn a_token_keeps_the_channels_of_its_maker() {
        let channel = ChannelId::new();
        let wanted = [Permission::OrdersWrite].into_iter().collect();
        let mut grants = Grants::default();
        grants.limited.add(&[channel], wanted);
        let token = issue(grants.anywhere(), wanted).unwrap();
        let effective = token.effective(&grants);
        assert_eq!(effective.everywhere, Permissions::NONE);
        assert_eq!(effective.limited.channels_with(Permission::OrdersRead), vec![channel]);
    }

    #[test]
    fn revoked_and_expired_tokens_are_not_active() {
        let mut token = issue(Permissions::all(), Permissions::all()).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(token.status(now), ApiTokenStatus::Active);
        token.expires_at = Some(now);
        assert_eq!(token.status(now), ApiTokenStatus::Expired);
        token.revoked_at = Some(now);
        assert_eq!(token.status(now), ApiTokenStatus::Revoked);
    }
}
