#!/usr/bin/env bash
# Install the system packages that are missing, and only those: `system_packages.sh run` or `… test`.
# As root directly, else through sudo; where neither works, name the command and stop.
set -euo pipefail

missing=()

need() { # package...: note those that dpkg does not know as installed
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
}

need_python() { # any Python 3.11+ with venv will do, it need not be Debian's
    command -v python3 >/dev/null || { missing+=(python3-venv) && return; }
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        echo "Python 3.11 or later is needed; $(command -v python3) is $(python3 -V 2>&1)." >&2
        exit 1
    }
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
}

for_run() {
    need_python
    need libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk # WeasyPrint, and its Chinese font
}

for_test() {
    need chromium chromium-driver  # the journeys in a browser
    need postgresql                # races and locks that SQLite cannot show
    need poppler-utils             # PDFs turned back into pictures and text, signatures read a second time
    need softhsm2                  # a token in software, for signatures by PKCS#11
}

if ! command -v apt-get >/dev/null; then
    [ -n "${SKIP_SYSTEM_PACKAGES:-}" ] && exit 0
    echo "This machine has no apt-get. Install Python 3.11+ with venv, Pango with HarfBuzz-subset and Noto CJK fonts" >&2
    echo "(for the tests also Chromium with chromedriver, PostgreSQL, poppler), then set SKIP_SYSTEM_PACKAGES=1." >&2
    exit 1
fi

case "${1:-}" in
    run) for_run ;;
    test) for_test ;;
    *) echo "usage: $0 run|test" >&2 && exit 2 ;;
esac
[ ${#missing[@]} -eq 0 ] && exit 0

install="apt-get install -y --no-install-recommends ${missing[*]}"
if [ "$(id -u)" -eq 0 ]; then
    root=()
elif command -v sudo >/dev/null; then
    root=(sudo)
else
    echo "These system packages are missing: ${missing[*]}" >&2
    echo "Run this as root, then try again:  apt-get update && $install" >&2
    exit 1
fi

echo "Installing system packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
if ! { "${root[@]}" apt-get update -qq && "${root[@]}" env DEBIAN_FRONTEND=noninteractive $install; }; then
    echo "The system packages could not be installed. Run this as root, then try again:" >&2
    echo "  apt-get update && $install" >&2
    exit 1
fi
