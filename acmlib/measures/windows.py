"""Windows of the metric table: which months (or quarters, or years) add up to which period, and which of them are mature."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from acmlib.contract.periods import TERM, Period, add_months, parse_period
from acmlib.measures.arrays import Array

Grain = Literal["month", "quarter", "year", "rolling", "term"]

#: Months in a quarter.
QUARTER = 3
#: Lengths of the windows that follow each other from the contract's first month on: contract years, and half-years.
FIXED = (12, 6)


@dataclass(frozen=True)
class Axis:
    """The periods in which counts are kept before anything is added up: the months of a contract, as a rule."""

    #: Without gaps, of one grain: month, quarter, year, or fiscal year. Empty: the whole contract is one (metrics without dates).
    ticks: tuple[Period, ...]
    ends: dt.date  #: Last day of the contract.
    as_of: dt.date  #: Last day of the report's period: nothing dated later is counted.

    @classmethod
    def spanning(cls, grain: Grain, starts: dt.date, ends: dt.date, as_of: dt.date) -> Axis:
        """Return the axis from the contract's first day to its last one or `as_of`, whichever is earlier.

        Raises
        ------
        ValueError
            If the contract begins after `as_of`: there is nothing to report yet.

        Examples
        --------
        >>> axis = Axis.spanning("quarter", dt.date(2025, 2, 1), dt.date(2026, 6, 30), dt.date(2025, 9, 30))
        >>> [str(tick) for tick in axis.ticks]
        ['2025Q1', '2025Q2', '2025Q3']
        """
        last = min(ends, as_of)
        if last < starts:
            raise ValueError(f"the period ends on {as_of}, before the contract starts on {starts}; use a later period")
        ticks: list[Period] = []
        day = starts
        while day <= last or (ticks and ticks[-1].end < last):
            tick = parse_period(_text(grain, day))
            ticks.append(tick)
            day = tick.end + dt.timedelta(days=1)
        return cls(tuple(ticks), ends, as_of)

    @classmethod
    def of_years(cls, last_month: int, starts: dt.date, ends: dt.date, as_of: dt.date) -> Axis:
        """Return the axis of fiscal years that end in a month, from the one of the contract's first day on.

        Examples
        --------
        >>> axis = Axis.of_years(6, dt.date(2024, 9, 1), dt.date(2026, 6, 30), dt.date(2026, 6, 30))
        >>> [str(tick) for tick in axis.ticks]
        ['P12M/2025-06', 'P12M/2026-06']
        """
        first, last = starts.year + (starts.month > last_month), min(ends, as_of)
        ticks = [parse_period(f"P12M/{year:04d}-{last_month:02d}") for year in range(first, last.year + 2)]
        return cls(tuple(tick for tick in ticks if tick.start <= last), ends, as_of)

    def __len__(self) -> int:
        return max(len(self.ticks), 1)

    @property
    def last(self) -> dt.date:
        """Last day that is counted."""
        return min(self.ticks[-1].end, self.as_of) if self.ticks else self.as_of

    def whole(self) -> Axis:
        """Return the axis of metrics without dates: one tick, the whole contract."""
        return Axis((), self.ends, self.as_of)

    def mature(self, window: int | None) -> int:
        """Number of ticks, from the first, whose outcomes are known on the day `as_of`.

        Examples
        --------
        >>> axis = Axis.spanning("month", dt.date(2026, 1, 1), dt.date(2026, 6, 30), dt.date(2026, 6, 30))
        >>> axis.mature(None), axis.mature(91)
        (6, 3)
        """
        if not self.ticks or not window:
            return len(self)
        return sum(tick.end + dt.timedelta(days=window) <= self.as_of for tick in self.ticks)


@dataclass(frozen=True)
class Window:
    """One period of the metric table: ticks `first` up to but not including `stop`."""

    text: str
    grain: Grain
    first: int
    stop: int


@functools.lru_cache(maxsize=256)
def windows(axis: Axis, *, mature: int, rolling_months: int) -> tuple[Window, ...]:
    """Periods of one metric, ordered month, quarter, year, rolling, term.

    Quarters are given when they are over. Rolling windows end at each mature month; the first ones are shorter where the contract is
    younger. The contract's own years and half-years follow, where they are over and mature. Years stay years. A metric without dates has
    only the whole contract.

    Parameters
    ----------
    axis : Axis
        Where counts are kept.
    mature : int
        Number of ticks whose outcomes are known. The term counts these only; if there is none, it names those who wait.
    rolling_months : int
        Length of rolling windows.

    Examples
    --------
    >>> axis = Axis.spanning("month", dt.date(2026, 3, 1), dt.date(2026, 12, 31), dt.date(2026, 6, 30))
    >>> [(one.text, one.stop - one.first) for one in windows(axis, mature=3, rolling_months=12)][4:]
    [('2026Q1', 1), ('2026Q2', 3), ('P12M/2026-03', 1), ('P12M/2026-04', 2), ('P12M/2026-05', 3), ('term', 3)]
    """
    term = Window(TERM, "term", 0, mature or len(axis))
    if not axis.ticks:
        return (term,)
    grain = axis.ticks[0].grain
    single = [Window(tick.text, tick.grain, at, at + 1) for at, tick in enumerate(axis.ticks)]
    quarters = _quarters(axis) if grain == "month" else []
    months = {"month": 1, "quarter": QUARTER}.get(grain, 0)
    rolling = []
    if months and rolling_months % months == 0:
        length = rolling_months // months
        rolling = [
            Window(f"P{rolling_months}M/{axis.ticks[stop - 1].months[-1]}", "rolling", max(0, stop - length), stop)
            for stop in range(1, mature + 1)
        ]
    fixed = [one for length in FIXED for one in _fixed(axis, mature, length)] if grain in ("month", "quarter") else []
    known = {one.text for one in rolling}
    return (*single, *quarters, *rolling, *(one for one in fixed if one.text not in known), term)


def window_matrix(chosen: Sequence[Window], ticks: int) -> Array:
    """Matrix of ones and zeros, ticks by windows: counts by tick times it are counts by window.

    Examples
    --------
    >>> counts = np.array([[3.0, 0.0, 4.0]])
    >>> counts @ window_matrix([Window("2026-02", "month", 1, 2), Window("term", "term", 0, 3)], 3)
    array([[0., 7.]])
    """
    at = np.arange(ticks)[:, None]
    first, stop = np.array([one.first for one in chosen]), np.array([one.stop for one in chosen])
    return ((at >= first) & (at < stop)).astype(np.float64)


def _fixed(axis: Axis, mature: int, length: int) -> list[Window]:
    """Return the windows of so many months that follow each other from the contract's first tick on, as far as all is known."""
    months = len(axis.ticks[0].months)
    step = length // months
    if length % months:
        return []
    return [Window(f"P{length}M/{axis.ticks[stop - 1].months[-1]}", "rolling", stop - step, stop) for stop in range(step, mature + 1, step)]


def _quarters(axis: Axis) -> list[Window]:
    """Return the quarters that are over: by the last tick, or because the contract is."""
    found: dict[str, list[int]] = {}
    for at, tick in enumerate(axis.ticks):
        found.setdefault(_text("quarter", tick.start), []).append(at)
    last = axis.ticks[-1].end
    over = {text for text in found if parse_period(text).end <= last or last >= axis.ends}
    return [Window(text, "quarter", at[0], at[-1] + 1) for text, at in found.items() if text in over]


def _text(grain: Grain, day: dt.date) -> str:
    if grain == "year":
        return f"{day.year:04d}"
    if grain == "quarter":
        return f"{day.year:04d}Q{(day.month + QUARTER - 1) // QUARTER}"
    return add_months(f"{day.year:04d}-{day.month:02d}", 0)
