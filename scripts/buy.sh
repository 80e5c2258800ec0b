#!/usr/bin/env bash
# Buys one classic T-shirt from a running demo shop, by the ten requests of the README, and waits until it is paid.
# Usage: scripts/buy.sh [base-url]
set -euo pipefail
base="${1:-http://127.0.0.1:8080}"

# gql PATH QUERY VARIABLES FILTER: posts the operation; any error or user error ends the script.
gql() {
  local answer
  answer="$(curl -sS "$base$1" -H 'content-type: application/json' ${token:+-H "authorization: Bearer $token"} \
    -d "$(jq -nc --arg query "$2" --argjson variables "$3" '{$query, $variables}')")"
  if jq -e '.errors or ([.data[]? | objects | .userErrors? // [] | .[]] | length > 0)' >/dev/null <<<"$answer"; then
    echo "refused: $answer" >&2
    return 1
  fi
  jq -r "$4" <<<"$answer"
}
token=""

gql /graphql '{ categoryTree(depth: 2) { slug children { slug } } }' '{}' '.data.categoryTree | "\(length) categories"'
gql /graphql '{ products(category: "clothing/tops", first: 5) { totalCount facets { slug values { value count } } nodes { slug } } }' '{}' \
  '.data.products | "\(.totalCount) tops"'
variant="$(gql /graphql '{ product(slug: "classic-tee") { variants(first: 50) { nodes { id sku } } } }' '{}' \
  '.data.product.variants.nodes[] | select(.sku == "TEE-M-NAVY") | .id')"
read -r cart secret < <(gql /graphql 'mutation($v: ID!) { cartCreate(input: { lines: [{ variantId: $v, quantity: 1 }] }) { cart { id token } userErrors { code message } } }' \
  "$(jq -nc --arg v "$variant" '{$v}')" '.data.cartCreate.cart | "\(.id) \(.token)"')
on_cart="$(jq -nc --arg c "$cart" '{$c}')"
gql /graphql 'mutation($c: ID!) { cartBuyerUpdate(input: { cartId: $c, email: "you@example.org", countryCode: DE }) { cart { version } userErrors { code message } } }' \
  "$on_cart" '"cart version \(.data.cartBuyerUpdate.cart.version)"'
group="$(gql /graphql 'mutation($c: ID!) { cartAddressesUpdate(input: { cartId: $c, shipping: { firstName: "Ada", lastName: "Lovelace", street1: "Unter den Linden 1", postalCode: "10117", city: "Berlin", countryCode: DE } }) { cart { deliveryGroups { id options { handle } } } userErrors { code message } } }' \
  "$on_cart" '.data.cartAddressesUpdate.cart.deliveryGroups[0].id')"
gql /graphql 'mutation($c: ID!, $g: ID!) { cartDeliveryOptionSelect(input: { cartId: $c, deliveryGroupId: $g, handle: "standard" }) { cart { cost { total { gross { amount currencyCode } } } problems { code } } userErrors { code message } } }' \
  "$(jq -nc --arg c "$cart" --arg g "$group" '{$c, $g}')" '.data.cartDeliveryOptionSelect.cart.cost.total.gross | "\(.amount) \(.currencyCode)"'
gql /graphql 'mutation($c: ID!, $k: String!) { cartPaymentCreate(input: { cartId: $c, method: CARD, token: "tok_success", idempotencyKey: $k }) { payment { id status gateway } userErrors { code message } } }' \
  "$(jq -nc --arg c "$cart" --arg k "buy-$cart" '{$c, $k}')" '.data.cartPaymentCreate.payment | "payment \(.status) at \(.gateway)"'
order="$(gql /graphql 'mutation($c: ID!) { cartComplete(input: { cartId: $c }) { order { id } userErrors { code message } } }' \
  "$on_cart" '.data.cartComplete.order.id')"
for _ in $(seq 100); do
  state="$(gql /graphql 'query($o: ID!, $t: String) { order(id: $o, token: $t) { number status paymentStatus } }' \
    "$(jq -nc --arg o "$order" --arg t "$secret" '{$o, $t}')" '.data.order | "order \(.number): \(.status), \(.paymentStatus)"')"
  case "$state" in *", PAID") break ;; esac
  sleep 0.1
done
echo "$state"
case "$state" in *", PAID") ;; *) echo "the order was not paid in 10 seconds" >&2; exit 1 ;; esac

token="$(gql /admin/graphql 'mutation { staffLogin(input: { email: "admin@demo.test", password: "mercator-demo" }) { session { accessToken } userErrors { code } } }' '{}' '.data.staffLogin.session.accessToken')"
gql /admin/graphql '{ ledgerBalances { account currencyCode balance } }' '{}' '.data.ledgerBalances[] | "\(.account) \(.balance) \(.currencyCode)"'
gql /admin/graphql '{ inventoryLevels(sku: "TEE-M-NAVY") { location onHand allocated available } }' '{}' \
  '.data.inventoryLevels[] | "\(.location): \(.onHand) on hand, \(.allocated) allocated, \(.available) available"'
