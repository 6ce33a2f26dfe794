"""The counts of a contract along time, divided into blocks: cohorts that hang together, by the groups of one dimension.

Each block is complete in itself. Other counts that are found in it, by which nothing shown changes, are other counts of the whole
contract: groups of other dimensions stay as they are, or, where the total changes, one group a dimension changes as it does
(`Stand-ins`). What a reader of everything knows is therefore never more than what the block says.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from acmlib.measures.table import CROSS, IN_COMBINATION
from acmlib.release.lines import Floats, Lines, Row, families, is_among, is_pair, tables_of, total_place
from acmlib.release.program import NOTHING
from acmlib.release.reader import Block

Places = NDArray[np.intp]
#: So many choices of groups that change as others do are tried, where pairs must exist.
MOST_TRIED = 60
#: For a total that is lost, so many other choices are tried.
OTHER_TURNS = 3
#: Longer periods than a quarter are windows, years and the whole contract.
QUARTER = 3


@dataclass(frozen=True)
class Part:
    """One block, and the counts that its rows are.

    Attributes
    ----------
    block : Block
    rows : list of rows
        Whom, place and months of each row of the block.
    own : array of bool
        Rows that are to be protected here; the others belong to other blocks.
    more : array of bool
        Rows that are to be protected although no cell hides them.
    """

    block: Block
    rows: list[Row]
    own: NDArray[np.bool_]
    more: NDArray[np.bool_]


def parts_of(
    lines: Lines, shows: Sequence[tuple[Row, ...]], *, given: Iterable[Row], hold: Iterable[int], more: Iterable[Row], full: Iterable[int]
) -> Blocks:
    """Prepare to divide the counts of a contract into blocks.

    Parameters
    ----------
    lines : Lines
    shows : sequence of tuples of rows
        What each cell counts.
    given : iterable of rows
        What readers have already.
    hold : iterable of int
        Cells that cannot be hidden.
    more : iterable of rows
        Further counts to be protected, which no cell shows.
    full : iterable of int
        Whoms of which a hidden row is known to hold somebody, as rows of nobody are shown.

    Returns
    -------
    Blocks
    """
    return Blocks(lines, shows, frozenset(given), frozenset(hold), frozenset(more), frozenset(full))


class Blocks:
    """All blocks of a contract; made by `parts_of`."""

    def __init__(self, lines: Lines, shows: Sequence[tuple[Row, ...]], given: frozenset[Row], hold: frozenset[int],
                 more: frozenset[Row], full: frozenset[int]) -> None:  # fmt: skip
        self.lines, self.more, self.full = lines, more, full
        self.tables = tables_of(lines)
        self.total = total_place(lines)
        self.families = [tuple(family) for family in families(lines)]
        self.truth = np.nan_to_num(lines.counts)
        self.open = ~np.isnan(lines.counts)
        self.cells: dict[Row, list[int]] = {}
        for cell, rows in enumerate(shows):
            for row in rows:
                self.cells.setdefault(row, []).append(cell)
        self.held = given | {row for cell in hold for row in shows[cell]}
        self.by_place: dict[tuple[int, int], list[Row]] = {}
        for row in dict.fromkeys([*self.cells, *sorted(given), *sorted(more)]):
            self.by_place.setdefault(row[:2], []).append(row)
        self._plain = [
            name for name, groups in self.tables.items() if self.total not in groups.values() and not is_pair(name) and not is_among(name)
        ]

    def of_totals(self) -> list[Part]:
        """Return the blocks of everybody."""
        return [] if self.total is None else [part for family in self.families for part in self._make(family, None, moving=True)]

    def of_groups(self, hidden: NDArray[np.bool_]) -> list[Part]:
        """Return the blocks of groups and pairs, in which the total moves only if a longer period of it is hidden already."""
        found: list[Part] = []
        for family in self.families:
            moving = self._total_hidden(family, hidden)
            for name in self.tables:
                if name in self._plain:
                    found += self._make(family, name, moving=moving)
                elif is_pair(name):
                    found += self._pairs(family, name)
        return found

    def wider(self, rows: Iterable[Row]) -> list[Part]:
        """Return other blocks for rows that are lost in theirs: in these the total can be hidden too, and what a pair hangs on."""
        where = {place: (name, group) for name, groups in self.tables.items() for group, place in groups.items()}
        family = {whom: family for family in self.families for whom in family}
        lost: dict[tuple[tuple[int, ...], str, frozenset[tuple[str, str]]], set[int]] = {}
        for whom, place, *_ in rows:
            table, group = where[place]
            names, groups = table.removesuffix(IN_COMBINATION).split(CROSS), group.split(CROSS)
            through = frozenset(zip(names[1:], groups[1:], strict=True))
            lost.setdefault((family[whom], names[0], through), set()).add(place)
        found: list[Part] = []
        for (kin, name, through), places in lost.items():
            if name in self._plain:
                found += self._make(kin, name, moving=True, own=places, through=through)
            elif not is_pair(name):  # the total: other groups may change as it does
                for turn in range(1, OTHER_TURNS + 1):
                    found += self._make(kin, None, moving=True, turn=turn)
        return found

    def _total_hidden(self, family: Sequence[int], hidden: NDArray[np.bool_]) -> bool:
        rows = [row for whom in family for row in self.by_place.get((whom, -1 if self.total is None else self.total), ())]
        return any(row[3] - row[2] > QUARTER and all(hidden[cell] for cell in self.cells.get(row, ())) for row in rows)

    def _make(
        self, family: tuple[int, ...], dimension: str | None, *, moving: bool,
        own: Collection[int] | None = None, through: Collection[tuple[str, str]] = (), turn: int = 0,
    ) -> list[Part]:  # fmt: skip
        """Build the blocks of a family by one dimension: one, or as many as it takes for each group to be able to change in one of them."""
        groups = {} if dimension is None else self.tables[dimension]
        among = self.tables.get(f"{dimension}{IN_COMBINATION}", {}).values()
        choices = [names for names in self._stand_ins(family, dimension, turn) if all(names.get(name) == group for name, group in through)]
        left, found = dict(groups), []
        # At first, groups change with pairs that are free to; then with any, so that every group is looked after.
        for names, willing in [*((names, False) for names in choices), *((names, True) for names in choices)]:
            hanging = {place: self._pairs_of(dimension or "", group, names) for group, place in groups.items()}
            alike = {place: pairs for place, pairs in hanging.items() if pairs is not None}
            ready = {
                group: place
                for group, place in left.items()
                if place in alike and (willing or not any(self._is_held(pair, place, family) for pair in alike[place]))
            }
            total = self._hanging_on(names) if moving and self.total is not None else None
            if not ready and (dimension is not None or total is None):
                continue
            if total is not None and self.total is not None:
                alike[self.total] = total
            mine = {*(ready.values() if dimension is not None else alike), *among}
            mine |= {pair for place in ready.values() for pair in alike[place]} if own is not None else set()
            building = _Building(self, family, [*alike, *among], alike, mine if own is None else mine.intersection(own))
            if building.size:
                found.append(building.finish(dimension))
            left = {group: place for group, place in left.items() if group not in ready}
            if not left:
                break
        return found

    def _is_held(self, other: int, place: int, family: Collection[int]) -> bool:
        """Say whether something of another place cannot be hidden that could be of this one."""
        return any(
            row in self.held and (whom, place, *row[2:]) not in self.held for whom in family for row in self.by_place.get((whom, other), ())
        )

    def _pairs(self, family: tuple[int, ...], table: str) -> list[Part]:
        """Build the block of a dimension crossed with another: groups of one side can change with their pairs, those of the other not."""
        first = table.partition(CROSS)[0]
        beside = self.tables.get(f"{first}{IN_COMBINATION}", {})
        others = [name for name in self.tables if is_pair(name) and first in name.split(CROSS) and name != table]
        # What else hangs on a group would have to change too: such a group stays as it is.
        margins = {place: [beside[group]] if group in beside else [] for group, place in self.tables[first].items() if not others}
        pairs = list(self.tables[table].values())
        building = _Building(self, family, [*margins, *pairs], margins, pairs)
        return [building.finish(table)] if building.size else []

    def _stand_ins(self, family: Sequence[int], without: str | None, turn: int) -> Iterable[dict[str, str]]:
        """Return choices of one group in each other dimension whose pairs exist, the largest first (or another in turn)."""
        largest: dict[str, list[str]] = {}
        for name in self._plain:
            groups = self.tables[name]
            # Where several answers may be given, groups are not parts of the total.
            if name != without and self._adds_up(list(groups.values()), family):
                people = {group: float(self.truth[np.ix_(list(family), [at])].sum()) for group, at in groups.items()}
                stuck = {group: self.total is not None and self._is_held(at, self.total, family) for group, at in groups.items()}
                order = [(stuck[group], -people[group], group) for group in groups]
                ranked = [group for *_, group in sorted(order)]
                largest[name] = [*ranked[turn % len(ranked) :], *ranked[: turn % len(ranked)]]
        crossed = {name for table in self.tables if is_pair(table) for name in table.split(CROSS)}
        choices = [groups if name in crossed else groups[:1] for name, groups in largest.items()]
        tried = (dict(zip(largest, choice, strict=True)) for choice in itertools.product(*choices))
        return (names for names in itertools.islice(tried, MOST_TRIED) if self._hanging_on(names) is not None)

    def _hanging_on(self, names: Mapping[str, str]) -> list[int] | None:
        """Return the places of one group a dimension, of those who gave other answers too, and of their pairs; None if one is missing."""
        wanted = [(name, group) for name, group in names.items()]
        wanted += [(beside, group) for name, group in names.items() if (beside := f"{name}{IN_COMBINATION}") in self.tables]
        pairs = [table.split(CROSS) for table in self.tables if is_pair(table)]
        wanted += [(CROSS.join(pair), CROSS.join(names[name] for name in pair)) for pair in pairs if all(name in names for name in pair)]
        found = [self.tables[table].get(group) for table, group in wanted]
        return None if None in found else [at for at in found if at is not None]

    def _pairs_of(self, dimension: str, group: str, names: Mapping[str, str]) -> list[int] | None:
        """Return the pairs of a group with the chosen groups of other dimensions, which change as it does; None if one is missing."""
        found: list[int | None] = []
        for table in (table for table in self.tables if is_pair(table) and dimension in table.split(CROSS)):
            sides = [group if name == dimension else names.get(name) for name in table.split(CROSS)]
            if None not in sides:
                found.append(self.tables[table].get(CROSS.join(str(side) for side in sides)))
        return None if None in found else [at for at in found if at is not None]

    def _adds_up(self, groups: Sequence[int], family: Sequence[int]) -> bool:
        if self.total is None:
            return False
        parts = self.truth[np.ix_(list(family), list(groups))].sum(axis=1)
        return bool((np.abs(parts - self.truth[list(family), self.total]) < NOTHING).all())


class _Building:
    """The sums and limits of one block, being written down.

    Who did not is not a variable of its own: it is who is in the cohort, less who did. That makes programs several times quicker.
    """

    def __init__(
        self, builder: Blocks, family: tuple[int, ...], places: list[int], alike: Mapping[int, list[int]], own: Iterable[int] | None = None
    ) -> None:
        self.all = builder
        self.places = list(dict.fromkeys(places))
        self.alike = alike
        #: Places that change as another does, which is a variable.
        self.as_other = {other: place for place, others in alike.items() for other in others if other not in places}
        self.family = set(family)
        self.layers = [layer for layer in builder.lines.layers if self.family.issuperset(layer)]
        rests = {rest: (whole, part) for whole, part, rest in self.layers}
        self.free = [whom for whom in family if whom not in rests]
        self.terms: dict[int, list[tuple[int, float]]] = {whom: [(number, 1.0)] for number, whom in enumerate(self.free)}
        for rest, (whole, part) in rests.items():
            self.terms[rest] = [*self.terms[whole], *((number, -sign) for number, sign in self.terms[part])]
        self.where = {place: number for number, place in enumerate(self.places)}
        # Sums and limits hold month by month: months of which nothing is told that is to be protected may stay as they are.
        self.own = set(self.places if own is None else own)
        covered = np.zeros(builder.open.shape[2], dtype=bool)
        for place in self.own:
            for whom in family:
                for *_, start, after in builder.by_place.get((whom, place), ()):
                    covered[start:after] = True
        open_ = builder.open[np.ix_(self.free, self.places)] & covered
        self.at = np.full(open_.shape, -1)
        self.at[open_] = np.arange(int(open_.sum()))
        self.size = int(open_.sum())
        self.least = -np.array([self._truth(whom) for whom in self.free]).reshape(open_.shape)[open_]
        self.equal, self.limits = _Sums(), _Sums()
        self.spare: list[Floats] = []

    def _truth(self, whom: int) -> Floats:
        """Return a cohort by place and month, as `_fewest`."""
        return self._fewest(self.all.truth[whom])

    def _fewest(self, counts: Floats) -> Floats:
        """Return counts by place and month: where other places change as one does, the smallest of them."""
        return np.array([counts[[place, *self.alike.get(place, ())]].min(axis=0) for place in self.places])

    def finish(self, dimension: str | None) -> Part:
        """Return the block; to be protected in it are these places, or all."""
        self._layers()
        if dimension is not None:
            self._groups(dimension)
        rows, own = self._rows()
        shown = _Sums()
        for number, row in enumerate(rows):
            columns, values = self._columns(row)
            shown.add(columns[:, None], values)
            if own[number] and row[0] in self.all.full and self.all.lines.value(row) >= 1:
                self._limit(columns[:, None], values, np.array([self.all.lines.value(row) - 1]))
        pairs = [(cell, number) for number, row in enumerate(rows) for cell in self.all.cells.get(row, ())]
        cell, row_ = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
        block = Block(
            least=self.least,
            equations=self.equal.matrix(self.size),
            limits=self.limits.matrix(self.size),
            spare=np.concatenate([np.zeros(0), *self.spare]),
            rows=shown.matrix(self.size),
            cell=cell,
            row=row_,
            given=np.array([one in self.all.held for one in rows], dtype=bool),
            groups=None if dimension is None else self._alike_counts(dimension),
        )
        return Part(block, rows, np.array(own, dtype=bool), np.array([one in self.all.more for one in rows], dtype=bool))

    def _alike_counts(self, dimension: str) -> Places:
        """Return the counts of each group: its own, of those who gave other answers too, and of its pairs, in the same order."""
        tables = self.all.tables
        pairs = tables[dimension] if is_pair(dimension) else {}
        first = dimension.partition(CROSS)[0]
        beside, others = tables.get(f"{first}{IN_COMBINATION}", {}), sorted({pair.split(CROSS)[1] for pair in pairs})
        none = np.full_like(self.at[:, 0], -1)

        def of(place: int | None) -> Places:
            return self.at[:, self.where[place]] if place in self.where else none

        found = []
        for group, place in tables[first].items():
            places = [place, *([beside.get(group)] if beside else []), *(pairs.get(f"{group}{CROSS}{other}") for other in others)]
            found.append(np.concatenate([of(one) for one in places]))
        return np.array(found, dtype=np.intp).reshape(len(found), -1, len(self.at[0, 0]))

    def _columns(self, row: Row) -> tuple[Places, Floats]:
        """Return the variables that a row is the sum of, and their signs; a stand-in changes as the total does."""
        whom, place, start, after = row
        where = self.where[self.as_other.get(place, place)]
        columns = [self.at[number, where, start:after] for number, _ in self.terms[whom]]
        return np.concatenate(columns), np.repeat([sign for _, sign in self.terms[whom]], after - start)

    def _rows(self) -> tuple[list[Row], list[bool]]:
        """Return the rows of this block's places and of those that change as they do, and which of them are to be protected here."""
        rows: list[Row] = []
        own: list[bool] = []
        for place in (*self.places, *self.as_other):
            for whom in sorted(self.family):
                for row in self.all.by_place.get((whom, place), ()):
                    if (self._columns(row)[0] >= 0).any():
                        rows.append(row)
                        own.append(place in self.own)
        return rows, own

    def _limit(self, columns: Places, values: Floats, spare: Floats) -> None:
        """Note sums of changes, one a column, that are never less than the negative of what is spare."""
        use = (columns >= 0).any(axis=0)
        self.limits.add(columns[:, use], values)
        self.spare.append(np.maximum(spare[use], 0.0))

    def _layers(self) -> None:
        """Those who did not are never fewer than nobody; nor is a cohort smaller than another that is a part of it."""
        nested = [(big, small) for big, small in self.all.lines.nested if big in self.terms and small in self.terms]
        edges = {(whole, part) for whole, part, _ in self.layers} | set(nested)
        for whole, part in sorted(edges):
            # What follows from two others need not be said.
            if not any((whole, other) in edges and (other, part) in edges for other, _ in edges if other not in (whole, part)):
                terms = [*self.terms[whole], *((number, -sign) for number, sign in self.terms[part])]
                columns = np.array([self.at[number].ravel() for number, _ in terms])
                spare = self._fewest(self.all.truth[whole] - self.all.truth[part]).ravel()
                both = (columns >= 0).all(axis=0)
                self._limit(columns[:, both], np.array([sign for _, sign in terms]), spare[both])

    def _groups(self, dimension: str) -> None:
        """Groups add up to the total, pairs to their groups; who gave this answer and others is among those who gave it at all."""
        tables, total = self.all.tables, self.all.total
        groups = tables[dimension]
        if is_pair(dimension):
            if total is not None:
                for name in dimension.split(CROSS):
                    self._sum(total, list(tables[name].values()))
            for side, name in enumerate(dimension.split(CROSS)):
                for group, place in tables.get(name, {}).items():
                    self._sum(place, [at for pair, at in groups.items() if pair.split(CROSS)[side] == group])
        elif total is not None:
            self._sum(total, list(groups.values()))
        for group, place in tables.get(f"{dimension}{IN_COMBINATION}", {}).items():
            if groups.get(group) in self.where:
                both = [self.where[place], self.where[groups[group]]]
                for number, whom in enumerate(self.free):
                    spare = self.all.truth[whom, place] - self.all.truth[whom, groups[group]]
                    self._limit(self.at[number, both], np.array([1.0, -1.0]), spare)

    def _sum(self, total: int, parts: Sequence[int]) -> None:
        """Note that parts add up to a total, in the months in which they do; what is no variable of this block does not change."""
        truth = self.all.truth
        terms = [(self.where[part], 1.0) for part in parts if part in self.where]
        terms += [(self.where[total], -1.0)] if total in self.where else []
        where, signs = [at for at, _ in terms], np.array([sign for _, sign in terms])
        for number, whom in enumerate(self.free) if terms else ():
            holds = np.abs(truth[whom, list(parts)].sum(axis=0) - truth[whom, total]) < NOTHING
            columns = self.at[number][where][:, holds]
            self.equal.add(columns[:, (columns >= 0).any(axis=0)], signs)


class _Sums:
    """Rows of a matrix, being written down."""

    def __init__(self) -> None:
        self._count = 0
        self._parts: list[tuple[Places, Places, Floats]] = []

    def add(self, columns: Places, values: Floats) -> None:
        """Add a row for each column of `columns`, which holds positions of variables; -1 stands for none."""
        number = np.broadcast_to(self._count + np.arange(columns.shape[1]), columns.shape)
        sign = np.broadcast_to(values[:, None], columns.shape)
        real = columns >= 0
        self._parts.append((number[real], columns[real], sign[real]))
        self._count += columns.shape[1]

    def matrix(self, size: int) -> sparse.csr_array:
        """Return the matrix for so many variables."""
        if not self._parts:
            return sparse.csr_array((0, size))
        rows, columns, values = (np.concatenate([part[at] for part in self._parts]) for at in range(3))
        return sparse.csr_array((values, (rows, columns)), shape=(self._count, size))
