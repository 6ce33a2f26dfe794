"""When the parties meet, and what is due before each meeting and before the end of the term: derived from the plan's calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from acmlib.contract.kinds import compared_time
from acmlib.contract.meetings import WEEKDAYS, Calendar, Meeting
from acmlib.contract.model import Contract, Edition
from acmlib.contract.periods import contract_period

#: What a day of the calendar is for, in the order in which the days of one meeting come.
EventKind = Literal["data_due", "pre_read", "replies_due", "meeting", "decision", "notice", "ends", "known"]


#: What readers of an edition need not be told: when the next award is decided is the agency's, what is due before a meeting the parties'.
_LEFT_OUT: Mapping[Edition, frozenset[EventKind]] = {
    "internal": frozenset(),
    "provider": frozenset({"decision"}),
    "public": frozenset({"data_due", "pre_read", "replies_due", "decision", "notice", "known"}),
}


@dataclass(frozen=True, order=True)
class CalendarEntry:
    """One day of the calendar."""

    day: dt.date
    kind: EventKind  #: ``data_due``, ``pre_read``, ``replies_due``, ``meeting``, ``decision``, ``notice``, ``ends`` or ``known``.
    meeting: dt.date | None = None  #: The meeting that the day belongs to.
    held: bool = False  #: Whether there is a record of the meeting.


def meeting_days(calendar: Calendar, contract: Contract, held: Sequence[Meeting] = ()) -> tuple[dt.date, ...]:
    """Return the days of all meetings of the term: those held on their days, the others by the plan's rule.

    A meeting that was held stands for the planned day that follows the period it was about, in whatever month it was held; one that names
    no period, and the next one that the contract file names, for the planned day of their month.

    Examples
    --------
    >>> agreed = {"title": "Jobs", "provider": "A", "agency": "B", "program": "jobs", "starts": "2026-01-01", "ends": "2026-06-30"}
    >>> metrics = {"referred": {"title": "Referred", "kind": "count"}}
    >>> given = {"id": "jobs", "contract": agreed, "tables": {"participants": {"source": "p.csv"}}, "metrics": metrics}
    >>> given["contract"]["next_meeting"] = "2026-03-26"
    >>> [str(day) for day in meeting_days(Calendar(), Contract.model_validate(given))]
    ['2026-02-19', '2026-03-26', '2026-04-16', '2026-05-21', '2026-06-18', '2026-07-16']
    """
    agreed = contract.contract
    first = calendar.first or _next_month(agreed.starts)
    months: dict[tuple[int, int], dt.date] = {}
    at, last = first.replace(day=1), _next_month(agreed.ends)
    while at <= last:
        months[at.year, at.month] = _day(calendar, at.year, at.month)
        for _ in range(calendar.every_months):
            at = _next_month(at)
    # The contract's own day for the next meeting, and what was really held, come before the rule.
    known = filter(None, (agreed.next_meeting, *(meeting.next_meeting for meeting in held)))
    moved = {(day.year, day.month): day for day in known}
    ends = {one.date: end for one in held if (end := _end_of_subject(one, contract)) is not None and end < one.date}
    real = {(one.date.year, one.date.month) for one in held if one.date not in ends}
    days = {day for month, day in {**months, **moved}.items() if month not in real}
    stood_for = {day for end in ends.values() for day in sorted(days) if day > end and not any(end < one < day for one in days)}
    return tuple(sorted(days - stood_for | {one.date for one in held}))


def _end_of_subject(meeting: Meeting, contract: Contract) -> dt.date | None:
    """Return the last day of the period that a meeting was about; None where it names none that can be read, which the check says."""
    try:
        return None if meeting.period is None else contract_period(contract, meeting.period).end
    except ValueError:
        return None


def results_known(contract: Contract) -> dt.date:
    """Return the day by which the headline results of the term are known: the longest time that one of them allows, after the end.

    Examples
    --------
    >>> agreed = {"title": "Jobs", "provider": "A", "agency": "B", "program": "jobs", "starts": "2025-07-01", "ends": "2026-06-30"}
    >>> placed = {"title": "Placed", "kind": "proportion", "of": "true", "that": "placed_on is not null", "date": "left_on"}
    >>> metrics = {"placed": {**placed, "window": 183, "headline": True}}
    >>> given = {"id": "jobs", "contract": agreed, "tables": {"participants": {"source": "p.csv"}}, "metrics": metrics}
    >>> str(results_known(Contract.model_validate(given)))
    '2026-12-30'
    """
    waits = [metric.window or compared_time(metric) or 0 for metric in contract.metrics.values() if metric.headline or metric.main]
    return contract.contract.ends + dt.timedelta(days=max(waits, default=0))


def entries(
    calendar: Calendar, contract: Contract, held: Sequence[Meeting] = (), *, known: dt.date | None = None
) -> tuple[CalendarEntry, ...]:
    """Return every day of the calendar in order: data, pre-read, replies and meeting; decision and notice before the end.

    Parameters
    ----------
    known : date, optional
        From `results_known`; left out if it is no later than the end.
    """
    ends, was_held = contract.contract.ends, {meeting.date for meeting in held}
    found: list[CalendarEntry] = []
    for day in meeting_days(calendar, contract, held):
        before: tuple[tuple[EventKind, int], ...] = (
            ("data_due", calendar.data_due),
            ("pre_read", calendar.pre_read),
            ("replies_due", calendar.replies),
        )
        found += [CalendarEntry(day - dt.timedelta(days=days), kind, day, day in was_held) for kind, days in before]
        found.append(CalendarEntry(day, "meeting", day, day in was_held))
    before_end: tuple[tuple[EventKind, int | None], ...] = (("decision", calendar.decision), ("notice", calendar.notice), ("ends", 0))
    found += [CalendarEntry(ends - dt.timedelta(days=days), kind) for kind, days in before_end if days is not None]
    found += [CalendarEntry(known, "known")] if known is not None and known > ends else []
    return tuple(sorted(found, key=lambda one: (one.day, one.kind, one.meeting or dt.date.min)))


def entries_for(entries: Sequence[CalendarEntry], edition: Edition) -> tuple[CalendarEntry, ...]:
    """Keep the days that concern the readers of an edition."""
    return tuple(entry for entry in entries if entry.kind not in _LEFT_OUT[edition])


def meeting_after(day: dt.date, calendar: Calendar | None, contract: Contract, held: Sequence[Meeting] = ()) -> dt.date | None:
    """Return the first meeting after a day: the one that pages of a period ending that day are made for; None if none is known.

    Parameters
    ----------
    calendar : Calendar, optional
        Without one only meetings that were held, or that the contract file names, are known.
    """
    if calendar is not None:
        days: Sequence[dt.date] = meeting_days(calendar, contract, held)
    else:
        agreed = contract.contract
        days = sorted({meeting.date for meeting in held} | ({agreed.next_meeting} if agreed.next_meeting else set()))
    earlier = {one.date for one in held if (end := _end_of_subject(one, contract)) is not None and end < day}
    return next((one for one in days if one > day and one not in earlier), None)


def without_next_meeting(contract: Contract) -> Contract:
    """Return a contract whose file names no next meeting."""
    return contract.model_copy(update={"contract": contract.contract.model_copy(update={"next_meeting": None})})


def _day(calendar: Calendar, year: int, month: int) -> dt.date:
    """Return the day of a month that the rule names: the third Thursday."""
    first = dt.date(year, month, 1)
    ahead = (WEEKDAYS.index(calendar.weekday) - first.weekday()) % 7
    return first + dt.timedelta(days=ahead + 7 * (calendar.week - 1))


def _next_month(day: dt.date) -> dt.date:
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)
