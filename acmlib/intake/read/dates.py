"""Dates as people and programs write them: their forms, the order of day and month, and days that stand for "no date"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from acmlib.intake.connection import literal
from acmlib.intake.read.zones import CLOCK, ZONE, in_zone

DateOrder = Literal["year first", "month first", "day first"]

#: The day of the week that may stand before a date: Tue, Jan 7, 2025; domingo, 7 de septiembre de 2025.
_WEEKDAY = r"(?i:(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|(?:lun|mi[eé]|jue|vie)[a-zé]*|martes|s[aá]b[a-z]*|dom[a-z]*))[.,]* +"
#: A month by its name, English or Spanish, in three letters (the group) or in full.
_MONTH = (
    r"(jan|ene|feb|mar|apr|abr|may|jun|jul|aug|ago|sep|set|oct|nov|dec|dic)"
    r"(?:uary|ro|ruary|rero|ch|zo|il|o|e|io|y|ust|sto|t|tember|tiembre|iembre|ober|ubre|ember)?\.?"
)
_ORDINAL, _YEAR = r"(?:st|nd|rd|th|º|\.)?", r"(\d{4}|\d{2})"
#: Dates with the name of a month: 7-Sep-25, 7/Sep/2025, 7 Sept 2025, 7th of September 2025, 7 de septiembre de 2025; September 7th, 2025;
#: 2025-Sep-07.
_DAY_NAMED = rf"(?i)(\d{{1,2}}){_ORDINAL}(?: of| de)?[ /-]*{_MONTH}(?: del?)?[ ,/-]*{_YEAR}"
_NAMED_DAY = rf"(?i){_MONTH}[ /-]*(\d{{1,2}}){_ORDINAL}(?: de)?[ ,/-]+{_YEAR}"
_YEAR_NAMED = rf"(?i)(\d{{4}})[ /-]{_MONTH}[ /-](\d{{1,2}})"
#: Months whose Spanish name begins otherwise.
_IN_ENGLISH = {"ene": "jan", "abr": "apr", "ago": "aug", "set": "sep", "dic": "dec"}
#: A value that looks like a date with separators or the name of a month.
DATE = re.compile(
    rf"(?:{_WEEKDAY})?(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[/.-]\d{{1,2}}[/.-]{_YEAR}"
    rf"|(?i:{_DAY_NAMED.removeprefix('(?i)')}|{_NAMED_DAY.removeprefix('(?i)')}"
    rf"|{_YEAR_NAMED.removeprefix('(?i)')}))([ T,].*)?"
)
#: The form of a day that names year, month and day in this order: most files have no other.
DAY = r"\d{4}-\d\d-\d\d"
#: A date without separators, 20250701, and the number of a day in a spreadsheet (1927 to 2064).
COMPACT = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
SERIAL = re.compile(r"[1-5]\d{4}(\.\d+)?")
#: Two numbers of which one is the day: which, the whole column must tell.
SLASHED = rf"^(?:{_WEEKDAY})?(\d{{1,2}})[/-](\d{{1,2}})[/-](\d{{4}}|\d{{2}})"

#: Names of columns that hold dates, and of those that hold days of birth.
DATE_NAME = re.compile(r"(^|_)(on|date|day|dt|fecha)$|^(date|fecha)(_| |$)|date$|(^| )(on|at)$", re.IGNORECASE)
BIRTH = re.compile(r"birth|born|(^|_)dob($|_)|nacimiento", re.IGNORECASE)

#: Days that databases, spreadsheets and people use for "no date" or "never" (Excel, SQL Server, Unix, "no end"). A person may be born in
#: 1960 or 1970, so those two are no placeholders in a column of births.
PLACEHOLDERS = frozenset(
    {dt.date(1, 1, 1), dt.date(1111, 1, 1), dt.date(1111, 11, 11), dt.date(1753, 1, 1), dt.date(1800, 1, 1), dt.date(1899, 12, 30)}
    | {dt.date(1899, 12, 31), dt.date(1900, 1, 1), dt.date(1900, 1, 2), dt.date(1900, 12, 31), dt.date(1901, 1, 1), dt.date(1904, 1, 1)}
    | {dt.date(2099, 1, 1), dt.date(2099, 12, 31), dt.date(2100, 1, 1), dt.date(2100, 12, 31), dt.date(2999, 12, 31)}
    | {dt.date(3000, 1, 1), dt.date(9999, 1, 1), dt.date(9999, 9, 9), dt.date(9999, 12, 31), dt.date(2222, 2, 2)}
)
EPOCHS = frozenset({dt.date(1960, 1, 1), dt.date(1969, 12, 31), dt.date(1970, 1, 1)})
#: Other days are placeholders if they come up so often, and lie so many years before or after every other date of their column.
OFTEN, YEARS_APART = 3, 4

#: A time of day at the end of a text, and how it is read once blanks and dots are gone: 14:30, 2:05:00 PM, 2:05 p.m.
_CLOCK = r"\d{1,2}:\d\d(:\d\d)?\s*([AaPp]\.?[Mm]\.?)?$"
_TIMES = ("%H:%M:%S", "%H:%M", "%I:%M:%S%p", "%I:%M%p")
_YEAR_FIRST = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d-%b-%Y")
#: %y comes before %Y, which would take 24 for the year 24.
_YEAR_LAST = ("%d.%m.%y", "%d.%m.%Y", "%d-%b-%y", "%d-%b-%Y")
_BY_ORDER: Mapping[DateOrder, tuple[str, ...]] = {
    "year first": (),
    "month first": ("%m/%d/%y", "%m/%d/%Y", "%m-%d-%y", "%m-%d-%Y"),
    "day first": ("%d/%m/%y", "%d/%m/%Y", "%d-%m-%y", "%d-%m-%Y"),
}


def instant(
    text: str,
    order: DateOrder,
    *,
    by_file: Mapping[str, DateOrder] | None = None,
    file_column: str = "",
    zone: int | str | None = None,
    lasting: bool = False,
) -> str:
    """Return SQL for the moment that a text means, a TIMESTAMP; NULL if it is none.

    Only four digits are a year first: 3/4/25 is no day of the year 3. Numbers of five digits are days of a spreadsheet.

    Parameters
    ----------
    order : {"year first", "month first", "day first"}
        How dates with slashes are read.
    by_file : mapping, optional
        Files that have another order.
    file_column : str
        SQL for the file of a row.
    zone : int or str, optional
        How moments that name a zone are told: by a clock so many minutes ahead of UTC, or by that of a place (America/New_York); by
        default each is told by its own.
    lasting : bool
        Of a place: by the clock that it has in January, all year, so that moments can be subtracted.
    """
    if zone is not None:
        return in_zone(text, instant(text, order, by_file=by_file, file_column=file_column), zone, lasting=lasting)
    # Fractions of a second and time zones say nothing about the day.
    bare = rf"regexp_replace({text}, '{CLOCK}{ZONE}?$', '\1\2')"
    whole = rf"CASE WHEN {text} >= 'A' THEN regexp_replace({bare}, '^{_WEEKDAY}', '') ELSE {bare} END"
    day_alone = _numbered(f"regexp_replace({whole}, '[ T,]+(at )?{_CLOCK}', '')")

    def parsed(forms: Sequence[str]) -> str:
        return f"try_strptime({day_alone}, [{', '.join(map(literal, forms))}])"

    first, last = parsed(_YEAR_FIRST), parsed((*_BY_ORDER[order], *_YEAR_LAST))
    for file, other in (by_file or {}).items():
        last = f"CASE WHEN {file_column} = {literal(file)} THEN {parsed((*_BY_ORDER[other], *_YEAR_LAST))} ELSE {last} END"
    clock = rf"upper(regexp_replace(regexp_extract({whole}, '{_CLOCK}'), '[\s.]', '', 'g'))"
    since = f"try_strptime({clock}, [{', '.join(map(literal, _TIMES))}]) - TIMESTAMP '1900-01-01'"
    plain = rf"WHEN regexp_full_match({text}, '\d{{4}}-\d\d-\d\d([ T]\d\d:\d\d:\d\d)?') THEN try_cast({text} AS TIMESTAMP)"
    day = f"round(try_cast({text} AS DOUBLE) * 86400)"
    serial = rf"WHEN regexp_full_match({text}, '[1-5]\d{{4}}(\.\d+)?') THEN TIMESTAMP '1899-12-30' + to_seconds({day})"
    written = rf"CASE WHEN regexp_matches({whole}, '^\d{{4}}') THEN {first} ELSE {last} END"
    return f"CASE {plain} {serial} ELSE {written} + CASE WHEN contains({text}, ':') THEN {since} ELSE INTERVAL 0 SECOND END END"


def _numbered(day: str) -> str:
    """Return SQL for a day as 7-sep-2025 where it names its month, in whatever way; other days as they are."""
    named = rf"regexp_replace({day}, '^{_YEAR_NAMED}$', '\3-\2-\1')"
    named = rf"regexp_replace(regexp_replace({named}, '^{_NAMED_DAY}$', '\2-\1-\3'), '^{_DAY_NAMED}$', '\1-\2-\3')"
    english = f"lower({named})"
    for spanish, month in _IN_ENGLISH.items():
        english = f"replace({english}, '{spanish}', '{month}')"
    return f"CASE WHEN regexp_matches({day}, '[A-Za-z]{{3}}') THEN {english} ELSE {day} END"


def placeholders(name: str, days: Sequence[tuple[dt.date, int]]) -> tuple[dt.date, ...]:
    """Return the days of a column that stand for "no date".

    Parameters
    ----------
    days : sequence of (date, int)
        Its days, and how many rows have them.

    Examples
    --------
    >>> ordinary = [(dt.date(2025, 1, day), 2) for day in range(1, 29)]
    >>> placeholders("placed_on", [(dt.date(1970, 1, 1), 30), *ordinary])
    (datetime.date(1970, 1, 1),)
    >>> placeholders("birth_date", [(dt.date(1970, 1, 1), 1), (dt.date(1971, 5, 2), 1), (dt.date(1900, 1, 1), 12)])
    (datetime.date(1900, 1, 1),)
    """
    birth = BIRTH.search(name)
    known = PLACEHOLDERS if birth else PLACEHOLDERS | EPOCHS
    found = {day for day, _ in days if day in known}
    rest = sorted((day, rows) for day, rows in days if day not in found)
    while not birth and len(rest) > OFTEN:
        ends = ((rest[0], rest[1]), (rest[-1], rest[-2]))
        strange = next((end for end, beside in ends if end[1] >= OFTEN and abs((beside[0] - end[0]).days) > YEARS_APART * 365), None)
        if strange is None:
            break
        found.add(strange[0])
        rest.remove(strange)
    return tuple(sorted(found))
