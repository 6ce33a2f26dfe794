"""Time zones of moments: a wait between 09:00-05:00 and 15:00Z is an hour, and clocks are put forward in a night in March."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import duckdb

from acmlib.intake.connection import literal
from acmlib.intake.findings import Finding, counted_message, listed, message

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


def in_zone(text: str, moment: str, zone: int) -> str:
    """Return SQL for a moment by the clock of a zone, where its text names the zone that it is in."""
    given = f"regexp_extract({text}, '{CLOCK}{ZONE}$', 3)"
    named = " ".join(f"WHEN {literal(name)} THEN {minutes}" for name, minutes in ZONES.items())
    hours, rest = (
        f"try_cast(left({given}, 3) AS INT) * 60",
        f"CASE WHEN length({given}) > 3 THEN try_cast(right({given}, 2) AS INT) ELSE 0 END",
    )
    ahead = f"CASE {given} {named} WHEN 'Z' THEN 0 ELSE {hours} + CASE WHEN starts_with({given}, '-') THEN -1 ELSE 1 END * {rest} END"
    return f"CASE WHEN {given} = '' THEN {moment} ELSE {moment} + to_minutes({zone} - ({ahead})) END"


def zones_that_differ(name: str, texts: Mapping[str, str], query: str, connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Yield the finding that of a table's moments some name a time zone and some do not.

    Parameters
    ----------
    name : str
        Of the table.
    texts : mapping
        Names of columns of moments, each with SQL for its text.
    query : str
        SQL of the table's rows.
    connection
        Where the query can be run.
    """
    if not texts:
        return
    zoned = [f"regexp_full_match({text}, {literal(ZONED.pattern)})" for text in texts.values()]
    plain = [f"regexp_full_match({text}, {literal(_WITHOUT)})" for text in texts.values()]
    counts = [f"count(*) FILTER ({one}), count(*) FILTER ({other} AND NOT {one})" for one, other in zip(zoned, plain, strict=True)]
    row = connection.execute(f"SELECT {', '.join(counts)} FROM ({query})").fetchall()[0]
    with_zone, without = sum(row[::2]), sum(row[1::2])
    if with_zone and without:
        yield Finding(
            "error", name, next(iter(texts)),
            counted_message("mixed_zones", "{count} in {list} carry a time zone, {others} do not", with_zone, "time",
                            list=listed(list(texts)), others=f"{without:,}"),
            without,
            message("mixed_zones_why", "Between a time with a zone and one without, a wait is wrong by the hours between the zones"), (),
            message("mixed_zones_fix", "send all times with their zone, or all in local time"), "provider",
        )  # fmt: skip
