"""Inequality along an order (income bands, deprivation, age): slope and relative index, concentration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit, ndtri

from acmlib.measures.arrays import Array, numbers

SCALES = ("linear", "log", "logit")


def ranks(people: Array) -> Array:
    """Return the middle of each group's place when all people stand in order, 0 (worst off) to 1."""
    share = people / people.sum()
    return np.asarray(np.cumsum(share) - share / 2, dtype=np.float64)


def slope_index(
    value: Any, people: Any, *, standard_error: Any = None, scale: str = "linear", unit: float = 1.0, level: float = 0.95
) -> pd.DataFrame:
    """Slope and relative index of inequality: how results differ between the two ends of an order, all groups in between counted.

    Parameters
    ----------
    value : numbers, one a group, worst-off group first
        Result of each group.
    standard_error : numbers, optional
        Of `value`; without it that of a proportion, ``sqrt(p (1 - p) / people)`` with p = value / unit (no limits where p is none).
    scale : {"linear", "log", "logit"}
        On which results follow a line: as they are, as logarithms (rates), as logits (proportions).
    unit : float
        Value of a whole: 1 for fractions, 100 for percent, 1000 for per mille.

    Returns
    -------
    DataFrame
        Rows ``slope_index`` (fitted best-off end minus fitted worst-off end; positive: the best-off have more), ``relative_index`` (their
        ratio) and ``intercept`` (the fitted worst-off end), columns `measure, value, standard_error, low, high`. For
        ``relative_index`` the standard error is that of its logarithm. NaN with fewer than two groups, or where no line can be fitted.

    Raises
    ------
    ValueError
        If a number is negative or infinite, or the scale unknown.

    Notes
    -----
    Weighted least squares of value on rank, weights people (Mackenbach & Kunst 1997, Soc. Sci. Med. 44:757; Low & Low 2004). Limits
    from the groups' own standard errors by the delta method; OHID's simulation agrees to about 1%.

    Examples
    --------
    >>> slope_index([0.2, 0.3, 0.4], [100, 100, 100])["value"].round(3).tolist()
    [0.3, 3.0, 0.15]
    """
    if scale not in SCALES:
        raise ValueError(f"slope_index: scale is {scale!r}; use {', '.join(SCALES)}")
    given = {"value": value, "people": people} | ({} if standard_error is None else {"standard_error": standard_error})
    arrays, _ = numbers("slope_index", given)
    y, n = arrays[0], arrays[1]
    error = arrays[2] if standard_error is not None else proportion_error(y, n, unit)
    used = ~np.isnan(y) & (n > 0)
    y, n, error = y[used] / unit, n[used], error[used] / unit
    with np.errstate(divide="ignore", invalid="ignore"):
        shape, steepness = {"linear": (y, np.ones(len(y))), "log": (np.log(y), 1 / y), "logit": (logit(y), 1 / (y * (1 - y)))}[scale]
    if len(y) < 2 or not np.isfinite(shape).all():
        return _table([np.nan] * 3, [np.nan] * 3, level, unit)
    x = np.column_stack([np.ones(len(y)), ranks(n)])
    weights = np.linalg.solve(x.T @ (x * n[:, None]), (x * n[:, None]).T)  # two rows: how each group pulls intercept and slope
    start, slope = weights @ shape
    ends = np.array([start, start + slope])
    pulls = np.array([weights[0], weights[0] + weights[1]])
    back = {"linear": lambda e: e, "log": np.exp, "logit": expit}[scale]
    first, last = back(ends)
    flat = {"linear": np.ones(2), "log": np.array([first, last]), "logit": np.array([first * (1 - first), last * (1 - last)])}[scale]
    covariance = np.outer(flat, flat) * (pulls @ np.diag((steepness * error) ** 2) @ pulls.T)
    slope_error = float(np.sqrt(np.array([-1, 1]) @ covariance @ np.array([-1, 1])))
    ratio = last / first if first > 0 and last > 0 else np.nan
    gradient = np.array([-1 / first, 1 / last]) if first * last != 0 else np.full(2, np.nan)
    ratio_error = float(np.sqrt(gradient @ covariance @ gradient))
    return _table([last - first, ratio, first], [slope_error, ratio_error, float(np.sqrt(covariance[0, 0]))], level, unit)


def proportion_error(value: Array, people: Array, unit: float) -> Array:
    """Return the standard error of a proportion of `people`, in the unit of the value; NaN where the value is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(unit * np.sqrt(value / unit * (1 - value / unit) / people), dtype=np.float64)


def _table(values: list[float], errors: list[float], level: float, unit: float) -> pd.DataFrame:
    z = float(ndtri((1 + level) / 2))
    (slope, ratio, first), (slope_error, ratio_error, first_error) = values, errors
    rows = [
        ("slope_index", slope * unit, slope_error * unit, (slope - z * slope_error) * unit, (slope + z * slope_error) * unit),
        ("relative_index", ratio, ratio_error, ratio * np.exp(-z * ratio_error), ratio * np.exp(z * ratio_error)),
        ("intercept", first * unit, first_error * unit, (first - z * first_error) * unit, (first + z * first_error) * unit),
    ]
    return pd.DataFrame(rows, columns=["measure", "value", "standard_error", "low", "high"])


def concentration(value: Any, people: Any) -> tuple[float, float]:
    """Absolute and relative concentration index: whether the result gathers among the worst off (negative) or the best off.

    Returns
    -------
    (absolute, relative) : floats
        ``sum of p_j (2 rank_j - 1) value_j``, and this over the mean. NaN without people.

    Notes
    -----
    Kakwani, Wagstaff & van Doorslaer 1997, J. Econom. 77:87.

    Examples
    --------
    >>> tuple(round(one, 4) for one in concentration([0.2, 0.4], [100, 100]))
    (0.05, 0.1667)
    """
    (y, n), _ = numbers("concentration", {"value": value, "people": people})
    used = ~np.isnan(y) & (n > 0)
    y, n = y[used], n[used]
    if not len(y):
        return float("nan"), float("nan")
    absolute = float(np.sum(n * (2 * ranks(n) - 1) * y) / n.sum())
    mean = float(np.sum(n * y) / n.sum())
    return absolute, absolute / mean if mean > 0 else float("nan")
