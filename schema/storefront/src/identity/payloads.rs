//! What changes of accounts answer.

use async_graphql::ID;
use schema_shared::{Session, payload};

use super::{Customer, CustomerAddress, CustomerUserError};

payload! {
    /// The answer to a registration; the same whether or not the address has an account.
    CustomerRegisterPayload {
        /// Where a mail is on its way to.
        email: String,
    } errors CustomerUserError
}
payload! {
    /// The answer to a mailed token.
    CustomerEmailVerifyPayload {
        /// The account, opened or moved to its new address.
        customer: Customer,
    } errors CustomerUserError
}
payload! {
    /// The answer to a login.
    CustomerLoginPayload {
        /// The new session.
        session: Session,
        /// Who logged in.
        customer: Customer,
    } errors CustomerUserError
}
payload! {
    /// The answer to a refresh.
    SessionRefreshPayload {
        /// The session with its next pair of tokens.
        session: Session,
    } errors CustomerUserError
}
payload! {
    /// The answer to a logout.
    CustomerLogoutPayload {
        /// Whether the session is over now; also true when it was before.
        is_logged_out: bool,
    } errors CustomerUserError
}
payload! {
    /// The answer to a request for a new password; the same whether or not the address has an account.
    CustomerPasswordResetRequestPayload {
        /// Where a mail is on its way to, if there is an account.
        email: String,
    } errors CustomerUserError
}
payload! {
    /// The answer to a new password.
    CustomerPasswordResetPayload {
        /// A new session; every older one is over.
        session: Session,
        /// Whose password it is.
        customer: Customer,
    } errors CustomerUserError
}
payload! {
    /// The account after the change.
    CustomerUpdatePayload {
        /// The account.
        customer: Customer,
        /// A new session when the password was changed, because every older one is over then; else null.
        session: Session,
    } errors CustomerUserError
}
payload! {
    /// The new address.
    CustomerAddressCreatePayload {
        /// The address.
        address: CustomerAddress,
    } errors CustomerUserError
}
payload! {
    /// The changed address.
    CustomerAddressUpdatePayload {
        /// The address.
        address: CustomerAddress,
    } errors CustomerUserError
}
payload! {
    /// The deleted address.
    CustomerAddressDeletePayload {
        /// The id that the address had.
        deleted_id: ID,
    } errors CustomerUserError
}
payload! {
    /// Everything that is held about the customer.
    CustomerDataExportPayload {
        /// A JSON document.
        json: String,
    } errors CustomerUserError
}
payload! {
    /// The answer to an erasure.
    CustomerErasePayload {
        /// Id of the erased account. Orders keep the contact data and addresses that they were placed with.
        erased_id: ID,
    } errors CustomerUserError
}
