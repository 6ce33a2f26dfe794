"""Where a gap comes from, and how it became smaller."""

import numpy as np
import pandas as pd
import pytest
from equity_cases import proportions
from hypothesis import given
from hypothesis import strategies as st

from acmlib.analysis.equity import decompose, kitagawa

BERKELEY = {  # Bickel, Hammel & O'Connell 1975, Science 187:398: admissions by department; all men 44%, all women 30%
    "men": {"A": (512, 825), "B": (353, 560), "C": (120, 325), "D": (138, 417), "E": (53, 191), "F": (22, 373)},
    "women": {"A": (89, 108), "B": (17, 25), "C": (202, 593), "D": (131, 375), "E": (94, 393), "F": (24, 341)},
}


def test_a_gap_that_is_all_where_people_are_served():
    cells = proportions(
        {f"{who} x {place}": counts for who, places in BERKELEY.items() for place, counts in places.items()}, dimension="sex x place"
    )
    parts = decompose(cells, "women", "men", by="place").set_index("place")
    total = parts.loc["All places"]
    assert (total["value_group"], total["value_comparator"]) == pytest.approx((557 / 1835, 1198 / 2691))
    assert total["gap"] == pytest.approx(557 / 1835 - 1198 / 2691)
    # Women applied where few are admitted; department by department they did a little better.
    assert total["where_served"] < total["gap"] < 0 < total["results"]
    assert parts["gap"].iloc[:-1].sum() == pytest.approx(total["gap"])


def test_either_side_of_the_pair_may_be_the_place():
    one = proportions({"A x North": (16, 80), "A x South": (10, 20), "B x North": (4, 20), "B x South": (40, 80)}, dimension="race x site")
    other = one.assign(dimension="site x race", group=["North x A", "South x A", "North x B", "South x B"])
    pd.testing.assert_frame_equal(decompose(one, "A", "B", by="site"), decompose(other, "A", "B", by="site"))


def test_a_hidden_cell_leaves_the_gap_unsplit_and_says_so():
    cells = proportions(
        {"A x North": (16, 80), "A x South": (10, 20), "B x North": (4, 20), "B x South": (40, 80)}, dimension="race x site"
    )
    cells.loc[2, ["numerator", "value", "status"]] = [np.nan, np.nan, "hidden"]
    parts = decompose(cells, "A", "B", by="site").set_index("place")
    assert parts[["where_served", "results", "gap"]].isna().all().all()
    assert parts["status"].to_dict() == {"North": "hidden", "South": "shown", "All places": "hidden"}


def test_a_place_where_a_group_has_nobody_has_no_difference_in_results():
    parts = kitagawa([5, 10], [10, 20], [0, 30], [0, 40])
    assert parts["results"].tolist()[0] == 0
    assert parts[["where_served", "results"]].to_numpy().sum() == pytest.approx(15 / 30 - 30 / 40)


def test_what_cannot_be_split_is_refused_or_not_available():
    assert kitagawa([0, 0], [0, 0], [1, 2], [3, 4])["results"].isna().all()
    cells = proportions({"A x North": (16, 80), "B x North": (4, 20)}, dimension="race x site")
    with pytest.raises(ValueError, match="no cell of 'C' by 'site'"):
        decompose(cells, "A", "C", by="site")
    with pytest.raises(ValueError, match="period is 2025, 2026; use the rows of one period"):
        decompose(pd.concat([cells.assign(period="2025"), cells.assign(period="2026")]), "A", "B", by="site")
    with pytest.raises(ValueError, match="kitagawa: x1 at 0 is 9; use at most n1, here 8"):
        kitagawa([9], [8], [1], [2])


PLACE = st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(st.tuples(PLACE, PLACE), min_size=1, max_size=8))
def test_the_two_parts_add_up_to_the_gap(places):
    (x1, n1), (x2, n2) = (zip(*side, strict=True) for side in zip(*places, strict=True))
    parts = kitagawa(x1, n1, x2, n2)
    if sum(n1) and sum(n2):
        assert parts[["where_served", "results"]].to_numpy().sum() == pytest.approx(sum(x1) / sum(n1) - sum(x2) / sum(n2))
        swapped = kitagawa(x2, n2, x1, n1)
        assert np.allclose(parts[["where_served", "results"]], -swapped[["where_served", "results"]])
    else:
        assert parts["where_served"].isna().all()


def _two_periods(before, after, metric="placed_6m"):
    return pd.concat(
        [proportions(before, metric=metric, period="2025"), proportions(after, metric=metric, period="2026")], ignore_index=True
    )
