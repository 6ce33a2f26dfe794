"""Is a gap more than chance? p-values of single gaps, and their adjustment for how many gaps a report looks at."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from acmlib.measures.arrays import Array, numbers, refuse
from acmlib.measures.distributions import binomial_cdf, binomial_sf, hypergeometric_tails

#: Adjustments of p-values for how many gaps are looked at together. BH: Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57:289.
METHODS = ("BH", "BY", "holm", "bonferroni")

#: Successes or failures expected on a side below which the normal approximation is not trusted (Cochran 1954, Biometrics 10:417).
EXPECTED = 5


def adjust_p(p: Any, method: str = "BH", *, further: int = 0) -> Array:
    """Return p-values adjusted for how many gaps were looked at together.

    Parameters
    ----------
    p : numbers (list, array or Series)
        Unadjusted p-values, 0 to 1. NaN is a gap that was not tested: it stays NaN and does not count.
    method : {"BH", "BY", "holm", "bonferroni"}
        ``BH`` limits the share of false alarms among the gaps called clear; ``holm`` and ``bonferroni`` the chance of any.
    further : int
        Gaps tested besides these whose p-value is 1, e.g. the best group of each family, which cannot be worse than itself.

    Returns
    -------
    array
        As long as `p`, never above 1; equal p-values get equal results.

    Raises
    ------
    ValueError
        If a p-value is above 1 or negative, or the method is unknown.

    Notes
    -----
    Benjamini & Hochberg (1995); Benjamini & Yekutieli (2001); Holm (1979), Scand. J. Stat. 6:65.

    Examples
    --------
    >>> adjust_p([0.01, 0.02, float("nan"), 0.5]).round(3).tolist()
    [0.03, 0.03, nan, 0.5]
    """
    if method not in METHODS:
        raise ValueError(f"adjust_p: method is {method!r}; use {', '.join(METHODS)}")
    (given,), _ = numbers("adjust_p", {"p": p})
    given = np.atleast_1d(given)
    tested = ~np.isnan(given)
    refuse("adjust_p", "p", given, tested & (given > 1), "p-values from 0 to 1")
    adjusted = np.full(len(given), np.nan)
    if tested.any():
        all_tested = np.concatenate((given[tested], np.ones(further)))
        adjusted[tested] = _adjusted(all_tested, method)[: tested.sum()]
    return adjusted


def _adjusted(p: Array, method: str) -> Array:
    """Return p-values, none of them NaN, adjusted for all being looked at together."""
    order = np.argsort(p)
    rank = np.arange(1, len(p) + 1)
    ordered = p[order]
    if method == "bonferroni":
        steps = ordered * len(p)
    elif method == "holm":
        steps = np.maximum.accumulate(ordered * (len(p) + 1 - rank))
    else:
        dependence = np.sum(1 / rank) if method == "BY" else 1.0
        steps = np.minimum.accumulate((ordered * len(p) * dependence / rank)[::-1])[::-1]
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(steps, 1)
    return adjusted


def benjamini_hochberg(p: Any, *, further: int = 0) -> Array:
    """Return `adjust_p` by the method of Benjamini and Hochberg, the one behind the word *clear*.

    Parameters
    ----------
    p : numbers (list, array or Series)
        Unadjusted p-values; NaN is a gap that was not tested.
    further : int
        Gaps tested besides these whose p-value is 1.

    Returns
    -------
    array
        As long as `p`; NaN where `p` is.

    Raises
    ------
    ValueError
        If a p-value lies outside 0 to 1.

    Notes
    -----
    The i-th smallest of m p-values becomes the smallest of ``p_j * m / j`` over j >= i (J. R. Stat. Soc. B 57:289, 1995).

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04]).tolist()
    [0.02, 0.04]
    """
    return adjust_p(p, "BH", further=further)


def by_window(p: Array, window: NDArray[np.int64], tests: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return `benjamini_hochberg` of each window by itself, and each p-value's rank in its window (equal ones share the highest).

    Parameters
    ----------
    p : array
        NaN is a gap that was not tested: it stays NaN.
    window : array of int
        The window of each p-value, from 0.
    tests : array of int
        How many tests each window has; more than it has p-values if some have the p-value 1.

    Examples
    --------
    >>> adjusted, rank = by_window(np.array([0.04, 0.01, 0.5, 0.02]), np.array([0, 0, 1, 0]), np.array([4, 1]))
    >>> adjusted.round(4).tolist(), rank.tolist()
    ([0.0533, 0.04, 0.5, 0.04], [3.0, 1.0, 1.0, 2.0])
    """
    adjusted, rank = np.full(len(p), np.nan), np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.lexsort((p[known], window[known]))]
    of = window[order]
    edges = [0, *(np.flatnonzero(np.diff(of)) + 1).tolist(), len(order)] if len(of) else []
    for first, stop in pairwise(edges):
        own = order[first:stop]
        place = np.searchsorted(p[own], p[own], side="right").astype(float)
        steps = p[own] * tests[of[first]] / np.arange(1, len(own) + 1)
        adjusted[own] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1)
        rank[own] = place
    return adjusted, rank


def score_statistic(x1: Array, n1: Array, x2: Array, n2: Array) -> Array:
    """Return the difference of two independent proportions in standard errors under "no difference" (the pooled score z).

    NaN where a denominator is 0; 0 where nobody or everybody succeeded in both.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (x1 + x2) / (n1 + n2)
        error = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
        difference = (x1 * n2 - x2 * n1) / (n1 * n2)
        return np.where(difference == 0, 0.0, difference / error)


def target_statistic(x: Array, n: Array, target: Array) -> Array:
    """Return the distance of a proportion from a fixed target in standard errors at the target (it inverts Wilson's interval).

    A target of exactly 0 or 1 allows no exception: any gives infinity, hence a p-value of 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = x / n - target
        return np.where(difference == 0, 0.0, difference / np.sqrt(target * (1 - target) / n))


def target_p(x: Array, n: Array, target: Array) -> Array:
    """Return the exact two-sided p-value of x successes among n people against a fixed target: twice the smaller binomial tail.

    Exact, because the normal one raises up to 8% false alarms among 30 people near 5% or 95% (docs/false_alarms.md).

    Examples
    --------
    >>> import numpy as np
    >>> target_p(np.array([5.0]), np.array([10.0]), np.array([0.9])).round(4).tolist()
    [0.0033]
    """
    with np.errstate(invalid="ignore"):
        up_to, from_there = binomial_cdf(np.floor(x), np.round(n), target), binomial_sf(np.ceil(x) - 1, np.round(n), target)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(up_to, from_there)), dtype=np.float64)


def difference_p(x1: Array, n1: Array, x2: Array, n2: Array) -> Array:
    """Return the two-sided p-value of the difference of two independent proportions.

    The pooled score test; where fewer than `EXPECTED` successes or failures are expected on either side, Fisher's exact test (twice the
    smaller hypergeometric tail), as Cochran (1954, Biometrics 10:417) advises: there the normal test raises too many false alarms.

    Examples
    --------
    >>> import numpy as np
    >>> difference_p(np.array([20.0]), np.array([100.0]), np.array([40.0]), np.array([100.0])).round(4).tolist()
    [0.002]
    """
    p = two_sided(score_statistic(x1, n1, x2, n2))
    few = _few(x1, n1, x2, n2)
    if few.any():
        at_most, at_least = _fisher(x1[few], n1[few], x2[few], n2[few])
        p[few] = np.where(np.isnan(p[few]), np.nan, np.minimum(1.0, 2 * np.minimum(at_most, at_least)))
    return p


def few_worse_p(x1: Array, n1: Array, x2: Array, n2: Array, better: Array, among: Array) -> Array:
    """Return, where fewer than `EXPECTED` are expected, the exact chance to fall this far behind the best of `among` others; else NaN.

    Fisher's one-sided p-value times the number of groups that could have been the best (Bonferroni): with few events the best-looking
    group is mostly a small one that was lucky, which the normal test understates.

    Examples
    --------
    >>> import numpy as np
    >>> one = np.ones(1)
    >>> few_worse_p(2 * one, 100 * one, 4 * one, 30 * one, one, 5 * one).round(3).tolist()
    [0.126]
    """
    p = np.full(len(x1), np.nan)
    few = _few(x1, n1, x2, n2)
    if few.any():
        at_most, at_least = _fisher(x1[few], n1[few], x2[few], n2[few])
        p[few] = np.minimum(1.0, among[few] * np.where(better[few] > 0, at_most, at_least))
    return p


def _few(x1: Array, n1: Array, x2: Array, n2: Array) -> NDArray[np.bool_]:
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (x1 + x2) / (n1 + n2)
        return np.asarray(np.minimum(n1, n2) * np.minimum(pooled, 1 - pooled) < EXPECTED)


def _fisher(x1: Array, n1: Array, x2: Array, n2: Array) -> tuple[Array, Array]:
    """Return the chances of at most and of at least x1 successes, given all margins; weighted counts are taken as the nearest whole."""
    a, m, b, k = (np.round(one) for one in (x1, n1, x2, n2))
    return hypergeometric_tails(a, m - a, b, k - b)


def two_sided(statistic: Array) -> Array:
    """Return the chance of a normal statistic at least this far from 0 on either side; NaN stays NaN."""
    return np.asarray(2 * ndtr(-np.abs(statistic)), dtype=np.float64)


def critical_two_sided(p: Any) -> Array:
    """Return the size of a normal statistic whose `two_sided` p-value is `p`."""
    return np.asarray(-ndtri(np.asarray(p, dtype=float) / 2), dtype=np.float64)
