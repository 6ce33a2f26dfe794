"""Best and worst case over all assignments of people of whom the group is not known."""

import itertools

import numpy as np
import pandas as pd
import pytest
from equity_cases import by_group, proportions
from hypothesis import given, settings
from hypothesis import strategies as st

from acmlib.analysis.equity import disparities, rate_bounds, unknown_bounds


def test_known_numbers():
    bounds = by_group(unknown_bounds(disparities(proportions({"A": (20, 100), "B": (40, 100), "Declined": (6, 10)})))).loc["A"]
    assert bounds["unknown"] == 10
    assert bounds["gap_lowest"] == 20 / 104 - 46 / 106
    assert bounds["gap_highest"] == 26 / 106 - 40 / 104
    assert bounds["sign_holds"]


def test_the_three_ways_of_not_knowing_are_all_assigned():
    cells = proportions({"A": (20, 100), "B": (40, 100), "Not asked": (3, 5), "Declined": (2, 3), "Don't know": (1, 2)})
    assert by_group(unknown_bounds(disparities(cells))).loc["A", ["unknown", "gap_lowest"]].tolist() == [10, 20 / 104 - 46 / 106]


def test_many_unknown_people_can_turn_a_gap_round():
    bounds = by_group(unknown_bounds(disparities(proportions({"A": (20, 100), "B": (40, 100), "Not asked": (60, 120)}))))
    assert not bounds.loc["A", "sign_holds"]


def test_a_target_does_not_move_and_everyone_together_does_not_either():
    cells = proportions({"A": (20, 100), "B": (40, 100), "Declined": (6, 10)})
    target = by_group(unknown_bounds(disparities(cells, comparator="target", targets={"placed_6m": 0.4}))).loc["A"]
    assert (target["gap_lowest"], target["gap_highest"]) == (20 / 104 - 0.4, 26 / 106 - 0.4)
    overall = by_group(unknown_bounds(disparities(cells, comparator="overall"))).loc["A"]
    assert overall["gap_lowest"] == pytest.approx(20 / 104 - 66 / 210)


def test_a_wait_has_no_bounds_of_a_share():
    """Numerator and denominator of a median count finished cases: what unknown people could do to it is not known."""
    cells = proportions({"A": (60, 80), "B": (246, 278), "Not recorded": (20, 27)}).assign(value=[22.0, 13.0, 14.0], low=9.0, high=30.0)
    gaps = disparities(proportions({"A": (60, 80), "B": (246, 278), "Not recorded": (20, 27)}))
    waits = gaps.assign(
        value=cells["value"].to_numpy(), comparator_value=13.0, outcome_gap=gaps["outcome_gap"].where(gaps["outcome_gap"].isna(), 9.0)
    )
    bounds = by_group(unknown_bounds(waits)).loc["A"]
    assert np.isnan(bounds[["value_lowest", "value_highest", "gap_lowest", "gap_highest"]].astype(float)).all()
    assert not bounds["sign_holds"]


def test_hidden_unknown_people_leave_no_bounds():
    cells = proportions({"A": (20, 100), "B": (40, 100), "Declined": (6, 10)})
    cells.loc[2, ["numerator", "denominator", "value", "low", "high"]] = np.nan
    cells.loc[2, "status"] = "hidden"
    bounds = by_group(unknown_bounds(disparities(cells))).loc["A"]
    assert np.isnan(bounds[["unknown", "gap_lowest", "gap_highest"]].astype(float)).all()
    assert not bounds["sign_holds"]


def test_nobody_unknown_leaves_the_gap_itself():
    bounds = by_group(unknown_bounds(disparities(proportions({"A": (20, 100), "B": (40, 100)})))).loc["A"]
    assert (bounds["gap_lowest"], bounds["gap_highest"], bounds["unknown"]) == (bounds["outcome_gap"], bounds["outcome_gap"], 0)


def test_all_unknown_has_no_gap():
    assert unknown_bounds(disparities(proportions({"Not asked": (5, 50)})))["gap_lowest"].isna().all()


def test_rates_of_empty_groups():
    lowest, highest = rate_bounds([0, 0, 0], [0, 0, 0], [0, 2, 0], [0, 2, 3])
    assert np.array_equal(lowest, [np.nan, 1, 0], equal_nan=True)
    assert np.array_equal(highest, [np.nan, 1, 0], equal_nan=True)


SMALL = st.integers(1, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(deadline=None, max_examples=25)
@given(SMALL, SMALL, SMALL, st.integers(0, 3), st.integers(0, 3))
def test_bounds_contain_every_completion_and_are_reached(a, b, c, successes, failures):
    cells = proportions({"A": a, "B": b, "C": c, "Declined": (successes, successes + failures)})
    cells = cells[cells["denominator"] > 0]
    bounds = by_group(unknown_bounds(disparities(cells, comparator="B"))).loc["A"]
    gaps = []
    for s, f in itertools.product(_shared_out(successes), _shared_out(failures)):
        first, second = ((x + s[i]) / (n + s[i] + f[i]) for i, (x, n) in enumerate((a, b)))
        gaps.append(first - second)
    assert (bounds["gap_lowest"], bounds["gap_highest"]) == pytest.approx((min(gaps), max(gaps)))


def _shared_out(people):
    """All ways to give so many people to groups A, B and C."""
    return [(i, j, people - i - j) for i in range(people + 1) for j in range(people + 1 - i)]


@settings(deadline=None, max_examples=15)
@given(SMALL, SMALL, st.integers(0, 3), st.integers(0, 3))
def test_bounds_against_the_rest_contain_every_completion(a, b, successes, failures):
    cells = proportions({"A": a, "B": b, "Declined": (successes, successes + failures)})
    bounds = by_group(unknown_bounds(disparities(cells[cells["denominator"] > 0], comparator="rest"))).loc["A"]
    for s, f in itertools.product(range(successes + 1), range(failures + 1)):
        first = (a[0] + s) / (a[1] + s + f)
        rest = (b[0] + successes - s) / (b[1] + successes - s + failures - f)
        assert bounds["gap_lowest"] - 1e-12 <= first - rest <= bounds["gap_highest"] + 1e-12


def test_columns_are_added_only():
    gaps = disparities(proportions({"A": (20, 100), "B": (40, 100), "Declined": (6, 10)}))
    pd.testing.assert_frame_equal(unknown_bounds(gaps)[list(gaps.columns)], gaps)


def test_a_mean_below_zero_has_no_bounds_and_stops_nothing():
    """The sum of a change of a score is negative: no number of people."""
    gaps = disparities(proportions({"A": (20, 100), "B": (40, 100), "Declined": (6, 10)}))
    lower = gaps.assign(numerator=-gaps["numerator"], comparator_numerator=-gaps["comparator_numerator"], value=-gaps["value"])
    bounds = by_group(unknown_bounds(lower)).loc["A"]
    assert np.isnan(bounds[["unknown", "gap_lowest", "gap_highest"]].astype(float)).all()
