"""The evening before the meetings, month by month: does a page take as long for the last contract and month as for the first.

    python benchmarks/evening.py --contracts 20 --periods 2024-07 2025-06

One sample contract under as many names as asked for; the provider's dashboards in English, month by month. Wall time a page over the
first and the second half of the pages, processor seconds, and memory of all processes. The minutes for 200 contracts are what these
would take at the same time a page.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from engine import workspace
from headstart import quarters, run

#: Contracts that the extrapolation is for.
MANY = 200


def by_half(pages: list[tuple[float, int]]) -> tuple[float, float]:
    """Return seconds a page over the first half of the pages and over the second, without what comes before the first page."""
    made = pages[-1][1]
    (begin, first), (middle, half), (end, _) = (next(one for one in pages if one[1] >= part) for part in (1, made // 2, made))
    if not first < half < made:
        raise SystemExit(f"{made} pages are too few to tell a first half from a second; use more contracts")
    return (middle - begin) / (half - first), (end - middle) / (made - half)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contract", default="harbor-youth-jobs")
    parser.add_argument("--contracts", type=int, default=20)
    parser.add_argument("--periods", nargs="+", default=["2024-07", "2025-06"])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    print(f"{given.contract} x {given.contracts}, {given.jobs} workers, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| month | pages | seconds a page | first half | second half | processor seconds a page | memory: most; quarters (MiB) |")
    print("|---|---:|---:|---:|---:|---:|---|")
    with tempfile.TemporaryDirectory(prefix="evening-") as folder:
        root = Path(folder)
        workspace(root, given.contract, given.periods[0], given.contracts)
        slowest = 0.0
        for period in given.periods:
            options = ["--period", period, "--edition", "provider", "--language", "en"]
            pages, used, spent, status = run(root, given.jobs, options=options)
            seconds, made = pages[-1]
            if status or not made:
                raise SystemExit(f"{period}: status {status}\n{(root / 'log').read_text()[-2000:]}")
            first, last = by_half(pages)
            memory = f"{max(size for _, size in used) / 2**20:.0f}; {', '.join(f'{one:.0f}' for one in quarters(used))}"
            print(f"| {period} | {made} | {seconds / made:.2f} | {first:.2f} | {last:.2f} | {spent / made:.2f} | {memory} |", flush=True)
            slowest = max(slowest, seconds / made)
    print(f"\n{MANY} contracts at the slower of these: {MANY * slowest / 60:.0f} minutes a dashboard each")


if __name__ == "__main__":
    main()
