"""A release is decided together with all earlier ones: readers put them side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from acmlib.contract.model import Contract
from acmlib.measures.table import HIDDEN
from acmlib.release.counts import Counted
from acmlib.release.joined import Joined
from acmlib.release.ledger import Entry
from acmlib.release.lines import Floats, Lines, Row, lines_of, rows_of
from acmlib.release.spans import Span, months_of

SAME = 1e-6


@dataclass(frozen=True)
class Past:
    """What earlier releases say, in terms of today's true counts.

    Attributes
    ----------
    shown : frozenset of rows
        Counts that were shown. A figure that was corrected since counts as shown: readers may know by how much it was.
    hidden : frozenset of rows
        Counts that were hidden, and are not to be worked out now.
    before : mapping
        Key and months of each cell that was released, to whether it was hidden the last time.
    """

    shown: frozenset[Row] = frozenset()
    hidden: frozenset[Row] = frozenset()
    before: Mapping[tuple[object, ...], bool] = field(default_factory=dict)


@dataclass
class History:
    """The cells of a release in terms of counts along time, and what is known of them.

    Attributes
    ----------
    cells : DataFrame
        The cells that pages may show, with true counts.
    lines : Lines
    rows : list of tuples of rows
        What each cell counts.
    past : Past
    people : set of int
        Whoms that are numbers of people.
    minimum : int
        The smallest count that is shown.
    before : list of bool or None
        Whether each cell was hidden when it was last released; None if it never was.
    """

    cells: pd.DataFrame
    lines: Lines
    rows: list[tuple[Row, ...]]
    past: Past
    people: set[int]
    minimum: int
    before: list[bool | None]

    def is_small(self, row: Row) -> bool:
        """Say whether a count is one that the rule hides, not one that is hidden to protect another."""
        return row[0] in self.people and 0 < self.lines.value(row) < self.minimum

    def seen(self, cell: int) -> bool:
        """Say whether all that a cell shows was shown before."""
        return bool(self.rows[cell]) and all(row in self.past.shown for row in self.rows[cell])


def history_of(cells: pd.DataFrame, table: pd.DataFrame, contract: Contract, meanings: Mapping[str, Counted], entries: Sequence[Entry],
               must_hide: pd.Series) -> History:  # fmt: skip
    """Put the cells of a release and those of earlier ones on the same lines.

    Parameters
    ----------
    cells : DataFrame
        The cells that pages may show, with true counts.
    table : DataFrame
        The whole metric table.
    contract : Contract
    meanings : mapping
        From `acmlib.release.counts.unify`.
    entries : sequence of Entry
        What readers have.
    must_hide : Series of bool
        What the rule hides by itself.

    Returns
    -------
    History
    """
    lines = lines_of(table, meanings)
    when = months_of(cells, table, contract)
    rows = rows_of(cells, when, lines, meanings)
    people = {lines.whom[one.numerator] for one in meanings.values() if one.people}
    people |= {lines.whom[one.denominator] for one in meanings.values() if one.denominator and (one.parts or not one.people)}
    people |= {lines.whom[one.rest] for one in meanings.values() if one.parts}
    minimum = contract.privacy.minimum_count
    past = _past(cells, when, entries, lines, meanings, must_hide)
    status = [past.before.get(key) for key in _keys(cells, when)]
    return History(cells, lines, rows, past, people, minimum, status)


def _past(cells: pd.DataFrame, when: Sequence[Span], entries: Sequence[Entry], lines: Lines, meanings: Mapping[str, Counted],
          must_hide: pd.Series) -> Past:  # fmt: skip
    shown: set[Row] = set()
    hidden: set[Row] = set()
    before: dict[tuple[object, ...], bool] = {}
    now = dict(zip(_keys(cells, when), zip(must_hide, cells["numerator"], strict=True), strict=True))
    for entry in entries:
        columns = zip(_keys(entry.cells, entry.when), entry.cells["status"], entry.cells["numerator"],
                      rows_of(entry.cells, entry.when, lines, meanings), strict=True)  # fmt: skip
        for key, status, numerator, rows in columns:
            small, number = now.get(key, (False, numerator))
            # A figure that has become small since: readers have another number, not this one.
            (hidden if status == HIDDEN or (small and abs(number - numerator) > SAME) else shown).update(rows)
            before[key] = status == HIDDEN
    return Past(frozenset(shown), frozenset(hidden - shown), before)


def _keys(cells: pd.DataFrame, when: Sequence[Span]) -> Iterable[tuple[object, ...]]:
    return zip(cells["metric"], cells["dimension"], cells["group"], when, strict=True)


def too_close(history: History, weight: Floats, must_hide: pd.Series) -> pd.Series:
    """Say which cells may not be shown because, beside another period of the same line, they would show a small count.

    Figures of a contract's first months and of one month more differ by that month; two rolling windows that overlap by all but a
    month differ by two months, which is a count only where one of them is nobody.

    Parameters
    ----------
    history : History
    weight : array of float, shape (cells,)
        The dearest cells are shown first.
    must_hide : Series of bool

    Returns
    -------
    Series of bool
        Aligned with the cells.
    """
    known = Joined(history.lines)
    for whom, place, start, after in sorted(history.past.shown):
        if whom in history.people:
            known.learn((whom, place, start, after))
    found = np.zeros(len(history.cells), dtype=bool)
    for cell in np.lexsort((np.arange(len(weight)), -np.where(np.isfinite(weight), weight, 1e9))):
        if not must_hide.iloc[cell]:
            more = known.tried()
            values = [value for row in history.rows[cell] if row[0] in history.people for value in more.learn(row)]
            found[cell] = any(SAME < value < history.minimum - SAME for value in values)
            if not found[cell]:
                known.keep(more)
    return pd.Series(found, index=history.cells.index)
