"""Aggregated submissions: counts per group and period, in long or wide form, with nothing of a total lost."""

import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.periods import parse_period
from acmlib.intake.check.checks import check_tables
from acmlib.measures.compute import metric_table

METRICS = """\
metrics:
  enrolled: {title: Enrolled, kind: count, from: sent}
  placed: {title: Placed, kind: proportion, from: sent}
dimensions: {race: {standard: omb-2024}, site: {}}
"""

LONG = """\
month,dim,grp,what,num,den
2025-01,,,enrolled,100,
2025-01,race,White,enrolled,60,
2025-01,race,black,enrolled,30,
2025-01,,,placed,40,90
2025-01,race,White,placed,30,55
2025-01,race,Black or African American,placed,8,25
2025-01,site,North,placed,40,90
Feb 2025,,,enrolled,50,
2025-02-28,Race,White,enrolled,20,
2025-02,race,Declined,enrolled,5,
2025-02,race,,enrolled,3,
"""


@pytest.fixture
def sent(bench):
    """Open the table `sent` over a file; `more` are its further keys."""

    def opened(content, more="", metrics=METRICS):
        bench.write("data/sent.csv", content)
        return bench.open(f"tables:\n  sent:\n    kind: counts\n    source: data/sent.csv\n{more}{metrics}")

    return opened


MAPPED = "    columns: {period: month, dimension: dim, group: grp, measure: what, numerator: num, denominator: den}\n"
CELLS = "SELECT period, dimension, \"group\", numerator, denominator FROM sent WHERE measure = '{}' ORDER BY ALL"


def test_long_form_is_mapped_named_as_the_standard_and_completed(sent, rows):
    tables = sent(LONG, MAPPED)
    assert list(tables.columns("sent")) == ["period", "dimension", "group", "measure", "numerator", "denominator", "withheld"]
    assert rows(tables, CELLS.format("enrolled")) == [
        ("2025-01", "all", "All participants", 100, None),
        ("2025-01", "race", "Black or African American", 30, None),
        ("2025-01", "race", "Not recorded", 10, None),
        ("2025-01", "race", "White", 60, None),
        ("2025-02", "all", "All participants", 50, None),
        ("2025-02", "race", "Declined", 5, None),
        ("2025-02", "race", "Not recorded", 25, None),
        ("2025-02", "race", "White", 20, None),
    ]
    assert rows(tables, CELLS.format("placed")) == [
        ("2025-01", "all", "All participants", 40, 90),
        ("2025-01", "race", "Black or African American", 8, 25),
        ("2025-01", "race", "Not recorded", 2, 10),
        ("2025-01", "race", "White", 30, 55),
        ("2025-01", "site", "North", 40, 90),
    ]
    assert {finding.severity for finding in tables.noticed} == {"note"}
    assert any("do not add up to its total in 2025-01, 2025-02" in finding.what for finding in tables.noticed)


WIDE = "year,grant,total,w,b,o,met\n2022,A,100,60,30,,80\n2022,B,50,50,0,0,40\n2023,A,80,50,20,10,60\n2022,C,999,1,1,1,1\n"
MEASURES = """\
    where: "\\"grant\\" <> 'C'"
    period: year
    measures:
      enrolled:
        numerator: total
        by: {race: {White: w, Black or African American: b, Other race: o}}
        remainder: Not asked
      placed: {numerator: met, denominator: total}
"""


def test_wide_form_is_summed_per_year_and_its_remainder_named(sent, rows):
    tables = sent(WIDE, MEASURES)
    assert rows(tables, CELLS.format("enrolled")) == [
        ("2022", "all", "All participants", 150, None),
        ("2022", "race", "Black or African American", 30, None),
        ("2022", "race", "Not asked", 10, None),
        ("2022", "race", "Other race", 0, None),
        ("2022", "race", "White", 110, None),
        ("2023", "all", "All participants", 80, None),
        ("2023", "race", "Black or African American", 20, None),
        ("2023", "race", "Other race", 10, None),
        ("2023", "race", "White", 50, None),
    ]
    assert rows(tables, CELLS.format("placed")) == [
        ("2022", "all", "All participants", 120, 150),
        ("2023", "all", "All participants", 60, 80),
    ]


def test_rows_that_are_groups_themselves_are_summed_by_dimension(sent, rows):
    content = "month,race,site,n,placed\n2025-01,White,North,10,4\n2025-01,Black,North,20,5\n2025-01,,South,30,6\n"
    tables = sent(content, "    period: month\n    measures: {enrolled: {numerator: n}, placed: {numerator: placed, denominator: n}}\n")
    assert rows(tables, CELLS.format("placed")) == [
        ("2025-01", "all", "All participants", 15, 60),
        ("2025-01", "race", "Black or African American", 5, 20),
        ("2025-01", "race", "Not recorded", 6, 30),
        ("2025-01", "race", "White", 4, 10),
        ("2025-01", "site", "North", 9, 30),
        ("2025-01", "site", "South", 6, 30),
    ]


@pytest.mark.parametrize(
    ("change", "what", "severity"),
    [
        (("race,White,enrolled,60,", "race,White,enrolled,-60,"), "1 count below zero: 2025-01 White enrolled", "error"),
        (("race,White,enrolled,60,", "race,White,enrolled,60.5,"), "1 count not whole numbers", "error"),
        (
            ("race,White,placed,30,55", "race,White,placed,56,55"),
            "1 count with a numerator above the denominator: 2025-01 White placed",
            "error",
        ),
        (("race,White,enrolled,60,", "race,White,enrolled,80,"), "the groups of enrolled are more than its total in 2025-01", "error"),
        (("2025-01,race,White,enrolled,60,", "soon,race,White,enrolled,60,"), "1 row with a period that cannot be read: soon", "error"),
        (("2025-01,race,White,enrolled,60,\n", "2025-01,race,White,enrolled,30,\n" * 2), "1 count sent more than once", "warning"),
        (("race,White,enrolled,60,", "race,White,enrolled,many,"), "cannot be read as number", "warning"),
    ],
)
def test_counts_that_cannot_be_are_findings_with_their_metric(sent, change, what, severity):
    tables = sent(LONG.replace(*change), MAPPED + "    types: {numerator: number}\n")
    found = [finding for finding in check_tables(tables, tables.contract) if what in finding.what]
    assert [finding.severity for finding in found] == [severity], [str(finding) for finding in check_tables(tables, tables.contract)]
    assert found[0].metrics


def test_periods_without_a_submission_are_found(sent):
    months = "".join(f"2025-{month:02d},{month}\n" for month in range(1, 12) if month != 5)
    tables = sent("period,numerator\n" + months, metrics="metrics: {enrolled: {title: E, kind: count, from: sent}}\n")
    assert "nothing was sent of enrolled for 2025-05, 2025-12" in [finding.what for finding in check_tables(tables, tables.contract)]


def test_measures_and_dimensions_under_other_names_are_found(sent):
    tables = sent(LONG.replace(",placed,", ",Placed in job,").replace(",site,", ",place,"), MAPPED)
    found = {finding.what: finding for finding in check_tables(tables, tables.contract)}
    assert found["nothing was sent of placed; sent are Placed in job, enrolled"].metrics == ("placed",)
    assert "'place' is no dimension of the contract" in found


@pytest.mark.parametrize(
    ("content", "more", "message"),
    [
        ("month,n\n2025-01,1\n", "", "tables.sent.period is missing"),
        ("period,n\n2025-01,1\n", "", "has no numerator"),
        ("period,numerator\n2025-01,1\n", "", "has no measure, and 2 metrics use the table"),
        (
            "period,n\n2025-01,1\n",
            "    measures: {enrolled: {numerator: m}, placed: {numerator: n, denominator: n}}\n",
            "enrolled.numerator uses 'm'",
        ),
        (
            "period,n\n2025-01,x\n",
            "    measures: {enrolled: {numerator: n}, placed: {numerator: n, denominator: n}}\n",
            "is not a number in every row",
        ),
        (
            "period,n\n2025-01,1\n",
            "    measures: {enrolled: {numerator: n}}\n",
            "metrics.placed.measure is 'placed'; there is no such measure",
        ),
    ],
)
def test_a_submission_that_lacks_something_is_refused_with_the_key(sent, content, more, message):
    with pytest.raises(ContractError) as caught:
        sent(content, more)
    assert message in str(caught.value), caught.value.errors


def test_head_start_race_counts_add_up_to_enrolment(shared, bench, rows, repository):
    """Facts of the public file: 5,104 of 10,314 rows have race counts below enrolment; what is left is shown, never lost."""
    import json
    import shutil

    source = shared / "headstart"
    facts = json.loads((source / "facts.json").read_text())
    (bench.root / "data").mkdir()
    shutil.copy(source / "pir_clean_2019_2022.csv.gz", bench.root / "data" / "pir.csv.gz")
    names = facts["race_totals_by_year"]["2022"]
    by = "".join(f"            group {i}: {column}\n" for i, column in enumerate(names))
    tables = bench.open(
        "tables:\n  pir:\n    kind: counts\n    source: data/pir.csv.gz\n    period: year\n    measures:\n      enrolled:\n"
        f"        numerator: total_cumulative_enrollment\n        by:\n          race:\n{by}dimensions: {{race: {{}}}}\n"
        "metrics: {enrolled: {title: E, kind: count, from: pir}}\n"
    )
    assert tables.inputs[0].rows == facts["rows"]
    for year, total in facts["total_cumulative_enrollment_by_year"].items():
        cells = dict(rows(tables, f"SELECT \"group\", numerator FROM pir WHERE period = '{year}' AND dimension = 'race'"))
        for i, column in enumerate(names):
            assert cells[f"group {i}"] == facts["race_totals_by_year"][year][column]
        assert sum(cells.values()) == total
        assert cells["Not recorded"] == total - sum(facts["race_totals_by_year"][year].values())


CROSSED = "    period: month\n    measures: {enrolled: {numerator: n}}\n"
ENROLLED = "dimensions: {race: {standard: omb-2024}, site: {}}\nmetrics: {enrolled: {title: E, kind: count, from: sent}}\n"
CELLS_OF_RACE = [("2025-01", "race", "Black or African American", 5, None), ("2025-01", "race", "White", 7, None)]
PARTS = "2025-01,White,North,3\n2025-01,White,South,4\n2025-01,Black,North,2\n2025-01,Black,South,3\n"


@pytest.mark.parametrize(
    "content",
    [
        PARTS + "2025-01,Total,North,5\n2025-01,Total,South,7\n",
        PARTS + "2025-01,Total,North,5\n",  # one site sends totals, the other none
        PARTS + "2025-01,Total,North,5\n2025-01,Total,South,7\n2025-01,Total,All sites,12\n",
        PARTS + "2025-01,White,All sites,7\n2025-01,Black,All sites,5\n2025-01,Total,All sites,12\n",
        "2025-01,White,Total,7\n2025-01,Black,Total,5\n2025-01,Total,North,5\n2025-01,Total,South,7\n",  # each margin alone
    ],
)
def test_rows_that_are_totals_of_others_are_counted_once(sent, rows, content):
    tables = sent("month,race,site,n\n" + content, CROSSED, ENROLLED)
    sites = [("2025-01", "site", "North", 5, None), ("2025-01", "site", "South", 7, None)]
    everyone = ("2025-01", "all", "All participants", 12, None)
    assert rows(tables, CELLS.format("enrolled")) == [everyone, *CELLS_OF_RACE, *sites]
    assert any("read as everyone together" in finding.what for finding in tables.noticed)


def test_totals_in_a_column_that_is_no_dimension_and_totals_of_several_places_in_long_form(sent, rows):
    long = "month,dim,grp,school,what,num\n"
    for school, white, black in (("Adams", 3, 2), ("Baker", 4, 3), ("District total", 7, 5)):
        long += f"2025-01,race,White,{school},enrolled,{white}\n2025-01,race,Black,{school},enrolled,{black}\n"
        long += f"2025-01,race,Total,{school},enrolled,{white + black}\n"
    for content in (long, "".join(line for line in long.splitlines(keepends=True) if "District" not in line)):
        tables = sent(content, "    columns: {period: month, dimension: dim, group: grp, measure: what, numerator: num}\n")
        assert rows(tables, CELLS.format("enrolled")) == [("2025-01", "all", "All participants", 12, None), *CELLS_OF_RACE]


@pytest.mark.parametrize("mark", ["<11", "*", "n<11", "1-10", "DS", "10 or fewer", "<11*", "Suppressed for privacy"])
def test_a_withheld_count_is_no_number_no_error_and_no_remainder(sent, rows, mark):
    content = "month,race,n,kept\n" + "".join(
        f"{month},White,40,30\n{month},Black,{small},{small}\n{month},Asian,11,{small}\n{month},Total,60,50\n"
        for month, small in (("2025-01", mark), ("2025-02", "9"))
    )
    tables = sent(
        content, "    period: month\n    measures: {enrolled: {numerator: n}, placed: {numerator: kept, denominator: n}}\n"
    )  # fmt: skip
    assert rows(tables, CELLS.format("enrolled")) == [
        ("2025-01", "all", "All participants", 60, None),
        ("2025-01", "race", "Asian", 11, None),
        ("2025-01", "race", "Black or African American", None, None),
        ("2025-01", "race", "White", 40, None),
        ("2025-02", "all", "All participants", 60, None),
        ("2025-02", "race", "Asian", 11, None),
        ("2025-02", "race", "Black or African American", 9, None),
        ("2025-02", "race", "White", 40, None),
    ]
    assert {finding.severity for finding in tables.noticed} == {"note"}
    assert any("3 counts withheld by the sender" in finding.what for finding in tables.noticed)
    table = metric_table(tables.contract, tables, parse_period("2025-02"))
    cells = table[(table["period"] == "P12M/2025-02") & (table["metric"] == "placed")].set_index("group")
    assert cells["status"].to_dict() == {
        "All participants": "shown", "Asian": "suppressed by sender", "Black or African American": "suppressed by sender", "White": "shown",
    }  # fmt: skip
    assert cells.loc["White", ["numerator", "denominator"]].tolist() == [60, 80]
    assert cells.loc["Asian", ["numerator", "denominator", "value", "low", "high"]].isna().all()


def test_without_a_total_a_withheld_count_leaves_none_and_says_so(sent):
    content = "month,race,n\n2025-01,White,40\n2025-01,Black,<11\n2025-02,White,40\n2025-02,Black,12\n"
    tables = sent(content, CROSSED, ENROLLED)
    found = [finding for finding in tables.noticed if "everyone together not known" in finding.what]
    assert [finding.severity for finding in found] == ["warning"]
    table = metric_table(tables.contract, tables, parse_period("2025-02"))
    totals = table[(table["dimension"] == "all") & (table["metric"] == "enrolled")].set_index("period")
    assert totals.loc[["2025-01", "2025-02", "P12M/2025-02"], "status"].tolist() == [
        "suppressed by sender",
        "shown",
        "suppressed by sender",
    ]


def test_the_month_after_a_withheld_sum_so_far_is_not_known_either(sent, rows):
    months = "".join(f"2025-0{month},{count}\n" for month, count in enumerate(("20", "<11", "60", "80"), start=1))
    tables = sent(
        "period,numerator\n" + months, "    cumulative: year\n", metrics="metrics: {enrolled: {title: E, kind: count, from: sent}}\n"
    )
    assert rows(tables, "SELECT numerator FROM sent ORDER BY period") == [(20,), (None,), (None,), (20,)]


ONE = "metrics: {enrolled: {title: E, kind: count, from: sent}}\ndimensions: {race: {standard: omb-2024}, site: {kind: site}}\n"


def test_counts_that_truly_grow_are_counted_once_somebody_says_so(sent):
    months = "period,numerator\n" + "".join(f"2025-{month:02d},{10 * month}\n" for month in range(1, 13))
    (error,) = [one for one in sent(months, metrics=ONE).noticed if one.what.key == "cumulative"]
    assert "tables.sent.cumulative: year; never, if they truly grow" in error.fix
    tables = sent(months, "    cumulative: never\n", metrics=ONE)
    assert not [one for one in tables.noticed if one.severity == "error"]
    assert metric_table(tables.contract, tables, parse_period("2025")).query("period == '2025-12'")["numerator"].iloc[0] == 120


def test_a_column_of_groups_that_no_measure_uses_is_named_and_a_dimension_finds_its_column_in_any_capitals(sent):
    groups = "{White: White, Black or African American: Black}"
    measures = f"    period: month\n    measures: {{enrolled: {{numerator: White + Black, by: {{race: {groups}}}}}}}\n"
    tables = sent("month,Site,White,Black,Asian\n2025-01,North,5,6,7\n2025-01,South,1,2,3\n", measures, metrics=ONE)
    (found,) = [one for one in tables.noticed if one.what.key == "unused_counts"]
    assert (found.severity, found.what) == ("warning", "no measure uses the columns of groups Asian")
    table = metric_table(tables.contract, tables, parse_period("2025-01")).query("period == '2025-01'").set_index("group")
    assert (table.at["North", "numerator"], table.at["South", "numerator"]) == (11, 3)


def test_school_years_of_several_schools(bench):
    """Years of twelve months to June, as the contract's fiscal year; two schools send the same groups, and none is sent twice."""
    content = "year,dim,grp,school,absent,enrolled\n"
    for year, more in (("2023-24", 0), ("SY2024-2025", 10)):
        for school in ("Adams", "Baker"):
            content += f"{year},race,White,{school},{20 + more},100\n{year},race,Black,{school},{30 + more},100\n"
    keys = "    columns: {period: year, dimension: dim, group: grp, numerator: absent, denominator: enrolled}\n"
    metrics = "dimensions: {race: {standard: omb-2024}}\nmetrics: {absent: {title: Absent, kind: proportion, from: sent}}\n"
    top = "contract: {title: T, provider: P, agency: A, program: x, starts: 2023-07-01, ends: 2025-06-30}\nfiscal_year_starts: 7\n"
    bench.write("data/sent.csv", content)
    tables = bench.open(f"{top}tables:\n  sent:\n    kind: counts\n    source: data/sent.csv\n{keys}{metrics}")
    assert [finding for finding in check_tables(tables, tables.contract) if finding.severity != "note"] == []
    table = metric_table(tables.contract, tables, parse_period("2025-06"))
    found = table.set_index(["period", "group"])["value"].to_dict()
    assert {key: found[key] for key in found if key[1] != "White"} == {
        ("P12M/2024-06", "All participants"): 0.25, ("P12M/2025-06", "All participants"): 0.35, ("term", "All participants"): 0.3,
        ("P12M/2024-06", "Black or African American"): 0.3, ("P12M/2025-06", "Black or African American"): 0.4,
        ("term", "Black or African American"): 0.35,
    }  # fmt: skip


def test_totals_that_contradict_each_other_are_named(sent):
    """The total of everyone is used; that the one among the sites is another number is told. A place's own totals are its own."""
    keys = "    columns: {dimension: dim, group: grp, numerator: num, denominator: den}\n"
    metrics = "metrics: {placed: {title: P, kind: proportion, from: sent}}\ndimensions: {race: {}, site: {}}\n"
    good = "period,clinic,dim,grp,num,den\n" + "".join(
        f"{month},{place},{dim},{group},{number},20\n"
        for month in ("2025-01", "2025-02", "2025-03") for place, number in (("A", 6), ("B", 9))
        for dim, group in (("all", ""), ("site", "Total"), ("site", "North"))
    )  # fmt: skip
    tables = sent(good, keys, metrics)
    assert not [one for one in check_tables(tables, tables.contract) if "totals of" in one.what]
    tables = sent(good.replace("2025-02,B,site,Total,9", "2025-02,B,site,Total,11"), keys, metrics)
    (found,) = [one for one in check_tables(tables, tables.contract) if "totals of" in one.what]
    assert (found.severity, found.metrics) == ("warning", ("placed",))
    assert str(found.what) == "the totals of placed by all, site are different numbers in 2025-02"


@pytest.mark.parametrize("types", ["", "    types: {n: number}\n"])
def test_a_cell_that_cannot_be_read_is_not_known_and_leaves_no_remainder(sent, rows, types):
    """Whatever a sender writes in place of a small number, what the total leaves is not told as people of no group."""
    tables = sent(
        "month,race,n\n2025-01,White,40\n2025-01,Black,too low to be shown here\n2025-01,Asian,-\n2025-01,Total,60\n"
        "2025-02,White,40\n2025-02,Black,see note 3\n" + "".join(f"2025-{month:02d},White,{30 + month}\n" for month in range(3, 13)),
        f"    period: month\n    measures: {{enrolled: {{numerator: n}}, placed: {{numerator: n}}}}\n{types}",
    )
    assert [row for row in rows(tables, CELLS.format("enrolled")) if row[0] < "2025-03"] == [
        ("2025-01", "all", "All participants", 60, None),
        ("2025-01", "race", "Black or African American", None, None),
        ("2025-01", "race", "White", 40, None),
        ("2025-02", "all", "All participants", None, None),
        ("2025-02", "race", "Black or African American", None, None),
        ("2025-02", "race", "White", 40, None),
    ]
    assert any("2 values of 16 cannot be read as number" in one.what for one in tables.noticed)


def test_totals_below_the_rows_of_groups_are_rows_of_a_submission_and_no_footer(sent, rows):
    """A file that is sorted by group ends with the totals of all months; a line below it without a month is left out."""
    cells = "".join(
        f"{name},2025-{month:02d},{number}\n"
        for name, number in (("Black", "<11"), ("White", "40"), ("Total", "49"))
        for month in range(1, 13)
    )
    keys = "    period: month\n    measures: {enrolled: {numerator: n}, placed: {numerator: n}}\n"
    tables = sent("race,month,n\n" + cells + "Grand total,,588\n", keys)
    assert rows(tables, "SELECT count(*), sum(numerator) FROM sent WHERE measure = 'enrolled' AND dimension = 'all'") == [(12, 12 * 49)]
    assert [str(one.what) for one in tables.noticed if "left out" in one.what] == [
        "1 line of data/sent.csv left out as totals or notes, not rows (line 38)"
    ]


MONTHS_ACROSS = """\
Harbor Works,,,,,
Program,Indicator,Jul-25,Aug-25,Sep-25,Total
North,Referred,40,41,42,123
,Placed,20,<11,22,
South,Referred,30,31,32,93
,Placed,15,16,17,48
All programs,Referred,70,72,74,216
"""
ACROSS = """
    columns: {program: Program, indicator: Indicator}
    period: period
    measures:
      placed: {numerator: "case when indicator = 'Placed' then count end", denominator: "case when indicator = 'Referred' then count end"}
      referred: {numerator: "case when indicator = 'Referred' then count end"}
dimensions: {program: {kind: service}}
metrics: {placed: {title: Placed, kind: proportion, from: sent}, referred: {title: Referred, kind: count, from: sent}}
"""


def test_columns_of_months_are_rows_and_blank_labels_are_those_above(sent, rows):
    tables = sent(MONTHS_ACROSS, f"    periods_in_columns: true{ACROSS}", "")
    found = {(period, group): numbers for period, group, *numbers in rows(
        tables, "SELECT period, \"group\", numerator, denominator FROM sent WHERE measure = 'placed'")}  # fmt: skip
    assert found["2025-07", "North"] == [20, 40] and found["2025-09", "South"] == [17, 32]
    assert found["2025-07", "All participants"] == [35, 70]
    assert found["2025-08", "North"][0] is None and found["2025-08", "South"] == [16, 31]  # one cell is withheld, no other
    assert rows(tables, "SELECT sum(numerator) FROM sent WHERE measure = 'referred' AND dimension = 'all'") == [(216,)]
    assert [str(one.what) for one in tables.noticed if "label above" in one.what] == ["the label above is taken for 2 cells left blank"]


PARTS = "{0},North,A,1\n{0},North,B,2\n{0},South,A,5\n{0},South,B,1\n"


@pytest.mark.parametrize(("totals", "everyone", "programs"), [
    ("{0},Total,,9\n", 9, {"A": 6, "B": 3}), ("{0},Total,Total,9\n", 9, {"A": 6, "B": 3}),
    ("{0},North,Total,3\n{0},South,Total,6\n{0},Total,,9\n", 9, {"A": 6, "B": 3}),
    ("{0},North,,4\n{0},Total,A,6\n{0},Total,B,3\n{0},Total,,4\n", 13, {"A": 6, "B": 3, "Not recorded": 4}),
    ("", 9, {"A": 6, "B": 3}),
])  # fmt: skip
def test_a_blank_beside_a_total_is_a_total_unless_others_of_its_groups_are_named(sent, rows, totals, everyone, programs):
    """Whoever writes Total in the first column leaves the next one blank."""
    more = "    period: month\n    measures: {served: {numerator: n}}\ndimensions: {site: {kind: site}, program: {kind: service}}\n"
    csv = "month,site,program,n\n" + "".join((PARTS + totals).format(month) for month in ("2025-01", "2025-02"))
    tables = sent(csv, more, "metrics: {served: {title: S, kind: count, from: sent}}\n")
    cells = rows(tables, "SELECT dimension, \"group\", numerator FROM sent WHERE period = '2025-02'")
    assert [number for dimension, _, number in cells if dimension == "all"] == [everyone]
    assert {group: number for dimension, group, number in cells if dimension == "program"} == programs
    assert {group for dimension, group, _ in cells if dimension == "site"} == {"North", "South"}


def test_beside_a_total_no_label_of_the_row_above_is_taken(sent, rows):
    sheet = (
        "Site,Program,Jul-25,Aug-25,Sep-25\nNorth,A,1,2,3\n,B,2,3,4\n,Total,3,5,7\nSouth,A,5,6,7\n,B,1,1,1\n,Total,6,7,8\nTotal,,9,12,15\n"
    )
    more = "    periods_in_columns: true\n    columns: {site: Site, program: Program}\n    period: period\n"
    more += "    measures: {served: {numerator: count}}\ndimensions: {site: {kind: site}, program: {kind: service}}\n"
    tables = sent(sheet, more, "metrics: {served: {title: S, kind: count, from: sent}}\n")
    found = dict(rows(tables, "SELECT \"group\", numerator FROM sent WHERE period = '2025-09'"))
    assert found == {"All participants": 15, "North": 7, "South": 8, "A": 10, "B": 5}
    assert [str(one.what) for one in tables.noticed if "label above" in one.what] == ["the label above is taken for 4 cells left blank"]


def test_a_column_called_like_a_function_can_be_withheld(sent, rows):
    more = '    period: month\n    measures: {served: {numerator: "greatest(floor(floor), 0)"}}\n'
    tables = sent("month,floor\n2025-01,12\n2025-02,<5\n", more, "metrics: {served: {title: S, kind: count, from: sent}}\n")
    assert rows(tables, "SELECT numerator, withheld FROM sent ORDER BY period") == [(12.0, False), (None, True)]


def test_months_without_a_year_begin_where_the_contract_says(sent, rows):
    tables = sent(MONTHS_ACROSS.replace("Jul-25,Aug-25,Sep-25", "Nov,Dec,Jan"), f"    periods_in_columns: 2024-07{ACROSS}", "")
    assert rows(tables, "SELECT DISTINCT period FROM sent ORDER BY 1") == [("2024-11",), ("2024-12",), ("2025-01",)]


@pytest.mark.parametrize(
    ("header", "problem"),
    [("A,B,C", "finds no column that is called after a period"), ("Jul-25,July 2025,Sep-25", "finds 2025-07 in several columns"),
     ("count,Aug-25,Sep-25", "the file has count already")],
)  # fmt: skip
def test_columns_that_are_no_periods_are_refused(sent, header, problem):
    with pytest.raises(ContractError, match=problem):
        sent(MONTHS_ACROSS.replace("Jul-25,Aug-25,Sep-25", header), f"    periods_in_columns: true{ACROSS}", "")


@pytest.mark.parametrize(("dash", "recode", "value"), [
    ("-", "", None), (" - ", "", None), ("$-", "", None), ("—", "", None), ("-", "recode: {placed: {'-': '0'}}", 0.0), ("0", "", 0.0),
])  # fmt: skip
def test_a_dash_is_said_and_is_zero_only_where_the_contract_says_so(bench, rows, dash, recode, value):
    bench.write("data/sent.csv", f"month,placed\n2025-01,12\n2025-02,{dash}\n2025-03,1\n")
    tables = bench.open(
        "tables:\n  sent:\n    kind: counts\n    source: data/sent.csv\n    period: month\n"
        f"    measures: {{placed: {{numerator: placed}}}}\n    {recode}\n"
        "metrics: {placed: {title: Placed, kind: count, from: sent}}\n"
    )
    found = [one.what.key for one in tables.noticed if getattr(one.what, "key", "") == "dashes"]
    assert found == ([] if recode or dash == "0" else ["dashes"])
    assert rows(tables, "SELECT numerator FROM sent WHERE period = '2025-02'") == ([] if value is None else [(value,)])
