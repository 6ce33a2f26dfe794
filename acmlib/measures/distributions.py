"""Quantiles and tails of the distributions that intervals and tests use.

`scipy.stats` has them all and takes a third of a second to import in every batch. These are the functions of `scipy.special` that it calls.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from acmlib.measures.arrays import Array


def normal_isf(p: Any) -> Array:
    """Return the standard normal value that is exceeded with probability `p`.

    Examples
    --------
    >>> round(float(normal_isf(0.025)), 4)
    1.96
    """
    return np.asarray(-special.ndtri(p))


def normal_sf(x: Any) -> Array:
    """Return the probability that a standard normal value exceeds `x`."""
    return np.asarray(special.ndtr(-np.asarray(x, dtype=float)))


def t_isf(p: Any, df: Any) -> Array:
    """Return the value of Student's t with `df` degrees of freedom that is exceeded with probability `p`; NaN if `df` is not positive."""
    return np.asarray(-special.stdtrit(np.where(np.asarray(df) > 0, df, np.nan), p))


def chi2_ppf(p: Any, df: Any) -> Array:
    """Return the value that chi-squared with `df` degrees of freedom stays below with probability `p`."""
    return np.asarray(2 * special.gammaincinv(np.asarray(df, dtype=float) / 2, p))


def chi2_isf(p: Any, df: Any) -> Array:
    """Return the value that chi-squared with `df` degrees of freedom exceeds with probability `p`."""
    return np.asarray(2 * special.gammainccinv(np.asarray(df, dtype=float) / 2, p))


def chi2_sf(x: Any, df: Any) -> Array:
    """Return the probability that chi-squared with `df` degrees of freedom exceeds `x`.

    Examples
    --------
    >>> round(float(chi2_sf(3.841, 1)), 3)
    0.05
    """
    return np.asarray(special.chdtrc(df, x))


def beta_ppf(p: Any, a: Any, b: Any) -> Array:
    """Return the value that the beta distribution stays below with probability `p`; NaN if `a` or `b` is not positive."""
    with np.errstate(invalid="ignore"):
        inside = (np.asarray(a) > 0) & (np.asarray(b) > 0)
    return np.asarray(special.betaincinv(np.where(inside, a, np.nan), b, p))


def binomial_cdf(k: Any, n: Any, p: Any) -> Array:
    """Return the probability of at most `k` successes among `n`.

    Examples
    --------
    >>> binomial_cdf([-1, 0, 2], 2, 0.5).tolist()
    [0.0, 0.25, 1.0]
    """
    return np.asarray(_binomial(k, n, p, special.betaincc, 0.0, 1.0))


def binomial_sf(k: Any, n: Any, p: Any) -> Array:
    """Return the probability of more than `k` successes among `n`."""
    return np.asarray(_binomial(k, n, p, special.betainc, 1.0, 0.0))


def _binomial(k: Any, n: Any, p: Any, tail: Any, below: float, beyond: float) -> Array:
    """Return a tail of the binomial distribution by the incomplete beta function, with its values outside 0 to `n`."""
    k, n = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    with np.errstate(invalid="ignore"):
        inside = np.asarray(tail(np.where(k < 0, 0, k) + 1, np.where(k < n, n - k, np.nan), p))
        return np.where(k < 0, below, np.where(k >= n, beyond, inside))


def binomial_ppf(q: Any, n: Any, p: Any) -> Array:
    """Return the smallest number of successes among `n` that is not exceeded with a probability of at least `q`.

    Examples
    --------
    >>> float(binomial_ppf(0.5, 2, 0.5))
    1.0
    """
    with np.errstate(invalid="ignore"):
        near = np.ceil(special.bdtrik(q, n, p))
        low = np.maximum(near - 1, 0)
        found = np.where(binomial_cdf(low, n, p) >= q, low, near)
    return np.asarray(np.where(np.asarray(p) == 0, 0.0, np.where(np.asarray(p) == 1, n, found)))


def hypergeometric_tails(a: Any, b: Any, c: Any, d: Any) -> tuple[Array, Array]:
    """Return, for tables of two groups, the probabilities of at most and of at least `a` successes in the first with all margins fixed.

    Parameters
    ----------
    a, b : array of whole numbers
        Successes and failures of the first group.
    c, d : array of whole numbers
        The same of the second. Both tails are NaN where a count is negative.

    Notes
    -----
    Fisher's exact test adds up the smaller of these (Fisher 1934, Statistical Methods for Research Workers, 5th ed.).

    Examples
    --------
    >>> [round(tail.item(), 4) for tail in hypergeometric_tails(1, 9, 11, 3)]
    [0.0014, 1.0]
    """
    counts = np.atleast_2d(np.array(np.broadcast_arrays(a, b, c, d), dtype=np.int64).reshape(4, -1))
    no_table = (counts < 0).any(axis=0)
    a, b, c, d = np.where(no_table, 0, counts)
    successes, first, people = a + c, a + b, a + b + c + d
    least = np.maximum(0, successes + first - people)
    sizes = np.minimum(successes, first) - least + 1
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    table = np.repeat(np.arange(len(a)), sizes)
    number = np.arange(sizes.sum()) - np.repeat(starts, sizes) + least[table]

    def ways(of: Any, taken: Any) -> Array:
        return np.asarray(special.gammaln(of + 1) - special.gammaln(taken + 1) - special.gammaln(of - taken + 1))

    failures, taken = people - successes, first[table]
    chances = np.exp(ways(successes[table], number) + ways(failures[table], taken - number) - ways(people[table], taken))
    up_to = np.bincount(table, chances * (number <= a[table]), minlength=len(a))
    from_there = np.bincount(table, chances * (number >= a[table]), minlength=len(a))
    return np.where(no_table, np.nan, np.minimum(up_to, 1.0)), np.where(no_table, np.nan, np.minimum(from_there, 1.0))
