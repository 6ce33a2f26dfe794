"""What the rule hides by itself: small counts, whatever else is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import pandas as pd

from acmlib.contract.model import Privacy
from acmlib.measures.meanings import Meaning
from acmlib.measures.table import ALL

Counted = TypeVar("Counted", pd.Series, pd.DataFrame)


def small(counts: Counted, privacy: Privacy) -> Counted:
    """Say which counts are too small to show.

    Parameters
    ----------
    counts : Series or DataFrame of float
        People; NaN is not a count and not small.
    privacy : Privacy
        `minimum_count` and `show_zeros` apply.

    Returns
    -------
    Series or DataFrame of bool

    Examples
    --------
    >>> small(pd.Series([0, 1, 10, 11, float("nan")]), Privacy()).tolist()
    [False, True, True, False, False]
    """
    too_small = counts.lt(privacy.minimum_count) & counts.gt(0)
    return too_small if privacy.show_zeros else too_small | counts.eq(0)


def primary(cells: pd.DataFrame, meanings: Mapping[str, Meaning], privacy: Privacy, *, minimum_n: int = 30) -> pd.Series:
    """Say why a cell may not be shown by itself: a small numerator, denominator or difference of the two.

    Parameters
    ----------
    cells : DataFrame
        Metric table with true counts.
    meanings : mapping
        From `acmlib.measures.meanings.counted`: sums of wages and months of exposure are no counts of people.
    privacy : Privacy
    minimum_n : int
        Groups of fewer people are small where shares are extreme.

    Returns
    -------
    Series of str
        Empty where nothing is small.

    Examples
    --------
    >>> cells = pd.DataFrame({"numerator": [5.0, 40.0, 40.0, 12.0], "denominator": [50.0, 45.0, 80.0, 12.0]})
    >>> primary(cells.assign(metric="placed", dimension="site"), {"placed": Meaning("met", "all")}, Privacy()).tolist()
    ['small numerator', 'small remainder', '', 'extreme share of a small group']
    """
    people = cells["metric"].map({metric: meaning.people for metric, meaning in meanings.items()}).astype(bool)
    parts = cells["metric"].map({metric: meaning.parts for metric, meaning in meanings.items()}).astype(bool)
    of_people = cells["metric"].map({metric: meaning.parts or not meaning.people for metric, meaning in meanings.items()}).astype(bool)
    reason = pd.Series("", index=cells.index)
    group = parts & cells["dimension"].ne(ALL) & cells["denominator"].gt(0) & cells["denominator"].lt(minimum_n)
    share = cells["numerator"] / cells["denominator"]
    reason[group & (share.lt(privacy.extreme_share) | share.gt(1 - privacy.extreme_share))] = "extreme share of a small group"
    if privacy.protect_complement:
        reason[parts & small(cells["denominator"] - cells["numerator"], privacy)] = "small remainder"
    reason[of_people & small(cells["denominator"], privacy)] = "small denominator"
    reason[people & small(cells["numerator"], privacy)] = "small numerator"
    return reason
