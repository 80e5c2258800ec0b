#!/usr/bin/env bash
# Runs every check of this folder against a running server: scripts/checks/run.sh http://127.0.0.1:8080
# Uses the committed schemas, schema/storefront.graphql and schema/admin.graphql.
set -uo pipefail
cd "$(dirname "$0")"
base="${1:-${MERCATOR_URL:-http://127.0.0.1:8080}}"
[ -d node_modules ] || npm ci --no-audit --no-fund --silent || exit 1

failed=()
run() {
  printf '\n== %s\n' "$1"
  shift
  "$@" || failed+=("$*")
}

# The schemas are outside of this folder, so eslint runs at the root of the repository. It runs once per schema, because the
# plug-in caches the first schema.
lint() {
  (cd ../.. && scripts/checks/node_modules/.bin/eslint -c scripts/checks/eslint.config.mjs --max-warnings 0 "$1")
}

run "graphql-http audits" node graphql-http.mjs "$base"
run "graphql-ws client and close codes" node graphql-ws.mjs "$base"
run "graphql-sse client" node graphql-sse.mjs "$base"
run "graphql-eslint, storefront" lint schema/storefront.graphql
run "graphql-eslint, admin" lint schema/admin.graphql
run "contract operations: graphql-codegen and TypeScript" node codegen.mjs
run "relay-compiler" node relay.mjs

if [ "${#failed[@]}" -gt 0 ]; then
  printf '\nfailed: %s\n' "${failed[@]}" >&2
  exit 1
fi
