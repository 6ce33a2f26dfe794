"""All that takes long, at full length, one after the other; what came of it goes into docs/nightly.md (``make nightly``)."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
PYTEST = [sys.executable, "-m", "pytest", "-s", "-q", "-p", "no:cacheprovider"]
ATTACKS = [*PYTEST, "-o", "python_files=attack_*.py"]

#: What is run: its name, the command, and variables that ask for its full length.
STEPS: tuple[tuple[str, list[str], dict[str, str]], ...] = (
    ("spoiled input files", ["make", "attacks-inputs"], {"ATTACKS": "500"}),
    ("evil cells", [*ATTACKS, "tests/attacks/attack_cells.py"], {}),
    ("hostile texts", [*ATTACKS, "tests/attacks/attack_texts.py"], {}),
    ("killed batches", [*PYTEST, "tests/publish/test_torn.py"], {"TORN_MOMENTS": "300"}),
    ("proofs", ["make", "proofs"], {}),
    ("sentences against the truth", [*PYTEST, "tests/claims"], {"INVENTED": "100", "CLAIM_PERIODS": "3"}),
    ("our own pages at our own door", [*PYTEST, "tests/publish/test_door_invented.py"], {"INVENTED": "60"}),
    ("twelve editions in a row", ["make", "twelve"], {}),
)

#: Lines that say how much was tried.
COUNTS = re.compile(r"^.*\b(?:cells:|places,|claims,|passed|failed)\b.*$", re.MULTILINE)
#: The line that says what became of one spoiled file.
SPOILED = re.compile(r"^(\d+) mutations of \S+: (\d+) read, (\d+) refused, (\d+) failed$", re.MULTILINE)


def counts(text: str) -> str:
    """Return how much was tried, from the output of a step; of spoiled files their sum."""
    if files := SPOILED.findall(text):
        tried, read, refused, failed = (sum(map(int, column)) for column in zip(*files, strict=True))
        return f"{tried:,} mutations of {len(files)} files: {read:,} read, {refused:,} refused with a message, {failed} failed"
    return "; ".join(" ".join(line.split()).strip("= ") for line in COUNTS.findall(text)).replace("|", "/")


def main() -> int:
    """Run all steps, write the record, and return 0 if all of them passed."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True, check=False).stdout.strip()
    rows, failed = [], False
    for name, command, settings in STEPS:
        began = time.monotonic()
        done = subprocess.run(command, cwd=HERE, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
        sys.stdout.write(done.stdout + done.stderr)
        minutes = (time.monotonic() - began) / 60
        rows.append(f"| {name} | {'passed' if not done.returncode else 'FAILED'} | {minutes:.0f} | {counts(done.stdout)} |")
        failed = failed or bool(done.returncode)
    about = f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, commit {commit or '?'}, Python {platform.python_version()}, {os.cpu_count()} cores."
    table = "\n".join(["| what | came out | minutes | how much was tried |", "| --- | --- | ---: | --- |", *rows])
    head = "# The last full run\n\nWhat takes too long for every change, run by `make nightly`, which writes this page."
    (HERE / "docs" / "nightly.md").write_text(f"{head}\n\n{about}\n\n{table}\n", encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
