//! Checks of lists from the outside: pages in both directions, and totals, equal a naive list.

use model::Direction;
use serde_json::{Value, json};
use testkit::GraphqlClient;

/// A connection of the admin API with a filter and a sort order.
pub struct ListField {
    /// The root field.
    pub field: &'static str,
    /// The input type of its argument `filter`.
    pub filter: &'static str,
    /// The input type of its argument `sort`.
    pub sort: &'static str,
    /// The selection of a node.
    pub node: &'static str,
}

/// A list as it was read page by page.
#[derive(Debug, Clone, PartialEq)]
pub struct Walked {
    /// The nodes in display order.
    pub nodes: Vec<Value>,
    /// The total of the last page.
    pub total: Value,
}

impl ListField {
    fn query(&self) -> String {
        let Self { field, filter, sort, node } = self;
        format!(
            "query($filter: {filter}, $sort: {sort}, $first: Int, $after: String, $last: Int, $before: String) {{
                {field}(filter: $filter, sort: $sort, first: $first, after: $after, last: $last, before: $before) {{
                    totalCount nodes {{ {node} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        )
    }

    /// Reads a whole list in pages of `size`, from the start or from the end.
    ///
    /// # Panics
    /// If a page does not fit to the others, or is refused.
    pub async fn walk(
        &self,
        client: &GraphqlClient,
        (filter, sort): (&Value, &Value),
        direction: Direction,
        size: usize,
    ) -> Walked {
        let query = self.query();
        let (mut cursor, mut pages) = (Value::Null, Vec::new());
        loop {
            let bounds = match direction {
                Direction::Ascending => json!({ "first": size, "after": cursor }),
                Direction::Descending => json!({ "last": size, "before": cursor }),
            };
            let mut variables = json!({ "filter": filter, "sort": sort });
            variables.as_object_mut().unwrap().extend(bounds.as_object().unwrap().clone());
            let answer = client.gql(&query, variables).await.ok();
            let page = answer.at(&format!("/{}", self.field)).clone();
            let (edge, goes_on, came_from) = match direction {
                Direction::Ascending => ("endCursor", "hasNextPage", "hasPreviousPage"),
                Direction::Descending => ("startCursor", "hasPreviousPage", "hasNextPage"),
            };
            assert_eq!(page["pageInfo"][came_from], !pages.is_empty(), "{came_from} of {filter} {sort}");
            let nodes = page["nodes"].as_array().unwrap().clone();
            assert!(nodes.len() <= size, "a page has {size} entries");
            pages.push(nodes);
            if page["pageInfo"][goes_on] == false {
                if direction == Direction::Descending {
                    pages.reverse();
                }
                return Walked { nodes: pages.concat(), total: page["totalCount"].clone() };
            }
            assert!(pages.len() < 1_000, "{} does not end with {filter} {sort}", self.field);
            cursor = page["pageInfo"][edge].clone();
        }
    }

    /// Fails unless the list has exactly these nodes, read in both directions in small and large pages.
    ///
    /// # Panics
    /// If the list differs.
    pub async fn check(&self, client: &GraphqlClient, filter: &Value, sort: &Value, expected: &[Value]) {
        for (direction, size) in [
            (Direction::Ascending, 100),
            (Direction::Ascending, 3),
            (Direction::Descending, 4),
            (Direction::Descending, 100),
        ] {
            // Small pages of a long list only cost time.
            if expected.len() > 30 * size {
                continue;
            }
            let walked = self.walk(client, (filter, sort), direction, size).await;
            assert_eq!(walked.nodes, expected, "{} {direction:?} by {size}: {filter} {sort}", self.field);
            assert_eq!(walked.total, json!(expected.len()), "the total of {} with {filter}", self.field);
        }
    }
}

/// Reproducible choices for generated rows, filters and sort orders.
pub struct Choices(u64);

impl Choices {
    /// The choices of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }

    /// True in one of `one_in` cases.
    pub fn rarely(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    /// One of the values.
    pub fn pick<'a, T>(&mut self, values: &'a [T]) -> &'a T {
        &values[self.below(values.len())]
    }

    /// Some of the values, at most `most`, possibly none.
    pub fn some<T: Clone>(&mut self, values: &[T], most: usize) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| self.pick(values).clone()).collect()
    }
}
