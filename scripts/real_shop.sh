#!/usr/bin/env bash
# Opens a shop in an empty database with the commands of the README's section "Your own shop", read from that file, and checks
# the first order. Starts a server and a worker for it.
# Usage: DATABASE_URL=… scripts/real_shop.sh [program]
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh
binary="$(realpath "${1:-${CARGO_TARGET_DIR:-target}/debug/mercator}")"
need curl curl
need jq jq
work="$(mktemp -d)" logs="${logs:-var/log}"
mkdir -p "$logs"
stop() {
  trap - EXIT INT TERM
  stop_children
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

mercator() { "$binary" "$@"; }
# block NUMBER: prints a block of code of the section.
block() {
  awk -v wanted="$1" '/^## / { here = /^## Your own shop/ } here && /^ *```/ { code = /sh$/; found += code; next } code && found == wanted' README.md
}

port="$(free_port)"
export MERCATOR_LISTEN="127.0.0.1:$port" MERCATOR_LOG=warn MERCATOR_INDEX_DIR="$work/index" MERCATOR_MAIL_DIR="$work/mail"
MERCATOR_KEY_SECRET="${MERCATOR_KEY_SECRET:-$(head -c 32 /dev/urandom | base64)}"
OWNER_PASSWORD="$(head -c 18 /dev/urandom | base64)"
export MERCATOR_KEY_SECRET OWNER_PASSWORD
source /dev/stdin <<<"$(block 1)"
# A second run changes nothing.
source /dev/stdin <<<"$(block 1)"
start real-shop-worker "$binary" worker
start real-shop-server "$binary" serve
wait_for "http://$MERCATOR_LISTEN/health/ready" 60 "the server"

for number in 2 3 4 5 6 7; do
  requests="$(block "$number")"
  # The requests define $order.
  source /dev/stdin <<<"${requests//http:\/\/127.0.0.1:8080/http://$MERCATOR_LISTEN}"
done
# shellcheck disable=SC2154
state="$(jq -r '.data.cartComplete.order | "\(.number): \(.status), \(.total.gross.amount) \(.total.gross.currencyCode), tax \(.total.tax.amount)"' <<<"$order")"
echo "order $state"
[ "$state" = "1001: PENDING_PAYMENT, 16.90 EUR, tax 1.57" ] || die "unexpected order: $order"
