"""Files are found and read as they come: encodings, delimiters, compression, sheets, months in separate files."""

import gzip

import openpyxl
import pandas as pd
import pytest

from acmlib.contract.errors import ContractError

TEXT = "id,name\n1,Peña – „x“\n2,Ürün\n"


def refusal(bench, source, **options):
    with pytest.raises(ContractError) as caught:
        bench.open(f"tables: {{people: {{source: {source}}}}}\n", **options)
    message = str(caught.value)
    assert str(bench.root) not in message, "a message names no place on the machine"
    assert message.startswith("params/test/contract.yml: tables.people.source is '"), message
    return message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_office_programs(bench, rows, encoding):
    text = TEXT if encoding != "cp1252" else TEXT.replace("ü", "u")
    tables = bench.people(text.encode(encoding))
    assert rows(tables, "SELECT name FROM people ORDER BY id")[0] == ("Peña – „x“",)
    assert list(tables.columns("people"))[:2] == ["id", "name"]
    assert [finding.what for finding in tables.noticed] == (
        ["data/people.csv is not UTF-8 and was read as Windows-1252"] if encoding == "cp1252" else []
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_delimiters_quotes_and_line_ends(bench, rows, delimiter, newline):
    lines = [["id", "a note", "n"], ["1", f'"says ""no""{delimiter} then\nleaves"', "3"], ["2", "", "4"]]
    tables = bench.people(newline.join(delimiter.join(line) for line in lines).encode())
    assert rows(tables, 'SELECT "a note", n FROM people ORDER BY id') == [(f'says "no"{delimiter} then\nleaves', 3), (None, 4)]


def test_compressed_csv(bench, rows):
    tables = bench.people(gzip.compress(TEXT.encode("cp1252", errors="replace")), name="data/people.csv.gz")
    assert rows(tables, "SELECT count(*) FROM people") == [(2,)]


def test_lines_that_cannot_be_read_are_reported_by_number_and_short_lines_are_filled(bench, rows):
    tables = bench.people("id,a,b\n1,x\n2,x,y\n3,x,y,Secret Person\n")
    assert rows(tables, "SELECT id, b FROM people ORDER BY id") == [(1, None), (2, "y")]
    (finding,) = tables.noticed
    assert (finding.severity, finding.rows) == ("error", 1)
    assert "(line 4)" in finding.what
    assert "Secret" not in str(finding)


def test_parquet_is_read_where_it_is_with_its_types(bench, rows):
    path = bench.write("data/people.parquet", b"")
    frame = pd.DataFrame({"id": ["001", "002"], "when": pd.to_datetime(["2025-01-02", "2025-02-03"]), "n": [1, 2]})
    frame.to_parquet(path)
    tables = bench.open("tables: {people: {source: data/people.parquet}}\n")
    assert rows(tables, "SELECT id, month(\"when\"), n, _file, _row FROM people") == [
        ("001", 1, 1, "data/people.parquet", 1), ("002", 2, 2, "data/people.parquet", 2),
    ]  # fmt: skip
    assert rows(tables, "SELECT count(*) FROM duckdb_tables() WHERE schema_name IN ('raw', 'typed', 'joined', 'main')") == [(0,)]


def test_an_excel_sheet(bench, rows):
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    sheet = book.create_sheet("People")
    sheet.append(["id", "joined", "share", "zip", None])
    sheet.append([1, pd.Timestamp("2025-03-01").to_pydatetime(), 0.25, "02139"])
    sheet.append([2.0, None, 1, "10001"])
    sheet.append([None, None, None, None])
    bench.write("data/p.xlsx", b"")
    book.save(bench.root / "data/p.xlsx")
    tables = bench.open("tables: {people: {source: data/p.xlsx#People}}\n")
    assert rows(tables, "SELECT id, joined::VARCHAR, share, zip, _row FROM people") == [
        (1, "2025-03-01", 0.25, "02139", 2),
        (2, None, 1.0, "10001", 3),
    ]
    assert tables.inputs[0].path == "data/p.xlsx#People"
    assert "has several sheets; name one as data/p.xlsx#Read me" in refusal(bench, "data/p.xlsx")
    assert "has no sheet 'Peeple'; its sheets are Read me, People" in refusal(bench, "data/p.xlsx#Peeple")


def test_monthly_files_are_united_by_name_and_a_missing_column_is_a_finding(bench, rows):
    bench.write("data/m/2025-01.csv", "id,site\n1,North\n")
    bench.write("data/m/2025-02.csv", "site;id\nSouth;2\n")
    bench.write("data/m/2025-03.csv", "id\n3\n")
    bench.write("data/m/readme.docx", "no data")
    for source in ("data/m/2025-*.csv", "data/m"):
        tables = bench.open(f"tables: {{people: {{source: '{source}'}}}}\n")
        assert rows(tables, "SELECT id, site, _file FROM people ORDER BY id") == [
            (1, "North", "data/m/2025-01.csv"), (2, "South", "data/m/2025-02.csv"), (3, None, "data/m/2025-03.csv"),
        ]  # fmt: skip
        (finding,) = tables.noticed
        assert (finding.column, finding.rows) == ("site", 1)
        assert "missing in 1 of 3 files: data/m/2025-03.csv" in finding.what
        assert len({given.sha256 for given in tables.inputs}) == 3


def test_columns_of_monthly_files_are_one_however_their_names_are_written(bench, rows):
    bench.write("data/m/2025-01.csv", "Visit ID,Visit Date,Kept\n1,2025-01-05,Yes\n")
    bench.write("data/m/2025-02.csv", "KEPT,visit_date ,Visit ID\nNo,2025-02-05,2\n")
    tables = bench.open("tables: {people: {source: data/m, columns: {visited: Visit Date}}}\n")
    assert rows(tables, 'SELECT "Visit ID", visited::VARCHAR, "Kept" FROM people ORDER BY 1') == [
        (1, "2025-01-05", "Yes"),
        (2, "2025-02-05", "No"),
    ]
    assert tables.noticed == ()
    bench.write("data/m/2025-03.csv", "Visit ID,visit_date,Visit Date,Kept\n3,x,2025-03-05,No\n")  # two columns of their own here
    tables = bench.open("tables: {people: {source: data/m, columns: {visited: Visit Date}}}\n")
    assert rows(tables, 'SELECT "Visit ID", visited::VARCHAR, visit_date FROM people ORDER BY 1')[::2] == [
        (1, "2025-01-05", None),
        (3, "2025-03-05", "x"),
    ]


def test_of_several_spellings_of_a_column_that_which_the_contract_uses_is_its_name(bench, rows):
    bench.write("data/m/2025-01.csv", "Visit ID,Visit Date\n1,2025-01-05\n")
    bench.write("data/m/2025-02.csv", "Visit ID,visit_date\n2,2025-02-05\n")
    count = "metrics: {visits: {title: V, kind: count, from: people, date: visit_date}}\ntables: {people: {source: data/m%s}}\n"
    tables = bench.open(count % "")
    assert rows(tables, "SELECT visit_date::VARCHAR FROM people ORDER BY 1") == [("2025-01-05",), ("2025-02-05",)]
    tables = bench.open(count % ", derive: {came: 'coalesce(visit_date, \"Visit Date\")'}")  # made one by the contract itself
    assert rows(tables, "SELECT came::VARCHAR FROM people ORDER BY 1") == [("2025-01-05",), ("2025-02-05",)]


@pytest.mark.parametrize(
    ("one", "other"), [("Served (%)", "Served"), ("Age 1-5", "Age 15"), ("Wait <30", "Wait >30"), ("Kept #", "Kept $")]
)
def test_signs_tell_columns_of_monthly_files_apart(bench, rows, one, other):
    bench.write("data/m/2025-01.csv", f"id,{one}\n1,7\n")
    bench.write("data/m/2025-02.csv", f"id,{other}\n2,8\n")
    tables = bench.open("tables: {people: {source: data/m}}\n")
    assert rows(tables, f'SELECT "{one}", "{other}" FROM people ORDER BY id') == [(7, None), (None, 8)]


def test_provenance_names_files_from_the_root(bench):
    import hashlib

    tables = bench.people(TEXT)
    (given,) = tables.inputs
    assert (given.table, given.path, given.rows, given.columns) == ("people", "data/people.csv", 2, ("id", "name"))
    assert given.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()


def test_files_that_cannot_be_read_are_refused_with_the_key(bench):
    bench.write("data/people.csv", TEXT)
    bench.write("data/empty.csv", "")
    bench.write("data/bad.csv.gz", b"no gzip")
    bench.write("data/bad.parquet", b"no parquet")
    bench.write("data/bad.xlsx", b"no excel")
    bench.write("data/x.docx", b"")
    bench.write("data/twice.csv", "id,ID\n1,2\n")
    bench.write("data/nothing/x.docx", b"")
    assert "there is no such file; its folder holds bad.csv.gz" in refusal(bench, "data/peeple.csv")
    assert "there is no folder other either" in refusal(bench, "data/other/people.csv")
    assert "is empty; the first line names the columns" in refusal(bench, "data/empty.csv")
    assert "cannot be read" in refusal(bench, "data/bad.csv.gz")
    assert "cannot be read as Parquet" in refusal(bench, "data/bad.parquet")
    assert "is no Excel file that can be read" in refusal(bench, "data/bad.xlsx")
    assert "ends in '.docx'; use a file that ends in .csv" in refusal(bench, "data/x.docx")
    assert "has the columns 'id' and 'ID'" in refusal(bench, "data/twice.csv")
    bench.write("data/taken.csv", "id,_row\n1,2\n")
    assert "has a column '_row'; rename it" in refusal(bench, "data/taken.csv")
    assert "no file has such a name" in refusal(bench, "data/2030-*.csv")
    assert "the folder has no file that can be read" in refusal(bench, "data/nothing")


def test_a_link_out_of_the_workspace_is_refused(bench, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.csv"
    outside.write_text("id\n1\n")
    bench.write("data/people.csv", TEXT)
    (bench.root / "data" / "link.csv").symlink_to(outside)
    assert "is a link that leads out of the workspace" in refusal(bench, "data/link.csv")


def test_the_data_folder_itself_may_lie_elsewhere(bench, tmp_path_factory, rows):
    home = tmp_path_factory.mktemp("drive")
    (home / "people.csv").write_text("id\n1\n")
    (bench.root / "data").symlink_to(home)
    assert rows(bench.open("tables: {people: {source: data/people.csv}}\n"), "SELECT count(*) FROM people") == [(1,)]


@pytest.mark.parametrize("first", [[None, None, "North", "late"], [None, "soon", "North", "late"]])
def test_a_first_row_without_an_id_below_a_column_without_a_name_is_no_heading(bench, first):
    book = openpyxl.Workbook()
    for row in [["id", "came", "site", None], first, ["2", "2025-01-02", "South", None], ["3", "2025-01-02", "South", "x"]]:
        book.active.append(row)
    path = bench.write("data/b.xlsx", b"")
    book.save(path)
    tables = bench.open("tables: {people: {source: data/b.xlsx}}\n")
    assert tables.connection.execute("SELECT site FROM people").fetchall() == [("North",), ("South",), ("South",)]


def test_boxes_that_hold_the_name_of_their_column_are_no_heads_of_another_table(bench, rows):
    ticked = [("Housing", "Food", ""), ("Housing", "Food", "Jobs"), ("", "Food", ""), ("Housing", "", "Jobs"), ("", "", "")]
    told = "".join(f"p{at},{','.join(boxes)}\n" for at, boxes in enumerate(ticked))
    tables = bench.people(f"id,Housing,Food,Jobs\n{told}", "id: id")
    assert rows(tables, "SELECT count(*), count(Housing), count(Food) FROM people") == [(5, 3, 3)]
    tables = bench.people("Housing,Food,Jobs\n" + "".join(f"{','.join(boxes)}\n" for boxes in ticked[:4]), name="data/alone.csv")
    assert rows(tables, "SELECT count(*) FROM people") == [(4,)]


def test_files_with_different_delimiters_are_told_apart(bench):
    for name, sign, other in (("a", ",", ";"), ("b", ";", ",")):
        lines = [
            sign.join(("id", "x", "y")),
            *(sign.join((f"{name}{at}", "1", "2")) for at in range(6)),
            other.join((f"{name}9", "1", "2")),
        ]
        bench.write(f"data/{name}.csv", "\n".join(lines) + "\n")
    found = [str(one.what) for one in bench.open("tables: {people: {source: 'data/*.csv', id: id}}\n").noticed]
    assert [("a.csv" in one, "'" + sign + "'" in one) for one, sign in zip(sorted(found), ",;", strict=True)] == [
        (True, True),
        (False, True),
    ]
