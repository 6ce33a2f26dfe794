"""Aggregated submissions (counts per group and period instead of rows) as blocks, so that the same code makes cells of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from acmlib.contract.errors import ContractError, one_of
from acmlib.contract.kinds import KINDS, MetricKind
from acmlib.contract.model import Contract, Metric
from acmlib.contract.periods import parse_period
from acmlib.measures.arrays import Array
from acmlib.measures.collect import GroupSeries
from acmlib.measures.plan import Measure, Slot
from acmlib.measures.table import ALL, ALL_PARTICIPANTS
from acmlib.measures.windows import Axis, Grain

#: From fine to coarse. A submission is kept in the finest that it uses.
GRAINS: tuple[Grain, ...] = ("month", "quarter", "year", "rolling")

#: Kinds that counts can say something about.
COUNTED: tuple[MetricKind, ...] = tuple(name for name, kind in KINDS.items() if kind.submitted)

NUMERATOR, DENOMINATOR = Slot("sum", "numerator"), Slot("sum", "denominator")


def submitted_measure(contract: Contract, name: str, metric: Metric) -> Measure:
    """Return a metric of a counts table as a `Measure`.

    Raises
    ------
    ContractError
        If the metric is a duration or retention: counts do not say how long anything lasted.
    """
    if metric.kind not in COUNTED:
        problem = f"is '{metric.kind}', of the counts table '{metric.from_}'; use {one_of(COUNTED)} there"
        raise ContractError([contract.located(f"metrics.{name}.kind", problem)])
    whole = metric.kind == "count"
    dimensions = tuple(one for one in contract.dimensions if metric.dimensions is None or one in metric.dimensions)
    below = None if whole else DENOMINATOR
    return Measure(
        name, metric.kind, None, NUMERATOR, below, below or NUMERATOR, dimensions, window=metric.window, per=metric.per
    )  # fmt: skip


def submitted_axis(contract: Contract, rows: pd.DataFrame, measure: str, axis: Axis) -> Axis:
    """Return the axis in which a measure was submitted: months, quarters, years, or fiscal years of the contract.

    A quarter or year that is not over, and of which nothing was sent, is not due yet: it is left out.
    """
    sent = set(rows.loc[rows["measure"] == measure, "period"])
    used: set[Grain] = {parse_period(text).grain for text in sent}
    grain: Grain = next((one for one in GRAINS if one in used), "month")
    if grain == "month":
        return axis
    starts, ends = contract.contract.starts, contract.contract.ends
    if grain == "rolling":  # fiscal years: the twelve months up to the same month of each year
        whole = Axis.of_years(int(next(text for text in sent if text.startswith("P12M"))[-2:]), starts, ends, axis.as_of)
    else:
        whole = Axis.spanning(grain, starts, ends, axis.as_of)
    last = whole.ticks[-1]
    due = last.end <= axis.as_of or last.text in sent or len(whole) == 1
    return whole if due else replace(whole, ticks=whole.ticks[:-1])


def submitted_blocks(rows: pd.DataFrame, measure: Measure, submitted: str, axis: Axis) -> dict[str, GroupSeries]:
    """Blocks by dimension of one submitted measure.

    Parameters
    ----------
    rows : DataFrame
        ``period, dimension, group, measure, numerator, denominator, withheld``, one row each. Rows that no count can have (negative, not
        available, a numerator above its denominator) count as not sent; the checks of the intake report them.
    submitted : str
        Name of the measure in `rows`.
    axis : Axis
        Periods to keep; rows of other periods are not counted.

    Returns
    -------
    dict
        With dimension ``all`` always: as submitted, else, period by period, the sum over the first dimension of which every group
        was submitted. A period without either is no data.
    """
    ticks = {tick.text: at for at, tick in enumerate(axis.ticks)}
    mine = rows[(rows["measure"] == submitted) & rows["period"].isin(ticks) & (_possible(rows, measure) | rows["withheld"])]
    parts = {str(dimension): part for dimension, part in mine.groupby("dimension", sort=False)}
    blocks = {name: _block(parts[name], measure, ticks) for name in measure.dimensions if name in parts}
    everyone = mine[mine["dimension"] == ALL].assign(group=ALL_PARTICIPANTS)
    total = _block(everyone, measure, ticks) if len(everyone) else _nothing(len(ticks))
    for name in measure.dimensions:
        if name in blocks:
            _complete(total, blocks[name])
    return {ALL: total} | blocks


def _possible(rows: pd.DataFrame, measure: Measure) -> pd.Series:
    above, below = rows["numerator"], rows["denominator"]
    fine = np.isfinite(above) & ((above >= 0) | (measure.kind == "mean"))
    if measure.denominator is not None:
        fine &= np.isfinite(below) & (below >= 0)
    if measure.kind == "proportion":
        fine &= above <= below
    return pd.Series(fine, index=rows.index)


def _block(part: pd.DataFrame, measure: Measure, ticks: dict[str, int]) -> GroupSeries:
    codes, names = pd.factorize(part["group"].astype(object), sort=True)
    cell = codes * len(ticks) + part["period"].map(ticks).to_numpy()
    shape = (len(names), len(ticks))

    def filled(numbers: Iterable[float] | None) -> Array:
        weights = None if numbers is None else np.nan_to_num(np.asarray(numbers, dtype=np.float64))
        return np.bincount(cell, weights=weights, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)

    sums = {NUMERATOR: filled(part["numerator"])}
    if measure.denominator is not None:
        sums[DENOMINATOR] = filled(part["denominator"])
    hidden = filled(part["withheld"].astype(np.float64)) if part["withheld"].any() else None
    return GroupSeries([str(name) for name in names], (filled(None) > 0).astype(np.float64), sums, withheld=hidden)


def _nothing(ticks: int) -> GroupSeries:
    empty = np.zeros((1, ticks))
    return GroupSeries([ALL_PARTICIPANTS], empty.copy(), {NUMERATOR: empty.copy(), DENOMINATOR: empty.copy()})


def _complete(total: GroupSeries, parts: GroupSeries) -> None:
    """Add up the groups where no total was sent and every group was."""
    gap = (total.present[0] == 0) & (parts.present > 0).all(axis=0)
    for slot, numbers in parts.sums.items():
        total.sums[slot][0, gap] = numbers[:, gap].sum(axis=0)
    total.present[0, gap] = 1
    if parts.withheld is not None:
        total.withheld = np.zeros_like(total.present) if total.withheld is None else total.withheld
        total.withheld[0, gap] = parts.withheld[:, gap].sum(axis=0)
