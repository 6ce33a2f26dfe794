"""How long it takes to decide a public release, and how much it hides: this checkout beside another one, on the same samples.

    python benchmarks/release.py                     # this checkout
    python benchmarks/release.py /path/to/other      # and another, by its own code: medians of processor seconds

Times are processor seconds of deciding alone, without reading the data: of the first, the twelfth and the last of 24 monthly releases.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Run in each checkout, with its own library: prints a JSON line a contract.
MEASURE = """
import json, sys, time
from pathlib import Path
from acmlib.contract.load import contract_ids, load_contract
from acmlib.contract.periods import add_months, report_period
from acmlib.release import editions
try:
    from acmlib.intake.build.sources import open_tables
except ImportError:
    from acmlib.intake.sources import open_tables
root, new, spent = Path("."), hasattr(editions, "_public"), []
name = "_public" if new else "decide_again"
original = getattr(editions, name)
def timed(*given, **named):
    start = time.process_time()
    made = original(*given, **named)
    spent.append(time.process_time() - start)
    return made
setattr(editions, name, timed)
for one in contract_ids(root):
    contract, entries = load_contract(one, root=root), []
    if "public" not in contract.editions or contract.period == "term":
        continue
    spent.clear()
    for number in range(-int(sys.argv[1]) + 1, 1):
        period = add_months(contract.period, number)
        if period < f"{contract.contract.starts:%Y-%m}":
            continue
        with open_tables(contract, root=root, period=report_period(contract, period)) as tables:
            counted = editions.count(contract, tables)
        made = editions.make_release(contract, root=root, period=period, edition="public", earlier=tuple(entries), counted=counted)
        entries.append(made.entry)
    people = made.cells["status"].ne("no data")
    hidden = made.cells["status"].eq("hidden")
    print(json.dumps([one, spent, int(hidden.sum()), int(people.sum())]), flush=True)
"""


def measured(checkout: Path, months: int) -> dict[str, tuple[list[float], int, int]]:
    """Return for each public sample the seconds of every release, and how many cells are hidden of how many in the last."""
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(months)], cwd=checkout, env=environment, capture_output=True, text=True, check=True
    )
    return {name: (spent, hidden, cells) for name, spent, hidden, cells in map(json.loads, run.stdout.splitlines())}


def main() -> None:
    """Print the table."""
    months = int(os.environ.get("MONTHS", "24"))
    checkouts = [ROOT, *map(Path, sys.argv[1:])]
    print(f"{'contract':24} {'checkout':24} {'first':>7} {'12th':>7} {'last':>7} {'median':>7} hidden of offered")
    for checkout in checkouts:
        for name, (spent, hidden, cells) in measured(checkout, months).items():
            twelfth = spent[min(11, len(spent) - 1)]
            times = (spent[0], twelfth, spent[-1], statistics.median(spent))
            print(
                f"{name:24} {checkout.name:24} " + " ".join(f"{one:7.2f}" for one in times) + f" {hidden} of {cells} ({hidden / cells:.0%})"
            )


if __name__ == "__main__":
    main()
