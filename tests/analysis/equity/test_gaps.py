"""Disparities: gap, ratio, verdict and people, against a stated comparator."""

import numpy as np
import pandas as pd
import pytest
from equity_cases import by_group, proportions
from hypothesis import given, settings
from hypothesis import strategies as st

from acmlib.analysis.equity import GAP_COLUMNS, benjamini_hochberg, comparators, disparities
from acmlib.measures.intervals import newcombe, ratio_interval, wilson

SIX = {"A": (20, 100), "B": (40, 100), "C": (38, 100), "D": (36, 95), "E": (11, 29), "Declined": (5, 12)}


def test_twenty_against_forty_percent_is_minus_20_points_and_half():
    gaps = by_group(disparities(proportions({"A": (20, 100), "B": (40, 100)})))
    a = gaps.loc["A"]
    assert (a["outcome_gap"], a["outcome_ratio"]) == (-0.20, 0.50)
    assert (a["comparator"], a["comparator_numerator"], a["comparator_denominator"], a["comparator_value"]) == ("B", 40, 100, 0.4)
    assert (a["gap_low"], a["gap_high"]) == newcombe(20, 100, 40, 100)
    assert (a["ratio_low"], a["ratio_high"]) == ratio_interval(20, 100, 40, 100)
    assert (a["verdict"], a["to_parity_fixed"], a["to_parity_growing"]) == ("clear", 20, 34)
    assert np.isnan([a["needed"], a["could_hide"]]).all()  # it is settled and hides nothing


def test_the_cells_stay_as_they_are_and_columns_are_added():
    cells = proportions(SIX)
    gaps = disparities(cells)
    pd.testing.assert_frame_equal(gaps[list(cells.columns)], cells)
    assert tuple(gaps.columns) == (*cells.columns, *GAP_COLUMNS)


def test_best_needs_thirty_people_and_is_never_a_group_that_is_not_recorded():
    gaps = by_group(disparities(proportions(SIX | {"Few": (25, 29), "Declined": (50, 50)})))
    assert set(gaps["comparator"].dropna()) == {"B"}
    assert gaps.loc["Declined", "verdict"] == gaps.loc["B", "verdict"] == "not judged"
    assert gaps.loc["Few", "outcome_gap"] > 0


def test_best_among_equals_is_the_larger_group_then_the_first_by_name():
    assert set(disparities(proportions({"A": (40, 80), "B": (60, 120), "C": (10, 60)}))["comparator"].dropna()) == {"B"}
    assert set(disparities(proportions({"B": (40, 80), "A": (40, 80), "C": (10, 60)}))["comparator"].dropna()) == {"A"}


def test_where_lower_is_better_the_best_has_the_lowest_and_parity_means_fewer():
    gaps = by_group(disparities(proportions({"A": (20, 100), "B": (40, 100)}, metric="evicted"), better={"evicted": "lower"}))
    b = gaps.loc["B"]
    assert (b["comparator"], b["outcome_gap"], b["to_parity_fixed"], b["to_parity_growing"]) == ("A", 0.2, 20, 100)
    assert b["verdict"] == "clear"


def test_where_neither_direction_is_better_a_group_is_compared_with_the_rest():
    gaps = by_group(disparities(proportions(SIX), better={"placed_6m": "neither"}))
    assert set(gaps.loc[list("ABCDE"), "basis"]) == {"rest"}
    assert gaps["to_parity_fixed"].isna().all()


def test_a_target_comes_with_the_interval_of_wilson():
    gaps = by_group(disparities(proportions(SIX), comparator="target", targets={"placed_6m": 0.4}))
    low, high = wilson(20, 100)
    assert np.allclose(gaps.loc["A", ["outcome_gap", "gap_low", "gap_high"]].astype(float), [-0.2, low - 0.4, high - 0.4])
    assert gaps.loc["A", "outcome_ratio"] == 0.5
    assert gaps.loc["B", "verdict"] == "not seen"


def test_without_a_target_the_best_group_is_the_comparator():
    gaps = disparities(proportions(SIX), comparator="target", targets={"another": 0.4})
    assert set(gaps["basis"].dropna()) == {"best"}


def test_everyone_together_is_compared_with_a_target_only():
    cells = pd.concat([proportions({"All participants": (150, 436)}, dimension="all"), proportions(SIX)], ignore_index=True)
    assert by_group(disparities(cells)).loc["All participants", "verdict"] == "not judged"
    found = by_group(disparities(cells, comparator="target", targets={"placed_6m": 0.4})).loc["All participants"]
    assert found["outcome_gap"] == pytest.approx(150 / 436 - 0.4)


def test_overall_contains_the_group_and_its_interval_knows():
    gaps = by_group(disparities(proportions({"A": (20, 100), "B": (40, 100)}), comparator="overall"))
    low, high = newcombe(20, 100, 40, 100)
    assert gaps.loc["A", "outcome_gap"] == pytest.approx(-0.1)
    assert gaps.loc["A", ["gap_low", "gap_high"]].tolist() == pytest.approx([low / 2, high / 2])
    assert gaps.loc["A", "outcome_ratio"] == pytest.approx(2 / 3)
    assert gaps.loc["A", "ratio_low"] < 2 / 3 < gaps.loc["A", "ratio_high"] < 1


def test_exactly_five_points_is_material_although_floats_fall_short():
    assert 0.45 - 0.40 < 0.05
    gaps = by_group(disparities(proportions({"A": (40, 100), "B": (45, 100)})))
    assert gaps.loc["A", "verdict"] == "possible"


def test_a_possible_gap_says_how_many_more_participants_would_settle_it():
    gaps = by_group(disparities(proportions({"A": (8, 40), "B": (16, 40)})))
    assert gaps.loc["A", "verdict"] == "possible"
    # One gap of two groups: theory (Fleiss, two-sided 5%, power 80%) asks for 82 in each.
    assert gaps.loc["A", "needed"] == 84
    settled = by_group(disparities(proportions({"A": (8 * 41 / 20, 82), "B": (16 * 41 / 20, 82)})))
    assert settled.loc["A", "verdict"] == "clear"


def test_a_little_less_than_five_points_is_not_material_however_certain():
    gaps = by_group(disparities(proportions({"A": (4004, 10_000), "B": (4500, 10_000)})))
    assert (gaps.loc["A", "verdict"], gaps.loc["A", "gap_high"] < 0) == ("not seen", True)


def test_a_gap_not_seen_says_what_it_could_hide():
    gaps = by_group(disparities(proportions({"A": (39, 100), "B": (40, 100)})))
    assert gaps.loc["A", "verdict"] == "not seen"
    assert gaps.loc["A", "could_hide"] == max(abs(limit) for limit in newcombe(39, 100, 40, 100)) > 0.05


def test_below_thirty_people_nothing_is_clear_and_nothing_is_tested():
    gaps = by_group(disparities(proportions({"A": (0, 29), "B": (100, 100)})))
    assert (gaps.loc["A", "verdict"], gaps.loc["A", "needed"] >= 1) == ("possible", True)
    assert np.isnan(gaps.loc["A", "p_value"])


@pytest.mark.parametrize("status", ["hidden", "immature", "no data"])
def test_what_is_not_shown_is_not_judged_and_never_a_comparator(status):
    cells = proportions(SIX)
    cells.loc[1, "status"] = status  # B, the best
    cells.loc[1, ["numerator", "denominator", "value", "low", "high"]] = np.nan
    gaps = by_group(disparities(cells))
    assert gaps.loc["B", "verdict"] == "not judged"
    assert gaps.loc["B", [c for c in GAP_COLUMNS if c not in ("basis", "comparator", "verdict")]].isna().all()
    assert set(gaps["comparator"].dropna()) == {"C"}


def test_the_adjustment_goes_over_all_gaps_of_a_report():
    alone = disparities(proportions({"A": (24, 100), "B": (40, 100)}))
    many = [proportions({"A": (24, 100), "B": (40, 100)})]
    many += [proportions({"A": (40, 100), "B": (40, 100)}, dimension=f"other{i}") for i in range(9)]
    report = disparities(pd.concat(many, ignore_index=True))
    assert (alone.loc[0, "verdict"], report.loc[0, "verdict"]) == ("clear", "possible")
    assert report.loc[0, "gap_low"] == alone.loc[0, "gap_low"]  # intervals are read one at a time
    tested = report["p_value"].dropna()
    # Each family's best group is one of the groups tested for being behind the best: 10 gaps, 20 tests.
    assert report.loc[tested.index, "p_adjusted"].tolist() == benjamini_hochberg([*tested, *[1.0] * 10])[:10].tolist()


def test_other_families_do_not_choose_the_comparator():
    cells = pd.concat([proportions({"A": (20, 100), "B": (40, 100)}, period=p) for p in ("2025", "2026")], ignore_index=True)
    cells.loc[3, ["numerator", "value"]] = [10, 0.1]
    assert disparities(cells)["comparator"].tolist() == ["B", "B", "A", "A"]


def test_retention_is_judged_by_its_own_limits():
    cells = proportions({"A": (20, 100), "B": (40, 100)}, metric="in_programme@180d").assign(
        value=[0.5, 0.7], low=[0.40, 0.61], high=[0.59, 0.77], numerator=[41, 60]
    )
    gap = by_group(disparities(cells)).loc["A"]
    assert gap["outcome_gap"] == pytest.approx(-0.2)
    assert gap["gap_low"] == pytest.approx(-0.2 - np.hypot(0.1, 0.07))
    assert gap["verdict"] == "clear"


def test_durations_are_judged_only_with_a_materiality_of_their_own():
    cells = proportions({"A": (90, 100), "B": (95, 100)}, metric="days_to_offer").assign(value=[40, 20], low=[35, 18], high=[46, 23])
    better = {"days_to_offer": "lower"}
    plain = by_group(disparities(cells, better=better)).loc["A"]
    assert (plain["outcome_gap"], plain["verdict"]) == (20, "not judged")
    assert by_group(disparities(cells, better=better, materiality={"days_to_offer": 7})).loc["A", "verdict"] == "clear"


def test_verdict_that_depends_on_the_comparator_is_said_to_flip():
    found = comparators(proportions({"A": (20, 100), "B": (40, 100)}), targets={"placed_6m": 0.22})
    a = found[found["group"] == "A"].set_index("basis")
    assert a.loc["best", "verdict"] == "clear"
    assert a.loc["target", "verdict"] == "not seen"
    assert a["flips"].all()
    steady = comparators(proportions({"A": (20, 400), "B": (200, 400), "C": (198, 400)}), bases=("best", "rest", "C"))
    assert not steady.loc[steady["group"] == "A", "flips"].any()


# --- bad input: the defined result or an error that names the place ---------------------------------------------------------


@pytest.mark.parametrize(
    "groups",
    [{"A": (5, 50)}, {"A": (0, 0), "B": (0, 0)}, {"Declined": (5, 50), "Not asked": (4, 40)}, {"A": (0, 0), "B": (9, 50)}, {}],
    ids=["one group", "empty groups", "all unknown", "one empty", "no rows"],
)
@pytest.mark.parametrize("comparator", ["best", "rest", "overall", "A", "nobody"])
def test_where_there_is_nothing_to_compare_nothing_is_judged(groups, comparator):
    gaps = disparities(proportions(groups), comparator=comparator)
    assert (gaps["verdict"] == "not judged").all() or comparator == "overall"
    assert not np.isinf(gaps.select_dtypes("number")).any().any()


def test_a_comparator_with_zero_has_no_ratio_and_no_limit_of_one():
    gaps = by_group(disparities(proportions({"A": (9, 50), "B": (0, 50)}), comparator="B"))
    assert gaps.loc["A", ["outcome_ratio", "ratio_low", "ratio_high"]].isna().all()
    assert gaps.loc["A", "outcome_gap"] == 0.18


def test_nobody_and_everybody_have_intervals():
    gaps = by_group(disparities(proportions({"A": (0, 50), "B": (50, 50)})))
    assert gaps.loc["A", "verdict"] == "clear"
    assert gaps.loc["A", ["gap_low", "gap_high"]].notna().all()
    assert (gaps.loc["A", "to_parity_fixed"], np.isnan(gaps.loc["A", "to_parity_growing"])) == (
        50,
        True,
    )  # no number of people reaches 100%


def test_impossible_cells_are_refused_by_name():
    cells = proportions(SIX)
    with pytest.raises(ValueError, match="placed_6m, term, race_ethnicity, C: a count is negative; use counts of 0 and more"):
        disparities(cells.assign(numerator=[20, 40, -38, 36, 11, 5]))
    with pytest.raises(ValueError, match="placed_6m, term, race_ethnicity, A stands there twice"):
        disparities(pd.concat([cells, cells.head(1)]))
    with pytest.raises(ValueError, match="column status is missing"):
        disparities(cells.drop(columns="status"))
    with pytest.raises(ValueError, match="better: 'up' was given; use higher, lower or neither"):
        disparities(cells, better={"placed_6m": "up"})
    with pytest.raises(ValueError, match="level is 95; use a number between 0 and 1"):
        disparities(cells, level=95)
    with pytest.raises(ValueError, match=r"materiality is \{'placed_6m': -1\}; use a fraction from 0 to 1, or metric: smallest gap"):
        disparities(cells, materiality={"placed_6m": -1})
    with pytest.raises(ValueError, match="minimum_n is 0; use 1 or more"):
        disparities(cells, minimum_n=0)
    assert len(disparities(cells, minimum_n=1)) == len(cells)


def test_a_value_that_is_no_proportion_is_not_judged_as_one():
    cells = proportions({"A": (20, 100), "B": (40, 100)}).assign(numerator=[200, 400], value=[2.0, 4.0], low=np.nan, high=np.nan)
    assert (disparities(cells)["verdict"] == "not judged").all()


# --- properties -----------------------------------------------------------------------------------------------------------

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
FAMILIES = st.lists(COUNTS, min_size=2, max_size=7).map(lambda counts: {chr(65 + i): one for i, one in enumerate(counts)})


@settings(deadline=None, max_examples=25)
@given(COUNTS, COUNTS)
def test_gaps_are_antisymmetric_and_ratios_reciprocal(first, second):
    cells = proportions({"A": first, "B": second})
    a = by_group(disparities(cells, comparator="B")).loc["A"]
    b = by_group(disparities(cells, comparator="A")).loc["B"]
    assert a["outcome_gap"] == -b["outcome_gap"]
    assert (a["gap_low"], a["gap_high"]) == pytest.approx((-b["gap_high"], -b["gap_low"]), abs=1e-12)
    assert a["p_value"] == pytest.approx(b["p_value"], nan_ok=True)
    if first[0] and second[0]:
        assert a["outcome_ratio"] == pytest.approx(1 / b["outcome_ratio"])


@settings(deadline=None, max_examples=25)
@given(FAMILIES, st.sampled_from(["best", "rest", "overall", "target", "B"]), st.sampled_from(["higher", "lower", "neither"]))
def test_every_gap_is_finite_inside_its_interval_and_no_verdict_is_stronger_than_its_numbers(groups, comparator, better):
    gaps = disparities(proportions(groups), comparator=comparator, targets={"placed_6m": 0.4}, better={"placed_6m": better})
    assert not np.isinf(gaps.select_dtypes("number")).any().any()
    judged = gaps[gaps["verdict"] != "not judged"]
    assert judged["outcome_gap"].between(judged["gap_low"] - 1e-9, judged["gap_high"] + 1e-9).all()
    clear = judged[judged["verdict"] == "clear"]
    assert (clear["denominator"] >= 30).all() and (clear["outcome_gap"].abs() >= 0.05 - 1e-9).all()
    assert ((clear["gap_low"] > 0) | (clear["gap_high"] < 0)).all() and (clear["p_adjusted"] <= 0.05).all()
    assert (judged.loc[judged["verdict"] == "possible", "needed"] >= 1).all()
    assert judged.loc[judged["verdict"] == "not seen", "could_hide"].notna().all()


@settings(deadline=None, max_examples=20)
@given(FAMILIES, st.randoms(use_true_random=False), st.sampled_from(["best", "rest", "overall"]))
def test_the_order_of_rows_changes_nothing(groups, random, comparator):
    cells = proportions(groups)
    order = list(cells.index)
    random.shuffle(order)
    first = disparities(cells, comparator=comparator)
    second = disparities(cells.loc[order], comparator=comparator).sort_index()
    pd.testing.assert_frame_equal(first, second, rtol=1e-9)
