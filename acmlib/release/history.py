"""A release is decided together with all earlier ones: readers put them side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from acmlib.contract.model import Contract
from acmlib.measures.table import ALL, HIDDEN
from acmlib.release.book import Span, months_of
from acmlib.release.counts import Counted
from acmlib.release.joined import Joined
from acmlib.release.joint import Readers
from acmlib.release.ledger import Entry
from acmlib.release.lines import Floats, Lines, Row, families, lines_of, rows_of, total_place

KEY = ["metric", "period", "dimension", "group"]
#: Stands for all cells of the same metrics and dimension; and for those of all metrics that count the same people.
MANY, EVERYTHING = 10_000, 20_000
#: Where to search for other counts, quick ways first: among so many partners; for totals first with one group a dimension, which one.
AMONG_GROUPS = ((1, None), (3, None))
AMONG_TOTALS = ((0, 0), (0, 1), (0, 2))
#: Where to search before much is hidden.
THOROUGH = ((1, None), (3, None), (12, None))
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


def protect_past(history: History, hidden: pd.Series, weight: Floats, *, least_values: int) -> tuple[pd.Series, dict[int, Row], list[Row]]:
    """Hide what several releases together would give away.

    Parameters
    ----------
    history : History
    hidden : Series of bool
        What this release hides so far.
    weight : array of float, shape (cells,)
    least_values : int
        Values that a reader must hold possible for every hidden count.

    Returns
    -------
    hidden : Series of bool
    because : dict
        Further cells to the count that each protects.
    open : list of rows
        Hidden counts that are not proven safe by hiding in this release: they follow from earlier ones.
    """
    hide = hidden.to_numpy().copy()
    because: dict[int, Row] = {}
    open_ = unproven(history, hide, least_values)
    # What earlier releases give away by themselves is not to be had back by hiding anything now.
    lost = set(unproven(history, np.ones_like(hide), least_values, among=set(open_), thorough=True)) if open_ else set()
    beside = _Beside(history, weight)
    for take in (1, 3, MANY, EVERYTHING):
        if take == MANY and open_:
            open_ = unproven(history, hide, least_values, among=set(open_), thorough=True)
        further = {cell: row for row in open_ if row not in lost for cell in beside.cells(row, hide, take)}
        if further:
            hide[list(further)] = True
            because |= further
            # What is proven stays so when more is hidden.
            new = {row for cell in further for row in history.rows[cell]}
            open_ = unproven(history, hide, least_values, among={*open_, *new}, thorough=take >= MANY)
    return pd.Series(hide, index=hidden.index), because, open_


def unproven(history: History, hide: np.ndarray, least_values: int, *, among: set[Row] | None = None, thorough: bool = False) -> list[Row]:
    """Return the hidden counts, of this release and of earlier ones, that are not proven to have enough other values."""
    shown = {row for cell, rows in enumerate(history.rows) if not hide[cell] for row in rows} | history.past.shown
    wanted = {row for cell, rows in enumerate(history.rows) if hide[cell] for row in rows} | history.past.hidden
    rows = sorted(row for row in (wanted if among is None else among) - shown if history.is_small(row))
    if not rows:
        return []
    readers = Readers(history.lines, shown)
    down, up = readers.moved(rows)
    lacking = [number for number in range(len(rows)) if down[number] + up[number] + 1 < least_values]
    by_search: dict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
    for number in lacking:
        whom, place = rows[number][:2]
        family = next(tuple(family) for family in readers.families if whom in family)
        by_search[readers.base_of(place), family].append(number)
    for (place, family), numbers in by_search.items():
        choices: Sequence[tuple[int, int | None]] = AMONG_TOTALS if place == readers.total else AMONG_GROUPS
        for partners, choice in (*choices, *(THOROUGH if thorough else ())):
            open_ = [number for number in numbers if down[number] + up[number] + 1 < least_values]
            places = [place] if choice is not None else readers.free_places(place, family, partners)
            inside = [number for number in open_ if rows[number][1] in places]
            if inside:
                found = readers.search([rows[number] for number in inside], places, family, enough=least_values - 1.0, choice=choice)
                down[inside], up[inside] = np.maximum(down[inside], found[0]), np.maximum(up[inside], found[1])
    return [rows[number] for number in lacking if down[number] + up[number] + 1 < least_values]


class _Beside:
    """The cells of a release that stand beside a count: of its own line first, then the same metrics by the same dimension."""

    def __init__(self, history: History, weight: Floats) -> None:
        metrics, dimensions = history.cells["metric"].tolist(), history.cells["dimension"].tolist()
        self._place = [rows[0][1] if rows else -1 for rows in history.rows]
        self._months = [rows[0][2:] if rows else () for rows in history.rows]
        self._total = total_place(history.lines)
        self._kin = families(history.lines)
        self._metrics: dict[int, set[str]] = defaultdict(set)
        for metric, rows in zip(metrics, history.rows, strict=True):
            for whom, *_ in rows:
                self._metrics[whom].add(metric)
        self._dimensions: dict[int, set[str]] = defaultdict(set)
        for (name, _), at in history.lines.place.items():
            self._dimensions[at].add(name)
        # What readers have already is of no use.
        free = [cell for cell, rows in enumerate(history.rows) if rows and not history.seen(cell)]
        self._families: dict[tuple[str, str], list[int]] = defaultdict(list)
        for cell in sorted(free, key=lambda cell: (weight[cell], cell)):
            self._families[metrics[cell], dimensions[cell]].append(cell)

    def cells(self, row: Row, hide: np.ndarray, take: int) -> list[int]:
        """Return up to so many cells that are not hidden yet."""
        whom, place, *_ = row
        near = [
            self._families.get((metric, name), []) for metric in sorted(self._metrics[whom]) for name in sorted(self._dimensions[place])
        ]
        found = [cell for cells in near for cell in cells if not hide[cell]]
        if take == EVERYTHING:
            family = next(family for family in self._kin if whom in family)
            alike = {metric for one in family for metric in self._metrics[one]}
            names = {*self._dimensions[place], ALL}
            found += [cell for (metric, name), cells in self._families.items() if metric in alike and name in names
                      for cell in cells if not hide[cell] and cell not in found]  # fmt: skip
        if len(found) < take and place == self._total:  # groups that add up to it
            months = row[2:]
            found += [cell for (metric, _), cells in self._families.items() if metric in self._metrics[whom]
                      for cell in cells if not hide[cell] and cell not in found and self._months[cell] == months]  # fmt: skip
        return sorted(found, key=lambda cell: self._place[cell] != place)[:take]
