"""Tables from the files of other tables: joined, derived, filtered. Everything here runs in the locked connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import duckdb

from acmlib.contract.errors import ContractError
from acmlib.contract.expressions import check_expressions
from acmlib.contract.model import Contract, Table
from acmlib.intake.build.before_joins import prepared
from acmlib.intake.build.binding import first_failure, missing_columns
from acmlib.intake.build.moments import elapsed, kept_twice
from acmlib.intake.connection import quoted
from acmlib.intake.read.forms import TIME, WHY

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables


def joined_last(contract: Contract) -> list[str]:
    """Return the names of tables in an order in which each comes after those it is joined with."""
    done: list[str] = []

    def visit(name: str) -> None:
        if name not in done:
            for join in contract.tables[name].join:
                visit(join.table)
            done.append(name)

    for name in contract.tables:
        visit(name)
    return done


def is_view(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> bool:
    """Whether a relation is a view: its rows stay in their Parquet files."""
    row = connection.execute("SELECT count(*) FROM duckdb_views() WHERE schema_name = ? AND view_name = ?", [schema, name]).fetchall()[0]
    return bool(row[0])


def described(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Return the columns of a relation with their DuckDB types."""
    return {str(row[0]): str(row[1]) for row in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}


def add_derived(tables: Tables, name: str, table: Table) -> None:
    """Create ``joined.<name>``: the typed table with joined and derived columns, restricted to the rows that satisfy `where`."""
    contract, connection = tables.contract, tables.connection
    source = f"typed.{quoted(name)}"
    base, types, noticed = prepared(contract, name, table, described(connection, source), connection)
    tables._noticed += noticed
    sql, joined = _joins(tables, name, table, types, base)
    steps = [*table.derive.items()]
    problems = []
    known = {**types, **joined}
    checked = check_expressions([text for _, text in steps] + ([table.where] if table.where else []))
    for column, text in steps:
        problems += _unknown(contract, f"tables.{name}.derive.{column}", checked[text].columns, known)
        if column in types:
            problems.append(contract.located(f"tables.{name}.derive.{column}", "is the name of a column already; use a new name"))
        passed = elapsed(text, known)
        if passed and _is_moment(text, sql, connection):
            passed = None  # a moment is told by the clock of the place, too
        twice = None if passed else kept_twice(text, known)
        more = f", ({twice}) AS {quoted(TIME + column)}" if twice else ""
        sql = f"SELECT *, ({passed or text}) AS {quoted(column)}{more} FROM ({sql})"
        known |= {column: "TIMESTAMP?", f"{TIME}{column}": "TIMESTAMP?"} if twice else {column: ""}
    if table.where:
        problems += _unknown(contract, f"tables.{name}.where", checked[table.where].columns, known)
        sql = f"SELECT * FROM ({sql}) WHERE ({elapsed(table.where, known) or table.where})"
    if problems:
        raise ContractError(problems)
    # Of a table that many contracts share this contract has its own rows; whole Parquet files are not copied.
    what = "VIEW" if is_view(connection, "typed", name) and name not in tables._kept else "TABLE"
    try:
        connection.execute(f"CREATE {what} joined.{quoted(name)} AS {sql}")
    except duckdb.Error:  # its message may quote a value
        texts = [(f"tables.{name}.derive.{column}", text) for column, text in steps]
        texts += [(f"tables.{name}.where", table.where)] if table.where else []
        raise ContractError([first_failure(contract, f"({base})", texts, connection, derived=table.derive)]) from None
    if what == "TABLE":
        connection.execute(f"DROP {'VIEW' if name in tables._kept else 'TABLE'} {source}")


def _unknown(contract: Contract, key: str, used: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """Return an error for each column that an expression uses and the table does not have."""
    return [contract.located(key, problem) for problem in missing_columns(used, known)]


def _is_moment(text: str, rows: str, connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether an expression over some rows gives a moment; what does not fit its columns is told later."""
    try:
        return str(connection.execute(f"DESCRIBE SELECT ({text}) FROM ({rows})").fetchall()[0][1]).startswith("TIMESTAMP")
    except duckdb.Error:
        return False


def _joins(tables: Tables, name: str, table: Table, types: Mapping[str, str], base: str) -> tuple[str, dict[str, str]]:
    """Return SQL for a table with the columns of the tables it is joined with, and the types of those."""
    contract, connection = tables.contract, tables.connection
    columns, clauses, added, problems = ["t.*"], [], dict[str, str](), []
    for i, join in enumerate(table.join):
        at, other = f"tables.{name}.join.{i}", f"j{i}"
        theirs = tables._types.get(join.table)
        if theirs is None:
            continue  # its own errors are told
        here = {**types, **added}
        for column in join.on:
            problems += _unknown(contract, f"{at}.on", [column], here) + _unknown(contract, f"{at}.on", [column], theirs)
        if problems:
            continue
        keys = ", ".join(quoted(column) for column in join.on)
        row = connection.execute(
            f"SELECT count(*) FROM (SELECT {keys} FROM {quoted(join.table)} GROUP BY ALL HAVING count(*) > 1)"
        ).fetchall()[0]
        if row[0]:
            problem = (
                f"is {', '.join(join.on)}; {row[0]:,} of these keys are more than once in {join.table}; use columns that name one row there"
            )
            problems.append(contract.located(f"{at}.on", problem))
        taken = {column.casefold() for column in here}
        # Moments of two tables can be subtracted if both are told by the clock of one place.
        also = (WHY, TIME) if table.time_zone and table.time_zone == contract.tables[join.table].time_zone else (WHY,)
        new = {
            column: kind
            for column, kind in theirs.items()
            if column.casefold() not in taken and (column.startswith(also) or not column.startswith(("_", "dim_", "dimalone_")))
        }
        columns += [f"{other}.{quoted(column)}" for column in new]
        sides = [
            (f"t.{quoted(column)}" if column in types else next(c for c in columns if c.endswith("." + quoted(column))), column)
            for column in join.on
        ]
        tests = [_equal(left, f"{other}.{quoted(column)}", here[column], theirs[column]) for left, column in sides]
        clauses.append(f"LEFT JOIN {quoted(join.table)} AS {other} ON {' AND '.join(tests)}")
        added |= new
    if problems:
        raise ContractError(problems)
    return f"SELECT {', '.join(columns)} FROM ({base}) AS t {' '.join(clauses)}", added


def _equal(left: str, right: str, one: str, other: str) -> str:
    """Return SQL that two keys are the same, as texts if one file has them as numbers and the other does not."""
    return f"{left} = {right}" if one == other else f"{left}::VARCHAR = {right}::VARCHAR"
