"""Sheets of spreadsheets as texts: Excel by openpyxl, older and other formats by python-calamine."""

from __future__ import annotations

import datetime as dt
import math
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from acmlib.contract.model import Table
from acmlib.intake.read.files import EXCEL_ENDINGS, OTHER_SHEET_ENDINGS, EmptySheetError, SourceError, SourceFile, column_names
from acmlib.intake.read.headers import LOOKED_AT, HeaderError, header_row, two_rows
from acmlib.intake.read.merged import MergedCells, filled_down, merged_in_ods, merged_in_xlsx
from acmlib.intake.read.raised import RaisedCell, raised_in_xlsx

#: In place of the name of a sheet: all of them, put together by the names of their columns.
ALL_SHEETS = "*"

#: An Excel file that unpacks to more bytes than this is refused: about ten million cells, or an attack.
MAX_UNPACKED = 1 << 30


#: The part of a workbook that says how it is opened; some programs number it.
_BOOK = re.compile(r"xl/workbook\d*\.xml")
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
    raised: dict[str, list[RaisedCell]] = field(default_factory=dict)  #: Column to its cells in which a digit is raised.


def read_sheet(file: SourceFile, table: Table | None = None, *, expected: frozenset[str] = frozenset()) -> Sheet:
    """Return the columns of a sheet and its rows as texts: dates as 2026-05-31, whole numbers without a decimal point.

    What a sheet says of its own size is not believed: programs write it wrongly, and cells beyond it would be lost.

    Raises
    ------
    SourceError
        If the file is no spreadsheet, the sheet does not exist, or there is nothing in it.
    """
    table = table or Table(source=file.name)
    given: Iterable[list[Any] | tuple[Any, ...]]
    marked = list[RaisedCell]()
    if file.path.name.lower().endswith(OTHER_SHEET_ENDINGS):
        given, ranges = _by_calamine(file)
    else:
        given, ranges, marked = _by_openpyxl(file)
    rows = iter(given)
    head = [[cell_text(cell) for cell in row] for row in islice(rows, LOOKED_AT)]
    if not any(map(any, head)):
        raise EmptySheetError("has nothing in its first rows; the first row names the columns")
    try:
        at = header_row(head, table, expected)
    except HeaderError as error:
        raise SourceError(str(error)) from None
    names = list(head[at]) if at >= 0 else list(table.names)
    for above in (at, at - 1) if table.header_row is None else ():
        if above >= 0 and (both := two_rows(head[above : above + 3])):
            names, at = both, above + 1
            break
    while names and names[-1] in (None, ""):
        names.pop()
    columns = column_names(names)
    texts = chain(head[at + 1 :], ([cell_text(cell) for cell in row] for row in rows))
    cells: Iterator[list[str | None]] = (row[: len(columns)] for row in texts)
    below = [one for one in ranges if one.first > at + 1 and one.column < len(columns)]
    merged: Counter[str] = Counter()
    for one in below:
        merged[columns[one.column]] += one.last - one.first
    cells = filled_down(cells, at + 2, below) if below else cells
    raised: dict[str, list[RaisedCell]] = {}
    for cell in marked:
        if cell.row > at + 1 and cell.column < len(columns):
            raised.setdefault(columns[cell.column], []).append(cell)
    return Sheet(columns, cells, at + 2, _unstored_formulas(file, columns), dict(merged), raised)


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


def _by_openpyxl(file: SourceFile) -> tuple[Iterable[tuple[Any, ...]], list[MergedCells], list[RaisedCell]]:
    book = _openpyxl_book(file)
    sheet = book[_chosen(file, list(book.sheetnames))]
    if not hasattr(sheet, "reset_dimensions"):
        raise SourceError("is a sheet of charts; name a sheet that holds cells")
    sheet.reset_dimensions()
    with zipfile.ZipFile(file.path) as packed:
        parts = packed.namelist()
        content = packed.read(sheet._worksheet_path) if sheet._worksheet_path in parts else b""
        strings = next((packed.read(part) for part in parts if part.lower() == "xl/sharedstrings.xml"), b"")
    return _safely(sheet.iter_rows(values_only=True)), merged_in_xlsx(content), raised_in_xlsx(content, strings)


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


def _by_calamine(file: SourceFile) -> tuple[Iterable[list[Any]], list[MergedCells]]:
    book = _calamine_book(file)
    try:
        sheet = book.get_sheet_by_name(_chosen(file, list(book.sheet_names)))
        rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
        ranges = sheet.merged_cell_ranges or []
        if file.path.name.lower().endswith(".ods"):  # python-calamine does not know which cells of these are merged
            return _without_blanks(rows), merged_in_ods(file.path, sheet.name)
    except (ValueError, OSError, KeyError):
        raise SourceError(_UNREADABLE) from None
    merged = [MergedCells(first[1], first[0] + 1, last[0] + 1) for first, last in ranges if last[0] > first[0]]
    return _without_blanks(rows), merged


def _without_blanks(rows: list[list[Any]]) -> list[list[Any]]:
    return [[None if cell == "" else cell for cell in row] for row in rows]


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
        asks = any(b'fullCalcOnLoad="1"' in packed.read(part) for part in packed.namelist() if _BOOK.fullmatch(part))
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


def sheets_with_rows(path: Path, name: str) -> list[str]:
    """Return the sheets of a spreadsheet that hold a table, as they are named in a contract.

    Returns
    -------
    list of str
        All of them as ``*`` if they have the same columns, else each that holds a table. Empty if there is only one sheet, or the file
        is no spreadsheet that can be read.
    """
    if not name.lower().endswith((*EXCEL_ENDINGS, *OTHER_SHEET_ENDINGS)):
        return []
    try:
        sheets = [SourceFile(path, name, "excel", one) for one in sheet_names(SourceFile(path, name, "excel"))]
    except SourceError:
        return []
    tables, others = dict[str, tuple[str, ...]](), 0
    for one in sheets:
        try:
            found = read_sheet(one)
            rows = sum(1 for _ in islice(found.rows, LOOKED_AT))
        except EmptySheetError:
            continue
        except SourceError:
            rows = 0
        if rows and len(found.columns) > 1:
            tables[str(one.sheet)] = tuple(sorted(column.casefold() for column in found.columns))
        else:
            others += 1
    if len(sheets) < 2 or not tables:
        return []
    if len(tables) > 1 and not others and len(set(tables.values())) == 1:
        return [ALL_SHEETS]
    return list(tables)


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
