"""Measures that cannot be summed over months: medians and numbers of distinct people, by group and window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from acmlib.measures.arrays import Array
from acmlib.measures.collect import Values


def medians(values: Values, groups: int, matrix: Array, level: float) -> tuple[Array, Array, Array, Array]:
    """Return how many values each group has in each window, their median, and its limits.

    Parameters
    ----------
    matrix : array (ticks, windows)
        From `acmlib.measures.windows.window_matrix`.

    Returns
    -------
    number, median, low, high : arrays (groups, windows)
        The limits are order statistics, n/2 -+ z sqrt(n)/2, rounded outwards; the smallest and largest value where there are few.

    Notes
    -----
    Conover, Practical Nonparametric Statistics (1999), section 3.2: the distribution-free interval of a median.

    Examples
    --------
    >>> given = Values(np.zeros(5, int), np.zeros(5, int), np.array([9.0, 1, 5, 3, 7]), np.ones(5))
    >>> [one.tolist() for one in medians(given, 1, np.ones((1, 1)), 0.95)]
    [[[5.0]], [[5.0]], [[1.0]], [[9.0]]]
    """
    z = float(ndtri((1 + level) / 2))
    found = np.full((4, groups, matrix.shape[1]), np.nan)
    found[0] = 0.0
    for group in np.unique(values.group):
        own = values.group == group
        different, place = np.unique(values.value[own], return_inverse=True)
        counts = np.zeros((len(different), len(matrix)))
        np.add.at(counts, (place, values.tick[own]), values.number[own])
        upto = np.cumsum(counts @ matrix, axis=0)
        number = upto[-1]
        found[0, group] = number
        ranks = (number / 2 + 0.5, np.floor(number / 2 - z * np.sqrt(number) / 2), np.ceil(number / 2 + 1 + z * np.sqrt(number) / 2))
        for at, rank in enumerate(ranks, start=1):
            within = np.clip(rank, 1, np.maximum(number, 1))
            low, high = (_ranked(different, upto, end) for end in (np.floor(within), np.ceil(within)))
            found[at, group] = np.where(number > 0, (low + high) / 2, np.nan)
    return found[0], found[1], found[2], found[3]


def _ranked(different: Array, upto: Array, rank: Array) -> Array:
    """Return the value of each window that stands at its rank, from 1."""
    return np.asarray(different[np.minimum((upto < rank).sum(axis=0), len(different) - 1)])


def different(values: Values, groups: int, matrix: Array) -> Array:
    """Return the number of distinct values (people) of each group and window: a person in several months counts once.

    Parameters
    ----------
    matrix : array (ticks, windows)
        Windows are runs of ticks.

    Examples
    --------
    >>> visits = Values(np.zeros(3, int), np.array([0, 1, 1]), np.array([7.0, 7.0, 8.0]), np.ones(3))
    >>> different(visits, 1, np.array([[1.0, 0, 1], [0, 1, 1]])).tolist()
    [[1.0, 2.0, 2.0]]
    """
    order = np.lexsort((values.tick, values.value, values.group))
    group, tick, value = values.group[order], values.tick[order], values.value[order]
    same = np.zeros(len(order), dtype=bool)
    same[1:] = (group[1:] == group[:-1]) & (value[1:] == value[:-1])
    before: NDArray[np.int64] = np.where(same, np.roll(tick, 1), -1)
    first, stop = matrix.argmax(axis=0), len(matrix) - matrix[::-1].argmax(axis=0)
    found = np.zeros((groups, matrix.shape[1]))
    for at, (begin, end) in enumerate(zip(first, stop, strict=True)):
        new = (tick >= begin) & (tick < end) & (before < begin)
        found[:, at] = np.bincount(group[new], minlength=groups)[:groups]
    return found
