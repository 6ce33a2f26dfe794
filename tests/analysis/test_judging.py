"""One verdict a metric: the target of its time, months against their own targets, and change that lasts."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from monthly import contract_of, shares, table_of, values, verdict

from acmlib.analysis.control_charts import Rebase
from acmlib.analysis.judging import term_results
from acmlib.analysis.views import view_of
from acmlib.contract.periods import parse_period
from acmlib.measures.table import empty_metric_table

STEADY = [14, 16, 15, 13, 17, 15, 14, 16, 15, 14, 16, 15]
ACTION = Rebase(dt.date(2025, 7, 1), reason="second job coach", action="N1")


@pytest.mark.parametrize(
    ("better", "x", "n", "said", "certain"),
    [
        ("higher", 45, 100, "met", False),
        ("higher", 450, 1000, "met", True),
        ("higher", 40, 100, "met", False),
        ("higher", 35, 100, "missed", False),
        ("higher", 350, 1000, "missed", True),
        ("lower", 350, 1000, "met", True),
        ("lower", 45, 100, "missed", False),
        ("neither", 45, 100, "no direction", False),
    ],
)
def test_met_is_what_the_value_says_and_certain_what_the_interval_says(better: str, x: int, n: int, said: str, certain: bool) -> None:
    table = table_of(["P12M/2026-06"], np.array([float(x)]), np.array([float(n)]))
    target = verdict(table, contract_of(target=0.4, better=better)).target
    assert (target.state, target.certain, target.value) == (said, certain, 0.4)


def test_no_target_is_a_state_and_never_a_target_of_zero() -> None:
    target = verdict(shares(STEADY * 2, [30] * 24), contract_of()).target
    assert target.state == "none agreed"
    assert np.isnan(target.value)


def test_a_month_is_judged_by_the_target_of_its_time_and_a_window_by_the_target_of_its_people() -> None:
    # 30% to December 2025, 50% from January 2026; 40% in every month: nine months met their target, three did not.
    agreed = [{"value": 0.3, "from": "2024-07-01", "to": "2025-12-31"}, {"value": 0.5, "from": "2026-01-01"}]
    table = shares([12] * 21, [30] * 21)
    found = verdict(table, contract_of(target=agreed))
    assert found.target.value == pytest.approx((9 * 0.3 + 3 * 0.5) / 12)
    assert (found.target.in_force, found.target.state) == (0.5, "met")
    assert (found.target.months_met, found.target.months_judged) == (18, 21)
    assert found.points["target"].tolist() == [0.3] * 18 + [0.5] * 3


def test_people_who_came_after_a_window_have_no_part_in_its_target() -> None:
    # Outcomes take half a year: the last window known ends in December, and its 40% lie between the targets of its two halves.
    agreed = [{"value": 0.3, "from": "2024-07-01", "to": "2025-06-30"}, {"value": 0.5, "from": "2025-07-01"}]
    known = shares([12] * 18, [30] * 18)
    waiting = table_of([f"2026-0{month}" for month in range(1, 7)], np.full(6, np.nan), np.full(6, 300.0)).assign(status="immature")
    found = verdict(pd.concat([known, waiting], ignore_index=True), contract_of(target=agreed), date=dt.date(2026, 6, 30))
    assert (found.period, found.target.state) == ("P12M/2025-12", "met")
    assert found.target.value == pytest.approx(0.4)


def test_a_contract_of_fiscal_years_is_judged_by_the_target_of_its_people_in_each() -> None:
    agreed = [{"value": 0.3, "from": "2024-07-01", "to": "2025-06-30"}, {"value": 0.5, "from": "2025-07-01"}]
    table = table_of(["P12M/2025-06", "P12M/2026-06", "term"], np.array([120.0, 30.0, 150.0]), np.array([300.0, 100.0, 400.0]))
    (row,) = term_results(table, contract_of(target=agreed), date=dt.date(2026, 6, 30)).to_dict("records")
    assert (row["target"], row["state"]) == (pytest.approx(0.35), "met")


def test_months_are_counted_from_the_last_change_and_words_do_not_contradict_each_other() -> None:
    # Lower is better, target 20%: a year at 40%, then a year at 12%.
    before, after = [16] * 6 + [15, 17] * 3, [5] * 6 + [4, 6] * 3
    found = verdict(shares(before + after, [40] * 24), contract_of(target=0.2, better="lower"))
    assert (found.change.state, found.change.basis, found.change.since) == ("better", "shift", "2025-07")
    assert (found.target.state, found.target.certain) == ("met", True)
    assert (found.target.months_met, found.target.months_judged, found.target.since) == (12, 12, "2025-07")
    assert found.points["variation"].iloc[-1] == "improvement"
    assert found.points["assurance"].iloc[-1] in ("none", "consistent pass")


@pytest.mark.parametrize(("months", "assured"), [(13, "consistent pass"), (12, "none")])
def test_a_target_is_met_consistently_only_over_as_many_months_as_limits_need(months: int, assured: str) -> None:
    found = verdict(shares(([28, 27] * 7)[:months], [30] * months), contract_of(months, target=0.4))
    assert set(found.points["assurance"]) == {assured}


def test_what_only_the_last_edition_could_tell_stays_told_while_the_months_differ() -> None:
    x = [13, 11, 20, 8, 12, 13, 10, 17, 16, 18, 19, 20, 21, 19, 17, 15, 20, 15]
    told = [verdict(shares(x[:months], [30] * months), contract_of(months)).change.state for months in (16, 17, 18)]
    assert told == ["no clear change", "better", "better"]
    beside = [*x[:17], 2]  # the newest month takes the difference away
    assert verdict(shares(beside, [30] * 18), contract_of(18)).change.state == "no clear change"


def test_a_rebase_compares_the_phases_and_names_the_action() -> None:
    waits = values([27.0, 25, 28, 26, 29, 27, 24, 28, 26, 27, 25, 28, 10, 9, 11, 10])
    found = verdict(waits, contract_of(kind="duration", better="lower", target=14), rebases=[ACTION]).change
    assert (found.state, found.basis, found.since, found.actions) == ("better", "phases", "2025-07", ("N1",))
    assert (round(found.before), round(found.after)) == (27, 10)
    assert (found.before_period, found.after_period) == ("P12M/2025-06", "P4M/2025-10")
    assert found.low < found.difference < found.high < 0


def test_an_action_that_changed_nothing_does_not_supersede_a_shift_before_it() -> None:
    x = [8, 9, 8, 7, 9, 8, 20, 21, 19, 20, 22, 20, 20, 19, 21, 20, 20, 21]
    found = verdict(shares(x, [30] * 18), contract_of(), rebases=[ACTION]).change
    assert (found.state, found.basis, found.since) == ("better", "shift", "2025-01")
    level = verdict(shares(STEADY + STEADY[:6], [30] * 18), contract_of(), rebases=[ACTION]).change
    assert (level.state, level.basis, level.actions) == ("no clear change", "phases", ("N1",))
    assert level.low < 0 < level.high


def test_right_after_an_action_it_is_too_early_to_say() -> None:
    found = verdict(shares([*STEADY, 25, 26], [30] * 14), contract_of(), rebases=[ACTION]).change
    assert (found.state, found.reason, found.since) == ("not judged", "too few months since", "2025-07")


def test_twelve_months_stand_against_twelve_before_where_no_shift_is_found() -> None:
    found = verdict(shares(STEADY * 2, [30] * 24), contract_of()).change
    assert (found.state, found.basis) == ("no clear change", "12 months")
    assert (found.before_period, found.after_period) == ("P12M/2025-06", "P12M/2026-06")
    assert found.before == found.after == pytest.approx(sum(STEADY) / 360)
    assert found.low < 0 < found.high


def test_a_marked_point_is_no_verdict() -> None:
    x = STEADY + STEADY[:-1] + [29]
    found = verdict(shares(x, [30] * 24), contract_of())
    assert found.change.marked == ("2026-06",)
    assert found.change.state == "no clear change"
    assert found.points["variation"].iloc[-1] == "common cause"


def test_an_unfinished_month_is_drawn_and_never_judged_and_small_months_are_open() -> None:
    x, n = [*STEADY, *STEADY[:-1], 0], [*[30] * 23, 4]
    found = verdict(shares(x, n), contract_of(target=0.4), date=dt.date(2026, 6, 12))
    last = found.points.iloc[-1]
    assert (last["value"], last["unfinished"], last["open"], last["signal"]) == (0.0, True, True, "none")
    assert found.target.months_judged == 23
    assert found.change.marked == ()


def test_months_are_charted_however_few_people_they_have_and_quarters_only_where_there_are_no_months() -> None:
    few = verdict(shares([1, 2, 0, 1, 2, 1], [3, 2, 1, 4, 3, 2]), contract_of())
    assert few.points["open"].all()
    assert len(few.points) == 6
    assert few.change.reason == "too few people" if few.change.basis else few.change.reason == "too few months"
    quarters = table_of(["2024Q3", "2024Q4", "2025Q1", "2025Q2"], np.array([10.0, 12, 11, 10]), np.array([30.0] * 4))
    assert list(verdict(quarters, contract_of()).points.index) == ["2024Q3", "2024Q4", "2025Q1", "2025Q2"]


@pytest.mark.parametrize(("a_month", "reason"), [(2.4, "too few people"), (2.5, "")])
def test_a_share_is_judged_from_thirty_people_a_side(a_month: float, reason: str) -> None:
    found = verdict(shares([1, 0] * 12, [a_month] * 24), contract_of()).change
    assert (found.basis, found.reason, found.state) == ("12 months", reason, "not judged" if reason else "no clear change")


def test_an_exposure_is_no_number_of_people() -> None:
    found = verdict(values([3.0, 4] * 12, people=0.5), contract_of(kind="rate", exposure="years")).change
    assert (found.basis, found.state) == ("12 months", "no clear change")


def test_neither_direction_is_better_where_none_was_agreed() -> None:
    found = verdict(shares([8] * 6 + [7, 9] * 3 + [21] * 6 + [20, 22] * 3, [30] * 24), contract_of(better="neither")).change
    assert found.state == "higher"


def test_without_dates_change_is_not_judged() -> None:
    found = verdict(table_of(["term"], np.array([40.0]), np.array([100.0])), contract_of(), date=dt.date(2026, 6, 30))
    assert (found.change.state, found.change.reason) == ("not judged", "no dates")


def test_a_young_contract_and_yearly_figures_have_dates_and_too_few_of_them() -> None:
    for periods in (["term", "2026-04", "2026-05"], ["term", "2024", "2025"]):
        found = verdict(table_of(periods, np.array([40.0] * 3), np.array([100.0] * 3)), contract_of(), date=dt.date(2026, 6, 30))
        assert (found.change.state, found.change.reason) == ("not judged", "too few months"), periods


@pytest.mark.parametrize("view", ["rolling", "years"])
def test_where_nothing_is_measured_a_view_is_empty(view: str) -> None:
    assert view_of(empty_metric_table(), contract_of(), parse_period("2026-06"), view).empty  # type: ignore[arg-type]
