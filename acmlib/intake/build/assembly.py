"""Tables from the files of other tables: joined, derived, filtered. Everything here runs in the locked connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import duckdb

from acmlib.contract.errors import ContractError
from acmlib.contract.expressions import check_expressions
from acmlib.contract.model import Contract, Join, Table
from acmlib.contract.syntax import compared
from acmlib.contract.tables import OPEN_MONTH, OpenMonths
from acmlib.intake.build.before_joins import prepared
from acmlib.intake.build.binding import first_failure, missing_columns
from acmlib.intake.build.moments import elapsed, kept_twice
from acmlib.intake.build.spellings import MOST_VALUES, other_spellings
from acmlib.intake.connection import quoted
from acmlib.intake.findings import Finding, listed
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
    asked = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?"  # of views there are many more
    return not connection.execute(asked, [schema, name]).fetchall()[0][0]


def described(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Return the columns of a relation with their DuckDB types."""
    return {str(row[0]): str(row[1]) for row in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}


def add_derived(tables: Tables, name: str, table: Table) -> None:
    """Create ``joined.<name>``: the typed table with joined and derived columns, restricted to the rows that satisfy `where`."""
    contract, connection = tables.contract, tables.connection
    base, types, noticed = prepared(contract, name, table, described(connection, f"typed.{quoted(name)}"), connection)
    tables._noticed += noticed
    sql, joined = _joins(tables, name, table, types, base)
    texts = [(f"tables.{name}.derive.{column}", text) for column, text in table.derive.items()]
    texts += [(f"tables.{name}.where", table.where)] if table.where else []
    checked = check_expressions([text for _, text in texts])
    known = {**types, **joined}
    taken = [f"tables.{name}.derive.{column}" for column in table.derive.keys() & types.keys()]
    problems = [contract.located(key, "is the name of a column already; use a new name") for key in sorted(taken)]
    for column, text in table.derive.items():
        problems += _unknown(contract, f"tables.{name}.derive.{column}", checked[text].columns, known)
        passed = elapsed(text, known)
        passed = None if passed and _is_moment(text, sql, connection) else passed  # a moment is told by the clock of the place, too
        twice = None if passed else kept_twice(text, known)
        more = f", ({twice}) AS {quoted(TIME + column)}" if twice else ""
        sql = f"SELECT *, ({passed or text}) AS {quoted(column)}{more} FROM ({sql})"
        known |= {column: "TIMESTAMP?", f"{TIME}{column}": "TIMESTAMP?"} if twice else {column: ""}
    if where := table.where:
        problems += _unknown(contract, f"tables.{name}.where", checked[where].columns, known)
        if not problems:
            tables._noticed += _near_where(name, where, sql, known, connection)
        sql = f"SELECT * FROM ({sql}) WHERE ({elapsed(where, known) or where})"
    if table.open_months:
        problems += _unknown(contract, f"tables.{name}.open_months", (table.open_months.since, table.open_months.to), known)
        sql = _in_months(sql, table.open_months, contract)
    if problems:
        raise ContractError(problems)
    try:
        _create(tables, name, sql)
    except duckdb.Error:  # its message may quote a value
        raise ContractError([first_failure(contract, f"({base})", texts, connection, derived=table.derive)]) from None


def _near_where(name: str, where: str, rows: str, types: Mapping[str, str], connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Yield a warning about texts that `where` leaves out and that may be those it asks for, in another spelling."""
    asked: dict[str, list[str]] = {}
    for column, text in compared(where):
        if types.get(column) == "VARCHAR":
            asked.setdefault(column, []).append(text)
    for column, wanted in asked.items():
        sql = f"SELECT {quoted(column)} AS v, count(*) FROM ({rows}) WHERE v IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_VALUES}"
        values = {str(value): number for value, number in connection.execute(sql).fetchall()}
        near, may = other_spellings(values, wanted)
        if (near or may) and len(values) < MOST_VALUES:
            yield Finding.of(
                "near_misses", "warning", "agency", name, column, sum({**near, **may}.values()), why="near_where_why",
                examples=listed([f"'{value}'" for value in (*near, *may)]), wanted=listed([f"'{one}'" for one in wanted]),
                place=f"tables.{name}.recode.{column}",
            )  # fmt: skip


def _in_months(rows: str, asked: OpenMonths, contract: Contract) -> str:
    """Return SQL with a row for each month of the contract in which a row was open, up to the last month with a date; without, one row."""
    since, to = (f"{quoted(column)}::DATE" for column in (asked.since, asked.to))
    starts, ends = (f"DATE '{day}'" for day in (contract.contract.starts, contract.contract.ends))
    last = f"least({ends}, (SELECT max(greatest({since}, coalesce({to}, {since}))) FROM ({rows})))"
    first, end = f"greatest(date_trunc('month', {since}), date_trunc('month', {starts}))", f"least(coalesce({to}, {last}), {last})"
    months = f"CASE WHEN {first} <= {end} AND {since} <= {end} THEN generate_series({first}, {end}, INTERVAL 1 MONTH) ELSE [NULL] END"
    return f"SELECT *, unnest({months})::DATE AS {OPEN_MONTH} FROM ({rows})"


def _create(tables: Tables, name: str, sql: str) -> None:
    """Create the joined table instead of the typed one, which is no longer needed if rows were copied."""
    # Of a table that many contracts share this contract has its own rows; whole Parquet files are not copied.
    what = "VIEW" if is_view(tables.connection, "typed", name) and name not in tables._kept else "TABLE"
    tables.connection.execute(f"CREATE {what} joined.{quoted(name)} AS {sql}")
    if what == "TABLE":
        tables.connection.execute(f"DROP {'VIEW' if name in tables._kept else 'TABLE'} typed.{quoted(name)}")


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
    places = {column: f"t.{quoted(column)}" for column in types}
    for i, join in enumerate(table.join):
        at, other = f"tables.{name}.join.{i}.on", f"j{i}"
        theirs = tables._types.get(join.table)
        if theirs is None:
            continue  # its own errors are told
        here = {**types, **added}
        unknown = [contract.located(at, one) for known in (here, theirs) for one in missing_columns(join.on, known, exact=True)]
        for key, column, known in (("after", join.after, here), ("first", join.first, theirs)):
            unknown += [contract.located(f"tables.{name}.join.{i}.{key}", one) for one in _no_date(column, known)]
        problems += unknown or ([] if join.first else _repeated(contract, at, join, connection))
        if problems:
            continue
        # Moments of two tables can be subtracted if both are told by the clock of one place.
        also = (WHY, TIME) if table.time_zone and table.time_zone == contract.tables[join.table].time_zone else (WHY,)
        new = _new_columns(theirs, here, also)
        places |= {column: f"{other}.{quoted(column)}" for column in new}
        columns += [places[column] for column in new]
        tests = [_equal(places[column], f"{other}.{quoted(column)}", here[column], theirs[column]) for column in join.on]
        clauses.append(_left_join(join, other, tests, places))
        added |= new
    if problems:
        raise ContractError(problems)
    return f"SELECT {', '.join(columns)} FROM ({base}) AS t {' '.join(clauses)}", added


def _left_join(join: Join, other: str, tests: list[str], places: Mapping[str, str]) -> str:
    """Return SQL that joins the row of a key, or the first of its rows on or after a date; of rows of one day the first in the file."""
    if not (join.first and join.after):
        return f"LEFT JOIN {quoted(join.table)} AS {other} ON {' AND '.join(tests)}"
    keys, first = ", ".join(map(quoted, join.on)), quoted(join.first)
    order = f"PARTITION BY {keys}, {first}::DATE ORDER BY {first}, _file, _row"
    once = f"SELECT * FROM {quoted(join.table)} QUALIFY row_number() OVER ({order}) = 1"
    return f"ASOF LEFT JOIN ({once}) AS {other} ON {' AND '.join(tests)} AND {places[join.after]}::DATE <= {other}.{first}::DATE"


def _no_date(column: str | None, known: Mapping[str, str]) -> list[str]:
    """Return an error if a column, if one is named, is not there or holds no dates."""
    if column is None:
        return []
    if missing := list(missing_columns([column], known, exact=True)):
        return missing
    return [] if known[column].startswith(("DATE", "TIMESTAMP")) else [f"is '{column}', which holds no dates; use a column of dates"]


def _new_columns(theirs: Mapping[str, str], here: Iterable[str], also: tuple[str, ...]) -> dict[str, str]:
    """Return the columns that a joined table adds: not those made for its dimensions and places, but those that begin with `also`."""
    taken = {column.casefold() for column in here}
    wanted = [one for one in theirs if one.startswith(also) or not one.startswith(("_", "dim_", "dimalone_"))]
    return {column: theirs[column] for column in wanted if column.casefold() not in taken}


def _repeated(contract: Contract, at: str, join: Join, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return an error if keys stand more than once in the table that rows are joined with."""
    keys = ", ".join(map(quoted, join.on))
    asked = f"SELECT count(*) FROM (SELECT {keys} FROM {quoted(join.table)} GROUP BY ALL HAVING count(*) > 1)"
    repeated = connection.execute(asked).fetchall()[0][0]
    said = f"is {', '.join(join.on)}; {repeated:,} of these keys are more than once in {join.table}; use columns that name one row there"
    return [contract.located(at, said)] if repeated else []


def _equal(left: str, right: str, one: str, other: str) -> str:
    """Return SQL that two keys are the same, as texts if one file has them as numbers and the other does not."""
    return f"{left} = {right}" if one == other else f"{left}::VARCHAR = {right}::VARCHAR"
