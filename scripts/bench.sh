#!/usr/bin/env bash
# The load benchmark: the release server on seeded data, pinned to one core, driven from the other.
# PRODUCTS (10000), SECONDS_EACH (8), CONNECTIONS (16) and DATABASE_URL may be set.
set -euo pipefail
cd "$(dirname "$0")/.."

products="${PRODUCTS:-10000}"
work="var/bench"
mkdir -p "$work"
target="${CARGO_TARGET_DIR:-target}"
cargo build --release --bin mercator --bin load

pids=()
own_postgres=""
stop() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  if [ -n "$own_postgres" ]; then postgres_stop "$work/postgres"; fi
}
trap stop EXIT

if [ -z "${DATABASE_URL:-}" ]; then
  # shellcheck source=scripts/postgres.sh
  source scripts/postgres.sh
  own_postgres=yes
  DATABASE_URL="$(postgres_start "$work/postgres" "mercator_bench_$products")"
  export DATABASE_URL
fi
postgres_pid="$(psql "$DATABASE_URL" -Atc "select pg_backend_pid()" >/dev/null && head -1 "$(psql "$DATABASE_URL" -Atc 'show data_directory')/postmaster.pid")"

export MERCATOR_INDEX_DIR="$work/index-$products" MERCATOR_LOG=warn
binary="$target/release/mercator"
"$binary" migrate
"$binary" seed --products "$products"

"$binary" sandbox-gateway --name sandbox-a --listen 127.0.0.1:18091 --data "$work/sandbox-a" & pids+=($!)
"$binary" sandbox-gateway --name sandbox-b --listen 127.0.0.1:18092 --data "$work/sandbox-b" & pids+=($!)
MERCATOR_LISTEN=127.0.0.1:18080 taskset -c 0 "$binary" serve & server=$!; pids+=("$server")
taskset -c 0 "$target/release/load" yardstick --listen 127.0.0.1:18099 & yardstick=$!; pids+=("$yardstick")
for _ in $(seq 300); do curl -fs http://127.0.0.1:18080/health/ready >/dev/null && break; sleep 0.2; done

taskset -c 1 "$target/release/load" run --server 127.0.0.1:18080 --server-pid "$server" \
  --postgres-pid "$postgres_pid" --yardstick 127.0.0.1:18099 --yardstick-pid "$yardstick" \
  --seconds "${SECONDS_EACH:-8}" --connections "${CONNECTIONS:-16}"
