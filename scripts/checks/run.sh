#!/usr/bin/env bash
# Everything in this folder, against a running Mercator: scripts/checks/run.sh http://127.0.0.1:8080
# The schemas are the committed ones: schema/storefront.graphql and schema/admin.graphql.
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

# The rules are for files outside of this folder, so the repository's root is where they are applied.
# One run for each: the plug-in keeps what it knows of the first schema.
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
