"""The true counts by month, shown or not, of which longer periods are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.contract.periods import parse_period
from acmlib.release.counts import Counted
from acmlib.release.spans import month_number


@dataclass(frozen=True)
class Months:
    """Counts by whom, place and month.

    Attributes
    ----------
    first : int
        Number of the first month.
    whom, place : dict
        Text of `Counted`, and (dimension, group), to their place in `counts`.
    counts : array of float, shape (whoms, places, months)
        NaN where not yet knowable.
    """

    first: int
    whom: Mapping[str, int]
    place: Mapping[tuple[str, str], int]
    counts: NDArray[np.float64]

    def total(self, whom: str, place: tuple[str, str], start: int, after: int) -> float:
        """Give the count of the months from `start` up to but not including `after`; NaN if it is not known."""
        one, other = self.whom.get(whom), self.place.get(place)
        if one is None or other is None:
            return float("nan")
        return float(self.counts[one, other, max(start - self.first, 0) : max(after - self.first, 0)].sum())


def monthly_counts(table: pd.DataFrame, meanings: Mapping[str, Counted]) -> Months:
    """Gather the true counts by month.

    Parameters
    ----------
    table : DataFrame
        The whole metric table.
    meanings : mapping
        From `acmlib.release.counts.counted`.

    Returns
    -------
    Months
        A month in which nothing was sent counts nobody.
    """
    rows = table[table["period"].str.len().eq(7) & table["period"].str[4].eq("-") & table["metric"].isin(list(meanings))]
    months, periods = pd.factorize(rows["period"])
    numbers = np.array([month_number(parse_period(text).start) for text in periods], dtype=int)
    first = int(numbers.min(initial=0 if len(numbers) == 0 else numbers.max(initial=0)))
    place, places = pd.MultiIndex.from_frame(rows[["dimension", "group"]]).factorize()
    metric, metrics = pd.factorize(rows["metric"])
    shape = (len(metrics), len(places), int(numbers.max(initial=first)) - first + 1)
    at = (metric, place, numbers[months] - first if len(numbers) else months)
    open_ = rows["status"].eq("immature").to_numpy()
    above, below, waiting = (np.zeros(shape) for _ in range(3))
    above[at] = np.where(open_, np.nan, rows["numerator"].fillna(0.0))
    below[at] = np.where(open_, np.nan, rows["denominator"].fillna(0.0))
    waiting[at] = np.where(open_, rows["denominator"].fillna(0.0), np.nan)
    found: dict[str, NDArray[np.float64]] = {}

    def note(whom: str | None, numbers: NDArray[np.float64]) -> None:
        if whom is not None:
            found[whom] = np.where(np.isnan(found[whom]), numbers, found[whom]) if whom in found else numbers

    for number, name in enumerate(metrics):
        meaning = meanings[name]
        note(meaning.numerator, above[number])
        note(meaning.waiting, waiting[number])
        if meaning.denominator is not None:
            note(meaning.denominator, below[number])
        if meaning.parts:
            note(meaning.rest, below[number] - above[number])
    counts = np.stack(list(found.values())) if found else np.zeros((0, *shape[1:]))
    return Months(first, {whom: at for at, whom in enumerate(found)}, {(str(d), str(g)): at for at, (d, g) in enumerate(places)}, counts)
