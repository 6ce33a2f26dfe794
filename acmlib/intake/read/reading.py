"""Files into DuckDB, everything still text: rows, file names and row numbers; and what had to be decided on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from acmlib.contract.model import Table
from acmlib.intake.connection import Workspace, literal, quoted
from acmlib.intake.findings import EXAMPLES, CountedMessage, Finding, amount, listed, message
from acmlib.intake.read.archives import unpacked
from acmlib.intake.read.delimited import DELIMITERS, LONGEST_CELL, CsvForm, csv_form, transcoded
from acmlib.intake.read.files import FILE_COLUMN, ROW_COLUMN, EmptySheetError, SourceError, SourceFile, sha256
from acmlib.intake.read.footers import without_footers
from acmlib.intake.read.forms import TIME
from acmlib.intake.read.raised import RaisedCell
from acmlib.intake.read.records import read_records
from acmlib.intake.read.sheets import ALL_SHEETS, read_sheet, sheet_names
from acmlib.intake.read.zones import by_january

#: Rows of an Excel sheet that are handed over at a time.
BATCH = 20_000

#: Fewer rows than this from several files are put into one table: every query would plan every file.
FEW = 200_000

#: What differs between findings that say the same of several files.
_OF_FILES = frozenset({"count", "examples", "file"})


@dataclass(frozen=True)
class Input:
    """One file that numbers come from: what a reader needs to check that it is the same file."""

    table: str  #: Table of the contract it belongs to.
    path: str  #: From the root of the workspace, with ``#Sheet`` if it is one.
    rows: int  #: Rows that were read.
    sha256: str  #: Of the file's bytes.
    columns: tuple[str, ...]  #: As in the file.


@dataclass
class RawTable:
    """A source as it is: a SQL query over its rows, its columns, and what was noticed.

    `types` holds the DuckDB type of each column if the file has types (Parquet); otherwise every column is text and `types` is empty.
    `read_in` is a table that has the texts of the columns named in `read_texts`, which holds the SQL of each, and values that were read of
    them: `read` names the column of each value by the SQL that reads it (`acmlib.intake.read.columns.over_texts`).
    """

    query: str
    columns: tuple[str, ...]
    types: dict[str, str] = field(default_factory=dict)
    inputs: list[Input] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    files: tuple[SourceFile, ...] = ()
    read_in: str = ""
    read_texts: dict[str, str] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)


def read_raw(
    name: str, table: Table, files: Sequence[SourceFile], workspace: Workspace, *, expected: frozenset[str] = frozenset()
) -> RawTable:
    """Read the files of a table, united by column name.

    CSV and Excel are read into the database as text; Parquet stays where it is and is read by each query.

    Parameters
    ----------
    workspace
        Where they are read into.
    expected
        Names that the contract uses for columns of the files, in small letters: they tell which row names the columns.

    Raises
    ------
    SourceError
        If a file cannot be read.
    """
    if all(file.kind == "parquet" for file in files):
        return _parquet(name, table, files, workspace)
    if any(file.kind == "parquet" for file in files):
        raise SourceError("names Parquet and other files at once; keep them in separate folders")
    all_sheets = any(file.sheet == ALL_SHEETS for file in files)
    files = [one for file in files for one in (unpacked(file, workspace.folder) if file.kind == "zip" else _sheets(file))]
    raw = RawTable("", (), files=tuple(files))
    parts: list[str] = []
    for i, file in enumerate(files):
        part = f"raw.{quoted(f'{name}/{i}')}"
        reader = _csv if file.kind == "csv" else _sheet
        try:
            columns = reader(part, file, name, table, workspace, raw, expected)
        except SourceError as error:
            if isinstance(error, EmptySheetError) and all_sheets and (parts or i < len(files) - 1):
                continue
            raise SourceError(f"{file.name} {error}" if len(files) > 1 else str(error)) from None
        raw.findings += without_footers(part, columns, name, file.name, table, workspace.connection)
        if all_sheets and "sheet" not in map(str.casefold, columns):
            workspace.connection.execute(f"ALTER TABLE {part} ADD COLUMN sheet VARCHAR DEFAULT {literal(str(file.sheet))}")
            columns = (*columns, "sheet")
        rows = _count(workspace.connection, part)
        shown = file.name if file.sheet is None or file.name.endswith(f"#{file.sheet}") else f"{file.name}#{file.sheet}"
        raw.inputs.append(Input(name, shown, rows, sha256(file.path), columns))
        parts.append(part)
    raw.findings = _said_once(raw.findings)
    _unite(name, raw, parts, workspace.connection, expected)
    return raw


def _said_once(findings: Sequence[Finding]) -> list[Finding]:
    """Return one finding for what was counted in each of several files or sheets, with the lines of all."""
    found: dict[tuple[object, ...], list[Finding]] = {}
    for one in findings:
        counted = isinstance(one.what, CountedMessage) and "file" in one.what.values
        same = {name: value for name, value in one.what.values.items() if name not in _OF_FILES} if counted else {}  # type: ignore[attr-defined]
        key = (one.severity, one.column, one.what.key, one.fix, *same.values()) if counted else (id(one),)  # type: ignore[attr-defined]
        found.setdefault(key, []).append(one)
    return [_of_files(same) if len(same) > 1 else same[0] for same in found.values()]


def _of_files(same: Sequence[Finding]) -> Finding:
    """Return several findings that say the same of several files as one."""
    texts = [one.what for one in same if isinstance(one.what, CountedMessage)]
    files = [str(one.values["file"]).rpartition("/")[2] for one in texts]
    places = [(file, at) for file, one in zip(files, texts, strict=True) for at in getattr(one.values.get("examples"), "items", ())]
    rows, noun = sum(one.rows for one in same), str(getattr(texts[0].values["count"], "noun", "line"))
    others = {name: value for name, value in texts[0].values.items() if name not in _OF_FILES}
    examples = listed(places, of="row", more=max(rows - len(places), 0)) if places else ""
    what = message(texts[0].key, **others, count=amount(rows, noun), file=listed(files, most=2), examples=examples)
    return replace(same[0], what=what, rows=rows)


def _unite(name: str, raw: RawTable, parts: Sequence[str], connection: duckdb.DuckDBPyConnection, expected: frozenset[str]) -> None:
    """Make one query of the tables of several files."""
    raw.columns = _one_name_each(raw, parts, connection, expected)
    raw.findings += _differences(name, raw)
    raw.query = " UNION ALL BY NAME ".join(f"SELECT * FROM {part}" for part in parts)
    if len(parts) > 1 and sum(one.rows for one in raw.inputs) < FEW:
        connection.execute(f"CREATE TABLE raw.{quoted(f'{name}/all')} AS {raw.query}")
        raw.query = f"SELECT * FROM raw.{quoted(f'{name}/all')}"


def _one_name_each(
    raw: RawTable, parts: Sequence[str], connection: duckdb.DuckDBPyConnection, expected: frozenset[str]
) -> tuple[str, ...]:  # fmt: skip
    """Return the columns of all files; Visit Date, visit_date and VISIT DATE are one: that which the contract uses, or the first."""
    bare = [[_bare(column) for column in one.columns] for one in raw.inputs]
    spelt: dict[str, dict[str, str]] = {}
    for column in (column for one in raw.inputs for column in one.columns):
        spelt.setdefault(_bare(column), {}).setdefault(column.casefold(), column)
    used = {key: sorted(expected & spellings.keys()) for key, spellings in spelt.items()}
    double = {key for keys in bare for key in keys if keys.count(key) > 1 or not key or len(used[key]) > 1}
    preferred, names = {key: spelt[key][found[0]] for key, found in used.items() if found}, dict[str, str]()
    for at, part in enumerate(parts):
        columns = raw.inputs[at].columns
        keys = [f" {column.casefold()}" if key in double else key for key, column in zip(bare[at], columns, strict=True)]
        first = [names.setdefault(key, preferred.get(key, column)) for key, column in zip(keys, columns, strict=True)]
        for column, other in zip(columns, first, strict=True):
            if column.casefold() != other.casefold():
                connection.execute(f"ALTER TABLE {part} RENAME COLUMN {quoted(column)} TO {quoted(other)}")
        raw.inputs[at] = replace(raw.inputs[at], columns=tuple(first))
    return tuple(names.values())


def _bare(column: str) -> str:
    """Return the name of a column without what is written in several ways; signs that tell columns apart stay: Served (%), Age 1-5."""
    apart = re.sub(r"(?<=\d)[\W_]+(?=\d)", "-", column.casefold())
    return re.sub(r"(?!(?<=\d)-)[^\w%#$€£<>+=]|_", "", apart)


def _sheets(file: SourceFile) -> list[SourceFile]:
    """Return a file for each sheet, where all are asked for."""
    if file.kind != "excel" or file.sheet != ALL_SHEETS:
        return [file]
    return [replace(file, sheet=one, name=f"{file.name}#{one}") for one in sheet_names(file)]


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {relation}").fetchall()[0]
    return int(row[0])


def _csv(
    part: str, file: SourceFile, name: str, table: Table, workspace: Workspace, raw: RawTable, expected: frozenset[str]
) -> tuple[str, ...]:
    form = csv_form(file, table, expected=expected)
    path, compressed = file.path, form.compressed
    if form.encoding != "utf-8":
        path, compressed = workspace.folder / "utf8.csv", False
        lost = transcoded(file, form, path)
        raw.findings += _encoding_findings(name, file, form, lost, stated=table.encoding is not None)
    cells = ", ".join(f"nullif(trim({quoted(column)}), '') AS {quoted(column)}" for column in form.columns)
    try:
        workspace.connection.execute(
            f"CREATE TABLE {part} AS SELECT {cells}, {literal(file.name)} AS {FILE_COLUMN}, "
            f"(row_number() OVER ())::BIGINT + {form.first_row - 1} AS {ROW_COLUMN} FROM {csv_reader(path, form, compressed=compressed)}"
        )
        lines = [row[0] for row in workspace.connection.execute("SELECT DISTINCT line FROM rejected ORDER BY line").fetchall()]
    except duckdb.Error:  # its message would quote the line, and with it a participant
        raise SourceError(
            f"cannot be read as CSV with the delimiter '{form.delimiter}'; check quotes and delimiter, or save it anew"
        ) from None
    finally:
        workspace.connection.execute("DROP TABLE IF EXISTS rejected")
        workspace.connection.execute("DROP TABLE IF EXISTS rejected_scans")
        if path != file.path:
            path.unlink(missing_ok=True)
    _count_rejected(part, lines, workspace.connection)
    blank = " AND ".join(f"{quoted(column)} IS NULL" for column in form.columns)
    workspace.connection.execute(f"DELETE FROM {part} WHERE {blank}")
    raw.findings += _otherwise_divided(part, form, name, file, workspace.connection)
    _refuse_swallowed(part, form, workspace.connection)
    if len(lines) > _count(workspace.connection, part):
        raise SourceError(
            "has more lines that do not fit the first than lines that do; begin with the names of the columns, without a title"
        )
    if lines:
        raw.findings.append(
            Finding.of(
                "rejected", "error", "provider", name, None, len(lines), noun="line", examples=listed(lines, of="line"), file=file.name
            )
        )
    return form.columns


def _count_rejected(part: str, lines: Sequence[int], connection: duckdb.DuckDBPyConnection) -> None:
    """Make the numbers of rows those of their lines where lines before them could not be read."""
    if lines:
        shifts = pa.table({"first": pa.array([line - at for at, line in enumerate(lines)]), "more": pa.array(range(1, len(lines) + 1))})
        connection.register("shifts", shifts)
        found = f"SELECT p.{ROW_COLUMN} AS given, max(s.more) AS more FROM {part} AS p ASOF JOIN shifts AS s ON p.{ROW_COLUMN} >= s.first"
        connection.execute(f"UPDATE {part} SET {ROW_COLUMN} = {ROW_COLUMN} + more FROM ({found} GROUP BY 1) WHERE {ROW_COLUMN} = given")
        connection.unregister("shifts")


def csv_reader(path: Path, form: CsvForm, *, compressed: bool, types: Mapping[str, str] | None = None, parallel: bool = False) -> str:
    """Return SQL that reads a CSV file: every column as text unless `types` says otherwise; lines that do not fit go to ``rejected``."""
    columns = "{" + ", ".join(f"{literal(column)}: {literal((types or {}).get(column, 'VARCHAR'))}" for column in form.columns) + "}"
    return (
        f"read_csv({literal(str(path))}, auto_detect=false, header={'true' if form.headed else 'false'}, skip={form.skipped}, "
        f"delim={literal(form.delimiter)}, quote='\"', escape='\"', columns={columns}, null_padding=true, "
        f"parallel={'true' if parallel else 'false'}, ignore_errors=true, store_rejects=true, rejects_table='rejected', "
        f"rejects_scan='rejected_scans', compression='{'gzip' if compressed else 'none'}')"
    )


def _refuse_swallowed(part: str, form: CsvForm, connection: duckdb.DuckDBPyConnection) -> None:
    """Raise an error if a cell holds lines that look like rows: a quote opens in it that closes somewhere else."""
    if not form.quotes or form.lines - form.first_row + 2 <= _count(connection, part) + LONGEST_CELL:
        return
    sign = literal(form.delimiter)
    for column in form.columns:
        cell = quoted(column)
        ends, signs = (f"(length({cell}) - length(replace({cell}, {one}, '')))" for one in ("chr(10)", sign))
        found = connection.execute(
            f"SELECT min({ROW_COLUMN}), max({ends}) FROM {part} WHERE contains({cell}, chr(10)) AND {ends} > {LONGEST_CELL} "
            f"AND {signs} >= {ends} * {max(1, (len(form.columns) - 1) // 2)}"
        ).fetchall()[0]
        if found[0]:
            raise SourceError(f"has a quote that opens about line {found[0]:,} and closes {found[1]:,} lines further on, so that the rows "
                              "between would be lost; close it where the cell ends, or remove it")  # fmt: skip


def is_otherwise_divided(form: CsvForm) -> str:
    """Return SQL for whether a line is divided by another delimiter than its file, so that all of it stands in the first column."""
    first, *others = map(quoted, form.columns)
    signs = (
        [sign for sign in DELIMITERS if sign != form.delimiter] if len(others) > 1 else []
    )  # of two columns it is a text with a sign in it
    ends = [f"length({first}::VARCHAR) - length(replace({first}::VARCHAR, {literal(sign)}, '')) >= {len(others)}" for sign in signs]
    return " AND ".join([f"({' OR '.join(ends) or 'false'})", *(f"{other} IS NULL" for other in others)])


def _otherwise_divided(part: str, form: CsvForm, name: str, file: SourceFile, connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Delete the lines that another delimiter divides, and yield a finding about them."""
    lines = [row[0] for row in connection.execute(
        f"DELETE FROM {part} WHERE {is_otherwise_divided(form)} RETURNING {ROW_COLUMN}"
    ).fetchall()]  # fmt: skip
    if lines:
        yield Finding.of(
            "other_delimiter", "error", "provider", name, None, len(lines), noun="line", why="rejected_why",
            examples=listed(sorted(lines), of="line"), file=file.name, sign="tab" if form.delimiter == "\t" else form.delimiter,
        )  # fmt: skip


def _encoding_findings(name: str, file: SourceFile, form: CsvForm, lost: int, *, stated: bool) -> Iterator[Finding]:
    if lost:
        yield Finding.of("encoding", "warning", "provider", name, count=amount(lost, "character"), file=file.name, encoding=form.encoding)
    elif not stated and not form.marked:
        yield Finding(
            "note", name, None, f"{file.name} is not UTF-8 and was read as Windows-1252", 0,
            "Letters with accents may be wrong if it was something else", (), "save the file as UTF-8, or give encoding", "provider",
        )  # fmt: skip


def _sheet(
    part: str, file: SourceFile, name: str, table: Table, workspace: Workspace, raw: RawTable, expected: frozenset[str]
) -> tuple[str, ...]:
    sheet = read_sheet(file, table, expected=expected) if file.kind == "excel" else read_records(file)
    columns, rows = sheet.columns, sheet.rows
    ours = {theirs.casefold(): own for own, theirs in table.columns.items()}
    raw.findings += [_unstored(name, ours.get(column.casefold(), column), file, cells) for column, cells in sheet.formulas.items()]
    raw.findings += [_merged(name, ours.get(column.casefold(), column), file, cells) for column, cells in sheet.merged.items()]
    raw.findings += [_raised(name, ours.get(column.casefold(), column), file, table, cells) for column, cells in sheet.raised.items()]
    definition = ", ".join(f"{quoted(column)} VARCHAR" for column in columns)
    connection = workspace.connection
    connection.execute(f"CREATE TABLE {part} ({definition}, {FILE_COLUMN} VARCHAR, {ROW_COLUMN} BIGINT)")
    row_number = sheet.first_row - 1
    while batch := list(islice(rows, BATCH)):
        cells: list[list[str | None]] = [[*row, *[None] * (len(columns) - len(row))] for row in batch]
        arrays = [pa.array([(row[i] or "").strip() or None for row in cells], pa.string()) for i in range(len(columns))]
        numbers = pa.array(range(row_number + 1, row_number + 1 + len(cells)), pa.int64())
        row_number += len(cells)
        names = pa.array([file.name] * len(cells), pa.string())
        connection.register("excel_batch", pa.table([*arrays, names, numbers], names=[*columns, FILE_COLUMN, ROW_COLUMN]))
        connection.execute(f"INSERT INTO {part} SELECT * FROM excel_batch")
        connection.unregister("excel_batch")
    blank = " AND ".join(f"{quoted(column)} IS NULL" for column in columns)
    connection.execute(f"DELETE FROM {part} WHERE {blank}")  # Excel keeps formatted rows that hold nothing
    return columns


def _merged(name: str, column: str, file: SourceFile, cells: int) -> Finding:
    return Finding.of("merged", "note", "provider", name, column, cells, noun="cell", file=file.name)


def _raised(name: str, column: str, file: SourceFile, table: Table, cells: Sequence[RaisedCell]) -> Finding:
    secret = column in (table.id, table.person, table.household, *table.private)
    shown = listed([cell.place if secret else f"{cell.place}: {cell.text}" for cell in cells])
    return Finding.of("raised", "warning", "provider", name, column, len(cells), noun="cell", file=file.name, examples=shown)


def _unstored(name: str, column: str, file: SourceFile, cells: int) -> Finding:
    return Finding.of("formulas", "error", "provider", name, column, cells, noun="cell", file=file.name)


def _parquet(name: str, table: Table, files: Sequence[SourceFile], workspace: Workspace) -> RawTable:
    raw, zones = RawTable("", (), files=tuple(files)), dict[str, str]()
    for file in files:
        try:
            head = pq.ParquetFile(file.path)
        except (pa.ArrowException, OSError):
            raise SourceError(f"cannot be read as Parquet ({file.name}); ask for the file again") from None
        zones |= {one.name: one.type.tz for one in head.schema_arrow if pa.types.is_timestamp(one.type) and one.type.tz}
        raw.inputs.append(Input(name, file.name, head.metadata.num_rows, sha256(file.path), tuple(head.schema_arrow.names)))
    paths = ", ".join(literal(str(file.path)) for file in files)
    reader = f"read_parquet([{paths}], union_by_name={'true' if len(files) > 1 else 'false'}, hive_partitioning=false"
    # DuckDB knows a file by its place on the machine; people know it by its place in the workspace.
    names = "map{" + ", ".join(f"{literal(str(file.path))}: {literal(file.name)}" for file in files) + "}"
    told, moments = _in_their_zone(zones, table.time_zone)
    raw.query = (
        f"SELECT * EXCLUDE (_path, file_row_number) {told}{moments}, {names}[_path] AS {FILE_COLUMN}, file_row_number + 1 AS {ROW_COLUMN} "
        f"FROM {reader}, filename='_path', file_row_number=true)"
    )
    raw.columns = tuple(str(row[0]) for row in workspace.connection.execute(f"DESCRIBE SELECT * FROM {reader})").fetchall())
    raw.findings += _differences(name, raw)
    described = workspace.connection.execute(f"DESCRIBE SELECT * EXCLUDE ({FILE_COLUMN}, {ROW_COLUMN}) FROM ({raw.query})").fetchall()
    raw.types = {str(row[0]): str(row[1]) for row in described}
    raw.columns = tuple(raw.types)
    return raw


def _in_their_zone(zones: Mapping[str, str], place: str | None) -> tuple[str, str]:
    """Return SQL that tells moments by the clock of a place, or else of their zone, and more columns with what lasts between them.

    Days are those of the place, summer time included; between moments there passes what passes: their own columns (`forms.TIME`) are by
    the clock that the zone has in January.
    """
    told, moments = [], []
    for column, zone in zones.items():
        name = place or (zone if re.fullmatch(r"[A-Za-z]+(/[A-Za-z_/]+)?", zone) else "UTC")
        told.append(f"timezone({literal(name)}, {quoted(column)}) AS {quoted(column)}")
        moments.append(f", {by_january(name, quoted(column))} AS {quoted(TIME + column)}")
    return f"REPLACE ({', '.join(told)})" if told else "", "".join(moments)


def _differences(name: str, raw: RawTable) -> Iterator[Finding]:
    """Yield a finding for each column that some files of a glob or folder have and others lack."""
    for column in raw.columns if len(raw.inputs) > 1 else ():
        without = [given for given in raw.inputs if column not in given.columns]
        if without:
            which = listed([given.path for given in without], most=EXAMPLES)
            yield Finding.of(
                "differs", "warning", "provider", name, column, sum(given.rows for given in without), number=f"{len(without)}",
                of=f"{len(raw.inputs)}", list=which,
            )  # fmt: skip
