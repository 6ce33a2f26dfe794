"""Disparities: unequal results of groups, each against a stated comparator, with a verdict that can be defended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.analysis.equity.best import critical_deficit
from acmlib.analysis.equity.families import NOT_RECORDED, NotRecorded, Work, choose, per_metric, prepare
from acmlib.analysis.equity.pairs import GAP_COLUMNS, add_gaps, add_tests, pair_up, rivals
from acmlib.analysis.equity.sizes import more_to_settle, people_to_parity
from acmlib.analysis.equity.testing import by_window, critical_two_sided
from acmlib.contract.kinds import KINDS
from acmlib.measures.arrays import Array

#: Smallest gap between fractions worth speaking of, where none was agreed: 5 points.
DEFAULT_MATERIALITY = 0.05
#: Kinds in a unit of their own, for which the smallest gap worth speaking of is this share of the comparator.
RELATIVE, OF_COMPARATOR = tuple(name for name, kind in KINDS.items() if kind.relative and kind.compared != "none"), 0.10
CLEAR, POSSIBLE, NOT_SEEN, NOT_JUDGED = "clear", "possible", "not seen", "not judged"

#: A gap of exactly the materiality counts, although 0.45 - 0.40 is a little less than 0.05 in a computer.
_ROUNDING = 1e-9


def disparities(
    cells: pd.DataFrame,
    *,
    comparator: str = "best",
    targets: Mapping[str, float] | None = None,
    better: Mapping[str, str] | None = None,
    level: float = 0.95,
    minimum_n: float = 30,
    materiality: float | Mapping[str, float] = DEFAULT_MATERIALITY,
    power: float = 0.8,
    kinds: Mapping[str, str] | None = None,
    not_recorded: NotRecorded = NOT_RECORDED,
) -> pd.DataFrame:
    """Unequal results: the gap and ratio of each group to its comparator, how certain they are, and how many people they mean.

    Every metric, period and dimension has its own comparator. The adjustment for many gaps goes over all gaps of one period: give all
    metrics and dimensions of a period together, and a gap has the same verdict whatever else is given.

    Parameters
    ----------
    cells : DataFrame
        Rows of the metric table. Values that are numerator / denominator are compared as proportions; curves (retention cells,
        ``id@90d``) by their own limits. Means, durations and rates get gap, ratio and limits, and a verdict only if `materiality`
        names their metric.
    comparator : str
        ``best`` (best-performing group with `minimum_n` people), ``target`` (where none is given: best), ``overall``, ``rest``,
        or the name of a group (where a family has no such group: best). A metric with better = neither has no best: rest.
    targets : mapping, optional
        metric: value promised.
    better : mapping, optional
        metric: ``higher`` (also where it is not named), ``lower`` or ``neither``.
    level : float
        Confidence of the intervals; 1 - `level` is the share of false alarms allowed.
    minimum_n : float
        People that a group and its comparator need before a gap is tested.
    materiality : float or mapping
        Smallest gap worth speaking of, as a fraction (0.05 is 5 points), or metric: gap in the metric's unit.
    power : float
        Chance with which `needed` participants would settle a gap.
    kinds : mapping, optional
        metric: its kind. Means, durations, medians and rates are judged too then: the smallest gap worth speaking of is 10% of the
        comparator. Means are compared by Welch's test, rates by the exact test of two Poisson counts, others by their own limits.
    not_recorded : sequence, or mapping of dimension to sequence
        Groups of people whose group is not known; they are never judged, nor compared with.

    Returns
    -------
    DataFrame
        The cells, same rows in the same order, and `GAP_COLUMNS`:

        - `basis` (target, best, overall, rest, group), `comparator` and its numbers;
        - `outcome_gap` = value - comparator's value (a fraction; negative is lower), `gap_low`, `gap_high` (Newcombe; Wilson for a
          target); `outcome_ratio`, `ratio_low`, `ratio_high` (NaN where the comparator has zero);
        - `p_value` (NaN: not tested, fewer than `minimum_n` people), `p_adjusted`;
        - `verdict`: ``clear`` (tested, material, p_adjusted <= 1 - level and an interval without 0),
          ``possible`` (material, not clear), ``not seen`` (smaller than the materiality), ``not judged`` (hidden, empty or unknown
          group, the comparator itself);
        - `to_parity_fixed`, `to_parity_growing`: people to the comparator's level (see `people_to_parity`);
        - `needed`: of a possible gap, further participants who would settle it; `could_hide`: of a gap not seen, the largest
          gap, in either direction, that the interval still allows.

        NaN is "not available". Nothing is infinite and nothing hidden becomes 0.

    Raises
    ------
    ValueError
        If a column is missing, a count is impossible, a group stands twice in a family, or a setting is out of range.

    Notes
    -----
    Intervals: Newcombe 1998; MOVER-Wilson ratios. p-values: pooled score test, exact binomial test against a target; against the
    *best* group the test of comparisons with the best (Hsu 1981; `not_best_p`), because a group compared with whichever of six
    looks best would otherwise raise false alarms; Fisher's exact test where fewer than 5 are expected. Then Benjamini & Hochberg over
    the gaps, each best group counted among them. Simulated in ``benchmarks/false_alarms.py``, table in ``docs/false_alarms.md``: at
    most 5% of reports without any true difference have a clear gap. The intervals are not adjusted: they are read one at a time,
    and one may exclude 0 where the verdict is not clear.

    Groups below `minimum_n` can never be clear, so they are not tested and do not count in the adjustment.

    Examples
    --------
    >>> cells = pd.DataFrame({"metric": "placed_6m", "period": "term", "dimension": "race_ethnicity", "group": ["A", "B"]})
    >>> cells = cells.assign(
    ...     numerator=[20, 40], denominator=[100, 100], value=[0.2, 0.4], low=[0.133, 0.309], high=[0.289, 0.498], status="shown"
    ... )
    >>> gaps = disparities(cells)
    >>> gaps.loc[0, "comparator"], gaps.loc[0, "verdict"]
    ('B', 'clear')
    >>> gaps.loc[0, ["outcome_gap", "outcome_ratio", "to_parity_fixed", "to_parity_growing"]].astype(float).tolist()
    [-0.2, 0.5, 20.0, 34.0]
    """
    found = every_comparison(
        cells, (comparator,), targets=targets, better=better, kinds=kinds, level=level, minimum_n=minimum_n, materiality=materiality,
        power=power, not_recorded=not_recorded,
    )  # fmt: skip
    return found[comparator]


def every_comparison(
    cells: pd.DataFrame,
    comparators: Sequence[str],
    *,
    targets: Mapping[str, float] | None = None,
    better: Mapping[str, str] | None = None,
    kinds: Mapping[str, str] | None = None,
    level: float = 0.95,
    minimum_n: float = 30,
    materiality: float | Mapping[str, float] = DEFAULT_MATERIALITY,
    power: float = 0.8,
    not_recorded: NotRecorded = NOT_RECORDED,
) -> dict[str, pd.DataFrame]:
    """Return `disparities` of the same cells under several comparators: each has its own families of tests.

    Parameters
    ----------
    cells : DataFrame
        As for `disparities`, and so are the other settings.
    comparators : sequence of str
        Each as `disparities` takes one.

    Returns
    -------
    dict
        Comparator to the table of `disparities`.
    """
    _check_settings(level=level, power=power, minimum_n=minimum_n)
    bases = tuple(dict.fromkeys(comparators))
    work = prepare(cells, better=better, targets=targets, not_recorded=not_recorded, kinds=kinds)
    work["material"] = _materiality(cells["metric"], work, materiality)
    chosen = [choose(work, base, minimum_n) for base in bases]
    rows, turn = len(cells), np.repeat(np.arange(len(bases)), len(cells))
    copies = {name: np.tile(column, len(bases)) for name, column in work.items()}
    copies["first"] = turn == 0  # how many people would settle a gap is told against the first comparator only
    for name in ("family", "window"):
        copies[name] += turn * (work[name].max(initial=-1) + 1)
    pairs = pair_up(copies, {name: np.concatenate([one[name] for one in chosen]) for name in chosen[0]})
    _relative_materiality(pairs)
    pairs["judged"] = (pairs["as_shares"] | pairs["as_limits"]) & ~np.isnan(pairs["material"])
    add_gaps(pairs, level)
    add_tests(pairs, level, minimum_n)
    _add_verdicts(pairs, level)
    _add_people(pairs, level, minimum_n, power)
    texts = {name: pairs[name].astype(object) for name in ("basis", "comparator", "verdict")}
    found = {}
    for number, base in enumerate(bases):
        part = slice(number * rows, (number + 1) * rows)
        own = {name: pd.array(texts[name][part], dtype="str") if name in texts else pairs[name][part] for name in GAP_COLUMNS}
        found[base] = cells.assign(**own)
    return found


def _check_settings(*, level: float, power: float, minimum_n: float) -> None:
    for name, value in (("level", level), ("power", power)):
        if not 0 < value < 1:
            raise ValueError(f"disparities: {name} is {value!r}; use a number between 0 and 1")
    if not minimum_n >= 1:
        raise ValueError(f"disparities: minimum_n is {minimum_n!r}; use 1 or more")


def _materiality(metrics: pd.Series, work: Work, materiality: float | Mapping[str, float]) -> Array:
    """Return the smallest gap worth speaking of, per row; NaN (not judged) for a metric in another unit for which none is named."""
    named = materiality if isinstance(materiality, Mapping) else {}
    default = DEFAULT_MATERIALITY if isinstance(materiality, Mapping) else materiality
    if not 0 <= default <= 1 or any(not value >= 0 for value in named.values()):
        raise ValueError(f"disparities: materiality is {materiality!r}; use a fraction from 0 to 1, or metric: smallest gap")
    own = np.array(per_metric(named, metrics, np.nan), dtype=np.float64)
    shares = (work["is_share"] | work["is_curve"]) & ~np.isin(work["kind"], RELATIVE)
    return np.where(np.isnan(own) & shares, default, own)


def _relative_materiality(pairs: Work) -> None:
    """Fill in the smallest gap worth speaking of where it is a share of the comparator: means, durations, medians, rates."""
    relative = np.isnan(pairs["material"]) & np.isin(pairs["kind"], RELATIVE) & ~np.isnan(pairs["value2"])
    pairs["material"] = np.where(relative, OF_COMPARATOR * np.abs(pairs["value2"]), pairs["material"])


def _add_verdicts(pairs: Work, level: float) -> None:
    """Adjust the p-values over all gaps of a window and call each gap clear, possible, not seen or not judged."""
    p, window = pairs["p_value"], pairs["window"]
    tested = ~np.isnan(p)
    # The best group of a family is one of the groups tested for being behind the best; its own p-value would be large: 1.
    against_best = np.flatnonzero(tested & (pairs["basis"] == "best"))
    _, first = np.unique(pairs["family"][against_best], return_index=True)
    windows = int(window.max(initial=-1)) + 1
    tests = np.bincount(window[tested], minlength=windows) + np.bincount(window[against_best[first]], minlength=windows)
    pairs["p_adjusted"], pairs["rank"] = by_window(p, window, tests)
    pairs["tests"] = tests[window]
    material = np.abs(pairs["outcome_gap"]) >= pairs["material"] - _ROUNDING
    without_zero = (pairs["gap_low"] > 0) | (pairs["gap_high"] < 0)
    clear = material & without_zero & (pairs["p_adjusted"] <= 1 - level)
    pairs["verdict"] = np.select(
        [~pairs["judged"], clear, material], [NOT_JUDGED, CLEAR, POSSIBLE], default=NOT_SEEN
    )  # fmt: skip


def _add_people(pairs: Work, level: float, minimum_n: float, power: float) -> None:
    """Add people to parity, people needed to settle a possible gap, and how large a gap could still be where none is seen."""
    parity = people_to_parity(*(pairs[column] for column in ("x", "n", "value2", "better")))
    pairs["to_parity_fixed"], pairs["to_parity_growing"] = (np.where(pairs["as_shares"], people, np.nan) for people in parity)
    largest = np.maximum(np.abs(pairs["gap_low"]), np.abs(pairs["gap_high"]))
    pairs["could_hide"] = np.where(pairs["verdict"] == NOT_SEEN, largest, np.nan)
    pairs["needed"] = np.full(len(largest), np.nan)
    at = np.flatnonzero((pairs["verdict"] == POSSIBLE) & pairs["first"])
    if len(at):
        own, gap, null, error, n, cn, to_target = (
            pairs[name][at] for name in ("own", "outcome_gap", "null_error", "error", "n", "cn", "to_target")
        )
        gap = np.where(own < 1, gap / np.where(own < 1, 1 - own, 1.0), np.nan)
        n2 = np.where(to_target, np.nan, cn)
        pairs["needed"][at] = more_to_settle(gap, null, error, _critical(pairs, at, level), power, n, n2, minimum_n)


def _critical(pairs: Work, at: NDArray[np.int64], level: float) -> Array:
    """Return how many standard errors each possible gap must reach, at its present rank among the gaps of its window.

    Benjamini and Hochberg let the i-th smallest of m p-values be at most i/m of 1 - level. A gap not tested yet would join as
    one more, behind those that are clear.
    """
    tests = pairs["tests"][at] + np.isnan(pairs["p_value"][at])
    clear = np.bincount(pairs["window"], pairs["verdict"] == CLEAR)
    rank = np.where(np.isnan(pairs["rank"][at]), clear[pairs["window"][at]] + 1, pairs["rank"][at])
    allowed = (1 - level) * rank / tests
    critical = critical_two_sided(allowed)
    best = pairs["basis"][at] == "best"
    critical[best] = critical_deficit(allowed[best], *rivals(pairs, at[best]))
    return critical
