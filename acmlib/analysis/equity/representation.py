"""Disproportionality: who is served, against a named base (residents, eligible, referred)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from acmlib.analysis.equity.families import NOT_RECORDED, USABLE, NotRecorded, is_known, place, require
from acmlib.analysis.equity.participation import PARTICIPATION_COLUMNS, add_participation
from acmlib.analysis.equity.sizes import difference_limits, people_to_parity, quotient_limits
from acmlib.contract.ids import ALL
from acmlib.measures.arrays import Array, numbers
from acmlib.measures.intervals import exact_poisson, wilson

#: The Census Bureau publishes margins of error at 90%: one is 1.645 standard errors (ACS General Handbook 2020, chapter 7).
ACS_MARGIN = 1.645

#: What `disproportionality` adds to the metric table, in this order.
REPRESENTATION_COLUMNS = (
    "base_people", "base_share", "base_low", "base_high", "share", "share_low", "share_high",
    "representation_gap", "gap_low", "gap_high", "representation_ratio", "ratio_low", "ratio_high",
    *PARTICIPATION_COLUMNS, "to_parity_fixed", "to_parity_growing", "unknown", "share_lowest", "share_highest",
)  # fmt: skip


def share_gap(
    share: Any, standard_error: Any, base: Any, margin_of_error: Any, *, level: float = 0.95, margin_is_standard_error: bool = False
) -> pd.DataFrame:
    """Gap between an estimated share and an estimated base share, where standard error and margin are given (surveys, maps).

    Parameters
    ----------
    share, base : numbers
        Shares in one unit (fractions, or both in percent).
    standard_error : numbers
        Of `share`, in the same unit.
    margin_of_error : numbers
        Of `base`: a 90% margin as the Census Bureau publishes it; 0 for a base that is known.
    margin_is_standard_error : bool
        Take the margin for a standard error, as the Spatial Equity Data Tool does (its test is the more cautious).

    Returns
    -------
    DataFrame
        `gap` = share - base, `low`, `high`, and `excludes_zero`. NaN where a number is missing.

    Raises
    ------
    ValueError
        If a number is negative or infinite.

    Notes
    -----
    ``gap -+ z * sqrt(standard_error^2 + (margin / 1.645)^2)``.

    Examples
    --------
    >>> share_gap([0.25], [0.02], [0.38], [0.01])[["gap", "low", "high"]].round(3).to_numpy().tolist()
    [[-0.13, -0.171, -0.089]]
    """
    given = {"share": share, "standard_error": standard_error, "base": base, "margin_of_error": margin_of_error}
    (s, error, b, margin), _ = numbers("share_gap", given)
    width = float(ndtri((1 + level) / 2)) * np.hypot(error, margin if margin_is_standard_error else margin / ACS_MARGIN)
    found = pd.DataFrame({"gap": np.atleast_1d(s - b), "low": np.atleast_1d(s - b - width), "high": np.atleast_1d(s - b + width)})
    return found.assign(excludes_zero=(found["low"] > 0) | (found["high"] < 0))


def disproportionality(
    cells: pd.DataFrame,
    base: pd.DataFrame,
    *,
    comparator: str = "best",
    level: float = 0.95,
    minimum_n: float = 30,
    materiality: float = 0.2,
    not_recorded: NotRecorded = NOT_RECORDED,
) -> pd.DataFrame:
    """Who is served: each group's share of those served against its share of a base, and how often its people take part.

    Parameters
    ----------
    cells : DataFrame
        Rows of the metric table of a count (people served) by group; every metric, period and dimension is a family of its own.
    base : DataFrame
        Columns `group` and `people`; optionally `margin_of_error` (90%, in people) and `dimension` or `period`, where they differ.
    comparator : str
        Of participation: ``best`` (most participating group with `minimum_n` people in the base), ``overall``, ``rest`` or a group.
    minimum_n : float
        People in the base that a group and its comparator need before participation is tested.
    materiality : float
        Smallest relative difference of participation worth speaking of: 0.2 flags below 0.8 or above 1.25 times the comparator's.
    not_recorded : sequence, or mapping of dimension to sequence
        Groups of people whose group is not known: left out of all shares, counted in `unknown`.

    Returns
    -------
    DataFrame
        The cells, same rows in the same order, and `REPRESENTATION_COLUMNS`:

        - `share` of those served whose group is known and in the base, `base_share`; `representation_gap` = share - base share and
          `representation_ratio` = share / base share (its ceiling is 1 / base share: never rank or flag on it);
        - `participation` = served / people of the base; `participation_ratio` to the comparator, `participation_low`, `_high`,
          its `p_value`, `p_adjusted` and `verdict` (``clear``, ``possible``, ``not seen``, ``not judged``): flags stand on these;
        - `participation_lowest`, `_highest`, `share_lowest`, `share_highest`: over all ways to assign the `unknown` people;
        - `to_parity_fixed`: people of this group instead of others among as many served; `to_parity_growing`: in addition.

        NaN is "not available". Where a group of the family is hidden, shares are of everybody served less the unknown; where these
        are hidden too, of everybody served; and where the total is not among the cells either, no share can be known.

    Raises
    ------
    ValueError
        If a column is missing, a count is impossible or a group stands twice.

    Notes
    -----
    Interval of the gap: Wilson limits of the share combined with the base's (variance recovery); of the ratio: exact Poisson
    limits of the served over those expected. Standard error of a base = margin / 1.645; of its share by the delta method, the
    groups' errors taken as independent. Child welfare calls the participation ratio *disparity index*.

    Examples
    --------
    >>> served = pd.DataFrame({"metric": "served", "period": "term", "dimension": "race_ethnicity", "group": ["A", "B"]})
    >>> served = served.assign(
    ...     numerator=[25, 75], denominator=float("nan"), value=[25, 75], low=float("nan"), high=float("nan"), status="shown"
    ... )
    >>> found = disproportionality(served, pd.DataFrame({"group": ["A", "B"], "people": [380, 620]}))
    >>> found.loc[0, ["representation_gap", "representation_ratio", "participation_ratio"]].astype(float).round(4).tolist()
    [-0.13, 0.6579, 0.5439]
    """
    if not 0 < level < 1 or not 0 <= materiality < 1:
        raise ValueError(f"disproportionality: level is {level!r}, materiality {materiality!r}; use fractions between 0 and 1")
    work = _prepare(cells, base, not_recorded)
    _add_shares(work, level)
    add_participation(work, comparator=comparator, level=level, minimum_n=minimum_n, materiality=materiality)
    served, total, wanted = (work[column].to_numpy() for column in ("x", "total", "base_share"))
    fixed, growing = people_to_parity(served, total, wanted, np.ones(len(work)))
    work["to_parity_fixed"], work["to_parity_growing"] = fixed, growing
    result = cells.copy()
    for column in REPRESENTATION_COLUMNS:
        result[column] = work[column].to_numpy()
    for column in ("basis", "comparator", "verdict"):
        result[column] = result[column].astype("str")
    return result


def _prepare(cells: pd.DataFrame, base: pd.DataFrame, not_recorded: NotRecorded) -> pd.DataFrame:
    require(cells, ("metric", "period", "dimension", "group", "numerator", "status"), "cells")
    require(base, ("group", "people"), "base")
    keys = cells[["metric", "period", "dimension", "group"]].reset_index(drop=True)
    work = keys.assign(x=cells["numerator"].to_numpy(dtype=np.float64, na_value=np.nan))
    wrong = np.flatnonzero((work["x"] < 0) | np.isinf(work["x"]))
    if len(wrong):
        raise ValueError(f"cells: {place(cells.iloc[wrong[0]])}: numerator is {work['x'][wrong[0]]:g}; use counts of 0 and more")
    twice = np.flatnonzero(keys.duplicated())
    if len(twice):
        raise ValueError(f"cells: {place(cells.iloc[twice[0]])} stands there twice; use one row a group")
    work["family"] = keys.groupby(["metric", "period", "dimension"], dropna=False, sort=False).ngroup()
    work["whole"] = keys.groupby(["metric", "period"], dropna=False, sort=False).ngroup()
    work["usable"] = cells["status"].isin(USABLE).to_numpy() & work["x"].notna()
    work["everyone"] = keys["dimension"] == ALL
    work["known"] = is_known(keys, not_recorded) & ~work["everyone"]
    return _join_base(work, base, not_recorded)


def _join_base(work: pd.DataFrame, base: pd.DataFrame, not_recorded: NotRecorded) -> pd.DataFrame:
    """Add people of the base, their standard error, and the base's totals; unknown groups of the base stay out."""
    by = [column for column in ("period", "dimension", "group") if column in base.columns]
    bases = base[by].astype("str").reset_index(drop=True)
    (people,), _ = numbers("base", {"people": base["people"].reset_index(drop=True)})
    margin = base["margin_of_error"].reset_index(drop=True) if "margin_of_error" in base.columns else pd.Series(0.0, index=bases.index)
    (margins,), _ = numbers("base", {"margin_of_error": margin})
    bases["base_people"], bases["base_variance"] = people, np.nan_to_num(margins / ACS_MARGIN) ** 2
    if bases.duplicated(by).any():
        raise ValueError(f"base: {bases.loc[bases.duplicated(by), 'group'].iloc[0]} stands there twice; use one row a group")
    dimension = bases["dimension"] if "dimension" in by else pd.Series("", index=bases.index)
    bases = bases[is_known(pd.DataFrame({"dimension": dimension, "group": bases["group"]}), not_recorded)]
    others = [column for column in by if column != "group"]
    sums = bases.groupby(others, dropna=False) if others else None
    for ours, column in (("base_total", "base_people"), ("base_total_variance", "base_variance")):
        bases[ours] = sums[column].transform("sum") if sums is not None else bases[column].sum()
    joined = work.merge(bases, on=by, how="left", validate="many_to_one")
    unusable = ~joined["known"]
    joined.loc[unusable, ["base_people", "base_variance", "base_total", "base_total_variance"]] = np.nan
    joined["covered"] = joined["base_people"].notna()
    return joined


def _add_shares(work: pd.DataFrame, level: float) -> None:
    """Add the shares of those served and of the base, their gap and ratio with limits, and the bounds under unknown groups."""
    work["total"], work["unknown"] = _totals(work)
    shown = work["usable"] & work["covered"]
    x, total = work["x"].where(shown).to_numpy(), work["total"].where(shown & (work["total"] > 0)).to_numpy()
    people, all_people = work["base_people"].to_numpy(), work["base_total"].where(work["base_total"] > 0).to_numpy()
    work["share"] = x / total
    work["share_low"], work["share_high"] = wilson(x, total, level)
    b = people / all_people
    own, whole = work["base_variance"].to_numpy(), work["base_total_variance"].to_numpy()
    width = float(ndtri((1 + level) / 2)) * np.sqrt((1 - b) ** 2 * own + b**2 * (whole - own)) / all_people
    work["base_share"], work["base_low"], work["base_high"] = b, np.maximum(b - width, 0), np.minimum(b + width, 1)
    # Cross-multiplied counts are whole: 25 of 100 against 38 of 100 is -0.13 exactly.
    work["representation_gap"] = (x * all_people - people * total) / (total * all_people)
    limits = [work[column].to_numpy() for column in ("base_low", "base_high")]
    share = (work["share"].to_numpy(), work["share_low"].to_numpy(), work["share_high"].to_numpy())
    work["gap_low"], work["gap_high"] = difference_limits(share, (b, *limits))
    expected: Array = np.where(people > 0, people * total / all_people, np.nan)
    work["representation_ratio"] = x / expected
    work["ratio_low"], work["ratio_high"] = quotient_limits((x, *exact_poisson(x, level)), (expected, *(total * one for one in limits)))
    everyone = total + work["unknown"].to_numpy()
    work["share_lowest"], work["share_highest"] = x / everyone, (x + work["unknown"].to_numpy()) / everyone


def _totals(work: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return, per row, how many of known group and in the base were served, and how many of unknown group (NaN: cannot be known)."""

    def summed(rows: pd.Series) -> pd.Series:
        hidden = (rows & ~work["usable"]).groupby(work["family"]).transform("any")
        return work["x"].where(rows & work["usable"], 0.0).groupby(work["family"]).transform("sum").mask(hidden)

    covered, unknown = summed(work["covered"]), summed(~work["known"] & ~work["everyone"])
    outside = summed(work["known"] & ~work["covered"])
    everyone = work[work["everyone"] & work["usable"]].drop_duplicates("whole").set_index("whole")["x"]
    served = work["whole"].map(everyone)
    by_difference = served - unknown - outside
    # Where the unknown are hidden too, the share of everybody served is the nearest that can be said without giving them away.
    return covered.fillna(by_difference.where(by_difference > 0)).fillna(served), unknown
