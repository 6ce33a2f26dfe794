"""Gaps turned into people: how many would close one, how many more would settle one; and limits of gaps between two estimates."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from acmlib.measures.arrays import Array

#: Whole people are counted after forgiving rounding errors of this size (0.38 x 100 is 38, not 39 people).
_ROUNDING = 1e-9


def people_to_parity(x: Array, n: Array, level: Array, better: Array) -> tuple[Array, Array]:
    """Return how many people lie between a group's result and a level.

    Parameters
    ----------
    x, n : array
        Successes and people of the group (events and people, where fewer are better).
    level : array
        The share to reach, 0 to 1.
    better : array
        1 where a higher share is better, -1 where a lower one is, 0 where neither.

    Returns
    -------
    (fixed, growing) : arrays
        Whole people. `fixed`: further successes (fewer events) among the same `n` people. `growing`: people to add, all of them
        with success (without the event). 0 where the level is reached; NaN where no number reaches it, where neither direction
        is better or where there is nobody.

    Notes
    -----
    Smallest whole a with ``(x + a) / n >= level`` and with ``(x + a) / (n + a) >= level``; for lower ``(x - a) / n <= level``
    and ``x / (n + a) <= level``.

    Examples
    --------
    20 of 100 placed against 40%: 20 more of these 100, or 34 further participants who are all placed:

    >>> one = np.ones(1)
    >>> [found.tolist() for found in people_to_parity(20 * one, 100 * one, 0.4 * one, one)]
    [[20.0], [34.0]]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        missing = np.where(better > 0, n * level - x, x - n * level)
        growing = np.where(better > 0, missing / (1 - level), x / level - n)
    unknown = np.isnan(missing) | (better == 0) | (n <= 0)
    fixed = np.where(unknown, np.nan, _whole(missing))
    reached = missing <= _ROUNDING
    growing = np.where(reached, 0.0, _whole(growing))
    return fixed, np.where(unknown | ~np.isfinite(growing), np.nan, growing)


def more_to_settle(
    gap: Array, null_error: Array, error: Array, critical: Array, power: float, n1: Array, n2: Array, minimum_n: float
) -> Array:
    """Return how many more participants would make a gap of this size clear, with a chance of `power`.

    Parameters
    ----------
    gap : array
        The difference observed; the answer supposes that it is the true one.
    null_error, error : array
        Its standard error now, supposing no difference, and as observed.
    critical : array
        Standard errors it must exceed in this report, after the adjustment for the gaps looked at.
    power : float
        Chance of finding it, 0 to 1.
    n1, n2 : array
        People now in the group and in its comparator (NaN: a fixed target). Both grow in their present proportion.
    minimum_n : float
        Smallest group in which a gap may be called clear.

    Returns
    -------
    array
        Whole further participants of both together, at least 1; NaN where there is no gap.

    Notes
    -----
    The usual sample size of two proportions (Fleiss, Levin & Paik 2003, section 4.2, without continuity correction), solved for
    the growth k of both groups: ``k = ((z_a * null_error + z_b * error) / gap)^2``.

    Examples
    --------
    20% against 40% in 40 people each: theory asks for 82 each at the 5% level.

    >>> a = np.ones(1)
    >>> null, error = np.sqrt(0.3 * 0.7 * 2 / 40), np.sqrt((0.16 + 0.24) / 40)
    >>> more_to_settle(-0.2 * a, null * a, error * a, 1.96 * a, 0.8, 40 * a, 40 * a, 30).tolist()
    [84.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.maximum(((critical * null_error + ndtri(power) * error) / gap) ** 2, 1.0)
        more1 = _whole(np.maximum(growth * n1, minimum_n) - n1)
        more2 = np.where(np.isnan(n2), 0.0, _whole(np.maximum(growth * n2, minimum_n) - n2))
        total = np.maximum(more1 + more2, 1.0)
    return np.where(np.isfinite(total), total, np.nan)


def difference_limits(first: tuple[Array, Array, Array], second: tuple[Array, Array, Array]) -> tuple[Array, Array]:
    """Return limits of the difference of two independent estimates, each given as (value, low, high).

    Notes
    -----
    Method of variance estimates recovery: Zou & Donner 2008, Stat. Med. 27:1693. On Wilson limits this is Newcombe's interval.

    Examples
    --------
    >>> one = np.ones(1)
    >>> low, high = difference_limits((5 * one, 2 * one, 8 * one), (1 * one, -3 * one, 5 * one))
    >>> low.tolist(), high.tolist()
    ([-1.0], [9.0])
    """
    (v1, l1, h1), (v2, l2, h2) = first, second
    return v1 - v2 - np.hypot(v1 - l1, h2 - v2), v1 - v2 + np.hypot(h1 - v1, v2 - l2)


def quotient_limits(first: tuple[Array, Array, Array], second: tuple[Array, Array, Array]) -> tuple[Array, Array]:
    """Return limits of the ratio of two independent estimates of 0 and more, each given as (value, low, high).

    NaN where no limit exists (the second may be 0). A first of 0 has the lower limit 0.

    Notes
    -----
    Variance recovery for ratios: Donner & Zou 2012, Stat. Methods Med. Res. 21:347.

    Examples
    --------
    >>> one = np.ones(1)
    >>> low, high = quotient_limits((2 * one, 1 * one, 3 * one), (4 * one, 4 * one, 4 * one))
    >>> low.tolist(), high.tolist()
    ([0.25], [0.75])
    """
    (v1, l1, h1), (v2, l2, h2) = first, second
    with np.errstate(divide="ignore", invalid="ignore"):
        product = v1 * v2
        under = product**2 - l1 * h2 * (2 * v1 - l1) * (2 * v2 - h2)
        over = product**2 - h1 * l2 * (2 * v1 - h1) * (2 * v2 - l2)
        # The lower limit has its root below the line: the usual form divides 0 by 0 where h2 is twice v2.
        low = np.where(v1 == 0, 0.0, l1 * (2 * v1 - l1) / (product + np.sqrt(np.maximum(under, 0))))
        high = (product + np.sqrt(np.maximum(over, 0))) / (l2 * (2 * v2 - l2))
    exists = (v2 > 0) & ~np.isnan(v1)
    low, high = np.where(exists, low, np.nan), np.where(exists & (l2 > 0), high, np.nan)
    return np.where(np.isfinite(low), low, np.nan), np.where(np.isfinite(high), high, np.nan)


def _whole(number: Array) -> Array:
    """Round up to whole people, at least 0; infinite becomes NaN."""
    finite = np.where(np.isfinite(number), number, np.nan)
    return np.maximum(np.ceil(finite - _ROUNDING * np.maximum(np.abs(finite), 1)), 0.0)
