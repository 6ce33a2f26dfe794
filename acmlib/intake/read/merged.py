"""Cells of spreadsheets that are merged over several rows: a spreadsheet keeps their value in the first."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

_RANGE = re.compile(r"([A-Z]+)([0-9]+):[A-Z]+([0-9]+)")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


class MergedCells(NamedTuple):
    """Cells of one column that are merged over several rows: rows counted from 1, the column from 0."""

    column: int
    first: int
    last: int


def filled_down(rows: Iterator[list[str | None]], first_row: int, ranges: Sequence[MergedCells]) -> Iterator[list[str | None]]:
    """Yield rows whose blank cells have the value of the cell that they are merged with."""
    starts: dict[int, list[MergedCells]] = {}
    for one in ranges:
        starts.setdefault(one.first, []).append(one)
    held: dict[int, tuple[int, str | None]] = {}
    for number, row in enumerate(rows, start=first_row):
        for column, (last, value) in list(held.items()):
            if number > last:
                del held[column]
            else:
                row += [None] * (column + 1 - len(row))
                row[column] = value if row[column] is None else row[column]
        for one in starts.get(number, ()):
            held[one.column] = (one.last, row[one.column] if one.column < len(row) else None)
        yield row


def merged_in_xlsx(text: bytes) -> list[MergedCells]:
    """Return the cells of a sheet of .xlsx that are merged over several rows."""
    found = (_RANGE.fullmatch(ref.decode()) for ref in re.findall(rb'<mergeCell [^>]*ref="([A-Z0-9:]+)"', text))
    return [MergedCells(column_number(one[1]) - 1, int(one[2]), int(one[3])) for one in found if one and int(one[3]) > int(one[2])]


def column_number(letters: str) -> int:
    """Return the number of a column of a spreadsheet.

    Examples
    --------
    >>> column_number("A"), column_number("AB")
    (1, 28)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def merged_in_ods(path: Path, sheet: str) -> list[MergedCells]:
    """Return the cells of a sheet of .ods that are merged over several rows.

    Raises
    ------
    KeyError, ValueError
        If the file holds no such sheet, or no content that can be read.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            text = packed.read("content.xml")
        if b"<!DOCTYPE" in text:  # no program writes one, and entities are how XML attacks
            raise ValueError("declares a document type")
        content = ET.fromstring(text)  # noqa: S314
    except (ET.ParseError, zipfile.BadZipFile) as error:
        raise ValueError(str(error)) from None
    tables = {one.get(f"{_TABLE}name"): one for one in content.iter(f"{_TABLE}table")}
    found, number = list[MergedCells](), 1
    for row in tables[sheet].iter(f"{_TABLE}table-row"):
        column = 0
        for cell in row:
            if (rows := int(cell.get(f"{_TABLE}number-rows-spanned", "1"))) > 1:
                found.append(MergedCells(column, number, number + rows - 1))
            column += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        number += int(row.get(f"{_TABLE}number-rows-repeated", "1"))
    return found
