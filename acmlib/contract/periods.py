"""Periods of a report and of the metric table: what a text such as ``2026Q2`` means in days."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from acmlib.contract.model import Contract

Grain = Literal["month", "quarter", "year", "rolling", "term"]

#: The whole contract, from its first day to its last.
TERM = "term"

ALLOWED = (
    "use a month as 2026-05, a quarter as 2026Q2, a year as 2026, a fiscal year as FY2026, a contract year as Y2, "
    "the months up to one as P12M/2026-05, or term"
)

_MONTH = r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])"
_FORMS: tuple[tuple[Grain, re.Pattern[str]], ...] = (
    ("month", re.compile(_MONTH)),
    ("quarter", re.compile(r"(?P<year>\d{4})Q(?P<quarter>[1-4])")),
    ("year", re.compile(r"(?P<year>\d{4})")),
    ("year", re.compile(r"FY(?P<fiscal>\d{4})")),
    ("year", re.compile(r"Y(?P<contract>[1-9]\d?)")),
    ("rolling", re.compile(r"P(?P<length>[1-9]\d{0,2})M/" + _MONTH)),
)


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole days, both ends included, with the text that names it in the metric table."""

    start: dt.date
    end: dt.date
    grain: Grain
    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def months(self) -> tuple[str, ...]:
        """The months that the period touches, in order, as ``2026-05``."""
        return months_between(self.start, self.end)

    @property
    def days(self) -> int:
        """Length in days, both ends included."""
        return (self.end - self.start).days + 1

    def contains(self, day: dt.date) -> bool:
        """Whether `day` lies in the period."""
        return self.start <= day <= self.end

    def previous(self) -> Period:
        """Return the period of the same length just before: the month before a month, the 12 months before 12 months.

        Raises
        ------
        ValueError
            For ``term``: nothing lies before the whole contract.

        Examples
        --------
        >>> parse_period("2026Q1").previous().text, parse_period("P12M/2026-05").previous().text
        ('2025Q4', 'P12M/2025-05')
        """
        if self.grain == "term":
            raise ValueError("term is the whole contract; nothing lies before it")
        before = self.start - dt.timedelta(days=1)
        if self.grain == "month":
            return parse_period(month_text(before))
        if self.grain == "quarter":
            return parse_period(f"{before.year}Q{(before.month + 2) // 3}")
        if self.grain == "year" and self.text[0] in "FY":
            return self._year_before(before)
        if self.grain == "year":
            return parse_period(str(before.year))
        length = int(self.text[1 : self.text.index("M")])
        return parse_period(f"P{length}M/{add_months(month_text(self.end), -length)}")

    def _year_before(self, last: dt.date) -> Period:
        """Return the fiscal or contract year that ends on the day `last`."""
        letters = self.text.rstrip("0123456789")
        number = int(self.text[len(letters) :]) - 1
        if number < 1:
            raise ValueError("Y1 is the first year of the contract; nothing lies before it")
        return Period(self.start.replace(year=self.start.year - 1), last, "year", f"{letters}{number}")


def parse_period(text: str, *, starts: dt.date | None = None, ends: dt.date | None = None, fiscal_year_starts: int = 1) -> Period:
    """Read the name of a period.

    Parameters
    ----------
    text
        ``2026-05``, ``2026Q2``, ``2026``, ``P12M/2026-05`` (the 12 months up to and including May 2026) or ``term``.
    starts, ends
        First and last day of the contract: needed for ``term``, `starts` for a contract year; a rolling window begins no earlier than
        `starts`.
    fiscal_year_starts
        Month in which fiscal years start: FY2026 is the one that ends in 2026 (with 1: that starts and ends in it).

    Raises
    ------
    ValueError
        If the text names no period, or is ``term`` and the contract's days are not given.

    Examples
    --------
    >>> parse_period("2026Q2").start.isoformat(), parse_period("2026Q2").end.isoformat()
    ('2026-04-01', '2026-06-30')
    >>> parse_period("P12M/2026-05", starts=dt.date(2025, 9, 1)).start.isoformat()
    '2025-09-01'
    >>> parse_period("FY2026", fiscal_year_starts=7).start.isoformat(), parse_period("Y2", starts=dt.date(2024, 7, 1)).end.isoformat()
    ('2025-07-01', '2026-06-30')
    >>> parse_period("2026-13")
    Traceback (most recent call last):
    ValueError: period '2026-13': use a month as 2026-05, a quarter as 2026Q2, a year as 2026, ...
    """
    if text == TERM:
        if starts is None or ends is None:
            raise ValueError("period 'term' needs the contract's first and last day")
        return Period(starts, ends, "term", TERM)
    for grain, form in _FORMS:
        found = form.fullmatch(text)
        if found and {"fiscal", "contract"} & set(form.groupindex):
            return _counted_year(text, starts, fiscal_year_starts)
        if found and int(found["year"]) > 0:
            start, end = _days_of(grain, {key: int(value) for key, value in found.groupdict().items()})
            if grain == "rolling" and starts is not None and starts <= end:
                start = max(start, starts)
            return Period(start, end, grain, text)
    raise ValueError(f"period '{text}': {ALLOWED}")


def _counted_year(text: str, starts: dt.date | None, fiscal_year_starts: int) -> Period:
    """Return a fiscal year, or a year of the contract counted from its first month."""
    if text.startswith("FY"):
        year = int(text[2:]) - (fiscal_year_starts > 1)
        first = f"{year:04d}-{fiscal_year_starts:02d}"
    elif starts is None:
        raise ValueError(f"period '{text}' needs the contract's first day")
    else:
        first = add_months(month_text(starts), 12 * (int(text[1:]) - 1))
    last = add_months(first, 11)
    start, end = dt.date.fromisoformat(f"{first}-01"), parse_period(last).end
    return Period(max(start, starts) if starts and text.startswith("Y") else start, end, "year", text)


def _days_of(grain: Grain, numbers: dict[str, int]) -> tuple[dt.date, dt.date]:
    """Return the first and last day of a calendar period or of a rolling window."""
    year = numbers["year"]
    if grain == "year":
        first, last = 1, 12
    elif grain == "quarter":
        first, last = 3 * numbers["quarter"] - 2, 3 * numbers["quarter"]
    else:
        first = last = numbers["month"]
    start = dt.date(year, first, 1)
    if grain == "rolling":
        start = dt.date.fromisoformat(add_months(f"{year:04d}-{first:02d}", 1 - numbers["length"]) + "-01")
    return start, dt.date(year, last, calendar.monthrange(year, last)[1])


def contract_period(contract: Contract, text: str) -> Period:
    """Read the name of a period as a contract means it: with its term, and with fiscal years that start in its month.

    Raises
    ------
    ValueError
        If the text names no period.
    """
    term = contract.contract
    return parse_period(text, starts=term.starts, ends=term.ends, fiscal_year_starts=contract.fiscal_year_starts)


def report_period(contract: Contract, period: str | None = None) -> Period:
    """Return the period a report is made for: the one asked for, else the contract's own, else the whole term.

    Raises
    ------
    ValueError
        If the text names no period, names a rolling window, or lies wholly outside the contract's term.
    """
    starts, found = contract.contract.starts, contract_period(contract, period or contract.period or TERM)
    if found.grain == "rolling":
        raise ValueError(f"period '{found.text}': a report is made for a month, a quarter, a year or term")
    if found.end < starts:
        raise ValueError(f"period '{found.text}' ends before the contract starts on {starts.isoformat()}")
    return found


def last_known_quarter(contract: Contract, metric: str | None) -> str | None:
    """Return the last quarter whose outcomes are knowable by the end of the contract's period, for a metric with a window; else None."""
    counted = contract.metrics.get(metric or "")
    if counted is None or counted.window is None:
        return None
    still_open = report_period(contract).end - dt.timedelta(days=counted.window - 1)
    over = parse_period(f"{still_open.year}Q{(still_open.month + 2) // 3}").previous()
    return over.text if over.start >= contract.contract.starts else None


def month_text(day: dt.date) -> str:
    """Return the month of a day, as ``2026-05``."""
    return f"{day.year:04d}-{day.month:02d}"


def month_end(day: dt.date) -> dt.date:
    """Return the last day of a month.

    Examples
    --------
    >>> month_end(dt.date(2026, 2, 3))
    datetime.date(2026, 2, 28)
    """
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(month: str, number: int) -> str:
    """Return the month `number` months after `month` (before it, if negative).

    Examples
    --------
    >>> add_months("2026-05", -12), add_months("2025-11", 3)
    ('2025-05', '2026-02')
    """
    index = int(month[:4]) * 12 + int(month[5:7]) - 1 + number
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def months_between(a: dt.date, b: dt.date) -> tuple[str, ...]:
    """Return every month from the one of day `a` to the one of day `b`, both included; empty if `b` is in an earlier month.

    Examples
    --------
    >>> months_between(dt.date(2025, 11, 30), dt.date(2026, 1, 1))
    ('2025-11', '2025-12', '2026-01')
    """
    number = (b.year - a.year) * 12 + b.month - a.month + 1
    first = month_text(a)
    return tuple(add_months(first, i) for i in range(number))
