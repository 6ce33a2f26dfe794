"""Each group beside its comparator: gap, ratio, limits and p-value of the pair."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtr, stdtrit

from acmlib.analysis.equity.best import not_best_p
from acmlib.analysis.equity.families import candidates
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


def pair_up(work: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """Put each row of `prepare` beside its comparator (`x2` ...) and beside the independent sample it is tested against (`cx`, `cn`).

    Everyone together contains the group itself: there the independent sample is everyone else, and `own` the group's part of all.
    """
    basis, name = (chosen[column].to_numpy(dtype=object) for column in ("basis", "name"))
    x2, n2, value2, low2, high2 = _columns(chosen, "x", "n", "value", "low", "high")
    x, n, low, high, material = _columns(work, "x", "n", "low", "high", "material")
    is_share = work["is_share"].to_numpy(dtype=bool)
    itself = np.isin(basis, ["best", "group"]) & (name == work["group"].to_numpy(dtype=object))
    contained, to_target = (basis == "overall") & is_share, basis == "target"
    cx, cn = np.where(contained, x2 - x, x2), np.where(contained, n2 - n, n2)
    sample = (cx >= 0) & (cx <= cn) & (cn > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(contained & sample, n / n2, 0.0)
    comparable = ~np.isnan(value2) & ~itself & (sample | ~contained)
    as_shares = comparable & is_share & (sample | (to_target & (value2 >= 0) & (value2 <= 1)))
    limits = ~np.isnan(low) & ~np.isnan(high) & (to_target | (~np.isnan(low2) & ~np.isnan(high2)))
    as_limits = comparable & ~as_shares & limits
    beside = {
        "basis": chosen["basis"], "comparator": chosen["name"], "x2": x2, "n2": n2, "value2": value2, "low2": low2, "high2": high2,
        "to_target": to_target, "cx": cx, "cn": cn, "own": own, "as_shares": as_shares, "as_limits": as_limits,
        "judged": (as_shares | as_limits) & ~np.isnan(material),
        "comparator_numerator": x2, "comparator_denominator": n2, "comparator_value": value2,
    }  # fmt: skip
    nothing = dict.fromkeys((*GAP_COLUMNS[5:], "null_error", "error", "variance"), np.nan)
    return pd.concat([work, pd.DataFrame(beside | nothing, index=work.index)], axis=1)


def _columns(frame: pd.DataFrame, *names: str) -> list[Array]:
    return [frame[name].to_numpy() for name in names]


def add_gaps(pairs: pd.DataFrame, level: float) -> None:
    """Fill in gap and ratio with their limits: two proportions, a proportion and a target, or two values with limits of their own."""
    found = np.full((len(pairs), 6), np.nan)
    as_shares, to_target, as_limits = (pairs[name].to_numpy(dtype=bool) for name in ("as_shares", "to_target", "as_limits"))
    means = _means(pairs).to_numpy(dtype=bool)
    for rows, work_out in (
        (as_shares & ~to_target, _two_shares),
        (as_shares & to_target, _share_and_target),
        (as_limits & ~means, _two_limits),
        (as_limits & means, _two_means),
    ):
        if rows.any():
            found[rows] = np.column_stack(work_out(pairs[rows], level))
    found[pairs["value2"].to_numpy() == 0, 3:] = np.nan  # no ratio where the comparator has zero
    for at, name in enumerate(("outcome_gap", "gap_low", "gap_high", "outcome_ratio", "ratio_low", "ratio_high")):
        pairs[name] = found[:, at]


def _two_shares(rows: pd.DataFrame, level: float) -> list[Array]:
    x, n, x2, n2, cx, cn, own = _columns(rows, "x", "n", "x2", "n2", "cx", "cn", "own")
    # Cross-multiplied counts are whole: 20/100 against 40/100 is -0.2 exactly.
    gap = (x * n2 - x2 * n) / (n * n2)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(x2 > 0, (x * n2) / (x2 * n), np.nan)
    low, high = newcombe(x, n, cx, cn, level)
    ratio_low, ratio_high = ratio_interval(x, n, cx, cn, level)
    # Against everyone, the group's own part pulls both gap and ratio towards "none": gap * (1 - own), r / (own * r + 1 - own).
    return [gap, low * (1 - own), high * (1 - own), ratio, *(limit / (own * limit + 1 - own) for limit in (ratio_low, ratio_high))]


def _share_and_target(rows: pd.DataFrame, level: float) -> list[Array]:
    x, n, target = _columns(rows, "x", "n", "value2")
    low, high = wilson(x, n, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = [np.where(target > 0, part / target, np.nan) for part in (x / n, low, high)]
    return [(x - n * target) / n, low - target, high - target, *ratios]


def _two_limits(rows: pd.DataFrame, level: float) -> list[Array]:
    value, low, high, value2 = _columns(rows, "value", "low", "high", "value2")
    low2, high2 = (rows[column].where(~rows["to_target"], rows["value2"]).to_numpy() for column in ("low2", "high2"))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(value2 > 0, value / value2, np.nan)
    first, second = (value, low, high), (value2, low2, high2)
    return [value - value2, *difference_limits(first, second), ratio, *quotient_limits(first, second)]


def _means(pairs: pd.DataFrame) -> pd.Series:
    """Tell which rows compare the means of two groups of known size, each with Student's limits."""
    return pairs["kind"].isin(WELCH) & ~pairs["to_target"] & pairs["n"].gt(1) & pairs["n2"].gt(1)


def _welch(rows: pd.DataFrame, level: float) -> tuple[Array, Array]:
    """Return the standard error of the difference of two means, and Welch's degrees of freedom."""
    squares, parts = [], []
    for n, low, high in (("n", "low", "high"), ("n2", "low2", "high2")):
        people, lower, upper = _columns(rows, n, low, high)
        error = (upper - lower) / 2 / stdtrit(people - 1, (1 + level) / 2)
        squares.append(error**2)
        parts.append(error**4 / (people - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sqrt(squares[0] + squares[1]), (squares[0] + squares[1]) ** 2 / (parts[0] + parts[1])


def _two_means(rows: pd.DataFrame, level: float) -> list[Array]:
    limits = _two_limits(rows, level)
    error, free = _welch(rows, level)
    reach = stdtrit(free, (1 + level) / 2) * error
    return [limits[0], limits[0] - reach, limits[0] + reach, *limits[3:]]


def _as_normal(pairs: pd.DataFrame, level: float) -> Array:
    """Return the test of two means (Welch) or of two rates (exact, given how many events there were) as a normal deviate; NaN elsewhere."""
    found = np.full(len(pairs), np.nan)
    means = (pairs["as_limits"] & _means(pairs)).to_numpy()
    rows = pairs[means]
    error, free = _welch(rows, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        found[means] = ndtri(stdtr(free, np.where(error > 0, (rows["value"] - rows["value2"]) / error, np.nan)))
    rates = (pairs["as_limits"] & pairs["kind"].isin(EXACT) & ~pairs["to_target"] & pairs["n2"].gt(0)).to_numpy()
    x, n, x2, n2 = _columns(pairs[rates], "x", "n", "x2", "n2")
    share = n / (n + n2)
    below, above = binomial_cdf(x, x + x2, share), binomial_sf(x - 1, x + x2, share)
    p = np.clip(2 * np.minimum(below, above), 1e-300, 1)
    found[rates] = np.where(below < above, ndtri(p / 2), -ndtri(p / 2))
    return np.where(np.isinf(found), np.nan, found)


def add_tests(pairs: pd.DataFrame, level: float, minimum_n: float) -> None:
    """Fill in the p-value of each gap that is judged and whose two sides have `minimum_n` people, and the standard errors behind it."""
    statistic = _statistic(pairs, level)
    enough = (pairs["n"] >= minimum_n) & ((pairs["cn"] >= minimum_n) | pairs["to_target"])
    tested = pairs["judged"] & enough & statistic.notna()
    p = two_sided(statistic.to_numpy())
    p = np.where(pairs["as_shares"], difference_p(*_columns(pairs, "x", "n", "cx", "cn")), p)
    p = np.where(pairs["as_shares"] & pairs["to_target"], target_p(*_columns(pairs, "x", "n", "value2")), p)
    pairs["p_value"] = pd.Series(p, index=pairs.index).where(tested)
    pairs["candidate"] = candidates(pairs, minimum_n) & pairs["variance"].notna()
    rows = pairs[tested & (pairs["basis"] == "best")]
    variances, others = rivals(pairs, rows)
    p_best = not_best_p(-(statistic[rows.index] * rows["better"]).to_numpy(), variances, others)
    among = (~np.isnan(others)).sum(axis=1)
    x, n, cx, cn, better = _columns(rows, "x", "n", "cx", "cn", "better")
    exact = few_worse_p(x, n, cx, cn, better, among)
    pairs.loc[rows.index, "p_value"] = np.where(rows["as_shares"], np.fmax(p_best, exact), p_best)


def rivals(pairs: pd.DataFrame, rows: pd.DataFrame) -> tuple[Array, Array]:
    """Return the sampling variance of each of the `rows`, and those of the other candidates of its family (padded with NaN)."""
    members = pairs[pairs["candidate"]]
    slot = members.groupby("family").cumcount()
    families, most = (int(one.max()) + 1 if len(one) else 0 for one in (pairs["family"], slot))
    others = np.full((families, most), np.nan)
    others[members["family"], slot] = members["variance"]
    others = others[rows["family"]]
    own = slot.reindex(rows.index)
    inside = np.flatnonzero(own.notna())
    others[inside, own.iloc[inside].astype(int)] = np.nan
    return rows["variance"].to_numpy(), others


def _statistic(pairs: pd.DataFrame, level: float) -> pd.Series:
    """Return each gap in standard errors; keeps the errors (`null_error`, `error`) and each group's own `variance` in the frame."""
    z = float(ndtri((1 + level) / 2))
    x, n, cx, cn, target = _columns(pairs, "x", "n", "cx", "cn", "value2")
    to_target, shares = pairs["to_target"].to_numpy(), pairs["as_shares"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (x + cx) / (n + cn)
        null = np.where(to_target, target * (1 - target) / n, pooled * (1 - pooled) * (1 / n + 1 / cn))
        seen = x / n * (1 - x / n) / n + np.where(to_target, 0.0, cx / cn * (1 - cx / cn) / cn)
        statistic = np.where(to_target, target_statistic(x, n, target), score_statistic(x, n, cx, cn))
        # Of values with limits: the standard error that the limits facing each other imply.
        low2, high2 = (pairs[column].where(~pairs["to_target"], pairs["value2"]).to_numpy() for column in ("low2", "high2"))
        value, low, high = _columns(pairs, "value", "low", "high")
        facing = np.where(value < target, np.hypot(high - value, target - low2), np.hypot(value - low, high2 - target)) / z
        # Waits are whole days: a median whose limits are that day itself is known to the day, no better.
        floor = np.where(pairs["kind"].isin(WHOLE_DAYS), ROUNDED, 0.0)
        facing = np.fmax(facing, floor)
        by_limits = np.where(value == target, 0.0, (value - target) / facing)
        exact = _as_normal(pairs, level)
        by_limits = np.where(np.isnan(exact), np.where(facing > 0, by_limits, np.nan), exact)
        pairs["null_error"] = np.where(shares, np.sqrt(null), facing)
        pairs["error"] = np.where(shares, np.sqrt(seen), facing)
        # In the comparison with the best only the proportions between the variances matter: 1/n for shares, under "no difference".
        own = np.fmax((high - low) / (2 * z), floor)
        pairs["variance"] = np.where(pairs["is_share"] & (n > 0), 1 / n, np.where(own > 0, own**2, np.nan))
    return pd.Series(np.where(shares, statistic, by_limits), index=pairs.index)
