"""Large CSV files in one pass: read by all cores, typed as their first rows say, and kept as Parquet in the private folder.

Whatever does not fit (a value of another type, a blank around a text, a line that is no row) sends the file the careful way of
`acmlib.intake.read.reading`, which finds out what each column is from all its values: this way is never another answer, only a faster one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import duckdb

from acmlib.contract.model import Table
from acmlib.intake.connection import Workspace, literal, quoted
from acmlib.intake.findings import Finding
from acmlib.intake.read.columns import SQL_TYPES, Column, Kind, typed, without_placeholders
from acmlib.intake.read.delimited import CsvForm, csv_form
from acmlib.intake.read.files import FILE_COLUMN, ROW_COLUMN, SourceError, SourceFile, sha256
from acmlib.intake.read.headers import CLOSING
from acmlib.intake.read.reading import Input, RawTable, csv_reader, is_otherwise_divided

#: Smaller files are read the careful way: it takes a moment.
LARGE = 16 << 20

#: Rows from which the types of columns are told; a column that is empty in all of them is left to the careful way.
ROWS = 5_000

#: Bytes at the end of a file in which a total or a note is looked for.
TAIL = 1 << 13

_UNFIT = "_unfit"

#: What DuckDB raises if a file is not what its first rows promise. Anything else is told: it would fail the careful way, too.
OUT_OF_LINE = (duckdb.DataError, duckdb.InvalidInputException)


def read_quickly(
    name: str, table: Table, files: Sequence[SourceFile], workspace: Workspace, *, expected: frozenset[str], wanted: Mapping[str, Kind]
) -> tuple[RawTable, list[Finding]] | None:
    """Make the view ``typed.<name>`` over large CSV files that are what their first rows promise; None if they are not, or not large.

    Parameters
    ----------
    workspace
        Whose private folder takes the Parquet files.
    expected, wanted
        Names and types of columns that the contract uses (`acmlib.intake.build.usage`).

    Returns
    -------
    raw, findings
        What was read: its `files` are the Parquet files; and what was noticed.
    """
    forms = _forms(table, files, expected)
    columns = forms and _from_sample(name, table, files, forms, workspace.connection, wanted)
    if not forms or not columns:
        return None
    with ThreadPoolExecutor(max_workers=1) as hashing:  # beside the reading, which leaves Python alone
        hashes = [hashing.submit(sha256, file.path) for file in files]
        parts = []
        for at, (file, form) in enumerate(zip(files, forms, strict=True)):
            place = workspace.folder / f"{name}-{at}.parquet"
            rows = _copied(file, form, columns, place, workspace.connection)
            if rows is None:
                return None
            parts.append((place, rows))
        inputs = [Input(name, file.name, rows, one.result(), form.columns)
                  for file, form, (_, rows), one in zip(files, forms, parts, hashes, strict=True)]  # fmt: skip
    selects = [_select(columns, place, file, form) for (place, _), file, form in zip(parts, files, forms, strict=True)]
    raw = RawTable(" UNION ALL ".join(selects), forms[0].columns, inputs=inputs)
    raw.types = {column.name: SQL_TYPES[column.kind or "text"] for column in columns}
    plain = [Column(column.name, column.name, quoted(column.name)) for column in columns]
    found, findings = without_placeholders(name, plain, raw, workspace.connection)
    values = ", ".join(f"{column.value} AS {quoted(column.name)}" for column in found)
    workspace.connection.execute(f"CREATE VIEW typed.{quoted(name)} AS SELECT {values}, {FILE_COLUMN}, {ROW_COLUMN} FROM ({raw.query})")
    kept = tuple(SourceFile(place, file.name, "parquet") for (place, _), file in zip(parts, files, strict=True))
    return replace(raw, types={}, files=kept), findings


def _forms(table: Table, files: Sequence[SourceFile], expected: frozenset[str]) -> list[CsvForm]:
    """Return how files are written if they are large and look alike; none if one needs the careful way."""
    if not _is_plain(table) or any(file.kind != "csv" or file.path.name.endswith(".gz") for file in files):
        return []
    if sum(file.path.stat().st_size for file in files) < LARGE:
        return []
    forms = [csv_form(file, table, expected=expected) for file in files]
    alike = all(form.encoding == "utf-8" and set(form.columns) == set(forms[0].columns) for form in forms)
    return forms if alike and not any(map(_has_footer, files, forms)) else []


def _is_plain(table: Table) -> bool:
    """Whether nothing is asked of a table that needs its texts: codes are compared with what a recode knows, counts may be withheld."""
    return table.kind == "rows" and not (table.recode or table.missing or table.codes or table.skip_footer or table.encoding)


def _has_footer(file: SourceFile, form: CsvForm) -> bool:
    """Whether the last lines of a file are narrower than rows are, or begin as totals and notes do."""
    with file.path.open("rb") as raw:
        raw.seek(max(0, file.path.stat().st_size - TAIL))
        lines = raw.read().decode("utf-8", errors="replace").splitlines()[1:][-60:]
    return any(line.count(form.delimiter) < len(form.columns) - 1 or bool(CLOSING.match(line.strip('" '))) for line in lines)


def _from_sample(
    name: str,
    table: Table,
    files: Sequence[SourceFile],
    forms: Sequence[CsvForm],
    connection: duckdb.DuckDBPyConnection,
    wanted: Mapping[str, Kind],
) -> list[Column] | None:
    """Return the columns as the first rows of each file have them; None if these rows are not of one kind."""
    found: list[Column] | None = None
    for file, form in zip(files, forms, strict=True):
        cells = ", ".join(f"nullif(trim({quoted(column)}), '') AS {quoted(column)}" for column in form.columns)
        reader = csv_reader(file.path, form, compressed=False)
        try:
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE first_rows AS SELECT {cells}, {literal(file.name)} AS {FILE_COLUMN}, "
                f"(row_number() OVER ())::BIGINT AS {ROW_COLUMN} FROM {reader} LIMIT {ROWS}"
            )
            sample = RawTable("SELECT * FROM first_rows", form.columns, files=(file,))
            columns, findings = typed(name, table, sample, connection, wanted=wanted)
            filled = connection.execute("SELECT count(COLUMNS(*)) FROM first_rows").fetchall()[0]
        except OUT_OF_LINE:
            return None
        finally:
            _forget_rejected(connection)
        by_name = {column.name: column for column in columns}
        if found is not None:
            same = all(by_name[one.name].kind == one.kind and by_name[one.name].order == one.order for one in found)
            columns = found if same else []
        if findings or not all(filled) or not columns or any((column.zoned or column.zone) for column in columns):
            return None
        found = columns
    return found


def _forget_rejected(connection: duckdb.DuckDBPyConnection) -> None:
    for relation in ("rejected", "rejected_scans"):
        connection.execute(f"DROP TABLE IF EXISTS {relation}")


def _copied(file: SourceFile, form: CsvForm, columns: Sequence[Column], place: Path, connection: duckdb.DuckDBPyConnection) -> int | None:
    """Write a file as Parquet; return its rows, or None if a line or a value does not fit."""
    first = [column for column in columns if column.kind in ("date", "datetime") and column.order == "year first"]
    native = {column.source: "TIMESTAMP" if column.times else "DATE" for column in first}
    values = ", ".join(f"{_value(column, native)} AS {quoted(column.name)}" for column in columns)
    unfit = " OR ".join(f"coalesce({test}, false)" for column in columns if (test := _unfit(column, native)))
    empty = " AND ".join(f"{quoted(column)} IS NULL" for column in form.columns)
    unfit = f"{unfit or 'false'} OR ({empty}) OR coalesce({is_otherwise_divided(form)}, false)"
    reader = csv_reader(file.path, form, compressed=False, types=native, parallel=True)
    try:
        connection.execute(
            f"COPY (SELECT {values}, ({unfit}) AS {_UNFIT} FROM {reader}) "
            f"TO {literal(str(place))} (FORMAT parquet, COMPRESSION uncompressed)"
        )
        lost = connection.execute("SELECT count(*) FROM rejected").fetchall()[0][0]
    except OUT_OF_LINE:
        return None
    except duckdb.OperationalError:  # its message names a place on this machine
        raise SourceError(
            "cannot be kept while it is read: memory, or the disk with the folder for temporary files, is full; make room, or name a "
            "folder on a larger disk in TMPDIR"
        ) from None
    finally:
        _forget_rejected(connection)
    return None if lost else _fitting_rows(form, columns, place, connection)


def _fitting_rows(form: CsvForm, columns: Sequence[Column], place: Path, connection: duckdb.DuckDBPyConnection) -> int | None:
    """Return the rows of a Parquet file that was made of a file; None if a line or a value of that does not fit, or nothing is in it."""
    # A text with blanks around it or an error of a spreadsheet; asked of the Parquet file, which holds each text that recurs once.
    texts = (quoted(column.name) for column in columns if column.kind in (None, "text"))
    strange_texts = [f"ascii({one}) <= 35 OR ascii({one}) = 160 OR ends_with({one}, ' ') OR ends_with({one}, chr(160))" for one in texts]
    tests = ", ".join(f"coalesce(bool_or({test}), false)" for test in (_UNFIT, *strange_texts))
    rows, *found = connection.execute(f"SELECT count(*), {tests} FROM read_parquet({literal(str(place))})").fetchall()[0]
    swallowed = form.quotes > 0 and form.lines - form.first_row + 2 > rows
    return None if any(found) or swallowed else int(rows) or None


def _value(column: Column, native: Mapping[str, str]) -> str:
    source = quoted(column.source)
    if column.source in native:
        return f"{source}::{SQL_TYPES[column.kind or 'date']}"
    if column.kind in (None, "text"):
        return source
    if column.kind == "boolean":
        return f"CASE {source} WHEN 'true' THEN true WHEN 'false' THEN false END"
    if column.plain:
        return f"try_cast({source} AS {SQL_TYPES[column.kind]})"
    return f"({column.value})::{SQL_TYPES[column.kind]}"


def _unfit(column: Column, native: Mapping[str, str]) -> str:
    """Return SQL for whether a text is not what its column promises. It may be true of what is right: then the careful way is taken."""
    text = quoted(column.source)
    if column.source in native:
        return ""
    if column.kind in (None, "text"):
        return ""
    if column.kind == "integer" and column.plain:
        return f"{text} IS NOT NULL AND try_cast({text} AS BIGINT)::VARCHAR IS DISTINCT FROM {text}"
    if column.kind == "number" and column.plain:
        number = f"try_cast({text} AS DOUBLE)"
        zero = " OR ".join(f"(starts_with({text}, '{sign}0') AND length({text}) > {len(sign) + 1} AND NOT starts_with({text}, '{sign}0.'))"
                           for sign in ("", "-", "+"))  # fmt: skip
        return f"{text} IS NOT NULL AND (coalesce(NOT isfinite({number}), true) OR length({text}) > 17 OR {zero})"
    return f"{text} IS NOT NULL AND ({_value(column, native)}) IS NULL"


def _select(columns: Sequence[Column], place: Path, file: SourceFile, form: CsvForm) -> str:
    names = ", ".join(quoted(column.name) for column in columns)
    return (
        f"SELECT {names}, {literal(file.name)} AS {FILE_COLUMN}, file_row_number + {form.first_row} AS {ROW_COLUMN} "
        f"FROM read_parquet({literal(str(place))}, file_row_number=true)"
    )
