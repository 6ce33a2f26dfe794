"""How many rows of a table meet a condition, and where the first of them stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from acmlib.contract.model import Contract
from acmlib.intake.connection import quoted
from acmlib.intake.findings import EXAMPLES, ListText, listed

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables


def count_rows(tables: Tables, name: str, condition: str) -> int:
    """Return how many rows of a table meet a condition."""
    return int(tables.connection.execute(f"SELECT count(*) FROM {quoted(name)} WHERE {condition}").fetchall()[0][0])


def places(tables: Tables, name: str, condition: str) -> ListText:
    """Return the first rows that meet a condition, by number: ``row 3, 17``, with files if there are several."""
    several = sum(one.table == name for one in tables.inputs) > 1
    rows = tables.connection.execute(
        f"SELECT _file, _row FROM {quoted(name)} WHERE {condition} ORDER BY _file, _row LIMIT {EXAMPLES}"
    ).fetchall()
    return listed([(file.rpartition("/")[2], row) if several else row for file, row in rows], of="row")


def numbers(tables: Tables, name: str, *expressions: str, where: str = "true") -> tuple[Any, ...]:
    """Return one row of aggregates over a table."""
    row: tuple[Any, ...] = tables.connection.execute(f"SELECT {', '.join(expressions)} FROM {quoted(name)} WHERE {where}").fetchall()[0]
    return row


def own_columns(tables: Tables, name: str) -> dict[str, str]:
    """Return the columns that were sent, with their types: not those that were made for dimensions or places."""
    return {column: kind for column, kind in tables.columns(name).items() if not column.startswith(("_", "dim_", "dimalone_"))}


def is_secret(contract: Contract, name: str, column: str) -> bool:
    """Whether no value of a column may be said: it names people, or the contract calls it private."""
    table = contract.tables[name]
    return column in (table.id, table.person, table.household) or column in table.private
