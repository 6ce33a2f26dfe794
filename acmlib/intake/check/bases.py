"""Populations that those served are compared with: totals and overlaps among their groups, shares instead of people, too few people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from acmlib.contract.model import Contract
from acmlib.contract.standards import OMB_2024_GROUPS
from acmlib.intake.connection import quoted
from acmlib.intake.findings import Finding, listed

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
        given = population.set_index("group")["people"].dropna()
        people = given[given > 0]
        served = _served(tables, contract, key)
        yield from _overlaps(contract, table, key, place, people, set(served))
        whole = float(people.sum())
        if 0 < whole <= 101 and (abs(whole - 100) < 1.5 or abs(whole - 1) < 0.02):
            yield Finding.of("base_shares", "error", "agency", table, place, sum=f"{whole:g}")
            continue
        more = [group for group, number in served.items() if group in given.index and number > given[group]]
        if more:
            yield Finding.of("base_small", "error", "agency", table, place, list=listed(more))


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
    dimension = contract.dimensions[key]
    known = {*(OMB_2024_GROUPS if dimension.standard else ()), *(dimension.order or ()), *dimension.merge, *dimension.not_recorded}
    strange = [group for group in people.index if group not in served and group not in known]
    twice = [
        group for group in strange if _is_sum(float(people[group]), [float(people[other]) for other in people.index if other != group])
    ]
    others = people[[group for group in people.index if group not in strange]].sum()
    if not twice and len(strange) > 1 and abs(people[strange].sum() - others) <= NEARLY * others:  # as Male and Female among races
        twice = strange
    if twice:
        yield Finding.of("base_overlap", "error", "agency", table, place, list=listed(twice))


def _is_sum(number: float, others: list[float]) -> bool:
    if len(others) < 2:
        return False
    if abs(sum(others) - number) <= NEARLY * number:
        return True
    if len(others) > MOST_TRIED:
        return False
    return any(abs(sum(chosen) - number) <= NEARLY * number for size in range(2, len(others) + 1) for chosen in combinations(others, size))
