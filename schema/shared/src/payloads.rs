//! Payloads of mutations.

use async_graphql::{Enum, SimpleObject};

/// Additional information about a mutation that succeeded.
#[derive(Debug, Clone, SimpleObject)]
pub struct Warning {
    /// Code of the warning, for programs.
    pub code: WarningCode,
    /// Text of the warning, for people.
    pub message: String,
    /// Path inside `input` that the warning is about; null if it is about the whole input.
    pub field: Option<Vec<String>>,
}

/// The kinds of warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum WarningCode {
    /// Fewer units are available than the cart contains.
    LowStock,
    /// A discount code was kept but does not reduce anything now.
    DiscountCodeNotApplicable,
    /// The object was already in the requested state; nothing changed.
    NothingChanged,
}

/// A payload that [`payloads!`](crate::payloads) defines.
pub trait Payload: Sized {
    /// The objects of the payload, in the order of its fields.
    type Objects;
    /// The user error of the mutation.
    type UserError;

    /// The payload of a mutation that succeeded.
    fn success(objects: Self::Objects, warnings: Vec<Warning>) -> Self;

    /// The payload of a mutation that changed nothing.
    fn failure(user_errors: Vec<Self::UserError>) -> Self;
}

/// Defines the payloads of mutations with the same user error: nullable objects, `userErrors` and `warnings`.
///
/// ```ignore
/// payloads! {
///     errors OrderUserError;
///
///     "orderCancel" => OrderCancelPayload {
///         /// The order after the change; null if nothing was changed.
///         order: Order,
///     }
/// }
/// ```
/// Mutations that return the same objects share one definition: `["cartCreate" => CartCreatePayload, …] { cart: Cart }`.
/// Create a value with `OrderCancelPayload::done(order)`, `::refused(vec![error])`, or as a struct.
#[macro_export]
macro_rules! payloads {
    (errors $error:ident; $($mutation:literal => $payload:ident $objects:tt)+) => {
        $($crate::payloads!(@define $error, $mutation, $payload, $objects);)+
    };
    (errors $error:ident; [$($mutation:literal => $payload:ident),+ $(,)?] $objects:tt) => {
        $($crate::payloads!(@define $error, $mutation, $payload, $objects);)+
    };
    (
        @define $error:ident, $mutation:literal, $payload:ident,
        { $($(#[$meta:meta])* $field:ident: $type:ty),* $(,)? }
    ) => {
        #[doc = concat!("Payload of `", $mutation, "`.")]
        #[derive(async_graphql::SimpleObject)]
        pub struct $payload {
            $($(#[$meta])* pub $field: Option<$type>,)*
            /// User errors of the mutation; empty on success.
            pub user_errors: Vec<$error>,
            /// Additional information about a mutation that succeeded.
            pub warnings: Vec<$crate::Warning>,
        }

        impl $payload {
            /// The payload of a mutation that succeeded.
            pub fn done($($field: $type),*) -> Self {
                Self { $($field: Some($field),)* user_errors: Vec::new(), warnings: Vec::new() }
            }

            /// The payload of a mutation that changed nothing.
            pub fn refused(user_errors: Vec<$error>) -> Self {
                Self { $($field: None,)* user_errors, warnings: Vec::new() }
            }
        }

        impl $crate::Payload for $payload {
            type Objects = ($($type,)*);
            type UserError = $error;

            fn success(($($field,)*): Self::Objects, warnings: Vec<$crate::Warning>) -> Self {
                Self { warnings, ..Self::done($($field),*) }
            }

            fn failure(user_errors: Vec<$error>) -> Self {
                Self::refused(user_errors)
            }
        }
    };
}
