"""Public TLS tools against a listening daemon: run by tls-tools.sh, which says how.

Each probe is one call of a tool with what it must come to. Whatever comes to something else is a
finding; so is a tool of which too few were let in, or nothing would be tested. Between the tools and
the listener stands a proxy that counts (tls_proxy.py).
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import threading
import time

from tls_proxy import Proxy

NAME = {"gbr": "gbr.entente.example", "fra": "fra.entente.example"}
SUITES = {"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"}
# Connections that each tool must have had at least: told anything, and let in.
LEAST = {"openssl": (22, 7), "gnutls": (30, 8), "node": (9, 3), "sslyze": (100, 6), "testssl": (30, 12)}
CURVES = {"X25519", "prime256v1", "secp256r1"}


class Run:
    """One look at one listener: its files, its tools, what they found."""

    def __init__(self, arguments):
        self.folder = pathlib.Path(arguments.folder)
        self.party, self.other = arguments.party, {"gbr": "fra", "fra": "gbr"}[arguments.party]
        self.work = pathlib.Path(arguments.work)
        # The daemon's port, and one with the same TLS ends for tools that cannot name a protocol.
        self.proxy, self.open = Proxy(arguments.port), Proxy(arguments.open)
        self.findings, self.counts, self.probes, self.seconds = [], {}, {}, {}
        self.tool = None

    def keys(self, party, name):
        return str(self.folder / party / "keys" / name)

    @property
    def identity(self):
        return self.keys(self.other, "tls-cert.pem"), self.keys(self.other, "tls-key.pem")

    @property
    def authority(self):
        return self.keys(self.party, "ca-cert.pem")

    def found(self, what):
        self.findings.append(f"{self.tool}: {what}")
        print(f"FOUND {self.tool}: {what}", flush=True)

    def call(self, command, seconds=15, until=None, feed=b""):
        """Runs a command; its input stays open until the output matches, it ends, or time is up."""
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if feed:
            process.stdin.write(feed)
            process.stdin.flush()
        said, seen = bytearray(), threading.Event()

        def read():
            while chunk := process.stdout.read1(65536):
                said.extend(chunk)
                if until and re.search(until, bytes(said), re.DOTALL):
                    seen.set()
            seen.set()

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        seen.wait(seconds)
        time.sleep(0.2)
        process.kill()
        process.wait()
        reader.join(2)
        return bytes(said)

    def during(self, tool, probes):
        self.tool, began = tool, time.monotonic()
        before = self.counted()
        self.probes[tool] = probes(self) or 0
        self.counts[tool] = [now - then for now, then in zip(self.counted(), before)]
        self.seconds[tool] = time.monotonic() - began

    def counted(self):
        """Connections, those that were told anything, those that were let in: of both ports."""
        return [sum(both) for both in zip(self.proxy.counts(), self.open.counts())]

    def silently(self, call):
        """Makes a call whose every connection must end without a byte for the tool."""
        before = self.proxy.counts()
        said = call()
        tried, told, _ = (now - then for now, then in zip(self.proxy.counts(), before))
        if not tried or told:
            self.found(f"{told} of {tried} connections were told something: {said[-300:]!r}")
        return said

    def forged(self):
        """Clients that are none of ours: what each is called, certificate, key."""
        def openssl(*arguments, text=None):
            subprocess.run(["openssl", *arguments], check=True, capture_output=True, input=text)

        def file(name):
            return str(self.work / name)

        def subject(name):
            return ["-subj", f"/CN={name}", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", file(f"{name}.key")]

        pathlib.Path(file("profile")).write_text(
            f"[leaf]\nsubjectAltName=DNS:{NAME[self.other]},URI:urn:entente:{self.other.upper()}:tls\n"
            "keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\n"
            "basicConstraints=critical,CA:FALSE\n[req]\ndistinguished_name=dn\n[dn]\n"
        )
        signed = ["-extfile", file("profile"), "-extensions", "leaf"]
        openssl("req", "-x509", "-config", file("profile"), "-extensions", "leaf", "-days", "30",
                *subject("self-signed"), "-out", file("self-signed.pem"))
        # Only `openssl ca` takes the days of a validity, and it wants books.
        for name, party, ends in (("own-authority", self.party, "20270101000000Z"),
                                  ("expired", self.other, "20251001000000Z")):
            (self.work / f"{name}.index").write_text("")
            (self.work / f"{name}.serial").write_text("77\n")
            (self.work / f"{name}.conf").write_text(
                f"[ca]\ndefault_ca=one\n[one]\ndatabase={file(name)}.index\n"
                f"serial={file(name)}.serial\nnew_certs_dir={self.work}\ndefault_md=sha256\n"
                "policy=any\nrand_serial=no\n[any]\ncommonName=supplied\n"
            )
            openssl("req", "-new", "-config", file("profile"), *subject(name), "-out", file(f"{name}.csr"))
            openssl("ca", "-batch", "-notext", "-config", file(f"{name}.conf"), "-in", file(f"{name}.csr"),
                    "-cert", self.keys(party, "ca-cert.pem"), "-keyfile", self.keys(party, "ca-key.pem"),
                    "-startdate", "20250901000000Z", "-enddate", ends, "-extfile", file("profile"),
                    "-extensions", "leaf", "-out", file(f"{name}.pem"))
        yield from ((n, file(f"{n}.pem"), file(f"{n}.key"))
                    for n in ("self-signed", "own-authority", "expired"))


def openssl(run):
    """OpenSSL's s_client, as Debian has it."""
    certificate, key = run.identity
    base = ["openssl", "s_client", "-connect", f"127.0.0.1:{run.proxy.port}", "-brief", "-CAfile",
            run.authority, "-servername", NAME[run.party], "-verify_hostname", NAME[run.party]]
    ours = ["-cert", certificate, "-key", key]
    alpn = ["-alpn", "entente/1"]
    session = run.work / "session"
    hello = rb"Server Temp Key: [^\n]*\n.*[\x00-\x08]"
    probes = 0

    def probe(title, arguments, inside, also=None, whom=ours, protocol=alpn):
        nonlocal probes
        probes += 1
        said = run.call(base + whom + protocol + arguments, until=hello + rb"|rror|lert|closed")
        if bool(re.search(hello, said, re.DOTALL)) != inside:
            run.found(f"{title}: {'kept out' if inside else 'let in'}: {said[-300:]!r}")
        elif also and not re.search(also, said):
            run.found(f"{title}: not {also!r} but {said[-300:]!r}")
        return said

    probe("a valid client", ["-tls1_3", "-sess_out", str(session)], True,
          rb"TLSv1.3\nCiphersuite: TLS_AES_256_GCM_SHA384\n(.*\n)*Verification: OK")
    if session.exists():
        run.found("a session ticket was sent")
        probe("early data", ["-tls1_3", "-sess_in", str(session), "-early_data", authority_file(run)], True)
        text = run.call(["openssl", "s_client", *base[2:4], "-CAfile", run.authority, *ours, *alpn,
                         "-sess_in", str(session), "-early_data", authority_file(run)],
                        until=rb"Max Early Data: \d+")
        if b"Early data was accepted" in text:
            run.found("early data was accepted")
        if b"Reused, TLS" in text:
            run.found("a session was resumed")
    for suite in sorted(SUITES):
        probe(suite, ["-tls1_3", "-ciphersuites", suite], True, suite.encode())
    for suite in ("TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"):
        probe(suite, ["-tls1_3", "-ciphersuites", suite], False)
    for group, inside in (("X25519", True), ("P-256", True), ("P-384", False), ("P-521", False),
                          ("X448", False), ("ffdhe2048", False), ("ffdhe8192", False)):
        probe(f"group {group}", ["-tls1_3", "-groups", group], inside)
    weak = ["-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]
    for version in ("-tls1", "-tls1_1", "-tls1_2"):
        probe(f"version {version}", [version, *weak], False)
        for suites in ("eNULL", "aNULL", "EXPORT:LOW:MD5:RC4:3DES", "kRSA", "PSK", "SRP"):
            probe(f"{version} {suites}", [version, "-cipher", f"{suites}:@SECLEVEL=0"], False)
    probe("compression", ["-comp", "-tls1_2", *weak], False)
    probe("legacy renegotiation", ["-legacy_renegotiation", "-tls1_2", *weak], False)
    probe("a pre-shared key", ["-tls1_3", "-psk", "00" * 32, "-psk_identity", "x"], True,
          rb"Verification: OK")
    probe("no certificate", ["-tls1_3"], False, rb"certificate.required|lert number 116", whom=[])
    for title, certificate, key in run.forged():
        probe(title, ["-tls1_3", "-cert", certificate, "-key", key], False, whom=[])
    for protocol in ("h2", "http/1.1", "entente/2", "entente/1x"):
        run.silently(lambda: probe(f"ALPN {protocol}", ["-tls1_3", "-alpn", protocol], False, protocol=[]))
    run.silently(lambda: probe("no ALPN", ["-tls1_3"], False, protocol=[]))
    return probes


def authority_file(run):
    return run.authority


def gnutls(run):
    """GnuTLS's client, and its prober of servers."""
    certificate, key = run.identity
    base = ["gnutls-cli", "--port", str(run.proxy.port), "--x509cafile", run.authority,
            "--sni-hostname", NAME[run.party], "--verify-hostname", NAME[run.party], "127.0.0.1"]
    ours = ["--x509certfile", certificate, "--x509keyfile", key]
    alpn = ["--alpn", "entente/1"]
    newest = "NORMAL:-VERS-ALL:+VERS-TLS1.3"
    # What stands behind the announcement comes from the daemon.
    hello = rb"Simple Client Mode:\n+.*[\x00-\x08]"
    probes = 0

    def probe(title, priority, inside, also=None, whom=ours, protocol=alpn, more=()):
        nonlocal probes
        probes += 1
        command = base + whom + protocol + ["--priority", priority, *more]
        said = run.call(command, until=hello + rb"|\*\*\* Fatal|atal error|closed the conn")
        if bool(re.search(hello, said, re.DOTALL)) != inside:
            run.found(f"{title}: {'kept out' if inside else 'let in'}: {said[-300:]!r}")
        elif also and not re.search(also, said):
            run.found(f"{title}: not {also!r} but {said[-300:]!r}")
        return said

    probe("a valid client", newest, True, rb"TLS1.3.*AES-256-GCM")
    for group, inside in (("X25519", True), ("SECP256R1", True), ("SECP384R1", False),
                          ("SECP521R1", False), ("FFDHE2048", False)):
        probe(f"group {group}", f"{newest}:-GROUP-ALL:+GROUP-{group}", inside)
    for cipher, inside in (("AES-256-GCM", True), ("CHACHA20-POLY1305", True), ("AES-128-GCM", True),
                           ("AES-128-CCM", False), ("AES-128-CCM-8", False)):
        probe(f"cipher {cipher}", f"{newest}:-CIPHER-ALL:+{cipher}", inside)
    for version in ("TLS1.2", "TLS1.1", "TLS1.0"):
        probe(version, f"LEGACY:-VERS-ALL:+VERS-{version}", False)
        probe(f"{version} without encryption", f"LEGACY:-VERS-ALL:+VERS-{version}:-CIPHER-ALL:+NULL", False)
        probe(f"{version} anonymous", f"LEGACY:-VERS-ALL:+VERS-{version}:-KX-ALL:+ANON-ECDH:+ANON-DH", False)
    # It is passed over: what lets the client in is its certificate.
    probe("a pre-shared key", f"{newest}:+PSK:+DHE-PSK", True, rb"TLS1.3.*X.509",
          more=("--pskusername", "x", "--pskkey", "00" * 32))
    probe("no certificate", newest, False, rb"Certificate is required|\[116\]", whom=[])
    for title, certificate, key in run.forged():
        probe(title, newest, False, whom=["--x509certfile", certificate, "--x509keyfile", key])
    run.silently(lambda: probe("ALPN h2", newest, False, protocol=["--alpn", "h2"]))
    run.silently(lambda: probe("no ALPN", newest, False, protocol=[]))

    said = run.call(base + ours + alpn + ["--priority", newest, "--resume", "--waitresumption"], 20,
                    until=rb"is( not)? a resumed session|\*\*\* Fatal|closed the conn")
    probes += 1
    if b"This is a resumed session" in said:
        run.found("a session was resumed")

    # It can name no protocol.
    said = run.call(["gnutls-cli-debug", "--port", str(run.open.port), "127.0.0.1"], 180)
    probes += 1
    for line in said.decode(errors="replace").splitlines():
        if re.search(r"for (SSL 3\.0|TLS 1\.[012]|TLS1\.[012]|.*(renegotiation|heartbeat|session "
                     r"resumption|anonymous|NULL|MD5|RC4|3DES|CBC|export|RSA key exchange)).*\.\.\. yes", line):
            run.found(f"gnutls-cli-debug: {line.strip()}")
    if b"for TLS 1.3" not in said:
        run.found(f"gnutls-cli-debug said nothing of TLS 1.3: {said[-300:]!r}")
    return probes


def main():
    from tls_scanners import node, sslyze, testssl  # beside this file

    tools = {"openssl": openssl, "gnutls": gnutls, "node": node, "sslyze": sslyze, "testssl": testssl}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", required=True, help="a demo's folder")
    parser.add_argument("--work", required=True, help="a folder for what is written meanwhile")
    parser.add_argument("--port", required=True, type=int, help="where the daemon listens")
    parser.add_argument("--open", required=True, type=int, help="the same ends, without a door")
    parser.add_argument("--least", action="store_true", help="hold each tool to a least number")
    parser.add_argument("--party", default="fra", choices=("gbr", "fra"))
    parser.add_argument("--tools", default=",".join(tools))
    parser.add_argument("--node", default="node")
    parser.add_argument("--sslyze", default="sslyze")
    arguments = parser.parse_args()
    run = Run(arguments)
    run.programs = {"node": arguments.node, "sslyze": arguments.sslyze}
    for tool in arguments.tools.split(","):
        run.during(tool, tools[tool])
    for tool, (tried, told, let_in) in run.counts.items():
        print(f"{tool:8} {run.probes[tool]:3} probes, {tried:4} connections: {let_in:3} let in, "
              f"{told - let_in:3} refused with a word, {tried - told:3} without; "
              f"{run.seconds[tool]:.0f} s")
        least = LEAST[tool]
        if arguments.least and (told < least[0] or let_in < least[1]):
            run.tool = tool
            run.found(f"too few conversations: {told} told, {let_in} let in, at least {least}")
    tried = sum(count[0] for count in run.counts.values())
    print(f"{tried} connections, {len(run.findings)} findings")
    if not tried:
        sys.exit("no connection at all")
    sys.exit(1 if run.findings else 0)


if __name__ == "__main__":
    main()
