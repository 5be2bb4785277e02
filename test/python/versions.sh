#!/usr/bin/env bash
# Runs the tests of the models with the first and the latest release of every minor of SQLAlchemy 2,
# each in a virtual environment of its own, on the server that the libpq variables name.
#
#     test/python/versions.sh [pytest arguments]
#
# ONLY=2.0.0 takes one release alone.
#
# PYTHON chooses the interpreter. No one of them runs all: 2.0.0 needs Python 3.12 at most, 2.1
# needs 3.11 at least. PYTHON=every takes one of each minor from 3.10 to 3.13 that the machine has.
set -euo pipefail

if [ "${PYTHON:-}" = every ]; then
    status=0
    for minor in 10 11 12 13; do
        python=$(compgen -G "$HOME/.pyenv/versions/3.$minor.*/bin/python" | tail -n 1 \
            || command -v "python3.$minor" || true)
        [ -n "$python" ] || continue
        echo "== $("$python" --version)"
        PYTHON=$python "$0" "$@" || status=1
    done
    exit $status
fi

tests=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$tests/../.." && pwd)
environments=$(mktemp -d)
trap 'rm -rf "$environments"' EXIT
failed=()

# Whether it was installed: a minor that does not exist cannot be.
install() {
    "${PYTHON:-python3}" -m venv "$environments/venv"
    "$environments/venv/bin/pip" install --quiet --disable-pip-version-check "sqlalchemy[asyncio]$1"
}

run() {
    "$environments/venv/bin/pip" install --quiet --disable-pip-version-check \
        "${project}[dev]" "sqlalchemy[asyncio]$1"
    if ! "$environments/venv/bin/python" -c 'import sqlalchemy.orm' 2>/dev/null; then
        echo "== SQLAlchemy $1 itself does not run on $("${PYTHON:-python3}" --version)"
        rm -rf "$environments/venv"
        return
    fi
    echo "== SQLAlchemy $("$environments/venv/bin/python" -c \
        'import sqlalchemy; print(sqlalchemy.__version__)')"
    (cd "$tests" && "$environments/venv/bin/python" -m pytest -q -p no:cacheprovider "${@:2}") \
        || failed+=("$1")
    rm -rf "$environments/venv"
}

if [ -n "${ONLY:-}" ]; then
    install "==$ONLY"
    run "==$ONLY" "$@"
    exit ${#failed[@]}
fi
minor=0
while install "==2.$minor.0" 2>"$environments/error"; do
    run "==2.$minor.0" "$@"
    install "~=2.$minor.0"
    run "~=2.$minor.0" "$@"
    minor=$((minor + 1))
done
if ! grep -q "No matching distribution" "$environments/error"; then
    cat "$environments/error" >&2
    exit 1
fi
if grep -q "2\.$minor\.0 Requires-Python" "$environments/error"; then
    echo "SQLAlchemy 2.$minor needs another Python than $("${PYTHON:-python3}" --version)"
fi
if [ "${#failed[@]}" -gt 0 ]; then
    echo "failed: ${failed[*]}" >&2
    exit 1
fi
