"""What arrives in other formats is read as the same table would be as CSV."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from acmlib.contract.errors import ContractError

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
    ("data/b.json", json.dumps({"count": 2, "results": objects()})),
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


def test_old_and_open_spreadsheets(bench, rows):
    pytest.importorskip("python_calamine")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as book:  # the smallest .ods there is

        def cell(given):
            text = f"<text:p>{given}</text:p>"
            return f'<table:table-cell office:value-type="string">{text}</table:table-cell>' if given else "<table:table-cell/>"

        given = [NAMES, *[[str(one) if one is not None else "" for one in row] for row in ROWS]]
        cells = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in given)
        spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text"))
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        manifest = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
        book.writestr("META-INF/manifest.xml", f'<?xml version="1.0"?><manifest:manifest {manifest}/>')
        book.writestr("content.xml", f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
                                     f'<table:table table:name="S">{cells}</table:table></office:spreadsheet></office:body>'
                                     "</office:document-content>")  # fmt: skip
    assert read(bench, rows, content.getvalue(), "data/a.ods") == WANTED


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
