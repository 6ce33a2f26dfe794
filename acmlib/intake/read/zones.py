"""Time zones of moments: a wait between 09:00-05:00 and 15:00Z is an hour, and clocks are put forward in a night in March."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import duckdb

from acmlib.contract.model import Table
from acmlib.intake.connection import literal
from acmlib.intake.findings import Finding, amount, listed

if TYPE_CHECKING:
    from acmlib.intake.read.forms import Column

#: Minutes between the clocks of a place in summer and in winter.
SUMMER_TIME = 60

#: What follows a time of day to say its zone: Z, -05:00, -0500, -05 (as PostgreSQL writes it), or one of the United States.
ZONES: Mapping[str, int] = {"UTC": 0, "GMT": 0, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360,
                            "PST": -480, "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600, "AST": -240}  # fmt: skip
ZONE = rf"(Z|{'|'.join(ZONES)}|[+-]\d\d(?::?\d\d)?)"
CLOCK = r"(:\d\d)(?:\.\d+)?( ?[AaPp][Mm])?\s*"
ZONED = re.compile(rf".*[ T]\d{{1,2}}(?::\d\d)?{CLOCK}{ZONE}")
_WITHOUT = r".*[ T]\d{1,2}:\d\d[^+-]*"


def zone_of(text: str) -> int | None:
    """Return the minutes by which the clock of a text is ahead of UTC; None if it names no zone.

    Examples
    --------
    >>> zone_of("2025-03-09T01:30:00.000-05:00"), zone_of("2025-03-09 01:30:00+02"), zone_of("3/9/2025 1:30 PM EST"), zone_of("2025-03-09")
    (-300, 120, -300, None)
    """
    found = ZONED.fullmatch(text)
    if found is None:
        return None
    zone = found[3]
    if zone.isalpha():
        return ZONES.get(zone, 0)
    return int(zone[:3]) * 60 + (int(zone[-2:]) if len(zone) > 3 else 0) * (-1 if zone[0] == "-" else 1)


def zone_among(texts: Iterable[str]) -> int | None:
    """Return the zone that most of the texts which name one are in, as `zone_of`; None if none does."""
    found = Counter(zone for one in texts if (zone := zone_of(one)) is not None)
    return found.most_common(1)[0][0] if found else None


def in_zone(text: str, moment: str, zone: int | str, *, lasting: bool = False) -> str:
    """Return SQL for a moment by the clock of a zone.

    Parameters
    ----------
    text, moment : str
        SQL of what was sent, and of the moment that it means by the clock that it names, if it names one.
    zone : int or str
        Minutes ahead of UTC, or a place (America/New_York): what names no zone is in this one.
    lasting : bool
        Whether moments are to be subtracted: those of a place are told by the clock that it has in January, also in summer.
    """
    given = f"regexp_extract({text}, '{CLOCK}{ZONE}$', 3)"
    utc = f"{moment} - to_minutes({_ahead(given)})"
    if isinstance(zone, int):
        return f"CASE WHEN {given} = '' THEN {moment} ELSE {utc} + to_minutes({zone}) END"
    if lasting:
        return by_january(zone, f"CASE WHEN {given} = '' THEN timezone({literal(zone)}, {moment}) ELSE timezone('UTC', {utc}) END")
    return f"CASE WHEN {given} = '' THEN {moment} ELSE timezone({literal(zone)}, timezone('UTC', {utc})) END"


def by_january(place: str, moment: str) -> str:
    """Return SQL for a moment (TIMESTAMPTZ) by the clock that a place has in January, all year, so that moments can be subtracted."""
    ahead = f"(timezone({literal(place)}, TIMESTAMPTZ '2025-01-01 00:00:00+00') - TIMESTAMP '2025-01-01')"
    return f"timezone('UTC', {moment}) + {ahead}"


def _ahead(given: str) -> str:
    """Return SQL for the minutes by which a zone is ahead of UTC, as it is written."""
    named = " ".join(f"WHEN {literal(name)} THEN {minutes}" for name, minutes in ZONES.items())
    hours, rest = (
        f"try_cast(left({given}, 3) AS INT) * 60",
        f"CASE WHEN length({given}) > 3 THEN try_cast(right({given}, 2) AS INT) ELSE 0 END",
    )
    return f"CASE {given} {named} WHEN 'Z' THEN 0 ELSE {hours} + CASE WHEN starts_with({given}, '-') THEN -1 ELSE 1 END * {rest} END"


def clock_of(
    name: str, columns: Sequence[Column], table: Table, zone: int | None, query: str, connection: duckdb.DuckDBPyConnection
) -> tuple[int | str | None, list[Finding]]:
    """Return the clock that tells the days of a table's moments, and what was noticed: that of `Table.time_zone`; else as they are written.

    Moments that are written by clocks more than an hour apart (a place in summer and in winter is one hour) cannot be compared as they
    are written: then it is the clock that most are written by.

    Parameters
    ----------
    columns : sequence of Column
        Those that hold dates or moments.
    zone : int or None
        The zone of most of them (`zone_among`).
    """
    timed = [one for one in columns if one.times]
    if table.time_zone or zone is None or not timed:
        return table.time_zone, []
    texts = " UNION ALL ".join(f"SELECT {one.text} AS text FROM ({query})" for one in timed)
    given = f"regexp_extract(text, '{CLOCK}{ZONE}$', 3)"
    late = r"regexp_matches(text, '[ T]0[0-7]:') AND NOT regexp_matches(text, '[ T]00:00(:00(\.0*)?)?Z?')"
    rows = connection.execute(
        f"SELECT {_ahead('given')} AS ahead, count(*), count(*) FILTER ({late}) "
        f"FROM (SELECT text, {given} AS given FROM ({texts}) WHERE text IS NOT NULL) WHERE given <> '' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    clocks = [row[0] for row in rows]
    if len(clocks) > 1 and clocks[-1] - clocks[0] > SUMMER_TIME:
        return zone, [_several_clocks(name, [one.name for one in timed], rows, zone)]
    return None, [_days_of_utc(name, [one.name for one in timed], rows[0][2])] if clocks == [0] and rows[0][2] else []


def _several_clocks(name: str, columns: Sequence[str], rows: Sequence[tuple[int, int, int]], zone: int) -> Finding:
    others = sum(count for ahead, count, _ in rows if ahead != zone)
    return Finding.of(
        "several_clocks", "warning", "agency", name, columns[0], others, noun="time", fix="time_zone_fix", list=listed(list(columns)),
        clock=written(zone), place=f"tables.{name}.time_zone: America/New_York",
    )  # fmt: skip


def _days_of_utc(name: str, columns: Sequence[str], rows: int) -> Finding:
    return Finding.of(
        "utc_days", "warning", "agency", name, columns[0], rows, noun="time", fix="time_zone_fix", list=listed(list(columns)),
        place=f"tables.{name}.time_zone: America/New_York",
    )  # fmt: skip


def written(zone: int) -> str:
    """Return a zone as people write it.

    Examples
    --------
    >>> written(-300), written(0), written(330)
    ('UTC-5:00', 'UTC', 'UTC+5:30')
    """
    hours, minutes = divmod(abs(zone), 60)
    return f"UTC{'-' if zone < 0 else '+'}{hours}:{minutes:02d}" if zone else "UTC"


def zones_that_differ(name: str, texts: Mapping[str, str], query: str, connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Yield the finding that of a table's moments some name a time zone and some do not.

    Parameters
    ----------
    texts : mapping
        Names of columns of moments, each with SQL for its text.
    """
    if not texts:
        return
    zoned = [f"regexp_full_match({text}, {literal(ZONED.pattern)})" for text in texts.values()]
    plain = [f"regexp_full_match({text}, {literal(_WITHOUT)})" for text in texts.values()]
    counts = [f"count(*) FILTER ({one}), count(*) FILTER ({other} AND NOT {one})" for one, other in zip(zoned, plain, strict=True)]
    row = connection.execute(f"SELECT {', '.join(counts)} FROM ({query})").fetchall()[0]
    with_zone, without = sum(row[::2]), sum(row[1::2])
    if with_zone and without:
        yield Finding.of(
            "mixed_zones", "error", "provider", name, next(iter(texts)), without, count=amount(with_zone, "time"), list=listed(list(texts)),
            others=f"{without:,}", place=f"tables.{name}.time_zone: America/New_York",
        )  # fmt: skip
