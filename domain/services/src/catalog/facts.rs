//! The values of catalog objects as the audit log shows them: SKUs and channel slugs instead of ids, amounts as text.

use std::collections::HashMap;

use model::{
    Money,
    audit::{Change, changed, created, deleted},
    settings::Settings,
};
use persistence::inventory::FlagChange;
use serde_json::{Map, Value, json};

/// Fields that every write changes, or that follow from other fields.
const DERIVED: [&str; 7] = ["version", "created_at", "updated_at", "former_slugs", "former_places", "is_closing", "id"];

/// The changes between two bodies of a document; one is missing if the object was created or deleted.
pub(super) fn changes(settings: &Settings, before: Option<&Value>, after: Option<&Value>) -> Vec<Change> {
    // A variant keeps its label if its SKU changes, so that this is a change of one value.
    let mut labels = HashMap::new();
    for body in [after, before].into_iter().flatten() {
        labels.extend(skus(body));
    }
    let shown = Shown { labels, settings };
    match (before.map(|body| shown.object(body)), after.map(|body| shown.object(body))) {
        (Some(before), Some(after)) => changed(&before, &after),
        (None, Some(after)) => created(&after),
        (Some(before), None) => deleted(&before),
        (None, None) => Vec::new(),
    }
}

/// The changes of the inventory flags of a variant.
pub(super) fn flags(change: &FlagChange) -> Vec<Change> {
    let FlagChange { item, was_tracked, was_backorder } = change;
    let flags = |tracked, backorder| json!({ "is_tracked": tracked, "allows_backorder": backorder });
    let changes = changed(&flags(*was_tracked, *was_backorder), &flags(item.is_tracked, item.allows_backorder));
    let named = |one: Change| Change { path: format!("variants[{}].{}", item.sku, one.path), ..one };
    changes.into_iter().map(named).collect()
}

/// The SKUs of a product's variants by their ids.
fn skus(body: &Value) -> impl Iterator<Item = (String, String)> {
    let variants = body.get("variants").and_then(Value::as_array).into_iter().flatten();
    variants.filter_map(|variant| {
        let text = |field| variant.get(field)?.as_str().map(str::to_owned);
        Some((text("id")?, text("sku")?))
    })
}

struct Shown<'a> {
    labels: HashMap<String, String>,
    settings: &'a Settings,
}

impl Shown<'_> {
    fn object(&self, body: &Value) -> Value {
        let fields = body.as_object().into_iter().flatten().filter(|(name, _)| !DERIVED.contains(&name.as_str()));
        let shown = |(name, value): (&String, &Value)| {
            let value = match name.as_str() {
                "variants" => keyed(value, |variant| self.sku(variant), |variant| self.variant(variant)),
                "publications" => keyed(value, |one| self.channel(one), |one| without(one, "channel")),
                _ => value.clone(),
            };
            (name.clone(), value)
        };
        Value::Object(fields.map(shown).collect())
    }

    fn variant(&self, variant: &Value) -> Value {
        let mut shown = without(variant, "id");
        if let (Some(fields), Some(prices)) = (shown.as_object_mut(), variant.get("prices")) {
            let prices = keyed(prices, |price| self.place(price), |price| amounts(&without(price, "channel")));
            fields.insert("prices".to_owned(), prices);
        }
        shown
    }

    fn sku(&self, variant: &Value) -> String {
        let id = variant.get("id").and_then(Value::as_str).unwrap_or_default();
        self.labels.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// The slug of the channel of an object, or its id if the channel does not exist.
    fn channel(&self, of: &Value) -> String {
        let id = of.get("channel").and_then(Value::as_str).unwrap_or_default();
        let known = self.settings.channels.iter().find(|channel| channel.id.uuid().to_string() == id);
        known.map_or_else(|| id.to_owned(), |channel| channel.slug.to_string())
    }

    /// The channel and currency of a price.
    fn place(&self, price: &Value) -> String {
        let money = price.get("amount").and_then(money);
        let currency = money.map(|money| money.currency.to_string()).unwrap_or_default();
        format!("{} {currency}", self.channel(price))
    }
}

/// A list as an object with a field per element, such as `[TEE-M]`, which paths show as an index.
fn keyed(list: &Value, label: impl Fn(&Value) -> String, shown: impl Fn(&Value) -> Value) -> Value {
    let elements = list.as_array().into_iter().flatten();
    Value::Object(elements.map(|element| (format!("[{}]", label(element)), shown(element))).collect())
}

fn without(object: &Value, field: &str) -> Value {
    let fields = object.as_object().into_iter().flatten().filter(|(name, _)| *name != field);
    Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// A price with its amounts as decimals.
fn amounts(price: &Value) -> Value {
    let fields: Map<String, Value> = price
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), money(value).map_or_else(|| value.clone(), |it| it.to_decimal().into())))
        .collect();
    Value::Object(fields)
}

fn money(value: &Value) -> Option<Money> {
    serde_json::from_value(value.clone()).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::{
        Currency,
        catalog::{Price, Product, Variant},
        fixtures,
    };

    use super::*;

    fn body(product: &Product) -> Value {
        serde_json::to_value(product).unwrap()
    }

    #[test]
    fn prices_are_named_by_sku_channel_and_currency() {
        let channel = fixtures::channel("eu".parse().unwrap());
        let price = |minor| Price { channel: channel.id, amount: Money::new(minor, Currency::EUR), compare_at: None };
        let variant = Variant { prices: vec![price(1_700)], ..fixtures::variant("TEE-M") };
        let before = Product { variants: vec![variant], ..fixtures::product("tee".parse().unwrap()) };
        let mut after = before.clone();
        after.version += 1;
        after.variants[0].prices[0] = price(1_850);
        after.variants[0].sku = "TEE-L".to_owned();
        let settings = Settings { channels: vec![Arc::new(channel)], ..Settings::default() };

        let found = changes(&settings, Some(&body(&before)), Some(&body(&after)));
        let found: Vec<_> = found.into_iter().map(|one| (one.path, one.from, one.to)).collect();
        let text = |text: &str| Some(text.to_owned());
        assert!(found.contains(&("variants[TEE-M].prices[eu EUR].amount".to_owned(), text("17.00"), text("18.50"))));
        assert!(found.contains(&("variants[TEE-M].sku".to_owned(), text("TEE-M"), text("TEE-L"))));
        assert_eq!(found.len(), 2);
        assert!(changes(&settings, None, Some(&body(&before))).iter().any(|one| one.path == "name"));
        assert!(changes(&settings, Some(&body(&before)), None).iter().all(|one| one.to.is_none()));
    }
}
