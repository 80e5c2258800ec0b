# shellcheck shell=bash
# Starts the release server on seeded data, pinned to one core, for scripts that measure it. Source it from the root of the
# checkout. Settings: PRODUCTS (10000), DATABASE_URL. Sets binary, target, work, server (its process id), postgres_pid.
# shellcheck source=scripts/postgres.sh
source scripts/postgres.sh

products="${PRODUCTS:-10000}"
work="var/bench"
logs="$work/log"
mkdir -p "$logs"
target="${CARGO_TARGET_DIR:-target}"
binary="$target/release/mercator"
own_postgres=""

stop() {
  trap - EXIT INT TERM
  stop_children
  if [ -n "$own_postgres" ]; then postgres_stop "$work/postgres"; fi
}

# start_shop: builds the programs and starts Postgres, the sandbox gateways and the server; stops them when the script ends.
start_shop() {
  cargo build --release --locked -p api -p benches
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
  "$binary" migrate
  "$binary" seed --products "$products"

  local port_a port_b
  port_a="$(free_port)" port_b="$(free_port)"
  export MERCATOR_SANDBOX_A_URL="http://127.0.0.1:$port_a" MERCATOR_SANDBOX_B_URL="http://127.0.0.1:$port_b"
  MERCATOR_LISTEN="127.0.0.1:$(free_port)"
  export MERCATOR_LISTEN
  start sandbox-a taskset -c 1 "$binary" sandbox-gateway --name sandbox-a --listen "127.0.0.1:$port_a" --data "$work/sandbox-a"
  start sandbox-b taskset -c 1 "$binary" sandbox-gateway --name sandbox-b --listen "127.0.0.1:$port_b" --data "$work/sandbox-b"
  start server taskset -c 0 "$binary" serve
  server="${children[-1]}"
  wait_for "http://$MERCATOR_LISTEN/health/ready" 120 "the server"
}
