#!/usr/bin/env bash
# Outside checks of running shops: buys a T-shirt in the demo, opens a shop as the README says, validates the metrics with
# promtool, and runs the GraphQL audits.
# scripts/test.sh builds the program and calls this script with TEST_DATABASE_URL and the folders `work` and `logs`.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/postgres.sh
source scripts/postgres.sh
work="${work:-var/test/shop}" logs="${logs:-var/test/log}"
mkdir -p "$work" "$logs"
binary="${CARGO_TARGET_DIR:-target}/debug/mercator"
need curl curl
need jq jq
need promtool prometheus
need psql postgresql-client

database="shop_$$" own="own_shop_$$"
psql_of "$TEST_DATABASE_URL" -qc "create database $database" -qc "create database $own"
stop() {
  trap - EXIT INT TERM
  stop_children
  psql_of "$TEST_DATABASE_URL" -qc "drop database if exists $database with (force)" \
    -qc "drop database if exists $own with (force)" || true
}
trap stop EXIT
trap 'exit 130' INT TERM

export DATABASE_URL="${TEST_DATABASE_URL%/*}/$database"
export MERCATOR_INDEX_DIR="$work/index" MERCATOR_LOG=warn
"$binary" migrate >/dev/null
"$binary" seed --products 60

port_a="$(free_port)" port_b="$(free_port)" port="$(free_port)"
export MERCATOR_LISTEN="127.0.0.1:$port"
export MERCATOR_SANDBOX_A_URL="http://127.0.0.1:$port_a" MERCATOR_SANDBOX_B_URL="http://127.0.0.1:$port_b"
start checks-sandbox-a "$binary" sandbox-gateway --name sandbox-a --listen "127.0.0.1:$port_a" --data "$work/sandbox-a"
start checks-sandbox-b "$binary" sandbox-gateway --name sandbox-b --listen "127.0.0.1:$port_b" --data "$work/sandbox-b"
start checks-worker "$binary" worker
start checks-server "$binary" serve
wait_for "http://$MERCATOR_LISTEN/health/ready" 60 "the server"

say "buying a T-shirt"
scripts/buy.sh "http://$MERCATOR_LISTEN"

say "opening a shop of one's own"
env -u MERCATOR_SANDBOX_A_URL -u MERCATOR_SANDBOX_B_URL DATABASE_URL="${TEST_DATABASE_URL%/*}/$own" logs="$logs" \
  scripts/real_shop.sh "$binary"

say "promtool check metrics"
curl -fsS "http://$MERCATOR_LISTEN/metrics" >"$work/metrics.txt"
promtool check metrics <"$work/metrics.txt"
promtool check rules deploy/prometheus/*.yml

if [ -f scripts/checks/package.json ]; then
  say "GraphQL audits and clients"
  need npm npm
  (cd scripts/checks && npm ci --no-audit --no-fund --silent && MERCATOR_URL="http://$MERCATOR_LISTEN" npm test --silent)
fi

"$binary" doctor
