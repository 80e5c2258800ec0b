#!/usr/bin/env bash
# Checks format, lints, committed schemas, dependency direction and licenses, without a database.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

cargo fmt --all --check
cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
cargo run --quiet --locked --bin mercator -- sdl --check
cargo test --quiet --locked -p api --test it architecture
if cargo deny --version >/dev/null 2>&1; then
  cargo deny --offline --locked check licenses bans sources
  if cargo deny fetch db >/dev/null 2>&1; then
    cargo deny --offline --locked check advisories
  else
    say "the database of advisories cannot be fetched: known vulnerabilities are NOT checked"
  fi
else
  say "cargo-deny is not installed: bans and sources are not checked; a test (architecture) checks licenses and crypto"
  say "cargo-deny is not installed: known vulnerabilities are NOT checked"
fi
