"""A contract with one metric and its metric table from monthly counts: what verdicts on targets and change are tested on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from acmlib.analysis.control_charts import Rebase
from acmlib.analysis.judging import metric_verdicts
from acmlib.analysis.verdicts import MetricVerdict
from acmlib.contract.model import Contract
from acmlib.contract.periods import add_months, parse_period
from acmlib.measures.intervals import wilson
from acmlib.measures.table import METRIC_COLUMNS

FIRST = "2024-07"


def contract_of(months: int = 24, *, kind: str = "proportion", statistics: dict[str, object] | None = None, **metric: object) -> Contract:
    last = parse_period(add_months(FIRST, months - 1)).end
    needs = {"proportion": {"that": "x"}, "duration": {"start": "a", "end": "b"}, "mean": {"value": "x"}}.get(kind, {})
    return Contract.model_validate({
        "id": "invented",
        "contract": {"title": "Invented", "provider": "A", "agency": "B", "program": "jobs", "starts": f"{FIRST}-01", "ends": str(last)},
        "tables": {"participants": {"source": "data/invented/p.csv"}},
        "metrics": {"placed": {"title": "Placed", "kind": kind, "date": "d", "headline": True, **needs, **metric}},
        "statistics": statistics or {},
    })  # fmt: skip


def shares(x: Sequence[float], n: Sequence[float]) -> pd.DataFrame:
    """Monthly shares, and the rolling 12 months of them, as rows of a metric table."""
    x, n = (np.asarray(one, dtype=float) for one in (x, n))
    months = [add_months(FIRST, at) for at in range(len(x))]
    windows = [(month, x[at], n[at]) for at, month in enumerate(months)]
    windows += [(f"P12M/{month}", x[max(0, at - 11) : at + 1].sum(), n[max(0, at - 11) : at + 1].sum()) for at, month in enumerate(months)]
    return table_of([one[0] for one in windows], *(np.array([one[at] for one in windows]) for at in (1, 2)))


def table_of(periods: Sequence[str], x: np.ndarray, n: np.ndarray) -> pd.DataFrame:
    low, high = wilson(x, n, 0.95)
    frame = pd.DataFrame({
        "metric": "placed", "period": list(periods), "dimension": "all", "group": "All participants", "numerator": x, "denominator": n,
        "value": x / n, "low": low, "high": high, "status": "shown",
    })  # fmt: skip
    return frame[list(METRIC_COLUMNS)]


def values(given: Sequence[float], people: float = 30.0) -> pd.DataFrame:
    """Monthly values in any unit (waits, means), and a rolling window with their mean."""
    months = [add_months(FIRST, at) for at in range(len(given))]
    values = [*given, float(np.mean(given[-12:]))]
    frame = pd.DataFrame({
        "metric": "placed", "period": [*months, f"P12M/{months[-1]}"], "dimension": "all", "group": "All participants",
        "numerator": np.nan, "denominator": people, "value": values, "low": np.array(values) - 1.0, "high": np.array(values) + 1.0,
        "status": "shown",
    })  # fmt: skip
    return frame[list(METRIC_COLUMNS)]


def verdict(table: pd.DataFrame, contract: Contract, *, date: dt.date | None = None, rebases: Sequence[Rebase] = ()) -> MetricVerdict:
    day = date or parse_period(str(table["period"].iloc[-1])).end
    return metric_verdicts(table, table, contract, date=day, rebases={"placed": rebases}, view="rolling")["placed"]
