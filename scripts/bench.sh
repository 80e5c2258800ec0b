#!/usr/bin/env bash
# Runs the load benchmark: the release server on seeded data, pinned to one core; the load generator on the other core.
# Settings: PRODUCTS (10000), SECONDS_EACH (8), CONNECTIONS (16), DATABASE_URL; ONLY runs one scenario. WITH_WORKER=1 also runs a
# worker that captures payments and sends mail; the figures of Postgres then include its statements. OVERLOAD=1 runs five
# times the sustained load instead.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/bench-shop.sh
source scripts/bench-shop.sh

start_shop
if [ -n "${WITH_WORKER:-}" ]; then start worker taskset -c 1 "$binary" worker; fi
baseline_at="127.0.0.1:$(free_port)"
start baseline taskset -c 0 "$target/release/load" baseline --listen "$baseline_at"
baseline="${children[-1]}"
wait_for "http://$baseline_at/" 10 "the baseline"

if [ -n "${OVERLOAD:-}" ]; then
  taskset -c 1 "$target/release/load" overload --server "$MERCATOR_LISTEN" --seconds "${SECONDS_EACH:-8}"
  exit
fi

taskset -c 1 "$target/release/load" run --server "$MERCATOR_LISTEN" --server-pid "$server" \
  --postgres-pid "$postgres_pid" --baseline "$baseline_at" --baseline-pid "$baseline" \
  --seconds "${SECONDS_EACH:-8}" --connections "${CONNECTIONS:-16}" ${ONLY:+--only "$ONLY" --out "$work/only.json"}
