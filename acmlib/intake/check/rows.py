"""How many rows of a table meet a condition, and where the first of them stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from acmlib.contract.model import Contract
from acmlib.contract.tables import OPEN_MONTH
from acmlib.intake.connection import quoted
from acmlib.intake.findings import EXAMPLES, ListText, listed

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables


def sent(tables: Tables, name: str) -> str:
    """Return SQL for the rows of a table as they were sent: one for each, in however many months a case was open."""
    if tables.contract.tables[name].open_months is None:
        return quoted(name)
    return f"(SELECT DISTINCT ON (_file, _row) * FROM {quoted(name)})"


def count_rows(tables: Tables, name: str, condition: str) -> int:
    """Return how many rows of a table meet a condition."""
    return int(tables.rows(f"SELECT count(*) FROM {sent(tables, name)} WHERE {condition}")[0][0])


def places(tables: Tables, name: str, condition: str) -> ListText:
    """Return the first rows that meet a condition, by number: ``row 3, 17``, with files if there are several."""
    several = sum(one.table == name for one in tables.inputs) > 1
    rows = tables.connection.execute(
        f"SELECT _file, _row FROM {sent(tables, name)} WHERE {condition} ORDER BY _file, _row LIMIT {EXAMPLES}"
    ).fetchall()
    return listed([(file.rpartition("/")[2], row) if several else row for file, row in rows], of="row")


def numbers(tables: Tables, name: str, *expressions: str, where: str = "true") -> tuple[Any, ...]:
    """Return one row of aggregates over a table."""
    asked = f"SELECT {', '.join(expressions)} FROM {sent(tables, name)} WHERE {where}"
    return tables.rows(asked)[0]


def own_columns(tables: Tables, name: str) -> dict[str, str]:
    """Return the columns that were sent, with their types: not those that were made for dimensions, places or open months."""
    made = OPEN_MONTH if tables.contract.tables[name].open_months else ""
    columns = tables.columns(name).items()
    return {column: kind for column, kind in columns if column != made and not column.startswith(("_", "dim_", "dimalone_"))}


def joined_columns(tables: Tables, name: str) -> set[str]:
    """Return the columns that a table has from those it is joined with, and not from its own files."""
    table = tables.contract.tables[name]
    ours = {theirs: one for one, theirs in table.columns.items()}
    own = {ours.get(column, column) for one in tables.inputs if one.table == name for column in one.columns}
    return {column for join in table.join for column in own_columns(tables, join.table)} - own


def is_secret(contract: Contract, name: str, column: str) -> bool:
    """Whether no value of a column may be said: it names people, or the contract calls it private."""
    table = contract.tables[name]
    return column in (table.id, table.person, table.household) or column in table.private
