//! Inputs of customer queries and mutations.

use async_graphql::{ID, InputObject, OneofObject};
use chrono::{DateTime, Utc};
use model::customers::{self, CustomerSortKey};
use schema_shared::{AddressInput, SortDirection};

/// Conditions for a list of customers; all given conditions must be met.
#[derive(InputObject, Default)]
pub struct CustomerFilter {
    /// Start of an email address, a given name or a family name. Upper and lower case are equal.
    #[graphql(validator(chars_max_length = 300))]
    query: Option<String>,
    /// Tags that the customers have, all of them; any customers if empty. At most 20.
    #[graphql(default, validator(max_items = 20))]
    tags: Vec<String>,
    /// Slug of a customer group of the customers. An unknown group has no customers.
    group: Option<String>,
    /// Accounts created at this time or later.
    created_after: Option<DateTime<Utc>>,
    /// Accounts created before this time.
    created_before: Option<DateTime<Utc>>,
    /// Accounts changed at this time or later.
    updated_after: Option<DateTime<Utc>>,
    /// Accounts changed before this time.
    updated_before: Option<DateTime<Utc>>,
}

impl From<CustomerFilter> for customers::CustomerFilter {
    fn from(filter: CustomerFilter) -> Self {
        let CustomerFilter { query, tags, group, created_after, created_before, updated_after, updated_before } =
            filter;
        Self { query, tags, group, created_after, created_before, updated_after, updated_before }
    }
}

/// Order of a list of customers. Customers with equal times are ordered by their ids.
#[derive(InputObject)]
pub struct CustomerSort {
    /// Key of the order.
    key: CustomerSortKey,
    /// Direction of the order.
    #[graphql(default)]
    direction: SortDirection,
}

impl From<CustomerSort> for customers::CustomerSort {
    fn from(sort: CustomerSort) -> Self {
        Self { key: sort.key, direction: sort.direction.into() }
    }
}

/// Input of `customerCreate`.
#[derive(InputObject)]
pub struct CustomerCreateInput {
    /// Email address of the account. It counts as not verified until the customer uses the invitation.
    pub email: String,
    /// Given name of the customer.
    pub first_name: Option<String>,
    /// Family name of the customer.
    pub last_name: Option<String>,
    /// Phone number of the customer.
    pub phone: Option<String>,
    /// Preferred language as a BCP 47 tag.
    pub locale: Option<String>,
    /// True if the customer agreed to receive marketing emails.
    pub accepts_marketing: Option<bool>,
    /// VAT identification number of a business, such as `DE136695976`.
    pub vat_id: Option<String>,
    /// True if the customer pays no taxes.
    pub is_tax_exempt: Option<bool>,
    /// Note of staff, which the customer does not see; at most 5,000 characters.
    pub note: Option<String>,
    /// Tags of staff, which the customer does not see; at most 50 of 1 to 100 characters.
    pub tags: Option<Vec<String>>,
    /// Slugs of the customer groups, at most 100.
    #[graphql(default)]
    pub groups: Vec<String>,
    /// True to send an email with a token to choose a password, as `customerInvite` does.
    #[graphql(default)]
    pub invite: bool,
}

/// Input of `customerUpdate`. Absent fields stay unchanged.
#[derive(InputObject)]
pub struct CustomerUpdateInput {
    /// Global id of the customer.
    pub id: ID,
    /// New email address. It takes effect at once and counts as not verified; the sessions of the customer end, and the
    /// former address gets a notice.
    pub email: Option<String>,
    /// Given name of the customer.
    pub first_name: Option<String>,
    /// Family name of the customer.
    pub last_name: Option<String>,
    /// Phone number of the customer; an empty text clears it.
    pub phone: Option<String>,
    /// Preferred language as a BCP 47 tag.
    pub locale: Option<String>,
    /// True if the customer agrees to receive marketing emails.
    pub accepts_marketing: Option<bool>,
    /// VAT identification number of a business, such as `DE136695976`; an empty text clears it.
    pub vat_id: Option<String>,
    /// True if the customer pays no taxes.
    pub is_tax_exempt: Option<bool>,
    /// Note of staff, which the customer does not see; at most 5,000 characters. An empty text removes it.
    pub note: Option<String>,
    /// Tags of staff, which the customer does not see; they replace the present ones. At most 50 of 1 to 100 characters.
    pub tags: Option<Vec<String>>,
    /// Slugs of the customer groups, at most 100; they replace the present ones.
    pub groups: Option<Vec<String>>,
}

/// Input of `customerInvite`.
#[derive(InputObject)]
pub struct CustomerInviteInput {
    /// Global id of the customer.
    pub id: ID,
}

/// Input of `customerAddressCreate`.
#[derive(InputObject)]
pub struct CustomerAddressCreateInput {
    /// Global id of the customer.
    pub customer_id: ID,
    /// Address to add to the address book.
    pub address: AddressInput,
    /// True to make it the default shipping address of new carts. The first address always is.
    #[graphql(default)]
    pub is_default_shipping: bool,
    /// True to make it the default billing address of new carts. The first address always is.
    #[graphql(default)]
    pub is_default_billing: bool,
}

/// Input of `customerAddressUpdate`.
#[derive(InputObject)]
pub struct CustomerAddressUpdateInput {
    /// Global id of the customer.
    pub customer_id: ID,
    /// Global id of the entry in the address book.
    pub id: ID,
    /// New address, which replaces the present one completely.
    pub address: AddressInput,
    /// True to make it the default shipping address of new carts.
    #[graphql(default)]
    pub is_default_shipping: bool,
    /// True to make it the default billing address of new carts.
    #[graphql(default)]
    pub is_default_billing: bool,
}

/// Input of `customerAddressDelete`.
#[derive(InputObject)]
pub struct CustomerAddressDeleteInput {
    /// Global id of the customer.
    pub customer_id: ID,
    /// Global id of the entry in the address book.
    pub id: ID,
}

/// Reference to a person whose data is exported or erased.
#[derive(OneofObject)]
pub enum PersonInput {
    /// Global id of the customer.
    Id(ID),
    /// Email address of an account, or of a guest who placed orders.
    Email(String),
}

/// Input of `customerDataExport`.
#[derive(InputObject)]
pub struct CustomerDataExportInput {
    /// Person whose data is exported.
    pub person: PersonInput,
}

/// Input of `customerErase`.
#[derive(InputObject)]
pub struct CustomerEraseInput {
    /// Person to erase.
    pub person: PersonInput,
}

/// Input of `customerGroupPut`.
#[derive(InputObject)]
pub struct CustomerGroupPutInput {
    /// Slug of the group for promotions and integrations. An existing group with this slug is renamed.
    pub slug: String,
    /// Name of the group for people.
    pub name: String,
}

/// Input of `customerGroupDelete`.
#[derive(InputObject)]
pub struct CustomerGroupDeleteInput {
    /// Global id of the customer group.
    pub id: ID,
}
