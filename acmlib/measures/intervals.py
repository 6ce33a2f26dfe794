"""Intervals: how far the true value may lie from the one observed.

Every function takes numbers, lists, arrays or Series, compares them element by element, and returns ``(low, high)`` in the same form:
two floats for numbers, two Series with the same index for Series, two arrays otherwise. An input that is not available (NaN, None)
gives NaN; an impossible one (below zero, infinite, more successes than people) is a ValueError that names the place. Counts may be
fractional, because weighted and modelled counts are. `level` is the confidence, between 0 and 1.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from acmlib.measures.arrays import Array, Form, numbers
from acmlib.measures.distributions import beta_ppf, chi2_isf, chi2_ppf, normal_isf, t_isf

#: A number, or an array, list or Series of numbers.
Numbers: TypeAlias = Any

#: Lower and upper limit, in the form of the input (float, Series or array).
Limits: TypeAlias = tuple[Any, Any]

#: From this many events on Byar's approximation is used, below it the exact limits (the practice of the UK's public health bodies:
#: PHE/OHID Technical Guide "Confidence Intervals", 2018).
BYAR_FROM = 10


def wilson(x: Numbers, n: Numbers, level: float = 0.95) -> Limits:
    """Interval of a proportion x/n: the shares that are compatible with `x` successes among `n` people.

    Stays between 0 and 1, and says something sensible for none and for all.

    Parameters
    ----------
    x, n : number, array or Series
        Successes (0 to n) and people.

    Returns
    -------
    (low, high)
        Fractions between 0 and 1. NaN where `n` is 0 or a number is not available.

    Notes
    -----
    Score interval without continuity correction: Wilson EB, J Am Stat Assoc 1927;22:209-212; method 3 of
    Newcombe RG, Stat Med 1998;17:857-872.

    Examples
    --------
    >>> low, high = wilson(20, 100)
    >>> round(low, 3), round(high, 3)
    (0.133, 0.289)
    >>> wilson([0, 3], [0, 3])[0].round(2).tolist()
    [nan, 0.44]
    """
    (successes, people), form = numbers("wilson", {"x": x, "n": n}, at_most={"x": "n"})
    return form(*_wilson(successes, people, level))


def clopper_pearson(x: Numbers, n: Numbers, level: float = 0.95) -> Limits:
    """Exact interval of a proportion x/n: never too narrow, usually wider than needed.

    The NCHS display rules (`acmlib.measures.reliability`) are built on it; for pages `wilson` is the better choice.
    Arguments and result are as there.

    Notes
    -----
    Quantiles of the beta distribution: Clopper CJ, Pearson ES, Biometrika 1934;26:404-413.

    Examples
    --------
    >>> low, high = clopper_pearson(18, 20)
    >>> round(low, 4), round(high, 4)
    (0.683, 0.9877)
    """
    (successes, people), form = numbers("clopper_pearson", {"x": x, "n": n}, at_most={"x": "n"})
    tail = _tail(level)
    known = people > 0
    low = np.where(successes == 0, 0.0, beta_ppf(tail, successes, people - successes + 1))
    high = np.where(successes == people, 1.0, beta_ppf(1 - tail, successes + 1, people - successes))
    return form(np.where(known, low, np.nan), np.where(known, high, np.nan))


def newcombe(x1: Numbers, n1: Numbers, x2: Numbers, n2: Numbers, level: float = 0.95) -> Limits:
    """Interval of the difference of two independent proportions, x1/n1 - x2/n2: successes and people of a group and of its comparator.

    Returns
    -------
    (low, high)
        Fractions between -1 and 1. NaN where a group is empty or a number is not available.

    Notes
    -----
    Hybrid score interval, method 10 of Newcombe RG, Stat Med 1998;17:873-890: Wilson limits of both, combined.

    Examples
    --------
    20 of 100 placed in a job against 40 of 100:

    >>> low, high = newcombe(20, 100, 40, 100)
    >>> round(low, 3), round(high, 3)
    (-0.319, -0.073)
    """
    (a, m, b, n), form = _two_proportions("newcombe", x1, n1, x2, n2)
    p1, p2 = _divide(a, m), _divide(b, n)
    (l1, u1), (l2, u2) = _wilson(a, m, level), _wilson(b, n, level)
    gap = p1 - p2
    return form(gap - np.hypot(p1 - l1, u2 - p2), gap + np.hypot(u1 - p1, p2 - l2))


def ratio_interval(x1: Numbers, n1: Numbers, x2: Numbers, n2: Numbers, level: float = 0.95) -> Limits:
    """Interval of the ratio of two independent proportions, (x1/n1) / (x2/n2) as in `newcombe`, that survives zero counts.

    Returns
    -------
    (low, high)
        Ratios, 0 and more. With no success in the group, `low` is 0 and `high` is a number. With no success in the comparator
        the ratio itself does not exist and no upper limit does: `high` is NaN (never infinite), `low` is still what the ratio
        exceeds. Both are NaN where a group is empty or a number is not available.

    Notes
    -----
    MOVER with Wilson limits: Donner A, Zou GY, Stat Methods Med Res 2012;21:347-359; Fagerland MW, Newcombe RG, Stat Med
    2013;32:2823-2836. The lower limit is written with the root in the denominator, which is the same number and stays exact
    where the usual form divides zero by zero.

    Examples
    --------
    >>> low, high = ratio_interval(20, 100, 40, 100)
    >>> round(low, 3), round(high, 3)
    (0.316, 0.784)
    >>> low, high = ratio_interval(5, 12, 0, 15)
    >>> round(low, 3), high
    (1.725, nan)
    """
    (a, m, b, n), form = _two_proportions("ratio_interval", x1, n1, x2, n2)
    p1, p2 = _divide(a, m), _divide(b, n)
    (l1, u1), (l2, u2) = _wilson(a, m, level), _wilson(b, n, level)
    product = p1 * p2
    smallest, largest = l1 * (2 * p1 - l1), u2 * (2 * p2 - u2)
    below = product + _root(product**2 - smallest * largest)
    low = _divide(smallest, below)
    low = np.where(p1 == 0, np.where(np.isnan(p2), np.nan, 0.0), low)
    largest, smallest = u1 * (2 * p1 - u1), l2 * (2 * p2 - l2)
    high = np.where(p2 == 0, np.nan, _divide(product + _root(product**2 - largest * smallest), smallest))
    return form(low, high)


def byar(x: Numbers, level: float = 0.95) -> Limits:
    """Interval of the expected number behind a count of `x` events, close to exact from 10 events on.

    For a rate multiply both limits by ``per / exposure``.

    Parameters
    ----------
    x : number, array or Series
        Events, 0 and more.

    Returns
    -------
    (low, high)
        Events. 0 is the lower limit of no events; NaN where the approximation would fall below zero (a single event at 99.8%)
        or the count is not available. `poisson_interval` has no such hole.

    Notes
    -----
    Breslow NE, Day NE, Statistical Methods in Cancer Research II, IARC 1987, p. 69.

    Examples
    --------
    >>> low, high = byar(65)
    >>> round(low, 2), round(high, 2)
    (50.16, 82.85)
    """
    (events,), form = numbers("byar", {"x": x})
    return form(*_byar(events, level))


def exact_poisson(x: Numbers, level: float = 0.95) -> Limits:
    """Exact interval of the expected number behind a count of `x` events.

    Returns
    -------
    (low, high)
        Events; 0 is the lower limit of no events. NaN where the count is not available.

    Notes
    -----
    Quantiles of the chi-square distribution: Garwood F, Biometrika 1936;28:437-442.

    Examples
    --------
    >>> low, high = exact_poisson(5)
    >>> round(low, 3), round(high, 3)
    (1.623, 11.668)
    """
    (events,), form = numbers("exact_poisson", {"x": x})
    return form(*_exact(events, level))


def poisson_interval(x: Numbers, level: float = 0.95) -> Limits:
    """Interval of a count as pages show it: Byar's from 10 events on, exact below.

    Examples
    --------
    >>> low, high = poisson_interval([5, 65])
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([1.62, 50.16], [11.67, 82.85])
    """
    (events,), form = numbers("poisson_interval", {"x": x})
    few = events < BYAR_FROM
    return form(*(np.where(few, small, large) for small, large in zip(_exact(events, level), _byar(events, level), strict=True)))


def mean_interval(total: Numbers, squares: Numbers, n: Numbers, level: float = 0.95) -> Limits:
    """Interval of a mean, from the three sums that add up over months: the values, their squares, how many.

    Parameters
    ----------
    total : number, array or Series
        Sum of the values, any sign.
    squares : number, array or Series
        Sum of the squared values. Where values are large beside their spread, subtract a constant from each first.
    n : number, array or Series
        How many values.

    Returns
    -------
    (low, high)
        In the unit of the values. NaN below two values: one value says nothing about spread.

    Notes
    -----
    Student's t with n - 1 degrees of freedom.

    Examples
    --------
    >>> low, high = mean_interval(total=15, squares=55, n=5)  # 1, 2, 3, 4, 5
    >>> round(low, 3), round(high, 3)
    (1.037, 4.963)
    """
    (summed, squared, number), form = numbers("mean_interval", {"total": total, "squares": squares, "n": n}, signed={"total"})
    mean = _divide(summed, number)
    enough = np.where(number >= 2, number, np.nan)
    variance = np.maximum(squared - summed * mean, 0) / (enough - 1)
    reach = t_isf(_tail(level), enough - 1) * np.sqrt(variance / enough)
    return form(mean - reach, mean + reach)


def _two_proportions(place: str, x1: Numbers, n1: Numbers, x2: Numbers, n2: Numbers) -> tuple[list[Array], Form]:
    return numbers(place, {"x1": x1, "n1": n1, "x2": x2, "n2": n2}, at_most={"x1": "n1", "x2": "n2"})


def _wilson(x: Array, n: Array, level: float) -> tuple[Array, Array]:
    z = _z(level)
    p = _divide(x, n)
    size = np.where(n > 0, n, np.nan)
    middle, spread = 2 * x + z**2, z * np.sqrt(z**2 + 4 * x * (1 - p))
    # The bounds keep rounding from pushing a limit past the estimate it belongs to, or past 0 and 1.
    low = np.where(x == 0, 0.0, np.clip((middle - spread) / (2 * (size + z**2)), 0, p))
    high = np.where(x == n, 1.0, np.clip((middle + spread) / (2 * (size + z**2)), p, 1))
    return np.where(np.isnan(p), np.nan, low), np.where(np.isnan(p), np.nan, high)


def _byar(x: Array, level: float) -> tuple[Array, Array]:
    z = _z(level)
    some = np.where(x > 0, x, np.nan)
    base = 1 - 1 / (9 * some) - z / (3 * np.sqrt(some))
    low = np.where(x == 0, 0.0, np.where(base >= 0, some * base**3, np.nan))
    return low, (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * np.sqrt(x + 1))) ** 3


def _exact(x: Array, level: float) -> tuple[Array, Array]:
    tail = _tail(level)
    low = np.where(x == 0, 0.0, chi2_ppf(tail, 2 * np.where(x > 0, x, np.nan)) / 2)
    return low, chi2_isf(tail, 2 * x + 2) / 2


def _tail(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"level: {level!r}; use a number between 0 and 1, such as 0.95")
    return (1 - level) / 2


def _z(level: float) -> float:
    return float(normal_isf(_tail(level)))


def _divide(above: Array, below: Array) -> Array:
    """Divide; NaN, never infinite, where there is nothing to divide by."""
    return np.asarray(above / np.where(below == 0, np.nan, below))


def _root(value: Array) -> Array:
    """Square root of what cannot be negative but for rounding."""
    return np.asarray(np.sqrt(np.maximum(value, 0)))
