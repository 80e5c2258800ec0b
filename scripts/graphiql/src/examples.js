// The tabs that a new visitor finds, over the facts of the demo shop.
import Inventory from './examples/Inventory.graphql';
import Orders from './examples/Orders.graphql';
import ReceiveStock from './examples/ReceiveStock.graphql';
import StaffLogin from './examples/StaffLogin.graphql';
import CartCreate from './examples/CartCreate.graphql';
import Navigation from '../../checks/operations/storefront/Navigation.graphql';
import CartPage from '../../checks/operations/storefront/CartPage.graphql';
import CartUpdated from './examples/CartUpdated.graphql';
import Listing from '../../checks/operations/storefront/Listing.graphql';
import ProductPage from '../../checks/operations/storefront/ProductPage.graphql';
import Search from '../../checks/operations/storefront/Search.graphql';

const tab = (query, variables, headers) => ({
  query: query.trim(),
  variables: variables && JSON.stringify(variables, null, 2),
  headers: headers && JSON.stringify(headers, null, 2),
});

const VARIANT = 'paste the id of a variant from ProductPage';
const CART = 'paste the id from CartCreate';
const STAFF = { authorization: 'Bearer paste the accessToken from StaffLogin' };

export const ENDPOINTS = [
  {
    name: 'storefront',
    path: '/graphql',
    tabs: [
      tab(ProductPage, { slug: 'classic-tee' }),
      tab(Listing, { category: 'clothing', first: 12, sort: { key: 'PRICE', direction: 'ASC' } }),
      tab(Search, { query: 'shirt', first: 10 }),
      tab(Navigation),
      tab(CartCreate, { variantId: VARIANT }),
      tab(CartPage, { id: CART }),
      tab(CartUpdated, { id: CART }),
    ],
  },
  {
    name: 'admin',
    path: '/admin/graphql',
    tabs: [
      tab(StaffLogin),
      tab(ReceiveStock, { sku: 'TEE-M-BLACK' }, STAFF),
      tab(Orders, {}, STAFF),
      tab(Inventory, { sku: 'LIMITED-PRINT' }, STAFF),
    ],
  },
];
