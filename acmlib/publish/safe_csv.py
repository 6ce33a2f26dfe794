"""The release as a CSV file that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from acmlib.contract.plain_text import plain
from acmlib.measures.table import METRIC_COLUMNS

#: A spreadsheet takes a cell that begins with one of these for a formula: https://owasp.org/www-community/attacks/CSV_Injection;
#: the last four are their full-width forms.
_FORMULA = "=+\\-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"

#: Where a cell can begin: at the start of a text, and inside it after what other spreadsheets part cells by. Where a comma is the decimal
#: mark a CSV file is split at semicolons, and LibreOffice offers to split at tabs as well.
_CELL = r"(?:^|(?<=[;|\t\r\n]))"

#: A cell that could be taken for a formula, also after spaces and quotes, which are skipped.
_BEGINS = re.compile(rf"^(?=[\t\r\n])|{_CELL}(?=[\s\"]*[{_FORMULA}])")

#: Before such a cell a spreadsheet shows the text as it is; `read_release` takes it away again.
GUARD = "'"
_UNGUARDED = re.compile(rf"{_BEGINS.pattern}|{_CELL}(?={GUARD})")
_GUARDED = re.compile(rf"{_CELL}{GUARD}")


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet could take a text, or what it makes a cell of inside it, for a formula.

    Examples
    --------
    >>> [starts_formula(text) for text in ("=1+1", "  =1+1", "'=1+1", "North", "-5 to 0", "North; =1+1", "A+")]
    [True, True, False, False, True, True, False]
    """
    return _BEGINS.search(text) is not None


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; an apostrophe where one is put gets a second, so that all come back.

    Examples
    --------
    >>> guarded("=cmd|' /C calc'!A0"), guarded("North; =1+1"), guarded("North")
    ("'=cmd|'' /C calc'!A0", "North;' =1+1", 'North')
    """
    return _UNGUARDED.sub(GUARD, plain(text))


def release_csv(cells: pd.DataFrame) -> str:
    """Return the metric table as CSV: texts guarded, numbers plain, what is hidden empty.

    Parameters
    ----------
    cells : DataFrame
        Metric table, as released.
    """
    table = cells.loc[:, list(METRIC_COLUMNS)]
    texts = {column: table[column].map(guarded) for column in ("metric", "period", "dimension", "group", "status")}
    # With the line ends of RFC 4180 a text that holds one is put in quotes, a lone carriage return too: it begins no row of its own.
    return table.assign(**texts).to_csv(index=False, lineterminator="\r\n")


def read_release(path: Path) -> pd.DataFrame:
    """Read the metric table back as it was released, with every text as it was before it was guarded.

    Parameters
    ----------
    path : Path
        A ``release.csv``.

    Returns
    -------
    DataFrame
        Metric table; what is hidden is NaN.
    """
    table = pd.read_csv(path, keep_default_na=False, na_values={column: [""] for column in METRIC_COLUMNS[4:9]}, dtype={"period": str})
    texts = {
        column: table[column].astype(str).str.replace(_GUARDED, "", regex=True)
        for column in ("metric", "period", "dimension", "group", "status")
    }
    return table.assign(**texts)
