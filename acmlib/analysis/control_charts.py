"""Is a change over time more than the ordinary month-to-month variation? XmR charts with the rules of NHS *Making Data Count*.

Charts are drawn of totals only, of months that do not overlap. Missing months are gaps: they stand in the table with NaN, take no
part in the limits, and neither break nor lengthen a run.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.analysis.arrays import Numbers, columns
from acmlib.analysis.chart_rules import MINIMUM_POINTS, assurance_of, phase_columns
from acmlib.measures.arrays import Array

#: Mean range of two draws from a normal distribution with standard deviation one (d2).
RANGE_OF_TWO = 1.128
#: Statuses whose value is charted; a month too small for a percentage of its own still tells its part of the story.
CHARTED = ("shown", "unreliable")
#: Periods that are single months.
MONTH = r"\d{4}-\d{2}"
#: Columns of a chart, one row a point.
COLUMNS = (
    "value", "phase", "mean", "lower", "upper", "outside", "near", "side", "signal", "kind", "trial", "variation", "assurance",
)  # fmt: skip


@dataclass(frozen=True)
class Rebase:
    """A new start of the limits: from which date, why, and the agreed action behind it. Made by `acmlib.analysis.actions.rebases`.

    Examples
    --------
    >>> Rebase(dt.date(2026, 1, 1), reason="second job coach started", action="a3")
    Rebase(date=datetime.date(2026, 1, 1), reason='second job coach started', action='a3')
    """

    date: dt.date
    reason: str
    action: str

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.action.strip():
            raise ValueError(f"rebase at {self.date}: reason is {self.reason!r}, action is {self.action!r}; name both")


def check_better(better: str) -> str:
    """Return `better` if it is a direction of improvement.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> check_better("up")
    Traceback (most recent call last):
    ValueError: better is 'up'; use higher, lower or neither
    """
    if better not in ("higher", "lower", "neither"):
        raise ValueError(f"better is {better!r}; use higher, lower or neither")
    return better


def starts(labels: pd.Index) -> pd.DatetimeIndex:
    """Return the first day of each label: dates, timestamps, pandas periods, or texts like ``2026-05``, ``2026Q2``, ``2026-05-01``.

    Raises
    ------
    ValueError
        If a label is no date.

    Examples
    --------
    >>> starts(pd.Index(["2026-05", "2026Q3"])).strftime("%Y-%m-%d").tolist()
    ['2026-05-01', '2026-07-01']
    """
    if isinstance(labels, pd.DatetimeIndex):
        return labels
    if isinstance(labels, pd.PeriodIndex):
        return labels.to_timestamp(how="start")
    if pd.api.types.is_numeric_dtype(labels.dtype):
        raise ValueError(f"the points are labelled {labels[0]!r}, not dated; give rebases as positions, or date the points")
    return pd.DatetimeIndex([_first_day(str(label)) if isinstance(label, str) else pd.Timestamp(label) for label in labels])


@functools.lru_cache(maxsize=1024)
def _first_day(label: str) -> pd.Timestamp:
    return pd.Period(label).start_time


def _phase_starts(rebases: Sequence[Any], index: pd.Index, observed: NDArray[np.bool_]) -> list[int]:
    """Return the positions at which limits start anew. A date stands for the first point that starts on it or later."""
    positions = []
    for number, rebase in enumerate(rebases):
        if isinstance(rebase, int | np.integer) and not isinstance(rebase, bool):
            position = int(rebase)
            if not 0 < position < len(index):
                raise ValueError(f"rebases[{number}] is position {position}; use 1 to {len(index) - 1}, or a date")
        else:
            date = rebase.date if isinstance(rebase, Rebase) else rebase
            first = pd.Period(date).start_time if isinstance(date, str) else pd.Timestamp(date)
            position = int((starts(index) < first).sum())
        # Before the first point, or with none measured yet since: there is nothing to start anew.
        if observed[:position].any() and observed[position:].any():
            positions.append(position)
    return [0, *sorted(set(positions)), len(index)]


def _empty_columns(values: Array) -> dict[str, NDArray[Any]]:
    """Return the columns of a chart, every point still missing."""
    n = len(values)
    chart: dict[str, NDArray[Any]] = {"value": values, "phase": np.zeros(n, dtype=np.int64)}
    chart |= {name: np.full(n, np.nan) for name in ("mean", "lower", "upper")}
    chart |= {name: np.zeros(n, dtype=bool) for name in ("outside", "near")}
    chart |= {"side": np.full(n, np.nan), "signal": np.full(n, "none", dtype=object), "kind": np.full(n, "missing", dtype=object)}
    return chart | {"trial": np.ones(n, dtype=bool)}


def xmr(
    values: Numbers,
    better: str,
    target: float | None = None,
    rebases: Sequence[Any] = (),
    fix_after: int | None = None,
    screen: bool = True,
    minimum_points: int = MINIMUM_POINTS,
) -> pd.DataFrame:
    """Return the XmR chart of one series: a row a point, with limits, signals and what they mean.

    Parameters
    ----------
    values : sequence, array or Series of numbers
        One a month, in order; NaN (a missing month) is a gap. A Series keeps its index: dates, periods or texts like ``2026-05``.
    target : float, optional
        What `assurance` is judged against.
    rebases : sequence of Rebase, dates or positions, optional
        Where the limits start anew. A date means the first point that starts on it or later; no effect before such a point is measured.
        Pages take them only from `acmlib.analysis.actions.rebases`.
    fix_after : int, optional
        Only the first so many measured points of each phase set its mean and limits.
    screen : bool
        Leave moving ranges of 3.267 times their mean or more out, once.
    minimum_points : int
        Limits set by fewer points are trial limits (a contract's ``statistics.control_chart_points``).

    Returns
    -------
    DataFrame
        In the order of `COLUMNS`: `value`; `phase` (0, 1, ... by rebase); `mean`, `lower`, `upper` in the units of `value` (limits are NaN
        with a single point or no variation); `outside`, `near` (false where there is no value or no limit); `side` of the mean (-1, 0, 1;
        NaN where there is no value); `signal` (``above limits``, ``below limits``,
        ``rising``, ``falling``, ``2 of 3 high``, ``2 of 3 low``, ``7 above mean``, ``7 below mean`` or ``none``); `kind` (``common cause``,
        ``improvement``, ``concern``, ``neutral high``, ``neutral low`` or ``missing``); `trial` (fewer than `minimum_points` set
        the limits); and, the same in every row, `variation` (the kind of the last measured point) and `assurance`:
        ``consistent pass`` or ``consistent fail`` when the target lies beyond the last limits, ``inconsistent`` within, else ``none``.

    Raises
    ------
    ValueError
        If a value is text or infinite, or an option is not allowed.

    Notes
    -----
    Limits are mean -+ 2.66 x mean moving range. Signals, first that holds: outside the limits; seven points rising or falling; two of
    three points, all on one side, near one limit; seven points on one side of the mean. Source: NHS England, Making Data Count; edge
    cases as in NHSRplotthedots 0.2.2. The moving range over a gap is that of the points on either side of it.

    Examples
    --------
    >>> months = pd.period_range("2025-01", periods=14, freq="M")
    >>> chart = xmr(pd.Series([8, 10, 9, 11, 10, 9, 10, 11, 9, 10, 10, 9, 11, 17], index=months), "higher", target=20)
    >>> chart.loc["2026-02", ["signal", "variation", "assurance"]].tolist()
    ['above limits', 'improvement', 'consistent fail']
    >>> chart["mean"].round(2).iloc[0], chart["lower"].round(2).iloc[0], chart["upper"].round(2).iloc[0]
    (np.float64(10.29), np.float64(6.96), np.float64(13.61))
    """
    index, (array,) = columns("xmr", values=values, signed=["values"])
    chart = chart_columns(
        array, index, better, target=target, rebases=rebases, fix_after=fix_after, screen=screen, minimum_points=minimum_points
    )
    return pd.DataFrame(chart, index=index, copy=False)


def chart_columns(
    array: Array,
    index: pd.Index,
    better: str,
    *,
    target: float | None = None,
    rebases: Sequence[Any] = (),
    fix_after: int | None = None,
    screen: bool = True,
    minimum_points: int = MINIMUM_POINTS,
) -> dict[str, Any]:
    """Return the columns of `xmr` by name, of values that are finite or NaN and the labels of their points."""
    check_better(better)
    if fix_after is not None and fix_after < 1:
        raise ValueError(f"fix_after is {fix_after}; use 1 or more")
    chart: dict[str, Any] = _empty_columns(array)
    observed = ~np.isnan(array)
    cuts = _phase_starts(rebases, index, observed) if rebases else [0, len(array)]
    for phase, (first, end) in enumerate(itertools.pairwise(cuts)):
        chart["phase"][first:end] = phase
        for name, column in phase_columns(array[first:end][observed[first:end]], better, fix_after, screen, minimum_points).items():
            # Mean, limits and "trial" hold for the whole phase, gaps included; the rest belongs to measured points.
            place = slice(first, end) if np.ndim(column) == 0 else first + np.flatnonzero(observed[first:end])
            chart[name][place] = column
    last = int(np.flatnonzero(observed)[-1]) if observed.any() else None
    variation = "missing" if last is None else str(chart["kind"][last])
    assurance = "none"
    if last is not None and target is not None:
        assurance = assurance_of(better, float(target), chart["lower"][last], chart["upper"][last])
    return chart | {"variation": variation, "assurance": assurance}
