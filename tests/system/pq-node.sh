#!/bin/sh
# X25519MLKEM768 between real daemons and OpenSSL 3.5 (in Node 24 from npm), both ways round, with
# the parties' real certificates, under each tls.post_quantum. Run: tests/system/pq-node.sh
# Needs npm once, or NODE24 with the path of a Node 24; a demo's folder is made by the program.
. "$(dirname "$0")/stage.sh"
node24
stage
FAILED=0
COUNT=0

# expect WANTED TITLE: what the last conversation came to.
expect() {
    COUNT=$((COUNT + 1))
    case "$(cat "$WORK/said")" in
        *"$1"*) echo "ok    $2: $(cat "$WORK/said")" ;;
        *) echo "FAIL  $2: wanted $1, got $(cat "$WORK/said")"; FAILED=1 ;;
    esac
}
node_dials() { "$NODE24" "$HERE/pq_node.mjs" dial "$WORK/demo" gbr "$(port_of fra)" "$1" >"$WORK/said" 2>&1 || true; }
in_journal() {
    COUNT=$((COUNT + 1))
    if grep -q "$1" "$WORK/fra.log"; then echo "ok    the journal says: $1"
    else echo "FAIL  the journal does not say: $1"; tail -3 "$WORK/fra.log"; FAILED=1; fi
}

for policy in prefer require off; do
    export ENTENTE_TLS__POST_QUANTUM=$policy
    daemon fra
    case $policy in
        prefer) hybrid=true classical=true ;;
        require) hybrid=true classical=false ;;
        off) hybrid=false classical=true ;;
    esac
    node_dials X25519MLKEM768; expect "\"in\":$hybrid" "$policy: node dials with X25519MLKEM768 alone"
    node_dials X25519; expect "\"in\":$classical" "$policy: node dials with X25519 alone"
    node_dials prime256v1; expect "\"in\":$classical" "$policy: node dials with P-256 alone"
    [ $policy = require ] && in_journal "offers no key exchange that we take.*X25519MLKEM768"
    # Its first share is for X25519: an end that requires more asks again.
    node_dials X25519:X25519MLKEM768; expect '"in":true' "$policy: node dials with both, X25519 first"
    stop "$DAEMON"

    # The other way round: node listens where the counterpart would, and the daemon dials it.
    for group in X25519MLKEM768 X25519; do
        "$NODE24" "$HERE/pq_node.mjs" listen "$WORK/demo" gbr "$(port_of gbr)" $group >"$WORK/said" 2>&1 &
        listening=$!
        daemon fra
        wait $listening || true
        case $group in X25519) wanted=$classical ;; *) wanted=$hybrid ;; esac
        expect "\"in\":$wanted" "$policy: the daemon dials a node that has $group alone"
        stop "$DAEMON"
    done
done
unset ENTENTE_TLS__POST_QUANTUM
echo "$COUNT checks"
exit $FAILED
