"""How a result stands beside what was promised (targets) and what others achieve (benchmarks), and what should have been expected.

No target is a state of its own, ``no target agreed``, and never a target of 0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.analysis.standardise import Standardised, direct, indirect
from acmlib.contract.model import Benchmark, Metric, Target
from acmlib.contract.periods import parse_period
from acmlib.measures.arrays import Array

__all__ = [
    "KINDS",
    "STATES",
    "Expectation",
    "Standardised",
    "direct",
    "indirect",
    "side_by_side",
    "target_at",
    "targets_at",
    "track",
    "trajectory_at",
]

#: The five kinds of benchmark, in the order in which pages show them.
KINDS: tuple[str, ...] = get_args(Benchmark.model_fields["kind"].annotation)
#: What can be said of a result and its target.
STATES = ("on track", "off track", "no target agreed", "no direction agreed", "not judged")
#: Results as good as the target but for rounding meet it.
ROUNDING = 1e-12


class Expectation(NamedTuple):
    """What was agreed for a day: `value` (NaN: no target agreed), the target behind it, and the one the trajectory leads to, if any."""

    value: float
    target: Target | None
    towards: Target | None


def targets_at(metric: Metric, date: dt.date) -> tuple[Target, ...]:
    """Return all targets in force on a day, the latest agreed last; empty when none was agreed.

    Examples
    --------
    >>> metric = Metric(
    ...     title="Placed", kind="proportion", target=[{"value": 0.3, "to": "2025-06-30"}, {"value": 0.4, "from": "2025-07-01"}]
    ... )
    >>> [one.value for one in targets_at(metric, dt.date(2025, 7, 1))]
    [0.4]
    """
    valid = [one for one in metric.target if (one.from_ is None or one.from_ <= date) and (one.to is None or date <= one.to)]
    return tuple(sorted(valid, key=lambda one: one.from_ or dt.date.min))


def target_at(metric: Metric, date: dt.date) -> float:
    """Return the target in force on a day, the latest agreed where there are several; NaN when no target was agreed for that day.

    Parameters
    ----------
    metric : Metric
        As the contract defines it; its targets hold from and to the days they name, both included.
    date : datetime.date

    Returns
    -------
    float
        In the units of the metric (a fraction for proportions).

    Examples
    --------
    >>> metric = Metric(title="Placed", kind="proportion", target=[{"value": 0.4, "from": "2025-07-01"}])
    >>> target_at(metric, dt.date(2026, 1, 1)), target_at(metric, dt.date(2025, 1, 1))
    (0.4, nan)
    """
    valid = targets_at(metric, date)
    return valid[-1].value if valid else np.nan


def trajectory_at(metric: Metric, date: dt.date) -> Expectation:
    """Return what should be reached by a day on a straight way from each target to the next one.

    Parameters
    ----------
    metric : Metric
        Its targets are read as milestones: each on the day it holds from. Targets without such a day are no milestones.
    date : datetime.date

    Returns
    -------
    Expectation
        Before the first milestone NaN; after the last one its value, until its own `to`.

    Notes
    -----
    A trajectory is a plan, not a promise: `track` judges promises unless asked for the trajectory.

    Examples
    --------
    >>> metric = Metric(
    ...     title="Placed", kind="proportion", target=[{"value": 0.3, "from": "2025-01-01"}, {"value": 0.4, "from": "2026-01-01"}]
    ... )
    >>> round(trajectory_at(metric, dt.date(2025, 7, 2)).value, 3)
    0.35
    """
    milestones = sorted((one.from_, index) for index, one in enumerate(metric.target) if one.from_ is not None)
    passed = [place for place in milestones if place[0] <= date]
    ahead = [place for place in milestones if place[0] > date]
    if not passed:
        return Expectation(np.nan, None, metric.target[ahead[0][1]] if ahead else None)
    start, last = passed[-1][0], metric.target[passed[-1][1]]
    if ahead:
        end, following = ahead[0][0], metric.target[ahead[0][1]]
        return Expectation(last.value + (following.value - last.value) * ((date - start) / (end - start)), last, following)
    in_force = last.to is None or date <= last.to
    return Expectation(last.value if in_force else np.nan, last if in_force else None, None)


def _last_day(period: str, as_of: dt.date) -> dt.date:
    """Return the last day of a period; the data's own for the whole contract and for a period still running."""
    return as_of if period == "term" else min(parse_period(period).end, as_of)


def _state(value: float, target: float, better: str) -> str:
    if np.isnan(target):
        return "no target agreed"
    if better == "neither":
        return "no direction agreed"
    if np.isnan(value):
        return "not judged"
    short = (target - value) if better == "higher" else (value - target)
    return "off track" if short > ROUNDING * max(abs(target), 1) else "on track"


def _certain(states: NDArray[np.str_], lower_is_better: NDArray[np.bool_], low: Array, high: Array, target: Array) -> NDArray[np.bool_]:
    """Return where the whole interval lies on the side of the target that the state says; a limit on the target still meets it."""
    met = np.where(lower_is_better, high <= target, low >= target)
    missed = np.where(lower_is_better, low > target, high < target)
    return np.where(states == "on track", met, (states == "off track") & missed)


def track(cells: pd.DataFrame, metrics: Mapping[str, Metric], *, as_of: dt.date, trajectory: bool = False) -> pd.DataFrame:
    """Return the cells with the target of their time and whether they meet it.

    Parameters
    ----------
    cells : DataFrame
        Rows of the metric table.
    metrics : mapping
        Metric id to its definition; ``in_programme@180d`` takes that of ``in_programme``. Ids without one have no target.
    as_of : datetime.date
        Last day of the data: ``term`` and periods still running are judged by the target of that day.
    trajectory : bool
        Judge against the straight way between targets (`trajectory_at`) instead of the target in force.

    Returns
    -------
    DataFrame
        `cells` with `target` (NaN: none agreed), `distance` (value - target, in the metric's units), `track` (one of `STATES`), and
        `certain`: true where the whole interval lies on the side that `track` says, so that chance alone does not explain it.

    Raises
    ------
    ValueError
        If a period is none.

    Examples
    --------
    >>> metric = Metric(title="Placed", kind="proportion", target=[{"value": 0.4}])
    >>> cells = pd.DataFrame({"metric": ["placed"], "period": "2026-05", "value": 0.3, "low": 0.2, "high": 0.5})
    >>> track(cells, {"placed": metric}, as_of=dt.date(2026, 5, 31))[["target", "track", "certain"]].values.tolist()
    [[0.4, 'off track', False]]
    """
    defined = {name: metrics.get(str(name).partition("@")[0]) for name in cells["metric"].unique()}
    days = {period: _last_day(str(period), as_of) for period in cells["period"].unique()}
    agreed = {
        (name, period): (trajectory_at(metric, day).value if trajectory else target_at(metric, day)) if metric else np.nan
        for name, metric in defined.items()
        for period, day in days.items()
    }
    keys = list(zip(cells["metric"], cells["period"], strict=True))
    target = np.array([agreed[key] for key in keys], dtype=np.float64)
    better = [metric.better if (metric := defined[name]) else "higher" for name, _ in keys]
    value, low, high = (cells[name].to_numpy(dtype=np.float64) for name in ("value", "low", "high"))
    states = [_state(*row) for row in zip(value, target, better, strict=True)]
    certain = _certain(np.array(states), np.array(better) == "lower", low, high, target)
    return cells.assign(target=target, distance=value - target, track=np.array(states, dtype=object), certain=certain)


def side_by_side(metric: Metric, value: float, *, date: dt.date, language: str = "en") -> pd.DataFrame:
    """Return a result beside its targets and all its benchmarks, each with where it comes from.

    Parameters
    ----------
    metric : Metric
    value : float
        The result; NaN if there is none.
    date : datetime.date
        Targets in force on this day are shown.
    language : str
        Of texts.

    Returns
    -------
    DataFrame
        `kind` (``target``, then the five `KINDS` in order), `value, low, high, source, date, population, comparability`, `distance`
        (result - value) and `standing`: ``better``, ``same``, ``worse``, ``higher`` or ``lower`` where neither is better, or ``not
        judged``. A kind without a benchmark has one row with NaN and standing ``no benchmark`` (targets: ``no target agreed``).

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
    rows: list[dict[str, Any]] = [
        {"kind": "target", "value": one.value, "source": one.label.in_language(language) if one.label else "contract", "date": one.from_}
        for one in targets_at(metric, date)
    ] or [{"kind": "target", "standing": "no target agreed"}]
    for kind in KINDS:
        rows += [_benchmark_row(one, language) for one in metric.benchmarks if one.kind == kind] or [
            {"kind": kind, "standing": "no benchmark"}
        ]
    names = ["kind", "value", "low", "high", "source", "date", "population", "comparability", "distance", "standing"]
    table = pd.DataFrame(rows, columns=names).astype(dict.fromkeys(("value", "low", "high", "distance"), np.float64))
    table["distance"] = value - table["value"]
    standing = [_standing(value, one, metric.better) for one in table["value"]]
    table["standing"] = table["standing"].where(table["value"].isna(), pd.Series(standing, dtype=object))
    return table


def _benchmark_row(one: Benchmark, language: str) -> dict[str, Any]:
    row = {"kind": one.kind, "value": one.value, "low": one.low, "high": one.high, "source": one.source, "date": one.date}
    return row | {"population": one.population.in_language(language), "comparability": one.comparability.in_language(language)}


def _standing(value: float, benchmark: float, better: str) -> str:
    if np.isnan(value):
        return "not judged"
    if abs(value - benchmark) <= ROUNDING * max(abs(benchmark), 1):
        return "same"
    if better == "neither":
        return "higher" if value > benchmark else "lower"
    return "better" if (value > benchmark) == (better == "higher") else "worse"
