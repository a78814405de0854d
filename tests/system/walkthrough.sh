#!/usr/bin/env bash
# Runs the commands of certs/walkthrough.md as they stand there, for both parties, and then two real
# daemons with the certificates that they made. Needs OpenSSL 3, python3 and a built `entente`.
#
#   tests/system/walkthrough.sh target/release/entente
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
entente=$(realpath "${1:-$here/target/release/entente}")
folder=$(mktemp -d)
started=()
finish() {
    status=$?
    for pid in ${started[@]+"${started[@]}"}; do kill "$pid" 2>/dev/null || true; done
    [ $status = 0 ] || { echo "-- failed; the end of what was said:"; tail -n 40 "$folder"/*.log; } >&2
    rm -rf "$folder"
    exit $status
}
trap finish EXIT

mkdir "$folder/bin"
ln -s "$entente" "$folder/bin/entente"
export PATH=$folder/bin:$PATH
cp "$here/certs/openssl.cnf" "$folder/"
# What stands under "In use" needs the daemons, and runs when they do.
awk '/^## In use$/ { exit } /^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' \
    "$here/certs/walkthrough.md" > "$folder/commands.sh"
awk '/^## In use$/ { use = 1 } !use { next } /^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' \
    "$here/certs/walkthrough.md" > "$folder/use.sh"
cd "$folder"
# In this shell, so that nothing that fails is passed over, line by line in the log.
( set -eu; . ./commands.sh ) > commands.log 2>&1 || exit 1
echo "the commands ran: $(grep -c . commands.sh) lines"

# What must be refused, is: the wrong purpose, another party's certificate, one that has ended.
refused() { # what must be said, arguments...
    if "${@:2}" > refused.out 2>&1; then echo "let through: ${*:2}"; return 1; fi
    grep -q -- "$1" refused.out || { echo "not said: $1"; cat refused.out; return 1; }
}
refused "is for ledger and not for TLS" entente keys inspect keys-GBR/ledger-cert.pem --purpose tls
refused "it ended at" entente keys inspect keys-GBR/tls-cert.pem --at 2099-01-01
refused "not an authority" entente keys inspect keys-GBR/tls-cert.pem --purpose authority
# A ministry that forgets to say whose certificate it issues.
CA=issuing-GBR openssl ca -config openssl.cnf -batch -notext -extensions record_signer \
    -in ledger-GBR.csr -out forgotten.pem > forgotten.log 2>&1
refused "is not urn:entente" entente keys inspect forgotten.pem

sed 's/^expires = .*/expires = "2097-06-11"/' "$here/docs/examples/provisions.toml" > provisions.toml
cat "$here/docs/examples/terms.toml" provisions.toml gbr.toml fra.toml > agreement.toml
digest=$(entente agreement show agreement.toml --json |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["digest"])')
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

configure() { # party, other, link
    local own=${1,,} other=${2,,}
    mkdir -m 700 "$own-mark" "$own-run"
    cat > "$own-side.toml" <<EOF
party = "$1"
[agreement]
file = "agreement.toml"
digest = "$digest"
[state]
directory = "$own-state"
mark = "$own-mark/mark"
[keys]
directory = "keys-$1"
[tls]
peer_ca = "ministry-$2/ca-cert.pem"
crl = ["lists-$2.pem"]
[trust]
authority = "ministry-$1/ca-cert.pem"
crl = ["lists-$1.pem"]
[link]
$3
peer_name = "exchange.$other.example"
[api]
socket = "$own-run/api.sock"
EOF
    entente check-config --config "$own-side.toml" > "$own-check.log" 2>&1
    entente init --config "$own-side.toml" > "$own-init.log" 2>&1
    entente serve --config "$own-side.toml" > "$own-serve.log" 2>&1 &
    started+=($!)
}
configure GBR FRA "listen = \"127.0.0.1:$port\""
configure FRA GBR "peer = [\"127.0.0.1:$port\"]"

python3 - <<'EOF'
import json, subprocess, sys, time

def status(side):
    run = subprocess.run(["entente", "status", "--config", f"{side}-side.toml", "--json"],
                         capture_output=True, text=True)
    return json.loads(run.stdout) if run.stdout else None

def stands(one):
    return one and one["connected"] and all(
        log["size"] > 0 and log["unreceipted"] == 0 for log in one["logs"].values())

for _ in range(150):
    both = [status(side) for side in ("gbr", "fra")]
    if all(map(stands, both)):
        break
    time.sleep(0.2)
else:
    sys.exit(f"no exchange within 30 s: {both}")
for one in both:
    uses = sorted((each["party"], each["purpose"]) for each in one["certificates"])
    own, other = one["party"], {"GBR": "FRA", "FRA": "GBR"}[one["party"]]
    assert (own, "tls") in uses and (other, "authority") in uses, uses
    assert sum(use in ("caseworker", "ledger", "officer") for _, use in uses) == 6, uses
    assert all(each["stage"] == "good" for each in one["certificates"]), one["certificates"]
    states = [each["state"] for each in one["enrolments"]]
    assert states == ["trusted"] * 6, one["enrolments"]
print("both daemons exchanged by the certificates of the two ministries")
EOF
curl --silent --fail --unix-socket gbr-run/api.sock http://entente/metrics > metrics.txt 2>/dev/null ||
    python3 - <<'EOF' > metrics.txt
import http.client, socket
connection = http.client.HTTPConnection("entente")
connection.sock = socket.socket(socket.AF_UNIX)
connection.sock.connect("gbr-run/api.sock")
connection.request("GET", "/metrics")
print(connection.getresponse().read().decode(), end="")
EOF
grep -q '^entente_session_up 1$' metrics.txt
grep -q '^entente_certificate_expiry_seconds{party="GBR",purpose="tls",' metrics.txt
grep -q '^entente_untrusted_enrolments 0$' metrics.txt

( set -eu; . ./use.sh ) > use.log 2>&1 || exit 1
grep -q "logged at position" use.log
# Why, the journal says of whoever refuses, and nobody else.
for _ in $(seq 30); do grep -q "revoked" fra-serve.log && break; sleep 1; done
grep -q "revoked" fra-serve.log
if grep -q "revoked" gbr-serve.log; then echo "the peer was told why"; exit 1; fi
entente status --config gbr-side.toml --json | grep -q '"state":"trusted"'
echo "a revoked record key was not enrolled, and a revoked end was let in no more"
echo "passed"
