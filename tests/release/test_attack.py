"""An attacker who knows everything shown finds no hidden count. The attacker's sums are written here anew, not taken from the release."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from acmlib.contract.model import Contract
from acmlib.release.suppress import decide

#: Two years in months; the parts of the contract that windows are made of.
YEARS = {"P12M/2025-06": (0,), "P12M/2026-06": (1,), "term": (0, 1)}
GROUPS = {"race": 5, "site": 3, "age": 4}
METRICS = ("placed", "kept")
MONTHS = [
    f"{year}-{month:02d}"
    for year, month in [*((2024, m) for m in range(7, 13)), *((2025, m) for m in range(1, 13)), *((2026, m) for m in range(1, 7))]
]


def contract(minimum: int = 11) -> Contract:
    return Contract.model_validate(
        {
            "id": "demo",
            "contract": {"title": "Demo", "provider": "A", "agency": "B", "program": "jobs", "starts": "2024-07-01", "ends": "2026-06-30"},
            "tables": {"participants": {"source": "data/demo.csv"}},
            "dimensions": {name: {"column": name} for name in GROUPS},
            "metrics": {name: {"title": name, "kind": "proportion", "that": f"{name} = 1", "date": "left_on"} for name in METRICS},
            "privacy": {"minimum_count": minimum},
        }
    )


def people(seed: int, size: int) -> pd.DataFrame:
    """Invent participants, in groups of very different size."""
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({name: np.minimum(draw.geometric(0.45, size), number) for name, number in GROUPS.items()})
    return frame.assign(month=draw.integers(0, 24, size), placed=draw.random(size) < draw.uniform(0.1, 0.9), kept=draw.random(size) < 0.5)


def metric_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Count them by month and by year, together and by group."""
    rows = []
    spans = {**{text: frame["month"].eq(at) for at, text in enumerate(MONTHS)}}
    spans |= {text: (frame["month"] // 12).isin(years) for text, years in YEARS.items()}
    for (text, inside), metric, dimension in itertools.product(spans.items(), METRICS, ("all", *GROUPS)):
        groups = frame[dimension].map("group {}".format) if dimension != "all" else pd.Series("All participants", index=frame.index)
        for group, members in frame[inside].groupby(groups[inside]):
            rows.append((metric, text, dimension, group, float(members[metric].sum()), float(len(members))))
    table = pd.DataFrame(rows, columns=["metric", "period", "dimension", "group", "numerator", "denominator"])
    return table.assign(value=table["numerator"] / table["denominator"], low=0.0, high=1.0, status="shown")


def recovered(cells: pd.DataFrame, hidden: pd.Series) -> list[tuple[str, ...]]:
    """Attack: name the hidden cells whose numerator can have one value only, dimension by dimension."""
    found = []
    for dimension in GROUPS:
        groups = sorted(cells.loc[cells["dimension"].eq(dimension), "group"].unique())
        place = {key: at for at, key in enumerate(itertools.product(METRICS, groups, (0, 1), ("met", "not met")))}
        equations, right, targets = [], [], {}

        def row(metric: str, names: list[str], years: tuple[int, ...], kinds: tuple[str, ...], at: dict = place) -> np.ndarray:
            line = np.zeros(len(at))
            line[[at[metric, name, year, kind] for name in names for year in years for kind in kinds]] = 1
            return line

        for name, year in itertools.product(groups, (0, 1)):  # both metrics count the same people
            equations.append(row("placed", [name], (year,), ("met", "not met")) - row("kept", [name], (year,), ("met", "not met")))
            right.append(0.0)
        for at, cell in cells[cells["dimension"].isin(["all", dimension]) & cells["period"].isin(list(YEARS))].iterrows():
            names = groups if cell["dimension"] == "all" else [cell["group"]]
            met = row(cell["metric"], names, YEARS[cell["period"]], ("met",))
            if hidden[at]:
                targets[cell["metric"], cell["period"], cell["dimension"], cell["group"]] = met
                continue
            equations += [met, row(cell["metric"], names, YEARS[cell["period"]], ("met", "not met"))]
            right += [cell["numerator"], cell["denominator"]]
        for key, target in targets.items():
            ends = [linprog(sign * target, A_eq=np.array(equations), b_eq=right, bounds=(0, None)) for sign in (1, -1)]
            assert all(end.status in (0, 3) for end in ends), "what is shown contradicts itself"
            if all(end.status == 0 for end in ends) and -ends[1].fun - ends[0].fun < 1 - 1e-6:
                found.append(key)
    return found


@pytest.mark.parametrize(("seed", "size"), [(1, 60), (2, 150), (3, 400)])
def test_no_hidden_count_can_be_worked_out(seed: int, size: int) -> None:
    table = metric_table(people(seed, size))
    cells = table[table["period"].isin(list(YEARS))].reset_index(drop=True)
    decision = decide(cells, table, contract())
    assert decision.hidden.any()
    assert recovered(cells, decision.hidden) == []


def test_hiding_small_counts_alone_is_recovered_by_this_attacker() -> None:
    table = metric_table(people(2, 150))
    cells = table[table["period"].isin(list(YEARS))].reset_index(drop=True)
    small = cells["numerator"].between(1, 10) | (cells["denominator"] - cells["numerator"]).between(1, 10)
    assert recovered(cells, small)
