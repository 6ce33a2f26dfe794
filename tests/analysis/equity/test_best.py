"""The test against the best of many: hundreds of rivals are summed over a few points, and give what each of them by itself gives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from acmlib.analysis.equity.best import critical_deficit, not_best_p


def expected(t: float, v: float, others: np.ndarray) -> float:
    """The integral of Dunnett (1955), rival by rival."""

    def integrand(z: float) -> float:
        return float(norm.pdf(z) * -np.expm1(norm.logcdf((t * np.sqrt(v + others) + z * np.sqrt(v)) / np.sqrt(others)).sum()))

    return float(quad(integrand, -9, 9, epsabs=1e-13, limit=400, points=[-4, -2, 0, 2])[0])


@pytest.mark.parametrize(("rivals", "largest"), [(12, 3_000), (64, 3_000), (65, 3_000), (300, 3_000), (300, 300_000)])
def test_each_rival_counts_once(rivals: int, largest: float) -> None:
    rng = np.random.default_rng(rivals)
    people = np.exp(rng.uniform(np.log(30), np.log(largest), (4, rivals)))
    others = 1 / people
    others[:, ::9] = np.nan  # groups of fewer rivals are padded
    others[:, 1] = 1 / 30.0
    t, v = np.array([-0.5, 1.5, 3.0, 5.0]), np.array([1 / 40, 1 / 500, 1 / 60, 1 / 1000])
    found = not_best_p(t, v, others)
    for row, p in enumerate(found):
        assert p == pytest.approx(expected(t[row], v[row], others[row][~np.isnan(others[row])]), rel=1e-6, abs=1e-11)


def test_the_critical_value_of_hundreds_is_the_inverse() -> None:
    others = np.linspace(1 / 2_000, 1 / 30, 300)[None, :]
    critical = critical_deficit([0.01], [1 / 100], others)
    assert not_best_p(critical, [1 / 100], others)[0] == pytest.approx(0.01, rel=1e-6)
