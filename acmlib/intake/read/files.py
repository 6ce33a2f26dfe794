"""The files that a source names, and how each is written: encoding, delimiter, columns."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

#: What can be read, by the end of the file's name.
CSV_ENDINGS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt")
EXCEL_ENDINGS = (".xlsx", ".xlsm")
PARQUET_ENDINGS = (".parquet",)
ENDINGS = (*CSV_ENDINGS, *PARQUET_ENDINGS, *EXCEL_ENDINGS)

#: Most files of one source; a folder with more is the wrong folder.
MAX_FILES = 2000

#: An Excel file that unpacks to more bytes than this is refused: about ten million cells, or an attack.
MAX_UNPACKED = 1 << 30

#: Columns that are added to every table.
FILE_COLUMN = "_file"
ROW_COLUMN = "_row"

#: Bytes read at a time when a whole file is looked at.
CHUNK = 1 << 20

_WILD = "*?["
_DELIMITERS = (",", ";", "\t", "|")
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class SourceError(ValueError):
    """A file cannot be found or read; the message says which and what to do, without where on the machine."""


@dataclass(frozen=True)
class SourceFile:
    """One file of a source.

    Attributes
    ----------
    path : Path
        Where it is.
    name : str
        Its path from the root of the workspace, as people know it.
    kind : {"csv", "parquet", "excel"}
        How it is read.
    sheet : str or None
        Sheet of an Excel file.
    """

    path: Path
    name: str
    kind: str
    sheet: str | None = None


@dataclass(frozen=True)
class CsvForm:
    """How a CSV file is written."""

    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    compressed: bool
    marked: bool


def find_files(source: str, *, root: Path) -> tuple[SourceFile, ...]:
    """Return the files that a source names, in order of their names.

    Parameters
    ----------
    source
        Path from the root of the workspace: a file, a file with ``#Sheet``, a glob, or a folder (all files in it that can be read).
    root
        The workspace.

    Raises
    ------
    SourceError
        If there is none, if one is of a kind that cannot be read, or if a link leads out of the workspace.
    """
    path_text, _, sheet = source.partition("#")
    place = root / path_text
    if any(sign in path_text for sign in _WILD):
        found = sorted(path for path in root.glob(path_text) if path.is_file() and _readable(path.name))
        if not found:
            raise SourceError("no file has such a name; check the folder and the signs * and ?")
    elif place.is_dir():
        found = sorted(path for path in place.iterdir() if path.is_file() and _readable(path.name))
        if not found:
            raise SourceError(f"the folder has no file that can be read; put files there that end in {', '.join(ENDINGS)}")
    elif place.is_file():
        found = [place]
    else:
        raise SourceError(f"there is no such file{_nearby(place)}")
    if len(found) > MAX_FILES:
        raise SourceError(f"names {len(found):,} files; name at most {MAX_FILES:,}")
    return tuple(_source_file(path, root, sheet or None) for path in found)


def _readable(name: str) -> bool:
    return name.lower().endswith(ENDINGS) and not name.startswith((".", "~$"))


def _nearby(place: Path) -> str:
    """Return what the folder holds instead, if there is a folder."""
    if not place.parent.is_dir():
        return f"; there is no folder {place.parent.name} either: put the provider's file there"
    names = sorted(path.name for path in place.parent.iterdir() if _readable(path.name))[:8]
    return f"; its folder holds {', '.join(names)}" if names else "; its folder is empty: put the provider's file there"


def _source_file(path: Path, root: Path, sheet: str | None) -> SourceFile:
    # The folder data/ itself may be a link to where an agency keeps its data; nothing below it may lead elsewhere.
    homes = (root.resolve(), (root / "data").resolve())
    real = path.resolve()
    if not any(real.is_relative_to(home) for home in homes):
        raise SourceError("is a link that leads out of the workspace; put the file itself there")
    lowered = path.name.lower()
    kind = "csv" if lowered.endswith(CSV_ENDINGS) else "parquet" if lowered.endswith(PARQUET_ENDINGS) else "excel"
    if not lowered.endswith(ENDINGS):
        raise SourceError(f"ends in '{path.suffix}'; use a file that ends in {', '.join(ENDINGS)}")
    if any(sign in str(real) for sign in "*?[]{}"):
        raise SourceError("has one of * ? [ ] { } in its path; rename it")
    if sheet and kind != "excel":
        raise SourceError("names a sheet with #; only .xlsx files have sheets")
    return SourceFile(real, PurePosixPath(path.relative_to(root)).as_posix(), kind, sheet)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal: two files with the same one are the same."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def csv_form(file: SourceFile, *, encoding: str | None = None, delimiter: str | None = None) -> CsvForm:
    """Find out how a CSV file is written.

    UTF-8 if the whole file is valid UTF-8, UTF-16 if it is marked so, else Windows-1252 (what Excel writes in Western countries).
    The delimiter is the sign among ``, ; tab |`` that divides the first line into most columns.

    Raises
    ------
    SourceError
        If the file is empty, cannot be decompressed, or names no columns or a column twice.
    """
    compressed = file.path.name.lower().endswith(".gz")
    try:
        with opened(file.path, compressed=compressed) as raw:
            found, marked = (encoding, False) if encoding else _encoding(raw)
        with opened(file.path, compressed=compressed) as raw:
            text = io.TextIOWrapper(raw, encoding="utf-8-sig" if found == "utf-8" else found, errors="replace", newline="")
            first = _first_record(text)
    except (OSError, EOFError, zipfile.BadZipFile) as error:
        raise SourceError(f"cannot be read ({getattr(error, 'strerror', None) or 'it is damaged'}); ask for the file again") from None
    if not first.strip():
        raise SourceError("is empty; the first line names the columns, each further line is a row")
    delimiter = delimiter or max(_DELIMITERS, key=lambda sign: len(next(csv.reader([first], delimiter=sign))))
    columns = next(csv.reader(io.StringIO(first, newline=""), delimiter=delimiter))
    return CsvForm(found, delimiter, column_names(columns), compressed, marked)


def opened(path: Path, *, compressed: bool) -> IO[bytes]:
    """Open a file's bytes, decompressed."""
    return cast("IO[bytes]", gzip.open(path, "rb")) if compressed else path.open("rb")


def _encoding(raw: IO[bytes]) -> tuple[str, bool]:
    """Return the encoding of a stream, and whether a byte order mark says so."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk = raw.read(CHUNK)
    for mark, name in _BYTE_ORDER_MARKS:
        if chunk.startswith(mark):
            return name, True
    try:
        while chunk:
            decoder.decode(chunk)
            chunk = raw.read(CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252", False
    return "utf-8", False


def _first_record(text: IO[str]) -> str:
    """Return the first line, with those after it while a quote is open."""
    first = text.readline(CHUNK)
    while first.count('"') % 2 and len(first) < CHUNK and (more := text.readline(CHUNK)):
        first += more
    return first.rstrip("\r\n")


def column_names(given: list[Any]) -> tuple[str, ...]:
    """Return names for all columns: blanks around them removed, an empty one called ``column_3``.

    Raises
    ------
    SourceError
        If two are the same but for capitals: SQL could not tell them apart.
    """
    names = [" ".join(str(name).split()) if name not in (None, "") else "" for name in given]
    names = [name or f"column_{i}" for i, name in enumerate(names, start=1)]
    seen: dict[str, str] = {}
    for name in names:
        if name in (FILE_COLUMN, ROW_COLUMN):
            raise SourceError(f"has a column '{name}'; rename it, the name is taken")
        if name.casefold() in seen:
            raise SourceError(f"has the columns '{seen[name.casefold()]}' and '{name}'; give every column its own name")
        seen[name.casefold()] = name
    return tuple(names)


def transcoded(file: SourceFile, form: CsvForm, target: Path) -> int:
    """Write a CSV file as UTF-8 to `target`; return how many characters could not be read (they become U+FFFD)."""
    lost = 0
    with opened(file.path, compressed=form.compressed) as raw, target.open("w", encoding="utf-8", newline="") as out:
        text = io.TextIOWrapper(raw, encoding=form.encoding, errors="replace", newline="")
        while chunk := text.read(CHUNK):
            lost += chunk.count("\ufffd")
            out.write(chunk)
    return lost


def excel_rows(file: SourceFile) -> tuple[tuple[str, ...], Iterator[list[str | None]]]:
    """Return the columns of an Excel sheet and its rows as texts: dates as 2026-05-31, whole numbers without a decimal point.

    Raises
    ------
    SourceError
        If the file is no Excel file, the sheet does not exist, or there is nothing in it.
    """
    import openpyxl  # a second of import that most contracts do not need

    try:
        with zipfile.ZipFile(file.path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > MAX_UNPACKED:
            raise SourceError("is too large to be an Excel file of people; save it as .csv")
        book = openpyxl.load_workbook(file.path, read_only=True, data_only=True)
    except SourceError:
        raise
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise SourceError("is no Excel file that can be read; open it in Excel and save it as .xlsx, without a password") from None
    sheets = book.sheetnames
    if file.sheet is not None and file.sheet not in sheets:
        raise SourceError(f"has no sheet '{file.sheet}'; its sheets are {', '.join(sheets)}")
    if file.sheet is None and len(sheets) > 1:
        raise SourceError(f"has several sheets; name one as {file.name}#{sheets[0]}: {', '.join(sheets)}")
    rows = book[file.sheet or sheets[0]].iter_rows(values_only=True)
    head = list(next(rows, ()))
    while head and head[-1] is None:
        head.pop()
    if not head:
        raise SourceError("has nothing in its first row; the first row names the columns")
    names = column_names(head)
    return names, ([_cell(cell) for cell in row[: len(names)]] for row in rows)


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


def _cell(cell: Any) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if hasattr(cell, "isoformat"):
        text = str(cell.isoformat())
        return text.removesuffix("T00:00:00").replace("T", " ")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell)
