"""Caseloads: who is there in a month, by two dates."""

import datetime as dt

import pytest

from acmlib.contract.errors import ContractError
from acmlib.intake.check.checks import check_tables
from acmlib.measures.compute import metric_table
from acmlib.release.editions import report_period

CASES = """\
case_no,client_no,site,opened,closed
1,A,North,2025-01-20,2025-03-02
2,A,North,2025-03-01,
3,B,South,2024-06-01,2025-02-10
4,C,South,2025-04-01,2025-03-01
5,D,South,,
6,,South,2025-02-01,2025-02-03
7,E,South,2025-05-31,
"""
MONTHS = "person: client_no\nopen_months: {from: opened, to: closed}\n"
CASELOAD = """\
dimensions: {site: {kind: site}}
metrics: {caseload: {title: Open, kind: count, from: people, distinct: person, date: open_month}}
"""


def test_a_person_counts_once_in_every_month_between_two_dates(bench, rows):
    tables = bench.people(CASES, MONTHS, top=CASELOAD)
    assert rows(tables, "SELECT DISTINCT min(open_month), max(open_month) FROM people") == [(dt.date(2025, 1, 1), dt.date(2025, 5, 1))]
    cells = metric_table(tables.contract, tables, report_period(tables.contract, "2025-05")).set_index(["period", "group"])["value"]
    found = [cells.get((f"2025-0{month}", "All participants")) for month in range(1, 6)]
    assert found == [2, 2, 1, 1, 2]  # A is there with two cases in March; who ended before the start, or never began, is in no month
    assert (cells["2025Q1", "All participants"], cells["term", "North"], cells["term", "South"]) == (2, 1, 2)
    (blank,) = [one for one in check_tables(tables, tables.contract) if one.what.key == "blank_person"]
    assert (blank.severity, blank.rows, blank.metrics) == ("warning", 1, ("caseload",))


@pytest.mark.parametrize(("more", "metric", "said"), [
    (f"id: case_no\n{MONTHS}", "distinct: person, date: open_month", "leave out id"),
    (MONTHS, "date: open_month", "use kind: count, distinct: person and date: open_month"),
    (MONTHS.replace("closed", "clsoed"), "distinct: person, date: open_month", "did you mean 'closed'"),
])  # fmt: skip
def test_months_that_would_count_people_again_are_refused(bench, more, metric, said):
    top = CASELOAD.replace("distinct: person, date: open_month", metric)
    with pytest.raises(ContractError, match=said):
        bench.people(CASES, more, top=top)


def test_findings_count_rows_as_they_were_sent_and_know_no_month_that_was_made(bench):
    people = "".join(f"C{at},2001-05-0{1 + at % 9},2024-11-1{at % 9},2025-09-2{at % 9}\n" for at in range(30))
    csv = f"client_no,born,opened,closed\n{people},1990-02-03,2025-02-10,2025-09-03\nX,1880-01-01,2025-03-05,2025-09-01\n"
    tables = bench.people(csv, f"entered: opened\n{MONTHS}", top=CASELOAD.partition("\n")[2], period="2025-09")
    found = {(one.what.key, one.column): one.rows for one in check_tables(tables, tables.contract)}
    assert found["blank_person", "client_no"] == found["too_old", "born"] == 1
    assert not [one for one in found if "open_month" in one or one[0] in ("early", "same_rows", "one_birthday")]
