#!/bin/sh
# Public TLS tools against a daemon that listens: OpenSSL's and GnuTLS's clients, Node 24 (OpenSSL
# 3.5), SSLyze and testssl.sh, with the counterpart's real certificate where a tool can show one.
#
#   tests/system/tls-tools.sh [TOOLS]          the daemon; nothing may be found
#   tests/system/tls-tools.sh --weak [TOOLS]   listeners with one thing weakened each, from
#                                              tests/judges: in each something must be found
#
# TOOLS: some of openssl,gnutls,node,sslyze,testssl. Root installs what is missing (apt, pip, npm).
. "$(dirname "$0")/stage.sh"
ALL=openssl,gnutls,node,sslyze,testssl
WEAK=
[ "${1:-}" != --weak ] || { WEAK=yes; shift; }
TOOLS=${1:-$ALL}

debian openssl=openssl gnutls-cli=gnutls-bin
case $TOOLS in *testssl*) debian testssl=testssl.sh hexdump=bsdmainutils ;; esac
case $TOOLS in *node*) node24 ;; esac
case $TOOLS in
    *sslyze*)
        SSLYZE=${SSLYZE:-"$TARGET/tools/venv/bin/sslyze"}
        [ -x "$SSLYZE" ] || { python3 -m venv "$TARGET/tools/venv" && "$TARGET/tools/venv/bin/pip" install -q sslyze; } >&2
        ;;
esac
stage

# The judges' listener: two ports, with a door like the daemon's and without.
WEAKENED=${WEAKENED:-"$TARGET/judges/debug/weak"}
[ -x "$WEAKENED" ] ||
    CARGO_TARGET_DIR="$TARGET/judges" cargo build --locked --manifest-path "$HERE/../judges/Cargo.toml" --bin weak >&2
mkfifo "$WORK/hold"

# Starts it with a weakness; PORTS are its ports.
listen() {
    : >"$WORK/ports"
    "$WEAKENED" "$WORK/demo" FRA "$1" <"$WORK/hold" >"$WORK/ports" &
    LISTENER=$!
    exec 9>"$WORK/hold"
    for _ in $(seq 50); do [ -s "$WORK/ports" ] && break; sleep 0.1; done
    PORTS=$(cat "$WORK/ports")
}
unlisten() { exec 9>&-; wait "$LISTENER" || true; }

# look DOOR OPEN [MORE]: every tool at a listener, and at the same TLS ends without a door.
look() {
    door=$1 open=$2
    shift 2
    python3 "$HERE/tls_tools.py" --folder "$WORK/demo" --work "$WORK" --port "$door" --open "$open" \
        --tools "$TOOLS" --node "${NODE24:-node}" --sslyze "${SSLYZE:-sslyze}" "$@" 9>&-
}

if [ -z "$WEAK" ]; then
    daemon fra
    listen none
    FAILED=0
    look "$(port_of fra)" "${PORTS#* }" --least || FAILED=1
    unlisten
    # What the daemon counted itself: no tool may have been kept out for being too many.
    "$ENTENTE" status --config "$WORK/demo/fra/entente.toml" --json >"$WORK/status.json" || true
    python3 - "$WORK/status.json" <<'END' || FAILED=1
import json, sys
counts = json.load(open(sys.argv[1]))["edge"]["connections"]
print("the daemon counted", ", ".join(f"{name} {count}" for name, count in counts.items()))
sys.exit(counts["crowded"] > 0)
END
    exit $FAILED
fi

# First as it should be, then weakened, one thing at a time.
FAILED=0
for weakness in ${WEAKNESSES:-none tls12 tickets early-data anybody any-authority any-protocol groups}; do
    rm -f "$WORK/session"
    listen "$weakness"
    found=0
    look $PORTS >"$WORK/$weakness.txt" 2>&1 || found=$?
    unlisten
    case $weakness/$found in
        none/0 | [!n]*/1) echo "ok    $weakness: $(tail -n 1 "$WORK/$weakness.txt")"; grep FOUND "$WORK/$weakness.txt" | cut -c 1-160 | head -n "${SHOWN:-3}" || true ;;
        *) echo "FAIL  $weakness:"; tail -n 12 "$WORK/$weakness.txt"; FAILED=1 ;;
    esac
done
exit $FAILED
