"""Which people each metric counts: two metrics that count the same people are known to do so, by their conditions or by their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.contract.model import Contract
from acmlib.measures.meanings import Meaning
from acmlib.measures.persons import Ends
from acmlib.measures.spans import Place, Span, month_of, spans_of
from acmlib.measures.table import ALL, IMMATURE, IN_ERROR, SHOWN, SUPPRESSED_BY_SENDER, grain_of

Floats = NDArray[np.float64]
#: One number of people that cells show: cohort, place, months.
Number = tuple[int, int, Span]
#: Counts are whole; sums are stored as floats.
SAME = 1e-6


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
    apart : mapping
        Cohorts of different people in one period, which add up neither over time nor over groups, to what they are in all periods.
    """

    cohorts: Mapping[str, int]
    places: Mapping[Place, int]
    numbers: Floats
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
    what a reader is assumed to know, so a coincidence hides more, never less.

    Parameters
    ----------
    table : DataFrame
        The whole metric table.
    meanings : mapping
        From `acmlib.measures.meanings.counted`.
    """
    adding_up = [name for name, meaning in meanings.items() if meaning.adds_up]
    ticks = _ticks(table, meanings, adding_up)
    first = np.array([span[0] for span in spans_of(ticks, contract)], dtype=int)
    place, known_places = pd.MultiIndex.from_frame(ticks[["dimension", "group"]]).factorize()
    shape = (len(known_places), month_of(contract.contract.ends, contract.contract.starts) + 1)
    known = ~ticks["status"].isin([IMMATURE, IN_ERROR, SUPPRESSED_BY_SENDER]).to_numpy()
    people = {column: np.nan_to_num(ticks[column].to_numpy()).round(6) for column in ("numerator", "denominator")}
    made: dict[str, Floats] = {}
    source: dict[str, str] = {}
    found = ticks.groupby(["metric", ticks["period"].where(~ticks["metric"].isin(adding_up), "")], sort=False).indices.items()
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
    different = {meaning.numerator for meaning in meanings.values() if not meaning.adds_up}
    apart = {cohort: base for text, cohort in cohorts.items() if (base := text.rpartition("|")[0]) in different}
    return Counts(cohorts, {key: at for at, key in enumerate(known_places)}, np.array(numbers).reshape(len(numbers), *shape), apart)


def with_sums(ends: Mapping[str, Ends], table: pd.DataFrame, contract: Contract) -> dict[str, Ends]:
    """Return the ends of values, also of submitted sums: if each is a number of people out of its base, the values may be no and yes.

    Parameters
    ----------
    ends : mapping
        From `acmlib.measures.persons.value_ends`.
    table : DataFrame
        The whole metric table.
    """
    submitted = [
        name for name, metric in contract.metrics.items() if metric.kind == "mean" and contract.tables[metric.from_].kind == "counts"
    ]
    rows = table[table["metric"].isin(submitted) & table["numerator"].notna()]
    whole = rows["numerator"].round()
    fits = (whole.between(0, rows["denominator"]) & rows["numerator"].sub(whole).abs().lt(SAME)).groupby(rows["metric"]).all()
    return {**ends, **{str(name): (0.0, 1.0, 0.0, 1.0) for name in fits.index[fits]}}


def people_of(meanings: Mapping[str, Meaning], ends: Mapping[str, Ends]) -> dict[str, Meaning]:
    """Return what metrics count, with each mean or sum of two different values as what it is: a number of people, a part of the base."""
    return {
        name: replace(one, people=True, parts=True) if name in ends and _is_of_two(ends[name]) else one for name, one in meanings.items()
    }


def as_counts(cells: pd.DataFrame, ends: Mapping[str, Ends]) -> pd.DataFrame:
    """Return cells with sums of two different values as the number of people who have the higher.

    Parameters
    ----------
    cells : DataFrame
        With `metric`, `numerator` and `denominator`.
    ends : mapping
        Of means and sums the lowest two and the highest two values.

    Examples
    --------
    >>> cells = pd.DataFrame({"metric": ["fell", "score"], "numerator": [43.0, 31.5], "denominator": [40.0, 9.0]})
    >>> as_counts(cells, {"fell": (1.0, 2.0, 1.0, 2.0), "score": (1.0, 1.5, 4.5, 5.0)})["numerator"].tolist()
    [3.0, 31.5]
    """
    numerator = cells["numerator"]
    for name, one in ends.items():
        if _is_of_two(one):
            higher = (cells["numerator"] - one[0] * cells["denominator"]) / (one[1] - one[0])
            numerator = numerator.mask(cells["metric"].eq(name), higher.round(6))
    return cells.assign(numerator=numerator)


def _is_of_two(ends: Ends) -> bool:
    return ends[:2] == ends[2:]


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
