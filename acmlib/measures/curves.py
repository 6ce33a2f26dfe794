"""Curves of time to an event for thousands of cells at once (every group of every window), from counts on a common grid of days.

`acmlib.measures.survival` is the reference and gives whole curves; here only medians and shares at given days are needed, and a
dashboard needs them for some ten thousand cells. The tests hold the two against each other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from acmlib.measures.arrays import Array
from acmlib.measures.loglog import log_log_limits
from acmlib.measures.survival import AT_LEVEL


class Curves(NamedTuple):
    """Many curves over one grid of days; all arrays but `days` are cells by days."""

    days: Array
    at_risk: Array
    survival: Array
    low: Array
    high: Array


class CurveValues(NamedTuple):
    """One number a cell, with limits, and the people behind it. NaN where it cannot be known."""

    value: Array
    low: Array
    high: Array
    people: Array


def curves(days: Array, ended: Array, still: Array, *, level: float) -> Curves:
    """Kaplan-Meier curves with log-log limits, one a row.

    Parameters
    ----------
    days : array (d,)
        The grid, increasing, in days: at least every duration that ended.
    ended, still : array (cells, d)
        How many ended on each day of the grid, and how many were last seen on it or between it and the next, still in.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    Curves
        `low` and `high` are NaN while nobody has ended and once nobody is left.

    Notes
    -----
    As `acmlib.measures.survival.kaplan_meier_counts`; a duration that a cell does not have changes nothing in its curve.

    Examples
    --------
    >>> curves(np.array([5.0, 9.0]), np.array([[2.0, 0.0]]), np.array([[0.0, 2.0]]), level=0.95).survival
    array([[0.5, 0.5]])
    """
    at_risk = np.asarray(np.cumsum((ended + still)[:, ::-1], axis=1)[:, ::-1], dtype=np.float64)
    staying = at_risk - ended
    steps = np.divide(staying, at_risk, out=np.ones_like(staying), where=at_risk > 0)
    survival = np.asarray(np.cumprod(steps, axis=1), dtype=np.float64)
    terms = np.divide(ended, at_risk * staying, out=np.zeros_like(staying), where=(staying > 0) & (at_risk > 0))
    low, high = log_log_limits(survival, survival * np.sqrt(np.cumsum(terms, axis=1)), level)
    return Curves(days, at_risk, survival, low, high)


def medians(given: Curves, *, last: Array) -> CurveValues:
    """Days by which half have ended, with limits, one a curve; `people` are those who ever entered.

    Parameters
    ----------
    last : array (cells,)
        Last day on which anyone of the cell was followed.

    Returns
    -------
    Read
        NaN where the curve, or its limit, does not come down to one half.

    Examples
    --------
    >>> given = curves(np.array([1.0, 2.0, 3.0]), np.array([[1.0, 1.0, 1.0]]), np.zeros((1, 3)), level=0.95)
    >>> medians(given, last=np.array([3.0])).value
    array([2.])
    """
    value, low, high = (_half(given.days, part, last) for part in (given.survival, given.low, given.high))
    return CurveValues(value, low, high, given.at_risk[:, 0])


def shares_at(given: Curves, day: float) -> CurveValues:
    """Share still in `day` days after entry, with limits, one a curve.

    Parameters
    ----------
    day : float
        Days since entry. The grid of days must have it, and the day after, if anyone was last seen around then.

    Returns
    -------
    Read
        `people` are those known to be in after that day. NaN where nobody was followed that long and not everyone has ended.

    Examples
    --------
    >>> given = curves(np.array([5.0, 9.0]), np.array([[2.0, 0.0]]), np.array([[0.0, 2.0]]), level=0.95)
    >>> shares_at(given, 7).value, shares_at(given, 7).people, shares_at(given, 10).value
    (array([0.5]), array([2.]), array([nan]))
    """
    cells = len(given.at_risk)
    reached, passed = np.searchsorted(given.days, [day], side="left")[0], np.searchsorted(given.days, [day], side="right")[0]
    waiting = given.at_risk[:, reached] if reached < given.days.size else np.zeros(cells)
    people = given.at_risk[:, passed] if passed < given.days.size else np.zeros(cells)
    share, low, high = (given.survival[:, passed - 1], given.low[:, passed - 1], given.high[:, passed - 1]) if passed else _start(cells)
    known = ((waiting > 0) | (share == 0)) & (given.at_risk[:, 0] > 0)
    return CurveValues(np.where(known, share, np.nan), np.where(known, low, np.nan), np.where(known, high, np.nan), people)


def _start(cells: int) -> tuple[Array, Array, Array]:
    """Return share and limits before the first duration: everyone is in."""
    return np.ones(cells), np.full(cells, np.nan), np.full(cells, np.nan)


def _half(days: Array, values: Array, last: Array) -> Array:
    """First day at which a row comes down to one half; the middle of the step where it rests on one half exactly."""
    at, below = values <= 0.5 + AT_LEVEL, values < 0.5 - AT_LEVEL
    until = np.where(below.any(axis=1), days[below.argmax(axis=1)], last)
    return np.where(at.any(axis=1), (days[at.argmax(axis=1)] + until) / 2, np.nan)
