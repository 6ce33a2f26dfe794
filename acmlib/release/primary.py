"""What the rule hides by itself: small counts, whatever else is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import pandas as pd

from acmlib.contract.model import Privacy
from acmlib.measures.meanings import Meaning
from acmlib.measures.persons import Ends
from acmlib.measures.table import ALL

Counted = TypeVar("Counted", pd.Series, pd.DataFrame)
EXTREME = "extreme share of a small group"


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


def primary(
    cells: pd.DataFrame, meanings: Mapping[str, Meaning], privacy: Privacy, *, ends: Mapping[str, Ends], minimum_n: int = 30
) -> pd.Series:
    """Say why a cell may not be shown by itself: a small numerator, denominator or difference of the two.

    Of a mean or sum these are the most people who can have another value than the lowest, and another than the highest: if they are few,
    the sum says of nearly everybody what they answered.

    Parameters
    ----------
    cells : DataFrame
        Metric table with true counts.
    meanings : mapping
        From `acmlib.measures.meanings.counted`: sums of wages and months of exposure are no counts of people.
    ends : mapping
        Of means and sums the lowest two and the highest two values.
    minimum_n : int
        Groups of fewer people are small where shares are extreme.

    Returns
    -------
    Series of str
        Empty where nothing is small.

    Examples
    --------
    >>> cells = pd.DataFrame({"numerator": [5.0, 40.0, 40.0, 12.0], "denominator": [50.0, 45.0, 80.0, 12.0]})
    >>> cells = cells.assign(metric="placed", dimension="site")
    >>> primary(cells, {"placed": Meaning("met", "all")}, Privacy(), ends={}).tolist()
    ['small numerator', 'small remainder', '', 'extreme share of a small group']
    """
    parts, people = (cells["metric"].map({name: getattr(one, of) for name, one in meanings.items()}) for of in ("parts", "people"))
    above, below = cells["numerator"].where(people | parts), cells["denominator"]
    rest = (below - above).where(parts)
    for name, (lowest, next_, last_but_one, highest) in ends.items():
        own = cells["metric"].eq(name) & ~parts
        above = above.mask(own, ((cells["numerator"] - lowest * below) / (next_ - lowest)).round(6))
        rest = rest.mask(own, ((highest * below - cells["numerator"]) / (highest - last_but_one)).round(6))
    reason = pd.Series("", index=cells.index)
    group = cells["dimension"].ne(ALL) & below.gt(0) & below.lt(minimum_n)
    reason[group & pd.concat([above, rest], axis=1).min(axis=1, skipna=False).lt(privacy.extreme_share * below)] = EXTREME
    if privacy.protect_complement:
        reason[small(rest, privacy)] = "small remainder"
    reason[(parts | ~people) & small(below, privacy)] = "small denominator"
    reason[small(above, privacy)] = "small numerator"
    return reason
