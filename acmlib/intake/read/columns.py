"""Columns of a file under our names: recoded, and read as dates, numbers or texts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from acmlib.contract.errors import choose
from acmlib.contract.model import Table
from acmlib.intake.connection import literal, quoted
from acmlib.intake.findings import EXAMPLES, Finding, ListText, listed
from acmlib.intake.read.dates import DATE, DAY, DateOrder, placeholders
from acmlib.intake.read.doubtful import doubtful_cells
from acmlib.intake.read.files import FILE_COLUMN, ROW_COLUMN
from acmlib.intake.read.forms import DATES, GROUP, SHEET_ERRORS, SQL_TYPES, TIME, WHY, Column, Kind
from acmlib.intake.read.guesses import MOSTLY, candidates_for, samples_of
from acmlib.intake.read.orders import DateOrders, ambiguous_dates
from acmlib.intake.read.reading import RawTable
from acmlib.intake.read.withheld import WITHHELD
from acmlib.intake.read.zones import clock_of, zone_among, zones_that_differ

__all__ = ["SQL_TYPES", "Column", "ColumnError", "DateOrder", "Kind", "Reading", "mapped", "typed"]


class ColumnError(ValueError):
    """Keys of one table that do not fit its file: (key below the table, problem) pairs in `problems`."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{key} {problem}" for key, problem in problems))


def over_texts(columns: Sequence[Column], raw: RawTable) -> tuple[list[Column], str]:
    """Return the columns over a query that computes each one's text once, and that query.

    SQL for a value names its text many times. Written out each time, DuckDB takes longer to plan a small file than to read it. Where the
    forms of the columns were tried already (`_chosen`), their values stand in a table.
    """
    short = [replace(column, text=quoted(column.name)) for column in columns]
    if raw.read_in and all(raw.read_texts.get(column.name) == column.text for column in columns):
        return [replace(one, read=raw.read.get(_plain_value(one), "")) for one in short], f"SELECT * FROM {raw.read_in}"
    texts = ", ".join(f"{column.text} AS {quoted(column.name)}" for column in columns)
    query = f"WITH texts AS MATERIALIZED (SELECT {texts}, {FILE_COLUMN}, {ROW_COLUMN} FROM ({raw.query})) SELECT * FROM texts"
    return short, query


def _plain_value(column: Column) -> str:
    """Return the SQL by which a column's values are read, days that stand for "no date" included: what is read alike is the same."""
    return replace(column, placeholders=(), read="").value


def mapped(table: Table, raw: RawTable) -> list[Column]:
    """Return our columns: those the contract names, then the rest of the file under its own names.

    Raises
    ------
    ColumnError
        If the contract names columns that the file does not have.
    """
    problems: list[tuple[str, str]] = []
    folded = {column.casefold(): column for column in raw.columns}
    sources: dict[str, str] = {}
    for ours, theirs in table.columns.items():
        found = folded.get(" ".join(theirs.split()).casefold())
        if found is None:
            problems.append((f"columns.{ours}", f"is '{theirs}'; the file has no such column; {choose(theirs, raw.columns)}"))
        else:
            sources[ours] = found
    used, taken = set(sources.values()), {name.casefold() for name in sources}
    sources |= {column: column for column in raw.columns if column not in used and column.casefold() not in taken}
    recoded = [name for name in table.recode if name not in table.codes]  # code lists are in the recode by now
    named = {"types": table.types, "recode": recoded, "codes": table.codes, "missing": table.missing, "missing_when": table.missing_when}
    for key, given in named.items():
        strangers = [name for name in given if name not in sources]
        problems += [(f"{key}.{name}", f"is no column of the table; {choose(name, sources)}") for name in strangers]
    if problems:
        raise ColumnError(problems)
    return [Column(name, source, _text(table, name, source, raw), table.types.get(name)) for name, source in sources.items()]


def _text(table: Table, name: str, source: str, raw: RawTable) -> str:
    """Return SQL for a column, recoded; with its own type if nothing is asked of it and the file has types."""
    column = quoted(source)
    missing = table.missing.get(name, {})
    recode = {**table.recode.get(name, {}), **missing}
    if not raw.types and not recode:
        return _unless_error(column)
    text = _unless_error(column) if not raw.types else f"nullif(trim({column}::VARCHAR), '')"
    if recode:
        cases = " ".join(f"WHEN {literal(theirs)} THEN {literal(ours)}" for theirs, ours in recode.items() if theirs)
        blank = f" WHEN {text} IS NULL THEN {literal(recode[''])}" if recode.get("") else ""
        whole = f"CASE {text} {cases} ELSE {text} END" if cases else text
        return f"nullif(CASE{blank} ELSE {whole} END, '')" if blank else f"nullif({whole}, '')"
    return text if name in table.types else column


def _unless_error(column: str) -> str:
    """Return SQL for a text that is null where a spreadsheet says that its formula failed."""
    return f"CASE WHEN starts_with({column}, '#') AND {column} IN ({', '.join(map(literal, SHEET_ERRORS))}) THEN NULL ELSE {column} END"


@dataclass(frozen=True)
class Reading:
    """How a column was read: its form, and how many of its filled cells have no value then."""

    column: Column
    filled: int = 0
    unread: int = 0


def typed(
    name: str, table: Table, raw: RawTable, connection: duckdb.DuckDBPyConnection, *, wanted: Mapping[str, Kind] | None = None
) -> tuple[list[Column], list[Finding]]:
    """Return the columns of a table with their types, guessed from all values where the contract says nothing; and what was noticed.

    A column is a number only if every value is one and none begins with a zero before another digit (such are codes). It is a date
    if at least 80% of its values are; the others are reported. `wanted` says what columns should hold because of how the contract uses
    them: such a column is read so if at least 80% of its values are, or if it is empty. Days that stand for "no date" (1900-01-01)
    count as blank, and are reported. A column of dates whose times of day are wanted has them beside it (`forms.TIME`).
    """
    wanted = wanted or {}
    columns = mapped(table, raw)
    reasons = [_why(column, table) for column in columns if wanted.get(column.name) == "number" and table.missing.get(column.name)]
    if raw.types:
        found, noticed = without_placeholders(name, columns, raw, connection)
        return found + reasons, noticed
    found, noticed = _typed_texts(name, table, columns, raw, connection, wanted)
    return [*found, *reasons], noticed


def _typed_texts(
    name: str, table: Table, columns: list[Column], raw: RawTable, connection: duckdb.DuckDBPyConnection, wanted: Mapping[str, Kind]
) -> tuple[list[Column], list[Finding]]:
    """Return columns of texts with their types, those that say more of some of them, and what was noticed."""
    samples = samples_of(columns, raw, connection)
    columns = _days_told(columns, samples, raw, connection)
    orders = DateOrders(raw, connection, table, [column for column in columns if any(map(DATE.fullmatch, samples[column.name]))])
    zone = zone_among(one for sample in samples.values() for one in sample)
    columns = [replace(column, zoned=zone is not None) for column in columns]
    candidates = {
        one.name: candidates_for(one, samples[one.name], table, orders, wanted.get(one.name), groups=f"{GROUP}{one.name}" in wanted)
        for one in columns
    }
    readings = _chosen(name, candidates, raw, connection)
    read = [one.column for one in readings]
    dated = [one for one in read if one.kind in ("date", "datetime")]
    unclear = [one.name for one in dated if orders.is_unclear(one)]
    findings = [ambiguous_dates(name, unclear)] if unclear else []
    findings += [_unreadable(name, one, raw, connection) for one in readings if one.unread]
    findings += _sheet_errors(name, columns, raw, connection)
    clock, elsewhere = clock_of(name, dated, table, zone, raw.query, connection)
    findings += elsewhere
    found, noticed = without_placeholders(name, [_by_clock(one, clock, table) for one in read], raw, connection)
    moments = _moments(found, table, zone, wanted)
    if zone is not None and table.time_zone is None:
        findings += zones_that_differ(name, {one.name.removeprefix(TIME): one.text for one in moments}, raw.query, connection)
    findings += doubtful_cells(name, table, [*found, *moments], wanted, raw.query, connection)
    return [*found, *_marked(found), *moments], findings + noticed


def _by_clock(column: Column, clock: int | str | None, table: Table) -> Column:
    """Return a column that is read by the clock of a place: moments always, days if the contract names the place."""
    return replace(column, zone=clock) if column.kind == "datetime" or (clock == table.time_zone and column.times) else column


def _marked(found: Sequence[Column]) -> list[Column]:
    """Return the columns that say of which numbers a sender withheld the count."""
    numbers = [one for one in found if one.marks and one.kind in ("integer", "number")]
    return [replace(one, name=f"{WITHHELD}{one.name}", kind="boolean", marks="flag") for one in numbers]


def _moments(found: Sequence[Column], table: Table, zone: int | None, wanted: Mapping[str, Kind]) -> list[Column]:
    """Return the columns that hold the times of day of others, between which there passes what passes (`forms.TIME`)."""
    timed = [one for one in found if one.kind == "date" and one.guessed and one.times and f"{TIME}{one.name}" in wanted]
    lasting = zone if table.time_zone is None else table.time_zone  # UTC is zone 0
    timed += [one for one in found if one.kind == "datetime" and lasting is not None]
    return [replace(one, name=f"{TIME}{one.name}", kind="datetime", zone=lasting, lasting=True) for one in timed]


def _why(column: Column, table: Table) -> Column:
    """Return the column that says why a number is missing."""
    reasons = ", ".join(literal(reason) for reason in dict.fromkeys(table.missing[column.name].values()))
    text = f"CASE WHEN {column.text} IN ({reasons}) THEN {column.text} END"
    return replace(column, name=f"{WHY}{column.name}", text=text, kind="text", guessed=False)


def _days_told(
    columns: Sequence[Column], samples: Mapping[str, Sequence[str]], raw: RawTable, connection: duckdb.DuckDBPyConnection
) -> list[Column]:
    """Return the columns, told of each whether all its values have the form of a day."""
    asked = [one.name for one in columns if samples[one.name] and all(re.fullmatch(DAY, value) for value in samples[one.name])]
    if not asked:
        return list(columns)
    tests = ", ".join(f"bool_and(regexp_full_match({one.text}, '{DAY}'))" for one in columns if one.name in asked)
    told = dict(zip(asked, connection.execute(f"SELECT {tests} FROM ({raw.query})").fetchall()[0], strict=True))
    return [replace(one, days=bool(told.get(one.name))) for one in columns]


def _chosen(name: str, candidates: Mapping[str, Sequence[Column]], raw: RawTable, connection: duckdb.DuckDBPyConnection) -> list[Reading]:
    """Return, for each column, the first form under which its values can be read. Each form is tried on all values once, and kept."""
    tried = [column for forms in candidates.values() for column in forms if column.kind != "text"]
    if not tried:
        return [Reading(forms[0]) for forms in candidates.values()]
    _, query = over_texts([forms[0] for forms in candidates.values()], raw)
    forms_of = {_plain_value(one): one for column in tried for one in [replace(column, text=quoted(column.name))]}
    names = {sql: quoted(f"{one.name}\x1f{at}") for at, (sql, one) in enumerate(forms_of.items())}
    kept = quoted(f"{name}/read")
    values = ", ".join(f"({sql})::{SQL_TYPES[one.kind or 'text']} AS {names[sql]}" for sql, one in forms_of.items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {kept} AS SELECT *, {values} FROM ({query})")
    raw.read_in, raw.read, raw.read_texts = kept, names, {column: forms[0].text for column, forms in candidates.items()}
    short, query = over_texts(tried, raw)
    counts = ", ".join(f"count({column.text}), count(*) FILTER ({column.unread} AND {column.filled})" for column in short)
    row = connection.execute(f"SELECT {counts} FROM ({query})").fetchall()[0]
    readings = {(column.name, column.kind): Reading(column, row[2 * i], row[2 * i + 1]) for i, column in enumerate(tried)}
    found = []
    for forms in candidates.values():
        options = [readings.get((form.name, form.kind), Reading(form)) for form in forms]
        found.append(next((one for one in options if _reads(one)), options[-1]))
    return found


def _reads(one: Reading) -> bool:
    """Whether a form fits a column well enough: the contract says so, or all values do, or most where that is enough."""
    if one.unread == 0 or not (one.column.guessed or one.column.lenient):
        return True
    tolerant = one.column.kind in ("date", "datetime") or one.column.lenient or one.column.signs
    return tolerant and one.filled - one.unread >= MOSTLY * one.filled


def _where(column: Column, condition: str, count: int, raw: RawTable, connection: duckdb.DuckDBPyConnection) -> ListText:
    """Return the first rows of a column that meet a condition, with their file if there are several."""
    rows = connection.execute(
        f"SELECT {FILE_COLUMN}, {ROW_COLUMN} FROM ({raw.query}) WHERE {condition} ORDER BY 1, 2 LIMIT {EXAMPLES}"
    ).fetchall()
    places = [(file.rpartition("/")[2], row) if len(raw.inputs) > 1 else row for file, row in rows]
    return listed(places, of="row", more=max(count - EXAMPLES, 0))


def _unreadable(name: str, one: Reading, raw: RawTable, connection: duckdb.DuckDBPyConnection) -> Finding:
    """Return the finding that some cells of a column have no value."""
    column = one.column
    where = _where(column, f"{column.filled} AND {column.unread}", one.unread, raw, connection)
    return Finding.of(
        "unreadable", "error" if one.unread > one.filled / 10 else "warning", "provider", name, column.name, one.unread, noun="value",
        examples=where, filled=f"{one.filled:,}", kind=column.kind or "text", place=f"types.{column.name}: text",
    )  # fmt: skip


def _sheet_errors(name: str, columns: Iterable[Column], raw: RawTable, connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Yield a finding for each column in which a spreadsheet shows that formulas failed."""
    if not any(file.kind != "csv" or file.path.stat().st_size < 1 << 25 for file in raw.files):
        return
    named = ", ".join(map(literal, SHEET_ERRORS))
    columns = list(columns)
    counts = ", ".join(f"count(*) FILTER ({quoted(one.source)} IN ({named}))" for one in columns)
    row = connection.execute(f"SELECT {counts} FROM ({raw.query})").fetchall()[0]
    for column, count in zip(columns, row, strict=True):
        if count:
            where = _where(column, f"{quoted(column.source)} IN ({named})", count, raw, connection)
            yield Finding.of(
                "sheet_error", "warning", "provider", name, column.name, count, noun="cell", why="unreadable_why", examples=where
            )


def without_placeholders(
    name: str, columns: Sequence[Column], raw: RawTable, connection: duckdb.DuckDBPyConnection
) -> tuple[list[Column], list[Finding]]:
    """Return columns whose days that stand for "no date" are blank, and a finding for each that has some.

    Parameters
    ----------
    raw : Raw
        With the types of columns that are read as they are.
    connection
        Where `raw` can be queried.
    """
    found, findings = list(columns), []
    dated = [at for at, column in enumerate(columns) if _type(column, raw).startswith(DATES)]
    for at, days in _days(columns, dated, raw, connection).items():
        column, empty = columns[at], placeholders(columns[at].name, days)
        if empty:
            found[at] = replace(column, placeholders=empty)
            rows = sum(rows for day, rows in days if day in empty)
            where = _where(column, f"({found[at].value}) IS NULL AND ({column.value}) IS NOT NULL", rows, raw, connection)
            findings.append(_placeholder(name, found[at], rows, where))
    return found, findings


def _type(column: Column, raw: RawTable) -> str:
    return raw.types.get(column.source, "") if column.kind is None else column.kind.upper()


def _days(
    columns: Sequence[Column], dated: Sequence[int], raw: RawTable, connection: duckdb.DuckDBPyConnection
) -> dict[int, list[tuple[dt.date, int]]]:
    """Return how many rows each of the columns at some places has on each day."""
    found: dict[int, list[tuple[dt.date, int]]] = {at: [] for at in dated}
    selects = []
    for at in dated:
        (short,), query = over_texts([columns[at]], raw)
        selects.append(
            f"SELECT {at}, _day, count(*) FROM (SELECT ({short.value})::DATE AS _day FROM ({query})) WHERE isfinite(_day) GROUP BY 2"
        )
    # Values that stand in a table already are looked at together; others are read one column after the other, in little memory.
    for select in [" UNION ALL ".join(selects)] if raw.read_in and selects else selects:
        for at, day, rows in connection.execute(select).fetchall():
            if not isinstance(day, str):
                found[at].append((day, rows))
    return found


def _placeholder(name: str, column: Column, rows: int, where: ListText) -> Finding:
    days = listed([day.isoformat() for day in column.placeholders])
    return Finding.of("placeholder", "warning", "provider", name, column.name, rows, examples=where, days=days)
