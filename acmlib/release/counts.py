"""Which people each metric counts: two metrics that count the same people are known to do so, by their conditions or by their numbers."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.contract.model import Contract
from acmlib.measures.meanings import Meaning
from acmlib.measures.spans import Place, Span, month_of, spans_of
from acmlib.measures.table import ALL, IMMATURE, IN_ERROR, SHOWN, SUPPRESSED_BY_SENDER, grain_of

Floats = NDArray[np.float64]
#: One number of people that cells show: cohort, place, months.
Number = tuple[int, int, Span]
#: Sums of whole values are stored as floats.
NOISE = 1e-6


@dataclass(frozen=True)
class Counts:
    """All numbers of people of a contract, by cohort, place and month.

    Attributes
    ----------
    cohorts : mapping
        Text of a cohort to its number: cohorts that are the same people everywhere have the same one. Where the numbers of months do
        not add up to those of a year, those of each period are a cohort of their own.
    places : mapping
        Dimension and group to its number.
    numbers : array of float, shape (cohorts, places, months)
        NaN where nothing is known, or not yet.
    """

    cohorts: Mapping[str, int]
    places: Mapping[Place, int]
    numbers: Floats

    def cohort(self, text: str, period: str) -> int | None:
        """Return the number of a cohort, in a period; None if nobody knows it."""
        return self.cohorts.get(text, self.cohorts.get(f"{text}|{period}"))

    def is_known(self, number: tuple[int, int, Span]) -> bool:
        """Tell whether the people of a cohort and place are known in each of some months."""
        cohort, place, (first, after) = number
        return not np.isnan(self.numbers[cohort, place, first:after]).any()


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
    ticks = _ticks(table, meanings)
    first = np.array([span[0] for span in spans_of(ticks, contract)], dtype=int)
    place, known_places = pd.MultiIndex.from_frame(ticks[["dimension", "group"]]).factorize()
    places: dict[Place, int] = {key: at for at, key in enumerate(known_places)}
    shape = (len(places), month_of(contract.contract.ends, contract.contract.starts) + 1)
    known = ~ticks["status"].isin([IMMATURE, IN_ERROR, SUPPRESSED_BY_SENDER]).to_numpy()
    people = {column: np.nan_to_num(ticks[column].to_numpy()).round(6) for column in ("numerator", "denominator")}
    made: dict[str, Floats] = {}
    source: dict[str, str] = {}
    apart = ticks["period"].where(~ticks["metric"].isin(_adding_up(meanings)), "")
    found = ticks.groupby(["metric", apart], sort=False).indices.items()
    rows_of: dict[Any, NDArray[np.intp]] = {key: np.asarray(rows) for key, rows in found}
    for name, meaning in meanings.items():
        for period, rows in [(key[1], rows) for key, rows in rows_of.items() if key[0] == name]:
            for column, cohort in meaning.cohorts.items():
                text = f"{cohort}|{period}" if period else cohort
                own = np.full(shape, np.nan)
                own[place[rows]] = 0.0  # a quarter's people stand in its first month
                own[place[rows], first[rows]] = np.where(known[rows], people[column][rows], np.nan)
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


def counting_people(meanings: Mapping[str, Meaning], table: pd.DataFrame) -> dict[str, Meaning]:
    """Return what metrics count, with each sum of values that are all 0 or 1 as what it is: a number of people, a part of the base.

    Parameters
    ----------
    meanings : mapping
        From `acmlib.measures.meanings.counted`.
    table : DataFrame
        The whole metric table.

    Examples
    --------
    >>> table = pd.DataFrame({"metric": ["came", "came", "score"], "numerator": [3.0, 0.0, 31.5], "denominator": [40.0, 12.0, 9.0]})
    >>> of = {name: Meaning(f"sum {name}", "all", people=False, parts=False) for name in ("came", "score")}
    >>> {name: one.parts for name, one in counting_people(of, table).items()}
    {'came': True, 'score': False}
    """
    sums = [name for name, one in meanings.items() if not one.people and one.denominator is not None]
    rows = table[table["metric"].isin(sums) & table["numerator"].notna()]
    whole = rows["numerator"].round()
    fits = whole.between(0, rows["denominator"]) & rows["numerator"].sub(whole).abs().lt(NOISE)
    yes = fits.groupby(rows["metric"]).all()
    return {name: replace(one, people=True, parts=True) if yes.get(name, False) else one for name, one in meanings.items()}


def in_longer_time(numbers: Iterable[Number], counts: Counts, meanings: Mapping[str, Meaning]) -> list[tuple[Number, Number]]:
    """Return which numbers of different people are of a part of the time of another: these people are among the other's.

    Who came in the first year came in the whole term; the others came later for the first time.

    Parameters
    ----------
    numbers : iterable of Number
        Cohort, place and months.
    counts : Counts
    meanings : mapping
        From `acmlib.measures.meanings.counted`.

    Returns
    -------
    list of (number, number)
        Part and whole.
    """
    apart = {meaning.numerator for meaning in meanings.values() if not meaning.adds_up}
    named = {cohort: base for text, cohort in counts.cohorts.items() if (base := text.rpartition("|")[0]) in apart}
    own: dict[tuple[str, int], list[Number]] = defaultdict(list)
    for number in dict.fromkeys(numbers):
        if number[0] in named:
            own[named[number[0]], number[1]].append(number)
    pairs = (pair for found in own.values() for pair in itertools.permutations(found, 2))
    return [(part, whole) for part, whole in pairs if whole[2][0] <= part[2][0] and part[2][1] <= whole[2][1]]


def with_withheld(table: pd.DataFrame) -> pd.DataFrame:
    """Return a metric table in which groups that the sender withholds have what the total of everybody leaves for them.

    A reader can subtract, so the audit must know what would come out. Of several groups of one dimension only the sum follows: each has an
    equal part of it.

    Parameters
    ----------
    table : DataFrame
        The whole metric table.

    Examples
    --------
    >>> rows = {"metric": "n", "period": "2025", "dimension": ["all", "site", "site"], "group": ["All participants", "A", "B"]}
    >>> table = pd.DataFrame(
    ...     rows | {"numerator": [20.0, 13.0, np.nan], "denominator": np.nan, "status": ["shown", "shown", SUPPRESSED_BY_SENDER]}
    ... )
    >>> with_withheld(table)["numerator"].tolist()
    [20.0, 13.0, 7.0]
    """
    withheld = table["status"].eq(SUPPRESSED_BY_SENDER)
    if not withheld.any():
        return table
    filled, family, columns = table.copy(), ["metric", "period", "dimension"], ["numerator", "denominator"]
    everybody = table[table["dimension"].eq(ALL) & ~withheld]
    totals = dict(zip(zip(everybody["metric"], everybody["period"], strict=True), everybody[columns].to_numpy(dtype=float), strict=True))
    beside = withheld.groupby([table[name] for name in family]).transform("any") & table["dimension"].ne(ALL)
    for (metric, period, _), rows in table[beside].groupby(family, sort=False):
        left = totals.get((str(metric), str(period)), np.full(2, np.nan)) - rows[columns].sum().to_numpy(dtype=float)
        gone = rows.index[withheld[rows.index]]
        for column, people in zip(columns, left.tolist(), strict=True):
            if people > 0:
                part, more = divmod(round(people), len(gone))
                filled.loc[gone, column] = [float(part + (at < more)) for at in range(len(gone))]
                filled.loc[gone, "status"] = SHOWN
    return filled


def _adding_up(meanings: Mapping[str, Meaning]) -> list[str]:
    return [name for name, meaning in meanings.items() if meaning.adds_up]


def _ticks(table: pd.DataFrame, meanings: Mapping[str, Meaning]) -> pd.DataFrame:
    """Keep of each metric its months; its quarters, years, fiscal years (``P12M/2026-06``) or the whole contract if it has none.

    Of a metric whose months do not add up every longer period is kept.
    """
    rank = grain_of(table["period"]).map({"month": 0, "quarter": 1, "year": 2, "rolling": 3, "term": 4})
    counts = table["metric"].isin(list(meanings)) & rank.notna()
    finest = rank[counts].groupby(table.loc[counts, "metric"]).transform("min").reindex(table.index)
    return table[counts & rank.eq(finest).where(table["metric"].isin(_adding_up(meanings)), rank.gt(0))]


def _same(one: Floats, other: Floats) -> bool:
    """Say whether two cohorts agree wherever both are known, and are known anywhere."""
    both = ~np.isnan(one) & ~np.isnan(other)
    return bool(np.nansum(one[both]) > 0 and (one[both] == other[both]).all())
