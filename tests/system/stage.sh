# Sourced by the scripts beside it: a demo's folder with both sides, and daemons on it.
# ENTENTE names the program; by default the debug build. WORK is a folder that goes at the end.

set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
TARGET=${CARGO_TARGET_DIR:-"$HERE/../../target"}
ENTENTE=${ENTENTE:-"$TARGET/debug/entente"}
[ -x "$ENTENTE" ] || { echo "build it first: cargo build; or set ENTENTE" >&2; exit 2; }

WORK=$(mktemp -d)
RUNNING=
cleanup() {
    for pid in $RUNNING; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
    rm -rf "$WORK"
}
trap cleanup EXIT

# Keys, certificates, agreement and two logs, made by the program itself.
stage() {
    "$ENTENTE" demo --dir "$WORK/demo" >"$WORK/demo.log" 2>&1 ||
        { cat "$WORK/demo.log" >&2; exit 1; }
    # The tools read the system's clock, and the certificates that they show are made by it.
    date +%s >"$WORK/demo/clock"
}

# The port that a side's configuration names.
port_of() { sed -n 's/^listen = "127.0.0.1:\([0-9]*\)"/\1/p' "$WORK/demo/$1/entente.toml"; }

# Starts a side's daemon and waits until it serves; its journal is $WORK/SIDE.log.
daemon() {
    "$ENTENTE" serve --config "$WORK/demo/$1/entente.toml" >"$WORK/$1.log" 2>&1 &
    DAEMON=$!
    RUNNING="$RUNNING $DAEMON"
    for _ in $(seq 100); do
        grep -q serving "$WORK/$1.log" && return
        kill -0 "$DAEMON" 2>/dev/null || { cat "$WORK/$1.log" >&2; exit 1; }
        sleep 0.1
    done
    echo "$1's daemon does not serve" >&2
    exit 1
}

stop() { kill "$1"; wait "$1" 2>/dev/null || true; }

# Installs Debian packages whose programs are not there yet: program=package.
debian() {
    wanted=
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null || wanted="$wanted ${pair#*=}"
    done
    [ -z "$wanted" ] || { apt-get update && apt-get install -y --no-install-recommends $wanted; } >&2
}

# Node 24, which brings OpenSSL 3.5, under $TARGET/tools unless NODE24 names one.
node24() {
    NODE24=${NODE24:-"$TARGET/tools/node_modules/.bin/node"}
    [ -x "$NODE24" ] || npm install --silent --prefix "$TARGET/tools" node@24 >&2
}
