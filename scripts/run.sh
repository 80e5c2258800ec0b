#!/usr/bin/env bash
# Runs a demo shop on this machine: database, two payment gateways, a worker and the server. Ctrl-C stops everything; the
# data stays under var/. Settings: DATABASE_URL, MONGODB_URL, MERCATOR_LISTEN, MERCATOR_PRODUCTS (500), PROFILE (dev).
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/postgres.sh
source scripts/postgres.sh

export MERCATOR_LISTEN="${MERCATOR_LISTEN:-127.0.0.1:8080}"
products="${MERCATOR_PRODUCTS:-500}"
profile="${PROFILE:-dev}"
logs="var/log"
mkdir -p "$logs"

# One shop per folder. Child processes do not inherit the lock.
exec 9>var/run.lock
need flock util-linux
flock -n 9 || die "make run is already running in this folder"

# Processes of a killed run still hold the ports. Stop those that run our binary.
pids="var/run.pids"
while read -r left; do
  exe="$(readlink "/proc/$left/exe" 2>/dev/null || true)"
  # The link of a rebuilt binary ends with " (deleted)".
  if [ -n "$exe" ] && [ "${exe% (deleted)}" = "$(cat var/run.binary)" ]; then children+=("$left"); fi
done < <(cat "$pids" 2>/dev/null || true)
if [ "${#children[@]}" -gt 0 ]; then
  say "stopping processes of an earlier run …"
  stop_children
fi

port_is_free "${MERCATOR_LISTEN##*:}" \
  || die "port ${MERCATOR_LISTEN##*:} is in use: stop the process that uses it, or set MERCATOR_LISTEN"
for port in 8091 8092; do
  port_is_free "$port" || die "port $port of a demo payment gateway is in use: stop the process that uses it"
done

need curl curl
command -v cargo >/dev/null || die "Rust is missing: install it with rustup (https://rustup.rs)"
say "building (takes several minutes the first time) …"
cargo build --quiet --locked --profile "$profile" --bin mercator
target="${CARGO_TARGET_DIR:-target}"
if [ "$profile" = dev ]; then binary="$target/debug/mercator"; else binary="$target/$profile/mercator"; fi

has_own_postgres=""
stop() {
  trap - EXIT
  trap '' INT TERM
  say "stopping …"
  stop_children
  rm -f "$pids"
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

realpath "$binary" >var/run.binary
start sandbox-a "$binary" sandbox-gateway --name sandbox-a --listen 127.0.0.1:8091 --data var/sandbox-a
start sandbox-b "$binary" sandbox-gateway --name sandbox-b --listen 127.0.0.1:8092 --data var/sandbox-b
start worker "$binary" worker
start server "$binary" serve
printf '%s\n' "${children[@]}" >"$pids"

# all_live: succeeds if every process of the shop is running.
all_live() {
  local child
  for child in "${children[@]}"; do kill -0 "$child" 2>/dev/null || return 1; done
}
last_log_lines() { tail -qn 1 "$logs"/{server,worker,sandbox-a,sandbox-b}.log 2>/dev/null; }
until curl -fs -o /dev/null "http://$MERCATOR_LISTEN/health/ready"; do
  all_live || die "the shop did not start; the last line of each log: $(last_log_lines)"
  sleep 0.1
done

documents="Postgres"
[ -z "${MONGODB_URL:-}" ] || documents="MongoDB"
cat <<END

Mercator is running with $products products.
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

# Stop the shop as soon as one process ends.
while all_live; do sleep 1; done
die "a process ended unexpectedly; the last line of each log: $(last_log_lines)"
