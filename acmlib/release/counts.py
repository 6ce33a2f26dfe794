"""Which people each metric counts: two metrics that count the same people are known to do so, by their conditions or by their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.contract.model import Contract
from acmlib.measures.meanings import Meaning
from acmlib.measures.spans import Place, month_of, spans_of
from acmlib.measures.table import IMMATURE, IN_ERROR, SUPPRESSED_BY_SENDER, grain_of

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """All numbers of people of a contract, by cohort, place and month.

    Attributes
    ----------
    cohorts : mapping
        Text of a cohort to its number: cohorts that are the same people everywhere have the same one.
    places : mapping
        Dimension and group to its number.
    numbers : array of float, shape (cohorts, places, months)
        NaN where nothing is known, or not yet.
    """

    cohorts: Mapping[str, int]
    places: Mapping[Place, int]
    numbers: Floats


def count_people(table: pd.DataFrame, contract: Contract, meanings: Mapping[str, Meaning]) -> Counts:
    """Read the numbers of people off the whole metric table, in the finest periods that each metric has.

    Two conditions may say the same in different words: cohorts with the same numbers everywhere are taken for the same people. That adds to
    what a reader is assumed to know, so a coincidence hides more, never less.

    Parameters
    ----------
    table : DataFrame
        The whole metric table.
    contract : Contract
    meanings : mapping
        From `acmlib.measures.meanings.counted`.
    """
    ticks = _ticks(table[table["metric"].isin(list(meanings))])
    first = np.array([span[0] for span in spans_of(ticks, contract)], dtype=int)
    keys = list(zip(ticks["dimension"], ticks["group"], strict=True))
    places = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    place = np.array([places[key] for key in keys], dtype=int)
    shape = (len(places), month_of(contract.contract.ends, contract.contract.starts) + 1)
    metric, known = ticks["metric"].to_numpy(), ~ticks["status"].isin([IMMATURE, IN_ERROR, SUPPRESSED_BY_SENDER]).to_numpy()
    made: dict[str, Floats] = {}
    source: dict[str, str] = {}
    for name, meaning in meanings.items():
        mine = metric == name
        for column, text in meaning.cohorts.items():
            own = np.full(shape, np.nan)
            own[place[mine]] = 0.0  # a quarter's people stand in its first month
            own[place[mine], first[mine]] = np.where(known[mine], np.nan_to_num(ticks[column].to_numpy()[mine]), np.nan)
            source[text] = meaning.source
            made[text] = np.where(np.isnan(made[text]), own, made[text]) if text in made else own
    numbers: list[Floats] = []
    cohorts: dict[str, int] = {}
    kept: list[str] = []
    for text, counts in made.items():
        same = (at for at, other in enumerate(numbers) if source[text] == kept[at] and _same(counts, other))
        cohorts[text] = next(same, len(numbers))
        if cohorts[text] == len(numbers):
            numbers.append(counts)
            kept.append(source[text])
        else:
            other = numbers[cohorts[text]]
            numbers[cohorts[text]] = np.where(np.isnan(other), counts, other)
    return Counts(cohorts, places, np.array(numbers).reshape(len(numbers), *shape))


def _ticks(table: pd.DataFrame) -> pd.DataFrame:
    """Keep of each metric its months; its quarters, years, fiscal years (``P12M/2026-06``) or the whole contract if it has none."""
    rank = grain_of(table["period"]).map({"month": 0, "quarter": 1, "year": 2, "rolling": 3, "term": 4})
    known = table[rank.notna()]
    finest = rank[known.index].groupby(known["metric"]).transform("min")
    return known[rank[known.index].eq(finest)]


def _same(one: Floats, other: Floats) -> bool:
    """Say whether two cohorts agree wherever both are known, and are known anywhere."""
    both = ~np.isnan(one) & ~np.isnan(other)
    return bool(np.nansum(one[both]) > 0 and (one[both] == other[both]).all())
