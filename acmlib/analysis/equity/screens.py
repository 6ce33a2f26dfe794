"""The four-fifths rule, a named screen of others: what our verdicts are measured against, and none itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from acmlib.measures.arrays import Array, numbers

#: 29 CFR 1607.4(D): a selection rate below four fifths of the highest one; a group under 2% of the pool is not compared (44 FR 11996).
FOUR_FIFTHS, POOL_SHARE = 0.8, 0.02
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


def _divide(above: Array, below: Array) -> Array:
    """Divide; NaN, never infinite, where there is nothing to divide by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below, np.nan)


def _index(size: int, *given: Any) -> pd.Index[Any]:
    return next((one.index for one in given if isinstance(one, pd.Series)), pd.RangeIndex(size))
