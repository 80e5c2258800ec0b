# shellcheck shell=bash
# A server that speaks MongoDB's protocol, for tests only, because no package registry carries MongoDB itself.
# See docs/dependencies.md. Source it from the root of the checkout.
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

secantus_version=0.7.0b3

# mongo_tools: prints the path of the program; installs it into a folder of the checkout if it is missing.
mongo_tools() {
  local venv="var/tools/secantusdb-$secantus_version"
  if [ ! -x "$venv/bin/secantusd-py" ]; then
    need python3 python3
    python3 -c 'import venv, ensurepip' 2>/dev/null || install_package python3-venv
    rm -rf "$venv"
    { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet "secantusdb==$secantus_version"; } >&2 \
      || die "SecantusDB, the MongoDB stand-in for tests, cannot be installed from PyPI"
  fi
  realpath "$venv/bin/secantusd-py"
}

# mongo_start FOLDER: starts a server on the folder as a child of the script, and sets mongo_url and mongo_pid.
mongo_start() {
  local program port
  program="$(mongo_tools)"
  port="$(free_port)"
  mkdir -p "$1"
  start mongo "$program" --port "$port" --storage-path "$(realpath "$1")" --sync-on-commit
  # shellcheck disable=SC2034
  mongo_pid="${children[-1]}"
  for _ in $(seq 300); do
    # shellcheck disable=SC2034
    if ! port_is_free "$port"; then mongo_url="mongodb://127.0.0.1:$port"; return 0; fi
    sleep 0.1
  done
  die "the MongoDB stand-in does not start; see $logs/mongo.log"
}
