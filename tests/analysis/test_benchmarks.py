"""Benchmarks promise: the target of its time, every comparison with its source, and "no target agreed" instead of a target of nothing."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acmlib.analysis.benchmarks import KINDS, side_by_side, target_at, targets_at, track, trajectory_at
from acmlib.contract.model import Metric

AS_OF = dt.date(2026, 6, 30)
SOURCE = {"source": "state report", "date": 2024, "population": "all contracts of the state", "comparability": "same definition"}


def metric(better: str = "higher", *targets: dict[str, object], **rest: object) -> Metric:
    return Metric.model_validate({"title": "Placed", "kind": "proportion", "better": better, "target": targets, **rest})


def cells(value: float, low: float, high: float, period: str = "2026-05", name: str = "placed") -> pd.DataFrame:
    return pd.DataFrame({"metric": [name], "period": period, "value": value, "low": low, "high": high, "status": "shown"})


STEPS = ({"value": 0.3, "to": "2025-06-30"}, {"value": 0.4, "from": "2025-07-01"})


def test_a_target_holds_from_and_to_the_days_it_names() -> None:
    placed = metric("higher", *STEPS)
    assert target_at(placed, dt.date(2025, 6, 30)) == 0.3
    assert target_at(placed, dt.date(2025, 7, 1)) == 0.4
    ended = metric("higher", {"value": 0.3, "to": "2025-06-30"})
    assert np.isnan(target_at(ended, dt.date(2025, 7, 1)))


def test_several_targets_at_once_are_all_told_and_the_latest_agreed_judges() -> None:
    placed = metric("higher", {"value": 0.5, "from": "2026-01-01", "label": "stretch"}, {"value": 0.4, "from": "2024-07-01"})
    assert [one.value for one in targets_at(placed, AS_OF)] == [0.4, 0.5]
    assert target_at(placed, AS_OF) == 0.5
    table = side_by_side(placed, 0.45, date=AS_OF)
    assert table.loc[table["kind"] == "target", "standing"].tolist() == ["better", "worse"]


def test_a_trajectory_runs_straight_from_one_target_to_the_next() -> None:
    placed = metric("higher", {"value": 0.3, "from": "2025-01-01"}, {"value": 0.4, "from": "2026-01-01", "to": "2026-12-31"})
    assert np.isnan(trajectory_at(placed, dt.date(2024, 12, 31)).value)
    assert trajectory_at(placed, dt.date(2025, 1, 1)).value == pytest.approx(0.3)
    halfway = trajectory_at(placed, dt.date(2025, 7, 2))
    assert halfway.value == pytest.approx(0.3 + 0.1 * 182 / 365)
    assert halfway.towards is not None
    assert trajectory_at(placed, dt.date(2026, 6, 30)).value == 0.4
    assert np.isnan(trajectory_at(placed, dt.date(2027, 1, 1)).value)
    june = track(cells(0.36, 0.3, 0.4, "2025-06"), {"placed": placed}, as_of=AS_OF, trajectory=True)
    assert june["target"].iloc[0] == pytest.approx(0.3 + 0.1 * 180 / 365)


@pytest.mark.parametrize(
    ("better", "value", "low", "high", "said", "certain"),
    [
        ("higher", 0.45, 0.41, 0.5, "on track", True),
        ("higher", 0.45, 0.35, 0.5, "on track", False),
        ("higher", 0.4, 0.4, 0.5, "on track", True),
        ("higher", 0.35, 0.3, 0.39, "off track", True),
        ("higher", 0.35, 0.3, 0.4, "off track", False),
        ("lower", 0.35, 0.3, 0.4, "on track", True),
        ("lower", 0.35, 0.3, 0.45, "on track", False),
        ("lower", 0.45, 0.41, 0.5, "off track", True),
        ("lower", 0.45, 0.4, 0.5, "off track", False),
        ("neither", 0.45, 0.41, 0.5, "no direction agreed", False),
        ("higher", np.nan, np.nan, np.nan, "not judged", False),
        ("higher", 0.1 + 0.3, 0.3, 0.5, "on track", False),
    ],
)
def test_on_track_says_what_the_value_says_and_certain_what_the_interval_says(
    better: str, value: float, low: float, high: float, said: str, certain: bool
) -> None:
    found = track(cells(value, low, high), {"placed": metric(better, {"value": 0.4})}, as_of=AS_OF)
    assert found[["track", "certain"]].values.tolist() == [[said, certain]]


def test_no_target_is_a_state_and_never_a_target_of_zero() -> None:
    found = track(cells(0.0, 0.0, 0.1), {"placed": metric()}, as_of=AS_OF)
    assert found["track"].tolist() == ["no target agreed"]
    assert found["target"].isna().all()
    unknown = track(cells(0.5, 0.4, 0.6, name="stage:enrolled"), {}, as_of=AS_OF)
    assert unknown["track"].tolist() == ["no target agreed"]
    assert side_by_side(metric(), 0.5, date=AS_OF)["standing"].tolist() == ["no target agreed", *["no benchmark"] * 5]


@pytest.mark.parametrize(("period", "target"), [("2025-06", 0.3), ("2025Q3", 0.4), ("P12M/2025-06", 0.3), ("2025", 0.4), ("term", 0.4)])
def test_a_period_is_judged_by_the_target_of_its_last_day(period: str, target: float) -> None:
    found = track(cells(0.35, 0.3, 0.4, period), {"placed": metric("higher", *STEPS)}, as_of=AS_OF)
    assert found["target"].tolist() == [target]


def test_retention_takes_the_target_of_its_metric_and_an_empty_table_stays_one() -> None:
    stays = metric("higher", {"value": 0.7})
    assert track(cells(0.8, 0.7, 0.9, name="in_programme@180d"), {"in_programme": stays}, as_of=AS_OF)["track"].tolist() == ["on track"]
    assert list(track(cells(0.8, 0.7, 0.9).iloc[:0], {}, as_of=AS_OF).columns[-4:]) == ["target", "distance", "track", "certain"]


def test_five_kinds_stand_side_by_side_with_source_date_and_population() -> None:
    placed = metric("lower", {"value": 0.4}, benchmarks=[{"kind": kind, "value": 0.3, **SOURCE} for kind in reversed(KINDS)])
    table = side_by_side(placed, 0.35, date=AS_OF)
    assert table["kind"].tolist() == ["target", *KINDS]
    assert table["standing"].tolist() == ["better", *["worse"] * 5]
    assert table.loc[1:, ["source", "date", "population", "comparability"]].notna().all().all()
    assert side_by_side(metric("neither", benchmarks=[{"kind": "peer", "value": 0.3, **SOURCE}]), 0.3, date=AS_OF)["standing"][2] == "same"
    assert side_by_side(placed, np.nan, date=AS_OF)["standing"].tolist() == ["not judged"] * 6


@settings(deadline=None, max_examples=50)
@given(st.floats(0, 1), st.floats(0, 1))
def test_better_higher_and_better_lower_mirror_each_other(value: float, target: float) -> None:
    up = track(cells(value, value, value), {"placed": metric("higher", {"value": target})}, as_of=AS_OF)
    down = track(cells(-value, -value, -value), {"placed": metric("lower", {"value": -target})}, as_of=AS_OF)
    assert up[["track", "certain"]].values.tolist() == down[["track", "certain"]].values.tolist()
