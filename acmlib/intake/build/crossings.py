"""Rows of a submission that are totals of other rows: each sum takes the totals where there are any, or the parts, and never both."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import duckdb

from acmlib.intake.build.totals import is_total
from acmlib.intake.connection import literal, quoted

#: A column of more different texts holds no groups.
MOST_VALUES = 1_000
#: What a blank is called that means everybody together.
TOTAL = "Total"


def total_labels(
    source: str, types: Mapping[str, str], connection: duckdb.DuckDBPyConnection, *, but: Collection[str]
) -> dict[str, list[str]]:
    """Return the columns of texts, other than `but`, in which some rows are totals and others parts, with the names of the totals.

    Parameters
    ----------
    source : str
        SQL of a table.
    types : mapping
        Its columns with their DuckDB types.
    but : collection of str
        Columns that hold something else: the period, the numbers.
    """
    found = {}
    for column in (name for name, kind in types.items() if kind == "VARCHAR" and name not in but):
        query = f"SELECT DISTINCT {quoted(column)} FROM {source} WHERE {quoted(column)} IS NOT NULL LIMIT {MOST_VALUES + 1}"
        values = [str(value) for (value,) in connection.execute(query).fetchall()]
        totals = sorted(value for value in values if is_total(value))
        if totals and len(totals) < len(values) <= MOST_VALUES:
            found[column] = totals
    return found


def other_columns(source: str, types: Mapping[str, str], connection: duckdb.DuckDBPyConnection, *, but: Collection[str]) -> list[str]:
    """Return the columns of texts, other than `but`, whose values come back: places or programs that send counts of the same groups."""
    names = [name for name, kind in types.items() if kind == "VARCHAR" and name not in but]
    if not names:
        return []
    asked = ", ".join(f"2 * count(DISTINCT {quoted(name)}) <= count({quoted(name)})" for name in names)
    row = connection.execute(f"SELECT {asked} FROM {source}").fetchall()[0]
    return [name for name, comes_back in zip(names, row, strict=True) if comes_back]


def blanks_of_totals(
    rows: str, totals: Mapping[str, Sequence[str]], columns: Sequence[str], within: Sequence[str], connection: duckdb.DuckDBPyConnection
) -> tuple[str, Mapping[str, Sequence[str]]]:
    """Return a query in which blanks beside a total are totals too (Total, blank, 9), and the names of totals with these.

    A blank beside a total is none where rows with the same total name groups in its column: there it is what is not recorded.

    Parameters
    ----------
    totals : mapping
        Column: names of its totals.
    columns : sequence of str
        Columns of groups, all of them texts.
    within : sequence of str
        SQL of what rows of one sum have in common.
    """
    tests = {column: _test(column, totals[column]) for column in columns if column in totals}
    blank = {}
    for column in columns:
        if others := [test for other, test in tests.items() if other != column]:
            alike = ", ".join([*within, *(quoted(other) for other in columns if other != column)])
            blank[column] = (
                f"{quoted(column)} IS NULL AND ({' OR '.join(others)}) AND count({quoted(column)}) OVER (PARTITION BY {alike}) = 0"
            )
    if not blank:
        return rows, totals
    asked = ", ".join(f"count(*) FILTER ({quoted(column)})" for column in blank)
    cells = ", ".join(f"{test} AS {quoted(column)}" for column, test in blank.items())
    counts = connection.execute(f"SELECT {asked} FROM (SELECT {cells} FROM ({rows}))").fetchall()[0]
    named = {column: list(totals.get(column, [TOTAL])) for column, count in zip(blank, counts, strict=True) if count}
    if not named:
        return rows, totals
    filled = ", ".join(
        f"CASE WHEN {blank[column]} THEN {literal(names[0])} ELSE {quoted(column)} END AS {quoted(column)}"
        for column, names in named.items()
    )
    return f"SELECT * REPLACE ({filled}) FROM ({rows})", {**totals, **named}


def _test(column: str, names: Sequence[str]) -> str:
    return f"({quoted(column)} IN ({', '.join(map(literal, names))})) IS TRUE"


def without_doubles(rows: str, totals: Mapping[str, Sequence[str]], *, within: Sequence[str], parts_of: Collection[str] = ()) -> str:
    """Return a query over rows of which none is a part of another one.

    Column by column, totals stand for their parts where there are any: among rows that are alike in `within` and in the columns whose
    turn is still to come. Of the columns in `parts_of` the parts are kept, and their totals left out.

    Parameters
    ----------
    totals : mapping
        Column: names of its totals.
    within : sequence of str
        SQL of what rows of one sum have in common, the period first.
    parts_of : collection of str
        Columns of the groups that are asked for.
    """
    tests = {column: _test(column, names) for column, names in totals.items()}
    query = " AND ".join(["true", *(f"NOT {tests[column]}" for column in tests if column in parts_of)])
    query = f"SELECT * FROM {rows} WHERE {query}"
    others = [column for column in tests if column not in parts_of]
    for at, column in enumerate(others):
        alike = ", ".join([*within, *(quoted(later) for later in others[at + 1 :])])
        query = f"SELECT * FROM ({query}) QUALIFY {tests[column]} = bool_or({tests[column]}) OVER (PARTITION BY {alike})"
    return query
