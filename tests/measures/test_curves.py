"""Curves of thousands of cells at once say what the reference says of each."""

from __future__ import annotations

import numpy as np
import pytest

from acmlib.measures.curves import curves, medians, shares_at
from acmlib.measures.survival import kaplan_meier, median_time, survival_at


@pytest.mark.parametrize("seed", range(12))
def test_medians_and_shares_are_those_of_one_curve_at_a_time(seed: int) -> None:
    random = np.random.default_rng(seed)
    grid, cells = np.arange(40), 25
    ended, still = random.poisson(0.15, (cells, 40)).astype(float), random.poisson(0.1, (cells, 40)).astype(float)
    ended[0], still[1] = 0, 0
    last = np.array([max(np.flatnonzero(row), default=0) for row in ended + still])
    made = curves(grid.astype(float), ended, still, level=0.95)
    middle, then = medians(made, last=last.astype(float)), shares_at(made, 17)
    for at in range(cells):
        time = np.repeat(np.concatenate([grid, grid]), np.concatenate([ended[at], still[at]]).astype(int))
        observed = np.repeat([True, False], [int(ended[at].sum()), int(still[at].sum())])
        one = kaplan_meier(time, observed)
        expected = median_time(one).iloc[0]
        np.testing.assert_allclose([middle.value[at], middle.low[at], middle.high[at]], expected[["median", "low", "high"]].astype(float))
        share = survival_at(one, 17).iloc[0]
        if share["at_risk"] == 0 and share["survival"] > 0:
            assert np.isnan(then.value[at])
        else:
            np.testing.assert_allclose(
                [then.value[at], then.low[at], then.high[at], then.people[at]], share[["survival", "low", "high", "followed"]].astype(float)
            )


def test_a_curve_that_rests_on_one_half_has_the_middle_of_that_step() -> None:
    made = curves(np.array([0.0, 4.0, 10.0]), np.array([[0.0, 1.0, 1.0]]), np.zeros((1, 3)), level=0.95)
    assert medians(made, last=np.array([10.0])).value[0] == 7
    resting = curves(np.array([0.0, 4.0]), np.array([[0.0, 1.0]]), np.array([[0.0, 1.0]]), level=0.95)
    assert medians(resting, last=np.array([9.0])).value[0] == 6.5


def test_nobody_gives_no_number() -> None:
    made = curves(np.array([0.0, 4.0]), np.zeros((1, 2)), np.zeros((1, 2)), level=0.95)
    assert np.isnan(medians(made, last=np.zeros(1)).value[0])
    assert np.isnan(shares_at(made, 3).value[0])
