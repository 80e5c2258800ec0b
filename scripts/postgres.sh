# shellcheck shell=bash
# Private Postgres clusters, independent of any on the machine. Source it from the root of the checkout.
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

# postgres_bin: prints the folder of the Postgres programs; installs Debian's package if there are none.
postgres_bin() {
  local found
  found="$(postgres_installed)"
  if [ -z "$found" ]; then
    # Prevent Debian's package from creating and starting a system-wide cluster.
    if [ "$(id -u)" = 0 ] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
      mkdir -p /etc/postgresql-common
      echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    fi
    install_package postgresql
    found="$(postgres_installed)"
  fi
  if [ -z "$found" ] || [ "$("$found/initdb" --version | tr -dc '0-9.' | cut -d. -f1)" -lt 15 ]; then
    die "Postgres 15 or newer is needed: install it, or set DATABASE_URL"
  fi
  echo "$found"
}

postgres_installed() {
  local folder
  folder="$( (find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null || true) | sort -V | tail -1)"
  if [ -n "$folder" ] && [ -x "$folder/initdb" ]; then echo "$folder"; return 0; fi
  if command -v initdb >/dev/null; then dirname "$(readlink -f "$(command -v initdb)")"; fi
}

# Postgres refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    if id postgres >/dev/null 2>&1; then runuser -u postgres -- "$@"; else runuser -u nobody -- "$@"; fi
  else
    "$@"
  fi
}

# postgres_home FOLDER: prints the folder of the cluster: FOLDER itself, or a folder under /var/lib if the Postgres user
# cannot access FOLDER (for example in a checkout below /root).
postgres_home() {
  local folder="$1" home
  mkdir -p "$folder"
  folder="$(realpath "$folder")"
  if [ "$(id -u)" != 0 ]; then echo "$folder"; return 0; fi
  chown "$(as_postgres id -un)" "$folder"
  if as_postgres test -w "$folder" 2>/dev/null; then echo "$folder"; return 0; fi
  home="/var/lib/mercator-$(echo "$folder" | cksum | cut -d' ' -f1)"
  mkdir -p "$home"
  chown "$(as_postgres id -un)" "$home"
  ln -sfn "$home" "$folder/elsewhere"
  echo "$home"
}

# postgres_start FOLDER DATABASE [fast]: starts the cluster, creates it and the database if they do not exist, and prints the
# URL of the database. "fast" turns off fsync, for tests only.
postgres_start() {
  local bin home port
  bin="$(postgres_bin)"
  home="$(postgres_home "$1")"
  if [ ! -e "$home/data/PG_VERSION" ]; then
    (umask 077 && head -c 24 /dev/urandom | base64 | tr -dc 'a-zA-Z0-9' >"$home/password")
    [ "$(id -u)" != 0 ] || chown "$(as_postgres id -un)" "$home/password"
    (cd "$home" && as_postgres "$bin/initdb" -D "$home/data" -U mercator -E UTF8 --locale=C.UTF-8 \
      --auth=scram-sha-256 --pwfile="$home/password") >&2 >/dev/null || die "the Postgres cluster cannot be made"
  fi
  if ! (cd "$home" && as_postgres "$bin/pg_ctl" -D "$home/data" status >/dev/null 2>&1); then
    port="$(cat "$home/port" 2>/dev/null || true)"
    if [ -z "$port" ] || ! port_is_free "$port"; then port="$(free_port)"; fi
    echo "$port" >"$home/port"
    local options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300"
    if [ "${3:-}" = fast ]; then options="$options -c fsync=off -c synchronous_commit=off -c full_page_writes=off"; fi
    (cd "$home" && as_postgres "$bin/pg_ctl" -D "$home/data" -w -t 60 -l "$home/log" -o "$options" start) >&2 >/dev/null 9>&- \
      || die "Postgres does not start; see $home/log"
  fi
  port="$(cat "$home/port")"
  local server="postgres://mercator:$(cat "$home/password")@127.0.0.1:$port"
  if [ "$(PATH="$bin:$PATH" psql_of "$server/postgres" -Atc "select 1 from pg_database where datname = '$2'")" != 1 ]; then
    PATH="$bin:$PATH" psql_of "$server/postgres" -qc "create database \"$2\"" >&2
  fi
  echo "$server/$2"
}

# psql_of URL ARGUMENT...: runs psql with the password of the URL in the environment, because every user of the machine can
# read the arguments of a process.
psql_of() {
  local url="$1" login password
  shift
  login="${url#*://}"
  login="${login%%@*}"
  if [[ "$url" != *@* || "$login" != *:* ]]; then
    psql "$url" "$@"
    return
  fi
  password="${login#*:}"
  url="${url%%://*}://${login%%:*}@${url#*@}"
  PGPASSWORD="$(printf '%b' "${password//%/\\x}")" psql "$url" "$@"
}

# postgres_stop FOLDER [immediate]: "immediate" simulates a crash.
postgres_stop() {
  local bin home
  bin="$(postgres_installed)"
  home="$(postgres_home "$1")"
  [ -n "$bin" ] && [ -e "$home/data/PG_VERSION" ] || return 0
  (cd "$home" && as_postgres "$bin/pg_ctl" -D "$home/data" -w -m "${2:-fast}" stop) >/dev/null 2>&1 || true
}

# postgres_remove FOLDER: stops the cluster and deletes it.
postgres_remove() {
  local home
  postgres_stop "$1"
  home="$(postgres_home "$1")"
  rm -rf "$home" "$1"
}
