# shellcheck shell=bash
# Shared by the scripts: messages, ports, packages, child processes. Source it from the root of the checkout.

# A failure inside $(…) also ends the script. In a trap, a bare "return" returns the previous status, so return 0.
shopt -s inherit_errexit

# Not every CI reads the profile of a login shell.
PATH="$PATH:$HOME/.cargo/bin:/usr/local/cargo/bin:/usr/local/go/bin:/usr/sbin:/sbin"

say() { echo "$*" >&2; }
die() { say "$*"; exit 1; }

# port_is_free PORT
port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port: prints an unused port of 127.0.0.1 below the range of ephemeral ports.
free_port() {
  local port
  for _ in $(seq 100); do
    port=$((20000 + RANDOM % 10000))
    if port_is_free "$port"; then echo "$port"; return 0; fi
  done
  die "no free port found"
}

# need COMMAND PACKAGE: installs the Debian package if the command is missing and the user is root.
need() {
  command -v "$1" >/dev/null && return 0
  install_package "$2"
  command -v "$1" >/dev/null || die "$1 is missing and the package $2 did not bring it"
}

install_package() {
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    die "please install $1 (on Debian: apt-get install $1), and try again"
  fi
  say "installing Debian's package $1"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold "$1"; } >&2 \
    || die "Debian's package $1 could not be installed"
}

children=()

# start NAME COMMAND…: runs a command in its own session, so that Ctrl-C reaches only this script. The command does not
# inherit descriptor 9, the lock of a script.
start() {
  local name="$1"
  shift
  setsid "$@" >"$logs/$name.log" 2>&1 9>&- &
  children+=("$!")
}

# stop_children: stops the children one at a time, newest first, because newer ones depend on older ones. Kills a child that
# does not stop within 30 seconds.
stop_children() {
  local at child
  for ((at = ${#children[@]} - 1; at >= 0; at--)); do
    child="${children[at]}"
    kill -TERM "$child" 2>/dev/null || true
    for _ in $(seq 300); do
      kill -0 "$child" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
  done
  children=()
}

# wait_for URL SECONDS NAME: waits until the URL answers.
wait_for() {
  for _ in $(seq $(($2 * 10))); do
    if curl -fs -o /dev/null "$1"; then return 0; fi
    sleep 0.1
  done
  die "$3 did not answer within $2 seconds"
}
