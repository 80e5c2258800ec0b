// A page of products that loads more, and a product that is fetched again by its id.
import { graphql } from 'react-relay';

export const query = graphql`
  query ListingPageQuery($category: String) {
    ...Listing_query @arguments(category: $category)
  }
`;

export const listing = graphql`
  fragment Listing_query on Query
  @argumentDefinitions(category: { type: "String" }, count: { type: "Int", defaultValue: 24 }, cursor: { type: "String" })
  @refetchable(queryName: "ListingPaginationQuery") {
    products(category: $category, first: $count, after: $cursor) @connection(key: "Listing_products") {
      edges {
        node {
          id
          ...Listing_product
        }
      }
    }
  }
`;

export const product = graphql`
  fragment Listing_product on Product @refetchable(queryName: "ListingProductRefetchQuery") {
    slug
    name
  }
`;
