"""The release as a CSV file that a spreadsheet opens without running anything in it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from acmlib.contract.plain_text import plain
from acmlib.measures.table import METRIC_COLUMNS

#: A spreadsheet takes a cell that begins with one of these for a formula, or skips the character and looks at the next.
#: https://owasp.org/www-community/attacks/CSV_Injection; the last four are their full-width forms.
_FORMULA = "=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"

#: Before such a cell a spreadsheet shows the text as it is; `read_release` takes it away again.
GUARD = "'"


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet could take a text for a formula.

    Examples
    --------
    >>> [starts_formula(text) for text in ("=1+1", "  =1+1", "'=1+1", "North", "-5 to 0")]
    [True, True, False, False, True]
    """
    return text.startswith(tuple(_FORMULA)) or text.lstrip().startswith(tuple(_FORMULA))


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; a text that begins with an apostrophe gets a second, so that both come back.

    Examples
    --------
    >>> guarded("=cmd|' /C calc'!A0"), guarded("North")
    ("'=cmd|' /C calc'!A0", 'North')
    """
    shown = plain(text)
    return GUARD + shown if starts_formula(shown) or shown.startswith(GUARD) else shown


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
    texts = {column: table[column].astype(str).str.removeprefix(GUARD) for column in ("metric", "period", "dimension", "group", "status")}
    return table.assign(**texts)
