#!/usr/bin/env bash
# Install the Python packages that a requirements file pins into the virtual environment: `python_packages.sh FILE`.
set -euo pipefail
cd "$(dirname "$0")/.."

install=(.venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$1")
echo "Installing Python packages: $1"
"${install[@]}" || {
    echo "The Python packages could not be installed; pip needs the index its settings name." >&2
    echo "Run this to see more, then try again:  .venv/bin/python -m pip install -r $1" >&2
    exit 1
}
