//! Keyset pagination: pages of a list that is ordered by its id, read with an index whatever page it is.

use diesel::{
    ExpressionMethods, QueryDsl,
    dsl::{Asc, Desc, Gt, Lt},
    expression::Expression,
    query_dsl::methods::{FilterDsl, LimitDsl, OrderDsl},
    sql_types,
};
use model::{Direction, GlobalId, PageRequest};
use uuid::Uuid;

/// The order of a list; ids sort by the time at which they were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListOrder {
    OldestFirst,
    NewestFirst,
}

/// Restricts a boxed query to the rows of one page, and one more row that shows that the list continues. Pass the rows
/// to [`model::Page::from_rows`].
pub(crate) fn page<Q, C, Id>(query: Q, id: C, request: &PageRequest<Id>, order: ListOrder) -> Q
where
    Id: GlobalId + Copy,
    C: ExpressionMethods + Expression<SqlType = sql_types::Uuid> + Copy,
    Q: QueryDsl
        + FilterDsl<Gt<C, Uuid>, Output = Q>
        + FilterDsl<Lt<C, Uuid>, Output = Q>
        + OrderDsl<Asc<C>, Output = Q>
        + OrderDsl<Desc<C>, Output = Q>
        + LimitDsl<Output = Q>,
{
    let is_ascending = (order == ListOrder::OldestFirst) == (request.direction == Direction::Ascending);
    let cursor = request.cursor.map(GlobalId::uuid);
    let query = match (is_ascending, cursor) {
        (true, Some(cursor)) => FilterDsl::filter(query, id.gt(cursor)),
        (false, Some(cursor)) => FilterDsl::filter(query, id.lt(cursor)),
        (_, None) => query,
    };
    let query = if is_ascending { OrderDsl::order(query, id.asc()) } else { OrderDsl::order(query, id.desc()) };
    LimitDsl::limit(query, request.limit())
}
