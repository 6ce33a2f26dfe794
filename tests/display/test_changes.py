"""A number of people, or an amount, before and after a change: of how long, and in which unit."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from opened import opened

from acmlib.display import sections as show
from acmlib.display.changes import change_numbers
from acmlib.display.charts.frames import value_range
from acmlib.display.report import Report, open_report
from acmlib.display.sections.tiles import before

CONTRACT = """
contract: {title: Grants, provider: A, agency: B, program: grants, starts: 2022-01-01, ends: 2026-12-31}
tables:
  sent: {source: data/grants/sent.csv, kind: counts}
  payments: {source: data/grants/payments.csv, id: id}
metrics:
  visits: {title: Visits, kind: count, from: sent, headline: true}
  paid: {title: Paid, kind: sum, from: payments, value: amount, date: day, unit: dollars}
  steady: {title: Steady, kind: sum, from: payments, value: amount, of: "day >= DATE '2024-01-01'", date: day, unit: dollars}
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    root: Path = tmp_path_factory.mktemp("grants")
    quarters = [(f"{2022 + at // 4}Q{at % 4 + 1}", 60 if at < 8 else 180) for at in range(16)]
    days = [f"{2022 + at // 48}-{at // 4 % 12 + 1:02d}-05,{250 if at < 96 else 625}" for at in range(192)]  # four a month
    files = {
        "params/grants/contract.yml": CONTRACT,
        "data/grants/sent.csv": "period,dimension,group,measure,numerator,denominator\n"
        + "".join(f"{quarter},all,All participants,visits,{count},\n" for quarter, count in quarters),
        "data/grants/payments.csv": "id,day,amount\n" + "".join(f"{number},{text}\n" for number, text in enumerate(days)),
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return open_report("grants", period="2025-12", edition="internal", root=root)


def test_a_count_sent_by_quarter_is_told_by_quarter(report: Report) -> None:
    assert change_numbers(report.verdict("visits"), report.voice) == {"before": "60 a quarter", "after": "180 a quarter"}
    assert before(report, report.verdict("visits")) == "better: 60 a quarter before 1st quarter 2024"


def test_an_amount_of_money_is_money_a_month(report: Report) -> None:
    assert change_numbers(report.verdict("paid"), report.voice) == {"before": "$1,000 a month", "after": "$2,500 a month"}
    assert before(report, report.verdict("steady")) == "no clear change: $2,500 a month, $2,500 before"


def test_a_wait_before_a_change_is_that_of_most_people_not_of_one_extreme_month() -> None:
    """Two people of July took a year: a mean of the months would read 40 days where hardly anybody waited more than ten."""
    report = opened("prairie-youth-jobs", "2026-05", "provider", "en")
    assert change_numbers(report.verdict("days_to_enrol"), report.voice) == {"before": "11 days", "after": "9 days"}


def test_the_numbers_of_a_change_go_where_the_verdict_says() -> None:
    """Of months of 10 and of 30 days the median is 10: *shorter, 10 days before and 11 since* would contradict itself."""
    report = opened("prairie-youth-jobs", "2026-05", "provider", "en")
    verdict = report.verdict("days_to_enrol")
    days = [10.0] * 7 + [30.0] * 5 + [11.0] * 12
    months = [f"{2024 + at // 12}-{at % 12 + 1:02d}" for at in range(24)]
    points = pd.DataFrame({"value": days, "denominator": 20}, index=months)
    change = replace(verdict.change, state="better", before=15.8, after=11.0, difference=-4.8,
                     before_period="P12M/2024-12", after_period="P12M/2025-12")  # fmt: skip
    told = [
        change_numbers(replace(verdict, points=points, change=one), replace(report.voice, waits={}))
        for one in (change, replace(change, state="no clear change"))
    ]
    assert told == [{"before": "16 days", "after": "11 days"}, {"before": "10 days", "after": "11 days"}]


def test_months_of_the_window_itself_are_not_told_as_the_time_before_it() -> None:
    report = opened("harbor-youth-jobs", "2025-11", "provider", "en")
    known = report.verdict("placed_6m")
    assert (known.period, known.change.before_period) == ("P12M/2024-12", "P5M/2024-11")
    assert before(report, known) == "no clear change: 32% to November 2024, 36% since"
    assert "32% 5 months" not in str(show.trends(report))


def test_a_change_of_a_score_below_zero_is_drawn_and_its_median_before_is_that_of_the_window(tmp_path: Path) -> None:
    """Scores fell by 9, 1 and 1 points in most months: the median of all is -1, the mean of the months' medians is not."""
    drops = [(month, drop) for month in range(24) for drop in ((-9, -9) if month % 3 == 0 else (-1, -1, -1))]
    rows = "".join(
        f"{2024 + month // 12}-{month % 12 + 1:02d}-05,{drop - (at % 2) / 10},{'AB'[at % 2]}\n"
        for month, drop in drops for at in range(2)
    )  # fmt: skip
    files = {
        "data/scores/scores.csv": "day,change,site\n" + rows,
        "params/scores/contract.yml": """
contract: {title: Scores, provider: A, agency: B, program: scores, starts: 2024-01-01, ends: 2025-12-31}
tables: {people: {source: data/scores/scores.csv}}
dimensions: {site: {}}
metrics:
  middle: {title: M, kind: median, from: people, value: change, date: day, unit: points, better: lower, headline: true}
  mean: {title: A, kind: mean, from: people, value: change, date: day, unit: points, better: lower, headline: true}
""",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    report = open_report("scores", period="2025-12", edition="internal", root=tmp_path)
    assert change_numbers(report.verdict("middle"), report.voice)["before"] == "−1.1 points"
    assert show.first_screen(report)
    low, high, ticks = value_range([-6.3, -3.8, -15.2], "mean", report.voice)
    assert low <= -15.2 and high >= -3.8 and len(ticks) >= 2
