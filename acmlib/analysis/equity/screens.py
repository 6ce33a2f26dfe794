"""Named screens of others, offered under their own names: the four-fifths rule, risk ratios, composition. None of them is a verdict."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from acmlib.measures.arrays import Array, numbers
from acmlib.measures.intervals import ratio_interval

#: 29 CFR 1607.4(D): a selection rate below four fifths of the highest one; a group under 2% of the pool is not compared (44 FR 11996).
FOUR_FIFTHS, POOL_SHARE = 0.8, 0.02
#: 34 CFR 300.647(b)(1)(iv): a minimum cell of up to 10 and a minimum n of up to 30 are presumed reasonable.
IDEA_CELL, IDEA_N = 10, 30
#: 48% of 60% is four fifths exactly, and a little less in a computer.
_ROUNDING = 1e-9


def four_fifths(selected: Any, n: Any, *, threshold: float = FOUR_FIFTHS, pool_share: float = POOL_SHARE) -> pd.DataFrame:
    """Four-fifths rule: each group's selection rate over the highest one. A screen without regard to chance, not a legal finding.

    Parameters
    ----------
    selected, n : numbers, one a group
        People selected (placed, enrolled), and people in the pool. A Series keeps its index.
    threshold : float
        Ratio strictly below which the rule indicates adverse impact.
    pool_share : float
        Groups smaller than this share of the pool are not compared.

    Returns
    -------
    DataFrame
        `rate`, `impact_ratio` (NaN where not compared or where the highest rate is 0), `indicated` (bool), and `status`: ``compared``,
        ``too small``, or ``no data``.

    Raises
    ------
    ValueError
        If a count is negative or infinite, or more are selected than there are.

    Notes
    -----
    Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4(D), with Questions and Answers, 44 FR 11996 (1979). Among six
    groups without any true difference it flags nearly every report (docs/false_alarms.md).

    Examples
    --------
    >>> four_fifths([60, 48, 45], [100, 100, 100])["indicated"].tolist()
    [False, False, True]
    """
    (x, n_), _ = numbers("four_fifths", {"selected": selected, "n": n}, at_most={"selected": "n"})
    x, n_ = np.atleast_1d(x), np.atleast_1d(n_)
    has_result = (n_ > 0) & ~np.isnan(x)
    compared = has_result & (n_ >= pool_share * np.nansum(n_))
    rate = _divide(x, n_)
    highest = np.max(rate[compared], initial=0.0)
    ratio = np.where(compared, _divide(rate, np.full(len(rate), highest)), np.nan)
    table = {
        "rate": rate,
        "impact_ratio": ratio,
        "indicated": ratio < threshold - _ROUNDING,
        "status": np.select([compared, has_result], ["compared", "too small"], default="no data"),
    }
    return pd.DataFrame(table, index=_index(len(x), selected, n)).astype({"status": "str"})


def risk_ratio(
    x: Any,
    n: Any,
    *,
    comparison_x: Any = None,
    comparison_n: Any = None,
    alternate_x: Any = None,
    alternate_n: Any = None,
    weights: Any = None,
    minimum_cell: float = IDEA_CELL,
    minimum_n: float = IDEA_N,
    level: float = 0.95,
) -> pd.DataFrame:
    """Risk of each group over the risk of its comparison group, with the minimum cell and n under which it should not be read.

    Parameters
    ----------
    x, n : numbers, one a group
        People it happened to, and people in the group. A Series keeps its index.
    comparison_x, comparison_n : numbers, optional
        The same of the comparison group; without them all *other* groups given, together.
    alternate_x, alternate_n : numbers, optional
        The comparison group in a wider area (all other groups of the state), for the alternate risk ratio.
    weights : numbers, optional
        Share or number of people of each group in the wider area, for the weighted risk ratio.
    minimum_cell, minimum_n : float
        Fewest events and people, of the group and of its comparison group.

    Returns
    -------
    DataFrame
        `risk`, `comparison_risk`, `risk_ratio`, `low`, `high`, `risk_difference`, `alternate_risk_ratio`, `weighted_risk_ratio`, `flag`:
        ``none``, ``small_group`` (the ratio should not be used), ``small_comparison`` (use the alternate one),
        ``zero_comparison_risk`` or ``no data``. A ratio to a risk of zero is NaN, never infinite.

    Raises
    ------
    ValueError
        If a count is negative or infinite, or events exceed people.

    Notes
    -----
    34 CFR 300.647; Bollmer, Bethel, Munk & Bitterman 2014, Methods for Assessing Racial/Ethnic Disproportionality in Special
    Education, IDEA Data Center. Weighted: ``(1 - w_g) r_g / sum of w_j r_j over the other groups``, w the shares in the wider area.

    Examples
    --------
    >>> risk_ratio([18], [120], comparison_x=[44], comparison_n=[880])["risk_ratio"].round(6).tolist()
    [3.0]
    """
    (a, m), _ = numbers("risk_ratio", {"x": x, "n": n}, at_most={"x": "n"})
    a, m = np.atleast_1d(a), np.atleast_1d(m)
    if comparison_x is None or comparison_n is None:
        comparison_x, comparison_n = a.sum() - a, m.sum() - m
    against = {"comparison_x": comparison_x, "comparison_n": comparison_n}
    (b, k), _ = numbers("risk_ratio", against, at_most={"comparison_x": "comparison_n"})
    b, k = np.broadcast_to(b, a.shape), np.broadcast_to(k, a.shape)
    risk, other = _divide(a, m), _divide(b, k)
    low, high = ratio_interval(a, m, b, k, level)
    ratio = _divide(risk, other)
    exists = ~np.isnan(ratio)
    table = {
        "risk": risk,
        "comparison_risk": other,
        "risk_ratio": ratio,
        "low": np.where(exists, low, np.nan),
        "high": np.where(exists, high, np.nan),
        "risk_difference": risk - other,
        "alternate_risk_ratio": _divide(risk, _alternate(alternate_x, alternate_n, len(a))),
        "weighted_risk_ratio": _weighted(risk, weights),
        "flag": _flags(a, m, b, k, minimum_cell, minimum_n),
    }
    return pd.DataFrame(table, index=_index(len(a), x, n)).astype({"flag": "str"})


def _alternate(x: Any, n: Any, size: int) -> Array:
    if x is None or n is None:
        return np.full(size, np.nan)
    (a, m), _ = numbers("risk_ratio", {"alternate_x": x, "alternate_n": n}, at_most={"alternate_x": "alternate_n"})
    return np.broadcast_to(_divide(np.atleast_1d(a), np.atleast_1d(m)), (size,))


def _weighted(risk: Array, weights: Any) -> Array:
    if weights is None:
        return np.full(len(risk), np.nan)
    (w,), _ = numbers("risk_ratio", {"weights": weights})
    share = w / w.sum()
    # A group without anybody has no risk and takes no part in the others' sum.
    part = np.where(np.isnan(risk), 0.0, share * risk)
    return _divide((1 - share) * risk, part.sum() - part)


def _flags(x: Array, n: Array, x2: Array, n2: Array, minimum_cell: float, minimum_n: float) -> Any:
    missing = np.isnan(x + n + x2 + n2) | (n == 0) | (n2 == 0)
    conditions = [missing, (n < minimum_n) | (x < minimum_cell), n2 < minimum_n, x2 == 0, x2 < minimum_cell]
    return np.select(conditions, ["no data", "small_group", "small_comparison", "zero_comparison_risk", "small_comparison"], default="none")


def composition(count: Any, population: Any) -> pd.DataFrame:
    """Composition of those served beside that of the population, as the education field reports it.

    Parameters
    ----------
    count, population : numbers, one a group
        People served and people in the population. A Series keeps its index.

    Returns
    -------
    DataFrame
        `composition` (share of those served), `population_share`, `difference`, `relative_difference` (= representation ratio - 1), and
        `e_formula_upper`: the E-formula's upper bound, one standard error above the population share. Fractions; NaN without people.

    Raises
    ------
    ValueError
        If a count is negative or infinite.

    Notes
    -----
    Bollmer et al. 2014 (see `risk_ratio`). E-formula: ``P + sqrt(P (1 - P) / N)``, N all served.

    Examples
    --------
    >>> composition([25, 75], [38, 62]).round(3).loc[0].tolist()
    [0.25, 0.38, -0.13, -0.342, 0.429]
    """
    (x, people), _ = numbers("composition", {"count": count, "population": population})
    x, people = np.atleast_1d(x), np.atleast_1d(people)
    total, everyone = np.full(len(x), x.sum()), np.full(len(x), people.sum())
    served, share = _divide(x, total), _divide(people, everyone)
    table = {
        "composition": served,
        "population_share": share,
        "difference": served - share,
        "relative_difference": _divide(served - share, share),
        "e_formula_upper": share + np.sqrt(_divide(share * (1 - share), total)),
    }
    return pd.DataFrame(table, index=_index(len(x), count, population))


def _divide(above: Array, below: Array) -> Array:
    """Divide; NaN, never infinite, where there is nothing to divide by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below, np.nan)


def _index(size: int, *given: Any) -> pd.Index[Any]:
    return next((one.index for one in given if isinstance(one, pd.Series)), pd.RangeIndex(size))
