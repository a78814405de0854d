#!/usr/bin/env python3
"""Both daemons with every key in a SoftHSM2 token, which is taken away under load and given back.

    apt-get install softhsm2 opensc python3-cryptography
    cargo build && tests/system/hsm.py [target/debug/entente]

The keys are born in the tokens and never leave them; only the officers' lie in files, since no
daemon holds those. Needs no root. Ends with figures, or with the first thing that was lost.
"""

import base64
import datetime
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENTENTE = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/debug/entente").resolve()
LIBRARY = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "5678"
NOON = 1_754_481_600  # 2025-08-06T12:00:00Z, the first day in force
SIDES = {"gbr": "EC:edwards25519", "fra": "EC:prime256v1"}  # what their record keys are
HOME = pathlib.Path(tempfile.mkdtemp(prefix="entente-hsm-"))


def fail(why):
    print(f"FAILED: {why}\n(the folder is {HOME})")
    sys.exit(1)


def run(*command, env=None, good=(0,)):
    done = subprocess.run([str(one) for one in command], cwd=HOME, env=env, text=True,
                          capture_output=True, timeout=120)
    if done.returncode not in good:
        fail(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def env_of(side):
    return dict(os.environ, SOFTHSM2_CONF=str(HOME / f"{side}-softhsm.conf"))


def token_keys(side):
    """A token with five new keys; answers with their public halves."""
    tokens = HOME / f"{side}-tokens"
    tokens.mkdir(mode=0o700)
    (HOME / f"{side}-softhsm.conf").write_text(
        f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    env = env_of(side)
    run("softhsm2-util", "--init-token", "--free", "--label", side, "--so-pin", "1234",
        "--pin", PIN, env=env)
    public = {}
    kinds = {"caseworker": SIDES[side], "ledger": SIDES[side], "log": "EC:edwards25519",
             "mirror": "EC:edwards25519", "tls": "EC:prime256v1"}
    for number, (name, kind) in enumerate(kinds.items(), 1):
        tool = ["pkcs11-tool", "--module", LIBRARY, "--token-label", side, "--login", "--pin", PIN]
        run(*tool, "--keypairgen", "--key-type", kind, "--label", name, "--id", f"{number:02x}",
            env=env)
        out = HOME / f"{side}-{name}.point"
        run(*tool, "--read-object", "--type", "pubkey", "--label", name, "-o", out, env=env)
        der = out.read_bytes()
        if der.startswith(b"-----BEGIN"):
            # So the tool has it for Edwards curves, and for those alone.
            der = base64.b64decode(b"".join(der.splitlines()[1:-1]))
        # The point is what the structure ends with, whichever way the tool wraps it.
        public[name] = der[-32:] if "edwards" in kind else der[-65:]
    return public


def key_of(point):
    if len(point) == 32:
        return ed25519.Ed25519PublicKey.from_public_bytes(point)
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def certify(folder, role, point):
    """The same certificate as `entente keys new` has made, over another key."""
    old = x509.load_pem_x509_certificate((folder / f"{role}-cert.pem").read_bytes())
    issuer = serialization.load_pem_private_key((folder / "ca-key.pem").read_bytes(), None)
    new = (x509.CertificateBuilder().subject_name(old.subject).issuer_name(old.issuer)
           .public_key(key_of(point)).serial_number(x509.random_serial_number())
           .not_valid_before(old.not_valid_before_utc).not_valid_after(old.not_valid_after_utc))
    for extension in old.extensions:
        if extension.oid != x509.ExtensionOID.SUBJECT_KEY_IDENTIFIER:
            new = new.add_extension(extension.value, extension.critical)
    pem = new.sign(issuer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / f"{role}-cert.pem").write_bytes(pem)
    (folder / f"{role}-key.pem").unlink()
    return pem.decode()


def verifier_key(name, kind, point):
    blob = bytes([kind]) + point
    digest = hashlib.sha256(name.encode() + b"\n" + blob).hexdigest()[:8]
    return f"{name}+{digest}+{base64.b64encode(blob).decode()}"


def set_up():
    terms = 'title = "Modules"\nclock_bound_seconds = 30\nrehearsal = true\n\n'
    terms += (ROOT / "docs/examples/provisions.toml").read_text() + "\n"
    for side in SIDES:
        keys = HOME / f"{side}-keys"
        run(ENTENTE, "keys", "new", "--party", side.upper(), "--dir", keys,
            "--name", f"exchange.{side}.example", "--valid-from", "2025-08-01")
        public = token_keys(side)
        origin = f"exchange.{side}.example/{side}/log"
        terms += f'[{side}]\nissuer = "https://exchange.{side}.example"\n'
        terms += f'log = "{verifier_key(origin, 1, public["log"])}"\n'
        terms += f'mirror = "{verifier_key(origin + "/mirror", 4, public["mirror"])}"\n'
        for role in ("caseworker", "ledger"):
            pem = certify(keys, role, public[role])
            terms += f'\n[[{side}.signers]]\nrole = "{role}"\ncertificate = """\n{pem}"""\n'
        pem = (keys / "officer-cert.pem").read_text()
        terms += f'\n[[{side}.signers]]\nrole = "officer"\ncertificate = """\n{pem}"""\n\n'
        certify(keys, "tls", public["tls"])
        for left in ("log-key.pem", "mirror-key.pem", "ca-key.pem"):
            (keys / left).unlink()
        pin = keys / "pin"
        pin.write_text(PIN + "\n")
        pin.chmod(0o600)
    (HOME / "agreement.toml").write_text(terms)
    digest = json.loads(run(ENTENTE, "agreement", "show", "agreement.toml", "--json"))["digest"]
    for folder in ("mark", "run"):
        (HOME / folder).mkdir(mode=0o700)
    (HOME / "clock").write_text(f"{NOON}\n")
    free = [socket.create_server(("127.0.0.1", 0)) for _ in SIDES]
    ports = dict(zip(SIDES, (one.getsockname()[1] for one in free)))
    for one in free:
        one.close()
    for side, other in (("gbr", "fra"), ("fra", "gbr")):
        uri = lambda name: f'"pkcs11:token={side};object={name};type=private"'
        (HOME / f"{side}.toml").write_text(f"""party = "{side.upper()}"
[agreement]
file = "agreement.toml"
digest = "{digest}"
[state]
directory = "{side}-state"
mark = "mark/{side}"
[keys]
directory = "{side}-keys"
module = "{LIBRARY}"
pin_file = "{side}-keys/pin"
caseworker = {uri("caseworker")}
ledger = {uri("ledger")}
log = {uri("log")}
mirror = {uri("mirror")}
[tls]
key = {uri("tls")}
peer_ca = "{other}-keys/ca-cert.pem"
[link]
listen = "127.0.0.1:{ports[side]}"
peer = ["127.0.0.1:{ports[other]}"]
peer_name = "exchange.{other}.example"
[api]
socket = "run/{side}.sock"
[sandbox]
read = ["{side}-softhsm.conf"]
write = ["."]
[rehearsal]
clock = "clock"
""")
        run(ENTENTE, "init", "--config", f"{side}.toml", env=env_of(side))


def serve(side):
    journal = open(HOME / f"{side}.journal", "a")
    return subprocess.Popen([ENTENTE, "serve", "--attended", "--config", f"{side}.toml"], cwd=HOME,
                            env=env_of(side), stdin=subprocess.PIPE, stderr=journal, stdout=journal)


def status(side):
    done = subprocess.run([ENTENTE, "status", "--config", f"{side}.toml", "--json"], cwd=HOME,
                          text=True, capture_output=True)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        return None


def until(what, stands, seconds=60):
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if stands():
            return time.monotonic() - began
        time.sleep(0.05)
    fail(f"waited {seconds} s for {what}: {status('gbr')} {status('fra')}")


def submit(first, count):
    """Hands requests in; answers with what became of each."""
    lines = [json.dumps({"kind": "readmission-request", "case": f"GB01-{number:06}", "content": {
        "scope": "protection-claim", "arrived": "2025-08-06", "evidence": ["officer-report"],
        "minors": 0}, "key": f"request-{number}"}) for number in range(first, first + count)]
    (HOME / "requests.ndjson").write_text("\n".join(lines) + "\n")
    told = run(ENTENTE, "submit", "--config", "gbr.toml", "--json", "requests.ndjson", good=(0, 3))
    return [json.loads(line) for line in told.splitlines()]


def take_away(side):
    (HOME / f"{side}-tokens").rename(HOME / f"{side}-tokens.away")


def give_back(side):
    (HOME / f"{side}-tokens.away").rename(HOME / f"{side}-tokens")


def receipted(logged):
    shown = status("gbr")
    log = shown and shown["logs"]["gbr"]
    return bool(log) and shown["queued"] == 0 and log["size"] >= logged \
        and log.get("receipted", log.get("cosigned", 0)) >= logged


def main():
    set_up()
    for side in SIDES:
        held = [one.name for one in (HOME / f"{side}-keys").glob("*-key.pem")]
        if held != ["officer-key.pem"]:
            fail(f"private keys in files: {held}")
        run(ENTENTE, "check-config", "--config", f"{side}.toml", env=env_of(side), good=(0, 1))
    daemons = {side: serve(side) for side in SIDES}
    until("a session", lambda: all((status(side) or {}).get("connected") for side in SIDES))
    print("both sides up: every key in a module, TLS too")

    began = time.monotonic()
    answers = submit(0, 200)
    rate = 200 / (time.monotonic() - began)
    if any(one["state"] != "logged" for one in answers):
        fail(f"not logged at once: {answers}")
    print(f"200 requests logged, {rate:.0f}/s from one caller")

    total, figures = 200, {}
    for side in ("gbr", "fra", "gbr"):
        # Under load: what is handed in while the token goes is logged or queued, and answered.
        load = subprocess.Popen([sys.executable, __file__, str(ENTENTE), "load", str(HOME),
                                 str(total), "300"], stdout=subprocess.PIPE, text=True)
        time.sleep(0.3)
        take_away(side)
        told, _ = load.communicate(timeout=120)
        during = json.loads(told)
        after = submit(total + 300, 20)
        away = until(f"{side} to notice", lambda: (status(side) or {}).get("keys_away"), 30)
        queued = status("gbr")["queued"]
        total += 320
        if side == "gbr" and (queued == 0 or any(one["state"] != "queued" for one in after)):
            fail(f"nothing waits though the module is away: {queued} {after}")
        time.sleep(2)
        give_back(side)
        back = until(f"{side} to sign again",
                     lambda: (status(side) or {"keys_away": 1})["keys_away"] is None, 30)
        drained = until("the queue to drain", lambda: status("gbr")["queued"] == 0, 60)
        print(f"{side}: away under load; {during['logged']} logged, {queued} queued; noticed, "
              f"back after {back:.1f} s, drained {drained:.1f} s later")

    print("GBR is killed while its token is away")
    take_away("gbr")
    submit(total, 20)
    until("the queue", lambda: status("gbr")["queued"] == 20)
    daemons["gbr"].send_signal(signal.SIGKILL)
    daemons["gbr"].wait()
    refused = subprocess.run([ENTENTE, "serve", "--config", "gbr.toml"], cwd=HOME, text=True,
                             env=env_of("gbr"), capture_output=True, timeout=30)
    if refused.returncode == 0 or "pkcs11:" not in refused.stderr:
        fail(f"it starts without its keys: {refused.returncode} {refused.stderr}")
    give_back("gbr")
    daemons["gbr"] = serve("gbr")
    total += 20
    until("the queue to drain", lambda: (status("gbr") or {"queued": 1})["queued"] == 0)

    # Exactly once: every request again gets the place that it has, and no two the same one.
    places = set()
    for first in range(0, total, 500):
        for one in submit(first, min(500, total - first)):
            if one["state"] != "logged":
                fail(f"lost: {one}")
            places.add(one["position"])
    if len(places) != total:
        fail(f"{total} requests have {len(places)} places")
    size = lambda side: status(side)["logs"]["gbr"]["size"]
    until("both sides to hold the same", lambda: size("gbr") == size("fra"))
    for side in SIDES:
        daemons[side].stdin.close()
        daemons[side].wait(timeout=30)
        run(ENTENTE, "log", "verify", "--config", f"{side}.toml")
    print(f"{total} requests, {len(places)} places, both logs verify: nothing lost, nothing twice")
    shutil.rmtree(HOME)


def load(first, count):
    """One caller after another, ten requests each, as a process of its own."""
    states = {"logged": 0, "queued": 0}
    for number in range(first, first + count, 10):
        for one in submit(number, 10):
            states[one["state"]] += 1
    print(json.dumps(states))


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[2] == "load":
        os.rmdir(HOME)
        HOME = pathlib.Path(sys.argv[3])
        load(int(sys.argv[4]), int(sys.argv[5]))
    else:
        main()
