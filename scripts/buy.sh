#!/usr/bin/env bash
# Buys one classic T-shirt from a running demo shop with the ten requests of the README, read from that file, and waits
# until it is paid. Then prints the ledger and the stock through the admin API.
# Usage: scripts/buy.sh [base-url]
set -euo pipefail
cd "$(dirname "$0")/.."
base="${1:-http://127.0.0.1:8080}"

requests="$(awk '/^## / { here = /^## Ten requests/ } /^ *```/ { code = here && /sh$/; next } code' README.md)"
# The requests define gql, and set $order and $token.
source /dev/stdin <<<"${requests//http:\/\/127.0.0.1:8080/$base}"

for _ in $(seq 100); do
  # shellcheck disable=SC2154
  state="$(gql 'query($o: ID!, $t: String) { order(id: $o, token: $t) { number status paymentStatus total { gross { amount } } lines { nodes { sku quantity } } } }' \
    "$(jq -nc --arg o "$order" --arg t "$token" '{$o, $t}')" \
    | jq -r '.data.order | "order \(.number): \(.status), \(.lines.nodes[] | "\(.quantity) \(.sku)") for \(.total.gross.amount), \(.paymentStatus)"')"
  case "$state" in *", PAID") break ;; esac
  sleep 0.1
done
echo "$state"
case "$state" in *": OPEN, 1 TEE-M-NAVY for 24.80, PAID") ;; *) echo "unexpected order" >&2; exit 1 ;; esac

api="$base/admin/graphql"
session="$(gql 'mutation { staffLogin(input: { email: "admin@demo.test", password: "mercator-demo" }) { session { accessToken } userErrors { code } } }' \
  | jq -r .data.staffLogin.session.accessToken)"
office() { curl -fsS "$api" -H "authorization: Bearer $session" -H 'content-type: application/json' -d "$(jq -nc --arg query "$1" '{$query}')"; }
office '{ ledgerBalances { account currencyCode balance } }' | jq -r '.data.ledgerBalances[] | "\(.account) \(.balance) \(.currencyCode)"'
office '{ inventoryLevels(sku: "TEE-M-NAVY") { location onHand allocated available } }' \
  | jq -r '.data.inventoryLevels[] | "\(.location): \(.onHand) on hand, \(.allocated) allocated, \(.available) available"'
