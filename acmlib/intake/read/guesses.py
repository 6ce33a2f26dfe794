"""What the texts of a column are, guessed from some of them: the forms to try on all, best first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import duckdb

from acmlib.contract.model import Table
from acmlib.intake.connection import quoted
from acmlib.intake.read.dates import BIRTH, COMPACT, DATE, DATE_NAME, SERIAL
from acmlib.intake.read.forms import BLANKS, MONEY, TIMED, WITH_UNIT, Column, Kind
from acmlib.intake.read.orders import DateOrders
from acmlib.intake.read.reading import RawTable
from acmlib.intake.read.withheld import is_withheld

#: Values looked at before a type is tried on the whole column.
SAMPLE = 500

#: Share of a column's values that must be dates for it to be one; the others are reported and left blank.
MOSTLY = 0.8

#: So many values without separators, all of them days of the calendar, are dates rather than codes.
MANY_COMPACT = 10

#: So many different values that are a number and a word have a unit: 3 BR alone may be a name.
FEWEST_WITH_UNIT = 5

_INTEGER = re.compile(r"[-+]?\d{1,18}")
_POINT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?")
_COMMA = re.compile(r"[-+]?\d+(,\d+)?")
_LEADING_ZERO = re.compile(r"0\d")
#: Forms of values that are not text, the first that all values have is taken.
_FORMS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (_INTEGER, "integer"), (_POINT, "number"), (_COMMA, "number"), (MONEY, "number"), (re.compile("true|false", re.IGNORECASE), "boolean"),
)  # fmt: skip


def samples_of(columns: Sequence[Column], raw: RawTable, connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Return some values of each column, without blanks: from the first rows, or from anywhere if those hold none."""
    texts = ", ".join(f"{column.text} AS {quoted(column.name)}" for column in columns)
    head = connection.execute(f"SELECT {texts} FROM ({raw.query}) LIMIT {SAMPLE}").fetchall()
    found = {}
    for i, column in enumerate(columns):
        values = {row[i] for row in head}
        if values <= {None}:
            rows = connection.execute(f"SELECT {column.text} AS v FROM ({raw.query}) WHERE v IS NOT NULL LIMIT {SAMPLE}").fetchall()
            values = {row[0] for row in rows}
        found[column.name] = sorted(str(value) for value in values if value is not None and str(value).lower() not in BLANKS)
    return found


def candidates_for(
    column: Column, sample: Sequence[str], table: Table, orders: DateOrders, wanted: Kind | None, *, groups: bool = False
) -> list[Column]:
    """Return the forms to try for a column, best first."""
    marks: Literal["", "blank"] = "blank" if table.kind == "counts" and wanted == "number" else ""
    sample = [one for one in sample if not is_withheld(one)] if marks else sample
    signs, times = any(MONEY.fullmatch(one) and not _POINT.fullmatch(one) for one in sample), any(map(TIMED.fullmatch, sample))
    unit = "" if groups else _unit(sample)  # 3 BR is the name of a group
    numbers = [WITH_UNIT.sub(r"\1", one) for one in sample] if unit else sample
    form = replace(column, comma=_is_comma(numbers, table), signs=signs or bool(unit), unit=unit, times=times, marks=marks)
    if column.kind is not None:
        kinds: list[Kind] = [column.kind]
    elif column.name == table.id or wanted == "text":
        kinds = ["text"]  # an id is a name, whatever it looks like
    else:
        guess = "number" if unit else _guess(column.name, sample, table, wanted)
        if wanted == "datetime":
            guess, wanted = "datetime" if guess == "date" else guess, None
        if wanted and guess == "text":
            form = replace(form, kind=wanted, lenient=True)
            return [orders.settle(form) if wanted == "date" else form, replace(column, kind="text")]
        kinds = ["integer", "number", "text"] if guess == "integer" else ["text"] if guess == "text" else [guess, "text"]
    if {"date", "datetime"} & set(kinds):
        form = orders.settle(form)
    return [replace(form, kind=kind, guessed=column.kind is None) for kind in kinds]


def _guess(name: str, sample: Sequence[str], table: Table, wanted: Kind | None) -> Kind:
    named = bool(DATE_NAME.search(name) or BIRTH.search(name) or name == table.entered or wanted == "date")
    if not sample:
        return "date" if named else "text"
    if _are_dates(sample, named=named):
        return "date"
    if any(map(_LEADING_ZERO.match, sample)):
        return "text"
    fitting = (kind for form, kind in _FORMS if all(map(form.fullmatch, sample)) and (form is not _COMMA or _is_comma(sample, table)))
    return next(fitting, "text")


def _unit(sample: Sequence[str]) -> str:
    """Return the unit that stands behind each number of several, as kWh; empty if there is none, or more than one."""
    found = [WITH_UNIT.fullmatch(one) for one in sample]
    units = {one[2].strip().casefold() for one in found if one}
    return next(iter(units)) if len(sample) >= FEWEST_WITH_UNIT and all(found) and len(units) == 1 else ""


def _are_dates(sample: Sequence[str], *, named: bool) -> bool:
    """Whether values are days; `named` says whether the name of their column says so."""
    if sum(bool(DATE.fullmatch(value)) for value in sample) >= MOSTLY * len(sample):
        return True
    if all(map(COMPACT.fullmatch, sample)) and (named or len(sample) >= MANY_COMPACT):
        return True
    return named and sum(bool(DATE.fullmatch(value) or SERIAL.fullmatch(value)) for value in sample) >= MOSTLY * len(sample)


def _is_comma(sample: Sequence[str], table: Table) -> bool:
    """Whether numbers have a decimal comma: as the contract says, else if there are commas and not only in front of three digits."""
    if table.decimal:
        return table.decimal == ","
    with_comma = [value for value in sample if "," in value]
    if not with_comma or any(re.search(r",\d*\.", value) or value.count(",") > 1 for value in with_comma):
        return False
    return any(not re.fullmatch(r"[-+(]*[$€£¥]?\s?[1-9]\d{0,2},\d{3}[)%]?", value) for value in with_comma)
