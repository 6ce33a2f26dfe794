"""Time to an event when some are still waiting: curves, shares still in, medians, means, comparisons, ways out.

Open cases are censored, never dropped and never counted as if they had ended. Limits are log-log (they stay between 0 and 1).
Everything is computed from counts of durations (`acmlib.measures.durations`), for all groups at once. statsmodels has the same
estimators for rows of one group, without censored counts, log-log limits or, for counts, Greenwood's variance; the tests hold
the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from acmlib.measures.arrays import Array, numbers, refuse
from acmlib.measures.comparison import LogRank, logrank
from acmlib.measures.distributions import normal_isf
from acmlib.measures.durations import By, count_durations
from acmlib.measures.exits import cumulative_incidence
from acmlib.measures.loglog import log_log_limits

__all__ = [
    "LogRank",
    "RestrictedMean",
    "count_durations",
    "cumulative_incidence",
    "kaplan_meier",
    "kaplan_meier_counts",
    "logrank",
    "median_time",
    "restricted_mean",
    "survival_at",
]

#: A curve this close to one half is at one half (rounding of a product of many factors).
AT_LEVEL = 1e-8


class RestrictedMean(NamedTuple):
    """Mean time up to a horizon, its standard error and limits, in the unit of the durations."""

    mean: float
    se: float
    low: float
    high: float


def kaplan_meier(durations: Any, observed: Any, *, weights: Any = None, level: float = 0.95) -> pd.DataFrame:
    """Share still in at each time, from how long each stayed and whether the end was seen.

    Parameters
    ----------
    durations : array or Series of numbers
        Time from entry to the end or to the last day known, 0 and more.
    observed : array or Series of bool (or 0 and 1)
        True if it ended at that time; False if it was still going (censored).
    weights : array or Series of numbers, optional
        How many each row stands for (a histogram, for example); 1 without.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    DataFrame
        One row a distinct duration: ``time, at_risk, events, censored, survival, low, high``. `at_risk` are those whose time is not
        before; ends count before censorings of the same time. `low` and `high` are NaN until the first end and once nobody is left.
        No rows when nobody entered.

    Raises
    ------
    ValueError
        If a duration is missing, negative or infinite, or lengths differ; the message names the place.

    Notes
    -----
    Kaplan EL, Meier P, J Am Stat Assoc 1958;53:457-481; Greenwood's variance; limits of log(-log S), Kalbfleisch & Prentice 1980.

    Examples
    --------
    >>> kaplan_meier([6, 6, 6, 7, 10], [1, 1, 0, 1, 0]).round(3)
       time  at_risk  events  censored  survival    low   high
    0   6.0      5.0     2.0       1.0       0.6  0.126  0.882
    1   7.0      2.0     1.0       0.0       0.3  0.012  0.719
    2  10.0      1.0     0.0       1.0       0.3  0.012  0.719
    """
    return kaplan_meier_counts(count_durations(durations, observed, weights=weights), level=level)


def kaplan_meier_counts(counts: pd.DataFrame, *, by: By = (), level: float = 0.95) -> pd.DataFrame:
    """Share still in at each time, for many groups at once, from counted durations.

    Parameters
    ----------
    counts : DataFrame
        Columns `by`, ``time, events, censored`` as `count_durations` or a database query makes them, in any order of rows.
    by : str or list of str
        Columns that name the groups; everyone together without.

    Returns
    -------
    DataFrame
        Columns `by`, then those of `kaplan_meier`, sorted by group and time. A group without anyone has no rows.

    Raises
    ------
    ValueError
        If a column is missing, or a time or count is missing, negative or infinite.

    Examples
    --------
    >>> counts = pd.DataFrame({"site": ["N", "N", "S"], "time": [5, 9, 5], "events": [2, 0, 1], "censored": [0, 2, 3]})
    >>> kaplan_meier_counts(counts, by="site")[["site", "time", "at_risk", "survival"]]
      site  time  at_risk  survival
    0    N   5.0      4.0      0.50
    1    N   9.0      2.0      0.50
    2    S   5.0      4.0      0.75
    """
    keys = _keys(by)
    table = _checked_counts(counts, keys)
    # A constant stands for "everyone together" so that one path serves both.
    group = table.groupby(keys, sort=False, observed=True, dropna=False).ngroup() if keys else pd.Series(0, index=table.index)
    leaving = (table["events"] + table["censored"])[::-1]
    table["at_risk"] = leaving.groupby(group[::-1]).cumsum()[::-1]
    at_risk, events = table["at_risk"].to_numpy(), table["events"].to_numpy()
    table["survival"] = (1 - table["events"] / table["at_risk"]).groupby(group).cumprod()
    staying = np.where(at_risk > events, at_risk - events, np.nan)
    greenwood = pd.Series(events / (at_risk * staying), index=table.index).groupby(group).cumsum()
    survival = table["survival"].to_numpy()
    table["low"], table["high"] = log_log_limits(survival, survival * np.sqrt(greenwood.to_numpy()), level)
    return table[[*keys, "time", "at_risk", "events", "censored", "survival", "low", "high"]]


def survival_at(curve: pd.DataFrame, times: Any, *, by: By = ()) -> pd.DataFrame:
    """Share still in at given times, read from a curve.

    Parameters
    ----------
    curve : DataFrame
        From `kaplan_meier` or `kaplan_meier_counts`.
    times : number or list of numbers
        In the unit of the durations, 0 and more.
    by : str or list of str
        The columns of `curve` that name the groups.

    Returns
    -------
    DataFrame
        Columns `by`, ``time, at_risk, followed, survival, low, high``, one row a group and time. `at_risk` are those whose time is
        not before, `followed` those known to be in after it. Beyond the last duration the last value is carried on with `followed`
        0: a reader should be told. Survival is NaN where the curve is empty.

    Raises
    ------
    ValueError
        If a time is missing, negative or infinite.

    Examples
    --------
    >>> curve = kaplan_meier([6, 6, 6, 7, 10], [1, 1, 0, 1, 0])
    >>> survival_at(curve, [5, 6, 30])[["time", "at_risk", "followed", "survival"]]
       time  at_risk  followed  survival
    0   5.0      5.0       5.0       1.0
    1   6.0      5.0       2.0       0.6
    2  30.0      0.0       0.0       0.3
    """
    (wanted,), _ = numbers("survival_at", {"times": times})
    wanted = np.atleast_1d(wanted)
    if np.isnan(wanted).any():
        raise ValueError("survival_at: a time is missing; use numbers of 0 and more")
    keys = _keys(by)
    parts = [_read(names, part, wanted, keys) for names, part in _groups(curve, keys)]
    columns = [*keys, "time", "at_risk", "followed", "survival", "low", "high"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def median_time(curve: pd.DataFrame, *, by: By = ()) -> pd.DataFrame:
    """Time by which half have ended, with limits.

    Parameters
    ----------
    curve, by
        As in `survival_at`.

    Returns
    -------
    DataFrame
        Columns `by`, ``median, low, high``, one row a group. NaN where the curve (or its limit) does not come down to one half:
        more than half are still in as far as anyone knows.

    Notes
    -----
    The first time at which the curve is at or below one half; where it rests exactly on one half, the middle of that step. Limits:
    where the limits of the curve do the same (Brookmeyer R, Crowley J, Biometrics 1982;38:29-41).

    Examples
    --------
    >>> median_time(kaplan_meier([1, 2, 3, 4, 5], [1, 1, 1, 1, 0]))[["median", "high"]]
       median  high
    0     3.0   NaN
    """
    keys, rows = _keys(by), []
    for names, part in _groups(curve, keys):
        time = part["time"].to_numpy()
        reached = [_reaches_half(time, part[name].to_numpy()) for name in ("survival", "low", "high")]
        rows.append((*names, *reached))
    return pd.DataFrame(rows, columns=[*keys, "median", "low", "high"])


def restricted_mean(durations: Any, observed: Any, tau: float, *, weights: Any = None, level: float = 0.95) -> RestrictedMean:
    """Mean time in, counted up to `tau`: the area under the curve.

    Parameters
    ----------
    durations, observed, weights
        As in `kaplan_meier`.
    tau : float
        Horizon, in the unit of the durations, above 0. Where the last duration is shorter, the last value of the curve is carried on.

    Returns
    -------
    RestrictedMean
        ``mean, se, low, high`` in the unit of the durations, limits within 0 and `tau`. NaN when nobody entered.

    Raises
    ------
    ValueError
        If `tau` is not a number above 0, or as in `kaplan_meier`.

    Notes
    -----
    Irwin JO 1949; variance: each end weighs as much as the area that remains after it (Klein & Moeschberger 2003, 4.5).

    Examples
    --------
    >>> tuple(round(number, 3) for number in restricted_mean([2, 4, 6, 8], [1, 1, 1, 0], tau=6))
    (4.5, 0.829, 2.875, 6.0)
    """
    if not (np.isfinite(tau) and tau > 0):
        raise ValueError(f"restricted_mean: tau is {tau!r}; use a number above 0, in the unit of the durations")
    curve = kaplan_meier(durations, observed, weights=weights, level=level)
    if curve.empty:
        return RestrictedMean(np.nan, np.nan, np.nan, np.nan)
    curve = curve[curve["time"] <= tau]
    edges = np.concatenate([[0.0], curve["time"], [tau]])
    heights = np.concatenate([[1.0], curve["survival"]])
    areas = np.diff(edges) * heights
    remaining = areas[::-1].cumsum()[::-1][1:]
    at_risk, events = curve["at_risk"].to_numpy(), curve["events"].to_numpy()
    staying = np.where(at_risk > events, at_risk - events, np.inf)  # the last one's end leaves no area: it adds nothing
    mean, se = float(areas.sum()), float(np.sqrt(np.sum(remaining**2 * events / (at_risk * staying))))
    reach = float(normal_isf((1 - level) / 2)) * se
    return RestrictedMean(mean, se, max(mean - reach, 0.0), min(mean + reach, float(tau)))


def _keys(by: By) -> list[str]:
    return [by] if isinstance(by, str) else list(by)


def _groups(curve: pd.DataFrame, keys: list[str]) -> Iterator[tuple[tuple[Any, ...], pd.DataFrame]]:
    if not keys:
        yield (), curve
        return
    yield from curve.groupby(keys, sort=False, observed=True, dropna=False)


def _checked_counts(counts: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    columns = [*keys, "time", "events", "censored"]
    lacking = [name for name in columns if name not in counts]
    if lacking:
        raise ValueError(f"kaplan_meier_counts: counts has no column {', '.join(lacking)}; use {', '.join(columns)}")
    (time, events, censored), _ = numbers("kaplan_meier_counts", {name: counts[name] for name in ("time", "events", "censored")})
    for name, array in (("time", time), ("events", events), ("censored", censored)):
        refuse("kaplan_meier_counts", name, array, np.isnan(array), "known numbers", counts.index)
    table = counts[keys].assign(time=time, events=events, censored=censored)
    table = table.groupby([*keys, "time"], sort=True, observed=True, dropna=False)[["events", "censored"]].sum().reset_index()
    return table[table["events"] + table["censored"] > 0].reset_index(drop=True)


def _read(names: tuple[Any, ...], part: pd.DataFrame, wanted: Array, keys: list[str]) -> pd.DataFrame:
    time = part["time"].to_numpy()
    reached, passed = np.searchsorted(time, wanted, side="left"), np.searchsorted(time, wanted, side="right")
    waiting = np.append(part["at_risk"].to_numpy(), 0.0)
    start = {"survival": 1.0 if len(part) else np.nan, "low": np.nan, "high": np.nan}
    return pd.DataFrame(
        dict(zip(keys, names, strict=True))
        | {"time": wanted, "at_risk": waiting[reached], "followed": waiting[passed]}
        | {name: np.append(first, part[name].to_numpy())[passed] for name, first in start.items()}
    )


def _reaches_half(time: Array, values: Array) -> float:
    at, below = np.flatnonzero(values <= 0.5 + AT_LEVEL), np.flatnonzero(values < 0.5 - AT_LEVEL)
    if not at.size:
        return np.nan
    if below.size and below[0] == at[0]:
        return float(time[at[0]])
    return float((time[at[0]] + time[below[0] if below.size else -1]) / 2)
