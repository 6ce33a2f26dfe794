"""Findings say what is wrong, why it matters to which metric, how to fix it, and who fixes it; never who the person is."""

import pytest

from acmlib.intake import check_tables

KEYS = "id: pid\nentered: joined\nprivate: [born]\n"
TOP = """\
period: 2025-06
dimensions: {race: {}, age: {bands: [14, 18]}}
metrics:
  enrolled: {title: E, kind: count, from: people, date: joined}
  placed: {title: P, kind: proportion, from: people, that: placed is not null, date: joined, dimensions: [race]}
"""


def table(*changes: tuple[int, str, str]) -> str:
    """Return 60 good rows, ten a month, in which some cells are replaced: (row from 0, column, value)."""
    names = ["pid", "race", "age", "born", "joined", "placed"]
    days = [f"2025-{1 + i // 10:02d}" for i in range(60)]
    people = [
        {
            "pid": f"P{i:03d}",
            "race": "AB"[i % 2],
            "age": "15",
            "born": f"2010-{1 + i % 6:02d}-{1 + i % 28:02d}",
            "joined": f"{month}-05",
            "placed": f"{month}-20" if i % 3 else "",
        }
        for i, month in enumerate(days)
    ]
    for row, column, value in changes:
        people[row][column] = value
    return "\n".join([",".join(names), *(",".join(person[name] for name in names) for person in people)]) + "\n"


@pytest.fixture
def found(bench):
    """Return the findings about a table."""

    def findings(csv: str):
        tables = bench.people(csv, KEYS, top=TOP)
        return check_tables(tables, tables.contract)

    return findings


def test_dates_that_reach_on_from_the_next_year_are_plans_and_no_typing_errors(found):
    """Ends of contracts lie one, two, three years ahead; what lies a century ahead is an error among them, too."""
    ends = [(row, "placed", f"{2025 + row % 4}-12-{1 + row % 28:02d}") for row in range(0, 60, 3)]
    (ahead,) = found(table(*ends))
    assert (ahead.severity, str(ahead.what)[:53], ahead.rows) == ("note", "20 dates after 2025-06-30, the last day of the report", 20)
    most = found(table(*((row, "placed", "2028-06-30" if row % 9 else "") for row in range(60))))
    (few,) = [one for one in most if one.column == "placed"]
    assert (few.severity, few.rows) == ("note", 53)
    (typo, _) = found(table(*ends[1:], (0, "placed", "2205-06-15")))
    assert (typo.severity, typo.rows) == ("warning", 1) and "more than a year after" in str(typo.what)


def test_good_data_have_no_findings(found):
    assert found(table()) == ()


@pytest.mark.parametrize(
    ("changes", "severity", "column", "what", "rows", "metrics"),
    [  # row 2 is the first after the names
        ([(5, "pid", "P004")], "error", "pid", "2 rows share an id with another row (row 6, 7)", 2, ("enrolled", "placed")),
        ([(5, "pid", "")], "error", "pid", "1 row without an id (row 7)", 1, ("enrolled", "placed")),
        ([(0, "placed", "2024-12-31")], "warning", "placed", "1 date before joined (row 2)", 1, ("placed",)),
        (
            [(59, "placed", "2025-07-15")], "note", "placed",
            "1 date after 2025-06-30, the last day of the report's period (row 61)", 1, ("placed",),
        ),
        ([(59, "placed", "2205-06-15")], "warning", "placed", "1 date more than a year after 2025-06-30 (row 61)", 1, ("placed",)),
        ([(0, "born", "1010-01-01")], "warning", "born", "1 date before 1900 (row 2)", 1, ()),
        ([(0, "age", "1")], "warning", "age", "1 row below the lowest band of age (row 2)", 1, ("enrolled",)),
        (
            [(i, "race", "") for i in range(12)], "warning", "race",
            "race is not known of 20% of rows (Not recorded 20%)", 12, ("enrolled", "placed"),
        ),
        (
            [(i, "race", "Declined") for i in range(4)] + [(i, "race", "not asked") for i in range(4, 10)], "warning", "race",
            "race is not known of 17% of rows (Not asked 10%, Declined 7%)", 10, ("enrolled", "placed"),
        ),
        ([(i, "joined", "2025-03-05") for i in range(30, 40)], "warning", "joined", "no row in 2025-04", 0, ("enrolled", "placed")),
    ],
)  # fmt: skip
def test_each_flaw_is_one_finding(found, changes, severity, column, what, rows, metrics):
    (finding,) = found(table(*changes))
    assert (finding.severity, finding.table, finding.column, finding.what, finding.rows) == (severity, "people", column, what, rows)
    assert finding.metrics == metrics
    assert finding.why
    assert finding.fix
    assert finding.who in ("agency", "provider")


def test_an_empty_table_is_a_warning_since_a_page_can_say_nobody_yet(found):
    (finding,) = found("pid,race,age,born,joined,placed\n")
    assert (finding.severity, finding.what) == ("warning", "no rows")


def test_a_filter_that_lets_nobody_in_is_the_agencys(bench):
    tables = bench.people("id\n1\n", "where: id > 5")
    (finding,) = check_tables(tables, tables.contract)
    assert (finding.what, finding.who) == ("no rows that 'where' lets in", "agency")


def test_no_finding_holds_an_id_or_a_private_value(found):
    findings = found(
        table((5, "pid", "P004"), (6, "born", "1811-11-11"), (7, "joined", "2025-13-45"), (8, "age", "old"), (9, "placed", "1999-01-01"))
    )
    assert len(findings) >= 4
    text = " ".join(map(str, findings))
    for secret in ("P004", "1811", "2025-13-45", "'old'", "1999"):
        assert secret not in text


def test_a_month_without_a_file_is_found(bench):
    for month in (1, 2, 4, 5):
        bench.write(f"data/m/people-2025-{month:02d}.csv", f"id,joined\n{month},2025-{month:02d}-03\n")
    tables = bench.open("tables: {people: {source: data/m/*.csv, entered: joined}}\nperiod: 2025-05\n")
    assert [finding.what for finding in check_tables(tables, tables.contract)] == ["no file for 2025-03"]


def test_a_date_that_came_by_a_join_is_held_against_the_entry_of_its_own_table(bench):
    """A family that left before it was asked has left after it came: no error of the table of answers."""
    bench.write("data/m/families.csv", "id,came,left\n" + "".join(f"{n},2025-01-03,2025-02-03\n" for n in range(1, 9)))
    bench.write("data/m/asked.csv", "id,sent\n" + "".join(f"{n},2025-04-0{n}\n" for n in range(1, 9)))
    tables = bench.open(
        "tables:\n  families: {source: data/m/families.csv, id: id, entered: came}\n"
        "  asked: {source: data/m/asked.csv, id: id, entered: sent, join: {table: families, on: id}}\n"
        "metrics: {asked: {title: A, kind: count, from: asked, date: sent}}\nperiod: 2025-04\n"
    )
    assert not [one for one in check_tables(tables, tables.contract) if "before" in one.what]


def test_rows_of_several_files_are_named_with_their_file(bench):
    bench.write("data/m/a.csv", "id,x\n1,1\n2,1\n")
    bench.write("data/m/b.csv", "id,x\n1,1\n")
    tables = bench.open("tables: {people: {source: data/m, id: id}}\n")
    assert "(a.csv row 2, b.csv row 2)" in check_tables(tables, tables.contract)[0].what


def test_worst_findings_come_first(found):
    severities = [finding.severity for finding in found(table((5, "pid", "P004"), (0, "age", "1"), (59, "placed", "2025-07-15")))]
    assert severities == ["error", "warning", "note"]
