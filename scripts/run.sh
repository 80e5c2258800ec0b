#!/usr/bin/env bash
# A demo shop on this machine: database, two payment gateways, a worker and the server. Ctrl-C stops all of it; the data
# stays under var/. DATABASE_URL, MONGODB_URL, MERCATOR_LISTEN, MERCATOR_PRODUCTS (500) and PROFILE (dev) may be set.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/postgres.sh
source scripts/postgres.sh

export MERCATOR_LISTEN="${MERCATOR_LISTEN:-127.0.0.1:8080}"
products="${MERCATOR_PRODUCTS:-500}"
profile="${PROFILE:-dev}"
logs="var/log"
mkdir -p "$logs"

for port in "${MERCATOR_LISTEN##*:}" 8091 8092; do
  port_is_free "$port" || die "port $port is in use: stop what listens there, or set MERCATOR_LISTEN for the server"
done

need curl curl
command -v cargo >/dev/null || die "Rust is missing: install it with rustup (https://rustup.rs)"
say "building (some minutes the first time) …"
cargo build --quiet --locked --profile "$profile" --bin mercator
target="${CARGO_TARGET_DIR:-target}"
if [ "$profile" = dev ]; then binary="$target/debug/mercator"; else binary="$target/$profile/mercator"; fi

has_own_postgres=""
stop() {
  trap - EXIT INT TERM
  say "stopping …"
  stop_children
  if [ -n "$has_own_postgres" ]; then postgres_stop var/postgres; fi
}
trap stop EXIT
trap 'exit 130' INT TERM

if [ -z "${DATABASE_URL:-}" ]; then
  has_own_postgres=yes
  DATABASE_URL="$(postgres_start var/postgres mercator)"
fi
export DATABASE_URL
export MERCATOR_INDEX_DIR="${MERCATOR_INDEX_DIR:-var/index}"

"$binary" migrate >>"$logs/setup.log"
"$binary" seed --products "$products"

start sandbox-a "$binary" sandbox-gateway --name sandbox-a --listen 127.0.0.1:8091 --data var/sandbox-a
start sandbox-b "$binary" sandbox-gateway --name sandbox-b --listen 127.0.0.1:8092 --data var/sandbox-b
start worker "$binary" worker
start server "$binary" serve
server="${children[-1]}"
for _ in $(seq 600); do
  curl -fs -o /dev/null "http://$MERCATOR_LISTEN/health/ready" && break
  kill -0 "$server" 2>/dev/null || die "the server did not start: $(tail -1 "$logs/server.log")"
  sleep 0.1
done

documents="Postgres"
[ -z "${MONGODB_URL:-}" ] || documents="MongoDB"
cat <<END

Mercator is up, with $products products.
  console          http://$MERCATOR_LISTEN/
  storefront API   http://$MERCATOR_LISTEN/graphql
  admin API        http://$MERCATOR_LISTEN/admin/graphql   (admin@demo.test / mercator-demo)
  a shopper        ada@demo.test / mercator-demo
  gateways         sandbox-a on 127.0.0.1:8091, sandbox-b on 127.0.0.1:8092
  health, metrics  http://$MERCATOR_LISTEN/health/ready, http://$MERCATOR_LISTEN/metrics
  data             $([ -z "$has_own_postgres" ] && echo "DATABASE_URL" || echo "var/postgres"), documents in $documents
  logs             $logs/*.log
Buy a T-shirt: scripts/buy.sh http://$MERCATOR_LISTEN — stop everything: Ctrl-C
END

# Whoever ends first ends the shop.
wait -n "${children[@]}" || true
die "a process ended by itself; the last lines of each log: $(tail -n 1 "$logs"/{server,worker,sandbox-a,sandbox-b}.log 2>/dev/null)"
