"""Intervals are those that others publish, hold at the edges, and refuse what cannot be."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from goldens import compare, folder, read
from hypothesis import given
from hypothesis import strategies as st

from acmlib.measures.intervals import (
    byar,
    clopper_pearson,
    exact_poisson,
    mean_interval,
    newcombe,
    poisson_interval,
    ratio_interval,
    wilson,
)


@st.composite
def proportions(draw, largest=2000):
    n = draw(st.integers(1, largest))
    return draw(st.integers(0, n)), n


levels = st.sampled_from([0.8, 0.95, 0.998])

# ---------------------------------------------------------------- what others published


@pytest.mark.parametrize(
    ("x", "n", "low", "high", "within"),
    [  # Newcombe 1998 (Stat Med 17:857), Table I, method 3
        (81, 263, 0.2553, 0.3662, 6e-5),
        (15, 148, 0.0624, 0.1605, 6e-5),
        (0, 20, 0.0000, 0.1611, 6e-5),
        (1, 29, 0.0061, 0.1718, 6e-5),
    ],
)
def test_wilson_is_newcombes_published_table(x, n, low, high, within):
    assert wilson(x, n) == pytest.approx((low, high), abs=within)


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0000, 0.1684), (1, 29, 0.0009, 0.1776)],  # the same, method 5
)
def test_clopper_pearson_is_newcombes_published_table(x, n, low, high):
    assert clopper_pearson(x, n) == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize(
    ("x1", "n1", "x2", "n2", "low", "high"),
    [  # Newcombe 1998 (Stat Med 17:873), Table II, method 10
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0000),
        (10, 10, 0, 10, 0.6075, 1.0000),
    ],
)
def test_newcombe_is_his_published_table(x1, n1, x2, n2, low, high):
    assert newcombe(x1, n1, x2, n2) == pytest.approx((low, high), abs=6e-5)


def test_ratio_interval_is_the_published_one_with_a_full_comparator():
    assert ratio_interval(29, 55, 11, 11) == pytest.approx((0.398, 0.761), abs=6e-4)  # Fagerland & Newcombe 2013


@pytest.mark.parametrize(("x", "low", "high"), [(0, 0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (9, 4.115, 17.085)])
def test_exact_poisson_is_garwoods_table(x, low, high):
    assert exact_poisson(x) == pytest.approx((low, high), abs=6e-4)


# ---------------------------------------------------------------- goldens


def test_proportions_agree_with_others(shared):
    methods = {"wilson": wilson, "clopper_pearson": clopper_pearson}
    rows = read(shared, "a1").merge(pd.read_csv(folder(shared, "a1") / "input.csv"), on="case_id", validate="many_to_one")
    rows = rows[rows["method"].isin(list(methods))]
    got = [_of(row.quantity, row.x / row.n, methods[row.method](row.x, row.n, row.conf_level)) for row in rows.itertuples()]
    compare("a1", rows, got).check()


def test_differences_and_ratios_agree_with_others(shared):
    methods = {("diff", "newcombe"): newcombe, ("ratio", "mover_wilson"): ratio_interval}
    rows = read(shared, "a2").merge(pd.read_csv(folder(shared, "a2") / "input.csv"), on="case_id", validate="many_to_one")
    rows = rows[[key in methods for key in zip(rows["contrast"], rows["method"], strict=True)]]
    got = []
    for row in rows.itertuples():
        p1, p2 = row.x1 / row.n1, row.x2 / row.n2
        estimate = p1 - p2 if row.contrast == "diff" else p1 / p2 if p2 else math.nan
        got.append(_of(row.quantity, estimate, methods[row.contrast, row.method](row.x1, row.n1, row.x2, row.n2, row.conf_level)))
    compare("a2", rows, got).check()


def test_counts_and_rates_agree_with_others(shared):
    rows = read(shared, "b1").merge(pd.read_csv(folder(shared, "b1") / "input.csv"), on="case_id", validate="many_to_one")
    methods = {"byar": byar, "exact_poisson": exact_poisson}
    got = []
    for row in rows.itertuples():
        per = row.multiplier / row.n
        got.append(_of(row.quantity, per * row.x, tuple(per * limit for limit in methods[row.method](row.x, row.conf_level))))
    compare("b1", rows, got).check()


def test_means_agree_with_others(shared):
    rows = read(shared, "r1")
    rows = rows[rows["quantity"].isin(["mean_t_lower", "mean_t_upper"])]
    data = pd.read_csv(folder(shared, "r1") / "input.csv")
    groups = {"ALL": data["days"]} | {name: part["days"] for name, part in data.groupby("group")}
    limits = {name: mean_interval(days.sum(), (days**2).sum(), len(days)) for name, days in groups.items()}
    got = [limits[row.group][row.quantity == "mean_t_upper"] for row in rows.itertuples()]
    compare("r1", rows, got).check()


def _of(quantity, estimate, limits):
    return {"estimate": estimate, "rate": estimate, "lower": limits[0], "upper": limits[1]}[quantity]


# ---------------------------------------------------------------- what holds for every count


@given(proportions(), levels)
def test_the_interval_of_a_proportion_contains_it_and_stays_between_0_and_1(case, level):
    x, n = case
    for method in (wilson, clopper_pearson):
        low, high = method(x, n, level)
        assert 0 <= low <= x / n <= high <= 1


@given(proportions(), levels)
def test_success_and_failure_are_mirror_images(case, level):
    x, n = case
    for method in (wilson, clopper_pearson):
        low, high = method(x, n, level)
        assert method(n - x, n, level) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(proportions())
def test_one_more_success_moves_both_limits_up_and_more_confidence_widens(case):
    x, n = case
    for method in (wilson, clopper_pearson):
        low, high = method(x, n)
        wider = method(x, n, 0.998)
        assert wider[0] <= low
        assert high <= wider[1]
        if x < n:
            more = method(x + 1, n)
            assert low < more[0]
            assert high < more[1]


@given(proportions(), proportions(), levels)
def test_a_gap_seen_from_the_other_side_is_the_same_gap(one, other, level):
    low, high = newcombe(*one, *other, level)
    assert -1 <= low <= one[0] / one[1] - other[0] / other[1] + 1e-12
    assert one[0] / one[1] - other[0] / other[1] - 1e-12 <= high <= 1
    assert newcombe(*other, *one, level) == pytest.approx((-high, -low), abs=1e-12)


@given(proportions(), proportions(), levels)
def test_a_ratio_seen_from_the_other_side_is_its_inverse(one, other, level):
    low, high = ratio_interval(*one, *other, level)
    assert low >= 0
    if other[0] == 0:
        assert math.isnan(high)
        return
    ratio = (one[0] / one[1]) / (other[0] / other[1])
    assert low <= ratio * (1 + 1e-9)
    assert ratio <= high * (1 + 1e-9)
    assert math.isfinite(high)
    if one[0]:
        assert ratio_interval(*other, *one, level) == pytest.approx((1 / high, 1 / low), rel=1e-9)


@given(st.integers(0, 10**7), levels)
def test_the_interval_of_a_count_contains_it_and_grows_with_it(x, level):
    for method in (exact_poisson, poisson_interval):
        low, high = method(x, level)
        assert 0 <= low <= x < high
        assert method(x + 1, level)[1] > high


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=50))
def test_the_interval_of_a_mean_contains_it(values):
    low, high = mean_interval(sum(values), sum(value**2 for value in values), len(values))
    assert low <= sum(values) / len(values) <= high


def test_counts_change_from_exact_to_byar_at_ten():
    assert poisson_interval(9) == exact_poisson(9)
    assert poisson_interval(10) == byar(10)


# ---------------------------------------------------------------- edges


def test_nobody_has_no_interval():
    assert all(map(math.isnan, (*wilson(0, 0), *clopper_pearson(0, 0), *newcombe(0, 0, 1, 2), *ratio_interval(1, 2, 0, 0))))
    assert all(map(math.isnan, (*mean_interval(0, 0, 0), *mean_interval(5, 25, 1))))


def test_what_is_not_available_stays_so():
    for missing in (math.nan, None, pd.NA):
        results = (
            wilson(missing, 5),
            clopper_pearson(1, missing),
            newcombe(1, 2, missing, 2),
            ratio_interval(0, 2, missing, 2),
            byar(missing),
        )
        assert all(math.isnan(limit) for result in results for limit in result)
    low, high = wilson(pd.Series([3, None], dtype="Int64"), pd.Series([5, 5]))
    assert low.isna().tolist() == high.isna().tolist() == [False, True]


def test_a_comparator_without_success_has_no_upper_limit_and_nothing_is_infinite():
    low, high = ratio_interval([5, 0], [12, 12], 0, 15)
    assert low[0] > 1
    assert low[1] == 0
    assert np.isnan(high).all()


def test_fractional_counts_are_counts():
    assert wilson(0.445, 1) == pytest.approx((0.0438174477205882, 0.933462127697916), abs=1e-9)  # PHE's own worked example


def test_byar_says_when_it_cannot_and_the_count_interval_can():
    low, high = byar(1, 0.998)
    assert math.isnan(low)
    assert high == pytest.approx(9.3622, abs=1e-4)
    assert byar(0)[0] == 0
    assert poisson_interval(1, 0.998)[0] > 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: wilson(6, 5), "wilson: x is 6; use at most n, here 5"),
        (lambda: wilson([1, -1], 5), "wilson: x at 1 is -1; use numbers of 0 and more"),
        (lambda: newcombe(pd.Series([1, 9], index=["Asian", "White"]), 5, 1, 5), "newcombe: x1 at White is 9; use at most n1, here 5"),
        (lambda: ratio_interval(1, 2, 3, math.inf), "ratio_interval: n2 is inf; use finite numbers"),
        (lambda: byar("many"), "byar: x is not numbers"),
        (lambda: wilson([1, 2], [3, 4, 5]), "wilson: x has 2, n has 3 entries; use one number or as many of each"),
        (lambda: wilson(1, 2, 95), "level: 95; use a number between 0 and 1"),
        (lambda: wilson(pd.Series([1], index=[1]), pd.Series([2], index=[2])), "different indexes"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


def test_a_series_comes_back_as_a_series_of_the_same_rows():
    people = pd.Series([30, 40], index=["Asian", "White"])
    low, high = wilson(people / 2, people)
    assert list(low.index) == list(high.index) == ["Asian", "White"]
    assert isinstance(wilson(1, 2)[0], float)
    assert wilson([1, 2], 4)[0].shape == (2,)
