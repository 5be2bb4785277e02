# shellcheck shell=bash
# Sourced by the other scripts: a machine with the packages, and a server to work on.

set -euo pipefail
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

# install COMMAND=PACKAGE…: Debian packages for the commands, or files (a pattern), that are missing.
install() {
    local pair packages=()
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null || compgen -G "${pair%%=*}" >/dev/null \
            || packages+=("${pair#*=}")
    done
    [ ${#packages[@]} -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null || { [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; }; then
        echo "$0: needs ${packages[*]} (names of Debian packages)." >&2
        echo "Install them, or run this as root or with sudo on Debian or Ubuntu." >&2
        exit 1
    fi
    echo "installing ${packages[*]}" >&2
    as_root apt-get update -qq </dev/null >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends "${packages[@]}" </dev/null >/dev/null
}

# with_server COMMAND…: runs the command with libpq variables that name a server: those of the
# caller, or a throw-away one.
with_server() {
    install psql=postgresql-client sqitch=sqitch '/usr/lib/*/perl5/*/DBD/Pg.pm=libdbd-pg-perl' \
        pg_prove=libtap-parser-sourcehandler-pgtap-perl
    if [ -n "${PGHOST:-}${PGSERVICE:-}" ]; then
        "$@"
        return
    fi
    # The clients have a directory there, too.
    install '/usr/lib/postgresql/*/bin/postgres=postgresql' pg_virtualenv=postgresql-common
    local version
    version=$(compgen -G '/usr/lib/postgresql/*/bin/postgres' | cut -d/ -f5 | sort -V | tail -n 1)
    install "/usr/share/postgresql/$version/extension/pgtap.control=postgresql-$version-pgtap"
    unset PGPORT PGHOSTADDR PGDATABASE PGUSER PGPASSWORD
    # It would print the server's log if the command failed, and bury the command's own message.
    local status
    status=$(mktemp)
    # Tests prepare transactions, which takes room that PostgreSQL does not reserve by itself.
    # shellcheck disable=SC2016
    pg_virtualenv -t -v "$version" -c '--locale=C.UTF-8 --encoding=UTF8' \
        -o max_prepared_transactions=2 \
        bash -c 'file=$1; shift; "$@"; echo $? >"$file"' with_server "$status" "$@"
    local result
    result=$(cat "$status")
    rm -f "$status"
    return "${result:-1}"
}
