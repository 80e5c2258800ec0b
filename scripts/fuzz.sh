#!/usr/bin/env bash
# Runs every fuzz target for SECONDS_EACH seconds (default: 60), optimized, one after the other. Stops at the first input
# that fails and prints the smallest form of it.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

FUZZ_SECONDS="${SECONDS_EACH:-60}" cargo test --release --locked -p fuzz -- --test-threads 1
