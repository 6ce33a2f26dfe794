"""How unequal are all groups together, in one number: the summary measures of the World Health Organization and their kin."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from acmlib.analysis.equity.ordered import concentration, proportion_error, slope_index
from acmlib.measures.arrays import Array, numbers

COLUMNS = ["measure", "value", "standard_error", "low", "high"]


def summary_measures(
    value: Any,
    people: Any,
    *,
    standard_error: Any = None,
    better: str = "higher",
    reference: int | None = None,
    ordered: bool = False,
    unit: float = 1.0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Summary measures of inequality between groups.

    Parameters
    ----------
    value : numbers, one a group
        Result of each group. NaN (hidden, empty) is left out, and counted in `left_out`.
    standard_error : numbers, optional
        Of `value`; without it that of a proportion.
    reference : int, optional
        Position of the reference group, for `difference`, `ratio` and `mean_difference_from_reference`. Without: the extremes.
    ordered : bool
        The groups have a natural order and stand in it, worst-off first: adds slope and relative index and concentration.
    unit : float
        Value of a whole: 1 for fractions, 100 for percent, 1000 for per mille.

    Returns
    -------
    DataFrame
        Columns `measure, value, standard_error, low, high, groups, left_out`; rows:

        - ``difference``, ``ratio``: highest against lowest group; reference against the worst other group; ordered: best-off against
          worst-off group (turned round where lower is better). The ratio's standard error is that of its logarithm.
        - ``between_group_variance`` and its root ``between_group_deviation``, ``coefficient_of_variation``;
        - ``mean_difference_from_mean``, ``_from_best``, ``_from_reference``, ``index_of_disparity`` (from the mean, over the mean):
          weighted by people; with the ending ``_unweighted`` every group counts the same;
        - ``theil``, ``mean_log_deviation``: 0 is none (NaN where a logarithm of 0 would be needed);
        - ``population_attributable_risk``: best group (ordered: best-off group) minus overall, 0 where overall is better;
          ``population_attributable_fraction``: the same over the overall value; ``people``: people it stands for (N x PAR);
        - ordered: ``slope_index``, ``relative_index`` (see `slope_index`), ``concentration``, ``relative_concentration``.

        NaN with fewer than two groups. Fractions, not percent.

    Raises
    ------
    ValueError
        If a number is negative or infinite, or `better` is something else.

    Notes
    -----
    Schlotheuber & Hosseinpoor 2022, Int. J. Environ. Res. Public Health 19:3697 (definitions of WHO's HEAT). Standard errors: delta
    method from those of the groups; attributable risk: Walter 1976, Biometrics 32:829.

    Examples
    --------
    >>> found = summary_measures([0.2, 0.4], [100, 300]).set_index("measure")["value"]
    >>> found[["difference", "ratio", "between_group_variance", "people"]].round(4).tolist()
    [0.2, 2.0, 0.0075, 20.0]
    """
    if better not in ("higher", "lower"):
        raise ValueError(f"summary_measures: better is {better!r}; use higher or lower")
    given = {"value": value, "people": people} | ({} if standard_error is None else {"standard_error": standard_error})
    arrays, _ = numbers("summary_measures", given)
    y, n = arrays[0], arrays[1]
    error = arrays[2] if standard_error is not None else proportion_error(y, n, unit)
    used = ~np.isnan(y) & (n > 0)
    if reference is not None:
        if not 0 <= reference < len(y):
            raise ValueError(f"summary_measures: reference is {reference}; use a position from 0 to {len(y) - 1}")
        reference = int(used[:reference].sum()) if used[reference] else None
    y, n, error = y[used], n[used], error[used]
    rows = _measures(y, n, error, better, reference, ordered, unit, level) if len(y) > 1 else []
    nothing = [(name, np.nan, np.nan, np.nan, np.nan) for name in ("difference", "ratio", "between_group_variance")]
    table = pd.DataFrame(rows or nothing, columns=COLUMNS)
    return table.assign(groups=int(used.sum()), left_out=int((~used).sum()))


def _measures(
    y: Array, n: Array, error: Array, better: str, reference: int | None, ordered: bool, unit: float, level: float
) -> list[tuple[str, float, float, float, float]]:
    z = float(ndtri((1 + level) / 2))
    p = n / n.sum()
    mean = float(p @ y)
    best = len(y) - 1 if ordered else int(np.argmax(y) if better == "higher" else np.argmin(y))

    def normal(name: str, value: float, spread: float = np.nan) -> tuple[str, float, float, float, float]:
        return name, value, spread, value - z * spread, value + z * spread

    def relative(value: float) -> float:
        return value / mean if mean > 0 else np.nan

    first, second = _ends(y, better, reference, ordered)
    variance, variance_error = _variance(y, p, error, mean)
    rows = [normal("difference", y[first] - y[second], float(np.hypot(error[first], error[second]))), _ratio(y, error, first, second, z)]
    rows += [normal("between_group_variance", variance, variance_error), normal("between_group_deviation", variance**0.5)]
    rows += [normal("coefficient_of_variation", relative(variance**0.5))]
    centres = {"mean": mean, "best": y[best]} | ({} if reference is None else {"reference": y[reference]})
    for name, centre in centres.items():
        rows.append(normal(f"mean_difference_from_{name}", float(p @ np.abs(y - centre))))
        rows.append(normal(f"mean_difference_from_{name}_unweighted", float(np.abs(y - centre).mean())))
    rows.append(normal("index_of_disparity", relative(float(p @ np.abs(y - mean)))))
    rows.append(normal("index_of_disparity_unweighted", relative(float(np.abs(y - mean).mean()))))
    rows += [normal(name, *found) for name, found in _entropies(y, p, error, mean).items()]
    risk, fraction_error = _attributable(y, n, best, better, unit, mean)
    rows.append(normal("population_attributable_risk", risk, fraction_error * mean))
    rows.append(normal("population_attributable_fraction", relative(risk), fraction_error))
    rows.append(normal("people", risk / unit * n.sum(), fraction_error * mean / unit * n.sum()))
    if ordered:
        slopes = slope_index(y, n, standard_error=error, unit=unit, level=level)
        rows += [row for row in zip(*(slopes[column].tolist() for column in COLUMNS), strict=True) if row[0] != "intercept"]
        rows += [normal(name, one) for name, one in zip(("concentration", "relative_concentration"), concentration(y, n), strict=True)]
    return rows


def _ends(y: Array, better: str, reference: int | None, ordered: bool) -> tuple[int, int]:
    """Return the positions of the two groups whose difference and ratio are taken."""
    if ordered:
        return (len(y) - 1, 0) if better == "higher" else (0, len(y) - 1)
    if reference is None:
        return int(np.argmax(y)), int(np.argmin(y))
    others = np.delete(np.arange(len(y)), reference)
    if better == "higher":
        return reference, int(others[np.argmin(y[others])])
    return int(others[np.argmax(y[others])]), reference


def _ratio(y: Array, error: Array, first: int, second: int, z: float) -> tuple[str, float, float, float, float]:
    if y[second] <= 0:
        return "ratio", np.nan, np.nan, np.nan, np.nan
    ratio = y[first] / y[second]
    if ratio == 0:
        return "ratio", 0.0, np.nan, np.nan, np.nan
    spread = float(np.sqrt(error[first] ** 2 + ratio**2 * error[second] ** 2) / (y[second] * ratio))
    return "ratio", ratio, spread, ratio * np.exp(-z * spread), ratio * np.exp(z * spread)


def _variance(y: Array, p: Array, error: Array, mean: float) -> tuple[float, float]:
    away, noise = y - mean, error**2
    linear = 4 * np.sum(p**2 * noise * away**2)
    square = 2 * (np.sum(p**2 * noise) ** 2 - np.sum(p**4 * noise**2) + np.sum(p**2 * (1 - p) ** 2 * noise**2))
    return float(p @ away**2), float(np.sqrt(linear + square))


def _entropies(y: Array, p: Array, error: Array, mean: float) -> dict[str, tuple[float, float]]:
    """Theil index and mean log deviation with delta-method standard errors; a group at 0 adds 0 to the first and has no second."""
    if mean <= 0:
        return {"theil": (np.nan, np.nan), "mean_log_deviation": (np.nan, np.nan)}
    positive = y > 0
    log = np.log(np.where(positive, y, mean) / mean)
    theil = float(p @ (y / mean * log))
    theil_error = float(np.sqrt(np.sum((p / mean * (log - theil) * error)[positive] ** 2))) if positive.all() else np.nan
    if not positive.all():
        return {"theil": (theil, theil_error), "mean_log_deviation": (np.nan, np.nan)}
    return {
        "theil": (theil, theil_error),
        "mean_log_deviation": (float(-p @ log), float(np.sqrt(np.sum((p * (1 / mean - 1 / y) * error) ** 2)))),
    }


def _attributable(y: Array, n: Array, best: int, better: str, unit: float, mean: float) -> tuple[float, float]:
    """Return the attributable risk and the standard error of the attributable fraction (Walter 1976, from the 2 x 2 table of counts)."""
    risk = float(y[best] - mean)
    if (risk < 0) == (better == "higher"):
        risk = 0.0
    events, people = y / unit * n, n.sum()
    c, d = events[best], n[best] - events[best]
    a, b = events.sum() - c, people - n[best] - (events.sum() - c)
    if min(a, b, c, d) < 0 or a + c <= 0 or c + d <= 0:
        return risk, np.nan
    return risk, float(np.sqrt(c * people * (a * d * (people - c) + b * c**2) / ((a + c) ** 3 * (c + d) ** 3)))
