"""Where a gap comes from: people served in different places, or different results in the same place. And how a gap became smaller."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from acmlib.analysis.equity.families import USABLE, require
from acmlib.contract.ids import DimensionId, pair
from acmlib.measures.arrays import numbers
from acmlib.measures.intervals import newcombe


def kitagawa(x1: Any, n1: Any, x2: Any, n2: Any) -> pd.DataFrame:
    """Split the gap between two groups, place by place, into where people are served and different results in the same place.

    Parameters
    ----------
    x1, n1 : numbers, one a place
        Successes and people of the group.
    x2, n2 : numbers, one a place
        Successes and people of the comparator.

    Returns
    -------
    DataFrame
        One row a place: `share1`, `share2` (of each group's people), `value1`, `value2`, `where_served`, `results`. The two last add up,
        over all places, to the gap (first minus second). A place where one of the two has nobody has no difference in results:
        it counts in `where_served`. All NaN if a number is missing or a group is empty.

    Raises
    ------
    ValueError
        If a count is negative or infinite, or successes exceed people.

    Notes
    -----
    Kitagawa 1955, J. Am. Stat. Assoc. 50:1168: ``where_served = (s1 - s2) (r1 + r2) / 2``, ``results = (r1 - r2) (s1 + s2) / 2``.

    Examples
    --------
    The same results in each place; the first group is mostly served where results are poor:

    >>> kitagawa([16, 10], [80, 20], [4, 40], [20, 80])[["where_served", "results"]].sum().round(3).tolist()
    [-0.18, 0.0]
    """
    (x1, n1, x2, n2), _ = numbers("kitagawa", {"x1": x1, "n1": n1, "x2": x2, "n2": n2}, at_most={"x1": "n1", "x2": "n2"})
    x1, n1, x2, n2 = (np.atleast_1d(one) for one in (x1, n1, x2, n2))
    total1, total2 = n1.sum(), n2.sum()
    known = not np.isnan(x1 + n1 + x2 + n2).any() and total1 > 0 and total2 > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        share1, share2 = n1 / total1, n2 / total2
        value1, value2 = x1 / n1, x2 / n2
    rate1, rate2 = np.where(n1 > 0, value1, value2), np.where(n2 > 0, value2, value1)
    nobody = (n1 == 0) & (n2 == 0)
    parts = {
        "share1": share1, "share2": share2, "value1": value1, "value2": value2,
        "where_served": np.where(nobody, 0.0, (share1 - share2) * (rate1 + rate2) / 2),
        "results": np.where(nobody, 0.0, (rate1 - rate2) * (share1 + share2) / 2),
    }  # fmt: skip
    found = pd.DataFrame(parts)
    if not known:
        found[["share1", "share2", "where_served", "results"]] = np.nan
    return found


def decompose(cells: pd.DataFrame, group: str, comparator: str, *, by: str) -> pd.DataFrame:
    """How much of a gap is *where* people are served and how much is *different results in the same place*.

    Parameters
    ----------
    cells : DataFrame
        Rows of the metric table for one metric and period, with the cells of the pair, e.g. dimension ``race_ethnicity x site``,
        group ``Asian x North``. Rows of other dimensions are passed over.
    by : str
        The dimension of places, e.g. ``site``; either side of the pair.

    Returns
    -------
    DataFrame
        One row a place and a last row ``All places``: `place, share_group, share_comparator, value_group, value_comparator, where_served,
        results, gap, status`. The last row's `gap` is the gap between the groups and the sum of its two parts. If one of the
        cells is hidden (`status`), its numbers and all parts are NaN: a gap is not split on part of the places.

    Raises
    ------
    ValueError
        If there is no cell of the two groups by place, more than one metric, period or pair, or a count is impossible.

    Notes
    -----
    Kitagawa 1955; see `kitagawa` for the formula and for places where one group has nobody.

    Examples
    --------
    >>> cells = pd.DataFrame(
    ...     {
    ...         "metric": "placed_6m",
    ...         "period": "term",
    ...         "dimension": "race_ethnicity x site",
    ...         "group": ["A x North", "A x South", "B x North", "B x South"],
    ...     }
    ... )
    >>> cells = cells.assign(
    ...     numerator=[16, 10, 4, 40],
    ...     denominator=[80, 20, 20, 80],
    ...     value=[0.2, 0.5, 0.2, 0.5],
    ...     low=float("nan"),
    ...     high=float("nan"),
    ...     status="shown",
    ... )
    >>> parts = decompose(cells, "A", "B", by="site")
    >>> parts[["place", "where_served", "results", "gap"]].round(3).to_numpy().tolist()
    [['North', 0.12, 0.0, 0.12], ['South', -0.3, 0.0, -0.3], ['All places', -0.18, 0.0, -0.18]]
    """
    sides = _sides(cells, (group, comparator), by)
    places = sides["place"].drop_duplicates().tolist()
    first, second = (sides[sides["who"] == who].set_index("place").reindex(places) for who in (group, comparator))
    # A cell that the table does not have is nobody; one that it has and does not show is not known.
    hidden = pd.Series(False, index=places)
    counts = []
    for one in (first, second):
        reported = one["status"].notna() & ~one["status"].eq("no data")
        usable = one["status"].isin(USABLE) & one["numerator"].notna() & one["denominator"].notna()
        hidden |= reported & ~usable
        counts += [one[column].where(usable, 0.0).mask(reported & ~usable) for column in ("numerator", "denominator")]
    parts = kitagawa(*(column.to_numpy() for column in counts)).set_axis(places)
    parts["gap"] = parts["where_served"] + parts["results"]
    parts["status"] = np.where(hidden, "hidden", "shown")
    x1, n1, x2, n2 = (column.sum(skipna=False) for column in counts)
    total = parts[["where_served", "results", "gap"]].sum(skipna=False).to_dict()
    total |= {"value1": x1 / n1 if n1 else np.nan, "value2": x2 / n2 if n2 else np.nan, "share1": 1.0, "share2": 1.0}
    total |= {"status": "hidden" if hidden.any() else "shown"}
    table = pd.concat([parts, pd.DataFrame(total, index=["All places"])]).rename_axis("place").reset_index()
    names = {"share1": "share_group", "share2": "share_comparator", "value1": "value_group", "value2": "value_comparator"}
    table = table.rename(columns=names)
    figures = [column for column in table.columns if column not in ("place", "status")]
    return table.astype(dict.fromkeys(figures, float) | {"place": "str", "status": "str"})


def _sides(cells: pd.DataFrame, who: tuple[str, str], by: str) -> pd.DataFrame:
    """Return the cells of both groups by place, with columns `who` and `place`."""
    require(cells, ("metric", "period", "dimension", "group", "numerator", "denominator", "status"), "cells")
    cells = cells.reset_index(drop=True)
    ids = cells["dimension"].map(DimensionId.parse)
    rows = cells[ids.map(lambda one: one.crossed and by in one.names).astype(bool)].copy()
    first = [one.names[0] == by for one in ids[rows.index]]
    names = [one.groups(str(group)) for one, group in zip(ids[rows.index], rows["group"], strict=True)]
    rows["place"] = [name[0] if leads else name[-1] for name, leads in zip(names, first, strict=True)]
    rows["who"] = [name[-1] if leads else name[0] for name, leads in zip(names, first, strict=True)]
    rows = rows[rows["who"].isin(who)]
    for name in who:
        if not (rows["who"] == name).any():
            raise ValueError(f"cells: no cell of {name!r} by {by!r}; use a pair of dimensions such as '{pair('race_ethnicity', by)}'")
    for column in ("metric", "period", "dimension"):
        if rows[column].nunique() > 1:
            raise ValueError(f"cells: {column} is {', '.join(map(str, rows[column].unique()))}; use the rows of one {column}")
    return rows


def _change(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Split the change of each gap into the group's gain and the comparator's loss."""
    sign = rows["better"]
    found = rows[["metric", "dimension", "group", "comparator"]].copy()
    found["gap_before"] = sign * (rows["value_c"] - rows["value"])
    found["gap_after"] = sign * (rows["value_after_c"] - rows["value_after"])
    found["group_gain"] = sign * (rows["value_after"] - rows["value"])
    found["comparator_loss"] = sign * (rows["value_c"] - rows["value_after_c"])
    low, high = newcombe(rows["x_c"], rows["n_c"], rows["x_after_c"], rows["n_after_c"], level)
    found["loss_low"], found["loss_high"] = np.where(sign > 0, low, -high), np.where(sign > 0, high, -low)
    found["shrank"] = (found["gap_before"] > 0) & (found["gap_after"].abs() < found["gap_before"])
    fell = found["comparator_loss"] > 0
    mostly = found["comparator_loss"] > found["group_gain"]
    found["kind"] = np.select(
        [~found["shrank"], ~fell, mostly], ["not smaller", "levelling up", "levelling down"], default="both"
    )  # fmt: skip
    return found.astype({"kind": "str"})
