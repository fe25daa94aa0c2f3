#!/usr/bin/env bash
# Serve the product: migrate and load the demo centre, then one web process and one worker for background work.
# When either ends, or on Ctrl-C or SIGTERM, both end.
set -euo pipefail
cd "$(dirname "$0")/.."

python=.venv/bin/python
flask=("$python" -m flask --app web)
umask 077 # the database and the files hold what people told the centre in confidence
mkdir -p var
address=$("$python" -m config)   # refuses a wrong setting before anything starts
"$python" -c 'import socket, sys
host, _, port = sys.argv[1].rpartition(":")
try:
    family, _, _, _, place = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
    socket.create_server(place, family=family).close()
except OSError as error:
    sys.exit(f"Cannot serve on {sys.argv[1]}: {error.strerror}. Try another: make run PORT=8001")
' "$address"

children=()
stop() {
    trap - INT TERM EXIT
    for child in "${children[@]}"; do kill -TERM "$child" 2>/dev/null || true; done
    wait
    exit "$1"
}
trap 'stop 0' INT TERM
trap 'stop $?' EXIT

"${flask[@]}" demo load &
children=($!)
wait "${children[0]}" # in the background only so that a signal ends it too
children=()

"$python" -m gunicorn 'web:create_app()' --bind "$address" --worker-class gthread --workers 1 --threads 8 \
    --graceful-timeout 10 --log-level warning --no-control-socket &
children+=($!)
"${flask[@]}" worker run &
children+=($!)

"${flask[@]}" demo accounts
alive() { kill -0 "${children[0]}" 2>/dev/null && kill -0 "${children[1]}" 2>/dev/null; }
while alive; do sleep 1; done # not `wait -n`: it would miss a child that ended while the accounts were printed
echo "One of the two processes has ended; stopping the other." >&2
exit 1
