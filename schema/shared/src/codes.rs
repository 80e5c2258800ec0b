//! Currencies and countries as GraphQL enums, built from the ISO tables of the model.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, InputType, InputValueError, InputValueResult, Name, OutputType, Positioned, ServerResult,
    Value,
    parser::types::Field,
    registry::{MetaEnumValue, MetaType, MetaTypeId, Registry},
};

/// An ISO 4217 currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurrencyCode(pub model::Currency);

/// An ISO 3166-1 country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountryCode(pub model::Country);

fn enum_type(name: &str, description: &str, values: impl Iterator<Item = (&'static str, String)>) -> MetaType {
    let entry = |(code, text): (&'static str, String)| {
        let mut value = MetaEnumValue::new(code);
        value.description = Some(text);
        (code.to_owned(), value)
    };
    MetaType::Enum {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        enum_values: values.map(entry).collect(),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

macro_rules! iso_enum {
    ($type:ident, $name:literal, $description:literal, $values:expr) => {
        impl $type {
            fn meta() -> MetaType {
                enum_type($name, $description, $values)
            }
        }

        impl InputType for $type {
            type RawValueType = Self;

            fn type_name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }

            fn create_type_info(registry: &mut Registry) -> String {
                registry.create_input_type::<Self, _>(MetaTypeId::Enum, |_| Self::meta())
            }

            fn parse(value: Option<Value>) -> InputValueResult<Self> {
                let value = value.unwrap_or_default();
                let text = match &value {
                    Value::Enum(name) => name.as_str(),
                    Value::String(text) => text.as_str(),
                    _ => return Err(InputValueError::expected_type(value)),
                };
                text.parse().map(Self).map_err(InputValueError::custom)
            }

            fn to_value(&self) -> Value {
                Value::Enum(Name::new(self.0.code()))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }
        }

        impl OutputType for $type {
            fn type_name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }

            fn create_type_info(registry: &mut Registry) -> String {
                registry.create_output_type::<Self, _>(MetaTypeId::Enum, |_| Self::meta())
            }

            async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
                Ok(Value::Enum(Name::new(self.0.code())))
            }
        }
    };
}

iso_enum!(
    CurrencyCode,
    "CurrencyCode",
    "A currency, by its ISO 4217 code.",
    model::Currency::all().into_iter().map(|currency| (currency.code(), format!("Code of {}.", currency.name())))
);
iso_enum!(
    CountryCode,
    "CountryCode",
    "A country or territory, by its ISO 3166-1 alpha-2 code.",
    model::Country::all().map(|country| (country.code(), format!("Code of {}.", country.name())))
);
