"""Tables of the American Community Survey as populations: estimates and margins of the places in a file, added up by group."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from acmlib.contract.errors import choose
from acmlib.intake.read.delimited import csv_rows
from acmlib.intake.read.files import SourceError, SourceFile, find_files

#: Where the lines of each table are named: ``code`` is the number of the line, ``label`` its group.
LINES = "templates/acs"

Number = Callable[[str], float | None]


def acs_rows(name: str, table: str, root: Path, number: Number, margin: Number) -> list[tuple[str, float, float]]:
    """Return group, people and margin of error of the places in a file, added up.

    The margin of a sum is the root of the sum of squares; of estimates of zero only the largest margin goes into it (Census Bureau, ACS
    handbook, Understanding and Using ACS Data, chapter 8). Where one is not known, that of the sum is not.

    Parameters
    ----------
    name : str
        The file as the Census Bureau gives it: JSON of its API, or CSV of data.census.gov, with columns such as ``B03002_003E`` and
        ``B03002_003M``; a row a place.
    table : str
        As ``B03002``.
    root : Path
        The workspace.
    number, margin : callable
        Read an estimate and a margin, special values included; None for what is no number.

    Raises
    ------
    SourceError
        If the table is not known here, a column is missing, or groups do not add up to the table's total.
    """
    known = sorted(path.stem for path in (root / LINES).glob("*.csv"))
    if table not in known:
        raise SourceError(f"is read as ACS table {table}; {choose(table, known)}, or name its lines in {LINES}/{table}.csv")
    groups = [(row["label"], f"{table}_{row['code']}") for _, row in csv_rows(find_files(f"{LINES}/{table}.csv", root=root)[0])]
    places = list(_places(find_files(name, root=root)[0]))
    if not places:
        raise SourceError("holds no place")
    missing = [column for _, line in groups for column in (f"{line}E", f"{line}M") if column not in places[0]]
    if missing:
        raise SourceError(f"has no column {missing[0]}; ask for the whole table: get=group({table})")
    found = [(group, *_added(places, line, number, margin)) for group, line in groups]
    total = sum(number(place.get(f"{table}_001E", "")) or 0 for place in places)
    if abs(total - sum(people for _, people, _ in found)) > 0.5:
        raise SourceError(f"has {total:,.0f} people in {table}_001E, and other numbers of them in its groups; send the table as it came")
    return found


def _added(places: list[Mapping[str, str]], line: str, number: Number, margin: Number) -> tuple[float, float]:
    people, squares, zero = 0.0, 0.0, 0.0
    for at, place in enumerate(places, start=1):
        estimate, error = number(place[f"{line}E"]), margin(place[f"{line}M"])
        if estimate is None or error is None or math.isnan(estimate):
            raise SourceError(f"has no estimate {line}E in place {at}; leave the place out, or take a larger one")
        people += estimate
        if estimate:
            squares += error**2
        else:
            zero = error if math.isnan(error) else max(zero, error)
    return people, math.sqrt(squares + zero**2)


def _places(file: SourceFile) -> Iterator[Mapping[str, str]]:
    if file.kind == "csv":
        for _, row in csv_rows(file):
            if row.get("GEO_ID") != "Geography":  # data.census.gov writes what the columns mean into the second row
                yield row
        return
    try:
        given = json.loads(file.path.read_text(encoding="utf-8-sig"))
        if not isinstance(given, list):
            raise TypeError
        header, *rows = given
        yield from (dict(zip(header, ("" if one is None else str(one) for one in row), strict=True)) for row in rows)
    except (ValueError, TypeError):
        raise SourceError("is no answer of the Census API; save it as it comes, or take the CSV of data.census.gov") from None
