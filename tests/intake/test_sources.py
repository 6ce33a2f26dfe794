"""Tables are opened mapped, joined, derived and split; what does not fit the contract is refused before anything is counted."""

import pytest

from acmlib.contract.errors import ContractError
from acmlib.intake.check.checks import check_tables

CSV = """id,race,age,site,joined,left_on
1,White;Asian,15,North,2025-01-05,
2,Black,13,,2025-02-05,2025-03-01
3,,25,South,2025-02-07,
4,Declined,,North,,
"""


def errors(call):
    with pytest.raises(ContractError) as caught:
        call()
    return caught.value.errors


def test_every_row_has_one_group_of_each_dimension(bench, rows):
    tables = bench.people(
        CSV, "id: id", top="dimensions: {race: {standard: omb-2024}, age: {bands: [14, 16, 18]}, place: {column: site}}\n"
    )  # fmt: skip
    assert tables.dimensions("people") == ("race", "age", "place")
    assert rows(tables, "SELECT dim_race, dim_age, dim_place, dimalone_race FROM people ORDER BY id") == [
        ("Multiracial and/or Multiethnic", "14-15", "North", ["White", "Asian"]),
        ("Black or African American", "under 14", "Not recorded", ["Black or African American"]),
        ("Not recorded", "18 and over", "South", []),
        ("Declined", "Not recorded", "North", []),
    ]


def test_the_crosswalk_is_logged_with_counts_before_and_after(bench):
    tables = bench.people(
        "race,eth\nWhite,Hispanic\nWhite,Hispanic\nWhite,No\nNative Hawaiian or Other Pacific Islander,No\n",
        top="dimensions: {race: {standard: omb-1997, ethnicity: eth}}\n",
    )
    log = tables.crosswalk
    assert list(log.columns) == ["table", "dimension", "before", "after", "rows"]
    assert ("White + Hispanic", "Hispanic or Latino", 2) in list(log[["before", "after", "rows"]].itertuples(index=False, name=None))
    assert log["rows"].sum() == 4


def test_a_category_that_the_standard_does_not_have_is_a_finding(bench):
    tables = bench.people("race\nWhite\nMartian\nMartian\n", top="dimensions: {race: {standard: omb-2024}}\n")
    (finding,) = tables.noticed
    assert finding.what == "1 category not in the standard: 'Martian'"
    assert finding.rows == 2


def test_columns_of_another_table_are_joined_and_derived_columns_build_on_each_other(bench, rows):
    bench.write("data/people.csv", CSV)
    bench.write("data/sites.csv", "site,region,id\nNorth,Upper,9\nSouth,Lower,9\n")
    tables = bench.open(
        """
        tables:
          people:
            source: data/people.csv
            join: {table: sites, on: site}
            derive: {stay: "coalesce(left_on, date '2025-12-31') - joined", long: stay > 30}
            where: joined is not null
          sites: {source: data/sites.csv}
        dimensions: {region: {}}
        """
    )
    assert rows(tables, "SELECT id, region, dim_region, stay, long FROM people ORDER BY id") == [
        (1, "Upper", "Upper", 360, True), (2, None, "Not recorded", 24, False), (3, "Lower", "Lower", 327, True),
    ]  # fmt: skip


FIRST = """
tables:
  people: {source: data/people.csv, id: id, join: {table: arrests, on: id, first: arrested, after: released}}
  arrests: {source: data/arrests.csv}
metrics: {people: {title: P, kind: count, from: people, date: released}}
"""


def test_of_several_rows_a_key_the_first_on_or_after_a_date_is_joined(bench, rows):
    """An arrest before release is no return, and a second one a year later does not hide the first."""
    bench.write("data/people.csv", "id,released\n1,2025-02-01\n2,2025-02-01\n3,2025-02-01\n4,\n")
    later = "1,2025-12-01,late\n1,2025-03-01,early\n1,2024-05-05,before\n1,2025-03-01,same day\n2,2024-01-01,before\n3,2025-02-01,day\n"
    bench.write("data/arrests.csv", "id,arrested,charge\n" + later + "4,2025-02-02,no release\n")
    tables = bench.open(FIRST)
    found = rows(tables, "SELECT id, arrested::VARCHAR, charge FROM people ORDER BY id")
    assert found == [("1", "2025-03-01", "early"), ("2", None, None), ("3", "2025-02-01", "day"), ("4", None, None)]
    assert not [one for one in check_tables(tables, tables.contract) if "match" in one.what]


def test_a_first_row_needs_two_dates(bench):
    bench.write("data/people.csv", "id,released\n1,2025-02-01\n")
    bench.write("data/arrests.csv", "id,arrested,charge\n1,2025-03-01,x\n")
    assert (
        "join.0.first uses 'arrestd'; there is no such column; did you mean 'arrested'?"
        in errors(lambda: bench.open(FIRST.replace("first: arrested", "first: arrestd")))[0]
    )
    charge = FIRST.replace("first: arrested", "first: charge")
    assert "join.0.first is 'charge', which holds no dates" in str(errors(lambda: bench.open(charge)))
    assert "has one of first and after; use both" in str(errors(lambda: bench.open(FIRST.replace(", after: released", ""))))


def test_a_join_that_would_double_rows_is_refused(bench):
    bench.write("data/people.csv", CSV)
    bench.write("data/sites.csv", "site,region\nNorth,A\nNorth,B\n")
    found = errors(
        lambda: bench.open("tables: {people: {source: data/people.csv, join: {table: sites, on: site}}, sites: {source: data/sites.csv}}\n")
    )
    assert "tables.people.join.0.on is site; 1 of these keys are more than once in sites" in found[0]
    found = errors(
        lambda: bench.open("tables: {people: {source: data/people.csv, join: {table: sites, on: Site}}, sites: {source: data/sites.csv}}\n")
    )
    assert "tables.people.join.0.on uses 'Site'; there is no such column; did you mean 'site'?" in found[0]


@pytest.mark.parametrize(
    ("more", "top", "message"),
    [
        ("columns: {pid: PersonID}", "", "tables.people.columns.pid is 'PersonID'; the file has no such column; allowed are id, race"),
        ("columns: {started: joind}", "", "did you mean 'joined'?"),
        ("types: {ages: integer}", "", "tables.people.types.ages is no column of the table; did you mean 'age'?"),
        ("id: pid", "", "tables.people.id is 'pid'; there is no such column"),
        ("entered: race", "", "tables.people.entered is 'race', which is text; use a column of dates"),
        ("private: [phone]", "", "tables.people.private.0 is 'phone'"),
        ("derive: {x: agee + 1}", "", "tables.people.derive.x uses 'agee'; there is no such column; did you mean 'age'?"),
        ("derive: {x: race + 1}", "", "tables.people.derive.x does not fit its columns"),
        ("derive: {x: 'cast(race as integer)'}", "", "tables.people.derive.x fails for some rows; use try_cast"),
        ("derive: {age: joined}", "", "tables.people.derive.age is the name of a column already"),
        ("where: sit = 'North'", "", "tables.people.where uses 'sit'; there is no such column; did you mean 'site'?"),
        ("", "dimensions: {gender: {}}", "dimensions.gender.column is 'gender'; no table has such a column"),
        ("", "dimensions: {site: {bands: [1, 2]}}", "dimensions.site has bands, and the column 'site' holds no numbers"),
        ("", "metrics: {m: {title: M, kind: count, from: people, of: enrolled}}", "metrics.m.of uses 'enrolled'; there is no such column"),
        (
            "",
            "metrics: {m: {title: M, kind: count, from: people, of: age}}",
            "metrics.m.of is integer; use a condition that is true or false",
        ),
        (
            "",
            "metrics: {m: {title: M, kind: count, from: people, date: site}}",
            "metrics.m.date is text; use a date: site is text; set tables.people.types",
        ),
        ("", "metrics: {m: {title: M, kind: mean, from: people, value: site}}", "metrics.m.value is text; use a number"),
        ("", "metrics: {m: {title: M, kind: count, from: people, of: joined > age}}", "metrics.m.of does not fit its columns"),
        (
            "",
            "dimensions: {site: {}, x: {column: race}}\nmetrics: {m: {title: M, kind: duration, from: people, start: race, end: joined}}",
            "m.start is text",
        ),
    ],
)
def test_what_does_not_fit_the_file_is_refused_with_key_and_line(bench, more, top, message):
    found = errors(lambda: bench.people(CSV, more, top=top))
    assert any(error.startswith("params/test/contract.yml: ") and message in error and "(line " in error for error in found), found
    assert "White;Asian" not in str(found), "no value of the data is quoted"


def test_errors_of_several_tables_come_at_once(bench):
    bench.write("data/people.csv", CSV)
    found = errors(lambda: bench.open("tables: {people: {source: data/people.csv, columns: {a: b}}, other: {source: data/none.csv}}\n"))
    assert len(found) == 2


def test_a_metric_cannot_be_split_by_what_its_table_does_not_have(bench):
    bench.write("data/people.csv", CSV)
    bench.write("data/visits.csv", "id\n1\n")
    found = errors(
        lambda: bench.open(
            """
            tables: {people: {source: data/people.csv}, visits: {source: data/visits.csv}}
            dimensions: {site: {}}
            metrics: {visits: {title: V, kind: count, from: visits, dimensions: [site]}}
            """
        )
    )
    assert "metrics.visits.dimensions.0 is 'site', which table visits has no column for" in found[0]


def test_a_dimension_of_thousands_of_values_is_refused(bench):
    found = errors(lambda: bench.people("code\n" + "".join(f"x{i}\n" for i in range(2500)), top="dimensions: {code: {}}"))
    assert "has more than 2,000 different values" in found[0]


def test_every_sample_contract_opens_without_an_error(repository):
    from acmlib.contract.load import contract_ids, load_contract
    from acmlib.intake import open_tables

    for contract_id in contract_ids(repository):
        with open_tables(load_contract(contract_id, root=repository), root=repository) as tables:
            assert tables.inputs
            assert not [finding for finding in check_tables(tables, tables.contract) if finding.severity == "error"], contract_id


def test_planned_queries_and_queries_as_written_count_the_same(repository, monkeypatch):
    import pandas as pd

    from acmlib.contract.load import load_contract
    from acmlib.intake import open_tables
    from acmlib.intake.build import sources
    from acmlib.measures.compute import metric_table

    contract = load_contract("harbor-youth-jobs", root=repository)
    found = []
    for small, planned in ((sources.SMALL, False), (0, True)):
        monkeypatch.setattr(sources, "SMALL", small)
        with open_tables(contract, root=repository) as tables:
            plan = tables.connection.execute("EXPLAIN SELECT * FROM (SELECT * FROM participants ORDER BY 1) LIMIT 3").fetchall()[0][1]
            assert ("top" in plan.lower()) == planned  # without a plan all is sorted first
            found.append(metric_table(contract, tables, tables.period))
    pd.testing.assert_frame_equal(*found)


def test_ten_million_rows_are_not_copied(bench, rows):
    import resource
    import time

    path = bench.write("data/big.parquet", b"")
    import duckdb

    with duckdb.connect() as maker:
        maker.execute(
            "COPY (SELECT i AS id, ['White', 'Black', 'Asian;White', NULL][1 + i % 4] AS race, 14 + i % 9 AS age, "
            f"DATE '2025-01-01' + (i % 300)::INTEGER AS joined FROM range(10_000_000) t(i)) TO '{path}' (ROW_GROUP_SIZE 500_000)"
        )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    tables = bench.open(
        """
        tables: {people: {source: data/big.parquet, where: age < 22}}
        dimensions: {race: {standard: omb-2024}, age: {bands: [14, 18]}}
        """, memory_limit="500MB", threads=2,
    )  # fmt: skip
    opened = time.perf_counter() - started
    counted = dict(rows(tables, "SELECT dim_race, count(*) FROM people GROUP BY 1"))
    assert sum(counted.values()) == 8_888_889  # ages 14 to 22, without 22
    assert set(counted) == {"White", "Black or African American", "Multiracial and/or Multiethnic", "Not recorded"}
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 600, f"{grown:.0f} MB"
    assert opened < 30, f"{opened:.1f} s"
