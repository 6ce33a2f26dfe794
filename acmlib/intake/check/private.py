"""What the submitted data hold that may be said of nobody: ids of participants, and values of columns that the contract calls private."""

from __future__ import annotations

from acmlib.intake.build.sources import Tables
from acmlib.intake.connection import quoted

#: Private values shorter than this are words such as "yes" or "F", which any text may hold.
SHORTEST_PRIVATE = 5


def private_values(tables: Tables) -> frozenset[str]:
    """Return ids of participants and private values as text, from the tables as they are now."""
    values: set[str] = set()
    for name, table in tables.contract.tables.items():
        if table.id:
            values |= _column(tables, name, table.id)
        for column in table.private:
            values |= {value for value in _column(tables, name, column) if len(value) >= SHORTEST_PRIVATE}
    return frozenset(values)


def _column(tables: Tables, name: str, column: str) -> set[str]:
    """Return the distinct values of one column as text."""
    query = f"SELECT DISTINCT CAST({quoted(column)} AS VARCHAR) FROM {quoted(tables.relation(name))}"
    return {row[0] for row in tables.connection.execute(query).fetchall() if row[0]}
