"""How long deciding what a release hides takes: ``python benchmarks/release.py`` prints a table, 24 months, 5 dimensions, 900 people."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from acmlib.contract.model import Contract
from acmlib.contract.periods import parse_period
from acmlib.release.suppress import choose, decide

DIMENSIONS = {"race": 8, "age": 6, "zip": 48, "site": 12, "sex": 3}
PEOPLE, MONTHS = 900, 24
TEXTS = [f"{2024 + (6 + month) // 12}-{(6 + month) % 12 + 1:02d}" for month in range(MONTHS)]


def invented(metrics: int) -> tuple[Contract, pd.DataFrame]:
    """Return a contract and its metric table; half of the metrics share a denominator."""
    draw = np.random.default_rng(1)
    people = pd.DataFrame(
        {name: np.minimum(draw.geometric(2 / size if size > 6 else 0.4, PEOPLE), size) for name, size in DIMENSIONS.items()}
    )
    month = draw.integers(0, MONTHS, PEOPLE)
    spans = {text: month == at for at, text in enumerate(TEXTS)}
    spans |= {"P12M/2026-06": month >= 12, "P12M/2025-06": month < 12, "term": month >= 0}
    parts, declared = [], {}
    for number in range(metrics):
        base = np.ones(PEOPLE, bool) if number < metrics / 2 else draw.random(PEOPLE) < 0.8
        met = base & (draw.random(PEOPLE) < draw.uniform(0.2, 0.8))
        of = {} if number < metrics / 2 else {"of": f"c{number} is not null"}
        declared[f"m{number}"] = {"title": "x", "kind": "proportion", "that": f"a{number} = 1", "date": "d", **of}
        for (text, inside), name in ((span, name) for span in spans.items() for name in ("all", *DIMENSIONS)):
            group = pd.Series("All participants", index=people.index) if name == "all" else "group " + people[name].astype(str)
            counts = pd.DataFrame({"numerator": met & inside, "denominator": base & inside}).groupby(group).sum().astype(float)
            parts.append(counts.rename_axis("group").reset_index().assign(metric=f"m{number}", period=text, dimension=name))
    table = pd.concat(parts, ignore_index=True)
    status = np.where(table["denominator"] > 0, "shown", "no data")
    agreement = {"title": "A", "provider": "p", "agency": "a", "program": "y", "starts": "2024-07-01", "ends": "2026-06-30"}
    tables, dimensions = {"participants": {"source": "a.csv"}}, {name: {"column": name} for name in DIMENSIONS}
    contract = Contract.model_validate({"id": "x", "contract": agreement, "tables": tables, "dimensions": dimensions, "metrics": declared})
    return contract, table.assign(value=table["numerator"] / table["denominator"], low=0.0, high=1.0, status=status)


def main() -> None:
    print("| metrics | cells | hidden | processor seconds |\n|---:|---:|---:|---:|")
    for metrics in (1, 5, 10, 20):
        contract, table = invented(metrics)
        started = time.process_time()
        cells, left = choose(table, contract, parse_period("2026-06"))
        decision = decide(cells, table, contract, left=left)
        print(f"| {metrics} | {len(cells)} | {int(decision.hidden.sum())} | {time.process_time() - started:.1f} |")


if __name__ == "__main__":
    main()
