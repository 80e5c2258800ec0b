#!/usr/bin/env bash
# What can be said without running anything: format, lints, schemas up to date, dependency direction, licences.
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
else
  say "cargo-deny is not installed, so that bans and sources are not checked; licences are, by a test (architecture)"
fi
