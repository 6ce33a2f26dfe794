"""What one more dashboard costs, beside the page that an analyst would write by hand: ``python benchmarks/further.py`` prints a table.

    python benchmarks/further.py --contract harbor-youth-jobs --pages 8
    python benchmarks/further.py --python build/plain/bin/python      # an environment with benchmarks/plain/requirements.txt

Each way makes one page, and then as many as asked for, of the same contract under other names, so that nothing is shared between pages.
Processor seconds are those of all processes; those of a further page are the difference by page. The fixed cost is what remains of the
first. `acm run` makes everything: release, checks, record, index; the plain script (benchmarks/plain/script.py) two charts and two tables.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from engine import HERE, workspace

PLAIN = HERE / "benchmarks" / "plain"
PERIOD = "2026-06"


def spent(command: Sequence[str], root: Path) -> float:
    """Return the processor seconds of a command and all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=root, env={**os.environ, "ACM_ROOT": str(root)}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:6])}: status {done.returncode}\n{done.stdout}{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def plain(python: str, contract: str, pages: int) -> tuple[float, ...]:
    """Return the processor seconds of so many pages of the plain script."""
    clients = str(HERE / "data" / contract / "participants.csv")
    with tempfile.TemporaryDirectory() as folder:
        return (spent([python, str(PLAIN / "script.py"), folder, clients, *(f"page-{at}" for at in range(pages))], Path(folder)),)


def ours(contract: str, pages: int, jobs: int) -> tuple[float, ...]:
    """Return the processor seconds of so many dashboards by `acm run`: the first time, and forced again."""
    with tempfile.TemporaryDirectory() as folder:
        names = [job["contract"] for job in workspace(Path(folder), contract, PERIOD, pages)]
        command = [sys.executable, "-m", "acmlib", "run", *names, "--report", "dashboard", "--edition", "provider", "--language", "en"]
        command += ["--period", PERIOD, "--jobs", str(jobs)]
        return spent(command, Path(folder)), spent([*command, "--force"], Path(folder))


def python_of(given: str | None, folder: Path) -> str:
    """Return the interpreter for the plain script: the one given, else that of a new environment with its requirements."""
    if given:
        return given
    venv.create(folder / "plain", with_pip=True)
    python = str(folder / "plain" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", str(PLAIN / "requirements.txt")], check=True)
    return python


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contract", default="harbor-youth-jobs", help="a sample contract with the clients' file of harbor-youth-jobs")
    parser.add_argument("--pages", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--python", help="an interpreter that has the requirements of the plain script")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        python = python_of(given.python, Path(folder))
        found: dict[str, list[tuple[float, float]]] = {}
        for _ in range(given.rounds):
            plain(python, given.contract, 1)  # its libraries compile themselves the first time
            for names, made in (
                (("plain script",), [plain(python, given.contract, pages) for pages in (1, given.pages)]),
                (("acm run, first time", "acm run --force"), [ours(given.contract, pages, given.jobs) for pages in (1, given.pages)]),
            ):
                for name, one, many in zip(names, *made, strict=True):
                    further = (many - one) / (given.pages - 1)
                    found.setdefault(name, []).append((further, one - further))
    print(f"{given.contract}, {given.pages} pages, {given.rounds} rounds, {given.jobs} workers, load {os.getloadavg()[0]:.1f}\n")
    print("| way | processor seconds a further page | fixed cost of a batch |\n|---|---:|---:|")
    for name, pairs in found.items():
        print(f"| {name} | {statistics.median(one for one, _ in pairs):.2f} | {statistics.median(fixed for _, fixed in pairs):.2f} |")


if __name__ == "__main__":
    main()
