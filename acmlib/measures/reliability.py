"""Is a number steady enough to be shown? The display rules of the US National Center for Health Statistics (NCHS).

Reliability is about chance, privacy about people: a percentage of 25 people may harm nobody and still mean nothing. The two have
different signs on a page. What fails is listed as `unreliable`, never dropped.

Sources: Parker JD and others, NCHS Data Presentation Standards for Proportions, Vital Health Stat 2(175), 2017; NCHS Data
Presentation Standards for Rates and Counts, Vital Health Stat 2(200), 2023.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from acmlib.contract.ids import ALL
from acmlib.contract.model import Contract
from acmlib.measures.arrays import numbers
from acmlib.measures.intervals import clopper_pearson

#: Fewest people behind a percentage (Series 2 no. 175).
MINIMUM_N = 30
#: An interval no wider than this is always narrow enough, one as wide as `TOO_WIDE` never is (the same).
NARROW, TOO_WIDE = 0.05, 0.30
#: Widest interval beside the percentage itself (the same).
TOO_WIDE_BESIDE_SHARE = 1.30

#: Months of a control chart are judged by its limits, not one by one.
CHARTED = r"\d{4}-\d{2}|\d{4}Q[1-4]"

#: What the flags mean, for those who keep them: the names are those of NCHS tables.
FLAGS = {
    "": "may be shown",
    "Px": "too few people or too wide an interval: do not show the percentage",
    "Pc": "may be shown; its complement is not reliable",
    "P0": "may be shown after a look: none or all",
    "no data": "nobody to count, or not available",
}


def proportion_reliability(x: Any, n: Any, *, minimum_n: float = MINIMUM_N) -> pd.DataFrame:
    """Whether percentages may be shown, by the NCHS rules for proportions.

    Parameters
    ----------
    x, n : number, array or Series
        Successes (0 to n) and people.
    minimum_n : float
        Fewest people behind a percentage.

    Returns
    -------
    DataFrame
        One row a percentage (index of the Series given): ``proportion, low, high`` (Clopper-Pearson 95%), ``width``,
        ``relative_width`` (NaN where the proportion is 0), ``flag`` (see `FLAGS`) and ``status``: shown, unreliable, or no data
        where `n` is 0 or a number is not available.

    Raises
    ------
    ValueError
        If a count is negative or infinite, or `x` is above `n`; the message names the place.

    Notes
    -----
    Not shown: below `minimum_n` people; an interval of 30 points or more; one between 5 and 30 points that is wider than 130% of
    the percentage. None and all have no relative width and are shown if there are enough people.

    Examples
    --------
    >>> proportion_reliability([9, 9, 36, 0], [25, 40, 40, 40])[["proportion", "flag", "status"]]
       proportion flag      status
    0       0.360   Px  unreliable
    1       0.225         shown
    2       0.900   Pc       shown
    3       0.000   P0       shown
    """
    (successes, people), _ = numbers("proportion_reliability", {"x": x, "n": n}, at_most={"x": "n"})
    successes, people = np.atleast_1d(successes), np.atleast_1d(people)
    low, high = clopper_pearson(successes, people)
    share = successes / np.where(people > 0, people, np.nan)
    width = high - low
    with np.errstate(divide="ignore"):
        beside, beside_rest = width / share, width / (1 - share)
    none_or_all = (successes == 0) | (successes == people)
    unsteady = (width > NARROW) & ((width >= TOO_WIDE) | (beside > TOO_WIDE_BESIDE_SHARE))
    flag = np.select(
        [np.isnan(share), people < minimum_n, none_or_all, unsteady, (width > NARROW) & (beside_rest > TOO_WIDE_BESIDE_SHARE)],
        ["no data", "Px", "P0", "Px", "Pc"],
        "",
    )
    columns = {"proportion": share, "low": low, "high": high, "width": width, "relative_width": np.where(share > 0, beside, np.nan)}
    return pd.DataFrame(columns | {"flag": flag, "status": _status(flag)}, index=_index(x, n))


def proportion_status(x: Any, n: Any, *, minimum_n: float = MINIMUM_N) -> pd.Series[Any]:
    """Status words of percentages in the metric table: ``shown``, ``unreliable`` or ``no data``.

    Parameters
    ----------
    x, n : number, array or Series
        Successes (0 to n) and people.
    minimum_n : float
        Fewest people behind a percentage.

    Returns
    -------
    Series of str
        See `proportion_reliability`.

    Raises
    ------
    ValueError
        As `proportion_reliability`.

    Examples
    --------
    >>> proportion_status([9, 9, 0], [25, 40, 0]).tolist()
    ['unreliable', 'shown', 'no data']
    """
    return proportion_reliability(x, n, minimum_n=minimum_n)["status"]


def _status(flag: np.ndarray[Any, Any]) -> Any:
    return pd.array(np.select([flag == "no data", np.isin(flag, ["Px", "Cx"])], ["no data", "unreliable"], "shown"), dtype="str")


def _index(*given: Any) -> pd.Index[Any] | None:
    return next((one.index for one in given if isinstance(one, pd.Series)), None)


def mark_unreliable(cells: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Empty value and limits of proportions that rest on too few people; their status becomes ``unreliable``.

    Numerator and denominator stay: what is withheld is the false precision, not the count.

    Parameters
    ----------
    contract : Contract
        ``statistics.minimum_n`` applies, and the NCHS rules on the width of intervals.
    """
    kinds = {name: metric.kind for name, metric in contract.metrics.items()}
    kind = cells["metric"].map(kinds).fillna("proportion")
    total_months = cells["dimension"].eq(ALL) & cells["period"].str.fullmatch(CHARTED)
    judged = cells["status"].eq("shown") & kind.eq("proportion") & cells["denominator"].notna() & ~total_months
    marked = cells.copy()
    rows = cells[judged]
    status = proportion_status(rows["numerator"], rows["denominator"], minimum_n=contract.statistics.minimum_n)
    unreliable = rows.index[np.asarray(status) == "unreliable"]
    marked.loc[unreliable, ["value", "low", "high"]] = np.nan
    marked.loc[unreliable, "status"] = "unreliable"
    return marked
