"""How long it takes to decide a public release, and how much it hides: this checkout beside another one, on the same samples.

    python benchmarks/release.py                     # this checkout
    python benchmarks/release.py /path/to/other      # and another, by its own code: medians of processor seconds

Times are processor seconds of deciding alone, without reading the data: of the first, the twelfth and the last of 24 monthly releases, and
of the last without any before it.
Then, of this checkout: a large table (10 metrics, 5 dimensions, one of them of 48 groups, 24 months), and what each edition shows.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from acmlib.analysis.views import contract_years
from acmlib.contract.kinds import main_id
from acmlib.contract.load import contract_ids, load_contract
from acmlib.contract.model import EDITIONS
from acmlib.release import editions

ROOT = Path(__file__).resolve().parents[1]
#: Run in each checkout, with its own library: prints a JSON line a contract.
MEASURE = """
import json, sys, time
from pathlib import Path
from acmlib.contract.load import contract_ids, load_contract
from acmlib.contract.periods import add_months, report_period
from acmlib.measures.counting import count
from acmlib.release import editions
try:
    from acmlib.intake.build.sources import open_tables
except ImportError:
    from acmlib.intake.sources import open_tables
count = getattr(editions, "count", None) or __import__("acmlib.measures.counting", fromlist=["count"]).count
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
            counted = count(contract, tables)
        made = editions.make_release(contract, root=root, period=period, edition="public", earlier=tuple(entries), counted=counted)
        entries.append(made.entry)
    editions.make_release(contract, root=root, period=period, edition="public", earlier=(), counted=counted)
    people = made.cells["status"].ne("no data")
    hidden = made.cells["status"].eq("hidden")
    print(json.dumps([one, spent, int(hidden.sum()), int(people.sum())]), flush=True)
"""


def measured(checkout: Path, months: int) -> dict[str, tuple[list[float], int, int]]:
    """Return for each public sample the seconds of every release, and how many cells are hidden of how many in the last.

    The last number of seconds is that of the last month decided without any earlier edition: what it took more with them is the ledger's.
    """
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(months)], cwd=checkout, env=environment, capture_output=True, text=True, check=True
    )
    return {name: (spent, hidden, cells) for name, spent, hidden, cells in map(json.loads, run.stdout.splitlines())}


def large() -> float:
    """Return the processor seconds of deciding a public release of 10 metrics by 5 dimensions, one of 48 groups, over 24 months."""
    draw = np.random.default_rng(1)
    sizes = {"race": 7, "school": 48, "age": 5, "site": 4, "gender": 3}
    rows = {"left_on": pd.Timestamp("2024-07-01") + pd.to_timedelta(draw.integers(0, 729, 6000), "D")}
    rows |= {name: [f"{name} {at}" for at in np.minimum(draw.geometric(2.5 / size, 6000), size)] for name, size in sizes.items()}
    rows |= {f"met_{at}": draw.random(6000) < draw.uniform(0.1, 0.9) for at in range(10)}
    metrics = {f"m{at}": {"title": f"Met {at}", "kind": "proportion", "that": f"met_{at}", "date": "left_on"} for at in range(10)}
    terms = {"title": "Large", "provider": "A", "agency": "B", "program": "jobs", "starts": "2024-07-01", "ends": "2026-06-30"}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "data" / "large").mkdir(parents=True)
        (root / "params" / "large").mkdir(parents=True)
        pd.DataFrame(rows).to_csv(root / "data" / "large" / "people.csv", index=False)
        tables = {"participants": {"source": "data/large/people.csv"}}
        contract = {"contract": terms, "tables": tables, "period": "2026-06", "metrics": metrics,
                    "dimensions": {name: {"column": name} for name in sizes}, "editions": ["internal", "public"]}  # fmt: skip
        (root / "params" / "large" / "contract.yml").write_text(json.dumps(contract), encoding="utf-8")
        run = subprocess.run([sys.executable, "-c", MEASURE, "1"], cwd=root, env={**os.environ, "PYTHONPATH": str(ROOT)},
                             stdout=subprocess.PIPE, text=True, check=True)  # fmt: skip
    return float(json.loads(run.stdout)[1][0])


def shown() -> None:
    """Print how many cells each edition hides, and how many headline figures have a picture over time in it."""
    for edition in EDITIONS:
        hidden = cells = pictures = headlines = 0
        for name in contract_ids(ROOT):
            contract = load_contract(name, root=ROOT)
            if edition not in contract.editions:
                continue
            released = editions.make_release(contract, root=ROOT, edition=edition, earlier=())
            told = released.cells[released.cells["status"].ne("no data")]
            hidden, cells = hidden + int(told["status"].eq("hidden").sum()), cells + len(told)
            points = told[told["dimension"].eq("all") & told["status"].isin(["shown", "unreliable"])]
            often = points[points["period"].str.fullmatch(r"\d{4}-\d{2}|\d{4}Q\d")].groupby("metric").size()
            yearly = points[points["period"].isin(contract_years(contract))].groupby("metric").size()
            heads = [main_id(contract, one) for one, metric in contract.metrics.items() if metric.headline]
            headlines, pictures = headlines + len(heads), pictures + sum(often.get(one, 0) > 3 or yearly.get(one, 0) > 1 for one in heads)
        print(f"{edition:24} {hidden} of {cells} cells hidden ({hidden / cells:.1%}); {pictures} of {headlines} headline figures over time")


def main() -> None:
    """Print the table."""
    months = int(os.environ.get("MONTHS", "24"))
    checkouts = [ROOT, *map(Path, sys.argv[1:])]
    print(f"{'contract':24} {'checkout':24} {'first':>7} {'12th':>7} {'last':>7} {'alone':>7} {'median':>7} hidden of offered")
    for checkout in checkouts:
        for name, (spent, hidden, cells) in measured(checkout, months).items():
            *spent, alone = spent
            times = (spent[0], spent[min(11, len(spent) - 1)], spent[-1], alone, statistics.median(spent))
            print(
                f"{name:24} {checkout.name:24} " + " ".join(f"{one:7.2f}" for one in times) + f" {hidden} of {cells} ({hidden / cells:.0%})"
            )
    print(f"10 metrics, 5 dimensions (one of 48 groups), 24 months: {large():.2f} s")
    shown()


if __name__ == "__main__":
    main()
