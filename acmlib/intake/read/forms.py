"""One column of a table: where it comes from, and SQL for what its cells mean."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from acmlib.intake.connection import literal
from acmlib.intake.read.dates import DateOrder, instant
from acmlib.intake.read.files import FILE_COLUMN
from acmlib.intake.read.withheld import withheld

Kind = Literal["text", "integer", "number", "date", "datetime", "boolean"]

SQL_TYPES: Mapping[Kind, str] = {
    "text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "datetime": "TIMESTAMP", "boolean": "BOOLEAN",
}  # fmt: skip

#: How DuckDB's types of days and moments begin, and those of numbers.
DATES = ("DATE", "TIMESTAMP")
NUMBERS = (
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "BIGNUM", "FLOAT",
    "DOUBLE", "DECIMAL",
)  # fmt: skip

#: What accountants write for zero, and others for no number.
DASHES = ("-", "--", "$-", "$ -", "$  -", "–", "—")

#: What stands for "nothing" in columns of numbers and dates. In texts these stay: there, "none" may be an answer.
BLANKS = ("na", "n/a", "nan", "null", "none", ".", "?", "#n/a", "unknown", *DASHES, "nil", "tbd", "pending", "0000-00-00", "00/00/0000",
          "1/0/1900", "not asked", "declined", "don't know", "not recorded")  # fmt: skip

#: Cells in which a spreadsheet shows that a formula failed: they say nothing.
SHEET_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")

#: Before the name of a column of days: the same cells with their times of day.
TIME = "_time_"

#: Before the name of a column of numbers: why a cell holds none, where the contract knows what its code means (declined, not asked).
WHY = "_why_"

#: Before the name of a column whose values name groups: they are kept as they are written.
GROUP = "_group_"

#: A cell with a time of day that is not midnight: 14:30, 2:05 PM, or the part of a day in a spreadsheet.
TIMED = re.compile(r".*[ T](?!0?0:00(:00(\.0*)?)?($|[Z+-]|\s*[A-Z]{3}))(?!12:00(:00)? ?AM)\d{1,2}:\d\d.*|\d{5}\.\d*[1-9]\d*", re.IGNORECASE)

#: A number with a sign of money or of percent, or in accountants' brackets.
MONEY = re.compile(r"\(?[-+]?\s?([$€£¥]|USD|EUR|GBP|CAD|MXN)?\s?[-+]?\d[\d,. ]*\s?([$€£¥%]|USD|EUR|GBP|CAD|MXN)?\)?", re.IGNORECASE)
#: A number with the unit that all numbers of its column have: 1,240 kWh, 45 min, $18.50/hr, $18.50 an hour.
WITH_UNIT = re.compile(
    r"([$€£¥]?\s?[-+]?\d[\d,]*(?:\.\d+)?)( [A-Za-z]{2,8}|\s?(?:/ ?|per |an? )(?:h|hr|hour|day|wk|week|mo|month|yr|year|mile|visit))\.?",
    re.IGNORECASE,
)
_SIGNS = r"[$€£¥%]|(?i:USD|EUR|GBP|CAD|MXN)|\s"

#: What a number looks like where the contract does not say that a column holds numbers: 007 is a code, and so are 16 digits.
_PLAIN: Mapping[Kind, str] = {
    "integer": r"[-+]?(0|[1-9]\d{0,17})",
    "number": r"[-+]?((0|[1-9]\d{0,14})(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?",
}
_BLANKS = ", ".join(map(literal, BLANKS))
_YES, _NO = ("true", "yes", "y", "t", "1", "si", "sí"), ("false", "no", "n", "f", "0")


@dataclass(frozen=True)
class Column:
    """A column of the contract and the column of the file that it is read from."""

    #: `name`, `source`: our name, and the file's.
    name: str
    source: str
    text: str  #: SQL for its text, recoded.
    kind: Kind | None = None  #: How it is read; None if the file (Parquet) says so and the contract does not.
    order: DateOrder = "month first"  #: Of dates with slashes; `by_file` names files with another one.
    by_file: Mapping[str, DateOrder] = field(default_factory=dict)
    comma: bool = False  #: Whether numbers have a decimal comma.
    signs: bool = False  #: Whether numbers have signs of money or percent, or all a unit.
    unit: str = ""  #: The unit that all its numbers have, as kWh.
    guessed: bool = False  #: Whether the type is a guess from the values rather than said by the contract.
    lenient: bool = False  #: Whether a column stays text if fewer than 80% of its values fit the type.
    placeholders: tuple[dt.date, ...] = ()  #: Days that stand for "no date".
    days: bool = False  #: Whether every cell that is not empty has the form of a day, 2025-07-01: no other form is looked for.
    times: bool = False  #: Whether dates carry times of day.
    zoned: bool = False  #: Whether some of its values, or of another column's of its table, name a time zone.
    zone: int | str | None = None  #: By which clock moments are told that name a time zone, as in `acmlib.intake.read.dates.instant`.
    lasting: bool = False  #: Whether moments are told so that they can be subtracted (`acmlib.intake.read.zones.in_zone`).
    #: Of counts, what a sign that a number is withheld is: ``blank`` in the column of numbers, ``flag`` in the column beside it that says
    #: so; empty: a sign like any other.
    marks: Literal["", "blank", "flag"] = ""
    #: SQL for its value before days that stand for "no date" are blanked, where a table has it already; empty if its text has to be read.
    read: str = ""

    @property
    def filled(self) -> str:
        """SQL for whether a cell says anything."""
        told = f" AND NOT {withheld(self.text)}" if self.marks else ""
        return f"({self.text} IS NOT NULL AND lower({self.text}) NOT IN ({_BLANKS}){told})"

    @property
    def plain(self) -> str | None:
        """What every value must look like if the column was taken for numbers with a decimal point; None if it was not."""
        return _PLAIN.get(self.kind) if self.guessed and self.kind and not self.comma and not self.signs else None

    @property
    def unread(self) -> str:
        """SQL for whether a filled cell has no value."""
        return f"(NOT regexp_full_match({self.text}, '{self.plain}'))" if self.plain else f"(({self._read}) IS NULL)"

    @property
    def value(self) -> str:
        """SQL for its value; what cannot be read is null, and so are days that stand for "no date"."""
        if self.marks == "flag":  # what cannot be read is not known either: it is no part of "Not recorded"
            number = replace(self, kind="number", marks="blank")
            return f"({withheld(self.text)} OR coalesce({number.filled} AND {number.unread}, false))"
        if not self.placeholders:
            return self._read
        days = ", ".join(
            f"DATE '{day:%Y-%m-%d}'" if day.year >= 1000 else f"DATE '{day.year:04d}-{day:%m-%d}'" for day in self.placeholders
        )
        return f"CASE WHEN ({self._read})::DATE IN ({days}) THEN NULL ELSE {self._read} END"

    @property
    def _read(self) -> str:
        if self.read:
            return self.read
        if self.kind is None or self.kind == "text":
            return self.text
        if self.plain:
            number = f"try_cast({self.text} AS {SQL_TYPES[self.kind]})"
            return number if self.kind == "integer" else f"nullif({number}, 'nan'::DOUBLE)"
        if self.kind in ("date", "datetime") and self.days and self.zone is None:
            return f"try_cast({self.text} AS {SQL_TYPES[self.kind]})"
        text = f"CASE WHEN lower({self.text}) IN ({_BLANKS}) THEN NULL ELSE {self.text} END"
        if self.kind in ("date", "datetime"):
            moment = instant(text, self.order, by_file=self.by_file, file_column=FILE_COLUMN, zone=self.zone, lasting=self.lasting)
            return f"({moment})::{SQL_TYPES[self.kind]}"
        if self.kind == "boolean":
            yes, no = (", ".join(map(literal, words)) for words in (_YES, _NO))
            return f"CASE WHEN lower({text}) IN ({yes}) THEN true WHEN lower({text}) IN ({no}) THEN false END"
        return self._number(text)

    def _number(self, text: str) -> str:
        """Return SQL for a number with thousands separators, and perhaps with signs of money or percent: 45% is 0.45, (12) is -12.

        Separators stand before three digits: 12,5 in a column of numbers with a point is not 125, it cannot be read.
        """
        mark = rf"{_SIGNS}|(?i:{self.unit})\.?" if self.unit else _SIGNS
        bare = rf"regexp_replace(regexp_replace({text}, '{mark}', '', 'g'), '^\((.*)\)$', '-\1')" if self.signs else text
        group, point = (r"\.", ",") if self.comma else (",", r"\.")
        whole = rf"([1-9]\d{{0,2}}({group}\d{{3}})+|\d+)"
        number_pattern = rf"[-+]?({whole}({point}\d*)?|{point}\d+)([eE][-+]?\d{{1,3}})?"
        pattern = rf"[-+]?{whole}({point}0*)?" if self.kind == "integer" else number_pattern
        digits = f"replace(replace({bare}, '.', ''), ',', '.')" if self.comma else f"replace({bare}, ',', '')"
        number = f"try_cast({digits} AS {SQL_TYPES[self.kind or 'number']})"
        share = f" / CASE WHEN contains({text}, '%') THEN 100 ELSE 1 END" if self.signs and self.kind == "number" else ""
        return f"CASE WHEN regexp_full_match({bare}, '{pattern}') THEN {number}{share} END"
