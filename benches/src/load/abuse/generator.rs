//! Generates valid root fields that do as much work as possible.

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom, seq::SliceRandom};

use super::{
    pools::Pools,
    schema::{Field, Input, Schema},
};

/// The maximum depth of generated selections.
const DEPTH: u32 = 8;

/// The root fields of mutations that are worth repeating: they read and change large carts. Others would end the carts.
const MUTATIONS: [&str; 6] = [
    "cartCreate",
    "cartLinesAdd",
    "cartDiscountCodesUpdate",
    "cartNoteUpdate",
    "cartBuyerUpdate",
    "cartAddressesUpdate",
];

/// A root field with its selection, which a document repeats under aliases.
#[derive(Clone)]
pub struct RootField {
    /// `query` or `mutation`.
    pub kind: &'static str,
    /// The field with arguments and selection.
    pub text: String,
}

impl RootField {
    /// The document that contains the field this often.
    pub fn document(&self, times: usize) -> String {
        let fields: Vec<String> = (0..times).map(|at| format!("a{at}: {}", self.text)).collect();
        format!("{} Abuse {{ {} }}", self.kind, fields.join(" "))
    }
}

/// Generates root fields from a seed.
pub struct Generator<'a> {
    schema: &'a Schema,
    pools: &'a Pools,
    random: StdRng,
}

impl<'a> Generator<'a> {
    /// A generator; the same seed generates the same fields for the same shop.
    pub fn new(schema: &'a Schema, pools: &'a Pools, seed: u64) -> Self {
        Self { schema, pools, random: StdRng::seed_from_u64(seed) }
    }

    /// A random root field.
    pub fn root_field(&mut self) -> Option<RootField> {
        let is_mutation = self.random.random_ratio(1, 6);
        let (kind, root) = if is_mutation { ("mutation", "Mutation") } else { ("query", "Query") };
        let fields = self.schema.objects.get(root)?.iter();
        let usable: Vec<&Field> =
            fields.filter(|field| !is_mutation || MUTATIONS.contains(&field.name.as_str())).collect();
        let field = usable.choose(&mut self.random).copied()?;
        Some(RootField { kind, text: self.field(field, DEPTH) })
    }

    /// A field with arguments and selection.
    fn field(&mut self, field: &Field, depth: u32) -> String {
        let arguments = self.arguments(field);
        let selection =
            if self.schema.is_composite(&field.named) { self.selection(&field.named, depth) } else { String::new() };
        format!("{}{arguments} {selection}", field.name)
    }

    fn selection(&mut self, ty: &str, depth: u32) -> String {
        let schema = self.schema;
        let mut parts = vec!["__typename".to_owned()];
        for possible in schema.possible.get(ty).into_iter().flatten() {
            if self.random.random_ratio(1, 2) {
                parts.push(format!("... on {possible} {}", self.selection(possible, depth.saturating_sub(1))));
            }
        }
        let mut fields: Vec<&Field> = schema.objects.get(ty).into_iter().flatten().collect();
        fields.shuffle(&mut self.random);
        // Few fields make room for deep or repeated ones; all fields find the most expensive object.
        let most = if self.random.random_ratio(1, 6) { fields.len() } else { self.random.random_range(1..=4) };
        for field in fields.into_iter().take(most) {
            if depth > 0 || !schema.is_composite(&field.named) {
                parts.push(self.field(field, depth.saturating_sub(1)));
            }
        }
        format!("{{ {} }}", parts.join(" "))
    }

    /// The arguments of a field in parentheses. Optional ones are given at random, but page sizes always.
    fn arguments(&mut self, field: &Field) -> String {
        let is_by_slug = self.random.random_ratio(1, 2);
        let mut given = Vec::new();
        for argument in &field.arguments {
            let is_given = match argument.name.as_str() {
                "first" => true,
                "after" | "before" | "last" | "token" => false,
                // Either of them names the object.
                "slug" => is_by_slug,
                "id" => !is_by_slug || argument.is_required,
                _ => argument.is_required || self.random.random_ratio(1, 2),
            };
            if is_given {
                given.push(format!("{}: {}", argument.name, self.value(&field.name, argument, 0)));
            }
        }
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }

    fn value(&mut self, field: &str, input: &Input, depth: u32) -> String {
        if !input.is_list {
            return self.single(field, input, depth);
        }
        let most = match input.name.as_str() {
            "lines" => *[1, 500].choose(&mut self.random).unwrap_or(&1),
            "ids" => return self.ids(),
            "codes" | "discountCodes" => 10,
            _ => self.random.random_range(1..=20),
        };
        let entries: Vec<String> = (0..most).map(|_| self.single(field, input, depth)).collect();
        format!("[{}]", entries.join(", "))
    }

    /// A hundred ids: of one cart, of all carts, of products, or of everything.
    fn ids(&mut self) -> String {
        let pools = self.pools;
        let ids: Vec<&String> = match self.random.random_range(0..4) {
            0 => pools.carts.iter().take(1).cycle().take(100).collect(),
            1 => pools.carts.iter().collect(),
            2 => pools.products.iter().take(100).collect(),
            _ => pools.carts.iter().chain(&pools.products).take(100).collect(),
        };
        format!("{ids:?}")
    }

    fn single(&mut self, field: &str, input: &Input, depth: u32) -> String {
        if let Some(values) = self.schema.enums.get(&input.named) {
            return values.choose(&mut self.random).cloned().unwrap_or_default();
        }
        if let Some(fields) = self.schema.inputs.get(&input.named) {
            return self.object(field, fields, depth);
        }
        match (input.named.as_str(), input.name.as_str()) {
            ("Int", "first") => (*[1, 8, 20, 100].choose(&mut self.random).unwrap_or(&100)).to_string(),
            ("Int", "depth") => "10".to_owned(),
            ("Int" | "Float", _) => self.random.random_range(1..=3).to_string(),
            ("Boolean", _) => self.random.random_bool(0.5).to_string(),
            ("ID", name) => format!("{:?}", self.id(field, name)),
            ("CountryCode", _) => "\"DE\"".to_owned(),
            ("CurrencyCode", _) => "\"EUR\"".to_owned(),
            ("Decimal", _) => "\"10.00\"".to_owned(),
            ("DateTime", _) => "\"2026-01-01T00:00:00Z\"".to_owned(),
            (_, "slug" | "category") => format!("{:?}", self.slug(field)),
            (_, "codes" | "discountCodes") => format!("\"CODE{}\"", self.random.random_range(0..1_000)),
            _ => format!("{:?}", self.pools.word(&mut self.random)),
        }
    }

    fn object(&mut self, field: &str, fields: &[Input], depth: u32) -> String {
        let mut given = Vec::new();
        for input in fields {
            // A request with a key or version changes a cart only once.
            let is_once = matches!(input.name.as_str(), "idempotencyKey" | "expectedVersion");
            let is_wanted = depth < 2 && !is_once && self.random.random_ratio(1, 2);
            if input.is_required || is_wanted {
                given.push(format!("{}: {}", input.name, self.value(field, input, depth + 1)));
            }
        }
        format!("{{ {} }}", given.join(", "))
    }

    fn id(&mut self, field: &str, name: &str) -> String {
        let pool = match (field, name) {
            (_, "variantId") => &self.pools.variants,
            ("product", _) => &self.pools.products,
            _ => &self.pools.carts,
        };
        pool.choose(&mut self.random).cloned().unwrap_or_default()
    }

    fn slug(&mut self, field: &str) -> String {
        let pool = if field == "product" { &self.pools.slugs } else { &self.pools.categories };
        pool.choose(&mut self.random).cloned().unwrap_or_default()
    }
}
