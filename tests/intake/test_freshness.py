"""Data that stop before the report's last day: cases look open longer than they were, so somebody is told."""

import pandas as pd
import pytest

from acmlib.intake import open_tables
from acmlib.intake.check.checks import check_tables

KEYS = "id: pid\nentered: joined\n"
TOP = """\
period: {period}
dimensions: {{race: {{}}}}
metrics:
  enrolled: {{title: E, kind: count, from: people, date: joined}}
"""


@pytest.fixture
def findings(bench):
    """Return what is found about sixty people who joined in the first half of 2025, ten a month, in a report on `period`."""

    def found(period: str, people: int = 60) -> list[str]:
        rows = [f"P{i:03d},AB,2025-{1 + i // 10:02d}-{5 + i % 10:02d}" for i in range(people)]
        tables = bench.people("\n".join(["pid,race,joined", *rows]) + "\n", KEYS, top=TOP.format(period=period))
        return [str(finding.what) for finding in check_tables(tables, tables.contract) if "last date" in str(finding.what)]

    return found


def test_data_that_reach_the_end_of_the_period_are_fresh(findings):
    assert findings("2025-06") == []


def test_data_that_stop_months_before_are_told_with_the_last_date(findings):
    assert findings("2025-10") == ["the last date is 2025-06-14, 139 days before the report's last day"]


def test_a_silence_that_chance_explains_is_no_finding(findings):
    assert findings("2025-06", people=6) == []


def test_a_file_made_before_its_month_was_over_is_said_and_a_quiet_week_is_not(bench):
    days = pd.date_range("2025-01-01", "2025-06-18", freq="D")
    csv = "id,entered\n" + "".join(f"{i},{day:%Y-%m-%d}\n" for i, day in enumerate(days))
    tables = bench.people(csv, "entered: entered", top="period: 2025-06")
    (found,) = [one for one in check_tables(tables, tables.contract) if getattr(one.what, "key", "") == "unfinished"]
    assert "2025-06-18" in found.what and "2025-05" in found.fix
    whole = bench.people(csv.replace("2025-06-18", "2025-06-26"), "entered: entered", top="period: 2025-06")
    assert not [one for one in check_tables(whole, whole.contract) if getattr(one.what, "key", "") == "unfinished"]


def test_dates_of_a_table_of_details_are_not_expected_to_go_on(bench):
    sites = "site,opened\n" + "".join(f"S{i},2024-{1 + i % 12:02d}-{1 + i % 28:02d}\n" for i in range(60))
    people = "pid,site,joined\n" + "".join(f"P{i},S{i % 60},2025-{1 + i % 12:02d}-{28 - i % 3}\n" for i in range(120))
    bench.write("data/sites.csv", sites)
    bench.write("data/people.csv", people)
    tables = bench.open(
        "period: 2025-12\ntables:\n  people: {source: data/people.csv, id: pid, entered: joined, join: {table: sites, on: site}}\n"
        "  sites: {source: data/sites.csv, id: site}\nmetrics: {enrolled: {title: E, kind: count, from: people, date: joined}}\n"
    )
    assert not [one for one in check_tables(tables, tables.contract) if one.what.key == "stale"]
    read = bench.contract(
        "period: 2025-12\ntables:\n  people: {source: data/people.csv, id: pid, entered: joined, join: {table: sites, on: site}}\n"
        "  sites: {source: data/sites.csv, id: site}\nmetrics: {enrolled: {title: E, kind: count, from: people, date: opened}}\n"
    )
    with open_tables(read, root=bench.root) as again:
        assert [one.table for one in check_tables(again, read) if one.what.key == "stale"] == ["sites"]
