"""How the counts of a release hang together: groups and totals, pairs and margins, months and windows, shared denominators.

The equations are those a reader can write down. One that does not hold in the true counts (answers of which a
participant may give several, a corrected month) is no knowledge of a reader's and is left out.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse

from acmlib.contract.model import Contract
from acmlib.contract.periods import parse_period
from acmlib.release.audit import System, from_sums
from acmlib.release.counts import Counted

#: A pair of dimensions in the metric table, and its groups, are joined with this.
CROSS = " x "
#: Counts are whole; sums of wages are not, and are stored as floats.
SAME = 1e-6

#: Whom (a text of `Counted`), where (dimension, group), when (first and last month, as numbers; None without dates).
Key = tuple[str, str, str, tuple[int, int] | None]


def _number(day: dt.date) -> int:
    """Number the months, so that spans can be compared."""
    return day.year * 12 + day.month - 1


@dataclass
class Book:
    """All counts that are shown, hidden or implied, each once, and the sums that link them."""

    position: dict[Key, int] = field(default_factory=dict)
    truth: list[float] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    sums: list[tuple[int, list[int]]] = field(default_factory=list)

    def enter(self, key: Key, value: float, *, least: float = 0.0) -> int | None:
        """Give the position of a count, entering it if it is new; None if the same count is known with another value."""
        at = self.position.get(key)
        if at is None:
            at = self.position[key] = len(self.truth)
            self.truth.append(float(value))
            self.least.append(least)
        return at if abs(self.truth[at] - value) <= SAME else None

    def link(self, total: int, parts: list[int]) -> None:
        """Note a sum, if it is one."""
        if parts and abs(self.truth[total] - sum(self.truth[part] for part in parts)) <= SAME:
            self.sums.append((total, parts))

    def system(self) -> System:
        """Return the counts and sums as a system of equations."""
        linked = from_sums(self.truth, self.sums)
        return System(linked.truth, linked.equations, lower=np.asarray(self.least))


def spans(cells: pd.DataFrame, contract: Contract) -> pd.Series:
    """Give the months that each cell covers, as numbers; None for what has no dates.

    ``term`` runs from the metric's first month to its last that is not immature.
    """
    known = cells["status"].ne("immature")
    months = cells["period"].str.fullmatch(r"\d{4}-\d{2}")
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for metric, texts in cells[months & known].groupby("metric")["period"]:
        numbers = [_number(parse_period(text).start) for text in texts]
        first[str(metric)], last[str(metric)] = min(numbers), max(numbers)
    starts = contract.contract.starts
    cached: dict[str, tuple[int, int]] = {}

    def span(metric: str, text: str) -> tuple[int, int] | None:
        if text == "term":
            return (first[metric], last[metric]) if metric in first else None
        if text not in cached:
            period = parse_period(text, starts=starts)
            cached[text] = (_number(period.start), _number(period.end))
        return cached[text]

    return pd.Series(
        [span(metric, text) for metric, text in zip(cells["metric"], cells["period"], strict=True)], index=cells.index, dtype=object
    )


def enter_cells(book: Book, cells: pd.DataFrame, counted: Mapping[str, Counted], contract: Contract) -> list[list[int]]:
    """Enter the counts of every cell; give the positions that each cell shows.

    Parameters
    ----------
    book : Book
        Is added to.
    cells : DataFrame
        Metric table with true counts.
    counted : mapping
        From `acmlib.release.counts.counted`.
    contract : Contract

    Returns
    -------
    list of list of int
        Positions of numerator, denominator and complement, one list a row of `cells`; empty where there is no number.
    """
    shown = []
    when = spans(cells, contract)
    columns = zip(cells["metric"], cells["dimension"], cells["group"], cells["numerator"], cells["denominator"], when, strict=True)
    for metric, dimension, group, numerator, denominator, span in columns:
        meaning = counted[metric]
        positions = []
        below = of = None
        if numerator == numerator:
            below = book.enter((meaning.numerator, dimension, group, span), numerator)
            positions.append(below)
        if denominator == denominator and meaning.denominator is not None:
            of = book.enter((meaning.denominator, dimension, group, span), denominator)
            positions.append(of)
        if meaning.parts and below is not None and of is not None:
            rest = book.enter((f"{meaning.denominator} but not {meaning.numerator}", dimension, group, span), denominator - numerator)
            positions.append(rest)
            if rest is not None:
                book.link(of, [below, rest])
        shown.append([at for at in positions if at is not None])
    return shown


def _families(book: Book) -> Iterator[tuple[Key, dict[str, int]]]:
    """Go through whom x dimension x when; give the groups of each."""
    families: dict[Key, dict[str, int]] = defaultdict(dict)
    for (whom, dimension, group, span), at in book.position.items():
        if dimension != "all":
            families[(whom, dimension, "", span)][group] = at
    yield from families.items()


def link_groups(book: Book, dimensions: Iterable[str]) -> None:
    """Link groups with the total, and pairs with both of their margins."""
    plain = set(dimensions)
    for (whom, dimension, _, span), groups in list(_families(book)):
        total = book.position.get((whom, "all", "All participants", span))
        first, _, second = dimension.partition(CROSS)
        if total is not None:
            book.link(total, list(groups.values()))
        if not second or first not in plain:
            continue
        for side, name in ((0, first), (1, second)):
            margins: dict[str, list[int]] = defaultdict(list)
            for group, at in groups.items():
                margins[group.split(CROSS)[side]].append(at)
            for group, parts in margins.items():
                margin = book.position.get((whom, name, group, span))
                if margin is not None:
                    book.link(margin, parts)


def link_time(book: Book, monthly: Mapping[tuple[str, str, str], Mapping[int, float]]) -> None:
    """Link months, quarters, windows and the whole contract through the pieces that they share.

    Parameters
    ----------
    book : Book
    monthly : mapping
        True counts by month for each (whom, dimension, group); months that are absent have nobody.
    """
    lines: dict[tuple[str, str, str], list[tuple[tuple[int, int], int]]] = defaultdict(list)
    for (whom, dimension, group, span), at in book.position.items():
        if span is not None:
            lines[(whom, dimension, group)].append((span, at))
    for line, entries in lines.items():
        if len(entries) < 2:
            continue
        edges = sorted({start for (start, _), _ in entries} | {end + 1 for (_, end), _ in entries})
        pieces = list(itertools.pairwise(edges))
        values = monthly.get(line, {})
        numbers: dict[tuple[int, int], int] = {}
        for start, after in pieces:
            key = (*line, (start, after - 1))
            known = book.position.get(key)
            if known is None:
                known = book.enter(key, sum(values.get(month, 0.0) for month in range(start, after)))
            if known is not None:
                numbers[(start, after)] = known
        for (start, end), total in entries:
            inside = [numbers.get(piece) for piece in pieces if start <= piece[0] and piece[1] <= end + 1]
            if len(inside) > 1 and all(at is not None for at in inside):
                book.link(total, [at for at in inside if at is not None])


def monthly_counts(cells: pd.DataFrame, counted: Mapping[str, Counted]) -> dict[tuple[str, str, str], dict[int, float]]:
    """Gather the true counts by month, shown or not, that windows are made of."""
    months = cells[cells["period"].str.fullmatch(r"\d{4}-\d{2}") & cells["status"].ne("immature")]
    found: dict[tuple[str, str, str], dict[int, float]] = defaultdict(dict)
    number = {text: _number(parse_period(text).start) for text in months["period"].unique()}
    columns = zip(
        months["metric"], months["period"], months["dimension"], months["group"], months["numerator"], months["denominator"], strict=True
    )
    for metric, period, dimension, group, numerator, denominator in columns:
        meaning = counted[metric]
        if numerator == numerator:
            found[(meaning.numerator, dimension, group)][number[period]] = numerator
        if meaning.denominator is not None and denominator == denominator:
            found[(meaning.denominator, dimension, group)][number[period]] = denominator
            if meaning.parts and numerator == numerator:
                found[(f"{meaning.denominator} but not {meaning.numerator}", dimension, group)][number[period]] = denominator - numerator
    return found


def shows_matrix(shown: list[list[int]], counts: int) -> sparse.csr_array:
    """Turn lists of positions into a matrix of cells by counts.

    Examples
    --------
    >>> shows_matrix([[0, 2], [1]], 3).toarray().astype(int).tolist()
    [[1, 0, 1], [0, 1, 0]]
    """
    rows = np.repeat(np.arange(len(shown)), [len(positions) for positions in shown])
    columns = np.array([at for positions in shown for at in positions], dtype=int)
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(shown), counts))
