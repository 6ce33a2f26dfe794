"""How long deciding what a release hides takes: ``python benchmarks/release.py`` prints a table of invented contracts.

``python benchmarks/release.py --metrics 10 20 40 --people 5000 --dimensions 8 --months 36 --crossed 1`` invents others: dense ones have
many people a group and month.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Sequence

import numpy as np
import pandas as pd
from acmlib.release.suppress import choose, decide

from acmlib.contract.model import Contract
from acmlib.contract.periods import parse_period

#: How many groups each dimension has; a contract has the first few of these.
DIMENSIONS = {
    "race": 8, "age": 6, "zip": 48, "site": 12, "sex": 3, "language": 10, "housing": 5, "school": 20, "referrer": 15, "veteran": 2,
}  # fmt: skip
#: Dimensions that are crossed, the first few of these.
CROSSED = (("race", "site"), ("race", "age"), ("age", "sex"))
#: All contracts end with this month.
YEAR, MONTH = 2026, 6
#: So many of the metrics are headline metrics.
HEADLINE = 4


def month_texts(months: int) -> list[str]:
    """Return the texts of a contract's months."""
    numbers = [YEAR * 12 + MONTH - months + at for at in range(months)]
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in numbers]


def invented(metrics: int, people: int = 900, dimensions: int = 5, months: int = 24, crossed: int = 0) -> tuple[Contract, pd.DataFrame]:
    """Return a contract and its metric table; half of the metrics share a denominator."""
    draw = np.random.default_rng(1)
    sizes, texts = dict(itertools.islice(DIMENSIONS.items(), dimensions)), month_texts(months)
    groups = {name: np.minimum(draw.geometric(2 / size if size > 6 else 0.4, people), size) for name, size in sizes.items()}
    labels = {"all": pd.Series("All participants", index=range(people))}
    labels |= {name: "group " + pd.Series(numbers).astype(str) for name, numbers in groups.items()}
    labels |= {f"{one} x {two}": labels[one] + " x " + labels[two] for one, two in CROSSED[:crossed]}
    month = draw.integers(0, months, people)
    spans = {text: range(at, at + 1) for at, text in enumerate(texts)}
    spans |= {"P12M/2026-06": range(months - 12, months), "P12M/2025-06": range(months - 24, months - 12), "term": range(months)}
    parts, declared = [], {}
    for number in range(metrics):
        base = np.ones(people, bool) if number < metrics / 2 else draw.random(people) < 0.8
        met = base & (draw.random(people) < draw.uniform(0.2, 0.8))
        of = {} if number < metrics / 2 else {"of": f"c{number} is not null"}
        more = {"headline": True} if number < HEADLINE and metrics > HEADLINE else {}
        declared[f"m{number}"] = {"title": "x", "kind": "proportion", "that": f"a{number} = 1", "date": "d", **of, **more}
        for name, label in labels.items():
            both = pd.DataFrame({"numerator": met, "denominator": base, "group": label, "month": month})
            by_month = both.groupby(["group", "month"]).sum().astype(float).unstack(fill_value=0.0)
            for text, inside in spans.items():
                counts = {one: by_month[one].reindex(columns=inside, fill_value=0.0).sum(axis=1) for one in ("numerator", "denominator")}
                parts.append(pd.DataFrame(counts).reset_index().assign(metric=f"m{number}", period=text, dimension=name))
    table = pd.concat(parts, ignore_index=True)
    status = np.where(table["denominator"] > 0, "shown", "no data")
    agreement = {"title": "A", "provider": "p", "agency": "a", "program": "y", "starts": f"{texts[0]}-01", "ends": "2026-06-30"}
    tables, named = {"participants": {"source": "a.csv"}}, {name: {"column": name} for name in sizes}
    contract = Contract.model_validate({"id": "x", "contract": agreement, "tables": tables, "dimensions": named, "metrics": declared})
    return contract, table.assign(value=table["numerator"] / table["denominator"], low=0.0, high=1.0, status=status)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--metrics", type=int, nargs="+", default=[1, 5, 10, 20])
    parser.add_argument("--people", type=int, nargs="+", default=[900])
    parser.add_argument("--dimensions", type=int, nargs="+", default=[5])
    parser.add_argument("--months", type=int, nargs="+", default=[24])
    parser.add_argument("--crossed", type=int, nargs="+", default=[0])
    given = parser.parse_args(arguments)
    print("| people | dimensions | crossed | months | metrics | cells | small by the rule | hidden | decided by | processor seconds |")
    print("|---:" * 8 + "|---|---:|")
    for people, dimensions, crossed, months, metrics in itertools.product(
        given.people, given.dimensions, given.crossed, given.months, given.metrics
    ):
        contract, table = invented(metrics, people, dimensions, months, crossed)
        started = time.process_time()
        cells, left = choose(table, contract, parse_period("2026-06"))
        decision = decide(cells, table, contract, left=left)
        spent = time.process_time() - started
        alone = decision.reason.str.startswith(("small", "extreme")).sum()
        numbers = (people, dimensions, crossed, months, metrics, len(cells), alone, int(decision.hidden.sum()))
        print(f"| {' | '.join(f'{number:,}' for number in numbers)} | {decision.method} | {spent:.1f} |", flush=True)


if __name__ == "__main__":
    main()
