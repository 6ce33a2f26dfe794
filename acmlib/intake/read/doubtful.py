"""Cells that can be read in two ways: a day among moments, a dash among numbers. How they are read is said, so that it can be changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from acmlib.contract.model import Table
from acmlib.intake.connection import literal
from acmlib.intake.findings import Finding
from acmlib.intake.read.forms import DASHES, TIME, Column

#: Of so many moments one is at midnight by chance; where all are told by the hour, of so many.
MINUTES, HOURS = 1440, 24
#: So many times as often as by chance, moments at midnight are days without a time.
TOO_OFTEN = 10


def doubtful_cells(
    name: str, table: Table, columns: Sequence[Column], wanted: Mapping[str, str], query: str, connection: duckdb.DuckDBPyConnection
) -> Iterator[Finding]:
    """Yield a finding for each column of moments with days among them, and each column of numbers, that figures need, with dashes.

    Parameters
    ----------
    columns : sequence of Column
        As they were read.
    wanted : mapping
        What columns must hold because of how the contract uses them.
    """
    moments = list({one.name.removeprefix(TIME): one for one in columns if one.kind == "datetime"}.values())
    numbers = [one for one in columns if one.kind in ("integer", "number") and not one.marks.startswith("flag")
               and (table.kind == "counts" or wanted.get(one.name) == "number")]  # fmt: skip
    tests = [test for one in moments for test in _times(one)]
    tests += [f"count(*) FILTER (trim({one.text}) IN ({', '.join(map(literal, DASHES))}))" for one in numbers]
    if not tests:
        return
    found = iter(connection.execute(f"SELECT {', '.join(tests)} FROM ({query})").fetchall()[0])
    for column in moments:
        filled, days, midnights, minutes = (next(found) for _ in range(4))
        by_chance = (filled - days) / (MINUTES if minutes else HOURS)
        cells = days + (midnights if midnights > TOO_OFTEN * by_chance else 0)
        if 0 < cells < filled:
            yield Finding.of("days_among_moments", "warning", "provider", name, column.name.removeprefix(TIME), cells, noun="cell")
    for column in numbers:
        if cells := next(found):
            place = f"tables.{name}.recode.{column.name}: {{'-': '0'}}"
            yield Finding.of("dashes", "warning", "agency", name, column.name, cells, noun="cell", place=place)


def _times(column: Column) -> tuple[str, str, str, str]:
    """Return SQL for how many cells hold a moment, and of these a day alone, midnight, and a time that is not on the hour."""
    text = column.text
    day = rf"NOT contains({text}, ':') AND NOT regexp_matches({text}, '^\d{{5}}\.\d*[1-9]')"
    midnight = rf"regexp_matches({text}, '[ T]0?0:00(:00(\.0*)?)?($|[Z+ -])|[ T]12:00(:00)? ?AM')"
    minutes = rf"regexp_matches({text}, '[ T]\d{{1,2}}:(0[1-9]|[1-5]\d)')"
    tests = ("true", day, midnight, minutes)
    counts = [f"count(*) FILTER ({column.filled} AND {test})" for test in tests]
    return counts[0], counts[1], counts[2], counts[3]
