"""``calendar.ics``: the days of a contract's calendar for anybody's calendar program (RFC 5545)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from acmlib.contract.calendar import CalendarEntry, entries, entries_for, results_known
from acmlib.contract.meetings import Calendar
from acmlib.contract.model import Contract, Edition
from acmlib.contract.records import Records
from acmlib.display.words import Words

#: Longest line of the format, in bytes.
LONGEST = 75


def calendar_text(days: Sequence[CalendarEntry], contract: Contract, plan: Calendar, words: Words, *, stamp: dt.datetime) -> str:
    """Return the file: each meeting with its hour and length, every other day as a whole day.

    An entry keeps its identity when its day is moved within the month, so that a calendar program moves it too.

    Parameters
    ----------
    days : sequence of Entry
        Those that the readers may know.
    stamp : datetime
        When the file was made, in UTC.

    Returns
    -------
    str
        Lines end in carriage return and line feed, as the format asks.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//acm-workbooks//calendar//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for entry in days:
        lines += _event(entry, contract, plan, words, stamp)
    return "".join(f"{line}\r\n" for whole in [*lines, "END:VCALENDAR"] for line in _folded(whole))


def write_calendar(
    path: Path, contract: Contract, records: Records, edition: Edition, words: Words, *, after: dt.date, stamp: dt.datetime
) -> bool:
    """Write the days of a contract's calendar that lie after a day and concern the readers of an edition; return whether it has one.

    Parameters
    ----------
    records : Records
        What these readers may see.
    stamp : datetime
        When the file was made, in UTC.
    """
    if records.calendar is None:
        return False
    held = (*records.meetings, *([records.held] if records.held else []))
    days = entries(records.calendar, contract, held, known=results_known(contract))
    ahead = [one for one in entries_for(days, edition) if one.day > after]
    path.write_bytes(calendar_text(ahead, contract, records.calendar, words, stamp=stamp).encode())
    return True


def _event(entry: CalendarEntry, contract: Contract, plan: Calendar, words: Words, stamp: dt.datetime) -> Iterator[str]:
    agreed, language = contract.contract, words.locale.language
    values = {"contract": agreed.title.in_language(language), "provider": agreed.provider}
    told = words(f"calendar.event_{entry.kind}", **values)
    about = entry.meeting or entry.day
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.kind}-{about:%Y-%m}-{contract.id}@acm-workbooks"
    yield f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}"
    if entry.kind == "meeting":
        yield f"DTSTART:{entry.day:%Y%m%d}T{plan.time.replace(':', '')}00"
        yield f"DURATION:PT{plan.minutes}M"
    else:
        yield f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}"
        yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{_escaped(told)}"
    if entry.kind == "meeting" and plan.place is not None:
        yield f"LOCATION:{_escaped(plan.place.in_language(language))}"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    r"""Return a text as a value of the format.

    Examples
    --------
    >>> _escaped("Room 2, Harbor House; bring lists")
    'Room 2\\, Harbor House\\; bring lists'
    """
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Yield a line in pieces of at most `LONGEST` bytes, each after the first behind a space; no character is cut in two."""
    piece, size = "", 0
    for character in line:
        wide = len(character.encode())
        if size + wide > LONGEST:
            yield piece
            piece, size = " ", 1
        piece, size = piece + character, size + wide
    yield piece
