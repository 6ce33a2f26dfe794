"""Participation: how often the people of a group are served, relative to a comparator. It has no ceiling, so flags stand on it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri

from acmlib.analysis.equity.best import not_best_p
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
#: Columns of the sample a group is compared with: served, people, variance of the people.
_SAMPLE = ["x", "base_people", "base_variance"]


def add_participation(work: pd.DataFrame, *, comparator: str, level: float, minimum_n: float, materiality: float) -> None:
    """Add participation, its ratio to the comparator, test, verdict and bounds to the working frame of `disproportionality`."""
    counted = work["usable"] & work["covered"] & (work["base_people"] > 0)
    work["participation"] = (work["x"] / work["base_people"]).where(counted)
    work["candidate"] = counted & (work["base_people"] >= minimum_n)
    sample = _sample(work, counted, comparator)
    itself = sample["basis"].isin(["best", "group"]) & (sample["name"] == work["group"])
    work["basis"], work["comparator"] = sample["basis"].where(counted), sample["name"].where(counted)
    judged = counted & ~itself & (sample["base_people"] > 0)
    own = (work["base_people"] / (work["base_people"] + sample["base_people"])).where(sample["basis"] == "overall", 0.0)
    rate2 = sample["x"] / sample["base_people"]
    work["comparator_participation"] = (own * work["participation"] + (1 - own) * rate2).where(counted)
    first, second = _with_limits(work, level), _with_limits(sample, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(rate2 > 0, first[0] / second[0], np.nan)
        ratios = [ratio, *(np.where(rate2 > 0, limit, np.nan) for limit in quotient_limits(first, second))]
        unknown = work["unknown"].to_numpy()
        bounds = [first[0] / ((sample["x"] + unknown) / sample["base_people"]), (work["x"] + unknown) / work["base_people"] / rate2]
    names = ("participation_ratio", "participation_low", "participation_high", "participation_lowest", "participation_highest")
    for name, limit in zip(names, (*ratios, *bounds), strict=True):
        against = pd.Series(np.asarray(limit, dtype=float), index=work.index)
        work[name] = (against / (own * against + 1 - own)).where(judged & np.isfinite(against))
    _add_test(work, sample, judged, minimum_n)
    _add_verdict(work, judged, level, materiality)


def _sample(work: pd.DataFrame, counted: pd.Series, comparator: str) -> pd.DataFrame:
    """Return the independent sample each row is compared with; for ``overall`` it is everyone else (the caller adds the group's part)."""
    if comparator in ("rest", "overall"):
        sums = work[_SAMPLE].where(counted, 0.0).groupby(work["family"]).transform("sum") - work[_SAMPLE].where(counted, 0.0)
        has_base = sums["base_people"] > 0
        texts = pd.DataFrame({"basis": comparator, "name": comparator}, index=work.index)
        return sums.where(has_base).join(texts.where(has_base))
    eligible = work[work["candidate"]].assign(order=-work["participation"], size=-work["base_people"])
    best = eligible.sort_values(["family", "order", "size", "group"]).drop_duplicates("family").set_index("family")
    named = work[counted & (work["group"] == comparator)].set_index("family")
    chosen = best.assign(basis="best")
    if comparator != "best":
        chosen = pd.concat([named.assign(basis="group"), chosen[~chosen.index.isin(named.index)]])
    picked = chosen.rename(columns={"group": "name"})[[*_SAMPLE, "basis", "name"]].reindex(work["family"])
    return picked.set_index(work.index)


def _with_limits(frame: pd.DataFrame, level: float) -> tuple[Array, Array, Array]:
    """Return rate and limits: Wilson for people among people, exact Poisson where more were served than the base has or it is uncertain."""
    x, people = frame["x"].to_numpy(), frame["base_people"].where(frame["base_people"] > 0).to_numpy()
    error = np.sqrt(frame["base_variance"].to_numpy())
    people_only = (x <= people) & (error == 0)
    low, high = (np.asarray(limit) / people for limit in exact_poisson(x, level))
    if (error > 0).any():
        width = float(ndtri((1 + level) / 2)) * error
        uncertain = quotient_limits((x / people, low, high), (np.ones(len(x)), np.maximum(1 - width / people, 0), 1 + width / people))
        low, high = (np.where(error > 0, wide, plain) for wide, plain in zip(uncertain, (low, high), strict=True))
    exact = wilson(np.where(people_only, x, np.nan), people, level)
    low, high = (np.where(people_only, narrow, plain) for narrow, plain in zip(exact, (low, high), strict=True))
    return x / people, low, high


def _add_test(work: pd.DataFrame, sample: pd.DataFrame, judged: pd.Series, minimum_n: float) -> None:
    """Add the p-value: pooled score test, with the base's own error; against the best the test of comparisons with the best."""
    n, n2 = work["base_people"], sample["base_people"]
    pooled = (work["x"] + sample["x"]) / (n + n2)
    spread = (pooled * (1 - pooled)).where((work["x"] <= n) & (sample["x"] <= n2), pooled)
    rate, rate2 = work["x"] / n.where(n > 0), sample["x"] / n2.where(n2 > 0)
    doubt = work["base_variance"] * (rate / n) ** 2 + sample["base_variance"] * (rate2 / n2) ** 2
    error = np.sqrt(spread * (1 / n.where(n > 0) + 1 / n2.where(n2 > 0)) + doubt)
    statistic = ((rate - rate2) / error).where(error > 0).mask(rate == rate2, 0.0)
    enough = (n >= minimum_n) & (n2 >= minimum_n) & (pooled * n >= EXPECTED) & (pooled * n2 >= EXPECTED)
    tested = judged & enough & statistic.notna()
    work["p_value"] = pd.Series(two_sided(statistic.to_numpy()), index=work.index).where(tested)
    sums = work[["x", "base_people"]].where(work["candidate"], 0.0).groupby(work["family"]).transform("sum")
    overall = sums["x"] / sums["base_people"].where(sums["base_people"] > 0)
    flat = (overall * (1 - overall)).where(overall < 1, overall) / n.where(n > 0)
    work["variance"] = (flat + work["base_variance"] * (rate / n) ** 2).where(lambda v: v > 0)
    work["candidate"] &= work["variance"].notna()
    rows = work[tested & (sample["basis"] == "best") & work["variance"].notna()]
    if len(rows):
        work.loc[rows.index, "p_value"] = not_best_p(-statistic[rows.index].to_numpy(), *rivals(work, rows))


def _add_verdict(work: pd.DataFrame, judged: pd.Series, level: float, materiality: float) -> None:
    tested = work["p_value"].notna()
    further = work.loc[tested & (work["basis"] == "best"), "family"].nunique()
    work["p_adjusted"] = benjamini_hochberg(work["p_value"], further=further)
    ratio = work["participation_ratio"]
    # Nobody served by the comparator: no ratio, but not "nothing seen" either when the group is served.
    size = ratio.where(ratio.notna() | (work["participation"] == 0), np.inf)
    material = (size <= 1 - materiality + _ROUNDING) | (size >= 1 / (1 - materiality) - _ROUNDING)
    without_one = (work["participation_low"] > 1) | (work["participation_high"] < 1)
    clear = material & without_one & (work["p_adjusted"] <= 1 - level)
    work["verdict"] = np.select([~judged, clear, material], ["not judged", "clear", "possible"], default="not seen")
