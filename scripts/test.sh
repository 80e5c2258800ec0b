#!/usr/bin/env bash
# Everything, on real databases: throw-away servers, the workspace's tests, and outside checks of a running shop.
# TEST_DATABASE_URL (a superuser of a Postgres server) and MONGODB_TEST_URL replace the throw-away servers.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/postgres.sh
source scripts/postgres.sh
# shellcheck source=scripts/mongo-for-tests.sh
source scripts/mongo-for-tests.sh

# What the checks at the end need, before the long part begins.
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
  # The stand-in does not listen to a polite request, and its data are thrown away.
  if [ -n "$mongo_pid" ]; then kill -KILL "$mongo_pid" 2>/dev/null || true; fi
  stop_children
  if [ -n "$cluster" ]; then postgres_remove "$cluster"; fi
  rm -rf "$work/mongo-$$" "$work/shop-$$"
}
trap stop EXIT
trap 'exit 130' INT TERM

if [ -z "${TEST_DATABASE_URL:-}" ]; then
  # A test makes a database and drops it: some hundred files, which cost less in memory.
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
# Tests that kill and restart a document store need a server of their own.
SECANTUS_BIN="$(mongo_tools)"
export TEST_DATABASE_URL MONGODB_TEST_URL SECANTUS_BIN

cargo test --workspace --locked --no-run
# The outside checks wait more than they work: they run beside the tests.
work="$work/shop-$$" logs="$logs" start checks scripts/checks.sh
checks="${children[-1]}"
cargo test --workspace --locked "$@"
passed=yes
wait "$checks" || passed=""
say "outside checks, beside the tests:"
cat "$logs/checks.log"
[ -n "$passed" ] || die "an outside check failed"
