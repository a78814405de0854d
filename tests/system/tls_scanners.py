"""The scanners of tls_tools.py, which report by themselves: what in their reports is a finding."""

import json
import pathlib
import shutil

from tls_tools import CURVES, NAME, SUITES

HERE = pathlib.Path(__file__).parent


def node(run):
    """OpenSSL 3.5 by Node 24: the hybrid group is there, and nothing weak beside it."""
    probes = 0
    for group, inside in (("X25519MLKEM768", True), ("X25519", True), ("prime256v1", True),
                          ("SecP256r1MLKEM768", False), ("SecP384r1MLKEM1024", False),
                          ("MLKEM768", False), ("secp384r1", False), ("x448", False),
                          ("ffdhe3072", False)):
        probes += 1
        said = run.call([run.programs["node"], str(HERE / "pq_node.mjs"), "dial", str(run.folder),
                         run.other, str(run.proxy.port), group], 25)
        if (b'"in":true' in said) != inside or b"tickets" in said:
            run.found(f"group {group}: wanted {'in' if inside else 'out'}: {said[-300:]!r}")
    return probes


def sslyze(run):
    """SSLyze, with a valid client certificate. It can name no protocol: the daemon's door gives it
    not one byte, and what it looks for it seeks where the same TLS ends have no door."""
    report = run.work / "sslyze.json"
    report.unlink(missing_ok=True)
    certificate, key = run.identity
    run.silently(lambda: run.call([run.programs["sslyze"], "--tlsv1_3", "--cert", certificate, "--key",
                                   key, f"127.0.0.1:{run.proxy.port}"], 60))
    commands = ["sslv2", "sslv3", "tlsv1", "tlsv1_1", "tlsv1_2", "tlsv1_3", "reneg", "resum",
                "early_data", "compression", "heartbleed", "robot", "openssl_ccs", "fallback",
                "elliptic_curves"]
    said = run.call([run.programs["sslyze"], *(f"--{one}" for one in commands),
                     "--mozilla_config", "disable", "--sni", NAME[run.party], "--cert", certificate,
                     "--key", key, "--slow_connection", "--json_out", str(report),
                     f"127.0.0.1:{run.open.port}"], 400)
    if not report.exists():
        run.found(f"no report: {said[-400:]!r}")
        return len(commands)
    for server in json.loads(report.read_text())["server_scan_results"]:
        if server["scan_status"] != "COMPLETED":
            run.found(f"it did not get in: {server.get('connectivity_error_trace')}")
            continue
        for name, scan in server["scan_result"].items():
            if scan["status"] == "NOT_SCHEDULED":
                continue
            if name == "tls_1_3_early_data" and scan["error_reason"] == "BUG_IN_SSLYZE":
                # It wants a ticket first, and knows no server without one; openssl looks again.
                print("note  sslyze: early data not tried, there is no ticket")
                continue
            if scan["status"] != "COMPLETED":
                run.found(f"{name}: {scan['status']} {scan.get('error_reason')}")
                continue
            for wrong in judged(name, scan["result"]):
                run.found(f"{name}: {wrong}")
    return len(commands)


def judged(name, result):
    """What is wrong with the result of one scan command."""
    if name.endswith("_cipher_suites"):
        accepted = {one["cipher_suite"]["name"] for one in result["accepted_cipher_suites"]}
        wanted = SUITES if name == "tls_1_3_cipher_suites" else set()
        if accepted != wanted:
            yield f"accepted {sorted(accepted)} instead of {sorted(wanted)}"
    elif name == "elliptic_curves":
        curves = {one["name"] for one in result["supported_curves"] or []}
        if not curves <= CURVES:
            yield f"also takes {sorted(curves - CURVES)}"
    elif name == "session_resumption":
        for kind in ("session_id_resumption_result", "tls_ticket_resumption_result"):
            if result[kind] not in ("NOT_SUPPORTED", "SERVER_IS_TLS_1_3_ONLY"):
                yield f"{kind} {result[kind]}"
    else:
        bad = {"supports_early_data": True, "supports_compression": True,
               "is_vulnerable_to_heartbleed": True, "is_vulnerable_to_ccs_injection": True,
               "is_vulnerable_to_client_renegotiation_dos": True}
        for field, value in bad.items():
            if result.get(field) == value:
                yield field
        robot = result.get("robot_result", "NOT_VULNERABLE")
        if not robot.startswith("NOT_VULNERABLE"):
            yield robot


# What testssl.sh rates that is not about the daemon: a private authority is in no browser's store,
# there is no HTTP, and the tool has no client certificate to show.
NOT_OURS = ("cert_trust", "cert_chain_of_trust", "cert_caIssuers", "DNS_CAArecord", "HTTP_",
            "overall_grade", "final_score", "grade_cap", "clientsimulation", "cert_crlDistribution",
            "cert_ocspURL", "cert_revocation", "OCSP_stapling", "engine_problem", "scanTime",
            "cert_extlifeSpan", "cert_validityPeriod", "certificate_transparency", "cert_caIssuers")


def speaking(run, program):
    """A copy of testssl.sh that asks for our protocol, and an OpenSSL that does so for it."""
    npn = 'all_extensions+="$extension_next_protocol"'
    if program.count(npn) != 1:
        raise SystemExit("this testssl.sh adds NPN elsewhere: look where it could add ALPN")
    # application_layer_protocol_negotiation (RFC 7301): a list with the one name.
    name = b"entente/1"
    body = bytes([0, len(name) + 1, len(name)]) + name
    extension = bytes([0, 16, 0, len(body)]) + body
    listed = ", ".join(f"{byte:02x}" for byte in extension)
    copy, openssl = run.work / "testssl", run.work / "openssl"
    copy.write_text(program.replace(npn, f'all_extensions+="{listed}"'))
    certificate, key = run.identity
    openssl.write_text(f"""#!/bin/sh
[ "$1" = s_client ] || exec /usr/bin/openssl "$@"
shift
exec /usr/bin/openssl s_client -alpn entente/1 -cert {certificate} -key {key} "$@"
""")
    for one in (copy, openssl):
        one.chmod(0o700)
    return str(copy), str(openssl)


def testssl(run):
    """testssl.sh, which in Debian 12 can name no protocol and show no certificate: a copy of it asks
    for ours where it asks for NPN, and its OpenSSL does both. As it is, it does not get a byte."""
    report = run.work / "testssl.json"
    report.unlink(missing_ok=True)
    program = shutil.which("testssl") or shutil.which("testssl.sh")
    where = f"{NAME[run.party]}:{run.proxy.port}"
    run.silently(lambda: run.call([program, "--quiet", "--color", "0", "--warnings", "batch", "--ip",
                                   "127.0.0.1", "--nodns", "none", "-p", where], 120))
    copy, openssl = speaking(run, pathlib.Path(program).read_text())
    said = run.call([copy, "--quiet", "--color", "0", "--warnings", "off", "--ip", "127.0.0.1",
                     "--openssl", openssl, "--openssl-timeout", "10", "--nodns", "none",
                     "-p", "-s", "-f", "-P", "-S", "-U", "-e", "--jsonfile", str(report),
                     where], 580)
    if not report.exists():
        run.found(f"no report: {said[-400:]!r}")
        return 0
    entries = json.loads(report.read_text())
    for one in entries:
        if one["severity"] in ("LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL"):
            if not one["id"].startswith(NOT_OURS):
                run.found(f"{one['id']}: {one['severity']}: {one['finding']}")
    # That older versions exist is no flaw for testssl.sh; for us it is.
    said = {one["id"]: one["finding"] for one in entries}
    for version in ("SSLv2", "SSLv3", "TLS1", "TLS1_1", "TLS1_2"):
        if not said.get(version, "").startswith("not offered"):
            run.found(f"{version}: {said.get(version, 'nothing said')}")
    if not said.get("TLS1_3", "").startswith("offered"):
        run.found(f"TLS1_3: {said.get('TLS1_3', 'nothing said')}")
    return len(entries)
