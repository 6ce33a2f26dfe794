"""Which months make which period."""

from __future__ import annotations

import datetime as dt

import pytest

from acmlib.measures.windows import Axis, windows


def axis(starts: str, ends: str, as_of: str, grain: str = "month") -> Axis:
    return Axis.spanning(grain, *(dt.date.fromisoformat(day) for day in (starts, ends, as_of)))  # type: ignore[arg-type]


def texts(given: Axis, grain: str, *, mature: int | None = None, rolling_months: int = 12) -> list[str]:
    found = windows(given, mature=len(given) if mature is None else mature, rolling_months=rolling_months)
    return [one.text for one in found if one.grain == grain]


def test_a_quarter_is_shown_when_it_or_the_contract_is_over() -> None:
    assert texts(axis("2025-02-10", "2026-06-30", "2025-08-31"), "quarter") == ["2025Q1", "2025Q2"]
    assert texts(axis("2025-02-10", "2025-08-15", "2025-12-31"), "quarter") == ["2025Q1", "2025Q2", "2025Q3"]


def test_rolling_windows_end_at_each_mature_month_and_are_shorter_at_the_start() -> None:
    given = axis("2025-01-01", "2026-12-31", "2026-06-30")
    found = [one for one in windows(given, mature=15, rolling_months=12) if one.text.startswith("P12M/")]
    assert (found[0].text, found[0].stop - found[0].first) == ("P12M/2025-01", 1)
    assert (found[-1].text, found[-1].stop - found[-1].first) == ("P12M/2026-03", 12)


def test_the_term_counts_mature_months_only_and_all_of_them_if_none_is() -> None:
    given = axis("2026-01-01", "2026-12-31", "2026-06-30")
    assert windows(given, mature=4, rolling_months=12)[-1].stop == 4
    assert windows(given, mature=0, rolling_months=12)[-1].stop == 6


@pytest.mark.parametrize(("window", "months"), [(None, 6), (0, 6), (30, 5), (31, 4), (400, 0)])
def test_a_month_is_mature_when_its_last_days_window_has_closed(window: int | None, months: int) -> None:
    assert axis("2026-01-01", "2026-12-31", "2026-06-30").mature(window) == months


def test_submissions_by_quarter_roll_by_quarters_and_years_stay_years() -> None:
    quarters = axis("2025-01-01", "2026-12-31", "2026-06-30", "quarter")
    assert texts(quarters, "quarter") == ["2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2"]
    assert [text for text in texts(quarters, "rolling") if text.startswith("P12M")][-1] == "P12M/2026-06"
    assert not any(text.startswith("P10M") for text in texts(quarters, "rolling", rolling_months=10))
    years = axis("2023-07-01", "2026-12-31", "2025-12-31", "year")
    assert [one.text for one in windows(years, mature=3, rolling_months=12)] == ["2023", "2024", "2025", "term"]


def test_half_years_and_contract_years_follow_each_other_from_the_contracts_first_month() -> None:
    given = axis("2025-02-01", "2027-01-31", "2026-12-31")
    fixed = [one for one in windows(given, mature=19, rolling_months=6) if one.text.startswith("P12M/")]
    assert [(one.text, one.first, one.stop) for one in fixed] == [("P12M/2026-01", 0, 12)]
    halves = [one for one in windows(given, mature=19, rolling_months=12) if one.text.startswith("P6M/")]
    assert [(one.text, one.first, one.stop) for one in halves] == [("P6M/2025-07", 0, 6), ("P6M/2026-01", 6, 12), ("P6M/2026-07", 12, 18)]
