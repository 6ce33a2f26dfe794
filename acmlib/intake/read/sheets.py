"""Sheets of spreadsheets as texts: Excel by openpyxl, older and other formats by python-calamine."""

from __future__ import annotations

import datetime as dt
import math
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from acmlib.contract.model import Table
from acmlib.intake.read.files import OTHER_SHEET_ENDINGS, EmptySheetError, SourceError, SourceFile, column_names
from acmlib.intake.read.headers import LOOKED_AT, HeaderError, header_row

#: In place of the name of a sheet: all of them, put together by the names of their columns.
ALL_SHEETS = "*"

#: An Excel file that unpacks to more bytes than this is refused: about ten million cells, or an attack.
MAX_UNPACKED = 1 << 30


#: What a cell of data holds and a name does not begin with.
_NUMBER = re.compile(r"^[-$(]?\d")
_RANGE = re.compile(r"([A-Z]+)([0-9]+):[A-Z]+([0-9]+)")
_UNREADABLE = "is no spreadsheet that can be read; save it as .xlsx, without a password"


@dataclass
class Sheet:
    """A sheet as it is read."""

    columns: tuple[str, ...]
    rows: Iterator[list[str | None]]  #: Rows of texts below the one that names the columns.
    first_row: int  #: Row of the sheet in which the first of them stands.
    formulas: dict[str, int] = field(default_factory=dict)  #: Column to how many of its cells are formulas whose result is not in the file.
    #: Column to how many of its blank cells take the value of the cell above that they are merged with.
    merged: dict[str, int] = field(default_factory=dict)


def read_sheet(file: SourceFile, table: Table | None = None, *, expected: frozenset[str] = frozenset()) -> Sheet:
    """Return the columns of a sheet and its rows as texts: dates as 2026-05-31, whole numbers without a decimal point.

    What a sheet says of its own size is not believed: programs write it wrongly, and cells beyond it would be lost.

    Raises
    ------
    SourceError
        If the file is no spreadsheet, the sheet does not exist, or there is nothing in it.
    """
    table = table or Table(source=file.name)
    given, ranges = _by_calamine(file) if file.path.name.lower().endswith(OTHER_SHEET_ENDINGS) else _by_openpyxl(file)
    rows = iter(given)
    head = [[cell_text(cell) for cell in row] for row in islice(rows, LOOKED_AT)]
    if not any(map(any, head)):
        raise EmptySheetError("has nothing in its first rows; the first row names the columns")
    try:
        at = header_row(head, table, expected)
    except HeaderError as error:
        raise SourceError(str(error)) from None
    names = list(head[at]) if at >= 0 else list(table.names)
    if at >= 0 and table.header_row is None and (both := _two_rows(head[at : at + 3])):
        names, at = both, at + 1
    while names and names[-1] in (None, ""):
        names.pop()
    columns = column_names(names)
    texts = chain(head[at + 1 :], ([cell_text(cell) for cell in row] for row in rows))
    cells: Iterator[list[str | None]] = (row[: len(columns)] for row in texts)
    below = [one for one in ranges if one.first > at + 1 and one.column < len(columns)]
    merged: Counter[str] = Counter()
    for one in below:
        merged[columns[one.column]] += one.last - one.first
    cells = _filled(cells, at + 2, below) if below else cells
    return Sheet(columns, cells, at + 2, _unstored_formulas(file, columns), dict(merged))


def _two_rows(rows: Sequence[Sequence[str | None]]) -> list[str | None]:
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


class _Merged(NamedTuple):
    """Cells of one column that are merged over several rows: rows counted from 1, the column from 0."""

    column: int
    first: int
    last: int


def _filled(rows: Iterator[list[str | None]], first_row: int, ranges: Sequence[_Merged]) -> Iterator[list[str | None]]:
    """Yield rows whose blank cells have the value of the cell that they are merged with."""
    starts: dict[int, list[_Merged]] = {}
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


def _merged_over_rows(text: bytes) -> list[_Merged]:
    """Return the cells of a sheet of .xlsx that are merged over several rows."""
    found = (_RANGE.fullmatch(ref.decode()) for ref in re.findall(rb'<mergeCell [^>]*ref="([A-Z0-9:]+)"', text))
    return [_Merged(_number(one[1]) - 1, int(one[2]), int(one[3])) for one in found if one and int(one[3]) > int(one[2])]


def _number(letters: str) -> int:
    """Return the number of a column of a spreadsheet.

    Examples
    --------
    >>> _number("A"), _number("AB")
    (1, 28)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _unpacked_size(path: Path) -> int:
    with zipfile.ZipFile(path) as packed:
        return sum(part.file_size for part in packed.infolist())


def sheet_names(file: SourceFile) -> list[str]:
    """Return the names of the sheets of a spreadsheet.

    Raises
    ------
    SourceError
        If the file is no spreadsheet.
    """
    if file.path.name.lower().endswith(OTHER_SHEET_ENDINGS):
        return list(_calamine_book(file).sheet_names)
    return [sheet.title for sheet in _openpyxl_book(file).worksheets]


def _openpyxl_book(file: SourceFile) -> Any:
    import openpyxl  # a second of import that most contracts do not need

    try:
        if _unpacked_size(file.path) > MAX_UNPACKED:
            raise SourceError("is too large to be an Excel file of people; save it as .csv")
        return openpyxl.load_workbook(file.path, read_only=True, data_only=True)
    except SourceError:
        raise
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, AttributeError, TypeError):
        raise SourceError("is no Excel file that can be read; open it in Excel and save it as .xlsx, without a password") from None


def _by_openpyxl(file: SourceFile) -> tuple[Iterable[tuple[Any, ...]], list[_Merged]]:
    book = _openpyxl_book(file)
    sheet = book[_chosen(file, list(book.sheetnames))]
    if not hasattr(sheet, "reset_dimensions"):
        raise SourceError("is a sheet of charts; name a sheet that holds cells")
    sheet.reset_dimensions()
    with zipfile.ZipFile(file.path) as packed:
        ranges = _merged_over_rows(packed.read(sheet._worksheet_path)) if sheet._worksheet_path in packed.namelist() else []
    return _safely(sheet.iter_rows(values_only=True)), ranges


def _safely(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Yield rows, and say so where the file breaks off."""
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except (ValueError, KeyError, TypeError, OSError, zipfile.BadZipFile, SyntaxError, IndexError, EOFError):
            raise SourceError("has a damaged sheet; open it in Excel and save it again") from None
        yield row


def _calamine_book(file: SourceFile) -> Any:
    try:
        import python_calamine
    except ImportError:
        raise SourceError(
            f"ends in '{file.path.suffix}', which needs a further package: pip install python-calamine; or save it as .xlsx"
        ) from None
    try:
        return python_calamine.load_workbook(str(file.path))
    except (python_calamine.CalamineError, OSError, ValueError):
        raise SourceError(_UNREADABLE) from None


def _by_calamine(file: SourceFile) -> tuple[Iterable[list[Any]], list[_Merged]]:
    book = _calamine_book(file)
    try:
        sheet = book.get_sheet_by_name(_chosen(file, list(book.sheet_names)))
        rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
        ranges = sheet.merged_cell_ranges or []
    except (ValueError, OSError):
        raise SourceError(_UNREADABLE) from None
    merged = [_Merged(first[1], first[0] + 1, last[0] + 1) for first, last in ranges if last[0] > first[0]]
    return [[None if cell == "" else cell for cell in row] for row in rows], merged


def _chosen(file: SourceFile, sheets: list[str]) -> str:
    if file.sheet is not None:
        folded = {sheet.strip().casefold(): sheet for sheet in sheets}
        if file.sheet.strip().casefold() not in folded:
            raise SourceError(f"has no sheet '{file.sheet}'; its sheets are {', '.join(sheets)}")
        return folded[file.sheet.strip().casefold()]
    if len(sheets) > 1:
        raise SourceError(
            f"has several sheets; name one as {file.name}#{sheets[0]}, or all as {file.name}#{ALL_SHEETS}: {', '.join(sheets)}"
        )
    return sheets[0]


def _unstored_formulas(file: SourceFile, columns: tuple[str, ...]) -> dict[str, int]:
    """Return how many cells of each column are formulas whose result is not in the file: they read as empty, or as 0.

    XlsxWriter stores 0 for every formula and asks the spreadsheet program to work them out when it opens the file.
    """
    if not file.path.name.lower().endswith((".xlsx", ".xlsm")):
        return {}
    with zipfile.ZipFile(file.path) as packed:
        sheets = [part for part in packed.namelist() if part.startswith("xl/worksheets/") and part.endswith(".xml")]
        if not any(b"<f" in packed.read(part) for part in sheets):
            return {}
        asks = b'fullCalcOnLoad="1"' in packed.read("xl/workbook.xml")
    import openpyxl

    books = [openpyxl.load_workbook(file.path, read_only=True, data_only=stored) for stored in (False, True)]
    pair = [book[_chosen(file, list(book.sheetnames))] for book in books]
    for sheet in pair:
        sheet.reset_dimensions()
    found: Counter[str] = Counter()
    zeros: Counter[str] = Counter()
    known = set()
    for written, stored in zip(*(sheet.iter_rows(values_only=True) for sheet in pair), strict=False):
        for column, formula, value in zip(columns, written, stored, strict=False):
            if not (isinstance(formula, str) and formula.startswith("=")):
                continue
            if value is None:
                found[column] += 1
            elif asks and not isinstance(value, bool) and value in (0, dt.time()):
                zeros[column] += 1
            else:
                known.add(column)
    found += Counter({column: cells for column, cells in zeros.items() if column not in known})
    return dict(found)


def largest_sheet(path: Path) -> str | None:
    """Return the name of the sheet of an Excel file with most cells; None if there is only one, or it is no Excel file."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        return None
    sheets = book.worksheets
    sizes = {sheet.title: (sheet.max_row or 0) * (sheet.max_column or 0) for sheet in sheets}
    return max(sizes, key=sizes.__getitem__) if len(sizes) > 1 else None


def cell_text(cell: Any) -> str | None:
    """Return a cell as text: dates as 2026-05-31, whole numbers without a decimal point; None if it says nothing."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if hasattr(cell, "isoformat"):
        text = str(cell.isoformat())
        return text.removesuffix("T00:00:00").replace("T", " ")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell)
