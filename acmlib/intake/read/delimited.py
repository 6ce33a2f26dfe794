"""How a CSV file is written: encoding, delimiter, the line that names the columns, quotes that close."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from acmlib.contract.model import Table
from acmlib.intake.read.files import CHUNK, SourceError, SourceFile, column_names
from acmlib.intake.read.headers import LOOKED_AT, HeaderError, header_row

DELIMITERS = (",", ";", "\t", "|")
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)

#: A cell with more lines than this, in a file whose quotes do not balance, is a quote that does not close.
LONGEST_CELL = 20


@dataclass(frozen=True)
class CsvForm:
    """How a CSV file is written.

    Attributes
    ----------
    columns : tuple of str
        Names of the columns.
    skipped : int
        Lines above the one that names the columns.
    headed : bool
        Whether a line names the columns.
    compressed, marked : bool
        Whether it is gzipped; whether a byte order mark says what its encoding is.
    lines : int
        Line ends in the whole file.
    quotes : int
        Quotation marks in it.
    blanks : bool
        Whether cells may have blanks around them.
    """

    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    compressed: bool
    marked: bool
    skipped: int = 0
    headed: bool = True
    lines: int = 0
    quotes: int = 0

    @property
    def first_row(self) -> int:
        """Line of the first row of data."""
        return self.skipped + (2 if self.headed else 1)


@dataclass(frozen=True)
class _Scan:
    encoding: str
    marked: bool
    lines: int
    quotes: int


def csv_form(file: SourceFile, table: Table | None = None, *, expected: frozenset[str] = frozenset()) -> CsvForm:
    """Find out how a CSV file is written.

    UTF-8 if the whole file is valid UTF-8, UTF-16 if it is marked so, else Windows-1252 (what Excel writes in Western countries).
    The delimiter is the sign among ``, ; tab |`` that divides most of the first lines into most columns; a line ``sep=;`` says it.

    Parameters
    ----------
    table : Table, optional
        What the contract says of it.
    expected : frozenset of str
        Names that the contract uses for its columns, in small letters.

    Raises
    ------
    SourceError
        If the file is empty, cannot be decompressed, names no columns or a column twice, or has a quote that does not close.
    """
    table = table or Table(source=file.name)
    compressed = file.path.name.lower().endswith(".gz")
    try:
        with opened(file.path, compressed=compressed) as raw:
            looked = _looked(raw, table.encoding)
        with opened(file.path, compressed=compressed) as raw:
            text = io.TextIOWrapper(raw, encoding=_named(looked.encoding), errors="replace", newline="")
            head = [line for _, line in zip(range(LOOKED_AT * 2), iter(lambda: text.readline(CHUNK), ""), strict=False)]
    except (OSError, EOFError, zipfile.BadZipFile) as error:
        raise SourceError(f"cannot be read ({getattr(error, 'strerror', None) or 'it is damaged'}); ask for the file again") from None
    if not any(line.strip() for line in head):
        raise SourceError("is empty; the first line names the columns, each further line is a row")
    if any("\0" in line for line in head):
        raise SourceError("is no text (it holds zero bytes); ask for CSV, or save it as .xlsx under that name")
    announced = _SEPARATOR_LINE.fullmatch(head[0].strip("\r\n"))
    delimiter = table.delimiter or (announced[1] if announced else _delimiter(head))
    if looked.quotes % 2:
        _refuse_open_quote(file, looked, delimiter, compressed=compressed)
    return _formed(head, table, expected, CsvForm(looked.encoding, delimiter, (), compressed, looked.marked, 1 if announced else 0,
                                                  lines=looked.lines, quotes=looked.quotes))  # fmt: skip


def _formed(head: Sequence[str], table: Table, expected: frozenset[str], form: CsvForm) -> CsvForm:
    """Return the form with its columns and the line that names them."""
    reader = csv.reader(io.StringIO("".join(head[form.skipped :]), newline=""), delimiter=form.delimiter)
    rows, starts, line = [], [], form.skipped
    try:
        for row in reader:
            rows.append(list(row))
            starts.append(line)
            line = form.skipped + reader.line_num
    except csv.Error:
        raise SourceError("has a cell of more than 131,072 letters in its first lines; check the quotes") from None
    if form.skipped and table.header_row not in (None, "none"):  # rows are counted from the top of the file
        rows, starts = [[], *rows], [0, *starts]
    try:
        at = header_row(rows, table, expected)
    except HeaderError as error:
        raise SourceError(str(error)) from None
    if at < 0:
        return CsvForm(**{**vars(form), "columns": column_names(list(table.names)), "headed": False})
    return CsvForm(**{**vars(form), "columns": column_names(_without_tail(rows[at])), "skipped": starts[at]})


def _without_tail(cells: list[str]) -> list[str]:
    """Return the names of columns without the empty ones that a delimiter at the end of each line makes."""
    while len(cells) > 1 and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def opened(path: Path, *, compressed: bool) -> IO[bytes]:
    """Open a file's bytes, decompressed."""
    return cast("IO[bytes]", gzip.open(path, "rb")) if compressed else path.open("rb")


def csv_rows(file: SourceFile, form: CsvForm | None = None) -> list[tuple[int, Mapping[str, str]]]:
    """Return the rows of a small CSV file that are not blank, each with its number (the first row after the names is 2).

    Parameters
    ----------
    form : CsvForm, optional
        From `csv_form`, if it is known.

    Raises
    ------
    SourceError
        If it cannot be read.
    """
    form = form or csv_form(file)
    with opened(file.path, compressed=form.compressed) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8-sig" if form.encoding == "utf-8" else form.encoding, newline="")
        rows = list(csv.reader(text, delimiter=form.delimiter))[1:]
    named = [dict(zip(form.columns, (cell.strip() for cell in row), strict=False)) for row in rows]
    return [(number, row) for number, row in enumerate(named, start=2) if any(row.values())]


def _named(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _looked(raw: IO[bytes], stated: str | None) -> _Scan:
    """Read a stream to its end: its encoding, whether a byte order mark says so, how many lines and quotes it has."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, marked, lines, quotes, first = stated or "utf-8", False, 0, 0, True
    while chunk := raw.read(CHUNK):
        if first and not stated:
            encoding, marked = next(((name, True) for mark, name in _BYTE_ORDER_MARKS if chunk.startswith(mark)), ("utf-8", False))
        first = False
        if encoding == "utf-8" and not stated and not chunk.isascii():
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                encoding = "cp1252"
        lines += chunk.count(b"\n")
        quotes += chunk.count(b'"')
    if encoding == "utf-8" and not stated:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            encoding = "cp1252"
    return _Scan(encoding, marked, lines, quotes)


def _delimiter(head: Sequence[str]) -> str:
    """Return the sign that divides most of the first lines into most columns."""
    lines = [line for line in head if line.strip()]

    def score(sign: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO("".join(lines), newline=""), delimiter=sign)
        try:
            widths = Counter(len(row) for row in rows if len(row) > 1)
        except csv.Error:
            return (0, 0)
        width, number = max(widths.items(), key=lambda one: (one[1], one[0]), default=(0, 0))
        return (width * number, width)

    best = max(DELIMITERS, key=score)
    return best if score(best) > (0, 0) else ","


def _refuse_open_quote(file: SourceFile, looked: _Scan, delimiter: str, *, compressed: bool) -> None:
    """Raise the error that a quote opens and does not close, with its line; a lone quote inside a cell is none (6" pipe)."""
    opens = re.compile(rf'(^|{re.escape(delimiter)})\s*"')
    opened_at = 0
    with opened(file.path, compressed=compressed) as raw:
        text = io.TextIOWrapper(raw, encoding=_named(looked.encoding), errors="replace", newline="")
        for number, line in enumerate(text, start=1):
            if opened_at and number - opened_at > LONGEST_CELL:
                break
            if line.count('"') % 2:
                opened_at = number if not opened_at and opens.search(line) else 0
    if opened_at:
        raise SourceError(f"has a quote that opens in line {opened_at:,} and does not close, so that the rows after it would be lost; "
                          "close it there, or remove it")  # fmt: skip


def transcoded(file: SourceFile, form: CsvForm, target: Path) -> int:
    """Write a CSV file as UTF-8 to `target`; return how many characters could not be read (they become U+FFFD)."""
    lost = 0
    with opened(file.path, compressed=form.compressed) as raw, target.open("w", encoding="utf-8", newline="") as out:
        text = io.TextIOWrapper(raw, encoding=form.encoding, errors="replace", newline="")
        while chunk := text.read(CHUNK):
            lost += chunk.count("\ufffd")
            out.write(chunk)
    return lost
