"""How the counts of a release hang together: groups and totals, pairs and margins, months and windows, parts and wholes.

The equations are those a reader can write down. One that does not hold in the true counts (answers of which a
participant may give several, a corrected month) is no knowledge of a reader's and is left out.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from acmlib.measures.table import ALL, ALL_PARTICIPANTS, CROSS, IMMATURE, IN_COMBINATION
from acmlib.release.book import Book, Span
from acmlib.release.counts import BUT_NOT, Counted
from acmlib.release.monthly import Months

#: Dimension under which is kept how many of a group gave other answers too.
AND_OTHERS = " (and another answer)"


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


def enter_cells(book: Book, cells: pd.DataFrame, when: Sequence[Span], meanings: Mapping[str, Counted]) -> list[list[int]]:
    """Enter the counts of every cell; give the positions that each cell shows.

    Parameters
    ----------
    book : Book
        Is added to.
    cells : DataFrame
        Metric table with true counts.
    when : sequence of spans
        One a row of `cells`, from `acmlib.release.book.spans`.
    meanings : mapping
        From `acmlib.release.counts.counted`.

    Returns
    -------
    list of list of int
        Positions of numerator, denominator and complement, one list a row of `cells`; empty where there is no number.
    """
    shown = []
    same = single_answers(cells)
    columns = zip(*(cells[name] for name in ("metric", "dimension", "group", "numerator", "denominator", "status")), when, strict=True)
    for metric, dimension, group, numerator, denominator, status, span in columns:
        meaning = meanings[metric]
        dimension = same.get(dimension, dimension)

        def enter(whom: str, value: float, *, metric: str = metric, where: tuple[str, str, Span] = (dimension, group, span)) -> int:
            at = book.enter((whom, *where), value)
            # The same people counted in two ways, with two results: no equation, but still a count.
            return at if at is not None else _own(book, f"{whom}|in {metric}", where, value)

        below = enter(meaning.numerator, numerator) if numerator == numerator else None
        whole = meaning.waiting if status == IMMATURE else meaning.denominator
        of = enter(whole, denominator) if whole is not None and denominator == denominator else None
        rest = None
        if meaning.parts and below is not None and of is not None:
            rest = enter(meaning.rest, denominator - numerator)
            if book.link(of, [below, rest]) and meaning.denominator is not None:
                book.layers[meaning.denominator, (meaning.numerator, meaning.rest)] = None
        shown.append([at for at in (below, of, rest) if at is not None])
    return shown


def _own(book: Book, whom: str, where: tuple[str, str, Span], value: float) -> int:
    """Enter a count under the first free name of its own."""
    for number in itertools.count():
        at = book.enter((f"{whom} {number}", *where), value)
        if at is not None:
            return at
    raise AssertionError  # pragma: no cover -- count() does not end


def link_parts(book: Book, meanings: Mapping[str, Counted]) -> None:
    """Link what is a part of another metric's numerator: who is still in after 180 days was so after 90."""
    for meaning in meanings.values():
        if meaning.within is None:
            continue
        between = f"{meaning.within}{BUT_NOT}{meaning.numerator}"
        for (whom, dimension, group, span), at in list(book.position.items()):
            whole = book.position.get((meaning.within, dimension, group, span)) if whom == meaning.numerator else None
            if whole is not None and book.truth[whole] >= book.truth[at]:
                rest = book.enter((between, dimension, group, span), book.truth[whole] - book.truth[at])
                if rest is not None and book.link(whole, [at, rest]):
                    book.layers[meaning.within, (meaning.numerator, between)] = None


def _families(book: Book) -> dict[tuple[str, str, Span], dict[str, int]]:
    """Give the groups of each whom, dimension and when."""
    families: dict[tuple[str, str, Span], dict[str, int]] = defaultdict(dict)
    for (whom, dimension, group, span), at in book.position.items():
        families[whom, dimension, span][group] = at
    return families


def link_groups(book: Book, dimensions: Iterable[str]) -> None:
    """Link groups with the total, pairs with both of their margins, and a group alone with the group among several answers."""
    plain = set(dimensions)
    families = _families(book)
    for (whom, dimension, span), groups in families.items():
        if dimension == ALL:
            continue
        if dimension.endswith(IN_COMBINATION):
            _link_answers(book, whom, dimension.removesuffix(IN_COMBINATION), span, groups)
            continue
        total = families.get((whom, ALL, span), {}).get(ALL_PARTICIPANTS)
        if total is not None:
            book.link(total, list(groups.values()))
        first, _, second = dimension.partition(CROSS)
        for side, name in enumerate((first, second) if second and first in plain else ()):
            margins: dict[str, list[int]] = defaultdict(list)
            for group, at in groups.items():
                margins[group.split(CROSS)[side]].append(at)
            for group, parts in margins.items():
                margin = families.get((whom, name, span), {}).get(group)
                if margin is not None:
                    book.link(margin, parts)


def _link_answers(book: Book, whom: str, dimension: str, span: Span, groups: Mapping[str, int]) -> None:
    """Link a group alone or in combination with the group alone: the difference are those who gave other answers too."""
    for group, at in groups.items():
        alone = book.position.get((whom, dimension, group, span))
        if alone is not None and book.truth[at] >= book.truth[alone]:
            more = book.enter((whom, f"{dimension}{AND_OTHERS}", group, span), book.truth[at] - book.truth[alone])
            if more is not None:
                book.link(at, [alone, more])
                book.between.add(more)


def link_time(book: Book, months: Months, *, small: float) -> None:
    """Link months, quarters, windows and the whole contract through the pieces that they share.

    Where one period lies in another and begins or ends with it, what the longer one has more is a count too, which no cell shows
    and everybody can work out: these are kept in `Book.between`, those above `small` left out.

    Parameters
    ----------
    book : Book
    months : Months
        True counts by month.
    small : float
        The largest count that is nobody's business.
    """
    lines: dict[tuple[str, str, str], dict[tuple[int, int], int]] = defaultdict(dict)
    for (whom, dimension, group, span), at in book.position.items():
        if span is not None:
            lines[whom, dimension, group][span] = at
    for line, entries in lines.items():
        if len(entries) > 1:
            pieces = _pieces(book, line, entries, months)
            for (start, end), total in entries.items():
                inside = [at for (first, last), at in pieces.items() if start <= first and last <= end]
                whole = sum(last - first + 1 for first, last in pieces if start <= first and last <= end) == end - start + 1
                if len(inside) > 1 and whole:
                    book.link(total, inside)
            book.between.update(at for span, at in pieces.items() if span not in entries)
            _between(book, line, entries, small)


def _pieces(book: Book, line: tuple[str, str, str], entries: Mapping[tuple[int, int], int], months: Months) -> dict[tuple[int, int], int]:
    """Enter the counts of the shortest periods between any two edges."""
    edges = sorted({start for start, _ in entries} | {end + 1 for _, end in entries})
    pieces: dict[tuple[int, int], int] = {}
    unknown = []
    for start, after in itertools.pairwise(edges):
        span = (start, after - 1)
        at = book.position.get((*line, span))
        if at is None:
            value = months.total(line[0], line[1:], start, after)
            at = book.enter((*line, span), value) if value == value else None
        if at is None:
            unknown.append(span)
        else:
            pieces[span] = at
    for span in unknown:  # what a longer period leaves is known even where single months are not
        for (start, end), total in entries.items():
            others = [at for (first, last), at in pieces.items() if start <= first and last <= end]
            length = sum(last - first + 1 for first, last in pieces if start <= first and last <= end)
            if start <= span[0] and span[1] <= end and length + span[1] - span[0] + 1 == end - start + 1:
                at = book.enter((*line, span), book.truth[total] - sum(book.truth[other] for other in others))
                if at is not None:
                    pieces[span] = at
                break
    return pieces


def _between(book: Book, line: tuple[str, str, str], entries: Mapping[tuple[int, int], int], small: float) -> None:
    """Note the differences of two shown periods of which one begins or ends the other."""
    by_edge: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for start, end in entries:
        by_edge["start", start].append((start, end))
        by_edge["end", end].append((start, end))
    for (side, _), spans in by_edge.items():
        for short, long in itertools.combinations(sorted(spans, key=lambda span: span[1] - span[0]), 2):
            more = (short[1] + 1, long[1]) if side == "start" else (long[0], short[0] - 1)
            value = book.truth[entries[long]] - book.truth[entries[short]]
            if (*line, more) not in book.position and 0 < value <= small:
                at = book.enter((*line, more), value)
                if at is not None and book.link(entries[long], [entries[short], at]):
                    book.between.add(at)


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
