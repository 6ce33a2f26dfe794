"""Totals over time, one chart a metric: by month however few people a month has; by quarter or year where nothing finer was sent."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.analysis.control_charts import CHARTED, Rebase, chart_columns
from acmlib.contract.model import Contract, Metric
from acmlib.contract.periods import parse_period
from acmlib.contract.targets import targets_on
from acmlib.measures.table import grain

#: Fewer points than this are no line.
FEWEST_POINTS = 4
#: A point of fewer people is drawn open.
OPEN = 5
#: So many points in a row on each side of the mean are two levels, and no few extreme months.
LEVEL = 4
#: Grains in the order in which they are tried, for those who hold the months and for everybody.
MONTHLY, QUARTERLY = ("month", "quarter", "year"), ("quarter", "year")


def points_over_time(
    totals: pd.DataFrame,
    contract: Contract,
    metric: Metric | None,
    better: str,
    *,
    date: dt.date,
    rebases: Sequence[Rebase] = (),
    grains: Sequence[str] = MONTHLY,
) -> pd.DataFrame:
    """Return the control chart of one metric's totals.

    Parameters
    ----------
    totals : DataFrame
        Rows of the metric table of one metric id, everyone together.
    metric : Metric or None
        Its definition, for the targets; None for stages of the pathway.
    date : date
        The data cut-off.
    rebases : sequence of Rebase
        Where limits start anew.
    grains : sequence of str
        The first of them that has enough points is charted.

    Returns
    -------
    DataFrame
        Indexed by period text: the columns of `acmlib.analysis.control_charts.xmr`, `numerator`, `denominator`, `status`, `target` (in
        force in that period; NaN if none), `open` (of fewer than 5 people) and `unfinished` (not all of its days are in the data; drawn,
        never judged). Empty where the metric has no dates, or fewer than four points.
    """
    texts, status = totals["period"].tolist(), np.asarray(totals["status"].tolist(), dtype=object)
    every = np.where(np.isin(status, CHARTED), totals["value"].to_numpy(dtype=np.float64), np.nan)
    for wanted in grains:
        rows = [at for at in sorted(range(len(texts)), key=texts.__getitem__) if grain(texts[at]) == wanted and status[at] != "immature"]
        known = np.flatnonzero(~np.isnan(every[rows]))
        if len(known) < FEWEST_POINTS:
            continue
        rows = rows[known[0] :]
        periods = [period_of(texts[at]) for at in rows]
        index = pd.Index([texts[at] for at in rows], name="period", dtype="str")
        unfinished = np.array([one.end > date or one.start < contract.contract.starts for one in periods])
        judged = np.where(unfinished, np.nan, every[rows])
        chart = chart_columns(judged, index, better, rebases=rebases, minimum_points=contract.statistics.control_chart_points)
        without_useless_limits(chart)
        agreed = targets_on(metric, [min(one.end, date) for one in periods]) if metric and metric.target else np.nan
        people = totals["denominator"].to_numpy(dtype=np.float64)[rows]
        numerator = totals["numerator"].to_numpy(dtype=np.float64)[rows]
        given = {"numerator": numerator, "denominator": people, "status": pd.array(status[rows], dtype="str"), "target": agreed}
        chart |= {"value": every[rows], **given, "open": people < OPEN, "unfinished": unfinished}
        return pd.DataFrame(chart, index=index)
    return pd.DataFrame()


def without_useless_limits(chart: dict[str, NDArray[Any]]) -> None:
    """Take the limits and marks from each phase of a chart in which most points would lie outside.

    Limits say what is usual from one month to the next. Where a few extreme months set the mean and hardly a month is near it, they say it
    of no month, and a mark on nearly every point points to none. A shift from one level to another also leaves most points outside the
    limits of the whole; there the points of either level lie together, and the marks stay.

    Parameters
    ----------
    chart : dict of arrays
        Columns of `acmlib.analysis.control_charts.chart_columns`; changed in place.

    Examples
    --------
    >>> from acmlib.analysis.control_charts import chart_columns
    >>> few = [300.0, *[10.0, 12, 9, 11, 10] * 3, 280, 290]
    >>> chart = chart_columns(np.array(few), pd.RangeIndex(len(few)), "lower")
    >>> marked = int((chart["signal"] != "none").sum())
    >>> without_useless_limits(chart)
    >>> marked, int((chart["signal"] != "none").sum()), bool(np.isnan(chart["upper"]).all())
    (18, 0, True)
    """
    measured = ~np.isnan(chart["side"])
    for phase in np.unique(chart["phase"]):
        own = chart["phase"] == phase
        sides = chart["side"][own & measured]
        few_outside = chart["outside"][own].sum() * 2 <= len(sides)
        if few_outside or min(_longest_run(sides, 1), _longest_run(sides, -1)) >= LEVEL:
            continue
        chart["lower"][own] = chart["upper"][own] = np.nan
        chart["outside"][own] = chart["near"][own] = False
        chart["signal"][own] = "none"
        chart["kind"][own & measured] = "common cause"


def _longest_run(sides: NDArray[np.float64], side: int) -> int:
    """Return how many points in a row lie at most on one side of the mean."""
    return max((sum(1 for _ in run) for which, run in itertools.groupby(sides) if which == side), default=0)


#: A table has few periods and many metrics.
period_of = functools.lru_cache(maxsize=512)(parse_period)
