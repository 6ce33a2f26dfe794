"""Which row of a file names the columns: the first, unless a title, a second header or nothing at all stands above."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from acmlib.contract.model import Table

#: Rows from the top among which the names are looked for.
LOOKED_AT = 40

#: A row is the header if it holds this share of the names that the contract uses.
KNOWN_SHARE = 0.5

#: What a cell of data holds and a name does not begin with.
_NUMBER = re.compile(r"^[-$(]?\d")
_VALUE = re.compile(r"[-+$€£]?[\d.,]+%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|true|false|yes|no", re.IGNORECASE)


class HeaderError(ValueError):
    """No row names the columns; the message says what the first row looks like and what to do."""


def header_row(rows: Sequence[Sequence[str | None]], table: Table, expected: frozenset[str]) -> int:
    """Return the position of the row that names the columns; -1 if `names` in the contract does, and every row holds data.

    Parameters
    ----------
    rows : sequence of rows
        The first rows as texts, with blank ones.
    table : Table
        With `header_row`, if the contract says which it is (counted from 1), and `names`.
    expected : frozenset of str
        Names that the contract uses for columns of the file, in small letters.

    Raises
    ------
    HeaderError
        If no row can be it.
    """
    if table.header_row is not None or table.names:
        return _stated(rows, table)
    filled = [[str(cell).strip() for cell in row if cell is not None and str(cell).strip()] for row in rows[:LOOKED_AT]]
    if not any(filled):
        raise HeaderError("has nothing in its first rows; the first row names the columns")
    hits = [sum(" ".join(cell.split()).casefold() in expected for cell in row) for row in filled]
    best = max(range(len(filled)), key=lambda at: (hits[at], -at))
    first = next(at for at, row in enumerate(filled) if row)
    if hits[best] >= min(2, max(1, len(expected))) and hits[best] > hits[first] and hits[best] >= KNOWN_SHARE * max(hits):
        return best
    if hits[first] or not expected:
        return first if hits[first] else _by_shape(filled, first)
    chosen = _by_shape(filled, first)
    if _looks_like_data(filled[chosen], filled[chosen + 1 : chosen + 6]):
        shown = ", ".join(filled[chosen][:4])
        raise HeaderError(f"has no row with the names of its columns (its first is {shown}, ...); give names: [...] from left to right")
    return chosen


def _stated(rows: Sequence[Sequence[str | None]], table: Table) -> int:
    """Return the row that the contract says."""
    at = table.header_row
    if at is None or at == "none":
        if not table.names:
            raise HeaderError("has header_row: none in the contract; give the columns' names, from left to right, as names: [...]")
        return -1
    if not 1 <= at <= len(rows) or not any(rows[at - 1]):
        raise HeaderError(f"has nothing in row {at}, which header_row names; give the row that names the columns")
    return at - 1


def _by_shape(filled: Sequence[Sequence[str]], first: int) -> int:
    """Return the first row that is about as wide as most rows, and holds names rather than values."""
    widths = Counter(len(row) for row in filled if len(row) > 1)
    if not widths:
        return first
    usual = max(widths, key=lambda width: (widths[width] >= 2, width, widths[width]))
    if len(filled[first]) >= max(2, usual / 2):
        return first
    wide = [at for at, row in enumerate(filled) if len(row) >= max(2, 0.6 * usual)]
    names = [at for at in wide if not any(_VALUE.fullmatch(cell) for cell in filled[at])]
    return next(iter(names or wide), first)


def _looks_like_data(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row has values in the places in which the rows below have them."""
    values = sum(bool(_VALUE.fullmatch(cell)) for cell in row)
    return bool(values) and values >= 0.2 * len(row) and any(any(_VALUE.fullmatch(cell) for cell in other) for other in below)


def two_rows(rows: Sequence[Sequence[str | None]]) -> list[str | None]:
    """Return the names of columns that stand in two rows, the upper ones over several columns of numbers; nothing if one row names them."""
    if len(rows) < 3:
        return []
    width = max(map(len, rows))
    above, below, data = ([*row, *[None] * (width - len(row))] for row in rows)
    words = [one for one in below if one]
    gaps = [at for at in range(1, width) if not above[at] and below[at]]
    if (
        not gaps
        or not above[0]
        or below[0]
        or any(_NUMBER.search(one) for one in words)
        or not any(_NUMBER.search(data[at] or "") for at in gaps)
    ):
        return []
    if any(not over and not under for over, under in zip(above, below, strict=True)) or len(words) < len(gaps) + 1:
        return []
    names, over = [], None
    for upper, under in zip(above, below, strict=True):
        over = upper or over
        names.append(f"{over} {under}" if under else over)
    return names


#: What a line below a table begins with that is no row of it.
CLOSING = re.compile(
    r"(grand |sub|over)?\s*totals?\b|sum\b|overall\b|average\b|mean\b|count\b|all (rows|records|participants|clients)\b|suma\b"
    r"|copyright|confidential|generated (by|on|at)|printed|report(ed| generated| run| date)?\b|prepared|page \d|as of\b"
    r"|end of (report|file)|source\b|notes?\b|fuente\b|nota\b|\*|†|\(?n ?=",
    re.IGNORECASE,
)
