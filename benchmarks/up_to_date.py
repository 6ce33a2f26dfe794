"""How long `acm run --all` takes to find that there is nothing to do: ``python benchmarks/up_to_date.py`` prints a table.

One sample contract under as many names as asked for; its pages are put into place as a batch does, without running a notebook.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from engine import workspace

from acmlib.publish.inventory import Inventory
from acmlib.publish.outcomes import Made
from acmlib.publish.store import keep_page, working_folder

#: What stands in for a page and for its release.
CONTENTS = {"sha256": b"a page\n", "release_sha256": b"metric\n"}


def publish(root: Path, names: list[str]) -> int:
    """Put all pages of the contracts into place, and say how many there are."""
    inventory = Inventory(root)
    jobs = [job for name in names for job in inventory.plan(name)]
    with working_folder(root) as working:
        for job in jobs:
            page, release = working / "page", working / "release"
            page.write_bytes(CONTENTS["sha256"])
            release.write_bytes(CONTENTS["release_sha256"])
            record = {"run": "r", "made_from": asdict(inventory.made_from(job))}
            record |= {name: sha256(content).hexdigest() for name, content in CONTENTS.items()}
            keep_page(Made(job, page, release, record), root, working)
    inventory.keep()
    return len(jobs)


def answer(root: Path) -> tuple[float, float, int]:
    """Return seconds, processor seconds and how many pages the command found to be up to date."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "acmlib", "run", "--all"]
    surroundings = {**os.environ, "ACM_ROOT": str(root)}
    said = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True).stdout
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    found = re.search(r"(\d+) of \d+ pages are up to date", said)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, int(found[1]) if found else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contract", default="northern-youth-jobs")
    parser.add_argument("--names", type=int, nargs="+", default=[25, 50, 100, 200])
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}\n\n| pages | seconds: median, least, most | processor seconds |\n|---:|---|---:|")
    for count in given.names:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            pages = publish(root, [job["contract"] for job in workspace(root, given.contract, "2026-06", count)])
            answers = [answer(root) for _ in range(given.runs)]
            assert all(found == pages for *_, found in answers), answers
            seconds = [took for took, *_ in answers]
            spread = f"{statistics.median(seconds):.2f}, {min(seconds):.2f}, {max(seconds):.2f}"
            print(f"| {pages:,} | {spread} | {statistics.median(spent for _, spent, _ in answers):.2f} |")


if __name__ == "__main__":
    main()
