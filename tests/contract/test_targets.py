"""One target is in force on each day; a window has the target of its months, weighted by their people; holes and overlaps are refused."""

import datetime as dt

import numpy as np
import pytest

from acmlib.contract.model import Metric
from acmlib.contract.targets import step_problems, target_in_force, target_of, target_on, window_target

AS_OF = dt.date(2026, 6, 30)


def metric(*targets: dict[str, object]) -> Metric:
    return Metric.model_validate({"title": "Placed", "kind": "proportion", "that": "x", "target": targets})


STEPS = metric({"value": 0.3, "to": "2025-06-30"}, {"value": 0.4, "from": "2025-07-01", "to": "2026-12-31"})


def test_a_target_holds_on_the_days_it_names_and_until_the_next_one_begins() -> None:
    assert [target_on(STEPS, dt.date(2025, month, 1)) for month in (6, 7)] == [0.3, 0.4]
    assert target_on(STEPS, dt.date(2025, 6, 30)) == 0.3
    assert np.isnan(target_on(STEPS, dt.date(2027, 1, 1)))
    open_ended = metric({"value": 0.5, "from": "2026-01-01"}, {"value": 0.4, "from": "2024-07-01"})
    assert [target_on(open_ended, dt.date(2025, 12, 31)), target_on(open_ended, dt.date(2026, 1, 1))] == [0.4, 0.5]
    assert target_in_force(open_ended, AS_OF) is open_ended.target[0]
    assert np.isnan(target_on(metric(), AS_OF))
    assert target_in_force(metric(), AS_OF) is None


@pytest.mark.parametrize(("period", "target"), [("2025-06", 0.3), ("2025Q3", 0.4), ("2025", 0.4)])
def test_a_month_quarter_or_year_is_judged_by_the_target_of_its_last_day(period: str, target: float) -> None:
    assert target_of(STEPS, period, as_of=AS_OF) == target


def test_a_window_over_two_targets_weighs_them_by_people() -> None:
    people = {"2025-05": 10.0, "2025-06": 20.0, "2025-07": 10.0}
    assert window_target(STEPS, people, as_of=AS_OF) == pytest.approx((30 * 0.3 + 10 * 0.4) / 40)
    assert window_target(STEPS, dict.fromkeys(people, 0.0), as_of=AS_OF) == pytest.approx((2 * 0.3 + 0.4) / 3)
    assert window_target(STEPS, {"2025-06": np.nan, "2025-07": 5.0}, as_of=AS_OF) == pytest.approx(0.4)
    assert np.isnan(window_target(metric(), people, as_of=AS_OF))


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ([{"value": 0.3, "to": "2025-06-30"}, {"value": 0.5, "from": "2026-01-01"}], "from 2025-07-01 to 2025-12-31 no target"),
        ([{"value": 0.3, "to": "2026-02-28"}, {"value": 0.5, "from": "2026-01-01"}], "overlaps target.0"),
        ([{"value": 0.3, "label": "federal"}, {"value": 0.5, "label": "city"}], "overlaps target.0"),
        ([{"value": 0.3, "from": "2026-01-01"}, {"value": 0.5, "from": "2026-01-01"}], "overlaps target.0"),
    ],
)
def test_holes_and_overlaps_are_refused_with_the_days(targets: list[dict[str, object]], said: str) -> None:
    ((at, problem),) = step_problems(metric(*targets))
    assert at == 1
    assert said in problem


def test_steps_that_follow_each_other_are_fine() -> None:
    assert list(step_problems(STEPS)) == []
    assert list(step_problems(metric({"value": 0.3, "from": "2024-07-01"}, {"value": 0.5, "from": "2026-01-01"}))) == []
    assert list(step_problems(metric())) == []
