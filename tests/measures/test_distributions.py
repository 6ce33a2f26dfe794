"""Quantiles and tails are those of scipy.stats, at the ends too."""

import numpy as np
import pytest
from scipy import stats

from acmlib.measures import distributions as ours

P = np.array([1e-9, 0.001, 0.025, 0.3, 0.5, 0.9, 0.999])
DF = np.array([0.5, 1, 2, 7, 30, 400])[:, None]
N = np.array([1, 2, 5, 30, 500])[:, None, None]
K = np.arange(-1, 502)[:, None]
SHARES = np.array([0.0, 0.001, 0.3, 0.9, 1.0])


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (ours.normal_isf(P), stats.norm.isf(P)),
        (ours.normal_sf([-9, 0, 3, 12]), stats.norm.sf([-9, 0, 3, 12])),
        (ours.t_isf(P, DF), stats.t.isf(P, DF)),
        (ours.t_isf(0.025, [0, -1, np.nan]), stats.t.isf(0.025, [0, -1, np.nan])),
        (ours.chi2_ppf(P, DF), stats.chi2.ppf(P, DF)),
        (ours.chi2_isf(P, DF), stats.chi2.isf(P, DF)),
        (ours.chi2_sf([0, 0.1, 5, 800], DF), stats.chi2.sf([0, 0.1, 5, 800], DF)),
        (ours.beta_ppf(P, DF, DF.T[:, :, None]), stats.beta.ppf(P, DF, DF.T[:, :, None])),
        (ours.beta_ppf(0.025, [0, 3], [1, 0]), stats.beta.ppf(0.025, [0, 3], [1, 0])),
        (ours.binomial_cdf(K, N, SHARES), stats.binom.cdf(K, N, SHARES)),
        (ours.binomial_sf(K, N, SHARES), stats.binom.sf(K, N, SHARES)),
        (ours.binomial_ppf(P, N, SHARES[:, None]), stats.binom.ppf(P, N, SHARES[:, None])),
    ],
)
def test_quantiles_and_tails_are_those_of_scipy(mine, theirs):
    np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-14)


def test_fishers_tails_are_those_of_scipy_for_every_small_table_and_some_large_ones():
    small = np.stack([one.ravel() for one in np.meshgrid(*[np.arange(7)] * 4)])
    large = np.random.default_rng(1).integers(0, 3000, (4, 200))
    a, b, c, d = np.concatenate([small[:, 1:], large], axis=1)  # the first has nobody in it
    up_to, from_there = ours.hypergeometric_tails(a, b, c, d)
    np.testing.assert_allclose(up_to, stats.hypergeom.cdf(a, a + b + c + d, a + c, a + b), rtol=1e-8, atol=1e-13)
    np.testing.assert_allclose(from_there, stats.hypergeom.sf(a - 1, a + b + c + d, a + c, a + b), rtol=1e-8, atol=1e-13)


def test_pages_do_without_scipy_stats():
    import subprocess
    import sys

    code = "import sys, acmlib.publish.runner, acmlib.publish.index, acmlib.display.sections; assert 'scipy.stats' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
