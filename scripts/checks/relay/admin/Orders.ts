// A page of orders that loads more, and an order that is fetched again by its id.
import { graphql } from 'react-relay';

export const orders = graphql`
  fragment Orders_query on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "OrdersPaginationQuery") {
    orders(first: $count, after: $cursor) @connection(key: "Orders_orders") {
      edges {
        node {
          id
          ...Orders_order
        }
      }
    }
  }
`;

export const order = graphql`
  fragment Orders_order on Order @refetchable(queryName: "OrdersOrderRefetchQuery") {
    number
    status
  }
`;

export const query = graphql`
  query OrdersQuery {
    ...Orders_query
  }
`;
