#!/usr/bin/env bash
# Runs the load benchmark: the release server on seeded data, pinned to one core; the load generator on the other core.
# Settings: PRODUCTS (10000), SECONDS_EACH (8), CONNECTIONS (16), DATABASE_URL; ONLY runs one scenario. WITH_WORKER=1 also runs a
# worker that captures payments and sends mail; the figures of Postgres then include its statements. OVERLOAD=1 runs five
# times the sustained load instead.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/postgres.sh
source scripts/postgres.sh

products="${PRODUCTS:-10000}"
work="var/bench"
logs="$work/log"
mkdir -p "$logs"
target="${CARGO_TARGET_DIR:-target}"
cargo build --release --locked -p api -p benches

own_postgres=""
stop() {
  trap - EXIT INT TERM
  stop_children
  if [ -n "$own_postgres" ]; then postgres_stop "$work/postgres"; fi
}
trap stop EXIT
trap 'exit 130' INT TERM

if [ -z "${DATABASE_URL:-}" ]; then
  own_postgres=yes
  DATABASE_URL="$(postgres_start "$work/postgres" "mercator_bench_$products")"
  export DATABASE_URL
fi
postgres_pid="$(head -1 "$(psql_of "$DATABASE_URL" -Atc 'show data_directory')/postmaster.pid")"

# All load comes from one address.
export MERCATOR_BUDGETS=off
export MERCATOR_INDEX_DIR="$work/index-$products" MERCATOR_LOG=warn
binary="$target/release/mercator"
"$binary" migrate
"$binary" seed --products "$products"

port_a="$(free_port)" port_b="$(free_port)" baseline_at="127.0.0.1:$(free_port)"
export MERCATOR_SANDBOX_A_URL="http://127.0.0.1:$port_a" MERCATOR_SANDBOX_B_URL="http://127.0.0.1:$port_b"
MERCATOR_LISTEN="127.0.0.1:$(free_port)"
export MERCATOR_LISTEN
start sandbox-a taskset -c 1 "$binary" sandbox-gateway --name sandbox-a --listen "127.0.0.1:$port_a" --data "$work/sandbox-a"
start sandbox-b taskset -c 1 "$binary" sandbox-gateway --name sandbox-b --listen "127.0.0.1:$port_b" --data "$work/sandbox-b"
start server taskset -c 0 "$binary" serve
server="${children[-1]}"
if [ -n "${WITH_WORKER:-}" ]; then start worker taskset -c 1 "$binary" worker; fi
start baseline taskset -c 0 "$target/release/load" baseline --listen "$baseline_at"
baseline="${children[-1]}"
wait_for "http://$MERCATOR_LISTEN/health/ready" 120 "the server"
wait_for "http://$baseline_at/" 10 "the baseline"

if [ -n "${OVERLOAD:-}" ]; then
  taskset -c 1 "$target/release/load" overload --server "$MERCATOR_LISTEN" --seconds "${SECONDS_EACH:-8}"
  exit
fi

taskset -c 1 "$target/release/load" run --server "$MERCATOR_LISTEN" --server-pid "$server" \
  --postgres-pid "$postgres_pid" --baseline "$baseline_at" --baseline-pid "$baseline" \
  --seconds "${SECONDS_EACH:-8}" --connections "${CONNECTIONS:-16}" ${ONLY:+--only "$ONLY" --out "$work/only.json"}
