"""Do the rows of joined tables find each other? A join that matches nothing leaves every column that it brings empty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from acmlib.contract.model import Contract
from acmlib.intake.connection import quoted
from acmlib.intake.findings import Finding

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables

#: From this share of rows without a match on, somebody should look.
MANY = 0.05


@dataclass(frozen=True)
class JoinMatches:
    """How many rows of a table match a row of the other, and how many rows of the other are not matched."""

    table: str
    other: str
    on: tuple[str, ...]
    rows: int
    matched: int
    others: int
    unused: int
    several: bool = False  #: Whether the first of several rows is taken: who has none had no such event.


def matched_rows(tables: Tables, contract: Contract, name: str) -> Iterator[JoinMatches]:
    """Yield, for each join of a table, how many rows match on both sides."""
    for join in contract.tables[name].join:
        if join.table not in tables.names or any(column not in tables.columns(name) for column in join.on):
            continue
        tests = " AND ".join(f"a.{quoted(column)}::VARCHAR = b.{quoted(column)}::VARCHAR" for column in join.on)
        one, other = quoted(name), quoted(join.table)
        rows, matched, others, unused = (
            int(tables.connection.execute(f"SELECT count(*) FROM {sql}").fetchall()[0][0])
            for sql in (one, f"{one} AS a SEMI JOIN {other} AS b ON {tests}", other, f"{other} AS b ANTI JOIN {one} AS a ON {tests}")
        )
        yield JoinMatches(name, join.table, join.on, rows, matched, others, unused, several=join.first is not None)


def _nearly(tables: Tables, one: JoinMatches) -> int:
    """Return how many rows without a match would have one if capitals, blanks and leading zeros did not count."""
    exact = " AND ".join(f"a.{quoted(column)}::VARCHAR = b.{quoted(column)}::VARCHAR" for column in one.on)
    alike = " AND ".join(f"{_bare(f'a.{quoted(column)}')} = {_bare(f'b.{quoted(column)}')}" for column in one.on)
    lost = f"SELECT * FROM {quoted(one.table)} AS a ANTI JOIN {quoted(one.other)} AS b ON {exact}"
    query = f"SELECT count(*) FROM ({lost}) AS a SEMI JOIN {quoted(one.other)} AS b ON {alike}"
    return int(tables.connection.execute(query).fetchall()[0][0])


def _bare(column: str) -> str:
    return f"ltrim(lower(trim({column}::VARCHAR)), '0')"


def check_joins(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    """Yield findings about joins of a table that match no row, or few."""
    for one in matched_rows(tables, contract, name):
        missing = one.rows - one.matched
        if one.rows and one.others and missing >= MANY * one.rows and (not one.several or not one.matched):
            yield Finding.of(
                "unmatched", "error" if not one.matched else "warning", "provider", name, one.on[0], missing, other=one.other,
                column=", ".join(one.on),
            )  # fmt: skip
        elif missing and (near := _nearly(tables, one)):
            yield Finding.of(
                "nearly_matched", "warning", "provider", name, one.on[0], near, why="unmatched_why", other=one.other,
                column=", ".join(one.on),
            )  # fmt: skip
