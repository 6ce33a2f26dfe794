"""Robustness of verdicts: to another comparator, and to every way of assigning people whose group is not recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from acmlib.analysis.equity.families import BASES, NOT_RECORDED, USABLE, NotRecorded, is_known, require
from acmlib.analysis.equity.gaps import NOT_JUDGED, every_comparison
from acmlib.contract.ids import ALL
from acmlib.measures.arrays import Array, numbers

KEYS = ["metric", "period", "dimension", "group"]


def comparators(
    cells: pd.DataFrame, *, bases: Sequence[str] = BASES, targets: Mapping[str, float] | None = None, **settings: Any
) -> pd.DataFrame:
    """Every gap under every comparator, and whether its verdict depends on the choice.

    Parameters
    ----------
    cells : DataFrame
        Rows of the metric table, as for `disparities`.
    bases : sequence of str
        Comparators to try: ``target``, ``best``, ``overall``, ``rest``, and names of groups.
    targets : mapping, optional
        metric: value promised; a metric without one has no row for ``target``.
    **settings
        Further arguments of `disparities`.

    Returns
    -------
    DataFrame
        One row per gap that is judged and comparator: `metric, period, dimension, group, basis, comparator, outcome_gap, gap_low,
        gap_high, p_adjusted, verdict, worse, flips`. `worse` tells whether the group does worse than the comparator (False for a metric
        of which neither direction is better); `flips` is True for all rows of a group whose verdict, or the direction of a
        gap that is clear or possible, is not the same under all comparators.

    Raises
    ------
    ValueError
        As `disparities`.

    Examples
    --------
    >>> cells = pd.DataFrame({"metric": "placed_6m", "period": "term", "dimension": "race_ethnicity", "group": ["A", "B"]})
    >>> cells = cells.assign(
    ...     numerator=[20, 40], denominator=[100, 100], value=[0.2, 0.4], low=[0.133, 0.309], high=[0.289, 0.498], status="shown"
    ... )
    >>> found = comparators(cells, targets={"placed_6m": 0.25})
    >>> found.loc[found["group"] == "A", ["basis", "verdict", "flips"]].values.tolist()
    [['target', 'possible', True], ['best', 'clear', True], ['overall', 'clear', True], ['rest', 'clear', True]]
    """
    return choices(every_comparison(cells, bases, targets=targets, **settings), better=settings.get("better"))


def choices(compared: Mapping[str, pd.DataFrame], *, better: Mapping[str, str] | None) -> pd.DataFrame:
    """Return `comparators` from what `acmlib.analysis.equity.gaps.every_comparison` returned for them."""
    tables = []
    for basis, gaps in compared.items():
        # A comparator that gave way to another one is that other one's row.
        wanted = gaps["basis"] == basis if basis in BASES else (gaps["basis"] == "group") & (gaps["comparator"] == basis)
        tables.append(gaps[wanted & (gaps["verdict"] != NOT_JUDGED)])
    columns = [*KEYS, "basis", "comparator", "outcome_gap", "gap_low", "gap_high", "p_adjusted", "verdict"]
    found = pd.concat(tables, ignore_index=True)[columns]
    ways = better or {}
    direction = found["metric"].map(lambda metric: {"lower": -1, "neither": 0}.get(ways.get(metric, "higher"), 1)).astype(float)
    found["worse"] = found["outcome_gap"] * direction < 0
    said = found["verdict"] + np.where(found["verdict"] == "not seen", "", np.where(found["outcome_gap"] < 0, " below", " above"))
    of = found.groupby(KEYS, dropna=False, sort=False).ngroup().to_numpy()
    different = pd.DataFrame({"of": of, "said": said.to_numpy()}).drop_duplicates()["of"].to_numpy()
    found["flips"] = np.bincount(different, minlength=len(of))[of] > 1
    return found.iloc[np.argsort(of, kind="stable")].reset_index(drop=True)


def rate_bounds(x: Any, n: Any, unknown_x: Any, unknown_n: Any) -> tuple[Array, Array]:
    """Return the lowest and highest rate that a group can have, over all assignments of people whose group is not recorded.

    Parameters
    ----------
    x, n : numbers
        Successes and people of the group.
    unknown_x, unknown_n : numbers
        Successes and people of whom the group is not known.

    Returns
    -------
    (lowest, highest) : arrays
        Lowest: all unknown people without success are in the group; highest: all with success. NaN where the group would be empty, or
        a number is not known.

    Raises
    ------
    ValueError
        If a count is negative, or successes exceed people.

    Examples
    --------
    >>> [found.round(3).tolist() for found in rate_bounds([20], [100], [6], [10])]
    [[0.192], [0.245]]
    """
    given = {"x": x, "n": n, "unknown_x": unknown_x, "unknown_n": unknown_n}
    (x, n, ux, un), _ = numbers("rate_bounds", given, at_most={"x": "n", "unknown_x": "unknown_n"})
    failures, known = un - ux, ~np.isnan(x + n + ux + un)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Nobody known and no failure to add: whoever is in the group succeeded.
        lowest = np.where(n + failures > 0, x / (n + failures), np.where(ux > 0, 1.0, np.nan))
        highest = np.where(n + ux > 0, (x + ux) / (n + ux), np.where(failures > 0, 0.0, np.nan))
    return np.atleast_1d(np.where(known, lowest, np.nan)), np.atleast_1d(np.where(known, highest, np.nan))


def unknown_bounds(gaps: pd.DataFrame, *, not_recorded: NotRecorded = NOT_RECORDED) -> pd.DataFrame:
    """Best and worst case of every gap over all possible assignments of people whose group is not recorded.

    The comparator is held fixed (whoever is the best group now stays the comparator).

    Parameters
    ----------
    gaps : DataFrame
        What `disparities` returned, with the cells of the unknown groups (*Not asked*, *Declined*, ...) among the rows.
    not_recorded : sequence, or mapping of dimension to sequence
        Names of these groups.

    Returns
    -------
    DataFrame
        The same rows and columns, and `unknown` (people of unknown group in the family), `value_lowest`, `value_highest`,
        `gap_lowest`, `gap_highest` (every completion lies between them, and both are reached), `sign_holds` (the gap keeps its
        direction in all of them). NaN where the value is no proportion, or the unknown people are themselves hidden.

    Raises
    ------
    ValueError
        If a column is missing.

    Notes
    -----
    Exhaustive bounds in the sense of Manski (2003), Partial Identification of Probability Distributions: with s successes and f
    others unknown, a rate lies between x / (n + f) and (x + s) / (n + s), and the gap of two groups is lowest when the one gets all f
    and the other all s.

    Examples
    --------
    >>> cells = pd.DataFrame({"metric": "placed_6m", "period": "term", "dimension": "race_ethnicity", "group": ["A", "B", "Declined"]})
    >>> cells = cells.assign(numerator=[20, 40, 6], denominator=[100, 100, 10], value=[0.2, 0.4, 0.6], low=0.1, high=0.8, status="shown")
    >>> from acmlib.analysis.equity.gaps import disparities
    >>> unknown_bounds(disparities(cells)).loc[0, ["gap_lowest", "gap_highest", "unknown"]].astype(float).round(3).tolist()
    [-0.242, -0.139, 10.0]
    """
    require(gaps, (*KEYS, "basis", "comparator_numerator", "comparator_denominator", "comparator_value", "outcome_gap"), "gaps")
    result = gaps.copy()
    ux, un = _unknown(gaps, not_recorded)
    share = ((gaps["numerator"] / gaps["denominator"].where(gaps["denominator"] > 0)) - gaps["value"]).abs() <= 1e-9
    usable = gaps["status"].isin(USABLE) & share & gaps["numerator"].between(0, gaps["denominator"]) & is_known(gaps, not_recorded)
    x, n = (gaps[column].where(usable & un.notna()) for column in ("numerator", "denominator"))
    lowest, highest = (pd.Series(one, index=gaps.index) for one in rate_bounds(x, n, ux, un))
    low2, high2 = _comparator_bounds(gaps, ux, un)
    judged = gaps["outcome_gap"].notna()
    result["unknown"] = un
    result["value_lowest"], result["value_highest"] = lowest, highest
    result["gap_lowest"], result["gap_highest"] = (lowest - high2).where(judged), (highest - low2).where(judged)
    below, above = result["gap_highest"] < 0, result["gap_lowest"] > 0
    result["sign_holds"] = (below & (gaps["outcome_gap"] < 0)) | (above & (gaps["outcome_gap"] > 0))
    return result


def _unknown(gaps: pd.DataFrame, not_recorded: NotRecorded) -> tuple[pd.Series, pd.Series]:
    """Successes and people of unknown group per family; NaN where one of its unknown cells cannot be used."""
    unknown = ~is_known(gaps, not_recorded) & (gaps["dimension"] != ALL)
    keys = [gaps[key] for key in KEYS[:3]]
    usable = gaps["status"].isin(USABLE) & gaps["denominator"].notna() & gaps["numerator"].between(0, gaps["denominator"])
    # An empty cell ("no data", nobody in it) adds nobody.
    empty = gaps["status"].eq("no data") | gaps["denominator"].eq(0)
    hidden = (unknown & ~usable & ~empty).groupby(keys, dropna=False).transform("any")
    sums = [
        gaps[column].where(unknown & usable, 0.0).groupby(keys, dropna=False).transform("sum").mask(hidden)
        for column in ("numerator", "denominator")
    ]
    return sums[0], sums[1]


def _comparator_bounds(gaps: pd.DataFrame, ux: pd.Series, un: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Lowest and highest rate of each comparator: a group or the rest moves, everyone together and a target do not."""
    moves = gaps["basis"].isin(["best", "group", "rest"])
    x2, n2 = (gaps[column].where(moves & un.notna()) for column in ("comparator_numerator", "comparator_denominator"))
    fits = x2.between(0, n2)
    low, high = (pd.Series(one, index=gaps.index) for one in rate_bounds(x2.where(fits), n2.where(fits), ux, un))
    fixed = gaps["comparator_value"]
    return low.where(moves, fixed), high.where(moves, fixed)
