"""Each group beside its comparator: gap, ratio, limits and p-value of the pair."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr, stdtrit

from acmlib.analysis.equity.best import not_best_p
from acmlib.analysis.equity.families import Work, candidates
from acmlib.analysis.equity.sizes import difference_limits, quotient_limits
from acmlib.analysis.equity.testing import difference_p, few_worse_p, score_statistic, target_p, target_statistic, two_sided
from acmlib.contract.kinds import KINDS
from acmlib.measures.arrays import Array
from acmlib.measures.distributions import binomial_cdf, binomial_sf
from acmlib.measures.intervals import newcombe, ratio_interval, wilson

#: What `disparities` adds to the metric table, in this order.
GAP_COLUMNS = (
    "basis", "comparator", "comparator_numerator", "comparator_denominator", "comparator_value",
    "outcome_gap", "gap_low", "gap_high", "outcome_ratio", "ratio_low", "ratio_high", "p_value", "p_adjusted", "verdict",
    "to_parity_fixed", "to_parity_growing", "needed", "could_hide",
)  # fmt: skip

#: Kinds measured in whole days, and the standard error of a number rounded to one.
WHOLE_DAYS, ROUNDED = tuple(name for name, kind in KINDS.items() if kind.whole_days), 12**-0.5
#: Kinds whose groups are compared by Welch's test, and by the exact test of two Poisson counts.
WELCH, EXACT = (tuple(name for name, kind in KINDS.items() if kind.compared == way) for way in ("welch", "exact"))


def pair_up(work: Work, chosen: Work) -> Work:
    """Put each row of `prepare` beside its comparator (`x2` ...) and beside the independent sample it is tested against (`cx`, `cn`).

    Everyone together contains the group itself: there the independent sample is everyone else, and `own` the group's part of all.
    """
    basis, x2, n2, value2, low2, high2 = (chosen[name] for name in ("basis", "x", "n", "value", "low", "high"))
    x, n, low, high, is_share = (work[name] for name in ("x", "n", "low", "high", "is_share"))
    itself = np.isin(basis, ["best", "group"]) & np.equal(chosen["name"], work["group"]).astype(bool)
    contained, to_target = (basis == "overall") & is_share, basis == "target"
    cx, cn = np.where(contained, x2 - x, x2), np.where(contained, n2 - n, n2)
    sample = (cx >= 0) & (cx <= cn) & (cn > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(contained & sample, n / n2, 0.0)
    comparable = ~np.isnan(value2) & ~itself & (sample | ~contained)
    as_shares = comparable & is_share & (sample | (to_target & (value2 >= 0) & (value2 <= 1)))
    limits = ~np.isnan(low) & ~np.isnan(high) & (to_target | (~np.isnan(low2) & ~np.isnan(high2)))
    as_limits = comparable & ~as_shares & limits
    return work | {
        "basis": basis, "comparator": chosen["name"], "x2": x2, "n2": n2, "value2": value2, "low2": low2, "high2": high2,
        "to_target": to_target, "cx": cx, "cn": cn, "own": own, "as_shares": as_shares, "as_limits": as_limits,
        "comparator_numerator": x2, "comparator_denominator": n2, "comparator_value": value2,
    }  # fmt: skip


def _columns(pairs: Work, *names: str) -> list[NDArray[Any]]:
    return [pairs[name] for name in names]


def add_gaps(pairs: Work, level: float) -> None:
    """Fill in gap and ratio with their limits: two proportions, a proportion and a target, or two values with limits of their own."""
    found = np.full((len(pairs["x"]), 6), np.nan)
    as_shares, to_target, as_limits, means = pairs["as_shares"], pairs["to_target"], pairs["as_limits"], _means(pairs)
    for rows, work_out in (
        (as_shares & ~to_target, _two_shares),
        (as_shares & to_target, _share_and_target),
        (as_limits & ~means, _two_limits),
        (as_limits & means, _two_means),
    ):
        if rows.any():
            found[rows] = np.column_stack(work_out(_part(pairs, rows), level))
    found[pairs["value2"] == 0, 3:] = np.nan  # no ratio where the comparator has zero
    for at, name in enumerate(("outcome_gap", "gap_low", "gap_high", "outcome_ratio", "ratio_low", "ratio_high")):
        pairs[name] = found[:, at]


def _part(pairs: Work, rows: NDArray[np.bool_]) -> Work:
    return {name: column[rows] for name, column in pairs.items()}


def _two_shares(rows: Work, level: float) -> list[Array]:
    x, n, x2, n2, cx, cn, own = _columns(rows, "x", "n", "x2", "n2", "cx", "cn", "own")
    # Cross-multiplied counts are whole: 20/100 against 40/100 is -0.2 exactly.
    gap = (x * n2 - x2 * n) / (n * n2)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(x2 > 0, (x * n2) / (x2 * n), np.nan)
    low, high = newcombe(x, n, cx, cn, level)
    ratio_low, ratio_high = ratio_interval(x, n, cx, cn, level)
    # Against everyone, the group's own part pulls both gap and ratio towards "none": gap * (1 - own), r / (own * r + 1 - own).
    return [gap, low * (1 - own), high * (1 - own), ratio, *(limit / (own * limit + 1 - own) for limit in (ratio_low, ratio_high))]


def _share_and_target(rows: Work, level: float) -> list[Array]:
    x, n, target = _columns(rows, "x", "n", "value2")
    low, high = wilson(x, n, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = [np.where(target > 0, part / target, np.nan) for part in (x / n, low, high)]
    return [(x - n * target) / n, low - target, high - target, *ratios]


def _two_limits(rows: Work, level: float) -> list[Array]:
    value, low, high, value2 = _columns(rows, "value", "low", "high", "value2")
    low2, high2 = (np.where(rows["to_target"], value2, rows[column]) for column in ("low2", "high2"))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(value2 > 0, value / value2, np.nan)
    first, second = (value, low, high), (value2, low2, high2)
    return [value - value2, *difference_limits(first, second), ratio, *quotient_limits(first, second)]


def _means(pairs: Work) -> NDArray[np.bool_]:
    """Tell which rows compare the means of two groups of known size, each with Student's limits."""
    return np.isin(pairs["kind"], WELCH) & ~pairs["to_target"] & (pairs["n"] > 1) & (pairs["n2"] > 1)


def _welch(rows: Work, level: float) -> tuple[Array, Array]:
    """Return the standard error of the difference of two means, and Welch's degrees of freedom."""
    squares, parts = [], []
    for n, low, high in (("n", "low", "high"), ("n2", "low2", "high2")):
        people, lower, upper = _columns(rows, n, low, high)
        error = (upper - lower) / 2 / stdtrit(people - 1, (1 + level) / 2)
        squares.append(error**2)
        parts.append(error**4 / (people - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sqrt(squares[0] + squares[1]), (squares[0] + squares[1]) ** 2 / (parts[0] + parts[1])


def _two_means(rows: Work, level: float) -> list[Array]:
    limits = _two_limits(rows, level)
    error, free = _welch(rows, level)
    reach = stdtrit(free, (1 + level) / 2) * error
    return [limits[0], limits[0] - reach, limits[0] + reach, *limits[3:]]


def _as_normal(pairs: Work, level: float) -> Array:
    """Return the test of two means (Welch) or of two rates (exact, given how many events there were) as a normal deviate; NaN elsewhere."""
    found = np.full(len(pairs["x"]), np.nan)
    means = pairs["as_limits"] & _means(pairs)
    rows = _part(pairs, means)
    error, free = _welch(rows, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        found[means] = ndtri(stdtr(free, np.where(error > 0, (rows["value"] - rows["value2"]) / error, np.nan)))
    rates = pairs["as_limits"] & np.isin(pairs["kind"], EXACT) & ~pairs["to_target"] & (pairs["n2"] > 0)
    x, n, x2, n2 = _columns(_part(pairs, rates), "x", "n", "x2", "n2")
    share = n / (n + n2)
    below, above = binomial_cdf(x, x + x2, share), binomial_sf(x - 1, x + x2, share)
    p = np.clip(2 * np.minimum(below, above), 1e-300, 1)
    found[rates] = np.where(below < above, ndtri(p / 2), -ndtri(p / 2))
    return np.where(np.isinf(found), np.nan, found)


def add_tests(pairs: Work, level: float, minimum_n: float) -> None:
    """Fill in the p-value of each gap that is judged and whose two sides have `minimum_n` people, and the standard errors behind it."""
    statistic = _statistic(pairs, level)
    x, n, cx, cn, better, shares, to_target = _columns(pairs, "x", "n", "cx", "cn", "better", "as_shares", "to_target")
    tested = pairs["judged"] & (n >= minimum_n) & ((cn >= minimum_n) | to_target) & ~np.isnan(statistic)
    p = np.where(shares, difference_p(x, n, cx, cn), two_sided(statistic))
    p = np.where(shares & to_target, target_p(x, n, pairs["value2"]), p)
    pairs["p_value"] = np.where(tested, p, np.nan)
    pairs["candidate"] = candidates(pairs, minimum_n) & ~np.isnan(pairs["variance"])
    rows = np.flatnonzero(tested & (pairs["basis"] == "best"))
    variances, others = rivals(pairs, rows)
    p_best = not_best_p(-(statistic[rows] * better[rows]), variances, others)
    among = (~np.isnan(others)).sum(axis=1)
    exact = few_worse_p(x[rows], n[rows], cx[rows], cn[rows], better[rows], among)
    pairs["p_value"][rows] = np.where(shares[rows], np.fmax(p_best, exact), p_best)


def rivals(work: Work, rows: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return the sampling `variance` of each of the rows, and those of the other `candidate` rows of its `family` (padded with NaN)."""
    family, candidate, variance = (work[name] for name in ("family", "candidate", "variance"))
    members = np.flatnonzero(candidate)
    members = members[np.argsort(family[members], kind="stable")]
    place, slot = np.arange(len(members)) - np.searchsorted(family[members], family[members]), np.full(len(family), -1)
    slot[members] = place
    others = np.full((family.max(initial=-1) + 1, place.max(initial=-1) + 1), np.nan)
    others[family[members], place] = variance[members]
    others = others[family[rows]]
    inside = np.flatnonzero(slot[rows] >= 0)
    others[inside, slot[rows][inside]] = np.nan
    return variance[rows], others


def _statistic(pairs: Work, level: float) -> Array:
    """Return each gap in standard errors; keeps the errors (`null_error`, `error`) and each group's own `variance` among the columns."""
    z = float(ndtri((1 + level) / 2))
    x, n, cx, cn, target, value, low, high = _columns(pairs, "x", "n", "cx", "cn", "value2", "value", "low", "high")
    to_target, shares = pairs["to_target"], pairs["as_shares"]
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (x + cx) / (n + cn)
        null = np.where(to_target, target * (1 - target) / n, pooled * (1 - pooled) * (1 / n + 1 / cn))
        seen = x / n * (1 - x / n) / n + np.where(to_target, 0.0, cx / cn * (1 - cx / cn) / cn)
        statistic = np.where(to_target, target_statistic(x, n, target), score_statistic(x, n, cx, cn))
        # For values with limits: the standard error implied by the limits that face each other.
        low2, high2 = (np.where(to_target, target, pairs[column]) for column in ("low2", "high2"))
        facing = np.where(value < target, np.hypot(high - value, target - low2), np.hypot(value - low, high2 - target)) / z
        # Waits are whole days: a median whose limits are that day itself is known to the day, no better.
        floor = np.where(np.isin(pairs["kind"], WHOLE_DAYS), ROUNDED, 0.0)
        facing = np.fmax(facing, floor)
        by_limits = np.where(value == target, 0.0, (value - target) / facing)
        exact = _as_normal(pairs, level)
        by_limits = np.where(np.isnan(exact), np.where(facing > 0, by_limits, np.nan), exact)
        pairs["null_error"] = np.where(shares, np.sqrt(null), facing)
        pairs["error"] = np.where(shares, np.sqrt(seen), facing)
        # In the comparison with the best only the proportions between the variances matter: 1/n for shares, under "no difference".
        own = np.fmax((high - low) / (2 * z), floor)
        pairs["variance"] = np.where(pairs["is_share"] & (n > 0), 1 / n, np.where(own > 0, own**2, np.nan))
    return np.where(shares, statistic, by_limits)
