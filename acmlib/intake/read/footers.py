"""Lines of a file that are no rows of its table: totals, notes and signatures below it, totals between its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

import duckdb

from acmlib.contract.model import Table
from acmlib.intake.connection import literal, quoted
from acmlib.intake.findings import EXAMPLES, Finding, listed
from acmlib.intake.read.files import ROW_COLUMN
from acmlib.intake.read.headers import CLOSING

#: So many rows at the end of a file are looked at, and so narrow a row among wider ones is a note (share of the usual number of cells).
TAIL, NARROW = 60, 0.34

#: Words that a total begins with, wherever in a table it stands.
_TOTAL = r"^\s*(grand |sub|sub-)?totals?\b.*|^\s*(suma|total) (general|parcial)\b.*"


def without_footers(
    part: str, columns: tuple[str, ...], name: str, file: str, table: Table, connection: duckdb.DuckDBPyConnection
) -> Iterator[Finding]:
    """Delete what is no row from a table of texts, and yield a finding about what was left out.

    Parameters
    ----------
    part : str
        The table in the database, with ``_row``.
    name, file : str
        Table of the contract, and name of the file, for the finding.
    table : Table
        With `skip_footer`, if the contract says how many lines it is.
    """
    told = _told_apart(part, columns, connection)
    second = list(_second_tables(part, columns, name, file, told, connection))
    yield from second
    told = _told_apart(part, columns, connection) if second else told
    left_out = _stated(part, table, connection) if table.skip_footer else _found(part, columns, table, told, connection)
    if not left_out:
        return
    connection.execute(f"DELETE FROM {part} WHERE {ROW_COLUMN} IN ({', '.join(map(str, left_out))})")
    yield Finding.of(
        "footer", "note" if table.skip_footer else "warning", "provider", name, None, len(left_out), noun="line",
        examples=listed(sorted(left_out), of="line"), file=file, place=f"tables.{name}.skip_footer",
    )  # fmt: skip


def _second_tables(
    part: str, columns: tuple[str, ...], name: str, file: str, told: Sequence[str], connection: duckdb.DuckDBPyConnection
) -> Iterator[Finding]:
    """Delete rows that name the columns of another table below the first, with the title above, and yield a finding about them."""
    if len(columns) < 3:
        return
    first, filled = quoted(columns[0]), " + ".join(f"({quoted(column)} IS NOT NULL)::INT" for column in columns)
    same, apart = _named(columns[1:]), _named([column for column in told if column != columns[0]])
    heads = dict(connection.execute(
        f"SELECT {ROW_COLUMN}, {first} FROM {part} WHERE ({apart}) >= 2 AND ({same}) = ({filled}) - 1 "
        f"AND {first} IS NOT NULL AND lower({first}) <> {literal(columns[0].lower())} ORDER BY 1"
    ).fetchall())  # fmt: skip
    if not heads:
        return
    titles = ", ".join(str(row - 1) for row in heads)
    connection.execute(
        f"DELETE FROM {part} WHERE {ROW_COLUMN} IN ({', '.join(map(str, heads))}) OR ({ROW_COLUMN} IN ({titles}) AND ({filled}) = 1)"
    )
    yield Finding.of(
        "second_table", "warning", "provider", name, columns[0], len(heads), noun="line",
        examples=listed(list(heads), of="line"), file=file, place=f"tables.{name}.where",
    )  # fmt: skip


def _named(columns: Sequence[str]) -> str:
    """Return SQL for how many cells of a row hold the name of their column."""
    return " + ".join(f"coalesce((lower({quoted(column)}) = {literal(column.lower())})::INT, 0)" for column in columns) or "0"


def _told_apart(part: str, columns: Sequence[str], connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the columns whose name is none of their values: a box that was ticked holds the name of its column."""
    if len(columns) < 2:
        return []
    asked = ", ".join(f"count({quoted(column)}) > 2 AND 2 * sum({_named([column])}) > count({quoted(column)})" for column in columns)
    ticked = connection.execute(f"SELECT {asked} FROM {part}").fetchall()[0]
    return [column for column, boxes in zip(columns, ticked, strict=True) if not boxes]


def _stated(part: str, table: Table, connection: duckdb.DuckDBPyConnection) -> list[int]:
    rows = connection.execute(f"SELECT {ROW_COLUMN} FROM {part} ORDER BY 1 DESC LIMIT {table.skip_footer}").fetchall()
    return [row[0] for row in rows]


def _closes(cells: int, first: str, usual: float, table: Table) -> bool:
    """Whether a row of so many cells, of which the first is given, stands below a table whose rows have `usual` cells."""
    closing = bool(CLOSING.match(first))
    if cells <= max(1, NARROW * usual) and usual >= 4 and (cells <= 1 or closing):
        return True
    total = first.lower().startswith(("total", "grand total", "sum")) and (cells < usual or table.kind == "rows")
    return closing and (cells <= max(1, usual - 2) or total)


def _shape(key: str) -> str:
    """Return SQL for how an id is written, P1080 as a9999; none without a number in it: a word may be a note."""
    letters = f"regexp_replace(regexp_replace({quoted(key)}, '[0-9]', '9', 'g'), '[A-Za-z]+', 'a', 'g')"
    return f"CASE WHEN contains({letters}, '9') THEN {letters} END"


def _found(part: str, columns: tuple[str, ...], table: Table, told: Sequence[str], connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Return the numbers of narrow rows after the last full one, of totals between rows, and of rows that name the columns again."""
    if len(columns) < 2:
        return []
    filled = " + ".join(f"({quoted(column)} IS NOT NULL)::INT" for column in columns)
    usual = connection.execute(f"SELECT median(n) FROM (SELECT {filled} AS n FROM {part} LIMIT 5000)").fetchall()[0][0] or 0
    usual = len(columns) if usual <= 1 and len(columns) >= 4 else usual  # no row is one: "No data available"
    first = f"coalesce({', '.join(quoted(column) for column in columns)})"
    lead = " OR ".join(f"regexp_full_match({quoted(column)}, {literal(_TOTAL)}, 'i')" for column in columns[:2])
    key = next((column for column in columns if table.id and column.casefold() == table.columns.get(table.id, table.id).casefold()), None)
    total = f"regexp_full_match({quoted(key)}, {literal(_TOTAL)}, 'i')" if key else "false"  # nobody's id is Subtotal
    lone = f"({filled}) = 1 AND {_shape(key)} IN (SELECT {_shape(key)} FROM {part} WHERE {filled} > 1)" if key else "false"
    tail = connection.execute(
        f"SELECT {ROW_COLUMN}, {filled}, {first}, coalesce({lone}, false) FROM {part} ORDER BY 1 DESC LIMIT {TAIL}"
    ).fetchall()
    at_the_end = takewhile(lambda row: not row[3] and _closes(row[1], str(row[2] or "").strip(), usual, table), tail)
    same, apart = _named(columns), _named(told)
    between = connection.execute(
        f"SELECT {ROW_COLUMN} FROM {part} WHERE (({lead}) AND ({filled}) <= {max(1, usual - 2)}) OR ({total}) "
        f"OR (({apart}) >= 2 AND ({same}) = ({filled})) LIMIT 1000"
    ).fetchall()
    return sorted({row[0] for row in (*at_the_end, *between)})[: max(EXAMPLES, 1000)]
