"""The sums and limits of one block of counts, written down as matrices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from acmlib.measures.table import CROSS, IN_COMBINATION
from acmlib.release.lines import Floats, Row, is_pair
from acmlib.release.program import NOTHING
from acmlib.release.reader import Block

if TYPE_CHECKING:
    from acmlib.release.blocks import Blocks

Places = NDArray[np.intp]


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


class Building:
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
        self.of = np.array(np.nonzero(open_))
        self.least = -np.array([self._truth(whom) for whom in self.free]).reshape(open_.shape)[open_]
        self.equal, self.limits = _Sums(), _Sums()
        self.spare: list[Floats] = []

    def _truth(self, whom: int) -> Floats:
        """Return a cohort by place and month, as `_fewest`."""
        return self._fewest(self.all.truth[whom], self.all.divided[whom])

    def _fewest(self, counts: Floats, divided: NDArray[np.bool_]) -> Floats:
        """Return counts by place and month: where other places change as one does, and are counted, the smallest of them."""
        fewest = []
        for place in self.places:
            alike = [other for other in self.alike.get(place, ()) if divided[other]]
            fewest.append(counts[[place, *alike]].min(axis=0))
        return np.array(fewest)

    def finish(self, dimension: str | None) -> Part:
        """Return the block; to be protected in it are these places, or all."""
        self._layers()
        if dimension is not None:
            self._groups(dimension)
        self._promises()
        rows, own, shown = self._rows()
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
            of=self.of,
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

    def _rows(self) -> tuple[list[Row], list[bool], _Sums]:
        """Return the rows of this block's places and of those that change as they do, which are to be protected here, and their sums."""
        rows: list[Row] = []
        own: list[bool] = []
        shown = _Sums()
        for place in (*self.places, *self.as_other):
            for whom in sorted(self.family):
                for row in self.all.by_place.get((whom, place), ()):
                    columns, values = self._columns(row)
                    if shown.add_one(columns, values):
                        rows.append(row)
                        own.append(place in self.own)
                        if own[-1] and whom in self.all.full and (people := self.all.lines.value(row)) >= 1:
                            self.limits.add_one(columns, values)
                            self.spare.append(np.array([people - 1]))
        return rows, own, shown

    def _limit(self, columns: Places, values: Floats, spare: Floats) -> None:
        """Note sums of changes, one a column, that are never less than the negative of what is spare."""
        use = (columns >= 0).any(axis=0)
        self.limits.add(columns[:, use], values)
        self.spare.append(np.maximum(spare[use], 0.0))

    def _promises(self) -> None:
        """What readers know of a hidden share stays true, of each that has counts here."""
        for one in self.all.promises:
            if one.numerator[0] in self.family and (one.numerator[1] in self.where or one.numerator[1] in self.as_other):
                (met, did), (people, were) = self._columns(one.numerator), self._columns(one.denominator)
                values = np.concatenate([one.met * did, one.people * were])
                self._limit(np.concatenate([met, people])[:, None], values, np.array([one.spare]))

    def _layers(self) -> None:
        """Those who did not are never fewer than nobody; nor is a cohort smaller than another that is a part of it."""
        nested = [(big, small) for big, small in self.all.lines.nested if big in self.terms and small in self.terms]
        edges = {(whole, part) for whole, part, _ in self.layers} | set(nested)
        for whole, part in sorted(edges):
            # What follows from two others need not be said.
            if not any((whole, other) in edges and (other, part) in edges for other, _ in edges if other not in (whole, part)):
                terms = [*self.terms[whole], *((number, -sign) for number, sign in self.terms[part])]
                columns = np.array([self.at[number].ravel() for number, _ in terms])
                divided = self.all.divided[whole] & self.all.divided[part]
                spare = self._fewest(self.all.truth[whole] - self.all.truth[part], divided).ravel()
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

    def add_one(self, columns: Places, values: Floats) -> bool:
        """Add one row, unless none of its positions is a variable; say whether it was."""
        real = columns >= 0
        if not real.any():
            return False
        self._parts.append((np.full(int(real.sum()), self._count), columns[real], values[real]))
        self._count += 1
        return True

    def matrix(self, size: int) -> sparse.csr_array:
        """Return the matrix for so many variables."""
        if not self._parts:
            return sparse.csr_array((0, size))
        rows, columns, values = (np.concatenate([part[at] for part in self._parts]) for at in range(3))
        return sparse.csr_array((values, (rows, columns)), shape=(self._count, size))
