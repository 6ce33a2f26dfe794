"""From monthly arrays to cells of the metric table: sums over windows, values, intervals, status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from acmlib.contract.ids import MetricId
from acmlib.contract.kinds import KINDS, MetricKind
from acmlib.contract.model import Contract, Statistics
from acmlib.measures.arrays import Array
from acmlib.measures.collect import Days, GroupSeries, significant, stacked
from acmlib.measures.curves import Curves, CurveValues, curves, medians, shares_at
from acmlib.measures.intervals import mean_interval, poisson_interval, wilson
from acmlib.measures.listed import different
from acmlib.measures.listed import medians as medians_of
from acmlib.measures.plan import Measure
from acmlib.measures.table import ALL, IMMATURE, NO_DATA, SHOWN, SUPPRESSED_BY_SENDER, Columns
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
    measure: Measure, blocks: Mapping[str, GroupSeries], axis: Axis, statistics: Statistics, *, order: Mapping[str, Sequence[int]]
) -> Iterator[Columns]:
    """Cells of one metric, by dimension; for retention once a time, for durations of everyone together also at each of their times.

    Parameters
    ----------
    blocks : mapping
        Dimension, as in the metric table, to the metric's numbers by group and tick. The dimensions are worked out together.
    axis : Axis
        Ticks of the blocks.
    statistics : Statistics
        Level of the intervals, length of rolling windows.
    order : mapping
        Dimension to the positions of its groups in the order wanted.
    """
    mature = axis.mature(measure.window)
    chosen = windows(axis, mature=mature, rolling_months=statistics.rolling_months)
    matrix = window_matrix(chosen, len(axis))
    for everyone in (True, False):
        names = [name for name, block in blocks.items() if (name == ALL) == everyone and block.groups]
        if not names:
            continue
        block = stacked([blocks[name] for name in names], (measure.numerator, measure.denominator, measure.waiting))
        sent = np.broadcast_to(block.present @ matrix > 0, (len(block.groups), len(chosen)))
        waiting, made = block.sums[measure.waiting] @ matrix, []
        for name, numbers, day in _numbers(measure, block, matrix, statistics.level, everyone=everyone):
            known = mature if day is None else axis.mature(day)
            # The whole contract's curve is estimated from everyone, however short a time they have been followed.
            closed = np.array([window.stop <= known or (measure.kind == "retention" and window.grain == "term") for window in chosen])
            status = _settle(measure, numbers, sent, closed, waiting)
            if block.withheld is not None:
                _withhold(numbers, status, (block.withheld @ matrix > 0) & np.isin(status, (SHOWN, NO_DATA)))
            kept = [at for at, window in enumerate(chosen) if window.grain != "rolling" or window.stop <= known]
            made.append((name, numbers, status, kept))
        first = np.cumsum([0, *(len(blocks[name].groups) for name in names)]).tolist()
        for dimension, start in zip(names, first, strict=False):
            places = [start + at for at in order[dimension]]
            groups = [block.groups[at] for at in places]
            for name, numbers, status, kept in made:
                yield _rows(name, numbers, status, groups, chosen, cells=np.ix_(places, kept), dimension=dimension)


def _numbers(
    measure: Measure, block: GroupSeries, matrix: Array, level: float, *, everyone: bool
) -> Iterator[tuple[str, _Numbers, int | None]]:
    """Yield metric id, numbers and, for a share at a time since entry, the day that must be over."""
    match KINDS[measure.kind].reads:
        case "days":
            yield from _lasting(measure, block, matrix, level, everyone=everyone)
        case _ if measure.numerator.kind == "values":
            yield measure.id, _of_values(measure, block, matrix, level), None
        case "sums" if measure.numerator in block.spreads:
            yield measure.id, _of_spread(measure, block, matrix, level), None
        case _:
            above = significant(block.sums[measure.numerator] @ matrix)
            below = np.full_like(above, np.nan) if measure.denominator is None else significant(block.sums[measure.denominator] @ matrix)
            yield measure.id, _ratio(measure, above, below, level), None


def _ratio(measure: Measure, above: Array, below: Array, level: float) -> _Numbers:
    """Return a count, proportion or rate, or the mean of submitted sums, which has no interval: its spread was not submitted."""
    match measure.kind:
        case "count" | "proportion" | "rate" | "mean":
            return _Numbers(above, below, *_results(measure.kind, measure.per, above, below, level))
        case _:
            raise ValueError(f"{measure.id}: a {measure.kind} does not follow from counts")


def _results(
    kind: Literal["count", "proportion", "rate", "mean"], per: float, above: Array, below: Array, level: float
) -> tuple[Array, Array, Array]:
    """Return values and limits that follow from numerators and denominators."""
    if kind == "count":
        return above.copy(), *poisson_interval(above, level)
    some = np.where(below > 0, below, np.nan)
    value = per * above / some
    if kind == "proportion":
        return value, *wilson(above, below, level)
    if kind == "rate":
        low, high = poisson_interval(above, level)
        return value, per * low / some, per * high / some
    return value, np.full_like(value, np.nan), np.full_like(value, np.nan)


def result_of(contract: Contract, name: str, above: float, below: float) -> tuple[float, float, float]:
    """Return value and limits of a metric id from its numerator and denominator; NaN where they do not follow from these two.

    Parameters
    ----------
    name : str
        Steps of the pathway after the first, and who is still there or whose wait is over after so many days, are shares.
    """
    of = MetricId.parse(name)
    metric = contract.metrics.get(of.key)
    if metric is None:
        kind: MetricKind = "count" if below != below else "proportion"
    else:
        kind = "proportion" if of.days is not None or metric.kind == "retention" else metric.kind
    nothing = (float("nan"),) * 3
    if kind not in ("count", "proportion", "rate", "mean") or above != above or (kind != "count" and not below > 0):
        return nothing
    per = 1.0 if metric is None else metric.per
    value, low, high = _results(kind, per, np.array([above]), np.array([below]), contract.statistics.level)
    return value.item(), low.item(), high.item()


def _of_spread(measure: Measure, block: GroupSeries, matrix: Array, level: float) -> _Numbers:
    """Return the mean of values with Student's limits, or their sum with those of a compound Poisson sum (variance: sum of squares)."""
    spread = block.spreads[measure.numerator]
    number, moved, squares = spread.number @ matrix, spread.total @ matrix, spread.squares @ matrix
    total = significant(moved + number * spread.centre)
    if measure.kind == "sum":
        about_zero = squares + 2 * spread.centre * moved + spread.centre**2 * number
        reach = float(ndtri((1 + level) / 2)) * np.sqrt(np.maximum(about_zero, 0.0))
        return _Numbers(total, number, total.copy(), significant(total - reach), significant(total + reach))
    value = significant(total / np.where(number > 0, number, np.nan))
    within = squares - moved**2 / np.maximum(number, 1)
    within = np.where(within > ROUNDING * squares, within, 0.0)
    low, high = mean_interval(np.zeros_like(within), within, number, level)
    return _Numbers(total, number, value, significant(value + low), significant(value + high))


def _of_values(measure: Measure, block: GroupSeries, matrix: Array, level: float) -> _Numbers:
    """Return a median of values, or a number of different people."""
    values, groups = block.values[measure.numerator], len(block.groups)
    if measure.kind == "count":
        people = different(values, groups, matrix)
        return _Numbers(people, np.full_like(people, np.nan), people.copy(), *poisson_interval(people, level))
    number, value, low, high = medians_of(values, groups, matrix, level)
    return _Numbers(number, number.copy(), value, low, high)


def _lasting(
    measure: Measure, block: GroupSeries, matrix: Array, level: float, *, everyone: bool
) -> Iterator[tuple[str, _Numbers, int | None]]:
    """Yield the share still in at each time asked for; of a duration its median, and the share that has ended by each time.

    The times of a duration are for everyone together, where there are dates; all of them for the same windows: those in which everyone
    has been followed to the last of them.
    """
    days = block.days[measure.numerator]
    duration = measure.kind == "duration"
    read: list[list[CurveValues]] = []
    times = measure.at if not duration or (everyone and measure.date is not None) else ()
    for given, last in _curves(days, len(block.groups), matrix, level, times):
        read.append([*([medians(given, last=last)] if duration else []), *(shares_at(given, day) for day in times)])
    shape = (len(block.groups), matrix.shape[1])
    whole = _counted(days, np.ones(len(days.days), dtype=bool), len(block.groups), matrix)
    asked: list[tuple[str, int | None]] = [
        *([(measure.id, None)] if duration else []),
        *((str(MetricId(measure.id, one)), one) for one in times),
    ]
    for at, (name, day) in enumerate(asked):
        value, low, high, people = (np.concatenate([getattr(one[at], part) for one in read]).reshape(shape) for part in CurveValues._fields)
        if not duration:
            yield name, _Numbers(np.where(np.isnan(value), np.nan, people), whole.copy(), value, low, high), day
            continue
        ended = _counted(days, ~days.still if day is None else ~days.still & (days.days <= day), len(block.groups), matrix)
        if day is None:
            yield name, _Numbers(ended, whole.copy(), value, low, high), None
        else:
            yield name, _Numbers(ended, whole.copy(), 1 - value, 1 - high, 1 - low), measure.followed


def _counted(days: Days, chosen: NDArray[np.bool_], groups: int, matrix: Array) -> Array:
    """Return how many of the chosen entries of a histogram there are, groups by windows."""
    counts = np.zeros((groups, len(matrix)))
    np.add.at(counts, (days.group[chosen], days.tick[chosen]), days.number[chosen])
    return np.asarray(counts @ matrix)


def _curves(days: Days, groups: int, matrix: Array, level: float, asked: Sequence[int]) -> Iterator[tuple[Curves, Array]]:
    """Yield the curves of a few groups at a time, by window, and the last day anyone was followed.

    The grid has the days on which something ended and those asked for. Who was last seen in between counts at the grid's day before:
    that is on the same side of every end.
    """
    grid = np.unique(np.concatenate([days.days[~days.still], [0], np.array([[day, day + 1] for day in asked], dtype=np.int64).ravel()]))
    place = np.searchsorted(grid, days.days, side="right") - 1
    ticks, wide = len(matrix), len(grid)
    first, stop = matrix.argmax(axis=0), ticks - matrix[::-1].argmax(axis=0)
    step = max(1, MOST_NUMBERS // (wide * max(matrix.shape)))
    for begin in range(0, groups, step):
        size = min(step, groups - begin)
        mine = (days.group >= begin) & (days.group < begin + size)
        row, state, number = (days.group[mine] - begin) * ticks + days.tick[mine], days.still[mine], days.number[mine]
        at = row * wide + place[mine]
        ended, still = (
            _added(np.bincount(at[chosen], number[chosen], size * ticks * wide).astype(np.float64).reshape(size, ticks, wide), first, stop)
            for chosen in (~state, state)
        )
        last = np.zeros(size * ticks)
        np.maximum.at(last, row, days.days[mine])
        latest = np.stack([last.reshape(size, ticks)[:, one:other].max(axis=1) for one, other in zip(first, stop, strict=True)], axis=1)
        yield curves(grid.astype(np.float64), ended, still, level=level), latest.ravel()


def _added(numbers: Array, first: NDArray[np.int64], stop: NDArray[np.int64]) -> Array:
    """Return groups by ticks by days, added up over windows: (groups x windows) by days. Whole numbers, so differences are exact."""
    running = np.concatenate([np.zeros_like(numbers[:, :1]), np.cumsum(numbers, axis=1)], axis=1)
    return np.asarray((running[:, stop] - running[:, first]).reshape(-1, numbers.shape[2]))


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


def _withhold(numbers: _Numbers, status: NDArray[np.object_], cells: NDArray[np.bool_]) -> None:
    """Take away the numbers of cells of which the sender withholds a part."""
    status[cells] = SUPPRESSED_BY_SENDER
    for array in (numbers.numerator, numbers.denominator, numbers.value, numbers.low, numbers.high):
        array[cells] = np.nan


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
