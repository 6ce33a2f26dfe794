"""Disproportionality: who is served, against a named base."""

import numpy as np
import pandas as pd
import pytest
from equity_cases import by_group, served
from hypothesis import given, settings
from hypothesis import strategies as st

from acmlib.analysis.equity import REPRESENTATION_COLUMNS, disproportionality
from acmlib.measures.intervals import exact_poisson, ratio_interval

BASE = pd.DataFrame({"group": ["A", "B", "C"], "people": [380, 420, 200]})


def test_25_percent_of_those_served_against_38_percent_of_youth():
    a = by_group(disproportionality(served({"A": 25, "B": 75}), pd.DataFrame({"group": ["A", "B"], "people": [380, 620]}))).loc["A"]
    assert a["representation_gap"] == -0.13
    assert round(a["representation_ratio"], 4) == 0.6579
    assert (a["share"], a["base_share"], a["to_parity_fixed"], a["to_parity_growing"]) == (0.25, 0.38, 13, 21)
    assert [a["ratio_low"], a["ratio_high"]] == pytest.approx([limit / 38 for limit in exact_poisson(25)])


def test_parity_is_reached_with_that_many_people_and_not_with_one_fewer():
    a = by_group(disproportionality(served({"A": 25, "B": 75}), pd.DataFrame({"group": ["A", "B"], "people": [380, 620]}))).loc["A"]
    fixed, growing = a["to_parity_fixed"], a["to_parity_growing"]
    assert (25 + fixed) / 100 >= 0.38 > (24 + fixed) / 100
    assert (25 + growing) / (100 + growing) >= 0.38 > (24 + growing) / (99 + growing)


def test_participation_is_the_relative_rate_and_flags_stand_on_it():
    found = by_group(disproportionality(served({"A": 95, "B": 210, "C": 100}), BASE))
    a = found.loc["A"]
    assert (a["participation"], a["comparator"], a["comparator_participation"]) == (0.25, "B", 0.5)  # ties: the larger group
    assert a["participation_ratio"] == 0.5
    assert [a["participation_low"], a["participation_high"]] == pytest.approx(list(ratio_interval(95, 380, 210, 420)))
    assert found["verdict"].to_dict() == {"A": "clear", "B": "not judged", "C": "not seen"}


def test_the_ratio_has_a_ceiling_and_a_verdict_does_not_depend_on_it():
    # A group of 80% cannot exceed a ratio of 1.25, however strongly it is favoured.
    base = pd.DataFrame({"group": ["Most", "Few"], "people": [8000, 2000]})
    found = by_group(disproportionality(served({"Most": 990, "Few": 10}), base, comparator="rest")).loc["Most"]
    assert found["representation_ratio"] < 1 / found["base_share"] == 1.25
    assert (found["verdict"], found["participation_ratio"] > 20) == ("clear", True)


@pytest.mark.parametrize("comparator", ["rest", "overall"])
def test_rest_and_overall_as_comparators(comparator):
    a = by_group(disproportionality(served({"A": 95, "B": 210, "C": 100}), BASE, comparator=comparator)).loc["A"]
    rate = {"rest": 310 / 620, "overall": 405 / 1000}[comparator]
    assert a["comparator_participation"] == pytest.approx(rate)
    assert a["participation_ratio"] == pytest.approx(0.25 / rate)
    assert a["participation_low"] < a["participation_ratio"] < a["participation_high"] < 1
    if comparator == "overall":
        assert a["participation_ratio"] == pytest.approx(a["representation_ratio"])


def test_a_margin_of_error_of_the_base_widens_every_interval():
    sure = by_group(disproportionality(served({"A": 95, "B": 210, "C": 100}), BASE)).loc["A"]
    unsure = by_group(disproportionality(served({"A": 95, "B": 210, "C": 100}), BASE.assign(margin_of_error=[80, 80, 60]))).loc["A"]
    for low, high in (("gap_low", "gap_high"), ("ratio_low", "ratio_high"), ("participation_low", "participation_high")):
        assert unsure[low] < sure[low] < sure[high] < unsure[high]
    assert (unsure["representation_gap"], unsure["participation_ratio"]) == (sure["representation_gap"], sure["participation_ratio"])
    # Two groups: one's error is the other's. 0.38 of 1000, errors of 48.6 each: sqrt(0.62^2 + 0.38^2) * 48.6 / 1000.
    two = pd.DataFrame({"group": ["A", "B"], "people": [380, 620], "margin_of_error": [80, 80]})
    found = by_group(disproportionality(served({"A": 25, "B": 75}), two)).loc["A"]
    assert (found["base_high"] - found["base_share"]) / 1.959964 == pytest.approx(np.hypot(0.62, 0.38) * 80 / 1.645 / 1000, rel=1e-6)


def test_people_of_unknown_group_are_counted_left_out_of_shares_and_bound_them():
    found = by_group(disproportionality(served({"A": 25, "B": 75, "Declined": 10, "Not asked": 5}), BASE.head(2)))
    a = found.loc["A"]
    assert (a["share"], a["unknown"]) == (0.25, 15)
    assert (a["share_lowest"], a["share_highest"]) == (25 / 115, 40 / 115)
    assert a["participation_lowest"] == pytest.approx((25 / 380) / (90 / 420))
    assert found.loc["Declined", [c for c in REPRESENTATION_COLUMNS if c not in ("basis", "comparator", "verdict", "unknown")]].isna().all()


def test_a_hidden_group_hides_all_shares_unless_the_total_is_shown():
    cells = served({"A": 25, "B": 75, "C": 4})
    cells.loc[2, ["numerator", "value", "status"]] = [np.nan, np.nan, "hidden"]
    found = by_group(disproportionality(cells, BASE))
    assert found["share"].isna().all()
    assert found.loc["A", "participation"] == 25 / 380
    everyone = pd.concat([cells, served({"All participants": 104}, dimension="all")], ignore_index=True)
    assert by_group(disproportionality(everyone, BASE)).loc["A", "share"] == 25 / 104


def test_a_group_that_the_base_does_not_have_is_outside_of_the_comparison():
    found = by_group(disproportionality(served({"A": 25, "B": 75, "Elsewhere": 50}), BASE.head(2)))
    assert (found.loc["A", "share"], found.loc["Elsewhere", "verdict"]) == (0.25, "not judged")


def test_a_base_may_differ_by_period():
    cells = pd.concat([served({"A": 20, "B": 30}, period=period) for period in ("2025", "2026")], ignore_index=True)
    base = pd.DataFrame({"period": ["2025", "2025", "2026", "2026"], "group": ["A", "B"] * 2, "people": [100, 100, 300, 100]})
    assert disproportionality(cells, base)["base_share"].tolist() == [0.5, 0.5, 0.75, 0.25]


@pytest.mark.parametrize(
    ("cells", "base"),
    [
        (served({"A": 0, "B": 0}), BASE), (served({"A": 5}), BASE.head(1)), (served({"Declined": 9}), BASE),
        (served({"A": 5, "B": 9}), BASE.assign(people=0)), (served({}), BASE), (served({"A": 900, "B": 0}), BASE),
    ],
    ids=["nobody served", "one group", "all unknown", "nobody in the base", "no rows", "more served than people"],
)  # fmt: skip
@pytest.mark.parametrize("comparator", ["best", "rest", "overall", "B"])
def test_nothing_is_infinite_and_no_verdict_without_two_groups(cells, base, comparator):
    found = disproportionality(cells, base, comparator=comparator)
    assert not np.isinf(found.select_dtypes("number")).any().any()
    if (found["numerator"] > 0).sum() < 2:
        assert "clear" not in set(found["verdict"]) or found["numerator"].max() == 900


def test_impossible_counts_are_refused_by_name():
    with pytest.raises(ValueError, match="served, term, race_ethnicity, B: numerator is -3; use counts of 0 and more"):
        disproportionality(served({"A": 5, "B": -3}), BASE)
    with pytest.raises(ValueError, match="base: A stands there twice"):
        disproportionality(served({"A": 5, "B": 3}), pd.concat([BASE, BASE]))
    with pytest.raises(ValueError, match="base: people at 1 is -420"):
        disproportionality(served({"A": 5, "B": 3}), BASE.assign(people=[380, -420, 200]))
    with pytest.raises(ValueError, match="base: column people is missing"):
        disproportionality(served({"A": 5, "B": 3}), BASE.drop(columns="people"))


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 5000)), min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_shares_add_up_gaps_cancel_out_and_order_changes_nothing(groups, random):
    cells = served({chr(65 + i): x for i, (x, _) in enumerate(groups)})
    base = pd.DataFrame({"group": [chr(65 + i) for i in range(len(groups))], "people": [n for _, n in groups]})
    found = disproportionality(cells, base)
    if cells["numerator"].sum():
        assert found["share"].sum() == pytest.approx(1)
        assert found["representation_gap"].sum() == pytest.approx(0, abs=1e-9)
        inside = found["representation_gap"].between(found["gap_low"] - 1e-9, found["gap_high"] + 1e-9)
        assert inside.all()
    order = list(cells.index)
    random.shuffle(order)
    pd.testing.assert_frame_equal(found, disproportionality(cells.loc[order], base.iloc[::-1]).sort_index(), rtol=1e-9)
