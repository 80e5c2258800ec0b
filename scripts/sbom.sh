#!/usr/bin/env bash
# Writes the software bill of materials in CycloneDX format: the crates of the binary and the npm packages of the embedded
# console.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

version=0.5.9
tools="var/tools/cargo-cyclonedx-$version"
out="var/sbom"

need npm npm
if [ ! -x "$tools/bin/cargo-cyclonedx" ]; then
  say "installing cargo-cyclonedx $version"
  cargo install --quiet --locked --root "$tools" "cargo-cyclonedx@$version"
fi
mkdir -p "$out"
# The tool writes beside each manifest.
"$tools/bin/cargo-cyclonedx" cyclonedx -q --manifest-path api/Cargo.toml --format json --describe binaries \
  --spec-version 1.5 --no-build-deps
mv api/mercator_bin.cdx.json "$out/mercator.cdx.json"
find . -name '*.cdx.json' -not -path './var/*' -not -path './target/*' -delete
(cd scripts/graphiql && npm sbom --package-lock-only --omit dev --sbom-format cyclonedx) >"$out/console.cdx.json"
for file in mercator console; do
  say "$out/$file.cdx.json: $(grep -c '"purl"' "$out/$file.cdx.json") components"
done
