"""Populations that those served are compared with: totals and overlaps among their groups, shares instead of people, too few people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, combinations, takewhile
from typing import TYPE_CHECKING

import pandas as pd

from acmlib.contract.model import Contract
from acmlib.contract.standards import HISPANIC, OMB_2024_GROUPS, bare, canonical
from acmlib.intake.connection import quoted
from acmlib.intake.findings import Finding, Severity, listed

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables

#: Sums that differ by no more than this share are the same.
NEARLY = 0.02

#: End of the key of a dimension's population.
_POPULATION = ".population"

#: Most groups of which sums are tried; of more, only the sum of all others is.
MOST_TRIED = 12


def bases_in_error(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the dimensions whose population has an error; no page compares with them."""
    wrong = (one.column for one in findings if one.severity == "error" and one.column and one.column.endswith(_POPULATION))
    return frozenset(column.removeprefix("dimensions.").removesuffix(_POPULATION) for column in wrong)


def check_bases(tables: Tables, contract: Contract) -> Iterator[Finding]:
    """Yield findings about the populations of dimensions."""
    for key, population in tables.populations.items():
        metrics = tuple(one.served for one in contract.representation if key in one.dimensions and one.base == "population")
        table = next((contract.metrics[metric].from_ for metric in metrics), tables.names[0] if tables.names else "")
        place = f"dimensions.{key}{_POPULATION}"
        if left_out := population.attrs.get("totals"):
            yield Finding.of("base_totals", "note", "agency", table, place, fix="older_rows_fix", list=listed(left_out))
        yield from _twice(contract, table, key, place, population)
        given = population.set_index("group")["people"].dropna()
        people = given[given > 0]
        served = _served(tables, contract, key)
        yield from _overlaps(contract, table, key, place, people, set(served))
        yield from _details(table, place, population.attrs.get("rows", ()), {*served, *_known(contract, key)})
        whole = float(people.sum())
        if 0 < whole <= 101 and (abs(whole - 100) < 1.5 or abs(whole - 1) < 0.02):
            yield Finding.of("base_shares", "error", "agency", table, place, sum=f"{whole:g}")
            continue
        more = [group for group, number in served.items() if group in given.index and number > given[group]]
        if more:
            yield Finding.of("base_small", "error", "agency", table, place, list=listed(more))


def _twice(contract: Contract, table: str, key: str, place: str, population: pd.DataFrame) -> Iterator[Finding]:
    """Yield findings about rows of a population that hold the same people: years, repeated rows, races with Hispanic people in them."""
    rows, totals = population.attrs.get("rows", ()), population.attrs.get("totals", ())
    again = [group for group, number in Counter(group for group, _ in rows if group not in totals).items() if number > 1]
    years = population.attrs.get("years", ())
    if again and len(years) > 1:
        yield Finding.of("base_years", "error", "agency", table, place, list=listed(years))
    elif again:
        severity: Severity = "error" if population.attrs.get("twice") else "warning"
        yield Finding.of("base_again", severity, "agency", table, place, list=listed(again))
    whole, sums = [number for group, number in rows if group in totals], float(population["people"].sum())
    if len(whole) == 1 and sums > (1 + NEARLY) * whole[0] and not again:
        yield Finding.of(
            "base_above", "error", "agency", table, place, fix="base_overlap_fix", sum=f"{sums:,.0f}", total=f"{whole[0]:,.0f}"
        )
    words = [bare(group) for group, _ in rows]
    held = [group for group, word in zip((group for group, _ in rows), words, strict=True) if word.endswith(" alone")]
    if held and contract.dimensions[key].standard and any(canonical(word) == HISPANIC for word in words):
        yield Finding.of("base_hispanic", "warning", "agency", table, place, why="base_above_why", group=HISPANIC, list=listed(held))


def _served(tables: Tables, contract: Contract, key: str) -> dict[str, int]:
    """Return how many people of each group the largest table of rows has."""
    best: dict[str, int] = {}
    for name in tables.names:
        if contract.tables[name].kind == "rows" and key in tables.dimensions(name):
            column = quoted(f"dim_{key}")
            person = contract.tables[name].person or contract.tables[name].id
            counted = f"count(DISTINCT {quoted(person)})" if person and person in tables.columns(name) else "count(*)"
            rows = tables.connection.execute(f"SELECT {column}, {counted} FROM {quoted(name)} GROUP BY 1").fetchall()
            if sum(row[1] for row in rows) > sum(best.values()):
                best = {str(row[0]): int(row[1]) for row in rows}
    return best


def _overlaps(contract: Contract, table: str, key: str, place: str, people: pd.Series, served: set[str]) -> Iterator[Finding]:
    """Yield an error for base groups without participants that nearly equal the sum of others: their people are counted twice."""
    known = _known(contract, key)
    strange = [group for group in people.index if group not in served and group not in known]
    twice = [
        group for group in strange if _is_sum(float(people[group]), [float(people[other]) for other in people.index if other != group])
    ]
    others = people[[group for group in people.index if group not in strange]].sum()
    if not twice and len(strange) > 1 and abs(people[strange].sum() - others) <= NEARLY * others:  # as Male and Female among races
        twice = strange
    if twice:
        yield Finding.of("base_overlap", "error", "agency", table, place, list=listed(twice))


def _known(contract: Contract, key: str) -> set[str]:
    """Return the groups that a dimension has whether or not somebody in them is served."""
    dimension = contract.dimensions[key]
    return {*(OMB_2024_GROUPS if dimension.standard else ()), *(dimension.order or ()), *dimension.merge, *dimension.not_recorded}


def _details(table: str, place: str, rows: Sequence[tuple[str, float]], known: set[str]) -> Iterator[Finding]:
    """Yield a warning about a group below which stand groups without participants that are as many together, to a person."""
    for at, (group, people) in enumerate(rows):
        below = list(takewhile(lambda row: row[0] not in known and not canonical(row[0]), rows[at + 1 :]))
        sums = list(accumulate(number for _, number in below))
        size = sums.index(people) + 1 if people > 0 and people in sums else 0
        if size > 1:
            names = listed([name for name, _ in below[:size]])
            yield Finding.of("base_detail", "warning", "agency", table, place, why="base_above_why", fix="base_overlap_fix",
                             list=names, group=group)  # fmt: skip


def _is_sum(number: float, others: list[float]) -> bool:
    if len(others) < 2:
        return False
    if abs(sum(others) - number) <= NEARLY * number:
        return True
    if len(others) > MOST_TRIED:
        return False
    return any(abs(sum(chosen) - number) <= NEARLY * number for size in range(2, len(others) + 1) for chosen in combinations(others, size))
