"""The true counts of a contract along time, one line for each cohort and group, and what cells of releases say about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.measures.table import ALL, ALL_PARTICIPANTS, CROSS, HIDDEN, IMMATURE, IN_COMBINATION
from acmlib.release.counts import Counted
from acmlib.release.monthly import monthly_counts
from acmlib.release.spans import Span

#: A count of a line: whom, where, from the start of one month up to but not including another (all as positions).
Row = tuple[int, int, int, int]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lines:
    """True counts by whom, place and month.

    Attributes
    ----------
    first : int
        Number of the first month.
    whom : mapping
        Text of `Counted` to position.
    place : mapping
        (dimension, group) to position; two names of the same people have one position.
    counts : array of float, shape (whoms, places, months)
        The last month stands for what has no dates. NaN where not yet knowable.
    layers : tuple of (int, int, int)
        Whole, part and rest.
    nested : tuple of (int, int)
        A cohort, and another that is a part of it.
    """

    first: int
    whom: Mapping[str, int]
    place: Mapping[tuple[str, str], int]
    counts: Floats
    layers: tuple[tuple[int, int, int], ...]
    nested: tuple[tuple[int, int], ...]

    def value(self, row: Row) -> float:
        """Return the true count of a row; NaN if a month of it is not known."""
        whom, place, start, after = row
        return float(self.counts[whom, place, start:after].sum())

    def months(self, span: Span) -> tuple[int, int] | None:
        """Return the positions of a span of months; None if it lies outside."""
        last = self.counts.shape[2] - 1
        if span is None:
            return last, last + 1
        start, after = max(span[0] - self.first, 0), min(span[1] + 1 - self.first, last)
        return (start, after) if start < after else None


def single_answers(cells: pd.DataFrame) -> dict[str, str]:
    """Name the dimensions of which nobody gave several answers: alone or in combination is the same there as alone.

    Parameters
    ----------
    cells : DataFrame
        Metric table.

    Returns
    -------
    dict
        ``<dimension> (alone or in combination)`` to the dimension.
    """
    among = cells[cells["dimension"].str.endswith(IN_COMBINATION)]
    plain = among.assign(dimension=among["dimension"].str.removesuffix(IN_COMBINATION))
    both = plain.merge(cells, on=["metric", "period", "dimension", "group"], how="left", suffixes=("", "_alone"))
    same = both["numerator"].fillna(0).eq(both["numerator_alone"].fillna(0)) & both["denominator"].fillna(0).eq(
        both["denominator_alone"].fillna(0)
    )
    return {f"{dimension}{IN_COMBINATION}": str(dimension) for dimension, rows in same.groupby(both["dimension"]) if rows.all()}


def lines_of(table: pd.DataFrame, meanings: Mapping[str, Counted]) -> Lines:
    """Gather the true counts.

    Parameters
    ----------
    table : DataFrame
        The whole metric table.
    meanings : mapping
        From `acmlib.release.counts.unify`.

    Returns
    -------
    Lines
    """
    known = monthly_counts(table, meanings)
    whoms = [text for one in meanings.values() for text in (one.numerator, one.denominator, one.rest if one.parts else None, one.waiting)]
    whom = {text: at for at, text in enumerate(dict.fromkeys(text for text in whoms if text is not None))}
    same = single_answers(table)
    keys = dict.fromkeys(zip(table["dimension"], table["group"], strict=True))
    plain = {(same.get(dimension, dimension), group): None for dimension, group in keys}
    number = {key: at for at, key in enumerate(plain)}
    place = {(dimension, group): number[same.get(dimension, dimension), group] for dimension, group in keys}
    months = known.counts.shape[2]
    counts = np.full((len(whom), len(number), months + 1), np.nan)
    counts[:, :, :months] = 0.0
    for text, at in whom.items():
        source = known.whom.get(text)
        for key, where in place.items():
            if source is not None and key in known.place:
                counts[at, where, :months] = known.counts[source, known.place[key]]
    _undated(counts, table, meanings, whom, place)
    layers = {
        (whom[one.denominator or ""], whom[one.numerator], whom[one.rest]) for one in meanings.values() if one.parts and one.denominator
    }
    for whole, part, rest in sorted(layers):  # who has not reached a stage yet follows too, before it counts as an outcome
        counts[rest] = np.where(np.isnan(counts[rest]), counts[whole] - counts[part], counts[rest])
    nested = {(whom[one.within], whom[one.numerator]) for one in meanings.values() if one.within is not None}
    return Lines(known.first, whom, place, counts, tuple(sorted(layers)), tuple(sorted(nested)))


def _undated(counts: Floats, table: pd.DataFrame, meanings: Mapping[str, Counted], whom: Mapping[str, int],
             place: Mapping[tuple[str, str], int]) -> None:  # fmt: skip
    """Enter what has no dates: metrics that the table knows for the whole contract only."""
    only = table.groupby("metric", sort=False)["period"].transform("nunique").eq(1) & table["period"].eq("term")
    rows = table[only]
    columns = zip(*(rows[name] for name in ("metric", "dimension", "group", "numerator", "denominator")), strict=True)
    for metric, dimension, group, numerator, denominator in columns:
        meaning, where = meanings[metric], place[dimension, group]
        counts[whom[meaning.numerator], where, -1] = numerator
        if meaning.denominator is not None:
            counts[whom[meaning.denominator], where, -1] = denominator
            if meaning.parts:
                counts[whom[meaning.rest], where, -1] = denominator - numerator


def rows_of(cells: pd.DataFrame, when: Sequence[Span], lines: Lines, meanings: Mapping[str, Counted]) -> list[tuple[Row, ...]]:
    """Return what each cell counts: numerator, denominator and the difference, as far as it has them.

    Parameters
    ----------
    cells : DataFrame
        Cells of a release, or with true counts; of a hidden cell everything is returned that it could show.
    when : sequence of spans
        The months of each cell.
    lines : Lines
    meanings : mapping

    Returns
    -------
    list of tuples of rows
        Empty for what the present data do not know.
    """
    found: list[tuple[Row, ...]] = []
    columns = zip(*(cells[name] for name in ("metric", "dimension", "group", "numerator", "denominator", "status")), when, strict=True)
    for metric, dimension, group, numerator, denominator, status, span in columns:
        meaning, where, months = meanings.get(metric), lines.place.get((dimension, group)), lines.months(span)
        if meaning is None or where is None or months is None:
            found.append(())
            continue
        hidden = status == HIDDEN
        texts = [meaning.numerator] if hidden or numerator == numerator else []
        whole = meaning.waiting if status == IMMATURE else meaning.denominator
        if whole is not None and (hidden or denominator == denominator):
            texts.append(whole)
            if meaning.parts and len(texts) == 2:
                texts.append(meaning.rest)
        rows = [(lines.whom[text], where, *months) for text in texts]
        found.append(tuple(row for row in rows if lines.value(row) == lines.value(row)))
    return found


def families(lines: Lines) -> list[list[int]]:
    """Group the whoms that hang together through layers and parts."""
    label = list(range(len(lines.whom)))
    for group in (*lines.layers, *lines.nested):
        lowest = min(label[one] for one in group)
        old = {label[one] for one in group}
        label = [lowest if one in old else one for one in label]
    return [[at for at, one in enumerate(label) if one == number] for number in dict.fromkeys(label)]


def tables_of(lines: Lines) -> dict[str, dict[str, int]]:
    """Return the places of each dimension, without names that stand for the same people as another."""
    found: dict[str, dict[str, int]] = {}
    seen: set[int] = set()
    for (dimension, group), at in lines.place.items():
        if at not in seen:
            seen.add(at)
            found.setdefault(dimension, {})[group] = at
    return found


def total_place(lines: Lines) -> int | None:
    """Return the place of everybody."""
    return lines.place.get((ALL, ALL_PARTICIPANTS))


def is_pair(dimension: str) -> bool:
    """Say whether a dimension is two, crossed."""
    return CROSS in dimension


def is_among(dimension: str) -> bool:
    """Say whether a dimension counts everybody who gave an answer, also beside others."""
    return dimension.endswith(IN_COMBINATION)


def distinct(rows: Iterable[tuple[Row, ...]]) -> set[Row]:
    """Return all rows once."""
    return {row for some in rows for row in some}
