"""What became of every row is counted rule by rule, and joins that do not match are said."""

from __future__ import annotations

from acmlib.intake import check_tables
from acmlib.intake.check.rule_counts import rule_counts
from acmlib.measures.compute import metric_table

PEOPLE = """id,site,entered,gone,job
1,North,2025-01-05,2025-02-01,Yes
2,North,2025-02-05,2025-01-01,Yes
3,South,2025-03-05,,No
4,South,,2025-03-01,Yes
5,South,2024-12-05,2025-01-01,Yes
6,North,2025-12-20,2025-12-30,Yes
"""
TOP = """
dimensions: {site: {}}
metrics:
  done: {title: Done, kind: proportion, from: people, of: job = 'Yes' or gone is null, that: gone <= entered + interval 30 day,
         date: entered, window: 30 days}
"""


def counted(frame, of, name):
    mine = frame[frame["of"].eq(of) & frame["name"].eq(name)]
    return dict(zip(mine["rule"], mine["rows"], strict=True))


def test_each_rule_of_a_metric_says_how_many_rows_it_leaves(bench):
    tables = bench.people(PEOPLE, "id: id", top=TOP, period="2025")
    frame = rule_counts(tables, tables.contract)
    assert counted(frame, "metric", "done") == {
        "rows read": 6, "in its cohort (of)": 6, "with a date": 5, "dated in the term, up to 2025-12-31": 4,
        "with a result before its start": 1, "not yet knowable (immature)": 1, "counted": 3, "counted as reached (that)": 1,
    }  # fmt: skip
    assert counted(frame, "text", "done: job = 'Yes'") == {"rows of the cohort that have it": 5}
    assert counted(frame, "file", "data/people.csv") == {"rows": 6}
    cells = metric_table(tables.contract, tables, tables.period)
    whole = cells[cells["period"].eq("term") & cells["dimension"].eq("all")].iloc[0]
    assert whole[["numerator", "denominator"]].tolist() == [1, 3]


def test_a_few_rows_that_would_match_but_for_how_the_key_is_written_are_said(bench):
    bench.write("data/sites.csv", "site,area\n" + "".join(f"0{at}a,Hill\n" for at in range(60)))
    bench.write("data/people.csv", "id,site\n" + "".join(f"{at},{'7A' if at == 7 else f'0{at}a'}\n" for at in range(60)))
    tables = bench.open("""
        tables:
          people: {source: data/people.csv, id: id, join: {table: sites, on: site}}
          sites: {source: data/sites.csv}
        metrics: {people: {title: People, kind: count, from: people}}
        """)
    found = [one for one in check_tables(tables, tables.contract) if "but for capitals" in one.what]
    assert [(one.severity, one.rows, one.column) for one in found] == [("warning", 1, "site")]


def test_rows_without_a_match_are_counted_on_both_sides_and_said(bench):
    bench.write("data/sites.csv", "site,area\nNorth,Hill\nWest,Coast\n")
    text = """
        tables:
          people: {source: data/people.csv, id: id, join: {table: sites, on: site}}
          sites: {source: data/sites.csv}
        """
    bench.write("data/people.csv", PEOPLE)
    tables = bench.open(text)
    where = "people with sites by site"
    assert counted(rule_counts(tables, tables.contract), "join", where) == {
        "rows with a match": 3, "rows without a match": 3, "rows of sites that no row matches": 1,
    }  # fmt: skip
    assert "3 rows without a match in sites by site" in " ".join(str(one) for one in check_tables(tables, tables.contract))
    bench.write("data/sites.csv", "site,area\nNORTH,Hill\n")
    tables = bench.open(text)
    assert [one.severity for one in check_tables(tables, tables.contract) if "without a match" in one.what] == ["error"]
