"""Disproportionality: who is served, against a named base (residents, eligible, referred)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from acmlib.analysis.equity.families import NOT_RECORDED, USABLE, NotRecorded, Work, is_known, numbered, place, require
from acmlib.analysis.equity.participation import PARTICIPATION_COLUMNS, add_participation
from acmlib.analysis.equity.sizes import difference_limits, people_to_parity, quotient_limits
from acmlib.contract.ids import ALL
from acmlib.measures.arrays import Array, numbers
from acmlib.measures.intervals import exact_poisson, wilson
from acmlib.measures.table import KEY_COLUMNS

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
    work = _prepare(cells, not_recorded)
    _join_base(work, base, not_recorded)
    with np.errstate(divide="ignore", invalid="ignore"):
        _add_shares(work, level)
        add_participation(work, comparator=comparator, level=level, minimum_n=minimum_n, materiality=materiality)
    parity = people_to_parity(work["x"], work["total"], work["base_share"], np.ones(len(cells)))
    work["to_parity_fixed"], work["to_parity_growing"] = parity
    texts = {name: pd.array(work[name], dtype="str") for name in ("basis", "comparator", "verdict")}
    return cells.assign(**({name: work[name] for name in REPRESENTATION_COLUMNS} | texts))


def _prepare(cells: pd.DataFrame, not_recorded: NotRecorded) -> Work:
    """Return the working columns: served `x`, `family`, `whole` (metric and period), `usable`, `known`, `everyone`, and the keys."""
    require(cells, ("metric", "period", "dimension", "group", "numerator", "status"), "cells")
    x = cells["numerator"].to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero((x < 0) | np.isinf(x))
    if len(wrong):
        raise ValueError(f"cells: {place(cells.iloc[wrong[0]])}: numerator is {x[wrong[0]]:g}; use counts of 0 and more")
    keys = list(zip(*(cells[name].tolist() for name in KEY_COLUMNS), strict=True))
    twice = [at for at, key in enumerate(keys) if key in keys[:at]] if len(set(keys)) < len(keys) else []
    if twice:
        raise ValueError(f"cells: {place(cells.iloc[twice[0]])} stands there twice; use one row a group")
    columns = zip(KEY_COLUMNS, zip(*keys, strict=True), strict=True) if keys else ((name, ()) for name in KEY_COLUMNS)
    work: Work = {name: np.array(texts, dtype=object) for name, texts in columns}
    work |= {"x": x, "family": numbered([key[:3] for key in keys]), "whole": numbered([key[:2] for key in keys])}
    work["usable"] = np.isin(np.array(cells["status"].tolist(), dtype=object), USABLE) & ~np.isnan(x)
    work["everyone"] = np.equal(work["dimension"], ALL).astype(bool)
    work["known"] = is_known(cells, not_recorded).to_numpy() & ~work["everyone"]
    return work


def _join_base(work: Work, base: pd.DataFrame, not_recorded: NotRecorded) -> None:
    """Add the people of the base to the working columns: of the group, and of all groups of the base that are known."""
    require(base, ("group", "people"), "base")
    by = [column for column in ("period", "dimension", "group") if column in base.columns]
    texts = {column: base[column].astype("str").tolist() for column in by}
    keys = list(zip(*texts.values(), strict=True))
    (people,), _ = numbers("base", {"people": base["people"].reset_index(drop=True)})
    margin = base["margin_of_error"].reset_index(drop=True) if "margin_of_error" in base.columns else np.zeros(len(base))
    (margins,), _ = numbers("base", {"margin_of_error": margin})
    variance = np.nan_to_num(margins / ACS_MARGIN) ** 2
    twice = [key for at, key in enumerate(keys) if key in keys[:at]] if len(set(keys)) < len(keys) else []
    if twice:
        raise ValueError(f"base: {twice[0][-1]} stands there twice; use one row a group")
    known = is_known(pd.DataFrame({"dimension": "", **texts})[["dimension", "group"]], not_recorded).tolist()
    of_group = {key: at for at, key in enumerate(keys) if known[at]}
    of_family: dict[tuple[str, ...], list[int]] = {}
    for key, at in of_group.items():
        of_family.setdefault(key[:-1], []).append(at)
    found = [
        of_group.get(key, -1) if own else -1 for key, own in zip(zip(*(work[one] for one in by), strict=True), work["known"], strict=True)
    ]
    for ours, given in (("base_people", people), ("base_variance", variance)):
        sums = {key: float(np.nansum(given[rows])) for key, rows in of_family.items()}
        work[ours] = np.array([given[one] if one >= 0 else np.nan for one in found])
        work[f"{ours}_total"] = np.array([sums[keys[one][:-1]] if one >= 0 else np.nan for one in found])
    work["covered"] = ~np.isnan(work["base_people"])


def _add_shares(work: Work, level: float) -> None:
    """Add shares, their limits, gap and ratio to the working columns."""
    work["total"], unknown = _totals(work)
    shown = work["usable"] & work["covered"]
    x, total = np.where(shown, work["x"], np.nan), np.where(shown & (work["total"] > 0), work["total"], np.nan)
    people, all_people = work["base_people"], np.where(work["base_people_total"] > 0, work["base_people_total"], np.nan)
    low, high = wilson(x, total, level)
    share: tuple[Array, Array, Array] = x / total, low, high
    b = people / all_people
    own, whole = work["base_variance"], work["base_variance_total"]
    width = float(ndtri((1 + level) / 2)) * np.sqrt((1 - b) ** 2 * own + b**2 * (whole - own)) / all_people
    limits = np.maximum(b - width, 0), np.minimum(b + width, 1)
    expected: Array = np.where(people > 0, people * total / all_people, np.nan)
    gap, ratio = (
        difference_limits(share, (b, *limits)),
        quotient_limits((x, *exact_poisson(x, level)), (expected, *(total * one for one in limits))),
    )
    work |= {"unknown": unknown, "share": share[0], "share_low": share[1], "share_high": share[2]}
    work |= {"base_share": b, "base_low": limits[0], "base_high": limits[1]}
    # Cross-multiplied counts are whole: 25 of 100 against 38 of 100 is -0.13 exactly.
    work |= {"representation_gap": (x * all_people - people * total) / (total * all_people), "gap_low": gap[0], "gap_high": gap[1]}
    work |= {"representation_ratio": x / expected, "ratio_low": ratio[0], "ratio_high": ratio[1]}
    everyone = total + unknown
    work |= {"share_lowest": x / everyone, "share_highest": (x + unknown) / everyone}


def _totals(work: Work) -> tuple[Array, Array]:
    """Return the people served whose group is known and in the base, for each row, and those of unknown group."""
    x, family, usable, known = (work[name] for name in ("x", "family", "usable", "known"))

    def summed(rows: NDArray[np.bool_]) -> Array:
        hidden, sums = np.bincount(family, rows & ~usable), np.bincount(family, np.where(rows & usable, x, 0.0))
        return np.where(hidden > 0, np.nan, sums)[family]

    covered, unknown, outside = summed(work["covered"]), summed(~known & ~work["everyone"]), summed(known & ~work["covered"])
    everyone: dict[int, float] = {}
    for at in np.flatnonzero(work["everyone"] & usable).tolist():
        everyone.setdefault(work["whole"][at], x[at])
    served = np.array([everyone.get(one, np.nan) for one in work["whole"].tolist()])
    by_difference = served - unknown - outside
    # Where the unknown are hidden too, the share of everybody served is the nearest that can be said without giving them away.
    rest = np.where(by_difference > 0, by_difference, served)
    return np.where(np.isnan(covered), rest, covered), unknown
