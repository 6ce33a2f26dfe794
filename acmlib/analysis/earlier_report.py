"""The state at the previous report, computed from today's data: the baseline of the section *since last time*."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from acmlib.analysis import overview
from acmlib.analysis.actions import rebases
from acmlib.analysis.cohorts import agreed_before, cohort_changes
from acmlib.analysis.judging import metric_verdicts
from acmlib.analysis.verdicts import MetricVerdict
from acmlib.analysis.views import View, view_of
from acmlib.contract.kinds import main_id
from acmlib.contract.model import Contract, Edition
from acmlib.contract.periods import TERM, Period, add_months, contract_period, month_text
from acmlib.contract.records import Records
from acmlib.measures.table import different_rows, grain

#: How the report before is known: it lay on the table of a meeting, it was released, or none is recorded and it is the period before.
Known: TypeAlias = Literal["meeting", "release", "period"]


def previous_period(period: Period, contract: Contract) -> Period | None:
    """Return the period before, of the same kind; None before the contract began, and for the whole term."""
    try:
        before = contract_period(contract, period.previous().text)
    except ValueError:  # nothing lies before the term, or before the first year of the contract
        return None
    return before if before.end >= contract.contract.starts else None


@dataclass(frozen=True)
class EarlierReport:
    """What was known at the earlier report: no more than *since last time* needs."""

    period: Period
    metrics: Mapping[str, MetricVerdict]  #: Metric id to its verdict then.
    #: `gaps`, `served`, `cohorts`: as in `acmlib.analysis.assessment.Assessment`.
    gaps: pd.DataFrame
    served: pd.DataFrame
    cohorts: pd.DataFrame  #: Of the headline figures.
    known: Known = "period"  #: How it is known that readers have it.
    day: dt.date | None = None  #: When they got it, where that is recorded.


def assess_before(
    table: pd.DataFrame,
    contract: Contract,
    records: Records,
    populations: Mapping[str, pd.DataFrame],
    period: Period,
    *,
    since: Period | None = None,
    view: View = "rolling",
) -> EarlierReport | None:
    """Return the verdicts of an earlier period, reached with the data of today, so that only what is newer makes a difference.

    Each metric is as many months shorter as the earlier period lies back: an outcome that takes half a year to be known was known for as
    much less then.

    Parameters
    ----------
    table : DataFrame
        The whole metric table of `period`, true numbers.
    populations : mapping
        Dimension to its base population.
    since : Period, optional
        The earlier period; the one before `period` if absent.
    view : {"rolling", "years"}
        As in `acmlib.analysis.assessment.assess`.

    Returns
    -------
    Before or None
        None where there is no earlier period, or nothing was known by then.
    """
    earlier = since or previous_period(period, contract)
    if earlier is None or earlier.end >= period.end:
        return None
    back = _months(month_text(earlier.end), month_text(period.end))
    kept = table[_known_then(table, back, contract)].reset_index(drop=True)
    if kept.empty:
        return None
    headline = [name for name, metric in contract.metrics.items() if metric.headline or metric.main]
    wanted = {main_id(contract, name) for name in headline}
    date = min(earlier.end, contract.contract.ends)
    cells = view_of(kept, contract, earlier, view)
    acted = [one for one in records.actions if one.agreed_on <= earlier.end]
    changes = {name: rebases(acted, name) for name in contract.metrics}
    own = cells[cells["metric"].isin(wanted)].reset_index(drop=True)
    totals = kept[kept["metric"].isin(wanted)].reset_index(drop=True)
    gaps = overview.gaps(kept, contract, date=date, periods=overview.latest_periods(cells))
    compared = gaps[gaps["metric"].isin(wanted)] if view == "rolling" else gaps.iloc[:0]
    return EarlierReport(
        period=earlier,
        metrics=metric_verdicts(totals, own, contract, date=date, rebases=changes, view=view),
        gaps=gaps,
        served=overview.served(cells, contract, populations),
        cohorts=cohort_changes(cells, compared, contract, named=agreed_before(records)),
    )


def _months(first: str, last: str) -> int:
    """Return how many months lie between two months."""
    numbers = [12 * int(text[:4]) + int(text[5:7]) for text in (first, last)]
    return numbers[1] - numbers[0]


def _known_then(table: pd.DataFrame, back: int, contract: Contract) -> pd.Series:
    """Tell for each row whether its period was over, and knowable, so many months ago; a metric without dates is kept."""
    ends = {
        period: "" if period == TERM or grain(period) == "year" else month_text(contract_period(contract, period).end)
        for period in table["period"].unique()
    }
    rolling: dict[str, str] = {}
    every: dict[str, str] = {}
    different, row = different_rows(table, "metric", "period", "status")
    for metric, period, status in different:
        if status != "immature":
            every[metric] = max(every.get(metric, ""), ends[period])
            if period.startswith("P"):
                rolling[metric] = max(rolling.get(metric, ""), ends[period])
    last = {metric: rolling.get(metric) or end for metric, end in every.items()}
    limits = {metric: add_months(end, -back) for metric, end in last.items() if end}
    # What the whole contract gives today was given by nobody then.
    known = [period != TERM and ends[period] <= limits[metric] if metric in limits else True for metric, period, _ in different]
    return pd.Series(np.array(known, dtype=bool)[row], index=table.index)


@dataclass(frozen=True)
class LastTime:
    """The edition before this one."""

    period: Period
    known: Known  #: As in `EarlierReport`.
    day: dt.date | None = None  #: The day of the meeting, or of the release.
    number: int | None = None  #: Its place among the releases.


def last_time(
    contract: Contract, records: Records, period: Period, edition: Edition, released: Sequence[tuple[str, dt.date]] = ()
) -> LastTime | None:
    """Return the last edition of an earlier period that these readers were given.

    Everybody has what was released. The parties have what lay on the table of their last meeting; where no meeting names an earlier
    period, the report of the period before stands for it.

    Parameters
    ----------
    records : Records
        All of them, as known at the meeting that the pages are made for.
    released : sequence of (period, day)
        What was released of this edition.
    """
    given = [LastTime(contract_period(contract, text), "release", day, number) for number, (text, day) in enumerate(released)]
    met = [
        LastTime(contract_period(contract, one.period), "meeting", one.date)
        for one in records.meetings
        if one.period is not None and edition != "public"
    ]
    for known in (given, met):
        earlier = [one for one in known if one.period.end < period.end]
        if earlier:
            return max(earlier, key=lambda one: (one.period.end, one.day or dt.date.min))
    before = previous_period(period, contract) if edition != "public" else None
    return LastTime(before, "period") if before is not None else None
