"""Providers of one programme side by side: who differs from the rest by more than chance, never who is first.

A league table turns chance into rank. A funnel plot shows for each unit the range in which chance alone would put it, given how many
people it serves. Where units differ from each other by more than chance anyway (over-dispersion: different places, different people),
the funnel is widened until it shows who is unusual even so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.analysis.arrays import Numbers, columns
from acmlib.analysis.control_charts import check_better
from acmlib.analysis.dispersion import TRIM, Dispersion, dispersion
from acmlib.measures.arrays import Array
from acmlib.measures.distributions import binomial_ppf, normal_isf
from acmlib.measures.intervals import exact_poisson, wilson

__all__ = ["FLAGS", "Dispersion", "ParedMean", "dispersion", "funnel", "funnel_ratio", "pared_mean"]

#: Limits of a funnel: about two and three standard errors (Spiegelhalter 2005).
LEVELS = {"95": 0.95, "998": 0.998}
#: The same limits on a transformed scale, to the six decimals of the SHMI and CQC methods.
NORMAL = {"95": 1.959964, "998": 3.090232}
#: With fewer units no funnel is drawn; the same rows serve as a table with intervals.
MINIMUM_UNITS = 8
#: With fewer events expected, limits of a ratio are too coarse to judge by: no event at all among 5 expected is no rarity (0.7%).
MINIMUM_EXPECTED = 10
#: The best units that together serve this share of participants set the pared mean (Kiefe, Weissman et al. 1998).
PARED_SHARE = 0.10

FLAGS = ("above 99.8%", "below 99.8%", "above 95%", "below 95%", "within", "not judged")


def _angle_limits(middle: float, spread: Array) -> tuple[Array, Array]:
    """Return limits of a share from those of its angle asin(sqrt(p)), which ends at 0 and a right angle."""
    ends = np.clip([middle - spread, middle + spread], 0, np.pi / 2)
    return np.sin(ends[0]) ** 2, np.sin(ends[1]) ** 2


def _share_limits(n: Array, theta: float, name: str, method: str) -> tuple[Array, Array]:
    """Return where chance alone puts the share of a unit that serves `n`."""
    tail = (1 - LEVELS[name]) / 2
    if method == "exact":
        return binomial_ppf(tail, n, theta) / n, binomial_ppf(1 - tail, n, theta) / n
    if method == "normal":
        spread = normal_isf(tail) * np.sqrt(theta * (1 - theta) / n)
        return np.clip(theta - spread, 0, 1), np.clip(theta + spread, 0, 1)
    return _angle_limits(np.arcsin(np.sqrt(theta)), NORMAL[name] / (2 * np.sqrt(n)))


def _flags(value: Array, table: pd.DataFrame, adjusted: bool) -> NDArray[np.str_]:
    """Return on which side of which limits each unit lies, strictly beyond; nothing is judged without limits."""
    suffix = "_adjusted" if adjusted else ""
    limits = {name: table[f"{name}{suffix}"].to_numpy() for name in ("lower_998", "upper_998", "lower_95", "upper_95")}
    rules = [value > limits["upper_998"], value < limits["lower_998"], value > limits["upper_95"], value < limits["lower_95"]]
    judged = ~np.isnan(value) & ~np.isnan(limits["upper_95"])
    return np.where(judged, np.select(rules, FLAGS[:4], "within"), "not judged")


def _kinds(flags: NDArray[np.str_], better: str) -> NDArray[np.str_]:
    """Return what a flag means: only units beyond the outer limits are called unusual."""
    high, low = {"higher": ("better", "worse"), "lower": ("worse", "better")}.get(better, ("high", "low"))
    return np.select([flags == "above 99.8%", flags == "below 99.8%", flags == "not judged"], [high, low, "not judged"], "as expected")


def _judged(table: pd.DataFrame, spread: Dispersion, better: str, adjust: bool | None, minimum_units: int) -> pd.DataFrame:
    """Return the table with dispersion, flags and kinds; without limits when there are too few units for a funnel."""
    limits = [name for name in map(str, table.columns) if name.startswith(("lower_", "upper_"))]
    funnel_drawn = int(table["value"].notna().sum()) >= minimum_units
    if not funnel_drawn:
        table = table.assign(**dict.fromkeys(limits, np.nan))
    adjusted = spread.found if adjust is None else adjust
    table = table.assign(phi=spread.phi, tau2=spread.tau2, dispersion_p=spread.p_value, overdispersed=spread.found, adjusted=adjusted)
    flag = _flags(table["value"].to_numpy(), table, adjusted)
    if "expected" in table:
        flag = np.where(table["expected"] >= MINIMUM_EXPECTED, flag, "not judged")
    return table.assign(flag=flag, kind=_kinds(flag, better), form="funnel" if funnel_drawn else "table")


def funnel(
    numerator: Numbers,
    denominator: Numbers,
    *,
    benchmark: float | None = None,
    better: str = "higher",
    method: str = "exact",
    adjust: bool | None = None,
    trim: float = TRIM,
    minimum_units: int = MINIMUM_UNITS,
) -> pd.DataFrame:
    """Return a funnel plot of shares as a table: for each unit its share, the limits of chance at its size, and whether it is unusual.

    Parameters
    ----------
    numerator, denominator : sequence, array or Series of counts
        One a unit; a Series keeps its index (the units' names). NaN (hidden) and denominators of 0 are not judged.
    benchmark : float, optional
        The share in the middle; all numerators over all denominators if absent.
    method : {"exact", "normal", "arcsine"}
        Of the limits before any widening. Exact binomial limits need whole counts; the others take weighted ones.
    adjust : bool, optional
        Judge against the widened limits; if absent, only when units differ by more than chance.
    trim : float
        See `dispersion`.
    minimum_units : int
        With fewer units all limits are NaN, nothing is judged and `form` is ``table``: show `value`, `low` and `high`.

    Returns
    -------
    DataFrame
        `numerator, denominator, value, low, high` (Wilson 95%), `benchmark`, `lower_95, upper_95, lower_998, upper_998` and the same
        widened, `..._adjusted`; `z`, `z_trimmed`; `phi, tau2, dispersion_p, overdispersed, adjusted`; `flag` (one of `FLAGS`, strictly
        beyond); `kind`: ``better`` or ``worse`` (``high`` or ``low`` when neither is better) beyond the 99.8% limits, ``as expected``, or
        ``not judged``; `form`. Shares are fractions.

    Raises
    ------
    ValueError
        If a count is negative, above its denominator, or fractional with exact limits, or an option is not allowed.

    Notes
    -----
    Exact limits are the binomial quantiles over n, normal ones p -+ z sqrt(p(1-p)/n). Over-dispersion is measured on asin(sqrt(share)),
    whose standard error is 1/(2 sqrt(n)); widened limits are sin²(asin(sqrt(p)) -+ z sqrt(1/(4n) + tau2)). Source: Spiegelhalter (2005).

    Examples
    --------
    >>> units = funnel([50, 52, 48, 51, 49, 50, 53, 20], [100] * 8)
    >>> units["kind"].tolist().count("worse"), units["form"].iloc[0], bool(units["overdispersed"].iloc[0])
    (1, 'funnel', False)
    """
    check_better(better)
    if method not in ("exact", "normal", "arcsine"):
        raise ValueError(f"method is {method!r}; use exact, normal or arcsine")
    whole = ["numerator", "denominator"] if method == "exact" else []
    index, (above, below) = columns("funnel", numerator=numerator, denominator=denominator, whole=whole)
    known = ~np.isnan(above) & (below > 0)
    x, n = np.where(known, above, np.nan), np.where(known, below, np.nan)
    total = np.nansum(n)
    theta = (np.nansum(x) / total if total else np.nan) if benchmark is None else float(benchmark)
    if not (np.isnan(theta) or 0 <= theta <= 1):
        raise ValueError(f"benchmark is {theta:g}; use a share from 0 to 1")
    middle, error = np.arcsin(np.sqrt(theta)), 1 / (2 * np.sqrt(n))
    z = (np.arcsin(np.sqrt(x / n)) - middle) / error
    spread = dispersion(z, 1 / error**2, trim=trim)
    low, high = wilson(x, n)
    table = pd.DataFrame(
        {"numerator": above, "denominator": below, "value": x / n, "low": low, "high": high, "benchmark": theta}, index=index
    )
    for name in LEVELS:
        table[f"lower_{name}"], table[f"upper_{name}"] = _share_limits(n, theta, name, method)
    for name, z_limit in NORMAL.items():
        wide = z_limit * np.sqrt(error**2 + spread.tau2)
        table[f"lower_{name}_adjusted"], table[f"upper_{name}_adjusted"] = _angle_limits(middle, wide)
    return _judged(table.assign(z=z, z_trimmed=spread.z), spread, better, adjust, minimum_units)


def funnel_ratio(
    observed: Numbers,
    expected: Numbers,
    *,
    better: str = "lower",
    method: str = "log",
    adjust: bool | None = None,
    trim: float = TRIM,
    minimum_units: int = MINIMUM_UNITS,
) -> pd.DataFrame:
    """Return a funnel of observed over expected events (see `acmlib.analysis.benchmarks.indirect`), around a ratio of 1.

    Parameters
    ----------
    expected : sequence, array or Series of numbers
        Events expected from the unit's own mix of people; NaN or 0 is not judged.
    method : {"log", "root"}
        Scale on which over-dispersion is measured: log ratio, the outer `trim` of units left out (as for the SHMI; a unit with no event
        has no logarithm and is left out too), or its square root, winsorised (as the CQC does).
    better, adjust, trim, minimum_units
        As in `funnel`.

    Returns
    -------
    DataFrame
        As from `funnel`, with `observed`, `expected`; `value` and limits are ratios; `low`, `high` are exact Poisson 95% limits. Units
        with fewer than 10 events expected are ``not judged``.

    Raises
    ------
    ValueError
        As in `funnel`.

    Notes
    -----
    Limits before widening are exact Poisson. Widened: exp(-+ z sqrt(1/E + tau2)), or (1 -+ z sqrt(1/(4E) + tau2))². The published CQC
    tool leaves the latter on the root scale; here they are ratios, like the values they are drawn against. Source: as in `dispersion`.

    Examples
    --------
    >>> funnel_ratio([30, 10, 11, 9, 10, 12, 8, 10], [10] * 8)["kind"].tolist()[:2]
    ['worse', 'as expected']
    """
    check_better(better)
    if method not in ("log", "root"):
        raise ValueError(f"method is {method!r}; use log or root")
    table, o, e = _ratios(observed, expected)
    with np.errstate(divide="ignore"):
        z = np.where(o > 0, np.sqrt(e) * np.log(o / e), np.nan) if method == "log" else (np.sqrt(o / e) - 1) * 2 * np.sqrt(e)
    error2 = 1 / e if method == "log" else 1 / (4 * e)
    spread = dispersion(z, 1 / error2, trim=trim, drop=method == "log")
    for name, level in LEVELS.items():
        lower, upper = exact_poisson(e, level)
        table[f"lower_{name}"], table[f"upper_{name}"] = lower / e, upper / e
    for name, z_limit in NORMAL.items():
        wide = z_limit * np.sqrt(error2 + spread.tau2)
        ends = (np.exp(-wide), np.exp(wide)) if method == "log" else (np.maximum(1 - wide, 0) ** 2, (1 + wide) ** 2)
        table[f"lower_{name}_adjusted"], table[f"upper_{name}_adjusted"] = ends
    return _judged(table.assign(z=z, z_trimmed=spread.z), spread, better, adjust, minimum_units)


def _ratios(observed: Any, expected: Any) -> tuple[pd.DataFrame, Array, Array]:
    """Return the first columns of a funnel of ratios, and observed and expected where both are known."""
    index, (events, wanted) = columns("funnel_ratio", observed=observed, expected=expected)
    known = ~np.isnan(events) & (wanted > 0)
    o, e = np.where(known, events, np.nan), np.where(known, wanted, np.nan)
    low, high = exact_poisson(o)
    table = {"observed": events, "expected": wanted, "value": o / e, "low": low / e, "high": high / e, "benchmark": 1.0}
    return pd.DataFrame(table, index=index), o, e


@dataclass(frozen=True)
class ParedMean:
    """What the best units achieve together: `value` = `numerator` / `denominator` over `units` of them (`names`)."""

    value: float
    numerator: float
    denominator: float
    names: tuple[Any, ...]

    @property
    def units(self) -> int:
        """How many units set it."""
        return len(self.names)


def pared_mean(numerator: Numbers, denominator: Numbers, *, better: str = "higher", share: float = PARED_SHARE) -> ParedMean:
    """Return the peer benchmark: what the best units achieve that together serve a tenth of all participants.

    It is within reach, since some do it, and no small unit sets it by luck: units rank by (x + 1) / (n + 2).

    Parameters
    ----------
    numerator, denominator : sequence, array or Series of counts
        One a unit. NaN and denominators of 0 take no part.
    share : float
        Of all participants, above 0, at most 1. The unit that reaches it is the last; units tied with it are in as well.

    Returns
    -------
    ParedMean
        `value` is NaN when there is no unit.

    Raises
    ------
    ValueError
        If a count is no count, or an option is not allowed.

    Notes
    -----
    Source: C. I. Kiefe, N. W. Weissman et al., Identifying achievable benchmarks of care, Int. J. Quality in Health Care 10 (1998) 443-447.

    Examples
    --------
    >>> best = pared_mean(pd.Series({"A": 90, "B": 1, "C": 300}), [100, 1, 800])
    >>> best.names, best.value
    (('A',), 0.9)
    """
    if better not in ("higher", "lower"):
        raise ValueError(f"better is {better!r}; use higher or lower, a pared mean needs a best")
    if not 0 < share <= 1:
        raise ValueError(f"share is {share}; use more than 0, at most 1")
    index, (above, below) = columns("pared_mean", numerator=numerator, denominator=denominator, whole=["numerator", "denominator"])
    units = pd.DataFrame({"x": above, "n": below}, index=index)[~np.isnan(above) & (below > 0)]
    if units.empty:
        return ParedMean(np.nan, 0.0, 0.0, ())
    ranked = units.assign(rank=(units["x"] + 1) / (units["n"] + 2)).sort_values("rank", ascending=better == "lower", kind="stable")
    served = ranked["n"].cumsum()
    last = ranked["rank"].iloc[int((served < share * served.iloc[-1]).sum())]
    chosen = ranked[ranked["rank"] >= last] if better == "higher" else ranked[ranked["rank"] <= last]
    return ParedMean(float(chosen["x"].sum() / chosen["n"].sum()), float(chosen["x"].sum()), float(chosen["n"].sum()), tuple(chosen.index))
