"""Values of the submitted data that no output may contain: ids of participants, and values of private columns."""

from __future__ import annotations

from acmlib.intake.build.sources import Tables
from acmlib.intake.connection import quoted

#: Private values shorter than this are words such as "yes" or "F", which any text may hold.
SHORTEST_PRIVATE = 5


def private_values(tables: Tables) -> frozenset[str]:
    """Return ids of participants and private values as text, from the tables as they are now.

    A name that is also the name of a group (a street called as its neighborhood, the surname White) is none: pages have to name the group.
    """
    ids, values, groups = set[str](), set[str](), set[str]()
    for name, table in tables.contract.tables.items():
        if table.id:
            ids |= _column(tables, name, table.id)
        for column in table.private:
            values |= {value for value in _column(tables, name, column) if len(value) >= SHORTEST_PRIVATE}
        if table.private and table.kind == "rows":
            groups |= {group.casefold() for key in tables.dimensions(name) for group in _column(tables, name, f"dim_{key}")}
    return frozenset(ids | {value for value in values if value.casefold() not in groups})


def _column(tables: Tables, name: str, column: str) -> set[str]:
    """Return the distinct values of one column as text."""
    query = f"SELECT DISTINCT CAST({quoted(column)} AS VARCHAR) FROM {quoted(tables.relation(name))}"
    return {row[0] for row in tables.connection.execute(query).fetchall() if row[0]}
