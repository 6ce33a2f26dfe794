"""Disparities: unequal results of groups, each against a stated comparator, with a verdict that can be defended."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from acmlib.analysis.equity.families import NOT_RECORDED, NotRecorded, choose, per_metric, prepare
from acmlib.analysis.equity.pairs import GAP_COLUMNS, add_gaps, add_tests, pair_up, rivals
from acmlib.analysis.equity.sizes import more_to_settle, people_to_parity
from acmlib.analysis.equity.testing import benjamini_hochberg, critical_deficit, critical_two_sided
from acmlib.measures.arrays import Array

#: Smallest gap between fractions worth speaking of, where none was agreed: 5 points.
DEFAULT_MATERIALITY = 0.05
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
    materiality: float | Mapping[str, float] = 0.05,
    power: float = 0.8,
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
    >>> cells = pd.DataFrame(
    ...     {
    ...         "metric": "placed_6m",
    ...         "period": "term",
    ...         "dimension": "race_ethnicity",
    ...         "group": ["A", "B"],
    ...         "numerator": [20, 40],
    ...         "denominator": [100, 100],
    ...         "value": [0.2, 0.4],
    ...         "low": [0.133, 0.309],
    ...         "high": [0.289, 0.498],
    ...         "status": "shown",
    ...     }
    ... )
    >>> gaps = disparities(cells)
    >>> gaps.loc[0, "comparator"], gaps.loc[0, "verdict"]
    ('B', 'clear')
    >>> gaps.loc[0, ["outcome_gap", "outcome_ratio", "to_parity_fixed", "to_parity_growing"]].astype(float).tolist()
    [-0.2, 0.5, 20.0, 34.0]
    """
    _check_settings(level=level, power=power, minimum_n=minimum_n)
    work = prepare(cells, better=better, targets=targets, not_recorded=not_recorded)
    work["material"] = _materiality(cells["metric"], work, materiality)
    pairs = pair_up(work, choose(work, comparator, minimum_n))
    add_gaps(pairs, level)
    add_tests(pairs, level, minimum_n)
    _add_verdicts(pairs, level)
    _add_people(pairs, level, minimum_n, power)
    result = cells.copy()
    for column in GAP_COLUMNS:
        result[column] = pairs[column].to_numpy()
    for column in ("basis", "comparator", "verdict"):
        result[column] = result[column].astype("str")
    return result


def _check_settings(*, level: float, power: float, minimum_n: float) -> None:
    for name, value in (("level", level), ("power", power)):
        if not 0 < value < 1:
            raise ValueError(f"disparities: {name} is {value!r}; use a number between 0 and 1")
    if not minimum_n >= 1:
        raise ValueError(f"disparities: minimum_n is {minimum_n!r}; use 1 or more")


def _materiality(metrics: pd.Series, work: pd.DataFrame, materiality: float | Mapping[str, float]) -> pd.Series:
    """Return the smallest gap worth speaking of, per row; NaN (not judged) for a metric in another unit for which none is named."""
    named = materiality if isinstance(materiality, Mapping) else {}
    default = DEFAULT_MATERIALITY if isinstance(materiality, Mapping) else materiality
    if not 0 <= default <= 1 or any(not value >= 0 for value in named.values()):
        raise ValueError(f"disparities: materiality is {materiality!r}; use a fraction from 0 to 1, or metric: smallest gap")
    own = pd.Series(per_metric(named, metrics, np.nan), index=work.index, dtype=float)
    return own.where(own.notna(), np.where(work["is_share"] | work["is_curve"], default, np.nan))


def _add_verdicts(pairs: pd.DataFrame, level: float) -> None:
    """Adjust the p-values over all gaps of a window and call each gap clear, possible, not seen or not judged."""
    tested = pairs["p_value"].notna()
    pairs["tests"], pairs["rank"] = 0, np.nan
    for _, window in pairs.groupby("window", sort=False):
        # The best group of a family is one of the groups tested for being behind the best; its own p-value would be large: 1.
        of_best = tested[window.index] & (window["basis"] == "best")
        further = window.loc[of_best, "family"].nunique()
        pairs.loc[window.index, "p_adjusted"] = benjamini_hochberg(window["p_value"], further=further)
        pairs.loc[window.index, "tests"] = int(tested[window.index].sum()) + further
        pairs.loc[window.index, "rank"] = window["p_value"].rank(method="max")
    material = pairs["outcome_gap"].abs() >= pairs["material"] - _ROUNDING
    without_zero = (pairs["gap_low"] > 0) | (pairs["gap_high"] < 0)
    clear = material & without_zero & (pairs["p_adjusted"] <= 1 - level)
    pairs["verdict"] = np.select(
        [~pairs["judged"], clear, material], [NOT_JUDGED, CLEAR, POSSIBLE], default=NOT_SEEN
    )  # fmt: skip


def _add_people(pairs: pd.DataFrame, level: float, minimum_n: float, power: float) -> None:
    """Turn gaps into people: to parity, needed to settle a possible gap; and say what a gap not seen could hide."""
    shares = pairs[pairs["as_shares"]]
    fixed, growing = people_to_parity(*(shares[column].to_numpy() for column in ("x", "n", "value2", "better")))
    pairs.loc[shares.index, "to_parity_fixed"], pairs.loc[shares.index, "to_parity_growing"] = fixed, growing
    hiding = pairs["verdict"] == NOT_SEEN
    pairs.loc[hiding, "could_hide"] = np.maximum(pairs["gap_low"].abs(), pairs["gap_high"].abs())[hiding]
    possible = pairs[pairs["verdict"] == POSSIBLE]
    if len(possible):
        critical = _critical(pairs, possible, level)
        gap = np.where(possible["own"] < 1, possible["outcome_gap"] / (1 - possible["own"]), np.nan)
        n2 = possible["cn"].where(~possible["to_target"])
        pairs.loc[possible.index, "needed"] = more_to_settle(
            gap, possible["null_error"].to_numpy(), possible["error"].to_numpy(), critical, power,
            possible["n"].to_numpy(), n2.to_numpy(), minimum_n,
        )  # fmt: skip


def _critical(pairs: pd.DataFrame, possible: pd.DataFrame, level: float) -> Array:
    """Return how many standard errors each possible gap must reach, at its present rank among the gaps of its window.

    Benjamini and Hochberg let the i-th smallest of m p-values be at most i/m of 1 - level. A gap not tested yet would join as
    one more, behind those that are clear.
    """
    tests = possible["tests"] + possible["p_value"].isna()
    clear = (pairs["verdict"] == CLEAR).groupby(pairs["window"]).sum()
    rank = possible["rank"].fillna(possible["window"].map(clear) + 1)
    allowed = (1 - level) * rank / tests
    critical = critical_two_sided(allowed)
    best = possible["basis"] == "best"
    critical[best] = critical_deficit(allowed[best], *rivals(pairs, possible[best]))
    return critical
