"""How many people each metric counts, where and when. Metrics that count the same people are known to, by conditions or by numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.contract.model import Contract
from acmlib.measures.counting import Counted
from acmlib.measures.meanings import Meaning
from acmlib.measures.meanings import counted as meanings_of
from acmlib.measures.persons import Ends
from acmlib.measures.spans import Place, Span, month_of, spans_of
from acmlib.measures.table import ALL, IMMATURE, IN_ERROR, SHOWN, SUPPRESSED_BY_SENDER, grain_of

Floats = NDArray[np.float64]
#: One number of people that cells show: cohort, place, months.
Number = tuple[int, int, Span]
#: Counts are whole; sums are stored as floats.
SAME = 1e-6
_COUNTS = ["numerator", "denominator"]


@dataclass(frozen=True)
class Counts:
    """All numbers of people of a contract, by cohort, place and month."""

    #: Text of a cohort to its number: cohorts that are the same people everywhere have the same one. Where the numbers of months do not add
    #: up to those of a year, those of each period are a cohort of their own.
    cohorts: Mapping[str, int]
    places: Mapping[Place, int]
    numbers: Floats  #: By cohort, place and month; NaN where nothing is known, or not yet.
    #: Cohorts of different people in one period, which add up neither over time nor over groups, to what they are in all periods.
    apart: Mapping[int, str]

    def true(self, number: Number) -> float:
        """Return how many people a number is; NaN where nobody knows it yet."""
        cohort, place, (first, after) = number
        return float(self.numbers[cohort, place, first:after].sum())

    def shown_by(self, cells: pd.DataFrame, contract: Contract, meanings: Mapping[str, Meaning]) -> list[dict[str, Number]]:
        """Return for each cell of known places which numbers of people its numerator and denominator are."""
        keys = (cells[name] for name in ("metric", "period", "dimension", "group"))
        return [
            {
                column: (cohort, self.places[dimension, group], span)
                for column, text in meanings[metric].cohorts.items()
                if (cohort := self.cohorts.get(text, self.cohorts.get(f"{text}|{period}"))) is not None
            }
            for metric, period, dimension, group, span in zip(*keys, spans_of(cells, contract), strict=True)
        ]


def count_people(table: pd.DataFrame, contract: Contract, meanings: Mapping[str, Meaning]) -> Counts:
    """Read the numbers of people off the whole metric table, in the finest periods that each metric has.

    Two conditions may say the same in different words: cohorts with the same numbers everywhere are taken for the same people. That adds to
    what a reader is assumed to know, so a coincidence hides more, never less. What senders withhold is filled in as far as it follows.
    """
    adding_up = [name for name, meaning in meanings.items() if meaning.adds_up]
    ticks = _ticks(_with_withheld(table), meanings, adding_up)
    first = np.array([span[0] for span in spans_of(ticks, contract)], dtype=int)
    place, places = pd.MultiIndex.from_frame(ticks[["dimension", "group"]]).factorize()
    shape = (len(places), month_of(contract.contract.ends, contract.contract.starts) + 1)
    known = ~ticks["status"].isin([IMMATURE, IN_ERROR, SUPPRESSED_BY_SENDER])
    people = ticks[_COUNTS].fillna(0.0).round(6).where(known)
    made: dict[tuple[str, str, str], Floats] = {}
    apart = ticks["period"].where(~ticks["metric"].isin(adding_up), "")
    for key_of, rows in ticks.groupby(["metric", apart], sort=False).indices.items():
        metric, period = cast("tuple[str, str]", key_of)
        for column, cohort in meanings[metric].cohorts.items():
            own, key = np.full(shape, np.nan), (meanings[metric].source, period, f"{cohort}|{period}" if period else cohort)
            own[place[rows]] = 0.0  # a quarter's people stand in its first month
            own[place[rows], first[rows]] = people[column].to_numpy()[rows]
            made[key] = np.where(np.isnan(made[key]), own, made[key]) if key in made else own
    cohorts: dict[str, int] = {}
    numbers: list[Floats] = []
    sources: list[list[str]] = []
    for (*source, text), counts in made.items():
        cohorts[text] = at = next((at for at, other in enumerate(numbers) if sources[at] == source and _same(counts, other)), len(numbers))
        if at == len(numbers):
            numbers.append(counts)
            sources.append(source)
        numbers[at] = np.where(np.isnan(numbers[at]), counts, numbers[at])
    different = {meaning.numerator for meaning in meanings.values() if not meaning.adds_up}
    in_periods = {cohort: base for text, cohort in cohorts.items() if (base := text.rpartition("|")[0]) in different}
    return Counts(cohorts, {key: at for at, key in enumerate(places)}, np.array(numbers).reshape(len(numbers), *shape), in_periods)


def value_counts(counted: Counted, contract: Contract) -> tuple[dict[str, Meaning], dict[str, Ends]]:
    """Return what metrics count, and of means and sums the lowest two and the highest two values.

    A mean or sum of two different values is what it is: a number of people, a part of its base. So are submitted sums if each is a number
    of people out of its base: the values may be no and yes.
    """
    submitted = [
        name for name, metric in contract.metrics.items() if metric.kind == "mean" and contract.tables[metric.from_].kind == "counts"
    ]
    rows = counted.table[counted.table["metric"].isin(submitted) & counted.table["numerator"].notna()]
    whole = rows["numerator"].round()
    fits = (whole.between(0, rows["denominator"]) & rows["numerator"].sub(whole).abs().lt(SAME)).groupby(rows["metric"]).all()
    ends = {**counted.ends, **{str(name): (0.0, 1.0, 0.0, 1.0, 2) for name in fits.index[fits]}}
    meanings = meanings_of(contract)
    of_two = {name: replace(meanings[name], people=True, parts=True) for name, one in ends.items() if _is_of_two(one)}
    return meanings | of_two, ends


def as_counts(cells: pd.DataFrame, ends: Mapping[str, Ends]) -> pd.DataFrame:
    """Return cells with sums of two different values as the number of people who have the higher.

    Examples
    --------
    >>> cells = pd.DataFrame({"metric": ["fell", "score"], "numerator": [43.0, 31.5], "denominator": [40.0, 9.0]})
    >>> as_counts(cells, {"fell": (1.0, 2.0, 1.0, 2.0, 2), "score": (1.0, 1.5, 4.5, 5.0, 6)})["numerator"].tolist()
    [3.0, 31.5]
    """
    numerator = cells["numerator"]
    for name, one in ends.items():
        if _is_of_two(one):
            higher = (cells["numerator"] - one[0] * cells["denominator"]) / (one[1] - one[0])
            numerator = numerator.mask(cells["metric"].eq(name), higher.round(6))
    return cells.assign(numerator=numerator)


def _is_of_two(ends: Ends) -> bool:
    return ends[:2] == ends[2:4]


def _with_withheld(table: pd.DataFrame) -> pd.DataFrame:
    """Return a metric table in which groups that the sender withholds have what the total of everybody leaves for them.

    A reader can subtract, so the audit must know what would come out. For several groups of one dimension only the sum follows: each has an
    equal part of it.

    Examples
    --------
    >>> rows = {"metric": "n", "period": "2025", "dimension": ["all", "site", "site"], "group": ["All participants", "A", "B"]}
    >>> table = pd.DataFrame(
    ...     rows | {"numerator": [20.0, 13.0, np.nan], "denominator": np.nan, "status": ["shown", "shown", SUPPRESSED_BY_SENDER]}
    ... )
    >>> _with_withheld(table)["numerator"].tolist()
    [20.0, 13.0, 7.0]
    """
    withheld = table["status"].eq(SUPPRESSED_BY_SENDER)
    if not withheld.any():
        return table
    everybody = table[table["dimension"].eq(ALL) & ~withheld].drop_duplicates(["metric", "period"]).set_index(["metric", "period"])
    family, gone = [table[name] for name in ("metric", "period", "dimension")], withheld & table["dimension"].ne(ALL)
    totals = everybody[_COUNTS].reindex(pd.MultiIndex.from_arrays(family[:2])).set_axis(table.index)
    left = (totals - table[_COUNTS].groupby(family).transform("sum")).round()[gone]
    among, number = gone.groupby(family).transform("sum")[gone], gone[gone].groupby([one[gone] for one in family]).cumcount()
    follows = left.gt(0)
    filled = table.copy()
    filled.loc[gone, _COUNTS] = left.floordiv(among, axis=0).add(left.mod(among, axis=0).gt(number, axis=0)).where(follows)
    filled.loc[follows.index[follows.any(axis=1)], "status"] = SHOWN
    return filled


def _ticks(table: pd.DataFrame, meanings: Mapping[str, Meaning], adding_up: list[str]) -> pd.DataFrame:
    """Keep of each metric its months; its quarters, years, fiscal years (``P12M/2026-06``) or the whole contract if it has none.

    Of a metric whose months do not add up every longer period is kept.
    """
    rank = grain_of(table["period"]).map({"month": 0, "quarter": 1, "year": 2, "rolling": 3, "term": 4})
    counts = table["metric"].isin(list(meanings)) & rank.notna()
    finest = rank[counts].groupby(table.loc[counts, "metric"]).transform("min").reindex(table.index)
    return table[counts & rank.eq(finest).where(table["metric"].isin(adding_up), rank.gt(0))]


def _same(one: Floats, other: Floats) -> bool:
    """Say whether two cohorts agree wherever both are known, and are known anywhere."""
    both = ~np.isnan(one) & ~np.isnan(other)
    return bool(np.nansum(one[both]) > 0 and (one[both] == other[both]).all())
