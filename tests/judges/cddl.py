#!/usr/bin/env python3
"""Holds what our decoders say of some thousand samples against another validator and our CDDL.

    cargo test --test cddl        # writes the samples
    cargo install --locked cddl --version 0.10.7
    tests/judges/cddl.py [SAMPLES]

Exit code 0 if both say the same of every sample, but of those that break a rule which CDDL cannot
express: they are listed here, and must still be refused by us.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
SAMPLES = TARGET / "tmp" / "cddl-samples.tsv"
BATCH = 200

BEYOND_CDDL = [
    # A list ascends, and holds nothing twice.
    r"payload \.2 doubled$",
    r"(readmission-request, payload \.4|correction, payload \.4\.0\.4)\.2 doubled$",
    r"(disclosure-status|wrong-data-notice), payload \.4\.1 doubled$",
    r"(agreement, payload \.4\.0\.3|agreement-version, payload \.4\.1)\.19 doubled$",
    # No place stands twice among those that count as one, and each is one of the places.
    r"(agreement, payload \.4\.0\.3|agreement-version, payload \.4\.1)\.20(\[0\])? doubled$",
    r"(agreement, payload \.4\.0\.3|agreement-version, payload \.4\.1)\.19 empty$",
    # The agreement does not expire before it is in force.
    r"(agreement, payload \.4\.0\.3|agreement-version, payload \.4\.1)\.2 zero$",
    # No extension shortens.
    r"(agreement, payload \.4\.0\.3|agreement-version, payload \.4\.1)\.7 zero$",
    # A window closes, and an outage ends, after it began.
    r"allocation, payload \.4\.2 zero$",
    r"outage-notice, payload \.4\.1 zero$",
    # Adults and minors are at least one together.
    r"visa-issued, payload \.4\.[01] zero$",
]


def theirs(samples):
    """The numbers of the samples that the validator accepts, and of those that it refuses."""
    accepted, refused = set(), set()
    with tempfile.TemporaryDirectory() as folder:
        for number, (_, _, hexadecimal) in enumerate(samples):
            pathlib.Path(folder, f"{number}.cbor").write_bytes(bytes.fromhex(hexadecimal))
        for start in range(0, len(samples), BATCH):
            command = ["cddl", "validate", "--cddl", str(ROOT / "docs" / "entente.cddl")]
            for number in range(start, min(start + BATCH, len(samples))):
                command += ["--cbor", f"{folder}/{number}.cbor"]
            said = subprocess.run(command, capture_output=True, text=True, check=False)
            for line in (said.stdout + said.stderr).splitlines():
                if found := re.search(r'Validation of "[^"]*/(\d+)\.cbor" (is successful|failed)', line):
                    verdict = accepted if found[2] == "is successful" else refused
                    verdict.add(int(found[1]))
    return accepted, refused


def main():
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    samples = [line.split("\t") for line in path.read_text().splitlines()]
    accepted, refused = theirs(samples)
    wrong, beyond = [], 0
    for number, (ours, name, _) in enumerate(samples):
        if number not in accepted | refused:
            wrong.append(f"the validator says nothing of: {name}")
        elif ours == "refused" and number in accepted:
            if any(re.search(rule, name) for rule in BEYOND_CDDL):
                beyond += 1
            else:
                wrong.append(f"we refuse, the CDDL accepts: {name}")
        elif ours == "accepted" and number in refused:
            wrong.append(f"we accept, the CDDL refuses: {name}")
    for line in wrong:
        print(line)
    print(
        f"{len(samples)} samples: {len(accepted)} accepted and {len(refused)} refused by the"
        f" validator; {beyond} beyond CDDL; {len(wrong)} judged otherwise than by us"
    )
    return 1 if wrong or not samples else 0


if __name__ == "__main__":
    sys.exit(main())
