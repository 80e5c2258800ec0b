#!/usr/bin/env bash
# Runs every test on real, temporary databases, and the outside checks against a running shop. With arguments it runs only
# `cargo test` with them, for example: scripts/test.sh -p api --test it killed
# TEST_DATABASE_URL (a superuser of a Postgres server) and MONGODB_TEST_URL replace the temporary servers.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/postgres.sh
source scripts/postgres.sh
# shellcheck source=scripts/mongo-for-tests.sh
source scripts/mongo-for-tests.sh

# Install what the outside checks need before the long part starts.
need curl curl
need jq jq
need promtool prometheus
need npm npm

work="var/test"
logs="$work/log"
mkdir -p "$logs"
cluster="" mongo_pid=""
stop() {
  trap - EXIT INT TERM
  # The MongoDB stand-in ignores SIGTERM, and its data is temporary.
  if [ -n "$mongo_pid" ]; then kill -KILL "$mongo_pid" 2>/dev/null || true; fi
  stop_children
  if [ -n "$cluster" ]; then postgres_remove "$cluster"; fi
  rm -rf "$work/mongo-$$" "$work/shop-$$"
}
trap stop EXIT
trap 'exit 130' INT TERM

if [ -z "${TEST_DATABASE_URL:-}" ]; then
  # Each test creates and drops a database of several hundred files, which is faster in memory.
  cluster="$work/postgres-$$"
  if [ "$(stat -f -c %T /dev/shm 2>/dev/null)" = tmpfs ] && [ "$(($(stat -f -c '%a * %S' /dev/shm) >> 30))" -ge 4 ]; then
    cluster="/dev/shm/mercator-test-$$"
  fi
  TEST_DATABASE_URL="$(postgres_start "$cluster" tests fast)"
fi
if [ -z "${MONGODB_TEST_URL:-}" ]; then
  mongo_start "$work/mongo-$$"
  MONGODB_TEST_URL="$mongo_url"
fi
# Tests that kill a document store start their own server.
SECANTUS_BIN="$(mongo_tools)"
export TEST_DATABASE_URL MONGODB_TEST_URL SECANTUS_BIN

if [ $# -gt 0 ]; then
  cargo test --locked "$@"
  exit
fi

cargo test --workspace --locked --no-run
# The outside checks mostly wait, so they run in parallel with the tests.
work="$work/shop-$$" logs="$logs" start checks scripts/checks.sh
checks="${children[-1]}"
cargo test --workspace --locked
passed=yes
wait "$checks" || passed=""
say "outside checks, which ran in parallel with the tests:"
cat "$logs/checks.log"
[ -n "$passed" ] || die "an outside check failed"
