"""What was sent, opened: the tables of a contract in a locked DuckDB connection, mapped, recoded, typed and split by dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pandas as pd

from acmlib.contract.errors import ContractError, choose
from acmlib.contract.expressions import check_expressions
from acmlib.contract.model import Contract, Table
from acmlib.contract.periods import Period, report_period
from acmlib.intake.binding import bind_expressions, first_failure
from acmlib.intake.columns import SQL_TYPES, Column, ColumnError, typed, unknown_codes
from acmlib.intake.connection import Workspace, quoted
from acmlib.intake.counts import build_counts
from acmlib.intake.dimensions import DimensionError, add_dimension, crosswalk_frame
from acmlib.intake.files import SourceError, find_files
from acmlib.intake.findings import Finding
from acmlib.intake.reading import FILE_COLUMN, ROW_COLUMN, Input, Raw, read_raw


class Tables:
    """The tables of a contract, ready to be counted; a context manager, made by `open_tables`.

    Attributes
    ----------
    contract : Contract
    period : Period
        Period of the report; its last day is the day up to which the data are known.
    inputs : tuple of Input
        Every file that was read: path from the root, rows, SHA-256, columns.
    crosswalk : DataFrame
        Columns ``table, dimension, before, after, rows``: what a standard for race and ethnicity renamed. A working paper.
    """

    def __init__(self, contract: Contract, period: Period, workspace: Workspace) -> None:
        self.contract = contract
        self.period = period
        self.inputs: tuple[Input, ...] = ()
        self.crosswalk: pd.DataFrame = crosswalk_frame([])
        self._workspace = workspace
        self._types: dict[str, dict[str, str]] = {}
        self._noticed: list[Finding] = []

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The DuckDB connection: it reads the contract's own files and nothing else, and no setting can be changed."""
        return self._workspace.connection

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tables, in the contract's order."""
        return tuple(name for name in self.contract.tables if name in self._types)

    def relation(self, name: str) -> str:
        """Return the name of the view or table that holds `name`.

        Tables of kind ``rows`` have our columns, ``_file``, ``_row``, ``dim_<dimension>`` (text, never null) and, for a dimension
        with a standard, ``dimalone_<dimension>`` (list of texts). Tables of kind ``counts`` have ``period, dimension, group,
        measure, numerator, denominator``.

        Raises
        ------
        KeyError
            If the contract has no such table.
        """
        if name not in self._types:
            raise KeyError(f"table '{name}': {choose(name, self.names)}")
        return name

    def columns(self, name: str) -> Mapping[str, str]:
        """Return the columns of a table with their DuckDB types, dimension columns included."""
        return self._types[self.relation(name)]

    def dimensions(self, name: str) -> tuple[str, ...]:
        """Return the dimensions by which a table can be split, in the contract's order."""
        if self.contract.tables[name].kind == "counts":
            rows = self.connection.execute(f"SELECT DISTINCT dimension FROM {quoted(self.relation(name))}").fetchall()
            present = {row[0] for row in rows}
            return tuple(dimension for dimension in self.contract.dimensions if dimension in present)
        return tuple(dimension for dimension in self.contract.dimensions if f"dim_{dimension}" in self.columns(name))

    @property
    def noticed(self) -> tuple[Finding, ...]:
        """What was noticed while reading: codes without a name, cells that are no dates, files that lack a column."""
        return tuple(self._noticed)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that somebody should look at, worst first: `noticed` and the checks of `acmlib.intake.checks`."""
        from acmlib.intake.checks import check_tables  # checks look at Tables

        return check_tables(self, self.contract)

    def close(self) -> None:
        """Close the connection and remove its private folder."""
        self._workspace.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_tables(
    contract: Contract,
    *,
    root: Path = Path(),
    period: Period | str | None = None,
    threads: int | None = None,
    memory_limit: str | None = None,
) -> Tables:
    """Open what a provider sent.

    Parameters
    ----------
    contract
        From `acmlib.contract.load.load_contract`.
    root
        The workspace, from whose root all sources are named.
    period
        Period of the report; the contract's own if None.
    threads, memory_limit
        Limits for DuckDB (`acmlib.intake.connection.Workspace`).

    Returns
    -------
    Tables
        Use it in a ``with`` statement. Parquet files are not copied: their tables are views.

    Raises
    ------
    ContractError
        With every error: files that are missing or unreadable, columns that do not exist, expressions that do not fit the columns'
        types. Each names contract file, key, what was given and what is allowed.
    ValueError
        If `period` is none of the contract's.

    Examples
    --------
    ``with open_tables(contract, root=root) as tables: tables.connection.execute("SELECT count(*) FROM participants")``
    """
    reported = period if isinstance(period, Period) else report_period(contract, period)
    workspace = Workspace(threads=threads, memory_limit=memory_limit)
    try:
        tables = Tables(contract, reported, workspace)
        _open(tables, root)
    except BaseException:
        workspace.close()
        raise
    return tables


def _open(tables: Tables, root: Path) -> None:
    contract, connection = tables.contract, tables.connection
    for schema in ("raw", "typed", "joined", "groups"):
        connection.execute(f"CREATE SCHEMA {schema}")
    raws = _read(tables, root)
    for raw in raws.values():
        tables._noticed += raw.findings
    tables.inputs = tuple(given for raw in raws.values() for given in raw.inputs)
    # From here on expressions of the contract file are run: nothing but its own Parquet files can be reached.
    tables._workspace.lock(file.path for raw in raws.values() for file in raw.files if file.kind == "parquet")
    errors: list[str] = []
    log: list[tuple[str, str, str, str, int]] = []
    for name in _joined_last(contract):
        try:
            log += _build(tables, name)
        except ContractError as error:
            errors.extend(error.errors)
            _leave_out(tables, name)
    if not errors:
        errors = bind_expressions(tables)
    if errors:
        raise ContractError(errors)
    tables.crosswalk = crosswalk_frame(log)


def _read(tables: Tables, root: Path) -> dict[str, Raw]:
    """Read the files of every table and give their columns our names and types."""
    contract, raws, errors = tables.contract, {}, []
    for name, table in contract.tables.items():
        try:
            raw = read_raw(name, table, find_files(table.source, root=root), tables._workspace)
            columns, findings = typed(name, table, raw, tables.connection)
        except SourceError as error:
            errors.append(contract.located(f"tables.{name}.source", f"is '{table.source}'; {error}"))
            continue
        except ColumnError as error:
            errors += [contract.located(f"tables.{name}.{key}", problem) for key, problem in error.problems]
            continue
        tables._noticed += [
            *findings,
            *unknown_codes(name, table, columns, raw, tables.connection, contract),
        ]
        _typed_relation(name, table, columns, raw, tables.connection)
        raws[name] = raw
    if errors:
        raise ContractError(errors)
    return raws


def _typed_relation(name: str, table: Table, columns: Iterable[Column], raw: Raw, connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``typed.<name>``: a table for files of texts, whose texts are dropped; a view for Parquet."""
    values = ", ".join(f"({column.value})::{SQL_TYPES[column.kind]} AS {quoted(column.name)}" if column.kind
                       else f"{column.text} AS {quoted(column.name)}" for column in columns)  # fmt: skip
    what = "VIEW" if raw.types else "TABLE"
    connection.execute(f"CREATE {what} typed.{quoted(name)} AS SELECT {values}, {FILE_COLUMN}, {ROW_COLUMN} FROM ({raw.query})")
    for i in range(0 if raw.types else len(raw.files)):
        connection.execute(f"DROP TABLE raw.{quoted(f'{name}/{i}')}")


def _joined_last(contract: Contract) -> list[str]:
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


def _leave_out(tables: Tables, name: str) -> None:
    """Put an empty table where one could not be built, so that errors of other tables come out too."""
    tables.connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS SELECT * FROM typed.{quoted(name)} LIMIT 0")


def _build(tables: Tables, name: str) -> list[tuple[str, str, str, str, int]]:
    """Join, derive, filter and split one table under its own name; return its part of the crosswalk."""
    contract, connection = tables.contract, tables.connection
    table = contract.tables[name]
    _with_derived(tables, name, table)
    source = f"joined.{quoted(name)}"
    if table.kind == "counts":
        tables._noticed += build_counts(contract, name, table, source, connection, described(connection, source))
        tables._types[name] = described(connection, quoted(name))
        return []
    types = described(connection, source)
    made, log = [], []
    for key, dimension in contract.dimensions.items():
        needed = [dimension.column or key, *([dimension.ethnicity] if dimension.ethnicity else [])]
        if any(column not in types for column in needed):
            continue
        try:
            recode = table.recode.get(dimension.column or key, {})
            one = add_dimension(key, dimension, source, types, connection, table=name, recode=recode)
        except DimensionError as error:
            raise ContractError([contract.located(f"dimensions.{key}", str(error))]) from None
        made.append(one)
        tables._noticed += one.findings
        log += [(name, key, *row) for row in one.crosswalk]
    columns = ", ".join(["t.*", *(column for one in made for column in one.columns)])
    joins = " ".join(one.join for one in made)
    what = "VIEW" if _is_view(connection, name) else "TABLE"
    connection.execute(f"CREATE {what} {quoted(name)} AS SELECT {columns} FROM {source} AS t {joins}")
    if what == "TABLE":
        connection.execute(f"DROP TABLE {source}")
    tables._types[name] = described(connection, quoted(name))
    return log


def _is_view(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    row = connection.execute("SELECT count(*) FROM duckdb_views() WHERE schema_name = 'joined' AND view_name = ?", [name]).fetchall()[0]
    return bool(row[0])


def described(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Return the columns of a relation with their DuckDB types."""
    return {str(row[0]): str(row[1]) for row in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}


def _with_derived(tables: Tables, name: str, table: Table) -> None:
    """Make ``joined.<name>``: the typed table with joined and derived columns, and only the rows that `where` lets in."""
    contract, connection = tables.contract, tables.connection
    source, types = f"typed.{quoted(name)}", described(connection, f"typed.{quoted(name)}")
    sql, joined = _joins(tables, name, table, types)
    steps = [*table.derive.items()]
    problems = []
    known = {**types, **joined}
    checked = check_expressions([text for _, text in steps] + ([table.where] if table.where else []))
    for column, text in steps:
        problems += _unknown(contract, f"tables.{name}.derive.{column}", checked[text].columns, known)
        if column in types:
            problems.append(contract.located(f"tables.{name}.derive.{column}", "is the name of a column already; use a new name"))
        sql = f"SELECT *, ({text}) AS {quoted(column)} FROM ({sql})"
        known[column] = ""
    if table.where:
        problems += _unknown(contract, f"tables.{name}.where", checked[table.where].columns, known)
        sql = f"SELECT * FROM ({sql}) WHERE ({table.where})"
    if problems:
        raise ContractError(problems)
    view = connection.execute("SELECT count(*) FROM duckdb_views() WHERE schema_name = 'typed' AND view_name = ?", [name]).fetchall()[0]
    what = "VIEW" if view[0] else "TABLE"
    try:
        connection.execute(f"CREATE {what} joined.{quoted(name)} AS {sql}")
    except duckdb.Error:  # its message may quote a value
        texts = [(f"tables.{name}.derive.{column}", text) for column, text in steps]
        texts += [(f"tables.{name}.where", table.where)] if table.where else []
        raise ContractError([first_failure(contract, source, texts, connection, derived=table.derive)]) from None
    if what == "TABLE":
        connection.execute(f"DROP TABLE {source}")


def _unknown(contract: Contract, key: str, used: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """Return an error for each column that an expression uses and the table does not have."""
    folded = {column.casefold() for column in known}
    names = [column for column in known if not column.startswith(("_", "dim_", "dimalone_"))]
    return [
        contract.located(key, f"uses '{column}'; there is no such column; {choose(column, names)}")
        for column in used
        if column.casefold() not in folded
    ]


def _joins(tables: Tables, name: str, table: Table, types: Mapping[str, str]) -> tuple[str, dict[str, str]]:
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
        new = {
            column: kind
            for column, kind in theirs.items()
            if column.casefold() not in taken and not column.startswith(("_", "dim_", "dimalone_"))
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
    return f"SELECT {', '.join(columns)} FROM typed.{quoted(name)} AS t {' '.join(clauses)}", added


def _equal(left: str, right: str, one: str, other: str) -> str:
    """Return SQL that two keys are the same, as texts if one file has them as numbers and the other does not."""
    return f"{left} = {right}" if one == other else f"{left}::VARCHAR = {right}::VARCHAR"
