"""Every Head Start grant as a contract, one dashboard each: time, pages per minute, and memory of all processes as the batch goes on.

    python benchmarks/headstart.py            # 3,806 grants
    python benchmarks/headstart.py --grants 100 --keep build/headstart

Data and template of the contracts are those of the tests (tests/data/headstart, tests/realdata). With --keep the workspace
stays, and a second run tells how long it takes to find that everything is up to date.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE / "tests"))


def workspace(root: Path, grants: int | None) -> int:
    """Write the grants as contracts; return how many."""
    from realdata import headstart

    headstart.write_workspace(HERE / "tests" / "data", root, every=1)
    shutil.rmtree(root / "params" / headstart.POOLED)
    contracts = sorted((root / "params").iterdir())
    for folder in contracts[grants:] if grants else ():
        shutil.rmtree(folder)
    shutil.copytree(HERE / "notebooks", root / "notebooks")
    return len(contracts[:grants])


def memory(batch: psutil.Process) -> int:
    """Memory of a process and all that it started, in bytes: what processes share is counted once."""
    total = 0
    for process in [batch, *batch.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total


def run(
    root: Path, jobs: int, *, options: Sequence[str] = ("--edition", "provider", "--language", "en")
) -> tuple[list[tuple[float, int]], list[tuple[float, int]], float, int]:
    """Run a batch of dashboards; return when each page was made, memory over time, processor seconds, and the exit status."""
    command = [sys.executable, "-m", "acmlib", "run", "--all", "--report", "dashboard", "--jobs", str(jobs), *options]
    began = time.perf_counter()
    before = os.times()
    pages: list[tuple[float, int]] = []
    used: list[tuple[float, int]] = []
    surroundings = {**os.environ, "ACM_ROOT": str(root), "PYTHONUNBUFFERED": "1"}
    with (root / "log").open("w") as log:
        batch = subprocess.Popen(command, env=surroundings, stdout=log, stderr=subprocess.STDOUT)
    watched = psutil.Process(batch.pid)
    while batch.poll() is None:
        made = sum(line.startswith("made") for line in (root / "log").read_text().splitlines())
        pages.append((time.perf_counter() - began, made))
        with contextlib.suppress(psutil.Error):
            used.append((time.perf_counter() - began, memory(watched)))
        time.sleep(2)
    pages.append((time.perf_counter() - began, sum(line.startswith("made") for line in (root / "log").read_text().splitlines())))
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return pages, used, spent, batch.returncode


def quarters(used: list[tuple[float, int]]) -> list[float]:
    """Return the median memory of each quarter of the run, in MiB."""
    size = max(len(used) // 4, 1)
    return [statistics.median(memory for _, memory in used[first : first + size]) / 2**20 for first in range(0, 4 * size, size)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grants", type=int)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        root = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="headstart-")))
        contracts = len(list((root / "params").iterdir())) if (root / "params").is_dir() else workspace(root, given.grants)
        pages, used, spent, status = run(root, given.jobs)
        seconds, made = pages[-1]
        first = next((when for when, number in pages if number), 0.0)
        print(f"{contracts} contracts, {given.jobs} workers, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, exit status {status}\n")
        print(f"{made} dashboards in {seconds:.0f} s, {made / max(seconds, 1) * 60:.0f} a minute; first after {first:.0f} s;"
              f" {spent / max(made, 1):.2f} processor seconds each, {spent:.0f} in all")  # fmt: skip
        if used:
            middle = ", ".join(f"{one:.0f}" for one in quarters(used))
            most = max(size for _, size in used) / 2**20
            print(f"memory of all processes (shared counted once): most {most:.0f} MiB; quarters {middle} MiB")
        began = time.perf_counter()
        _, _, again, _ = run(root, given.jobs)
        print(f"again, with nothing to do: {time.perf_counter() - began:.1f} s, {again:.1f} processor seconds")


if __name__ == "__main__":
    main()
