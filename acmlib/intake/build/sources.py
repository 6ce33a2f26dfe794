"""What was sent, opened: the tables of a contract in a locked DuckDB connection, mapped, recoded, typed and split by dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pandas as pd

from acmlib.contract.errors import ContractError, choose
from acmlib.contract.model import Contract, Table
from acmlib.contract.periods import Period, report_period
from acmlib.intake.build.assembly import add_derived, described, is_view, joined_last
from acmlib.intake.build.binding import bind_expressions
from acmlib.intake.build.code_lists import unknown_codes, with_code_lists
from acmlib.intake.build.counts import build_counts
from acmlib.intake.build.dimensions import DimensionError, add_dimension, crosswalk_frame
from acmlib.intake.build.period_columns import with_periods_as_rows
from acmlib.intake.build.populations import read_population
from acmlib.intake.build.submitted_periods import fiscal_start
from acmlib.intake.build.table_cache import cache_table, cached_table
from acmlib.intake.build.usage import expected_names, wanted_types
from acmlib.intake.build.working_days import add_calendar
from acmlib.intake.connection import Workspace, quoted
from acmlib.intake.findings import Finding
from acmlib.intake.read.columns import SQL_TYPES, Column, ColumnError, over_texts, typed
from acmlib.intake.read.files import FILE_COLUMN, ROW_COLUMN, SourceError, SourceFile
from acmlib.intake.read.quick import read_quickly
from acmlib.intake.read.reading import Input, RawTable, read_raw
from acmlib.intake.read.remote import shown, table_files

#: Tables of files with fewer bytes than this are small: DuckDB takes longer to plan a query over them than to run it as it is written.
SMALL = 1 << 20


class Tables:
    """The tables of a contract, ready to be counted; a context manager, made by `open_tables`.

    Attributes
    ----------
    contract : Contract
    period : Period
        Period of the report; its last day is the day up to which the data are known.
    inputs : tuple of Input
        Every file that was read: path from the root, rows, SHA-256, columns.
    populations : mapping of str to DataFrame
        For each dimension that has one, as `acmlib.intake.build.populations.read_population` gives it.
    crosswalk : DataFrame
        Columns ``table, dimension, before, after, rows``: what a standard for race and ethnicity renamed. A working paper.
    """

    def __init__(self, contract: Contract, period: Period, workspace: Workspace) -> None:
        self.contract = contract
        self.period = period
        self.inputs: tuple[Input, ...] = ()
        self.populations: Mapping[str, pd.DataFrame] = {}
        self.crosswalk: pd.DataFrame = crosswalk_frame([])
        self._workspace = workspace
        self._types: dict[str, dict[str, str]] = {}
        self._sizes: dict[str, dict[str, int]] = {}
        self._noticed: list[Finding] = []
        self._kept: set[str] = set()
        self._answers: dict[str, list[tuple[Any, ...]]] = {}

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The DuckDB connection: it reads the contract's own files and nothing else, and no setting can be changed."""
        return self._workspace.connection

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tables, in the contract's order."""
        return tuple(name for name in self.contract.tables if name in self._types)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query over the opened tables; checks of several metrics ask the same, which is run once."""
        if query not in self._answers:
            self._answers[query] = self.connection.execute(query).fetchall()
        return self._answers[query]

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

    def sizes(self, name: str) -> Mapping[str, int]:
        """Return the approximate number of groups of each ``dim_<dimension>`` of a table of rows; counts tables are left out."""
        return self._sizes.get(self.relation(name), {})

    def dimensions(self, name: str) -> tuple[str, ...]:
        """Return the dimensions by which a table can be split, in the contract's order."""
        if self.contract.tables[name].kind == "counts":
            present = {row[0] for row in self.rows(f"SELECT DISTINCT dimension FROM {quoted(self.relation(name))}")}
            return tuple(dimension for dimension in self.contract.dimensions if dimension in present)
        return tuple(dimension for dimension in self.contract.dimensions if f"dim_{dimension}" in self.columns(name))

    @property
    def noticed(self) -> tuple[Finding, ...]:
        """What was noticed while reading: codes without a name, cells that are no dates, files that lack a column."""
        return tuple(self._noticed)

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
        tables = Tables(with_code_lists(contract, root), reported, workspace)
        _open(tables, root)
    except BaseException:
        workspace.close()
        raise
    return tables


def _open(tables: Tables, root: Path) -> None:
    contract, connection = tables.contract, tables.connection
    for schema in ("raw", "typed", "joined", "groups"):
        connection.execute(f"CREATE SCHEMA {schema}")
    add_calendar(contract, root, connection)
    raws = _read(tables, root)
    tables.populations = _populations(contract, root)
    for raw in raws.values():
        tables._noticed += raw.findings
    tables.inputs = tuple(given for raw in raws.values() for given in raw.inputs)
    # From here on expressions of the contract file are run: nothing but its own Parquet files can be reached.
    tables._workspace.lock(file.path for raw in raws.values() for file in raw.files if file.kind == "parquet")
    errors: list[str] = []
    log: list[tuple[str, str, str, str, int]] = []
    for name in joined_last(contract):
        if any(join.table not in tables._types for join in contract.tables[name].join):
            continue  # the errors of the other table are told; what would be missing here is not
        try:
            log += _build(tables, name)
        except ContractError as error:
            errors.extend(error.errors)
    if not errors:
        errors = bind_expressions(tables)
    if errors:
        raise ContractError(errors)
    tables.crosswalk = crosswalk_frame(log)


def _populations(contract: Contract, root: Path) -> dict[str, pd.DataFrame]:
    """Read the population of each dimension that has one."""
    found: dict[str, pd.DataFrame] = {}
    errors: list[str] = []
    for name, dimension in contract.dimensions.items():
        if dimension.population is not None:
            try:
                found[name] = read_population(contract, name, root)
            except ContractError as error:
                errors += error.errors
    if errors:
        raise ContractError(errors)
    return found


def _read(tables: Tables, root: Path) -> dict[str, RawTable]:
    """Read the files of every table and give their columns our names and types; queries are planned once there is a table worth it."""
    contract, raws, errors = tables.contract, {}, []
    tables.connection.execute("PRAGMA disable_optimizer")
    for name, table in contract.tables.items():
        try:
            files, found = table_files(name, table, root=root)
            tables._noticed += found
            if not _is_small(files):
                tables.connection.execute("PRAGMA enable_optimizer")
            kept = cached_table(contract, name, files, tables._workspace)
            raw, noticed = kept or _read_one(tables, name, table, files)
        except SourceError as error:
            errors.append(contract.located(f"tables.{name}.source", f"is '{shown(table)}'; {error}"))
            continue
        except ColumnError as error:
            errors += [contract.located(f"tables.{name}.{key}", problem) for key, problem in error.problems]
            continue
        if kept:
            tables._kept.add(name)
        else:
            cache_table(contract, name, files, raw, noticed, tables._workspace)
        tables._noticed += noticed
        raws[name] = raw
    if errors:
        raise ContractError(errors)
    return raws


def _is_small(files: Sequence[SourceFile]) -> bool:
    """Whether queries over these files are not worth planning: CSV files and spreadsheets of less than `SMALL` bytes together."""
    plain = all(file.kind in ("csv", "excel") and file.path.suffix != ".gz" for file in files)
    return plain and sum(file.path.stat().st_size for file in files) < SMALL


def _read_one(tables: Tables, name: str, table: Table, files: Sequence[SourceFile]) -> tuple[RawTable, list[Finding]]:
    """Read the files of a table: the quick way if they are large and plain, else the careful way."""
    expected, wanted = expected_names(tables.contract, name), wanted_types(tables.contract, name)
    if table.periods_in_columns:
        raw = read_raw(name, table, files, tables._workspace, expected=expected)
        return _typed(tables, name, table, with_periods_as_rows(name, table, raw, tables.connection, fiscal_start(tables.contract)))
    quick = read_quickly(name, table, files, tables._workspace, expected=expected, wanted=wanted)
    return quick or _typed(tables, name, table, read_raw(name, table, files, tables._workspace, expected=expected))


def _typed(tables: Tables, name: str, table: Table, raw: RawTable) -> tuple[RawTable, list[Finding]]:
    """Make ``typed.<name>`` of what was read, and return that with what was noticed."""
    columns, findings = typed(name, table, raw, tables.connection, wanted=wanted_types(tables.contract, name))
    noticed = [*findings, *unknown_codes(name, table, columns, raw, tables.connection, tables.contract)]
    _typed_relation(name, table, columns, raw, tables.connection)
    return raw, noticed


def _typed_relation(name: str, table: Table, columns: Iterable[Column], raw: RawTable, connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``typed.<name>``: a table for files of texts, whose texts are dropped; a view for Parquet."""
    columns, query = (columns, raw.query) if raw.types else over_texts(tuple(columns), raw)
    values = ", ".join(f"({column.value})::{SQL_TYPES[column.kind]} AS {quoted(column.name)}" if column.kind
                       else f"{column.text} AS {quoted(column.name)}" for column in columns)  # fmt: skip
    what = "VIEW" if raw.types else "TABLE"
    connection.execute(f"CREATE {what} typed.{quoted(name)} AS SELECT {values}, {FILE_COLUMN}, {ROW_COLUMN} FROM ({query})")
    if raw.read_in:
        connection.execute(f"DROP TABLE {raw.read_in}")
    for i in () if raw.types else (*range(len(raw.files)), "all"):
        connection.execute(f"DROP TABLE IF EXISTS raw.{quoted(f'{name}/{i}')}")


def _build(tables: Tables, name: str) -> list[tuple[str, str, str, str, int]]:
    """Join, derive, filter and split one table under its own name; return its part of the crosswalk."""
    contract, connection = tables.contract, tables.connection
    table = contract.tables[name]
    add_derived(tables, name, table)
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
        tables._sizes.setdefault(name, {})[f"dim_{key}"] = one.groups
        tables._noticed += one.findings
        log += [(name, key, *row) for row in one.crosswalk]
    columns = ", ".join(["t.*", *(column for one in made for column in one.columns)])
    joins = " ".join(one.join for one in made)
    what = "VIEW" if is_view(connection, "joined", name) else "TABLE"
    connection.execute(f"CREATE {what} {quoted(name)} AS SELECT {columns} FROM {source} AS t {joins}")
    if what == "TABLE":
        connection.execute(f"DROP TABLE {source}")
    tables._types[name] = described(connection, quoted(name))
    return log
