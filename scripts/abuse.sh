#!/usr/bin/env bash
# Searches for the GraphQL request that costs the most processor time of all that the server admits, and fails if one costs more
# than 150 ms of the server or 100 ms of Postgres. Settings: SEED (1), SECONDS_TOTAL (60), PRODUCTS (10000), DATABASE_URL.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/bench-shop.sh
source scripts/bench-shop.sh

start_shop
taskset -c 1 "$target/release/load" abuse --server "$MERCATOR_LISTEN" --server-pid "$server" \
  --postgres-pid "$postgres_pid" --seed "${SEED:-1}" --seconds "${SECONDS_TOTAL:-60}"
