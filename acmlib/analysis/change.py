"""Has a metric changed over the window shown? One verdict, from before and after, with an interval that allows for how the date was found.

Three ways, in this order. Where limits start anew at an agreed action, the months before it are compared with those since. Else the month
in which the level shifts is searched for, and the search is allowed for. Else the last 12 months are compared with the 12 before. A single
point beyond the limits of the chart is marked there and is no verdict.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from acmlib.contract.periods import parse_period
from acmlib.measures.arrays import Array

#: Fewest months on either side of a shift: fewer are a mark on the chart.
LEAST = 3
#: Fewest months in which a shift is searched for.
SEARCHED = 8
#: Months that are compared with as many before, where no shift is found.
YEAR = 12
#: Parts of 1 - level at which a shift that was searched for, and the comparison of 12 months with the 12 before, are called a change for
#: the first time. Every monthly edition tests again, and a change that was reported stays reported (`acmlib.analysis.change_verdict`), so
#: they are small: all tests together call fewer than 5% of stable series of 24 months changed at level 0.95 (docs/false_alarms.md).
SEARCH_PART, YEAR_PART = 0.15, 0.05
#: As how many independent comparisons the search over so many months counts: the chance that the largest of all its t statistics exceeds
#: a value, divided by the chance that one does, at 3%. Simulated: ``python benchmarks/false_alarms.py --search``.
COMPARISONS = {
    6: 1.0, 7: 1.9, 8: 2.9, 9: 3.5, 10: 4.1, 12: 5.6, 15: 7.1, 18: 8.4, 24: 10.7, 30: 12.3, 36: 13.8, 48: 15.2, 60: 17.7, 84: 21.2,
    120: 24.1,
}  # fmt: skip
#: A chance this many times as large as is allowed is not looked at more exactly.
SURELY = 1.01
#: A spread below this part of the level is rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Split:
    """Two runs of months side by side: positions `first` to `cut` - 1 and `cut` to `stop` - 1 of a `Series`.

    `t` is the difference in standard errors, `p` how often chance alone exceeds it, `before` and `after` the means in the metric's unit.
    """

    first: int
    cut: int
    stop: int
    t: float
    p: float
    error: float
    before: float
    after: float


@dataclass(frozen=True)
class Series:
    """The months that are judged: labels, values, how much each counts, and its people (1 where nobody is counted).

    `scaled` are the values on the scale on which months differ alike before and after a change: logarithms of positive waits, else the
    values themselves.
    """

    labels: tuple[str, ...]
    values: Array
    weights: Array
    scaled: Array
    people: Array

    def __len__(self) -> int:
        return len(self.labels)

    def until(self, stop: int) -> Series:
        """Return the months before position `stop`."""
        values = self.values[:stop]
        scaled = values if self.scaled is self.values else self.scaled[:stop]
        return Series(self.labels[:stop], values, self.weights[:stop], scaled, self.people[:stop])


def series(points: pd.DataFrame, *, logarithmic: bool, is_total: bool = False) -> Series:
    """Return the points of a chart that are judged.

    Parameters
    ----------
    points : DataFrame
        Indexed by month, quarter or year, with `value`, `denominator` (people of the point; NaN counts every point alike) and `unfinished`.
    logarithmic : bool
        Compare levels as ratios: of waits and other amounts that are positive and skewed.
    is_total : bool
        Each value is a month's total: one month counts as much as another, whatever the number of people in it.
    """
    every = points["value"].to_numpy(dtype=np.float64)
    judged = ~np.isnan(every) & ~points["unfinished"].to_numpy(dtype=bool)
    values, people = every[judged], points["denominator"].to_numpy(dtype=np.float64)[judged]
    people = people if len(people) and np.all(people > 0) else np.ones(len(values))
    weights = np.ones(len(values)) if is_total else people
    ratio = logarithmic and bool(np.all(values > 0))
    labels = tuple(str(label) for label, one in zip(points.index.tolist(), judged.tolist(), strict=True) if one)
    return Series(labels, values, weights, np.log(values) if ratio else values, people)


def split_at(data: Series, first: int, cut: int, stop: int) -> Split:
    """Compare the months from `first` up to `cut` with those from `cut` up to `stop`: a t test with the spread within both.

    Examples
    --------
    >>> values = np.array([1.0, 2, 3, 7, 8, 9])
    >>> data = Series(tuple("abcdef"), values, np.ones(6), values, np.ones(6))
    >>> found = split_at(data, 0, 3, 6)
    >>> found.before, found.after, round(found.t, 2)
    (2.0, 8.0, 7.35)
    """
    parts = [slice(first, cut), slice(cut, stop)]
    weights = [data.weights[part] for part in parts]
    people = [float(weight.sum()) for weight in weights]
    means = [float(weight @ data.scaled[part]) / one for part, weight, one in zip(parts, weights, people, strict=True)]
    free = stop - first - 2
    squares = sum(float(weight @ (data.scaled[part] - mean) ** 2) for part, weight, mean in zip(parts, weights, means, strict=True))
    squares = squares if squares > _ROUNDING * float(np.abs(data.scaled[first:stop]).max() ** 2) else 0.0
    error = math.sqrt(squares / free * (1 / people[0] + 1 / people[1])) if free > 0 else math.nan
    difference = means[1] - means[0]
    t = difference / error if error > 0 else (math.copysign(math.inf, difference) if abs(difference) > _ROUNDING and free > 0 else 0.0)
    same = data.scaled is data.values
    levels = means if same else [float(weight @ data.values[part]) / one for part, weight, one in zip(parts, weights, people, strict=True)]
    return Split(first, cut, stop, t, float(2 * stdtr(free, -abs(t))) if free > 0 else math.nan, error, levels[0], levels[1])


@functools.lru_cache(maxsize=256)
def comparisons(months: int) -> float:
    """Return as how many independent comparisons a search over so many months counts (`COMPARISONS`, in between by interpolation).

    Examples
    --------
    >>> comparisons(24), round(comparisons(27), 1)
    (10.7, 11.5)
    """
    return float(np.interp(months, list(COMPARISONS), list(COMPARISONS.values())))


def find_shift(data: Series, first: int, stop: int, allowed: float) -> Split | None:
    """Return the split between `first` and `stop` that sets the levels furthest apart, if chance and the search rarely bring it about.

    Parameters
    ----------
    first, stop : int
        Positions that are searched.
    allowed : float
        Chance of a false alarm that is allowed.
    """
    if stop - first < SEARCHED:
        return None
    (cut,), (steady,) = _furthest_apart(data, first, np.array([stop]), allowed)
    if steady:
        return None
    best = split_at(data, first, int(cut), stop)
    return best if best.p * comparisons(stop - first) <= allowed else None


def is_steady(data: Series, stops: Sequence[int], allowed: float) -> list[bool]:
    """Tell for each of several stops (`SEARCHED` or more) whether `find_shift` surely finds nothing in the months before it."""
    return [bool(one) for one in _furthest_apart(data, 0, np.array(stops), allowed)[1]] if len(stops) else []


def _furthest_apart(data: Series, first: int, stops: NDArray[np.int64], allowed: float) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return for each stop the cut that sets the levels since `first` furthest apart, and whether chance surely brings that about."""
    until = int(stops.max())
    cuts, last, free = np.arange(first + LEAST, until - LEAST + 1), (stops - first - 1)[:, None], stops - first - 2
    y, w = data.scaled[first:until], data.weights[first:until]
    people, moved, squares = (np.cumsum(one) for one in (w, w * y, w * y * y))
    left, before = people[cuts - first - 1], moved[cuts - first - 1]
    with np.errstate(divide="ignore", invalid="ignore"):  # cuts after a stop, which are left out
        right, after = people[last] - left, moved[last] - before
        difference = after / right - before / left
        within = squares[last] - before**2 / left - after**2 / right
        within = np.maximum(within, _ROUNDING * np.maximum(squares[last], 1e-300))
        size = np.where(cuts <= stops[:, None] - LEAST, difference**2 / (within * (1 / left + 1 / right)), -1.0)
    at = size.argmax(axis=1)[:, None]
    spread = np.take_along_axis(within, at, axis=1) > 2 * _ROUNDING * squares[last]
    chance = 2 * stdtr(free, -np.sqrt(np.take_along_axis(size, at, axis=1)[:, 0] * free))
    searched = np.array([comparisons(months) for months in (stops - first).tolist()])
    return cuts[at[:, 0]], spread[:, 0] & (chance * searched > SURELY * allowed)


def shifts(data: Series, first: int, stop: int, allowed: float) -> list[int]:
    """Return the positions at which the level shifts, in order: the clearest one, then those on either side of it.

    A shift stays one until another supersedes it, so that later months do not make it disappear.
    """
    found = find_shift(data, first, stop, allowed)
    if found is None:
        return []
    return [*shifts(data, first, found.cut, allowed), found.cut, *shifts(data, found.cut, stop, allowed)]


def limits(data: Series, split: Split, chance: float) -> tuple[float, float]:
    """Return the limits of after - before in the metric's unit that exclude 0 exactly if `split.p` is below `chance`."""
    free = split.stop - split.first - 2
    if not free > 0:
        return math.nan, math.nan
    reach = float(stdtrit(free, 1 - chance / 2)) * split.error
    difference = split.after - split.before
    if data.scaled is data.values:
        return difference - reach, difference + reach
    parts = [slice(split.first, split.cut), slice(split.cut, split.stop)]
    logs = [float(np.average(data.scaled[part], weights=data.weights[part])) for part in parts]
    low, high = (split.before * (math.exp(logs[1] - logs[0] + sign * reach) - 1) for sign in (-1, 1))
    return min(low, difference), max(high, difference)


def span(labels: Sequence[str]) -> str:
    """Return the period text of a run of months, quarters or years: as many months up to the last one.

    Examples
    --------
    >>> span(["2026-01", "2026-02", "2026-04"]), span(["2025Q3", "2025Q4"]), span(["2024", "2025"])
    ('P4M/2026-04', 'P6M/2025-12', 'P24M/2025-12')
    """
    first, last = parse_period(labels[0]), parse_period(labels[-1])
    start, end = first.months[0], last.months[-1]
    length = (int(end[:4]) - int(start[:4])) * 12 + int(end[5:]) - int(start[5:]) + 1
    return f"P{length}M/{end}"


def segments(data: Series, begins: Sequence[int], allowed: float) -> tuple[list[int], frozenset[int]]:
    """Return where the level of a series starts anew: at the given positions, and where it shifts in between.

    Parameters
    ----------
    begins : sequence of int
        Positions at which an agreed action took effect.
    allowed : float
        Chance of a false alarm that the search may have in each phase.

    Returns
    -------
    (cuts, found) : list of int, frozenset of int
        All positions in order, and those among them that were searched for: each is a shift between its two neighbours.
    """
    edges = [0, *begins, len(data)]
    found = {cut for first, stop in pairwise(edges) for cut in shifts(data, first, stop, allowed)}
    while True:
        cuts = sorted({*begins, *found})
        sides = zip([0, *cuts], cuts, [*cuts[1:], len(data)], strict=False)
        splits = [split_at(data, *side) for side in sides if side[1] in found]
        weak = [one for one in splits if one.p * comparisons(one.stop - one.first) > allowed]
        if not weak:
            return cuts, frozenset(found)
        found.discard(max(weak, key=lambda one: one.p).cut)
