"""Working days: one definition, in expressions and in durations, with a named calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from acmlib.contract.errors import ContractError
from acmlib.display.voice import Voice
from acmlib.display.words import Words
from acmlib.measures.compute import metric_table

#: From, to, working days with the federal holidays of the United States (July 3, 2026 is observed for a Saturday).
KNOWN = [
    ("2026-06-05", "2026-06-08", 1),  # Friday to Monday
    ("2026-06-05", "2026-06-05", 0),  # the same day
    ("2026-06-06", "2026-06-08", 1),  # Saturday to Monday
    ("2026-06-06", "2026-06-07", 0),  # Saturday to Sunday
    ("2026-06-05", "2026-06-06", 0),  # Friday to Saturday
    ("2026-06-08", "2026-06-05", None),  # backwards
    ("2026-07-02", "2026-07-06", 1),  # over a holiday on a Friday
    ("2026-07-02", "2026-07-03", 0),  # to a holiday
    ("2026-06-01", "2026-06-30", 20),  # a month with Juneteenth
    ("2026-06-08", "", None),
]
PEOPLE = "id,called_on,answered_on,site\n" + "".join(f"{i},{start},{end},A\n" for i, (start, end, _) in enumerate(KNOWN))
CONTRACT = """\
contract: {title: Test, provider: P, agency: A, program: x, starts: 2026-06-01, ends: 2027-05-31}
holidays: %s
tables: {people: {source: data/people.csv, id: id}}
dimensions: {site: {kind: site}}
metrics:
  wait: {title: Days to an answer, kind: duration, from: people, start: called_on, end: answered_on, date: called_on, unit: %s, standard: 1}
  prompt: {title: In a day, kind: proportion, from: people, of: called_on is not null, that: "working_days(called_on, answered_on) <= 1", date: called_on}
languages: [en, es]
"""  # noqa: E501


def opened(bench, holidays="US", unit="working days", **options):
    pytest.importorskip("holidays")
    bench.write("data/people.csv", PEOPLE)
    return bench.open(CONTRACT % (holidays, unit), **options)


def test_the_definition(bench, rows):
    tables = opened(bench)
    assert rows(tables, "SELECT working_days(called_on, answered_on) FROM people ORDER BY id::INT") == [(days,) for *_, days in KNOWN]


def test_against_a_day_by_day_count(bench, rows):
    holidays = pytest.importorskip("holidays")
    free = holidays.country_holidays("US", subdiv="NY", years=range(2024, 2028))
    tables = opened(bench, "US-NY")
    days = [dt.date(2025, 12, 20) + dt.timedelta(days=i) for i in range(30)]
    for start in days:
        found = rows(
            tables,
            f"SELECT working_days(DATE '{start}', d::DATE) FROM generate_series(DATE '{start}', DATE '2026-02-20', INTERVAL 1 DAY) AS t(d)",
        )
        counted = 0
        for at, (given,) in enumerate(found):
            day = start + dt.timedelta(days=at)
            counted += at > 0 and day.weekday() < 5 and day not in free
            assert given == counted, (start, day)


def test_a_duration_in_working_days_leaves_weekends_and_holidays_out_and_open_cases_in(bench):
    tables = opened(bench, period="2026-08")
    cells = metric_table(tables.contract, tables, tables.period).query("dimension == 'all'").set_index(["period", "metric"])
    # Of ten calls one is answered before it came, and counts on neither side; one is open.
    assert tuple(cells.loc[("term", "wait"), ["numerator", "denominator", "value"]]) == (8, 9, 1)
    assert tuple(cells.loc[("P12M/2026-07", "wait@1d"), ["numerator", "denominator"]]) == (7, 9)
    assert tuple(cells.loc[("term", "prompt"), ["numerator", "denominator"]]) == (7, 10)


def test_what_is_known_on_the_last_day_decides(bench):
    bench.write(
        "data/people.csv",
        "id,called_on,answered_on,site\n1,2026-06-29,2026-07-02,A\n2,2026-06-30,2026-07-01,A\n3,2026-07-01,2026-07-02,A\n",
    )
    with bench.open(CONTRACT % ("none", "business days"), period="2026-06") as tables:
        term = metric_table(tables.contract, tables, tables.period).query("period == 'term' and dimension == 'all'").set_index("metric")
    assert tuple(term.loc["wait", ["numerator", "denominator"]]) == (0, 2)


@pytest.mark.parametrize(("holidays", "said"), [
    ("US",
     "Working days are Monday to Friday without holidays (United States): those after the first date, up to and including the second."),
    ("none", "Working days are Monday to Friday: those after the first date, up to and including the second."),
])  # fmt: skip
def test_pages_say_how_they_are_counted(bench, holidays, said):
    contract = bench.contract(CONTRACT % (holidays, "working days"))
    voice = Voice(Words("en"), contract)
    assert voice.value("wait", 1) == "1 working day" and voice.gap("wait", 2.5) == "+2.5 working days"
    assert voice.metric("wait@2d") == "Days to an answer: within 2 working days"
    assert voice.fine_print(period="June", metric="wait")[0].endswith(said)
    assert voice.working_days() == said
    assert Voice(Words("es"), contract).value("wait", 3) == "3 días hábiles"


def test_a_calendar_of_ones_own(bench, rows):
    bench.write("data/days.csv", "date,what\n2026-06-08,ours\n")
    tables = opened(bench, "data/days.csv")
    assert rows(tables, "SELECT working_days(DATE '2026-06-05', DATE '2026-06-09')") == [(1,)]


@pytest.mark.parametrize(("holidays", "said"), [
    ("XX", "there is no calendar of this country"), ("US-QQ", "there is no calendar of this part of US"), ("data/none.csv", "no such file"),
    ("data/people.csv", "use a CSV file with a column date"), ("/etc/days.csv", "use a path inside the workspace"),
    ("", "name a calendar: US, US-NY, a CSV file"),
])  # fmt: skip
def test_a_calendar_that_is_none(bench, holidays, said):
    with pytest.raises(ContractError, match=said) as told:
        opened(bench, holidays)
    assert "holidays" in str(told.value)
