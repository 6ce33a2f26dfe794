"""The four rules that turn a point of a control chart into a signal, on plain arrays without gaps.

Definitions: NHS England, *Making Data Count*, as worked by NHSRplotthedots (its unit-test vectors and charts are our goldens d1 and d2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acmlib.measures.arrays import Array

Signs = NDArray[np.int8]
Flags = NDArray[np.bool_]

#: Limits lie 2.66 mean moving ranges from the mean: the literal of Making Data Count (3 / 1.128 rounded).
LIMIT = 2.66
#: "Near" a limit is beyond two thirds of the way to it.
NEAR = 2 * LIMIT / 3
#: Moving ranges of this many times their mean, or more, are left out of a second mean (upper limit of a range chart, D4 for n = 2).
SCREEN = 3.267
#: Fewer points than this give "trial limits" only.
MINIMUM_POINTS = 13

#: In the order in which a point takes its label.
SIGNALS = ("above limits", "below limits", "rising", "falling", "2 of 3 high", "2 of 3 low", "7 above mean", "7 below mean")
KINDS = ("common cause", "improvement", "concern", "neutral high", "neutral low", "missing")
#: Relative differences that are only rounding.
ROUNDING = 1e-12
#: Consecutive points on one side of the mean, or rising, or falling, that make a signal (Making Data Count).
RUN = 7
#: Points looked at together, and how many of them must lie near one limit (Making Data Count).
WINDOW, NEEDED = 3, 2


def _window_sums(values: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Return sums of `width` consecutive entries, each at the position that ends its window; 0 where the window is not full."""
    sums = np.zeros(len(values), dtype=np.int64)
    if len(values) >= width:
        total = np.concatenate(([0], np.cumsum(values)))
        sums[width - 1 :] = total[width:] - total[:-width]
    return sums


def _covered(ends: Flags, width: int) -> Flags:
    """Mark every position of the windows of `width` that end where `ends` is true."""
    ahead = np.concatenate((ends.astype(np.int64), np.zeros(width - 1, dtype=np.int64)))
    return _window_sums(ahead, width)[width - 1 :] > 0


def run_ends(signs: Signs, length: int) -> Signs:
    """Return where `length` equal, non-zero signs in a row come to an end.

    Returns
    -------
    array of -1, 0, 1
        The common sign at each position that ends such a run, else 0. A zero (a point on the mean, a tie) breaks a run.

    Examples
    --------
    >>> run_ends(np.array([1, 1, 1, 0, -1, -1, -1], dtype=np.int8), 3).tolist()
    [0, 0, 1, 0, 0, 0, -1]
    """
    sums = _window_sums(signs.astype(np.int64), length)
    ends: Signs = (sums == length).astype(np.int8) - (sums == -length).astype(np.int8)
    return ends


def part_of_run(ends: Signs, length: int = RUN) -> Flags:
    """Return all points of the runs that end at the non-zero positions of `ends`.

    Examples
    --------
    >>> part_of_run(np.array([0, 0, 1, 0], dtype=np.int8), 3).tolist()
    [True, True, True, False]
    """
    return _covered(ends != 0, length)


def shift(side: Signs, length: int = RUN) -> Flags:
    """Return the points that belong to `length` consecutive points strictly on one side of the mean.

    Examples
    --------
    >>> shift(np.array([1, 1, -1, -1, -1], dtype=np.int8), 3).tolist()
    [False, False, True, True, True]
    """
    return part_of_run(run_ends(side, length), length)


def trend_ends(values: Array, length: int = RUN) -> Signs:
    """Return +1 where `length` strictly rising points come to an end, -1 where as many strictly falling ones do, else 0.

    Examples
    --------
    >>> trend_ends(np.array([1.0, 2.0, 3.0, 3.0, 2.0]), 3).tolist()
    [0, 0, 1, 0, 0]
    """
    if len(values) == 0:
        return np.zeros(0, dtype=np.int8)
    steps: Signs = np.sign(np.diff(values)).astype(np.int8)
    ends: Signs = np.concatenate((np.zeros(1, dtype=np.int8), run_ends(steps, length - 1)))
    return ends


def trend(values: Array, length: int = RUN) -> Signs:
    """Return +1 for all points of a rising trend, -1 for all of a falling one, else 0.

    A peak or trough that ends one trend and starts the next takes the direction of the later one.

    Examples
    --------
    >>> trend(np.array([1.0, 2.0, 3.0, 2.0, 1.0]), 3).tolist()
    [1, 1, -1, -1, -1]
    """
    ends = trend_ends(values, length)
    rising, falling = _covered(ends == 1, length), _covered(ends == -1, length)
    # A point in both is the last of one trend and the first of the next: it ends the earlier one, whose sign stands in `ends`.
    direction = np.where(rising & falling, -ends, rising.astype(np.int8) - falling.astype(np.int8))
    return direction.astype(np.int8)


def near_windows(near: Flags, side: Signs) -> Flags:
    """Return the points of three in a row, all on one side of the mean, at least two of them near the limit.

    Examples
    --------
    >>> near_windows(np.array([True, False, True]), np.array([1, 1, 1], dtype=np.int8)).tolist()
    [True, True, True]
    """
    together = run_ends(side, WINDOW) != 0
    enough = _window_sums(near.astype(np.int64), WINDOW) >= NEEDED
    return _covered(together & enough, WINDOW)


def two_of_three(near: Flags, side: Signs) -> Flags:
    """Return the points near a limit for which `near_windows` holds: only these are flagged, not the third of the window.

    Examples
    --------
    >>> two_of_three(np.array([True, False, True]), np.array([1, 1, 1], dtype=np.int8)).tolist()
    [True, False, True]
    """
    return near_windows(near, side) & near


def limits(values: Array, fix_after: int | None, screen: bool) -> tuple[float, float]:
    """Return mean and mean moving range of the points that set the limits; NaN where there are too few.

    Examples
    --------
    >>> limits(np.array([1.0, 2.0, 1.0, 9.0]), 3, True)
    (1.3333333333333333, 1.0)
    """
    base = values[:fix_after]
    if len(base) < 2:
        return (float(base[0]) if len(base) else np.nan), np.nan
    ranges = np.abs(np.diff(base))
    typical = ranges.mean()
    if screen:
        kept = ranges[ranges < SCREEN * typical]
        # A constant series, and one of whole days that moved only once or twice, has no usual variation to draw limits from.
        typical = kept.mean() if kept.any() else np.nan
    return float(base.mean()), float(typical)


def signals(values: Array, side: Signs, outside: NDArray[np.bool_], near: NDArray[np.bool_]) -> NDArray[np.str_]:
    """Return each point's label: the first rule that holds, in the order of `SIGNALS`, else ``none``.

    Examples
    --------
    >>> no = np.zeros(3, dtype=bool)
    >>> signals(np.array([1.0, 9.0, 2.0]), np.array([-1, 1, -1], dtype=np.int8), np.array([False, True, False]), no).tolist()
    ['none', 'above limits', 'none']
    """
    direction, run, close = trend(values), shift(side), two_of_three(near, side)
    high = side > 0
    rules = [outside & high, outside & ~high, direction > 0, direction < 0, close & high, close & ~high, run & high, run & ~high]
    return np.select(rules, SIGNALS, "none")


def kinds(signal: NDArray[np.str_], better: str) -> NDArray[np.str_]:
    """Return what each signal means (one of `KINDS`), given which way is better.

    Examples
    --------
    >>> kinds(np.array(["none", "falling"]), "lower").tolist()
    ['common cause', 'improvement']
    """
    up = np.isin(signal, SIGNALS[::2])
    high, low = {"higher": ("improvement", "concern"), "lower": ("concern", "improvement")}.get(better, ("neutral high", "neutral low"))
    return np.select([signal == "none", up], ["common cause", high], low)


def assurance_of(better: str, target: float, lower: float, upper: float) -> str:
    """Return whether ordinary variation alone will hit (or miss) the target, from the last limits.

    Examples
    --------
    >>> assurance_of("lower", 10, 2, 8), assurance_of("lower", 5, 2, 8), assurance_of("neither", 5, 2, 8)
    ('consistent pass', 'inconsistent', 'none')
    """
    if better == "neither" or np.isnan([target, lower, upper]).any():
        return "none"
    if target > upper:
        return "consistent fail" if better == "higher" else "consistent pass"
    if target < lower:
        return "consistent pass" if better == "higher" else "consistent fail"
    return "inconsistent"


def phase_columns(values: Array, better: str, fix_after: int | None, screen: bool, minimum_points: int = MINIMUM_POINTS) -> dict[str, Any]:
    """Return the columns of one phase without gaps: numbers that hold for the phase, arrays with an entry a point.

    Examples
    --------
    >>> phase_columns(np.array([1.0, 2.0, 1.0]), "higher", None, True)["signal"].tolist()
    ['none', 'none', 'none']
    """
    if not len(values):
        return {"mean": np.nan, "lower": np.nan, "upper": np.nan, "trial": True}
    mean, typical = limits(values, fix_after, screen)
    lower, upper = mean - LIMIT * typical, mean + LIMIT * typical
    outside = (values > upper) | (values < lower)
    near = ~outside & ((values > mean + NEAR * typical) | (values < mean - NEAR * typical))
    # A point on the mean stays on it when the sum behind the mean was rounded.
    side = np.where(np.isclose(values, mean, rtol=ROUNDING, atol=0), 0, np.sign(values - mean)).astype(np.int8)
    signal = signals(values, side, outside, near)
    setting = min(len(values), fix_after or len(values))
    return {
        "mean": mean, "lower": lower, "upper": upper, "outside": outside, "near": near, "side": side,
        "signal": signal, "kind": kinds(signal, better), "trial": setting < minimum_points,
    }  # fmt: skip
