//! Converts paths of variants in a product to paths in the input that it was made from.

use model::catalog::{Product, Violation};

use crate::catalog::{CatalogError, CatalogRefused};

/// The places of a product's variants in an input.
pub(super) struct Locator {
    /// The index in the input, and the SKU, of each variant of the product.
    variants: Vec<(Option<usize>, String)>,
}

impl Locator {
    /// `sources` has the index in the input of each variant; it is empty if the input has no variants.
    pub(super) fn new(sources: &[Option<usize>], product: &Product) -> Self {
        let skus = product.variants.iter().map(|variant| variant.sku.clone());
        Self { variants: sources.iter().copied().zip(skus).collect() }
    }

    /// The violation with the path in the input. A variant that the input does not mention is named by its SKU.
    pub(super) fn locate(&self, violation: Violation) -> Violation {
        let Violation { code, mut field, message } = violation;
        let place = match field.as_slice() {
            [list, at, ..] if list == "variants" => at.parse::<usize>().ok().and_then(|at| self.variants.get(at)),
            _ => None,
        };
        match place {
            Some((Some(source), _)) => {
                if let Some(at) = field.get_mut(1) {
                    *at = source.to_string();
                }
                Violation { code, field, message }
            }
            Some((None, sku)) => {
                Violation { code, field: vec!["variants".to_owned()], message: format!("{sku}: {message}") }
            }
            None => Violation { code, field, message },
        }
    }

    /// The error with the paths in the input.
    pub(super) fn locate_error(&self, error: CatalogError) -> CatalogError {
        match error {
            CatalogError::Rule(CatalogRefused(violations)) => {
                CatalogRefused(violations.into_iter().map(|one| self.locate(one)).collect()).into()
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use model::{
        catalog::{CatalogErrorCode, Variant},
        fixtures,
    };

    use super::*;

    #[test]
    fn paths_lead_to_the_input() {
        let variants: Vec<Variant> = ["A", "B", "C"].into_iter().map(fixtures::variant).collect();
        let product = Product { variants, ..fixtures::product("tee".parse().unwrap()) };
        let locator = Locator::new(&[None, Some(1), Some(0)], &product);
        let located = |path: &str| {
            let found = locator.locate(Violation::at(CatalogErrorCode::Invalid, path, "wrong"));
            (found.field.join("."), found.message)
        };
        let expect = |path: &str, message: &str| (path.to_owned(), message.to_owned());
        assert_eq!(located("variants.2.prices.0.amount"), expect("variants.0.prices.0.amount", "wrong"));
        assert_eq!(located("variants.0.sku"), expect("variants", "A: wrong"));
        assert_eq!(located("name"), expect("name", "wrong"));
        assert_eq!(located("variants"), expect("variants", "wrong"));
    }
}
