"""What arrives in other formats is read as the same table would be as CSV."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from acmlib.contract.errors import ContractError
from acmlib.contract.load import load_contract
from acmlib.intake import open_tables
from acmlib.intake.check.checks import check_tables
from acmlib.intake.read.raised import raised_in_xlsx
from acmlib.intake.scaffold.draft import DraftAnswers, draft, write_draft
from acmlib.measures.counting import count

ROWS = [("1", "North", "2025-01-31", 2.5), ("2", "South", None, None)]
WANTED = [("1", "North", "2025-01-31", 2.5), ("2", "South", None, None)]
NAMES = ("id", "site", "entered", "wage")


def read(bench, rows, content, name, more="id: id", source=None):
    bench.write(name, content)
    tables = bench.open(f"tables: {{people: {{source: {source or name}, {more}}}}}\n")
    return rows(tables, "SELECT id, site, entered::DATE::VARCHAR, wage FROM people ORDER BY id")


def objects():
    return [dict(zip(NAMES, row, strict=True)) for row in ROWS]


@pytest.mark.parametrize(("name", "text"), [
    ("data/a.json", json.dumps(objects())), ("data/a.jsonl", "\n".join(map(json.dumps, objects()))),
    ("data/b.json", json.dumps({"count": 2, "results": objects(), "links": {"pages": [{"next": 2}]}})),
    ("data/c.json", json.dumps({"meta": {"n": 2}, "data": {"people": objects()}})),
    ("data/a.geojson", json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": one, "geometry": {"type": "Point", "coordinates": [1.5, 2.5]}} for one in objects()]})),
])  # fmt: skip
def test_json(bench, rows, name, text):
    assert read(bench, rows, text, name) == WANTED


def test_objects_in_objects_and_lists_become_columns(bench, rows):
    bench.write("data/a.json", json.dumps([{"id": 1, "address": {"zip": "00123"}, "race": ["White", "Asian"]}]))
    tables = bench.open("tables: {people: {source: data/a.json, id: id, columns: {zip: address.zip}}}\n")
    assert rows(tables, "SELECT zip, race FROM people") == [("00123", "White;Asian")]


def test_an_archive_of_csv_files(bench, rows):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("export/one.csv", "id,site,entered,wage\n1,North,2025-01-31,2.5\n")
        archive.writestr("export/two.csv", "site,id,entered,wage\nSouth,2,,\n")
        archive.writestr("__MACOSX/._one.csv", "x")
        archive.writestr("readme.md", "x")
    assert read(bench, rows, packed.getvalue(), "data/a.zip") == WANTED
    assert read(bench, rows, packed.getvalue(), "data/a.zip", source="data/a.zip#one.csv") == WANTED[:1]
    with pytest.raises(ContractError, match="is no ZIP archive"):
        read(bench, rows, b"PK no", "data/b.zip")


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_old_and_open_spreadsheets(bench, rows, ending):
    pytest.importorskip("python_calamine")
    content = (Path(__file__).parents[1] / f"data/formats/people.{ending}").read_bytes()
    assert read(bench, rows, content, f"data/a.{ending}") == WANTED


def binary_workbook(table):
    """Return the smallest .xlsb there is: records of a type, a length and their bytes ([MS-XLSB] 2.1.4), texts in the cells."""

    def record(kind, content=b""):
        head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
        return (
            head + bytes([len(content) & 127 | 128, len(content) >> 7]) + content
            if len(content) > 127
            else head + bytes([len(content)]) + content
        )

    def text(given):
        return struct.pack("<I", len(given)) + given.encode("utf-16-le")

    cells = b""
    for at, row in enumerate(table):
        cells += record(0, struct.pack("<IIHHBI", at, 0, 300, 0, 0, 0))  # BrtRowHdr
        for column, given in enumerate(row):
            if isinstance(given, float):
                cells += record(5, struct.pack("<IId", column, 0, given))  # BrtCellReal
            elif given is not None:
                cells += record(6, struct.pack("<II", column, 0) + text(given))  # BrtCellSt
    size = struct.pack("<IIII", 0, len(table) - 1, 0, len(table[0]) - 1)  # BrtWsDim
    sheet = record(129) + record(148, size) + record(145) + cells + record(146) + record(130)
    names = record(143) + record(156, struct.pack("<II", 0, 1) + text("rId1") + text("People")) + record(144)
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    link = f'<Relationships xmlns="{space}"><Relationship Id="rId1" Type="{{}}" Target="{{}}"/></Relationships>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("_rels/.rels", link.format(f"{kinds}/officeDocument", "xl/workbook.bin"))
        book.writestr("xl/workbook.bin", record(131) + names + record(132))
        book.writestr("xl/_rels/workbook.bin.rels", link.format(f"{kinds}/worksheet", "worksheets/sheet1.bin"))
        book.writestr("xl/worksheets/sheet1.bin", sheet)
    return packed.getvalue()


def test_binary_workbooks_of_excel(bench, rows):
    pytest.importorskip("python_calamine")
    table = [NAMES, *((one, site, day, wage) for one, site, day, wage in ROWS)]
    assert read(bench, rows, binary_workbook(table), "data/a.xlsb") == WANTED


def workbook(bench, fill):
    book = openpyxl.Workbook()
    fill(book)
    path = bench.root / "data/book.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def test_a_workbook_whose_parts_have_numbers(bench, rows):
    def fill(book):
        for row in (("id", "n"), ("1", "=1+1"), ("2", 3)):
            book.active.append(row)

    workbook(bench, fill)
    renamed = {"xl/workbook.xml": "xl/workbook22.xml", "xl/_rels/workbook.xml.rels": "xl/_rels/workbook22.xml.rels"}
    with zipfile.ZipFile(bench.root / "data/book.xlsx") as old, zipfile.ZipFile(bench.root / "data/new.xlsx", "w") as new:
        for part in old.namelist():
            new.writestr(renamed.get(part, part), old.read(part).replace(b"xl/workbook.xml", b"xl/workbook22.xml"))
    tables = bench.open("tables: {people: {source: data/new.xlsx, id: id}}\n")
    assert rows(tables, "SELECT id, n FROM people ORDER BY id") == [("1", None), ("2", 3)]


def test_all_sheets_of_a_book_whatever_the_order_of_their_columns(bench, rows):
    def fill(book):
        for at, (month, table) in enumerate(
            {"May": [("id", "site"), ("1", "N")], "June": [("site", "id"), ("S", "2"), ("N", "3")]}.items()
        ):
            sheet = book.create_sheet(month, at)
            for row in table:
                sheet.append(row)
        assert book.worksheets[-1].title == "Sheet"  # which is empty, as Sheet3 in many a book

    workbook(bench, fill)
    with pytest.raises(ContractError, match=r"several sheets; name one as data/book.xlsx#May, or all as data/book.xlsx#\*"):
        bench.open("tables: {people: {source: data/book.xlsx, id: id}}\n")
    tables = bench.open("tables: {people: {source: 'data/book.xlsx#*', id: id}}\n")
    assert rows(tables, "SELECT id, site FROM people ORDER BY id") == [("1", "N"), ("2", "S"), ("3", "N")]
    assert [(one.path, one.rows) for one in tables.inputs] == [("data/book.xlsx#May", 1), ("data/book.xlsx#June", 2)]


def test_headers_in_two_rows_and_cells_merged_over_rows(bench, rows):
    def fill(book):
        sheet = book.active
        for row in (
            ("Person", None, "Result"),
            ("site", "id", "placed"),
            ("North", "1", "yes"),
            (None, "2", "no"),
            ("South", "3", "yes"),
            (None, "4", ""),
        ):
            sheet.append(row)
        for place in ("A1:B1", "A3:A4", "A5:A6"):
            sheet.merge_cells(place)

    workbook(bench, fill)
    tables = bench.open("tables: {people: {source: data/book.xlsx, id: id}}\ndimensions: {site: {}}\n")
    assert rows(tables, "SELECT id, dim_site, placed FROM people ORDER BY id") == [
        ("1", "North", "yes"), ("2", "North", "no"), ("3", "South", "yes"), ("4", "South", None),
    ]  # fmt: skip
    assert [(one.what.key, one.rows) for one in check_tables(tables, tables.contract) if one.column == "site"] == [("merged", 2)]


def test_sheets_called_after_months_with_two_tables_each_are_counts_by_month(bench):
    def fill(book):
        for at, (month, served) in enumerate({"Jul 2025": 40, "Aug 2025": 30}.items()):
            sheet = book.create_sheet(month, at)
            for row in (("Meals",), ("Site", "Planned", "Served"), ("Elm", 50, served), ("Harbor", 60, 55), ("Total", 110, served + 55), (),
                        ("Delivered",), ("Route", "Planned", "Served"), ("Route 1", 20, 10), ("Total", 20, 10)):  # fmt: skip
                sheet.append(row)

    workbook(bench, fill)
    tables = bench.open(
        "tables: {sent: {kind: counts, source: 'data/book.xlsx#*', columns: {site: Site}, period: sheet, "
        "measures: {served: {numerator: Served, denominator: Planned}}}}\n"
        "dimensions: {site: {kind: site}}\nmetrics: {served: {title: Served, kind: proportion, from: sent}}\n"
    )
    found = count(tables.contract, tables).table.set_index(["period", "group"])
    assert [found.at[(month, "All participants"), "numerator"] for month in ("2025-07", "2025-08")] == [105, 95]
    assert found.at[("2025-08", "Route 1"), "denominator"] == 20
    (second,) = [one for one in tables.noticed if one.what.key == "second_table"]
    assert (second.rows, "book.xlsx#Jul 2025 row 8" in second.what) == (2, True)


def test_an_ods_sheet_with_heads_in_two_rows_merged_cells_and_totals_is_laid_out_and_right(bench):
    hidden = "<table:covered-table-cell/>"

    def cell(value, *, columns=1, rows=1):
        kind = "float" if isinstance(value, int) else "string"
        given = f'office:value-type="{kind}" office:value="{value}"' if kind == "float" else 'office:value-type="string"'
        spans = f'table:number-columns-spanned="{columns}" table:number-rows-spanned="{rows}"'
        return f"<table:table-cell {spans} {given}><text:p>{value}</text:p></table:table-cell>" + "<table:covered-table-cell/>" * (
            columns - 1
        )

    lines = [cell("Quarterly counts", columns=8), cell("Quarter", rows=2) + cell("Site", rows=2) + cell("Enrolled", columns=3)
             + cell("Completed", columns=3), hidden * 2 + "".join(map(cell, ["Women", "Men", "Total"] * 2))]  # fmt: skip
    for quarter, women in (("2025 Q1", 20), ("2025 Q2", 30)):
        for site, more in (("Uptown", 0), ("Downtown", 10)):
            counts = [women + more, 12, women + more + 12, 15, 6, 21]
            lines.append((hidden if more else cell(quarter, rows=3)) + cell(site) + "".join(map(cell, counts)))
        lines.append(hidden + cell("All sites") + "".join(map(cell, [2 * women + 10, 24, 2 * women + 34, 30, 12, 42])))
    name = "urn:oasis:names:tc:opendocument:xmlns"
    content = (f'<office:document-content xmlns:office="{name}:office:1.0" xmlns:table="{name}:table:1.0" xmlns:text="{name}:text:1.0">'
               '<office:body><office:spreadsheet><table:table table:name="Counts">'
               + "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
               + "</table:table></office:spreadsheet></office:body></office:document-content>")  # fmt: skip
    path = bench.write("data/new/counts.ods", b"")
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
        packed.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{name}:manifest:1.0"/>')
    write_draft("ods", draft("ods", path, root=bench.root), DraftAnswers(), bench.root)
    contract = load_contract("ods", root=bench.root)
    with open_tables(contract, root=bench.root) as tables:
        counted = count(contract, tables)
        assert not [one for one in counted.findings if one.severity == "error"]
    found = counted.table[counted.table["period"].eq("2025Q2")].set_index(["metric", "group"])
    assert list(found.loc[("completed", "All participants"), ["numerator", "denominator"]]) == [42, 94]
    assert list(found.loc[("completed", "Women"), ["numerator", "denominator"]]) == [30, 70]
    assert list(found.loc[("completed", "Downtown"), ["numerator", "denominator"]]) == [21, 52]


@pytest.mark.parametrize(("between", "lines"), [("id,site,entered", 1), ("Subtotal,North,2025-01-31", 1), ("Grand total,,2025-01-31", 1)])
def test_names_and_totals_between_rows_are_no_people(bench, rows, between, lines):
    tables = bench.people(f"id,site,entered\n1,North,2025-01-31\n{between}\n2,South,2025-02-01\n3,South,2025-02-02\n", "id: id")
    assert rows(tables, "SELECT id, entered::VARCHAR FROM people ORDER BY id") == [
        ("1", "2025-01-31"),
        ("2", "2025-02-01"),
        ("3", "2025-02-02"),
    ]
    assert [(one.what.key, one.rows) for one in check_tables(tables, tables.contract) if one.what.key == "footer"] == [("footer", lines)]


@pytest.mark.parametrize("ending", ["sav", "dta", "xpt"])
def test_files_of_statistics_programs_with_labels_and_missing_values(bench, rows, ending):
    pyreadstat = pytest.importorskip("pyreadstat")
    import pandas as pd

    path = bench.root / f"data/a.{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame({"id": [1.0, 2.0, 3.0], "site": [1.0, 2.0, 9.0], "wage": [2.5, 99.0, 3.0]})
    labels = {"variable_value_labels": {"site": {1.0: "North", 2.0: "South", 9.0: "Refused"}}}
    if ending == "sav":
        pyreadstat.write_sav(frame, str(path), missing_ranges={"wage": [99.0], "site": [9.0]}, **labels)
    elif ending == "dta":
        pyreadstat.write_dta(
            frame, str(path), variable_value_labels={"site": {1: "North", 2: "South", 9: "Refused"}, "wage": {99: "Missing"}}
        )
    else:
        pyreadstat.write_xport(frame, str(path))
    tables = bench.open(f"tables: {{people: {{source: data/a.{ending}, id: id}}}}\ndimensions: {{site: {{}}}}\n")
    found = rows(tables, "SELECT id, dim_site, wage FROM people ORDER BY id")
    sites = ["1", "2", "9"] if ending == "xpt" else ["North", "South", "Declined"]
    assert found == [("1", sites[0], 2.5), ("2", sites[1], 99 if ending == "xpt" else None), ("3", sites[2], 3)]


@pytest.mark.parametrize("ending", ["sav", "dta"])
def test_months_and_quarters_of_statistics_programs_are_dates(bench, rows, ending):
    """The library gives 797 and 13999651200 for June 2026: findings/pyreadstat-months-are-numbers.sh."""
    pyreadstat = pytest.importorskip("pyreadstat")
    import pandas as pd

    path = bench.root / f"data/a.{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    days = pd.to_datetime(["2026-06-01", "2026-12-01", None])
    frame = pd.DataFrame({"id": [1.0, 2.0, 3.0], "site": "North", "month": days, "quarter": days, "half": days})
    if ending == "sav":
        pyreadstat.write_sav(frame, str(path), variable_format={"month": "MOYR8", "quarter": "QYR8", "half": "DATE11"})
    else:
        frame.to_stata(path, convert_dates={"month": "tm", "quarter": "tq", "half": "th"}, write_index=False)
    tables = bench.open(f"tables: {{people: {{source: data/a.{ending}, id: id}}}}\n")
    found = rows(tables, "SELECT month, quarter, half FROM people ORDER BY id")
    june, december = ["2026-06-01"] * 3, ["2026-12-01"] * 3
    if ending == "dta":
        june, december = ["2026-06-01", "2026-04-01", "2026-01-01"], ["2026-12-01", "2026-10-01", "2026-07-01"]
    assert [[str(value)[:10] for value in row] for row in found[:2]] == [june, december]
    assert found[2] == (None, None, None)


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        (("", ""), {"days": 2}),  # openpyxl stores no result
        (("0", "0"), {"days": 2}),  # XlsxWriter stores 0 for each: findings/xlsxwriter-formulas-are-zero.sh
        (("0", "31"), {}),
    ],
)
def test_formulas_whose_result_is_not_in_the_file(bench, stored, told):
    book = openpyxl.Workbook()
    for row in (("id", "first", "last", "days"), (1, 5, 5, "=C2-B2"), (2, 5, 36, "=C3-B3")):
        book.active.append(row)
    file, results = io.BytesIO(), iter(stored)
    book.save(file)
    with zipfile.ZipFile(file) as plain, zipfile.ZipFile(bench.write("data/a.xlsx", b""), "w") as packed:
        for part in plain.namelist():
            packed.writestr(part, re.sub(r"<v ?/>|<v></v>", lambda _: f"<v>{next(results)}</v>", plain.read(part).decode()))
    tables = bench.open("tables: {people: {source: data/a.xlsx, id: id}}\n")
    found = [one for one in tables.noticed if one.what.key == "formulas"]
    assert {one.column: one.rows for one in found} == told
    assert all(one.severity == "error" and "as 0" in str(one.why) for one in found)


def test_raised_mark_of_a_note_is_a_warning(bench, rows):
    def with_raised(text, mark):
        return CellRichText(text, TextBlock(InlineFont(vertAlign="superscript"), mark))

    book = openpyxl.Workbook()
    for row in (("id", with_raised("placed", "1")), ("a", with_raised("12", "1")), ("b", 40), ("c", with_raised("5", "th"))):
        book.active.append(row)
    book.active.append((with_raised("note", "2"), 41))
    book.save(bench.write("data/a.xlsx", b""))
    tables = bench.open("tables: {people: {source: data/a.xlsx, id: id}}\n")
    found = {one.column: one for one in tables.noticed if one.what.key == "raised"}
    assert ("121",) in rows(tables, "SELECT placed1::VARCHAR FROM people")
    assert {column: one.rows for column, one in found.items()} == {"placed1": 1, "id": 1}
    assert str(found["placed1"].what) == "1 cell of data/a.xlsx with a raised digit, read with the rest of the cell (B2: 121)"
    assert "A5" in str(found["id"].what) and "note" not in str(found["id"].what)
    assert all(one.severity == "warning" and one.who == "provider" for one in found.values())


def test_raised_marks_in_texts_that_a_workbook_shares():
    mark = "<si><r><t>12</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>1</t></r></si>"
    strings = f"<sst xmlns='urn:x'><si><t>40</t></si>{mark}</sst>".encode()
    cells = "<c r='B2' t='s'><v>1</v></c><c r='C2' t='s'><v>0</v></c><c r='D2'><v>1</v></c>"
    sheet = f"<worksheet xmlns='urn:x'><sheetData><row r='2'>{cells}</row></sheetData></worksheet>".encode()
    assert raised_in_xlsx(sheet, strings) == [(1, 2, "B2", "121")]
