"""What may be compared with what: the cells of one metric, period and dimension are one family, and each family has its comparator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeVar

import numpy as np
import pandas as pd

from acmlib.contract.ids import DimensionId, MetricId
from acmlib.contract.kinds import KINDS

V = TypeVar("V")

#: A column of the metric table that every cell has; a missing one is refused by name.
NEEDED = ("metric", "period", "dimension", "group", "numerator", "denominator", "value", "low", "high", "status")
#: Cells whose numbers may be used. Others are hidden, immature or empty: they are neither compared nor compared with.
USABLE = ("shown", "unreliable")
#: The dimension of everyone together.
EVERYONE = "all"
#: Groups of people of whom the group is not known (the default of a contract's dimensions).
NOT_RECORDED = ("Not asked", "Declined", "Don't know", "Not recorded")
#: Named ways to choose a comparator; any other text is the name of a group.
BASES = ("target", "best", "overall", "rest")
#: A value counts as numerator / denominator when it agrees to this.
_SAME = 1e-9
_DIRECTION = {"higher": 1.0, "lower": -1.0, "neither": 0.0}

NotRecorded: TypeAlias = Sequence[str] | Mapping[str, Sequence[str]]


def require(frame: pd.DataFrame, columns: Sequence[str], name: str) -> None:
    """Refuse a frame without the columns it needs.

    Raises
    ------
    ValueError
        Naming the missing columns.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(f"{name}: column {', '.join(missing)} is missing; use the columns of the metric table")


def place(row: pd.Series) -> str:
    """Return how an error names a cell: metric, period, dimension and group."""
    return ", ".join(str(row[column]) for column in ("metric", "period", "dimension", "group"))


def per_metric(given: Mapping[str, V] | None, metrics: pd.Series, default: V) -> list[V]:
    """Return a setting for each metric id; a stage or retention cell (``left@90d``) takes that of the metric it belongs to."""
    known = given or {}
    if not known:
        return [default] * len(metrics)
    found = {metric: known.get(metric, known.get(MetricId.parse(metric).key, default)) for metric in metrics.unique()}
    return [found[metric] for metric in metrics]


def is_known(cells: pd.DataFrame, not_recorded: NotRecorded) -> pd.Series:
    """Tell for each cell whether it is a group of people whose group is known (in a pair: in both dimensions).

    Examples
    --------
    >>> cells = pd.DataFrame({"dimension": ["race", "race x site"], "group": ["Declined", "Asian x North"]})
    >>> is_known(cells, ("Declined",)).tolist()
    [False, True]
    """
    by_dimension = not_recorded if isinstance(not_recorded, Mapping) else {}
    everywhere = tuple(NOT_RECORDED) if isinstance(not_recorded, Mapping) else tuple(not_recorded)

    def known(dimension: str, group: str) -> bool:
        whole = DimensionId.parse(dimension)
        names = whole.groups(group)
        parts = whole.names if len(names) > 1 else (dimension,)
        return all(name not in by_dimension.get(part, everywhere) for part, name in zip(parts, names, strict=True))

    pairs = list(zip(cells["dimension"].astype(str), cells["group"].astype(str), strict=True))
    told = {pair: known(*pair) for pair in set(pairs)}
    return pd.Series([told[pair] for pair in pairs], index=cells.index, dtype=bool)


def prepare(
    cells: pd.DataFrame,
    *,
    better: Mapping[str, str] | None,
    targets: Mapping[str, float] | None,
    not_recorded: NotRecorded,
    kinds: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return the working columns of a comparison, one row per cell, in the order of the cells.

    Columns: `family`, `whole` and `window` (numbers of the family, of the metric and period, and of the period), `group`, `x`, `n`,
    `value`, `low`, `high`, `is_share` (value is x of n people), `is_curve` (value read from a retention curve), `usable`, `known`,
    `everyone`, `better` (1 higher, -1 lower, 0 neither), `target`, `kind` (empty where it is not given).

    Raises
    ------
    ValueError
        If a column is missing, a count is negative or infinite, a group stands twice in a family, or `better` is misspelt.
    """
    require(cells, NEEDED, "cells")
    work = pd.DataFrame({"group": cells["group"].astype(str).to_numpy()})
    keys = cells[["metric", "period", "dimension"]].reset_index(drop=True)
    work["family"] = keys.groupby(["metric", "period", "dimension"], dropna=False, sort=False).ngroup()
    work["whole"] = keys.groupby(["metric", "period"], dropna=False, sort=False).ngroup()
    work["window"] = keys.groupby("period", dropna=False, sort=False).ngroup()
    for ours, theirs in (("x", "numerator"), ("n", "denominator"), ("value", "value"), ("low", "low"), ("high", "high")):
        work[ours] = cells[theirs].to_numpy(dtype=np.float64, na_value=np.nan)
    _refuse(cells, work)
    work["usable"] = cells["status"].isin(USABLE).to_numpy() & work["value"].notna()
    work["everyone"] = keys["dimension"].eq(EVERYONE)
    work["known"] = is_known(cells, not_recorded).to_numpy() & ~work["everyone"]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (work["x"] / work["n"].where(work["n"] > 0) - work["value"]).abs() <= _SAME
    work["kind"] = per_metric(kinds, keys["metric"], "")
    work["is_share"] = share & (work["x"] <= work["n"]) & work["kind"].map(lambda kind: kind not in KINDS or KINDS[kind].is_share)
    work["is_curve"] = keys["metric"].map(lambda one: MetricId.parse(one).days is not None).astype(bool) & ~work["is_share"]
    words = per_metric(better, keys["metric"], "higher")
    misspelt = sorted({str(word) for word in words if word not in _DIRECTION})
    if misspelt:
        raise ValueError(f"better: {misspelt[0]!r} was given; use higher, lower or neither")
    work["better"] = [_DIRECTION[word] for word in words]
    work["target"] = per_metric(targets, keys["metric"], np.nan)
    return work


def _refuse(cells: pd.DataFrame, work: pd.DataFrame) -> None:
    """Refuse counts that cannot be, and a group named twice."""
    for column in ("x", "n", "value"):
        infinite = np.flatnonzero(np.isinf(work[column]))
        if len(infinite):
            raise ValueError(f"cells: {place(cells.iloc[infinite[0]])}: a number is infinite; use numbers, NaN where there is none")
    negative = np.flatnonzero(((work["n"] < 0) | ((work["x"] < 0) & (work["n"] >= 0) & (work["value"].between(0, 1)))).to_numpy())
    if len(negative):
        raise ValueError(f"cells: {place(cells.iloc[negative[0]])}: a count is negative; use counts of 0 and more")
    twice = np.flatnonzero(work.duplicated(["family", "group"]))
    if len(twice):
        raise ValueError(f"cells: {place(cells.iloc[twice[0]])} stands there twice; use one row a group")


def candidates(work: pd.DataFrame, minimum_n: float) -> pd.Series:
    """Tell which groups may be the best: usable, known, and of at least `minimum_n` people."""
    return work["usable"] & work["known"] & (work["n"] >= minimum_n)


def best_groups(work: pd.DataFrame, minimum_n: float) -> pd.DataFrame:
    """Return the best-performing candidate of each family, indexed by family; ties go to the larger group, then by name."""
    eligible = work[candidates(work, minimum_n) & (work["better"] != 0)]
    merit = eligible.assign(merit=-eligible["better"] * eligible["value"], size=-eligible["n"])
    order = merit.sort_values(["family", "merit", "size", "group"], kind="stable")
    return order.drop_duplicates("family").set_index("family")


def choose(work: pd.DataFrame, comparator: str, minimum_n: float) -> pd.DataFrame:
    """Return the comparator of each row of `prepare`: `basis`, `name`, `x`, `n`, `value`, `low`, `high`; NaN where there is none.

    A target that was not agreed, and a group that a family does not have, give way to the best group. A metric of which
    neither direction is better has no best group and is compared with the rest. Everyone together is compared with a target only.
    """
    if comparator == "overall":
        chosen = _overall(work)
    elif comparator == "rest":
        chosen = _rest(work)
    else:
        chosen = _best(work, minimum_n)
        if (work["better"] == 0).any():
            chosen = chosen.where(work["better"] != 0, _rest(work))
        if comparator != "best":
            agreed = _target(work) if comparator == "target" else _named(work, comparator)
            chosen = agreed.where(agreed["value"].notna(), chosen)
    allowed = work["known"] | (work["everyone"] & (chosen["basis"] == "target"))
    return chosen.where(allowed & work["usable"])


def _empty(work: pd.DataFrame) -> pd.DataFrame:
    texts = pd.DataFrame(np.nan, index=work.index, columns=["basis", "name"]).astype("str")
    return texts.join(pd.DataFrame(np.nan, index=work.index, columns=["x", "n", "value", "low", "high"]))


def _of_rows(work: pd.DataFrame, basis: str, rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return, for each cell, the numbers of the one row of `rows` (indexed by `by`) that stands for it."""
    chosen = _empty(work)
    for column in ("x", "n", "value", "low", "high"):
        chosen[column] = work[by].map(rows[column])
    found = chosen["value"].notna()
    chosen.loc[found, "name"] = work.loc[found, by].map(rows["group"])
    chosen.loc[found, "basis"] = basis
    return chosen


def _target(work: pd.DataFrame) -> pd.DataFrame:
    chosen = _empty(work)
    chosen["value"] = work["target"]
    chosen.loc[work["target"].notna(), ["basis", "name"]] = "target"
    return chosen


def _best(work: pd.DataFrame, minimum_n: float) -> pd.DataFrame:
    return _of_rows(work, "best", best_groups(work, minimum_n), "family")


def _named(work: pd.DataFrame, group: str) -> pd.DataFrame:
    rows = work[(work["group"] == group) & work["usable"] & work["known"]].set_index("family")
    return _of_rows(work, "group", rows, "family")


def _overall(work: pd.DataFrame) -> pd.DataFrame:
    """Everyone together: the cell of that name if it is among the cells, else the sum of the family, unknown groups included."""
    rows = work[work["everyone"] & work["usable"]].set_index("whole")
    chosen = _of_rows(work, "overall", rows, "whole")
    summed = _sums(work, work["usable"] & ~work["everyone"] & work["is_share"])
    missing = chosen["value"].isna() & work["is_share"]
    return chosen.where(~missing, _as_comparator(work, "overall", summed["x"], summed["n"]))


def _rest(work: pd.DataFrame) -> pd.DataFrame:
    """All other groups that are known and shown, together."""
    counted = work["usable"] & work["known"] & work["is_share"]
    summed = _sums(work, counted)
    rest = _as_comparator(work, "rest", summed["x"] - work["x"].where(counted, 0), summed["n"] - work["n"].where(counted, 0))
    # Curves and means cannot be subtracted from each other: everyone is the nearest thing.
    return rest if work["is_share"].all() else rest.where(work["is_share"], _overall(work))


def _sums(work: pd.DataFrame, counted: pd.Series) -> pd.DataFrame:
    return work[["x", "n"]].where(counted, 0.0).groupby(work["family"]).transform("sum")


def _as_comparator(work: pd.DataFrame, basis: str, x: pd.Series, n: pd.Series) -> pd.DataFrame:
    chosen = _empty(work)
    there = n > 0
    chosen["x"], chosen["n"] = x.where(there), n.where(there)
    chosen["value"] = chosen["x"] / chosen["n"]
    chosen.loc[there, ["basis", "name"]] = basis
    return chosen
