"""Is a group behind the best by more than chance? The test of comparisons with the best, and its inverse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtri

from acmlib.measures.arrays import Array

#: Standard normal points over which the comparison with the best is integrated (trapezoid; the tails beyond 8.5 hold 2e-17).
_POINTS = np.linspace(-8.5, 8.5, 401)
_WEIGHTS = np.exp(-(_POINTS**2) / 2) / np.sqrt(2 * np.pi) * (_POINTS[1] - _POINTS[0])
#: Comparisons integrated at a time.
_ROWS = 4096
#: With more other candidates than this the sum over them is taken at points of their range: so many, and more for each e-fold of it, which
#: is the same to 1e-9.
_MANY, _NODES, _NODES_EACH, _STEP = 64, 8, 3, 6
#: Most steps of the search for a critical value between 0 and 40, and how near two of them must be for it to end.
_STEPS, _NEAR = 60, 1e-9


def not_best_p(deficit: Any, variance: Any, others: Array) -> Array:
    """Return how often a group that is in truth among the best would fall so far behind the best seen, by chance alone.

    Comparing with the group that happens to look best raises false alarms: of six equal groups one is always on top.
    This p-value has that selection in it. Its hypothesis is "no candidate is better than this group", which does not
    depend on which candidate came out on top: multiple comparisons with the best (Hsu 1981, Annals of Statistics 9:1026),
    that is Dunnett's one-sided many-to-one test with the group itself as the control.

    Parameters
    ----------
    deficit : array of shape (k,)
        Standard errors by which each group lies behind the best-looking candidate (positive is worse).
    variance : array of shape (k,)
        Sampling variance of each group, on any common scale (``1/n`` for proportions).
    others : array of shape (k, j)
        Variance of the other candidates of each group; NaN pads shorter rows.

    Returns
    -------
    array of shape (k,)
        p-values. With one other candidate this is the one-sided p-value.

    Notes
    -----
    ``1 - integral of phi(z) * product over j of Phi((t sqrt(v + v_j) + z sqrt(v)) / sqrt(v_j))``: given the group's own
    deviation z the candidates are independent (Dunnett 1955, J. Am. Stat. Assoc. 50:1096).

    Examples
    --------
    >>> import numpy as np
    >>> not_best_p([1.96], [1.0], np.array([[1.0]])).round(3).tolist()
    [0.025]
    >>> not_best_p([1.96], [1.0], np.ones((1, 5))).round(3).tolist()
    [0.091]
    """
    t, v, rivals = (np.asarray(one, dtype=float) for one in (deficit, variance, others))
    p = np.empty(len(t))
    for rows, number in _alike(rivals):
        p[rows] = _not_best(t[rows], v[rows], *_weighed(rivals[rows], number))
    return p


def _not_best(t: Array, v: Array, others: Array, weights: Array) -> Array:
    p = np.empty(len(t))
    for start in range(0, len(t), _ROWS):  # bounds the memory
        rows = slice(start, start + _ROWS)
        p[rows] = _tail(t[rows], v[rows], others[rows], weights[rows])
    return p


def _tail(t: Array, v: Array, others: Array, weights: Array) -> Array:
    inside = np.zeros((len(t), len(_POINTS)))
    for column, weight in zip(others.T, weights.T, strict=True):
        known = weight != 0
        reach = (t[known] * np.sqrt(v[known] + column[known]))[:, None] + np.sqrt(v[known])[:, None] * _POINTS
        inside[known] += weight[known, None] * log_ndtr(reach / np.sqrt(column[known])[:, None])
    # The complement is summed, not subtracted from 1, so that small p-values keep their digits.
    p: Array = np.clip((-np.expm1(inside)) @ _WEIGHTS, 0.0, 1.0)
    return np.where(np.isnan(t), np.nan, p)


def _alike(others: Array) -> Iterator[tuple[NDArray[np.int64], int]]:
    """Yield rows whose candidates can be summed over equally many points, and how many: none where the candidates are few themselves."""
    if others.shape[1] <= _MANY:
        yield np.arange(len(others)), 0
        return
    logs = np.log(others, where=~np.isnan(others), out=np.zeros_like(others))
    known = ~np.isnan(others)
    wide = np.maximum(logs.max(axis=1, where=known, initial=-np.inf) - logs.min(axis=1, where=known, initial=np.inf), 1.0)
    numbers = _NODES + _STEP * np.ceil(_NODES_EACH * wide / _STEP).astype(np.int64)
    for number in np.unique(numbers).tolist():
        yield np.flatnonzero(numbers == number), number


def _weighed(others: Array, number: int) -> tuple[Array, Array]:
    """Return the variances over which the integrand sums, and how much each counts.

    These are the candidates themselves, each once. Hundreds are replaced by a few points: the sum of a smooth function of the logarithm
    of the variance equals that of its interpolation, a weighted sum of its values at the points (Chebyshev's, barycentric form:
    Berrut & Trefethen 2004, SIAM Review 46:501).
    """
    known = ~np.isnan(others)
    if not number:
        return others, known.astype(float)
    logs = np.log(np.where(known, others, np.nan))
    logs[~known.any(axis=1)] = 0.0
    low, high = np.nanmin(logs, axis=1, keepdims=True), np.nanmax(logs, axis=1, keepdims=True)
    middle, half = (low + high) / 2, np.maximum((high - low) / 2, 1e-6)
    places = np.where(known, (logs - middle) / half, 0.5)
    angles = (np.arange(number) + 0.5) * np.pi / number
    nodes, signs = np.cos(angles), np.sin(angles) * (-1.0) ** np.arange(number)

    def term(at: int) -> Array:
        away = places - nodes[at]
        return np.asarray(signs[at] / np.where(np.abs(away) < 1e-14, 1e-14, away))

    whole = known / sum(term(at) for at in range(number))
    return np.exp(middle + half * nodes), np.column_stack([(term(at) * whole).sum(axis=1) for at in range(number)])


def critical_deficit(p: Any, variance: Any, others: Array) -> Array:
    """Return the deficit (standard errors) at which `not_best_p` falls to `p`: its inverse, by false position.

    Examples
    --------
    >>> import numpy as np
    >>> critical_deficit([0.025], [1.0], np.array([[1.0]])).round(2).tolist()
    [1.96]
    """
    wanted, own, rivals = (np.asarray(one, dtype=float) for one in (p, variance, others))
    found = np.zeros(len(wanted))
    for rows, number in _alike(rivals):
        found[rows] = _critical(wanted[rows], own[rows], *_weighed(rivals[rows], number))
    return found


def _critical(wanted: Array, own: Array, rivals: Array, weights: Array) -> Array:
    goal = _deviate(wanted)
    # By chance a group falls so far behind the best of many at least as often as behind one, and at most as often as behind each, added up.
    rising = np.maximum(weights.sum(axis=1), 1.0)
    low, high = (np.clip(-ndtri(one), 0.0, 40.0) for one in (np.minimum(2 * wanted, 1.0), wanted / (2 * rising)))
    above, below = _deviate(_not_best(low, own, rivals, weights)) - goal, _deviate(_not_best(high, own, rivals, weights)) - goal
    found, side = np.where(above > 0, (low + high) / 2, 0.0), np.zeros(len(wanted))
    left = np.flatnonzero(above > 0)
    for _ in range(_STEPS):
        if not len(left):
            break
        at = (low[left] * below[left] - high[left] * above[left]) / (below[left] - above[left])
        miss = _deviate(_not_best(at, own[left], rivals[left], weights[left])) - goal[left]
        done = (np.abs(at - found[left]) < _NEAR) | (np.abs(miss) < _NEAR)
        found[left] = at
        right = miss > 0
        # The end that stays twice in a row weighs half (Illinois), or it would stay for good.
        below[left] = np.where(right, np.where(side[left] == 1, below[left] / 2, below[left]), miss)
        above[left] = np.where(right, miss, np.where(side[left] == -1, above[left] / 2, above[left]))
        low[left], high[left] = np.where(right, at, low[left]), np.where(right, high[left], at)
        side[left] = np.where(right, 1, -1)
        left = left[~done]
    return found


def _deviate(p: Array) -> Array:
    """Return the normal deviates of these chances, which are nearly straight in the deficit, so that a root is soon found."""
    return np.asarray(ndtri(np.clip(p, 1e-300, 1 - 1e-16)), dtype=np.float64)
