"""What months are compared with each other: each as one month, or by the people in it."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from acmlib.analysis.change import SEARCHED, Series, find_shift, is_steady
from acmlib.analysis.change_verdict import MetricContext, change_of
from acmlib.contract.load import parse_contract

CONTRACT = """
contract: {title: Grants, provider: A, agency: B, program: grants, starts: 2024-01-01, ends: 2026-12-31}
tables: {participants: {source: data/grants/people.csv}}
metrics:
  paid: {title: Paid, kind: sum, value: amount, date: day}
  typical: {title: Mean paid, kind: mean, value: amount, date: day}
"""


@pytest.mark.parametrize(("name", "before", "after"), [("paid", 2000, 2000), ("typical", 90, 90)])
def test_the_level_of_a_total_is_that_of_a_month_and_that_of_a_mean_is_everybodys(name, before, after):
    people = np.array([30.0, 10] * 12)
    values = people * 100 if name == "paid" else np.array([100.0, 60] * 12)
    index = pd.period_range("2024-01", periods=24, freq="M").strftime("%Y-%m")
    points = pd.DataFrame({"value": values, "denominator": people, "unfinished": False, "signal": "none"}, index=index)
    contract = parse_contract("grants", CONTRACT)
    verdict = change_of(points, MetricContext(contract, name, contract.metrics[name], "higher", dt.date(2025, 12, 31), ()))
    assert (verdict.state, verdict.before, verdict.after) == ("no clear change", pytest.approx(before), pytest.approx(after))


def test_what_several_editions_found_is_searched_at_once_as_by_one_after_the_other() -> None:
    random, found = np.random.default_rng(5), []
    for _ in range(60):
        values = random.normal(0.5, 0.05, 24) + 0.2 * (np.arange(24) >= random.integers(24))
        data = Series(tuple(map(str, range(24))), values, random.integers(5, 40, 24).astype(float), values, np.ones(24))
        stops = range(SEARCHED, 25)
        for stop, steady in zip(stops, is_steady(data, stops, 0.01), strict=True):
            alone = find_shift(data.until(stop), 0, stop, 0.01)
            assert alone is None or not steady
            found.append((steady, alone is None))
    assert {(True, True), (False, False)} <= set(found)
    assert sum(one != other for one, other in found) < len(found) / 20
