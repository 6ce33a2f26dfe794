"""Participation: how often the people of a group are served, relative to a comparator. It has no ceiling, so flags stand on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from acmlib.analysis.equity.best import not_best_p
from acmlib.analysis.equity.families import Work
from acmlib.analysis.equity.pairs import rivals
from acmlib.analysis.equity.sizes import quotient_limits
from acmlib.analysis.equity.testing import EXPECTED, benjamini_hochberg, two_sided
from acmlib.measures.arrays import Array
from acmlib.measures.intervals import exact_poisson, wilson

#: What `add_participation` adds, in this order.
PARTICIPATION_COLUMNS = (
    "participation", "basis", "comparator", "comparator_participation", "participation_ratio", "participation_low",
    "participation_high", "p_value", "p_adjusted", "verdict", "participation_lowest", "participation_highest",
)  # fmt: skip
_ROUNDING = 1e-9
_GROUP, _BEST = np.array("group", dtype=object), np.array("best", dtype=object)
#: Columns of the sample a group is compared with: served, people, variance of the people.
_SAMPLE = ["x", "base_people", "base_variance"]


def add_participation(work: Work, *, comparator: str, level: float, minimum_n: float, materiality: float) -> None:
    """Add participation, its ratio to the comparator, test, verdict and bounds to the working columns of `disproportionality`."""
    x, people = work["x"], work["base_people"]
    counted = work["usable"] & work["covered"] & (people > 0)
    work["participation"] = np.where(counted, x / people, np.nan)
    work["candidate"] = counted & (people >= minimum_n)
    sample = _sample(work, counted, comparator)
    itself = np.isin(sample["basis"], ["best", "group"]) & np.equal(sample["name"], work["group"]).astype(bool)
    work["basis"], work["comparator"] = (np.where(counted, sample[name], np.nan) for name in ("basis", "name"))
    judged = counted & ~itself & (sample["base_people"] > 0)
    own = np.where(sample["basis"] == "overall", people / (people + sample["base_people"]), 0.0)
    rate2 = sample["x"] / sample["base_people"]
    work["comparator_participation"] = np.where(counted, own * work["participation"] + (1 - own) * rate2, np.nan)
    first, second = _with_limits(work, level), _with_limits(sample, level)
    ratio = np.where(rate2 > 0, first[0] / second[0], np.nan)
    ratios = [ratio, *(np.where(rate2 > 0, limit, np.nan) for limit in quotient_limits(first, second))]
    unknown = work["unknown"]
    bounds = [first[0] / ((sample["x"] + unknown) / sample["base_people"]), (x + unknown) / people / rate2]
    names = ("participation_ratio", "participation_low", "participation_high", "participation_lowest", "participation_highest")
    for name, against in zip(names, (*ratios, *bounds), strict=True):
        work[name] = np.where(judged & np.isfinite(against), against / (own * against + 1 - own), np.nan)
    _add_test(work, sample, judged, minimum_n)
    _add_verdict(work, judged, level, materiality)


def _sample(work: Work, counted: NDArray[np.bool_], comparator: str) -> Work:
    """Return the independent sample each row is compared with; for ``overall`` it is everyone else (the caller adds the group's part)."""
    family = work["family"]
    if comparator in ("rest", "overall"):
        own = {name: np.where(counted, work[name], 0.0) for name in _SAMPLE}
        sums = {name: np.bincount(family, one)[family] - one for name, one in own.items()}
        has_base = sums["base_people"] > 0
        texts = np.where(has_base, np.array(comparator, dtype=object), np.nan)
        return {name: np.where(has_base, one, np.nan) for name, one in sums.items()} | {"basis": texts, "name": texts}
    order = sorted(
        np.flatnonzero(work["candidate"]).tolist(), key=lambda at: (-work["participation"][at], -work["base_people"][at], work["group"][at])
    )
    chosen = {family[at]: at for at in reversed(order)}
    named = {family[at]: at for at in np.flatnonzero(counted & np.equal(work["group"], comparator).astype(bool)).tolist()}
    chosen |= named if comparator != "best" else {}
    at = np.array([chosen.get(one, -1) for one in family.tolist()], dtype=np.int64)
    is_named = np.array([comparator != "best" and one in named for one in family.tolist()], dtype=bool)
    found: Work = {name: np.where(at >= 0, work[name][at], np.nan) for name in (*_SAMPLE, "group")}
    return found | {"name": found["group"], "basis": np.where(at < 0, np.nan, np.where(is_named, _GROUP, _BEST))}


def _with_limits(sample: Work, level: float) -> tuple[Array, Array, Array]:
    """Return rate and limits: Wilson for people among people, exact Poisson where more were served than the base has or it is uncertain."""
    x, people = sample["x"], np.where(sample["base_people"] > 0, sample["base_people"], np.nan)
    error = np.sqrt(sample["base_variance"])
    people_only = (x <= people) & (error == 0)
    low, high = (np.asarray(limit) / people for limit in exact_poisson(x, level))
    if (error > 0).any():
        width = float(ndtri((1 + level) / 2)) * error
        uncertain = quotient_limits((x / people, low, high), (np.ones(len(x)), np.maximum(1 - width / people, 0), 1 + width / people))
        low, high = (np.where(error > 0, wide, plain) for wide, plain in zip(uncertain, (low, high), strict=True))
    exact = wilson(np.where(people_only, x, np.nan), people, level)
    low, high = (np.where(people_only, narrow, plain) for narrow, plain in zip(exact, (low, high), strict=True))
    return x / people, low, high


def _add_test(work: Work, sample: Work, judged: NDArray[np.bool_], minimum_n: float) -> None:
    """Add the p-value: pooled score test, with the base's own error; against the best the test of comparisons with the best."""
    (x, n, own), (x2, n2, own2) = ([one[name] for name in _SAMPLE] for one in (work, sample))
    pooled = (x + x2) / (n + n2)
    spread = np.where((x <= n) & (x2 <= n2), pooled * (1 - pooled), pooled)
    some, some2 = np.where(n > 0, n, np.nan), np.where(n2 > 0, n2, np.nan)
    rate, rate2 = x / some, x2 / some2
    error = np.sqrt(spread * (1 / some + 1 / some2) + own * (rate / n) ** 2 + own2 * (rate2 / n2) ** 2)
    statistic = np.where(rate == rate2, 0.0, np.where(error > 0, (rate - rate2) / error, np.nan))
    enough = (n >= minimum_n) & (n2 >= minimum_n) & (pooled * n >= EXPECTED) & (pooled * n2 >= EXPECTED)
    tested = judged & enough & ~np.isnan(statistic)
    work["p_value"] = np.where(tested, two_sided(statistic), np.nan)
    family, candidate = work["family"], work["candidate"]
    served, people = (np.bincount(family, np.where(candidate, one, 0.0))[family] for one in (x, n))
    overall = served / np.where(people > 0, people, np.nan)
    variance = np.where(overall < 1, overall * (1 - overall), overall) / some + own * (rate / n) ** 2
    work["variance"] = np.where(variance > 0, variance, np.nan)
    work["candidate"] = candidate & (variance > 0)
    rows = np.flatnonzero(tested & (sample["basis"] == "best") & (variance > 0))
    if len(rows):
        work["p_value"][rows] = not_best_p(-statistic[rows], *rivals(work, rows))


def _add_verdict(work: Work, judged: NDArray[np.bool_], level: float, materiality: float) -> None:
    """Add the adjusted p-value, over all gaps tested here, and what is said."""
    tested = ~np.isnan(work["p_value"])
    further = len(np.unique(work["family"][tested & (work["basis"] == "best")]))
    work["p_adjusted"] = benjamini_hochberg(work["p_value"], further=further)
    ratio = work["participation_ratio"]
    # Nobody served by the comparator: no ratio, but not "nothing seen" either when the group is served.
    size = np.where(~np.isnan(ratio) | (work["participation"] == 0), ratio, np.inf)
    material = (size <= 1 - materiality + _ROUNDING) | (size >= 1 / (1 - materiality) - _ROUNDING)
    without_one = (work["participation_low"] > 1) | (work["participation_high"] < 1)
    clear = material & without_one & (work["p_adjusted"] <= 1 - level)
    work["verdict"] = np.select([~judged, clear, material], ["not judged", "clear", "possible"], default="not seen")
