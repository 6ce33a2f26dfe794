"""What arrives wrong is read rightly, or is said with its row or value: one test a kind, each with siblings of the same fault."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from acmlib.intake import check_tables
from acmlib.measures.compute import metric_table

TOP = """
dimensions:
  site: {column: site}
metrics:
  referred: {title: Referred, kind: count, from: people, date: referred}
  placed: {title: Placed, kind: proportion, from: people, of: enrolled is not null, that: placed <= enrolled + interval 30 day,
           date: enrolled}
"""
DAYS = [dt.date(2025, 1, 1) + dt.timedelta(days=int(4.4 * i)) for i in range(80)]


def person(i: int, *, placed: str | None = None, site: str | None = None, form: str = "%Y-%m-%d") -> list[str]:
    """One of 80 people: enrolled a week after the referral, every third of them placed a month later."""
    day = DAYS[i]
    job = (day + dt.timedelta(days=17)).strftime(form) if i % 3 == 0 else ""
    return [f"P{1000 + i}", site or ("North", "South", "East")[i % 3 - 1 if i % 2 else 0], day.strftime(form),
            (day + dt.timedelta(days=7)).strftime(form), job if placed is None else placed]  # fmt: skip


HEAD = "id,site,referred,enrolled,placed"
PLACED = sum(i % 3 == 0 for i in range(80))


def csv(rows, *, head: str = HEAD, sign: str = ",") -> str:
    return "\n".join([head.replace(",", sign), *(sign.join(row) for row in rows)]) + "\n"


@pytest.fixture
def sent(bench):
    """Open people, and return the finished figure of those placed (all of 2025 is mature) and the findings."""

    def opened(text: str | bytes, more: str = "id: id\nentered: referred", top: str = TOP, **options):
        tables = bench.people(text, more, top=top, period="2025", **options)
        cells = metric_table(tables.contract, tables, tables.period)
        whole = cells[cells["period"].eq("term") & cells["dimension"].eq("all")].set_index("metric")
        return whole, check_tables(tables, tables.contract)

    return opened


def about(findings, column=None, severity=None) -> str:
    return " | ".join(str(one) for one in findings if column in (None, one.column) and severity in (None, one.severity))


def is_right(whole) -> bool:
    return whole.loc["placed", ["numerator", "denominator"]].tolist() == [PLACED, 80] and whole.loc["referred", "numerator"] == 80


def test_clean_data_have_no_finding(sent):
    whole, findings = sent(csv(person(i) for i in range(80)))
    assert is_right(whole)
    assert findings == ()


@pytest.mark.parametrize("day", ["1900-01-01", "1899-12-30", "1970-01-01", "0001-01-01", "9999-12-31", "1/1/1900", "2015-06-30"])
def test_days_that_stand_for_no_date_are_blank_and_said(sent, day):
    whole, findings = sent(csv(person(i) if i % 3 == 0 else person(i, placed=day) for i in range(80)))
    assert is_right(whole)
    assert "53 rows with" in about(findings, "placed") and "stands for no date" in about(findings, "placed")


@pytest.mark.parametrize("form", ["%m/%d/%Y", "%-m/%-d/%y", "%d.%m.%Y", "%d/%m/%Y", "%-d-%b-%y", "%d/%b/%Y", "%b/%d/%Y", "%Y-%b-%d",
                                  "%b %-d, %Y", "%B %-d, %Y", "%Y%m%d",
                                  "%Y/%m/%d", "%Y-%m-%d 00:00:00 UTC", "%Y-%m-%dT10:30:00.000Z", "%m/%d/%Y 12:00 AM"])  # fmt: skip
def test_dates_of_every_form(sent, form):
    whole, findings = sent(csv((person(i, form=form) for i in range(80)), sign="|"))
    assert is_right(whole), about(findings)
    assert "ambiguous" not in about(findings) and "cannot be read" not in about(findings)


def test_numbers_of_days_in_a_spreadsheet_are_dates(sent):
    def serial(text):
        return str((dt.date.fromisoformat(text) - dt.date(1899, 12, 30)).days) if text else ""

    whole, _ = sent(csv([*row[:2], *map(serial, row[2:])] for row in map(person, range(80))))
    assert is_right(whole)


def test_one_date_in_another_order_is_named_by_its_row(sent):
    rows = [person(i, form="%-m/%-d/%Y") for i in range(80)]
    rows[30][4] = "28/12/2025"
    _, findings = sent(csv(rows))
    assert "1 value of 27 cannot be read as date (row 32)" in about(findings, "placed")


def test_files_may_have_different_orders(bench):
    for name, form in (("a", "%m/%d/%Y"), ("b", "%d/%m/%Y")):
        half = range(40) if name == "a" else range(40, 80)
        bench.write(f"data/in/{name}.csv", csv(person(i, form=form) for i in half))
    tables = bench.open("tables: {people: {source: data/in, id: id, entered: referred}}\n" + TOP)
    assert tables.connection.execute("SELECT min(referred), max(referred), count(referred) FROM people").fetchall() == [
        (DAYS[0], DAYS[-1], 80)
    ]


@pytest.mark.parametrize("above", ["Report of May\n\n", "sep=,\n", "Agency: X\nRun by,Y\n\n\n", "\n\n", "Client,,Dates,,\n"])
def test_rows_above_the_names_of_columns_are_passed_over(sent, above):
    whole, _ = sent(above + csv(person(i) for i in range(80)))
    assert is_right(whole)


def test_a_file_without_names_takes_them_from_the_contract_and_says_so(sent, bench):
    from acmlib.contract.errors import ContractError

    text = csv(person(i) for i in range(80)).partition("\n")[2]
    whole, _ = sent(text, "id: id\nentered: referred\nnames: [id, site, referred, enrolled, placed]")
    assert is_right(whole)
    with pytest.raises(ContractError, match="give names:"):
        sent(text)


@pytest.mark.parametrize("below", [
    "Grand Total (80 records),,,,\n", "\n\nYouth Intake\nCopyright 2026\nConfidential\nGenerated By: Sam\n", "Total,80,,,\n",
    "Note: draft\n",
])  # fmt: skip
def test_totals_and_notes_below_a_table_are_no_people(sent, below):
    undated = TOP.replace("from: people, date: referred}", "from: people}")
    whole, findings = sent(csv(person(i) for i in range(80)) + below, top=undated)
    assert is_right(whole)
    assert "left out as totals or notes" in about(findings, severity="warning")


@pytest.mark.parametrize("broken", ['"P1005,', '"P1005, a note that never ends,'])
def test_a_quote_that_does_not_close_is_refused_with_its_line(sent, broken):
    from acmlib.contract.errors import ContractError

    lines = csv(person(i) for i in range(80)).splitlines()
    lines[6] = broken + lines[6].partition(",")[2]
    with pytest.raises(ContractError, match="quote that opens in line 7"):
        sent("\n".join(lines) + "\n")


def test_a_column_of_results_without_a_value_is_an_error_of_its_figure(sent):
    _, findings = sent(csv(person(i, placed="") for i in range(80)))
    assert "not one value for 80 people" in about(findings, "placed", "error")
    assert [one.metrics for one in findings if one.severity == "error"] == [("placed",)]


def test_a_column_of_results_that_is_no_longer_filled_is_an_error(sent):
    _, findings = sent(csv(person(i, placed="" if i > 30 else None) for i in range(80)))
    assert "no value since 2025-06" in about(findings, "placed", "error")


def test_results_before_their_start_are_no_success_and_said(sent):
    rows = [person(i) for i in range(80)]
    for row in rows[::6]:
        row[4] = (dt.date.fromisoformat(row[3]) - dt.timedelta(days=2)).isoformat()
    whole, findings = sent(csv(rows))
    assert whole.loc["placed", "numerator"] == PLACED - len(rows[::6])
    assert "14 dates before enrolled" in about(findings, "placed")
    allowed = TOP.replace("interval 30 day", "interval 30 day or placed < enrolled")
    assert sent(csv(rows), top=allowed)[0].loc["placed", "numerator"] == PLACED
    for that in ("placed - interval 30 day <= enrolled", "enrolled >= placed - 30", "enrolled - placed >= -30",
                 "date_diff('day', placed, enrolled) >= -30"):  # fmt: skip
        whole, findings = sent(csv(rows), top=TOP.replace("placed <= enrolled + interval 30 day", f'"{that}"'))
        assert whole.loc["placed", "numerator"] == PLACED - len(rows[::6]), that
        assert "14 dates before enrolled" in about(findings, "placed")


@pytest.mark.parametrize(("date", "of", "said"), [("placed", "enrolled is not null", True), ("enrolled", "enrolled is not null", False),
                                                  ("placed", "placed is not null", False)])  # fmt: skip
def test_a_share_counted_by_a_date_that_only_successes_have_is_an_error(sent, date, of, said):
    """By the day of the job 100% have one: all 53 without are in no number."""
    top = TOP.replace("of: enrolled is not null", f"of: {of}").replace("placed <= enrolled + interval 30 day", "placed is not null")
    whole, findings = sent(csv(person(i) for i in range(80)), top=top.replace("date: enrolled}", f"date: {date}}}"))
    assert ("53 people of the cohort of placed without placed" in about(findings, "placed", "error")) == said
    assert whole.loc["placed", "denominator"] == (80 if date == "enrolled" else PLACED)


@pytest.mark.parametrize(("column", "said"), [("days_to_job", True), ("days_late", False)])
def test_numbers_of_days_below_zero_are_said_where_they_count_as_reached(sent, column, said):
    rows = [[*person(i), str(-3 - i if i % 6 == 0 else 20 + i)] for i in range(80)]
    top = TOP.replace("placed <= enrolled + interval 30 day", f"{column} <= 30")
    found = about(sent(csv(rows, head=f"{HEAD},{column}"), top=top)[1], column, "warning")
    assert ("14 rows with a number of days below zero" in found) == said


def yearly(i, quiet, value=""):
    """A placement on the third of days as `person` has it, but in some months another value."""
    return value if f"{DAYS[i]:%m}" in quiet else None


@pytest.mark.parametrize(("quiet", "key", "months"), [
    (("03", "04", "05", "06"), "silence", "2025-03 to 2025-06"), (("01", "02", "03", "04"), "silence", "2025-01 to 2025-04"), ((), "", ""),
])  # fmt: skip
def test_months_in_the_middle_or_at_the_begin_without_a_result_are_said(sent, quiet, key, months):
    rows = [person(i, placed=yearly(i, quiet) if quiet else None) for i in range(80)]
    for at, row in enumerate(rows):  # each date of a placement is of the month of the enrollment that asks for it
        row[3] = row[2]
        row[4] = "" if row[4] == "" or f"{DAYS[at]:%m}" in quiet else row[3]
    _, findings = sent(csv(rows))
    assert {one.what.key for one in findings} - {"unfinished"} == ({key} if key else set())
    assert months in about(findings)


def test_months_in_which_all_say_no_are_said(sent):
    rows = [[*person(i), "Yes" if i % 2 and i < 36 else "No"] for i in range(80)]
    _, findings = sent(csv(rows, head=HEAD + ",job"), top=TOP.replace("that: placed <= enrolled + interval 30 day", "that: job = 'Yes'"))
    assert "nobody has reached it from 2025-07 to 2025-12" in about(findings, "job", "warning")


@pytest.mark.parametrize(("of", "more"), [("job = 'Yes'", ""), ("enrolled is not null", "where: job = 'Yes'")])
def test_a_text_that_may_be_another_one_is_said_also_where_rows_are_left_out(sent, of, more):
    rows = [[*person(i), ("Yes", "Yes - full time", "Yess", "No")[i % 4]] for i in range(80)]
    top = TOP.replace("of: enrolled is not null", f"of: {of}")
    _, findings = sent(csv(rows, head=HEAD + ",job"), "id: id\nentered: referred\n" + more, top=top)
    assert "'Yes - full time', 'Yess'" in about(findings, "job", "warning")


@pytest.mark.parametrize("name", ["youth_id", "Client #", "pid", "mrn", "client_guid", "unique_identifier", "full_name"])
def test_columns_that_say_whose_a_row_is(sent, name):
    rows = [[*person(i), f"C{i // 2}"] for i in range(80)]
    assert f"80 rows of 40 different {name}" in about(sent(csv(rows, head=f"{HEAD},{name}"))[1])


def test_codes_and_days_of_a_spreadsheet_among_groups(sent):
    assert "look like codes of questionnaires: 999" in about(
        sent(csv(person(i, site=("A", "B", "999")[i % 3]) for i in range(80)))[1], "site"
    )
    assert "are dates: 41926" in about(sent(csv(person(i, site=("10-14", "15-19", "41926")[i % 3]) for i in range(80)))[1], "site")
    assert "codes" not in about(sent(csv(person(i, site=("7", "8", "12")[i % 3]) for i in range(80)))[1])


def test_a_line_that_says_that_there_is_nothing_is_nobody(sent):
    whole, findings = sent(HEAD + "\nNo data available,,,,\n", top=TOP.replace("from: people, date: referred}", "from: people}"))
    assert whole.loc["referred", "status"] == "no data"
    assert "left out as totals or notes" in about(findings)


@pytest.mark.parametrize(("values", "said"), [
    (["Yes", "yes", "YES", "Y", "TRUE", "1", "x"], "another spelling of 'Yes'"), (["1", "0"], "another spelling of 'Yes'"),
    (["Placed", "Open"], "no row has 'Yes'; the column holds 'Open', 'Placed'"),
])  # fmt: skip
def test_texts_that_a_metric_compares_with_and_the_file_spells_otherwise(sent, values, said):
    rows = [[*person(i), values[i % len(values)]] for i in range(80)]
    top = TOP.replace("that: placed <= enrolled + interval 30 day", "that: job = 'Yes'")
    _, findings = sent(csv(rows, head=HEAD + ",job"), top=top)
    assert said in about(findings, "job", "error")


def test_people_twice_are_an_error_with_and_without_ids(sent):
    rows = [person(i) for i in range(80)]
    _, findings = sent(csv([*rows, *rows[:20]]), "entered: referred")
    assert "20 rows the same as another in every column" in about(findings, severity="error")
    other = [[row[0].lower(), *row[1:3], row[3], ""] for row in rows[:10]]
    _, findings = sent(csv([*rows, *other]))
    assert "20 rows with an id that another row has in another spelling" in about(findings, "id", "error")
    zeros = [[f"{i:06d}" if i < 50 else str(i - 50), *row[1:]] for i, row in enumerate(rows)]
    assert "in another spelling" in about(sent(csv(zeros))[1], "id", "error")


def test_of_rows_with_one_id_the_newest_can_be_kept(sent):
    rows = [[*person(i), "2025-01-01"] for i in range(80)]
    newer = [[*person(i, placed=""), "2025-02-01"] for i in range(0, 80, 3)]
    whole, findings = sent(csv([*newer, *rows], head=HEAD + ",changed"), "id: id\nentered: referred\nkeep: newest by changed")
    assert (whole.loc["placed", "numerator"], whole.loc["referred", "numerator"]) == (0, 80)
    assert "27 rows left out, because a newer one has the same id" in about(findings, "id")


def test_groups_under_two_spellings(sent):
    names = ["North", "NORTH", "north ", "Jardín", "Jardín", "North Center", "North Ctr."]
    _, findings = sent(csv(person(i, site=names[i % 7]) for i in range(80)))
    said = about(findings, "site")
    assert "counted under another spelling of their group: North = NORTH" in said or "NORTH" in said
    assert "North Center / North Ctr." in said


def test_a_group_that_ends_where_another_begins_and_one_that_falls_silent(sent):
    _, findings = sent(csv(person(i, site="Female" if i < 40 else "Woman") for i in range(80)))
    assert "Female (2025-06), Woman (2025-06)" in about(findings, "site")
    names = random.Random(1).choices(["A", "B", "C"], k=80)
    _, findings = sent(csv(person(i, site="A" if i > 40 and names[i] == "C" else names[i]) for i in range(80)))
    assert "since the month beside them: C (2025-06)" in about(findings, "site")


def test_errors_and_dates_of_spreadsheets_among_groups(sent):
    _, findings = sent(csv(person(i, site=("#REF!", "10-14", "14-Oct", "15-19")[i % 4]) for i in range(80)))
    assert "20 cells with an error of a spreadsheet" in about(findings, "site")
    assert "among the groups are dates: 14-Oct" in about(findings, "site")


def test_ages_and_births_that_nobody_has(sent):
    rows = [[*person(i), "999" if i % 10 == 0 else "22", "2000-01-01" if i % 4 == 0 else f"1999-0{i % 9 + 1}-{i % 28 + 1:02d}"]
            for i in range(80)]  # fmt: skip
    top = TOP.replace("site: {column: site}", "site: {column: site}\n  age: {bands: [18, 25, 40]}")
    tables_top, findings = sent(csv(rows, head=HEAD + ",age,dob"), top=top)
    assert "8 rows with an age below 0 or above 110" in about(findings, "age")
    assert "20 people with one of a few days of birth" in about(findings, "dob")
    assert is_right(tables_top)


def test_money_is_read_and_other_units_codes_and_zeros_are_said(sent):
    mean = TOP + "  wage: {title: Wage, kind: mean, from: people, value: wage}\n"

    def wages(change):
        return csv(([*person(i), change(i)] for i in range(80)), head=HEAD + ",wage", sign="|")

    whole, findings = sent(wages(lambda i: f"${15 + i % 5}.50"), top=mean)
    assert whole.loc["wage", "value"] == pytest.approx(17.5) and findings == ()
    assert sent(wages(lambda i: f"{15 + i % 5}%"), top=mean)[0].loc["wage", "value"] == pytest.approx(0.17)
    assert "times the median" in about(sent(wages(lambda i: "36000" if i % 8 == 0 else "17"), top=mean)[1], "wage", "error")
    assert "the codes 999" in about(sent(wages(lambda i: "999" if i % 8 == 0 else "17"), top=mean)[1], "wage", "error")
    assert "8 values of -9" in about(sent(wages(lambda i: "-9" if i % 10 == 0 else "17"), top=mean)[1], "wage", "error")
    assert sent(wages(lambda i: "-9" if i % 10 == 0 else "-3.5" if i % 7 == 0 else "17"), top=mean)[1] == ()  # a gain may be a loss
    assert "values of 0" in about(sent(wages(lambda i: "0" if i % 8 == 0 else "17"), top=mean)[1], "wage")
    said = "id: id\nentered: referred\nmissing: {wage: {0: Not asked}}"
    whole, findings = sent(wages(lambda i: "0" if i % 8 == 0 else "17"), said, top=mean)
    assert whole.loc["wage", "value"] == 17 and findings == ()
    flagged = "id: id\nentered: referred\nmissing_when: {wage: id like '%5'}"
    assert sent(wages(lambda i: "900" if i % 10 == 5 else "17"), flagged, top=mean)[0].loc["wage", "value"] == 17


def test_rows_of_people_and_rows_of_sums(sent):
    rows = [[*person(i), f"C{i // 2}"] for i in range(80)]
    assert "80 rows of 40 different client_id" in about(sent(csv(rows, head=HEAD + ",client_id"))[1], "client_id")
    sums = [[*person(i)[1:], "2025-01", str(5 + i)] for i in range(80)]
    _, findings = sent(csv(sums, head="site,referred,enrolled,placed,month,patients"), "entered: referred")
    assert "each row seems to be a sum (patients)" in about(findings, "patients")


def test_nobody_yet_is_no_error(sent):
    whole, findings = sent(HEAD + "\n")
    assert whole.loc["placed", "status"] == "no data"
    assert [one.severity for one in findings] == ["warning"]


def test_boxes_of_a_question_become_answers(bench):
    text = "id,asian,black,white\n1,1,0,0\n2,Yes,x,\n3,,,\n"
    tables = bench.people(text, "id: id\nany_of: {race: {Asian: asian, Black or African American: black, White: white}}",
                          top="dimensions: {race: {standard: omb-2024}}")  # fmt: skip
    found = dict(tables.connection.execute("SELECT id, dim_race FROM people").fetchall())
    assert found == {"1": "Asian", "2": "Multiracial and/or Multiethnic", "3": "Not recorded"}


@pytest.mark.parametrize(("row", "said"), [
    ("Total,1900", "Total of the population left out"), ("Not South,1000", "Not South: nearly the sum of other groups"),
])  # fmt: skip
def test_totals_and_overlaps_in_a_population(bench, row, said):
    bench.write("data/pop.csv", f"group,people\nNorth,500\nEast,500\nSouth,900\n{row}\n")
    top = TOP.replace("site: {column: site}", "site: {column: site, population: {file: data/pop.csv, of: people, source: S, date: 2024}}")
    tables = bench.people(csv(person(i) for i in range(80)), "id: id\nentered: referred", top=top, period="2025")
    assert said in about(check_tables(tables, tables.contract))


@pytest.mark.parametrize(("rows", "said"), [
    ("North,500\nEast,500\nSouth,900\nMen,950\nWomen,950", "Men, Women: nearly the sum"),
    ("North,500\nEast,500\nSouth,0", "more people served than the population has: South"),
])  # fmt: skip
def test_a_population_twice_over_or_without_those_served(bench, rows, said):
    bench.write("data/pop.csv", f"group,people\n{rows}\n")
    top = TOP.replace("site: {column: site}", "site: {column: site, population: {file: data/pop.csv, of: people, source: S, date: 2024}}")
    tables = bench.people(csv(person(i) for i in range(80)), "id: id\nentered: referred", top=top, period="2025")
    assert said in about(check_tables(tables, tables.contract), severity="error")


@pytest.mark.parametrize(("rows", "severity", "said"), [
    ("group,people" + 2 * "\nNorth,500\nEast,500\nSouth,900", "error", "North, East, South in several rows"),
    ("group,people\nNorth,500\nEast,500\nSouth,900\nNorth,600", "warning", "North in several rows, which were added up"),
    ("group,people,year\nNorth,500,2022\nNorth,510,2023\nEast,500,2022\nSouth,9,2023", "error", "several years, 2022, 2023"),
    ("group,people\nTotal,1500\nNorth,500\nEast,500\nSouth,900", "error", "add up to 1,900 people, more than their total of 1,500"),
    ("group,people\nNorth,500\nEast,503\nDock,200\nHill,303\nSouth,910", "warning", "Dock, Hill are together as many as East"),
])  # fmt: skip
def test_rows_of_a_population_that_count_people_twice(bench, rows, severity, said):
    bench.write("data/pop.csv", f"{rows}\n")
    top = TOP.replace("site: {column: site}", "site: {column: site, population: {file: data/pop.csv, of: people, source: S, date: 2024}}")
    tables = bench.people(csv(person(i) for i in range(80)), "id: id\nentered: referred", top=top, period="2025")
    assert said in about(check_tables(tables, tables.contract), "dimensions.site.population", severity)


@pytest.mark.parametrize(("race", "said"), [("%s alone", True), ("%s alone, not Hispanic or Latino", False), ("%s", False)])
def test_hispanic_people_beside_races_that_hold_them(bench, race, said):
    names = ("White", "Asian", "Black or African American")
    bench.write(
        "data/pop.csv", "group;people\nHispanic or Latino;700\n" + "".join(f"{race % name};9{i}0\n" for i, name in enumerate(names))
    )
    race = "race: {standard: omb-2024, population: {file: data/pop.csv, of: people, source: S, date: 2024}}"
    text = "id,race\n" + "".join(f"{i},{(*names, 'Latino')[i % 4]}\n" for i in range(40))
    tables = bench.people(text, "id: id", top=f"dimensions: {{{race}}}\n")
    assert list(tables.populations["race"]["group"]) == ["Asian", "Black or African American", "Hispanic or Latino", "White"]
    found = check_tables(tables, tables.contract)
    assert ("Hispanic or Latino beside races" in about(found, severity="warning")) == said
    assert said or not about(found)


@pytest.mark.parametrize(("numbers", "said"), [
    ("50,30,20", "add up to 100: these are shares"), ("5,900,900", "more people served than the population has: North"),
])  # fmt: skip
def test_populations_in_percent_or_too_small(bench, numbers, said):
    north, east, south = numbers.split(",")
    bench.write("data/pop.csv", f"group,people\nNorth,{north}\nEast,{east}\nSouth,{south}\n")
    top = TOP.replace("site: {column: site}", "site: {column: site, population: {file: data/pop.csv, of: people, source: S, date: 2024}}")
    tables = bench.people(csv(person(i) for i in range(80)), "id: id\nentered: referred", top=top, period="2025")
    assert said in about(check_tables(tables, tables.contract), severity="error")


COUNTS = """\
contract: {title: T, provider: P, agency: A, program: x, starts: 2024-07-01, ends: 2026-06-30}
tables: {sub: {source: data/sub.csv, kind: counts%s}}
dimensions: {site: {}}
metrics: {served: {title: Served, kind: count, from: sub}}
"""


def submitted(bench, rows, more="", top=""):
    bench.write("data/sub.csv", "period,dimension,group,numerator\n" + "\n".join(rows) + "\n")
    tables = bench.open(COUNTS % more + top, period="term")
    cells = metric_table(tables.contract, tables, tables.period)
    whole = cells[cells["period"].eq("term") & cells["dimension"].eq("all")]
    return whole["numerator"].tolist(), check_tables(tables, tables.contract)


def test_sums_so_far_are_an_error_until_they_are_said_to_be_so(bench):
    rows = [f"{2025 + (m > 11)}-{m % 12 + 1:02d},all,,{10 * (m + 1)}" for m in range(12)]
    assert "look like sums so far" in about(submitted(bench, rows)[1], severity="error")
    assert submitted(bench, rows, ", cumulative: year")[0] == [120]


@pytest.mark.parametrize(("numbers", "sure", "since"), [
    ([60, 70, 80, 90, 100, 110, 12, 20, 31, 40, 52, 60], True, "fiscal year"),  # a new year begins in July
    ([10, 20, 31, 40, 52, 51, 70, 80, 90, 100, 110, 120], False, "year"),  # corrected by one
    ([5, 9, 14, 14, 14, 20, 24, 24, 30, 30, 33, 36], True, "year"),  # months in which nothing came
])  # fmt: skip
def test_sums_so_far_are_seen_through_new_years_corrections_and_still_months(bench, numbers, sure, since):
    rows = [f"2025-{at:02d},all,,{number}" for at, number in enumerate(numbers, 1)]
    (found,) = [one for one in submitted(bench, rows)[1] if one.what.key.startswith("cumulative")]
    assert (found.severity, str(found.fix)) == (
        "error" if sure else "warning",
        f"send each period alone, or say so: tables.sub.cumulative: {since}; never, if they truly grow",
    )
    assert "so far" in about(submitted(bench, [f"2025Q{at},all,,{30 * at}" for at in range(1, 5)])[1], severity="warning")
    assert "so far" not in about(submitted(bench, [f"2025-{at:02d},all,,{30 + at * 7 % 11}" for at in range(1, 13)])[1])


@pytest.mark.parametrize(("numbers", "said"), [
    ([9, 17, 30, 41], "cumulative_maybe"),  # four months of a first year
    ([1000 + 9 * at for at in range(14)], "cumulative_maybe"),  # since long before the contract
    ([10, 20, 31, 44, 52, *[60] * 9], "cumulative_maybe"),  # nothing came in the last months
    ([120, 123, 121, 118, 119, 122, 125, 124, 127, 125, 122, 121, 119], "smooth"),  # sums over the last twelve months
    ([120, 131, 109, 118, 103, 122, 135, 124, 112, 125, 132, 109, 119], ""), ([9, 17, 12, 31], ""),
])  # fmt: skip
def test_sums_over_several_months_are_seen_early_late_and_rolling(bench, numbers, said):
    rows = [f"{2025 + (at > 11)}-{at % 12 + 1:02d},all,,{number}" for at, number in enumerate(numbers)]
    found = {one.what.key for one in submitted(bench, rows)[1]} & {"cumulative", "cumulative_maybe", "smooth"}
    assert found == ({said} if said else set())


def test_percentages_out_of_a_hundred_and_targets_that_are_over_are_named(bench):
    top = COUNTS.replace("kind: count,", "kind: proportion, target: [{value: 0.4, to: 2025-03-31}],")
    bench.write(
        "data/sub.csv",
        "period,dimension,group,numerator,denominator\n" + "".join(f"2025-{at:02d},all,,{30 + at},100\n" for at in range(1, 13)),
    )
    tables = bench.open(top % "", period="term")
    found = {one.what.key: one for one in check_tables(tables, tables.contract)}
    assert str(found["always_100"].why) == "People come in whole numbers; shares were sent perhaps"
    assert str(found["no_target_now"].what) == "served: no target is in force on 2026-06-30; agreed were 0.4 ( - 2025-03-31)"


def test_a_person_in_two_spellings_is_an_error(bench):
    csv = "visit,client,came\n" + "".join(f"{i},{'0' * (i % 2)}{i // 2 % 9 + 1},2025-0{1 + i % 9}-03\n" for i in range(60))
    top = "metrics: {people: {title: P, kind: count, from: people, distinct: person, date: came}}\n"
    tables = bench.people(csv, "id: visit\nperson: client\ntypes: {client: text}\n", top=top)
    assert [one.column for one in check_tables(tables, tables.contract) if one.what.key == "near_ids"] == ["client"]


@pytest.mark.parametrize(("more", "rows"), [("1-12 11-2", 0), ("名1 字1", 0), ("1-12 112", 2), ("1-12 11-2 1/12", 3), ("A-7 a7", 2)])
def test_ids_with_signs_at_other_places_are_no_spellings_of_one(bench, more, rows):
    ids = [*(f"F{at}" for at in range(100, 140)), *more.split()]
    tables = bench.people("client,came\n" + "".join(f"{one},2025-03-03\n" for one in ids), "id: client\n")
    assert sum(one.rows for one in check_tables(tables, tables.contract) if one.what.key == "near_ids") == rows


def test_a_target_until_the_end_of_the_term_is_in_force_when_the_last_results_are_awaited(bench):
    csv = "id,came\n" + "".join(f"{at},2025-0{1 + at % 9}-03\n" for at in range(60))
    top = "period: 2026-12\nmetrics: {met: {title: P, kind: count, from: people, date: came, target: [{value: 30, to: %s}]}}\n"
    for day, said in (("2025-12-31", 0), ("2025-12-30", 1)):
        tables = bench.people(csv, "id: id\n", top=top % day)
        assert tables.contract.contract.ends == dt.date(2025, 12, 31)
        assert sum(one.what.key == "no_target_now" for one in check_tables(tables, tables.contract)) == said


def test_a_total_among_groups_is_everyone_together(bench):
    rows = [
        f"2025-0{m},site,{site},{n}" for m in range(1, 7) for site, n in (("North", 3 + m % 3), ("South", 4), ("Grand Total", 7 + m % 3))
    ]
    total, findings = submitted(bench, rows)
    assert total == [sum(7 + m % 3 for m in range(1, 7))]
    assert "'Grand Total' is read as everyone together" in about(findings)


@pytest.mark.parametrize(("name", "of", "said"), [
    ("Whole programme", ("North", "South", "East"), 1), ("Riverside", ("North", "South"), 1), ("West", (), 0),
])  # fmt: skip
def test_a_group_that_is_the_sum_of_others_is_an_error_whatever_its_name(bench, name, of, said):
    draw, rows = random.Random(4), []
    for month in range(1, 13):
        sent = {site: draw.randint(5, 30) for site in ("North", "South", "East")}
        sent[name] = sum(sent[site] for site in of) or draw.randint(5, 30)
        rows += [f"2025-{month:02d},site,{site},{number}" for site, number in sent.items()]
    found = [one for one in submitted(bench, rows)[1] if one.what.key == "sum_group"]
    assert [(one.severity, one.metrics) for one in found] == [("error", ("served",))] * said
    assert all(f"'{name}' is the sum" in str(one) and "tables.sub.recode.group" in str(one.fix) for one in found)
    if of == ("North", "South", "East"):
        total, findings = submitted(bench, rows, f", recode: {{group: {{{name}: Total}}}}")
        assert total == [sum(int(row.rpartition(",")[2]) for row in rows if name not in row)] and "sum of other" not in about(findings)


@pytest.mark.parametrize("percents", [True, False])
def test_percents_beside_large_denominators_are_an_error(bench, percents):
    draw = random.Random(5)
    pairs = [(draw.randint(35, 45), draw.randint(150, 400)) for _ in range(12)]
    rows = "".join(f"2025-{at:02d},all,,{share if percents else share * of // 400},{of}\n" for at, (share, of) in enumerate(pairs, 1))
    bench.write("data/sub.csv", "period,dimension,group,numerator,denominator\n" + rows)
    tables = bench.open(COUNTS.replace("kind: count,", "kind: proportion,") % "", period="term")
    assert ("percents" in {one.what.key for one in check_tables(tables, tables.contract)}) is percents


@pytest.mark.parametrize("form", ["FY2025 Q{}", "Q{} FY25", "2024-25 Q{}", "Q{} 2025"])
def test_fiscal_quarters(bench, form):
    rows = [f"{form.format(q)},all,,{q}" for q in range(1, 5)]
    assert submitted(bench, rows, top="fiscal_year_starts: 7\n")[0] == [10]
    calendar = [f"Q{q} {year},all,,1" for year in (2025, 2026) for q in range(1, 5)]
    assert "these look like fiscal periods" in about(submitted(bench, calendar)[1], severity="error")


@pytest.mark.parametrize("month", ["Jul-24", "July 2024", "202407", "2024-07-01", "7/2024"])
def test_months_of_submissions(bench, month):
    assert submitted(bench, [f"{month},all,,5"])[0] == [5]


@pytest.mark.parametrize("above", ["", "Export of 2025,,,\n"])
@pytest.mark.parametrize("bad", [(2,), (2, 3, 4), (3, 7, 8, 12), (13,)])
def test_rows_keep_the_numbers_of_their_lines_where_others_cannot_be_read(bench, rows, bad, above):
    lines = [f"p{at},2025-01-{at:02d},N,x,more" if at in bad else f"p{at},2025-01-{at:02d},N,x" for at in range(2, 14)]
    tables = bench.people(f"{above}id,came,site,note\n" + "\n".join(lines) + "\n", "id: id\nentered: came", top="dimensions: {site: {}}")
    shift = 1 if above else 0
    assert rows(tables, "SELECT id, _row FROM people ORDER BY _row") == [(f"p{at}", at + shift) for at in range(2, 14) if at not in bad]
    told = [str(one.what) for one in tables.noticed if "could not be read" in one.what]
    assert told and f"(line {', '.join(str(at + shift) for at in bad)})" in told[0]


def outcomes(days, *, sites=("North", "South"), ages=range(16, 26), more=""):
    """Return 120 people of two sites with a result on each third of `days`, with a day of birth each."""
    rows = [
        f"C{i},{sites[i % len(sites)]},200{i % 9}-0{1 + i % 8}-{10 + i % 17},{ages[i % len(ages)]},2025-0{1 + i % 6}-02,"
        f"{days(i)},{15 + i % 5}"
        for i in range(120)
    ]
    return "client_id,site,dob,age,came,placed_on,wage\n" + "\n".join([*rows, *more.split()]) + "\n"


TROUBLE = """
dimensions: {site: {kind: site}, age: {bands: [16, 18, 21]}}
metrics:
  placed: {title: Placed, kind: proportion, from: people, of: came is not null, that: placed_on >= DATE '2020-01-01', date: came}
  wage: {title: Wage, kind: mean, from: people, value: wage, unit: dollars, date: came}
  timely: {title: Timely, kind: proportion, from: people, of: came is not null, that: placed_on <= came + interval 90 day, date: came}
"""


def third(i):
    return f"2025-0{1 + i % 6}-20" if i % 3 == 0 else ""


def noticed(bench, csv):
    tables = bench.people(csv, "id: client_id\nprivate: [dob]", top=TROUBLE)
    return [(one.severity, one.column, str(one.what)) for one in check_tables(tables, tables.contract)]


@pytest.mark.parametrize(
    ("csv", "severity", "column", "what"),
    [
        (outcomes(third, sites=("North", "South", "Nroth", "South", "North")), "warning", "site", "two spellings: North / Nroth"),
        (outcomes(third, ages=(17, 19, 20, 22, 99)), "warning", "age", "24 rows of age 99, and nobody a little younger"),
        (outcomes(third).replace(",15\n", ",999999.99\n").replace(",16\n", ",999999.99\n").replace(",17\n", ",999999.99\n"),
         "error", "wage", "among them the codes 999999.99"),
        (outcomes(lambda i: third(i) if i % 2 else ""), "warning", "placed_on", "though others have some (North)"),
        (outcomes(lambda i: "2024-11-05" if i % 3 == 0 else ""), "error", "placed_on", "40 dates before came"),
        (outcomes(third, more="X1,North,2000-01-10,16,2025-01-02,2025-01-20,15 X2,South,2001-02-11,17,2025-02-02,,16 "
                              "X3,North,2002-03-12,18,2025-03-02,,17"), "warning", "client_id", "3 rows the same as another in every"),
    ],
    ids=["letters exchanged", "age 99", "nines", "a site without results", "results before the start", "second ids"],
)  # fmt: skip
def test_what_was_sent_wrong_is_named(bench, csv, severity, column, what):
    clean = noticed(bench, outcomes(third))
    found = [one for one in noticed(bench, csv) if one not in clean]
    assert any(one[:2] == (severity, column) and what in one[2] for one in found), found
    assert not any(what in one[2] for one in clean)


def test_sites_that_are_silent_in_between_or_send_far_less_are_said(sent):
    names = random.Random(2).choices(["A", "B", "C"], k=80)
    quiet = [person(i, site="B" if names[i] == "A" and 3 <= DAYS[i].month <= 5 else names[i]) for i in range(80)]
    rows = [row for one in quiet for row in ([[f"{one[0]}-{at}", *one[1:]] for at in range(2)])]
    assert "months beside them: A (2025-03 - 2025-05)" in about(sent(csv(rows))[1], "site", "warning")
    days = [dt.date(2025, 1, 1) + dt.timedelta(days=i) for i in range(360)]
    few = [i for i in range(360) if i % 2 or i < 270 or i % 30 == 0]
    rows = [[f"P{i}", "AB"[i % 2], str(days[i]), str(days[i]), str(days[i])] for i in few]
    assert "fewer" not in about(sent(csv(rows[::2]))[1], "site")
    assert "usual rows since the month beside them: A (2025-10)" in about(sent(csv(rows))[1], "site", "warning")


def test_a_site_that_months_of_a_submission_leave_out_is_said(bench):
    rows = [f"2024-{month:02d},site,{site},{20 + month}" for month in range(7, 13) for site in "AB" if site == "A" or month not in (9, 10)]
    assert "B (2024-09 - 2024-10)" in about(submitted(bench, rows)[1], "site", "warning")


MONTHS = [f"2024-{month:02d}" for month in range(1, 13)]
QUARTERS = [f"{year}Q{number}" for year in (2024, 2025) for number in range(1, 5)]


@pytest.mark.parametrize(("periods", "sent", "said"), [
    (MONTHS, 8, "B (2024-08)"), (QUARTERS, 6, "B (2025-06)"), (MONTHS, 12, ""), (QUARTERS, 8, ""),
])  # fmt: skip
def test_a_site_that_the_last_periods_of_a_submission_leave_out_is_said(bench, periods, sent, said):
    """Its people are missing in the totals of the term."""
    rows = [f"{period},site,{site},{20 + at}" for at, period in enumerate(periods) for site in "AB" if site == "A" or at < sent]
    found = about(submitted(bench, rows)[1], "site", "warning")
    assert said in found and bool(found) == bool(said)


WAGES = [15 + i % 23 / 2 for i in range(80)]


@pytest.mark.parametrize(("wages", "unit", "said"), [
    ([wage * (2080 if i % 2 else 1) for i, wage in enumerate(WAGES)], "dollars", "and none between 26 and 31,200"),
    ([wage * 100 for wage in WAGES], "dollars an hour", "no pay of an hour in dollars"),
    ([99 if i % 9 == 0 else wage for i, wage in enumerate(WAGES)], "dollars an hour", "9 values of 99, far from all others"),
    ([1 if i % 9 == 0 else wage for i, wage in enumerate(WAGES)], "dollars an hour", "9 values of 1, far from all others"),
    ([0.01 if i % 9 == 0 else wage for i, wage in enumerate(WAGES)], "dollars an hour", "9 values of 0.01"),
    ([0.4 + i % 23 / 100 if i % 2 else 40 + i % 23 for i in range(80)], "percent", "and none between 0.62 and 40"),
    (WAGES, "dollars an hour", ""),
])  # fmt: skip
def test_units_and_codes_that_no_median_shows(sent, wages, unit, said):
    top = TOP + f"  wage: {{title: Wage, kind: mean, from: people, value: wage, unit: {unit}, date: enrolled}}\n"
    rows = [[*person(i), f"{wage:g}"] for i, wage in enumerate(wages)]
    found = about(sent(csv(rows, head=f"{HEAD},wage"), top=top)[1], "wage")
    assert said in found
    assert bool(found) == bool(said)


def test_a_person_who_comes_again_under_another_id_is_said(sent):
    rows = [[*person(i), f"Ana {i}", f"19{70 + i % 30}-02-{1 + i % 28:02d}"] for i in range(80)]
    assert sent(csv(rows, head=f"{HEAD},full_name,dob"))[1] == ()
    rows[70][5:] = rows[3][5:]
    found = about(sent(csv(rows, head=f"{HEAD},full_name,dob"))[1], "id", "warning")
    assert "2 rows with the name and day of birth of another row" in found and "Ana" not in found


@pytest.mark.parametrize(("that", "values", "said"), [
    ("status like 'Yes%'", ("Yes - full time", "Y", "No"), "'Y'"),
    ("lower(status) = 'yes'", ("YES", "Y", "No"), "'Y'"),
    ("status = 'Placed'", ("Placed", "Hired", "Open"), "'Hired'"),
    ("lower(status) = 'yes'", ("YES", "Yes", "No"), ""),
])  # fmt: skip
def test_other_words_for_what_a_metric_compares_with(sent, that, values, said):
    top = TOP.replace("placed <= enrolled + interval 30 day", f'"{that}"')
    rows = [[*person(i), values[i % 3]] for i in range(80)]
    found = about(sent(csv(rows, head=f"{HEAD},status"), top=top)[1], "status")
    assert said in found
    assert bool(found) == bool(said)


@pytest.mark.parametrize(("last", "people"), [(["P1080"], 81), (["Total 80"], 80), (["80"], 80)])
def test_a_last_row_with_only_an_id_is_a_person(sent, last, people):
    whole, findings = sent(csv([*(person(i) for i in range(80)), [*last, "", "", "", ""]]), top=TOP.replace(", date: referred", ""))
    assert whole.loc["referred", "numerator"] == people
    assert ("left out as totals or notes" in about(findings)) == (people == 80)
