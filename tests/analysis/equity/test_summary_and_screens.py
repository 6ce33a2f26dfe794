"""Summary measures, ordered groups and named screens: published cases that stand here, edges, properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acmlib.analysis.equity import (
    adjust_p,
    benjamini_hochberg,
    composition,
    concentration,
    four_fifths,
    risk_ratio,
    slope_index,
    summary_measures,
)


def test_benjamini_hochberg_of_the_paper():
    # Benjamini & Hochberg 1995, section 4.1: 15 p-values of a trial; at 5% the procedure rejects the first four, Bonferroni three.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert (benjamini_hochberg(p) <= 0.05).sum() == 4
    assert (adjust_p(p, "bonferroni") <= 0.05).sum() == 3


def test_p_values_that_are_none():
    assert np.isnan(benjamini_hochberg([np.nan, np.nan])).all()
    assert len(benjamini_hochberg([])) == 0
    with pytest.raises(ValueError, match=r"adjust_p: p at 1 is 1.5; use p-values from 0 to 1"):
        benjamini_hochberg([0.5, 1.5])
    with pytest.raises(ValueError, match="method is 'fdr'; use BH, BY, holm, bonferroni"):
        adjust_p([0.5], "fdr")


def test_four_fifths_of_the_uniform_guidelines():
    # 44 FR 11996 (1979): white 60%, Hispanic 48% (exactly four fifths: not indicated), American Indian 45%.
    found = four_fifths(pd.Series({"White": 60, "American Indian": 45, "Hispanic": 48, "Black": 51}), 100)
    assert found["impact_ratio"].round(9).to_dict() == {"White": 1, "American Indian": 0.75, "Hispanic": 0.8, "Black": 0.85}
    assert found.index[found["indicated"]].tolist() == ["American Indian"]


def test_four_fifths_does_not_compare_the_smallest_groups_nor_the_empty():
    found = four_fifths([60, 1, 0, 30], [100, 1, 0, 60])
    assert found["status"].tolist() == ["compared", "too small", "no data", "compared"]
    assert found["impact_ratio"].round(9).fillna(-1).tolist() == [1, -1, -1, 0.833333333]
    nobody = four_fifths([0, 0], [50, 50])
    assert nobody["impact_ratio"].isna().all() and not nobody["indicated"].any()


def test_risk_ratio_against_all_others_with_the_minimum_cell_and_n_of_the_regulation():
    # 34 CFR 300.647: cell 10, n 30.
    found = risk_ratio([30, 20, 3, 9], [200, 400, 25, 300])
    assert found.loc[0, "risk_ratio"] == pytest.approx((30 / 200) / (32 / 725))
    assert found["flag"].tolist() == ["none", "none", "small_group", "small_group"]
    assert ((found["low"] < found["risk_ratio"]) & (found["risk_ratio"] < found["high"])).all()


def test_no_ratio_to_a_risk_of_zero_and_none_of_an_empty_group():
    found = risk_ratio([12, 0, 0], [100, 100, 0], minimum_cell=0)
    assert found["risk_ratio"].fillna(-1).tolist() == [-1, 0, -1]
    assert found["flag"].tolist() == ["zero_comparison_risk", "none", "no data"]
    assert not np.isinf(found.select_dtypes("number")).any().any()


def test_composition_of_25_against_38_percent():
    assert composition([25, 75], [38, 62]).loc[0, ["difference", "relative_difference"]].round(4).tolist() == [-0.13, -0.3421]


@pytest.mark.parametrize("screen", [four_fifths, risk_ratio])
@pytest.mark.parametrize(("x", "n"), [([-1, 2], [5, 5]), ([6, 2], [5, 5]), ([np.inf, 2], [5, 5]), (["a", 2], [5, 5])])
def test_impossible_counts_are_refused(screen, x, n):
    with pytest.raises(ValueError, match=screen.__name__):
        screen(x, n)


def test_n_times_the_attributable_risk_is_the_extra_success_if_every_group_matched_the_best():
    found = summary_measures([0.2, 0.4], [100, 100]).set_index("measure")["value"]
    assert found["people"] == pytest.approx(20)
    assert found["population_attributable_risk"] == pytest.approx(0.1)
    fewer = summary_measures([0.2, 0.4], [100, 100], better="lower").set_index("measure")["value"]
    assert fewer["people"] == pytest.approx(-20)


def test_hidden_groups_are_left_out_and_counted():
    found = summary_measures([0.2, np.nan, 0.4], [100, 50, 100])
    assert (found["groups"].iloc[0], found["left_out"].iloc[0]) == (2, 1)
    assert found.set_index("measure").loc["difference", "value"] == pytest.approx(0.2)


@pytest.mark.parametrize("value", [[], [0.3], [np.nan, 0.3], [np.nan, np.nan]])
def test_fewer_than_two_groups_have_no_inequality(value):
    assert summary_measures(value, [100] * len(value))["value"].isna().all()


@pytest.mark.parametrize("value", [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
@pytest.mark.parametrize("ordered", [True, False])
def test_nobody_and_everybody_give_no_infinite_numbers(value, ordered):
    found = summary_measures(value, [50, 60], ordered=ordered)
    assert not np.isinf(found.select_dtypes("number")).any().any()


def test_slope_index_without_a_line():
    assert slope_index([0.3], [100])["value"].isna().all()
    assert slope_index([0.0, 0.3], [100, 100], scale="logit")["value"].isna().all()
    with pytest.raises(ValueError, match="scale is 'cubic'; use linear, log, logit"):
        slope_index([0.1, 0.2], [1, 1], scale="cubic")
    assert np.isnan(concentration([], [])[0])


RATES = st.lists(st.tuples(st.integers(1, 99), st.integers(1, 1000)), min_size=2, max_size=8)


@given(RATES, st.randoms(use_true_random=False))
def test_equal_groups_have_none_and_the_order_of_groups_changes_nothing(groups, random):
    equal = summary_measures([0.3] * len(groups), [n for _, n in groups]).set_index("measure")["value"]
    for measure in ("difference", "between_group_variance", "theil", "mean_log_deviation", "mean_difference_from_best", "people"):
        assert equal[measure] == pytest.approx(0, abs=1e-9)
    shuffled = list(groups)
    random.shuffle(shuffled)
    first, second = (summary_measures([x / 100 for x, _ in g], [n for _, n in g]).set_index("measure")["value"] for g in (groups, shuffled))
    # The standard error of an attributable risk names one best group; the measures themselves do not depend on which.
    assert first.to_numpy() == pytest.approx(second.to_numpy(), nan_ok=True, abs=1e-9)
    assert (first.drop("ratio") >= -1e-12).all()
