"""Tables of the American Community Survey as populations: estimates and margins of the places in a file, added up by group."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from acmlib.contract.errors import choose
from acmlib.contract.tables import Population
from acmlib.intake.build.categories import band_labels
from acmlib.intake.read.delimited import csv_rows
from acmlib.intake.read.files import SourceError, SourceFile, find_files

#: Where the lines of each table are named: ``code`` is the number of the line, ``label`` its group.
LINES = "templates/acs"

#: More places than this are no service area.
MOST_PLACES = 1000

Number = Callable[[str], float | None]


#: A table for one race; there are nine: B01001A to B01001I.
_ONE_RACE = re.compile(r"(?P<table>B01001)[A-I]")
_AGES = re.compile(r"(?P<first>\d+)-(?P<last>\d+)")


def acs_rows(
    population: Population, root: Path, number: Number, margin: Number, *, bands: Sequence[float] | None = None
) -> list[tuple[str, float, float]]:
    """Return group, people and margin of error of the places in a file, added up.

    The margin of a sum is the root of the sum of squares; of estimates of zero only the largest margin goes into it (Census Bureau, ACS
    handbook, Understanding and Using ACS Data, chapter 8). Where one is not known, that of the sum is not.

    Parameters
    ----------
    population : Population
        Its `file` is as the Census Bureau gives it: JSON of its API, or CSV of data.census.gov, with columns such as ``B03002_003E`` and
        ``B03002_003M``; a row a place. Its `table` is ``B03002``, or ``B01001`` (``B01001B`` of one race) for a dimension of ages.
    number, margin : callable
        Read an estimate and a margin, special values included; None for what is no number.
    bands : sequence of float, optional
        Lower edges of the dimension's bands of age.

    Raises
    ------
    SourceError
        If the table is not known here, a column is missing, its ages do not fit the bands, or groups do not add up to its total.
    """
    name, table = str(population.file), str(population.table)
    groups = _lines(table, root)
    of_ages = all(_AGES.fullmatch(label) for label, _ in groups)
    if of_ages != bool(bands):
        raise SourceError(f"is read as ACS table {table}, which is {'of ages' if of_ages else 'not of ages'}; use it for a dimension "
                          f"{'with' if of_ages else 'without'} bands (tables of ages by race overlap: who is Hispanic also has a race)"
                          )  # fmt: skip
    places = list(_places(find_files(name, root=root)[0]))
    _check(places, table, groups, number, margin)
    lines: dict[str, list[str]] = {}
    for label, line in groups:
        group = _band(label, bands, population.ages) if bands else label
        if group is not None:
            lines.setdefault(group, []).append(line)
    return [(group, *_added(places, own, number, margin)) for group, own in lines.items()]


def _check(places: list[Mapping[str, str]], table: str, groups: Sequence[tuple[str, str]], number: Number, margin: Number) -> None:
    """Raise an error if a column is missing, or the groups do not add up to everybody."""
    if not places:
        raise SourceError("holds no place")
    missing = [column for _, line in groups for column in (f"{line}E", f"{line}M") if column not in places[0]]
    if missing:
        raise SourceError(f"has no column {missing[0]}; ask for the whole table: get=group({table})")
    total = sum(number(place.get(f"{table}_001E", "")) or 0 for place in places)
    if abs(total - sum(_added(places, [line], number, margin)[0] for _, line in groups)) > 0.5:
        raise SourceError(f"has {total:,.0f} people in {table}_001E, and other numbers of them in its groups; send the table as it came")


def place_rows(population: Population, root: Path, number: Number, margin: Number) -> list[tuple[str, float, float]]:
    """Return place (its ``GEO_ID``), people and margin of error of each place in a file: all of a table, or those of some ages.

    Parameters
    ----------
    population, root, number, margin
        As of `acs_rows`; any table will do, of which the first line is everybody it is about; `Population.ages` needs ``B01001``.

    Raises
    ------
    SourceError
        If a column is missing, an estimate is none, or there are too many places to be groups.
    """
    table, ages = str(population.table), population.ages
    lines = [line for label, line in _lines(table, root) if _band(label, [ages[0]], ages)] if ages else [f"{table}_001"]
    places = list(_places(find_files(str(population.file), root=root)[0]))
    if not places or len(places) > MOST_PLACES:
        raise SourceError(f"holds {len(places):,} places; keep those of the service area")
    missing = [column for column in ("GEO_ID", *(f"{line}{kind}" for line in lines for kind in "EM")) if column not in places[0]]
    if missing:
        raise SourceError(f"has no column {missing[0]}; ask for the whole table: get=group({table})")
    return [(place["GEO_ID"], *_added([place], lines, number, margin)) for place in places]


def _lines(table: str, root: Path) -> list[tuple[str, str]]:
    """Return label and column of each line of a table that is a group."""
    known = sorted(path.stem for path in (root / LINES).glob("*.csv"))
    one_race = _ONE_RACE.fullmatch(table)
    file = f"{one_race['table']}A-I" if one_race else table
    if file not in known:
        raise SourceError(f"is read as ACS table {table}; {choose(table, known)}, or name its lines in {LINES}/{table}.csv")
    return [(row["label"], f"{table}_{row['code']}") for _, row in csv_rows(find_files(f"{LINES}/{file}.csv", root=root)[0])]


def _band(label: str, bands: Sequence[float], ages: tuple[int, int] | None) -> str | None:
    """Return the band that a line of ages lies in; None if it lies outside the ages that are counted.

    Examples
    --------
    >>> _band("15-17", [15, 18], None), _band("15-17", [15, 18], (18, 24)), _band("85-120", [0, 65], None)
    ('15-17', None, '65 and over')
    """
    found = _AGES.fullmatch(label)
    first, last = (int(found["first"]), int(found["last"])) if found else (0, 0)
    cuts = [(int(edge), f"bands begin at {edge:g}") for edge in bands]
    cuts += [(ages[0], f"ages begin at {ages[0]}"), (ages[1] + 1, f"ages end at {ages[1]}")] if ages else []
    for cut, told in cuts:
        if first < cut <= last:
            raise SourceError(
                f"has people of {first} to {last} in one line, and {told}; use bounds that it has: 5, 10, 15, 18, 20, 25, 35 ..."
            )
    if ages and not ages[0] <= first <= ages[1]:
        return None
    return band_labels(bands)[sum(edge <= first for edge in bands)]


def _added(places: list[Mapping[str, str]], lines: Sequence[str], number: Number, margin: Number) -> tuple[float, float]:
    """Return the sum of some lines over places, and its margin of error."""
    people, squares, zero = 0.0, 0.0, 0.0
    for at, place, line in ((at, place, line) for at, place in enumerate(places, start=1) for line in lines):
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
