"""How a result stands beside what was promised and what others achieve (benchmarks), and what should have been expected.

No target is a state of its own, ``no target agreed``, and never a target of 0.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args

import numpy as np
import pandas as pd

from acmlib.analysis.standardise import Standardised, indirect
from acmlib.contract.model import Benchmark, Metric
from acmlib.contract.targets import target_in_force

__all__ = ["KINDS", "Standardised", "indirect", "side_by_side"]

#: The five kinds of benchmark, in the order in which pages show them.
KINDS: tuple[str, ...] = get_args(Benchmark.model_fields["kind"].annotation)
#: Results as good as the target but for rounding meet it.
ROUNDING = 1e-12


def side_by_side(metric: Metric, value: float, *, date: dt.date, target: float | None = None, language: str = "en") -> pd.DataFrame:
    """Return a result beside its targets and all its benchmarks, each with where it comes from.

    Parameters
    ----------
    value : float
        The result; NaN if there is none.
    date : datetime.date
        The target in force on this day is shown.
    target : float, optional
        The target of the window that `value` is of, where months had different ones: shown instead, as the contract's and without a date.

    Returns
    -------
    DataFrame
        `kind` (``target``, then the five `KINDS` in order), `value, low, high, source, date, population, comparability`, `distance`
        (result - value) and `standing`: ``better``, ``same``, ``worse``, ``higher`` or ``lower`` where neither is better, or ``not
        judged``. Source, population and comparability are texts in all their languages. A kind without a benchmark has one row with NaN
        and standing ``no benchmark`` (targets: ``no target agreed``).

    Examples
    --------
    >>> metric = Metric(
    ...     title="Placed",
    ...     kind="proportion",
    ...     benchmarks=[
    ...         {
    ...             "kind": "historical",
    ...             "value": 0.3,
    ...             "source": "2023 report",
    ...             "date": 2023,
    ...             "population": "same contract",
    ...             "comparability": "same definition",
    ...         }
    ...     ],
    ... )
    >>> side_by_side(metric, 0.35, date=dt.date(2026, 1, 1))[["kind", "standing"]].values.tolist()[:2]
    [['target', 'no target agreed'], ['historical', 'better']]
    """
    rows = [_target_row(metric, date, target)]
    for kind in KINDS:
        rows += [_benchmark_row(one) for one in metric.benchmarks if one.kind == kind] or [{"kind": kind, "standing": "no benchmark"}]
    names = ["kind", "value", "low", "high", "source", "date", "population", "comparability", "distance", "standing"]
    table = pd.DataFrame(rows, columns=names, dtype=object).astype(dict.fromkeys(("value", "low", "high", "distance"), np.float64))
    table["distance"] = value - table["value"]
    standing = [_standing(value, one, metric.better) for one in table["value"]]
    table["standing"] = table["standing"].where(table["value"].isna(), pd.Series(standing, dtype=object))
    return table


def _target_row(metric: Metric, date: dt.date, target: float | None) -> dict[str, Any]:
    agreed = target_in_force(metric, date)
    if agreed is None:
        return {"kind": "target", "standing": "no target agreed"}
    if target is not None and abs(target - agreed.value) > ROUNDING:
        return {"kind": "target", "value": target, "source": "contract"}
    return {"kind": "target", "value": agreed.value, "source": agreed.label or "contract", "date": agreed.from_}


def _benchmark_row(one: Benchmark) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("kind", "value", "low", "high", "source", "date", "population", "comparability")}


def _standing(value: float, benchmark: float, better: str) -> str:
    if np.isnan(value):
        return "not judged"
    if abs(value - benchmark) <= ROUNDING * max(abs(benchmark), 1):
        return "same"
    if better == "neither":
        return "higher" if value > benchmark else "lower"
    return "better" if (value > benchmark) == (better == "higher") else "worse"
