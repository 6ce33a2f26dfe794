"""What may be compared with what: the cells of one metric, period and dimension are one family, and each family has its comparator."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.contract.ids import ALL, DimensionId, MetricId
from acmlib.contract.kinds import KINDS
from acmlib.measures.arrays import Array

V = TypeVar("V")

#: A column of the metric table that every cell has; a missing one is refused by name.
NEEDED = ("metric", "period", "dimension", "group", "numerator", "denominator", "value", "low", "high", "status")
#: Cells whose numbers may be used. Others are hidden, immature or empty: they are neither compared nor compared with.
USABLE = ("shown", "unreliable")
#: Groups of people of whom the group is not known (the default of a contract's dimensions).
NOT_RECORDED = ("Not asked", "Declined", "Don't know", "Not recorded")
#: Named ways to choose a comparator; any other text is the name of a group.
BASES = ("target", "best", "overall", "rest")
#: A value counts as numerator / denominator when it agrees to this.
_SAME = 1e-9
_DIRECTION = {"higher": 1.0, "lower": -1.0, "neither": 0.0}

#: Numbers of a comparator.
_NUMBERS = ("x", "n", "value", "low", "high")
#: Working columns of a comparison, by name: arrays of one length.
Work: TypeAlias = dict[str, NDArray[Any]]
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


def numbered(keys: Sequence[Hashable]) -> NDArray[np.int64]:
    """Return a number for each key, the same for equal ones, in the order in which they first occur.

    Examples
    --------
    >>> numbered(["b", "a", "b"]).tolist()
    [0, 1, 0]
    """
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)


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
) -> Work:
    """Return the working columns of a comparison, one entry per cell, in the order of the cells.

    Columns: `family`, `whole` and `window` (numbers of the family, of the metric and period, and of the period), `group`, `x`, `n`,
    `value`, `low`, `high`, `is_share` (value is x of n people), `is_curve` (value read from a retention curve), `usable`, `known`,
    `everyone`, `better` (1 higher, -1 lower, 0 neither), `target`, `kind` (empty where it is not given).

    Raises
    ------
    ValueError
        If a column is missing, a count is negative or infinite, a group stands twice in a family, or `better` is misspelt.
    """
    require(cells, NEEDED, "cells")
    metrics, periods, dimensions, statuses = (cells[name].tolist() for name in ("metric", "period", "dimension", "status"))
    work: Work = {"group": np.array(cells["group"].astype(str).tolist(), dtype=object)}
    work["family"] = numbered(list(zip(metrics, periods, dimensions, strict=True)))
    work["whole"], work["window"] = numbered(list(zip(metrics, periods, strict=True))), numbered(periods)
    for ours, theirs in (("x", "numerator"), ("n", "denominator"), ("value", "value"), ("low", "low"), ("high", "high")):
        work[ours] = cells[theirs].to_numpy(dtype=np.float64, na_value=np.nan)
    _refuse(cells, work)
    work["usable"] = np.array([status in USABLE for status in statuses], dtype=bool) & ~np.isnan(work["value"])
    work["everyone"] = np.array([one == ALL for one in dimensions], dtype=bool)
    work["known"] = is_known(cells, not_recorded).to_numpy() & ~work["everyone"]
    work["kind"] = np.array(per_metric(kinds, cells["metric"], ""), dtype=object)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (np.abs(work["x"] / work["n"] - work["value"]) <= _SAME) & (work["x"] <= work["n"]) & (work["n"] > 0)
    work["is_share"] = share & ~np.isin(work["kind"], [name for name, kind in KINDS.items() if not kind.is_share])
    timed = {metric for metric in set(metrics) if MetricId.parse(metric).days is not None}
    work["is_curve"] = np.array([metric in timed for metric in metrics], dtype=bool) & ~work["is_share"]
    words = per_metric(better, cells["metric"], "higher")
    misspelt = sorted({str(word) for word in words if word not in _DIRECTION})
    if misspelt:
        raise ValueError(f"better: {misspelt[0]!r} was given; use higher, lower or neither")
    work["better"] = np.array([_DIRECTION[word] for word in words], dtype=np.float64)
    work["target"] = np.array(per_metric(targets, cells["metric"], np.nan), dtype=np.float64)
    return work


def _refuse(cells: pd.DataFrame, work: Work) -> None:
    """Refuse counts that cannot be, and a group named twice."""
    x, n, value = (work[name] for name in ("x", "n", "value"))
    infinite = np.flatnonzero(np.isinf(x) | np.isinf(n) | np.isinf(value))
    if len(infinite):
        raise ValueError(f"cells: {place(cells.iloc[infinite[0]])}: a number is infinite; use numbers, NaN where there is none")
    negative = np.flatnonzero((n < 0) | ((x < 0) & (n >= 0) & (value >= 0) & (value <= 1)))
    if len(negative):
        raise ValueError(f"cells: {place(cells.iloc[negative[0]])}: a count is negative; use counts of 0 and more")
    keys = list(zip(work["family"].tolist(), work["group"], strict=True))
    if len(set(keys)) < len(keys):
        again = next(at for at, key in enumerate(keys) if key in keys[:at])
        raise ValueError(f"cells: {place(cells.iloc[again])} stands there twice; use one row a group")


def candidates(work: Work, minimum_n: float) -> NDArray[np.bool_]:
    """Tell which groups may be the best: usable, known, and of at least `minimum_n` people."""
    return work["usable"] & work["known"] & (work["n"] >= minimum_n)


def _best_rows(work: Work, minimum_n: float) -> list[int]:
    """Return the position of the best-performing candidate of each family, in order of families."""
    family, group = work["family"].tolist(), work["group"].tolist()
    merit, size = (-work["better"] * work["value"]).tolist(), (-work["n"]).tolist()
    eligible = np.flatnonzero(candidates(work, minimum_n) & (work["better"] != 0)).tolist()
    ordered = sorted(eligible, key=lambda at: (family[at], merit[at], size[at], group[at]))
    return list({family[at]: at for at in reversed(ordered)}.values())[::-1]


def choose(work: Work, comparator: str, minimum_n: float) -> Work:
    """Return the comparator of each row of `prepare`: `basis`, `name`, `x`, `n`, `value`, `low`, `high`; NaN where there is none.

    A target that was not agreed, and a group that a family does not have, give way to the best group. A metric of which
    neither direction is better has no best group and is compared with the rest. Everyone together is compared with a target only.
    """
    if comparator == "overall":
        chosen = _overall(work)
    elif comparator == "rest":
        chosen = _rest(work)
    else:
        chosen = _of_rows(work, "best", _best_rows(work, minimum_n), "family")
        neither = work["better"] == 0
        if neither.any():
            chosen = _either(~neither, chosen, _rest(work))
        if comparator != "best":
            agreed = _target(work) if comparator == "target" else _named(work, comparator)
            chosen = _either(~np.isnan(agreed["value"]), agreed, chosen)
    known, everyone, usable = (work[name] for name in ("known", "everyone", "usable"))
    allowed = (known | (everyone & (chosen["basis"] == "target"))) & usable
    return {name: np.where(allowed, column, np.nan) for name, column in chosen.items()}


def _either(where: NDArray[np.bool_], one: Work, other: Work) -> Work:
    return {name: np.where(where, one[name], other[name]) for name in one}


def _chosen(rows: int) -> Work:
    """Return no comparator for each of so many rows."""
    texts = {name: np.full(rows, np.nan, dtype=object) for name in ("basis", "name")}
    return texts | {name: np.full(rows, np.nan) for name in _NUMBERS}


def _named_as(chosen: Work, where: NDArray[np.bool_], basis: str, names: Any) -> Work:
    chosen["basis"][where], chosen["name"][where] = basis, names
    return chosen


def _of_rows(work: Work, basis: str, rows: Sequence[int], by: str) -> Work:
    """Return, for each cell, the numbers of the one of these rows that stands for its number in the column `by`."""
    chosen, numbers = _chosen(len(work["x"])), work[by]
    of = np.full(int(numbers.max()) + 1 if len(work["x"]) else 0, -1)
    of[numbers[list(rows)]] = rows
    at = of[numbers]
    for column in _NUMBERS:
        chosen[column] = np.where(at >= 0, work[column][at], np.nan)
    found = ~np.isnan(chosen["value"])
    return _named_as(chosen, found, basis, work["group"][at[found]])


def _target(work: Work) -> Work:
    chosen = _chosen(len(work["x"])) | {"value": work["target"]}
    return _named_as(chosen, ~np.isnan(chosen["value"]), "target", "target")


def _named(work: Work, group: str) -> Work:
    rows = (work["group"] == group) & work["usable"] & work["known"]
    return _of_rows(work, "group", np.flatnonzero(rows).tolist(), "family")


def _overall(work: Work) -> Work:
    """Everyone together: the cell of that name if it is among the cells, else the sum of the family, unknown groups included."""
    everyone, usable, is_share = (work[name] for name in ("everyone", "usable", "is_share"))
    chosen = _of_rows(work, "overall", np.flatnonzero(everyone & usable).tolist(), "whole")
    missing = np.isnan(chosen["value"]) & is_share
    return _either(~missing, chosen, _as_comparator("overall", *_sums(work, usable & ~everyone & is_share)))


def _rest(work: Work) -> Work:
    """All other groups that are known and shown, together."""
    known, usable, is_share = (work[name] for name in ("known", "usable", "is_share"))
    counted = usable & known & is_share
    x, n = (np.where(counted, work[name], 0.0) for name in ("x", "n"))
    all_x, all_n = _sums(work, counted)
    rest = _as_comparator("rest", all_x - x, all_n - n)
    # Curves and means cannot be subtracted from each other: everyone is the nearest thing.
    return rest if is_share.all() else _either(is_share, rest, _overall(work))


def _sums(work: Work, counted: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Return, for each row, the sums of x and n over the counted rows of its family."""
    family = work["family"]
    x, n = (np.bincount(family, np.where(counted, work[name], 0.0)).astype(np.float64) for name in ("x", "n"))
    return x[family], n[family]


def _as_comparator(basis: str, x: Array, n: Array) -> Work:
    has_people = n > 0
    chosen = _chosen(len(x)) | {"x": np.where(has_people, x, np.nan), "n": np.where(has_people, n, np.nan)}
    chosen["value"] = chosen["x"] / chosen["n"]
    return _named_as(chosen, has_people, basis, basis)
