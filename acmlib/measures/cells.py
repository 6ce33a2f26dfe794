"""From monthly arrays to cells of the metric table: sums over windows, values, intervals, status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acmlib.contract.model import Statistics
from acmlib.measures.arrays import Array
from acmlib.measures.collect import Block, Days, significant
from acmlib.measures.curves import Curves, Read, curves, medians, shares_at
from acmlib.measures.intervals import mean_interval, poisson_interval, wilson
from acmlib.measures.plan import Measure
from acmlib.measures.table import IMMATURE, NO_DATA, SHOWN, Columns
from acmlib.measures.windows import Axis, Window, window_matrix, windows

#: Numbers held at once while curves are made: what bounds the memory of thousands of cells by hundreds of days (8 bytes each).
MOST_NUMBERS = 2_000_000

#: A spread below this share of the squares is what rounding left of none: all values are the same.
ROUNDING = 1e-12


@dataclass
class _Numbers:
    """One metric of one dimension: arrays, groups by windows."""

    numerator: Array
    denominator: Array
    value: Array
    low: Array
    high: Array


def measure_cells(
    measure: Measure, block: Block, axis: Axis, statistics: Statistics, *, dimension: str, order: Sequence[int]
) -> Iterator[Columns]:
    """Cells of one metric in one dimension; for retention once a time.

    Parameters
    ----------
    measure : Measure
    block : Block
        Its numbers by group and tick.
    axis : Axis
        Ticks of the block.
    statistics : Statistics
        Level of the intervals, length of rolling windows.
    dimension : str
        As in the metric table.
    order : sequence of int
        Positions of the groups in the order wanted.
    """
    mature = axis.mature(measure.window)
    chosen = windows(axis, mature=mature, rolling_months=statistics.rolling_months)
    matrix = window_matrix(chosen, len(axis))
    sent = np.broadcast_to(block.present @ matrix > 0, (len(block.groups), len(chosen)))
    waiting = block.sums[measure.waiting] @ matrix
    for name, numbers, day in _numbers(measure, block, matrix, statistics.level):
        known = mature if day is None else axis.mature(day)
        # The whole contract's curve is estimated from everyone, however short a time they have been followed.
        closed = np.array([window.stop <= known or (day is not None and window.grain == "term") for window in chosen])
        status = _settle(measure, numbers, sent, closed, waiting)
        kept = [at for at, window in enumerate(chosen) if window.grain != "rolling" or window.stop <= known]
        yield _rows(name, numbers, status, [block.groups[at] for at in order], chosen, cells=np.ix_(list(order), kept), dimension=dimension)


def _numbers(measure: Measure, block: Block, matrix: Array, level: float) -> Iterator[tuple[str, _Numbers, int | None]]:
    """Yield metric id, numbers and, for retention, the day since entry."""
    if measure.kind in ("duration", "retention"):
        yield from _lasting(measure, block, matrix, level)
    elif measure.kind == "mean" and measure.numerator in block.spreads:
        yield measure.id, _mean(measure, block, matrix, level), None
    else:
        above = significant(block.sums[measure.numerator] @ matrix)
        below = np.full_like(above, np.nan) if measure.denominator is None else significant(block.sums[measure.denominator] @ matrix)
        yield measure.id, _ratio(measure, above, below, level), None


def _ratio(measure: Measure, above: Array, below: Array, level: float) -> _Numbers:
    """Return a count, proportion or rate, or the mean of submitted sums, which has no interval: its spread was not submitted."""
    if measure.kind == "count":
        return _Numbers(above, below, above.copy(), *poisson_interval(above, level))
    some = np.where(below > 0, below, np.nan)
    value = measure.per * above / some
    if measure.kind == "mean":
        return _Numbers(above, below, value, np.full_like(value, np.nan), np.full_like(value, np.nan))
    if measure.kind == "proportion":
        return _Numbers(above, below, value, *wilson(above, below, level))
    low, high = poisson_interval(above, level)
    return _Numbers(above, below, value, measure.per * low / some, measure.per * high / some)


def _mean(measure: Measure, block: Block, matrix: Array, level: float) -> _Numbers:
    spread = block.spreads[measure.numerator]
    number, moved, squares = spread.number @ matrix, spread.total @ matrix, spread.squares @ matrix
    total = significant(moved + number * spread.centre)
    value = significant(total / np.where(number > 0, number, np.nan))
    within = squares - moved**2 / np.maximum(number, 1)
    within = np.where(within > ROUNDING * squares, within, 0.0)
    low, high = mean_interval(np.zeros_like(within), within, number, level)
    return _Numbers(total, number, value, significant(value + low), significant(value + high))


def _lasting(measure: Measure, block: Block, matrix: Array, level: float) -> Iterator[tuple[str, _Numbers, int | None]]:
    """Yield the median duration, or the share still in at each time asked for."""
    days = block.days[measure.numerator]
    read: list[list[Read]] = []
    ended: list[Array] = []
    for given, closed in _curves(days, len(block.groups), matrix, level):
        ended.append(closed)
        read.append([medians(given)] if measure.kind == "duration" else [shares_at(given, day) for day in measure.at])
    shape = (len(block.groups), matrix.shape[1])
    everyone = np.zeros((shape[0], len(matrix)))
    np.add.at(everyone, (days.group, days.tick), days.number)
    asked: list[tuple[str, int | None]] = [(measure.id, None)]
    if measure.kind == "retention":
        asked = [(f"{measure.id}@{day}d", day) for day in measure.at]
    for at, (name, day) in enumerate(asked):
        value, low, high, people = (np.concatenate([getattr(one[at], part) for one in read]).reshape(shape) for part in Read._fields)
        numerator = np.concatenate(ended).reshape(shape) if measure.kind == "duration" else np.where(np.isnan(value), np.nan, people)
        yield name, _Numbers(numerator, everyone @ matrix, value, low, high), day


def _curves(days: Days, groups: int, matrix: Array, level: float) -> Iterator[tuple[Curves, Array]]:
    """Yield the curves of a few groups at a time, by window, and how many have ended in each."""
    grid, place = np.unique(days.days, return_inverse=True)
    ticks, wide = len(matrix), max(len(grid), 1)
    step = max(1, MOST_NUMBERS // (wide * max(matrix.shape)))
    for first in range(0, groups, step):
        size = min(step, groups - first)
        mine = (days.group >= first) & (days.group < first + size)
        cell = ((days.group[mine] - first) * ticks + days.tick[mine]) * wide + place[mine]
        number, state = days.number[mine], days.still[mine]
        counted = [np.bincount(cell[chosen], weights=number[chosen], minlength=size * ticks * wide) for chosen in (~state, state)]
        ended, still = ((matrix.T @ one.reshape(size, ticks, wide)).reshape(-1, wide)[:, : len(grid)] for one in counted)
        yield curves(grid.astype(np.float64), ended, still, level=level), ended.sum(axis=1)


def _settle(measure: Measure, numbers: _Numbers, sent: NDArray[np.bool_], closed: NDArray[np.bool_], waiting: Array) -> NDArray[np.object_]:
    """Give each cell its status, and take away what may not be read as a number."""
    status = np.full(sent.shape, SHOWN, dtype=object)
    if measure.kind == "retention":  # nobody followed for so long: not yet knowable
        status[np.isnan(numbers.numerator)] = IMMATURE
    empty = np.zeros(sent.shape, dtype=bool) if measure.denominator is None and measure.kind == "count" else ~(numbers.denominator > 0)
    status[sent & empty] = NO_DATA
    early = sent & ~closed
    status[early] = IMMATURE
    status[~sent] = NO_DATA
    numbers.denominator[early] = waiting[early]
    numbers.denominator[~sent] = np.nan
    for array in (numbers.numerator, numbers.value, numbers.low, numbers.high):
        array[status != SHOWN] = np.nan
    return status


def _rows(
    name: str, numbers: _Numbers, status: NDArray[np.object_], groups: list[str], chosen: Sequence[Window],
    *, cells: tuple[NDArray[np.int64], ...], dimension: str,
) -> Columns:  # fmt: skip
    """Return the `cells` (positions of groups and windows) as rows, group by group."""
    columns = {column: getattr(numbers, column)[cells].ravel() for column in ("numerator", "denominator", "value", "low", "high")}
    texts = np.array([window.text for window in chosen], dtype=object)[cells[1].ravel()]
    keys = {
        "metric": np.full(len(groups) * len(texts), name, dtype=object),
        "period": np.tile(texts, len(groups)),
        "dimension": np.full(len(groups) * len(texts), dimension, dtype=object),
        "group": np.repeat(np.array(groups, dtype=object), len(texts)),
    }
    return keys | columns | {"status": status[cells].ravel()}
