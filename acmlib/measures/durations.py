"""How long things lasted, counted: who ended and who was still going, at each time. All of `survival` is computed from these counts.

A million people who entered over three years make about a thousand different durations, so counting first is what makes curves of
many groups cheap; the numbers are the same, because the estimators use nothing but the counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.measures.arrays import Array, numbers, refuse

#: One or several columns that name the groups.
By: TypeAlias = str | Sequence[str]


def count_durations(durations: Any, observed: Any, *, groups: Any = None, weights: Any = None) -> pd.DataFrame:
    """Count, for each group and duration, how many ended then and how many were last seen then, still going.

    Parameters
    ----------
    durations : array or Series of numbers
        Time from entry to the end or to the last day known, 0 and more (days on our pages).
    observed : array or Series of bool (or 0 and 1)
        True if it ended at that time; False if it was still going (censored).
    groups : array or Series, optional
        The group of each.
    weights : array or Series of numbers, optional
        How many each row stands for; 1 without.

    Returns
    -------
    DataFrame
        Columns ``group`` (only with `groups`), ``time``, ``events``, ``censored``, sorted by them; one row a group and time.

    Raises
    ------
    ValueError
        If a duration is missing, negative or infinite, `observed` is anything but true or false, a group is missing, or lengths
        differ. People without dates are for the caller to leave out, and to report.

    Examples
    --------
    >>> count_durations([5, 8, 8, 8], [1, 1, 1, 0])
       time  events  censored
    0   5.0     1.0       0.0
    1   8.0     2.0       1.0
    """
    time = checked_times("count_durations", durations)
    ended = checked_flags("count_durations", observed, len(time))
    weight = np.ones(len(time)) if weights is None else _checked_weights("count_durations", weights, len(time))
    table = pd.DataFrame({"time": time, "events": np.where(ended, weight, 0.0), "censored": np.where(ended, 0.0, weight)})
    keys = ["time"]
    if groups is not None:
        table["group"] = checked_labels("count_durations", "groups", groups, len(time))
        keys = ["group", "time"]
    return table.groupby(keys, sort=True, observed=True)[["events", "censored"]].sum().reset_index()


def checked_times(place: str, durations: Any) -> Array:
    """Return durations as floats, every one known and 0 or more.

    Raises
    ------
    ValueError
        Naming the first that is missing, negative or infinite.

    Examples
    --------
    >>> checked_times("kaplan_meier", [3, None])
    Traceback (most recent call last):
    ValueError: kaplan_meier: durations at 1 is nan; use known durations, and leave out (and report) people without dates
    """
    (time,), _ = numbers(place, {"durations": durations})
    allowed = "known durations, and leave out (and report) people without dates"
    refuse(place, "durations", time, np.isnan(time), allowed, durations.index if isinstance(durations, pd.Series) else None)
    return np.atleast_1d(time)


def checked_flags(place: str, observed: Any, size: int) -> NDArray[np.bool_]:
    """Return `observed` as true and false, `size` of them.

    Raises
    ------
    ValueError
        If lengths differ or a value is neither true (1) nor false (0).

    Examples
    --------
    >>> checked_flags("kaplan_meier", [1, 0], 2).tolist()
    [True, False]
    """
    (flags,), _ = numbers(place, {"observed": observed})
    flags = np.atleast_1d(flags)
    _same_length(place, "observed", len(flags), size)
    index = observed.index if isinstance(observed, pd.Series) else None
    refuse(place, "observed", flags, ~np.isin(flags, (0.0, 1.0)), "true (it ended) or false (it was still going)", index)
    return np.asarray(flags == 1)


def checked_labels(place: str, name: str, labels: Any, size: int) -> pd.Series[Any]:
    """Return `labels`, `size` of them, none missing, numbered from 0.

    Raises
    ------
    ValueError
        If lengths differ or a label is missing: people of unknown group are a group of their own, named so.

    Examples
    --------
    >>> checked_labels("logrank", "groups", ["Asian", None], 2)
    Traceback (most recent call last):
    ValueError: logrank: groups at 1 is missing; use a name for everyone, such as 'Not recorded'
    """
    series = pd.Series(labels)
    _same_length(place, name, len(series), size)
    missing = np.flatnonzero(series.isna())
    if missing.size:
        raise ValueError(f"{place}: {name} at {series.index[missing[0]]} is missing; use a name for everyone, such as 'Not recorded'")
    return series.reset_index(drop=True)


def _checked_weights(place: str, weights: Any, size: int) -> Array:
    (weight,), _ = numbers(place, {"weights": weights})
    weight = np.atleast_1d(weight)
    _same_length(place, "weights", len(weight), size)
    refuse(place, "weights", weight, np.isnan(weight), "known weights", weights.index if isinstance(weights, pd.Series) else None)
    return weight


def _same_length(place: str, name: str, given: int, size: int) -> None:
    if given != size:
        raise ValueError(f"{place}: {name} has {given} entries, durations {size}; use as many of each")
