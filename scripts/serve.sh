#!/usr/bin/env bash
# Serve the product: migrate, load the demo centre, then one web process and one worker for background work.
# When either ends, or on Ctrl-C or SIGTERM, both end.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=.venv/bin
mkdir -p var
address=$("$bin/python" -m config)   # refuses a wrong setting before anything starts

"$bin/flask" --app web database upgrade
"$bin/flask" --app web demo load

children=()
stop() {
    trap - INT TERM EXIT
    for child in "${children[@]}"; do kill -TERM "$child" 2>/dev/null || true; done
    wait
    exit "$1"
}
trap 'stop 0' INT TERM
trap 'stop $?' EXIT

"$bin/gunicorn" 'web:create_app()' --bind "$address" --worker-class gthread --workers 1 --threads 8 \
    --graceful-timeout 10 --log-level warning &
children+=($!)
"$bin/flask" --app web worker run &
children+=($!)

"$bin/flask" --app web demo accounts
alive() { kill -0 "${children[0]}" 2>/dev/null && kill -0 "${children[1]}" 2>/dev/null; }
while alive; do sleep 1; done # not `wait -n`: it would miss a child that ended while the accounts were printed
echo "One of the two processes has ended; stopping the other." >&2
exit 1
