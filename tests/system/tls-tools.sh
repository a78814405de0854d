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

# look PORT: every tool at one listener.
look() {
    python3 "$HERE/tls_tools.py" --folder "$WORK/demo" --work "$WORK" --port "$1" --tools "$TOOLS" \
        --node "${NODE24:-node}" --sslyze "${SSLYZE:-sslyze}"
}

if [ -z "$WEAK" ]; then
    daemon fra
    look "$(port_of fra)"
    exit
fi

# The judges' listener: first as it should be, then weakened, one thing at a time.
WEAKENED=${WEAKENED:-"$TARGET/judges/debug/weak"}
[ -x "$WEAKENED" ] ||
    CARGO_TARGET_DIR="$TARGET/judges" cargo build --locked --manifest-path "$HERE/../judges/Cargo.toml" --bin weak >&2
mkfifo "$WORK/hold"
FAILED=0
for weakness in ${WEAKNESSES:-none tls12 tickets early-data anybody any-authority any-protocol groups}; do
    rm -f "$WORK/session"
    "$WEAKENED" "$WORK/demo" FRA $weakness <"$WORK/hold" >"$WORK/port" &
    listener=$!
    exec 9>"$WORK/hold"
    for _ in $(seq 50); do [ -s "$WORK/port" ] && break; sleep 0.1; done
    found=0
    look "$(cat "$WORK/port")" >"$WORK/$weakness.txt" 2>&1 || found=$?
    exec 9>&-
    wait $listener || true
    case $weakness/$found in
        none/0 | [!n]*/1) echo "ok    $weakness: $(tail -n 1 "$WORK/$weakness.txt")"; grep FOUND "$WORK/$weakness.txt" | cut -c 1-160 | head -n 3 || true ;;
        *) echo "FAIL  $weakness:"; tail -n 12 "$WORK/$weakness.txt"; FAILED=1 ;;
    esac
done
exit $FAILED
