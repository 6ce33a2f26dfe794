"""Expressions against the columns they are about: names that must exist, types that must fit. Nothing is counted yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import duckdb

from acmlib.contract.consistency import expressions
from acmlib.contract.errors import choose
from acmlib.contract.expressions import check_expressions
from acmlib.contract.model import Contract
from acmlib.intake.connection import quoted
from acmlib.intake.read.forms import DATES, NUMBERS

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables

#: What the value of an expression must be, by the last part of its key: DuckDB types, and words for messages.
_MUST_BE: Mapping[str, tuple[tuple[str, ...], str]] = {
    "of": (("BOOLEAN",), "a condition that is true or false, as enrolled_on is not null"),
    "that": (("BOOLEAN",), "a condition that is true or false, as placed_on <= exited_on + interval 183 day"),
    "reached": (("BOOLEAN",), "a condition that is true or false, as enrolled_on is not null"),
    "date": (DATES, "a date"),
    "start": ((*DATES, *NUMBERS), "a date, or a number of days"),
    "end": ((*DATES, *NUMBERS), "a date, or a number of days"),
    "until": ((*DATES, *NUMBERS), "a date, or a number of days"),
    "value": (NUMBERS, "a number"),
    "exposure": (NUMBERS, "a number"),
}

#: DuckDB's types in the words of the contract file.
_WORDS = {"VARCHAR": "text", "BIGINT": "integer", "INTEGER": "integer", "DOUBLE": "number", "BOOLEAN": "boolean", "DATE": "date"}


def in_words(kind: str) -> str:
    """Return a DuckDB type in the words of ``types`` in the contract file."""
    return _WORDS.get(kind, "date" if kind.startswith(DATES) else "number" if kind.startswith(NUMBERS) else kind.lower())


def bind_expressions(tables: Tables) -> list[str]:
    """Return an error for each name in the contract that its tables do not have, and each expression that does not fit their types."""
    contract = tables.contract
    errors = [contract.located(key, problem) for key, problem in _names(tables)]
    found = [(key, table, text) for key, table, text in expressions(contract) if not key.startswith("tables.")]
    checked = check_expressions(text for _, _, text in found)
    absent = [missing_columns(checked[text].columns, tables.columns(table)) for _, table, text in found]
    kinds = _kinds([(table, text) for (_, table, text), missing in zip(found, absent, strict=True) if not missing], tables)
    for (key, table, text), missing in zip(found, absent, strict=True):
        if missing:
            errors += [contract.located(key, problem) for problem in missing]
            continue
        problem = _misfit(key, table, kinds[table, text], checked[text].columns, tables)
        if problem:
            errors.append(contract.located(key, problem))
    return errors


def _kinds(expressions: Iterable[tuple[str, str]], tables: Tables) -> dict[tuple[str, str], str | duckdb.Error]:
    """Return the type of each expression over its table, or why it has none: all of a table at once, one by one only if one has none."""
    found: dict[tuple[str, str], str | duckdb.Error] = {}
    wanted: dict[str, dict[str, None]] = {}
    for table, text in expressions:
        wanted.setdefault(table, {})[text] = None
    for table, texts in wanted.items():
        for together in (list(texts), *([text] for text in texts)):
            values = ", ".join(f"({text}) AS x{at}" for at, text in enumerate(together))
            try:
                rows = tables.connection.execute(f"DESCRIBE SELECT {values} FROM {quoted(table)}").fetchall()
            except duckdb.Error as error:
                found |= dict.fromkeys(((table, text) for text in together), error)
                continue
            found |= {(table, text): str(row[1]) for text, row in zip(together, rows, strict=True)}
            if len(together) == len(texts):
                break
    return found


def missing_columns(used: Iterable[str], types: Mapping[str, str], *, exact: bool = False) -> list[str]:
    """Return a problem for each column that is used and is not there; capital letters matter only if names are `exact`, as keys are."""
    there = set(types) if exact else {column.casefold() for column in types}
    names = [column for column in types if not column.startswith(("_", "dim_", "dimalone_"))]
    return [
        f"uses '{column}'; there is no such column; {choose(column, names)}"
        for column in used
        if (column if exact else column.casefold()) not in there
    ]


def _misfit(key: str, table: str, kind: str | duckdb.Error, used: Sequence[str], tables: Tables) -> str | None:
    """Return why an expression cannot be computed over a table, or is not what its key needs; `kind` is its type, or DuckDB's complaint."""
    types = tables.columns(table)
    held = ", ".join(f"{column} is {in_words(kind)}" for column, kind in types.items() if column.casefold() in {u.casefold() for u in used})
    fix = f"{held}; set tables.{table}.types, or change the expression" if held else "change the expression"
    if isinstance(kind, duckdb.Error):
        return f"does not fit its columns ({complaint(kind)}): {fix}"
    allowed, words = _MUST_BE.get(key.rpartition(".")[2], ((), ""))
    if allowed and not kind.startswith(allowed) and kind != '"NULL"':
        return f"is {in_words(kind)}; use {words}: {fix}"
    return None


def complaint(error: duckdb.Error) -> str:
    """Return the first line of DuckDB's complaint about types; nothing of it can come from the data, for nothing was run."""
    return str(error).partition("\n")[0].partition(": ")[2].strip().rstrip(".") or "it cannot be read"


def _names(tables: Tables) -> Iterator[tuple[str, str]]:
    """Yield (key, problem) for columns and dimensions that are named and not there."""
    yield from _columns_of_tables(tables)
    contract = tables.contract
    available = {name: set(tables.dimensions(name)) for name in tables.names}
    for name, dimension in contract.dimensions.items():
        if not any(name in split for split in available.values()) and not _is_counted(contract):
            columns = {column for table in tables.names for column in _own(tables.columns(table))}
            column = dimension.column or name
            yield f"dimensions.{name}.column", f"is '{column}'; no table has such a column; {choose(column, sorted(columns))}"
    for name, metric in contract.metrics.items():
        for i, dimension_name in enumerate(metric.dimensions or ()):
            if dimension_name not in available[metric.from_] and contract.tables[metric.from_].kind == "rows":
                split = sorted(available[metric.from_])
                yield (
                    f"metrics.{name}.dimensions.{i}",
                    f"is '{dimension_name}', which table {metric.from_} has no column for; {choose(dimension_name, split)}",
                )


def _columns_of_tables(tables: Tables) -> Iterator[tuple[str, str]]:
    """Yield (key, problem) for the columns that tables name."""
    contract = tables.contract
    for name, table in contract.tables.items():
        types = tables.columns(name)
        given = [("id", table.id), ("entered", table.entered), *((f"private.{i}", column) for i, column in enumerate(table.private))]
        for field, column in given:
            if column is not None and column not in types and table.kind == "rows":
                yield f"tables.{name}.{field}", f"is '{column}'; there is no such column; {choose(column, _own(types))}"
        if table.entered in types and table.kind == "rows" and not types[str(table.entered)].startswith(DATES):
            yield f"tables.{name}.entered", f"is '{table.entered}', which is {in_words(types[str(table.entered)])}; use a column of dates"


def _is_counted(contract: Contract) -> bool:
    """Whether some table sends counts: groups come and go there with the months."""
    return any(table.kind == "counts" for table in contract.tables.values())


def _own(types: Mapping[str, str]) -> list[str]:
    return [column for column in types if not column.startswith(("_", "dim_", "dimalone_"))]


def first_failure(
    contract: Contract, source: str, texts: Sequence[tuple[str, str]], connection: duckdb.DuckDBPyConnection, *, derived: Mapping[str, str]
) -> str:
    """Return the error of the first of some expressions that fails over `source`, without a value of the data in it."""
    sql = f"SELECT * FROM {source}"
    for key, text in texts:
        column = key.rpartition(".")[2]
        step = (
            f"SELECT *, ({text}) AS {quoted(column)} FROM ({sql})"
            if column in derived and ".derive." in key
            else f"SELECT * FROM ({sql}) WHERE ({text})"
        )
        try:
            connection.execute(f"DESCRIBE {step}")
        except duckdb.Error as error:
            return contract.located(key, f"does not fit its columns ({complaint(error)}); set types, or change the expression")
        try:
            connection.execute(f"SELECT count(COLUMNS(*)) FROM ({step})").fetchall()
        except duckdb.Error:
            return contract.located(key, "fails for some rows; use try_cast(... as ...) where a text may not be what it should be")
        sql = step
    return contract.located(texts[0][0].rpartition(".")[0] if texts else "tables", "cannot be computed; change its expressions")
