"""Every kind of metric is compared between groups, each with its own interval and verdict."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from acmlib.analysis.equity import disparities
from acmlib.contract.kinds import KINDS
from acmlib.contract.model import Metric
from acmlib.measures.intervals import mean_interval, poisson_interval


def cells(rows: list[tuple[str, float, float, float, float, float]], metric: str = "pay") -> pd.DataFrame:
    names = ["group", "numerator", "denominator", "value", "low", "high"]
    return pd.DataFrame(rows, columns=names).assign(metric=metric, period="term", dimension="race", status="shown")


def mean_cell(group: str, values: np.ndarray) -> tuple[str, float, float, float, float, float]:
    within = float(((values - values.mean()) ** 2).sum())
    low, high = (
        float(np.ravel(one)[0]) for one in mean_interval(np.array([0.0]), np.array([within]), np.array([float(len(values))]), 0.95)
    )
    return group, float(values.sum()), float(len(values)), float(values.mean()), float(values.mean()) + low, float(values.mean()) + high


def rate_cell(group: str, events: float, exposure: float) -> tuple[str, float, float, float, float, float]:
    low, high = (float(np.ravel(one)[0]) for one in poisson_interval(np.array([events]), 0.95))
    return group, events, exposure, events / exposure, low / exposure, high / exposure


def test_means_are_compared_by_welchs_test():
    rng = np.random.default_rng(1)
    a, b = rng.normal(15.0, 3.0, 60), rng.normal(18.0, 6.0, 45)
    found = disparities(cells([mean_cell("A", a), mean_cell("B", b)]), comparator="B", kinds={"pay": "mean"}).iloc[0]
    expected = stats.ttest_ind(a, b, equal_var=False)
    limits = expected.confidence_interval(0.95)
    assert found["p_value"] == pytest.approx(expected.pvalue, rel=1e-6)
    assert [found["gap_low"], found["gap_high"]] == pytest.approx([limits.low, limits.high], rel=1e-6)
    assert [found["outcome_gap"], found["outcome_ratio"]] == pytest.approx([a.mean() - b.mean(), a.mean() / b.mean()])
    assert found["verdict"] == "clear"


def test_rates_are_compared_by_the_exact_test():
    found = disparities(cells([rate_cell("A", 20, 10_000), rate_cell("B", 60, 12_000)]), comparator="B", kinds={"pay": "rate"}).iloc[0]
    # Given 80 events in all, those of the one group are binomial (Przyborowski & Wilenski 1940); the smaller tail, doubled.
    assert found["p_value"] == pytest.approx(2 * stats.binom.cdf(20, 80, 10_000 / 22_000), rel=1e-9)
    more = disparities(cells([rate_cell("B", 60, 12_000), rate_cell("A", 20, 10_000)]), comparator="A", kinds={"pay": "rate"}).iloc[0]
    assert more["p_value"] == pytest.approx(2 * stats.binom.sf(59, 80, 12_000 / 22_000), rel=1e-9)
    assert found["verdict"] == "clear"


def test_waits_are_compared_by_their_medians_and_a_day_is_a_day():
    waits = cells([("A", 40, 50, 14.0, 13.0, 16.0), ("B", 45, 50, 10.0, 10.0, 10.0), ("C", 45, 50, 10.0, 10.0, 10.0)])
    found = disparities(waits, better={"pay": "lower"}, kinds={"pay": "duration"}).set_index("group")
    assert found.loc["A", ["outcome_gap", "verdict"]].tolist() == [4.0, "clear"]
    assert found.loc["A", "gap_low"] > 0
    assert set(found.loc[["B", "C"], "verdict"]) == {"not judged", "not seen"}
    assert found["p_value"].drop("A").fillna(1).ge(0.05).all()


def test_a_gap_in_a_unit_is_material_from_a_tenth_of_the_comparator_on():
    rng = np.random.default_rng(2)
    a, b = rng.normal(96.0, 3.0, 400), rng.normal(100.0, 3.0, 400)
    small = disparities(cells([mean_cell("A", a), mean_cell("B", b)]), kinds={"pay": "mean"}).iloc[0]
    assert small["p_value"] < 1e-6
    assert small["verdict"] == "not seen"
    assert small["could_hide"] > 3
    assert disparities(cells([mean_cell("A", a * 0.9), mean_cell("B", b)]), kinds={"pay": "mean"}).iloc[0]["verdict"] == "clear"


def test_without_a_kind_a_value_in_a_unit_is_not_judged():
    rng = np.random.default_rng(3)
    given = cells([mean_cell("A", rng.normal(10, 1, 50)), mean_cell("B", rng.normal(20, 1, 50))])
    assert set(disparities(given)["verdict"]) == {"not judged"}


def test_kinds_name_fields_that_a_metric_has():
    for name, kind in KINDS.items():
        assert set(kind.needs) <= set(kind.may) | set(kind.needs) <= set(Metric.model_fields), name
        assert kind.is_share != kind.relative
