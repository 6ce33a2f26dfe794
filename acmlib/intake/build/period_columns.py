"""Spreadsheets with a column for each month, quarter or year: each of their cells becomes a row with a period and a count."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb

from acmlib.contract.model import Table
from acmlib.contract.periods import add_months
from acmlib.intake.build.submitted_periods import named_month, normal_periods
from acmlib.intake.build.totals import is_total
from acmlib.intake.connection import literal, quoted
from acmlib.intake.findings import Finding, amount
from acmlib.intake.read.columns import ColumnError
from acmlib.intake.read.files import FILE_COLUMN, ROW_COLUMN
from acmlib.intake.read.reading import RawTable

#: What the two new columns are called.
PERIOD, COUNT = "period", "count"
#: So many columns that are called after periods are no chance.
FEWEST = 3


def periods_named(columns: Sequence[str], first: str | None = None, fiscal: int | None = None) -> dict[str, str]:
    """Return the columns that are called after a period, with what the period is called: their name, or the month that it means.

    Parameters
    ----------
    first : str, optional
        First month, as 2025-07: names without a year (Jul, Q1) are the months and quarters from there on.
    fiscal : int, optional
        Month in which the fiscal year starts.

    Examples
    --------
    >>> periods_named(["Site", "Jul-25", "Aug-25", "Total"])
    {'Jul-25': 'Jul-25', 'Aug-25': 'Aug-25'}
    >>> periods_named(["Site", "Dec", "January", "Q3"], "2025-07"), periods_named(["Site", "May"])
    ({'Dec': '2025-12', 'January': '2026-01', 'Q3': '2026Q1'}, {})
    """
    found = {name: name for name, text in normal_periods(columns, fiscal).items() if text}
    if first is not None:
        found |= {name: text for name in columns if name not in found and (text := _without_year(name, first))}
    return found


def _without_year(name: str, first: str) -> str | None:
    year, start = int(first[:4]), int(first[5:7])
    if quarter := re.fullmatch(r"Q(?:uarter|TR)? ?([1-4])", name.strip(), re.IGNORECASE):
        month = add_months(first, 3 * (int(quarter[1]) - 1))
        return f"{month[:4]}Q{(int(month[5:7]) + 2) // 3}" if start % 3 == 1 else None
    for given in (year, year + 1):
        found = named_month(f"{name.strip()} {given}")
        if found is not None and first <= found < add_months(first, 12):
            return found
    return None


def with_periods_as_rows(
    name: str, table: Table, raw: RawTable, connection: duckdb.DuckDBPyConnection, fiscal: int | None = None
) -> RawTable:
    """Return a source whose columns of periods became rows: `PERIOD` and `COUNT` beside the other columns, all of them text.

    A label that stands in the first of several rows alone is theirs, too, if no two rows have the same labels then.

    Raises
    ------
    ColumnError
        If no column is called after a period, two are called after the same, or another column has one of the new names.
    """
    first = table.periods_in_columns
    named = periods_named(raw.columns, first if isinstance(first, str) else None, fiscal)
    _check(raw.columns, {name: str(normal_periods([text], fiscal)[text]) for name, text in named.items()})
    kept = [column for column in raw.columns if column not in named]
    filled, findings = _filled_down(name, kept, raw, connection)
    cells = [*(f"{filled.get(column, f'{quoted(column)}::VARCHAR')} AS {quoted(column)}" for column in kept), FILE_COLUMN, ROW_COLUMN]
    rows = [
        f"SELECT {', '.join(cells)}, {literal(period)} AS {quoted(PERIOD)}, {quoted(column)}::VARCHAR AS {quoted(COUNT)} FROM source"
        for column, period in named.items()
    ]
    query = f"WITH source AS ({raw.query}) {' UNION ALL '.join(rows)}"
    return replace(raw, query=query, columns=(*kept, PERIOD, COUNT), types={}, findings=[*raw.findings, *findings])


def _filled_down(
    name: str, kept: Sequence[str], raw: RawTable, connection: duckdb.DuckDBPyConnection
) -> tuple[dict[str, str], list[Finding]]:
    """Return SQL for the labels whose blanks have the value above, and a note about each. Beside a total a blank has none."""
    labels, gaps, rows = _labels(kept, raw, connection)
    if not gaps:
        return {}, []
    filled = _above(labels, gaps, raw, connection)
    key = ", ".join(filled.get(column, quoted(column)) for column in labels)
    distinct = f"SELECT count(DISTINCT k) FROM (SELECT hash({key}) AS k FROM ({raw.query}))"
    if connection.execute(distinct).fetchall()[0][0] < rows:
        return {}, []
    taken = ", ".join(f"{quoted(column)} IS NULL AND ({sql}) IS NOT NULL AS {quoted(column)}" for column, sql in filled.items())
    sums = ", ".join(f"count(*) FILTER ({quoted(column)})" for column in filled)
    cells = connection.execute(f"SELECT {sums} FROM (SELECT {taken} FROM ({raw.query}))").fetchall()[0]
    return filled, [
        Finding.of("filled_down", "note", "agency", name, column, count=amount(number, "cell"), fix="merged_fix")
        for column, number in zip(filled, cells, strict=True) if number
    ]  # fmt: skip


def _labels(kept: Sequence[str], raw: RawTable, connection: duckdb.DuckDBPyConnection) -> tuple[list[str], list[str], int]:
    """Return the columns that hold no numbers, those of them with blanks below a first label, and the number of rows."""
    if not kept:
        return [], [], 0
    words = ", ".join(f"bool_and(try_cast(replace({quoted(column)}::VARCHAR, ',', '') AS DOUBLE) IS NULL)" for column in kept)
    blanks = ", ".join(f"count(*) FILTER ({quoted(column)} IS NULL), arg_min({quoted(column)} IS NULL, {ROW_COLUMN})" for column in kept)
    row = connection.execute(f"SELECT count(*), {words}, {blanks} FROM ({raw.query})").fetchall()[0]
    labels = [column for column, word in zip(kept, row[1:], strict=False) if word]
    counts = dict(zip(kept, zip(row[1 + len(kept) :: 2], row[2 + len(kept) :: 2], strict=True), strict=True))
    return labels, [column for column in labels if 0 < counts[column][0] < row[0] and not counts[column][1]], row[0]


def _above(labels: Sequence[str], gaps: Sequence[str], raw: RawTable, connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return SQL for the columns with gaps in which a blank is the label above it, unless it stands beside a total."""
    filled: dict[str, str] = {}
    of_all: list[str] = []  # tests of the columns before
    for column in labels:
        if column in gaps:
            above = f"last_value({quoted(column)}::VARCHAR IGNORE NULLS) OVER (PARTITION BY {FILE_COLUMN} ORDER BY {ROW_COLUMN})"
            filled[column] = f"CASE WHEN {' OR '.join(of_all)} THEN {quoted(column)}::VARCHAR ELSE {above} END" if of_all else above
        values = connection.execute(f"SELECT DISTINCT {quoted(column)}::VARCHAR FROM ({raw.query})").fetchall()
        if totals := [literal(value) for (value,) in values if value and is_total(value)]:
            of_all.append(f"coalesce({filled.get(column, f'{quoted(column)}::VARCHAR')} IN ({', '.join(totals)}), false)")
    return filled


def _check(columns: Sequence[str], named: Mapping[str, str]) -> None:
    key = "periods_in_columns"
    if not named:
        example = "write months as Jul-25 or 2025-07; of names without a year (Jul, Q1) say the first month: periods_in_columns: 2025-07"
        raise ColumnError([(key, f"finds no column that is called after a period among {', '.join(columns)}; {example}")])
    twice = sorted({period for period in named.values() if list(named.values()).count(period) > 1})
    if twice:
        both = ", ".join(column for column, period in named.items() if period == twice[0])
        raise ColumnError([(key, f"finds {twice[0]} in several columns ({both}); keep one of them in the file")])
    taken = [column for column in columns if column.casefold() in (PERIOD, COUNT)]
    if taken:
        raise ColumnError([(key, f"makes the columns {PERIOD} and {COUNT}, and the file has {taken[0]} already; rename it there")])
