"""Escaping of CSV texts that a spreadsheet would run as formulas, and the reverse."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from acmlib.contract.plain_text import plain

#: A spreadsheet takes a cell that begins with one of these for a formula: https://owasp.org/www-community/attacks/CSV_Injection;
#: the last four are their full-width forms.
_FORMULA = "=+\\-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"

#: Where a cell can begin: at the start of a text, and inside it after what other spreadsheets part cells by. Where a comma is the decimal
#: mark a CSV file is split at semicolons, and LibreOffice offers to split at tabs as well.
_CELL = r"(?:^|(?<=[;|\t\r\n]))"

#: A cell that could be taken for a formula, also after spaces and quotes, which are skipped.
_BEGINS = re.compile(rf"^(?=[\t\r\n])|{_CELL}(?=[\s\"]*[{_FORMULA}])")

#: Before such a cell a spreadsheet shows the text as it is; `unguarded` takes it away again.
GUARD = "'"
_UNGUARDED = re.compile(rf"{_BEGINS.pattern}|{_CELL}(?={GUARD})")
_GUARDED = re.compile(rf"{_CELL}{GUARD}")

#: For so many texts the answer is remembered: the names of metrics, periods and groups stand in hundreds of rows each.
KEPT = 4096


@lru_cache(maxsize=KEPT)
def starts_formula(text: str) -> bool:
    """Whether a spreadsheet could take a text, or what it makes a cell of inside it, for a formula.

    Examples
    --------
    >>> [starts_formula(text) for text in ("=1+1", "  =1+1", "'=1+1", "North", "-5 to 0", "North; =1+1", "A+")]
    [True, True, False, False, True, True, False]
    """
    return _BEGINS.search(text) is not None


@lru_cache(maxsize=KEPT)
def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; an apostrophe where one is put gets a second, so that all come back.

    Examples
    --------
    >>> guarded("=cmd|' /C calc'!A0"), guarded("North; =1+1"), guarded("North")
    ("'=cmd|'' /C calc'!A0", "North;' =1+1", 'North')
    """
    return _UNGUARDED.sub(GUARD, plain(text))


def delimiter_of(text: str) -> str:
    r"""Return what parts the cells of a CSV text: a spreadsheet writes semicolons where a comma is the decimal mark.

    Examples
    --------
    >>> delimiter_of("# 19 records, 15 right\ndate;what\n"), delimiter_of("id,what\n")
    (';', ',')
    """
    head = next((line for line in text.splitlines() if line.strip() and not line.lstrip('"').startswith("#")), "")
    return max(",;\t", key=head.count)


def csv_text(rows: Iterable[Sequence[object]], *, line_end: str = "\n", delimiter: str = ",") -> str:
    r"""Return rows as CSV, with every text in them `guarded`.

    Examples
    --------
    >>> csv_text([["group", "n"], ["=1+1", 3]])
    "group,n\n'=1+1,3\n"
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=line_end, delimiter=delimiter)
    writer.writerows([guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return text.getvalue()


def unguarded(text: str) -> str:
    """Return a text as it was before it was `guarded`.

    Examples
    --------
    >>> [unguarded(guarded(text)) for text in ("=1+1", "'North'", "North; =1+1", "North")]
    ['=1+1', "'North'", 'North; =1+1', 'North']
    """
    return _GUARDED.sub("", text)
