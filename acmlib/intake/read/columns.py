"""Columns of a file under our names: recoded, and read as dates, numbers or texts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import duckdb

from acmlib.contract.errors import choose
from acmlib.contract.model import Table
from acmlib.intake.connection import literal, quoted
from acmlib.intake.findings import EXAMPLES, Finding, listed, said, told
from acmlib.intake.read.files import ROW_COLUMN
from acmlib.intake.read.reading import Raw

Kind = Literal["text", "integer", "number", "date", "boolean"]
DateOrder = Literal["year first", "month first", "day first"]

SQL_TYPES: Mapping[Kind, str] = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "boolean": "BOOLEAN"}

#: Values looked at before a type is tried on the whole column.
SAMPLE = 500

#: Share of a column's values that must be dates for it to be one; the others are reported and left blank.
MOSTLY = 0.8

#: What stands for "nothing" in columns of numbers and dates. In texts these stay: there, "none" may be an answer.
BLANKS = ("na", "n/a", "nan", "null", "none", "-", ".", "?", "#n/a", "unknown")

_INTEGER = re.compile(r"[-+]?\d{1,18}")
_POINT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?")
_COMMA = re.compile(r"[-+]?\d+(,\d+)?")
_LEADING_ZERO = re.compile(r"0\d")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?:[ T].*)?")
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T].*)?|\d{1,2}[/.-]\d{1,2}[/.-](\d{4}|\d{2})([ T].*)?|\d{1,2}[- ][A-Za-z]{3}[- ]\d{4}")
_DATE_NAME = re.compile(r"(^|_)(on|date|day)$|^date(_|$)|date$", re.IGNORECASE)

#: What a number looks like where the contract does not say that a column holds numbers: 007 is a code, and so are 16 digits.
_PLAIN: Mapping[Kind, str] = {
    "integer": r"[-+]?(0|[1-9]\d{0,17})",
    "number": r"[-+]?((0|[1-9]\d{0,14})(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?",
}
_BLANKS = ", ".join(map(literal, BLANKS))

_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_YEAR_FIRST = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d")
_YEAR_LAST = ("%d.%m.%y", "%d.%m.%Y", "%d-%b-%Y", "%d %b %Y")
_BY_ORDER: Mapping[DateOrder, tuple[str, ...]] = {
    "year first": (),
    "month first": ("%m/%d/%y", "%m/%d/%Y", "%m-%d-%y", "%m-%d-%Y"),
    "day first": ("%d/%m/%y", "%d/%m/%Y", "%d-%m-%y", "%d-%m-%Y"),
}


@dataclass(frozen=True)
class Column:
    """A column of ours and where it comes from.

    Attributes
    ----------
    name, source : str
        Our name, and the file's.
    text : str
        SQL for its text, recoded.
    kind : str or None
        How it is read; None if the file (Parquet) says so and the contract does not.
    order : str
        Of dates with slashes.
    comma : bool
        Whether numbers have a decimal comma.
    guessed : bool
        Whether the type is a guess from the values rather than said by the contract.
    lenient : bool
        Whether a column stays text if fewer than 80% of its values fit the type.
    """

    name: str
    source: str
    text: str
    kind: Kind | None = None
    order: DateOrder = "month first"
    comma: bool = False
    guessed: bool = False
    lenient: bool = False

    @property
    def filled(self) -> str:
        """SQL for whether a cell says anything."""
        return f"({self.text} IS NOT NULL AND lower({self.text}) NOT IN ({_BLANKS}))"

    @property
    def plain(self) -> str | None:
        """What every value must look like if the column was taken for numbers with a decimal point; None if it was not."""
        return _PLAIN.get(self.kind) if self.guessed and self.kind and not self.comma else None

    @property
    def unread(self) -> str:
        """SQL for whether a filled cell has no value."""
        return f"(NOT regexp_full_match({self.text}, '{self.plain}'))" if self.plain else f"(({self.value}) IS NULL)"

    @property
    def value(self) -> str:
        """SQL for its value; what cannot be read is null."""
        if self.kind is None or self.kind == "text":
            return self.text
        if self.plain:
            number = f"try_cast({self.text} AS {SQL_TYPES[self.kind]})"
            return number if self.kind == "integer" else f"nullif({number}, 'nan'::DOUBLE)"
        text = f"CASE WHEN lower({self.text}) IN ({_BLANKS}) THEN NULL ELSE {self.text} END"
        if self.kind == "date":
            return self._day(text)
        if self.kind == "boolean":
            return f"CASE lower({text}) WHEN 'true' THEN true WHEN 'false' THEN false WHEN 'yes' THEN true WHEN 'no' THEN false END"
        digits = f"replace(replace({text}, '.', ''), ',', '.')" if self.comma else f"replace({text}, ',', '')"
        pattern = r"[-+]?\d{1,18}(\.0*)?" if self.kind == "integer" else r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?"
        return f"CASE WHEN regexp_full_match({digits}, '{pattern}') THEN try_cast({digits} AS {SQL_TYPES[self.kind]}) END"

    def _day(self, text: str) -> str:
        """Return SQL for the day that a text means. Only four digits are a year first: 3/4/25 is no day of the year 3."""
        # Fractions of a second and time zones say nothing about the day.
        whole = rf"regexp_replace({text}, '(:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$', '\1')"
        first, last = (
            f"try_strptime({whole}, [{', '.join(literal(form + time) for form in forms for time in _TIMES)}])::DATE"
            for forms in (_YEAR_FIRST, (*_YEAR_LAST, *_BY_ORDER[self.order]))
        )
        plain = rf"WHEN regexp_full_match({self.text}, '\d{{4}}-\d\d-\d\d') THEN try_cast({self.text} AS DATE)"
        return rf"CASE {plain} WHEN regexp_matches({self.text}, '^\d{{4}}') THEN {first} ELSE {last} END"


class ColumnError(ValueError):
    """Keys of one table that do not fit its file: (key below the table, problem) pairs in `problems`."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{key} {problem}" for key, problem in problems))


def mapped(table: Table, raw: Raw) -> list[Column]:
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
    for key, given in (("types", table.types), ("recode", table.recode)):
        strangers = [name for name in given if name not in sources]
        problems += [(f"{key}.{name}", f"is no column of the table; {choose(name, sources)}") for name in strangers]
    if problems:
        raise ColumnError(problems)
    return [Column(name, source, _text(table, name, source, raw), table.types.get(name)) for name, source in sources.items()]


def _text(table: Table, name: str, source: str, raw: Raw) -> str:
    """Return SQL for a column, recoded; with its own type if nothing is asked of it and the file has types."""
    column = quoted(source)
    recode = table.recode.get(name, {})
    if not raw.types and not recode:
        return column
    text = column if not raw.types else f"nullif(trim({column}::VARCHAR), '')"
    if recode:
        cases = " ".join(f"WHEN {literal(theirs)} THEN {literal(ours)}" for theirs, ours in recode.items() if theirs)
        blank = f" WHEN {text} IS NULL THEN {literal(recode[''])}" if recode.get("") else ""
        whole = f"CASE {text} {cases} ELSE {text} END" if cases else text
        return f"nullif(CASE{blank} ELSE {whole} END, '')" if blank else f"nullif({whole}, '')"
    return text if name in table.types else column


@dataclass(frozen=True)
class Reading:
    """How a column was read: its form, and how many of its filled cells have no value then."""

    column: Column
    filled: int = 0
    unread: int = 0


def typed(
    name: str, table: Table, raw: Raw, connection: duckdb.DuckDBPyConnection, *, wanted: Mapping[str, Kind] | None = None
) -> tuple[list[Column], list[Finding]]:
    """Return the columns of a table with their types, guessed from all values where the contract says nothing; and what was noticed.

    A column is a number only if every value is one and none begins with a zero before another digit (such are codes). It is a date
    if at least 80% of its values are; the others are reported. `wanted` says what columns should hold because of how the contract uses
    them: such a column is read so if at least 80% of its values are, or if it is empty.
    """
    columns = mapped(table, raw)
    if raw.types:
        return columns, []
    samples = _samples(columns, raw, connection)
    candidates: dict[str, list[Column]] = {}
    unclear: set[str] = set()
    for column in columns:
        candidates[column.name], ambiguous = _candidates(
            column, samples[column.name], table, raw, connection, (wanted or {}).get(column.name)
        )
        unclear |= {column.name} if ambiguous else set()
    readings = _chosen(candidates, raw, connection)
    findings = [_ambiguous(name, one.column) for one in readings if one.column.kind == "date" and one.column.name in unclear]
    return [one.column for one in readings], findings + [_unreadable(name, one, raw, connection) for one in readings if one.unread]


def _samples(columns: Sequence[Column], raw: Raw, connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Return some values of each column, without blanks: from the first rows, or from anywhere if those hold none."""
    texts = ", ".join(f"{column.text} AS {quoted(column.name)}" for column in columns)
    head = connection.execute(f"SELECT {texts} FROM ({raw.query}) LIMIT {SAMPLE}").fetchall()
    found = {}
    for i, column in enumerate(columns):
        values = {row[i] for row in head}
        if values <= {None}:
            rows = connection.execute(f"SELECT {column.text} AS v FROM ({raw.query}) WHERE v IS NOT NULL LIMIT {SAMPLE}").fetchall()
            values = {row[0] for row in rows}
        found[column.name] = [str(value) for value in values if value is not None and str(value).lower() not in BLANKS]
    return found


def _candidates(
    column: Column, sample: Sequence[str], table: Table, raw: Raw, connection: duckdb.DuckDBPyConnection, wanted: Kind | None
) -> tuple[list[Column], bool]:
    """Return the forms to try for a column, best first, and whether the order of day and month is unclear."""
    if column.kind is not None:
        kinds: list[Kind] = [column.kind]
    elif column.name == table.id:
        kinds = ["text"]  # an id is a name, whatever it looks like
    else:
        guess = _guess(column.name, sample, table)
        if wanted and guess == "text":
            return _wanted(column, wanted, sample, table, raw, connection)
        kinds = ["integer", "number", "text"] if guess == "integer" else ["text"] if guess == "text" else [guess, "text"]
    order, ambiguous = _order(column, raw, connection, table) if "date" in kinds else ("month first", False)
    comma = _is_comma(sample, table)
    return [replace(column, kind=kind, order=order, comma=comma, guessed=column.kind is None) for kind in kinds], ambiguous


def _wanted(
    column: Column, wanted: Kind, sample: Sequence[str], table: Table, raw: Raw, connection: duckdb.DuckDBPyConnection
) -> tuple[list[Column], bool]:
    """Return the forms of a column that does not look like what the contract uses it for: that, if most values are, else text."""
    order, ambiguous = _order(column, raw, connection, table) if wanted == "date" else ("month first", False)
    form = replace(column, kind=wanted, order=order, comma=_is_comma(sample, table), lenient=True)
    return [form, replace(column, kind="text")], ambiguous


def _chosen(candidates: Mapping[str, Sequence[Column]], raw: Raw, connection: duckdb.DuckDBPyConnection) -> list[Reading]:
    """Return, for each column, the first form under which its values can be read. All values of all columns are tried in one query."""
    tried = [column for forms in candidates.values() for column in forms if column.kind != "text"]
    if not tried:
        return [Reading(forms[0]) for forms in candidates.values()]
    counts = ", ".join(f"count({column.text}), count(*) FILTER ({column.unread} AND {column.filled})" for column in tried)
    row = connection.execute(f"SELECT {counts} FROM ({raw.query})").fetchall()[0]
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
    return (one.column.kind == "date" or one.column.lenient) and one.filled - one.unread >= MOSTLY * one.filled


def _unreadable(name: str, one: Reading, raw: Raw, connection: duckdb.DuckDBPyConnection) -> Finding:
    """Return the finding that some cells of a column have no value."""
    column = one.column
    rows = connection.execute(
        f"SELECT {ROW_COLUMN} FROM ({raw.query}) WHERE {column.filled} AND {column.unread} ORDER BY 1 LIMIT {EXAMPLES}"
    ).fetchall()
    where = listed([row[0] for row in rows], of="row", more=max(one.unread - EXAMPLES, 0))
    return Finding(
        "error" if one.unread > one.filled / 10 else "warning", name, column.name,
        said("unreadable", "{count} of {filled} cannot be read as {kind} ({examples})", one.unread, "value", examples=where,
             filled=f"{one.filled:,}", kind=column.kind or "text"),
        one.unread, told("unreadable_why", "These cells count as blank"), (),
        told("unreadable_fix", "correct them, or set {place} if they are right", place=f"types.{column.name}: text"), "provider",
    )  # fmt: skip


def _guess(name: str, sample: Sequence[str], table: Table) -> Kind:
    if not sample:
        return "date" if _DATE_NAME.search(name) or name == table.entered else "text"
    if any(_LEADING_ZERO.match(value) for value in sample):
        return "text"
    if all(_INTEGER.fullmatch(value) for value in sample):
        return "integer"
    if all(_POINT.fullmatch(value) for value in sample):
        return "number"
    if all(_COMMA.fullmatch(value) for value in sample) and _is_comma(sample, table):
        return "number"
    if all(value.lower() in ("true", "false") for value in sample):
        return "boolean"
    dates = sum(1 for value in sample if _DATE.fullmatch(value))
    return "date" if dates >= MOSTLY * len(sample) else "text"


def _is_comma(sample: Sequence[str], table: Table) -> bool:
    """Whether numbers have a decimal comma: as the contract says, else if there are commas and not only in front of three digits."""
    if table.decimal:
        return table.decimal == ","
    with_comma = [value for value in sample if "," in value]
    if not with_comma or any(re.search(r",\d*\.", value) or value.count(",") > 1 for value in with_comma):
        return False
    return any(not re.fullmatch(r"[-+]?\d{1,3},\d{3}", value) for value in with_comma)


def _order(column: Column, raw: Raw, connection: duckdb.DuckDBPyConnection, table: Table) -> tuple[DateOrder, bool]:
    """Return the order of day and month in dates with slashes, and whether no value tells."""
    if table.dates:
        return table.dates, False
    pattern = r"^(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})"
    first_part, second_part = (f"max(try_cast(regexp_extract(v, '{pattern}', {i}) AS INT))" for i in (1, 2))
    row = connection.execute(
        f"SELECT count(*), {first_part}, {second_part} "
        f"FROM (SELECT {column.text} AS v FROM ({raw.query})) WHERE regexp_matches(v, '{pattern}')"
    ).fetchall()[0]
    count, first, second = row
    if not count:
        return "year first", False
    if first > 12:
        return "day first", second > 12
    return "month first", second <= 12


def _ambiguous(name: str, column: Column) -> Finding:
    return Finding(
        "warning", name, column.name,
        told("ambiguous", "dates such as 03/04/2025 were read {order}; nothing in the column tells which it is", order=column.order), 0,
        told("ambiguous_why", "Days and months may be swapped"), (),
        told("ambiguous_fix", "give dates: month first or day first in the contract file, or send 2025-04-03"), "agency",
    )  # fmt: skip
