//! The APIs that people log in to.

use model::{access::Actor, customers::Subject};

/// The API that a session is for. The other API accepts neither its access tokens nor its refresh tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Shoppers.
    Customers,
    /// Staff of the merchant.
    Staff,
}

impl Audience {
    pub(super) const fn has(self, subject: Subject) -> bool {
        matches!((self, subject), (Self::Customers, Subject::Customer(_)) | (Self::Staff, Subject::Staff(_)))
    }

    /// True unless the actor is logged in to the other API. API tokens are for both.
    #[must_use]
    pub const fn admits(self, actor: &Actor) -> bool {
        !matches!((self, actor), (Self::Customers, Actor::Staff { .. }) | (Self::Staff, Actor::Customer(_)))
    }
}
