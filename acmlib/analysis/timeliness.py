"""How long people wait for an answer. Open cases count: the ones nobody has answered are the longest waits of all.

Leaving them out makes a provider look faster the more people it leaves waiting. Here an open case counts as late once its
standard has passed, stays undecided before that, and moves the median and the 90th percentile as a wait that is not over.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from acmlib.measures.durations import checked_labels, count_durations
from acmlib.measures.intervals import wilson
from acmlib.measures.survival import kaplan_meier_counts, median_time, percentile_time

#: Name of the single group when none are given, as in the metric table.
EVERYONE = "All participants"

COUNTS = ["cases", "closed", "open", "overdue", "undecided", "decided", "within"]
COLUMNS = ["group", *COUNTS, "share_within", "low", "high", "median_days", "median_low", "median_high", "p90_days"]


def response_times(opened: Any, closed: Any, *, standard: float, as_of: Any, groups: Any = None, level: float = 0.95) -> pd.DataFrame:
    """Share answered within the standard, median and 90th percentile of the wait, with open and overdue cases counted.

    Parameters
    ----------
    opened : Series or list of dates
        Day each case came in; nobody without one.
    closed : Series or list of dates
        Day it was answered; missing while open. An answer after `as_of` was not known then: the case counts as open.
    standard : float
        Days allowed, 0 and more. An answer on the last day allowed is within.
    as_of : date
        The last day the data cover.
    groups : Series or list, optional
        The group of each case; everyone together without.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    DataFrame
        One row a group, sorted by name:

        - ``cases`` = ``closed`` + ``open``; ``overdue`` are the open ones whose days are used up,
        - ``decided``: cases whose days were used up by the end of `as_of`; ``undecided``: the others, however they stand
          (a case of yesterday that is closed already would otherwise count for, and its open neighbour not against),
        - ``within``: decided cases answered in time; ``share_within`` = within / decided with Wilson limits ``low, high`` (fractions),
        - ``median_days`` with limits ``median_low, median_high``, and ``p90_days``: of all cases, open ones as waits not over
          (Kaplan-Meier). NaN where so many are open that nobody can know. With all closed they are what a spreadsheet gives.

        NaN shares where no case is decided. No rows when there are no cases.

    Raises
    ------
    ValueError
        If a date is no date, a case has no opening day, opens after `as_of`, or closes before it opened; if the standard is
        negative. The message names the place.

    Examples
    --------
    Three answered within a week, one open for a month and one since yesterday:

    >>> opened = ["2026-01-02", "2026-01-02", "2026-01-05", "2026-01-01", "2026-01-30"]
    >>> closed = ["2026-01-05", "2026-01-09", "2026-01-12", None, None]
    >>> found = response_times(opened, closed, standard=7, as_of="2026-01-31")
    >>> found[["cases", "open", "overdue", "decided", "within", "share_within", "median_days"]]
       cases  open  overdue  decided  within  share_within  median_days
    0      5     2        1        4       3          0.75          7.0
    """
    if not (np.isfinite(standard) and standard >= 0):
        raise ValueError(f"response_times: standard is {standard!r}; use a number of days, 0 and more")
    cases = _cases(opened, closed, _day("as_of", as_of), standard)
    cases["group"] = EVERYONE if groups is None else checked_labels("response_times", "groups", groups, len(cases))
    if cases.empty:
        return pd.DataFrame(columns=COLUMNS)
    found = cases.groupby("group", sort=True, observed=True)[COUNTS].sum().reset_index()
    found["share_within"] = found["within"] / found["decided"].where(found["decided"] > 0)
    found["low"], found["high"] = wilson(found["within"], found["decided"], level)
    counts = count_durations(cases["days"], cases["closed"], groups=cases["group"])
    curves = kaplan_meier_counts(counts, by="group", level=level)
    middle = median_time(curves, by="group").rename(columns={"median": "median_days", "low": "median_low", "high": "median_high"})
    tail = percentile_time(curves, 0.9, by="group").rename(columns={"value": "p90_days"})
    return found.merge(middle, on="group", validate="one_to_one").merge(tail, on="group", validate="one_to_one")[COLUMNS]


def _cases(opened: Any, closed: Any, as_of: pd.Timestamp, standard: float) -> pd.DataFrame:
    """One row a case: how long it waited or waits, and how it stands on the last day."""
    start, end = _days("opened", opened), _days("closed", closed)
    if len(start) != len(end):
        raise ValueError(f"response_times: closed has {len(end)} entries, opened {len(start)}; use as many of each")
    _refuse(start.isna(), opened, "opened", start, "a date for every case, and leave out (and report) those without")
    _refuse((start > as_of), opened, "opened", start, f"days up to {as_of:%Y-%m-%d} (as_of)")
    _refuse((end < start), closed, "closed", end, "days on or after the case was opened")
    answered = end.notna() & (end <= as_of)
    days = (end.where(answered, as_of) - start).dt.days
    decided = (as_of - start).dt.days >= standard
    return pd.DataFrame(
        {
            "days": days,
            "cases": 1,
            "closed": answered.astype(int),
            "open": (~answered).astype(int),
            "overdue": (~answered & decided).astype(int),
            "undecided": (~decided).astype(int),
            "decided": decided.astype(int),
            "within": (answered & decided & (days <= standard)).astype(int),
        }
    )


def _days(name: str, given: Any) -> pd.Series[pd.Timestamp]:
    """Whole days: a case that came in and was answered on one day waited 0, whatever the hour."""
    try:
        dates = pd.Series(given, dtype=None if len(given) else "datetime64[s]")
        return pd.to_datetime(dates, errors="raise").dt.tz_localize(None).dt.normalize().reset_index(drop=True)
    except (ValueError, TypeError) as error:
        raise ValueError(f"response_times: {name} has an entry that is no date ({error}); use dates such as 2026-05-31") from error


def _day(name: str, given: Any) -> pd.Timestamp:
    day = pd.to_datetime(given, errors="coerce")
    if pd.isna(day):
        raise ValueError(f"response_times: {name} is {given!r}; use a date such as 2026-05-31")
    return pd.Timestamp(day).normalize()


def _refuse(wrong: pd.Series[bool], given: Any, name: str, dates: pd.Series[pd.Timestamp], allowed: str) -> None:
    found = np.flatnonzero(wrong)
    if found.size:
        label = given.index[found[0]] if isinstance(given, pd.Series) else found[0]
        date = dates.iloc[found[0]]
        raise ValueError(f"response_times: {name} at {label} is {'missing' if pd.isna(date) else f'{date:%Y-%m-%d}'}; use {allowed}")
