"""Texts of periods mean days; neighbours have the same length."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acmlib.analysis.earlier_report import previous_period
from acmlib.contract.calendar import meeting_after, meeting_days
from acmlib.contract.load import parse_contract
from acmlib.contract.meetings import Calendar, Meeting
from acmlib.contract.periods import add_months, contract_period, months_between, parse_period, report_period


@pytest.mark.parametrize(
    ("text", "start", "end", "before"),
    [
        ("2024-02", "2024-02-01", "2024-02-29", "2024-01"),
        ("2025-01", "2025-01-01", "2025-01-31", "2024-12"),
        ("2026Q1", "2026-01-01", "2026-03-31", "2025Q4"),
        ("2026", "2026-01-01", "2026-12-31", "2025"),
        ("P12M/2026-05", "2025-06-01", "2026-05-31", "P12M/2025-05"),
        ("P3M/2026-01", "2025-11-01", "2026-01-31", "P3M/2025-10"),
    ],
)
def test_a_period_knows_its_days_and_the_one_before(text, start, end, before):
    period = parse_period(text)
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)
    assert period.previous().text == before
    assert period.previous().end == period.start - dt.timedelta(days=1)


@pytest.mark.parametrize("text", ["2026-13", "2026-5", "2026Q5", "P0M/2026-05", "26", "soon", "", "2026-05-31", "P12M/2026"])
def test_other_texts_are_refused(text):
    with pytest.raises(ValueError, match="use a month as 2026-05"):
        parse_period(text)


def test_term_is_the_whole_contract_and_nothing_lies_before_it():
    term = parse_period("term", starts=dt.date(2024, 7, 1), ends=dt.date(2026, 6, 30))
    assert (term.text, len(term.months), term.days) == ("term", 24, 730)
    with pytest.raises(ValueError, match="nothing lies before"):
        term.previous()


def test_a_rolling_window_is_shorter_while_the_contract_is_young():
    assert parse_period("P12M/2024-09", starts=dt.date(2024, 7, 1)).months == ("2024-07", "2024-08", "2024-09")


def test_a_report_is_made_for_the_period_asked_for_or_the_contracts_own(contract_text):
    contract = parse_contract("harbor", contract_text)
    assert report_period(contract).text == "term"
    assert report_period(contract, "2025Q3").end == dt.date(2025, 9, 30)
    for wrong in ("P12M/2026-05", "2020-01"):
        with pytest.raises(ValueError, match="period"):
            report_period(contract, wrong)
    late = contract.model_copy(update={"contract": contract.contract.model_copy(update={"starts": dt.date(2025, 9, 30)})})
    assert report_period(late, "2025-09").text == "2025-09", "a month of which the contract has one day"


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.integers(0, 400))
def test_months_follow_each_other_without_gap(first, number):
    months = months_between(first, dt.date.fromisoformat(add_months(first.isoformat()[:7], number) + "-01"))
    assert len(months) == number + 1
    assert all(add_months(a, 1) == b for a, b in itertools.pairwise(months))


def test_fiscal_and_contract_years_are_periods_of_a_report():
    fiscal = parse_period("FY2026", fiscal_year_starts=10)
    assert (fiscal.start, fiscal.end, fiscal.grain) == (dt.date(2025, 10, 1), dt.date(2026, 9, 30), "year")
    assert fiscal.previous() == parse_period("FY2025", fiscal_year_starts=10)
    assert parse_period("FY2026").start == dt.date(2026, 1, 1)
    second = parse_period("Y2", starts=dt.date(2024, 9, 1))
    assert (second.start, second.end) == (dt.date(2025, 9, 1), dt.date(2026, 8, 31))
    assert second.previous() == parse_period("Y1", starts=dt.date(2024, 9, 1))
    with pytest.raises(ValueError, match="nothing lies before it"):
        second.previous().previous()
    with pytest.raises(ValueError, match="needs the contract's first day"):
        parse_period("Y2")


def test_what_is_written_beside_a_contract_names_its_own_fiscal_years(contract_text):
    contract = parse_contract("harbor", "fiscal_year_starts: 7\n" + contract_text)
    year = contract_period(contract, "FY2026")
    assert (year.start.isoformat(), year.end.isoformat()) == ("2025-07-01", "2026-06-30")
    late = Meeting.model_validate({"date": "2026-09-10", "period": "FY2026"})
    assert dt.date(2026, 7, 16) in meeting_days(Calendar(), contract)
    assert dt.date(2026, 7, 16) not in meeting_days(Calendar(), contract, [late]), (
        "the meeting about the year to June was held in September"
    )
    assert meeting_after(year.end, Calendar(), contract, [late]) == late.date


def test_the_report_before_a_fiscal_year_is_of_the_fiscal_year_before(contract_text):
    contract = parse_contract("harbor", "fiscal_year_starts: 7\n" + contract_text)
    before = previous_period(contract_period(contract, "FY2026"), contract)
    assert before is not None and (before.text, before.end.isoformat()) == ("FY2025", "2025-06-30")
    assert previous_period(contract_period(contract, "Y1"), contract) is None
    assert previous_period(contract_period(contract, "term"), contract) is None
