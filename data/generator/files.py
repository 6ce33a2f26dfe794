"""The formats that providers send: CSV in several habits, Excel and Parquet, always the same bytes for the same rows."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

Row = Mapping[str, object]
#: Date that all entries of a workbook carry, so that writing it twice gives the same bytes.
STAMP = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


def csv_text(rows: Sequence[Row], *, delimiter: str = ",", newline: str = "\n", decimal: str = ".") -> str:
    """Return rows as CSV; what is not known is an empty cell."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), delimiter=delimiter, lineterminator=newline)
    writer.writeheader()
    for row in rows:
        writer.writerow({key: cell(value, decimal) for key, value in row.items()})
    return out.getvalue()


def cell(value: object, decimal: str) -> str:
    """Return one CSV cell."""
    if value is None:
        return ""
    return f"{value:.2f}".replace(".", decimal) if isinstance(value, float) else str(value)


def workbook(rows: Sequence[Row], sheet: str, *, notice: str) -> bytes:
    """Return an .xlsx file with a cover sheet, as spreadsheets in offices have, and `rows` on a sheet of their own."""
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    book.active.append([notice])
    page = book.create_sheet(sheet)
    page.append(list(rows[0]))
    for row in rows:
        page.append(list(row.values()))
    book.properties.created = book.properties.modified = STAMP.replace(tzinfo=None)
    raw = io.BytesIO()
    book.save(raw)
    fixed = io.BytesIO()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":  # saving sets the time of day here
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), content)
            new.writestr(zipfile.ZipInfo(name, STAMP.timetuple()[:6]), content)
    return fixed.getvalue()


def parquet(rows: Sequence[Row]) -> bytes:
    """Return rows as a Parquet file; types come from the values."""
    table = pa.Table.from_pylist([dict(row) for row in rows])
    out = io.BytesIO()
    pq.write_table(table, out, compression="none")
    return out.getvalue()
